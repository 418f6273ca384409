package pages

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/receipt"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/pkg/money"
)

// take gives the tender to the use case.
func (p Pay) take(t shop.Tendering) (common.Page, tea.Cmd) {
	ctx, cancel := context.WithCancel(p.work.Context)
	p = p.begun(cancel)
	p.tender = t
	work := p.work
	work.Context = ctx
	id, stored := p.ticket.ID, p.stored
	request := shop.SellRequest{Held: p.held, Basket: p.basket, Tenders: []shop.Tendering{t}}
	if p.ticket.Total.IsZero() {
		request.Tenders = nil
	}
	p.wants = func(a *shop.Approval) tea.Cmd {
		request.Approval = a
		return ask(work, p.asker, func(ctx context.Context) (shop.Bill, error) {
			if stored {
				return work.Desk.PayTicket(ctx, id, request.Tenders...)
			}
			return work.Desk.Sell(ctx, request)
		})
	}
	return p, p.wants(nil)
}

// abandon gives back what was taken and cancels the sale. It is seen through.
func (p Pay) abandon() (common.Page, tea.Cmd) {
	p = p.begun(func() {})
	id := p.ticket.ID
	p.wants = func(a *shop.Approval) tea.Cmd {
		return ask(p.work, p.asker, func(ctx context.Context) (shop.Bill, error) {
			return p.work.Desk.Abandon(context.WithoutCancel(ctx), id, a)
		})
	}
	return p, p.wants(nil)
}

// begun is the page while something is under way.
func (p Pay) begun(cancel context.CancelFunc) Pay {
	p.busy, p.stopping, p.cancel = true, false, cancel
	p.told, p.code, p.offer, p.giveUp = nil, code{}, offer{}, false
	return p
}

// taken takes what became of a tender. What was typed stays where nothing was begun, to be
// corrected.
func (p Pay) taken(d done[shop.Bill]) (common.Page, tea.Cmd) {
	p.busy, p.stopping, p.code, p.offer = false, false, code{}, offer{}
	if what, ok := needsApproval(d.err); ok && !p.leaving {
		return p, askApproval(p.asker, what)
	}
	p.cancel()
	if d.value.Ticket.ID != "" {
		p.bill, p.ticket, p.due, p.stored = d.value, d.value.Ticket, d.value.Due, true
		p.inCash, p.given, p.part = false, p.given.Clear(), p.part.Clear()
		p.part.Placeholder = p.due.Decimal()
	}
	switch {
	case p.stored && p.ticket.State.IsFinal():
		return p, tea.Batch(common.Send(common.Reset{Page: NewResult(p.work, p.bill)}), failed(d.err), p.ended())
	case d.err != nil:
		return p.goOn(failed(d.err))
	}
	return p.goOn(p.tellOutcome())
}

// ended tells how the sale ended, where the page that shows it is not waited for.
func (p Pay) ended() tea.Cmd {
	if !p.leaving {
		return nil
	}
	return tea.Batch(common.Say(common.Good, i18n.T("sale %s of %s is %s", "销售 %s（%s）状态为%s").With(p.ticket.ID, p.ticket.Total, p.ticket.State.Text())), common.Send(common.Left{}))
}

// goOn waits for the next tender, after the sale page knows what the store has. Whoever
// wanted to leave does so, unless money was taken of a sale that is not paid.
func (p Pay) goOn(tell tea.Cmd) (common.Page, tea.Cmd) {
	cmds := []tea.Cmd{tell}
	if p.stored && p.sale != nil {
		cmds = append(cmds, common.Send(Resumed{asker: p.sale, Ticket: p.ticket}))
	}
	if !p.leaving {
		return p, tea.Batch(cmds...)
	}
	p.leaving = false
	if p.owes() && p.paid().IsPositive() {
		next, cmd := p.stay()
		return next, tea.Batch(append(cmds, cmd)...)
	}
	p.givenUp = true
	return p, tea.Batch(append(cmds, common.Send(common.Left{}))...)
}

// stop is asked for by whoever leaves the program. What the host may have taken is waited
// for, or reversed: the register sees to that. A sale that is partly paid is left only
// when that was said.
func (p Pay) stop() (common.Page, tea.Cmd) {
	switch {
	case p.busy:
		p.leaving = true
		return p.stopTender()
	case p.owes() && !p.warned:
		return p.stay()
	}
	p.givenUp = true
	return p, common.Send(common.Left{})
}

// stay tells what would be left behind.
func (p Pay) stay() (common.Page, tea.Cmd) {
	p.warned = true
	return p, tea.Batch(common.Send(common.Stays{}), common.Send(common.Tell{
		Text: i18n.T("%s of sale %s were taken, %s are due", "销售 %[2]s 已收 %[1]s，尚应付 %[3]s").With(p.paid(), p.ticket.ID, p.due),
		Hint: i18n.T("take the rest, or Esc to give it back; Ctrl+C once more leaves it so", "请收取余款，或按 Esc 退还；再按 Ctrl+C 将保持现状并退出").With(), Tone: common.Warn, Bell: true,
	}))
}

// stopTender asks the tender that is being taken to come to an end.
func (p Pay) stopTender() (common.Page, tea.Cmd) {
	p.stopping, p.offer = true, offer{}
	p.cancel()
	return p, common.Say(common.Warn, i18n.T("stopping; what the bank may have taken is waited for or reversed", "正在停止；银行可能已扣的款项将等待结果或冲正").With())
}

// tellOutcome says in a line what became of a tender that did not end the sale.
func (p Pay) tellOutcome() tea.Cmd {
	if x := p.last(); x.Unmet().IsPositive() || x.Reason == till.ReasonPartial {
		return p.tellPart(x)
	}
	switch p.bill.Outcome() {
	case till.OutcomeApproved:
		return common.Say(common.Good, i18n.T("taken; %s are still due", "已收；尚应付 %s").With(p.due))
	case till.OutcomeDeclined:
		text := i18n.T("DECLINED: nothing was taken, %s are due", "交易被拒绝：未收款，应付 %s").With(p.due)
		if x := p.last(); x.DeclinedBy == till.ByHost && x.ResponseCode != "" {
			text = i18n.T("%s; %s", "%s；%s").With(text, receipt.DeclineText(x.ResponseCode))
		}
		return common.Send(common.Tell{
			Text: text,
			Hint: i18n.T("try another card or another tender", "请换卡或换用其他方式").With(), Tone: common.Bad, Bell: true,
		})
	case till.OutcomeReversed:
		return common.Send(common.Tell{
			Text: i18n.T("REVERSED: the shopper owes nothing of it, %s are due", "已冲正：顾客未被扣款，应付 %s").With(p.due), Tone: common.Warn, Bell: true,
		})
	case till.OutcomeUnknown:
		if x := p.last(); x.State == till.Exception {
			return common.Send(common.Tell{
				Text: i18n.T("OUTCOME UNKNOWN: the host answered %s to the reversal, on which the till cannot act", "结果未知：主机对冲正应答 %s，收银机无法据此处理").With(x.ResponseCode),
				Hint: i18n.T("a manager decides: till txn exceptions", "须由主管裁定：till txn exceptions").With(), Tone: common.Bad, Bell: true,
			})
		}
	}
	return common.Send(common.Tell{
		Text: i18n.T("OUTCOME UNKNOWN: it is being reversed", "结果未知：正在冲正").With(),
		Hint: i18n.T("taking the payment again settles it first", "再次收款前会先处理完毕").With(), Tone: common.Warn, Bell: true,
	})
}

func notAnAmount(text string, c money.Currency) error {
	return wrong(i18n.T("%q is no amount in %s", "%q 不是有效的 %s 金额").With(text, c), i18n.T("such as 12.50", "例如 12.50").With())
}
