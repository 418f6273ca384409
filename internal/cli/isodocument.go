package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// beginsJSON looks at the first characters of a text.
func beginsJSON(text *bufio.Reader) bool {
	const most = 64
	head, _ := text.Peek(most)
	return looksLikeJSON(head)
}

// documents makes a message of each JSON object of a text.
func (o *isoConvertOptions) documents(ctx context.Context, env *Env, name string, text io.Reader) error {
	dec := json.NewDecoder(io.LimitReader(text, maxDocuments))
	for {
		var doc json.RawMessage
		err := dec.Decode(&doc)
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return malformedJSON(err, dec.InputOffset())
		}
		if err := o.fromJSON(ctx, env, name, doc); err != nil {
			return err
		}
	}
}

// malformedJSON tells where JSON stops being that, and not what stands there.
func malformedJSON(err error, at int64) error {
	what := i18n.T("the JSON that begins at byte %d does not end", "从第 %d 字节开始的 JSON 不完整").With(at)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		what = i18n.T("what stands at byte %d is no JSON", "第 %d 字节处不是 JSON").With(syntax.Offset)
	}
	return &till.Problem{
		Code: till.CodeUsage, What: what,
		Hint: i18n.T(`it looks like {"mti":"0800","fields":{"11":"000001"}}, one or many`, `形式如 {"mti":"0800","fields":{"11":"000001"}}，可有多个`).With(),
	}
}

// writeDocument writes a message as JSON.
func (o *isoConvertOptions) writeDocument(ctx context.Context, env *Env, m isoMessage) error {
	doc, fault := m.spec.Document(m.body())
	doc = doc.WithFraming(m.around())
	clear, err := o.unmask.granted(ctx, env, &o.out, isoConvertCommand)
	if err != nil {
		return err
	}
	shown, err := documentText(doc, clear)
	if err != nil {
		return err
	}
	var value isoConverted
	if err := json.Unmarshal(shown, &value); err != nil {
		return err
	}
	text := func(out.Screen) string { return indented(shown) }
	if fault != nil {
		o.faulty = true
		env.Note(faultNote(env, fault))
	}
	o.count++
	return o.seq.Write(out.Result{Value: value, Text: text})
}

// documentText is the JSON of a document, in clear or masked.
func documentText(doc iso8583.Document, clear bool) ([]byte, error) {
	if clear {
		return doc.Reveal(), nil
	}
	return doc.MarshalJSON()
}

// indented is JSON for people.
func indented(raw []byte) string {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return string(raw)
	}
	return b.String()
}

// faultNote says why a message is broken, and where.
func faultNote(env *Env, fault error) i18n.Message {
	var e *iso8583.Error
	if !errors.As(fault, &e) {
		return i18n.T("the message is broken: %s", "报文损坏：%s").With(fault.Error())
	}
	if e.Path == "" {
		return i18n.T("the message is broken at byte %d: %s; \"rest\" keeps what could not be read", "报文在第 %d 字节损坏：%s；无法解析的部分保留在 \"rest\" 中").With(e.Offset, e.In(string(env.lang)))
	}
	return i18n.T("the message is broken at byte %d, field %s: %s; what could not be read is kept as bytes", "报文在第 %d 字节损坏，域 %s：%s；无法解析的部分按字节保留").With(e.Offset, e.Path, e.In(string(env.lang)))
}

// fromJSON makes a message of JSON, or takes it into another dialect.
func (o *isoConvertOptions) fromJSON(ctx context.Context, env *Env, name string, text []byte) error {
	doc, err := iso8583.ParseDocument(text)
	if err != nil {
		return documentProblem(name, err)
	}
	spec, err := o.specOf(doc)
	if err != nil {
		return err
	}
	raw, err := spec.Assemble(doc)
	if err != nil {
		return fieldProblem(env, spec, err)
	}
	if o.to != "" {
		return o.carry(ctx, env, isoMessage{whole: raw, end: len(raw), spec: spec, framing: noFraming})
	}
	m, err := o.framed(doc, spec, raw)
	if err != nil {
		return err
	}
	return o.writeMessage(ctx, env, m, string(doc.MTI()))
}

// specOf is the spec of a document: that of the flag, or the one that it names.
func (o *isoConvertOptions) specOf(doc iso8583.Document) (*iso8583.Spec, error) {
	switch {
	case o.in.spec != "":
		return specByName(o.in.spec)
	case doc.Dialect() == "":
		return specByName("iso87-ascii")
	}
	spec, err := dialect.Load(doc.Dialect())
	if err != nil {
		return nil, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("the JSON names the dialect %q, and there is none", "JSON 指定的方言 %q 不存在").With(doc.Dialect()),
			Hint: i18n.T("name it with --spec NAME or the file of it with --spec FILE", "请用 --spec NAME 指定方言，或用 --spec FILE 指定规范文件").With(),
		}
	}
	return spec, nil
}

// framed puts around a message what the document says: the bytes that it keeps where
// they fit, else a frame of the same kind.
func (o *isoConvertOptions) framed(doc iso8583.Document, spec *iso8583.Spec, raw []byte) (isoMessage, error) {
	name := doc.Framing()
	if o.in.framing != "" {
		name = o.in.framing
	}
	if name == "" || name == noFraming {
		return isoMessage{whole: raw, end: len(raw), spec: spec, framing: noFraming}, nil
	}
	before, after := doc.Around()
	m := isoMessage{
		whole: bytes.Join([][]byte{before, raw, after}, nil), start: len(before), end: len(before) + len(raw), spec: spec, framing: name,
	}
	if f, err := detect.ParseFraming(name); err == nil && name == doc.Framing() {
		if start, end, err := f.Strip(m.whole); err == nil && start == m.start && end == m.end {
			return m, nil
		}
	}
	f, err := link.FramingByName(name)
	if err != nil {
		return m, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("what the JSON has in front of the message does not fit %s any more", "JSON 中的报文头与封装 %s 不再相符").With(name),
			Hint: i18n.T("the framings that can be made are %s; --framing none leaves it out", "till 可生成的封装：%s；--framing none 可去掉报文头").With(strings.Join(link.FramingNames(), ", ")),
		}
	}
	m.whole, err = wrapped(f, raw)
	m.start = max(0, bytes.Index(m.whole, raw))
	m.end = m.start + len(raw)
	return m, err
}
