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

// ShiftDesk opens and closes shifts and days.
type ShiftDesk interface {
	OpenShift(ctx context.Context, float money.Amount) (till.Shift, error)
	MoveCash(ctx context.Context, m shop.CashMove, a *shop.Approval) (till.DrawerMove, error)
	CloseShift(ctx context.Context, c shop.Closing, a *shop.Approval) (till.Shift, error)
	// XPage is how the day stands, as a text; ZPage closes it.
	XPage(ctx context.Context) (string, error)
	ZPage(ctx context.Context) (string, error)
	CloseBatch(ctx context.Context) (till.Batch, error)
}

// Menu is everything that is not done all day: shift, drawer, day, signing out.
type Menu struct {
	work  Work
	asker token
	table components.Table
	sale  bool // one is being rung up, and would be lost by signing out
	busy  bool
	stop  bool // the user leaves as soon as that is done
	wants func(*shop.Approval) tea.Cmd
}

// menuLine is one line of the menu.
type menuLine struct {
	name i18n.Text
	open func(Menu) (common.Page, tea.Cmd)
}

// acted is what a line of the menu came to: a line to tell, or a text to read.
type acted struct {
	title i18n.Text
	text  string
	say   i18n.Message
}

// act is what a form of the menu asks for.
type act struct {
	asker token
	do    func(ctx context.Context, a *shop.Approval) (acted, error)
}

// NewMenu is the menu; occupied tells that the sale page is not empty.
func NewMenu(w Work, occupied bool) Menu {
	m := Menu{work: w, asker: newToken(), sale: occupied}
	m.table = m.table.Rows(len(menuLines()))
	return m
}

func menuLines() []menuLine {
	form := func(make func(Menu) form) func(Menu) (common.Page, tea.Cmd) {
		return func(p Menu) (common.Page, tea.Cmd) { return p, common.Send(common.Push{Page: make(p)}) }
	}
	now := func(make func(Menu) act) func(Menu) (common.Page, tea.Cmd) {
		return func(p Menu) (common.Page, tea.Cmd) { return p.begin(make(p)) }
	}
	return []menuLine{
		{i18n.T("Open a shift", "开班"), form(Menu.openShift)},
		{i18n.T("Count the drawer and close the shift", "清点钱箱并交班"), form(Menu.closeShift)},
		{i18n.T("Pay into the drawer", "钱箱存入"), form(Menu.payIn)},
		{i18n.T("Pay out of the drawer", "钱箱取出"), form(Menu.payOut)},
		{i18n.T("X: how the day stands", "X：查看当日"), now(Menu.x)},
		{i18n.T("Settle the batch of card payments", "结算卡交易批次"), now(Menu.settle)},
		{i18n.T("Z: close the day", "Z：日结"), now(Menu.z)},
		{i18n.T("Sign out", "签退"), now(Menu.signOut)},
	}
}

// Init implements common.Page.
func (p Menu) Init() tea.Cmd { return nil }

// Update implements common.Page.
func (p Menu) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg)
	case act:
		if msg.asker == p.asker {
			return p.begin(msg)
		}
	case done[acted]:
		if msg.asker == p.asker {
			return p.acted(msg)
		}
	case approved:
		if msg.asker == p.asker && !p.busy && p.wants != nil {
			p.busy = true
			return p, p.wants(&msg.approval)
		}
	case common.Stop:
		p.stop = true
	}
	return p, nil
}

func (p Menu) press(k tea.KeyPressMsg) (common.Page, tea.Cmd) {
	if p.busy {
		return p, nil
	}
	switch name := k.String(); {
	case p.work.Keys.Back.Is(name):
		return p, common.Send(common.Pop{})
	case p.work.Keys.Enter.Is(name):
		i, _ := p.table.Selected()
		return menuLines()[i].open(p)
	}
	p.table, _ = p.table.Update(k, 5)
	return p, nil
}

// begin does something that is seen through.
func (p Menu) begin(a act) (common.Page, tea.Cmd) {
	p.busy = true
	p.wants = func(approval *shop.Approval) tea.Cmd {
		return ask(p.work, p.asker, func(ctx context.Context) (acted, error) { return a.do(context.WithoutCancel(ctx), approval) })
	}
	return p, p.wants(nil)
}

func (p Menu) acted(d done[acted]) (common.Page, tea.Cmd) {
	p.busy = false
	if what, ok := needsApproval(d.err); ok && !p.stop {
		return p, askApproval(p.asker, what)
	}
	p.stop = false
	left := common.Send(common.Left{})
	switch {
	case d.err != nil:
		return p, tea.Batch(failed(d.err), left)
	case d.value.title == signedOut():
		return p, tea.Batch(common.Send(common.Reset{Page: NewSignIn(p.work)}), left)
	case d.value.text != "":
		return p, tea.Batch(common.Send(common.Push{Page: NewReading(d.value.title, d.value.text)}), left)
	}
	return p, tea.Batch(common.Say(common.Good, d.value.say), left)
}

// View implements common.Page.
func (p Menu) View(f common.Frame) string {
	lines := menuLines()
	width := min(f.Width-2, 50)
	inner := f
	inner.Width = width - 4
	table := p.table.View(inner, []components.Column{{Head: ""}}, len(lines), func(row, _ int) string { return f.Say(lines[row].name) })
	if p.busy {
		table += "\n" + f.Styles.Border.More + " " + f.Say(i18n.T("one moment", "请稍候"))
	}
	return components.Center(components.Box(f, f.Say(p.Title()), table, width), f.Width, f.Height)
}

// Title implements common.Page.
func (p Menu) Title() i18n.Text { return i18n.T("Menu", "菜单") }

// Keys implements common.Page.
func (p Menu) Keys(m keymap.Map) []keymap.Key { return []keymap.Key{m.Enter, m.Move, m.Back} }

// Traits implements common.Page.
func (p Menu) Traits() common.Traits { return common.Traits{Busy: p.busy, Locks: !p.busy} }

var _ common.Page = Menu{}
