package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// errTooLong is an input of more bytes than the command can have use for.
var errTooLong = errors.New("too long")

// readInput reads a file, or stdin for "-", of at most limit bytes. A person who types
// nothing is not waited for: stdin must be a pipe or a file. Ctrl-C ends the waiting for
// a pipe that says nothing.
func readInput(ctx context.Context, env *Env, name string, limit int64) ([]byte, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, unreadable(name, err)
		}
		defer func() { _ = f.Close() }()
		return readBounded(f, name, limit)
	}
	if env.In.Terminal {
		return nil, nothingToRead()
	}
	type input struct {
		raw []byte
		err error
	}
	arrived := make(chan input, 1)
	go func() {
		raw, err := readBounded(env.In, name, limit)
		arrived <- input{raw, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case in := <-arrived:
		return in.raw, in.err
	}
}

// nothingToRead is the problem of a person at a terminal who is waited for by nobody.
func nothingToRead() error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("there is nothing to read", "没有可读取的内容").With(),
		Hint: i18n.T("give it as an argument, with --file FILE, or through a pipe", "请以参数、--file FILE 或管道提供内容").With(),
	}
}

func readBounded(in io.Reader, name string, limit int64) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && int64(len(raw)) > limit {
		err = fmt.Errorf("%w: more than %d bytes", errTooLong, limit)
	}
	if err != nil {
		return nil, unreadable(name, err)
	}
	return raw, nil
}

func unreadable(name string, err error) error {
	return &till.Problem{
		Code: till.CodeUsage, Cause: err,
		What: i18n.T("%s cannot be read", "无法读取 %s").With(name),
		Hint: i18n.T("name a file that you may read, or - for standard input", "请指定可读的文件，或用 - 表示标准输入").With(),
	}
}
