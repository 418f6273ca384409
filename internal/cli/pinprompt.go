package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// longestPINFile is the bytes that a file with a PIN may have: the PIN and the end of its
// line.
const longestPINFile = 64

// bindPIN gives a command the flag that a PIN may come from where nobody can be asked. The
// PIN itself is never an argument: the shell's history and the list of processes would
// have it.
func bindPIN(env *Env, c *cobra.Command, file *string, name string, whose i18n.Text) {
	c.Flags().StringVar(file, name, "", env.Say(i18n.Join(
		i18n.T("read ", "从 `FILE` 读取"), whose, i18n.T(" from `FILE`, - is standard input; default: ask without echo", "，- 表示标准输入；默认在终端询问且不回显"))))
	_ = c.MarkFlagFilename(name)
}

// pin reads a PIN from a file or asks for it.
func (e *Env) pin(ctx context.Context, file, flag string, ask i18n.Message) (card.Secret, error) {
	if file != "" {
		return e.pinFromFile(ctx, file)
	}
	if !e.CanAsk() || e.In.Secret == nil {
		return card.Secret{}, nobodyToAsk(flag)
	}
	return e.askSecret(ctx, ask)
}

// newPIN is a PIN to be set: asked for twice where it is asked for.
func (e *Env) newPIN(ctx context.Context, file string, whose any) (card.Secret, error) {
	pin, err := e.pin(ctx, file, "--pin-file", i18n.T("new PIN of %s: ", "%s 的新 PIN：").With(whose))
	if err != nil || file != "" {
		return pin, err
	}
	again, err := e.askSecret(ctx, i18n.T("once more: ", "再次输入：").With())
	if err != nil {
		return card.Secret{}, err
	}
	if !pin.Equal(again) {
		return card.Secret{}, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("the two PINs differ; nothing was changed", "两次输入的 PIN 不一致；未作任何更改").With(),
			Hint: i18n.T("run the command again", "请重新运行该命令").With(),
		}
	}
	return pin, nil
}

func (e *Env) pinFromFile(ctx context.Context, file string) (card.Secret, error) {
	raw, err := readInput(ctx, e, file, longestPINFile)
	if err != nil {
		return card.Secret{}, err
	}
	defer clear(raw)
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	return card.NewSecret(string(bytes.TrimSuffix(line, []byte("\r")))), nil
}

// askSecret asks on standard error and reads what is typed without showing it.
func (e *Env) askSecret(ctx context.Context, ask i18n.Message) (card.Secret, error) {
	_, _ = io.WriteString(e.Err, cells.Plain(ask.In(e.lang)))
	raw, err := e.In.Secret(ctx)
	defer clear(raw)
	_, _ = io.WriteString(e.Err, "\n")
	if err != nil {
		return card.Secret{}, fmt.Errorf("reading a PIN: %w", err)
	}
	return card.NewSecret(string(raw)), nil
}

// ask asks on standard error and reads the line that is typed, byte by byte, so that
// nothing behind it is taken from whoever reads next.
func (e *Env) ask(ctx context.Context, ask i18n.Message) (string, error) {
	_, _ = io.WriteString(e.Err, cells.Plain(ask.In(e.lang)))
	type answer struct {
		line string
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		line, err := readTyped(e.In)
		typed <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-typed:
		return a.line, a.err
	}
}

// longestTyped bounds a line that a person types.
const longestTyped = 1024

func readTyped(in io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < longestTyped {
		n, err := in.Read(one)
		if n > 0 && one[0] == '\n' || err == io.EOF && len(line) > 0 {
			break
		}
		if err != nil {
			return "", fmt.Errorf("reading an answer: %w", err)
		}
		line = append(line, one[:n]...)
	}
	return strings.TrimSpace(string(line)), nil
}

func nobodyToAsk(flag string) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("a PIN is needed and there is no terminal to ask for it", "需要 PIN，但没有可询问的终端").With(),
		Hint: i18n.T("give %s FILE, or %s - to read it from standard input", "请用 %s 指定文件，或用 %s - 从标准输入读取").With(flag, flag),
	}
}
