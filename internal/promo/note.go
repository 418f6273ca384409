package promo

import (
	"slices"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// What the Code of a till.PromoNote says. The comment tells what Got and Want hold.
const (
	CodeApplied  = "applied"   // got: the numbers of the lines, "1,3"
	CodeCut      = "cut"       // applied, but the lines were not worth all of it; got: the lines, want: what it gives
	CodeCapped   = "capped"    // applied, up to the most that it gives on a ticket; got: the lines, want: that most
	CodePaused   = "paused"    // it is switched off
	CodeInvalid  = "invalid"   // it contradicts itself, or its amounts are in another currency
	CodeNotBegun = "not_begun" // got: the day, want: its first
	CodeEnded    = "ended"     // got: the day, want: its last
	CodeWeekday  = "weekday"   // got: the weekday, 0 is Sunday; want: its weekdays, "1,2"
	CodeHours    = "hours"     // got: the time, want: its hours, "15:00-17:00"
	CodeCoupon   = "coupon"    // its coupon was not shown
	CodeMember   = "member"    // it is for members
	CodeNoItems  = "no_items"  // nothing in the basket is one of its items
	CodeQuantity = "quantity"  // got: how many were bought, want: the least
	CodeAmount   = "amount"    // got: what they come to, want: the least
	CodeTaken    = "taken"     // got: the names of the others that have the lines and cannot be combined
	CodeNothing  = "nothing"   // there is nothing to take off: free already, or at its price or below
)

// note says what became of an offer that stood.
func (b *basket) note(o *offer, g gift) {
	off := g.total()
	if off == 0 {
		o.refuse(b.whyNothing(o))
		return
	}
	o.note.Applied, o.note.Amount, o.note.Got = true, b.money(off), b.numbers(g.cuts)
	switch {
	case g.capped:
		o.note.Code, o.note.Want = CodeCapped, o.p.Reward.Max.Decimal()
	case g.asked > off:
		o.note.Code, o.note.Want = CodeCut, b.money(g.asked).Decimal()
	default:
		o.note.Code = CodeApplied
	}
}

// numbers are the numbers of the lines that were cut.
func (b *basket) numbers(cuts []cut) string {
	var list []int
	for _, c := range cuts {
		if c.off > 0 {
			list = append(list, b.lines[c.line].N)
		}
	}
	slices.Sort(list)
	return numbers(list)
}

// whyNothing is why an offer that stood took nothing off.
func (b *basket) whyNothing(o *offer) refusal {
	r := o.p.Reward
	blockers := b.blockers(o)
	bought, wanted := b.pieces(o.on), int64(r.Buy+r.Get)
	switch {
	case r.Kind == till.RewardBuyGet && bought < wanted:
		return refusal{CodeQuantity, till.Units(bought).String(), till.Units(wanted).String()}
	case len(blockers) > 0:
		return refusal{code: CodeTaken, got: strings.Join(blockers, ", ")}
	}
	return refusal{code: CodeNothing}
}

// blockers are the names of those that hold lines of the offer and cannot be combined
// with it, each once.
func (b *basket) blockers(o *offer) []string {
	var names []string
	for _, i := range o.on {
		if b.isFree(i, o) {
			continue
		}
		for _, h := range b.holders[i] {
			if name := h.name(); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func (o *offer) name() string {
	if o.p.Name != "" {
		return o.p.Name
	}
	return string(o.p.ID)
}

// reduction is what the offer takes off a line, as the ticket keeps it. It names a
// percentage where that is what was taken off all of the line.
func (o *offer) reduction(g gift, off money.Amount) till.Reduction {
	r := till.Reduction{Source: till.ByProgramme, Amount: off, Programme: o.p.ID, Name: o.name()}
	if o.p.Reward.Kind == till.RewardPercent && !o.p.Reward.Cheapest && !g.capped {
		r.Percent = o.p.Reward.Percent
	}
	return r
}
