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
	txns  []till.Txn
	read  bool
	table components.Table
	busy  bool
	sure  bool // the next Enter voids
	again func(*shop.Approval) tea.Cmd
}

// undone is what voiding or refunding came to.
type undone struct{ outcome till.Outcome }

// NewTransactions lists them.
func NewTransactions(w Work) Transactions { return Transactions{work: w, asker: newToken()} }

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
			p.txns, p.read, p.busy = msg.value, true, false
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
	case approved:
		if msg.asker == p.asker {
			p.busy = true
			return p, p.again(&msg.approval)
		}
	case tea.KeyPressMsg:
		return p.press(msg)
	case common.Stop:
		if !p.busy {
			return p, common.Send(common.Left{})
		}
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
	p.sure = false
	switch {
	case p.work.Keys.Back.Is(name) && wasSure:
		return p, nil
	case p.work.Keys.Back.Is(name):
		return p, common.Send(common.Pop{})
	case p.work.Keys.Enter.Is(name) && wasSure:
		return p.void(p.txns[i])
	case (p.work.Keys.Reprint.Is(name) || p.work.Keys.Enter.Is(name)) && any:
		return p.receipt(p.txns[i])
	case p.work.Keys.Void.Is(name) && any:
		p.sure = true
		return p, common.Say(common.Warn, i18n.T("void %s of %s whole? Enter does it, Esc does not", "整笔撤销 %s（%s）？Enter 确认，Esc 取消").With(p.txns[i].ID, p.txns[i].Amount))
	case p.work.Keys.Refund.Is(name) && any:
		return p.refund(p.txns[i])
	case p.work.Keys.Again.Is(name):
		return p.resolve()
	}
	p.table, _ = p.table.Update(k, 10)
	return p, nil
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

// refund pays back an amount; what was sold in lines is taken back by line.
func (p Transactions) refund(x till.Txn) (common.Page, tea.Cmd) {
	if x.Ticket != "" {
		return p, ask(p.work, p.asker, func(ctx context.Context) (undone, error) { return undone{}, byLine(x) })
	}
	return p.undo(func(ctx context.Context, a *shop.Approval) (till.Outcome, error) {
		res, err := p.work.Desk.Refund(ctx, register.Undo{Original: x.ID}, a)
		return res.Outcome, err
	})
}

func byLine(x till.Txn) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s paid for sale %s, which is taken back by line", "%s 属于销售 %s，须按行退货").With(x.ID, x.Ticket),
		Hint: i18n.T("on the sale page type %s, or press Ctrl+B", "请在收银页输入 %s，或按 Ctrl+B").With(x.Ticket),
	}
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
	if what, ok := needsApproval(d.err); ok {
		return p, askApproval(p.asker, what)
	}
	left := common.Send(common.Left{})
	if d.err != nil {
		return p, tea.Batch(failed(d.err), left, p.Init())
	}
	tone := common.Good
	if d.value.outcome != till.OutcomeApproved {
		tone = common.Bad
	}
	return p, tea.Batch(left, p.Init(), common.Say(tone, i18n.T("outcome: %s", "结果：%s").With(d.value.outcome.Text())))
}

// View implements common.Page.
func (p Transactions) View(f common.Frame) string {
	if p.read && len(p.txns) == 0 {
		return components.Center(f.Say(i18n.T("No transaction yet.", "尚无交易。")), f.Width, f.Height)
	}
	columns := []components.Column{
		{Head: f.Say(i18n.T("Time", "时间")), Width: 11}, {Head: f.Say(i18n.T("Number", "编号")), Width: 12},
		{Head: f.Say(i18n.T("Kind", "类型")), Width: 6}, {Head: f.Say(i18n.T("Tender", "方式")), Width: 6},
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
	return []keymap.Key{m.Reprint, m.Void, m.Refund, settle, m.Up, m.Down, m.Back}
}

// Traits implements common.Page.
func (p Transactions) Traits() common.Traits { return common.Traits{Busy: p.busy, Locks: !p.busy} }

var _ common.Page = Transactions{}
