package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"time"

	"golang.org/x/term"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
)

// Env is all that a command gets from outside: streams, arguments, environment, clock
// and randomness. Tests make their own; [System] is the process's. What costs
// something to make is a method that makes it on first use.
type Env struct {
	In      Input
	Out     Stream
	Err     Stream
	Args    []string // without the program's name
	Environ config.Environ
	Dir     string // working directory, for ./till.toml; "" is the process's
	System  string // folder of the machine's configuration; "" is the operating system's
	Now     func() time.Time
	Random  io.Reader

	// LimitMemory sets how many bytes the process works in before it collects harder. It is
	// the process's own affair: nil, as in tests that run many commands in one, sets nothing.
	LimitMemory func(bytes int64)

	globals globals
	lang    i18n.Lang     // chosen by chooseLang before the tree is built
	flagged []config.Flag // settings that flags of the command gave
}

// globals are the flags that every command has.
type globals struct {
	data    string
	lang    string
	noColor bool
	noInput bool
}

// Input is the stream that a command reads.
type Input struct {
	io.Reader
	Terminal bool // a person types

	// Secret reads a line that is typed without showing it, until the context ends; nil
	// where nobody types.
	Secret func(ctx context.Context) ([]byte, error)
}

// Stream is a stream that a command writes.
type Stream struct {
	io.Writer
	Terminal bool       // a person is looking
	Width    func() int // cells of a line; nil is 80
}

// System is the process's own environment.
func System() *Env {
	return &Env{
		In:      Input{Reader: os.Stdin, Terminal: term.IsTerminal(int(os.Stdin.Fd())), Secret: readHidden},
		Out:     stream(os.Stdout),
		Err:     stream(os.Stderr),
		Args:    os.Args[1:],
		Environ: os.Environ(),
		Now:     time.Now,
		Random:  rand.Reader,

		LimitMemory: func(bytes int64) { debug.SetMemoryLimit(bytes) },
	}
}

// readHidden reads a line of the terminal with its echo off, and turns it on again when the
// waiting is given up.
func readHidden(ctx context.Context) ([]byte, error) {
	fd := int(os.Stdin.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	type line struct {
		raw []byte
		err error
	}
	typed := make(chan line, 1)
	go func() {
		raw, err := term.ReadPassword(fd)
		typed <- line{raw, err}
	}()
	select {
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), term.Restore(fd, before))
	case l := <-typed:
		return l.raw, l.err
	}
}

func stream(f *os.File) Stream {
	width := func() int {
		w, _, err := term.GetSize(int(f.Fd()))
		if err != nil {
			return 0
		}
		return w
	}
	return Stream{Writer: f, Terminal: term.IsTerminal(int(f.Fd())), Width: width}
}

// Getenv is the value of an environment variable, "" where it is not set.
func (e *Env) Getenv(name string) string { return e.Environ.Get(name) }

// Config is the shop's settings with the flags of this command over them.
func (e *Env) Config() (config.Config, error) {
	layers, err := e.Layers()
	if err != nil {
		return config.Config{}, err
	}
	return layers.Config()
}

// Layers are the settings with the places that they stand in.
func (e *Env) Layers() (*config.Layers, error) {
	return config.Read(config.Sources{Environ: e.Environ, Dir: e.Dir, System: e.System, Flags: e.flagged})
}

// DataDir is the folder that the shop's data lives in. It may not exist yet.
func (e *Env) DataDir() (string, error) { return config.DataDir(e.globals.data, e.Environ) }

// Lang is the user's language.
func (e *Env) Lang() i18n.Lang { return e.lang }

// Say is a text in the user's language.
func (e *Env) Say(t i18n.Text) string { return t.In(e.lang) }

// CanAsk reports that a person is there to answer a question and has not said
// --no-input. A command must never need the answer: it has a flag for it too.
func (e *Env) CanAsk() bool {
	return e.In.Terminal && e.Err.Terminal && !e.globals.noInput
}

// Screen is stdout as results see it.
func (e *Env) Screen() out.Screen { return e.screen(e.Out) }

// Note writes a line of words for people to stderr: progress, a hint at the next
// command. It never carries data.
func (e *Env) Note(m i18n.Message) {
	_, _ = io.WriteString(e.Err, cells.Plain(m.In(e.lang))+"\n")
}

// Write writes a command's result where and how the user asked for it.
func (e *Env) Write(o *out.Output, r out.Result) error { return o.Write(e.Screen(), r) }

// WriteLine is Write of a value that people read as one line.
func (e *Env) WriteLine(o *out.Output, value any, line i18n.Message) error {
	return e.Write(o, out.Result{Value: value, Text: func(out.Screen) string { return line.In(e.Lang()) }})
}

func (e *Env) screen(s Stream) out.Screen {
	width := 0
	if s.Width != nil {
		width = s.Width()
	}
	if width <= 0 {
		width = 80
	}
	return out.Screen{Writer: s, Lang: e.lang, Terminal: s.Terminal, Color: s.Terminal && e.wantsColor(), Width: width}
}

// wantsColor honours --no-color, NO_COLOR (no-color.org), TILL_NO_COLOR and dumb
// terminals.
func (e *Env) wantsColor() bool {
	return !e.globals.noColor && e.Getenv("NO_COLOR") == "" && e.Getenv("TILL_NO_COLOR") == "" && e.Getenv("TERM") != "dumb"
}

// either is the run function of a command: the one that a test put in its place, or
// the command's own.
func either[O any](env *Env, runF func(context.Context, *O) error, run func(context.Context, *Env, *O) error) func(context.Context, *O) error {
	if runF != nil {
		return runF
	}
	return func(ctx context.Context, o *O) error { return run(ctx, env, o) }
}
