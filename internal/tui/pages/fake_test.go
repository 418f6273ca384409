package pages

import (
	"context"
	"fmt"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/styles"
)

// fake is a desk whose answers a test decides. What it does not decide is the desk's.
type fake struct {
	desk

	scanned func(code string) error
	permit  func(b till.Basket, a *shop.Approval) (till.Basket, error)
	quote   func(b till.Basket) error
	hold    func(q shop.HoldRequest) (till.Ticket, error)
	sell    func(ctx context.Context, q shop.SellRequest) (shop.Bill, error)
	pay     func(ctx context.Context, id till.TicketID) (shop.Bill, error)
	abandon func(id till.TicketID, a *shop.Approval) (shop.Bill, error)
	named   func(name string) (till.Ticket, error)
	items   func(f till.ItemFilter) ([]till.Item, error)
	recall  func(name string) (till.Ticket, error)
	back    func(q shop.ReturnRequest) (shop.Bill, error)
	drawer  func(c shop.Closing, a *shop.Approval) (till.Shift, error)
	signOut func() (till.StaffID, error)
	cancel  func(id till.TicketID) (till.Ticket, error)
}

// goods is what the codes of a test stand for: one article at 1.00 for each EAN-13.
func goods(code string) (till.Item, till.Variant, bool) {
	if !isCode(code) {
		return till.Item{}, till.Variant{}, false
	}
	v := till.Variant{SKU: till.SKU(code), Price: cny(100)}
	return till.Item{ID: till.ItemID(code), Name: "article " + code, Unit: till.Each, Variants: []till.Variant{v}}, v, true
}

func (f fake) Scanned(ctx context.Context, code string) (till.BasketEntry, till.Item, till.Variant, error) {
	if f.scanned != nil {
		if err := f.scanned(code); err != nil {
			return till.BasketEntry{}, till.Item{}, till.Variant{}, err
		}
	}
	if i, v, ok := goods(code); ok {
		return till.BasketEntry{Code: code}, i, v, nil
	}
	return f.desk.Scanned(ctx, code)
}

func (f fake) Permit(ctx context.Context, b till.Basket, a *shop.Approval) (till.Basket, error) {
	if f.permit != nil {
		return f.permit(b, a)
	}
	return f.desk.Permit(ctx, b, a)
}

func (f fake) Quote(ctx context.Context, b till.Basket) (till.Ticket, error) {
	if f.quote != nil {
		if err := f.quote(b); err != nil {
			return till.Ticket{}, err
		}
	}
	return quoteBy(ctx, f.Scanned, b)
}

func (f fake) Hold(_ context.Context, q shop.HoldRequest) (till.Ticket, error) {
	if f.hold == nil {
		return till.Ticket{ID: "H0LD0000000A", Label: q.Label}, nil
	}
	return f.hold(q)
}

func (f fake) Sell(ctx context.Context, q shop.SellRequest) (shop.Bill, error) { return f.sell(ctx, q) }

func (f fake) PayTicket(ctx context.Context, id till.TicketID, _ ...shop.Tendering) (shop.Bill, error) {
	return f.pay(ctx, id)
}

func (f fake) Abandon(_ context.Context, id till.TicketID, a *shop.Approval) (shop.Bill, error) {
	return f.abandon(id, a)
}

func (f fake) TicketByName(ctx context.Context, name string) (till.Ticket, error) {
	if f.named == nil {
		return f.desk.TicketByName(ctx, name)
	}
	return f.named(name)
}

func (f fake) Items(ctx context.Context, q till.ItemFilter) ([]till.Item, error) {
	if f.items == nil {
		return f.desk.Items(ctx, q)
	}
	return f.items(q)
}

func (f fake) Recall(_ context.Context, name string) (till.Ticket, error) { return f.recall(name) }

func (f fake) CancelHeld(_ context.Context, id till.TicketID, _ string) (till.Ticket, error) {
	return f.cancel(id)
}

func (f fake) Return(_ context.Context, q shop.ReturnRequest) (shop.Bill, error) { return f.back(q) }

func (f fake) CloseShift(_ context.Context, c shop.Closing, a *shop.Approval) (till.Shift, error) {
	return f.drawer(c, a)
}

func (f fake) SignOut(context.Context) (till.StaffID, error) { return f.signOut() }

func (fake) FindMember(_ context.Context, text string) (till.Member, error) {
	return till.Member{ID: till.MemberID(text)}, nil
}

func (fake) XPage(context.Context) (string, error) { return "X 7\n\nCASH    12.00\n", nil }

// problem is one that a use case tells.
func problem(what string) error {
	return &till.Problem{Code: till.CodeNotPermitted, What: i18n.T("%s", "%s").With(what)}
}

// wants is the problem of an act that needs an approval.
func wants(what string) error {
	return fmt.Errorf("%w: %w", shop.ErrNeedsApproval, problem(what))
}

// ean is a valid EAN-13 of a number.
func ean(n int) string {
	body := fmt.Sprintf("690%09d", n)
	for check := range 10 {
		if code := fmt.Sprint(body, check); isCode(code) {
			return code
		}
	}
	return ""
}

// watched is a sale page that the test can look at.
type watched struct {
	common.Page
	last *Sale
}

func (p watched) Update(msg tea.Msg) (common.Page, tea.Cmd) {
	next, cmd := p.Page.Update(msg)
	if sale, ok := next.(Sale); ok {
		*p.last = sale
	}
	return watched{next, p.last}, cmd
}

// till80 is the sale page of a shop on a screen of the usual size, and a view of the page.
func till80(t testing.TB, f fake, b till.Basket) (*screen, *Sale) {
	t.Helper()
	last := new(Sale)
	w := work(f)
	w.Home = func(w Work) common.Page {
		*last = NewSale(w)
		return watched{*last, last}
	}
	page := NewSale(w)
	page.basket = b
	*last = page
	return newScreen(t, watched{page, last}, 80, 24, i18n.English, styles.Lines()), last
}

// counts is what a basket holds, by code.
func counts(b till.Basket) map[string]till.Quantity {
	sum := map[string]till.Quantity{}
	for _, e := range b.Entries {
		sum[e.Code] += one(e.Quantity)
	}
	return sum
}

// filled is a basket of n articles.
func filled(n int) till.Basket {
	var b till.Basket
	for i := range n {
		b.Entries = append(b.Entries, till.BasketEntry{Code: ean(i), Quantity: till.Units(int64(i%7 + 1))})
	}
	return till.Basket{Entries: slices.Clip(b.Entries)}
}
