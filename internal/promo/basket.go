package promo

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// basket is the lines while things are taken off them. The lines stand in an order that
// depends on nothing but what they say, so that the odd cent of a share goes to the same
// line however the basket was scanned.
type basket struct {
	currency   money.Currency
	lines      []Line
	left       []int64    // of each line, in minor units
	holders    [][]*offer // of each line: who took something off it
	reductions map[int][]till.Reduction
}

func newBasket(lines []Line) *basket {
	b := &basket{
		lines:      slices.Clone(lines),
		left:       make([]int64, len(lines)),
		holders:    make([][]*offer, len(lines)),
		reductions: map[int][]till.Reduction{},
	}
	slices.SortFunc(b.lines, compareLines)
	var sum int64
	for i, l := range b.lines {
		b.currency = l.Amount.Currency()
		b.left[i] = max(l.Amount.Minor(), 0)
		sum = plus(sum, b.left[i])
	}
	if sum == math.MaxInt64 {
		clear(b.left)
	}
	return b
}

// plus adds what is not negative, and stays at the top where the sum does not fit.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func compareLines(a, b Line) int {
	return cmp.Or(
		cmp.Compare(a.SKU, b.SKU),
		cmp.Compare(a.Category, b.Category),
		cmp.Compare(a.Unit, b.Unit),
		cmp.Compare(a.Price.Minor(), b.Price.Minor()),
		cmp.Compare(a.Quantity, b.Quantity),
		cmp.Compare(a.Amount.Minor(), b.Amount.Minor()),
		cmp.Compare(a.Key, b.Key),
		cmp.Compare(a.N, b.N),
	)
}

// gross is what a line came to before anything was taken off, in minor units.
func (l Line) gross() int64 {
	gross, ok := till.MulDiv(l.Price.Minor(), int64(l.Quantity), int64(till.One))
	if !ok {
		return l.Amount.Minor()
	}
	return gross
}

// pieces is how many pieces a line is: what is counted is so many, what is weighed or
// measured is one, however heavy.
func (l Line) pieces() int64 {
	if l.isMeasured() {
		return 1
	}
	return int64(l.Quantity / till.One)
}

func (l Line) isMeasured() bool {
	return l.Unit != "" && l.Unit != till.Each || !l.Quantity.IsWhole()
}

// comparePieces compares what a piece of line i and one of line j are worth now.
func (b *basket) comparePieces(i, j int) int {
	hi, lo := bits.Mul64(uint64(b.left[i]), uint64(b.lines[j].pieces()))
	hi2, lo2 := bits.Mul64(uint64(b.left[j]), uint64(b.lines[i].pieces()))
	return cmp.Or(cmp.Compare(hi, hi2), cmp.Compare(lo, lo2))
}

// isFree reports that the offer may take something off the line.
func (b *basket) isFree(line int, o *offer) bool {
	for _, h := range b.holders[line] {
		if !h.p.Stackable || !o.p.Stackable {
			return false
		}
	}
	return true
}

// open are the lines that qualify, that the offer may touch and that something is left
// of.
func (b *basket) open(o *offer) []int {
	open := make([]int, 0, len(o.on))
	for _, i := range o.on {
		if b.left[i] > 0 && b.isFree(i, o) {
			open = append(open, i)
		}
	}
	return open
}

// take takes cuts off the lines for an offer.
func (b *basket) take(o *offer, cuts []cut) {
	for _, c := range cuts {
		b.left[c.line] -= c.off
		b.holders[c.line] = append(b.holders[c.line], o)
	}
}

// untake is the opposite of the last take.
func (b *basket) untake(cuts []cut) {
	for _, c := range cuts {
		b.left[c.line] += c.off
		b.holders[c.line] = b.holders[c.line][:len(b.holders[c.line])-1]
	}
}

// settle takes what the offer gives for good, and notes it or why it was nothing.
func (b *basket) settle(o *offer) {
	g := b.gift(o)
	b.note(o, g)
	b.take(o, g.cuts)
	for _, c := range g.cuts {
		if n := b.lines[c.line].N; c.off > 0 {
			b.reductions[n] = append(b.reductions[n], o.reduction(g, b.money(c.off)))
		}
	}
}

func (b *basket) money(minor int64) money.Amount { return money.New(minor, b.currency) }
