package reports

import (
	"math/bits"
	"slices"
	"strings"
)

// eighths are the parts of a cell that block characters fill from the left, and levels
// those from below.
const (
	eighths = "▏▎▍▌▋▊▉"
	levels  = "▁▂▃▄▅▆▇█"
	ascii   = "_.:-=+*#"
	shades  = "░▒▓█"
)

// bar draws a number against the greatest one. What is not zero has at least a sliver.
func bar(v int64, scale uint64, width int, plain bool) string {
	unit := uint64(8)
	if plain || v < 0 {
		unit = 1
	}
	n := ratio(magnitude(v), uint64(width)*unit, scale)
	if n == 0 && v != 0 {
		n = 1
	}
	switch {
	case plain && v < 0:
		return strings.Repeat("-", int(n))
	case plain:
		return strings.Repeat("#", int(n))
	case v < 0:
		return strings.Repeat("▒", int(n))
	}
	whole := strings.Repeat("█", int(n/8))
	if n%8 == 0 {
		return whole
	}
	return whole + string([]rune(eighths)[n%8-1])
}

// spark draws numbers side by side, from the least or zero to the greatest. Numbers that
// do not fit the width are drawn by the sum of neighbours.
func spark(values []int64, width int, plain bool) string {
	values = bucket(values, width)
	low, high := min(0, slices.Min(values)), max(0, slices.Max(values))
	glyphs := []rune(levels)
	if plain {
		glyphs = []rune(ascii)
	}
	var b strings.Builder
	for _, v := range values {
		at := ratio(uint64(v-low), uint64(len(glyphs)-1), uint64(high-low))
		b.WriteRune(glyphs[at])
	}
	return b.String()
}

// bucket adds neighbours up until at most width numbers are left.
func bucket(values []int64, width int) []int64 {
	size := (len(values) + width - 1) / width
	if size <= 1 {
		return values
	}
	var sums []int64
	for part := range slices.Chunk(values, size) {
		var sum int64
		for _, v := range part {
			if s, ok := addExact(sum, v); ok {
				sum = s
			}
		}
		sums = append(sums, sum)
	}
	return sums
}

// shade is how much of the greatest number of a heat map a number is, in four steps; a
// total or nothing has a blank of the same width.
func shade(v int64, scale uint64, drawn, plain bool) string {
	glyphs := []rune(shades)
	if plain {
		glyphs = []rune(".:*#")
	}
	if !drawn || v <= 0 || scale == 0 {
		return "  "
	}
	step := ratio(magnitude(v), 4, scale)
	if step == 4 {
		step = 3
	}
	return strings.Repeat(string(glyphs[step]), 2)
}

// heatScale is the greatest number of a section's heat map.
func heatScale(t *Table, s *Section) uint64 {
	var top uint64
	for i := range s.Rows {
		for j := range s.Rows[i].Cells {
			if c := &s.Rows[i].Cells[j]; t.Columns[j].Heat && s.Rows[i].Kind == Plain && c.Value > 0 {
				top = max(top, magnitude(c.Value))
			}
		}
	}
	return top
}

// ratio is v*n/scale, rounded down, for v not above scale and a small n.
func ratio(v, n, scale uint64) uint64 {
	if scale == 0 {
		return 0
	}
	hi, lo := bits.Mul64(min(v, scale), n)
	q, _ := bits.Div64(hi, lo, scale)
	return q
}
