package promo_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// What each reward takes off, worked out by hand.
func TestRewards(t *testing.T) {
	half := till.Whole / 2
	for _, c := range []struct {
		name, basket string
		programme    till.Programme
		want         string
	}{
		{"percent of one category", "2 latte 4.50, 1 cake 3.00", percent("p", 20, "drinks"), "1:p:1.80 p/applied/1"},
		{"percent of everything, each line rounded", "1 tea 0.99, 1 bun 0.99, 1 cake 0.99", percent("p", 20), "1:p:0.20 2:p:0.20 3:p:0.20 p/applied/1,2,3"},
		{"halves go up", "1 tea 0.25", percent("p", 10), "1:p:0.03 p/applied/1"},
		{"percent of what is left on the line", "1 tea 10.00=8.00", percent("p", 10), "1:p:0.80 p/applied/1"},
		{"all of it", "1 tea 3.00", percent("p", 100), "1:p:3.00 p/applied/1"},
		{"a percentage that rounds to nothing", "1 tea 0.01", percent("p", 10), "p/nothing"},
		{"percent off the cheapest piece", "2 latte 4.50, 3 tea 3.00", with(percent("p", 50), func(p *till.Programme) { p.Reward.Cheapest = true }), "2:p:1.50 p/applied/2"},
		{"the cheapest piece of a reduced line", "2 latte 4.50=5.00, 3 tea 3.00", with(percent("p", 50), func(p *till.Programme) { p.Reward.Cheapest = true }), "1:p:1.25 p/applied/1"},
		{"a weighed line is one piece", "2.5kg cherries 2.00, 1 tea 6.00", with(percent("p", 10), func(p *till.Programme) { p.Reward.Cheapest = true }), "1:p:0.50 p/applied/1"},

		{"amount, each line its share", "1 latte 4.50, 1 cake 3.00, 1 tea 3.00", off(t, "a", "1.00"), "1:a:0.43 2:a:0.29 3:a:0.28 a/applied/1,2,3"},
		{"amount of one category", "1 latte 4.50, 1 cake 3.00", off(t, "a", "1.00", "Bakery"), "2:a:1.00 a/applied/2"},
		{"an amount that the lines are not worth", "1 latte 4.50, 1 cake 3.00", off(t, "a", "5.00", "bakery"), "2:a:3.00 a/cut/2/5.00"},
		{"amount off the cheapest piece", "2 latte 4.50, 2 cake 3.00", with(off(t, "a", "1.00"), func(p *till.Programme) { p.Reward.Cheapest = true }), "2:a:1.00 a/applied/2"},
		{"more than the cheapest piece is worth", "2 latte 4.50, 2 cake 3.00", with(off(t, "a", "4.00"), func(p *till.Programme) { p.Reward.Cheapest = true }), "2:a:3.00 a/cut/2/4.00"},

		{"each piece at a price", "3 latte 4.50, 1 tea 3.00", priced(t, "x", "4.00", "latte"), "1:x:1.50 x/applied/1"},
		{"a price by weight", "1.5kg cherries 20.00", priced(t, "x", "15.99", "cherries"), "1:x:6.01 x/applied/1"},
		{"a price above the item's raises nothing", "1 tea 3.00", priced(t, "x", "3.50", "tea"), "x/nothing"},
		{"a price of nothing", "2 tea 3.00", priced(t, "x", "0", "tea"), "1:x:6.00 x/applied/1"},
		{"a price of nothing, as it was stored", "2 tea 3.00", with(priced(t, "x", "0", "tea"), func(p *till.Programme) { p.Reward.Amount = money.Amount{} }), "1:x:6.00 x/applied/1"},
		{"the cheapest piece at a price", "2 tea 3.00", with(priced(t, "x", "1.00", "tea"), func(p *till.Programme) { p.Reward.Cheapest = true }), "1:x:2.00 x/applied/1"},

		{"buy two get one", "3 latte 4.50", buyGet("b", 2, 1), "1:b:4.50 b/applied/1"},
		{"two groups, and two pieces over", "8 latte 4.50", buyGet("b", 2, 1), "1:b:9.00 b/applied/1"},
		{"the cheapest of a mixed group", "1 latte 4.50, 1 tea 3.00, 1 water 2.00", buyGet("b", 2, 1), "3:b:2.00 b/applied/3"},
		{"groups from the dearest on", "1 cake 10.00, 1 bun 8.00, 1 latte 6.00, 1 tea 4.00, 1 water 2.00, 1 apples 1.00", buyGet("b", 2, 1), "3:b:6.00 6:b:1.00 b/applied/3,6"},
		{"pieces that fill no group are the cheapest", "1 cake 10.00, 1 bun 8.00, 1 latte 6.00, 1 tea 4.00", buyGet("b", 2, 1), "3:b:6.00 b/applied/3"},
		{"second at half", "2 latte 4.50", with(buyGet("b", 1, 1), func(p *till.Programme) { p.Reward.Percent = half }), "1:b:2.25 b/applied/1"},
		{"buy one get two of a line", "7 tea 3.00", buyGet("b", 1, 2), "1:b:12.00 b/applied/1"},
		{"two of three", "2 latte 4.50, 1 cake 3.00", buyGet("b", 2, 1, "drinks"), "b/quantity/2/3"},
		{"pieces are worth what is left of them", "3 latte 4.50=9.00, 3 tea 4.00", buyGet("b", 1, 1), "1:b:6.00 2:b:4.00 b/applied/1,2"},
		{"weighed lines are a piece each", "0.375kg apples 8.00, 2.5kg cherries 20.00", buyGet("b", 1, 1, "fruit"), "1:b:3.00 b/applied/1"},
		{"a million pieces", "1000000 tea 3.00", buyGet("b", 1, 1), "1:b:1500000.00 b/applied/1"},

		{"capped", "2 latte 4.50, 1 tea 3.00", with(percent("p", 50), func(p *till.Programme) { p.Reward.Max = cny(t, "1.00") }), "1:p:0.75 2:p:0.25 p/capped/1,2/1.00"},
		{"a cap that is not reached", "1 tea 3.00", with(percent("p", 50), func(p *till.Programme) { p.Reward.Max = cny(t, "1.50") }), "1:p:1.50 p/applied/1"},
		{"a cap on what is free", "6 latte 4.50", with(buyGet("b", 2, 1), func(p *till.Programme) { p.Reward.Max = cny(t, "5.00") }), "1:b:5.00 b/capped/1/5.00"},
		{"a cap of one cent over three lines", "1 latte 4.50, 1 cake 3.00, 1 tea 3.00", with(percent("p", 50), func(p *till.Programme) { p.Reward.Max = cny(t, "0.01") }), "1:p:0.01 p/capped/1/0.01"},

		{"enough spent", "10 latte 5.00", with(off(t, "a", "5.00"), func(p *till.Programme) { p.Rule.MinAmount = cny(t, "50.00") }), "1:a:5.00 a/applied/1"},
		{"45.00 of 50.00 spent", "10 latte 4.50", with(off(t, "a", "5.00"), func(p *till.Programme) { p.Rule.MinAmount = cny(t, "50.00") }), "a/amount/45.00/50.00"},
		{"spent counts before discounts", "10 latte 5.00=40.00", with(off(t, "a", "5.00"), func(p *till.Programme) { p.Rule.MinAmount = cny(t, "50.00") }), "1:a:5.00 a/applied/1"},
		{"enough bought", "2 latte 4.50, 1 tea 3.00", with(percent("p", 10, "drinks"), func(p *till.Programme) { p.Rule.MinQty = till.Units(3) }), "1:p:0.90 2:p:0.30 p/applied/1,2"},
		{"half a kilo short", "1.5kg cherries 20.00", with(percent("p", 10, "fruit"), func(p *till.Programme) { p.Rule.MinQty = till.Units(2) }), "p/quantity/1.5/2"},

		{"of SKUs or of categories", "1 latte 4.50, 1 cake 3.00, 1 apples 1.00", with(percent("p", 10, "bakery"), func(p *till.Programme) { p.Rule.SKUs = []till.SKU{"latte"} }), "1:p:0.45 2:p:0.30 p/applied/1,2"},
		{"nothing of it", "1 latte 4.50", percent("p", 10, "bakery"), "p/no_items"},
		{"what the catalogue does not know has no category", "1 thing 4.50", percent("p", 10, "drinks"), "p/no_items"},
		{"nothing left on the line", "1 latte 4.50=0", percent("p", 10), "p/nothing"},
		{"paused", "1 latte 4.50", with(percent("p", 10), func(p *till.Programme) { p.Paused = true }), "p/paused"},
		{"gone", "1 latte 4.50", with(percent("p", 10), func(p *till.Programme) { p.Gone = true }), ""},
		{"contradicts itself", "1 latte 4.50", percent("p", 110), "p/invalid"},
		{"another currency", "1 latte 4.50", with(percent("p", 10), func(p *till.Programme) { p.Reward.Max = money.New(100, currency(t, "JPY")) }), "p/invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(promo.Apply(basket(t, c.basket), []till.Programme{c.programme}, promo.Situation{})); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// Which of several programmes gets the lines.
func TestSeveral(t *testing.T) {
	for _, c := range []struct {
		name, basket string
		programmes   []till.Programme
		want         string
	}{
		{"the better one, whatever its id", "1 latte 4.50", []till.Programme{percent("a", 10), percent("b", 20)},
			"1:b:0.90 a/taken/b b/applied/1"},
		{"as good: the lower id", "1 latte 4.50", []till.Programme{percent("b", 10), percent("a", 10)},
			"1:a:0.45 a/applied/1 b/taken/a"},
		{"the priority goes first, though worse", "1 latte 4.50", []till.Programme{priority(1, percent("a", 20)), percent("b", 10)},
			"1:b:0.45 b/applied/1 a/taken/b"},
		{"a priority below zero goes before none", "1 latte 4.50", []till.Programme{percent("a", 20), priority(-1, percent("b", 10))},
			"1:b:0.45 b/applied/1 a/taken/b"},
		{"two small ones beat a greater", "1 latte 6.00, 1 cake 6.00", []till.Programme{
			buyGet("all", 1, 1), off(t, "drinks", "4.00", "drinks"), off(t, "bakery", "4.00", "bakery")},
			"1:drinks:4.00 2:bakery:4.00 all/taken/bakery bakery/applied/2 drinks/applied/1"},
		{"what was paid for to get another is in use", "1 latte 6.00, 1 cake 6.00", []till.Programme{
			buyGet("b", 1, 1), priority(1, percent("p", 10))},
			"1:b:6.00 b/applied/1 p/taken/b"},
		{"and a line that filled no group is not", "2 latte 6.00, 1 cake 5.00", []till.Programme{
			buyGet("b", 1, 1), priority(1, percent("p", 10))},
			"1:b:6.00 2:p:0.50 b/applied/1 p/applied/2"},
		{"an amount moves to the lines that are left", "1 latte 6.00, 1 cake 6.00", []till.Programme{
			off(t, "all", "5.00"), off(t, "bakery", "4.00", "bakery")},
			"1:all:5.00 2:bakery:4.00 all/applied/1 bakery/applied/2"},
		{"it gets the lines that are left", "1 latte 6.00, 1 cake 6.00", []till.Programme{
			percent("a", 10), percent("b", 20, "bakery")},
			"1:a:0.60 2:b:1.20 a/applied/1 b/applied/2"},
		{"both stackable, the percentage first", "1 latte 10.00", []till.Programme{stackable(off(t, "a", "5.00")), stackable(percent("p", 10))},
			"1:p:1.00 1:a:5.00 a/applied/1 p/applied/1"},
		{"the amount first by priority", "1 latte 10.00", []till.Programme{stackable(off(t, "a", "5.00")), priority(1, stackable(percent("p", 10)))},
			"1:a:5.00 1:p:0.50 a/applied/1 p/applied/1"},
		{"one stackable is not enough", "1 latte 10.00", []till.Programme{stackable(off(t, "a", "5.00")), priority(1, percent("p", 10))},
			"1:a:5.00 a/applied/1 p/taken/a"},
		{"two stackable ones beat one that is alone", "1 latte 10.00", []till.Programme{
			stackable(percent("a", 10)), stackable(percent("b", 15)), percent("c", 20)},
			"1:a:1.00 1:b:1.35 a/applied/1 b/applied/1 c/taken/a, b"},
		{"never below zero", "1 latte 4.50", []till.Programme{stackable(off(t, "a", "3.00")), priority(1, stackable(off(t, "b", "3.00"))), priority(2, stackable(off(t, "c", "3.00")))},
			"1:a:3.00 1:b:1.50 a/applied/1 b/cut/1/3.00 c/nothing"},
		{"the pieces of a group are not taken twice", "3 latte 4.50, 2 tea 3.00", []till.Programme{percent("happy", 50, "drinks"), priority(1, buyGet("b", 2, 1))},
			"1:happy:6.75 2:happy:3.00 happy/applied/1,2 b/taken/happy"},
		{"too few in any case", "1 latte 4.50", []till.Programme{percent("happy", 50, "drinks"), priority(1, buyGet("b", 2, 1))},
			"1:happy:2.25 happy/applied/1 b/quantity/1/3"},
		{"too few are left", "2 latte 4.50, 2 cake 3.00", []till.Programme{percent("happy", 50, "drinks"), priority(1, buyGet("b", 2, 1))},
			"1:happy:4.50 happy/applied/1 b/taken/happy"},
		{"names in the note", "1 latte 4.50", []till.Programme{with(percent("a", 20), func(p *till.Programme) { p.Name = "Happy hour" }), percent("b", 10)},
			"1:a:0.90 a/applied/1 b/taken/Happy hour"},
		{"six that want the same", "1 latte 10.00", []till.Programme{
			percent("a", 1), percent("b", 2), percent("c", 3), percent("d", 6), percent("e", 5), percent("f", 4)},
			"1:d:0.60 a/taken/d b/taken/d c/taken/d d/applied/1 e/taken/d f/taken/d"},
		{"none", "1 latte 10.00", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := basket(t, c.basket)
			got := told(promo.Apply(lines, c.programmes, promo.Situation{}))
			if got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			slices.Reverse(c.programmes)
			if again := told(promo.Apply(lines, c.programmes, promo.Situation{})); again != got {
				t.Errorf("with the programmes turned round\n got %s\nwant %s", again, got)
			}
		})
	}
}

// A reduction says where it comes from; it names a percentage only where the whole line
// was reduced by it.
func TestReduction(t *testing.T) {
	happy := with(percent("happy", 20), func(p *till.Programme) { p.Name = "Happy hour" })
	reductions, notes := promo.Apply(basket(t, "1 latte 4.50"), []till.Programme{happy}, promo.Situation{})
	want := till.Reduction{Source: till.ByProgramme, Amount: cny(t, "0.90"), Percent: till.Whole / 5, Programme: "happy", Name: "Happy hour"}
	if got := reductions[1]; len(got) != 1 || got[0] != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	wantNote := till.PromoNote{Programme: "happy", Name: "Happy hour", Applied: true, Amount: cny(t, "0.90"), Code: promo.CodeApplied, Got: "1"}
	if len(notes) != 1 || notes[0] != wantNote {
		t.Errorf("got %+v, want %+v", notes, wantNote)
	}
	happy.Reward.Max = cny(t, "0.50")
	reductions, _ = promo.Apply(basket(t, "1 latte 4.50"), []till.Programme{happy}, promo.Situation{})
	if got := reductions[1][0].Percent; got != 0 {
		t.Errorf("a capped reduction says it is %s of the line", got)
	}
}

// Without lines every programme is noted and nothing is taken off.
func TestEmptyBasket(t *testing.T) {
	reductions, notes := promo.Apply(nil, []till.Programme{percent("a", 10), off(t, "b", "5.00")}, promo.Situation{})
	if got := told(reductions, notes); got != "a/no_items b/no_items" {
		t.Errorf("got %s", got)
	}
}

// Amounts at the end of what 64 bits hold end in nothing, not in a wrong sum.
func TestHugeAmounts(t *testing.T) {
	huge := money.New(math.MaxInt64, currency(t, "CNY"))
	one := promo.Line{N: 1, SKU: "a", Quantity: till.One, Price: huge, Amount: huge}
	two, three := one, one
	two.N, three.N = 2, 3
	all := []till.Programme{stackable(percent("p", 50)), stackable(off(t, "a", "5.00")), stackable(buyGet("b", 1, 1))}
	for _, lines := range [][]promo.Line{{one}, {one, two}, {one, two, three}, {{N: 1, Quantity: math.MaxInt64, Price: huge, Amount: huge}}} {
		reductions, _ := promo.Apply(lines, all, promo.Situation{})
		for n, list := range reductions {
			left := huge
			for _, r := range list {
				left = money.New(left.Minor()-r.Amount.Minor(), left.Currency())
			}
			if left.Minor() < 0 {
				t.Errorf("%d lines: line %d is at %s", len(lines), n, left)
			}
		}
	}
}

// Apply changes neither the lines nor the programmes that it was given.
func TestArgumentsUntouched(t *testing.T) {
	lines := basket(t, "1 tea 3.00, 1 latte 4.50, 1 cake 3.00")
	programmes := []till.Programme{percent("b", 10), percent("a", 20, "drinks")}
	linesBefore, programmesBefore := slices.Clone(lines), fmt.Sprint(programmes)
	promo.Apply(lines, programmes, promo.Situation{})
	if !slices.Equal(lines, linesBefore) || fmt.Sprint(programmes) != programmesBefore {
		t.Error("the arguments were changed")
	}
}

// Coupons that no programme asks for.
func TestUnknown(t *testing.T) {
	programmes := []till.Programme{
		with(percent("a", 10), func(p *till.Programme) { p.Coupon = "TEA5" }),
		with(percent("b", 10), func(p *till.Programme) { p.Coupon, p.Gone = "OLD", true }),
		percent("c", 10),
	}
	got := promo.Unknown([]string{" tea5 ", "TEA6", "OLD", ""}, programmes)
	if diff := cmp.Diff([]string{"TEA6", "OLD", ""}, got); diff != "" {
		t.Error(diff)
	}
}
