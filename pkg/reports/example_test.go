package reports_test

import (
	"fmt"
	"os"
	"time"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reports"
)

// A program has three sold lines and wants to see its items.
func ExampleTabulate() {
	cny, _ := money.CurrencyByCode("CNY")
	sold := func(item string, quantity, net int64) reports.Line {
		return reports.Line{
			Day: 20260301, Hour: 9, Currency: cny, Labels: reports.Labels{Item: item},
			Sums: reports.Sums{Sales: 1, Quantity: quantity * 1000, Net: net},
		}
	}
	table, err := reports.Tabulate(reports.Lines(sold("TEA", 1, 1800), sold("LATTE", 2, 5600), sold("TEA", 1, 1800)), reports.Spec{
		Title:    reports.Text{EN: "Items", ZH: "商品"},
		Rows:     []reports.Dimension{reports.ByItem},
		Measures: []reports.Measure{reports.Quantity, reports.Net},
		Share:    reports.Net,
		Order:    reports.Order{By: reports.Net},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = reports.WriteTerminal(os.Stdout, table, reports.Options{ASCII: true})
	// Output:
	// Items  2026-03-01
	//
	// CNY
	// Item   Quantity    Net  Net share
	// -----  --------  -----  ---------
	// LATTE         2  56.00      60.9%  ########################
	// TEA           2  36.00      39.1%  ###############
	// -----  --------  -----  ---------
	// Total         4  92.00     100.0%
}

// A table may be made by hand, of anything.
func ExampleWriteCSV() {
	table := reports.Table{
		Title: reports.Text{EN: "Stock", ZH: "库存"},
		Columns: []reports.Column{
			{Key: "sku", Title: reports.Text{EN: "SKU", ZH: "货号"}, Kind: reports.Code, Label: true},
			{Key: "on_hand", Title: reports.Text{EN: "On hand", ZH: "现存"}, Kind: reports.Thousandths},
		},
		Sections: []reports.Section{{Rows: []reports.Row{{Cells: []reports.Cell{reports.ID("00042"), reports.Number(12500)}}}}},
	}
	_ = reports.WriteCSV(os.Stdout, table, reports.Options{Lang: "zh"})
	// Output:
	// 货号,现存
	// 00042,12.5
}

// At one in the morning it is still the evening's business day.
func ExampleBusinessDay() {
	at := time.Date(2026, 3, 2, 1, 15, 0, 0, time.UTC)
	day, hour := reports.BusinessDay(at, time.UTC, 4*time.Hour)
	fmt.Println(day, hour)
	// Output: 2026-03-01 1
}

func ExampleParsePeriod() {
	p, _ := reports.ParsePeriod("2026-02", 20261123)
	fmt.Println(p, p.Previous(), p.YearBefore())
	_, err := reports.ParsePeriod("2026-03..2026-01", 20261123)
	fmt.Println(err)
	// Output:
	// 2026-02-01..2026-02-28 2026-01-01..2026-01-31 2025-02-01..2025-02-28
	// period "2026-03..2026-01": it ends (2026-01-31) before it begins (2026-03-01), want 2026-01..2026-03
}
