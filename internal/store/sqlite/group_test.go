package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

// Tills that sell at the same time share commits: what waited for another program's lock
// is durable in fewer commits than there are sales. A change among them that fails after it
// has written to the journal moves neither its head nor the sale of another.
func TestGroupCommit(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	begin(t, s, "FIRST")
	no := errors.New("no")
	before := commits(t, s)
	release := lock(t, s)
	const tills = 30
	var all sync.WaitGroup
	for i := range tills {
		all.Go(func() {
			if i%5 == 4 {
				if err := s.AppendAndFail(t.Context(), no); !errors.Is(err, no) {
					t.Errorf("got %v, want the cause", err)
				}
				return
			}
			n := till.NewTxn{Txn: sale(name("T", i))}
			n.Txn.Terminal = fmt.Sprintf("TILL%04d", i)
			txn, err := s.Begin(t.Context(), n)
			if err != nil {
				t.Error(err)
				return
			}
			if held, err := s.Txn(t.Context(), txn.ID); err != nil || held.Version != 1 {
				t.Errorf("%s was begun and reads back as version %d, %v", txn.ID, held.Version, err)
			}
		})
	}
	time.Sleep(50 * time.Millisecond) // they arrive; one of them waits for the lock
	release()
	all.Wait()
	if n := commits(t, s) - before; n > tills/2 {
		t.Errorf("%d commits for %d sales", n, tills*4/5)
	}
	if _, err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if txns, err := s.Txns(t.Context(), till.Filter{}); err != nil || len(txns) != 1+tills*4/5 {
		t.Errorf("%d transactions, %v, want %d", len(txns), err, 1+tills*4/5)
	}
}

// lock holds the store as another program does that writes.
func lock(t *testing.T, s *sqlite.Store) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.Path()+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() { _, _ = tx.Rollback(), db.Close() }
}

// On a full disk one outcome gives up the reserve, and it is there for all that were in
// the commit with it.
func TestReserveIsForAll(t *testing.T) {
	free := int64(100 * mib)
	s := open(t, t.TempDir(), sqlite.Options{DiskFree: func(string) (int64, error) { return free, nil }})
	held := make([]till.Txn, 12)
	for i := range held {
		held[i] = begin(t, s, name("H", i))
	}
	if err := s.Exec(t.Context(), `PRAGMA max_page_count = 1`); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	release := lock(t, s)
	failed := make([]error, len(held))
	for i, txn := range held {
		all.Go(func() {
			txn.State, txn.Chip = till.Reversing, &till.ChipEvidence{IAD: fmt.Sprintf("%09000d", 1)} // more than there is room for
			_, failed[i] = s.Record(t.Context(), txn)
		})
	}
	time.Sleep(50 * time.Millisecond)
	release()
	all.Wait()
	for i, err := range failed {
		if err != nil {
			wantProblem(t, err, s.Path()[:len(s.Path())-len("/till.db")], "is full")
		}
		txn, readErr := s.Txn(t.Context(), held[i].ID)
		if readErr != nil || (err == nil) != (txn.State == till.Reversing) {
			t.Errorf("%s is %s, %v; its caller was told %v", txn.ID, txn.State, readErr, err)
		}
	}
	if err := s.Exec(t.Context(), `PRAGMA max_page_count = 1000000`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
