package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tillworks/till/internal/ledger"
)

// Many who write at once share commits, and each finds in the file what it was told is
// there; those that failed, by themselves or by a rule of the tables, left nothing.
func TestWriteTogether(t *testing.T) {
	f := openKind(t, filepath.Join(t.TempDir(), "books.db"), ledger.Kind{
		ApplicationID: 1, Version: 1, Schema: "CREATE TABLE note (text TEXT NOT NULL UNIQUE, CHECK (text <> 'bad')) STRICT",
	})
	var commits atomic.Int64
	f.CountCommits(&commits)
	no := errors.New("no")
	const writers, each = 16, 25
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			for i := range each {
				text := fmt.Sprintf("%d.%d", n, i)
				switch i % 3 {
				case 1:
					if err := f.Write(t.Context(), func(tx *sql.Tx) error { return errors.Join(insert(tx, text), no) }); !errors.Is(err, no) {
						t.Errorf("got %v, want the cause", err)
					}
				case 2:
					if err := f.Write(t.Context(), func(tx *sql.Tx) error { return errors.Join(insert(tx, text), insert(tx, "bad")) }); err == nil {
						t.Error("what the tables forbid was written")
					}
				default:
					if err := f.Write(t.Context(), func(tx *sql.Tx) error { return insert(tx, text) }); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if got, want := count(t, f), writers*(each/3+1); got != want {
		t.Errorf("%d rows, want %d", got, want)
	}
	if n := commits.Load(); n >= writers*(each/3+1) {
		t.Errorf("%d commits, want fewer than what was written", n)
	}
}

// A disk that is full in the middle of a group ends its transaction: nobody in it is told
// that all is well, and who comes after it writes again.
func TestFullTogether(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "books.db"))
	if _, err := f.DB.Exec("PRAGMA max_page_count = 12"); err != nil {
		t.Fatal(err)
	}
	var kept atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 4 {
				if f.Write(context.Background(), func(tx *sql.Tx) error { return insert(tx, fmt.Sprintf("%02000d", 1)) }) == nil {
					kept.Add(1)
				}
			}
		})
	}
	all.Wait()
	if got := count(t, f); int64(got) != kept.Load() || got == 0 || got == 64 {
		t.Errorf("%d rows, %d were told to be kept, of 64", got, kept.Load())
	}
	if _, err := f.DB.Exec("PRAGMA max_page_count = 1000"); err != nil {
		t.Fatal(err)
	}
	if err := f.Write(t.Context(), note); err != nil {
		t.Error(err)
	}
}

// A statement whose rows are being read is compiled anew for another reader.
func TestNestedRows(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "books.db"))
	err := f.Write(t.Context(), func(tx *sql.Tx) error {
		if err := errors.Join(insert(tx, "a"), insert(tx, "b")); err != nil {
			return err
		}
		outer, err := tx.Query("SELECT text FROM note ORDER BY text")
		if err != nil {
			return err
		}
		defer outer.Close()
		seen := ""
		for outer.Next() {
			var text, first string
			if err := errors.Join(outer.Scan(&text), tx.QueryRow("SELECT text FROM note ORDER BY text").Scan(&first)); err != nil {
				return err
			}
			seen += text + first + " "
		}
		if seen != "aa ba " {
			t.Errorf("read %q", seen)
		}
		return outer.Err()
	})
	if err != nil {
		t.Error(err)
	}
}

// Without durability the same is kept, and only the disk is not waited for.
func TestUnsynced(t *testing.T) {
	k := kind()
	k.Unsynced = true
	path := filepath.Join(t.TempDir(), "books.db")
	f := openKind(t, path, k)
	if err := f.Write(t.Context(), note); err != nil {
		t.Error(err)
	}
	if n := count(t, open(t, path)); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func openKind(t *testing.T, path string, k ledger.Kind) *ledger.File {
	t.Helper()
	f, err := ledger.Open(t.Context(), path, k, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func insert(tx *sql.Tx, text string) error {
	_, err := tx.Exec("INSERT INTO note VALUES (?)", text)
	return err
}
