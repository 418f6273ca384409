package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tillworks/till/internal/till"
)

func recordKeepsIdentity(t *testing.T, shop Shop) {
	shop.SetClock(noon())
	s := open(t, shop)
	held := begin(t, s, sale("A", 1250))
	for what, spoil := range map[string]func(*till.Txn){
		"key":      func(t *till.Txn) { t.Key = "other" },
		"kind":     func(t *till.Txn) { t.Kind = till.Refund },
		"tender":   func(t *till.Txn) { t.Tender = till.Cash },
		"amount":   func(t *till.Txn) { t.Amount = cny(1251) },
		"currency": func(t *till.Txn) { t.Amount = in("USD", 1250) },
		"terminal": func(t *till.Txn) { t.Terminal = "TILL0002" },
		"merchant": func(t *till.Txn) { t.Merchant = "OTHER" },
		"batch":    func(t *till.Txn) { t.Batch = 2 },
		"stan":     func(t *till.Txn) { t.STAN = 2 },
		"time":     func(t *till.Txn) { t.At = t.At.Add(time.Second) },
		"original": func(t *till.Txn) { t.Original = "A" },
		"ticket":   func(t *till.Txn) { t.Ticket = "T" },
		"staff":    func(t *till.Txn) { t.Staff = "mia" },
		"approver": func(t *till.Txn) { t.Approver = "bo" },
		"given":    func(t *till.Txn) { t.Given = cny(2000) },
	} {
		changed := held
		changed.State = till.Approved
		spoil(&changed)
		if _, err := s.Record(t.Context(), changed); err == nil {
			t.Errorf("%s: recorded", what)
		}
		same(t, read(t, s, "A"), held)
	}

	want := held
	want.State, want.RRN, want.AuthCode, want.ResponseCode = till.Approved, "000000000001", "123456", "00"
	want.Chip = &till.ChipEvidence{Cryptogram: "8877665544332211", CryptogramType: "TC", ARQCVerified: true, ARPCVerified: true, Scripts: []till.ScriptResult{{ID: "00000054", Template: "71", Commands: 2, Done: 1, Result: "1200000054"}}}
	got, err := s.Record(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	want.Version, want.Day, want.Hour = 2, dayOf(noon()), 20 // on the shop's clock
	same(t, got, want)
	same(t, read(t, s, "A"), want)
}

// life is what each state may be followed by. States that nothing follows are final.
func life() map[till.State][]till.State {
	return map[till.State][]till.State{
		till.Intent:    {till.Intent, till.Approved, till.Declined, till.Reversing},
		till.Reversing: {till.Reversing, till.Reversed, till.Exception},
		till.Exception: {till.Exception, till.Reversing, till.Reversed, till.Approved, till.Declined},
		till.Advice:    {till.Advice, till.Approved, till.Exception},
		till.Approved:  nil,
		till.Declined:  nil,
		till.Reversed:  nil,
	}
}

// wayTo is how a transaction comes to a state: begun in the first, recorded in the rest.
func wayTo() map[till.State][]till.State {
	return map[till.State][]till.State{
		till.Intent:    {till.Intent},
		till.Reversing: {till.Intent, till.Reversing},
		till.Exception: {till.Intent, till.Reversing, till.Exception},
		till.Advice:    {till.Advice},
		till.Approved:  {till.Intent, till.Approved},
		till.Declined:  {till.Declined},
		till.Reversed:  {till.Intent, till.Reversing, till.Reversed},
	}
}

func recordFollowsLife(t *testing.T, shop Shop) {
	s := open(t, shop)
	for from := range life() {
		for to := range life() {
			held := reach(t, s, string(from)+string(to), from)
			next := held
			next.State = to
			got, err := s.Record(t.Context(), next)
			if may := slices.Contains(life()[from], to); may != (err == nil) {
				t.Errorf("%s to %s: got error %v, allowed %t", from, to, err, may)
			}
			if err != nil {
				same(t, read(t, s, held.ID), held)
			} else if got.Version != held.Version+1 {
				t.Errorf("%s to %s: version %d after %d", from, to, got.Version, held.Version)
			}
		}
	}
}

// reach makes a transaction that is in a state.
func reach(t fataler, s Store, id string, state till.State) till.Txn {
	t.Helper()
	way := wayTo()[state]
	txn := sale(id, 100)
	txn.State = way[0]
	txn = begin(t, s, txn)
	for _, next := range way[1:] {
		txn = record(t, s, txn, next)
	}
	return txn
}

func recordStale(t *testing.T, shop Shop) {
	s := open(t, shop)
	first := begin(t, s, sale("A", 100))
	now := record(t, s, first, till.Reversing)
	for _, version := range []int{first.Version, now.Version + 1, 0} {
		stale := now
		stale.State, stale.Version = till.Reversed, version
		_, err := s.Record(t.Context(), stale)
		if !errors.Is(err, till.ErrStale) {
			t.Errorf("version %d where %d is held: got error %v, want till.ErrStale", version, now.Version, err)
		}
		refused(t, err, till.CodeFailure)
	}
	same(t, read(t, s, "A"), now)
}

func recordRaces(t *testing.T, shop Shop) {
	held := begin(t, open(t, shop), sale("A", 100))
	outcomes := []till.State{till.Approved, till.Reversing, till.Declined, till.Reversing}
	errs := atOnce(t, shop, len(outcomes), func(i int, s Store) error {
		mine := held
		mine.State = outcomes[i]
		_, err := s.Record(context.Background(), mine)
		if err != nil && !errors.Is(err, till.ErrStale) {
			t.Errorf("program %d: %v", i, err)
		}
		return err
	})
	if n := succeeded(errs); n != 1 {
		t.Errorf("%d programs recorded an outcome, want 1", n)
	}
	now := read(t, open(t, shop), "A")
	for i, err := range errs {
		if err == nil && now.State != outcomes[i] {
			t.Errorf("program %d was told %s, the store holds %s", i, outcomes[i], now.State)
		}
	}
}

func recordCanceled(t *testing.T, shop Shop) {
	s := open(t, shop)
	held := begin(t, s, sale("A", 100))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	held.State = till.Approved
	if _, err := s.Record(gone, held); err != nil {
		t.Errorf("an outcome was not recorded: %v", err)
	}
	if now := read(t, s, "A"); now.State != till.Approved {
		t.Errorf("the store holds %s, want APPROVED", now.State)
	}
}

func recordWipesImage(t *testing.T, shop Shop) {
	s := open(t, shop)
	want := []byte("sealed card number and expiry")
	for state, way := range wayTo() {
		if state == till.Declined {
			continue // is born final here and has no image
		}
		txn := sale(string(state), 100)
		txn.State = way[0]
		txn, err := s.Begin(t.Context(), till.NewTxn{Txn: txn, Image: want})
		if err != nil {
			t.Fatal(err)
		}
		for _, next := range way[1:] {
			txn = record(t, s, txn, next)
		}
		got, err := s.Image(t.Context(), txn.ID)
		if err != nil {
			t.Fatal(err)
		}
		if kept := bytes.Equal(got, want); kept == state.IsFinal() || !kept && len(got) > 0 {
			t.Errorf("%s: image %q", state, got)
		}
	}
}

func noteChangesNothing(t *testing.T, shop Shop) {
	s := open(t, shop)
	held := approve(t, s, sale("A", 100))
	before := verify(t, s)
	if err := s.Note(t.Context(), "A", `late answer, "00"`); err != nil {
		t.Fatal(err)
	}
	same(t, read(t, s, "A"), held)
	if after := verify(t, s); after != before+1 {
		t.Errorf("%d journal rows after %d, want one more", after, before)
	}
}

func historyTells(t *testing.T, shop Shop) {
	s := open(t, shop)
	txn := begin(t, s, sale("1", 100)) // a batch has this name too
	begin(t, s, sale("2", 100))
	txn = record(t, s, txn, till.Reversing)
	if err := s.Note(t.Context(), "1", "late answer"); err != nil {
		t.Fatal(err)
	}
	record(t, s, txn, till.Reversed)
	rows, err := s.History(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	got, last := "", int64(0)
	for _, row := range rows {
		got += fmt.Sprintf("%s %s%s; ", row.Kind, row.State, row.Remark)
		if row.Seq <= last || row.At.IsZero() {
			t.Errorf("row %d at %s follows row %d", row.Seq, row.At, last)
		}
		last = row.Seq
	}
	if want := "txn INTENT; txn REVERSING; note late answer; txn REVERSED; "; got != want {
		t.Errorf("got %s want %s", got, want)
	}
}

func verify(t fataler, s Store) int {
	t.Helper()
	rows, err := s.Verify(t.Context())
	if err != nil {
		t.Fatalf("verification: %v", err)
	}
	return rows
}
