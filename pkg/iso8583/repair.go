package iso8583

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
)

// repairMost bounds the repairs that are offered.
const repairMost = 5

// scoreSpan is how much less likely than the first a repair may be, in bits.
const scoreSpan = 12

// obvious is the prior of what leaves no doubt when the message then closes.
const obvious = -2

// stepsMost bounds the work for one message: a step is a message of up to 512 bytes
// decoded once.
const stepsMost = 8000

// Repairs are changes under which a broken message was read again and closed exactly:
// a sound decode to the last byte, with no date, digit, or needed field spoilt by the
// change. They are ranked, likeliest first, at most five, in words in "en" or "zh":
// places and figures, never values of fields. Of a message that ends too early they say
// how much is missing; Closes is then false where nobody can know how much.
//
// What is tried is one bit of the bitmap, one length or the way in which lengths are
// coded, justification, what may stand in front or behind, and what programs do to
// bytes on their way. A sound message has no repairs, a message that is too long for
// the work to be bounded has few.
func (s *Spec) Repairs(raw []byte, lang string) []ExplainedRepair {
	r := repairer{t: words(lang), spec: s, raw: raw}
	var fault *Error
	if err := s.Decode(raw, &r.l); err == nil || !errors.As(err, &fault) || len(raw) == 0 {
		return nil
	}
	r.alt = s.variant()
	r.read(fault)
	for _, try := range []func(){
		r.tail, r.front, r.translations, r.cut, r.flips, r.codings, r.objects, r.lengths, r.ways, r.moves,
	} {
		if try(); r.obvious {
			break
		}
	}
	return r.best()
}

// repairer is the search for repairs of one message.
type repairer struct {
	t     tongue
	spec  *Spec
	raw   []byte
	l     Layout // of the message as it is
	fault *Error

	set    bitset          // fields that the bitmaps announce
	stop   int             // field of the first fault: no change behind it can help
	spoilt map[oddity]bool // what is odd already

	try      Layout
	alt      *Spec  // the spec, of which one field is changed at a time
	scratch  []byte // the message, of which some bytes are
	spare    []Span
	body     layoutBody // of one field
	steps    int
	obvious  bool // nothing else need be tried
	found    []repair
	doubtful []repair // that close and leave something odd
}

// repair is one that was found.
type repair struct {
	ExplainedRepair
	score int // in bits: how much likelier than another
}

// hypothesis is one change to try: of the bytes, of the spec, or of both.
type hypothesis struct {
	spec  *Spec
	raw   []byte
	prior int // in bits, below 0: how seldom it happens
	say   func() string
}

// read takes over what was decoded.
func (r *repairer) read(fault *Error) {
	r.fault = fault
	first, _ := cutPath(fault.Path)
	num, err := strconv.Atoi(first)
	switch {
	case errors.Is(fault.Err, ErrTrailing) || err != nil:
		r.stop = fieldMost + 1
	default:
		r.stop = num
	}
	r.set = r.announced()
	r.spoilt = map[oddity]bool{}
	for _, key := range r.oddities(&r.l) {
		r.spoilt[key] = true
	}
}

// announced is the fields of the bitmaps, where they could be read.
func (r *repairer) announced() bitset {
	var set bitset
	at := bitmapIn(r.l.in)
	if at == nil {
		return set
	}
	d := decoder{raw: r.raw}
	d.bitmap(at.node, -1, int(at.Offset), int(at.End), &set)
	return set
}

// closes tries a hypothesis, and keeps it if the message closes exactly and nothing is
// spoilt by it. Where something is, it is kept apart, for messages that have such
// oddities of their own: if there is nothing better, it is offered with what is odd.
func (r *repairer) closes(h hypothesis) bool {
	if !r.reads(h.spec, h.raw) {
		return false
	}
	r.steps += 4
	odd := slices.DeleteFunc(r.oddities(&r.try), func(key oddity) bool { return r.spoilt[key] })
	fields := 0
	for i := range r.try.in.spans {
		if r.try.in.spans[i].parent < 0 {
			fields++
		}
	}
	switch {
	case len(odd) == 0:
		r.found = r.keep(r.found, h, 0)
		r.obvious = r.obvious || h.prior >= obvious
		return true
	case len(r.found) == 0 && len(odd) <= fields/4 && !slices.ContainsFunc(odd, oddity.fatal):
		say := h.say
		h.say = func() string {
			return say() + r.t.sprintf("; odd then: %s", ";仍有异常:%s", oddList(odd, r.t))
		}
		r.doubtful = r.keep(r.doubtful, h, 8*len(odd))
	}
	return false
}

// reads decodes under a hypothesis.
func (r *repairer) reads(spec *Spec, raw []byte) bool {
	cost := 1 + len(raw)/512
	if r.steps+cost > stepsMost {
		return false
	}
	r.steps += cost
	return spec.Decode(raw, &r.try) == nil
}

// keep writes down a repair, with the evidence of what r.try holds.
func (r *repairer) keep(found []repair, h hypothesis, less int) []repair {
	score := h.prior + r.evidence(&r.try) - less
	if len(found) > 4*repairMost {
		found = ranked(found)
		if len(found) > repairMost && score < found[repairMost].score {
			return found
		}
	}
	return append(found, repair{ExplainedRepair{Change: h.say(), Closes: true}, score})
}

// ranked is what was found, likeliest first, each change once.
func ranked(found []repair) []repair {
	slices.SortStableFunc(found, func(a, b repair) int { return cmp.Compare(b.score, a.score) })
	seen := map[string]bool{}
	found = slices.DeleteFunc(found, func(f repair) bool {
		again := seen[f.Change]
		seen[f.Change] = true
		return again
	})
	return found[:min(len(found), 2*repairMost)]
}

// best is what is offered.
func (r *repairer) best() []ExplainedRepair {
	found := ranked(r.found)
	if !slices.ContainsFunc(found, func(f repair) bool { return f.Closes }) {
		found = ranked(append(found, r.doubtful...))
	}
	var out []ExplainedRepair
	for _, f := range found[:min(len(found), repairMost)] {
		if f.score < found[0].score-scoreSpan {
			break
		}
		out = append(out, f.ExplainedRepair)
	}
	return out
}

// fieldName is "field 25 (Point of service condition code)".
func (r *repairer) fieldName(num int) string {
	name := r.spec.FieldName(strconv.Itoa(num), string(r.t))
	if name == "" {
		return r.t.sprintf("field %d", "域%d", num)
	}
	return r.t.sprintf("field %d (%s)", "域%d(%s)", num, name)
}

// bytes is a number of bytes, in words.
func (t tongue) bytes(n int) string {
	if n == 1 {
		return t.pick("1 byte", "1字节")
	}
	return t.sprintf("%d bytes", "%d字节", n)
}
