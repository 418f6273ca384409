package shop

import (
	"testing"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// What was bought in another currency, before the shop's was changed, is a section of its
// own: amounts of two currencies are never added.
func TestStockInTwoCurrencies(t *testing.T) {
	in := func(code string, minor int64) money.Amount {
		c, err := money.CurrencyByCode(code)
		if err != nil {
			t.Fatal(err)
		}
		return money.New(minor, c)
	}
	items := []till.Item{
		{ID: "a", Unit: till.Each, Variants: []till.Variant{{SKU: "a", Cost: in("CNY", 400)}}},
		{ID: "b", Unit: till.Each, Variants: []till.Variant{{SKU: "b", Cost: in("JPY", 90)}}},
		{ID: "c", Unit: till.Each, Variants: []till.Variant{{SKU: "c"}}},
	}
	levels := []till.StockLevel{{SKU: "a", OnHand: till.Units(10)}, {SKU: "b", OnHand: till.Units(2)}, {SKU: "c", OnHand: till.Units(1)}}
	table := stockTable(levels, items, false, in("JPY", 0).Currency())
	if len(table.Sections) != 2 {
		t.Fatalf("%d sections, want one for each currency", len(table.Sections))
	}
	for i, want := range []struct {
		code string
		rows int
		sum  int64
	}{{"JPY", 2, 180}, {"CNY", 1, 4000}} {
		s := table.Sections[i]
		value := s.Total.Cells[len(s.Total.Cells)-1].Value
		if s.Currency.Code() != want.code || len(s.Rows) != want.rows || value != want.sum {
			t.Errorf("section %d: %d rows worth %d %s, want %d, %d %s", i, len(s.Rows), value, s.Currency, want.rows, want.sum, want.code)
		}
	}
}
