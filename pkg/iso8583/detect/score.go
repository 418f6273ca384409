package detect

import (
	"errors"
	"math/bits"

	"github.com/tillworks/till/pkg/iso8583"
)

// reading is one candidate in work: an envelope, a dialect, and what came of decoding.
type reading struct {
	envelope envelope
	entry    *entry
	points   int
	body     int // of them, those of the bitmap, the fields and the end
	doubts   int // of its fields
	sound    bool
	version  bool // the message type is of an edition of the dialect
}

// judge weighs readings. It keeps its memory from one to the next.
type judge struct {
	layout *iso8583.Layout
	ledger ledger
	body   []byte // the message
	text   []byte // of the field being looked at
	memory []byte // for text that does not stand in the message as it is
	moment momentSeen
	broken int // the field of the first fault, or -1
}

// score decodes the message in its envelope by a dialect and weighs what comes of it.
func (j *judge) score(raw []byte, e envelope, d *entry, keep bool) reading {
	r := reading{envelope: e, entry: d}
	spec, plan := d.compiled()
	if spec == nil {
		return r
	}
	g := &j.ledger
	g.reset(e.start, keep)
	body := raw[e.start:e.end]
	m, _ := mtiAt(body, e.coding)
	err := spec.Decode(body, j.layout)
	j.body, j.broken = body, brokenField(err)
	j.fields(plan, m)
	j.endEvidence(err, len(body), e)
	r.body, r.doubts = g.points, g.doubts
	r.sound, r.version = err == nil, d.fits(m.version())
	typeEvidence(g, m, d)
	g.base = 0
	if r.sound && e.fit == fitCut || !r.sound && e.fit == fitMore {
		e.fit = fitWrong // all is there, or not all although more follows: the length must be what is wrong
	}
	envelopeEvidence(g, raw, e)
	behindEvidence(g, e, d)
	r.points = g.points
	return r
}

// envelopeEvidence weighs the framing: what its lengths and headers would cost to come
// by chance.
func envelopeEvidence(g *ledger, raw []byte, e envelope) {
	if e.length != noLength {
		lengthEvidence(g, e, len(raw))
	}
	at := e.start - int(e.size)
	switch e.header {
	case noHeader:
	case unionpay6:
		at = e.start - unionpaySize
		g.named(8, at, saysHeader, "unionpay6", 0, 0)
	case visa22:
		at = e.start - visaSize
		g.named(8, at, saysHeader, "visa22", 0, 0)
		if said := visaTotal(raw[at:]); said == e.end-at {
			g.add(12, -1, at+3, saysVisaFits, 0, 0)
		} else {
			g.add(-6, -1, at+3, saysVisaWrong, said, e.end-at)
		}
	case base24, base24EBCDIC:
		at = e.start - base24Size
		g.named(20, at, saysHeader, e.header.name(0), 0, 0)
	default:
		g.add(-12, -1, at, saysHeaderStrange, int(e.size), 0)
	}
	if e.tpdu {
		at -= tpduSize
		if _, digits := digitsBCD(raw[at+1 : at+tpduSize]); digits {
			g.add(6, -1, at, saysTPDU, 0, 0)
		} else {
			g.add(3, -1, at, saysTPDUOdd, 0, 0)
		}
	}
}

// lengthEvidence weighs a length: one that fits is worth its bits, since random ones
// hardly ever do, less what the many kinds of lengths have as chances.
func lengthEvidence(g *ledger, e envelope, have int) {
	name := e.length.String()
	if e.length == binary2Self || e.length == little2 || e.length == hex4 {
		g.named(-2, 0, saysLengthRare, name, 0, 0)
	}
	switch e.fit {
	case fitExact:
		points := 12
		if e.length == stx || e.length == binary4 || e.length == vml4 {
			points = 16
		}
		g.named(points, 0, saysLengthFits, name, 0, 0)
	case fitCut:
		g.named(-4-far(e.total-have), 0, saysLengthCut, name, e.total, have)
	case fitMore:
		g.named(-2, 0, saysLengthMore, name, e.total, have-e.total)
	default:
		g.named(-10-far(abs(have-e.total)), 0, saysLengthWrong, name, e.total, abs(have-e.total))
	}
}

// far grows with the bytes by which a length does not fit: a small mistake is likelier.
func far(bytes int) int { return bits.Len(uint(bytes)) / 2 }

// behindEvidence weighs whether the dialect is one that comes behind such a header, or
// else such a TPDU. Any may come behind a length.
func behindEvidence(g *ledger, e envelope, d *entry) {
	known := e.header != noHeader && e.header != strange
	switch {
	case !d.behind.told:
	case !known && d.behind.own:
		g.add(-6, -1, 0, saysHeaderMissing, 0, 0)
	case known && d.behind.headers[e.header], !known && e.tpdu && d.behind.tpdu:
		g.add(4, -1, 0, saysUsualBehind, 0, 0)
	case known || e.tpdu:
		g.add(-4, -1, 0, saysUnusualBehind, 0, 0)
	}
}

// typeEvidence weighs the message type: four characters that are digits are rare among
// bytes, two packed bytes are not.
func typeEvidence(g *ledger, m mti, d *entry) {
	points := 10
	if d.coding == mtiBCD {
		points = 5
	}
	switch {
	case !m.legal():
		g.add(-12, 0, 0, saysTypeUndefined, 0, 0)
	case m.usual():
		g.add(points, 0, 0, saysType, 0, 0)
	default:
		g.add(points-6, 0, 0, saysTypeOdd, 0, 0)
	}
	if d.variant {
		g.add(-6, -1, 0, saysVariant, 0, 0)
	}
	if !d.fits(m.version()) {
		g.add(-12, 0, 0, saysVersionOther, 0, 0)
	}
}

// endEvidence weighs how the decoding ended.
func (j *judge) endEvidence(err error, size int, e envelope) {
	if err == nil {
		j.ledger.add(8, -1, size, saysClosed, 0, 0)
		return
	}
	j.faultEvidence(err, e)
}

// brokenField is the field of a fault, or -1.
func brokenField(err error) int {
	if err == nil {
		return -1
	}
	var fault *iso8583.Error // apart from the usual way, since it is allocated
	if !errors.As(err, &fault) {
		return -1
	}
	return numberOf(fault.Path)
}

// faultEvidence weighs the first fault.
func (j *judge) faultEvidence(err error, e envelope) {
	g := &j.ledger
	var fault *iso8583.Error
	if !errors.As(err, &fault) {
		return
	}
	num := numberOf(fault.Path)
	switch {
	case errors.Is(fault.Err, iso8583.ErrTrailing):
		g.add(-10, -1, fault.Offset, saysTrailing, fault.Got, 0)
	case errors.Is(fault.Err, iso8583.ErrShort) && e.fit == fitCut:
		g.add(-6, num, fault.Offset, saysCut, fault.Want, fault.Got)
	case errors.Is(fault.Err, iso8583.ErrShort):
		g.add(-10, num, fault.Offset, saysCut, fault.Want, fault.Got)
	default:
		g.add(-12, num, fault.Offset, saysFault, 0, 0)
	}
}

// numberOf is the field of a path, or -1.
func numberOf(path string) int {
	n := -1
	for i := 0; i < len(path) && path[i] >= '0' && path[i] <= '9'; i++ {
		n = max(n, 0)*10 + int(path[i]-'0')
	}
	return n
}

// fields weighs every field that could be read.
func (j *judge) fields(p *plan, m mti) {
	j.moment = momentSeen{}
	coded := 0
	for i := range j.layout.Len() {
		num := j.layout.Number(i)
		if num < 1 || num >= numbers {
			continue
		}
		if num == 1 {
			j.bitmap(i, p, m)
			continue
		}
		if j.field(i, num, p, m) {
			coded++
		}
	}
	j.ledger.close(coded)
}

// bitmap weighs the bitmaps.
func (j *judge) bitmap(i int, p *plan, m mti) {
	sp := j.layout.At(i)
	wire, at := j.body[sp.Start:sp.End], int(sp.Start)
	if p.hex {
		j.ledger.add(6, 1, at, saysHexBitmap, len(wire), 0)
	}
	set := bitmapOf(wire, p.hex)
	for _, more := range []int{1, 65, 129} {
		set[(more-1)/64] &^= 1 << 63
	}
	bitEvidence(&j.ledger, m, &set, at)
}
