package sample_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/sample"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func cafe(t *testing.T) sample.Options {
	t.Helper()
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	item := func(id string, unit till.Unit, price int64) till.Item {
		return till.Item{ID: till.ItemID(id), Name: id, Category: "all", Unit: unit, Variants: []till.Variant{{SKU: till.SKU(id), Price: money.New(price, cny)}}}
	}
	open, deleted := item("repair", till.Each, 100), item("old", till.Each, 100)
	open.Variants[0].OpenPrice, deleted.Deleted = true, true
	return sample.Options{
		Items: []till.Item{item("latte", till.Each, 2800), open, item("beans", till.Kilo, 16800), deleted, item("bun", till.Each, 900)},
		Staff: []till.StaffID{"li", "mei"}, Members: []till.Member{{ID: "8001"}, {ID: "8002"}},
		Tax:      till.TaxRules{Inclusive: true, Classes: []till.TaxClass{{Code: "standard", Default: true, Rates: []till.TaxRate{{Name: "VAT", Rate: 130_000}}}}},
		Loyalty:  till.LoyaltyRules{Spend: money.New(1000, cny), Value: money.New(10, cny)},
		Currency: cny, Terminal: "TILLLAB1", Merchant: "TILLLAB00000001", Lines: 300,
	}
}

// Every ticket adds up, is paid, and lies within its day and behind the one before; two
// histories of one shop are the same.
func TestDay(t *testing.T) {
	h, again := sample.New(cafe(t)), sample.New(cafe(t))
	seen := map[till.TicketID]bool{}
	returns, members, hands := 0, 0, 0
	for _, day := range []till.Day{20260228, 20260301, 20260302} {
		all, err := h.Day(day)
		if err != nil {
			t.Fatal(err)
		}
		twin, err := again.Day(day)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(all, twin, cmp.Comparer(func(a, b money.Amount) bool { return a == b })); d != "" {
			t.Fatalf("another history: %s", d)
		}
		var last time.Time
		for _, p := range all {
			if err := cart.Check(p.Ticket); err != nil {
				t.Errorf("ticket %s: %v", p.Ticket.ID, err)
			}
			if got, _ := (till.Calendar{}).At(p.At); got != day || p.At.Before(last) || seen[p.Ticket.ID] {
				t.Errorf("ticket %s at %s, after %s, of %s", p.Ticket.ID, p.At, last, day)
			}
			if len(p.Txns) != 1 || p.Txns[0].Amount != p.Ticket.Total || p.Txns[0].Ticket != p.Ticket.ID {
				t.Errorf("ticket %s over %s is paid by %+v", p.Ticket.ID, p.Ticket.Total, p.Txns)
			}
			last, seen[p.Ticket.ID] = p.At, true
			if p.Ticket.Kind == till.TicketReturn {
				returns++
			}
			if p.Ticket.Member != "" {
				members++
			}
			for _, l := range p.Ticket.Lines {
				hands += len(l.Reductions)
				if l.SKU == "repair" || l.SKU == "old" {
					t.Errorf("%s was sold", l.SKU)
				}
			}
		}
	}
	if n := h.Lines(); n < 600 || n > 1200 {
		t.Errorf("%d lines in three days of about 300", n)
	}
	if returns == 0 || members == 0 || hands == 0 {
		t.Errorf("%d returns, %d sales to members, %d discounts: want some of each", returns, members, hands)
	}
}
