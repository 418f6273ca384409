package cart_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func currency(t testing.TB, code string) money.Currency {
	t.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func amount(t testing.TB, c money.Currency, text string) money.Amount {
	t.Helper()
	a, err := money.Parse(text, c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// shop is a catalogue and the rules of a shop in one currency.
type shop struct {
	t        testing.TB
	currency money.Currency
	items    []cart.Item
	in       cart.Input // without a basket
}

// openShop reads a catalogue, a line an item: "latte each 18.00 4.20 standard drinks",
// which is SKU, unit, price, cost, tax class and category. A price of "open" is asked for.
func openShop(t testing.TB, code string, rules till.TaxRules, catalogue string) *shop {
	t.Helper()
	c := currency(t, code)
	s := &shop{t: t, currency: c, in: cart.Input{
		Tax: rules, Currency: c,
		Loyalty: till.LoyaltyRules{Spend: money.New(1000, c), Value: money.New(10, c)},
		Moment:  till.Moment{At: time.Date(2026, 3, 2, 10, 30, 0, 0, time.UTC), Day: 20260302, Weekday: 1, Minutes: 630},
	}}
	for line := range strings.Lines(strings.TrimSpace(catalogue)) {
		w := strings.Fields(line)
		v := till.Variant{SKU: till.SKU(w[0]), OpenPrice: w[2] == "open", Price: money.New(0, c), Cost: amount(t, c, w[3])}
		if !v.OpenPrice {
			v.Price = amount(t, c, w[2])
		}
		s.items = append(s.items, cart.Item{Variant: v, Item: till.Item{
			ID: till.ItemID(w[0]), Name: strings.ToUpper(w[0]), Unit: till.Unit(w[1]), TaxClass: w[4], Category: w[5], Variants: []till.Variant{v},
		}})
	}
	return s
}

// class is a tax class of rates "VAT=13", compound with a plus.
func class(t testing.TB, code string, rates ...string) till.TaxClass {
	t.Helper()
	c := till.TaxClass{Code: code}
	for _, r := range rates {
		name, percent, _ := strings.Cut(r, "=")
		percent, compound := strings.CutSuffix(percent, "+")
		rate, err := till.ParseRate(percent)
		if err != nil {
			t.Fatal(err)
		}
		c.Rates = append(c.Rates, till.TaxRate{Name: name, Rate: rate, Compound: compound})
	}
	return c
}

// entry reads "latte", "latte x3", "ham x0.375 @12.00 -10%" or "'repair @50.00 -1.00": a
// quote begins the name of something that the catalogue does not know.
func (s *shop) entry(text string) till.BasketEntry {
	s.t.Helper()
	var e till.BasketEntry
	for i, w := range strings.Fields(text) {
		var err error
		name, open := strings.CutPrefix(w, "'")
		switch {
		case i == 0 && open:
			e.Name, e.TaxClass = name, "standard"
		case i == 0:
			e.Code = w
		case w[0] == 'x':
			e.Quantity, err = till.ParseQuantity(w[1:])
		case w[0] == '@':
			price := amount(s.t, s.currency, w[1:])
			e.Price = &price
		case w[0] == '-':
			e.Discount = s.discount(w[1:])
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return e
}

// discount reads "10%" or "1.50"; its reason is always the same.
func (s *shop) discount(text string) *till.Discount {
	s.t.Helper()
	d := &till.Discount{Reason: "friend"}
	var err error
	if strings.HasSuffix(text, "%") {
		d.Percent, err = till.ParseRate(text)
	} else {
		d.Amount, err = money.Parse(text, s.currency)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// input is the basket of entries, each with its item of the catalogue.
func (s *shop) input(entries ...string) cart.Input {
	in := s.in
	for _, text := range entries {
		in = s.add(in, s.entry(text))
	}
	return in
}

func (s *shop) add(in cart.Input, e till.BasketEntry) cart.Input {
	in.Basket.Entries = append(in.Basket.Entries, e)
	in.Items = append(in.Items, s.find(e.Code))
	return in
}

func (s *shop) find(code string) cart.Item {
	for _, it := range s.items {
		if string(it.Variant.SKU) == code {
			return it
		}
	}
	return cart.Item{}
}

// price prices what must have a price.
func (s *shop) price(in cart.Input) till.Ticket {
	s.t.Helper()
	t, err := cart.Price(in)
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

// done is a ticket as it is once paid.
func done(t till.Ticket) till.Ticket {
	t.ID, t.State, t.Basket = "SALE00000001", till.TicketDone, nil
	return t
}

// show writes a ticket: a line a line, then taxes, then sums.
func show(t till.Ticket) string {
	var b strings.Builder
	for _, l := range t.Lines {
		fmt.Fprintf(&b, "%d %s %s x %s = %s", l.N, l.Name, l.Quantity, l.Price.Decimal(), l.Gross.Decimal())
		for _, r := range l.Reductions {
			fmt.Fprintf(&b, " -%s %s", r.Amount.Decimal(), r.Source)
		}
		fmt.Fprintf(&b, ": %s + %s = %s\n", l.Net.Decimal(), l.Tax.Decimal(), l.Total.Decimal())
	}
	for _, x := range t.Taxes {
		fmt.Fprintf(&b, "%s %s %s of %s\n", x.Class, x.Name, x.Tax.Decimal(), x.Net.Decimal())
	}
	fmt.Fprintf(&b, "%s - %s: %s + %s = %s", t.Gross.Decimal(), t.Discount.Decimal(), t.Net.Decimal(), t.Tax.Decimal(), t.Total.Decimal())
	if t.Earned != 0 || t.Redeemed != 0 {
		fmt.Fprintf(&b, ", points +%d -%d", t.Earned, t.Redeemed)
	}
	return b.String()
}

// checkProblem wants a problem of a code whose text begins so, said whole in both languages.
func checkProblem(t *testing.T, err error, code till.Code, text string) {
	t.Helper()
	var p *till.Problem
	switch {
	case !errors.As(err, &p):
		t.Errorf("got %v, want a problem: %s", err, text)
	case p.Code != code || !strings.HasPrefix(p.Error(), text):
		t.Errorf("got %s: %v\nwant %s: %s", p.Code, p, code, text)
	case p.Hint.IsZero() || p.What.In(i18n.Chinese) == p.What.In(i18n.English) || p.Hint.In(i18n.Chinese) == p.Hint.In(i18n.English):
		t.Errorf("%v: half said: %q, %q", p, p.What.In(i18n.Chinese), p.Hint.In(i18n.Chinese))
	}
	for _, m := range []i18n.Message{p.What, p.Hint} {
		if said := m.In(i18n.English) + m.In(i18n.Chinese); strings.Contains(said, "%!") || strings.Contains(said, "%%") {
			t.Errorf("a verb without its argument: %s", said)
		}
	}
}
