// Package cells measures and lays out text by the cells of a terminal or of a receipt
// printer's font A: a Latin letter takes one, a Chinese character or an emoji two, a
// combining mark none.
//
// [Width] measures one line, [Pad], [Truncate] and [Fit] bring it to a width, [Wrap]
// breaks it into lines, and [Plain] first takes out of a stranger's text what a
// terminal would obey. Escape sequences count for nothing and are never cut.
//
// A character whose width Unicode calls ambiguous ("…", "·", "─", curly quotes) counts
// as one cell, while printers with a Chinese code page and some terminals draw it as
// two. What the program says itself avoids them.
package cells

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Align is the side at which padded text stands.
type Align int

// The alignments.
const (
	Left Align = iota
	Right
	Center // an odd cell goes to the right
)

// tail is what stands for the part that Truncate cut off: ASCII, because the one-cell
// ellipsis is of ambiguous width.
const tail = ".."

// Width is the number of cells that s takes on one line.
func Width(s string) int { return ansi.StringWidth(s) }

// Pad fills s with spaces to a width in cells. Text as wide or wider comes back as it
// is: see [Fit].
func Pad(s string, width int, a Align) string {
	room := width - Width(s)
	if room <= 0 {
		return s
	}
	left := 0
	switch a {
	case Right:
		left = room
	case Center:
		left = room / 2
	}
	return strings.Repeat(" ", left) + s + strings.Repeat(" ", room-left)
}

// Truncate cuts s to at most width cells and shows the cut by two full stops where the
// width has room for more than those. A character that would lie half over the edge is
// left out whole; escape sequences behind the cut stay, so that a colour ends.
func Truncate(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	mark := tail
	if width <= Width(tail) {
		mark = ""
	}
	return cut(s, width-Width(mark), mark)
}

// Fit brings s to exactly width cells: cut by [Truncate], filled by [Pad].
func Fit(s string, width int, a Align) string { return Pad(Truncate(s, width), width, a) }

// Plain is a stranger's text (a card's label, a host's answer, an imported name) made
// safe to print on one line: escape sequences are gone, a newline or tab is a space,
// any other control character and any byte that is not UTF-8 is "?", and the invisible
// characters that reorder or hide text are gone.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\u2028', r == '\u2029':
			return ' '
		case unicode.IsControl(r), r == utf8.RuneError:
			return '?'
		case unicode.Is(unicode.Cf, r) && r != zeroWidthJoiner:
			return -1
		}
		return r
	}, ansi.Strip(s))
}

// zeroWidthJoiner holds the parts of an emoji together; it is the one invisible
// character that Plain keeps.
const zeroWidthJoiner = '\u200d'

// cluster is what a terminal draws or obeys as one: a grapheme with its marks, a
// control character or a whole escape sequence. The last two are zero cells wide.
type cluster struct {
	text  string
	width int
}

// clusters walks s.
func clusters(s string) iter.Seq[cluster] {
	return func(yield func(cluster) bool) {
		for s != "" {
			c := first(s)
			if !yield(c) {
				return
			}
			s = s[len(c.text):]
		}
	}
}

// first is the cluster that s begins with. A byte below a space begins a sequence or is
// a control character; the decoder of sequences is not asked for letters, since it
// takes an ASCII letter apart from the marks on it.
func first(s string) cluster {
	if s[0] < ' ' {
		text, width, _, _ := ansi.DecodeSequence(s, 0, nil)
		return cluster{text, width}
	}
	text, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return cluster{text, width}
}

// Characters are what a terminal draws one by one: a letter with its marks is one, and so
// is a family of emoji. A cursor stands between them.
func Characters(s string) []string {
	var list []string
	for c := range clusters(s) {
		list = append(list, c.text)
	}
	return list
}

// isSequence reports an escape sequence or a control character.
func (c cluster) isSequence() bool { return c.width == 0 && c.text[0] < ' ' }

// cut keeps the clusters that fit and puts mark in the place of the others.
func cut(s string, width int, mark string) string {
	var out strings.Builder
	used, over := 0, false
	for c := range clusters(s) {
		if !over && used+c.width > width {
			over = true
			out.WriteString(mark)
		}
		if !over || c.isSequence() {
			out.WriteString(c.text)
			used += c.width
		}
	}
	return out.String()
}
