package components

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/cells"
)

// Text is a text that is too long for the screen and moves under it.
type Text struct {
	lines []string
	first int
	wide  int
}

// NewText is a text from its beginning.
func NewText(s string) Text {
	t := Text{lines: strings.Split(strings.TrimRight(s, "\n"), "\n")}
	for _, l := range t.lines {
		t.wide = max(t.wide, cells.Width(l))
	}
	return t
}

// Width is the cells of its widest line.
func (t Text) Width() int { return t.wide }

// Update takes the keys that move the text. It moves until its last line is the first.
func (t Text) Update(k tea.KeyPressMsg) Text {
	switch k.String() {
	case "up":
		t.first--
	case "down":
		t.first++
	case "pgup":
		t.first -= 10
	case "pgdown":
		t.first += 10
	case "home":
		t.first = 0
	case "end":
		t.first = len(t.lines)
	}
	t.first = max(min(t.first, len(t.lines)-1), 0)
	return t
}

// View is at most height lines of it, each of at most width cells. What fits whole stands
// still.
func (t Text) View(width, height int) string {
	first := t.first
	if len(t.lines) <= height {
		first = 0
	}
	shown := t.lines[min(first, len(t.lines)):max(min(first+height, len(t.lines)), first)]
	lines := make([]string, len(shown))
	for i, l := range shown {
		lines[i] = cells.Truncate(l, width)
	}
	return strings.Join(lines, "\n")
}
