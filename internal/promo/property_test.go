package promo_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// anyLines draws a basket from a small world, so that programmes and lines meet often.
func anyLines(t *rapid.T, c money.Currency) []promo.Line {
	lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) promo.Line { return anyLine(t, c) }), 0, 8).Draw(t, "lines")
	for i := range lines {
		lines[i].N = i + 1
	}
	return lines
}

func anyLine(t *rapid.T, c money.Currency) promo.Line {
	l := promo.Line{
		SKU:      rapid.SampledFrom([]till.SKU{"a", "b", "c", ""}).Draw(t, "sku"),
		Category: rapid.SampledFrom([]string{"x", "Y", ""}).Draw(t, "category"),
		Quantity: till.Units(rapid.Int64Range(1, 6).Draw(t, "quantity")),
		Price:    money.New(rapid.Int64Range(0, 700).Draw(t, "price"), c),
	}
	if rapid.IntRange(0, 4).Draw(t, "weighed") == 0 {
		l.Unit, l.Quantity = till.Kilo, till.Quantity(rapid.Int64Range(1, 3000).Draw(t, "grams"))
	}
	gross, _ := till.MulDiv(l.Price.Minor(), int64(l.Quantity), int64(till.One))
	l.Amount = money.New(gross-rapid.Int64Range(0, gross/2).Draw(t, "by hand"), c)
	return l
}

// anyProgrammes draws programmes that all pass Check.
func anyProgrammes(t *rapid.T, c money.Currency, most int) []till.Programme {
	programmes := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) till.Programme { return anyProgramme(t, c) }), 0, most).Draw(t, "programmes")
	for i := range programmes {
		programmes[i].ID = till.ProgrammeID(fmt.Sprintf("p%d", i))
		if err := promo.Check(programmes[i]); err != nil {
			t.Fatal(err)
		}
	}
	return programmes
}

func anyProgramme(t *rapid.T, c money.Currency) till.Programme {
	p := till.Programme{
		ID:        "p",
		Priority:  rapid.IntRange(0, 2).Draw(t, "priority"),
		Stackable: rapid.Bool().Draw(t, "stackable"),
		Rule: till.PromoRule{
			SKUs:       rapid.SampledFrom([][]till.SKU{nil, {"a"}, {"b", "c"}}).Draw(t, "skus"),
			Categories: rapid.SampledFrom([][]string{nil, nil, {"x"}, {"y"}}).Draw(t, "categories"),
			MinQty:     till.Quantity(rapid.SampledFrom([]int64{0, 0, 2000, 4500}).Draw(t, "least")),
		},
		Reward: anyReward(t, c),
	}
	if rapid.Bool().Draw(t, "capped") {
		p.Reward.Max = money.New(rapid.Int64Range(1, 500).Draw(t, "max"), c)
	}
	return p
}

func anyReward(t *rapid.T, c money.Currency) till.PromoReward {
	amount := money.New(rapid.Int64Range(1, 900).Draw(t, "amount"), c)
	rate := till.Rate(rapid.Int64Range(1, int64(till.Whole)).Draw(t, "percent"))
	cheapest := rapid.Bool().Draw(t, "cheapest")
	switch kind := rapid.SampledFrom([]till.RewardKind{till.RewardPercent, till.RewardAmount, till.RewardPrice, till.RewardBuyGet}).Draw(t, "reward"); kind {
	case till.RewardPercent:
		return till.PromoReward{Kind: kind, Percent: rate, Cheapest: cheapest}
	case till.RewardBuyGet:
		return till.PromoReward{Kind: kind, Buy: rapid.IntRange(1, 3).Draw(t, "buy"), Get: rapid.IntRange(1, 2).Draw(t, "get"), Percent: rate}
	default:
		return till.PromoReward{Kind: kind, Amount: amount, Cheapest: cheapest}
	}
}

// byContent is what each line got, without its number, so that lines that are the same
// are interchangeable.
func byContent(lines []promo.Line, reductions map[int][]till.Reduction) []string {
	var all []string
	for _, l := range lines {
		list := reductions[l.N]
		l.N = 0
		all = append(all, fmt.Sprintln(l, list))
	}
	slices.Sort(all)
	return all
}

// Neither the order of the lines nor that of the programmes changes what is taken off.
func TestOrderChangesNothing(t *testing.T) {
	c := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		lines, programmes := anyLines(t, c), anyProgrammes(t, c, 7)
		reductions, notes := promo.Apply(lines, programmes, promo.Situation{})
		want := byContent(lines, reductions)

		shuffled := rapid.Permutation(lines).Draw(t, "shuffled")
		for i := range shuffled {
			shuffled[i].N = i + 1
		}
		again, notesAgain := promo.Apply(shuffled, rapid.Permutation(programmes).Draw(t, "programmes shuffled"), promo.Situation{})
		if got := byContent(shuffled, again); !slices.Equal(got, want) {
			t.Fatalf("got\n%v\nwant\n%v", got, want)
		}
		for i := range notes { // the numbers of the lines are others
			if notes[i].Applied {
				notes[i].Got, notesAgain[i].Got = "", ""
			}
			if notes[i] != notesAgain[i] {
				t.Fatalf("note %+v, want %+v", notesAgain[i], notes[i])
			}
		}
	})
}

// No line falls below zero, every reduction is above zero and of one that was noted as
// applied, and the notes tell the sum of each programme's reductions.
func TestSumsAgree(t *testing.T) {
	c := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		lines, programmes := anyLines(t, c), anyProgrammes(t, c, 7)
		reductions, notes := promo.Apply(lines, programmes, promo.Situation{})
		by := map[till.ProgrammeID]int64{}
		for _, l := range lines {
			left := l.Amount.Minor()
			for _, r := range reductions[l.N] {
				if !r.Amount.IsPositive() || r.Source != till.ByProgramme {
					t.Fatalf("line %d: %+v", l.N, r)
				}
				left -= r.Amount.Minor()
				by[r.Programme] += r.Amount.Minor()
			}
			if left < 0 {
				t.Fatalf("line %d is at %d", l.N, left)
			}
		}
		if len(notes) != len(programmes) {
			t.Fatalf("%d notes on %d programmes", len(notes), len(programmes))
		}
		for _, n := range notes {
			if n.Amount.Minor() != by[n.Programme] || n.Applied != n.Amount.IsPositive() || n.Code == "" {
				t.Fatalf("note %+v, its reductions are %d", n, by[n.Programme])
			}
		}
	})
}

// A limit is kept.
func TestMaxIsKept(t *testing.T) {
	c := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		programmes := anyProgrammes(t, c, 4)
		_, notes := promo.Apply(anyLines(t, c), programmes, promo.Situation{})
		for _, n := range notes {
			i := slices.IndexFunc(programmes, func(p till.Programme) bool { return p.ID == n.Programme })
			if most := programmes[i].Reward.Max.Minor(); most > 0 && n.Amount.Minor() > most {
				t.Fatalf("%s took %s, at most %d", n.Programme, n.Amount, most)
			}
		}
	})
}

// Two programmes meet on a line only if both are stackable.
func TestSharedLines(t *testing.T) {
	c := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		programmes := anyProgrammes(t, c, 7)
		lines := anyLines(t, c)
		reductions, _ := promo.Apply(lines, programmes, promo.Situation{})
		for n, list := range reductions {
			for _, r := range list {
				i := slices.IndexFunc(programmes, func(p till.Programme) bool { return p.ID == r.Programme })
				if len(list) > 1 && !programmes[i].Stackable {
					t.Fatalf("line %d: %v, and %s does not stack", n, list, r.Programme)
				}
			}
		}
	})
}

// Percentages of one priority: whoever buys more of anything never pays less. (An amount
// that has to be reached is made so that it may be less.)
func TestMoreNeverCostsLess(t *testing.T) {
	c := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		programmes := anyProgrammes(t, c, 5)
		for i := range programmes {
			programmes[i].Priority, programmes[i].Rule.MinQty = 0, 0
			programmes[i].Reward = till.PromoReward{Kind: till.RewardPercent, Percent: till.Rate(rapid.Int64Range(1, int64(till.Whole)).Draw(t, "rate"))}
		}
		lines := anyLines(t, c)
		if len(lines) == 0 {
			return
		}
		before := toPay(lines, programmes)
		i := rapid.IntRange(0, len(lines)-1).Draw(t, "more of")
		more := rapid.Int64Range(1, 5).Draw(t, "more")
		lines[i].Quantity += till.Units(more)
		lines[i].Amount = money.New(lines[i].Amount.Minor()+more*lines[i].Price.Minor(), c)
		if after := toPay(lines, programmes); after < before {
			t.Fatalf("%d more of line %d cost %d, before %d", more, i+1, after, before)
		}
	})
}

func toPay(lines []promo.Line, programmes []till.Programme) int64 {
	reductions, _ := promo.Apply(lines, programmes, promo.Situation{})
	var sum int64
	for _, l := range lines {
		sum += l.Amount.Minor()
		for _, r := range reductions[l.N] {
			sum -= r.Amount.Minor()
		}
	}
	return sum
}

// Of programmes of one priority no order leaves the shopper less to pay than the one
// that was found. An order is forced by making it that of the priorities.
func TestNoOrderIsBetter(t *testing.T) {
	c := currency(t, "CNY")
	rapid.Check(t, func(t *rapid.T) {
		lines, programmes := anyLines(t, c), anyProgrammes(t, c, 5)
		for i := range programmes {
			programmes[i].Priority = 0
		}
		best := toPay(lines, programmes)
		forced := rapid.Permutation(programmes).Draw(t, "another order")
		for i := range forced {
			forced[i].Priority = i
		}
		if other := toPay(lines, forced); other < best {
			t.Fatalf("%d to pay, and %d in another order", best, other)
		}
	})
}
