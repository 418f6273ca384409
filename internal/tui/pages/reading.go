package pages

import (
	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/keymap"
)

// Reading is a text to be read: a receipt, an X or Z.
type Reading struct {
	title i18n.Text
	text  components.Text
}

// NewReading shows a text until it is left.
func NewReading(title i18n.Text, text string) Reading {
	return Reading{title: title, text: components.NewText(text)}
}

// Init implements common.Page.
func (p Reading) Init() tea.Cmd { return nil }

// Update implements common.Page.
func (p Reading) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		if name := k.String(); name == "esc" || name == "enter" {
			return p, common.Send(common.Pop{})
		}
		p.text = p.text.Update(k)
	}
	return p, nil
}

// View implements common.Page.
func (p Reading) View(f common.Frame) string {
	return components.Center(p.text.View(f.Width, f.Height), f.Width, f.Height)
}

// Title implements common.Page.
func (p Reading) Title() i18n.Text { return p.title }

// Keys implements common.Page.
func (p Reading) Keys(m keymap.Map) []keymap.Key {
	return []keymap.Key{m.Move, m.Turn, m.Back}
}

// Traits implements common.Page.
func (p Reading) Traits() common.Traits { return common.Traits{Locks: true} }

var _ common.Page = Reading{}
