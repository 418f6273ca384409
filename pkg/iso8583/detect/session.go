package detect

import (
	"bytes"
	"slices"

	"github.com/tillworks/till/pkg/iso8583"
)

// Session detects one message after the other and tries what won before first. It is
// for one goroutine.
type Session struct {
	d       *Detector
	judge   judge
	layout  iso8583.Layout
	winners []winner // the latest first
}

// winner is a framing and a dialect that a message was read by.
type winner struct {
	envelope envelope
	entry    *entry
	match    Match
	shapes   []shapeSeen
}

// shapeSeen is a kind of message, told by its type and bitmap, that was found to be the
// winner's although its points alone would not say so.
type shapeSeen struct {
	head       []byte
	points     int
	confidence string
}

// Bounds of what a session remembers.
const (
	winnersMost = 6
	shapesMost  = 64
	headMost    = 4 + 48
)

// Match is what one message of many is.
type Match struct {
	Confidence string        // as of Result
	Framing    string        // "none", "binary2+tpdu"
	Dialect    string        // "" where Confidence is ""
	Spec       *iso8583.Spec // nil where Confidence is ""
	Start, End int           // of the message in the bytes that were given
	Err        error         // what Spec.Decode says of the message: an *iso8583.Error, or nil
}

// Session starts to detect many messages.
func (d *Detector) Session() *Session { return &Session{d: d} }

// Next finds what raw is, as Detect does, and decodes it into a layout. What won before
// is tried first: if the message is sound by it, with evidence that would make Detect
// sure, nothing else is tried and nothing is allocated.
func (s *Session) Next(raw []byte, into *iso8583.Layout) Match {
	if m, ok := s.again(raw, into); ok {
		return m
	}
	m := s.afresh(raw)
	if m.Spec == nil {
		*into = iso8583.Layout{}
		return m
	}
	m.Err = m.Spec.Decode(raw[m.Start:m.End], into)
	return m
}

// again tries what won before.
func (s *Session) again(raw []byte, into *iso8583.Layout) (Match, bool) {
	for i := range s.winners {
		w := &s.winners[i]
		e, ok := w.envelope.at(raw)
		if !ok || !w.entry.mayBe(raw[e.start:e.end]) {
			continue
		}
		m, _ := mtiAt(raw[e.start:], e.coding)
		if !m.usual() || !w.entry.fits(m.version()) {
			continue
		}
		s.judge.layout = into
		r := s.judge.score(raw, e, w.entry, false)
		confidence := ""
		if r.sound {
			confidence = w.accepts(raw, r, into)
		}
		if confidence == "" {
			continue
		}
		match := w.match
		match.Confidence = confidence
		match.Start, match.End = e.start, e.end
		if i > 0 {
			s.front(i)
		}
		return match, true
	}
	return Match{}, false
}

// accepts is what full detection would say of a sound reading, or nothing where that is
// not known: its evidence is more than a sure one needs, or a message of the same type and
// bitmap was found to be the winner's before.
func (w *winner) accepts(raw []byte, r reading, l *iso8583.Layout) string {
	if plainlySure(r) {
		return Sure
	}
	h := head(raw, r, l)
	for i := range w.shapes {
		if seen := &w.shapes[i]; bytes.Equal(seen.head, h) && r.points >= seen.points-2 {
			return seen.confidence
		}
	}
	return ""
}

// head is the message type and the bitmaps.
func head(raw []byte, r reading, l *iso8583.Layout) []byte {
	end := r.envelope.start + r.envelope.coding.size()
	if l.Len() > 1 {
		end = r.envelope.start + int(l.At(1).End)
	}
	return raw[r.envelope.start:min(end, r.envelope.start+headMost)]
}

// front moves a winner to the front.
func (s *Session) front(i int) {
	w := s.winners[i]
	copy(s.winners[1:i+1], s.winners[:i])
	s.winners[0] = w
}

// afresh detects as if nothing had been before, and remembers what won.
func (s *Session) afresh(raw []byte) Match {
	if len(raw) > detectMost {
		return Match{}
	}
	best, confidence := s.quick(raw)
	if confidence == "" {
		return Match{}
	}
	s.remember(raw, best, confidence)
	return Match{
		Confidence: confidence, Framing: best.envelope.name(), Dialect: best.entry.name, Spec: best.entry.spec,
		Start: best.envelope.start, End: best.envelope.end,
	}
}

// quick is the best reading and what it deserves, without its evidence.
func (s *Session) quick(raw []byte) (best reading, confidence string) {
	readings := s.readings(raw)
	if confidence = verdict(raw, readings); confidence != "" {
		best = readings[0]
	}
	return best, confidence
}

// result is Detect, and remembers what won.
func (s *Session) result(raw []byte) Result {
	if len(raw) > detectMost {
		return Result{}
	}
	readings := s.readings(raw)
	out := s.d.result(&s.judge, raw, readings)
	if out.Best != nil {
		s.remember(raw, readings[0], out.Confidence)
	}
	return out
}

func (s *Session) readings(raw []byte) []reading {
	s.judge.layout = &s.layout
	return s.d.readings(&s.judge, raw)
}

// remember puts what won in front, and where its points alone do not tell, the kind of
// message with it.
func (s *Session) remember(raw []byte, r reading, confidence string) {
	whole := r.envelope.fit == fitNone || r.envelope.fit == fitExact
	if !r.sound || !whole || r.envelope.header == strange || confidence == Guess {
		return
	}
	at := slices.IndexFunc(s.winners, func(w winner) bool { return w.entry == r.entry && w.envelope.same(r.envelope) })
	if at < 0 {
		w := winner{envelope: r.envelope, entry: r.entry, match: Match{
			Framing: r.envelope.name(), Dialect: r.entry.name, Spec: r.entry.spec,
		}}
		if len(s.winners) == winnersMost {
			s.winners = s.winners[:winnersMost-1]
		}
		s.winners = append(s.winners, w)
		at = len(s.winners) - 1
	}
	s.front(at)
	if !plainlySure(r) || confidence != Sure {
		s.winners[0].learn(raw, r, &s.layout, confidence)
	}
}

// learn remembers a kind of message.
func (w *winner) learn(raw []byte, r reading, l *iso8583.Layout, confidence string) {
	_ = r.entry.spec.Decode(raw[r.envelope.start:r.envelope.end], l)
	h := head(raw, r, l)
	for i := range w.shapes {
		if seen := &w.shapes[i]; bytes.Equal(seen.head, h) {
			seen.points, seen.confidence = min(seen.points, r.points), confidence
			return
		}
	}
	if len(w.shapes) == shapesMost {
		w.shapes = slices.Delete(w.shapes, 0, 1)
	}
	w.shapes = append(w.shapes, shapeSeen{head: bytes.Clone(h), points: r.points, confidence: confidence})
}

// plainlySure reports evidence that no other reading comes near.
func plainlySure(r reading) bool {
	return r.points >= surePoints+rareMargin && r.body >= sureBody && r.doubts == 0 && r.version && !r.entry.variant
}

// at lays the parts of an envelope around other bytes: all must be there, and the length
// must fit.
func (e envelope) at(raw []byte) (envelope, bool) {
	start, tail, total, ok := e.length.open(raw)
	if !ok || total != len(raw) {
		return e, false
	}
	end := total - tail
	if e.tpdu {
		if end-start <= tpduSize || raw[start] != 0x60 && raw[start] != 0x68 {
			return e, false
		}
		start += tpduSize
	}
	size, ok := e.header.open(raw[start:end], e.tpdu)
	if !ok || end-start-size < e.coding.size() {
		return e, false
	}
	e.start, e.end, e.total = start+size, end, total
	return e, true
}
