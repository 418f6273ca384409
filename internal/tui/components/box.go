package components

import (
	"strings"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/tui/common"
)

// Box draws a border with a title around a text; it is width cells wide and as high as
// the text and two lines.
func Box(f common.Frame, title, text string, width int) string {
	b := f.Styles.Border
	inner := max(width-4, 0)
	head := cells.Truncate(title, inner)
	if head != "" {
		head = " " + head + " "
	}
	top := b.TopLeft + b.Horizontal + head + strings.Repeat(b.Horizontal, max(width-3-cells.Width(head), 0)) + b.TopRight
	lines := []string{top}
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, b.Vertical+" "+cells.Fit(line, inner, cells.Left)+" "+b.Vertical)
	}
	return strings.Join(append(lines, b.BottomLeft+strings.Repeat(b.Horizontal, max(width-2, 0))+b.BottomRight), "\n")
}

// Center puts a block into the middle of width by height cells.
func Center(block string, width, height int) string {
	lines := strings.Split(block, "\n")
	wide := 0
	for _, l := range lines {
		wide = max(wide, cells.Width(l))
	}
	indent := strings.Repeat(" ", max((width-wide)/2, 0))
	above := max((height-len(lines))/2, 0)
	out := make([]string, 0, above+len(lines))
	for range above {
		out = append(out, "")
	}
	for _, l := range lines {
		out = append(out, indent+l)
	}
	return strings.Join(out, "\n")
}

// Beside puts two blocks next to each other; the left one is filled up to its width.
func Beside(left, right string, leftWidth, gap int) string {
	a, b := strings.Split(left, "\n"), strings.Split(right, "\n")
	lines := make([]string, max(len(a), len(b)))
	for i := range lines {
		l, r := "", ""
		if i < len(a) {
			l = a[i]
		}
		if i < len(b) {
			r = b[i]
		}
		lines[i] = strings.TrimRight(cells.Fit(l, leftWidth, cells.Left)+strings.Repeat(" ", gap)+r, " ")
	}
	return strings.Join(lines, "\n")
}
