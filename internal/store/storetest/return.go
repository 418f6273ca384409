package storetest

import (
	"testing"

	"github.com/tillworks/till/internal/till"
)

// sellTwo is a sale of 3 of a and 1 of b for 40.00, in cash and by card.
func sellTwo(t fataler, s Store) till.Ticket {
	t.Helper()
	stockUp(t, s, till.Units(5), "a", "b")
	enrol(t, s, "m1", 0)
	sold := basket("T1")
	sold.Lines = []till.Line{lineOf(1, "a", till.Units(3)), lineOf(2, "b", till.One)}
	sold = priced(sold)
	sold.Member, sold.Earned = "m1", 40
	bring(t, s, tender("X1", sold, till.Cash, 1000), sold)
	approve(t, s, tender("X2", sold, till.Card, 3000))
	return stands(t, s, "T1", till.TicketDone, 4000)
}

// A ticket is undone with the void of the last of what paid for it; until then it stays
// what it was, and says how much of it is covered.
func voidedTicket(t *testing.T, shop Shop) {
	shop.SetClock(noon())
	s := open(t, shop)
	sellTwo(t, s)
	approve(t, s, void("V1", read(t, s, "X1")))
	stands(t, s, "T1", till.TicketDone, 3000)
	onShelf(t, s, "a", till.Units(2), 0)
	if got := read(t, s, "V1").Ticket; got != "T1" {
		t.Errorf("the void is of ticket %q, want that of what it undoes", got)
	}
	_, err := s.SaveTicket(t.Context(), takeBack("R1", readTicket(t, s, "T1"), till.One, 1))
	refused(t, err, till.CodeNotPermitted) // it is being undone

	shop.SetClock(noon().AddDate(0, 0, 1))
	approve(t, s, void("V2", read(t, s, "X2")))
	got := stands(t, s, "T1", till.TicketVoided, 0)
	if got.Day != 20260301 || got.VoidedDay != 20260302 || got.VoidedHour != 20 || got.VoidedAt.IsZero() {
		t.Errorf("done on %s, voided on %s at %d", got.Day, got.VoidedDay, got.VoidedHour)
	}
	onShelf(t, s, "a", till.Units(5), 0)
	onShelf(t, s, "b", till.Units(5), 0)
	hasPoints(t, s, "m1", 0)
	if sum := takings(t, s); sum != (till.Sums{}) {
		t.Errorf("takings %+v, want nothing left", sum)
	}
	for day, want := range map[till.Day]int64{20260301: 4000, 20260302: -4000} {
		if got := soldOn(t, s, day); got != want {
			t.Errorf("%s came to %d, want %d", day, got, want)
		}
	}
	_, err = s.SaveTicket(t.Context(), takeBack("R1", got, till.One, 1))
	refused(t, err, till.CodeNotPermitted)
	verify(t, s)
}

// soldOn is the total of a business day.
func soldOn(t fataler, s Store, day till.Day) (total int64) {
	t.Helper()
	facts, err := s.Facts(t.Context(), till.FactQuery{Kind: till.FactSum, From: day, To: day})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facts {
		total += f.Sums.Total
	}
	return total
}

// A return takes back what was sold and not more, its money by what had paid.
func returnRules(t *testing.T, shop Shop) {
	s := open(t, shop)
	sold := sellTwo(t, s)
	cash, card := read(t, s, "X1"), read(t, s, "X2")

	first := takeBack("R1", sold, till.Units(2), 1)
	first.Earned = 20
	back := bring(t, s, backBy("Y1", first, card, till.Card, 2000), first)
	got := readTicket(t, s, "T1")
	if got.Returned[1] != till.Units(2) {
		t.Errorf("returned %v, want two of line 1 on their way", got.Returned)
	}
	onShelf(t, s, "a", till.Units(2), 0)
	over := takeBack("R2", sold, till.Units(2), 1)
	_, err := s.SaveTicket(t.Context(), over)
	refused(t, err, till.CodeNotPermitted)
	record(t, s, back, till.Approved)
	stands(t, s, "R1", till.TicketDone, 2000)
	onShelf(t, s, "a", till.Units(4), 0)
	hasPoints(t, s, "m1", 20)

	rest := takeBack("R3", sold, till.One, 1, 2)
	held, err := s.SaveTicket(t.Context(), rest)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Begin(t.Context(), till.NewTxn{Txn: backBy("Y2", over, cash, till.Cash, 1000), Ticket: &over})
	refused(t, err, till.CodeNotPermitted) // the rest is held by R3
	begin(t, s, backBy("Y3", held, cash, till.Cash, 1000))
	stands(t, s, "R3", till.TicketPaying, 1000)
	_, err = s.Begin(t.Context(), till.NewTxn{Txn: backBy("Y4", held, cash, till.Cash, 1000)})
	refused(t, err, till.CodeNotPermitted) // the cash is all back
	approve(t, s, backBy("Y5", held, card, till.Card, 1000))
	stands(t, s, "R3", till.TicketDone, 2000)
	onShelf(t, s, "a", till.Units(5), 0)
	onShelf(t, s, "b", till.Units(5), 0)
	if sum := takings(t, s); sum.Total != 0 || sum.Quantity != 0 || sum.Returns != 2 || sum.Returned != 4000 || sum.Tax != 0 {
		t.Errorf("takings %+v, want all of it back", sum)
	}
	again := takeBack("R4", sold, till.One, 2)
	_, err = s.SaveTicket(t.Context(), again)
	refused(t, err, till.CodeNotPermitted)
	_, err = s.SaveTicket(t.Context(), takeBack("R5", first, till.One, 1))
	refused(t, err, till.CodeNotPermitted)
	_, err = s.SaveTicket(t.Context(), takeBack("R6", basket("NONE", "a"), till.One, 1))
	refused(t, err, till.CodeNotFound)
	verify(t, s)
}

// What a voided or canceled return had taken back can be taken back again.
func returnUndone(t *testing.T, shop Shop) {
	s := open(t, shop)
	sold := sellTwo(t, s)
	card := read(t, s, "X2")
	ret := takeBack("R1", sold, till.Units(3), 1)
	back := bring(t, s, backBy("Y1", ret, card, till.Card, 3000), ret)
	record(t, s, back, till.Approved)
	onShelf(t, s, "a", till.Units(5), 0)
	_, err := s.Begin(t.Context(), till.NewTxn{Txn: void("V1", read(t, s, "X1"))})
	refused(t, err, till.CodeNotPermitted) // something came back

	approve(t, s, void("V2", read(t, s, "Y1")))
	stands(t, s, "R1", till.TicketVoided, 0)
	onShelf(t, s, "a", till.Units(2), 0)
	if got := readTicket(t, s, "T1").Returned[1]; got != 0 {
		t.Errorf("%s returned, want none", got)
	}
	held, err := s.SaveTicket(t.Context(), takeBack("R2", sold, till.Units(3), 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CancelTicket(t.Context(), held.ID, till.Change{}); err != nil {
		t.Fatal(err)
	}
	third := takeBack("R3", sold, till.Units(3), 1)
	declined := bring(t, s, backBy("Y3", third, card, till.Card, 3000), third)
	record(t, s, declined, till.Declined)
	stands(t, s, "R3", till.TicketOpen, 0)
	approve(t, s, backBy("Y4", third, card, till.Card, 3000))
	stands(t, s, "R3", till.TicketDone, 3000)
	verify(t, s)
}

// Money of a ticket goes back with its goods, and by what had paid for it.
func refundOfTicket(t *testing.T, shop Shop) {
	s := open(t, shop)
	sold := sellTwo(t, s)
	_, err := s.Begin(t.Context(), till.NewTxn{Txn: refund("Y1", read(t, s, "X2"), 1000)})
	refused(t, err, till.CodeNotPermitted)
	alone := approve(t, s, sale("B1", 1000))
	ret := takeBack("R1", sold, till.One, 1)
	if _, err := s.Begin(t.Context(), till.NewTxn{Txn: backBy("Y2", ret, alone, till.Card, 1000), Ticket: &ret}); err == nil {
		t.Error("a return was paid back by a transaction that had not paid for it")
	}
	held, err := s.SaveTicket(t.Context(), ret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin(t.Context(), till.NewTxn{Txn: backBy("Y2", held, alone, till.Card, 1000)}); err == nil {
		t.Error("a held return was paid back by a transaction that had not paid for it")
	}
	approve(t, s, refund("Y3", alone, 400)) // by itself, as ever
	verify(t, s)
}

// The last of what was sold comes back once.
func returnRaces(t *testing.T, shop Shop) {
	s := open(t, shop)
	sold := sellTwo(t, s)
	card := read(t, s, "X2")
	errs := atOnce(t, shop, 4, func(i int, s Store) error {
		ret := takeBack(name("R", i), sold, till.Units(2), 1)
		_, err := s.Begin(t.Context(), till.NewTxn{Txn: backBy(name("Y", i), ret, card, till.Card, 500), Ticket: &ret})
		return err
	})
	if n := succeeded(errs); n != 1 {
		t.Errorf("%d returns of the same, want 1: %v", n, errs)
	}
}
