package components

import (
	"strings"

	"github.com/tillworks/till/internal/tui/common"
)

// BigText draws digits, a point and a minus three lines high, to be read from across the
// counter. It is made of half blocks, so on a terminal that has only ASCII, and where it
// would be wider than width cells, it is the text as it is, on the middle one of three
// lines.
func BigText(f common.Frame, text string, width int) string {
	if !f.Styles.Border.Blocks() || bigWidth(text) > width {
		return "\n" + f.Styles.Total.Render(text) + "\n"
	}
	var lines [3]strings.Builder
	for _, r := range text {
		pixels := glyph(r)
		for i := range lines {
			upper, lower := pixels[2*i], ""
			if 2*i+1 < len(pixels) {
				lower = pixels[2*i+1]
			}
			lines[i].WriteString(halves(upper, lower) + " ")
		}
	}
	out := make([]string, len(lines))
	for i := range lines {
		out[i] = f.Styles.Total.Render(strings.TrimSuffix(lines[i].String(), " "))
	}
	return strings.Join(out, "\n")
}

// bigWidth is how many cells a text takes when it is drawn large.
func bigWidth(text string) int {
	sum := 0
	for _, r := range text {
		sum += len(glyph(r)[0]) + 1
	}
	return sum - 1
}

// halves are two rows of pixels in one line of half blocks.
func halves(upper, lower string) string {
	var b strings.Builder
	for i := range upper {
		up, down := upper[i] == '#', i < len(lower) && lower[i] == '#'
		switch {
		case up && down:
			b.WriteRune('█')
		case up:
			b.WriteRune('▀')
		case down:
			b.WriteRune('▄')
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// glyph is a character of five rows of pixels; what has none is a gap.
func glyph(r rune) [5]string {
	switch r {
	case '0':
		return [5]string{"###", "# #", "# #", "# #", "###"}
	case '1':
		return [5]string{" # ", "## ", " # ", " # ", "###"}
	case '2':
		return [5]string{"###", "  #", "###", "#  ", "###"}
	case '3':
		return [5]string{"###", "  #", "###", "  #", "###"}
	case '4':
		return [5]string{"# #", "# #", "###", "  #", "  #"}
	case '5':
		return [5]string{"###", "#  ", "###", "  #", "###"}
	case '6':
		return [5]string{"###", "#  ", "###", "# #", "###"}
	case '7':
		return [5]string{"###", "  #", "  #", " # ", " # "}
	case '8':
		return [5]string{"###", "# #", "###", "# #", "###"}
	case '9':
		return [5]string{"###", "# #", "###", "  #", "###"}
	case '.':
		return [5]string{" ", " ", " ", " ", "#"}
	case '-':
		return [5]string{"   ", "   ", "###", "   ", "   "}
	}
	return [5]string{" ", " ", " ", " ", " "}
}
