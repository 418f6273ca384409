package cart

import (
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// discountLine takes the discount of its own entry off a line.
func (p *pricing) discountLine(d *draft) error {
	if d.discount == nil {
		return nil
	}
	off, err := p.off(*d.discount, d.left)
	if err != nil {
		return err
	}
	p.take(d, reduction(till.ByHand, *d.discount), off)
	return nil
}

// discount takes the discount on the whole off what is left, spread over the lines.
func (p *pricing) discount() error {
	d := p.in.Basket.Discount
	if d == nil {
		return nil
	}
	off, err := p.off(*d, p.left())
	if err != nil {
		return at(i18n.T("the discount on the whole", "整单折扣").With(), "", err)
	}
	p.spread(reduction(till.ByHandWhole, *d), off)
	return nil
}

// reduction is what a discount by hand says of itself.
func reduction(source till.ReductionSource, d till.Discount) till.Reduction {
	return till.Reduction{Source: source, Percent: d.Percent, Reason: strings.TrimSpace(d.Reason), Approver: d.Approver}
}

// off is what a discount takes of an amount.
func (p *pricing) off(d till.Discount, of int64) (int64, error) {
	amount, err := p.minor(d.Amount)
	switch {
	case err != nil:
		return 0, err
	case strings.TrimSpace(d.Reason) == "":
		return 0, refuse(till.CodeUsage, i18n.T("a discount without a reason", "折扣没有原因").With(),
			i18n.T("say why: reports tell discounts by their reason", "请说明原因：报表按原因统计折扣").With())
	case d.Percent != 0 && amount != 0:
		return 0, refuse(till.CodeUsage, i18n.T("a discount of %s and of %s", "折扣同时为 %s 和 %s").With(d.Percent, d.Amount),
			i18n.T("give a percentage or an amount, not both", "请只填百分比或金额之一").With())
	case d.Percent == 0 && amount == 0:
		return 0, refuse(till.CodeUsage, i18n.T("a discount of nothing", "折扣为零").With(),
			i18n.T("give a percentage or an amount, or leave it out", "请填写百分比或金额，或不填折扣").With())
	case d.Percent < 0 || d.Percent > till.Whole:
		return 0, refuse(till.CodeUsage, i18n.T("a discount of %s, want 0%% to %s", "折扣为 %s，应在 0%% 至 %s 之间").With(d.Percent, till.Whole),
			i18n.T("write percent: 10 is 10%", "请按百分数填写：10 即 10%").With())
	case amount > of:
		return 0, refuse(till.CodeNotPermitted, i18n.T("a discount of %s on %s", "折扣 %s 超过金额 %s").With(d.Amount, p.amount(of)),
			i18n.T("take off %s at most", "最多可减 %s").With(p.amount(of)))
	case d.Percent != 0:
		amount, _ = till.MulDiv(of, int64(d.Percent), int64(till.Whole))
	}
	return amount, nil
}

// left is what is left of all lines.
func (p *pricing) left() int64 {
	sum := int64(0)
	for _, d := range p.lines {
		sum += d.left
	}
	return sum
}

// spread takes something off all lines, by what is left of each.
func (p *pricing) spread(r till.Reduction, off int64) {
	weights := make([]int64, len(p.lines))
	for i, d := range p.lines {
		weights[i] = d.left
	}
	for i, share := range till.Spread(off, weights) {
		p.take(p.lines[i], r, share)
	}
}

// take takes something off a line, no more than is left. Nothing is not recorded, and what
// has the same source and reason is one reduction.
func (p *pricing) take(d *draft, r till.Reduction, off int64) {
	off = min(off, d.left)
	if off <= 0 {
		return
	}
	d.left -= off
	i := slices.IndexFunc(d.Reductions, func(o till.Reduction) bool { return key(o) == key(r) })
	if i < 0 {
		i, d.Reductions = len(d.Reductions), append(d.Reductions, key(r))
	}
	d.Reductions[i].Amount = p.amount(d.Reductions[i].Amount.Minor() + off)
}

// key is a reduction without its amount: no line has two of one key.
func key(r till.Reduction) till.Reduction {
	r.Amount = money.Amount{}
	return r
}
