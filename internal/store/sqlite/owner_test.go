package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"
)

// A program that locks its file just after another swept it away holds a lock that
// nobody can find: it must notice and take another name.
func TestOwnerStands(t *testing.T) {
	path := filepath.Join(t.TempDir(), "name")
	o := &owner{lock: flock.New(path)}
	if locked, err := o.lock.TryLock(); !locked || err != nil {
		t.Fatal(locked, err)
	}
	if !o.stands() {
		t.Error("the file under the name is not the one that is locked")
	}
	if err := os.Remove(path); err != nil {
		t.Skipf("this system keeps files that are open: %v", err)
	}
	if o.stands() {
		t.Error("a file that is gone stands")
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if o.stands() {
		t.Error("another file under the name passes for the one that is locked")
	}
	if err := o.lock.Close(); err != nil {
		t.Error(err)
	}
}
