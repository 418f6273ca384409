package components

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Text is a text that is too long for the screen and moves under it.
type Text struct {
	lines []string
	first int
}

// NewText is a text from its beginning.
func NewText(s string) Text {
	return Text{lines: strings.Split(strings.TrimRight(s, "\n"), "\n")}
}

// Update takes the keys that move the text.
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
	}
	t.first = max(min(t.first, len(t.lines)-1), 0)
	return t
}

// View is at most height lines of it.
func (t Text) View(height int) string {
	first := max(min(t.first, len(t.lines)-height), 0)
	return strings.Join(t.lines[first:max(min(first+height, len(t.lines)), first)], "\n")
}
