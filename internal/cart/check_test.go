package cart_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Every sum of a ticket is proved: changed by a fen, each of them is found.
func TestCheckFinds(t *testing.T) {
	s := cafe(t)
	cny, usd := s.currency, currency(t, "USD")
	more := func(a *money.Amount) { *a = money.New(a.Minor()+1, cny) }
	for _, c := range []struct {
		name   string
		change func(*till.Ticket)
		text   string
	}{
		{"no lines", func(t *till.Ticket) { t.Lines = nil }, "no lines"},
		{"number", func(t *till.Ticket) { t.Lines[1].N = 1 }, "line 2: number 1, want 2"},
		{"no quantity", func(t *till.Ticket) { t.Lines[0].Quantity = 0 }, "line 1: quantity 0"},
		{"half a piece", func(t *till.Ticket) { t.Lines[0].Quantity = 500 }, "line 1: quantity 0.5 by the piece"},
		{"another quantity", func(t *till.Ticket) { t.Lines[0].Quantity += till.One }, "line 1: price times quantity: 54.00 CNY, want 36.00 CNY"},
		{"price", func(t *till.Ticket) { more(&t.Lines[0].Price) }, "line 1: price times quantity: 36.02 CNY, want 36.00 CNY"},
		{"line gross", func(t *till.Ticket) { more(&t.Lines[0].Gross) }, "line 1: price times quantity"},
		{"line net", func(t *till.Ticket) { more(&t.Lines[0].Net) }, "line 1: net and tax"},
		{"line tax", func(t *till.Ticket) { more(&t.Lines[0].Tax) }, "line 1: taxes"},
		{"line total", func(t *till.Ticket) { more(&t.Lines[0].Total) }, "line 1: gross less discount"},
		{"reduction", func(t *till.Ticket) { more(&t.Lines[0].Reductions[0].Amount) }, "line 1: gross less discount"},
		{"reduction of nothing", func(t *till.Ticket) { t.Lines[0].Reductions[0].Amount = money.New(0, cny) }, "line 1: reduction 1 of nothing"},
		{"reduction twice", func(t *till.Ticket) {
			t.Lines[0].Reductions = append(t.Lines[0].Reductions, t.Lines[0].Reductions[0])
		}, "line 1: reductions 1 and 2 are the same"},
		{"tax line", func(t *till.Ticket) { more(&t.Lines[0].Taxes[0].Tax) }, "line 1: taxes: 1.84 CNY, want 1.83 CNY"},
		{"base of a tax", func(t *till.Ticket) { more(&t.Lines[0].Taxes[0].Net) }, `tax "VAT" of class "reduced" is not that of the lines`},
		{"class of a tax", func(t *till.Ticket) { t.Lines[0].Taxes[0].Class = "standard" }, `line 1: tax 1 of class "standard", want "reduced"`},
		{"negative", func(t *till.Ticket) { t.Lines[0].Tax = money.New(-1, cny) }, "line 1: -0.01 CNY, want 0"},
		{"negative cost", func(t *till.Ticket) { t.Lines[0].Cost = money.New(-1, cny) }, "line 1: -0.01 CNY"},
		{"another currency", func(t *till.Ticket) { t.Lines[0].Gross = money.New(3600, usd) }, "line 1: 36.00 USD"},
		{"ticket in another currency", func(t *till.Ticket) { t.Tax = money.New(298, usd) }, "USD"},
		{"gross", func(t *till.Ticket) { more(&t.Gross) }, "gross of the lines"},
		{"discount", func(t *till.Ticket) { more(&t.Discount) }, "discount of the lines"},
		{"net", func(t *till.Ticket) { more(&t.Net) }, "net of the lines"},
		{"tax", func(t *till.Ticket) { more(&t.Tax) }, "tax of the lines"},
		{"total", func(t *till.Ticket) { more(&t.Total) }, "total of the lines"},
		{"taxes", func(t *till.Ticket) { more(&t.Taxes[0].Tax) }, `tax "VAT" of class "reduced"`},
		{"a tax missing", func(t *till.Ticket) { t.Taxes = t.Taxes[1:] }, "1 taxes, the lines have 2"},
		{"too much", func(t *till.Ticket) { t.Total = money.New(till.MaxMinor+1, cny) }, "want 0 to 9999999999.99 CNY"},
		{"return of nothing", func(t *till.Ticket) { t.Kind = till.TicketReturn }, "line 1: a return of no sold line"},
		{"prices without tax", func(t *till.Ticket) { t.Inclusive = false }, "line 1: gross less discount"},
	} {
		ticket := s.price(s.input("latte x2 -10%", "bagel"))
		if err := cart.Check(ticket); err != nil {
			t.Fatal(err)
		}
		c.change(&ticket)
		if err := cart.Check(ticket); !errors.Is(err, cart.ErrSums) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.text)
		}
	}
}

// Taxes may be told in any order.
func TestCheckOfTaxesInAnotherOrder(t *testing.T) {
	s := cafe(t)
	ticket := s.price(s.input("latte x2 -10%", "bagel"))
	slices.Reverse(ticket.Taxes)
	if err := cart.Check(ticket); err != nil {
		t.Error(err)
	}
}
