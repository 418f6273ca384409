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
// that quick scans are neither lost nor counted before the use case has taken them. What
// leads away from the page waits until the queue is empty.
type Sale struct {
	work  Work
	asker token

	basket till.Basket // as it was last priced
	ticket till.Ticket // its price
	held   till.TicketID
	label  string
	taken  bool // the store has begun to take the payment: the sale is there, and not here

	box   components.Field
	lines components.Table

	queue   []job
	doing   doing
	after   func(Sale) (common.Page, tea.Cmd) // when the queue is empty and nothing failed
	aside   shop.HoldRequest                  // being put aside
	leaving bool                              // the basket is put aside because the user leaves
	stuck   bool                              // that failed
	givenUp bool                              // the user leaves without it

	hits      []hit // of the catalogue
	list      components.Table
	finding   bool // the keys act on the hits
	search    int  // number of the text that is looked for: answers to earlier ones are late
	searching bool // a search is under way
}

// doing is what the page waits for.
type doing int

const (
	resting    doing = iota
	performing       // the first job of the queue
	askingJob        // an approval of it
	holding          // the basket is put aside
	askingHold       // an approval of that
)

// NewSale is an empty sale.
func NewSale(w Work) Sale {
	return Sale{work: w, asker: newToken(), box: components.Field{Most: 512}, searching: true}
}

// Recalled is a held sale that goes on. It is shown as it was put aside until it is priced
// again, so that a line that cannot be sold any more can be taken out.
func Recalled(w Work, t till.Ticket) Sale {
	s := NewSale(w)
	s.held, s.label, s.ticket = t.ID, t.Label, t
	if t.Basket != nil && len(t.Basket.Entries) == len(t.Lines) {
		s.basket = *t.Basket
		s.lines = s.lines.Rows(len(t.Lines))
	}
	return s
}

// Init implements common.Page.
func (p Sale) Init() tea.Cmd {
	cmds := []tea.Cmd{p.find()}
	if len(p.basket.Entries) > 0 {
		cmds = append(cmds, common.Send(price{p.asker}))
	}
	return tea.Batch(cmds...)
}

// price asks for the basket as it is to be priced again.
type price struct{ asker token }

// Resumed tells the sale page that its sale is in the store: what is rung up from here on
// goes on with that.
type Resumed struct {
	asker  token
	Ticket till.Ticket
}

// Update implements common.Page.
func (p Sale) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		p.stuck, p.givenUp = false, false
		return p.press(msg)
	case tea.PasteMsg:
		p.box, _ = p.box.Update(msg)
		return p.typed()
	case common.Scanned:
		p.stuck, p.givenUp = false, false
		return p.scanned(msg)
	case common.Stop:
		return p.stop()
	}
	return p.answered(msg)
}

// answered takes the answers of use cases.
func (p Sale) answered(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case done[step]:
		if msg.asker == p.asker && p.doing == performing {
			return p.stepped(msg)
		}
	case done[found]:
		if msg.asker == p.asker {
			return p.searched(msg)
		}
	case done[till.Ticket]:
		if msg.asker == p.asker && p.doing == holding {
			return p.isHeld(msg)
		}
	}
	return p.told(msg)
}

// told takes what the pages that lay over this one came to.
func (p Sale) told(msg tea.Msg) (common.Page, tea.Cmd) {
	switch msg := msg.(type) {
	case price:
		if msg.asker == p.asker {
			return p.change(unchanged)
		}
	case edited:
		if msg.asker == p.asker {
			return p.change(msg.change)
		}
	case holdAs:
		if msg.asker == p.asker {
			return p.whenRested(func(p Sale) (common.Page, tea.Cmd) { return p.putAside(msg.label) })
		}
	case approved:
		if msg.asker == p.asker {
			return p.approve(msg.approval)
		}
	case refused:
		if msg.asker == p.asker {
			return p.refuse()
		}
	case Resumed:
		if msg.asker == p.asker {
			p.held, p.label, p.taken = msg.Ticket.ID, msg.Ticket.Label, msg.Ticket.State == till.TicketPaying
		}
	}
	return p, nil
}

// scanned adds what was scanned, as many as the number before the star says. Whatever else
// was being typed ends: no number of it may be taken for another item's.
func (p Sale) scanned(s common.Scanned) (common.Page, tea.Cmd) {
	p.box = p.box.Retract(s.Typed)
	if s.Code == "" {
		return p, nil
	}
	quantity, rest := splitQuantity(p.box.Value())
	var tell tea.Cmd
	if rest != "" {
		tell = common.Say(common.Warn, i18n.T("%q was left out: a number before a scan is written 3*", "已忽略 %q：扫描前的数量请写作 3*").With(rest))
	}
	p.box, p.finding = p.box.Clear(), false
	next, cmd := p.change(adding(quantity, s.Code, ""))
	return next, tea.Batch(tell, cmd)
}

// stop puts what was rung up aside, so that leaving loses nothing. Asked again after that
// has failed, it leaves without.
func (p Sale) stop() (common.Page, tea.Cmd) {
	if p.stuck {
		p.givenUp = true
		return p, common.Send(common.Left{})
	}
	p.leaving = true
	switch p.doing {
	case askingJob:
		return p.refuse()
	case askingHold:
		return p.notHeld(nil)
	case performing, holding:
		return p, nil
	case resting:
	}
	return p.rested()
}

// whenRested does something as soon as the queue is empty. Where a job of it fails, it is
// not done: what failed is to be seen first.
func (p Sale) whenRested(do func(Sale) (common.Page, tea.Cmd)) (common.Page, tea.Cmd) {
	if p.doing == resting {
		return do(p)
	}
	p.after = do
	return p, nil
}

// rested does what has waited for the queue to be empty.
func (p Sale) rested() (common.Page, tea.Cmd) {
	p.doing = resting
	do := p.after
	p.after = nil
	switch {
	case p.leaving && len(p.basket.Entries) == 0:
		return p, common.Send(common.Left{})
	case p.leaving:
		return p.putAside(p.label)
	case do != nil:
		return do(p)
	}
	return p, nil
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
	switch {
	case p.finding:
		add := m.Enter
		add.Label, add.Does = i18n.T("Add", "加入"), i18n.T("add the selected item", "加入所选商品")
		return []keymap.Key{add, m.Move, m.Turn, m.Back}
	case len(p.basket.Entries) == 0:
		return []keymap.Key{m.Find, m.Recall, m.Menu, m.Transactions, m.Return, m.Member}
	}
	return []keymap.Key{
		m.Pay, m.Edit, m.Delete, m.Discount, m.Hold, m.Find, m.Menu, m.Member, m.Recall, m.Transactions, m.Return, m.Move, m.Turn,
	}
}

// Traits implements common.Page.
func (p Sale) Traits() common.Traits {
	owes := len(p.basket.Entries) > 0 && !p.taken && !p.givenUp
	waits := p.doing == performing || p.doing == holding
	return common.Traits{Scans: true, Text: !p.box.IsEmpty(), Busy: owes || waits, Locks: !waits, Waits: p.after != nil}
}

var _ common.Page = Sale{}
