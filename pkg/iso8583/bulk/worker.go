package bulk

import (
	"errors"
	"strings"
	"sync/atomic"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dump"
)

// worker finds the messages of jobs, one after the other.
type worker struct {
	o       Options
	session *detect.Session
	layout  iso8583.Layout
	found   func(*batch, *Message)
	message Message
	hex     []byte
	loose   []lot  // lines that are no whole messages
	parts   job    // where their bytes are kept
	whole   []byte // and put together
}

// batch is what came of one job.
type batch struct {
	lines  []byte // of JSON, each without its beginning {"n":…,
	ends   []int  // of each line
	facts  []fact
	totals Totals
	read   int64
	input  string
	err    error
}

func (b *batch) reset(j *job) {
	*b = batch{lines: b.lines[:0], ends: b.ends[:0], facts: b.facts[:0], read: j.read, input: j.input}
}

func newWorker(o Options, found func(*batch, *Message)) *worker {
	return &worker{o: o, session: o.Detector.Session(), found: found}
}

// do finds the messages of a job.
func (w *worker) do(j *job, b *batch) {
	b.reset(j)
	for rec, err := range j.block.Records(w.hex) {
		if cap(rec.Data) > cap(w.hex) {
			w.hex = rec.Data[:0]
		}
		l := lot{data: rec.Data, text: rec.Text, partial: rec.Partial, err: err, nanos: nanosOf(rec), origin: originOf(rec, j.input, 0)}
		if err != nil {
			l.origin.Line, l.data = lineOf(err), nil
		}
		w.line(b, &l)
	}
	w.settle(b)
	for i := range j.lots {
		w.lot(b, &j.lots[i])
	}
}

// line finds what is in a line. One that is no whole message may be a part of one that
// stands on several, and is kept until that is known.
func (w *worker) line(b *batch, l *lot) {
	if l.err == nil {
		m := w.session.Next(l.data, &w.layout)
		if m.Confidence == detect.Sure && len(w.loose) > 0 {
			w.settle(b) // which needs the layout
			m = w.session.Next(l.data, &w.layout)
		}
		if m.Confidence == detect.Sure || isWhole(m) && len(w.loose) == 0 {
			w.emit(b, l, l.data, m)
			return
		}
		w.parts.add(*l)
		w.loose = append(w.loose, w.parts.lots[len(w.parts.lots)-1])
		if len(w.loose) < looseMost && len(w.parts.arena) < bytesMost/2 {
			return
		}
	}
	w.settle(b)
	if l.err != nil {
		w.lot(b, l)
	}
}

// looseMost bounds the lines that one message may stand on.
const looseMost = 256

// settle tells of the lines that were kept: as one message, or several, if together they
// are that, and else each by itself.
func (w *worker) settle(b *batch) {
	if len(w.loose) > 1 && w.together(b) {
		w.loose = w.loose[:0]
	}
	for i := range w.loose {
		w.lot(b, &w.loose[i])
	}
	w.loose, w.parts.lots, w.parts.arena = w.loose[:0], w.parts.lots[:0], w.parts.arena[:0]
}

// together tells of lines as the messages that they are when put together.
func (w *worker) together(b *batch) bool {
	w.whole = w.whole[:0]
	for i := range w.loose {
		w.whole = append(w.whole, w.loose[i].data...)
	}
	all := w.loose[0]
	all.data, all.text, all.partial = w.whole, nil, w.loose[len(w.loose)-1].partial
	if m := w.session.Next(all.data, &w.layout); m.Confidence == detect.Sure {
		w.emit(b, &all, all.data, m)
		return true
	}
	pieces := w.o.Detector.Split(all.data)
	for _, p := range pieces {
		if p.Result.Confidence != detect.Sure {
			return false
		}
	}
	w.pieces(b, &all, pieces)
	return true
}

func lineOf(err error) int {
	var fault *dump.Error
	if errors.As(err, &fault) {
		return fault.Line
	}
	return 0
}

// lot finds what is in a run of bytes: most often one message.
func (w *worker) lot(b *batch, l *lot) {
	if l.err != nil {
		w.message = Message{Origin: l.origin, Fault: l.err}
		w.tell(b)
		return
	}
	data, m := l.data, w.session.Next(l.data, &w.layout)
	if m.Confidence != detect.Sure && len(l.text) > 0 {
		// Digits may be the message itself, in characters, and not its hex.
		if as := w.session.Next(l.text, &w.layout); as.Confidence == detect.Sure {
			data, m = l.text, as
		} else {
			m = w.session.Next(l.data, &w.layout) // the layout is of the text now
		}
	}
	if m.Confidence == detect.Sure || l.whole || isWhole(m) {
		w.emit(b, l, data, m)
		return
	}
	pieces := w.o.Detector.Split(l.data)
	if len(pieces) < 2 {
		w.emit(b, l, data, w.session.Next(data, &w.layout))
		return
	}
	w.pieces(b, l, pieces)
}

// pieces tells of the messages that a run of bytes was cut into.
func (w *worker) pieces(b *batch, l *lot, pieces []detect.Piece) {
	for _, p := range pieces {
		part := *l
		part.origin.Offset += int64(p.Offset)
		part.partial, part.want = p.Partial, p.Want
		w.emit(b, &part, p.Data, w.session.Next(p.Data, &w.layout))
	}
}

// isWhole reports a message that is likely and that was read to its last byte, so that
// nothing else is in the bytes.
func isWhole(m detect.Match) bool { return m.Confidence == detect.Likely && m.Err == nil }

// told is the reading by the spec that somebody named, of bytes that say too little. The
// framing that is named with it may not be there.
func (w *worker) told(data []byte) (m detect.Match, unframed string) {
	m = detect.Match{Framing: w.o.Framing.String(), Dialect: w.o.Spec.Name(), Spec: w.o.Spec}
	var err error
	if m.Start, m.End, err = w.o.Framing.Strip(data); err != nil && m.End == 0 {
		m.Framing, m.End, unframed = "none", len(data), m.Framing
	}
	m.Err = m.Spec.Decode(data[m.Start:m.End], &w.layout)
	return m, unframed
}

// emit tells of one message.
func (w *worker) emit(b *batch, l *lot, data []byte, m detect.Match) {
	unframed := ""
	if m.Spec == nil && w.o.Spec != nil {
		m, unframed = w.told(data)
	}
	w.message = Message{
		Origin: l.origin, Data: data, Raw: data, Match: m, Layout: &w.layout, Nanos: l.nanos,
		Partial: l.partial, Want: l.want, Lost: l.lost, Length: max(l.length, len(data)), Unframed: unframed, oddDigits: l.typed && oddHex(data),
	}
	if m.Spec != nil {
		w.message.Raw = data[m.Start:m.End]
		w.message.Origin.Offset += int64(m.Start)
		w.message.Origin.Confidence = m.Confidence
		if m.Framing != "none" {
			w.message.Origin.Framing = m.Framing
		}
		if m.Framing != "none" && m.Err == nil && m.Confidence != detect.Sure {
			w.message.Header = m.Spec.HeaderRepairs(data, w.o.Lang)
		}
	}
	w.tell(b)
}

func (w *worker) tell(b *batch) {
	w.message.count(&b.totals)
	w.found(b, &w.message)
}

// allowance is how many more broken messages are looked at for repairs.
type allowance struct{ left atomic.Int64 }

func (a *allowance) take() bool { return a.left.Load() > 0 && a.left.Add(-1) >= 0 }

func isChinese(lang string) bool { return strings.HasPrefix(strings.ToLower(lang), "zh") }
