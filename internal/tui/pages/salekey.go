package pages

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/keymap"
)

// press is a key on the sale page.
func (p Sale) press(k tea.KeyPressMsg) (common.Page, tea.Cmd) {
	keys, name := p.work.Keys, k.String()
	if p.finding {
		if next, cmd, ok := p.pressFinding(keys, k); ok {
			return next, cmd
		}
	}
	switch {
	case leadsAway(keys, name):
		return p.lead(func(p Sale) (common.Page, tea.Cmd) { return p.open(keys, name) })
	case keys.Enter.Is(name):
		return p.enter()
	case keys.Back.Is(name):
		p.box = p.box.Clear()
		return p.typed()
	case keys.Find.Is(name):
		p.finding = true
		return p, nil
	case keys.Delete.Is(name) && p.box.IsEmpty():
		return p.remove()
	}
	if lines, ok := p.lines.Update(k, 10); ok {
		p.lines = lines
		return p, nil
	}
	var ok bool
	if p.box, ok = p.box.Update(k); !ok {
		return p, nil
	}
	return p.typed()
}

// pressFinding is a key while the keys act on the hits. The lines are not seen then, and
// no key acts on them.
func (p Sale) pressFinding(keys keymap.Map, k tea.KeyPressMsg) (common.Page, tea.Cmd, bool) {
	switch name := k.String(); {
	case keys.Find.Is(name):
		p.finding = false
		return p, nil, true
	case keys.Back.Is(name):
		p.finding, p.box = false, p.box.Clear()
		next, cmd := p.typed()
		return next, cmd, true
	case keys.Delete.Is(name) && p.box.IsEmpty():
		return p, nil, true
	case keys.Enter.Is(name):
		i, ok := p.list.Selected()
		if !ok || p.searching {
			return p, nil, false
		}
		quantity, _ := splitQuantity(p.box.Value())
		p.finding, p.box = false, p.box.Clear()
		looked, search := p.typed()
		next, cmd := looked.(Sale).change(adding(quantity, string(p.hits[i].variant.SKU), ""))
		return next, tea.Batch(search, cmd), true
	}
	if list, ok := p.list.Update(k, 10); ok {
		p.list = list
		return p, nil, true
	}
	return p, nil, false
}

// lead goes to another page. What was typed ends with that: nobody remembers later that a
// number still stands there.
func (p Sale) lead(open func(Sale) (common.Page, tea.Cmd)) (common.Page, tea.Cmd) {
	p.finding = false
	var search tea.Cmd
	if !p.box.IsEmpty() {
		p.box = p.box.Clear()
		var looked common.Page
		looked, search = p.typed()
		p = looked.(Sale)
	}
	next, cmd := p.whenRested(open)
	return next, tea.Batch(search, cmd)
}

// leadsAway reports a key that opens another page.
func leadsAway(keys keymap.Map, name string) bool {
	for _, k := range []keymap.Key{keys.Pay, keys.Edit, keys.Discount, keys.Member, keys.Hold, keys.Recall, keys.Transactions, keys.Menu, keys.Return} {
		if k.Is(name) {
			return true
		}
	}
	return false
}

// open lays another page over this one.
func (p Sale) open(keys keymap.Map, name string) (common.Page, tea.Cmd) {
	var page common.Page
	_, any := p.lines.Selected()
	switch {
	case keys.Member.Is(name):
		page = newMember(p.work, p.asker, p.basket)
	case keys.Recall.Is(name):
		page = NewHeld(p.work, any)
	case keys.Transactions.Is(name):
		page = NewTransactions(p.work, any)
	case keys.Menu.Is(name):
		page = NewMenu(p.work, any)
	case keys.Return.Is(name):
		page = NewReturnSearch(p.work, any)
	case any:
		page = p.lineDialog(keys, name)
	default:
		return p, common.Say(common.Plain, i18n.T("nothing is rung up yet: scan or type an item first", "尚无商品：请先扫描或输入商品").With())
	}
	return p, common.Send(common.Push{Page: page})
}

// lineDialog is a page about what was rung up.
func (p Sale) lineDialog(keys keymap.Map, name string) common.Page {
	line, _ := p.lines.Selected()
	switch {
	case keys.Pay.Is(name):
		return NewPay(p.work, p.asker, p.basket, p.held, p.ticket)
	case keys.Edit.Is(name):
		return newEdit(p.work, p.asker, line, p.basket.Entries[line], p.ticket.Lines[line])
	case keys.Discount.Is(name):
		return newDiscount(p.work, p.asker, line, p.basket.Entries[line], p.ticket.Lines[line])
	}
	return newHold(p.asker, p.label)
}

// enter takes what stands in the box.
func (p Sale) enter() (common.Page, tea.Cmd) {
	whole := strings.TrimSpace(p.box.Value())
	quantity, text := splitQuantity(whole)
	text = strings.TrimSpace(text)
	if text == "" {
		if quantity > 0 {
			return p, common.Say(common.Plain, i18n.T("%s times: now scan or type the item", "%s 件：请扫描或输入商品").With(quantity))
		}
		return p, nil
	}
	p.box = p.box.Clear()
	looked, search := p.typed()
	next, cmd := looked.(Sale).change(adding(quantity, text, whole))
	return next, tea.Batch(search, cmd)
}

// remove takes the selected line out.
func (p Sale) remove() (common.Page, tea.Cmd) {
	i, ok := p.lines.Selected()
	if !ok || i >= len(p.basket.Entries) {
		return p, nil
	}
	return p.change(removing(i, p.basket.Entries[i]))
}
