package storetest

import (
	"testing"

	"github.com/tillworks/till/internal/till"
)

func sessionLife(t *testing.T, shop Shop) {
	s := open(t, shop)
	same(t, session(t, s), till.Session{Terminal: terminal, Batch: 1})
	if err := s.SignedOn(t.Context(), terminal, true); err != nil {
		t.Fatal(err)
	}
	nextSTAN(t, s, terminal)
	same(t, session(t, open(t, shop)), till.Session{Terminal: terminal, Batch: 1, SignedOn: true})
	closeBatch(t, s)
	same(t, session(t, s), till.Session{Terminal: terminal, Batch: 2})
	for _, on := range []bool{true, false} {
		if err := s.SignedOn(t.Context(), terminal, on); err != nil {
			t.Fatal(err)
		}
		same(t, session(t, s), till.Session{Terminal: terminal, Batch: 2, SignedOn: on})
	}
	if got := nextSTAN(t, s, terminal); got != 2 {
		t.Errorf("trace number %s after 000001: signing on must not touch the counter", got)
	}
}

func batchFirst(t *testing.T, shop Shop) {
	s := open(t, shop)
	b, err := s.CurrentBatch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if b.Number != 1 || b.State != till.BatchOpen || b.OpenedAt.IsZero() || b.Ours != (till.Totals{}) {
		t.Errorf("got %+v, want an empty open batch 1", b)
	}
	if got := begin(t, s, sale("A", 1)).Batch; got != 1 {
		t.Errorf("the first sale is in batch %d, want 1", got)
	}
}

func batchPerTerminal(t *testing.T, shop Shop) {
	s := open(t, shop)
	a := sale("A", 100)
	b := sale("B", 200)
	b.Terminal = "TILL0002"
	a, b = approve(t, s, a), begin(t, s, b)
	if a.Batch != 1 || b.Batch != 2 {
		t.Fatalf("batches %d and %d, want 1 and 2", a.Batch, b.Batch)
	}
	closed, err := s.StartClose(t.Context(), terminal) // what is open at the other terminal is no concern of this one
	if err != nil {
		t.Fatal(err)
	}
	if closed.Number != 1 || closed.Ours.DebitMinor != 100 {
		t.Errorf("closing %+v, want batch 1 with 1.00", closed)
	}
	_, err = s.StartClose(t.Context(), "TILL0002")
	refused(t, err, till.CodePending)
	if got := begin(t, s, sale("C", 1)).Batch; got != 3 {
		t.Errorf("the next sale is in batch %d, want 3", got)
	}
}

func batchWaits(t *testing.T, shop Shop) {
	s := open(t, shop)
	for state := range life() {
		if !state.IsOpen() {
			continue
		}
		txn := reach(t, s, string(state), state)
		_, err := s.StartClose(t.Context(), terminal)
		refused(t, err, till.CodePending)
		switch state {
		case till.Intent, till.Advice:
			record(t, s, txn, till.Approved)
		default:
			record(t, s, txn, till.Reversed)
		}
	}
	b, err := s.StartClose(t.Context(), terminal)
	if err != nil || b.State != till.BatchClosing {
		t.Errorf("nothing is open any more: got %s, %v", b.State, err)
	}
}

func batchLife(t *testing.T, shop Shop) {
	s := open(t, shop)
	approve(t, s, sale("A", 1250))
	frozen, err := s.StartClose(t.Context(), terminal)
	if err != nil {
		t.Fatal(err)
	}
	want := till.Totals{Currency: "CNY", Debits: 1, DebitMinor: 1250}
	if frozen.State != till.BatchClosing || frozen.Ours != want || frozen.Number != 1 {
		t.Fatalf("got %+v, want batch 1 CLOSING with %+v", frozen, want)
	}
	if next := approve(t, s, sale("B", 5)); next.Batch != 2 {
		t.Errorf("a sale while it closes is in batch %d, want 2", next.Batch)
	}
	again, err := s.StartClose(t.Context(), terminal)
	if err != nil {
		t.Fatal(err)
	}
	same(t, again, frozen)

	step := frozen
	step.STAN, step.Attempts, step.Ours = 17, 1, till.Totals{Currency: "CNY", Debits: 99} // its own totals are not its caller's to change
	recordBatch(t, s, step)
	step.State, step.Theirs = till.BatchReconcileError, &till.Totals{Currency: "CNY", Debits: 2, DebitMinor: 1300}
	recordBatch(t, s, step)
	again, err = s.StartClose(t.Context(), terminal)
	if err != nil {
		t.Fatal(err)
	}
	step.Ours = want
	same(t, again, step)

	step.State, step.Theirs, step.Attempts = till.BatchClosing, nil, 2
	recordBatch(t, s, step)
	step.State = till.BatchClosed
	recordBatch(t, s, step)
	closed, err := s.Batch(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if closed.State != till.BatchClosed || closed.Ours != want || closed.ClosedAt.IsZero() || closed.Attempts != 2 || closed.STAN != 17 || closed.Theirs != nil {
		t.Errorf("got %+v", closed)
	}
	all, err := s.Batches(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].Number != 2 || all[0].State != till.BatchOpen || all[0].Ours.DebitMinor != 5 || all[1].Number != 1 {
		t.Errorf("batches %+v, want 2 open with 0.05, then 1", all)
	}
}

func batchMoves(t *testing.T, shop Shop) {
	s := open(t, shop)
	approve(t, s, sale("A", 1))
	refuse := func(number int, to till.BatchState) {
		t.Helper()
		if err := s.RecordBatch(t.Context(), till.Batch{Number: number, State: to}); err == nil {
			t.Errorf("batch %d was recorded as %s", number, to)
		}
	}
	refuse(1, till.BatchClosed) // only StartClose ends OPEN
	refuse(1, till.BatchOpen)
	b, err := s.StartClose(t.Context(), terminal)
	if err != nil {
		t.Fatal(err)
	}
	refuse(1, till.BatchOpen)
	b.State = till.BatchClosed
	recordBatch(t, s, b)
	refuse(1, till.BatchClosed)
	refuse(1, till.BatchClosing)
}

func batchCurrency(t *testing.T, shop Shop) {
	s := open(t, shop)
	cash := sale("C", 100)
	cash.Tender, cash.Entry, cash.State, cash.Amount = till.Cash, till.NoEntry, till.Approved, in("USD", 100)
	begin(t, s, cash) // cash is not settled and may be in any currency
	begin(t, s, sale("A", 100))
	dollars := sale("B", 100)
	dollars.Amount = in("USD", 100)
	refuseBegin(t, s, dollars, till.CodeNotPermitted)
	record(t, s, read(t, s, "A"), till.Declined)
	closeBatch(t, s)
	if got := begin(t, s, dollars).Batch; got != 2 {
		t.Errorf("batch %d, want the next", got)
	}
}

func totalsCount(t *testing.T, shop Shop) {
	s := open(t, shop)
	a := approve(t, s, sale("A", 1000))
	b := approve(t, s, sale("B", 500))
	cash := sale("CASH", 7777)
	cash.Tender, cash.Entry, cash.State = till.Cash, till.NoEntry, till.Approved
	cash = begin(t, s, cash)
	back := void("CASHV", cash)
	back.State = till.Approved
	begin(t, s, back)
	record(t, s, begin(t, s, sale("D", 33)), till.Declined)
	record(t, s, record(t, s, begin(t, s, sale("E", 44)), till.Reversing), till.Reversed)
	begin(t, s, sale("F", 55)) // open: nobody knows yet
	approve(t, s, void("VB", b))
	approve(t, s, refund("RA1", a, 100))
	ra2 := approve(t, s, refund("RA2", a, 300))
	approve(t, s, void("VRA2", ra2))
	record(t, s, begin(t, s, refund("RA3", a, 1)), till.Declined)

	want := till.Totals{
		Currency: "CNY",
		Debits:   2, DebitMinor: 1500, DebitReversals: 1, DebitRevMinor: 500,
		Credits: 2, CreditMinor: 400, CreditReversals: 1, CreditRevMinor: 300,
	}
	got, err := s.Totals(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
	if got.Net() != 900 {
		t.Errorf("net %d, want 900", got.Net())
	}
	current, err := s.CurrentBatch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, current.Ours, want)

	record(t, s, read(t, s, "F"), till.Approved)
	closed, err := s.StartClose(t.Context(), terminal)
	if err != nil {
		t.Fatal(err)
	}
	want.Debits, want.DebitMinor = 3, 1555
	same(t, closed.Ours, want)
}

func session(t fataler, s Store) till.Session {
	t.Helper()
	got, err := s.Session(t.Context(), terminal)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// closeBatch closes the open batch of the usual terminal in full agreement.
func closeBatch(t fataler, s Store) {
	t.Helper()
	b, err := s.StartClose(t.Context(), terminal)
	if err != nil {
		t.Fatal(err)
	}
	b.State = till.BatchClosed
	recordBatch(t, s, b)
}

func recordBatch(t fataler, s Store, b till.Batch) {
	t.Helper()
	if err := s.RecordBatch(t.Context(), b); err != nil {
		t.Fatalf("record batch %d as %s: %v", b.Number, b.State, err)
	}
}
