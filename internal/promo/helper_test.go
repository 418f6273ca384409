package promo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func currency(tb testing.TB, code string) money.Currency {
	tb.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func cny(tb testing.TB, s string) money.Amount {
	tb.Helper()
	a, err := money.Parse(s, currency(tb, "CNY"))
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// basket reads lines as "QUANTITY SKU PRICE", one after another with commas between; a
// quantity may have a unit behind it and a price what is left of the line, as in
// "1.5kg cherries 20.00=28.00". Numbers begin at 1. The category is in the helper's own
// little catalogue.
func basket(tb testing.TB, s string) []promo.Line {
	tb.Helper()
	var lines []promo.Line
	for i, part := range strings.Split(s, ",") {
		words := strings.Fields(part)
		if len(words) != 3 {
			tb.Fatalf("line %q is not QUANTITY SKU PRICE", part)
		}
		number, measured := strings.CutSuffix(words[0], "kg")
		quantity, err := till.ParseQuantity(number)
		if err != nil {
			tb.Fatal(err)
		}
		price, left, given := strings.Cut(words[2], "=")
		l := promo.Line{N: i + 1, SKU: till.SKU(words[1]), Category: categoryOf(words[1]), Quantity: quantity, Price: cny(tb, price)}
		if measured {
			l.Unit = till.Kilo
		}
		if given {
			l.Amount = cny(tb, left)
		} else {
			gross, _ := till.MulDiv(l.Price.Minor(), int64(quantity), int64(till.One))
			l.Amount = money.New(gross, l.Price.Currency())
		}
		lines = append(lines, l)
	}
	return lines
}

func categoryOf(sku string) string {
	switch sku {
	case "latte", "tea", "water":
		return "Drinks"
	case "cake", "bun":
		return "Bakery"
	case "cherries", "apples":
		return "Fruit"
	}
	return ""
}

// told is what Apply did, as text: by line what was taken off, then each note.
func told(reductions map[int][]till.Reduction, notes []till.PromoNote) string {
	var parts []string
	var lines []int
	for n := range reductions {
		lines = append(lines, n)
	}
	slices.Sort(lines)
	for _, n := range lines {
		for _, r := range reductions[n] {
			parts = append(parts, fmt.Sprintf("%d:%s:%s", n, r.Programme, r.Amount.Decimal()))
		}
	}
	for _, n := range notes {
		parts = append(parts, strings.Join(slices.DeleteFunc([]string{string(n.Programme), n.Code, n.Got, n.Want}, func(s string) bool { return s == "" }), "/"))
	}
	return strings.Join(parts, " ")
}

// percent, off, priced and buyGet make the usual programmes.
func percent(id string, rate till.Rate, categories ...string) till.Programme {
	return till.Programme{
		ID: till.ProgrammeID(id), Rule: till.PromoRule{Categories: categories},
		Reward: till.PromoReward{Kind: till.RewardPercent, Percent: rate * till.Whole / 100},
	}
}

func off(tb testing.TB, id, amount string, categories ...string) till.Programme {
	return till.Programme{
		ID: till.ProgrammeID(id), Rule: till.PromoRule{Categories: categories},
		Reward: till.PromoReward{Kind: till.RewardAmount, Amount: cny(tb, amount)},
	}
}

func priced(tb testing.TB, id, amount string, skus ...till.SKU) till.Programme {
	return till.Programme{
		ID: till.ProgrammeID(id), Rule: till.PromoRule{SKUs: skus},
		Reward: till.PromoReward{Kind: till.RewardPrice, Amount: cny(tb, amount)},
	}
}

func buyGet(id string, buy, get int, categories ...string) till.Programme {
	return till.Programme{
		ID: till.ProgrammeID(id), Rule: till.PromoRule{Categories: categories},
		Reward: till.PromoReward{Kind: till.RewardBuyGet, Buy: buy, Get: get},
	}
}

// with changes a programme.
func with(p till.Programme, change func(*till.Programme)) till.Programme {
	change(&p)
	return p
}

func stackable(p till.Programme) till.Programme {
	return with(p, func(p *till.Programme) { p.Stackable = true })
}

func priority(n int, p till.Programme) till.Programme {
	return with(p, func(p *till.Programme) { p.Priority = n })
}

func yen(tb testing.TB, s string) money.Amount {
	tb.Helper()
	a, err := money.Parse(s, currency(tb, "JPY"))
	if err != nil {
		tb.Fatal(err)
	}
	return a
}
