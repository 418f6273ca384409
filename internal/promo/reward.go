package promo

import (
	"slices"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// cut is what is taken off one line, in minor units. It may be nothing for a line that
// was paid for to get another: that line is in use as well.
type cut struct {
	line int
	off  int64
}

// gift is what an offer would take off now.
type gift struct {
	cuts   []cut
	asked  int64 // what it would take if the lines were worth it and it had no limit
	capped bool  // by the most that the programme gives on a ticket
}

func (g gift) total() int64 {
	var sum int64
	for _, c := range g.cuts {
		sum += c.off
	}
	return sum
}

// gift is what the offer gives as the basket stands, within the programme's limit.
func (b *basket) gift(o *offer) gift {
	g := b.reward(o, b.open(o))
	off, most := g.total(), o.p.Reward.Max.Minor()
	switch {
	case off == 0:
		return gift{}
	case most > 0 && off > most:
		shrink(g.cuts, most)
		g.capped = true
	}
	return g
}

// reward is what the programme gives on the lines that are open to it.
func (b *basket) reward(o *offer, open []int) gift {
	r := o.p.Reward
	switch {
	case len(open) == 0:
		return gift{}
	case r.Kind == till.RewardBuyGet:
		return gift{cuts: b.buyGet(r, open)}
	case r.Cheapest:
		return b.cheapest(r, open)
	case r.Kind == till.RewardAmount:
		return b.together(r.Amount.Minor(), open)
	}
	return gift{cuts: b.each(open, func(i int) int64 { return b.offWhole(r, i) })}
}

// each takes something off every line by itself.
func (b *basket) each(open []int, off func(line int) int64) []cut {
	cuts := make([]cut, 0, len(open))
	for _, i := range open {
		cuts = appendCut(cuts, cut{i, off(i)})
	}
	return cuts
}

// appendCut adds a cut that takes something off.
func appendCut(cuts []cut, c cut) []cut {
	if c.off <= 0 {
		return cuts
	}
	return append(cuts, c)
}

// offWhole is what a percentage or a price takes off all of a line.
func (b *basket) offWhole(r till.PromoReward, i int) int64 {
	if r.Kind == till.RewardPrice {
		return b.left[i] - share(r.Amount.Minor(), int64(b.lines[i].Quantity), int64(till.One))
	}
	return share(b.left[i], int64(r.Percent), int64(till.Whole))
}

// together takes one amount off all lines, each its share of it.
func (b *basket) together(amount int64, open []int) gift {
	worth := make([]int64, len(open))
	var sum int64
	for k, i := range open {
		worth[k] = b.left[i]
		sum += worth[k]
	}
	cuts := make([]cut, 0, len(open))
	for k, off := range till.Spread(min(amount, sum), worth) {
		cuts = appendCut(cuts, cut{open[k], off})
	}
	return gift{cuts: cuts, asked: amount}
}

// cheapest takes the reward off one piece of the line whose pieces are worth the least.
func (b *basket) cheapest(r till.PromoReward, open []int) gift {
	i := slices.MinFunc(open, b.comparePieces)
	piece := share(b.left[i], 1, b.lines[i].pieces())
	var off, asked int64
	switch r.Kind {
	case till.RewardAmount:
		off, asked = r.Amount.Minor(), r.Amount.Minor()
	case till.RewardPrice:
		off = piece - b.pricePiece(r.Amount, i)
	default:
		off = share(b.left[i], int64(r.Percent), b.lines[i].pieces()*int64(till.Whole))
	}
	return gift{cuts: appendCut(nil, cut{i, min(off, piece)}), asked: asked}
}

// pricePiece is what one piece of a line costs at another price of the unit.
func (b *basket) pricePiece(price money.Amount, i int) int64 {
	if !b.lines[i].isMeasured() {
		return price.Minor()
	}
	return share(price.Minor(), int64(b.lines[i].Quantity), int64(till.One))
}

// buyGet lines the pieces up from the dearest to the cheapest, cuts the row into groups
// of Buy and Get, and reduces the last Get of each group: of six cups that are two
// groups of three, the third and the sixth. Pieces that fill no group pay their price,
// and lines of nothing else are not in use.
func (b *basket) buyGet(r till.PromoReward, open []int) []cut {
	row := slices.Clone(open)
	slices.SortStableFunc(row, func(i, j int) int { return b.comparePieces(j, i) })
	group := int64(r.Buy + r.Get)
	full := b.pieces(row) / group * group
	var cuts []cut
	var at int64
	for _, i := range row {
		if at >= full {
			break
		}
		n := b.lines[i].pieces()
		given := givenBefore(min(at+n, full), r) - givenBefore(at, r)
		cuts = append(cuts, cut{i, share(b.left[i], given*int64(getPercent(r)), n*int64(till.Whole))})
		at += n
	}
	return cuts
}

func (b *basket) pieces(lines []int) int64 {
	var n int64
	for _, i := range lines {
		n += b.lines[i].pieces()
	}
	return n
}

// givenBefore is how many of the first n pieces of the row are reduced.
func givenBefore(n int64, r till.PromoReward) int64 {
	group := int64(r.Buy + r.Get)
	return n/group*int64(r.Get) + max(n%group-int64(r.Buy), 0)
}

// getPercent is what is taken off the pieces that are got; none said is all of it.
func getPercent(r till.PromoReward) till.Rate {
	if r.Percent == 0 {
		return till.Whole
	}
	return r.Percent
}

// share is amount*part/whole rounded half up; nothing where that does not fit.
func share(amount, part, whole int64) int64 {
	s, _ := till.MulDiv(amount, part, whole)
	return s
}

// shrink gives each cut its share of what may be taken at most.
func shrink(cuts []cut, most int64) {
	offs := make([]int64, len(cuts))
	for k, c := range cuts {
		offs[k] = c.off
	}
	for k, off := range till.Spread(most, offs) {
		cuts[k].off = off
	}
}
