package pages

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
)

// putAside holds the basket. What is scanned meanwhile is of the next sale.
func (p Sale) putAside(label string) (common.Page, tea.Cmd) {
	p.aside = shop.HoldRequest{Held: p.held, Label: label, Basket: p.basket}
	p.doing = holding
	return p, p.hold()
}

func (p Sale) hold() tea.Cmd {
	q := p.aside
	return ask(p.work, p.asker, func(ctx context.Context) (till.Ticket, error) {
		return p.work.Desk.Hold(context.WithoutCancel(ctx), q)
	})
}

// isHeld begins a new sale when the old one was put aside.
func (p Sale) isHeld(d done[till.Ticket]) (common.Page, tea.Cmd) {
	if what, ok := needsApproval(d.err); ok && p.aside.Approval == nil {
		p.doing = askingHold
		p, drop := p.dropAfter()
		return p, tea.Batch(drop, askApproval(p.asker, what))
	}
	if d.err != nil {
		return p.notHeld(d.err)
	}
	tell := common.Say(common.Good, i18n.T("put aside as %s", "已挂单：%s").With(heldName(d.value)))
	next := NewSale(p.work)
	next.box, next.queue, next.hits, next.list = p.box, p.queue, p.hits, p.list.Select(0)
	next.leaving, next.after = p.leaving, p.after
	begun, cmd := next.next()
	return begun, tea.Batch(tell, next.Init(), cmd)
}

// notHeld goes on with the sale that could not be put aside, also where the user wanted to
// leave: who asks for that once more leaves without it.
func (p Sale) notHeld(err error) (common.Page, tea.Cmd) {
	p.doing, p.aside = resting, shop.HoldRequest{}
	p, drop := p.dropAfter()
	if !p.leaving {
		next, cmd := p.next()
		return next, tea.Batch(drop, failed(err), cmd)
	}
	p.leaving, p.stuck = false, true
	what := i18n.T("the sale was not put aside", "未能挂单").With()
	var problem *till.Problem
	if errors.As(err, &problem) {
		what = problem.What
	} else if err != nil {
		what = i18n.T("%s", "%s").With(err.Error())
	}
	tell := common.Tell{
		Text: what, Hint: i18n.T("Ctrl+C once more leaves without what was rung up", "再按一次 Ctrl+C 将放弃本单并退出").With(), Tone: common.Bad, Bell: true,
	}
	next, cmd := p.next()
	return next, tea.Batch(drop, common.Send(common.Stays{}), common.Send(tell), cmd)
}

// heldName is what a held sale is found by.
func heldName(t till.Ticket) string {
	if t.Label != "" {
		return t.Label
	}
	return string(t.ID)
}
