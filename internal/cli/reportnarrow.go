package cli

import (
	"slices"
	"strings"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/pkg/reports"
)

// barRoom is what is kept free for the bars of a chart, with the blanks before them.
const barRoom = 12

// narrow leaves columns out of tables that are wider than the screen, the least telling
// first, and gives the titles of those. What says what a row is stays, and so does one
// column of figures. A heat map keeps its columns and loses its cents.
func narrow(d reports.Document, o reports.Options) (reports.Document, []string) {
	var left []string
	tables := make([]reports.Table, len(d.Tables))
	for i, t := range d.Tables {
		widths, width := columnWidths(&t, o.Lang), o.Width
		if t.Chart == reports.HeatChart && room(widths) > width {
			t = wholeUnits(t)
			widths = columnWidths(&t, o.Lang)
		}
		if t.Chart == reports.BarChart || t.Chart == reports.LineChart {
			width -= barRoom
		}
		for room(widths) > width {
			drop := leastTelling(&t)
			if drop < 0 {
				break
			}
			if title := t.Columns[drop].Title.In(o.Lang); !slices.Contains(left, title) {
				left = append(left, title)
			}
			t, widths = without(t, drop), slices.Delete(widths, drop, drop+1)
		}
		tables[i] = t
	}
	d.Tables = tables
	return d, left
}

// room is the cells of a line.
func room(widths []int) int {
	sum := 2 * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	return sum
}

// columnWidths are the cells that each column needs. A label may be cut to sixteen.
func columnWidths(t *reports.Table, lang string) []int {
	widths := make([]int, len(t.Columns))
	for i := range t.Columns {
		widths[i] = cells.Width(t.Columns[i].Heading().In(lang))
		for s := range t.Sections {
			for _, row := range t.Sections[s].AllRows(reports.Options{}) {
				widths[i] = max(widths[i], cells.Width(t.Show(i, &t.Sections[s], &row.Cells[i], lang)))
			}
		}
		switch {
		case t.Columns[i].Label:
			widths[i] = min(widths[i], 16)
		case t.Columns[i].Heat:
			widths[i] += 3 // the shade
		}
	}
	return widths
}

// leastTelling is the column that goes first, or -1 where none may: what is least missed
// stands at the end of the list.
func leastTelling(t *reports.Table) int {
	telling := []string{
		"net", "paid", "discount_share", "total", "value", "on_hand", "margin", "quantity", "sales", "net_before", "net_change_percent", "paid_before",
		"paid_change_percent", "tax", "net_share", "average_sale", "points", "state", "sales_before", "quantity_before", "margin_before", "returns", "discount", "returned",
		"margin_percent", "gross", "cost",
	}
	worst, at := -1, -1
	for i, c := range t.Columns {
		if c.Label || c.Heat {
			continue
		}
		rank := slices.Index(telling, c.Key)
		if rank < 0 {
			rank = len(telling)
		}
		if rank >= worst && (rank > 0 || t.Chart == reports.HeatChart) {
			worst, at = rank, i
		}
	}
	return at
}

// without is the table without a column.
func without(t reports.Table, drop int) reports.Table {
	cut := func(r reports.Row) reports.Row {
		r.Cells = slices.Delete(slices.Clone(r.Cells), drop, drop+1)
		return r
	}
	t.Columns = slices.Delete(slices.Clone(t.Columns), drop, drop+1)
	t.Sections = slices.Clone(t.Sections)
	for i := range t.Sections {
		s := &t.Sections[i]
		rows := make([]reports.Row, len(s.Rows))
		for n, r := range s.Rows {
			rows[n] = cut(r)
		}
		s.Rows = rows
		if s.Total != nil {
			total := cut(*s.Total)
			s.Total = &total
		}
	}
	return t
}

// wholeUnits is the heat map with its money in whole units of the currency, and with the
// weekdays as they stand in calendars.
func wholeUnits(t reports.Table) reports.Table {
	columns := slices.Clone(t.Columns)
	t.Columns, t.Sections = columns, slices.Clone(t.Sections)
	for i := range t.Sections {
		s := &t.Sections[i]
		unit := int64(1)
		for range s.Currency.Exponent() {
			unit *= 10
		}
		whole := func(r reports.Row) reports.Row {
			r.Cells = slices.Clone(r.Cells)
			for n := range r.Cells {
				if columns[n].Kind == reports.Money {
					r.Cells[n].Value = rounded(r.Cells[n].Value, unit)
				}
			}
			return r
		}
		rows := make([]reports.Row, len(s.Rows))
		for n, r := range s.Rows {
			rows[n] = whole(r)
		}
		s.Rows = rows
		if s.Total != nil {
			total := whole(*s.Total)
			s.Total = &total
		}
	}
	for n := range columns {
		if columns[n].Kind == reports.Money {
			columns[n].Kind = reports.Count
		}
		if c := &columns[n]; c.Heat {
			c.Title = reports.Text{EN: c.Title.EN[:min(3, len(c.Title.EN))], ZH: strings.Replace(c.Title.ZH, "星期", "周", 1)}
		}
	}
	return t
}

// rounded is v in units, halves away from zero.
func rounded(v, unit int64) int64 {
	if v < 0 {
		return -rounded(-v, unit)
	}
	return (v + unit/2) / unit
}
