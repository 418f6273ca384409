package reports_test

import (
	"errors"
	"iter"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/reports"
)

// texts are the rows of a table as English tab-separated values, without titles.
func texts(tb testing.TB, t reports.Table) []string {
	tb.Helper()
	raw := written(tb, reports.WriteTSV, t, reports.Options{})
	return strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")[1:]
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func line(tb testing.TB, day reports.Day, code string, net int64) reports.Line {
	return reports.Line{Day: day, Hour: reports.UnknownHour, Currency: currency(tb, code), Sums: reports.Sums{Sales: 1, Net: net}}
}

func TestTimeDimensions(t *testing.T) {
	l := line(t, 20261231, "CNY", 100)
	l.Hour = 9
	for d, want := range map[reports.Dimension]string{
		reports.ByDay: "2026-12-31", reports.ByWeek: "2026-W53", reports.ByMonth: "2026-12", reports.ByQuarter: "2026-Q4",
		reports.ByYear: "2026", reports.ByWeekday: "Thursday", reports.ByHour: "09:00",
	} {
		table := tabulate(t, reports.Spec{Rows: []reports.Dimension{d}, Measures: []reports.Measure{reports.Net}}, l, line(t, 0, "CNY", 1))
		expect(t, texts(t, table), "CNY\t"+want+"\t1.00", "CNY\t(unknown)\t0.01", "CNY\tTotal\t1.01")
	}
}

// A month is compared day by day of the month; the days that a shorter month does not
// have stand alone, and say so.
func TestCompareDays(t *testing.T) {
	spec := reports.Spec{Rows: []reports.Dimension{reports.ByDay}, Measures: []reports.Measure{reports.Net}, Period: march().Previous(), Compare: reports.Period{From: 20260101, To: 20260131}}
	table := tabulate(t, spec, line(t, 20260201, "CNY", 300), line(t, 20260101, "CNY", 200), line(t, 20260131, "CNY", 50), line(t, 20260228, "CNY", 7), line(t, 20251231, "CNY", 999))
	expect(t, texts(t, table),
		"CNY\t2026-02-01\t3.00\t2.00\t1.00\t50.0",
		"CNY\t2026-02-28\t0.07\t0.00\t0.07\t",
		"CNY\t(2026-01-31)\t\t0.50\t\t",
		"CNY\tTotal\t3.07\t2.50\t0.57\t22.8")
	spec.Period, spec.Compare = spec.Compare, spec.Period
	table = tabulate(t, spec, line(t, 20260131, "CNY", 50), line(t, 20260201, "CNY", 300))
	expect(t, texts(t, table), "CNY\t2026-01-01\t0.00\t3.00\t-3.00\t-100.0", "CNY\t2026-01-31\t0.50\t\t\t", "CNY\tTotal\t0.50\t3.00\t-2.50\t-83.3")
}

// Other periods are compared by place: the first day with the first, week with week.
func TestComparePlaces(t *testing.T) {
	week := reports.Period{From: 20260302, To: 20260308}
	lines := []reports.Line{line(t, 20260302, "CNY", 10), line(t, 20260223, "CNY", 5), line(t, 20260301, "CNY", 4)}
	spec := reports.Spec{Rows: []reports.Dimension{reports.ByDay}, Measures: []reports.Measure{reports.Net}, Period: week, Compare: week.Previous()}
	expect(t, texts(t, tabulate(t, spec, lines...)), "CNY\t2026-03-02\t0.10\t0.05\t0.05\t100.0", "CNY\t2026-03-08\t0.00\t0.04\t-0.04\t-100.0", "CNY\tTotal\t0.10\t0.09\t0.01\t11.1")
	spec.Rows[0] = reports.ByWeek
	expect(t, texts(t, tabulate(t, spec, lines...)), "CNY\t2026-W10\t0.10\t0.09\t0.01\t11.1", "CNY\tTotal\t0.10\t0.09\t0.01\t11.1")
	spec.Compare = reports.Period{From: 20260201, To: 20260208} // in two weeks, of which the second has none beside it
	spec.Rows[0] = reports.ByWeek
	lines = []reports.Line{line(t, 20260201, "CNY", 10), line(t, 20260208, "CNY", 5)}
	expect(t, texts(t, tabulate(t, spec, lines...)), "CNY\t2026-W10\t0.00\t0.10\t-0.10\t-100.0", "CNY\t(2026-W06)\t0.00\t0.05\t-0.05\t-100.0", "CNY\tTotal\t0.00\t0.15\t-0.15\t-100.0")
}

// Currencies are never added.
func TestCurrenciesApart(t *testing.T) {
	table := tabulate(t, reports.Spec{Rows: []reports.Dimension{reports.ByDay}, Share: reports.Net}, line(t, 20260301, "JPY", 100), line(t, 20260301, "CNY", 100), line(t, 20260301, "KWD", 1))
	expect(t, texts(t, table),
		"CNY\t2026-03-01\t1\t1.00\t100.0", "CNY\tTotal\t1\t1.00\t100.0",
		"JPY\t2026-03-01\t1\t100\t100.0", "JPY\tTotal\t1\t100\t100.0",
		"KWD\t2026-03-01\t1\t0.001\t100.0", "KWD\tTotal\t1\t0.001\t100.0")
}

func TestTopAndOrder(t *testing.T) {
	var lines []reports.Line
	for i, item := range []string{"a", "b", "c", "d", ""} {
		l := line(t, 20260301, "CNY", int64(100*(i%3)))
		l.Labels.Item = item
		lines = append(lines, l)
	}
	spec := reports.Spec{Rows: []reports.Dimension{reports.ByItem}, Measures: []reports.Measure{reports.Net}, Order: reports.Order{By: reports.Net}, Top: 2}
	expect(t, texts(t, tabulate(t, spec, lines...)), "CNY\tc\t2.00", "CNY\tb\t1.00", "CNY\tOther (3)\t1.00", "CNY\tTotal\t4.00")
	spec.Order.Ascending, spec.Top = true, 5
	expect(t, texts(t, tabulate(t, spec, lines...)), "CNY\ta\t0.00", "CNY\td\t0.00", "CNY\tb\t1.00", "CNY\t(none)\t1.00", "CNY\tc\t2.00", "CNY\tTotal\t4.00")
}

func TestFill(t *testing.T) {
	spec := reports.Spec{Rows: []reports.Dimension{reports.ByDay}, Measures: []reports.Measure{reports.Net}, Fill: true, Period: reports.Period{From: 20260227, To: 20260302}}
	expect(t, texts(t, tabulate(t, spec, line(t, 20260301, "CNY", 5))), "CNY\t2026-02-27\t0.00", "CNY\t2026-02-28\t0.00", "CNY\t2026-03-01\t0.05", "CNY\t2026-03-02\t0.00", "CNY\tTotal\t0.05")
	spec.Rows[0] = reports.ByHour
	if rows := texts(t, tabulate(t, spec, line(t, 20260301, "CNY", 5))); len(rows) != 26 || rows[0] != "CNY\t00:00\t0.00" || rows[24] != "CNY\t(unknown)\t0.05" {
		t.Errorf("%q", rows)
	}
	if table := tabulate(t, spec); !table.IsEmpty() {
		t.Errorf("of no lines: %+v", table)
	}
}

// On a day of nothing but refunds there is no average, margin or share, and the totals
// are below zero.
func TestOnlyRefunds(t *testing.T) {
	l := line(t, 20260301, "CNY", -3700)
	l.Sums.Sales, l.Sums.Returns, l.Sums.Cost = 0, 2, -1110
	l.Labels.Item = "TEA"
	table := tabulate(t, reports.Spec{
		Rows: []reports.Dimension{reports.ByItem}, Measures: []reports.Measure{reports.Sales, reports.Net, reports.AverageSale, reports.AverageItems, reports.Margin, reports.MarginPercent}, Share: reports.Net,
	}, l)
	expect(t, texts(t, table), "CNY\tTEA\t0\t-37.00\t\t\t-25.90\t\t", "CNY\tTotal\t0\t-37.00\t\t\t-25.90\t\t")
	if shown := table.Show(3, &table.Sections[0], &table.Sections[0].Rows[0].Cells[3], "zh"); shown != "-" {
		t.Errorf("the average shows %q, want -", shown)
	}
}

func TestRefused(t *testing.T) {
	broken := errors.New("disk on fire")
	cny := currency(t, "CNY")
	lines := func(l ...reports.Line) iter.Seq2[reports.Line, error] { return reports.Lines(l...) }
	big := reports.Line{Day: 20260301, Currency: cny, Sums: reports.Sums{Net: math.MaxInt64}}
	one := reports.Line{Day: 20260302, Currency: cny, Sums: reports.Sums{Net: 1}}
	low := reports.Line{Day: 20260302, Currency: cny, Sums: reports.Sums{Net: math.MinInt64, Cost: 1}}
	byDay := []reports.Dimension{reports.ByDay}
	for name, c := range map[string]struct {
		lines iter.Seq2[reports.Line, error]
		spec  reports.Spec
		want  error
		says  string
	}{
		"a sum of a group":        {lines(big, one), reports.Spec{}, reports.ErrOverflow, "line 2: net"},
		"a total":                 {lines(big, one), reports.Spec{Rows: byDay}, reports.ErrOverflow, "net"},
		"a fold":                  {lines(big, one), reports.Spec{Rows: byDay, Top: 1, Order: reports.Order{By: reports.Cost}}, reports.ErrOverflow, "net"},
		"across":                  {lines(big, one), reports.Spec{Rows: []reports.Dimension{reports.ByYear}, Across: reports.ByDay, Measures: []reports.Measure{reports.Net}}, reports.ErrOverflow, "net"},
		"a margin":                {lines(low), reports.Spec{Measures: []reports.Measure{reports.Margin}}, reports.ErrOverflow, "margin"},
		"a difference":            {lines(big, low), reports.Spec{Measures: []reports.Measure{reports.Net}, Period: reports.Period{From: 20260301, To: 20260301}, Compare: reports.Period{From: 20260302, To: 20260302}}, reports.ErrOverflow, "net"},
		"a day of no calendar":    {lines(one, reports.Line{Day: 20260230}), reports.Spec{}, reports.ErrDay, "line 2: 20260230"},
		"too many groups":         {lines(big, one), reports.Spec{Rows: byDay, MaxGroups: 1}, reports.ErrGroups, "more than 1"},
		"too many filled":         {lines(one), reports.Spec{Rows: byDay, Fill: true, Period: march(), MaxGroups: 5}, reports.ErrGroups, "more than 5"},
		"lines that break off":    {func(yield func(reports.Line, error) bool) { yield(reports.Line{}, broken) }, reports.Spec{}, broken, "line 1"},
		"three dimensions":        {lines(), reports.Spec{Rows: []reports.Dimension{reports.ByDay, reports.ByItem, reports.ByStaff}}, reports.ErrSpec, "at most 2"},
		"a dimension twice":       {lines(), reports.Spec{Rows: byDay, Across: reports.ByDay}, reports.ErrSpec, "twice"},
		"no such dimension":       {lines(), reports.Spec{Rows: []reports.Dimension{99}}, reports.ErrSpec, "99"},
		"no such measure":         {lines(), reports.Spec{Measures: []reports.Measure{99}}, reports.ErrSpec, "99"},
		"a measure twice":         {lines(), reports.Spec{Measures: []reports.Measure{reports.Net, reports.Net}}, reports.ErrSpec, "twice"},
		"a share of a percentage": {lines(), reports.Spec{Share: reports.MarginPercent}, reports.ErrSpec, "share"},
		"classes by key":          {lines(), reports.Spec{Share: reports.Net, Classes: true}, reports.ErrSpec, "ordered"},
		"two measures across":     {lines(), reports.Spec{Rows: byDay, Across: reports.ByHour}, reports.ErrSpec, "one measure"},
		"a range the wrong way":   {lines(), reports.Spec{Period: reports.Period{From: 20260302, To: 20260301}}, reports.ErrSpec, "earlier one first"},
		"compared with nothing":   {lines(), reports.Spec{Compare: march()}, reports.ErrSpec, "no period"},
		"gaps of items":           {lines(), reports.Spec{Rows: []reports.Dimension{reports.ByItem}, Fill: true}, reports.ErrSpec, "time"},
		"a negative top":          {lines(), reports.Spec{Top: -1}, reports.ErrSpec, "negative"},
		"a thousand columns":      {lines(big, line(t, 20290101, "CNY", 1)), reports.Spec{Across: reports.ByDay, Measures: []reports.Measure{reports.Sales}}, reports.ErrSpec, "columns"},
	} {
		if _, err := reports.Tabulate(c.lines, c.spec); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %v with %q", name, err, c.want, c.says)
		}
	}
}

// Percentages and averages are exact fractions, rounded half away from zero once.
func TestRoundingProperty(t *testing.T) {
	cny := currency(t, "CNY")
	rapid.Check(t, func(rt *rapid.T) {
		net, cost := rapid.Int64().Draw(rt, "net")/2, rapid.Int64().Draw(rt, "cost")/2
		sales := rapid.Int64Range(1, 1<<40).Draw(rt, "sales")
		table := tabulated(rt, []reports.Line{{Currency: cny, Sums: reports.Sums{Sales: sales, Net: net, Cost: cost}}}, reports.Spec{Measures: []reports.Measure{reports.AverageSale, reports.MarginPercent}})
		cells := table.Sections[0].Rows[0].Cells
		if want := rounded(big.NewInt(net), big.NewInt(sales)); want.Int64() != cells[0].Value {
			rt.Fatalf("%d by %d: %d, want %s", net, sales, cells[0].Value, want)
		}
		if net <= 0 {
			if !cells[1].None {
				rt.Fatalf("margin of %d is %d percent", net, cells[1].Value)
			}
			return
		}
		part := new(big.Int).Mul(big.NewInt(net-cost), big.NewInt(1000))
		want := rounded(part, big.NewInt(net))
		if cells[1].None != !want.IsInt64() || want.IsInt64() && want.Int64() != cells[1].Value {
			rt.Fatalf("%d of %d: %+v, want %s", net-cost, net, cells[1], want)
		}
	})
}

// rounded is a by b, half away from zero, for b above zero.
func rounded(a, b *big.Int) *big.Int {
	double := new(big.Int).Mul(new(big.Int).Abs(a), big.NewInt(2))
	double.Add(double, b)
	q := double.Quo(double, new(big.Int).Mul(b, big.NewInt(2)))
	if a.Sign() < 0 {
		q.Neg(q)
	}
	return q
}

// Names of dimensions and measures lead back to them, and every title is said twice.
func TestWords(t *testing.T) {
	for _, d := range reports.Dimensions() {
		if got, ok := reports.DimensionByName(d.String()); !ok || got != d || d.Title().EN == "" || d.Title().ZH == "" || d.Title().EN == d.Title().ZH {
			t.Errorf("%d: %s, %v", d, d, d.Title())
		}
	}
	keys := map[string]bool{}
	for _, m := range reports.Measures() {
		if got, ok := reports.MeasureByName(m.String()); !ok || got != m || m.Title().EN == m.Title().ZH || keys[m.String()] || !m.Kind().IsNumber() {
			t.Errorf("%d: %s, %v", m, m, m.Title())
		}
		keys[m.String()] = true
		if d, ok := reports.DimensionByName(m.String()); ok {
			t.Errorf("measure and dimension %s", d)
		}
	}
	if len(reports.Dimensions()) != 19 || len(reports.Measures()) != 21 {
		t.Errorf("%d dimensions, %d measures", len(reports.Dimensions()), len(reports.Measures()))
	}
	if _, ok := reports.MeasureByName("none"); ok {
		t.Error("a measure of nothing")
	}
}

// Every additive measure adds up, and only those.
func TestSumsOf(t *testing.T) {
	for _, m := range reports.Measures() {
		table := tabulate(t, reports.Spec{Measures: []reports.Measure{m}}, reports.Line{Sums: reports.Sums{
			Sales: 1, Returns: 2, Payments: 3, Quantity: 4, Gross: 5, Discount: 6, Returned: 7, Net: 8, Tax: 9, Total: 10, Paid: 11, Rounding: 12, Tip: 13, Fee: 14, Cost: 15, Points: 16,
		}})
		want := int64(m)
		switch m {
		case reports.AverageSale:
			want = 8
		case reports.AverageItems:
			want = 4
		case reports.Margin:
			want = 8 - 15
		case reports.MarginPercent:
			want = -875
		case reports.Deposit:
			want = 11 + 13 + 12 - 14
		}
		if got := table.Sections[0].Rows[0].Cells[0].Value; got != want {
			t.Errorf("%s: %d, want %d", m, got, want)
		}
	}
}

// What is kept grows with the groups, not with the lines.
func TestNoAllocationPerLine(t *testing.T) {
	spec := reports.Spec{Rows: []reports.Dimension{reports.ByMonth, reports.ByStaff}}
	cny := currency(t, "CNY")
	allocated := func(n int) float64 {
		lines := year(n, cny)
		return testing.AllocsPerRun(3, func() { mustTabulate(t, lines, spec) })
	}
	if few, many := allocated(5_000), allocated(50_000); many > few+50 {
		t.Errorf("5,000 lines make %.0f allocations, 50,000 make %.0f", few, many)
	}
}

func mustTabulate(t *testing.T, lines iter.Seq2[reports.Line, error], spec reports.Spec) {
	if _, err := reports.Tabulate(lines, spec); err != nil {
		t.Fatal(err)
	}
}

// A half is rounded away from zero, in percentages and averages.
func TestHalves(t *testing.T) {
	cny := currency(t, "CNY")
	for _, c := range []struct{ net, cost, sales, average, percent int64 }{
		{2000, 1999, 1, 2000, 1}, {2000, 2001, 1, 2000, -1}, {2001, 2000, 2, 1001, 0}, {5, 0, 2, 3, 1000}, {-5, 0, 2, -3, 0}, {-4, 0, 3, -1, 0},
	} {
		l := reports.Line{Currency: cny, Sums: reports.Sums{Sales: c.sales, Net: c.net, Cost: c.cost}}
		table := tabulate(t, reports.Spec{Measures: []reports.Measure{reports.AverageSale, reports.MarginPercent}}, l)
		if cells := table.Sections[0].Rows[0].Cells; cells[0].Value != c.average || cells[1].Value != c.percent || cells[1].None != (c.net <= 0) {
			t.Errorf("%+v: %+v", c, cells)
		}
	}
}

// A day that is in both periods counts in both.
func TestCompareOverlaps(t *testing.T) {
	spec := reports.Spec{Rows: []reports.Dimension{reports.ByWeekday}, Measures: []reports.Measure{reports.Net}, Period: march(), Compare: reports.Period{From: 20260315, To: 20260410}}
	table := tabulate(t, spec, line(t, 20260302, "CNY", 100), line(t, 20260316, "CNY", 50), line(t, 20260406, "CNY", 7))
	expect(t, texts(t, table), "CNY\tMonday\t1.50\t0.57\t0.93\t163.2", "CNY\tTotal\t1.50\t0.57\t0.93\t163.2")
}

// An ABC analysis: what makes the first 80 percent is A, though it goes beyond.
func TestClasses(t *testing.T) {
	spec := reports.Spec{Rows: []reports.Dimension{reports.ByItem}, Measures: []reports.Measure{reports.Net}, Share: reports.Net, Order: reports.Order{By: reports.Net}, Classes: true}
	var lines []reports.Line
	for item, net := range map[string]int64{"a": 700, "b": 150, "c": 100, "d": 40, "e": 30, "f": 0, "g": -20} {
		l := line(t, 20260301, "CNY", net)
		l.Labels.Item = item
		lines = append(lines, l)
	}
	expect(t, texts(t, tabulate(t, spec, lines...)),
		"CNY\ta\t7.00\t70.0\t70.0\tA", "CNY\tb\t1.50\t15.0\t85.0\tA", "CNY\tc\t1.00\t10.0\t95.0\tB", "CNY\td\t0.40\t4.0\t99.0\tC",
		"CNY\te\t0.30\t3.0\t102.0\tC", "CNY\tf\t0.00\t0.0\t102.0\tC", "CNY\tg\t-0.20\t-2.0\t100.0\tC", "CNY\tTotal\t10.00\t100.0\t\t")
	spec.Top = 1
	expect(t, texts(t, tabulate(t, spec, lines...)), "CNY\ta\t7.00\t70.0\t70.0\tA", "CNY\tOther (6)\t3.00\t30.0\t\t", "CNY\tTotal\t10.00\t100.0\t\t")
}

// The ends of classes are exact, though the running share is rounded.
func TestClassesAreExact(t *testing.T) {
	spec := reports.Spec{Rows: []reports.Dimension{reports.ByItem}, Measures: []reports.Measure{reports.Net}, Share: reports.Net, Order: reports.Order{By: reports.Net}, Classes: true}
	for first, want := range map[int64]string{79999: "A", 80000: "B"} {
		a, b := line(t, 20260301, "CNY", first), line(t, 20260301, "CNY", 100000-first)
		a.Labels.Item, b.Labels.Item = "a", "b"
		if rows := texts(t, tabulate(t, spec, a, b)); !strings.HasPrefix(rows[0], "CNY\ta\t") || !strings.HasSuffix(rows[0], "80.0\tA") || !strings.HasSuffix(rows[1], "\t"+want) {
			t.Errorf("%d: %q, want b in %s", first, rows, want)
		}
	}
}
