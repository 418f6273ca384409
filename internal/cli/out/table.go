package out

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/cells"
)

// gap is the space between the columns of a table.
const gap = "  "

// Text lays the table out in cells, heads in bold, for a result whose text holds more
// than the table. The last column is not padded, so that no line ends in spaces; on a
// terminal that is too narrow it is folded.
func (t Table) Text(s Screen) string {
	if len(t.Columns) == 0 {
		return ""
	}
	heads := t.heads(s.Lang)
	widths := t.widths(heads)
	room := 0
	if s.Terminal {
		room = t.room(widths, s.Width)
	}
	var b strings.Builder
	b.WriteString(s.Bold(t.line(heads, widths)) + "\n")
	for _, row := range t.Rows {
		for _, part := range t.fold(row, room) {
			b.WriteString(t.line(part, widths) + "\n")
		}
	}
	return b.String()
}

// room is the cells that the last column has on a screen, 0 where it fits as it is or
// where folding would not help.
func (t Table) room(widths []int, screen int) int {
	last := len(widths) - 1
	before := 0
	for _, w := range widths[:last] {
		before += w + len(gap)
	}
	if before+widths[last] <= screen || screen-before < 24 {
		return 0
	}
	return screen - before
}

// fold makes several rows of one whose last cell does not fit.
func (t Table) fold(row []string, room int) [][]string {
	last := len(t.Columns) - 1
	if room == 0 || cells.Width(cell(row, last)) <= room {
		return [][]string{row}
	}
	var rows [][]string
	for i, part := range cells.Wrap(cells.Plain(cell(row, last)), room) {
		folded := make([]string, last+1)
		if i == 0 {
			copy(folded, row[:last])
		}
		folded[last] = part
		rows = append(rows, folded)
	}
	return rows
}

func (t Table) widths(heads []string) []int {
	widths := make([]int, len(heads))
	for i, h := range heads {
		widths[i] = cells.Width(h)
	}
	for _, row := range t.Rows {
		for i := range widths {
			widths[i] = max(widths[i], cells.Width(cells.Plain(cell(row, i))))
		}
	}
	return widths
}

func (t Table) line(row []string, widths []int) string {
	padded := make([]string, len(widths))
	for i, w := range widths {
		padded[i] = cells.Pad(cells.Plain(cell(row, i)), w, t.Columns[i].Align)
	}
	return strings.TrimRight(strings.Join(padded, gap), " ")
}

// cell is the i-th value of a row; a short row is filled with nothing.
func cell(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}

// writeCSV writes RFC 4180, names as the head: formulas are defused, and a value is one
// line.
func (t Table) writeCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	if err := c.Write(t.names()); err != nil {
		return err
	}
	return t.csvRows(c)
}

// writeRows writes the rows without their head, in CSV or TSV.
func (t Table) writeRows(s Screen, format Format) error {
	if format == CSV {
		return t.csvRows(csv.NewWriter(s))
	}
	var b strings.Builder
	t.tsvRows(&b)
	return s.write(b.String())
}

func (t Table) csvRows(c *csv.Writer) error {
	for _, row := range t.Rows {
		line := make([]string, len(t.Columns))
		for i := range line {
			line[i] = defuse(cells.Plain(cell(row, i)))
		}
		if err := c.Write(line); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// defuse keeps a spreadsheet from running a cell as a formula: what begins with one
// of = + - @ tab or return gets an apostrophe before it, unless it is a plain number.
func defuse(value string) string {
	if value == "" || !strings.ContainsRune("=+-@\t\r", rune(value[0])) || isNumber(value) {
		return value
	}
	return "'" + value
}

// isNumber reports an optional sign, digits and at most one point, such as -12.50.
func isNumber(value string) bool {
	digits := strings.Replace(strings.TrimLeft(value[:1], "+-")+value[1:], ".", "", 1)
	_, err := strconv.ParseUint(digits, 10, 64)
	return err == nil
}

// tsv is one line a row; tabs and line ends inside a value become spaces, which is
// all that the format allows.
func (t Table) tsv() string {
	var b strings.Builder
	b.WriteString(strings.Join(t.names(), "\t") + "\n")
	t.tsvRows(&b)
	return b.String()
}

func (t Table) tsvRows(b *strings.Builder) {
	for _, row := range t.Rows {
		line := make([]string, len(t.Columns))
		for i := range line {
			line[i] = cells.Plain(cell(row, i))
		}
		b.WriteString(strings.Join(line, "\t") + "\n")
	}
}

// markdown is a table of GitHub's Markdown.
func (t Table) markdown(s Screen) string {
	var b strings.Builder
	writeRow := func(row []string) {
		b.WriteString("|")
		for i := range t.Columns {
			b.WriteString(" " + strings.ReplaceAll(cells.Plain(cell(row, i)), "|", `\|`) + " |")
		}
		b.WriteString("\n")
	}
	writeRow(t.heads(s.Lang))
	rule := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		rule[i] = "---"
		if c.Align == cells.Right {
			rule[i] = "---:"
		}
	}
	writeRow(rule)
	for _, row := range t.Rows {
		writeRow(row)
	}
	return b.String()
}
