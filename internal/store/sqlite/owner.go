package sqlite

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/tillworks/till/internal/till"
)

// owner is this program as the owner of transactions: a name that nobody had before,
// and a file of that name that stays locked for as long as the program lives. The
// system drops the lock however the program ends, which is how others find out.
type owner struct {
	name string
	lock *flock.Flock
}

// ownerFor names the owner of a transaction in a state: nobody once it is final.
func (s *Store) ownerFor(state till.State) (string, error) {
	if state.IsFinal() {
		return "", nil
	}
	return s.ownerName()
}

// ownerName is the name of this program, which it takes at its first need.
func (s *Store) ownerName() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.owner != nil {
		return s.owner.name, nil
	}
	o, err := s.newOwner()
	if err != nil {
		return "", fmt.Errorf("becoming an owner of transactions: %w", err)
	}
	s.owner = o
	return o.name, nil
}

func (s *Store) newOwner() (*owner, error) {
	dir := s.path(ownersName)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := sweepAll(dir); err != nil {
		return nil, err
	}
	for {
		var raw [16]byte
		if _, err := io.ReadFull(s.opt.Random, raw[:]); err != nil {
			return nil, err
		}
		o := &owner{name: hex.EncodeToString(raw[:])}
		o.lock = flock.New(filepath.Join(dir, o.name))
		locked, err := o.lock.TryLock()
		if err != nil {
			return nil, err
		}
		if locked && o.stands() {
			return o, nil
		}
		if err := o.lock.Close(); err != nil { // swept away by another program between making and locking it
			return nil, err
		}
	}
}

// stands reports that the locked file is still the one under its name.
func (o *owner) stands() bool {
	locked, err := o.lock.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(o.lock.Path())
	return err == nil && os.SameFile(locked, named)
}

func (s *Store) releaseOwner() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.owner == nil {
		return nil
	}
	o := s.owner
	s.owner = nil
	removed := remove(o.lock.Path()) // while it is locked, so that nobody takes it up
	return errors.Join(removed, o.lock.Close())
}

// sweep reports whether no living program has the name, and if so removes its file.
// Nobody has a name without a file.
func sweep(dir, name string) (dead bool, err error) {
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	lock := flock.New(path)
	locked, err := lock.TryLock()
	if err != nil || !locked {
		return false, err
	}
	return true, errors.Join(remove(path), lock.Close())
}

// sweepAll removes the files of programs that ended without doing so.
func sweepAll(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, err := sweep(dir, f.Name()); err != nil {
			return err
		}
	}
	return nil
}

// remove removes a file that may be gone. Windows keeps one that is open; it is swept
// away later.
func remove(path string) error {
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return err
}
