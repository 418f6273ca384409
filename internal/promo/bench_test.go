package promo_test

import (
	"fmt"
	"testing"

	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// A trolley of 200 lines beside 20 programmes, which is what a till prices again after
// every scan: some of other hours, some of one category each, some that all want
// everything.
func BenchmarkApply(b *testing.B) {
	c := currency(b, "CNY")
	lines := make([]promo.Line, 200)
	for i := range lines {
		price := money.New(int64(100+37*i%900), c)
		lines[i] = promo.Line{
			N: i + 1, SKU: till.SKU(fmt.Sprintf("sku-%03d", i)), Category: fmt.Sprintf("category %d", i%8),
			Quantity: till.Units(int64(1 + i%3)), Price: price, Amount: money.New(price.Minor()*int64(1+i%3), c),
		}
	}
	for _, contenders := range []int{0, 3, 5, 10} {
		programmes := make([]till.Programme, 20)
		for i := range programmes {
			programmes[i] = benchProgramme(b, i, contenders)
		}
		b.Run(fmt.Sprintf("contenders=%d", contenders), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				promo.Apply(lines, programmes, promo.Situation{})
			}
		})
	}
}

func benchProgramme(b *testing.B, i, contenders int) till.Programme {
	id := fmt.Sprintf("p%02d", i)
	switch {
	case i < contenders:
		return stackable(percent(id, till.Rate(5+i)))
	case i%4 == 0:
		return with(percent(id, 20), func(p *till.Programme) { p.FromClock, p.ToClock = "15:00", "17:00" })
	case i%4 == 1:
		return priority(1, buyGet(id, 2, 1, fmt.Sprintf("category %d", i%8)))
	case i%4 == 2:
		return priority(2, off(b, id, "5.00", fmt.Sprintf("category %d", i%8)))
	}
	return priority(3, priced(b, id, "0.50", till.SKU(fmt.Sprintf("sku-%03d", i))))
}
