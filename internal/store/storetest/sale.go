package storetest

import (
	"errors"
	"testing"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Everything moves in the one commit that begins a cash sale.
func cashSale(t *testing.T, shop Shop) {
	shop.SetClock(noon())
	s := open(t, shop)
	stockUp(t, s, till.Units(5), "a", "b")
	enrol(t, s, "m1", 10)
	sold := basket("T1", "a", "b")
	sold.Member, sold.Earned, sold.Redeemed = "m1", 20, 4
	bring(t, s, tender("X1", sold, till.Cash, 2000), sold)

	got := stands(t, s, "T1", till.TicketDone, 2000)
	want := sold
	want.State, want.Version, want.Basket, want.Txns, want.DoneAt, want.Day, want.Hour, want.Paid = till.TicketDone, 1, nil, []till.TxnID{"X1"}, noon(), 20260301, 20, cny(2000)
	same(t, got, want)
	byKey, err := s.TicketByKey(t.Context(), "key-T1")
	if err != nil {
		t.Fatal(err)
	}
	same(t, byKey, want)
	onShelf(t, s, "a", till.Units(4), 0)
	onShelf(t, s, "b", till.Units(4), 0)
	hasPoints(t, s, "m1", 26)
	moves, err := s.StockMoves(t.Context(), "a", 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, moves[0], till.StockMove{Seq: moves[0].Seq, SKU: "a", Quantity: -till.One, Reason: till.StockSale, At: noon(), Staff: "mia", Document: "T1"})
	same(t, takings(t, s), till.Sums{Count: 1, Quantity: 2000, Gross: 2000, Net: 1770, Tax: 230, Total: 2000, Cost: 1000})
	verify(t, s)
}

// What a card sale wants is kept back while its outcome is not known, and moves with it.
func cardSale(t *testing.T, shop Shop) {
	s := open(t, shop)
	stockUp(t, s, till.Units(5), "a")
	sold := basket("T1", "a")
	x := bring(t, s, tender("X1", sold, till.Card, 1000), sold)
	if got := stands(t, s, "T1", till.TicketPaying, 0); got.Basket == nil {
		t.Error("a ticket that is being paid forgot its basket")
	}
	onShelf(t, s, "a", till.Units(5), till.One)
	verify(t, s)
	record(t, s, x, till.Approved)
	stands(t, s, "T1", till.TicketDone, 1000)
	onShelf(t, s, "a", till.Units(4), 0)
	verify(t, s)
}

// A sale that came to nothing falls back to what it was, however it came to nothing.
func declinedSale(t *testing.T, shop Shop) {
	s := open(t, shop)
	stockUp(t, s, till.Units(5), "a")
	sold := basket("T1", "a")
	x := bring(t, s, tender("X1", sold, till.Card, 1000), sold)
	record(t, s, x, till.Declined)
	stands(t, s, "T1", till.TicketOpen, 0)
	onShelf(t, s, "a", till.Units(5), 0)

	x = begin(t, s, tender("X2", sold, till.Card, 1000)) // the stored ticket, as it is
	x = record(t, s, x, till.Reversing)
	stands(t, s, "T1", till.TicketPaying, 0)
	onShelf(t, s, "a", till.Units(5), till.One)
	record(t, s, x, till.Reversed)
	stands(t, s, "T1", till.TicketOpen, 0)

	local := tender("X3", sold, till.Card, 1000)
	local.State = till.Declined // by the card, before anything was sent
	begin(t, s, local)
	held := stands(t, s, "T1", till.TicketOpen, 0)
	held.Label = "priced again"
	bring(t, s, tender("X4", held, till.Cash, 1000), held)
	if got := stands(t, s, "T1", till.TicketDone, 1000); got.Label != "priced again" || len(got.Txns) != 1 {
		t.Errorf("got %+v, want it priced again and paid by X4 alone", got)
	}
	onShelf(t, s, "a", till.Units(4), 0)
	if got := takings(t, s).Count; got != 1 {
		t.Errorf("%d sales, want 1", got)
	}
	verify(t, s)
}

// A ticket that is paid in part waits for the rest, or for what was taken to be undone.
func splitSale(t *testing.T, shop Shop) {
	s := open(t, shop)
	stockUp(t, s, till.Units(5), "a", "b")
	sold := basket("T1", "a", "b")
	first := bring(t, s, tender("X1", sold, till.Cash, 500), sold)
	record(t, s, begin(t, s, tender("X2", sold, till.Card, 1500)), till.Declined)
	stands(t, s, "T1", till.TicketPaying, 500)
	onShelf(t, s, "a", till.Units(5), till.One)

	_, err := s.CancelTicket(t.Context(), "T1", till.Change{})
	refused(t, err, till.CodeNotPermitted)
	_, err = s.SaveTicket(t.Context(), stands(t, s, "T1", till.TicketPaying, 500))
	refused(t, err, till.CodeNotPermitted)
	_, err = s.CloseDay(t.Context(), till.Change{})
	refused(t, err, till.CodePending)

	approve(t, s, void("V1", first))
	stands(t, s, "T1", till.TicketOpen, 0)
	onShelf(t, s, "a", till.Units(5), 0)
	if sum := takings(t, s); sum != (till.Sums{}) {
		t.Errorf("nothing was sold, the reports say %+v", sum)
	}

	begin(t, s, tender("X3", sold, till.Cash, 500))
	approve(t, s, tender("X4", sold, till.Card, 1500))
	got := stands(t, s, "T1", till.TicketDone, 2000)
	if len(got.Txns) != 2 || got.Txns[0] != "X3" || got.Txns[1] != "X4" {
		t.Errorf("paid by %v, want X3 and X4", got.Txns)
	}
	txns, err := s.TicketTxns(t.Context(), "T1")
	if err != nil || len(txns) != 5 {
		t.Errorf("%d transactions, %v; want five, the void among them", len(txns), err)
	}
	verify(t, s)
}

// What is given is not what is taken, and what rounding adds pays for nothing.
func cashRounding(t *testing.T, shop Shop) {
	s := open(t, shop)
	sold := basket("T1", "")
	x := tender("X1", sold, till.Cash, 1005)
	x.Rounding, x.Given = cny(5), cny(2000)
	x = bring(t, s, x, sold)
	stands(t, s, "T1", till.TicketDone, 1000)
	got := read(t, s, "X1")
	if same(t, got, x); got.Change() != cny(995) {
		t.Errorf("change %s, want 9.95", got.Change())
	}
	if sum := takings(t, s); sum.Total != 1005 || sum.Net+sum.Tax != 1005 || sum.Gross != 1000 {
		t.Errorf("takings %+v, want 10.05 of 10.00", sum)
	}
	for what, spoil := range map[string]func(*till.Txn){
		"given too little":     func(x *till.Txn) { x.Given = cny(900) },
		"rounding of a card":   func(x *till.Txn) { x.Tender, x.State, x.Rounding = till.Card, till.Intent, cny(1) },
		"given in another":     func(x *till.Txn) { x.Given = in("USD", 2000) },
		"a day of its own":     func(x *till.Txn) { x.Day = 20260301 },
		"a shift of its own":   func(x *till.Txn) { x.Shift = 1 },
		"rounded off the lot":  func(x *till.Txn) { x.Amount, x.Rounding = cny(5), cny(5) },
		"a refund for a sale":  func(x *till.Txn) { x.Kind, x.Original = till.Refund, "X1" },
		"another ticket of it": func(x *till.Txn) { x.Ticket = "T3" },
	} {
		other := basket("T2", "")
		x := tender("X2", other, till.Cash, 1000)
		spoil(&x)
		if _, err := s.Begin(t.Context(), till.NewTxn{Txn: x, Ticket: &other}); err == nil {
			t.Errorf("%s: begun", what)
		}
	}
}

// paymentRules holds payments against what they pay for.
func paymentRules(t *testing.T, shop Shop) {
	s := open(t, shop)
	sold := basket("T1", "")
	held, err := s.SaveTicket(t.Context(), sold)
	if err != nil {
		t.Fatal(err)
	}
	pay := func(x till.Txn) error { _, err := s.Begin(t.Context(), till.NewTxn{Txn: x}); return err }

	dollars := tender("X1", sold, till.Cash, 1000)
	dollars.Amount = in("USD", 1000)
	refused(t, pay(dollars), till.CodeNotPermitted)
	refused(t, pay(tender("X1", sold, till.Cash, 1001)), till.CodeNotPermitted)
	refused(t, pay(tender("X1", till.Ticket{ID: "NONE", Total: cny(1)}, till.Cash, 1)), till.CodeNotFound)

	_, err = s.Begin(t.Context(), till.NewTxn{Txn: tender("X1", sold, till.Cash, 1000), Ticket: &sold})
	var replay *till.TicketReplay
	if !errors.As(err, &replay) {
		t.Fatalf("a ticket brought as new twice: got %v, want a replay", err)
	}
	same(t, replay.Ticket, held)
	old := held
	if held, err = s.SaveTicket(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	_, err = s.Begin(t.Context(), till.NewTxn{Txn: tender("X1", sold, till.Cash, 1000), Ticket: &old})
	if refused(t, err, till.CodeFailure); !errors.Is(err, till.ErrStale) {
		t.Errorf("got %v, want till.ErrStale", err)
	}

	x := bring(t, s, tender("X1", sold, till.Card, 600), held)
	refused(t, pay(tender("X2", sold, till.Cash, 500)), till.CodePending) // X1 may be found approved
	begin(t, s, tender("X3", sold, till.Cash, 400))
	refused(t, pay(tender("X4", sold, till.Cash, 1)), till.CodePending)
	v := void("V1", read(t, s, "X3"))
	refused(t, pay(v), till.CodePending) // X1 may complete the ticket
	record(t, s, x, till.Approved)
	refused(t, pay(tender("X4", sold, till.Cash, 1)), till.CodeNotPermitted)
	_, err = s.SaveTicket(t.Context(), readTicket(t, s, "T1"))
	refused(t, err, till.CodeNotPermitted)
	verify(t, s)
}

// holds, held again, canceled: an open ticket is a note until it is paid.
func heldTicket(t *testing.T, shop Shop) {
	s := open(t, shop)
	stockUp(t, s, till.One, "a")
	sold := basket("T1", "a")
	sold.Label = "table 4"
	held, err := s.SaveTicket(t.Context(), sold)
	if err != nil {
		t.Fatal(err)
	}
	if held.State != till.TicketOpen || held.Version != 1 {
		t.Fatalf("held as %s, version %d", held.State, held.Version)
	}
	same(t, readTicket(t, open(t, shop), "T1"), held)
	onShelf(t, s, "a", till.One, 0)

	_, err = s.SaveTicket(t.Context(), sold)
	var replay *till.TicketReplay
	if !errors.As(err, &replay) || replay.Ticket.Version != 1 {
		t.Errorf("held twice: got %v, want a replay", err)
	}
	again := held
	again.Lines = append(again.Lines, lineOf(2, "", till.One))
	again, err = s.SaveTicket(t.Context(), priced(again))
	if err != nil || again.Version != 2 || again.Total != cny(2000) {
		t.Fatalf("held again as %+v, %v", again, err)
	}
	_, err = s.SaveTicket(t.Context(), held)
	if refused(t, err, till.CodeFailure); !errors.Is(err, till.ErrStale) {
		t.Errorf("got %v, want till.ErrStale", err)
	}
	canceled, err := s.CancelTicket(t.Context(), "T1", till.Change{Reason: "went away"})
	if err != nil || canceled.State != till.TicketCanceled || canceled.Reason != "went away" {
		t.Fatalf("canceled as %+v, %v", canceled, err)
	}
	_, err = s.CancelTicket(t.Context(), "T1", till.Change{})
	refused(t, err, till.CodeNotPermitted)
	_, err = s.Begin(t.Context(), till.NewTxn{Txn: tender("X1", again, till.Cash, 2000)})
	refused(t, err, till.CodeNotPermitted)
	_, err = s.CancelTicket(t.Context(), "NONE", till.Change{})
	refused(t, err, till.CodeNotFound)
	for what, spoil := range map[string]func(*till.Ticket){
		"no lines":            func(t *till.Ticket) { t.Lines = nil },
		"sums that do not":    func(t *till.Ticket) { t.Total = cny(999) },
		"taxes that do not":   func(t *till.Ticket) { t.Taxes = nil },
		"a line twice":        func(t *till.Ticket) { t.Lines = append(t.Lines, t.Lines[0]) },
		"a line that is off":  func(t *till.Ticket) { t.Lines[0].Net, t.Net = cny(1), cny(1) },
		"a sale of an origin": func(t *till.Ticket) { t.Lines[0].Origin = 1 },
		"an original":         func(t *till.Ticket) { t.Original = "T1" },
		"no kind":             func(t *till.Ticket) { t.Kind = "" },
	} {
		bad := basket("T9", "a")
		spoil(&bad)
		if _, err := s.SaveTicket(t.Context(), bad); err == nil {
			t.Errorf("%s: held", what)
		}
	}
	verify(t, s)
}

// A sale of nothing to pay, all of it spent in points, is done without a transaction.
func freeTicket(t *testing.T, shop Shop) {
	s := open(t, shop)
	stockUp(t, s, till.One, "a")
	enrol(t, s, "m1", 1000)
	free := basket("T1", "a")
	l := &free.Lines[0]
	l.Reductions = []till.Reduction{{Source: till.ByPoints, Amount: l.Gross}}
	l.Net, l.Tax, l.Total, l.Taxes = cny(0), cny(0), cny(0), nil
	free = priced(free)
	free.Member, free.Redeemed = "m1", 1000
	done, err := s.CompleteTicket(t.Context(), free)
	if err != nil {
		t.Fatal(err)
	}
	same(t, stands(t, s, "T1", till.TicketDone, 0), done)
	onShelf(t, s, "a", 0, 0)
	hasPoints(t, s, "m1", 0)
	if _, err := s.CompleteTicket(t.Context(), basket("T2", "a")); err == nil {
		t.Error("a ticket of 10.00 was completed without money")
	}
	short := free
	short.ID, short.Key = "T3", "key-T3"
	_, err = s.CompleteTicket(t.Context(), short)
	refused(t, err, till.CodeNotPermitted)
	verify(t, s)
}

// The last one is sold once, whoever wants it at the same time; a shop has it on its shelf
// as long as its payment is not settled.
func lastItem(t *testing.T, shop Shop) {
	stockUp(t, open(t, shop), till.One, "a")
	errs := atOnce(t, shop, 4, func(i int, s Store) error {
		sold := basket(name("T", i), "a")
		kind := till.Card
		if i%2 == 0 {
			kind = till.Cash
		}
		_, err := s.Begin(t.Context(), till.NewTxn{Txn: tender(name("X", i), sold, kind, 1000), Ticket: &sold})
		return err
	})
	if n := succeeded(errs); n != 1 {
		t.Errorf("the last one was sold %d times: %v", n, errs)
	}
	for _, err := range errs {
		if err != nil {
			refused(t, err, till.CodeNotPermitted)
		}
	}
	verify(t, open(t, shop))
}

// paidOnce lets one of many programs pay a ticket that all of them recalled.
func paidOnce(t *testing.T, shop Shop) {
	held, err := open(t, shop).SaveTicket(t.Context(), basket("T1", ""))
	if err != nil {
		t.Fatal(err)
	}
	errs := atOnce(t, shop, 4, func(i int, s Store) error {
		_, err := s.Begin(t.Context(), till.NewTxn{Txn: tender(name("X", i), held, till.Card, 1000), Ticket: &held})
		return err
	})
	if n := succeeded(errs); n != 1 {
		t.Errorf("a ticket was paid %d times: %v", n, errs)
	}
	s := open(t, shop)
	record(t, s, list(t, s, till.Filter{})[0], till.Approved)
	stands(t, s, "T1", till.TicketDone, 1000)
}

// Points that are being spent in one sale cannot be spent in another.
func pointsSpent(t *testing.T, shop Shop) {
	s := open(t, shop)
	enrol(t, s, "m1", 10)
	spend := func(id string, points int64) error {
		sold := basket("T"+id, "")
		sold.Member, sold.Redeemed = "m1", points
		_, err := s.Begin(t.Context(), till.NewTxn{Txn: tender("X"+id, sold, till.Card, 1000), Ticket: &sold})
		return err
	}
	refused(t, spend("1", 11), till.CodeNotPermitted)
	if err := spend("2", 6); err != nil {
		t.Fatal(err)
	}
	refused(t, spend("3", 5), till.CodeNotPermitted)
	if err := spend("4", 4); err != nil {
		t.Fatal(err)
	}
	hasPoints(t, s, "m1", 10)
	record(t, s, read(t, s, "X2"), till.Approved)
	record(t, s, read(t, s, "X4"), till.Declined)
	hasPoints(t, s, "m1", 4)
	stranger := basket("T9", "")
	stranger.Member, stranger.Earned = "m9", 1
	_, err := s.Begin(t.Context(), till.NewTxn{Txn: tender("X9", stranger, till.Cash, 1000), Ticket: &stranger})
	refused(t, err, till.CodeNotFound) // once it is paid it is too late
	verify(t, s)
}

// A sale that the card approved without the host counts at once. Should the host never
// take it, it is undone.
func advisedSale(t *testing.T, shop Shop) {
	s := open(t, shop)
	stockUp(t, s, till.Units(2), "a")
	for _, end := range []till.State{till.Approved, till.Reversed} {
		sold := basket("T"+string(end), "a")
		x := tender("X"+string(end), sold, till.Card, 1000)
		x.State = till.Advice
		x = bring(t, s, x, sold)
		stands(t, s, sold.ID, till.TicketDone, 1000)
		before := takings(t, s)
		if end == till.Reversed {
			x = record(t, s, x, till.Exception)
			stands(t, s, sold.ID, till.TicketDone, 0)
		}
		record(t, s, x, end)
		if end == till.Approved {
			stands(t, s, sold.ID, till.TicketDone, 1000)
			same(t, takings(t, s), before)
			continue
		}
		stands(t, s, sold.ID, till.TicketVoided, 0)
	}
	onShelf(t, s, "a", till.One, 0)
	if sum := takings(t, s); sum.Total != 1000 || sum.Count != 1 {
		t.Errorf("takings %+v, want the one sale of 10.00", sum)
	}

	alone := sale("B1", 700)
	alone.State = till.Advice
	b := record(t, s, begin(t, s, alone), till.Exception)
	if got := takings(t, s).Total; got != 1700 {
		t.Errorf("takings %d, want the advice counted", got)
	}
	record(t, s, b, till.Reversed)
	if got := takings(t, s).Total; got != 1000 {
		t.Errorf("takings %d, want the advice taken off", got)
	}
	verify(t, s)
}

func ticketFilter(t *testing.T, shop Shop) {
	shop.SetClock(noon())
	s := open(t, shop)
	a := basket("TA", "")
	bring(t, s, tender("XA", a, till.Cash, 1000), a)
	b := basket("TB", "")
	b.Staff = "bo"
	if _, err := s.SaveTicket(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	c := takeBack("TC", a, till.One, 1)
	bring(t, s, backBy("XC", c, read(t, s, "XA"), till.Cash, 1000), c)
	for _, tc := range []struct {
		filter till.TicketFilter
		want   string
	}{
		{till.TicketFilter{}, "TC TB TA "},
		{till.TicketFilter{Limit: 2}, "TC TB "},
		{till.TicketFilter{States: []till.TicketState{till.TicketOpen}}, "TB "},
		{till.TicketFilter{States: []till.TicketState{till.TicketOpen, till.TicketDone}, Kind: till.TicketSale}, "TB TA "},
		{till.TicketFilter{Staff: "bo"}, "TB "},
		{till.TicketFilter{Original: "TA"}, "TC "},
		{till.TicketFilter{Day: 20260301}, "TC TA "},
		{till.TicketFilter{Day: 20260302}, ""},
		{till.TicketFilter{Member: "m1"}, ""},
	} {
		all, err := s.Tickets(t.Context(), tc.filter)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, ticket := range all {
			got += string(ticket.ID) + " "
			same(t, ticket, readTicket(t, s, ticket.ID))
		}
		if got != tc.want {
			t.Errorf("%+v: got %q, want %q", tc.filter, got, tc.want)
		}
	}
	_, err := s.TicketByKey(t.Context(), "none")
	refused(t, err, till.CodeNotFound)
	_, err = s.TicketTxns(t.Context(), "NONE")
	refused(t, err, till.CodeNotFound)
}

// backBy pays back for a return a part of what an original took.
func backBy(id string, ret till.Ticket, original till.Txn, kind till.Tender, minor int64) till.Txn {
	t := tender(id, ret, kind, minor)
	t.Kind, t.Entry, t.Original, t.Amount = till.Refund, till.NoEntry, original.ID, money.New(minor, original.Amount.Currency())
	return t
}
