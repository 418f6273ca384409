package pages

import (
	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
)

// openTicket leads to whatever can be done with a ticket: a held sale goes on, a partly
// paid one is paid, of a paid one goods come back. occupied tells that a sale is being
// rung up, which another one must not take the place of.
func openTicket(w Work, t till.Ticket, occupied bool) tea.Cmd {
	switch {
	case t.Kind == till.TicketSale && t.State == till.TicketDone:
		return common.Send(common.Push{Page: NewReturn(w, t)})
	case t.Kind == till.TicketSale && !t.State.IsFinal() && occupied:
		return common.Send(occupiedTell())
	case t.Kind == till.TicketSale && t.State == till.TicketPaying:
		return common.Send(common.Push{Page: PayOn(w, t)})
	case t.Kind == till.TicketSale && t.State == till.TicketOpen:
		return common.Send(common.Reset{Page: Recalled(w, t)})
	}
	return common.Send(common.Tell{
		Text: i18n.T("%s %s is %s: nothing can come back of it", "%s %s 状态为%s：无可退商品").With(t.Kind.Text(), t.ID, t.State.Text()),
		Hint: i18n.T("till sale show %s tells what became of it", "till sale show %s 可查看其经过").With(t.ID), Tone: common.Warn,
	})
}

// occupiedTell says why another sale cannot be taken up now.
func occupiedTell() common.Tell {
	return common.Tell{
		Text: i18n.T("a sale is being rung up", "当前有未完成的销售").With(),
		Hint: i18n.T("put it aside first: Esc, then F6", "请先挂单：Esc，再按 F6").With(), Tone: common.Warn, Bell: true,
	}
}
