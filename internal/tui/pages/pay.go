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
// told line by line while it happens. While a payment is under way the page cannot be
// left: it can only be asked to stop, and then tells what became of it. A sale of which
// something was taken is left only on purpose, and stays in the store.
type Pay struct {
	work  Work
	asker token

	sale   token // of the page that it was rung up on; nil where there is none
	basket till.Basket
	held   till.TicketID
	ticket till.Ticket // as priced; from the first tender on as the store has it
	bill   shop.Bill
	stored bool // the store has the ticket
	due    money.Amount

	part     components.Field // of what is due; empty is all
	given    components.Field // of cash
	inCash   bool             // the given field has the keys
	quick    int              // which quick amount Tab shows next
	busy     bool
	stopping bool // it was asked to come to an end
	tender   shop.Tendering
	cancel   context.CancelFunc
	told     []i18n.Message
	code     code
	offer    offer
	giveUp   bool // asks what becomes of what was taken: the next Enter gives it back
	leaving  bool // the user leaves the program
	warned   bool // and was told that something was taken
	givenUp  bool // and leaves all the same
	wants    func(*shop.Approval) tea.Cmd
}

// NewPay takes the payment of a basket that the page of this sale has priced; held is the
// sale that it goes on with, if there is one.
func NewPay(w Work, sale token, b till.Basket, held till.TicketID, t till.Ticket) Pay {
	return Pay{
		work: w, asker: newToken(), sale: sale, basket: b, held: held, ticket: t, due: t.Total,
		part:  components.Field{Most: 15, Allow: components.Decimal, Placeholder: t.Total.Decimal()},
		given: components.Field{Most: 15, Allow: components.Decimal},
	}
}

// PayOn takes the rest of a sale that is in the store and partly paid.
func PayOn(w Work, t till.Ticket) Pay {
	p := NewPay(w, nil, till.Basket{}, t.ID, t)
	p.stored = true
	if t.Paid.Currency() == t.Total.Currency() {
		p.due = money.New(t.Total.Minor()-t.Paid.Minor(), t.Total.Currency())
	}
	p.part.Placeholder = p.due.Decimal()
	return p
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

// Update implements common.Page.
func (p Pay) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		p.warned = false
		return p.press(msg)
	case tea.PasteMsg:
		return p.typed(msg), nil
	case common.Scanned:
		return p.retract(msg.Typed), nil
	case common.Observed:
		return p.observe(msg.Observation), nil
	case common.PartAsked:
		return p.offered(msg)
	case common.Stop:
		return p.stop()
	case common.Tick:
		p.code.shown++
		p.offer.shown++
		return p, nil
	}
	return p.answered(msg)
}

func (p Pay) answered(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case begin:
		if msg.asker == p.asker {
			return p.take(shop.Tendering{Tender: till.Cash})
		}
	case done[shop.Bill]:
		if msg.asker == p.asker {
			return p.taken(msg)
		}
	case approved:
		if msg.asker == p.asker && !p.busy && p.wants != nil {
			p.busy = true
			return p, p.wants(&msg.approval)
		}
	case refused:
		if msg.asker == p.asker && !p.busy && p.cancel != nil {
			p.cancel()
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

// typed types into the field that has the keys. Nothing is typed while a payment is under
// way, nor while the page asks what becomes of what was taken.
func (p Pay) typed(msg tea.Msg) Pay {
	switch {
	case p.busy || p.giveUp:
	case p.inCash:
		p.given, _ = p.given.Update(msg)
	default:
		p.part, _ = p.part.Update(msg)
	}
	return p
}

// press is a key. While a payment is under way there is only one that does something.
func (p Pay) press(k tea.KeyPressMsg) (common.Page, tea.Cmd) {
	keys, name := p.work.Keys, k.String()
	switch {
	case p.offer.isOpen():
		return p.decide(k), nil
	case p.busy && keys.Back.Is(name):
		return p.stopTender()
	case p.busy:
		return p, nil
	case keys.Back.Is(name):
		return p.back()
	case p.giveUp && keys.Enter.Is(name):
		return p.abandon()
	case keys.Cash.Is(name):
		return p.cash(), nil
	case keys.Card.Is(name):
		return p.tenderOf(till.Card, till.Chip)
	case keys.Tap.Is(name):
		return p.tenderOf(till.Card, till.Tap)
	case keys.Code.Is(name):
		return p.tenderOf(till.QR, till.Shown)
	case keys.Next.Is(name) && p.inCash:
		return p.nextQuick(), nil
	case keys.Enter.Is(name) && p.inCash:
		return p.payCash()
	}
	return p.typed(k), nil
}

// cash asks what is handed over.
func (p Pay) cash() Pay {
	p.inCash, p.giveUp, p.quick = true, false, 0
	p.given.Placeholder = p.cashDue().Decimal()
	return p
}

// back leaves the cash field, or the page. Where something was taken, or may have been, it
// asks first what becomes of that.
func (p Pay) back() (common.Page, tea.Cmd) {
	switch {
	case p.inCash:
		p.inCash, p.given = false, p.given.Clear()
		return p, nil
	case p.giveUp:
		return p, tea.Batch(common.Send(p.away()), common.Send(common.Tell{
			Text: i18n.T("sale %s stays as it is: %s of it are due", "销售 %s 保持现状：尚应付 %s").With(p.ticket.ID, p.due),
			Hint: i18n.T("typing its number on the sale page goes on with it", "在收银页输入该单号可继续").With(), Tone: common.Warn,
		}))
	case p.owes():
		p.giveUp = true
		return p, nil
	}
	return p, common.Send(common.Pop{Result: price{p.sale}})
}

// away leads away from a sale that stays in the store: to a new one, unless this page lies
// over another.
func (p Pay) away() tea.Msg {
	if p.sale == nil {
		return common.Pop{}
	}
	return common.Reset{Page: p.work.Home(p.work)}
}

// owes reports that something was taken, or may have been.
func (p Pay) owes() bool { return p.stored && p.ticket.State == till.TicketPaying }

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
	if t.Given, err = p.amount(p.given); err != nil {
		return p, failed(err)
	}
	return p.take(t)
}

// partAmount is the part that was typed; zero is the rest.
func (p Pay) partAmount() (money.Amount, error) { return p.amount(p.part) }

// amount is what was typed into a field; nothing is the zero amount, and only that is.
func (p Pay) amount(f components.Field) (money.Amount, error) {
	text := f.Value()
	if text == "" {
		return money.Amount{}, nil
	}
	a, err := money.Parse(text, p.work.Currency)
	if err != nil || !a.IsPositive() {
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

// Title implements common.Page.
func (p Pay) Title() i18n.Text { return i18n.T("Payment", "收款") }

// Keys implements common.Page.
func (p Pay) Keys(m keymap.Map) []keymap.Key {
	stop, quick, pay := m.Back, m.Next, m.Enter
	stop.Label, stop.Does = i18n.T("Stop", "停止"), i18n.T("stop; what the bank may have taken is waited for or reversed", "停止；银行可能已扣的款项将等待结果或冲正")
	quick.Label, quick.Does = i18n.T("Amounts", "常用金额"), i18n.T("the next likely amount", "下一个常用金额")
	pay.Label, pay.Does = i18n.T("Take", "收款"), i18n.T("take the cash", "收取现金")
	give := m.Enter
	give.Label, give.Does = i18n.T("Give back", "退还"), i18n.T("give back what was taken and cancel the sale", "退还已收款项并取消本单")
	switch {
	case p.busy && p.stopping:
		return nil
	case p.offer.isOpen():
		return []keymap.Key{m.Part, m.NoPart}
	case p.busy:
		return []keymap.Key{stop}
	case p.giveUp:
		return []keymap.Key{give, m.Cash, m.Card, m.Code, m.Tap, m.Back}
	case p.inCash:
		return []keymap.Key{pay, quick, m.Card, m.Code, m.Tap, m.Back}
	}
	return []keymap.Key{m.Cash, m.Card, m.Code, m.Tap, m.Back}
}

// Traits implements common.Page.
func (p Pay) Traits() common.Traits {
	return common.Traits{Busy: p.busy || p.owes() && !p.givenUp, Locks: !p.busy}
}

var _ common.Page = Pay{}
