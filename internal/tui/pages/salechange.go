package pages

import (
	"context"
	"errors"
	"strings"

	"github.com/tillworks/till/internal/till"
)

// unchanged prices the basket again.
func unchanged(_ context.Context, _ SaleDesk, b till.Basket) (step, error) {
	return step{basket: b}, nil
}

// adding finds what a text stands for and adds it: a code, else the number of a receipt,
// else something to search for.
func adding(quantity till.Quantity, text string) func(context.Context, SaleDesk, till.Basket) (step, error) {
	return func(ctx context.Context, d SaleDesk, b till.Basket) (step, error) {
		entry, item, _, err := d.Scanned(ctx, text)
		if isNotFound(err) {
			return notACode(ctx, d, b, text, err)
		}
		if err != nil {
			return step{}, err
		}
		if entry.Quantity == 0 {
			entry.Quantity = quantity
		}
		return step{basket: withEntry(b, entry, item.Unit)}, nil
	}
}

// notACode is a text that the catalogue does not know. What cannot be a word is told as
// what it is: an unknown barcode.
func notACode(ctx context.Context, d SaleDesk, b till.Basket, text string, unknown error) (step, error) {
	if t, err := d.TicketByName(ctx, strings.ToUpper(text)); err == nil {
		return step{basket: b, receipt: &t}, nil
	}
	if strings.Trim(text, "0123456789") == "" {
		return step{}, unknown
	}
	return step{basket: b, search: text}, nil
}

// withEntry adds an entry, to the one of the same code where nothing tells them apart.
func withEntry(b till.Basket, entry till.BasketEntry, unit till.Unit) till.Basket {
	for i, e := range b.Entries {
		if unit == till.Each && e.Code == entry.Code && e.Code != "" && isPlain(e) && isPlain(entry) {
			b.Entries[i].Quantity = one(e.Quantity) + one(entry.Quantity)
			return b
		}
	}
	b.Entries = append(b.Entries, entry)
	return b
}

// isPlain reports an entry at the catalogue's price.
func isPlain(e till.BasketEntry) bool { return e.Price == nil && e.Discount == nil }

func one(q till.Quantity) till.Quantity {
	if q == 0 {
		return till.One
	}
	return q
}

// removing takes an entry out.
func removing(i int) func(context.Context, SaleDesk, till.Basket) (step, error) {
	return func(_ context.Context, _ SaleDesk, b till.Basket) (step, error) {
		if i < len(b.Entries) {
			b.Entries = append(b.Entries[:i], b.Entries[i+1:]...)
		}
		return step{basket: b}, nil
	}
}

// splitQuantity takes "3*" off the beginning of a text.
func splitQuantity(text string) (till.Quantity, string) {
	number, rest, star := strings.Cut(text, "*")
	if !star {
		return 0, text
	}
	q, err := till.ParseQuantity(strings.TrimSpace(number))
	if err != nil || q <= 0 {
		return 0, text
	}
	return q, rest
}

func isNotFound(err error) bool {
	var p *till.Problem
	return errors.As(err, &p) && p.Code == till.CodeNotFound
}
