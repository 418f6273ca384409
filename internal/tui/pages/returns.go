package pages

import (
	"context"
	"slices"
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

// ReturnDesk takes goods back.
type ReturnDesk interface {
	Return(ctx context.Context, q shop.ReturnRequest) (shop.Bill, error)
}

// ticketNamed is the name of a ticket that a form looks for.
type ticketNamed struct{ name string }

// NewReturnSearch asks for the number on the receipt; occupied tells that a sale is being
// rung up.
func NewReturnSearch(w Work, occupied bool) common.Page {
	return ReturnSearch{work: w, asker: newToken(), sale: occupied, form: form{
		title:   i18n.T("Return", "退货"),
		entries: []entry{{name: i18n.T("Receipt number", "小票号"), field: components.Field{Most: 40}}},
		keep:    true,
		give:    func(v []string) (tea.Msg, error) { return ticketNamed{v[0]}, nil },
	}}
}

// ReturnSearch finds the sale that goods come back of. The number may be scanned.
type ReturnSearch struct {
	form
	work   Work
	asker  token
	sale   bool
	asking bool
}

// Update implements common.Page.
func (p ReturnSearch) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case ticketNamed:
		return p.look(msg.name)
	case done[till.Ticket]:
		if msg.asker == p.asker {
			return p.answered(msg)
		}
		return p, nil
	}
	next, cmd := p.form.Update(msg)
	p.form = next.(form)
	if scan, ok := msg.(common.Scanned); ok && scan.Code != "" {
		return p.look(scan.Code)
	}
	return p, cmd
}

func (p ReturnSearch) look(name string) (common.Page, tea.Cmd) {
	if name == "" || p.asking {
		return p, nil
	}
	p.asking = true
	return p, ask(p.work, p.asker, func(ctx context.Context) (till.Ticket, error) {
		t, err := p.work.Desk.TicketByName(ctx, name)
		if upper := strings.ToUpper(name); isNotFound(err) && upper != name {
			return p.work.Desk.TicketByName(ctx, upper)
		}
		return t, err
	})
}

func (p ReturnSearch) answered(d done[till.Ticket]) (common.Page, tea.Cmd) {
	p.asking = false
	switch {
	case d.err != nil:
		return p, failed(d.err)
	case d.value.Kind == till.TicketSale && d.value.State == till.TicketDone:
		return p, common.Send(common.Replace{Page: NewReturn(p.work, d.value)})
	}
	return p, openTicket(p.work, d.value, p.sale)
}

// Traits implements common.Page.
func (p ReturnSearch) Traits() common.Traits {
	return common.Traits{Text: true, Scans: true, Locks: true}
}

// Return chooses what comes back of a sale and pays it back.
type Return struct {
	work     Work
	asker    token
	sold     till.Ticket
	back     []till.Quantity // by sold line
	table    components.Table
	noStock  bool
	busy     bool
	stop     bool // the user leaves as soon as it is paid back
	approval *shop.Approval
	key      string // of a return that was begun: the next try goes on with it
}

// NewReturn is the return of lines of a sale.
func NewReturn(w Work, sold till.Ticket) Return {
	p := Return{work: w, asker: newToken(), sold: sold, back: make([]till.Quantity, len(sold.Lines))}
	p.table = p.table.Rows(len(sold.Lines))
	return p
}

// Init implements common.Page.
func (p Return) Init() tea.Cmd { return nil }

// Update implements common.Page.
func (p Return) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg)
	case quantityBack:
		if msg.asker == p.asker && !p.busy {
			p.back = slices.Clone(p.back)
			p.back[msg.row] = msg.quantity
		}
	case done[shop.Bill]:
		if msg.asker == p.asker {
			return p.returned(msg)
		}
	case approved:
		if msg.asker == p.asker && !p.busy {
			p.approval = &msg.approval
			return p.send()
		}
	case common.Stop:
		p.stop = true
	}
	return p, nil
}

func (p Return) press(k tea.KeyPressMsg) (common.Page, tea.Cmd) {
	if p.busy {
		return p, nil
	}
	i, any := p.table.Selected()
	switch name := k.String(); {
	case p.work.Keys.Back.Is(name):
		return p, common.Send(common.Pop{})
	case p.work.Keys.Choose.Is(name) && any:
		return p.toggle(i)
	case p.work.Keys.All.Is(name):
		return p.all(), nil
	case p.work.Keys.Shelf.Is(name):
		p.noStock = !p.noStock
		return p, nil
	case p.work.Keys.Edit.Is(name) && any:
		return p, common.Send(common.Push{Page: newQuantityBack(p.asker, i, p.sold.Lines[i], p.left(i))})
	case p.work.Keys.Pay.Is(name):
		return p.send()
	}
	p.table, _ = p.table.Update(k, 10)
	return p, nil
}

// left is what has not come back of a line.
func (p Return) left(row int) till.Quantity {
	l := p.sold.Lines[row]
	return l.Quantity - p.sold.Returned[l.N]
}

// toggle takes all that is left of a line, or nothing.
func (p Return) toggle(row int) (common.Page, tea.Cmd) {
	if p.left(row) <= 0 {
		return p, common.Say(common.Warn, i18n.T("all of this line has come back already", "该行已全部退回").With())
	}
	p.back = slices.Clone(p.back)
	if p.back[row] > 0 {
		p.back[row] = 0
	} else {
		p.back[row] = p.left(row)
	}
	return p, nil
}

// all takes all that is left of every line.
func (p Return) all() Return {
	p.back = slices.Clone(p.back)
	for i := range p.back {
		p.back[i] = max(p.left(i), 0)
	}
	return p
}

// send pays back what was chosen.
func (p Return) send() (common.Page, tea.Cmd) {
	q := shop.ReturnRequest{Key: p.key, Return: till.BasketReturn{Original: p.sold.ID, NoStock: p.noStock}, Approval: p.approval}
	for i, back := range p.back {
		if back > 0 {
			q.Return.Lines = append(q.Return.Lines, till.BasketReturnLine{Line: p.sold.Lines[i].N, Quantity: back})
		}
	}
	if len(q.Return.Lines) == 0 {
		return p, common.Send(common.Tell{
			Text: i18n.T("nothing is chosen", "尚未选择").With(), Hint: i18n.T("Space chooses a line, F3 all of them", "空格选择一行，F3 全选").With(), Tone: common.Warn,
		})
	}
	p.busy, p.approval = true, nil
	return p, ask(p.work, p.asker, func(ctx context.Context) (shop.Bill, error) {
		return p.work.Desk.Return(context.WithoutCancel(ctx), q)
	})
}

// returned shows what became of it. What was not paid back stays to be gone on with.
func (p Return) returned(d done[shop.Bill]) (common.Page, tea.Cmd) {
	p.busy = false
	if what, ok := needsApproval(d.err); ok && !p.stop {
		return p, askApproval(p.asker, what)
	}
	p.stop = false
	if d.value.Ticket.Key != "" {
		p.key = d.value.Ticket.Key
	}
	left := common.Send(common.Left{})
	switch {
	case d.value.Ticket.State == till.TicketDone:
		return p, tea.Batch(common.Send(common.Replace{Page: NewResult(p.work, d.value)}), failed(d.err), left)
	case d.err != nil:
		return p, tea.Batch(failed(d.err), left)
	}
	return p, tea.Batch(common.Send(common.Tell{
		Text: i18n.T("not all was paid back: %s are left", "尚未全部退款：剩余 %s").With(d.value.Due),
		Hint: i18n.T("till sale show %s tells why", "till sale show %s 可查看原因").With(d.value.Ticket.ID), Tone: common.Bad, Bell: true,
	}), left)
}

// View implements common.Page.
func (p Return) View(f common.Frame) string {
	head := i18n.T("Sale %s of %s, %s", "销售 %s，%s，%s").With(p.sold.ID, p.sold.DoneAt.In(f.Now.Location()).Format("2006-01-02 15:04"), p.sold.Total).In(f.Lang)
	stock := i18n.T("What comes back goes into stock again.", "退回的商品重新入库。")
	if p.noStock {
		stock = i18n.T("What comes back does NOT go into stock.", "退回的商品不入库。")
	}
	foot := f.Say(stock)
	if p.busy {
		foot = f.Say(i18n.T("paying back ...", "正在退款 ..."))
	}
	columns := []components.Column{
		{Width: 3}, {Head: f.Say(i18n.T("Item", "商品"))},
		{Head: f.Say(i18n.T("Sold", "已售")), Width: 9, Align: cells.Right, Extra: true}, {Head: f.Say(i18n.T("Left", "可退")), Width: 9, Align: cells.Right},
		{Head: f.Say(i18n.T("Back", "退回")), Width: 9, Align: cells.Right}, {Head: f.Say(i18n.T("Total", "金额")), Width: 11, Align: cells.Right},
	}
	table := p.table.View(f, columns, max(f.Height-4, 2), func(row, column int) string { return p.cell(f, row, column) })
	return f.Styles.Strong.Render(cells.Truncate(head, f.Width)) + "\n\n" + table + "\n\n" + cells.Truncate(foot, f.Width)
}

func (p Return) cell(f common.Frame, row, column int) string {
	l := p.sold.Lines[row]
	switch column {
	case 0:
		if p.back[row] > 0 {
			return f.Styles.Border.Check
		}
		return " "
	case 1:
		return l.Name
	case 2:
		return quantityText(l)
	case 3:
		return p.left(row).String()
	case 4:
		return p.back[row].String()
	}
	return l.Total.Decimal()
}

// Title implements common.Page.
func (p Return) Title() i18n.Text { return i18n.T("Return", "退货") }

// Keys implements common.Page.
func (p Return) Keys(m keymap.Map) []keymap.Key {
	pay := m.Pay
	pay.Label, pay.Does = i18n.T("Pay back", "退款"), i18n.T("take the chosen lines back and pay them back", "退回所选商品并退款")
	return []keymap.Key{m.Choose, m.All, pay, m.Edit, m.Shelf, m.Back, m.Move, m.Turn}
}

// Traits implements common.Page.
func (p Return) Traits() common.Traits { return common.Traits{Busy: p.busy, Locks: !p.busy} }

// quantityBack tells the return page how much of a line comes back.
type quantityBack struct {
	asker    token
	row      int
	quantity till.Quantity
}

func newQuantityBack(asker token, row int, l till.Line, left till.Quantity) form {
	return form{
		title: i18n.T("How much comes back?", "退回数量"), about: l.Name,
		entries: []entry{{name: i18n.T("Quantity", "数量"), field: components.Field{Most: 12, Allow: components.Decimal, Placeholder: left.String()}}},
		give: func(v []string) (tea.Msg, error) {
			q, err := till.ParseQuantity(v[0])
			switch {
			case err != nil || q < 0:
				return nil, wrong(i18n.T("%q is no quantity", "%q 不是数量").With(v[0]), i18n.T("such as 1 or 0.375", "例如 1 或 0.375").With())
			case q > left:
				return nil, wrong(i18n.T("%s are wanted back, %s are left", "要退 %s，可退 %s").With(q, left), i18n.T("type %s or less", "请输入不超过 %s 的数量").With(left))
			}
			return quantityBack{asker, row, q}, nil
		},
	}
}

var (
	_ common.Page = Return{}
	_ common.Page = ReturnSearch{}
)
