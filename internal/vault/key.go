package vault

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

// The files of a vault, in the folder keys.
const (
	folderName = "keys"
	rootName   = "root.key"
	idName     = "root.id"
	lockName   = "lock" // held while the two are made
	newSuffix  = ".new"
)

// lockWait is how long a program waits for another that is making the key.
const lockWait = 5 * time.Second

// openRoot reads the root key, or makes it where the shop has none.
func openRoot(dir string) ([]byte, error) {
	folder := filepath.Join(dir, folderName)
	root, err := readRoot(folder)
	if errors.Is(err, fs.ErrNotExist) {
		root, err = makeRoot(folder)
	}
	if err != nil {
		return nil, keyProblem(filepath.Join(folder, rootName), err)
	}
	return root, nil
}

// readRoot reads the key and holds it against its check value. It is fs.ErrNotExist
// where either is missing.
func readRoot(folder string) ([]byte, error) {
	root, err := readKey(filepath.Join(folder, rootName))
	if err != nil {
		return nil, err
	}
	noted, err := os.ReadFile(filepath.Join(folder, idName))
	if err != nil {
		clear(root)
		return nil, err
	}
	value, err := checkValue(root)
	if err != nil || subtle.ConstantTimeCompare([]byte(value), noted) != 1 {
		clear(root)
		return nil, errors.Join(errDamaged, err)
	}
	return root, nil
}

// readKey reads a key file that nobody else may read.
func readKey(path string) (key []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 { // Windows has no such bits: the folder's list counts there
		return nil, &exposed{mode: info.Mode().Perm()}
	}
	if !info.Mode().IsRegular() || info.Size() != keySize {
		return nil, errDamaged
	}
	key = make([]byte, keySize)
	_, err = io.ReadFull(f, key)
	return key, err
}

// makeRoot makes what is missing, one program at a time. The key comes first and its
// check value second: a key alone is the trace of a program that ended in between, a
// check value alone that of a key that was lost.
func makeRoot(folder string) (root []byte, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	unlock, err := lockFolder(folder)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	root, err = readRoot(folder)
	if !errors.Is(err, fs.ErrNotExist) { // another program was first
		return root, err
	}
	if root, err = keepOrDrawKey(folder); err != nil {
		return nil, err
	}
	value, err := checkValue(root)
	if err != nil {
		return nil, err
	}
	return root, writeOnce(folder, idName, []byte(value))
}

// keepOrDrawKey is the key of a making that was cut short, or a new one.
func keepOrDrawKey(folder string) ([]byte, error) {
	root, err := readKey(filepath.Join(folder, rootName))
	if !errors.Is(err, fs.ErrNotExist) {
		return root, err
	}
	if _, err := os.Stat(filepath.Join(folder, idName)); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(errLost, err)
	}
	root = make([]byte, keySize)
	if _, err := rand.Read(root); err != nil {
		return nil, err
	}
	return root, writeOnce(folder, rootName, root)
}

func lockFolder(folder string) (unlock func() error, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	lock := flock.New(filepath.Join(folder, lockName))
	if _, err := lock.TryLockContext(ctx, 5*time.Millisecond); err != nil {
		return nil, fmt.Errorf("waiting for %s: %w", lock.Path(), err)
	}
	return lock.Close, nil
}

// writeOnce makes a file that is either not there or whole, even if the power goes. The
// folder is locked, so what has the name of the new file is left from a making that was
// cut short.
func writeOnce(folder, name string, content []byte) error {
	path := filepath.Join(folder, name)
	if err := os.Remove(path + newSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path+newSuffix, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+newSuffix, path); err != nil {
		return err
	}
	return syncFolder(folder)
}

// syncFolder makes the names in a folder durable. Windows does so by itself and lets no
// folder be opened for it.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
