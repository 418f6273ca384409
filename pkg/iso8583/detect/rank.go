package detect

import (
	"bytes"

	"github.com/tillworks/till/pkg/iso8583"
)

// The scale, in bits; docs/design/0007-evidence.md tells how it was set.
const (
	surePoints   = 40 // what a sound reading needs to be sure
	sureBody     = 16 // of them by bitmap and fields: a fine envelope says nothing of what is in it
	sureMargin   = 12 // and the distance to the next that reads something else
	doubtPoints  = 12 // more for each time that a field contradicts what it should hold
	doubtMargin  = 3  // more for each such time
	marginEnough = 60 // a rival that is further behind is none
	rareMargin   = 18 // the same for a rarer way of writing: a single slip in the common one must not look like it
	soundMargin  = 4  // what a reading without a fault is ahead of one with it, beside the points
	likelyPoints = 24
	likelyMargin = 6
	brokenPoints = 36 // what a reading with a fault needs to be likely
	brokenBody   = 8
	brokenMargin = 10
	brokenDoubts = 4 // the fault itself is two: with a field of digits that are none before it, a reading is a guess
	guessPoints  = 18
	guessBroken  = 26
)

// rivalsMost is how many candidates are held against the best one.
const rivalsMost = 12

// result weighs the readings against each other, and writes down the best.
func (d *Detector) result(j *judge, raw []byte, readings []reading) Result {
	var out Result
	for i, r := range readings[:min(len(readings), RankedMost)] {
		same := i == 0 || sameReading(raw, readings[0], r)
		c := j.candidate(raw, r, same)
		if i == 0 && r.sound {
			j.repack(raw[c.Start:c.End], r.entry.spec)
			c.Score, c.Evidence = j.ledger.points, j.ledger.ranked()
		}
		out.Ranked = append(out.Ranked, c)
	}
	if out.Confidence = verdict(raw, readings); out.Confidence != "" {
		out.Best = &out.Ranked[0]
	}
	return out
}

// verdict is what the best reading deserves, at its distance to the next that reads
// something else.
func verdict(raw []byte, readings []reading) string {
	if len(readings) == 0 {
		return ""
	}
	best, least := readings[0], marginEnough
	for _, r := range readings[1:min(len(readings), rivalsMost)] {
		margin := best.points - r.points
		if margin >= least {
			break
		}
		if best.sound && !r.sound {
			margin += soundMargin
		}
		if margin < least && !sameReading(raw, best, r) {
			least = margin
		}
	}
	return confidence(best, least)
}

// confidence is what the best reading deserves, at a distance to the next other one.
func confidence(r reading, margin int) string {
	whole := r.sound && r.version && (r.envelope.fit == fitNone || r.envelope.fit == fitExact) && r.envelope.header != strange
	apart := sureMargin
	if r.entry.variant {
		apart = rareMargin
	}
	apart += doubtMargin * r.doubts
	switch {
	case whole && r.points >= surePoints+doubtPoints*r.doubts && r.body >= sureBody && margin >= apart:
		return Sure
	case r.sound && r.points >= likelyPoints && margin >= likelyMargin:
		return Likely
	case r.points >= brokenPoints && r.body >= brokenBody && margin >= brokenMargin && r.doubts < brokenDoubts:
		return Likely
	case r.sound && r.points >= guessPoints, r.points >= guessBroken && r.body > 0:
		return Guess
	}
	return ""
}

// candidate is a reading with its evidence written down.
func (j *judge) candidate(raw []byte, r reading, same bool) Candidate {
	r = j.score(raw, r.envelope, r.entry, true)
	return Candidate{
		Framing: r.envelope.name(), Dialect: r.entry.name, Spec: r.entry.spec,
		Start: r.envelope.start, End: r.envelope.end, Total: r.envelope.total,
		MTI:   r.envelope.mti(raw),
		Sound: r.sound, Score: r.points, Same: same, Evidence: j.ledger.ranked(),
	}
}

// repack weighs whether the message packs to the bytes that it was read from.
func (j *judge) repack(body []byte, spec *iso8583.Spec) {
	m, err := spec.Unpack(body)
	if err != nil {
		return
	}
	again, err := m.Pack()
	if err == nil && bytes.Equal(again, body) {
		j.ledger.add(1, -1, 0, saysRepacked, 0, 0)
		return
	}
	j.ledger.add(-1, -1, 0, saysRepackedOther, 0, 0)
}

// mti is the message type in an envelope.
func (e envelope) mti(raw []byte) iso8583.MTI {
	m, _ := mtiAt(raw[e.start:], e.coding)
	return iso8583.MTI([]byte{'0' + m[0], '0' + m[1], '0' + m[2], '0' + m[3]})
}

// sameReading reports that two readings give the same fields in the same places with the
// same values; of two with a fault, as far as both go. Of a field that either of them
// divides, the place is enough.
func sameReading(raw []byte, a, b reading) bool {
	if a.envelope.start != b.envelope.start || a.envelope.end != b.envelope.end || a.sound != b.sound {
		return false
	}
	var la, lb iso8583.Layout
	body := raw[a.envelope.start:a.envelope.end]
	_ = a.entry.spec.Decode(body, &la)
	_ = b.entry.spec.Decode(body, &lb)
	x, y := walk{l: &la}, walk{l: &lb}
	for {
		i, k := x.next(), y.next()
		if i < 0 || k < 0 {
			return i == k || !a.sound
		}
		if !sameField(a, b, &la, &lb, i, k) {
			return false
		}
	}
}

func sameField(a, b reading, la, lb *iso8583.Layout, i, k int) bool {
	num, p, q := la.Number(i), la.At(i), lb.At(k)
	if num != lb.Number(k) || p.Start != q.Start || p.End != q.End {
		return false
	}
	divided := func(k kind) bool { return k == kindParts || k == kindTLV || k == kindRaw }
	if num < 2 || num >= numbers || divided(a.entry.plan.kinds[num]) || divided(b.entry.plan.kinds[num]) {
		return true
	}
	return bytes.Equal(la.AppendReveal(nil, i), lb.AppendReveal(nil, k))
}

// walk goes over the fields of a layout, without their parts.
type walk struct {
	l *iso8583.Layout
	i int
}

// next is the index of the next field, or -1.
func (w *walk) next() int {
	for w.i < w.l.Len() {
		w.i++
		if w.l.Number(w.i-1) >= 0 {
			return w.i - 1
		}
	}
	return -1
}
