package sqlite

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// The files of a store, and the room that they need.
const (
	fileName        = "till.db"
	reserveName     = "reserve"
	migrateLockName = "migrate.lock"
	ownersName      = "owners"

	reserveSize = 1 << 20  // enough for the outcomes of some 30 transactions
	wantFree    = 16 << 20 // below this no transaction is begun
)

func (s *Store) path(name string) string { return filepath.Join(s.dir, name) }

// makeFolder makes the folder for its owner alone. A folder that exists keeps its
// rights, it may be somebody's home, but it must not be marked read-only.
func (s *Store) makeFolder() error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	if runtime.GOOS == "windows" { // the mark means something else on a folder there
		return nil
	}
	_, err := writable(s.dir)
	return err
}

// makeFile makes an empty till.db with mode 0600; SQLite gives its log and its index
// the mode of the file. It is never opened here if it exists (see the package doc).
func (s *Store) makeFile() error {
	f, err := os.OpenFile(s.Path(), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return s.narrowFile()
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), syncDir(s.dir))
}

// narrowFile takes the rights of others from a file that was copied here.
func (s *Store) narrowFile() error {
	info, err := writable(s.Path())
	if err != nil || info.Mode().Perm()&0o077 == 0 || runtime.GOOS == "windows" {
		return err
	}
	return os.Chmod(s.Path(), 0o600)
}

// writable refuses what its owner may not write, also for root, who could. SQLite
// would open such a file for reading and leave a log beside it that nobody can write.
func writable(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err == nil && info.Mode().Perm()&0o200 == 0 {
		err = &fs.PathError{Op: "write", Path: path, Err: fs.ErrPermission}
	}
	return info, err
}

// keepReserve makes the reserve, or makes it anew once there is room again.
func (s *Store) keepReserve() error {
	size, err := fileSize(s.path(reserveName))
	if err != nil || size == reserveSize {
		return err
	}
	if err := s.checkFree(); err != nil {
		return nil // no room: that is told when a transaction is to begin
	}
	return fillFile(s.path(reserveName), reserveSize)
}

// fillFile writes bytes that no file system can store in less room.
func fillFile(path string, size int) error {
	filling := make([]byte, size)
	if _, err := rand.Read(filling); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(filling)
	return errors.Join(err, f.Close())
}

// reserve counts how often this program gave the reserve up.
type reserve struct {
	mu    sync.Mutex
	times int
}

func (r *reserve) given() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.times
}

// giveUpReserve frees the reserve for an outcome that must be recorded; false if it is
// gone already. The file stays, empty, as the sign that there is a store here.
func (s *Store) giveUpReserve() bool {
	s.reserve.mu.Lock()
	defer s.reserve.mu.Unlock()
	size, err := fileSize(s.path(reserveName))
	if err != nil || size == 0 || os.Truncate(s.path(reserveName), 0) != nil {
		return false
	}
	s.reserve.times++
	return true
}

// checkFree refuses to begin what might not be finished for want of room.
func (s *Store) checkFree() error {
	free, err := s.opt.DiskFree(s.dir)
	if err != nil {
		return fmt.Errorf("asking for the free space of %s: %w", s.dir, err)
	}
	if free < wantFree {
		return &noRoom{free: free}
	}
	return nil
}

// syncDir makes the names in a folder durable. Windows does so by itself and lets no
// folder be opened for it.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
