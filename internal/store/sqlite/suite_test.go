package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/store/storetest"
	"github.com/tillworks/till/internal/till"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Shop { return &shop{dir: t.TempDir()} })
}

// shop is a folder and a clock.
type shop struct {
	dir string
	at  atomic.Pointer[time.Time] // nil goes with the system
}

// Open implements storetest.Shop. The suite opens a file again and never takes its power.
func (s *shop) Open(ctx context.Context) (storetest.Store, error) {
	return sqlite.Open(ctx, s.dir, sqlite.Options{
		Unsynced: true,
		Now:      s.now,
		Calendar: till.Calendar{Zone: time.FixedZone("CST", 8*60*60), Cutoff: 4 * 60},
		Stock:    till.StockRefuse,
	})
}

// SetClock implements storetest.Shop.
func (s *shop) SetClock(at time.Time) { s.at.Store(&at) }

func (s *shop) now() time.Time {
	if at := s.at.Load(); at != nil {
		return *at
	}
	return time.Now()
}

// SetSTAN implements storetest.Shop.
func (s *shop) SetSTAN(t *testing.T, terminal string, last till.STAN) {
	s.exec(t, `UPDATE session SET stan = ? WHERE terminal = ?`, int(last), terminal)
}

// Damage implements storetest.Shop.
func (s *shop) Damage(t *testing.T, d storetest.Damage, id till.TxnID) {
	for _, guard := range []string{"journal_update", "journal_delete", "journal_insert", "checkpoint_update", "checkpoint_delete", "txn_delete"} {
		s.exec(t, `DROP TRIGGER `+guard)
	}
	s.damageBooks(t, d)
	s.damageDays(t, d)
	switch d {
	case storetest.TxnChanged:
		s.exec(t, `UPDATE txn SET minor = minor + 1 WHERE id = ?`, string(id))
	case storetest.TxnRemoved:
		s.exec(t, `DELETE FROM txn WHERE id = ?`, string(id))
	case storetest.JournalChanged:
		s.exec(t, `UPDATE journal SET body = replace(body, '"minor":', '"minor":1') WHERE seq = (SELECT min(seq) FROM journal WHERE id = ?)`, string(id))
	case storetest.JournalRemoved:
		s.exec(t, `DELETE FROM journal WHERE seq = (SELECT min(seq) FROM journal WHERE id = ?)`, string(id))
	case storetest.JournalCut:
		s.exec(t, `DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)`)
	case storetest.BatchChanged:
		s.exec(t, `UPDATE batch SET ours = replace(ours, '"debit_minor":', '"debit_minor":1') WHERE number = 1`)
	case storetest.SettlementForged:
		s.exec(t, `UPDATE settlement SET result = replace(result, '1', '2') WHERE seq = 1`)
	case storetest.CheckpointForged:
		s.exec(t, `INSERT INTO checkpoint SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1`)
	}
}

// exec changes the file past the store.
func (s *shop) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "till.db")+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	result, err := db.Exec(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if n, err := result.RowsAffected(); err != nil || n > 1 {
		t.Fatalf("%s changed %d rows, %v", query, n, err)
	}
}

var _ storetest.Store = (*sqlite.Store)(nil)
