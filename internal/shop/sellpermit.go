package shop

import (
	"context"
	"errors"
	"slices"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// Permit asks for everything in a basket that not everybody may do, once for each
// permission, and gives the basket back with whoever approved it written in. What
// somebody has approved before is not asked for again. Where an approval is missing the
// error wraps [ErrNeedsApproval].
func (s *Shop) Permit(ctx context.Context, b till.Basket, a *Approval) (till.Basket, error) {
	b.Entries = slices.Clone(b.Entries)
	if err := checkReasons(b); err != nil {
		return b, err
	}
	steps := []func(context.Context, *till.Basket, *Approval) error{s.permitOpenItems, s.permitPrices, s.permitDiscounts}
	for _, permit := range steps {
		if err := permit(ctx, &b, a); err != nil {
			return b, err
		}
	}
	return b, nil
}

func (s *Shop) permitOpenItems(ctx context.Context, b *till.Basket, a *Approval) error {
	isOpen := func(e till.BasketEntry) bool { return e.Code == "" && e.Approver == "" }
	if !slices.ContainsFunc(b.Entries, isOpen) {
		return nil
	}
	ch, err := s.authorize(ctx, till.MaySellOpenItem, a, "")
	if err != nil {
		return err
	}
	for i, e := range b.Entries {
		if isOpen(e) {
			b.Entries[i].Approver = ch.Approver
		}
	}
	return nil
}

// permitPrices looks at prices by hand of items that have one of their own.
func (s *Shop) permitPrices(ctx context.Context, b *till.Basket, a *Approval) error {
	var overridden []int
	for i, e := range b.Entries {
		if e.Code == "" || e.Price == nil || e.Approver != "" {
			continue
		}
		_, item, err := s.scanned(ctx, e)
		if err != nil {
			return unknownEntry(i+1, e.Code, err)
		}
		if !item.Variant.OpenPrice && item.Variant.Price != *e.Price {
			overridden = append(overridden, i)
		}
	}
	if len(overridden) == 0 {
		return nil
	}
	ch, err := s.authorize(ctx, till.MayOverridePrice, a, "")
	if err != nil {
		return err
	}
	for _, i := range overridden {
		b.Entries[i].Approver = ch.Approver
	}
	return nil
}

func (s *Shop) permitDiscounts(ctx context.Context, b *till.Basket, a *Approval) error {
	var wanting []*till.Discount
	clone := func(d *till.Discount) *till.Discount {
		if d == nil || d.Approver != "" {
			return d
		}
		d = unapproved(d)
		wanting = append(wanting, d)
		return d
	}
	b.Discount = clone(b.Discount)
	for i := range b.Entries {
		b.Entries[i].Discount = clone(b.Entries[i].Discount)
	}
	if len(wanting) == 0 {
		return nil
	}
	ch, err := s.authorize(ctx, till.MayDiscount, a, wanting[0].Reason)
	if err != nil {
		return err
	}
	for _, d := range wanting {
		d.Approver = ch.Approver
	}
	return nil
}

// checkReasons refuses a discount that does not say why, since nobody could answer for
// it later.
func checkReasons(b till.Basket) error {
	if b.Discount != nil && b.Discount.Reason == "" {
		return noReason(i18n.T("the discount on the whole says no reason", "整单折扣未说明理由").With())
	}
	for i, e := range b.Entries {
		if e.Discount != nil && e.Discount.Reason == "" {
			return noReason(i18n.T("entry %d: the discount says no reason", "第 %d 条：折扣未说明理由").With(i + 1))
		}
	}
	return nil
}

func noReason(what i18n.Message) error {
	return &till.Problem{
		Code: till.CodeUsage, What: what,
		Hint: i18n.T(`add one, as in "discount": {"percent": "10%%", "reason": "damaged box"}`, `请补充理由，例如 "discount": {"percent": "10%%", "reason": "包装破损"}`).With(),
	}
}

func isNotFound(err error) bool {
	var p *till.Problem
	return errors.As(err, &p) && p.Code == till.CodeNotFound
}
