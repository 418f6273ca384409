package pages

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/keymap"
)

// TxnDesk looks at transactions and undoes them.
type TxnDesk interface {
	Txns(ctx context.Context, f till.Filter) ([]till.Txn, error)
	Void(ctx context.Context, u register.Undo, a *shop.Approval) (register.Result, error)
	Refund(ctx context.Context, u register.Undo, a *shop.Approval) (register.Result, error)
	VoidTicket(ctx context.Context, q shop.VoidRequest) (shop.Bill, error)
	Resolve(ctx context.Context) ([]till.Txn, error)
}

// Transactions lists the last movements of money, to be looked at and undone.
type Transactions struct {
	work  Work
	asker token
	sale  bool // one is being rung up
	txns  []till.Txn
	read  bool
	table components.Table
	busy  bool
	stop  bool  // the user leaves as soon as that is done
	sure  *sure // what the next Enter does
	again func(*shop.Approval) tea.Cmd
}

// sure is an act that the user has yet to confirm.
type sure struct {
	do func(Transactions) (common.Page, tea.Cmd)
}

// undone is what voiding or refunding came to.
type undone struct{ outcome till.Outcome }

// NewTransactions lists them; occupied tells that a sale is being rung up.
func NewTransactions(w Work, occupied bool) Transactions {
	return Transactions{work: w, asker: newToken(), sale: occupied}
}

// Init implements common.Page.
func (p Transactions) Init() tea.Cmd {
	const most = 200
	return ask(p.work, p.asker, func(ctx context.Context) ([]till.Txn, error) {
		return p.work.Desk.Txns(ctx, till.Filter{Limit: most})
	})
}

// Update implements common.Page.
func (p Transactions) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case done[[]till.Txn]:
		if msg.asker == p.asker {
			p.txns, p.read = msg.value, true
			p.table = p.table.Rows(len(p.txns))
			return p, failed(msg.err)
		}
	case done[undone]:
		if msg.asker == p.asker {
			return p.undone(msg)
		}
	case done[string]:
		if msg.asker == p.asker && msg.err != nil {
			return p, failed(msg.err)
		}
		if msg.asker == p.asker {
			return p, common.Send(common.Push{Page: NewReading(i18n.T("Receipt", "小票"), msg.value)})
		}
	case done[till.Ticket]:
		if msg.asker == p.asker && msg.err != nil {
			return p, failed(msg.err)
		}
		if msg.asker == p.asker {
			return p, openTicket(p.work, msg.value, p.sale)
		}
	case approved:
		if msg.asker == p.asker && !p.busy && p.again != nil {
			p.busy = true
			return p, p.again(&msg.approval)
		}
	case tea.KeyPressMsg:
		return p.press(msg)
	case common.Stop:
		p.stop = true
	}
	return p, nil
}

func (p Transactions) press(k tea.KeyPressMsg) (common.Page, tea.Cmd) {
	i, any := p.table.Selected()
	name := k.String()
	if p.busy {
		return p, nil
	}
	wasSure := p.sure
	p.sure = nil
	switch {
	case p.work.Keys.Back.Is(name) && wasSure != nil:
		return p, nil
	case p.work.Keys.Back.Is(name):
		return p, common.Send(common.Pop{})
	case p.work.Keys.Enter.Is(name) && wasSure != nil:
		return wasSure.do(p)
	case p.work.Keys.Again.Is(name):
		return p.resolve()
	case any:
		if next, cmd, ok := p.pressOn(p.txns[i], name); ok {
			return next, cmd
		}
	}
	p.table, _ = p.table.Update(k, 10)
	return p, nil
}

// pressOn is a key that acts on the selected transaction.
func (p Transactions) pressOn(x till.Txn, name string) (common.Page, tea.Cmd, bool) {
	keys := p.work.Keys
	switch {
	case keys.Reprint.Is(name) || keys.Enter.Is(name):
		next, cmd := p.receipt(x)
		return next, cmd, true
	case keys.Void.Is(name):
		p.sure = &sure{func(p Transactions) (common.Page, tea.Cmd) { return p.void(x) }}
		return p, common.Say(common.Warn, i18n.T("void %s of %s whole? Enter does it, Esc does not", "整笔撤销 %s（%s）？Enter 确认，Esc 取消").With(x.ID, x.Amount)), true
	case keys.Refund.Is(name) && x.Ticket != "":
		next, cmd := p.refundByLine(x)
		return next, cmd, true
	case keys.Refund.Is(name):
		p.sure = &sure{func(p Transactions) (common.Page, tea.Cmd) { return p.refund(x) }}
		return p, common.Say(common.Warn, i18n.T("pay back %s of %s? Enter does it, Esc does not", "退还 %s 的 %s？Enter 确认，Esc 取消").With(x.ID, x.Amount)), true
	}
	return p, nil, false
}

func (p Transactions) receipt(x till.Txn) (common.Page, tea.Cmd) {
	name := string(x.ID)
	if x.Ticket != "" {
		name = string(x.Ticket)
	}
	return p, ask(p.work, p.asker, func(ctx context.Context) (string, error) { return p.work.Desk.Receipt(ctx, name) })
}

// void undoes the whole of what the transaction paid for.
func (p Transactions) void(x till.Txn) (common.Page, tea.Cmd) {
	return p.undo(func(ctx context.Context, a *shop.Approval) (till.Outcome, error) {
		if x.Ticket == "" {
			res, err := p.work.Desk.Void(ctx, register.Undo{Original: x.ID}, a)
			return res.Outcome, err
		}
		b, err := p.work.Desk.VoidTicket(ctx, shop.VoidRequest{Ticket: x.Ticket, Approval: a})
		return b.Outcome(), err
	})
}

// refundByLine leads to the return of what the transaction paid for.
func (p Transactions) refundByLine(x till.Txn) (common.Page, tea.Cmd) {
	return p, ask(p.work, p.asker, func(ctx context.Context) (till.Ticket, error) { return p.work.Desk.TicketByName(ctx, string(x.Ticket)) })
}

// refund pays back an amount that was taken without lines.
func (p Transactions) refund(x till.Txn) (common.Page, tea.Cmd) {
	return p.undo(func(ctx context.Context, a *shop.Approval) (till.Outcome, error) {
		res, err := p.work.Desk.Refund(ctx, register.Undo{Original: x.ID}, a)
		return res.Outcome, err
	})
}

// undo runs a use case that gives money back. It is seen through whatever happens here.
func (p Transactions) undo(do func(context.Context, *shop.Approval) (till.Outcome, error)) (common.Page, tea.Cmd) {
	p.busy = true
	p.again = func(a *shop.Approval) tea.Cmd {
		return ask(p.work, p.asker, func(ctx context.Context) (undone, error) {
			outcome, err := do(context.WithoutCancel(ctx), a)
			return undone{outcome}, err
		})
	}
	return p, p.again(nil)
}

// resolve settles what is open.
func (p Transactions) resolve() (common.Page, tea.Cmd) {
	p.busy = true
	return p, ask(p.work, p.asker, func(ctx context.Context) (undone, error) {
		_, err := p.work.Desk.Resolve(ctx)
		return undone{till.OutcomeApproved}, err
	})
}

func (p Transactions) undone(d done[undone]) (common.Page, tea.Cmd) {
	p.busy = false
	if what, ok := needsApproval(d.err); ok && !p.stop {
		return p, askApproval(p.asker, what)
	}
	p.stop = false
	left := common.Send(common.Left{})
	if d.err != nil {
		return p, tea.Batch(failed(d.err), p.Init(), left)
	}
	tone := common.Good
	if d.value.outcome != till.OutcomeApproved {
		tone = common.Bad
	}
	return p, tea.Batch(common.Say(tone, i18n.T("outcome: %s", "结果：%s").With(d.value.outcome.Text())), p.Init(), left)
}

// View implements common.Page.
func (p Transactions) View(f common.Frame) string {
	if p.read && len(p.txns) == 0 {
		return components.Center(f.Say(i18n.T("No transaction yet.", "尚无交易。")), f.Width, f.Height)
	}
	columns := []components.Column{
		{Head: f.Say(i18n.T("Time", "时间")), Width: 11}, {Head: f.Say(i18n.T("Number", "编号")), Width: 12, Extra: true},
		{Head: f.Say(i18n.T("Kind", "类型")), Width: 6, Extra: true}, {Head: f.Say(i18n.T("Tender", "方式")), Width: 6, Extra: true},
		{Head: f.Say(i18n.T("Amount", "金额")), Width: 11, Align: cells.Right}, {Head: f.Say(i18n.T("Outcome", "结果"))},
	}
	return p.table.View(f, columns, f.Height, func(row, column int) string { return p.cell(f, row, column) })
}

func (p Transactions) cell(f common.Frame, row, column int) string {
	x := p.txns[row]
	switch column {
	case 0:
		return x.At.In(f.Now.Location()).Format("01-02 15:04")
	case 1:
		return string(x.ID)
	case 2:
		return f.Say(x.Kind.Text())
	case 3:
		return f.Say(x.Tender.Text())
	case 4:
		return x.Amount.Decimal()
	}
	sign := f.Styles.Border.Check
	if x.Outcome() != till.OutcomeApproved || x.VoidedBy != "" {
		sign = f.Styles.Border.Cross
	}
	return strings.TrimSpace(sign + " " + f.Say(x.OutcomeText()))
}

// Title implements common.Page.
func (p Transactions) Title() i18n.Text { return i18n.T("Transactions", "交易") }

// Keys implements common.Page.
func (p Transactions) Keys(m keymap.Map) []keymap.Key {
	settle := m.Again
	settle.Label, settle.Does = i18n.T("Settle open", "处理未决"), i18n.T("settle what is open: reversals that are not acknowledged", "处理未决交易：未确认的冲正")
	return []keymap.Key{m.Reprint, m.Void, m.Refund, settle, m.Back, m.Move, m.Turn}
}

// Traits implements common.Page.
func (p Transactions) Traits() common.Traits { return common.Traits{Busy: p.busy, Locks: !p.busy} }

var _ common.Page = Transactions{}
