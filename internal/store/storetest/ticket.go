package storetest

import (
	"context"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Tickets is what is asked of a store about sales and returns of lines.
type Tickets interface {
	SaveTicket(ctx context.Context, t till.Ticket) (till.Ticket, error)
	Ticket(ctx context.Context, id till.TicketID) (till.Ticket, error)
	TicketByKey(ctx context.Context, key string) (till.Ticket, error)
	Tickets(ctx context.Context, f till.TicketFilter) ([]till.Ticket, error)
	TicketTxns(ctx context.Context, id till.TicketID) ([]till.Txn, error)
	CancelTicket(ctx context.Context, id till.TicketID, ch till.Change) (till.Ticket, error)
	CompleteTicket(ctx context.Context, t till.Ticket) (till.Ticket, error)
}

// Days is what is asked of a store about shifts, drawers, days and what reports add up.
type Days interface {
	OpenShift(ctx context.Context, sh till.Shift) (till.Shift, error)
	CurrentShift(ctx context.Context, terminal string) (till.Shift, error)
	Shift(ctx context.Context, number int) (till.Shift, error)
	Shifts(ctx context.Context, limit int) ([]till.Shift, error)
	MoveCash(ctx context.Context, m till.DrawerMove) (till.DrawerMove, error)
	DrawerMoves(ctx context.Context, shift int) ([]till.DrawerMove, error)
	Drawer(ctx context.Context, shift int) (till.Drawer, error)
	CloseShift(ctx context.Context, sh till.Shift) (till.Shift, error)

	CloseDay(ctx context.Context, ch till.Change) (till.ZReport, error)
	Z(ctx context.Context, number int) (till.ZReport, error)
	Zs(ctx context.Context) ([]till.ZReport, error)

	Facts(ctx context.Context, q till.FactQuery) ([]till.DayFact, error)
	DayFacts(ctx context.Context) ([]till.Fact, error)
	VerifyFacts(ctx context.Context) error
}

// dayOf is the business day of an instant that is after the shop's four o'clock.
func dayOf(at time.Time) till.Day {
	return till.DayOf(at.In(time.FixedZone("CST", 8*60*60)).Date())
}

// basket is a sale of items at 10.00 each, one line for each SKU, with 13 % of tax in it
// that is rounded off.
func basket(id string, skus ...till.SKU) till.Ticket {
	t := till.Ticket{
		ID: till.TicketID(id), Key: "key-" + id, Kind: till.TicketSale, Terminal: terminal, Staff: "mia",
		At: time.Date(2026, 3, 1, 11, 59, 0, 0, time.UTC), Inclusive: true,
		Basket: &till.Basket{Entries: []till.BasketEntry{{Code: "as it was typed"}}},
	}
	for i, sku := range skus {
		t.Lines = append(t.Lines, lineOf(i+1, sku, till.One))
	}
	return priced(t)
}

// lineOf is a number of an item at 10.00 each.
func lineOf(n int, sku till.SKU, q till.Quantity) till.Line {
	gross := int64(q)
	tax := gross * 13 / 113
	return till.Line{
		N: n, SKU: sku, Name: "item " + string(sku), Category: "goods", Unit: till.Each, Quantity: q, Price: cny(1000), Cost: cny(gross / 2), Tracked: sku != "",
		Gross: cny(gross), Net: cny(gross - tax), Tax: cny(tax), Total: cny(gross), TaxClass: "standard",
		Taxes: []till.TaxLine{{Class: "standard", Name: "VAT", Rate: 130000, Net: cny(gross - tax), Tax: cny(tax)}},
	}
}

// priced is the ticket with the sums of its lines.
func priced(t till.Ticket) till.Ticket {
	var m till.Sums
	for _, l := range t.Lines {
		m = m.Add(till.Sums{Gross: l.Gross.Minor(), Discount: l.Discount().Minor(), Net: l.Net.Minor(), Tax: l.Tax.Minor(), Total: l.Total.Minor()})
	}
	t.Gross, t.Discount, t.Net, t.Tax, t.Total = cny(m.Gross), cny(m.Discount), cny(m.Net), cny(m.Tax), cny(m.Total)
	t.Taxes = []till.TaxLine{{Class: "standard", Name: "VAT", Rate: 130000, Net: cny(m.Net), Tax: cny(m.Tax)}}
	return t
}

// takeBack is a return of a quantity of some lines of a sale.
func takeBack(id string, sold till.Ticket, q till.Quantity, lines ...int) till.Ticket {
	t := basket(id)
	t.Kind, t.Original, t.Basket, t.Member = till.TicketReturn, sold.ID, nil, sold.Member
	for i, n := range lines {
		l := lineOf(i+1, sold.Lines[n-1].SKU, q)
		l.Origin = n
		t.Lines = append(t.Lines, l)
	}
	return priced(t)
}

// tender is a transaction over an amount that pays for a ticket, or pays back for a
// return by the given original.
func tender(id string, ticket till.Ticket, kind till.Tender, minor int64) till.Txn {
	t := sale(id, minor)
	t.Tender, t.Ticket, t.Staff, t.Amount = kind, ticket.ID, ticket.Staff, money.New(minor, ticket.Total.Currency())
	if kind == till.Cash {
		t.State, t.Entry = till.Approved, till.NoEntry
	}
	return t
}

// bring begins a transaction that brings its ticket.
func bring(t fataler, s Store, x till.Txn, ticket till.Ticket) till.Txn {
	t.Helper()
	x, err := s.Begin(t.Context(), till.NewTxn{Txn: x, Ticket: &ticket})
	if err != nil {
		t.Fatalf("begin %s for ticket %s: %v", x.ID, ticket.ID, err)
	}
	return x
}

func readTicket(t fataler, s Store, id till.TicketID) till.Ticket {
	t.Helper()
	ticket, err := s.Ticket(t.Context(), id)
	if err != nil {
		t.Fatalf("read ticket %s: %v", id, err)
	}
	return ticket
}

// stockUp puts a number of each of some items into the catalogue and on the shelf.
func stockUp(t fataler, s Store, q till.Quantity, skus ...till.SKU) {
	t.Helper()
	for _, sku := range skus {
		putItems(t, s, item(string(sku), 1000))
		move(t, s, sku, q, till.StockReceive)
	}
}

// enrol makes a customer with some points.
func enrol(t fataler, s Store, id till.MemberID, points int64) {
	t.Helper()
	putMember(t, s, till.Member{ID: id, Since: noon()})
	if points != 0 {
		adjust(t, s, id, points)
	}
}

// onShelf fails unless so much of an item is on hand and so much of it kept back.
func onShelf(t fataler, s Store, sku till.SKU, onHand, reserved till.Quantity) {
	t.Helper()
	levels, err := s.StockLevels(t.Context(), sku)
	if err != nil {
		t.Fatalf("read the stock of %s: %v", sku, err)
	}
	if want := (till.StockLevel{SKU: sku, OnHand: onHand, Reserved: reserved}); levels[0] != want {
		t.Fatalf("stock is %+v, want %+v", levels[0], want)
	}
}

// hasPoints fails unless a customer has so many.
func hasPoints(t fataler, s Store, id till.MemberID, want int64) {
	t.Helper()
	m, err := s.Member(t.Context(), id)
	if err != nil {
		t.Fatalf("read member %s: %v", id, err)
	}
	if m.Points != want {
		t.Fatalf("%s has %d points, want %d", id, m.Points, want)
	}
}

// stands fails unless a ticket is in a state and so much of it is covered.
func stands(t fataler, s Store, id till.TicketID, state till.TicketState, paid int64) till.Ticket {
	t.Helper()
	ticket := readTicket(t, s, id)
	if ticket.State != state || ticket.Paid != cny(paid) {
		t.Fatalf("ticket %s is %s with %s paid, want %s with %s", id, ticket.State, ticket.Paid, state, cny(paid))
	}
	return ticket
}

// takings are the sums of all sales, returns and voids since the last Z report.
func takings(t fataler, s Store) (sum till.Sums) {
	t.Helper()
	facts, err := s.DayFacts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facts {
		if f.Kind == till.FactSum && f.A != "void" {
			sum = sum.Add(f.Sums)
		}
	}
	return sum
}
