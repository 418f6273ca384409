// Package promo decides which programmes take something off a ticket, how much, and why
// the others do not.
//
// [Apply] is a pure function of lines, programmes and a [Situation]. It tries programmes
// by priority, the lower first. Programmes of one priority that want the same lines are
// tried in every order while they are few, and the order stands that leaves the shopper
// the least to pay; where orders come to the same, the one of the lower ids. Two
// programmes share a line only if both are stackable. Nothing is ever taken off a line
// that is not left on it, so that no line and no total falls below zero.
//
// What a programme asks for (a least quantity, a least amount) is asked of the lines as
// they were before anything was taken off; what it gives is reckoned from what is left.
//
// Every programme that was looked at gets a note, which [Explain] says in words.
package promo

import (
	"cmp"
	"slices"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Line is a line of a ticket as far as a promotion asks.
type Line struct {
	N        int           // names the line in what Apply returns
	SKU      till.SKU      // empty for something the catalogue does not know
	Category string        // compared without regard to case
	Unit     till.Unit     // empty is till.Each
	Quantity till.Quantity // of a line that counts, above zero
	Price    money.Amount  // of one unit
	Amount   money.Amount  // left after what was taken off by hand
	Key      string        // what else tells lines apart, such as a name; like lines are taken in its order
}

// Situation is who buys, when, and with which coupons in hand.
type Situation struct {
	Moment  till.Moment
	Member  bool
	Coupons []string // compared without regard to case and to spaces around them
}

// Apply finds what the programmes take off: by line number the reductions in the order
// in which they were taken, and a note on every programme that is not gone, by priority
// and id. The amounts are in the currency of the lines, all of one; a programme that
// contradicts itself or speaks of another currency is noted and does nothing. Lines whose
// sum does not fit 64 bits of minor units get nothing.
//
// The order of the lines and of the programmes changes nothing: lines that are the same
// but for their numbers may swap what they got.
func Apply(lines []Line, programmes []till.Programme, s Situation) (map[int][]till.Reduction, []till.PromoNote) {
	b := newBasket(lines)
	offers := b.offers(programmes, s)
	for _, rank := range ranks(offers) {
		for _, group := range b.clusters(rank) {
			for _, o := range b.order(group) {
				b.settle(o)
			}
		}
	}
	return b.reductions, notes(offers)
}

// offers are the programmes that are looked at, by priority and id. One that does not
// apply to the situation has its reason noted.
func (b *basket) offers(programmes []till.Programme, s Situation) []*offer {
	offers := make([]*offer, 0, len(programmes))
	for _, p := range programmes {
		if !p.Gone {
			offers = append(offers, b.consider(p, s))
		}
	}
	slices.SortStableFunc(offers, func(a, b *offer) int {
		return cmp.Or(cmp.Compare(a.p.Priority, b.p.Priority), cmp.Compare(a.p.ID, b.p.ID))
	})
	return offers
}

// ranks are the offers that stand, those of one priority together.
func ranks(offers []*offer) [][]*offer {
	var ranks [][]*offer
	for _, o := range offers {
		last := len(ranks) - 1
		switch {
		case o.note.Code != "":
		case last >= 0 && ranks[last][0].p.Priority == o.p.Priority:
			ranks[last] = append(ranks[last], o)
		default:
			ranks = append(ranks, []*offer{o})
		}
	}
	return ranks
}

func notes(offers []*offer) []till.PromoNote {
	var notes []till.PromoNote
	for _, o := range offers {
		notes = append(notes, o.note)
	}
	return notes
}
