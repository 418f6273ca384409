package html_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reports"
	"github.com/tillworks/till/pkg/reports/html"
)

var update = flag.Bool("update", false, "write the golden files anew")

func page(tb testing.TB, src reports.Source, o reports.Options) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := html.Write(&b, src, o); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func golden(tb testing.TB, name string, got []byte) {
	tb.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			tb.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		tb.Errorf("%s (-want +got):\n%s", path, d)
	}
}

// shop is three months of a shop: three items, busier at weekends and at noon, and a day
// on which more came back than was sold.
func shop(tb testing.TB) []reports.Line {
	tb.Helper()
	cny, err := money.CurrencyByCode("CNY")
	if err != nil {
		tb.Fatal(err)
	}
	var lines []reports.Line
	for day := reports.Day(20260101); day <= 20260331; day = day.Add(1) {
		for hour := 8; hour < 21; hour++ {
			busy := int64(6-max(hour-13, 13-hour)) + int64(day)%5
			if day.Weekday() >= 6 {
				busy += 6
			}
			for i, item := range []string{"LATTE", "TEA", "CAKE"} {
				n := max(0, busy-int64(i)*3+int64(day)/100%3)
				total := n * int64(2800-500*i)
				lines = append(lines, reports.Line{Day: day, Hour: hour, Currency: cny, Labels: reports.Labels{Item: item},
					Sums: reports.Sums{Sales: n, Quantity: n * 1000, Gross: total, Net: total, Total: total, Cost: total / 3}})
			}
		}
	}
	return append(lines, reports.Line{Day: 20260319, Hour: 10, Currency: cny, Labels: reports.Labels{Item: "<MUG>"}, Sums: reports.Sums{Returns: 9, Quantity: -9000, Returned: 450000, Net: -450000}})
}

func names(_ reports.Dimension, key string) reports.Text {
	switch key {
	case "LATTE":
		return reports.Text{EN: "Latte", ZH: "拿铁"}
	case "TEA":
		return reports.Text{EN: "Green tea", ZH: "龙井茶"}
	case "CAKE":
		return reports.Text{EN: "Cheesecake", ZH: "芝士蛋糕"}
	}
	return reports.Text{EN: "Mug <big> & \"blue\"", ZH: "马克杯 <大> & \"蓝\""}
}

// document is a page with every chart, and an empty table.
func document(tb testing.TB) reports.Document {
	tb.Helper()
	march := reports.Period{From: 20260301, To: 20260331}
	specs := []reports.Spec{
		{Name: "sales", Title: reports.Text{EN: "Sales by day", ZH: "每日销售"}, Rows: []reports.Dimension{reports.ByDay}, Measures: []reports.Measure{reports.Sales, reports.Net, reports.AverageSale}, Period: march, Compare: march.Previous(), Fill: true},
		{Name: "items", Title: reports.Text{EN: "Items", ZH: "商品"}, Rows: []reports.Dimension{reports.ByItem}, Names: names, Measures: []reports.Measure{reports.Quantity, reports.Net, reports.Margin, reports.MarginPercent}, Share: reports.Net, Order: reports.Order{By: reports.Net}, Period: march},
		{Name: "hours", Title: reports.Text{EN: "Hours and weekdays", ZH: "时段与星期"}, Rows: []reports.Dimension{reports.ByHour}, Across: reports.ByWeekday, Measures: []reports.Measure{reports.Net}, Period: march},
		{Name: "months", Title: reports.Text{EN: "Items compared", ZH: "商品对比"}, Rows: []reports.Dimension{reports.ByItem}, Names: names, Measures: []reports.Measure{reports.Net}, Period: march, Compare: march.Previous()},
		{Name: "april", Title: reports.Text{EN: "April", ZH: "四月"}, Rows: []reports.Dimension{reports.ByItem}, Period: reports.Period{From: 20260401, To: 20260430}},
	}
	doc := reports.Document{Title: reports.Text{EN: "Corner café, March 2026", ZH: "街角咖啡 2026 年 3 月"}, Notes: []reports.Text{{EN: "Made from the journal.", ZH: "由流水生成。"}}}
	for _, spec := range specs {
		t, err := reports.Tabulate(reports.Lines(shop(tb)...), spec)
		if err != nil {
			tb.Fatal(err)
		}
		doc.Tables = append(doc.Tables, t)
	}
	return doc
}
