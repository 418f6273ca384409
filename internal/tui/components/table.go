package components

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/tui/common"
)

// Column is a column of a table.
type Column struct {
	Head  string
	Width int // cells; 0 takes what the others leave
	Align cells.Align
}

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

// View is the head and as many rows as fit below it, in height lines. cell gives the text
// of a row and column.
func (t Table) View(f common.Frame, columns []Column, height int, cell func(row, column int) string) string {
	widths := share(columns, f.Width)
	lines := []string{f.Styles.Muted.Render(row(columns, widths, func(c int) string { return columns[c].Head }))}
	shown := max(height-1, 0)
	first := window(t.selected, t.rows, shown)
	for r := first; r < min(first+shown, t.rows); r++ {
		line := row(columns, widths, func(c int) string { return cell(r, c) })
		if r == t.selected {
			line = f.Styles.Selected.Render(line)
		}
		lines = append(lines, line)
	}
	for len(lines) < height {
		lines = append(lines, "")
	}
	return strings.Join(lines, "\n")
}

// window is the first row of those shown, with the selected one among them.
func window(selected, rows, shown int) int {
	return max(min(selected-shown/2, rows-shown), 0)
}

// share gives the columns without a width what the others leave.
func share(columns []Column, width int) []int {
	widths := make([]int, len(columns))
	left, open := width-(len(columns)-1), 0
	for i, c := range columns {
		widths[i] = c.Width
		left -= c.Width
		if c.Width == 0 {
			open++
		}
	}
	for i, c := range columns {
		if c.Width == 0 {
			widths[i] = max(left/open, 0)
			left, open = left-widths[i], open-1
		}
	}
	return widths
}

func row(columns []Column, widths []int, cell func(column int) string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = cells.Fit(cells.Plain(cell(i)), widths[i], c.Align)
	}
	return strings.Join(parts, " ")
}
