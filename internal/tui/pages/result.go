package pages

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/keymap"
	"github.com/tillworks/till/pkg/money"
)

// ReceiptDesk makes receipts.
type ReceiptDesk interface {
	// Receipt is the shopper's copy of a sale, a return or a single transaction, by any
	// name that TicketByName knows.
	Receipt(ctx context.Context, name string) (string, error)
}

// Result is how a sale or a return ended: the outcome, the change, the receipt.
type Result struct {
	work    Work
	asker   token
	bill    shop.Bill
	receipt components.Text
}

// NewResult is the end of a ticket.
func NewResult(w Work, b shop.Bill) Result {
	return Result{work: w, asker: newToken(), bill: b}
}

// Init implements common.Page.
func (p Result) Init() tea.Cmd {
	if p.bill.Ticket.State == till.TicketCanceled {
		return nil
	}
	return ask(p.work, p.asker, func(ctx context.Context) (string, error) {
		return p.work.Desk.Receipt(ctx, string(p.bill.Ticket.ID))
	})
}

// Update implements common.Page.
func (p Result) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case done[string]:
		if msg.asker == p.asker {
			p.receipt = components.NewText(msg.value)
			return p, failed(msg.err)
		}
	case tea.KeyPressMsg:
		if p.work.Keys.Enter.Is(msg.String()) || p.work.Keys.Back.Is(msg.String()) {
			return p, common.Send(p.next())
		}
		p.receipt = p.receipt.Update(msg)
	}
	return p, nil
}

// next is where the page leads to: a new sale, or after a return to the sale that may be
// under way below.
func (p Result) next() tea.Msg {
	if p.bill.Ticket.Kind == till.TicketReturn {
		return common.Pop{}
	}
	return common.Reset{Page: p.work.Home(p.work)}
}

// View implements common.Page.
func (p Result) View(f common.Frame) string {
	wide := p.receipt.Width()
	sums := f.Width - wide - 4
	const least = 26 // columns of the sums, from which the receipt stands beside them
	if sums < least {
		left := append([]string{p.headline(f)}, p.sums(f, f.Width-2)...)
		return indent(append(left, "", p.receipt.View(f.Width-2, max(f.Height-len(left)-1, 0))), 1)
	}
	const most = 56 // columns of the sums: the receipt is not to be looked for
	sums = min(sums, most)
	left := append([]string{"", p.headline(f), ""}, p.sums(f, sums)...)
	return components.Beside(indent(left, 2), p.receipt.View(wide, f.Height), sums+2, 1)
}

// headline says how it ended by a sign and a word.
func (p Result) headline(f common.Frame) string {
	t := p.bill.Ticket
	switch {
	case t.State == till.TicketCanceled:
		return f.Styles.Warn.Render(f.Styles.Border.Cross + " " + f.Say(i18n.T("CANCELED, nothing is owed", "已取消，无欠款")))
	case t.State == till.TicketVoided:
		return f.Styles.Warn.Render(f.Styles.Border.Check + " " + f.Say(i18n.T("VOIDED", "已撤销")))
	case t.Kind == till.TicketReturn:
		return f.Styles.Good.Render(f.Styles.Border.Check + " " + f.Say(i18n.T("PAID BACK", "已退款")))
	}
	return f.Styles.Good.Render(f.Styles.Border.Check + " " + f.Say(i18n.T("PAID", "收款成功")))
}

// sums are the change to hand out, large, the total and the points, in width cells.
func (p Result) sums(f common.Frame, width int) []string {
	t := p.bill.Ticket
	var lines []string
	if change := p.change(); change.IsPositive() {
		head := f.Styles.Strong.Render(f.Say(i18n.T("Change", "找零")) + " " + change.Currency().Code())
		lines = append(append(lines, head), strings.Split(components.BigText(f, change.Decimal(), width), "\n")...)
		lines = append(lines, "")
	}
	lines = append(lines, f.Say(i18n.T("Total", "金额"))+"    "+f.Styles.Total.Render(t.Total.String()))
	if t.Member != "" {
		lines = append(lines, i18n.T("Points of %s: +%d -%d", "会员 %s 积分：+%d -%d").With(t.Member, t.Earned, t.Redeemed).In(f.Lang))
	}
	return append(lines, f.Say(i18n.T("Receipt", "小票号"))+"  "+string(t.ID))
}

// change is what the shopper gets back of the cash that was handed over.
func (p Result) change() money.Amount {
	sum := money.New(0, p.bill.Ticket.Total.Currency())
	for _, x := range p.bill.Txns {
		if x.Kind == till.Sale && x.State == till.Approved && x.VoidedBy == "" {
			sum = money.New(sum.Minor()+x.Change().Minor(), sum.Currency())
		}
	}
	return sum
}

// Title implements common.Page.
func (p Result) Title() i18n.Text { return i18n.T("Done", "完成") }

// Keys implements common.Page.
func (p Result) Keys(m keymap.Map) []keymap.Key {
	next := m.Enter
	next.Label, next.Does = i18n.T("New sale", "新销售"), i18n.T("begin the next sale", "开始下一笔销售")
	return []keymap.Key{next, m.Move}
}

// Traits implements common.Page.
func (p Result) Traits() common.Traits { return common.Traits{Locks: true} }

var _ common.Page = Result{}
