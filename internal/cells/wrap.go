package cells

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Wrap breaks s into lines of at most width cells. It breaks at spaces, which vanish at
// the end of a line, and before or after a wide character, except that closing
// punctuation does not begin a line and opening punctuation does not end one. A word
// that fits a line is never split; a longer one is broken where the line is full. A
// newline in s always breaks. A character wider than the whole width (a Chinese one on
// a line of one cell) stands on a line of its own.
//
// The colour that an escape sequence sets runs on over a break; a caller that frames
// the lines resets it.
func Wrap(s string, width int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		lines = append(lines, wrapParagraph(paragraph, max(width, 1))...)
	}
	return lines
}

// wrapParagraph fills lines greedily with the groups between spaces.
func wrapParagraph(s string, width int) []string {
	f := folder{width: width}
	for g := range groups(s) {
		f.place(g)
	}
	return append(f.lines, f.line.String())
}

// atom is a word, or one wide character: what is broken only where no line can hold it.
type atom struct {
	text  string
	width int
	wide  bool // one wide character, to which no letter is joined
}

// group is the atoms that stay on one line where a line can hold them, and the spaces
// before them.
type group struct {
	gap   string
	atoms []atom
	width int // of the atoms
}

// folder is the lines so far and the one being filled.
type folder struct {
	width int
	lines []string
	line  strings.Builder
	used  int
	gap   string // spaces that are written if more follows on this line
}

// place puts a group on this line, or on the next, or atom by atom where none holds it.
func (f *folder) place(g group) {
	f.gap += g.gap
	switch room := f.width - f.used - Width(f.gap); {
	case g.width <= room, g.width == 0:
	case f.used > 0:
		f.newline()
	default:
		f.gap = "" // an indent that leaves no room
	}
	for _, a := range g.atoms {
		f.placeAtom(a)
	}
}

// placeAtom writes a whole atom, or its clusters one by one where it is too long for
// any line.
func (f *folder) placeAtom(a atom) {
	if a.width <= f.width {
		f.write(a.text, a.width)
		return
	}
	for c := range clusters(a.text) {
		f.write(c.text, c.width)
	}
}

// write adds text that is not broken any further.
func (f *folder) write(text string, width int) {
	if width == 0 { // a mark or sequence never begins a line and brings no spaces with it
		f.line.WriteString(text)
		return
	}
	if f.used > 0 && f.used+Width(f.gap)+width > f.width {
		f.newline()
	}
	f.line.WriteString(f.gap + text)
	f.used += Width(f.gap) + width
	f.gap = ""
}

// newline ends the line and forgets the spaces that would have followed.
func (f *folder) newline() {
	f.lines = append(f.lines, f.line.String())
	f.line.Reset()
	f.used, f.gap = 0, ""
}

// groups walks a paragraph. The spaces at its end belong to no group.
func groups(s string) iter.Seq[group] {
	return func(yield func(group) bool) {
		var g group
		for c := range clusters(s) {
			space := isSpace(c)
			if len(g.atoms) > 0 && (space || g.breaksBefore(c)) {
				if !yield(g) {
					return
				}
				g = group{}
			}
			if space {
				g.gap += spaces(c)
				continue
			}
			g.add(c)
		}
		if len(g.atoms) > 0 {
			yield(g)
		}
	}
}

// breaksBefore reports that a line may end between the group and c.
func (g *group) breaksBefore(c cluster) bool {
	last := g.atoms[len(g.atoms)-1]
	if c.width == 0 || last.width == 0 || (c.width == 1 && !last.wide) {
		return false
	}
	return !closes(c.text) && !opens(last.text)
}

// add puts a cluster into the group: into its last word, or as an atom of its own.
func (g *group) add(c cluster) {
	g.width += c.width
	n := len(g.atoms)
	if n > 0 && (c.width == 0 || (c.width == 1 && !g.atoms[n-1].wide)) {
		g.atoms[n-1].text += c.text
		g.atoms[n-1].width += c.width
		return
	}
	g.atoms = append(g.atoms, atom{text: c.text, width: c.width, wide: c.width > 1})
}

// isSpace reports a space that a line may end at; the spaces made not to break are
// letters here.
func isSpace(c cluster) bool {
	r, _ := utf8.DecodeRuneInString(c.text)
	return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' && r != '\u2007'
}

// spaces is the gap that a space makes: a tab or another control is one blank.
func spaces(c cluster) string {
	if c.width == 0 {
		return " "
	}
	return c.text
}

// closes reports punctuation that belongs to what stands before it.
func closes(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return strings.ContainsRune(",.;:?!)]}%，。、；：？！）】》」』〉〕〗％～…·”’", r)
}

// opens reports that the text ends in punctuation that belongs to what follows it.
func opens(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return strings.ContainsRune("([{（【《「『〈〔〖￥“‘", r)
}
