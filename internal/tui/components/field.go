package components

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/pkg/card"
)

// Field is a line that is typed into. The zero Field takes anything up to 200 characters.
type Field struct {
	Placeholder string
	Allow       func(r rune) bool // nil takes every printable character
	Most        int               // characters; 0 is 200
	Hidden      bool              // shown as stars, and overwritten by Clear

	text   []rune
	cursor int
}

const fieldMost = 200

// Value is what stands in the field.
func (f Field) Value() string { return string(f.text) }

// IsEmpty reports that nothing stands in the field.
func (f Field) IsEmpty() bool { return len(f.text) == 0 }

// Secret is what stands in a secret field, so that nobody can print it by accident.
func (f Field) Secret() card.Secret { return card.NewSecret(string(f.text)) }

// Shown is the text as it may be seen.
func (f Field) Shown() string {
	if f.Hidden {
		return strings.Repeat("*", len(f.text))
	}
	return string(f.text)
}

// With is the field with another text in it.
func (f Field) With(text string) Field {
	f.text, f.cursor = nil, 0
	return f.insert(text)
}

// Clear is the field with nothing in it; the characters of a secret are overwritten.
func (f Field) Clear() Field {
	if f.Hidden {
		clear(f.text)
	}
	f.text, f.cursor = nil, 0
	return f
}

// Retract takes out the last n characters before the cursor: a scan that was typed here.
func (f Field) Retract(n int) Field {
	n = min(n, f.cursor)
	f.text = append(append([]rune(nil), f.text[:f.cursor-n]...), f.text[f.cursor:]...)
	f.cursor -= n
	return f
}

// Update takes a key press or a paste. It reports whether the field had use for it.
func (f Field) Update(msg tea.Msg) (Field, bool) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return f.insert(msg.Content), true
	case tea.KeyPressMsg:
		return f.press(msg)
	}
	return f, false
}

func (f Field) press(k tea.KeyPressMsg) (Field, bool) {
	switch k.String() {
	case "backspace":
		return f.Retract(1), true
	case "left":
		f.cursor = max(f.cursor-1, 0)
		return f, true
	case "right":
		f.cursor = min(f.cursor+1, len(f.text))
		return f, true
	case "home", "ctrl+a":
		f.cursor = 0
		return f, true
	case "end":
		f.cursor = len(f.text)
		return f, true
	case "ctrl+w":
		return f.Clear(), true
	}
	if k.Text == "" {
		return f, false
	}
	return f.insert(k.Text), true
}

// insert puts in what the field takes of a text, up to what it holds. A paste of any
// length costs no more than that.
func (f Field) insert(text string) Field {
	most := f.Most
	if most == 0 {
		most = fieldMost
	}
	var taken []rune
	for _, r := range text {
		if len(f.text)+len(taken) >= most {
			break
		}
		if unicode.IsPrint(r) && (f.Allow == nil || f.Allow(r)) {
			taken = append(taken, r)
		}
	}
	joined := make([]rune, 0, len(f.text)+len(taken))
	joined = append(append(append(joined, f.text[:f.cursor]...), taken...), f.text[f.cursor:]...)
	f.text, f.cursor = joined, f.cursor+len(taken)
	return f
}

// View is the field in width cells, its cursor shown in reverse. The part around the
// cursor is shown where the text is longer.
func (f Field) View(frame common.Frame, width int) string {
	if f.IsEmpty() {
		mark := frame.Styles.Selected.Render(" ")
		return mark + frame.Styles.Muted.Render(cells.Fit(f.Placeholder, width-1, cells.Left))
	}
	before, at, after := f.parts()
	for cells.Width(before)+cells.Width(at) > width && before != "" {
		_, before = splitFirst(before)
	}
	shown := before + frame.Styles.Selected.Render(at)
	rest := max(width-cells.Width(before)-cells.Width(at), 0)
	return shown + cells.Fit(after, rest, cells.Left)
}

func (f Field) parts() (before, at, after string) {
	text := []rune(f.Shown())
	before, at = string(text[:f.cursor]), " "
	if f.cursor < len(text) {
		at, after = string(text[f.cursor]), string(text[f.cursor+1:])
	}
	return before, at, after
}

func splitFirst(s string) (first, rest string) {
	for i := range s {
		if i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// Digits allows digits alone.
func Digits(r rune) bool { return '0' <= r && r <= '9' }

// Decimal allows what an amount or a quantity is written with.
func Decimal(r rune) bool { return Digits(r) || r == '.' }
