package sqlite_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"

	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

// Begin and Record are one durable commit each, and reading is none. In WAL mode with
// synchronous=FULL SQLite waits for the disk once a commit, so counting the commits in
// the log counts the waits.
func TestOneCommitEach(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	var sold, txn till.Txn
	for _, step := range []struct {
		name string
		do   func()
		want int
	}{
		{"begin the first, opening the batch", func() { sold = begin(t, s, "A") }, 1},
		{"record the first", func() { sold = record(t, s, sold, till.Approved) }, 1},
		{"begin", func() { txn = begin(t, s, "B") }, 1},
		{"record an outcome", func() { txn = record(t, s, txn, till.Reversing) }, 1},
		{"record the end, wiping the image", func() { record(t, s, txn, till.Reversed) }, 1},
		{"begin a void", func() {
			void := sale("V")
			void.Kind, void.Original = till.Void, sold.ID
			if _, err := s.Begin(t.Context(), till.NewTxn{Txn: void}); err != nil {
				t.Fatal(err)
			}
		}, 1},
		{"begin a replay", func() {
			if _, err := s.Begin(t.Context(), till.NewTxn{Txn: sale("B")}); err == nil {
				t.Fatal("no replay")
			}
		}, 0},
		{"record a stale version", func() {
			if _, err := s.Record(t.Context(), txn); err == nil {
				t.Fatal("not stale")
			}
		}, 0},
		{"reserve a trace number", func() {
			if _, err := s.NextSTAN(t.Context(), "TILL0001"); err != nil {
				t.Fatal(err)
			}
		}, 1},
		{"adopt nothing", func() {
			if _, err := s.Adopt(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, 0},
		{"read", func() {
			if _, err := s.Txn(t.Context(), "A"); err != nil {
				t.Fatal(err)
			}
		}, 0},
		{"verify", func() {
			if _, err := s.Verify(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, 0},
	} {
		before := commits(t, s)
		step.do()
		if got := commits(t, s) - before; got != step.want {
			t.Errorf("%s: %d commits, want %d", step.name, got, step.want)
		}
	}
}

// commits counts the commits in the log since the store was made: frames whose header tells the size of the file after a commit (SQLite
// file format, section 4.1).
func commits(t *testing.T, s *sqlite.Store) int {
	t.Helper()
	log, err := os.ReadFile(s.Path() + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	const headerSize, frameHeader = 32, 24
	frame := frameHeader + int(binary.BigEndian.Uint32(log[8:]))
	salts, n := log[16:24], 0
	for at := headerSize; at+frame <= len(log); at += frame {
		if bytes.Equal(log[at+8:at+16], salts) && binary.BigEndian.Uint32(log[at+4:]) != 0 {
			n++
		}
	}
	return n
}

// The guards of the journal hold against any SQL of this program's own.
func TestJournalIsAppendOnly(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	record(t, s, begin(t, s, "A"), till.Approved)
	for _, query := range []string{
		`UPDATE journal SET body = '{}' WHERE seq = 1`,
		`DELETE FROM journal WHERE seq = 1`,
		`REPLACE INTO journal SELECT 1, at, subject, id, '{}', prev, hash FROM journal WHERE seq = 1`,
		`INSERT INTO journal SELECT 99, at, subject, id, '{}', prev, hash FROM journal WHERE seq = 1`,
		`DELETE FROM txn WHERE id = 'A'`,
		`UPDATE txn SET image = x'00' WHERE id = 'A'`,
	} {
		if err := s.Exec(t.Context(), query); err == nil {
			t.Errorf("%s: done", query)
		}
	}
	if _, err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// What was sealed is on no page of any file once the transaction is final and the
// store is closed.
func TestImageIsWiped(t *testing.T) {
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		txn := begin(t, s, name("A", i))
		record(t, s, record(t, s, txn, till.Reversing), till.Reversed)
	}
	begin(t, s, "OPEN")
	closeStore(t, s)
	for file, content := range files(t, dir) {
		if bytes.Contains(content, []byte("sealed image of A")) {
			t.Errorf("%s holds an image that was wiped", file)
		}
	}
	if !bytes.Contains(files(t, dir)["/till.db"], []byte("sealed image of OPEN")) {
		t.Error("the image of an open transaction is not in till.db: this test looks in the wrong place")
	}
}

func TestClosedStore(t *testing.T) {
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	held := begin(t, s, "A")
	for range 2 {
		closeStore(t, s)
	}
	if _, err := s.Begin(t.Context(), till.NewTxn{Txn: sale("B")}); err == nil {
		t.Error("begun in a closed store")
	}
	if _, err := s.Record(t.Context(), held); err == nil {
		t.Error("recorded in a closed store")
	}
	if _, err := s.Txn(t.Context(), "A"); err == nil {
		t.Error("read from a closed store")
	}
}
