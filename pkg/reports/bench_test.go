package reports_test

import (
	"fmt"
	"iter"
	"runtime"
	"testing"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reports"
)

// year feeds n lines over a year of 40 staff, 5,000 items and 25 categories.
func year(n int, c money.Currency) iter.Seq2[reports.Line, error] {
	var items, categories, staff []string
	for i := range 5000 {
		items = append(items, fmt.Sprintf("690%07d", i))
	}
	for i := range 25 {
		categories = append(categories, fmt.Sprintf("category-%d", i))
	}
	for i := range 40 {
		staff = append(staff, fmt.Sprintf("staff-%d", i))
	}
	first := reports.Day(20260101)
	days := make([]reports.Day, 365)
	for i := range days {
		days[i] = first.Add(i)
	}
	return func(yield func(reports.Line, error) bool) {
		for i := range n {
			v := int64(i%1000 + 1)
			line := reports.Line{
				Day: days[i*365/n], Hour: 8 + i%12, Currency: c,
				Labels: reports.Labels{Item: items[i*7919%5000], Category: categories[i*31%25], Staff: staff[i/3%40]},
				Sums:   reports.Sums{Sales: 1, Quantity: 1000, Gross: v, Net: v, Cost: v / 2, Total: v},
			}
			if !yield(line, nil) {
				return
			}
		}
	}
}

func BenchmarkTabulate(b *testing.B) {
	cny, _ := money.CurrencyByCode("CNY")
	march := reports.Period{From: 20260301, To: 20260331}
	for _, c := range []struct {
		name string
		spec reports.Spec
	}{
		{"total", reports.Spec{}},
		{"day", reports.Spec{Rows: []reports.Dimension{reports.ByDay}}},
		{"hour-weekday", reports.Spec{Rows: []reports.Dimension{reports.ByHour}, Across: reports.ByWeekday, Measures: []reports.Measure{reports.Net}}},
		{"category", reports.Spec{Rows: []reports.Dimension{reports.ByCategory}}},
		{"top-items", reports.Spec{Rows: []reports.Dimension{reports.ByItem}, Order: reports.Order{By: reports.Net}, Top: 20}},
		{"day-staff", reports.Spec{Rows: []reports.Dimension{reports.ByDay, reports.ByStaff}}},
		{"month-compared", reports.Spec{Rows: []reports.Dimension{reports.ByDay}, Period: march, Compare: march.Previous()}},
	} {
		for _, n := range []int{100_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				lines := year(n, cny)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				for b.Loop() {
					if _, err := reports.Tabulate(lines, c.spec); err != nil {
						b.Fatal(err)
					}
				}
				runtime.ReadMemStats(&after)
				counted := float64(n) * float64(b.N)
				b.ReportMetric(counted/b.Elapsed().Seconds()/1e6, "Mlines/s")
				b.ReportMetric(float64(after.Mallocs-before.Mallocs)/counted, "allocs/line")
			})
		}
	}
}
