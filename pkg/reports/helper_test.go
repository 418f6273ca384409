package reports_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reports"
)

var update = flag.Bool("update", false, "write the golden files anew")

func currency(tb testing.TB, code string) money.Currency {
	tb.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func tabulate(tb testing.TB, spec reports.Spec, lines ...reports.Line) reports.Table {
	tb.Helper()
	table, err := reports.Tabulate(reports.Lines(lines...), spec)
	if err != nil {
		tb.Fatal(err)
	}
	return table
}

// golden compares with a file of testdata.
func golden(tb testing.TB, name string, got []byte) {
	tb.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
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

// written is what a writer writes.
func written(tb testing.TB, write func(io.Writer, reports.Source, reports.Options) error, src reports.Source, o reports.Options) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := write(&b, src, o); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// cafe is two months of a small shop that also takes yen: coffee every day, tea on some,
// one item whose name wants to be a formula, and returns.
func cafe(tb testing.TB) []reports.Line {
	cny, jpy := currency(tb, "CNY"), currency(tb, "JPY")
	var lines []reports.Line
	sell := func(day reports.Day, hour int, item, category string, price, quantity int64) {
		total := price * quantity
		lines = append(lines, reports.Line{
			Day: day, Hour: hour, Currency: cny,
			Labels: reports.Labels{Item: item, Category: category, Staff: "00" + string(rune('1'+day%3)), Tender: "card"},
			Sums:   reports.Sums{Sales: 1, Quantity: quantity * 1000, Gross: total, Net: total, Total: total, Cost: total * 3 / 10, Paid: total},
		})
	}
	for day := reports.Day(20260201); day <= 20260331; day = day.Add(1) {
		n := int64(day) % 7
		sell(day, int(8+n), "6901234567892", "drinks", 2800, 2+n)
		sell(day, 15, "TEA-1", "drinks", 1850, 1+n%3)
		if day.Weekday() >= 6 {
			sell(day, 11, "=CAKE", "food", 3600, 4)
		}
	}
	lines = append(lines,
		reports.Line{Day: 20260315, Hour: 16, Currency: cny, Labels: reports.Labels{Item: "TEA-1", Category: "drinks", Staff: "002"},
			Sums: reports.Sums{Returns: 1, Quantity: -1000, Returned: 1850, Net: -1850, Total: -1850, Cost: -555, Paid: -1850}},
		reports.Line{Day: 20260316, Hour: reports.UnknownHour, Currency: jpy, Labels: reports.Labels{Item: "6901234567892"},
			Sums: reports.Sums{Sales: 1, Quantity: 1500, Gross: 1250, Net: 1250, Total: 1250, Cost: 400, Paid: 1250}})
	return lines
}

func names(d reports.Dimension, key string) reports.Text {
	switch key {
	case "6901234567892":
		return reports.Text{EN: "Latte", ZH: "拿铁"}
	case "TEA-1":
		return reports.Text{EN: "Green tea", ZH: "绿茶"}
	case "=CAKE":
		return reports.Text{EN: "=Cake|<b>", ZH: "=蛋糕|<b>"}
	case "drinks":
		return reports.Text{EN: "Drinks", ZH: "饮品"}
	case "food":
		return reports.Text{EN: "Food", ZH: "食品"}
	}
	return reports.Text{}
}

func march() reports.Period { return reports.Period{From: 20260301, To: 20260331} }

// samples are tables of every shape.
func samples(tb testing.TB) map[string]reports.Source {
	lines := cafe(tb)
	return map[string]reports.Source{
		"items": tabulate(tb, reports.Spec{
			Name: "items", Title: reports.Text{EN: "Items", ZH: "商品"}, Rows: []reports.Dimension{reports.ByItem}, Keys: true, Names: names,
			Measures: []reports.Measure{reports.Quantity, reports.Net, reports.MarginPercent, reports.AverageSale}, Share: reports.Net,
			Order: reports.Order{By: reports.Net}, Period: march(),
		}, lines...),
		"days": tabulate(tb, reports.Spec{
			Name: "sales", Title: reports.Text{EN: "Sales by day", ZH: "每日销售"}, Rows: []reports.Dimension{reports.ByDay}, Fill: true,
			Measures: []reports.Measure{reports.Sales, reports.Net}, Period: reports.Period{From: 20260313, To: 20260319},
		}, lines...),
		"compared": tabulate(tb, reports.Spec{
			Name: "staff", Title: reports.Text{EN: "Categories and staff", ZH: "分类与员工"}, Rows: []reports.Dimension{reports.ByCategory, reports.ByStaff}, Names: names,
			Measures: []reports.Measure{reports.Net, reports.MarginPercent}, Period: march(), Compare: march().Previous(), Top: 4,
		}, lines...),
		"heat": tabulate(tb, reports.Spec{
			Name: "hours", Title: reports.Text{EN: "Hours and weekdays", ZH: "时段与星期"}, Rows: []reports.Dimension{reports.ByHour}, Across: reports.ByWeekday,
			Measures: []reports.Measure{reports.Net}, Period: march(),
		}, lines...),
		"refunds": tabulate(tb, reports.Spec{
			Name: "refunds", Title: reports.Text{EN: "A day of refunds", ZH: "退货日"}, Rows: []reports.Dimension{reports.ByItem}, Names: names,
			Measures: []reports.Measure{reports.Returns, reports.Net, reports.AverageSale, reports.MarginPercent}, Share: reports.Net,
			Period: reports.Period{From: 20260501, To: 20260501}, Compare: reports.Period{From: 20260430, To: 20260430},
		}, reports.Line{Day: 20260501, Currency: currency(tb, "CNY"), Labels: reports.Labels{Item: "TEA-1"}, Sums: reports.Sums{Returns: 2, Net: -3700, Cost: -1110}}),
		"empty": tabulate(tb, reports.Spec{
			Name: "empty", Title: reports.Text{EN: "Nothing", ZH: "空表"}, Rows: []reports.Dimension{reports.ByItem}, Period: march(),
		}),
		"closing": closing(tb),
	}
}

// closing is a document of several tables, one of them upright and one made by hand.
func closing(tb testing.TB) reports.Document {
	lines := cafe(tb)
	day := reports.Period{From: 20260315, To: 20260316}
	summary := tabulate(tb, reports.Spec{
		Name: "summary", Title: reports.Text{EN: "Summary", ZH: "汇总"}, Period: day, Compare: day.Previous(),
		Measures: []reports.Measure{reports.Sales, reports.Quantity, reports.Net, reports.AverageSale, reports.MarginPercent},
	}, lines...).Upright()
	stock := reports.Table{
		Name: "stock", Title: reports.Text{EN: "Low stock", ZH: "库存不足"},
		Columns: []reports.Column{
			{Key: "sku", Title: reports.Text{EN: "SKU", ZH: "货号"}, Kind: reports.Code, Label: true},
			{Key: "on_hand", Title: reports.Text{EN: "On hand", ZH: "现存"}, Kind: reports.Thousandths},
			{Key: "worth", Title: reports.Text{EN: "Worth", ZH: "金额"}, Kind: reports.Money, Currency: currency(tb, "KWD")},
		},
		Sections: []reports.Section{{Title: reports.Text{EN: "Shelf @1", ZH: "一号货架"}, Rows: []reports.Row{
			{Cells: []reports.Cell{reports.ID("00012345678905"), reports.Number(-1500), reports.Number(1234567)}},
			{Cells: []reports.Cell{reports.ID("@SUM(A1)"), reports.Number(0), reports.None()}},
		}}},
		Notes: []reports.Text{{EN: "Counted on Monday.", ZH: "周一盘点。"}},
	}
	return reports.Document{
		Title: reports.Text{EN: "Day's end", ZH: "日结"}, Tables: []reports.Table{summary, stock},
		Notes: []reports.Text{{EN: "End of report", ZH: "报表结束"}},
	}
}
