package sqlite_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
)

const mib = 1 << 20

// Nothing is begun where there may be no room to finish it.
func TestBeginWantsRoom(t *testing.T) {
	free := int64(16 * mib)
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{DiskFree: func(asked string) (int64, error) {
		if asked != dir {
			t.Errorf("asked for the room of %s, want %s", asked, dir)
		}
		return free, nil
	}})
	held := begin(t, s, "A")

	free--
	_, err := s.Begin(t.Context(), till.NewTxn{Txn: sale("B")})
	wantProblem(t, err, dir, "15.9 MiB free and till begins nothing below 16")
	if _, err := s.TxnByKey(t.Context(), "B"); err == nil {
		t.Error("stored all the same")
	}
	record(t, s, held, till.Approved) // what is begun is finished
}

// The reserve is there before the first transaction, given up only for an outcome, and
// made anew when there is room.
func TestReserve(t *testing.T) {
	dir := t.TempDir()
	free := int64(mib)
	opt := sqlite.Options{DiskFree: func(string) (int64, error) { return free, nil }}
	s := open(t, dir, opt)
	wantReserve(t, dir, 0) // no room for it yet
	free = 100 * mib
	held := begin(t, s, "A")
	wantReserve(t, dir, mib)

	// From here on the file cannot grow by a page.
	if err := s.Exec(t.Context(), `PRAGMA max_page_count = 1`); err != nil {
		t.Fatal(err)
	}
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		_, err = s.Begin(t.Context(), till.NewTxn{Txn: sale(name("B", i))})
	}
	wantProblem(t, err, dir, "is full")
	wantReserve(t, dir, mib)
	for err = nil; err == nil; {
		held.Chip = &till.ChipEvidence{IAD: fmt.Sprintf("%04000d", held.Version)}
		var next till.Txn
		if next, err = s.Record(t.Context(), held); err == nil {
			held = next
		}
	}
	wantProblem(t, err, dir, "is full")
	wantReserve(t, dir, 0)

	if err := s.Exec(t.Context(), `PRAGMA max_page_count = 1000000`); err != nil {
		t.Fatal(err)
	}
	record(t, s, held, till.Approved)
	begin(t, s, "C")
	wantReserve(t, dir, mib)
	if _, err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDiskFreeFails(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{DiskFree: func(string) (int64, error) {
		return 0, &os.PathError{Op: "statfs", Path: "somewhere", Err: errors.New("no answer")}
	}})
	_, err := s.Begin(t.Context(), till.NewTxn{Txn: sale("A")})
	wantProblem(t, err, dir, "cannot be used")
}

func wantReserve(t *testing.T, dir string, want int64) {
	t.Helper()
	size := int64(0)
	if info, err := os.Stat(filepath.Join(dir, "reserve")); err == nil {
		size = info.Size()
	}
	if size != want {
		t.Errorf("reserve of %d bytes, want %d", size, want)
	}
}
