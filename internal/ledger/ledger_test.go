package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tillworks/till/internal/ledger"
)

func kind() ledger.Kind {
	return ledger.Kind{ApplicationID: 0x74657374, Version: 2, Schema: "CREATE TABLE note (text TEXT NOT NULL) STRICT"}
}

func open(t *testing.T, path string) *ledger.File {
	t.Helper()
	return openKind(t, path, kind())
}

func count(t *testing.T, f *ledger.File) (n int) {
	t.Helper()
	if err := f.DB.QueryRow("SELECT count(*) FROM note").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func note(tx *sql.Tx) error {
	_, err := tx.Exec("INSERT INTO note VALUES ('x')")
	return err
}

// What was written is there for the next who opens, in whatever folder; what failed is
// not, and a caller that hung up ends nothing.
func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "50%? of it", "books.db")
	f := open(t, path)
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if err := f.Write(gone, note); err != nil {
		t.Errorf("a caller that hung up: %v", err)
	}
	failed := errors.New("no")
	err := f.Write(context.Background(), func(tx *sql.Tx) error { return errors.Join(note(tx), failed) })
	if !errors.Is(err, failed) {
		t.Errorf("got %v, want the cause", err)
	}
	if n := count(t, open(t, path)); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

// found runs with the founding; where it fails, nothing was founded.
func TestFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "books.db")
	failed := errors.New("no key")
	_, err := ledger.Open(context.Background(), path, kind(), func(context.Context, *sql.Tx) error { return failed })
	if !errors.Is(err, failed) {
		t.Errorf("got %v, want the cause", err)
	}
	if n := count(t, open(t, path)); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// A file of somebody else, or of a newer version, is refused and left as it was.
func TestStrangers(t *testing.T) {
	for name, c := range map[string]struct {
		sql  string
		want error
	}{
		"another program": {"PRAGMA application_id = 42; CREATE TABLE theirs (x)", ledger.ErrForeign},
		"a newer version": {"PRAGMA application_id = 0x74657374; PRAGMA user_version = 3; CREATE TABLE note (text)", ledger.ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "books.db")
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(c.sql); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ledger.Open(context.Background(), path, kind(), nil); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			after, err := os.ReadFile(path)
			if err != nil || string(after) != string(before) {
				t.Errorf("the file was changed, %v", err)
			}
		})
	}
}
