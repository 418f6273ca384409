package sqlite_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

// A disk that fills up while a catalogue is stored leaves the one that was there.
func TestPutItemsOnFullDisk(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	all := catalogue(3000)
	putItems(t, s, all[:10])
	rows := verified(t, s)
	if err := s.Exec(t.Context(), `PRAGMA max_page_count = 300`); err != nil {
		t.Fatal(err)
	}
	_, err := s.PutItems(t.Context(), all[10:], till.Change{})
	wantProblem(t, err, dir, "is full")
	if n, err := s.CountItems(t.Context(), till.ItemFilter{Deleted: true}); n != 10 || err != nil {
		t.Errorf("%d items, %v; want the 10 from before", n, err)
	}
	if found, err := s.Items(t.Context(), till.ItemFilter{Text: "latte"}); len(found) != 2 || err != nil {
		t.Errorf("%d items found, %v; want 2", len(found), err)
	}
	if again := verified(t, s); again != rows {
		t.Errorf("%d journal rows, want %d as before", again, rows)
	}
	if err := s.Exec(t.Context(), `PRAGMA max_page_count = 1000000`); err != nil {
		t.Fatal(err)
	}
	putItems(t, s, all[10:])
	verified(t, s)
}

// The books are not changed where there may be no room to finish a sale.
func TestEditWantsRoom(t *testing.T) {
	free := int64(16 * mib)
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{DiskFree: func(string) (int64, error) { return free, nil }})
	all := catalogue(2)
	putItems(t, s, all[:1])
	free--
	_, err := s.PutItems(t.Context(), all[1:], till.Change{})
	wantProblem(t, err, dir, "15.9 MiB free")
}

// Each change of the books is one durable commit.
func TestOneCommitEachEdit(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ctx := t.Context()
	for _, step := range []struct {
		name string
		do   func() error
		want int
	}{
		{"put items", func() error { _, err := s.PutItems(ctx, catalogue(5), till.Change{}); return err }, 1},
		{"move stock", func() error {
			return s.MoveStock(ctx, []till.StockMove{{SKU: "I000000", Quantity: 1, Reason: till.StockReceive}, {SKU: "I000001", Quantity: 1, Reason: till.StockReceive}}, till.StockRefuse)
		}, 1},
		{"put a stocktake", func() error {
			_, err := s.PutStocktake(ctx, till.Stocktake{ID: "S", Counts: []till.StockCounted{{SKU: "I000000"}}})
			return err
		}, 1},
		{"post it", func() error { _, err := s.PostStocktake(ctx, "S", till.Change{}); return err }, 1},
		{"put staff", func() error {
			_, err := s.PutStaff(ctx, till.Staff{ID: "ann", Role: till.Cashier}, till.Change{})
			return err
		}, 1},
		{"count a try", func() error { _, err := s.CountTry(ctx, "ann", at); return err }, 1},
		{"sign in", func() error { return s.SignIn(ctx, "T", "ann", at) }, 1},
		{"clock", func() error { return s.Clock(ctx, till.Clocking{Staff: "ann", In: true, At: at}) }, 1},
		{"put a member", func() error { _, err := s.PutMember(ctx, till.Member{ID: "M"}, till.Change{}); return err }, 1},
		{"adjust points", func() error {
			return s.AdjustPoints(ctx, till.PointsMove{Member: "M", Points: 1, Reason: till.PointsAdjust})
		}, 1},
		{"put a default class", func() error {
			_, err := s.PutTaxClass(ctx, till.TaxClass{Code: "a", Default: true}, till.Change{})
			return err
		}, 1},
		{"put another", func() error {
			_, err := s.PutTaxClass(ctx, till.TaxClass{Code: "b", Default: true}, till.Change{})
			return err
		}, 1},
		{"search", func() error { _, err := s.Items(ctx, till.ItemFilter{Text: "latte"}); return err }, 0},
		{"verify", func() error { _, err := s.Verify(ctx); return err }, 0},
	} {
		before := commits(t, s)
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := commits(t, s) - before; got != step.want {
			t.Errorf("%s: %d commits, want %d", step.name, got, step.want)
		}
	}
}

// The hash of a PIN stands in one column of one row: not in the journal, not in a row
// that was replaced, not on a page of the closed store once it is changed.
func TestPINHashIsNotInTheJournal(t *testing.T) {
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const first, second = "$argon2id$first-hash", "$argon2id$second-hash"
	ann, err := s.PutStaff(t.Context(), till.Staff{ID: "ann", Role: till.Cashier, PINHash: first}, till.Change{})
	if err != nil {
		t.Fatal(err)
	}
	ann.PINHash = second
	if _, err := s.PutStaff(t.Context(), ann, till.Change{}); err != nil {
		t.Fatal(err)
	}
	verified(t, s)
	closeStore(t, s)
	if n := query[int](t, dir, `SELECT count(*) FROM journal WHERE instr(body, 'argon2id')`); n != 0 {
		t.Errorf("%d journal rows hold a hash", n)
	}
	if n := query[int](t, dir, `SELECT count(DISTINCT body ->> 'pin_sha256') FROM journal WHERE subject = 'staff'`); n != 2 {
		t.Errorf("%d digests in the journal, want 2", n)
	}
	content := string(files(t, dir)["/till.db"])
	if strings.Contains(content, first) || strings.Count(content, second) != 1 {
		t.Errorf("the first hash is there %d times, the second %d times; want none and one", strings.Count(content, first), strings.Count(content, second))
	}
}

// The guards of the ledgers hold against any SQL of this program's own.
func TestLedgersAreAppendOnly(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	putItems(t, s, catalogue(1))
	for _, err := range []error{
		s.MoveStock(t.Context(), []till.StockMove{{SKU: "I000000", Quantity: 1, Reason: till.StockReceive}}, till.StockRefuse),
		errOf(s.PutMember(t.Context(), till.Member{ID: "M"}, till.Change{})),
		s.AdjustPoints(t.Context(), till.PointsMove{Member: "M", Points: 1, Reason: till.PointsAdjust}),
		errOf(s.PutStaff(t.Context(), till.Staff{ID: "ann", Role: till.Cashier}, till.Change{})),
		s.Clock(t.Context(), till.Clocking{Staff: "ann", In: true, At: time.Unix(1, 0)}),
		errOf(s.PutProgramme(t.Context(), till.Programme{ID: "P"}, till.Change{})),
		errOf(s.PutTaxClass(t.Context(), till.TaxClass{Code: "T"}, till.Change{})),
		errOf(s.PutStocktake(t.Context(), till.Stocktake{ID: "S"})),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range []string{"price", "stock_move", "points_move", "clocking"} {
		for _, query := range []string{
			`UPDATE ` + table + ` SET seq = seq`, `DELETE FROM ` + table, `REPLACE INTO ` + table + ` SELECT * FROM ` + table,
		} {
			if err := s.Exec(t.Context(), query); err == nil {
				t.Errorf("%s: done", query)
			}
		}
	}
	for _, table := range []string{"item", "member", "staff", "programme", "tax_class", "stocktake"} {
		if err := s.Exec(t.Context(), `DELETE FROM `+table); err == nil {
			t.Errorf("an entry of %s is removed", table)
		}
	}
	verified(t, s)
}

// What a ticket moves is asked for nothing but its sense: stock below zero, of an item
// that is deleted, and points that were spent before they were taken back.
func TestMovesOfTickets(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	gone := catalogue(1)
	gone[0].Deleted = true
	putItems(t, s, gone)
	if _, err := s.PutMember(t.Context(), till.Member{ID: "M"}, till.Change{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Move(t.Context(), till.StockMove{SKU: "I000000", Quantity: -2500, Reason: till.StockSale, Document: "TICKET"}, till.PointsMove{Member: "M", Points: -7, Reason: till.PointsReturn, Ticket: "TICKET"}); err != nil {
		t.Fatal(err)
	}
	if levels, err := s.StockLevels(t.Context(), "I000000"); err != nil || levels[0].OnHand != -2500 {
		t.Errorf("got %+v, %v; want 2.5 below zero", levels, err)
	}
	if m, err := s.Member(t.Context(), "M"); err != nil || m.Points != -7 {
		t.Errorf("%d points, %v; want 7 below zero", m.Points, err)
	}
	for _, m := range []till.StockMove{{Quantity: 1}, {SKU: "I000000"}} {
		if err := s.Move(t.Context(), m, till.PointsMove{Member: "M", Points: 1, Reason: till.PointsEarn}); err == nil {
			t.Errorf("moved %+v", m)
		}
	}
	var p *till.Problem
	if err := s.Move(t.Context(), till.StockMove{SKU: "X", Quantity: 1, Reason: till.StockReturn}, till.PointsMove{Member: "X", Points: 1, Reason: till.PointsEarn}); !errors.As(err, &p) || p.Code != till.CodeNotFound {
		t.Errorf("points of nobody: got error %v, want not found", err)
	}
	verified(t, s)
}

// A program that verifies sees what another did to the search index since it last looked:
// SQLite's own check goes by what the connection remembers of it. It takes some thousand
// items before parts of the index are merged and the old ones removed.
func TestVerifyAfterTheIndexWasMerged(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	all := catalogue(7000)
	putItems(t, s, all[:1000])
	verified(t, s)
	for batch := range slices.Chunk(all[1000:], 300) {
		putItems(t, s, batch)
	}
	verified(t, s)
}

func putItems(t testing.TB, s *sqlite.Store, items []till.Item) {
	t.Helper()
	if _, err := s.PutItems(t.Context(), items, till.Change{}); err != nil {
		t.Fatal(err)
	}
}

func verified(t testing.TB, s *sqlite.Store) int {
	t.Helper()
	rows, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func errOf[T any](_ T, err error) error { return err }
