package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/bulk"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dump"
)

// isoInput is where messages come from and how they are read: arguments that are files
// or hexadecimal digits, or standard input.
type isoInput struct {
	isoReading
	words  []string // arguments
	files  []string // --file
	format string   // --format
	ports  []uint   // --port
}

// bindISOInput gives a command the flags of its input.
func bindISOInput(env *Env, c *cobra.Command, in *isoInput) {
	bindISOReading(env, c, &in.isoReading)
	c.Flags().StringArrayVar(&in.files, "file", nil, env.Say(i18n.T(
		"read messages from a `FILE`, - is standard input; may be given several times", "从 `FILE` 读取报文，- 表示标准输入；可重复给出")))
	c.Flags().StringVar(&in.format, "format", "", env.Say(i18n.T(
		"how the input is written down: a `NAME` such as hex, hexdump, pcap or raw; without it the input is looked at",
		"输入的写法 `NAME`，例如 hex、hexdump、pcap 或 raw；默认自动判断")))
	c.Flags().UintSliceVar(&in.ports, "port", nil, env.Say(i18n.T(
		"of a capture, keep the connections of a `PORT`; may be given several times", "抓包文件中只保留端口 `PORT` 的连接；可重复给出")))
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(dumpFormats(), cobra.ShellCompDirectiveNoFileComp))
}

func dumpFormats() []string {
	var names []string
	for _, f := range dump.Formats() {
		names = append(names, string(f))
	}
	return names
}

// memoryMost is what the commands that read messages work in: with the program itself, whose
// pages are not counted in it, they stay below 64 MB whatever is read.
const memoryMost = 32 << 20

// start is how the input is read, and what is read. closing ends it.
func (in *isoInput) start(ctx context.Context, env *Env) (how bulk.Options, inputs []bulk.Input, closing func(), err error) {
	if how, err = in.options(env); err != nil {
		return how, nil, nil, err
	}
	inputs, closing, err = in.open(ctx, env, &how)
	return how, inputs, closing, err
}

// options are how the input is read.
func (in *isoInput) options(env *Env) (bulk.Options, error) {
	if env.LimitMemory != nil {
		env.LimitMemory(memoryMost)
	}
	o := bulk.Options{Lang: string(env.lang), Progress: newISOProgress(env).see}
	var err error
	if o.Detector, o.Spec, o.Framing, err = in.detector(); err != nil {
		return o, err
	}
	if o.Dump.Format, err = dump.ParseFormat(in.format); err != nil {
		return o, wrongWord("--format", in.format, strings.Join(dumpFormats(), ", "))
	}
	for _, p := range in.ports {
		if p < 1 || p > 65535 {
			return o, wrongWord("--port", fmt.Sprint(p), "1 .. 65535")
		}
		o.Dump.Ports = append(o.Dump.Ports, uint16(p))
	}
	return o, nil
}

// open opens what is to be read. closing ends it.
func (in *isoInput) open(ctx context.Context, env *Env, o *bulk.Options) (inputs []bulk.Input, closing func(), err error) {
	files, digits := in.files, ""
	switch words, err := in.filesAmong(); {
	case err != nil:
		return nil, nil, err
	case len(words) > 0:
		files = append(files, words...)
	default:
		digits = strings.Join(in.words, " ")
	}
	if digits != "" {
		raw, err := parseHex([]byte(digits))
		if err != nil {
			return nil, nil, err
		}
		o.Dump.Format = dump.Raw
		return []bulk.Input{{Reader: bytes.NewReader(raw)}}, func() {}, nil
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	return openAll(ctx, env, files)
}

// filesAmong are the arguments where they are files; none where they are digits. A word
// that is neither, beside files, is a name that was misspelt.
func (in *isoInput) filesAmong() (files []string, err error) {
	for _, w := range in.words {
		if info, err := os.Stat(w); w == "-" || err == nil && !info.IsDir() {
			files = append(files, w)
		}
	}
	switch {
	case len(files) > 0 && len(files) < len(in.words):
		for _, w := range in.words {
			if _, err := os.Stat(w); w != "-" && err != nil {
				return nil, unreadable(w, err)
			}
		}
	case len(files) == 0 && len(in.words) > 0 && len(in.files) > 0:
		return nil, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("a message and --file are two inputs", "同时给出了报文和 --file 两个输入").With(),
			Hint: i18n.T("give the one or the other", "请只给出其一").With(),
		}
	case len(files) == 0 && len(in.words) == 1 && strings.ContainsAny(in.words[0], `./\`):
		_, err := os.Stat(in.words[0])
		if err == nil {
			err = errors.New("a folder")
		}
		return nil, unreadable(in.words[0], err)
	}
	return files, nil
}

// openAll opens files, - is standard input. A single input needs no name.
func openAll(ctx context.Context, env *Env, names []string) (inputs []bulk.Input, closing func(), err error) {
	var opened []io.Closer
	closing = func() {
		for _, f := range opened {
			_ = f.Close() // it was only read
		}
	}
	for _, name := range names {
		input := bulk.Input{Name: name}
		if len(names) == 1 {
			input.Name = ""
		}
		if name == "-" {
			if env.In.Terminal {
				closing()
				return nil, nil, nothingToRead()
			}
			input.Reader = &patient{ctx: ctx, r: env.In}
			inputs = append(inputs, input)
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			closing()
			return nil, nil, unreadable(name, err)
		}
		opened = append(opened, f)
		input.Reader = f
		inputs = append(inputs, input)
	}
	return inputs, closing, nil
}

// patient reads a pipe that may say nothing for long, until Ctrl-C.
type patient struct {
	ctx  context.Context
	r    io.Reader
	buf  []byte // what was read and not given out
	mem  []byte
	done chan chunk
}

type chunk struct {
	n   int
	err error
}

// Read implements io.Reader. The read that is under way when it ends reads into memory of
// its own.
func (p *patient) Read(b []byte) (int, error) {
	if len(p.buf) == 0 {
		if p.done == nil {
			p.mem, p.done = make([]byte, 64<<10), make(chan chunk, 1)
		}
		go func() {
			n, err := p.r.Read(p.mem)
			p.done <- chunk{n, err}
		}()
		select {
		case <-p.ctx.Done():
			return 0, p.ctx.Err()
		case c := <-p.done:
			if p.buf = p.mem[:c.n]; c.n == 0 {
				return 0, c.err
			}
		}
	}
	n := copy(b, p.buf)
	p.buf = p.buf[n:]
	return n, nil
}

// maxDump is the most that a command reads that wants one message, in bytes: a length of
// two bytes can tell of 65,535, and hexadecimal with spaces takes three characters a byte.
const maxDump = 1 << 20

// emptyInput is the problem of an input in which there is nothing.
func emptyInput() error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("the message is empty", "报文为空").With(),
		Hint: i18n.T("give it as hexadecimal digits, as a file, or through a pipe", "请以十六进制数字、文件或管道提供报文").With(),
	}
}

// parseHex reads hexadecimal digits with spaces, line ends, colons or 0x between. The
// problem tells the place and never the text, which may be a card's.
func parseHex(text []byte) ([]byte, error) {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == ':' {
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ReplaceAll(string(text), "0x", ""), "0X", ""))
	raw, err := hex.DecodeString(digits)
	if err == nil {
		return raw, nil
	}
	what := i18n.T("%d hexadecimal digits are no whole bytes", "%d 个十六进制数字不构成完整字节").With(len(digits))
	if i := strings.IndexFunc(digits, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }); i >= 0 {
		what = i18n.T("character %d is no hexadecimal digit", "第 %d 个字符不是十六进制数字").With(i + 1)
	}
	return nil, &till.Problem{
		Code: till.CodeUsage, What: what,
		Hint: i18n.T("two digits a byte, as xxd -p prints them; a file of bytes, dumps or captures is named without a flag", "每字节两位，如 xxd -p 的输出；字节、转储或抓包文件直接给出文件名").With(),
	}
}

// explainers keeps an explainer a spec.
type explainers struct {
	options iso8583.ExplainOptions
	made    map[*iso8583.Spec]*iso8583.Explainer
}

// of is the explainer of a message's spec, nil where it has none.
func (e *explainers) of(m *bulk.Message) *iso8583.Explainer {
	spec := m.Match.Spec
	if spec == nil {
		return nil
	}
	if e.made == nil {
		e.made = map[*iso8583.Spec]*iso8583.Explainer{}
	}
	x, ok := e.made[spec]
	if !ok {
		x = spec.NewExplainer(e.options)
		e.made[spec] = x
	}
	return x
}

// detector is what the flags leave to be found, and the spec and framing that they name.
func (r isoReading) detector() (d *detect.Detector, spec *iso8583.Spec, framing detect.Framing, err error) {
	if framing, err = detect.ParseFraming(r.framing); err != nil {
		return nil, nil, framing, wrongWord("--framing", r.framing, strings.Join(detect.Framings(), ", "))
	}
	o := detect.Options{}
	if r.spec != "" {
		if spec, err = specByName(r.spec); err != nil {
			return nil, nil, framing, err
		}
		o.Specs, o.Dialects = []*iso8583.Spec{spec}, []string{}
	}
	if r.framing != "" {
		o.Framings = []string{r.framing}
	}
	d, err = detect.New(o)
	return d, spec, framing, err
}
