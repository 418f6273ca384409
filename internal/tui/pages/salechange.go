package pages

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// unchanged prices the basket again.
func unchanged(_ context.Context, _ SaleDesk, b till.Basket) (step, error) {
	return step{basket: b}, nil
}

// adding finds what a text stands for and adds it: a code, else the number of a receipt
// or the label of a held sale, else something to search for. whole is the text with its
// quantity as it was typed; empty where it was scanned or chosen.
func adding(quantity till.Quantity, text, whole string) change {
	return func(ctx context.Context, d SaleDesk, b till.Basket) (step, error) {
		_, item, _, err := d.Scanned(ctx, text)
		if isNotFound(err) {
			return notACode(ctx, d, b, text, whole, err)
		}
		if err != nil {
			return step{}, err
		}
		// The code goes into the basket as it is: what a scale has printed into it is read
		// by whoever prices it.
		return withEntry(b, till.BasketEntry{Code: text, Quantity: one(quantity)}, item.Unit), nil
	}
}

// notACode is a text that the catalogue does not know. What cannot be a word is told as
// what it is: an unknown barcode.
func notACode(ctx context.Context, d SaleDesk, b till.Basket, text, whole string, unknown error) (step, error) {
	for _, name := range []string{text, strings.ToUpper(text)} {
		t, err := d.TicketByName(ctx, name)
		if err == nil {
			return step{basket: b, found: &t}, nil
		}
		if !isNotFound(err) {
			return step{}, err
		}
	}
	if whole == "" || strings.Trim(text, "0123456789") == "" {
		return step{}, unknown
	}
	return step{basket: b, search: whole}, nil
}

// withEntry adds an entry, to the one of the same code where nothing tells them apart.
func withEntry(b till.Basket, entry till.BasketEntry, unit till.Unit) step {
	for i, e := range b.Entries {
		if unit == till.Each && e.Code == entry.Code && isPlain(e) {
			b.Entries[i].Quantity = one(e.Quantity) + entry.Quantity
			return step{basket: b, line: i + 1}
		}
	}
	b.Entries = append(b.Entries, entry)
	return step{basket: b, line: len(b.Entries)}
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
func removing(row int, was till.BasketEntry) change {
	return func(_ context.Context, _ SaleDesk, b till.Basket) (step, error) {
		if err := checkLine(b, row, was); err != nil {
			return step{}, err
		}
		b.Entries = slices.Delete(b.Entries, row, row+1)
		return step{basket: b}, nil
	}
}

// editing changes an entry in place.
func editing(row int, was till.BasketEntry, edit func(*till.BasketEntry)) change {
	return func(_ context.Context, _ SaleDesk, b till.Basket) (step, error) {
		if err := checkLine(b, row, was); err != nil {
			return step{}, err
		}
		edit(&b.Entries[row])
		return step{basket: b, line: row + 1}, nil
	}
}

// checkLine holds a change to the line that the user saw: the queue may have moved it.
func checkLine(b till.Basket, row int, was till.BasketEntry) error {
	if row < len(b.Entries) && b.Entries[row].Code == was.Code && b.Entries[row].Name == was.Name {
		return nil
	}
	return wrong(i18n.T("the line has moved meanwhile and was not changed", "该行已变动，未作修改").With(), i18n.T("select it again", "请重新选择").With())
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
