package reports

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// WriteCSV writes comma-separated values by RFC 4180, in UTF-8 and with a line feed after
// each row. The first row has the titles of the columns. Where there is money, or a
// section with a title, columns that say so come first, so that every row stands for
// itself. Numbers are decimals without thousands marks; no value is an empty field. Text
// that a spreadsheet would run as a formula gets an apostrophe in front (see [Defuse]).
// Of several tables each has its title in a row above and an empty row before it.
func WriteCSV(w io.Writer, src Source, o Options) error {
	out := csv.NewWriter(w)
	return writeDelimited(w, src, o, out.Write, func() error { out.Flush(); return out.Error() })
}

// WriteTSV writes what WriteCSV does, with tabs between fields and no quotes: a tab or
// line break within a text is a space.
func WriteTSV(w io.Writer, src Source, o Options) error {
	out := bufio.NewWriter(w)
	write := func(fields []string) error {
		_, err := out.WriteString(strings.Join(fields, "\t") + "\n")
		return err
	}
	return writeDelimited(w, src, o, write, out.Flush)
}

func writeDelimited(w io.Writer, src Source, o Options, write func([]string) error, flush func() error) error {
	if o.BOM {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	doc := src.Document()
	for i := range doc.Tables {
		t := &doc.Tables[i]
		if len(doc.Tables) > 1 {
			if err := writeTitle(t, i, o, write); err != nil {
				return fmt.Errorf("write table: %w", err)
			}
		}
		if err := writeFields(t, o, write); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	if err := flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func writeTitle(t *Table, i int, o Options, write func([]string) error) error {
	if i > 0 {
		if err := write([]string{""}); err != nil {
			return err
		}
	}
	return write([]string{Defuse(Clean(t.Title.In(o.Lang)))})
}

func writeFields(t *Table, o Options, write func([]string) error) error {
	if err := write(t.FlatTitles(o.Lang)); err != nil {
		return err
	}
	for i := range t.Sections {
		s := &t.Sections[i]
		for _, r := range s.AllRows(o) {
			if err := write(t.flatRow(s, &r, o.Lang)); err != nil {
				return err
			}
		}
	}
	return nil
}

// flatRow is a row with its section's title and currency in front.
func (t *Table) flatRow(s *Section, r *Row, lang string) []string {
	fields := t.FlatSection(s, lang)
	for i := range r.Cells {
		text := t.Plain(i, s, &r.Cells[i], lang)
		if !t.KindOf(i, &r.Cells[i]).IsNumber() {
			text = Defuse(text)
		}
		fields = append(fields, text)
	}
	return fields
}

// FlatTitles are the titles of a table whose sections stand one below the other: those
// of FlatSection and those of the columns.
func (t *Table) FlatTitles(lang string) []string {
	var titles []string
	if t.hasSectionTitles() {
		titles = append(titles, Text{"Section", "分组"}.In(lang))
	}
	if t.hasMoney() {
		titles = append(titles, Text{"Currency", "币种"}.In(lang))
	}
	for i := range t.Columns {
		titles = append(titles, Defuse(Clean(t.Columns[i].Heading().In(lang))))
	}
	return titles
}

// FlatSection says which section a row is of: its title where any has one, and its
// currency where the table has money.
func (t *Table) FlatSection(s *Section, lang string) []string {
	var fields []string
	if t.hasSectionTitles() {
		fields = append(fields, Defuse(Clean(s.Title.In(lang))))
	}
	if t.hasMoney() {
		fields = append(fields, s.Currency.Code())
	}
	return fields
}

func (t *Table) hasSectionTitles() bool {
	for i := range t.Sections {
		if !t.Sections[i].Title.IsZero() {
			return true
		}
	}
	return false
}

// hasMoney reports a column of the section's money, or a section of a currency.
func (t *Table) hasMoney() bool {
	for i := range t.Columns {
		if t.Columns[i].Kind == Money && t.Columns[i].Currency.IsZero() {
			return true
		}
	}
	for i := range t.Sections {
		if !t.Sections[i].Currency.IsZero() {
			return true
		}
	}
	return false
}
