package components

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/tui/common"
)

// Column is a column of a table. One without a width takes what the others leave; where
// that is little, those that may be missing are left out, the last of them first.
type Column struct {
	Head  string
	Width int         // cells; 0 takes what the others leave
	Align cells.Align // a column at the right grows with what stands in it: an amount is never cut
	Extra bool        // may be missing where there is no room
}

// openLeast is what a column without a width should have.
const openLeast = 14

// Table is a list with a line that keys act on. It draws only the lines that are seen, so
// that its cost does not grow with its length. Its rows are the page's: the table knows
// how many there are and which is selected.
type Table struct {
	rows     int
	selected int
}

// Rows is the table with n rows; the selected one stays where it can.
func (t Table) Rows(n int) Table {
	t.rows = n
	t.selected = max(min(t.selected, n-1), 0)
	return t
}

// Select is the table with another row selected.
func (t Table) Select(row int) Table {
	t.selected = max(min(row, t.rows-1), 0)
	return t
}

// Selected is the row that keys act on; false where there is none.
func (t Table) Selected() (int, bool) { return t.selected, t.rows > 0 }

// IsEmpty reports that there is no row.
func (t Table) IsEmpty() bool { return t.rows == 0 }

// Update takes the keys that move the selection and reports whether it was one.
func (t Table) Update(k tea.KeyPressMsg, page int) (Table, bool) {
	switch k.String() {
	case "up":
		return t.Select(t.selected - 1), true
	case "down":
		return t.Select(t.selected + 1), true
	case "pgup":
		return t.Select(t.selected - max(page, 1)), true
	case "pgdown":
		return t.Select(t.selected + max(page, 1)), true
	}
	return t, false
}

// View is the head and as many rows as fit below it, in height lines; without a head where
// no column has one. cell gives the text of a row and column.
func (t Table) View(f common.Frame, columns []Column, height int, cell func(row, column int) string) string {
	shown := height
	hasHead := slices.ContainsFunc(columns, func(c Column) bool { return c.Head != "" })
	if hasHead {
		shown--
	}
	first := window(t.selected, t.rows, max(shown, 0))
	rows := texts(columns, first, min(first+max(shown, 0), t.rows), cell)
	widths := share(columns, rows, f.Width)
	var lines []string
	if hasHead {
		head := make([]string, len(columns))
		for i, c := range columns {
			head[i] = c.Head
		}
		lines = append(lines, f.Styles.Muted.Render(row(columns, widths, head)))
	}
	for i, r := range rows {
		line := row(columns, widths, r)
		if first+i == t.selected {
			line = f.Styles.Selected.Render(line)
		}
		lines = append(lines, line)
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return strings.Join(lines, "\n")
}

// texts are the cells of the rows that are seen.
func texts(columns []Column, from, to int, cell func(row, column int) string) [][]string {
	rows := make([][]string, 0, max(to-from, 0))
	for r := from; r < to; r++ {
		line := make([]string, len(columns))
		for c := range columns {
			line[c] = cells.Plain(cell(r, c))
		}
		rows = append(rows, line)
	}
	return rows
}

// window is the first row of those shown, with the selected one among them.
func window(selected, rows, shown int) int {
	return max(min(selected-shown/2, rows-shown), 0)
}

// share are the widths of the columns: those at the right as wide as what stands in them,
// and the one without a width what the others leave. A column that is left out has none.
func share(columns []Column, rows [][]string, width int) []int {
	widths := make([]int, len(columns))
	open := -1
	for i, c := range columns {
		if widths[i] = c.Width; c.Width == 0 {
			open = i
			continue
		}
		for _, r := range rows {
			if c.Align == cells.Right {
				widths[i] = max(widths[i], cells.Width(r[i]))
			}
		}
	}
	if open < 0 {
		return widths
	}
	for i, c := range slices.Backward(columns) {
		if c.Extra && left(widths, width) < openLeast {
			widths[i] = 0
		}
	}
	widths[open] = max(left(widths, width), 0)
	return widths
}

// left is what columns leave of a width for one more, with a gap between each.
func left(widths []int, width int) int {
	for _, w := range widths {
		if w > 0 {
			width -= w + 1
		}
	}
	return width
}

func row(columns []Column, widths []int, texts []string) string {
	parts := make([]string, 0, len(columns))
	for i, c := range columns {
		if widths[i] > 0 {
			parts = append(parts, cells.Fit(texts[i], widths[i], c.Align))
		}
	}
	return strings.Join(parts, " ")
}
