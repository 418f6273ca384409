package shop

import (
	"slices"
	"strings"

	"github.com/tillworks/till/pkg/reports"
)

// dress makes the table that was worked out one that people like to read.
func (p *reportPlan) dress(t reports.Table) reports.Table {
	if t.Chart != reports.HeatChart {
		p.chart(&t)
	}
	for i := range t.Columns {
		p.retitle(&t.Columns[i])
	}
	if p.spec.Fill && p.spec.Rows[0] == reports.ByHour {
		for i := range t.Sections {
			t.Sections[i].Rows = trimHours(t.Sections[i].Rows)
		}
	}
	return t
}

// chart says which column is drawn: what is left in the till tells more than what stood on
// the price tags.
func (p *reportPlan) chart(t *reports.Table) {
	if p.charted == reports.NoMeasure {
		t.Chart = reports.NoChart
	}
	for i := range t.Columns {
		t.Columns[i].Bar = t.Columns[i].Key == p.charted.String()
	}
}

// retitle gives a column its word. The columns that a measure has beside another period
// follow it.
func (p *reportPlan) retitle(c *reports.Column) {
	for from, to := range p.heads {
		rest, ok := strings.CutPrefix(c.Key, from)
		if !ok || rest != "" && rest != "_before" && rest != "_change" && rest != "_change_percent" && rest != "_share" {
			continue
		}
		if to.key != "" {
			c.Key = to.key + rest
		}
		if !to.title.IsZero() {
			c.Title = reports.Text{EN: to.title.EN + suffix(rest, "en"), ZH: to.title.ZH + suffix(rest, "zh")}
		}
		return
	}
}

// suffix is what is added to the title of a column of a kind.
func suffix(rest, lang string) string {
	text := reports.Text{}
	switch rest {
	case "_before":
		text = reports.Text{EN: " before", ZH: "（对比期）"}
	case "_change":
		text = reports.Text{EN: " change", ZH: "增减"}
	case "_change_percent":
		text = reports.Text{EN: " change %", ZH: "增幅"}
	case "_share":
		text = reports.Text{EN: " share", ZH: "占比"}
	}
	return text.In(lang)
}

// trimHours leaves out the hours before the first and after the last in which anything
// happened.
func trimHours(rows []reports.Row) []reports.Row {
	busy := func(r reports.Row) bool {
		return slices.ContainsFunc(r.Cells, func(c reports.Cell) bool { return c.Value != 0 })
	}
	first := slices.IndexFunc(rows, busy)
	if first < 0 {
		return rows
	}
	last := len(rows) - 1
	for !busy(rows[last]) {
		last--
	}
	return rows[first : last+1]
}
