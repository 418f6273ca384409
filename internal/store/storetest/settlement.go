package storetest

import (
	"errors"
	"testing"

	"github.com/tillworks/till/internal/till"
)

// settlement is a reconciliation of batches with the files of a digest.
func settlement(seq int, files string, batches ...int) till.Settlement {
	return till.Settlement{
		Seq: seq, Files: files, Day: "2026-03-01", Batches: batches,
		Result: []byte(`{"matched":1}`), Open: []byte(`[]`),
	}
}

func settled(t fataler, s Store, run till.Settlement) {
	t.Helper()
	if err := s.RecordSettlement(t.Context(), run); err != nil {
		t.Fatalf("record reconciliation %d: %v", run.Seq, err)
	}
}

// stale wants a reconciliation refused that was computed from something else.
func stale(t fataler, s Store, run till.Settlement) {
	t.Helper()
	err := s.RecordSettlement(t.Context(), run)
	if refused(t, err, till.CodeFailure); !errors.Is(err, till.ErrStale) {
		t.Fatalf("got %v, want till.ErrStale", err)
	}
}

func settlementOf(t fataler, s Store, seq int) till.Settlement {
	t.Helper()
	run, err := s.Settlement(t.Context(), seq)
	if err != nil {
		t.Fatalf("read reconciliation %d: %v", seq, err)
	}
	return run
}

func settlementFollows(t *testing.T, shop Shop) {
	s := open(t, shop)
	_, err := s.Settlement(t.Context(), 1)
	refused(t, err, till.CodeNotFound)
	stale(t, s, settlement(2, "aa", 1))
	stale(t, s, settlement(0, "", 1))
	first, second := settlement(1, "aa", 1), settlement(2, "bb", 2, 3)
	settled(t, s, first)
	changed := first
	changed.Result = []byte(`{"matched":2}`)
	settled(t, s, changed) // by other rules
	settled(t, s, second)
	stale(t, s, first) // the second began with what it left open
	other := open(t, shop)
	same(t, settlementOf(t, other, 1), changed)
	same(t, settlementOf(t, other, 2), second)
	all, err := other.Settlements(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].Seq != 2 || all[1].Seq != 1 || len(all[0].Batches) != 2 || all[0].Files != "bb" {
		t.Errorf("got %+v, want 2 and 1", all)
	}
}

func settlementOnce(t *testing.T, shop Shop) {
	s := open(t, shop)
	settled(t, s, settlement(1, "aa", 1))
	rows := verify(t, s)
	settled(t, s, settlement(1, "aa", 1))
	if again := verify(t, s); again != rows || rows != 1 {
		t.Errorf("%d journal rows, then %d, want 1 and 1", rows, again)
	}
	changed := settlement(1, "aa", 1)
	changed.Open = []byte(`[1]`)
	settled(t, s, changed)
	if again := verify(t, s); again != rows+1 {
		t.Errorf("%d journal rows after a change, want %d", again, rows+1)
	}
}

func settlementTakesOnce(t *testing.T, shop Shop) {
	s := open(t, shop)
	settled(t, s, settlement(1, "aa", 1, 2))
	stale(t, s, settlement(2, "aa", 3))
	stale(t, s, settlement(2, "bb", 2, 3))
	settled(t, s, settlement(2, "bb", 3))
	settled(t, s, settlement(3, "cc"))
}

func settlementRaces(t *testing.T, shop Shop) {
	errs := atOnce(t, shop, 4, func(i int, s Store) error {
		return s.RecordSettlement(t.Context(), settlement(1, name("f", i), i+1))
	})
	if n := succeeded(errs); n != 1 {
		t.Errorf("%d were stored, want 1: %v", n, errs)
	}
}
