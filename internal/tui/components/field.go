package components

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/pkg/card"
)

// Field is a line that is typed into. The zero Field takes anything up to 200 characters.
// It is a value; what stands in it is never changed, but for a secret, which is
// overwritten when it is not needed any more.
type Field struct {
	Placeholder string
	Allow       func(r rune) bool // nil takes every printable character
	Most        int               // characters; 0 is 200
	Hidden      bool              // shown as stars, and overwritten when it changes

	line *line // nil is empty; a pointer, since fmt shows the fields of a struct
}

// line is what stands in a field.
type line struct {
	text   []rune
	cursor int
	typed  string // of the last characters in a row: whether each was taken or not
}

const (
	fieldMost = 200
	taken     = "+"
	dropped   = "-"
)

// Value is what stands in the field.
func (f Field) Value() string { return string(f.now().text) }

// IsEmpty reports that nothing stands in the field.
func (f Field) IsEmpty() bool { return len(f.now().text) == 0 }

// Secret is what stands in a secret field, so that nobody can print it by accident.
func (f Field) Secret() card.Secret { return card.NewSecret(f.Value()) }

// Shown is the text as it may be seen.
func (f Field) Shown() string {
	if f.Hidden {
		return strings.Repeat("*", len(f.now().text))
	}
	return f.Value()
}

// With is the field with another text in it.
func (f Field) With(text string) Field {
	f = f.Clear().insert(text)
	return f.move(f.now().cursor)
}

// Clear is the field with nothing in it; the characters of a secret are overwritten.
func (f Field) Clear() Field { return f.at(nil, 0, "") }

// Retract takes out what was taken of the last n characters that were typed in a row: a
// scan. What stood there before stays, also where the field dropped some of the scan.
func (f Field) Retract(n int) Field {
	l := f.now()
	kept := max(len(l.typed)-n, 0)
	out := min(strings.Count(l.typed[kept:], taken), l.cursor)
	return f.at(slices.Concat(l.text[:l.cursor-out], l.text[l.cursor:]), l.cursor-out, l.typed[:kept])
}

// Update takes a key press or a paste. It reports whether the field had use for it.
func (f Field) Update(msg tea.Msg) (Field, bool) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		f = f.insert(msg.Content)
		return f.move(f.now().cursor), true
	case tea.KeyPressMsg:
		return f.press(msg)
	}
	return f, false
}

func (f Field) press(k tea.KeyPressMsg) (Field, bool) {
	l := f.now()
	switch k.String() {
	case "backspace", "ctrl+h":
		before := f.left()
		return f.at(slices.Concat(l.text[:before], l.text[l.cursor:]), before, ""), true
	case "delete":
		return f.at(slices.Concat(l.text[:l.cursor], l.text[f.right():]), l.cursor, ""), true
	case "left":
		return f.move(f.left()), true
	case "right":
		return f.move(f.right()), true
	case "home", "ctrl+a":
		return f.move(0), true
	case "end":
		return f.move(len(l.text)), true
	case "ctrl+w":
		return f.Clear(), true
	}
	if k.Text == "" {
		return f, false
	}
	return f.insert(k.Text), true
}

func (f Field) now() line {
	if f.line == nil {
		return line{}
	}
	return *f.line
}

// move is the field with its cursor elsewhere.
func (f Field) move(cursor int) Field {
	f.line = &line{text: f.now().text, cursor: cursor}
	return f
}

// at is the field with another text in it, which is the field's from now on.
func (f Field) at(text []rune, cursor int, typed string) Field {
	if f.Hidden && f.line != nil {
		clear(f.line.text)
	}
	f.line = &line{text, cursor, typed}
	return f
}

// insert puts in what the field takes of a text, up to what it holds. A paste of any
// length costs no more than that.
func (f Field) insert(text string) Field {
	l, most := f.now(), f.Most
	if most == 0 {
		most = fieldMost
	}
	var in []rune
	typed := []byte(l.typed)
	for _, r := range text {
		fits := len(l.text)+len(in) < most && unicode.IsPrint(r) && (f.Allow == nil || f.Allow(r))
		if fits {
			in = append(in, r)
			typed = append(typed, taken...)
		} else if typed = append(typed, dropped...); len(typed) > 2*scanMost {
			break
		}
	}
	typed = typed[max(len(typed)-scanMost, 0):]
	return f.at(slices.Concat(l.text[:l.cursor], in, l.text[l.cursor:]), l.cursor+len(in), string(typed))
}

// left is where the character before the cursor begins: a letter with its marks is one.
func (f Field) left() int {
	l := f.now()
	start := 0
	for _, c := range cells.Characters(string(l.text[:l.cursor])) {
		if n := len([]rune(c)); start+n < l.cursor {
			start += n
		}
	}
	return start
}

// right is where the character under the cursor ends.
func (f Field) right() int {
	l := f.now()
	if l.cursor == len(l.text) {
		return l.cursor
	}
	return l.cursor + len([]rune(cells.Characters(string(l.text[l.cursor:]))[0]))
}

// View is the field in width cells between brackets, its cursor shown in reverse. The
// part around the cursor is shown where the text is longer.
func (f Field) View(frame common.Frame, width int) string {
	return "[" + f.Bare(frame, width-2) + "]"
}

// Rest is the field as it looks while another one is typed into.
func (f Field) Rest(frame common.Frame, width int) string {
	if f.IsEmpty() {
		return "[" + frame.Styles.Muted.Render(cells.Fit(f.Placeholder, width-2, cells.Left)) + "]"
	}
	return "[" + cells.Fit(f.Shown(), width-2, cells.Left) + "]"
}

// Bare is the field in width cells without brackets.
func (f Field) Bare(frame common.Frame, width int) string {
	if width <= 0 {
		return ""
	}
	if f.IsEmpty() {
		mark := frame.Styles.Selected.Render(" ")
		return mark + frame.Styles.Muted.Render(cells.Fit(f.Placeholder, width-1, cells.Left))
	}
	before, at, after := f.parts()
	room := width - cells.Width(at)
	if room < 0 {
		return cells.Fit("", width, cells.Left)
	}
	before = tail(before, room)
	return before + frame.Styles.Selected.Render(at) + cells.Fit(after, room-cells.Width(before), cells.Left)
}

func (f Field) parts() (before, at, after string) {
	l, text := f.now(), []rune(f.Shown())
	end := f.right()
	before, at, after = string(text[:l.cursor]), string(text[l.cursor:end]), string(text[end:])
	if at == "" {
		at = " "
	}
	return before, at, after
}

// tail is the end of a text that fits into width cells.
func tail(s string, width int) string {
	if cells.Width(s) <= width {
		return s
	}
	list := cells.Characters(s)
	i, used := len(list), 0
	for i > 0 && used+cells.Width(list[i-1]) <= width {
		i--
		used += cells.Width(list[i])
	}
	return strings.Join(list[i:], "")
}

// Digits allows digits alone.
func Digits(r rune) bool { return '0' <= r && r <= '9' }

// Decimal allows what an amount or a quantity is written with.
func Decimal(r rune) bool { return Digits(r) || r == '.' }
