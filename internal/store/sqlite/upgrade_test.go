package sqlite_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

// A store of the first version, with a journal, is brought up to date when it is opened,
// and keeps what it has.
func TestOpenUpgrades(t *testing.T) {
	dir := t.TempDir()
	first, err := os.ReadFile("migrations/0001_till.sql")
	if err != nil {
		t.Fatal(err)
	}
	change(t, dir, `PRAGMA journal_mode = wal; PRAGMA application_id = 0x54494C4C; CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));
		INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1), (1, 1)`)
	change(t, dir, string(first))
	var chain store.Chain
	e := chain.Next(time.Unix(1_800_000_000, 0), store.AboutNote, "A", []byte(`{"remark":"from before"}`))
	change(t, dir, fmt.Sprintf(`INSERT INTO journal VALUES (%d, '%s', '%s', '%s', '%s', x'%x', x'%x')`, e.Seq, e.At, e.Subject, e.ID, e.Body, e.Prev[:], e.Hash[:]))

	s := open(t, dir, sqlite.Options{})
	if rows := verified(t, s); rows != 1 {
		t.Errorf("%d journal rows, want the one from before", rows)
	}
	putItems(t, s, catalogue(3))
	record(t, s, begin(t, s, "A"), till.Approved)
	if history, err := s.History(t.Context(), "A"); err != nil || len(history) != 3 || history[0].Remark != "from before" {
		t.Errorf("history %+v, %v; want three rows, the first from before", history, err)
	}
	verified(t, s)
	if got := query[int](t, dir, `PRAGMA user_version`); got != sqlite.LatestVersion {
		t.Errorf("version %d, want %d", got, sqlite.LatestVersion)
	}
}
