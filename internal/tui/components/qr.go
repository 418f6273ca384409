package components

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/pkg/qr/symbol"
)

// QR draws a code in at most width by height cells, with as much of the quiet zone as
// there is room for: two modules in a cell of half blocks, or where the terminal has only
// ASCII two spaces for a module, which needs four times the room. Light modules are what
// is drawn, in white on black, so that the code is the right way round in colours, and
// without them on a dark terminal. Where it does not fit, the text says so and how much is
// needed.
func QR(f common.Frame, payload string, width, height int) string {
	s, err := symbol.New(payload, symbol.Low)
	if err != nil {
		return strings.Join(cells.Wrap(payload, width), "\n")
	}
	draw, wide, rows := drawQR, 1, 2
	if !f.Styles.Border.Blocks() {
		draw, wide, rows = spaceQR, 2, 1
	}
	for _, quiet := range []int{symbol.Quiet, 2, 1} {
		side := s.Size() + 2*quiet
		if side*wide <= width && (side+rows-1)/rows <= height {
			return draw(s, quiet)
		}
	}
	side := s.Size() + 2
	text := i18n.T("This window is too small for the code, which needs %d x %d characters of the page. Make it larger.", "窗口太小，此码需要页面有 %d x %d 字符，请放大窗口。").With(side*wide, (side+rows-1)/rows)
	return strings.Join(append(cells.Wrap(text.In(f.Lang), width), cells.Wrap(payload, width)...), "\n")
}

// spaceQR draws with the background alone.
func spaceQR(s symbol.Symbol, quiet int) string {
	light := lipgloss.NewStyle().Reverse(true).Foreground(lipgloss.BrightWhite).Background(lipgloss.Black)
	dark := lipgloss.NewStyle().Background(lipgloss.Black)
	var lines []string
	for y := -quiet; y < s.Size()+quiet; y++ {
		var line strings.Builder
		for x := -quiet; x < s.Size()+quiet; {
			run, isDark := 0, s.Dark(x, y)
			for ; x < s.Size()+quiet && s.Dark(x, y) == isDark; x++ {
				run++
			}
			style := light
			if isDark {
				style = dark
			}
			line.WriteString(style.Render(strings.Repeat("  ", run)))
		}
		lines = append(lines, line.String())
	}
	return strings.Join(lines, "\n")
}

func drawQR(s symbol.Symbol, quiet int) string {
	ink := lipgloss.NewStyle().Foreground(lipgloss.BrightWhite).Background(lipgloss.Black)
	var lines []string
	for y := -quiet; y < s.Size()+quiet; y += 2 {
		var line strings.Builder
		for x := -quiet; x < s.Size()+quiet; x++ {
			last := y+1 >= s.Size()+quiet
			line.WriteString(half(!s.Dark(x, y), !last && !s.Dark(x, y+1)))
		}
		lines = append(lines, ink.Render(line.String()))
	}
	return strings.Join(lines, "\n")
}

// half is a cell with its upper and lower half drawn or not.
func half(upper, lower bool) string {
	switch {
	case upper && lower:
		return "█"
	case upper:
		return "▀"
	case lower:
		return "▄"
	}
	return " "
}
