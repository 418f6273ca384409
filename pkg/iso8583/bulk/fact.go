package bulk

import (
	"hash/maphash"

	"github.com/tillworks/till/pkg/iso8583"
)

// fact is what is counted of one message.
type fact struct {
	state    state
	dialect  string
	framing  string
	mti      [4]byte
	code     [4]byte // field 39, with zeros behind
	meaning  string  // of the code, where the worker sees it for the first time
	nanos    int64
	line     int
	bytes    int
	path     string // of the fault
	key      uint64 // of class, terminal and trace number
	moment   uint64 // of field 7; 0 where there is none
	keyed    bool
	terminal [16]byte
	trace    [12]byte
}

// state is how a message counts.
type state uint8

const (
	sound state = iota
	broken
	undetected
	unreadable
)

// noter makes the facts of one worker.
type noter struct {
	o          Options
	seed       maphash.Seed
	text       []byte
	explainers map[*iso8583.Spec]*iso8583.Explainer
	codes      map[codeKey]bool // whose meaning was told
}

// note appends the facts of a message to the batch.
func (n *noter) note(b *batch, m *Message) {
	f := fact{state: m.state(), nanos: m.Nanos, line: m.Origin.Line, bytes: len(m.Data)}
	if m.Match.Spec != nil {
		n.look(&f, m)
	}
	b.facts = append(b.facts, f)
}

// look takes what is counted out of a message that was found.
func (n *noter) look(f *fact, m *Message) {
	f.dialect, f.framing = m.Match.Dialect, m.Match.Framing
	l := m.Layout
	copy(f.mti[:], n.field(l, 0))
	if copy(f.code[:], n.field(l, 39)) > 0 {
		f.meaning = n.meaning(m, codeKey{f.dialect, f.code})
	}
	copy(f.terminal[:], n.field(l, 41))
	copy(f.trace[:], n.field(l, 11))
	if fault := faultOf(m.Match.Err); fault != nil {
		f.path = fault.Path
	}
	f.keyed = f.mti[0] != 0 && f.trace[0] != 0
	if !f.keyed {
		return
	}
	var h maphash.Hash
	h.SetSeed(n.seed)
	_, _ = h.Write(f.mti[:2]) // a hash never fails
	_, _ = h.Write(f.terminal[:])
	_, _ = h.Write(f.trace[:])
	f.key = h.Sum64()
	if moment := n.field(l, 7); len(moment) > 0 {
		f.moment = maphash.Bytes(n.seed, moment) | 1
	}
}

// meaning is what field 39 says, of a code that is new.
func (n *noter) meaning(m *Message, key codeKey) string {
	if n.codes[key] || len(n.codes) >= kindsMost {
		return ""
	}
	n.codes[key] = true
	e, ok := n.explainers[m.Match.Spec]
	if !ok {
		e = m.Match.Spec.NewExplainer(iso8583.ExplainOptions{Lang: n.o.Lang})
		n.explainers[m.Match.Spec] = e
	}
	return string(e.AppendMeaning(nil, m.Layout, m.Layout.Field(39)))
}

// field is the text of a field of the message, valid until the next call; nothing where
// the field is not there or holds card data.
func (n *noter) field(l *iso8583.Layout, num int) []byte {
	i := l.Field(num)
	if i < 0 {
		return nil
	}
	n.text = l.AppendOpen(n.text[:0], i)
	return n.text
}
