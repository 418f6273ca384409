package cart

import (
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/till"
)

// promote takes off what the programmes give. A coupon that none of them asks for is
// refused: whoever shows one wants to know that it is worth nothing.
func (p *pricing) promote() error {
	if unknown := promo.Unknown(p.in.Basket.Coupons, p.in.Programmes); len(unknown) > 0 {
		return refuse(till.CodeNotFound, i18n.T("no promotion asks for the coupon %q", "没有促销使用优惠码 %q").With(unknown[0]),
			i18n.T("check its spelling, or take it out of the basket: till promo list", "请检查拼写，或从购物篮中删除：till promo list").With())
	}
	reductions, notes := promo.Apply(p.promoLines(), p.in.Programmes, promo.Situation{
		Moment: p.in.Moment, Member: p.in.Member != nil, Coupons: p.in.Basket.Coupons,
	})
	for _, d := range p.lines {
		for _, r := range reductions[d.N] {
			p.take(d, r, r.Amount.Minor())
		}
	}
	p.notes = notes
	return nil
}

// promoLines are the lines as far as a promotion asks. Lines that are alike to a promotion
// and not to us, by their name or by the reason of a discount, have their place among the
// sorted lines as a key, so that what one of them gets is not decided by the scanning.
func (p *pricing) promoLines() []promo.Line {
	lines := make([]promo.Line, len(p.lines))
	for i, d := range p.lines {
		lines[i] = promo.Line{
			N: d.N, SKU: d.SKU, Category: d.Category, Unit: d.Unit, Quantity: d.Quantity,
			Price: d.Price, Amount: p.amount(d.left), Key: fmt.Sprintf("%09d", i),
		}
	}
	return lines
}
