package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/money"
)

// WriteJSON writes one object with an array "tables", of one table too. A table has
// "name", "title", "period" and "compare" (null, or "from" and "to"), "columns" with
// "key", "title" and "kind", "sections" with "currency", "rows" and "total", and "notes".
// A row is an object: "row" says its kind, and each column stands under its key. Text is
// a string, and what a row is about has its key in "<key>_key" too. A count is a number.
// Other numbers are strings of decimals, and in "<key>_minor", "<key>_thousandths" or
// "<key>_tenths" the whole number. No value is null.
func WriteJSON(w io.Writer, src Source, o Options) error {
	raw, err := documentObject(src.Document(), o).append(nil)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	var b bytes.Buffer
	b.Grow(2 * len(raw))
	if err := json.Indent(&b, append(raw, '\n'), "", "  "); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// WriteNDJSON writes one object a row, each on a line of its own: "table" and "currency"
// first, then the row as in WriteJSON. A table of no rows is no lines.
func WriteNDJSON(w io.Writer, src Source, o Options) error {
	out := bufio.NewWriter(w)
	doc := src.Document()
	for i := range doc.Tables {
		if err := writeLines(out, &doc.Tables[i], o); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func writeLines(w *bufio.Writer, t *Table, o Options) error {
	for i := range t.Sections {
		s := &t.Sections[i]
		for _, r := range s.AllRows(o) {
			row := object{{"table", t.Name}, {"currency", codeOrNull(s.Currency)}}
			raw, err := append(row, rowObject(t, s, &r, o.Lang)...).append(nil)
			if err != nil {
				return err
			}
			if _, err := w.Write(append(raw, '\n')); err != nil {
				return err
			}
		}
	}
	return nil
}

// object is a JSON object that keeps the order of its members.
type object []member

type member struct {
	key   string
	value any
}

// append writes the members in their order, without blanks. It is no MarshalJSON: the
// encoder would read again what each of the objects within objects has written.
func (o object) append(b []byte) (_ []byte, err error) {
	b = append(b, '{')
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, m.key), ':')
		if b, err = appendValue(b, m.value); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

func appendValue(b []byte, v any) (_ []byte, err error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendString(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case object:
		return v.append(b)
	case []object:
		b = append(b, '[')
		for i, o := range v {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = o.append(b); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
	raw, err := json.Marshal(v)
	return append(b, raw...), err
}

// appendString writes a text, most of which need no escaping.
func appendString(b []byte, s string) []byte {
	if isPlain(s) && !strings.ContainsAny(s, "\"\\<>&") {
		return append(append(append(b, '"'), s...), '"')
	}
	raw, _ := json.Marshal(s) // a string has no way to fail
	return append(b, raw...)
}

func documentObject(d Document, o Options) object {
	tables := make([]object, len(d.Tables))
	for i := range d.Tables {
		tables[i] = tableObject(&d.Tables[i], o)
	}
	return object{{"title", d.Title.In(o.Lang)}, {"tables", tables}, {"notes", said(d.Notes, o.Lang)}}
}

func tableObject(t *Table, o Options) object {
	columns := make([]object, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = object{{"key", c.Key}, {"title", c.Title.In(o.Lang)}, {"kind", c.Kind.String()}}
		if !c.Currency.IsZero() {
			columns[i] = append(columns[i], member{"currency", c.Currency.Code()})
		}
	}
	sections := make([]object, len(t.Sections))
	for i := range t.Sections {
		sections[i] = sectionObject(t, &t.Sections[i], o)
	}
	return object{
		{"name", t.Name}, {"title", t.Title.In(o.Lang)}, {"period", periodOrNull(t.Period)}, {"compare", periodOrNull(t.Compare)},
		{"columns", columns}, {"sections", sections}, {"notes", said(t.Notes, o.Lang)},
	}
}

func sectionObject(t *Table, s *Section, o Options) object {
	rows := make([]object, len(s.Rows))
	for i := range s.Rows {
		rows[i] = rowObject(t, s, &s.Rows[i], o.Lang)
	}
	var total any
	if s.Total != nil && !o.NoTotals {
		total = rowObject(t, s, s.Total, o.Lang)
	}
	return object{{"currency", codeOrNull(s.Currency)}, {"title", s.Title.In(o.Lang)}, {"rows", rows}, {"total", total}}
}

func rowObject(t *Table, s *Section, r *Row, lang string) object {
	row := object{{"row", r.Kind.String()}}
	for i := range r.Cells {
		row = append(row, cellMembers(t, i, s, &r.Cells[i], lang)...)
	}
	return row
}

// cellMembers are a cell's value and, beside it, its key or its whole number.
func cellMembers(t *Table, i int, s *Section, c *Cell, lang string) object {
	key, kind := t.Columns[i].Key, t.KindOf(i, c)
	unit := ""
	switch kind {
	case Money:
		unit = "_minor"
	case Thousandths:
		unit = "_thousandths"
	case Percent:
		unit = "_tenths"
	case Words:
		if t.Columns[i].Label {
			return object{{key, t.Plain(i, s, c, lang)}, {key + "_key", c.Key}}
		}
	}
	var shown, whole any = t.Plain(i, s, c, lang), c.Value
	if c.None {
		shown, whole = nil, nil
	}
	switch {
	case kind == Count:
		return object{{key, whole}}
	case unit == "":
		return object{{key, shown}}
	}
	return object{{key, shown}, {key + unit, whole}}
}

func said(texts []Text, lang string) []string {
	list := make([]string, len(texts))
	for i, t := range texts {
		list[i] = t.In(lang)
	}
	return list
}

func codeOrNull(c money.Currency) any {
	if c.IsZero() {
		return nil
	}
	return c.Code()
}

func periodOrNull(p Period) any {
	if p == (Period{}) {
		return nil
	}
	return p
}
