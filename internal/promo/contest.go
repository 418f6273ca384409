package promo

import (
	"slices"
	"strings"
)

// contestMost is how many programmes that want the same lines are tried in every order:
// five are 120 orders. More are tried by what each takes off when its turn may come, the
// most first, which is nearly always as good.
const contestMost = 5

// clusters are the offers of one priority in groups that have no line in common: what
// happens in one changes nothing in another. Within a group they stand by id.
func (b *basket) clusters(rank []*offer) [][]*offer {
	var groups [][]*offer
	for _, o := range rank {
		group := []*offer{o}
		rest := groups[:0:0]
		for _, g := range groups {
			if slices.ContainsFunc(g, o.meets) {
				group = append(g, group...)
			} else {
				rest = append(rest, g)
			}
		}
		groups = append(rest, group)
	}
	for _, g := range groups {
		slices.SortStableFunc(g, byID)
	}
	return groups
}

func byID(a, b *offer) int { return strings.Compare(string(a.p.ID), string(b.p.ID)) }

// meets reports that two offers have a line in common; both know their lines in order.
func (o *offer) meets(other *offer) bool {
	a, b := o.on, other.on
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			return true
		case a[0] < b[0]:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return false
}

// order is the order in which the offers of a group take their turns.
func (b *basket) order(group []*offer) []*offer {
	switch {
	case len(group) == 1:
		return group
	case len(group) <= contestMost:
		c := contest{b: b, best: -1}
		c.try(make([]*offer, 0, len(group)), group, 0)
		return c.winner
	}
	return b.greedy(group)
}

// contest looks for the order that takes most off.
type contest struct {
	b      *basket
	best   int64
	winner []*offer
}

// try goes on from those that had their turns, which took off so much, with each of the
// rest. The orders come sorted by the ids, so that of equal ones the first stands.
func (c *contest) try(done, rest []*offer, off int64) {
	if len(rest) == 0 && off > c.best {
		c.best, c.winner = off, slices.Clone(done)
	}
	for k, o := range rest {
		g := c.b.gift(o)
		c.b.take(o, g.cuts)
		c.try(append(done, o), slices.Concat(rest[:k], rest[k+1:]), off+g.total())
		c.b.untake(g.cuts)
	}
}

// greedy gives the next turn to the offer that takes most off now.
func (b *basket) greedy(group []*offer) []*offer {
	var order []*offer
	var taken [][]cut
	for rest := slices.Clone(group); len(rest) > 0; {
		next, best := 0, gift{}
		for k, o := range rest {
			if g := b.gift(o); k == 0 || g.total() > best.total() {
				next, best = k, g
			}
		}
		b.take(rest[next], best.cuts)
		order, taken = append(order, rest[next]), append(taken, best.cuts)
		rest = slices.Delete(rest, next, next+1)
	}
	for _, cuts := range slices.Backward(taken) {
		b.untake(cuts)
	}
	return order
}
