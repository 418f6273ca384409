package shop

import (
	"context"
	"encoding/json"

	"github.com/tillworks/till/internal/till"
)

// isSameWish reports that a basket asks for what a stored sale is of. The basket that
// the sale keeps is compared whole; where it keeps none any more, its lines are.
func (s *Shop) isSameWish(ctx context.Context, t till.Ticket, b till.Basket) bool {
	if t.Kind != till.TicketSale {
		return false
	}
	if t.Basket != nil {
		return wishText(*t.Basket) == wishText(b)
	}
	if len(t.Lines) != len(b.Entries) || t.Member != b.Member || t.Redeemed != b.Redeem {
		return false
	}
	for i, e := range b.Entries {
		if !s.isOfLine(ctx, e, t.Lines[i]) {
			return false
		}
	}
	return true
}

// isOfLine reports that an entry asks for what a line sold. A code that is not in the
// catalogue any more cannot be told from the line's.
func (s *Shop) isOfLine(ctx context.Context, e till.BasketEntry, l till.Line) bool {
	if e.Code == "" {
		return l.SKU == "" && e.Name == l.Name && quantityOf(e) == l.Quantity
	}
	e, item, err := s.scanned(ctx, e)
	if isNotFound(err) {
		return true
	}
	return err == nil && item.Variant.SKU == l.SKU && quantityOf(e) == l.Quantity && (e.Price == nil || *e.Price == l.Price)
}

// quantityOf is how much an entry is of.
func quantityOf(e till.BasketEntry) till.Quantity {
	if e.Quantity == 0 {
		return till.One
	}
	return e.Quantity
}

// wishText is a basket as it was wished for: without what the use cases wrote into it.
func wishText(b till.Basket) string {
	b.Discount = unapproved(b.Discount)
	entries := make([]till.BasketEntry, len(b.Entries))
	for i, e := range b.Entries {
		e.Quantity, e.Approver, e.Discount = quantityOf(e), "", unapproved(e.Discount)
		entries[i] = e
	}
	b.Entries = entries
	raw, _ := json.Marshal(b) // of texts and numbers alone, which cannot fail
	return string(raw)
}

func unapproved(d *till.Discount) *till.Discount {
	if d == nil {
		return nil
	}
	wish := *d
	wish.Approver = ""
	return &wish
}
