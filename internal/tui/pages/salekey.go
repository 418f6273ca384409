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
	case keys.Enter.Is(name):
		return p.enter()
	case keys.Back.Is(name):
		p.box = p.box.Clear()
		return p.typed()
	case keys.Find.Is(name):
		p.finding = !p.finding
		return p, nil
	case keys.Delete.Is(name) && p.box.IsEmpty():
		return p.remove()
	}
	if page := p.pageOf(keys, name); page != nil {
		return p, common.Send(common.Push{Page: page})
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

// pressFinding is a key while the keys act on the hits.
func (p Sale) pressFinding(keys keymap.Map, k tea.KeyPressMsg) (common.Page, tea.Cmd, bool) {
	switch name := k.String(); {
	case keys.Back.Is(name):
		p.finding, p.box = false, p.box.Clear()
		return p, nil, true
	case keys.Enter.Is(name):
		i, ok := p.list.Selected()
		if !ok {
			return p, nil, false
		}
		quantity, _ := splitQuantity(p.box.Value())
		p.finding, p.box = false, p.box.Clear()
		next, cmd := p.change(adding(quantity, string(p.hits[i].variant.SKU)))
		return next, cmd, true
	}
	if list, ok := p.list.Update(k, 10); ok {
		p.list = list
		return p, nil, true
	}
	return p, nil, false
}

// pageOf is the page that a key lays over this one; nil for every other key.
func (p Sale) pageOf(keys keymap.Map, name string) common.Page {
	line, any := p.lines.Selected()
	switch {
	case keys.Pay.Is(name) && any && !p.working:
		return NewPay(p.work, p.basket, p.held, p.ticket)
	case keys.Edit.Is(name) && any:
		return newEdit(p.work, p.asker, line, p.basket.Entries[line], p.ticket.Lines[line])
	case keys.Discount.Is(name) && any:
		return newDiscount(p.work, p.asker, line, p.ticket)
	case keys.Member.Is(name):
		return newMember(p.work, p.asker, p.basket)
	case keys.Hold.Is(name) && any:
		return newHold(p.work, p.asker, p.label)
	case keys.Recall.Is(name):
		return NewHeld(p.work, any)
	case keys.Transactions.Is(name):
		return NewTransactions(p.work)
	case keys.Menu.Is(name):
		return NewMenu(p.work, any)
	case keys.Return.Is(name):
		return NewReturnSearch(p.work)
	}
	return nil
}

// enter takes what stands in the box.
func (p Sale) enter() (common.Page, tea.Cmd) {
	quantity, text := splitQuantity(strings.TrimSpace(p.box.Value()))
	if text == "" {
		if quantity > 0 {
			return p, common.Say(common.Plain, i18n.T("%s × … now scan or type the item", "%s × … 请扫描或输入商品").With(quantity))
		}
		return p, nil
	}
	p.box = p.box.Clear()
	return p.change(adding(quantity, text))
}

// remove takes the selected line out.
func (p Sale) remove() (common.Page, tea.Cmd) {
	i, ok := p.lines.Selected()
	if !ok {
		return p, nil
	}
	return p.change(removing(i))
}
