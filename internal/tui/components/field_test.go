package components

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/styles"
)

func plainFrame(width, height int) common.Frame {
	return common.Frame{Width: width, Height: height, Lang: i18n.English, Styles: styles.New(styles.Lines())}
}

func typed(f Field, keys ...tea.KeyPressMsg) Field {
	for _, k := range keys {
		f, _ = f.Update(k)
	}
	return f
}

func text(s string) []tea.KeyPressMsg {
	var keys []tea.KeyPressMsg
	for _, r := range s {
		keys = append(keys, tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	return keys
}

// A scan is taken out to its last character, whatever the field dropped of it, and what
// stood there before stays.
func TestRetract(t *testing.T) {
	for _, c := range []struct {
		field        Field
		before, scan string
	}{
		{Field{}, "3*", "6901234567892"},
		{Field{Most: 5}, "12", "6901234567892"},
		{Field{Most: 5}, "12345", "6901234567892"},
		{Field{Most: 12, Allow: Digits}, "2", "]E06901234567892"},
		{Field{Allow: Decimal}, "1.5", "~6901234567892"},
		{Field{Most: 12, Allow: Digits, Hidden: true}, "24", "6901234567892"},
		{Field{}, "", "12345678"},
	} {
		f := typed(typed(c.field, text(c.before)...), text(c.scan)...).Retract(len(c.scan))
		if f.Value() != c.before {
			t.Errorf("%q is left of %q and a scan of %q", f.Value(), c.before, c.scan)
		}
		if again := f.Retract(99); len(again.Value()) > 0 {
			t.Errorf("%q is left", again.Value())
		}
	}
}

// What was typed of a secret is overwritten as soon as it changes or goes.
func TestSecretIsWiped(t *testing.T) {
	f := typed(Field{Hidden: true}, text("7391")...)
	for _, change := range []func(Field) Field{
		func(f Field) Field { return typed(f, text("4")...) },
		func(f Field) Field { return f.Retract(1) },
		func(f Field) Field { return typed(f, tea.KeyPressMsg{Code: tea.KeyBackspace}) },
		Field.Clear,
	} {
		before := f.now().text
		next := change(f)
		if strings.Trim(string(before), "\x00") != "" {
			t.Errorf("%q is still there", string(before))
		}
		f = typed(next.Clear(), text("7391")...)
	}
}

// A copy of a field keeps what it showed, whatever becomes of the other one.
func TestFieldIsAValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := typed(Field{}, text(rapid.StringMatching(`[a-z拿铁]{0,8}`).Draw(t, "text"))...)
		kept := f.Value()
		for range rapid.IntRange(1, 10).Draw(t, "keys") {
			k := rapid.SampledFrom([]tea.KeyPressMsg{
				{Code: tea.KeyBackspace}, {Code: tea.KeyLeft}, {Code: tea.KeyRight}, {Code: tea.KeyDelete}, {Code: tea.KeyHome}, {Code: tea.KeyEnd},
				{Code: 'x', Text: "x"}, {Code: '宽', Text: "宽"}, {Code: tea.KeyExtended, Text: "e\u0301"}, {Code: 'w', Mod: tea.ModCtrl},
			}).Draw(t, "key")
			next, _ := f.Update(k)
			if f.Value() != kept {
				t.Fatalf("the copy holds %q, want %q", f.Value(), kept)
			}
			width := rapid.IntRange(1, 12).Draw(t, "width")
			if got := cells.Width(next.Bare(plainFrame(80, 24), width)); got != width {
				t.Fatalf("%q takes %d cells, want %d", next.Value(), got, width)
			}
			f, kept = next, next.Value()
		}
	})
}

// A text stands still where it fits and else moves to its last line.
func TestText(t *testing.T) {
	down, end := tea.KeyPressMsg{Code: tea.KeyDown}, tea.KeyPressMsg{Code: tea.KeyEnd}
	x := NewText("one\ntwo\nthree wide\n")
	if got := x.Update(down).View(80, 3); got != "one\ntwo\nthree wide" {
		t.Errorf("got %q", got)
	}
	if got := x.Update(down).View(7, 2); got != "two\nthree.." {
		t.Errorf("got %q", got)
	}
	if got := x.Update(end).Update(down).View(80, 2); got != "three wide" || x.Width() != 10 {
		t.Errorf("got %q of width %d", got, x.Width())
	}
}

// Columns at the right grow with what stands in them, and others give way.
func TestTableColumns(t *testing.T) {
	columns := []Column{{Head: "n", Width: 3, Extra: true}, {Head: "name"}, {Head: "each", Width: 6, Align: cells.Right, Extra: true}, {Head: "sum", Width: 6, Align: cells.Right}}
	row := []string{"1", "a very long name of something", "12.00", "1234567890.12"}
	cell := func(_, c int) string { return row[c] }
	for width, want := range map[int]string{
		60: "1   a very long name of something         12.00 1234567890.12",
		40: "1   a very long n..  12.00 1234567890.12",
		30: "a very long na.. 1234567890.12",
	} {
		got := strings.Split(Table{}.Rows(1).View(plainFrame(width, 2), columns, 2, cell), "\n")[1]
		if cells.Width(got) != width || strings.Join(strings.Fields(cells.Plain(got)), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("in %d cells: %q", width, cells.Plain(got))
		}
	}
}
