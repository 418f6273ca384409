package cart_test

import (
	"fmt"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// drawn are rapid's draws of a shop, its promotions and what is bought in it.
type drawn struct {
	*rapid.T
	currency money.Currency
}

func (d drawn) yes(label string) bool { return rapid.Bool().Draw(d.T, label) }
func (d drawn) upTo(label string, most int64) int64 {
	return rapid.Int64Range(0, most).Draw(d.T, label)
}

func (d drawn) oneOf(label string, words ...string) string {
	return rapid.SampledFrom(words).Draw(d.T, label)
}

// amount is small more often than large.
func (d drawn) amount(label string) money.Amount {
	n := rapid.OneOf(rapid.Int64Range(0, 20), rapid.Int64Range(0, 3000), rapid.Int64Range(0, till.MaxMinor/1_000_000)).Draw(d.T, label)
	return money.New(n, d.currency)
}

func (d drawn) percent(label string) till.Rate {
	return till.Rate(rapid.OneOf(rapid.SampledFrom([]int64{0, 50_000, 100_000, 333_333, 1_000_000}), rapid.Int64Range(0, int64(till.Whole))).Draw(d.T, label))
}

// input is a whole basket in a shop of its own.
func (d drawn) input() cart.Input {
	in := cart.Input{
		Currency: d.currency, Tax: d.rules(),
		Loyalty: till.LoyaltyRules{Spend: money.New(100, d.currency), Value: money.New(1+d.upTo("value", 20), d.currency)},
		Moment:  till.Moment{Day: 20260302, Weekday: 1, Minutes: 600},
	}
	for i := range rapid.IntRange(1, 8).Draw(d.T, "entries") {
		e, it := d.entry(i, in.Tax)
		in.Basket.Entries, in.Items = append(in.Basket.Entries, e), append(in.Items, it)
	}
	if d.yes("discount on the whole") {
		in.Basket.Discount = &till.Discount{Percent: max(1, d.percent("off the whole")), Reason: "whole"}
	}
	if d.yes("member") {
		in.Member = &till.Member{ID: "7", Points: 1000}
		in.Basket.Member, in.Basket.Redeem = "7", d.upTo("redeem", 1000)
	}
	for i := range rapid.IntRange(0, 4).Draw(d.T, "programmes") {
		in.Programmes = append(in.Programmes, d.programme(i))
	}
	return in
}

func (d drawn) rules() till.TaxRules {
	rules := till.TaxRules{
		Inclusive: d.yes("inclusive"), ByInvoice: d.yes("by invoice"),
		Rounding: rapid.SampledFrom([]till.Rounding{"", till.HalfDown, till.HalfEven, till.HalfOdd, till.Up, till.Down, till.HalfFive}).Draw(d.T, "rounding"),
	}
	for _, code := range []string{"a", "b", "c"} {
		c := till.TaxClass{Code: code, Default: code == "a"}
		for k := range rapid.IntRange(0, 3).Draw(d.T, "rates") {
			rate := till.Rate(rapid.OneOf(rapid.Int64Range(0, 200_000), rapid.Int64Range(0, int64(3*till.Whole))).Draw(d.T, "rate"))
			c.Rates = append(c.Rates, till.TaxRate{Name: string(rune('A' + k)), Rate: rate, Compound: k > 0 && d.yes("compound")})
		}
		rules.Classes = append(rules.Classes, c)
	}
	return rules
}

// entry is one of few items, so that some are scanned twice, or something by name.
func (d drawn) entry(i int, rules till.TaxRules) (till.BasketEntry, cart.Item) {
	var e till.BasketEntry
	var it cart.Item
	class := rapid.SampledFrom(rules.Classes).Draw(d.T, "class").Code
	e.Quantity = till.Units(1 + d.upTo("quantity", 6))
	if d.yes("known") {
		k := d.upTo("item", 4)
		it = d.item(k, rules)
		e.Code = string(it.Variant.SKU)
		if it.Item.Unit == till.Kilo {
			e.Quantity = till.Quantity(1 + d.upTo("grams", 3000))
		}
	} else {
		e.Name, e.Category, e.TaxClass = d.oneOf("name", "n", "m"), d.oneOf("category", "", "x"), class
		price := d.amount("price")
		e.Price = &price
	}
	if it.Variant.OpenPrice || d.upTo("by hand", 4) == 0 {
		price := d.amount("price")
		e.Price = &price
	}
	if d.upTo("discounted", 3) == 0 {
		e.Discount = &till.Discount{Percent: max(1, d.percent("off")), Reason: fmt.Sprint("entry", i%2)}
	}
	return e, it
}

// item is the k-th of a catalogue that is the same whenever it is asked.
func (d drawn) item(k int64, rules till.TaxRules) cart.Item {
	unit := till.Each
	if k%2 == 1 {
		unit = till.Kilo
	}
	v := till.Variant{
		SKU: till.SKU(fmt.Sprint("sku", k)), Price: money.New([]int64{999, 1250, 1, 0, 33}[k], d.currency),
		Cost: money.New(100*k, d.currency), OpenPrice: k == 4,
	}
	return cart.Item{Variant: v, Item: till.Item{
		ID: till.ItemID(v.SKU), Name: string(v.SKU), Unit: unit, Category: []string{"x", "y"}[k%2], TaxClass: rules.Classes[k%3].Code,
	}}
}

func (d drawn) programme(i int) till.Programme {
	p := till.Programme{
		ID: till.ProgrammeID(fmt.Sprint("p", i)), Name: fmt.Sprint("programme ", i),
		Priority: int(d.upTo("priority", 1)), Stackable: d.yes("stackable"), Members: d.upTo("members", 3) == 0,
	}
	if d.yes("of items") {
		p.Rule.SKUs = []till.SKU{till.SKU(d.oneOf("sku", "sku0", "sku1", "sku2", "sku3"))}
	}
	if d.yes("of a category") {
		p.Rule.Categories = []string{d.oneOf("category", "x", "y")}
	}
	p.Rule.MinQty = till.Units(d.upTo("least", 2))
	p.Reward.Kind = till.RewardKind(d.oneOf("reward", "percent", "amount", "price", "buy_get"))
	switch p.Reward.Kind {
	case till.RewardPercent:
		p.Reward.Percent, p.Reward.Cheapest = max(1, d.percent("percent")), d.yes("cheapest")
	case till.RewardAmount, till.RewardPrice:
		p.Reward.Amount = d.amount("reward")
	case till.RewardBuyGet:
		p.Reward.Buy, p.Reward.Get, p.Reward.Percent = int(1+d.upTo("buy", 2)), int(1+d.upTo("get", 1)), max(1, d.percent("percent"))
	}
	return p
}
