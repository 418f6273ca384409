package pages

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/keymap"
	"github.com/tillworks/till/pkg/money"
)

// PayDesk takes payments.
type PayDesk interface {
	Sell(ctx context.Context, q shop.SellRequest) (shop.Bill, error)
	PayTicket(ctx context.Context, id till.TicketID, tenders ...shop.Tendering) (shop.Bill, error)
	Abandon(ctx context.Context, id till.TicketID, a *shop.Approval) (shop.Bill, error)
	CashDue(due money.Amount) money.Amount
}

// Pay takes what a sale comes to, by one tender or several. What the register does is
// told line by line while it happens. Once something is owed the page cannot be left: it
// can only be asked to stop, and then tells what became of it.
type Pay struct {
	work  Work
	asker token

	basket till.Basket
	held   till.TicketID
	ticket till.Ticket // as priced; from the first tender on as the store has it
	bill   shop.Bill
	stored bool // the store has the ticket
	due    money.Amount

	part    components.Field // of what is due; empty is all
	given   components.Field // of cash
	inCash  bool             // the given field has the keys
	quick   int              // which quick amount Tab shows next
	busy    bool
	tender  shop.Tendering // that is being taken
	cancel  context.CancelFunc
	told    []i18n.Message
	code    code
	leaving bool
	giveUp  bool // the next Enter gives back what was taken
	wants   func(*shop.Approval) tea.Cmd
}

// NewPay takes the payment of a basket that was priced; held is the sale that it goes on
// with, if there is one.
func NewPay(w Work, b till.Basket, held till.TicketID, t till.Ticket) Pay {
	return Pay{
		work: w, asker: newToken(), basket: b, held: held, ticket: t, due: t.Total,
		part:  components.Field{Most: 15, Allow: components.Decimal, Placeholder: t.Total.Decimal()},
		given: components.Field{Most: 15, Allow: components.Decimal},
	}
}

// Init implements common.Page. What costs nothing is taken at once.
func (p Pay) Init() tea.Cmd {
	if p.ticket.Total.IsZero() {
		return common.Send(begin{p.asker})
	}
	return nil
}

// begin takes the first tender without being asked.
type begin struct{ asker token }

// Resumed tells the sale page that its sale is in the store: what is rung up from here on
// goes on with that.
type Resumed struct{ Ticket till.Ticket }

// Update implements common.Page.
func (p Pay) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg)
	case common.Scanned:
		return p.retract(msg.Typed), nil
	case common.Observed:
		return p.observe(msg.Observation), nil
	case common.Stop:
		return p.stop()
	case begin:
		if msg.asker == p.asker {
			return p.take(shop.Tendering{Tender: till.Cash})
		}
	case done[shop.Bill]:
		if msg.asker == p.asker {
			return p.taken(msg)
		}
	case approved:
		if msg.asker == p.asker {
			p.busy = true
			return p, p.wants(&msg.approval)
		}
	}
	return p, nil
}

func (p Pay) retract(n int) Pay {
	if p.inCash {
		p.given = p.given.Retract(n)
	} else {
		p.part = p.part.Retract(n)
	}
	return p
}

// press is a key. While a payment is under way there is only one that does something.
func (p Pay) press(k tea.KeyPressMsg) (common.Page, tea.Cmd) {
	keys, name := p.work.Keys, k.String()
	switch {
	case p.busy && keys.Back.Is(name):
		return p.stop()
	case p.busy:
		return p, nil
	case keys.Back.Is(name):
		return p.back()
	case p.giveUp && keys.Enter.Is(name):
		return p.abandon()
	case keys.Cash.Is(name):
		p.inCash, p.giveUp = true, false
		p.given.Placeholder = p.cashDue().Decimal()
		return p, nil
	case keys.Card.Is(name):
		return p.tenderOf(till.Card, till.Chip)
	case keys.Code.Is(name):
		return p.tenderOf(till.QR, till.Shown)
	case keys.Next.Is(name) && p.inCash:
		return p.nextQuick(), nil
	case keys.Enter.Is(name) && p.inCash:
		return p.payCash()
	}
	if p.inCash {
		p.given, _ = p.given.Update(k)
	} else {
		p.part, _ = p.part.Update(k)
	}
	return p, nil
}

// back leaves the cash field, or the page; where a part was taken it offers to give that
// back.
func (p Pay) back() (common.Page, tea.Cmd) {
	switch {
	case p.inCash:
		p.inCash, p.given = false, p.given.Clear()
		return p, nil
	case p.isPartPaid() && !p.giveUp:
		p.giveUp = true
		return p, common.Say(common.Warn, i18n.T("%s were taken: Enter gives them back and cancels the sale, F2 to F4 take the rest", "已收 %s：按 Enter 退还并取消本单，按 F2 至 F4 继续收款").With(p.paid()))
	case p.giveUp:
		p.giveUp = false
		return p, nil
	case p.stored:
		return p, common.Send(common.Pop{Result: Resumed{p.ticket}})
	}
	return p, common.Send(common.Pop{})
}

func (p Pay) isPartPaid() bool { return p.stored && p.due != p.ticket.Total }

// paid is what was taken so far.
func (p Pay) paid() money.Amount {
	return money.New(p.ticket.Total.Minor()-p.due.Minor(), p.due.Currency())
}

// tenderOf takes the part that was typed, or all, by a card or a wallet.
func (p Pay) tenderOf(tender till.Tender, entry till.Entry) (common.Page, tea.Cmd) {
	amount, err := p.partAmount()
	if err != nil {
		return p, failed(err)
	}
	return p.take(shop.Tendering{Tender: tender, Entry: entry, Amount: amount})
}

// payCash takes cash: what was handed over, or exactly what is due.
func (p Pay) payCash() (common.Page, tea.Cmd) {
	t := shop.Tendering{Tender: till.Cash}
	var err error
	if t.Amount, err = p.partAmount(); err != nil {
		return p, failed(err)
	}
	if text := p.given.Value(); text != "" {
		if t.Given, err = money.Parse(text, p.work.Currency); err != nil {
			return p, failed(notAnAmount(text, p.work.Currency))
		}
	}
	return p.take(t)
}

// partAmount is the part that was typed; zero is the rest.
func (p Pay) partAmount() (money.Amount, error) {
	text := p.part.Value()
	if text == "" {
		return money.Amount{}, nil
	}
	a, err := money.Parse(text, p.work.Currency)
	if err != nil {
		return a, notAnAmount(text, p.work.Currency)
	}
	return a, nil
}

// cashDue is what is to be paid in coins of the part that was typed.
func (p Pay) cashDue() money.Amount {
	if a, err := p.partAmount(); err == nil && !a.IsZero() {
		return p.work.Desk.CashDue(a)
	}
	return p.work.Desk.CashDue(p.due)
}

// take gives the tender to the use case.
func (p Pay) take(t shop.Tendering) (common.Page, tea.Cmd) {
	ctx, cancel := context.WithCancel(p.work.Context)
	p.busy, p.cancel, p.tender, p.told, p.code, p.giveUp = true, cancel, t, nil, code{}, false
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
				return work.Desk.PayTicket(ctx, id, t)
			}
			return work.Desk.Sell(ctx, request)
		})
	}
	return p, p.wants(nil)
}

// taken takes what became of a tender.
func (p Pay) taken(d done[shop.Bill]) (common.Page, tea.Cmd) {
	p.busy, p.inCash, p.code = false, false, code{}
	p.given, p.part = p.given.Clear(), p.part.Clear()
	if what, ok := needsApproval(d.err); ok {
		return p, askApproval(p.asker, what)
	}
	if p.cancel != nil {
		p.cancel()
	}
	if d.value.Ticket.ID != "" {
		p.bill, p.ticket, p.due, p.stored = d.value, d.value.Ticket, d.value.Due, true
		p.part.Placeholder = p.due.Decimal()
	}
	left := p.left()
	switch {
	case p.stored && p.ticket.State.IsFinal():
		return p, tea.Batch(common.Send(common.Reset{Page: NewResult(p.work, p.bill)}), left, failed(d.err))
	case d.err != nil:
		return p, tea.Batch(failed(d.err), left)
	}
	return p, tea.Batch(p.tellOutcome(), left)
}

// left tells the frame that nothing is under way any more, where it waits for that.
func (p Pay) left() tea.Cmd {
	if !p.leaving {
		return nil
	}
	return common.Send(common.Left{})
}

// stop asks a payment under way to come to an end. What the host may have taken is waited
// for, or reversed: the register sees to that.
func (p Pay) stop() (common.Page, tea.Cmd) {
	if !p.busy {
		return p, common.Send(common.Left{})
	}
	p.leaving = true
	p.cancel()
	return p, common.Say(common.Warn, i18n.T("stopping; what the bank may have taken is waited for or reversed", "正在停止；银行可能已扣的款项将等待结果或冲正").With())
}

// abandon gives back what was taken and cancels the sale.
func (p Pay) abandon() (common.Page, tea.Cmd) {
	p.busy, p.giveUp, p.told = true, false, nil
	_, p.cancel = context.WithCancel(p.work.Context)
	id := p.ticket.ID
	p.wants = func(a *shop.Approval) tea.Cmd {
		return ask(p.work, p.asker, func(ctx context.Context) (shop.Bill, error) { return p.work.Desk.Abandon(ctx, id, a) })
	}
	return p, p.wants(nil)
}

// tellOutcome says in a line what became of a tender that did not end the sale.
func (p Pay) tellOutcome() tea.Cmd {
	switch p.bill.Outcome() {
	case till.OutcomeApproved:
		return common.Say(common.Good, i18n.T("taken; %s are still due", "已收；尚应付 %s").With(p.due))
	case till.OutcomeDeclined:
		return common.Send(common.Tell{
			Text: i18n.T("DECLINED: nothing was taken, %s are due", "交易被拒绝：未收款，应付 %s").With(p.due),
			Hint: i18n.T("try another card or another tender", "请换卡或换用其他方式").With(), Tone: common.Bad, Bell: true,
		})
	case till.OutcomeReversed:
		return common.Send(common.Tell{
			Text: i18n.T("REVERSED: the shopper owes nothing of it, %s are due", "已冲正：顾客未被扣款，应付 %s").With(p.due), Tone: common.Warn, Bell: true,
		})
	case till.OutcomeUnknown:
	}
	return common.Send(common.Tell{
		Text: i18n.T("OUTCOME UNKNOWN: it is being reversed", "结果未知：正在冲正").With(),
		Hint: i18n.T("taking the payment again settles it first", "再次收款前会先处理完毕").With(), Tone: common.Warn, Bell: true,
	})
}

func notAnAmount(text string, c money.Currency) error {
	return wrong(i18n.T("%q is no amount in %s", "%q 不是有效的 %s 金额").With(text, c), i18n.T("such as 12.50", "例如 12.50").With())
}

// Title implements common.Page.
func (p Pay) Title() i18n.Text { return i18n.T("Payment", "收款") }

// Keys implements common.Page.
func (p Pay) Keys(m keymap.Map) []keymap.Key {
	switch {
	case p.busy:
		return []keymap.Key{m.Back}
	case p.inCash:
		return []keymap.Key{m.Enter, m.Next, m.Card, m.Code, m.Back}
	}
	return []keymap.Key{m.Cash, m.Card, m.Code, m.Back}
}

// Traits implements common.Page.
func (p Pay) Traits() common.Traits { return common.Traits{Text: true, Busy: p.busy} }

var _ common.Page = Pay{}
