package pages

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
)

// change is a change of a basket, performed beside the screen.
type change func(ctx context.Context, d SaleDesk, b till.Basket) (step, error)

// job is one change in the queue.
type job struct {
	do       change
	approval *shop.Approval
}

// step is what a job came to: another basket with its price, or something that was found
// instead of an item.
type step struct {
	basket till.Basket
	ticket till.Ticket
	line   int          // that the keys act on from now on, 1 is the first; 0 leaves it
	found  *till.Ticket // the text was the number of a receipt, or the label of a held sale
	search string       // the text is no code
}

// isOther reports that the step is no other basket.
func (s step) isOther() bool { return s.found != nil || s.search != "" }

// change puts a job into the queue and begins with it, if nothing else goes on.
func (p Sale) change(do change) (common.Page, tea.Cmd) {
	p.queue = append(slices.Clone(p.queue), job{do: do})
	if p.doing != resting {
		return p, nil
	}
	return p.next()
}

// next performs the first job of the queue on the basket as it is now.
func (p Sale) next() (common.Page, tea.Cmd) {
	if len(p.queue) == 0 {
		return p.rested()
	}
	p.doing = performing
	j, basket := p.queue[0], p.basket
	return p, ask(p.work, p.asker, func(ctx context.Context) (step, error) {
		return perform(ctx, p.work.Desk, j, basket)
	})
}

// perform changes a basket, asks for what it needs an approval for, and prices it.
func perform(ctx context.Context, d SaleDesk, j job, b till.Basket) (step, error) {
	b.Entries = slices.Clone(b.Entries)
	s, err := j.do(ctx, d, b)
	if err != nil || s.isOther() || len(s.basket.Entries) == 0 {
		return s, err
	}
	if s.basket, err = d.Permit(ctx, s.basket, j.approval); err != nil {
		return s, err
	}
	s.ticket, err = d.Quote(ctx, s.basket)
	return s, err
}

// stepped takes what a job came to. One that failed has changed nothing.
func (p Sale) stepped(d done[step]) (common.Page, tea.Cmd) {
	if what, ok := needsApproval(d.err); ok && p.queue[0].approval == nil && !p.leaving {
		p.doing = askingJob // the job stays first in the queue
		p, drop := p.dropAfter()
		return p, tea.Batch(drop, askApproval(p.asker, what))
	}
	p.queue = p.queue[1:]
	var tell, drop tea.Cmd
	if d.err != nil || d.value.isOther() {
		p, drop = p.dropAfter()
	}
	switch {
	case d.err != nil:
		tell = failed(d.err)
	case d.value.found != nil:
		tell = openTicket(p.work, *d.value.found, len(p.basket.Entries) > 0)
	case d.value.search != "":
		p, tell = p.lookFor(d.value.search)
	default:
		p = p.show(d.value)
	}
	next, cmd := p.next()
	return next, tea.Batch(drop, tell, cmd)
}

// dropAfter gives up what was to follow: something else is to be seen first.
func (p Sale) dropAfter() (Sale, tea.Cmd) {
	if p.after == nil {
		return p, nil
	}
	p.after = nil
	return p, common.Send(common.Drop{})
}

// show takes another basket over.
func (p Sale) show(s step) Sale {
	p.basket, p.ticket = s.basket, s.ticket
	p.lines = p.lines.Rows(len(p.basket.Entries))
	if s.line > 0 {
		p.lines = p.lines.Select(s.line - 1)
	}
	return p
}

// approve gives what waits for it an approval and tries again.
func (p Sale) approve(a shop.Approval) (common.Page, tea.Cmd) {
	switch p.doing {
	case askingJob:
		p.queue = slices.Clone(p.queue)
		p.queue[0].approval = &a
		return p.next()
	case askingHold:
		p.doing, p.aside.Approval = holding, &a
		return p, p.hold()
	case resting, performing, holding:
	}
	return p, nil
}

// refuse goes on without what nobody approved.
func (p Sale) refuse() (common.Page, tea.Cmd) {
	switch p.doing {
	case askingJob:
		p.queue = p.queue[1:]
		return p.next()
	case askingHold:
		return p.notHeld(nil)
	case resting, performing, holding:
	}
	return p, nil
}
