package reports

import (
	"io"
	"strings"
)

// Widths of the terminal's drawings, in cells.
const (
	barWidth    = 24
	minBarWidth = 6
	minLabel    = 10
	sparkWidth  = 60
)

// WriteTerminal writes tables for a terminal, without colours or any escape sequence:
// columns are lined up by the cells that characters take, the charted column has bars
// beside it, a table over time a sparkline below it and a heat map a shade beside each
// number. A bar of a number below zero is drawn in another shade.
func WriteTerminal(w io.Writer, src Source, o Options) error {
	out := newPaper(w)
	doc := src.Document()
	if !doc.Title.IsZero() {
		out.put("%s\n\n", Clean(doc.Title.In(o.Lang)))
	}
	for i := range doc.Tables {
		if i > 0 {
			out.put("\n")
		}
		writeTerminalTable(out, &doc.Tables[i], o)
	}
	writeNotes(out, doc.Notes, o)
	return out.done()
}

func writeTerminalTable(w *paper, t *Table, o Options) {
	head := Clean(t.Title.In(o.Lang))
	if h := t.Heading(); !h.IsZero() {
		head = strings.TrimSpace(head + "  " + h.In(o.Lang))
	}
	if head != "" {
		w.put("%s\n", head)
	}
	for i := range t.Sections {
		if s := &t.Sections[i]; len(s.Rows) > 0 {
			newGrid(t, s, o).write(w)
		}
	}
	if t.IsEmpty() {
		w.put("%s\n", t.EmptyText().In(o.Lang))
	}
	writeNotes(w, t.Notes, o)
}

func writeNotes(w *paper, notes []Text, o Options) {
	for _, n := range notes {
		w.put("%s\n", Clean(n.In(o.Lang)))
	}
}

// grid is a section as text, cell by cell.
type grid struct {
	table   *Table
	section *Section
	o       Options
	rows    []Row
	texts   [][]string
	widths  []int
	bar     int // the charted column, or -1
	barSize int
	heat    uint64 // the greatest number of the heat map
}

func newGrid(t *Table, s *Section, o Options) *grid {
	g := &grid{table: t, section: s, o: o, rows: s.AllRows(o), bar: -1, heat: heatScale(t, s)}
	for i := range t.Columns {
		g.widths = append(g.widths, cells(Clean(t.Columns[i].Heading().In(o.Lang))))
		if t.Columns[i].Bar && t.Chart != NoChart && t.Chart != HeatChart {
			g.bar, g.barSize = i, barWidth
		}
	}
	for r := range g.rows {
		g.addRow(r)
	}
	g.shrink()
	return g
}

func (g *grid) addRow(r int) {
	var texts []string
	for i := range g.rows[r].Cells {
		c := &g.rows[r].Cells[i]
		text := g.table.Show(i, g.section, c, g.o.Lang)
		if g.isRepeated(r, i) {
			text = ""
		}
		if g.table.Columns[i].Heat {
			text += " " + shade(c.Value, g.heat, g.rows[r].Kind == Plain && !c.None, g.o.ASCII)
		}
		texts = append(texts, text)
		g.widths[i] = max(g.widths[i], cells(text))
	}
	g.texts = append(g.texts, texts)
}

// isRepeated reports a label that the row above has, too, in front of another label.
func (g *grid) isRepeated(r, column int) bool {
	if r == 0 || column+1 >= len(g.table.Columns) || !g.table.Columns[column+1].Label || g.rows[r].Kind != Plain {
		return false
	}
	for i := range column + 1 {
		if !g.table.Columns[i].Label || g.rows[r].Cells[i] != g.rows[r-1].Cells[i] {
			return false
		}
	}
	return true
}

// shrink makes the lines as narrow as wanted: first the bars, then the labels.
func (g *grid) shrink() {
	over := g.width() - g.o.Width
	if g.o.Width <= 0 || over <= 0 {
		return
	}
	if g.bar >= 0 {
		g.barSize -= over
		if g.barSize >= minBarWidth {
			return
		}
		g.bar = -1
		over = g.width() - g.o.Width
	}
	for i := range g.widths {
		if g.table.Columns[i].Label && over > 0 && g.widths[i] > minLabel {
			cut := min(over, g.widths[i]-minLabel)
			g.widths[i] -= cut
			over -= cut
		}
	}
}

func (g *grid) width() int {
	sum := 2 * (len(g.widths) - 1)
	for _, w := range g.widths {
		sum += w
	}
	if g.bar >= 0 {
		sum += 2 + g.barSize
	}
	return sum
}

func (g *grid) write(w *paper) {
	if h := g.section.Heading(); !h.IsZero() {
		w.put("\n%s\n", Clean(h.In(g.o.Lang)))
	} else {
		w.put("\n")
	}
	var titles, rules []string
	for i := range g.table.Columns {
		titles = append(titles, Clean(g.table.Columns[i].Heading().In(g.o.Lang)))
		rules = append(rules, strings.Repeat("-", g.widths[i]))
	}
	g.line(w, titles, "")
	g.line(w, rules, "")
	scale := g.barScale()
	for r, texts := range g.texts {
		if g.rows[r].Kind == Sum && (r == 0 || g.rows[r-1].Kind != Sum) {
			g.line(w, rules, "")
		}
		g.line(w, texts, g.barOf(&g.rows[r], scale))
	}
	if spark := g.sparkline(); spark != "" {
		w.put("\n%s  %s\n", titles[g.bar], spark)
	}
}

// line writes one line without blanks at its end.
func (g *grid) line(w *paper, texts []string, bar string) {
	parts := make([]string, 0, len(texts)+1)
	for i, s := range texts {
		parts = append(parts, fit(s, g.widths[i], g.table.Columns[i].IsRight()))
	}
	w.put("%s\n", strings.TrimRight(strings.Join(append(parts, bar), "  "), " "))
}

// barScale is the greatest magnitude of the charted column.
func (g *grid) barScale() uint64 {
	var top uint64
	for r := range g.rows {
		if g.bar >= 0 && g.rows[r].Kind != Sum {
			top = max(top, magnitude(g.rows[r].Cells[g.bar].Value))
		}
	}
	return top
}

func (g *grid) barOf(r *Row, scale uint64) string {
	if g.bar < 0 || scale == 0 || r.Kind == Sum || r.Cells[g.bar].None {
		return ""
	}
	return bar(r.Cells[g.bar].Value, scale, g.barSize, g.o.ASCII)
}

// sparkline draws the charted column of a table over time; more rows than there are
// cells are added up.
func (g *grid) sparkline() string {
	if g.table.Chart != LineChart || g.bar < 0 {
		return ""
	}
	var values []int64
	for _, r := range g.section.Rows {
		if r.Kind == Plain {
			values = append(values, r.Cells[g.bar].Value)
		}
	}
	if len(values) < 3 {
		return ""
	}
	return spark(values, sparkWidth, g.o.ASCII)
}
