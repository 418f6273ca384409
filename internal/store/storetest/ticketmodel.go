package storetest

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/internal/till"
)

// ticketsAgree drives random sales, splits, declines, voids, returns, shifts and days of a
// new shop, which ends and starts again at any moment, and a model of them side by side:
// what the model refuses the store refuses, and goods, points, sums, reservations and
// drawer move if and only if the money does.
func ticketsAgree(t *testing.T, newShop func(*testing.T) Shop) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &ticketModel{shop: newShop(t), tickets: map[till.TicketID]*modelTicket{}}
		m.start(rt)
		defer func() {
			if err := m.store.Close(); err != nil {
				rt.Fatal(err)
			}
		}()
		stockUp(rt, m.store, till.Units(9), modelSKUs()...)
		enrol(rt, m.store, "m1", 0)
		rt.Repeat(map[string]func(*rapid.T){
			"sell":    m.sell,
			"pay":     m.pay,
			"settle":  m.settle,
			"void":    m.void,
			"return":  m.takeBack,
			"shift":   m.shift,
			"day":     m.day,
			"restart": m.restart,
			"":        m.check,
		})
		verify(rt, m.store)
	})
}

func modelSKUs() []till.SKU { return []till.SKU{"a", "b"} }

// ticketModel is a shop as it must be: its tickets and transactions, from which all else
// is computed anew each time.
type ticketModel struct {
	shop    Shop
	store   Store
	tickets map[till.TicketID]*modelTicket
	order   []till.TicketID
	txns    []till.Txn
	open    till.Shift // the shift that is open; number 0 is none
	zTotal  int64      // of all Z reports
	zs      int
}

type modelTicket struct {
	till.Ticket
	was till.TicketState // DONE and what follows stay
}

func (m *ticketModel) start(t *rapid.T) {
	var err error
	if m.store, err = m.shop.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (m *ticketModel) restart(t *rapid.T) {
	if err := m.store.Close(); err != nil {
		t.Fatal(err)
	}
	m.start(t)
}

// sell brings a new ticket with its first tender.
func (m *ticketModel) sell(t *rapid.T) {
	ticket := basket(name("T", len(m.order)))
	for i, sku := range modelSKUs() {
		if q := rapid.Int64Range(0, 3).Draw(t, "quantity"); q > 0 {
			ticket.Lines = append(ticket.Lines, lineOf(i+1, sku, till.Units(q)))
		}
	}
	if len(ticket.Lines) == 0 {
		ticket.Lines = []till.Line{lineOf(1, "", till.One)}
	}
	ticket = priced(ticket)
	if rapid.Bool().Draw(t, "member") {
		ticket.Member, ticket.Earned = "m1", ticket.Total.Minor()/100
	}
	x := m.tender(t, ticket, ticket.Total.Minor())
	m.begin(t, x, &ticket, m.isThere(ticket) && x.Covers().Minor() <= ticket.Total.Minor())
}

// pay takes one more tender for a ticket that the store has.
func (m *ticketModel) pay(t *rapid.T) {
	ticket, ok := m.pick(t, func(x *modelTicket) bool { return x.Kind == till.TicketSale && !x.State.IsFinal() })
	if !ok {
		return
	}
	left := m.left(ticket.Ticket)
	x := m.tender(t, ticket.Ticket, max(left, 1))
	allowed := x.Covers().Minor() <= left && !m.undoing(ticket.ID) && (ticket.State == till.TicketPaying || m.isThere(ticket.Ticket))
	m.begin(t, x, nil, allowed)
}

// tender is all, a part or one cent too much of what is left, in cash or by card; cash is
// rounded now and then.
func (m *ticketModel) tender(t *rapid.T, ticket till.Ticket, left int64) till.Txn {
	minor := rapid.SampledFrom([]int64{left, left, left / 2, left + 1}).Draw(t, "minor")
	x := tender(m.id(), ticket, rapid.SampledFrom([]till.Tender{till.Cash, till.Card}).Draw(t, "tender"), max(minor, 1))
	if x.Tender == till.Cash && rapid.Bool().Draw(t, "rounded") {
		x.Amount, x.Rounding = cny(x.Amount.Minor()+2), cny(2)
	}
	return x
}

// takeBack returns some of a line of a sale and pays back by one of its transactions.
func (m *ticketModel) takeBack(t *rapid.T) {
	sold, ok := m.pick(t, func(x *modelTicket) bool { return x.Kind == till.TicketSale && x.State == till.TicketDone })
	if !ok {
		return
	}
	line := rapid.SampledFrom(sold.Lines).Draw(t, "line")
	q := till.Units(rapid.Int64Range(1, 3).Draw(t, "quantity"))
	ret := basket(name("T", len(m.order)))
	ret.Kind, ret.Original, ret.Basket, ret.Member, ret.Earned = till.TicketReturn, sold.ID, nil, sold.Member, int64(q)/100
	back := lineOf(1, line.SKU, q)
	back.Origin = line.N
	ret.Lines = []till.Line{back}
	ret = priced(ret)
	var paid []till.Txn
	for _, x := range m.txns {
		if x.Ticket == sold.ID && x.Kind == till.Sale {
			paid = append(paid, x)
		}
	}
	original := rapid.SampledFrom(paid).Draw(t, "original")
	x := backBy(m.id(), ret, original, original.Tender, ret.Total.Minor())
	allowed := q <= line.Quantity-m.returned(sold.ID, line.N) && !m.undoing(sold.ID) && m.standing(sold.Ticket) == sold.Total.Minor() &&
		original.State == till.Approved && m.holding(original.ID, till.Void) == 0 && x.Amount.Minor() <= original.Amount.Minor()-m.holding(original.ID, till.Refund)
	m.begin(t, x, &ret, allowed)
}

// void undoes a transaction of a ticket.
func (m *ticketModel) void(t *rapid.T) {
	if len(m.txns) == 0 {
		return
	}
	original := rapid.SampledFrom(m.txns).Draw(t, "original")
	ticket := m.tickets[original.Ticket]
	busy := false
	for _, x := range m.txns {
		busy = busy || x.Ticket == ticket.ID && x.Kind != till.Void && x.State.IsOpen() && ticket.State == till.TicketPaying
	}
	for _, r := range m.tickets {
		busy = busy || r.Original == ticket.ID && (r.State == till.TicketPaying || r.State == till.TicketDone)
	}
	x := void(m.id(), original)
	if original.Tender == till.Cash {
		x.State = till.Approved
	}
	allowed := original.Kind != till.Void && original.State == till.Approved && m.holding(original.ID, till.Void)+m.holding(original.ID, till.Refund) == 0 && !busy
	m.begin(t, x, nil, allowed)
}

// begin begins x in both worlds; the store must allow it exactly where the model does.
func (m *ticketModel) begin(t *rapid.T, x till.Txn, brought *till.Ticket, allowed bool) {
	got, err := m.store.Begin(t.Context(), till.NewTxn{Txn: x, Ticket: brought})
	if allowed != (err == nil) {
		t.Fatalf("%s of %s for ticket %s on %q: got error %v, allowed %t", x.Kind, x.Amount, x.Ticket, x.Original, err, allowed)
	}
	if err != nil {
		return
	}
	if got.Shift != m.open.Number {
		t.Fatalf("%s is of shift %d, want %d", x.ID, got.Shift, m.open.Number)
	}
	if brought != nil {
		m.tickets[brought.ID] = &modelTicket{Ticket: *brought}
		m.order = append(m.order, brought.ID)
	}
	m.txns = append(m.txns, got)
	m.move(got.Ticket)
}

// settle gives an open transaction one of the states that may follow.
func (m *ticketModel) settle(t *rapid.T) {
	var open []int
	for i, x := range m.txns {
		if x.State.IsOpen() {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return
	}
	x := &m.txns[rapid.SampledFrom(open).Draw(t, "open")]
	next := *x
	next.State = rapid.SampledFrom(append(life()[x.State], till.Approved)).Draw(t, "state")
	if x.State == till.Reversing && next.State == till.Approved {
		next.State = till.Reversed
	}
	got, err := m.store.Record(t.Context(), next)
	if err != nil {
		t.Fatal(err)
	}
	*x = got
	m.move(x.Ticket)
}

// move brings a ticket to where its transactions have brought it.
func (m *ticketModel) move(id till.TicketID) {
	ticket := m.tickets[id]
	held := 0
	for _, x := range m.txns {
		if x.Ticket == id && x.Kind != till.Void && m.counts(x) {
			held++
		}
	}
	switch {
	case ticket.was == till.TicketDone && held == 0:
		ticket.was = till.TicketVoided
	case ticket.was != "":
	case held == 0:
		ticket.State = till.TicketOpen
		return
	case m.standing(ticket.Ticket) == ticket.Total.Minor():
		ticket.was = till.TicketDone
	default:
		ticket.State = till.TicketPaying
		return
	}
	ticket.State = ticket.was
}

// counts reports that x has, or may have, moved money for good.
func (m *ticketModel) counts(x till.Txn) bool {
	if x.State == till.Declined || x.State == till.Reversed {
		return false
	}
	return !slices.ContainsFunc(m.txns, func(v till.Txn) bool {
		return v.Kind == till.Void && v.Original == x.ID && v.State == till.Approved
	})
}

// standing is what covers a ticket for good.
func (m *ticketModel) standing(ticket till.Ticket) (minor int64) {
	for _, x := range m.txns {
		if x.Ticket == ticket.ID && x.Kind != till.Void && x.State == till.Approved && m.counts(x) {
			minor += x.Covers().Minor()
		}
	}
	return minor
}

// left is what may still be taken for a ticket.
func (m *ticketModel) left(ticket till.Ticket) int64 {
	left := ticket.Total.Minor()
	for _, x := range m.txns {
		if x.Ticket == ticket.ID && x.Kind != till.Void && m.counts(x) {
			left -= x.Covers().Minor()
		}
	}
	return left
}

// undoing reports that something of a ticket is being voided, or of a done one was.
func (m *ticketModel) undoing(id till.TicketID) bool {
	return slices.ContainsFunc(m.txns, func(v till.Txn) bool {
		return v.Kind == till.Void && v.Ticket == id && v.State.IsOpen()
	})
}

// holding sums the transactions of a kind that count against an original.
func (m *ticketModel) holding(original till.TxnID, kind till.Kind) (minor int64) {
	for _, x := range m.txns {
		if x.Original == original && x.Kind == kind && m.counts(x) {
			minor += x.Amount.Minor()
		}
	}
	return minor
}

// returned is how much of a sold line has come back, or is coming.
func (m *ticketModel) returned(sold till.TicketID, line int) (q till.Quantity) {
	for _, r := range m.tickets {
		if r.Original == sold && r.State != till.TicketVoided && r.Lines[0].Origin == line {
			q += r.Lines[0].Quantity
		}
	}
	return q
}

// isThere reports that all that a sale wants is on the shelf and not kept for others.
func (m *ticketModel) isThere(ticket till.Ticket) bool {
	for _, l := range ticket.Lines {
		if level := m.level(l.SKU); l.SKU != "" && l.Quantity > level.Available() {
			return false
		}
	}
	return true
}

// level is what there is of an item: what there was, less what was sold.
func (m *ticketModel) level(sku till.SKU) till.StockLevel {
	level := till.StockLevel{SKU: sku, OnHand: till.Units(9)}
	for _, ticket := range m.tickets {
		for _, l := range ticket.Lines {
			switch {
			case l.SKU != sku:
			case ticket.State == till.TicketPaying && ticket.Kind == till.TicketSale:
				level.Reserved += l.Quantity
			case ticket.State == till.TicketDone && ticket.Kind == till.TicketSale:
				level.OnHand -= l.Quantity
			case ticket.State == till.TicketDone:
				level.OnHand += l.Quantity
			}
		}
	}
	return level
}

// shift opens one, or closes the one that is open.
func (m *ticketModel) shift(t *rapid.T) {
	if m.open.Number == 0 {
		m.open = openShift(t, m.store, terminal, 100)
		return
	}
	busy := false
	for _, x := range m.txns {
		paying := m.tickets[x.Ticket].State == till.TicketPaying
		busy = busy || x.Shift == m.open.Number && (x.State.IsOpen() || paying)
	}
	end := m.open
	end.Counted = cny(77)
	closed, err := m.store.CloseShift(t.Context(), end)
	if busy {
		refused(t, err, till.CodePending)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if closed.Expected.Minor() != m.cash() || closed.Over.Minor() != 77-m.cash() {
		t.Fatalf("expected %s, over %s; want %d", closed.Expected, closed.Over, m.cash())
	}
	m.open = till.Shift{}
}

// cash is what the drawer of the open shift must hold.
func (m *ticketModel) cash() int64 {
	sum := int64(100)
	for _, x := range m.txns {
		if x.Shift == m.open.Number && x.Tender == till.Cash && x.State == till.Approved {
			sum += m.signed(x)
		}
	}
	return sum
}

// signed is what a transaction brought into the shop.
func (m *ticketModel) signed(x till.Txn) int64 {
	switch x.Kind {
	case till.Sale:
		return x.Amount.Minor()
	case till.Refund:
		return -x.Amount.Minor()
	case till.Void, till.PreAuth, till.Increment, till.Completion, till.CashAdvance, till.Tip: // the model voids, and has none of the others
	}
	i := slices.IndexFunc(m.txns, func(o till.Txn) bool { return o.ID == x.Original })
	return -m.signed(m.txns[i])
}

func (m *ticketModel) day(t *rapid.T) {
	busy := m.open.Number != 0 || slices.ContainsFunc(m.txns, func(x till.Txn) bool { return x.State.IsOpen() })
	for _, ticket := range m.tickets {
		busy = busy || ticket.State == till.TicketPaying
	}
	z, err := m.store.CloseDay(t.Context(), till.Change{})
	if busy {
		refused(t, err, till.CodePending)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	m.zs++
	m.zTotal += z.Total
	if z.Number != m.zs || z.GrandTotal != m.takings() || z.GrandTotal != m.zTotal {
		t.Fatalf("Z report %d says %d of %d in all, want number %d and %d", z.Number, z.Total, z.GrandTotal, m.zs, m.takings())
	}
}

// takings are what all tickets that are done brought in, with what was rounded.
func (m *ticketModel) takings() (sum int64) {
	for _, ticket := range m.tickets {
		if ticket.State != till.TicketDone {
			continue
		}
		for _, x := range m.txns {
			if x.Ticket == ticket.ID && x.Kind != till.Void && x.State == till.Approved && m.paidFor(x) {
				sum += m.signed(x)
			}
		}
	}
	return sum
}

// paidFor reports that x stood when its ticket was completed: a done ticket of which one
// payment was voided counts whole until the last of them is.
func (m *ticketModel) paidFor(x till.Txn) bool {
	stored := m.tickets[x.Ticket].Txns
	return slices.Contains(stored, x.ID)
}

func (m *ticketModel) id() string { return name("X", len(m.txns)) }

func (m *ticketModel) pick(t *rapid.T, fit func(*modelTicket) bool) (*modelTicket, bool) {
	var all []*modelTicket
	for _, id := range m.order {
		if ticket := m.tickets[id]; fit(ticket) {
			all = append(all, ticket)
		}
	}
	if len(all) == 0 {
		return nil, false
	}
	return rapid.SampledFrom(all).Draw(t, "ticket"), true
}

// check runs after every step.
func (m *ticketModel) check(t *rapid.T) {
	points := int64(0)
	for _, ticket := range m.tickets {
		got := readTicket(t, m.store, ticket.ID)
		ticket.Txns = got.Txns
		if got.State != ticket.State || got.Paid.Minor() != m.standing(ticket.Ticket) {
			t.Fatalf("ticket %s is %s with %s paid, want %s with %d", ticket.ID, got.State, got.Paid, ticket.State, m.standing(ticket.Ticket))
		}
		if ticket.State == till.TicketDone && ticket.Member != "" {
			sign := int64(1)
			if ticket.Kind == till.TicketReturn {
				sign = -1
			}
			points += sign * ticket.Earned
		}
	}
	for _, sku := range modelSKUs() {
		level := m.level(sku)
		onShelf(t, m.store, sku, level.OnHand, level.Reserved)
	}
	hasPoints(t, m.store, "m1", points)
	if m.open.Number != 0 {
		if d := drawer(t, m.store, m.open.Number); d.Expected.Minor() != m.cash() {
			t.Fatalf("drawer %+v, want %d", d, m.cash())
		}
	}
	for _, kind := range []till.FactKind{till.FactSum, till.FactItem, till.FactCategory, till.FactStaff, till.FactHour, till.FactTender} {
		if got := m.reported(t, kind); got != m.takings() {
			t.Fatalf("the report by %s comes to %d, want %d", kind, got, m.takings())
		}
	}
}

// reported is the total of a report over all days.
func (m *ticketModel) reported(t *rapid.T, kind till.FactKind) (sum int64) {
	facts, err := m.store.Facts(t.Context(), till.FactQuery{Kind: kind, From: 20200101, To: 20991231})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facts {
		sum += f.Sums.Total
	}
	return sum
}
