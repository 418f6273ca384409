package symbol

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"
)

// maxScale keeps the largest symbol, 177 modules and its quiet zone, below 12,000 pixels.
const maxScale = 64

// Image draws the symbol in black on white with its quiet zone, each module a square of
// so many whole pixels: 1 to 64.
func (s Symbol) Image(scale int) (*image.Paletted, error) {
	if scale < 1 || scale > maxScale {
		return nil, fmt.Errorf("%w: want 1 to %d, got %d", ErrScale, maxScale, scale)
	}
	side := s.Size() + 2*Quiet
	img := image.NewPaletted(image.Rect(0, 0, side*scale, side*scale), color.Palette{color.White, color.Black})
	for y := range side * scale {
		row := img.Pix[y*img.Stride:]
		for x := range side * scale {
			if s.Dark(x/scale-Quiet, y/scale-Quiet) {
				row[x] = 1
			}
		}
	}
	return img, nil
}

// PNG is the image as a PNG file of one bit a pixel.
func (s Symbol) PNG(scale int) ([]byte, error) {
	img, err := s.Image(scale)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("symbol as PNG: %w", err)
	}
	return b.Bytes(), nil
}

// SVG is the symbol as an SVG document in black on white with its quiet zone. Its unit is
// one module; it is shown at 8 pixels a module and scales without loss.
func (s Symbol) SVG() []byte {
	side := s.Size() + 2*Quiet
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" shape-rendering="crispEdges">`, 8*side, 8*side, side, side)
	fmt.Fprintf(&b, "\n"+`<rect width="%d" height="%d" fill="#fff"/>`, side, side)
	b.WriteString("\n" + `<path fill="#000" d="`)
	for y := range s.Size() {
		s.strokes(&b, y)
	}
	b.WriteString("\"/>\n</svg>\n")
	return b.Bytes()
}

// strokes writes the runs of dark modules of a row as boxes of a path.
func (s Symbol) strokes(b *bytes.Buffer, y int) {
	for x := 0; x < s.Size(); x++ {
		from := x
		for s.Dark(x, y) {
			x++
		}
		if n := strconv.Itoa(x - from); x > from {
			fmt.Fprintf(b, "M%d %dh%sv1h-%sz", from+Quiet, y+Quiet, n, n)
		}
	}
}

// Background is what a terminal shows behind text.
type Background uint8

// The backgrounds.
const (
	DarkBackground  Background = iota // light text on dark: most terminals
	LightBackground                   // dark text on light
)

// Text draws the symbol with its quiet zone in half blocks, two modules a character, for
// a terminal of which nothing may be asked: no colour, no escape. What is light is drawn
// with the text's colour on a dark background and left out on a light one; a symbol for
// the other background comes out inverted, which phones read and many scanners do not.
// Where colours may be set, [Symbol.ANSI] needs no such knowledge.
func (s Symbol) Text(on Background) string {
	var b strings.Builder
	s.eachCell(func(top, bottom bool, last bool) {
		b.WriteString(block(top == (on == LightBackground), bottom == (on == LightBackground)))
		if last {
			b.WriteByte('\n')
		}
	})
	return b.String()
}

// ANSI draws the symbol with its quiet zone in half blocks and sets both colours itself,
// black 16 and white 231 of the 256, which themes leave alone. So it looks the same on
// dark and on light terminals.
func (s Symbol) ANSI() string {
	const colours, reset = "\x1b[38;5;16;48;5;231m", "\x1b[0m"
	var b strings.Builder
	first := true
	s.eachCell(func(top, bottom bool, last bool) {
		if first {
			b.WriteString(colours)
		}
		b.WriteString(block(top, bottom))
		if first = last; last {
			b.WriteString(reset + "\n")
		}
	})
	return b.String()
}

// eachCell goes over the character cells, each of two modules; below the last row, whose
// number is odd, all is light.
func (s Symbol) eachCell(f func(top, bottom, last bool)) {
	end := s.Size() + Quiet
	for y := -Quiet; y < end; y += 2 {
		for x := -Quiet; x < end; x++ {
			f(s.Dark(x, y), s.Dark(x, y+1), x == end-1)
		}
	}
}

// block is the character with the halves inked.
func block(top, bottom bool) string {
	switch {
	case top && bottom:
		return "█"
	case top:
		return "▀"
	case bottom:
		return "▄"
	}
	return " "
}
