package pages

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/keymap"
)

// Approval asks for the PIN of somebody who may allow what whoever is signed in may not.
// It lies over the page that asked and gives it an approved, or a refused.
type Approval struct {
	asker token
	what  i18n.Message
	login components.Login
}

// approved is an approval as it was typed: the use case is what checks it.
type approved struct {
	asker    token
	approval shop.Approval
}

// refused tells that nobody approved.
type refused struct{ asker token }

// needsApproval reports that a use case did nothing because it wants an approval, with
// the words of what for.
func needsApproval(err error) (i18n.Message, bool) {
	var p *till.Problem
	if errors.Is(err, shop.ErrNeedsApproval) && errors.As(err, &p) {
		return p.What, true
	}
	return i18n.Message{}, false
}

// askApproval lays the page over the one that asks.
func askApproval(asker token, what i18n.Message) tea.Cmd {
	return common.Send(common.Push{Page: Approval{asker: asker, what: what, login: components.NewLogin("")}})
}

// Init implements common.Page.
func (p Approval) Init() tea.Cmd { return nil }

// Update implements common.Page.
func (p Approval) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	if k, ok := msg.(tea.KeyPressMsg); ok && k.String() == "esc" {
		p.login = p.login.Again()
		return p, common.Send(common.Pop{Result: refused{p.asker}})
	}
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg, common.Scanned:
	case SignedIn:
		p.login = components.NewLogin("") // nobody finishes what another one began to type
		return p, nil
	default:
		return p, nil
	}
	var given bool
	if p.login, given = p.login.Update(msg); !given {
		return p, nil
	}
	id, pin := p.login.Given()
	p.login = p.login.Again()
	return p, common.Send(common.Pop{Result: approved{p.asker, shop.Approval{Staff: till.StaffID(id), PIN: pin}}})
}

// View implements common.Page.
func (p Approval) View(f common.Frame) string {
	width := min(f.Width-2, 56)
	lines := cells.Wrap(p.what.In(f.Lang), width-4)
	lines = append(lines, "", f.Say(i18n.T("Somebody who may signs here:", "请由有权限的员工在此授权：")), "", p.login.View(f, width-4))
	return components.Center(components.Box(f, f.Say(p.Title()), strings.Join(lines, "\n"), width), f.Width, f.Height)
}

// Title implements common.Page.
func (p Approval) Title() i18n.Text { return i18n.T("Approval", "授权") }

// Keys implements common.Page.
func (p Approval) Keys(m keymap.Map) []keymap.Key { return []keymap.Key{m.Enter, m.Next, m.Back} }

// Traits implements common.Page.
func (p Approval) Traits() common.Traits { return common.Traits{Text: true, Secret: true, Locks: true} }

var _ common.Page = Approval{}
