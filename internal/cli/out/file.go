package out

import (
	"errors"
	"os"
	"path/filepath"
)

// file is a file that appears whole or not at all: everything is written beside it
// under another name, flushed to the disk and renamed.
type file struct {
	*os.File
	path string
}

// create opens the temporary file in the folder of path. An existing file keeps its
// permissions; a new one is for its owner alone, since results may name cards.
func create(path string) (*file, error) {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, err
	}
	f := &file{File: temp, path: path}
	if info, err := os.Stat(path); err == nil {
		if err := temp.Chmod(info.Mode().Perm()); err != nil {
			return nil, errors.Join(err, f.discard())
		}
	}
	return f, nil
}

// commit makes the file appear.
func (f *file) commit() error {
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), f.path)
}

// discard leaves nothing behind.
func (f *file) discard() error {
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
