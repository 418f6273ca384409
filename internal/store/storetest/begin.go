package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func beginGivesNumbers(t *testing.T, shop Shop) {
	s := open(t, shop)
	want := sale("A", 1250)
	want.At = time.Date(2026, 3, 1, 17, 30, 0, 5, time.FixedZone("CST", 8*3600))
	want.Card = &till.CardSummary{Masked: "476173******0010", Token: "t0ken", Brand: "visa", AID: "A0000000031010", Label: "VISA CREDIT", PSN: "01"}
	want.Chip = &till.ChipEvidence{Cryptogram: "0011223344556677", CryptogramType: "ARQC", ATC: "0001", TVR: "8000000000", TSI: "E800", IAD: "06010A03A0B000", CVM: "1E0300", ARQC: "0011223344556677"}
	got := begin(t, s, want)

	want.Batch, want.STAN, want.Version, want.At = 1, 1, 1, want.At.UTC()
	same(t, got, want)
	same(t, read(t, s, "A"), want)
	byKey, err := s.TxnByKey(t.Context(), want.Key)
	if err != nil {
		t.Fatal(err)
	}
	same(t, byKey, want)
	if next := begin(t, s, sale("B", 1)); next.STAN != 2 || next.Batch != 1 {
		t.Errorf("the next has trace number %s in batch %d, want 000002 in 1", next.STAN, next.Batch)
	}
}

func beginRefusesStates(t *testing.T, shop Shop) {
	s := open(t, shop)
	for what, spoil := range map[string]func(*till.NewTxn){
		"no id":                  func(n *till.NewTxn) { n.Txn.ID = "" },
		"no key":                 func(n *till.NewTxn) { n.Txn.Key = "" },
		"no terminal":            func(n *till.NewTxn) { n.Txn.Terminal = "" },
		"no tender":              func(n *till.NewTxn) { n.Txn.Tender = "" },
		"a strange kind":         func(n *till.NewTxn) { n.Txn.Kind = "gift" },
		"no amount":              func(n *till.NewTxn) { n.Txn.Amount = cny(0) },
		"a negative amount":      func(n *till.NewTxn) { n.Txn.Amount = cny(-1) },
		"no currency":            func(n *till.NewTxn) { n.Txn.Amount = money.New(1, money.Currency{}) },
		"a version":              func(n *till.NewTxn) { n.Txn.Version = 1 },
		"new":                    func(n *till.NewTxn) { n.Txn.State = till.New },
		"reversing":              func(n *till.NewTxn) { n.Txn.State = till.Reversing },
		"reversed":               func(n *till.NewTxn) { n.Txn.State = till.Reversed },
		"exception":              func(n *till.NewTxn) { n.Txn.State = till.Exception },
		"card, already approved": func(n *till.NewTxn) { n.Txn.State = till.Approved },
		"final with an image":    func(n *till.NewTxn) { n.Txn.State, n.Image = till.Declined, []byte("sealed") },
	} {
		n := till.NewTxn{Txn: sale("A", 1)}
		spoil(&n)
		if _, err := s.Begin(t.Context(), n); err == nil {
			t.Errorf("%s: begun", what)
		}
	}
	if all := list(t, s, till.Filter{}); len(all) != 0 {
		t.Errorf("%d transactions stored, want none", len(all))
	}
	for i, state := range []till.State{till.Intent, till.Advice, till.Declined} {
		txn := sale(name("OK", i), 1)
		txn.State = state
		begin(t, s, txn)
	}
	cash := sale("CASH", 1)
	cash.Tender, cash.Entry, cash.State = till.Cash, till.NoEntry, till.Approved
	begin(t, s, cash)
}

func beginReplays(t *testing.T, shop Shop) {
	s := open(t, shop)
	first := approve(t, s, sale("A", 1250))
	for _, minor := range []int64{1250, 9999} { // whether it is the same request is the caller's to tell
		again := sale("B", minor)
		again.Key = first.Key
		_, err := s.Begin(t.Context(), till.NewTxn{Txn: again})
		var replay *till.Replay
		if !errors.As(err, &replay) {
			t.Fatalf("got error %v, want a replay", err)
		}
		same(t, replay.Txn, first)
	}
	if all := list(t, s, till.Filter{}); len(all) != 1 {
		t.Errorf("%d transactions stored, want 1", len(all))
	}
	if next := begin(t, s, sale("C", 1)); next.STAN != first.STAN+1 {
		t.Errorf("a replay used up a trace number: got %s, want %s", next.STAN, first.STAN+1)
	}
}

func beginRaces(t *testing.T, shop Shop) {
	const programs = 8
	replayed := make([]till.TxnID, programs)
	begun := make([]till.TxnID, programs)
	atOnce(t, shop, programs, func(i int, s Store) error {
		txn := sale(name("P", i), 100)
		txn.Key = "one"
		got, err := s.Begin(context.Background(), till.NewTxn{Txn: txn})
		var replay *till.Replay
		switch {
		case err == nil:
			begun[i] = got.ID
		case errors.As(err, &replay):
			replayed[i] = replay.Txn.ID
		default:
			t.Errorf("program %d: %v", i, err)
		}
		return err
	})
	s := open(t, shop)
	all := list(t, s, till.Filter{})
	if len(all) != 1 {
		t.Fatalf("%d transactions stored, want 1", len(all))
	}
	for i := range programs {
		if id := begun[i] + replayed[i]; id != all[0].ID {
			t.Errorf("program %d was told of %q, stored is %q", i, id, all[0].ID)
		}
	}
}

func beginCanceled(t *testing.T, shop Shop) {
	s := open(t, shop)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Begin(gone, till.NewTxn{Txn: sale("A", 1)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want context.Canceled", err)
	}
	if all := list(t, s, till.Filter{}); len(all) != 0 {
		t.Errorf("%d transactions stored, want none", len(all))
	}
}

func notFound(t *testing.T, shop Shop) {
	s := open(t, shop)
	for what, ask := range map[string]func() error{
		"txn":          func() error { _, err := s.Txn(t.Context(), "NONE"); return err },
		"key":          func() error { _, err := s.TxnByKey(t.Context(), "none"); return err },
		"image":        func() error { _, err := s.Image(t.Context(), "NONE"); return err },
		"note":         func() error { return s.Note(t.Context(), "NONE", "remark") },
		"batch":        func() error { _, err := s.Batch(t.Context(), 77); return err },
		"totals":       func() error { _, err := s.Totals(t.Context(), 77); return err },
		"record":       func() error { _, err := s.Record(t.Context(), sale("NONE", 1)); return err },
		"record batch": func() error { return s.RecordBatch(t.Context(), till.Batch{Number: 77, State: till.BatchClosed}) },
		"void": func() error {
			_, err := s.Begin(t.Context(), till.NewTxn{Txn: void("V", sale("NONE", 1))})
			return err
		},
		"refund": func() error {
			_, err := s.Begin(t.Context(), till.NewTxn{Txn: refund("R", sale("NONE", 1), 1)})
			return err
		},
	} {
		t.Run(what, func(t *testing.T) { refused(t, ask(), till.CodeNotFound) })
	}
}

func filterSelects(t *testing.T, shop Shop) {
	s := open(t, shop)
	approve(t, s, sale("A", 100))
	b := approve(t, s, sale("B", 100))
	record(t, s, begin(t, s, sale("C", 100)), till.Declined)
	approve(t, s, refund("D", b, 40))
	closeBatch(t, s)
	begin(t, s, sale("E", 100))

	for _, tc := range []struct {
		filter till.Filter
		want   string
	}{
		{till.Filter{}, "EDCBA"},
		{till.Filter{Limit: 2}, "ED"},
		{till.Filter{Batch: 1}, "DCBA"},
		{till.Filter{Batch: 2}, "E"},
		{till.Filter{Batch: 3}, ""},
		{till.Filter{Kind: till.Refund}, "D"},
		{till.Filter{States: []till.State{till.Approved}}, "DBA"},
		{till.Filter{States: []till.State{till.Intent, till.Declined}}, "EC"},
		{till.Filter{Batch: 1, Kind: till.Sale, States: []till.State{till.Approved}, Limit: 1}, "B"},
	} {
		got := ""
		for _, txn := range list(t, s, tc.filter) {
			got += string(txn.ID)
			same(t, txn, read(t, s, txn.ID))
		}
		if got != tc.want {
			t.Errorf("%+v: got %q, want %q", tc.filter, got, tc.want)
		}
	}
}

func list(t fataler, s Store, f till.Filter) []till.Txn {
	t.Helper()
	all, err := s.Txns(t.Context(), f)
	if err != nil {
		t.Fatal(fmt.Errorf("list %+v: %w", f, err))
	}
	return all
}
