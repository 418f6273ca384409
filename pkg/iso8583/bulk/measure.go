package bulk

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
)

// Stats are the figures of all messages of the inputs. Nothing in them is card data.
type Stats struct {
	Totals
	From         string       `json:"from,omitempty"` // time of the first message, RFC 3339; "" where none has a time
	To           string       `json:"to,omitempty"`   // and of the last
	MessageBytes int64        `json:"message_bytes"`
	Dialects     []Count      `json:"dialects"`
	Framings     []Count      `json:"framings"`
	Types        []TypeCount  `json:"types"`
	Responses    []CodeCount  `json:"responses"`
	Answered     int64        `json:"answered"`        // answers that were joined with their request
	Unanswered   int64        `json:"unanswered"`      // requests without an answer
	Unasked      int64        `json:"unasked"`         // answers without a request
	Repeated     int64        `json:"repeated"`        // requests with the numbers of one that waits for its answer
	GivenUp      int          `json:"given_up"`        // of the unanswered: not waited for to the end, because too many others did
	Times        *Times       `json:"times,omitempty"` // response times; nothing where messages have no time
	Missing      []Unanswered `json:"missing"`         // the first of the unanswered
	Faults       []Count      `json:"faults"`          // broken messages by the path of the fault
}

// Count is how often something is there.
type Count struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// TypeCount is how often a message type is there, and how fast its answers came.
type TypeCount struct {
	MTI     iso8583.MTI `json:"mti"`
	Dialect string      `json:"dialect"`
	Count   int64       `json:"count"`
	Name    string      `json:"name"`
	Times   *Times      `json:"times,omitempty"`
}

// CodeCount is how often a response code (field 39) is there.
type CodeCount struct {
	Code    string `json:"code"`
	Dialect string `json:"dialect"`
	Count   int64  `json:"count"`
	Meaning string `json:"meaning,omitempty"`
}

// Measure counts the messages of the inputs and joins requests with their answers.
func Measure(ctx context.Context, o Options, inputs ...Input) (Stats, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Stats{}, err
	}
	m := &meter{
		join: newJoiner(o.Pending), dialects: map[string]int64{}, framings: map[string]int64{}, faults: map[string]int64{},
		types: map[typeKey]*typeSeen{}, codes: map[codeKey]*codeSeen{},
	}
	seed := maphash.MakeSeed()
	totals, err := run(ctx, inputs, o, func() func(*batch, *Message) {
		n := &noter{o: o, seed: seed, explainers: map[*iso8583.Spec]*iso8583.Explainer{}, codes: map[codeKey]bool{}}
		return n.note
	}, m.take)
	return m.stats(o, totals), err
}

// meter counts facts, in their order.
type meter struct {
	n           int
	bytes       int64
	first, last int64
	join        *joiner
	all         histogram
	dialects    map[string]int64
	framings    map[string]int64
	faults      map[string]int64
	types       map[typeKey]*typeSeen
	codes       map[codeKey]*codeSeen
}

type typeKey struct {
	dialect string
	mti     [4]byte
}

type typeSeen struct {
	count int64
	times *histogram
}

type codeKey struct {
	dialect string
	code    [4]byte
}

type codeSeen struct {
	count   int64
	meaning string
}

// kindsMost bounds how many different things of a kind are counted apart: whoever writes
// messages chooses response codes and the paths of faults.
const kindsMost = 2000

func (m *meter) take(b *batch) error {
	for i := range b.facts {
		m.n++
		m.fact(&b.facts[i])
	}
	return nil
}

func (m *meter) fact(f *fact) {
	m.bytes += int64(f.bytes)
	if f.nanos != 0 {
		if m.first == 0 {
			m.first = f.nanos
		}
		m.last = f.nanos
	}
	if f.state == broken {
		count(m.faults, f.path)
	}
	if f.dialect == "" {
		return
	}
	count(m.dialects, f.dialect)
	count(m.framings, f.framing)
	m.seen(typeKey{f.dialect, f.mti}).count++
	if f.code[0] != 0 {
		m.response(codeKey{f.dialect, f.code}, f.meaning)
	}
	mti, took, timed, answered := m.join.see(m.n, f)
	if answered && timed {
		m.all.add(took)
		t := m.seen(typeKey{f.dialect, mti})
		if t.times == nil {
			t.times = &histogram{}
		}
		t.times.add(took)
	}
}

func (m *meter) seen(key typeKey) *typeSeen {
	t, ok := m.types[key]
	if !ok {
		t = &typeSeen{}
		if len(m.types) < kindsMost {
			m.types[key] = t
		}
	}
	return t
}

func (m *meter) response(key codeKey, meaning string) {
	c, ok := m.codes[key]
	if !ok {
		c = &codeSeen{}
		if len(m.codes) < kindsMost {
			m.codes[key] = c
		}
	}
	c.count++
	c.meaning = cmp.Or(c.meaning, meaning)
}

// count counts one more of a kind, unless there are too many kinds already.
func count[K comparable](in map[K]int64, key K) {
	if _, ok := in[key]; ok || len(in) < kindsMost {
		in[key]++
	}
}

// stats are the figures.
func (m *meter) stats(o Options, t Totals) Stats {
	m.join.end()
	s := Stats{
		Totals: t, MessageBytes: m.bytes, From: instant(m.first), To: instant(m.last),
		Dialects: counts(m.dialects), Framings: counts(m.framings), Faults: counts(m.faults),
		Types: []TypeCount{}, Responses: []CodeCount{}, Missing: slices.Clip(append([]Unanswered{}, m.join.firstLost...)),
		Answered: m.join.pairs, Unanswered: m.join.lostCount, Unasked: m.join.answers, Repeated: m.join.repeats, GivenUp: m.join.given,
		Times: m.all.times(),
	}
	for key, seen := range m.types {
		mti := iso8583.MTI(key.mti[:])
		s.Types = append(s.Types, TypeCount{MTI: mti, Dialect: key.dialect, Count: seen.count, Name: mti.Describe(o.Lang), Times: seen.times.times()})
	}
	for key, c := range m.codes {
		s.Responses = append(s.Responses, CodeCount{Code: identifier(key.code[:]), Dialect: key.dialect, Count: c.count, Meaning: c.meaning})
	}
	slices.SortFunc(s.Types, func(a, b TypeCount) int {
		return cmp.Or(strings.Compare(a.Dialect, b.Dialect), strings.Compare(string(a.MTI), string(b.MTI)))
	})
	slices.SortFunc(s.Responses, func(a, b CodeCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Code, b.Code), strings.Compare(a.Dialect, b.Dialect))
	})
	return s
}

func counts(in map[string]int64) []Count {
	out := []Count{}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		out = append(out, Count{name, in[name]})
	}
	slices.SortStableFunc(out, func(a, b Count) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

func instant(nanos int64) string {
	if nanos == 0 {
		return ""
	}
	return time.Unix(0, nanos).UTC().Format(time.RFC3339Nano)
}

// faultOf is the fault of the decoder, or nil.
func faultOf(err error) *iso8583.Error {
	var fault *iso8583.Error
	if errors.As(err, &fault) {
		return fault
	}
	return nil
}
