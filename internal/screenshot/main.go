// Command screenshot draws what a terminal shows as an SVG picture. It reads the text with
// its escape sequences from standard input, as `tmux capture-pane -e -p` writes it, and
// knows bold, faint, reverse and the sixteen colours, which is all that till uses.
package main

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/cells"
)

// The size of a cell in the picture.
const (
	cellWidth  = 9
	cellHeight = 20
	margin     = 12
)

func main() {
	if err := draw(os.Stdout, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "screenshot:", err)
		os.Exit(1) //nolint:forbidigo // a program of its own, with nothing to close
	}
}

// style is how the characters that follow look.
type style struct {
	bold, faint, reverse bool
	ink, paper           int // 0 to 15; -1 is the terminal's own
}

// span is text of one style, where it begins.
type span struct {
	column int
	text   string
	style  style
}

// picture is a picture that grows. What cannot be written is told when it is flushed.
type picture struct{ *bufio.Writer }

func (p picture) printf(format string, args ...any) { _, _ = fmt.Fprintf(p, format, args...) }

// draw reads a screen and writes the picture.
func draw(w io.Writer, r io.Reader) error {
	var lines [][]span
	wide := 0
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 1<<20)
	look := style{ink: -1, paper: -1}
	for scanner.Scan() {
		var spans []span
		spans, look = parse(scanner.Text(), look)
		lines = append(lines, spans)
		wide = max(wide, cells.Width(scanner.Text()))
	}
	if err := scanner.Err(); err != nil {
		return err
	}
	out := picture{bufio.NewWriter(w)}
	width, height := wide*cellWidth+2*margin, len(lines)*cellHeight+2*margin
	out.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">`+"\n", width, height, width, height)
	out.printf(`<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", paper(-1))
	out.printf(`<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Noto Sans Mono CJK SC', monospace" font-size="15">` + "\n")
	for y, spans := range lines {
		for _, s := range spans {
			drawSpan(out, s, y)
		}
	}
	out.printf("</g>\n</svg>\n")
	return out.Flush()
}

// parse cuts a line into spans; the style goes on into the next line.
func parse(line string, look style) ([]span, style) {
	var spans []span
	column := 0
	for line != "" {
		text, rest, sequence := cut(line)
		if text != "" {
			spans = append(spans, span{column, text, look})
			column += cells.Width(text)
		}
		look = look.with(sequence)
		line = rest
	}
	return spans, look
}

// cut takes the text before the next escape sequence, and the parameters of that.
func cut(line string) (text, rest, sequence string) {
	at := strings.Index(line, "\x1b[")
	if at < 0 {
		return line, "", ""
	}
	end := strings.IndexFunc(line[at+2:], func(r rune) bool { return r >= '@' && r <= '~' })
	if end < 0 {
		return line[:at], "", ""
	}
	end += at + 2
	if line[end] == 'm' {
		sequence = "m" + line[at+2:end]
	}
	return line[:at], line[end+1:], sequence
}

// with is the style after a sequence of SGR (ECMA-48, 8.3.117).
func (s style) with(sequence string) style {
	if sequence == "" {
		return s
	}
	for _, parameter := range strings.Split(sequence[1:], ";") {
		n, _ := strconv.Atoi(parameter) // nothing is 0
		switch {
		case n == 0:
			s = style{ink: -1, paper: -1}
		case n == 1:
			s.bold = true
		case n == 2:
			s.faint = true
		case n == 22:
			s.bold, s.faint = false, false
		case n == 7:
			s.reverse = true
		case n == 27:
			s.reverse = false
		case n >= 30 && n <= 37:
			s.ink = n - 30
		case n == 39:
			s.ink = -1
		case n >= 40 && n <= 47:
			s.paper = n - 40
		case n == 49:
			s.paper = -1
		case n >= 90 && n <= 97:
			s.ink = n - 90 + 8
		case n >= 100 && n <= 107:
			s.paper = n - 100 + 8
		}
	}
	return s
}

// drawSpan draws the paper behind a span and the runs that it is made of.
func drawSpan(out picture, s span, line int) {
	fill, back := ink(s.style.ink), paper(s.style.paper)
	if s.style.reverse {
		fill, back = back, fill
	}
	x, y := margin+s.column*cellWidth, margin+line*cellHeight
	if back != paper(-1) {
		out.printf(`<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`+"\n", x, y, cells.Width(s.text)*cellWidth, cellHeight, back)
	}
	for _, r := range runs(s.text) {
		at := x + r.column*cellWidth
		if blocks := blockRects(r.text); blocks != nil {
			drawBlocks(out, blocks, at, y, fill)
			continue
		}
		out.printf(`<text x="%d" y="%d" textLength="%d" fill="%s"%s>%s</text>`+"\n",
			at, y+cellHeight-5, cells.Width(r.text)*cellWidth, fill, s.style.attributes(), html.EscapeString(r.text))
	}
}

// attributes are the weight and the faintness of text.
func (s style) attributes() string {
	text := ""
	if s.bold {
		text = ` font-weight="bold"`
	}
	if s.faint {
		text += ` opacity="0.6"`
	}
	return text
}

// runs cuts a text where blanks stand and where narrow and wide characters meet, so that
// each piece can be put where it belongs, whatever font draws it. Blanks are left out.
func runs(text string) []span {
	var list []span
	column, kind := 0, ""
	for _, r := range text {
		width := cells.Width(string(r))
		now := kindOf(r, width)
		switch {
		case now == "":
		case now == kind && now != "block":
			list[len(list)-1].text += string(r)
		case width == 0 && len(list) > 0:
			list[len(list)-1].text += string(r)
			now = kind
		default:
			list = append(list, span{column: column, text: string(r)})
		}
		column, kind = column+width, now
	}
	return list
}

// kindOf is what a character is drawn as; a blank is nothing.
func kindOf(r rune, width int) string {
	switch {
	case r == ' ':
		return ""
	case blockRects(string(r)) != nil:
		return "block"
	case width == 2:
		return "wide"
	}
	return "narrow"
}

// blockRects are the parts of a cell that a block character or a line fills: left, top,
// right and bottom in hundredths; nil for every other character. Fonts draw them with gaps.
func blockRects(text string) [][4]int {
	switch text {
	case "█":
		return [][4]int{{0, 0, 100, 100}}
	case "▀":
		return [][4]int{{0, 0, 100, 50}}
	case "▄":
		return [][4]int{{0, 50, 100, 100}}
	case "─":
		return [][4]int{{0, 47, 100, 53}}
	case "│":
		return [][4]int{{44, 0, 56, 100}}
	case "┌":
		return [][4]int{{44, 47, 100, 53}, {44, 47, 56, 100}}
	case "┐":
		return [][4]int{{0, 47, 56, 53}, {44, 47, 56, 100}}
	case "└":
		return [][4]int{{44, 47, 100, 53}, {44, 0, 56, 53}}
	case "┘":
		return [][4]int{{0, 47, 56, 53}, {44, 0, 56, 53}}
	}
	return nil
}

func drawBlocks(out picture, blocks [][4]int, x, y int, fill string) {
	for _, b := range blocks {
		out.printf(`<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" fill="%s" shape-rendering="crispEdges"/>`+"\n",
			float64(x)+float64(b[0]*cellWidth)/100, float64(y)+float64(b[1]*cellHeight)/100,
			float64((b[2]-b[0])*cellWidth)/100, float64((b[3]-b[1])*cellHeight)/100, fill)
	}
}

// ink is a colour of text.
func ink(n int) string {
	if n < 0 {
		return "#d8dee9"
	}
	return colour(n)
}

// paper is a colour behind text.
func paper(n int) string {
	if n < 0 {
		return "#1d2330"
	}
	return colour(n)
}

// colour is one of the sixteen.
func colour(n int) string {
	const sixteen = "#10141c#d9534f#6bbf59#e0a72e#4f8fd9#b57edc#3fb6c6#c5cbd6#6b7486#ff7b72#8ddb7f#ffd166#7fb3ff#d2a8ff#6fe0ee#ffffff"
	return sixteen[n*7 : n*7+7]
}
