package bulk

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strconv"

	"github.com/tillworks/till/pkg/iso8583"
)

// Explain writes the explanation of every message of the inputs as one line of JSON, in
// the order of the inputs: the object of [iso8583.Explainer.AppendJSON], or with
// Options.Compact the short one. Bytes in which no message is found, and places of the
// input that cannot be read, have a line too, with an error and without a dialect. It
// fails where reading or writing does; what is wrong with messages is in their lines and
// in the Totals.
func Explain(ctx context.Context, out io.Writer, o Options, inputs ...Input) (Totals, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Totals{}, err
	}
	repairs := &allowance{}
	repairs.left.Store(int64(o.Repairs))
	s := lineSink{out: out}
	return run(ctx, inputs, o, func() func(*batch, *Message) {
		l := &liner{o: o, repairs: repairs, explainers: map[*iso8583.Spec]*iso8583.Explainer{}}
		return l.line
	}, s.write)
}

// liner makes the lines of one worker.
type liner struct {
	o          Options
	repairs    *allowance
	explainers map[*iso8583.Spec]*iso8583.Explainer
}

// line appends a message to the batch. The number of the message is not known here: the
// sink puts it in front.
func (l *liner) line(b *batch, m *Message) {
	switch {
	case m.Sound():
		b.lines = l.sound(b.lines, m)
	case m.Match.Spec != nil && m.Match.Err != nil && !l.repairs.take():
		b.lines = l.sound(b.lines, m) // with the fault, without a try at repairs
	case l.o.Compact:
		b.lines = append(b.lines, l.compact(m)...)
	default:
		b.lines = append(b.lines, marshal(l.explain(m))...)
	}
	b.lines = append(b.lines, '\n')
	b.ends = append(b.ends, len(b.lines))
}

// sound appends what the decoder has found out already.
func (l *liner) sound(dst []byte, m *Message) []byte {
	e := l.explainer(m.Match.Spec)
	if l.o.Compact {
		return e.AppendLayoutCompact(dst, m.Layout, m.Match.Err, m.Origin)
	}
	return e.AppendLayoutJSON(dst, m.Layout, m.Match.Err, m.Origin)
}

func (l *liner) explainer(spec *iso8583.Spec) *iso8583.Explainer {
	e, ok := l.explainers[spec]
	if !ok {
		e = spec.NewExplainer(iso8583.ExplainOptions{Lang: l.o.Lang, Unmask: l.o.Unmask})
		l.explainers[spec] = e
	}
	return e
}

// explain is the whole explanation of what is no sound message.
func (l *liner) explain(m *Message) iso8583.Explanation {
	if m.Match.Spec == nil {
		return m.Explain(l.o.Lang, nil)
	}
	return m.Explain(l.o.Lang, l.explainer(m.Match.Spec))
}

// compact is the short form of what is no sound message: what could be read of it, and
// the error of the long form.
func (l *liner) compact(m *Message) []byte {
	x := l.explain(m)
	short := struct {
		iso8583.Origin
		Dialect  string                  `json:"dialect"`
		MTI      iso8583.MTI             `json:"mti"`
		Fields   json.RawMessage         `json:"fields"`
		Meanings json.RawMessage         `json:"meanings,omitempty"`
		Trailing int                     `json:"trailing,omitempty"`
		Error    *iso8583.ExplainedFault `json:"error,omitempty"`
	}{Fields: json.RawMessage("{}")}
	if m.Match.Spec != nil {
		_ = json.Unmarshal(l.sound(nil, m), &short) // what the explainer writes is JSON
	}
	short.Origin, short.Error = x.Origin, x.Error
	return marshal(short)
}

// marshal writes JSON as the explainer does.
func marshal(v any) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // strings, numbers and lists always encode, and a buffer takes them
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// lineSink numbers the lines and writes them.
type lineSink struct {
	out io.Writer
	n   int
	buf []byte
}

func (s *lineSink) write(b *batch) error {
	s.buf = s.buf[:0]
	from := 0
	for _, end := range b.ends {
		s.n++
		s.buf = append(s.buf, `{"n":`...)
		s.buf = strconv.AppendInt(s.buf, int64(s.n), 10)
		s.buf = append(s.buf, ',')
		s.buf = append(s.buf, b.lines[from+1:end]...) // without its brace
		from = end
	}
	_, err := s.out.Write(s.buf)
	return err
}
