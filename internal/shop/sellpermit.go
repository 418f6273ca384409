package shop

import (
	"context"
	"errors"
	"slices"

	"github.com/tillworks/till/internal/till"
)

// Permit asks for everything in a basket that not everybody may do, once for each
// permission, and gives the basket back with whoever approved it written in. What
// somebody has approved before is not asked for again. Where an approval is missing the
// error wraps [ErrNeedsApproval].
func (s *Shop) Permit(ctx context.Context, b till.Basket, a *Approval) (till.Basket, error) {
	b.Entries = slices.Clone(b.Entries)
	steps := []func(context.Context, *till.Basket, *Approval) error{s.permitOpenItems, s.permitPrices, s.permitDiscounts}
	for _, permit := range steps {
		if err := permit(ctx, &b, a); err != nil {
			return b, err
		}
	}
	return b, nil
}

// pricePermitted prices a basket that may be sold so. Nobody is asked to approve what has
// no price in the end; who approved is in the second pricing.
func (s *Shop) pricePermitted(ctx context.Context, b till.Basket, a *Approval, ch till.Change) (till.Ticket, error) {
	t, err := s.price(ctx, b, ch)
	if err != nil {
		return till.Ticket{}, err
	}
	if b, err = s.Permit(ctx, b, a); err != nil || !isByHand(b) {
		return t, err
	}
	return s.price(ctx, b, ch)
}

// isByHand reports something in a basket that somebody answers for.
func isByHand(b till.Basket) bool {
	return b.Discount != nil || slices.ContainsFunc(b.Entries, func(e till.BasketEntry) bool {
		return e.Discount != nil || e.Price != nil || e.Code == ""
	})
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

func isNotFound(err error) bool {
	var p *till.Problem
	return errors.As(err, &p) && p.Code == till.CodeNotFound
}
