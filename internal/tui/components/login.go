package components

import (
	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/pkg/card"
)

// Login asks for the id of a member of the staff and a PIN. The PIN is shown as stars and
// overwritten as soon as it has been given away.
type Login struct {
	id, pin Field
	atPIN   bool
}

// NewLogin is a login, for a member whose id is known or for any.
func NewLogin(id string) Login {
	l := Login{id: Field{Most: 20}, pin: Field{Most: 12, Allow: Digits, Hidden: true}}
	l.id, l.atPIN = l.id.With(id), id != ""
	return l
}

// Update takes a key and reports that both were given.
func (l Login) Update(msg tea.Msg) (Login, bool) {
	if scan, ok := msg.(common.Scanned); ok {
		return l.retract(scan.Typed), false
	}
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch k.String() {
		case "enter":
			if !l.id.IsEmpty() && !l.pin.IsEmpty() {
				return l, true
			}
			l.atPIN = !l.id.IsEmpty()
			return l, false
		case "tab", "up", "down":
			l.atPIN = !l.atPIN
			return l, false
		}
	}
	if l.atPIN {
		l.pin, _ = l.pin.Update(msg)
	} else {
		l.id, _ = l.id.Update(msg)
	}
	return l, false
}

func (l Login) retract(n int) Login {
	if l.atPIN {
		l.pin = l.pin.Retract(n)
	} else {
		l.id = l.id.Retract(n)
	}
	return l
}

// Given is what was typed.
func (l Login) Given() (id string, pin card.Secret) { return l.id.Value(), l.pin.Secret() }

// Again is the login without the PIN.
func (l Login) Again() Login {
	l.pin, l.atPIN = l.pin.Clear(), true
	return l
}

// View is two lines of width cells.
func (l Login) View(f common.Frame, width int) string {
	line := func(name i18n.Text, field Field, here bool) string {
		label := cells.Fit(f.Say(name), 8, cells.Left)
		if !here {
			return "  " + label + field.Rest(f, width-10)
		}
		return f.Styles.Border.Right + " " + label + field.View(f, width-10)
	}
	return line(i18n.T("Staff", "员工号"), l.id, !l.atPIN) + "\n" + line(i18n.T("PIN", "PIN"), l.pin, l.atPIN)
}
