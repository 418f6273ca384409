package storetest

import (
	"context"
	"testing"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func voidRules(t *testing.T, shop Shop) {
	s := open(t, shop)
	a := approve(t, s, sale("A", 1000))

	part := void("V1", a)
	part.Amount = cny(999)
	refuseBegin(t, s, part, till.CodeNotPermitted)
	cash := void("V1", a)
	cash.Tender, cash.State = till.Cash, till.Approved
	refuseBegin(t, s, cash, till.CodeNotPermitted)

	open1 := begin(t, s, void("V1", a))
	refuseBegin(t, s, void("V2", a), till.CodePending) // the first may yet succeed
	record(t, s, open1, till.Approved)
	if got := read(t, s, "A"); got.VoidedBy != "V1" || got.State != till.Approved {
		t.Errorf("the sale is %s, voided by %q, want APPROVED and V1", got.State, got.VoidedBy)
	}
	refuseBegin(t, s, void("V2", a), till.CodeNotPermitted)
	refuseBegin(t, s, void("V2", read(t, s, "V1")), till.CodeNotPermitted)
	refuseBegin(t, s, refund("R1", a, 1), till.CodeNotPermitted)

	refuseBegin(t, s, void("V3", record(t, s, begin(t, s, sale("D", 5)), till.Declined)), till.CodeNotPermitted)
	refuseBegin(t, s, void("V3", begin(t, s, sale("O", 5))), till.CodePending)
	record(t, s, read(t, s, "O"), till.Approved)

	c := approve(t, s, sale("C", 500))
	approve(t, s, refund("R2", c, 100))
	refuseBegin(t, s, void("V4", c), till.CodeNotPermitted)

	old := approve(t, s, sale("B", 700))
	closeBatch(t, s)
	refuseBegin(t, s, void("V5", old), till.CodeNotPermitted)
	approve(t, s, refund("R5", old, 700)) // that is what a refund is for
}

func voidReversed(t *testing.T, shop Shop) {
	s := open(t, shop)
	a := approve(t, s, sale("A", 1000))
	v := record(t, s, begin(t, s, void("V1", a)), till.Reversing)
	refuseBegin(t, s, void("V2", a), till.CodePending)
	refuseBegin(t, s, refund("R1", a, 1), till.CodePending)
	record(t, s, v, till.Reversed)
	if got := read(t, s, "A"); got.VoidedBy != "" {
		t.Errorf("the sale is voided by %q, which was reversed", got.VoidedBy)
	}
	record(t, s, begin(t, s, void("V3", a)), till.Declined)
	approve(t, s, void("V4", a))
	if got := read(t, s, "A"); got.VoidedBy != "V4" {
		t.Errorf("the sale is voided by %q, want V4", got.VoidedBy)
	}
}

func voidRaces(t *testing.T, shop Shop) {
	a := approve(t, open(t, shop), sale("A", 1000))
	errs := atOnce(t, shop, 8, func(i int, s Store) error {
		_, err := s.Begin(context.Background(), till.NewTxn{Txn: void(name("V", i), a)})
		return err
	})
	if n := succeeded(errs); n != 1 {
		t.Errorf("%d voids of one sale began, want 1", n)
	}
}

func refundRules(t *testing.T, shop Shop) {
	s := open(t, shop)
	a := approve(t, s, sale("A", 1000))

	refuseBegin(t, s, refund("R0", a, 1001), till.CodeNotPermitted)
	dollars := refund("R0", a, 1)
	dollars.Amount = in("USD", 1)
	refuseBegin(t, s, dollars, till.CodeNotPermitted)

	approve(t, s, refund("R1", a, 400))
	r2 := begin(t, s, refund("R2", a, 500))
	refuseBegin(t, s, refund("R3", a, 101), till.CodeNotPermitted) // an open one counts
	if got := read(t, s, "A"); got.Refunded != cny(400) {
		t.Errorf("refunded %s, want the 4.00 that are approved", got.Refunded)
	}
	r2 = record(t, s, r2, till.Reversing)
	refuseBegin(t, s, refund("R3", a, 101), till.CodeNotPermitted) // it may still be found approved
	record(t, s, r2, till.Exception)
	refuseBegin(t, s, refund("R3", a, 101), till.CodeNotPermitted)

	approve(t, s, refund("R4", a, 100))
	refuseBegin(t, s, refund("R5", a, 1), till.CodeNotPermitted)
	refuseBegin(t, s, refund("R5", read(t, s, "R4"), 1), till.CodeNotPermitted) // no refund of a refund
	refuseBegin(t, s, refund("R5", record(t, s, begin(t, s, sale("D", 5)), till.Declined), 1), till.CodeNotPermitted)
	refuseBegin(t, s, refund("R5", begin(t, s, sale("O", 5)), 1), till.CodePending)
}

func refundGivesBack(t *testing.T, shop Shop) {
	s := open(t, shop)
	a := approve(t, s, sale("A", 1000))
	record(t, s, begin(t, s, refund("R1", a, 1000)), till.Declined)
	record(t, s, record(t, s, begin(t, s, refund("R2", a, 1000)), till.Reversing), till.Reversed)
	r3 := approve(t, s, refund("R3", a, 1000))
	refuseBegin(t, s, refund("R4", a, 1), till.CodeNotPermitted)
	v := begin(t, s, void("V3", r3))
	refuseBegin(t, s, refund("R4", a, 1), till.CodeNotPermitted) // the void is not through yet
	record(t, s, v, till.Approved)
	if got := read(t, s, "A"); !got.Refunded.IsZero() {
		t.Errorf("refunded %s, want nothing: the refund is voided", got.Refunded)
	}
	if got := read(t, s, "R3"); got.VoidedBy != "V3" {
		t.Errorf("the refund is voided by %q, want V3", got.VoidedBy)
	}
	approve(t, s, refund("R4", a, 1))
	refuseBegin(t, s, void("V4", a), till.CodeNotPermitted)
	approve(t, s, void("V5", read(t, s, "R4")))
	approve(t, s, void("V6", a))
}

func refundRaces(t *testing.T, shop Shop) {
	first := open(t, shop)
	a := approve(t, first, sale("A", 1000))
	approve(t, first, refund("R", a, 100))
	errs := atOnce(t, shop, 8, func(i int, s Store) error { // three of 300 fit into 900
		txn, err := s.Begin(context.Background(), till.NewTxn{Txn: refund(name("P", i), a, 300)})
		if err != nil {
			return err
		}
		txn.State = till.Approved
		_, err = s.Record(context.Background(), txn)
		return err
	})
	if n := succeeded(errs); n != 3 {
		t.Errorf("%d refunds went through, want 3: %v", n, errs)
	}
	sum := money.New(0, a.Amount.Currency())
	for _, r := range list(t, first, till.Filter{Kind: till.Refund, States: []till.State{till.Approved}}) {
		var err error
		if sum, err = sum.Add(r.Amount); err != nil {
			t.Fatal(err)
		}
	}
	if sum != a.Amount || read(t, first, "A").Refunded != sum {
		t.Errorf("refunds sum to %s and are told as %s, want %s", sum, read(t, first, "A").Refunded, a.Amount)
	}
}

func refuseBegin(t fataler, s Store, txn till.Txn, code till.Code) {
	t.Helper()
	_, err := s.Begin(t.Context(), till.NewTxn{Txn: txn})
	refused(t, err, code)
}
