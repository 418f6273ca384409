package reports_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reports"
)

// anyLine draws a line from a small world, so that groups have many lines.
func anyLine(currencies ...money.Currency) *rapid.Generator[reports.Line] {
	return rapid.Custom(func(t *rapid.T) reports.Line {
		amount := func(name string) int64 { return rapid.Int64Range(-1000, 5000).Draw(t, name) }
		word := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
		day := reports.Day(0)
		if rapid.IntRange(0, 9).Draw(t, "has a day") > 0 {
			day = reports.Day(20260201).Add(rapid.IntRange(0, 70).Draw(t, "day"))
		}
		return reports.Line{
			Day: day, Hour: rapid.IntRange(-1, 23).Draw(t, "hour"), Currency: rapid.SampledFrom(currencies).Draw(t, "currency"),
			Labels: reports.Labels{Item: word("item", "A", "B", "C", "D", ""), Staff: word("staff", "1", "2"), Category: word("category", "x", "y")},
			Sums: reports.Sums{
				Sales: rapid.Int64Range(-1, 3).Draw(t, "sales"), Quantity: amount("quantity"), Gross: amount("gross"), Net: amount("net"),
				Cost: amount("cost"), Paid: amount("paid"), Fee: amount("fee"), Points: amount("points"),
			},
		}
	})
}

// anySpec draws any report that can be.
func anySpec() *rapid.Generator[reports.Spec] {
	return rapid.Custom(func(t *rapid.T) reports.Spec {
		dims := rapid.Permutation(reports.Dimensions()).Draw(t, "dimensions")
		s := reports.Spec{Rows: dims[:rapid.IntRange(0, 2).Draw(t, "rows")], Top: rapid.IntRange(0, 3).Draw(t, "top")}
		if len(s.Rows) == 0 {
			s.Top = 0
		}
		measures := rapid.Permutation(reports.Measures()).Draw(t, "measures")
		if rapid.Bool().Draw(t, "by measure") {
			s.Order = reports.Order{By: measures[3], Ascending: rapid.Bool().Draw(t, "ascending")}
		}
		if rapid.Bool().Draw(t, "of a period") {
			s.Period = march()
		}
		if rapid.IntRange(0, 3).Draw(t, "across") == 0 && dims[2] != reports.ByDay {
			s.Across, s.Measures = dims[2], measures[:1]
			return s
		}
		s.Measures = measures[:rapid.IntRange(1, 4).Draw(t, "number of measures")]
		if rapid.Bool().Draw(t, "share") {
			s.Share = reports.Net
		}
		if s.Period != (reports.Period{}) && rapid.Bool().Draw(t, "compare") {
			s.Compare = rapid.SampledFrom([]reports.Period{march().Previous(), {From: 20260315, To: 20260410}, {From: 20260201, To: 20260205}}).Draw(t, "compare with")
		}
		return s
	})
}

func tabulated(t *rapid.T, lines []reports.Line, spec reports.Spec) reports.Table {
	table, err := reports.Tabulate(reports.Lines(lines...), spec)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func sameTable(t *rapid.T, why string, want, got reports.Table) {
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b money.Currency) bool { return a == b })); d != "" {
		t.Fatalf("%s changes the table (-want +got):\n%s", why, d)
	}
}

// Neither the order of lines nor cutting one into two changes a table.
func TestOrderAndSplitProperty(t *testing.T) {
	cny, jpy := currency(t, "CNY"), currency(t, "JPY")
	rapid.Check(t, func(rt *rapid.T) {
		lines := rapid.SliceOfN(anyLine(cny, cny, jpy), 0, 40).Draw(rt, "lines")
		spec := anySpec().Draw(rt, "spec")
		want := tabulated(rt, lines, spec)
		sameTable(rt, "another order", want, tabulated(rt, rapid.Permutation(lines).Draw(rt, "order"), spec))
		var parts []reports.Line
		for _, l := range lines {
			part := l
			part.Sums = reports.Sums{Sales: 1, Net: rapid.Int64Range(-99, 99).Draw(rt, "part"), Cost: 5, Paid: -3}
			rest := part.Sums.Neg()
			if err := l.Sums.Add(&rest); err != nil {
				rt.Fatal(err)
			}
			parts = append(parts, part, l)
		}
		sameTable(rt, "splitting lines", want, tabulated(rt, parts, spec))
	})
}

// The rows of an additive measure, with what is folded, are its total, and the total is
// the sum of the lines; so it is across, and for what is compared.
func TestRowsSumProperty(t *testing.T) {
	cny, jpy := currency(t, "CNY"), currency(t, "JPY")
	rapid.Check(t, func(rt *rapid.T) {
		lines := rapid.SliceOfN(anyLine(cny, jpy), 0, 40).Draw(rt, "lines")
		spec := anySpec().Filter(func(s reports.Spec) bool { return len(s.Rows) > 0 }).Draw(rt, "spec")
		spec.Measures = []reports.Measure{reports.Net}
		table := tabulated(rt, lines, spec)
		total := map[money.Currency]int64{}
		for i := range table.Sections {
			s := &table.Sections[i]
			sums := make([]int64, len(table.Columns))
			for _, r := range s.Rows {
				across := int64(0)
				for j, c := range r.Cells {
					sums[j] += c.Value
					if table.Columns[j].Heat {
						across += c.Value
					}
				}
				if net := r.Cells[columnOf(&table, "net")].Value; spec.Across != reports.NoDimension && across != net {
					rt.Fatalf("the columns across give %d, the row says %d", across, net)
				}
			}
			for j, c := range s.Total.Cells {
				if column := &table.Columns[j]; column.Kind == reports.Money && sums[j] != c.Value && column.Key != "net_change" {
					rt.Fatalf("%s: the rows give %d, the total says %d", column.Key, sums[j], c.Value)
				}
			}
			total[s.Currency] = s.Total.Cells[columnOf(&table, "net")].Value
		}
		want := map[money.Currency]int64{}
		for _, l := range lines {
			if spec.Period == (reports.Period{}) || spec.Period.Contains(l.Day) {
				want[l.Currency] += l.Sums.Net
			}
		}
		for c, v := range want {
			if total[c] != v {
				rt.Fatalf("%s: the table has %d, the lines %d", c, total[c], v)
			}
		}
	})
}

func columnOf(t *reports.Table, key string) int {
	for i := range t.Columns {
		if t.Columns[i].Key == key {
			return i
		}
	}
	return -1
}

// Comparing the other way round changes places and turns the sign of the difference, row
// by row where rows have the same key in both periods.
func TestCompareIsAntisymmetric(t *testing.T) {
	cny := currency(t, "CNY")
	rapid.Check(t, func(rt *rapid.T) {
		lines := rapid.SliceOfN(anyLine(cny), 1, 40).Draw(rt, "lines")
		rows := rapid.SampledFrom([]reports.Dimension{reports.ByItem, reports.ByWeekday, reports.ByHour}).Draw(rt, "rows")
		february, other := march().Previous(), reports.Period{From: 20260310, To: 20260412}
		spec := reports.Spec{Rows: []reports.Dimension{rows}, Measures: []reports.Measure{reports.Net}, Period: february, Compare: other}
		back := spec
		back.Period, back.Compare = other, february
		a, b := tabulated(rt, lines, spec), tabulated(rt, lines, back)
		if len(a.Sections) != len(b.Sections) {
			rt.Fatalf("%d and %d sections", len(a.Sections), len(b.Sections))
		}
		for i := range a.Sections {
			x, y := a.Sections[i].AllRows(reports.Options{}), b.Sections[i].AllRows(reports.Options{})
			if len(x) != len(y) {
				rt.Fatalf("%d and %d rows", len(x), len(y))
			}
			for j := range x {
				p, q := x[j].Cells, y[j].Cells
				if p[0] != q[0] || p[1].Value != q[2].Value || p[2].Value != q[1].Value || p[3].Value != -q[3].Value {
					rt.Fatalf("%v\n%v", p, q)
				}
			}
		}
	})
}
