package shop_test

import (
	"slices"
	"testing"

	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reports"
)

// An auditor sees every report, the X among them, and closes nothing; a cashier sees none.
func TestWhoMayReadReports(t *testing.T) {
	c := staffed(t)
	c.hire("ada", till.Auditor, "16180")
	c.sell("12.50")
	_, err := c.CloseDay(c.ctx())
	c.must(err)
	all := map[shop.ReportName]func() error{
		shop.ReportX:          func() error { _, err := c.XDocument(c.ctx()); return err },
		shop.ReportZ:          func() error { _, err := c.ZDocument(c.ctx(), 0); return err },
		shop.ReportStock:      func() error { _, err := c.StockReport(c.ctx(), true); return err },
		shop.ReportSettlement: func() error { _, err := c.SettlementReport(c.ctx()); return err },
		"z --list":            func() error { _, err := c.ZTable(c.ctx()); return err },
		"verify":              func() error { return c.VerifyReports(c.ctx()) },
		"last sold":           func() error { _, err := c.LastSold(c.ctx()); return err },
	}
	for _, name := range shop.ReportNames() {
		all[name] = func() error {
			_, err := c.Report(c.ctx(), shop.ReportQuery{Name: name, Period: reports.Period{From: 20260301, To: 20260331}})
			return err
		}
	}
	for name, read := range all {
		c.be("ada")
		if err := read(); err != nil {
			t.Errorf("an auditor and %s: %v", name, err)
		}
		c.be("bob")
		c.refused(read(), till.CodeNotPermitted)
	}
	c.be("ada")
	_, err = c.CloseDay(c.ctx())
	c.refused(err, till.CodeNotPermitted)
}

// Rows of time go forward, those of greatness from the greatest; the first few of days are
// the best ones, and what they are ordered by is shown.
func TestReportOrder(t *testing.T) {
	c := newCounter(t)
	for _, amount := range []string{"20.00", "50.00", "10.00", "40.00"} {
		c.sell(amount)
		c.now = c.now.AddDate(0, 0, 1)
	}
	days := func(q shop.ReportQuery) []string {
		t.Helper()
		q.Period = reports.Period{From: 20260302, To: 20260305}
		table, err := c.Report(c.ctx(), q)
		c.must(err)
		var keys []string
		for _, row := range table.Sections[0].Rows {
			keys = append(keys, row.Cells[0].Key)
		}
		return keys
	}
	for _, x := range []struct {
		q    shop.ReportQuery
		want []string
	}{
		{shop.ReportQuery{Name: shop.ReportSales}, []string{"2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"}},
		{shop.ReportQuery{Name: shop.ReportSales, Top: 2}, []string{"2026-03-03", "2026-03-05", "other"}},
		{shop.ReportQuery{Name: shop.ReportSales, Order: reports.Total}, []string{"2026-03-03", "2026-03-05", "2026-03-02", "2026-03-04"}},
		{shop.ReportQuery{Name: shop.ReportItems, By: []reports.Dimension{reports.ByDay}}, []string{"2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"}},
		{shop.ReportQuery{Name: shop.ReportItems, By: []reports.Dimension{reports.ByMonth, reports.ByItem}}, []string{"2026-03"}},
	} {
		if got := days(x.q); !slices.Equal(got, x.want) {
			t.Errorf("%s by %v, top %d: %v, want %v", x.q.Name, x.q.By, x.q.Top, got, x.want)
		}
	}
	table, err := c.Report(c.ctx(), shop.ReportQuery{Name: shop.ReportSales, Order: reports.Margin, Period: reports.Period{From: 20260302, To: 20260305}})
	c.must(err)
	if !slices.ContainsFunc(table.Columns, func(c reports.Column) bool { return c.Key == "margin" && c.Bar }) {
		t.Error("rows are ordered by a margin that is not shown")
	}
}

// Items by month, quarter and year are the same sums, over the ends of years too.
func TestReportOfItemsByLongPeriods(t *testing.T) {
	c := newCounter(t)
	c.now = c.now.AddDate(-1, 9, 0) // December of the year before
	for range 14 {
		c.sell("10.00")
		c.now = c.now.AddDate(0, 1, 0)
	}
	for by, rows := range map[reports.Dimension]int{reports.ByMonth: 14, reports.ByQuarter: 6, reports.ByYear: 3} {
		for _, dims := range [][]reports.Dimension{{by}, {reports.ByItem, by}} {
			table, err := c.Report(c.ctx(), shop.ReportQuery{Name: shop.ReportItems, By: dims, Period: reports.Period{From: 20251115, To: 20270315}})
			c.must(err)
			at := slices.IndexFunc(table.Columns, func(c reports.Column) bool { return c.Key == "total" })
			filled := 0
			for _, row := range table.Sections[0].Rows {
				if row.Cells[at].Value != 0 {
					filled++
				}
			}
			if got := table.Sections[0].Total.Cells[at].Value; got != 14000 || filled != rows {
				t.Errorf("items by %v: %d in %d rows, want 14000 in %d", dims, got, filled, rows)
			}
		}
	}
}

// What cannot be asked for is told, with what can.
func TestReportRefuses(t *testing.T) {
	c := newCounter(t)
	march := reports.Period{From: 20260301, To: 20260331}
	for _, q := range []shop.ReportQuery{
		{Name: "profit", Period: march},
		{Name: shop.ReportX, Period: march},
		{Name: shop.ReportSales, Period: reports.Period{From: 20260331, To: 20260301}},
		{Name: shop.ReportSales, Period: march, Compare: reports.Period{From: 20260331, To: 20260301}},
		{Name: shop.ReportSales, Period: march, By: []reports.Dimension{reports.ByItem}},
		{Name: shop.ReportTenders, Period: march, By: []reports.Dimension{reports.ByTender, reports.ByTender}},
		{Name: shop.ReportHours, Period: march, Heat: true, Top: 3},
	} {
		_, err := c.Report(c.ctx(), q)
		c.refused(err, till.CodeUsage)
	}
}

// What happens after a period is no part of it, whatever else of its year is read.
func TestReportOfItemsEndsWithItsPeriod(t *testing.T) {
	c := newCounter(t)
	total := func(to reports.Day) int64 {
		t.Helper()
		table, err := c.Report(c.ctx(), shop.ReportQuery{Name: shop.ReportItems, Period: reports.Period{From: 20260201, To: to}})
		c.must(err)
		at := slices.IndexFunc(table.Columns, func(c reports.Column) bool { return c.Key == "total" })
		return table.Sections[0].Total.Cells[at].Value
	}
	c.sell("10.00") // on 2 March
	if got := total(20260302); got != 1000 {
		t.Errorf("up to the only sale: %d, want 1000", got)
	}
	c.now = c.now.AddDate(0, 0, 1)
	gone := c.sell("40.00")
	if got := total(20260302); got != 1000 {
		t.Errorf("with a sale on the next day: %d, want 1000", got)
	}
	_, err := c.Void(c.ctx(), whole(gone), nil)
	c.must(err)
	c.now = c.now.AddDate(0, 9, 28) // 31 December
	c.sell("7.00")
	for to, want := range map[reports.Day]int64{20260302: 1000, 20260303: 1000, 20261230: 1000, 20261231: 1700} {
		if got := total(to); got != want {
			t.Errorf("up to %s: %d, want %d", to, got, want)
		}
	}
}
