package pages

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/keymap"
)

// edited tells the sale page what a dialog over it has decided.
type edited struct {
	asker  token
	change change
}

// holdAs tells the sale page to put the sale aside.
type holdAs struct {
	asker token
	label string
}

// entry is one line of a form.
type entry struct {
	name  i18n.Text
	field components.Field
}

// form is a dialog of a few lines over another page. What it is given is checked by give,
// which makes the message for the page below, or says what is wrong.
type form struct {
	title   i18n.Text
	about   string // above the fields: a name of the shop's own
	entries []entry
	at      int
	give    func(values []string) (tea.Msg, error)
	keep    bool // stays open after give: an answer closes it
	scans   bool // a scan closes it with what stands there, and goes on to the page below
}

// Init implements common.Page.
func (p form) Init() tea.Cmd { return nil }

// Update implements common.Page.
func (p form) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg)
	case tea.PasteMsg:
		return p.typed(msg), nil
	case common.Scanned:
		return p.scanned(msg)
	}
	return p, nil
}

func (p form) press(k tea.KeyPressMsg) (common.Page, tea.Cmd) {
	switch k.String() {
	case "esc":
		return p, common.Send(common.Pop{})
	case "tab", "down":
		p.at = (p.at + 1) % len(p.entries)
		return p, nil
	case "up":
		p.at = (p.at + len(p.entries) - 1) % len(p.entries)
		return p, nil
	case "enter":
		return p.enter()
	}
	return p.typed(k), nil
}

// typed types into the field that has the cursor.
func (p form) typed(msg tea.Msg) form {
	entries := slices.Clone(p.entries)
	entries[p.at].field, _ = entries[p.at].field.Update(msg)
	p.entries = entries
	return p
}

// enter gives what was typed, or says what is wrong with it and stays.
func (p form) enter() (common.Page, tea.Cmd) {
	result, err := p.give(p.values())
	if err != nil {
		return p, failed(err)
	}
	if p.keep {
		return p, common.Send(result)
	}
	return p, common.Send(common.Pop{Result: result})
}

// scanned ends what was being typed: it is given as it stands, and the scan goes on to
// the page below. A scan never lands in a number.
func (p form) scanned(s common.Scanned) (common.Page, tea.Cmd) {
	entries := slices.Clone(p.entries)
	entries[p.at].field = entries[p.at].field.Retract(s.Typed)
	p.entries = entries
	if !p.scans || s.Code == "" {
		return p, nil
	}
	result, err := p.give(p.values())
	return p, tea.Batch(common.Send(common.Pop{Result: result, Scan: s.Code}), failed(err))
}

func (p form) values() []string {
	values := make([]string, len(p.entries))
	for i, e := range p.entries {
		values[i] = strings.TrimSpace(e.field.Value())
	}
	return values
}

// View implements common.Page.
func (p form) View(f common.Frame) string {
	width := min(f.Width-2, 60)
	name := 0
	for _, e := range p.entries {
		name = max(name, cells.Width(f.Say(e.name)))
	}
	var lines []string
	if p.about != "" {
		lines = append(lines, f.Styles.Strong.Render(cells.Truncate(cells.Plain(p.about), width-4)), "")
	}
	for i, e := range p.entries {
		room := max(width-4-name-4, 8)
		mark, value := " ", e.field.Rest(f, room)
		if i == p.at {
			mark, value = f.Styles.Border.Right, e.field.View(f, room)
		}
		lines = append(lines, mark+" "+cells.Fit(f.Say(e.name), name, cells.Left)+"  "+value)
	}
	return components.Center(components.Box(f, f.Say(p.title), strings.Join(lines, "\n"), width), f.Width, f.Height)
}

// Title implements common.Page.
func (p form) Title() i18n.Text { return p.title }

// Keys implements common.Page.
func (p form) Keys(m keymap.Map) []keymap.Key {
	if len(p.entries) == 1 {
		return []keymap.Key{m.Enter, m.Back}
	}
	return []keymap.Key{m.Enter, m.Next, m.Back}
}

// Traits implements common.Page.
func (p form) Traits() common.Traits { return common.Traits{Text: true, Scans: p.scans, Locks: true} }

func itoa(n int) string { return strconv.Itoa(n) }

var _ common.Page = form{}
