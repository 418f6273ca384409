package reports

import (
	"strings"

	"github.com/charmbracelet/x/ansi" //nolint:depguard // it measures text; nothing here draws a screen
)

// cells is the number of terminal cells of a text: a Chinese character takes two.
func cells(s string) int { return ansi.StringWidth(s) }

// fit brings text to a width, cut or padded.
func fit(s string, width int, right bool) string {
	if cells(s) > width {
		s = ansi.Truncate(s, width, strings.Repeat(".", min(2, max(0, width-2))))
	}
	pad := strings.Repeat(" ", max(0, width-cells(s)))
	if right {
		return pad + s
	}
	return s + pad
}
