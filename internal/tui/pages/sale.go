package pages

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/keymap"
)

// SaleDesk rings up.
type SaleDesk interface {
	Quote(ctx context.Context, b till.Basket) (till.Ticket, error)
	Scanned(ctx context.Context, code string) (till.BasketEntry, till.Item, till.Variant, error)
	Permit(ctx context.Context, b till.Basket, a *shop.Approval) (till.Basket, error)
	Items(ctx context.Context, f till.ItemFilter) ([]till.Item, error)
	TicketByName(ctx context.Context, name string) (till.Ticket, error)
	Hold(ctx context.Context, q shop.HoldRequest) (till.Ticket, error)
}

// Sale is the page that a till shows all day: one box for everything that is scanned or
// typed, what the shopper has so far, and what it comes to.
//
// Whatever changes the basket goes through one queue and is priced before the next, so
// that quick scans are neither lost nor counted before the use case has taken them.
type Sale struct {
	work  Work
	asker token

	basket till.Basket // as it was last priced
	ticket till.Ticket // its price
	held   till.TicketID
	label  string

	box     components.Field
	lines   components.Table
	queue   []job
	working bool

	hits    []hit // of the catalogue
	list    components.Table
	finding bool // the keys act on the hits
	search  int  // number of the last search: answers to earlier ones are late
	leaving bool // the basket is put aside because the user leaves
}

// job is one change of the basket, performed beside the screen.
type job struct {
	do       func(ctx context.Context, d SaleDesk, b till.Basket) (step, error)
	approval *shop.Approval
}

// step is what a job came to: another basket with its price, or something that was found
// instead of an item.
type step struct {
	basket  till.Basket
	ticket  till.Ticket
	receipt *till.Ticket // the text was a receipt's number
	search  string       // the text is no code
}

// hit is one variant that a search found.
type hit struct {
	item    till.Item
	variant till.Variant
}

// found are the hits of a search.
type found struct {
	number int
	hits   []hit
}

// NewSale is an empty sale.
func NewSale(w Work) Sale {
	return Sale{work: w, asker: newToken(), box: components.Field{Most: 512}}
}

// Recalled is a held sale that goes on.
func Recalled(w Work, t till.Ticket) Sale {
	s := NewSale(w)
	s.held, s.label = t.ID, t.Label
	if t.Basket != nil {
		s.basket = *t.Basket
	}
	return s
}

// Init implements common.Page.
func (p Sale) Init() tea.Cmd {
	cmds := []tea.Cmd{p.find(0, "")}
	if len(p.basket.Entries) > 0 {
		cmds = append(cmds, common.Send(price{p.asker}))
	}
	return tea.Batch(cmds...)
}

// price asks for the basket as it is to be priced again.
type price struct{ asker token }

// Update implements common.Page.
func (p Sale) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg)
	case tea.PasteMsg:
		p.box, _ = p.box.Update(msg)
		return p.typed()
	case common.Scanned:
		return p.scanned(msg)
	case common.Stop:
		return p.stop()
	}
	return p.told(msg)
}

// told takes the answers of use cases and of the pages that lie over this one.
func (p Sale) told(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case done[step]:
		if msg.asker == p.asker {
			return p.stepped(msg)
		}
	case done[found]:
		if msg.asker == p.asker && msg.err == nil && msg.value.number == p.search {
			p.hits = msg.value.hits
			p.list = p.list.Rows(len(p.hits)).Select(0)
		}
	case done[till.Ticket]:
		if msg.asker == p.asker {
			return p.isHeld(msg)
		}
	case price:
		if msg.asker == p.asker {
			return p.change(unchanged)
		}
	case approved:
		if msg.asker == p.asker {
			return p.approve(msg.approval)
		}
	case refused:
		if msg.asker == p.asker {
			p.queue = p.queue[1:]
			return p.next()
		}
	case edited:
		if msg.asker == p.asker {
			return p.change(msg.change)
		}
	case Resumed:
		p.held, p.label = msg.Ticket.ID, msg.Ticket.Label
		return p.change(unchanged)
	case holdAs:
		if msg.asker == p.asker {
			return p, p.hold(msg.label)
		}
	}
	return p, nil
}

// scanned adds what was scanned, as many as the number before the star says.
func (p Sale) scanned(s common.Scanned) (common.Page, tea.Cmd) {
	p.box = p.box.Retract(s.Typed)
	if s.Code == "" {
		return p, nil
	}
	quantity, _ := splitQuantity(p.box.Value())
	p.box, p.finding = p.box.Clear(), false
	return p.change(adding(quantity, s.Code))
}

// typed begins a search for what stands in the box.
func (p Sale) typed() (common.Page, tea.Cmd) {
	_, text := splitQuantity(p.box.Value())
	p.search++
	return p, p.find(p.search, text)
}

// change puts a job into the queue and begins with it, if nothing else goes on.
func (p Sale) change(do func(context.Context, SaleDesk, till.Basket) (step, error)) (common.Page, tea.Cmd) {
	p.queue = append(slices.Clone(p.queue), job{do: do})
	if p.working {
		return p, nil
	}
	return p.next()
}

// next performs the first job of the queue on the basket as it is now.
func (p Sale) next() (common.Page, tea.Cmd) {
	p.working = len(p.queue) > 0
	if !p.working {
		return p, nil
	}
	j, basket := p.queue[0], p.basket
	return p, ask(p.work, p.asker, func(ctx context.Context) (step, error) {
		return perform(ctx, p.work.Desk, j, basket)
	})
}

// perform changes a basket, asks for what it needs an approval for, and prices it.
func perform(ctx context.Context, d SaleDesk, j job, b till.Basket) (step, error) {
	b.Entries = slices.Clone(b.Entries)
	s, err := j.do(ctx, d, b)
	if err != nil || s.receipt != nil || s.search != "" || len(s.basket.Entries) == 0 {
		return s, err
	}
	if s.basket, err = d.Permit(ctx, s.basket, j.approval); err != nil {
		return s, err
	}
	s.ticket, err = d.Quote(ctx, s.basket)
	return s, err
}

// stepped takes what a job came to. One that failed has changed nothing.
func (p Sale) stepped(d done[step]) (common.Page, tea.Cmd) {
	if what, ok := needsApproval(d.err); ok && p.queue[0].approval == nil {
		return p, askApproval(p.asker, what) // the job stays first in the queue
	}
	p.queue = p.queue[1:]
	var tell tea.Cmd
	switch {
	case d.err != nil:
		tell = failed(d.err)
	case d.value.receipt != nil:
		tell = common.Send(common.Push{Page: NewReturn(p.work, *d.value.receipt)})
	case d.value.search != "":
		p.finding = true
		p.search++
		p.box = p.box.With(d.value.search)
		tell = p.find(p.search, d.value.search)
	default:
		grown := len(d.value.basket.Entries) > len(p.basket.Entries)
		p.basket, p.ticket = d.value.basket, d.value.ticket
		p.lines = p.lines.Rows(len(p.basket.Entries))
		if grown {
			p.lines = p.lines.Select(len(p.basket.Entries) - 1)
		}
	}
	next, cmd := p.next()
	return next, tea.Batch(tell, cmd)
}

// approve gives the first job of the queue its approval and performs it again.
func (p Sale) approve(a shop.Approval) (common.Page, tea.Cmd) {
	p.queue = slices.Clone(p.queue)
	p.queue[0].approval = &a
	return p.next()
}

// find searches the catalogue.
func (p Sale) find(number int, text string) tea.Cmd {
	const most = 100
	return ask(p.work, p.asker, func(ctx context.Context) (found, error) {
		items, err := p.work.Desk.Items(ctx, till.ItemFilter{Text: text, Limit: most})
		return found{number: number, hits: flat(items)}, err
	})
}

// flat are all variants of the items.
func flat(items []till.Item) []hit {
	var hits []hit
	for _, i := range items {
		for _, v := range i.Variants {
			hits = append(hits, hit{i, v})
		}
	}
	return hits
}

// stop puts what was rung up aside, so that leaving loses nothing.
func (p Sale) stop() (common.Page, tea.Cmd) {
	if len(p.basket.Entries) == 0 {
		return p, common.Send(common.Left{})
	}
	p.leaving = true
	return p, p.hold(p.label)
}

func (p Sale) hold(label string) tea.Cmd {
	q := shop.HoldRequest{Held: p.held, Label: label, Basket: p.basket}
	return ask(p.work, p.asker, func(ctx context.Context) (till.Ticket, error) {
		return p.work.Desk.Hold(context.WithoutCancel(ctx), q)
	})
}

// isHeld begins a new sale when the old one was put aside.
func (p Sale) isHeld(d done[till.Ticket]) (common.Page, tea.Cmd) {
	if d.err != nil {
		p.leaving = false
		return p, failed(d.err)
	}
	next := NewSale(p.work)
	tell := common.Say(common.Good, i18n.T("put aside as %s", "已挂单：%s").With(heldName(d.value)))
	if p.leaving {
		return next, tea.Batch(tell, common.Send(common.Left{}))
	}
	return next, tea.Batch(tell, next.Init())
}

// heldName is what a held sale is found by.
func heldName(t till.Ticket) string {
	if t.Label != "" {
		return t.Label
	}
	return string(t.ID)
}

// Title implements common.Page.
func (p Sale) Title() i18n.Text {
	if p.held != "" {
		return i18n.Join(i18n.T("Sale ", "销售 "), i18n.Same(heldName(till.Ticket{ID: p.held, Label: p.label})))
	}
	return i18n.T("Sale", "销售")
}

// Keys implements common.Page.
func (p Sale) Keys(m keymap.Map) []keymap.Key {
	if p.finding {
		return []keymap.Key{m.Enter, m.Up, m.Down, m.Back}
	}
	return []keymap.Key{m.Pay, m.Edit, m.Find, m.Discount, m.Member, m.Hold, m.Recall, m.Delete, m.Transactions, m.Menu, m.Return}
}

// Traits implements common.Page.
func (p Sale) Traits() common.Traits {
	return common.Traits{Scans: true, Text: !p.box.IsEmpty(), Busy: len(p.basket.Entries) > 0, Locks: !p.working}
}

var _ common.Page = Sale{}
