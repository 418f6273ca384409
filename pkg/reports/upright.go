package reports

import "strings"

// Upright turns a table without dimensions, whose sections have one row of measures, into
// one that is read downwards: a row for each measure, and where periods are compared a
// column each for now, before, the difference and the percentage. A table that has labels
// or more rows comes back as it is.
func (t Table) Upright() Table {
	for i := range t.Columns {
		if t.Columns[i].Label {
			return t
		}
	}
	compared := t.Compare != (Period{})
	up := t
	up.Columns, up.Sections = uprightColumns(compared), nil
	for i := range t.Sections {
		s := &t.Sections[i]
		if len(s.Rows) != 1 {
			return t
		}
		up.Sections = append(up.Sections, Section{Currency: s.Currency, Title: s.Title, Rows: t.uprightRows(&s.Rows[0], compared)})
	}
	return up
}

func uprightColumns(compared bool) []Column {
	columns := []Column{
		{Key: "measure", Title: Text{"Measure", "项目"}, Label: true},
		{Key: "value", Title: Text{"Value", "数值"}, Align: Right},
	}
	if !compared {
		return columns
	}
	return append(columns,
		Column{Key: "before", Title: Text{"Before", "对比期"}, Align: Right},
		Column{Key: "change", Title: Text{"Change", "增减"}, Align: Right, Signed: true},
		Column{Key: "change_percent", Title: Text{"Change %", "增幅"}, Kind: Percent, Signed: true})
}

// uprightRows makes a row of each measure and of the columns that compare it.
func (t *Table) uprightRows(r *Row, compared bool) []Row {
	var rows []Row
	key := ""
	for i, c := range r.Cells {
		column := &t.Columns[i]
		c.Kind = t.KindOf(i, &c)
		if key == "" || !strings.HasPrefix(column.Key, key+"_") || !isComparison(column.Key[len(key):]) {
			key = column.Key
			rows = append(rows, Row{Cells: []Cell{Say(column.Key, column.Title)}})
		}
		last := &rows[len(rows)-1]
		last.Cells = append(last.Cells, c)
	}
	for i := range rows {
		for compared && len(rows[i].Cells) < len(uprightColumns(true)) {
			rows[i].Cells = append(rows[i].Cells, None())
		}
	}
	return rows
}

func isComparison(suffix string) bool {
	return suffix == "_before" || suffix == "_change" || suffix == "_change_percent"
}
