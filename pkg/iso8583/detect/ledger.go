package detect

import (
	"slices"
	"strconv"
)

// Evidence is one reason for or against a candidate. It holds places and figures, and
// never a value of the message.
type Evidence struct {
	// Points is what it weighs in bits: n points for what random bytes show once in 2^n
	// times, fewer than none for what speaks against the candidate.
	Points int
	Path   string // the field, "55"; "" where it is about the framing or the whole
	Offset int    // of the first byte that it is about, in the bytes that were given
	said   saying
	a, b   int
	name   string
}

// ledger adds up what speaks for and against a reading.
type ledger struct {
	points int
	doubts int // times that a field contradicts what it should hold, twice for digits that are none
	coded  int // points of characters and digits that are what their coding says: few of them count
	keep   bool
	items  []Evidence
	base   int // what offsets are counted from
}

// codedMost caps what is given for bytes that are merely digits or printable: a longer
// text of the wrong dialect has more of them, and is no better for it.
const codedMost = 12

// reset makes the ledger empty, with its memory.
func (g *ledger) reset(base int, keep bool) {
	*g = ledger{items: g.items[:0], base: base, keep: keep}
}

// add enters evidence about a field, or about the whole where num is negative.
func (g *ledger) add(points, num, offset int, said saying, a, b int) {
	g.points += points
	if num > 1 && points <= -4 {
		g.doubts += 1 + abs(points)/10
	}
	if g.keep && points != 0 {
		g.items = append(g.items, Evidence{Points: points, Path: pathOf(num), Offset: g.base + offset, said: said, a: a, b: b})
	}
}

// named is add with a name in the text.
func (g *ledger) named(points, offset int, said saying, name string, a, b int) {
	g.points += points
	if g.keep && points != 0 {
		g.items = append(g.items, Evidence{Points: points, Offset: g.base + offset, said: said, name: name, a: a, b: b})
	}
}

// code enters bytes that are what their coding says, up to the cap.
func (g *ledger) code(points int) { g.coded += points }

// close enters what was given for coding, once.
func (g *ledger) close(fields int) {
	g.add(min(g.coded, codedMost), -1, 0, saysCoded, fields, 0)
}

// ranked are the items, the weightiest first.
func (g *ledger) ranked() []Evidence {
	items := slices.Clone(g.items)
	slices.SortStableFunc(items, func(x, y Evidence) int { return abs(y.Points) - abs(x.Points) })
	return items
}

func pathOf(num int) string {
	if num < 0 {
		return ""
	}
	return strconv.Itoa(num)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
