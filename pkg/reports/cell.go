package reports

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// cells is the number of terminal cells of a text: a Chinese character takes two.
func cells(s string) int {
	if isPlain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// isPlain reports a text of printable ASCII alone, which most are: each byte is a cell.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// fit brings text to a width, cut or padded.
func fit(s string, width int, right bool) string {
	n := cells(s)
	if n > width {
		s = ansi.Truncate(s, width, strings.Repeat(".", min(2, max(0, width-2))))
		n = cells(s)
	}
	if n >= width {
		return s
	}
	pad := strings.Repeat(" ", width-n)
	if right {
		return pad + s
	}
	return s + pad
}
