package cart_test

import (
	"fmt"
	"testing"

	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// busy is a basket of many lines in a shop of many programmes.
func busy(b *testing.B, lines, programmes int) cart.Input {
	s := cafe(b)
	names := []string{"latte", "bagel x2", "ham x0.333", "latte -10%", "water", "gift @5.00", "'repair @11.30"}
	var entries []string
	for i := range lines {
		entries = append(entries, names[i%len(names)])
	}
	in := s.input(entries...)
	in.Tax.ByInvoice = true
	in.Basket.Discount = s.discount("5%")
	in.Member, in.Basket.Member, in.Basket.Redeem = &till.Member{ID: "7", Points: 100}, "7", 50
	skus := []till.SKU{"latte", "bagel", "ham", "gift"}
	for i := range programmes {
		p := till.Programme{ID: till.ProgrammeID(fmt.Sprint("p", i)), Name: "promotion", Priority: i / 4, Stackable: i%3 == 0}
		p.Rule.SKUs = []till.SKU{skus[i%len(skus)]}
		p.Reward = []till.PromoReward{
			{Kind: till.RewardPercent, Percent: 50_000},
			{Kind: till.RewardBuyGet, Buy: 2, Get: 1, Percent: till.Whole},
			{Kind: till.RewardAmount, Amount: money.New(100, s.currency)},
		}[i%3]
		in.Programmes = append(in.Programmes, p)
	}
	return in
}

// BenchmarkPrice is what a till waits for after each scan.
func BenchmarkPrice(b *testing.B) {
	for _, c := range []struct{ lines, programmes int }{{10, 0}, {10, 20}, {200, 0}, {200, 20}} {
		b.Run(fmt.Sprintf("lines=%d,programmes=%d", c.lines, c.programmes), func(b *testing.B) {
			in := busy(b, c.lines, c.programmes)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := cart.Price(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
