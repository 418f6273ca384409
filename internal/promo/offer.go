package promo

import (
	"slices"
	"strings"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// offer is a programme beside a basket.
type offer struct {
	p    till.Programme
	on   []int          // the lines that qualify
	note till.PromoNote // without a Code while the offer stands
}

// refusal is why an offer does not stand, and its figures.
type refusal struct{ code, got, want string }

// consider looks whether a programme applies at all, and to which lines.
func (b *basket) consider(p till.Programme, s Situation) *offer {
	o := &offer{p: p, note: till.PromoNote{Programme: p.ID, Name: p.Name}}
	for i, l := range b.lines {
		if 0 < l.Quantity && l.Quantity <= till.MaxQuantity && qualifies(p.Rule, l) {
			o.on = append(o.on, i)
		}
	}
	if r := b.refuse(o, s); r.code != "" {
		o.refuse(r)
	}
	return o
}

func (o *offer) refuse(r refusal) {
	o.note.Code, o.note.Got, o.note.Want = r.code, r.got, r.want
}

// qualifies reports that a line is one of those that a rule names.
func qualifies(r till.PromoRule, l Line) bool {
	if len(r.SKUs) == 0 && len(r.Categories) == 0 {
		return true
	}
	return l.SKU != "" && slices.Contains(r.SKUs, l.SKU) ||
		l.Category != "" && slices.ContainsFunc(r.Categories, func(c string) bool { return strings.EqualFold(c, l.Category) })
}

// refuse is the first reason why the programme does not apply, in the order in which a
// shopper would ask: is it on, is it now, is it for me, is it for this basket.
func (b *basket) refuse(o *offer, s Situation) refusal {
	p := o.p
	switch {
	case p.Paused:
		return refusal{code: CodePaused}
	case len(faults(p)) > 0 || b.speaksAnother(p):
		return refusal{code: CodeInvalid}
	}
	if r := refuseMoment(p, s.Moment); r.code != "" {
		return r
	}
	switch {
	case p.Coupon != "" && !slices.ContainsFunc(s.Coupons, func(c string) bool { return sameCoupon(c, p.Coupon) }):
		return refusal{code: CodeCoupon}
	case p.Members && !s.Member:
		return refusal{code: CodeMember}
	case len(o.on) == 0:
		return refusal{code: CodeNoItems}
	}
	return b.refuseLittle(o)
}

// speaksAnother reports an amount in another currency than that of the basket.
func (b *basket) speaksAnother(p till.Programme) bool {
	return len(b.lines) > 0 && slices.ContainsFunc(amounts(p), func(a money.Amount) bool { return a.Currency() != b.currency })
}

// refuseLittle is that too little was bought.
func (b *basket) refuseLittle(o *offer) refusal {
	var quantity till.Quantity
	var gross int64
	for _, i := range o.on {
		quantity += b.lines[i].Quantity
		gross = plus(gross, max(b.lines[i].gross(), 0))
	}
	switch rule := o.p.Rule; {
	case quantity < rule.MinQty:
		return refusal{CodeQuantity, quantity.String(), rule.MinQty.String()}
	case gross < rule.MinAmount.Minor():
		return refusal{CodeAmount, b.money(gross).Decimal(), rule.MinAmount.Decimal()}
	}
	return refusal{}
}

// sameCoupon reports that a code that was typed is that of a programme.
func sameCoupon(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), b) }

// Unknown are the coupons that no programme asks for: mistyped, or of a programme that
// has ended for good.
func Unknown(coupons []string, programmes []till.Programme) []string {
	var unknown []string
	for _, c := range coupons {
		known := slices.ContainsFunc(programmes, func(p till.Programme) bool {
			return !p.Gone && p.Coupon != "" && sameCoupon(c, p.Coupon)
		})
		if !known {
			unknown = append(unknown, c)
		}
	}
	return unknown
}
