package out

import (
	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
)

// Result is what a command found or did.
type Result struct {
	// Value is what JSON shows: a struct, or a slice of structs for a list. Field
	// names are those of its json tags.
	Value any
	// Table is what table, csv, tsv and md show. A Result without columns gets them
	// from Value, one a field, nested fields with a dot between.
	Table Table
	// Text, where it is set, is what people read when they ask for no format: a
	// receipt, a story, a few lines. Without it they read the table.
	Text func(Screen) string
	// Writers write the result in formats of their own, before any of the above is asked.
	// With --jq or --json=FIELDS it is Value that is written all the same.
	Writers map[Format]func(Screen) error
}

// Table is rows under named columns.
type Table struct {
	Columns []Column
	Rows    [][]string
}

// Column is one column: Name heads it in csv and tsv and never changes with the
// language, Head is what people read.
type Column struct {
	Name  string
	Head  i18n.Text
	Align cells.Align
}

// names are the heads for programs.
func (t Table) names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// heads are the heads for people.
func (t Table) heads(lang i18n.Lang) []string {
	heads := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = c.Head.In(lang)
		if heads[i] == "" {
			heads[i] = c.Name
		}
	}
	return heads
}
