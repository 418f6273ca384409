package cli

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// Run runs one command and returns the exit code. Data goes to env.Out and words to
// env.Err.
func Run(ctx context.Context, env *Env, args []string) (code int) {
	env.Args = args
	env.chooseLang()
	defer func() {
		if cause := recover(); cause != nil {
			code = int(report(env, broken(cause)))
		}
	}()
	return int(report(env, execute(ctx, env)))
}

// execute builds the tree of commands in the user's language and runs one of them.
func execute(ctx context.Context, env *Env) error {
	if err := refuseCardNumbers(env.Args); err != nil {
		return err
	}
	if err := refuseSecrets(env.Args); err != nil {
		return err
	}
	root := newRootFor(env, env.Args)
	root.SetArgs(env.Args)
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	c, err := root.ExecuteContextC(ctx)
	if err == nil {
		return nil
	}
	return interrupted(ctx, translate(c, err))
}

// interrupted makes of an error after Ctrl-C the problem that the user knows the cause
// of, unless the command ended in a way that says more.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() == nil || exitOf(err) != exitInterrupted {
		return err
	}
	return &till.Problem{Code: till.CodeInterrupted, What: i18n.T("interrupted", "已中断").With(), Cause: err}
}

// fault is a defect of the program itself. Of the panic's value only what cannot hold
// a customer's data is kept: its type, and the text of the runtime's own errors.
type fault struct {
	what  string
	stack []byte
}

func broken(cause any) error {
	what := fmt.Sprintf("%T", cause)
	if err, ok := cause.(runtime.Error); ok {
		what = err.Error()
	}
	return &fault{what: what, stack: debug.Stack()}
}

// Error implements error.
func (f *fault) Error() string { return "panic: " + f.what }

// trace shows where the fault is, for a report.
func (f *fault) trace(w io.Writer) { _, _ = w.Write(f.stack) }
