package pages

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/keymap"
)

// HeldDesk finds sales that were put aside.
type HeldDesk interface {
	Held(ctx context.Context) ([]till.Ticket, error)
	Recall(ctx context.Context, name string) (till.Ticket, error)
	CancelHeld(ctx context.Context, id till.TicketID, reason string) (till.Ticket, error)
}

// Held lists the sales that were put aside, to be taken up or given up.
type Held struct {
	work    Work
	asker   token
	sale    bool // one is being rung up, and would be lost
	sure    bool // the next Del gives the selected one up
	asking  bool
	tickets []till.Ticket
	table   components.Table
	read    bool
}

// NewHeld lists them; occupied tells that the sale page is not empty.
func NewHeld(w Work, occupied bool) Held {
	return Held{work: w, asker: newToken(), sale: occupied}
}

// Init implements common.Page.
func (p Held) Init() tea.Cmd {
	return ask(p.work, p.asker, func(ctx context.Context) ([]till.Ticket, error) { return p.work.Desk.Held(ctx) })
}

// Update implements common.Page.
func (p Held) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case done[[]till.Ticket]:
		if msg.asker == p.asker {
			p.tickets, p.read = msg.value, true
			p.table = p.table.Rows(len(p.tickets))
			return p, failed(msg.err)
		}
	case done[till.Ticket]:
		if msg.asker == p.asker {
			return p.answered(msg)
		}
	case tea.KeyPressMsg:
		return p.press(msg)
	}
	return p, nil
}

func (p Held) press(k tea.KeyPressMsg) (common.Page, tea.Cmd) {
	i, any := p.table.Selected()
	wasSure := p.sure
	p.sure = false
	switch name := k.String(); {
	case p.work.Keys.Back.Is(name):
		return p, common.Send(common.Pop{})
	case p.asking:
		return p, nil
	case p.work.Keys.Enter.Is(name) && any && p.sale:
		return p, common.Send(occupiedTell())
	case p.work.Keys.Enter.Is(name) && any:
		id := string(p.tickets[i].ID)
		return p.ask(func(ctx context.Context) (till.Ticket, error) { return p.work.Desk.Recall(ctx, id) })
	case p.work.Keys.Delete.Is(name) && any && !wasSure:
		p.sure = true
		return p, common.Say(common.Warn, i18n.T("give %s of %s up? Del once more does it", "放弃 %s（%s）？再按一次 Del 确认").With(heldName(p.tickets[i]), p.tickets[i].Total))
	case p.work.Keys.Delete.Is(name) && any:
		id := p.tickets[i].ID
		return p.ask(func(ctx context.Context) (till.Ticket, error) { return p.work.Desk.CancelHeld(ctx, id, "") })
	}
	p.table, _ = p.table.Update(k, 10)
	return p, nil
}

func (p Held) ask(do func(context.Context) (till.Ticket, error)) (common.Page, tea.Cmd) {
	p.asking = true
	return p, ask(p.work, p.asker, do)
}

// answered goes on with a sale that was taken up, or reads the list again without one that
// was given up.
func (p Held) answered(d done[till.Ticket]) (common.Page, tea.Cmd) {
	p.asking = false
	switch {
	case d.err != nil:
		return p, tea.Batch(failed(d.err), p.Init())
	case d.value.State == till.TicketCanceled:
		return p, tea.Batch(p.Init(), common.Say(common.Plain, i18n.T("%s is canceled", "%s 已取消").With(heldName(d.value))))
	}
	return p, common.Send(common.Reset{Page: Recalled(p.work, d.value)})
}

// View implements common.Page.
func (p Held) View(f common.Frame) string {
	if p.read && len(p.tickets) == 0 {
		return components.Center(f.Say(i18n.T("Nothing is put aside.", "没有挂单。")), f.Width, f.Height)
	}
	columns := []components.Column{
		{Head: f.Say(i18n.T("Time", "时间")), Width: 5}, {Head: f.Say(i18n.T("Label", "标签"))},
		{Head: f.Say(i18n.T("Lines", "行数")), Width: 6, Align: cells.Right, Extra: true}, {Head: f.Say(i18n.T("Total", "金额")), Width: 14, Align: cells.Right},
		{Head: f.Say(i18n.T("Staff", "员工")), Width: 10, Extra: true},
	}
	return p.table.View(f, columns, f.Height, func(row, column int) string {
		t := p.tickets[row]
		switch column {
		case 0:
			return t.At.In(f.Now.Location()).Format("15:04")
		case 1:
			return heldName(t)
		case 2:
			return itoa(len(t.Lines))
		case 3:
			return t.Total.String()
		}
		return string(t.Staff)
	})
}

// Title implements common.Page.
func (p Held) Title() i18n.Text { return i18n.T("Put aside", "挂单列表") }

// Keys implements common.Page.
func (p Held) Keys(m keymap.Map) []keymap.Key {
	take := m.Enter
	take.Label, take.Does = i18n.T("Take up", "取单"), i18n.T("go on with the selected sale", "继续所选订单")
	return []keymap.Key{take, m.Delete, m.Back, m.Move, m.Turn}
}

// Traits implements common.Page.
func (p Held) Traits() common.Traits { return common.Traits{Locks: true} }

var _ common.Page = Held{}
