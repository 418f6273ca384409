package cart_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Whatever is bought: the sums hold and nothing is negative, which Check says and which is
// counted here once more, and whoever pays with tax in the prices pays gross less discount.
func TestSumsOfDrawnBaskets(t *testing.T) {
	cny := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		in := drawn{t, cny}.input()
		got, err := cart.Price(in)
		if err != nil {
			t.Fatal(err)
		}
		var gross, off, net, tax, all int64
		for _, l := range got.Lines {
			lineOff := l.Gross.Minor()
			for _, r := range l.Reductions {
				lineOff -= r.Amount.Minor()
				off += r.Amount.Minor()
			}
			if lineOff < 0 || l.Net.Minor() < 0 || l.Tax.Minor() < 0 || l.Total.Minor() < 0 {
				t.Fatalf("line %d is negative:\n%s", l.N, show(got))
			}
			gross, net, tax, all = gross+l.Gross.Minor(), net+l.Net.Minor(), tax+l.Tax.Minor(), all+l.Total.Minor()
		}
		paid := net
		if in.Tax.Inclusive {
			paid = all
		}
		if net+tax != all || gross-off != paid || got.Total.Minor() != all || got.Gross.Minor() != gross || got.Discount.Minor() != off {
			t.Fatalf("%d - %d: %d + %d = %d, got\n%s", gross, off, net, tax, all, show(got))
		}
		if err = cart.Check(got); err != nil {
			t.Fatal(err)
		}
	})
}

// The order of scanning changes no sum, no tax, no point and no line but its number.
func TestOrderOfScanning(t *testing.T) {
	cny := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		in := drawn{t, cny}.input()
		mixed := in
		mixed.Basket.Entries, mixed.Items = nil, nil
		order := make([]int, len(in.Items))
		for i := range order {
			order[i] = i
		}
		for _, i := range rapid.Permutation(order).Draw(t, "order") {
			mixed.Basket.Entries, mixed.Items = append(mixed.Basket.Entries, in.Basket.Entries[i]), append(mixed.Items, in.Items[i])
		}
		mixed.Programmes = rapid.Permutation(in.Programmes).Draw(t, "programmes")
		a, err := cart.Price(in)
		b, err2 := cart.Price(mixed)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if !slices.Equal(a.Taxes, b.Taxes) || a.Total != b.Total || a.Discount != b.Discount || a.Gross != b.Gross || a.Earned != b.Earned || a.Redeemed != b.Redeemed {
			t.Fatalf("got\n%s\nand\n%s", show(a), show(b))
		}
		if !maps.Equal(lines(a), lines(b)) {
			t.Fatalf("other lines: got\n%s\nand\n%s", show(a), show(b))
		}
	})
}

// Lines that are alike to a promotion and not to the shop: what one of them gets is not a
// matter of which came first.
func TestOrderOfLinesAlikeToAPromotion(t *testing.T) {
	for name, texts := range map[string][2]string{
		"two tax classes":  {"'book @10.00", "'lamp @10.00"},
		"two discounts":    {"latte -10%", "latte -1.80"},
		"two empty prices": {"water", "water -10%"},
	} {
		s := cafe(t)
		sell := func(texts ...string) till.Ticket {
			in := s.input(texts...)
			for i := range in.Basket.Entries {
				if in.Basket.Entries[i].Name == "book" {
					in.Basket.Entries[i].TaxClass = "exempt"
				}
			}
			in.Programmes = []till.Programme{{ID: "p", Name: "p", Reward: till.PromoReward{Kind: till.RewardPercent, Percent: till.Whole, Cheapest: true}}}
			return s.price(in)
		}
		a, b := sell(texts[0], texts[1]), sell(texts[1], texts[0])
		if !maps.Equal(lines(a), lines(b)) {
			t.Errorf("%s: got\n%s\nand\n%s", name, show(a), show(b))
		}
	}
}

// lines counts the lines of a ticket by all that they say but their number.
func lines(t till.Ticket) map[string]int {
	count := map[string]int{}
	for _, l := range t.Lines {
		l.N = 0
		count[fmt.Sprintf("%+v", l)]++
	}
	return count
}

// Whatever comes back in whatever pieces, with a piece taken back in between or not: no
// piece gives back more than is left, and together they give back exactly what was sold.
func TestReturnsGiveBackTheWhole(t *testing.T) {
	cny := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		sold, err := cart.Price(drawn{t, cny}.input())
		if err != nil {
			t.Fatal(err)
		}
		sold = done(sold)
		var returned []till.Ticket
		for i := range rapid.IntRange(0, 6).Draw(t, "pieces") {
			ret := drawReturn(t, sold, returned)
			if len(ret.Lines) == 0 {
				break
			}
			back, err := cart.Return(sold, returned, ret)
			if err != nil {
				t.Fatal(err)
			}
			back.ID, back.State = till.TicketID(fmt.Sprint("RETURN", i)), till.TicketDone
			if rapid.IntRange(0, 4).Draw(t, "undone") == 0 {
				back.State = till.TicketVoided
			}
			returned = append(returned, back)
		}
		rest, err := cart.Return(sold, returned, till.BasketReturn{})
		var p *till.Problem
		switch {
		case errors.As(err, &p) && p.Code == till.CodeNotPermitted: // nothing was left
		case err != nil:
			t.Fatal(err)
		default:
			returned = append(returned, rest)
		}
		checkWhole(t, sold, returned)
	})
}

// drawReturn is some of what is left of some lines.
func drawReturn(t *rapid.T, sold till.Ticket, returned []till.Ticket) till.BasketReturn {
	left := map[int]till.Quantity{}
	for _, l := range sold.Lines {
		left[l.N] = l.Quantity
	}
	for _, b := range returned {
		for _, l := range b.Lines {
			if b.State != till.TicketVoided {
				left[l.Origin] -= l.Quantity
			}
		}
	}
	ret := till.BasketReturn{Original: sold.ID}
	for _, l := range sold.Lines {
		if left[l.N] == 0 || rapid.Bool().Draw(t, "kept") {
			continue
		}
		q := till.Quantity(rapid.Int64Range(1, int64(left[l.N])).Draw(t, "comes back"))
		if l.Unit == till.Each {
			q = max(till.One, q/till.One*till.One)
		}
		ret.Lines = append(ret.Lines, till.BasketReturnLine{Line: l.N, Quantity: q})
	}
	return ret
}

// checkWhole compares what a sale and its returns come to, line by line and by every tax
// and reduction.
func checkWhole(t *rapid.T, sold till.Ticket, returned []till.Ticket) {
	want, got := books(sold, func(l till.Line) int { return l.N }), map[string]int64{}
	for _, b := range returned {
		if b.State == till.TicketVoided {
			continue
		}
		for k, n := range books(b, func(l till.Line) int { return l.Origin }) {
			if n < 0 {
				t.Fatalf("%s of %s: %d", k, b.ID, n)
			}
			got[k] += n
		}
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if got[k] != want[k] {
			t.Errorf("%s: %d came back, want %d", k, got[k], want[k])
		}
	}
	if len(got) != len(want) {
		t.Errorf("came back: %v, want %v", got, want)
	}
}

// books are all sums of a ticket that are not nothing, by what they are of.
func books(t till.Ticket, number func(till.Line) int) map[string]int64 {
	sums := map[string]int64{
		"gross": t.Gross.Minor(), "discount": t.Discount.Minor(), "net": t.Net.Minor(), "tax": t.Tax.Minor(), "total": t.Total.Minor(),
		"earned": t.Earned, "redeemed": t.Redeemed,
	}
	for _, l := range t.Lines {
		add := func(what string, n int64) { sums[fmt.Sprint("line ", number(l), " ", what)] += n }
		add("gross", l.Gross.Minor())
		add("net", l.Net.Minor())
		add("tax", l.Tax.Minor())
		add("total", l.Total.Minor())
		add("cost", l.Cost.Minor())
		add("quantity", int64(l.Quantity))
		for _, r := range l.Reductions {
			add(fmt.Sprint(r.Source, r.Programme, r.Reason, r.Percent), r.Amount.Minor())
		}
		for _, x := range l.Taxes {
			add(fmt.Sprint("tax ", x.Name), x.Tax.Minor())
			add(fmt.Sprint("base ", x.Name), x.Net.Minor())
		}
	}
	maps.DeleteFunc(sums, func(_ string, n int64) bool { return n == 0 })
	return sums
}

// What comes back of a line so far is its part of the total, rounded once, however many
// pieces it took.
func TestReturnsDoNotDrift(t *testing.T) {
	cny := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		sold, err := cart.Price(drawn{t, cny}.input())
		if err != nil {
			t.Fatal(err)
		}
		sold = done(sold)
		l := rapid.SampledFrom(sold.Lines).Draw(t, "line")
		if l.Unit != till.Each {
			return
		}
		var returned []till.Ticket
		paid := int64(0)
		for n := till.One; n <= l.Quantity; n += till.One {
			back, err := cart.Return(sold, returned, till.BasketReturn{Lines: []till.BasketReturnLine{{Line: l.N, Quantity: till.One}}})
			if err != nil {
				t.Fatal(err)
			}
			returned = append(returned, back)
			paid += back.Total.Minor()
			if want, _ := till.MulDiv(l.Total.Minor(), int64(n), int64(l.Quantity)); paid != want {
				t.Fatalf("%s of %s pieces of %s: %d paid back, want %d", n, l.Quantity, l.Total, paid, want)
			}
		}
	})
}

// No numbers make it panic or wrap around: what is not refused adds up.
func FuzzPrice(f *testing.F) {
	f.Add(int64(999), int64(1000), int64(100_000), int64(0), int64(1250), int64(130_000), true)
	f.Add(int64(math.MaxInt64), int64(math.MaxInt64), int64(math.MinInt64), int64(math.MinInt64), int64(1), int64(math.MaxInt64), false)
	f.Add(int64(till.MaxMinor), int64(1_000_000_000), int64(1_000_000), int64(1), int64(till.MaxMinor), int64(10_000_000), false)
	f.Fuzz(func(t *testing.T, price, quantity, percent, off, second, rate int64, inclusive bool) {
		cny := currency(t, "CNY")
		item := func(price int64) cart.Item {
			v := till.Variant{SKU: "a", Price: money.New(price, cny), Cost: money.New(second, cny)}
			return cart.Item{Item: till.Item{Name: "a", Unit: till.Kilo}, Variant: v}
		}
		in := cart.Input{
			Currency: cny, Items: []cart.Item{item(price), item(second)},
			Tax: till.TaxRules{Inclusive: inclusive, Classes: []till.TaxClass{{Code: "a", Default: true, Rates: []till.TaxRate{{Name: "A", Rate: till.Rate(rate)}, {Name: "B", Rate: till.Rate(rate), Compound: true}}}}},
			Basket: till.Basket{
				Entries: []till.BasketEntry{
					{Code: "a", Quantity: till.Quantity(quantity), Discount: &till.Discount{Percent: till.Rate(percent), Reason: "a"}},
					{Code: "a", Discount: &till.Discount{Amount: money.New(off, cny), Reason: "b"}},
				},
				Discount: &till.Discount{Percent: till.Rate(percent), Reason: "c"}, Member: "7", Redeem: off,
			},
			Member:     &till.Member{ID: "7", Points: second},
			Loyalty:    till.LoyaltyRules{Spend: money.New(percent, cny), Value: money.New(second, cny)},
			Programmes: []till.Programme{{ID: "p", Name: "p", Reward: till.PromoReward{Kind: till.RewardAmount, Amount: money.New(price, cny)}}},
		}
		got, err := cart.Price(in)
		if err != nil {
			if errors.Is(err, cart.ErrSums) {
				t.Fatal(err)
			}
			return
		}
		sold := done(got)
		back, err := cart.Return(sold, nil, till.BasketReturn{Lines: []till.BasketReturnLine{{Line: 1, Quantity: 1 + sold.Lines[0].Quantity/3}}})
		if err != nil && sold.Lines[0].Quantity > 1 {
			t.Fatalf("%v\n%s", err, show(got))
		}
		if err == nil && back.Total.Minor() > got.Total.Minor() {
			t.Fatalf("%s back of\n%s", back.Total, show(got))
		}
	})
}
