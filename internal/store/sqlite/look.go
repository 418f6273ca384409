package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// applicationID marks a SQLite file as a store: "TILL" in its header.
const applicationID = 0x54494C4C

// header is what tells whose file it is.
type header struct {
	application int64
	version     int64
	tables      int64
}

// look finds out, before anything is written, what is in the folder: the version of
// the store, or 0 where there is none yet. What this program must not touch, or cannot
// trust, is refused.
func (s *Store) look(ctx context.Context) (version int64, err error) {
	if err := s.makeFolder(); err != nil {
		return 0, err
	}
	size, err := fileSize(s.Path())
	if err != nil {
		return 0, err
	}
	inUse, err := s.hasLog()
	if err != nil {
		return 0, err
	}
	if size == 0 && !inUse {
		return 0, s.refuseEmptied()
	}
	version, err = lookInto(ctx, s.Path(), !inUse)
	if err == nil || inUse {
		return version, err
	}
	if inUse, _ = s.hasLog(); inUse { // somebody has opened it just now
		return lookInto(ctx, s.Path(), false)
	}
	return version, err
}

// hasLog reports that the file alone is not the whole store: somebody has it open, or
// ended without closing it.
func (s *Store) hasLog() (bool, error) {
	size, err := fileSize(s.path(fileName + "-wal"))
	return size > 0, err
}

// refuseEmptied tells a store that lost its file from a folder that never had one: the
// reserve is the last thing made with a store, and never removed.
func (s *Store) refuseEmptied() error {
	_, err := os.Stat(s.path(reserveName))
	switch {
	case err == nil:
		return &damaged{why: "the file is missing or empty, though there was a store here"}
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

// lookInto reads without writing. A file that nobody has open can be read without as
// much as a lock file beside it (SQLite calls that immutable).
func lookInto(ctx context.Context, path string, alone bool) (version int64, err error) {
	options := readerOptions()
	if alone {
		options.Set("immutable", "1")
	}
	db, err := open(path, options, 1, false)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	h, err := readHeader(ctx, db)
	if err != nil {
		return 0, err
	}
	if version, err = h.check(); err != nil || version == 0 {
		return version, err
	}
	return version, verifyTail(ctx, db)
}

// readHeader counts the tables first: another program may be making the store, and
// whoever sees its tables sees its header too.
func readHeader(ctx context.Context, db *sql.DB) (h header, err error) {
	for _, field := range []struct {
		query string
		value *int64
	}{
		{"SELECT count(*) FROM sqlite_schema", &h.tables}, {"PRAGMA application_id", &h.application}, {"PRAGMA user_version", &h.version},
	} {
		if err := db.QueryRowContext(ctx, field.query).Scan(field.value); err != nil {
			return h, fmt.Errorf("%s: %w", field.query, err)
		}
	}
	return h, nil
}

// check reports the version of a store that this program can open; 0 is one whose
// making has not begun, or was cut short.
func (h header) check() (int64, error) {
	switch {
	case h == header{}:
		return 0, nil
	case h.application != applicationID:
		return 0, &damaged{why: fmt.Sprintf("it is a SQLite file of something else: application id %#x, want %#x", h.application, applicationID)}
	case h.version > latestVersion:
		return 0, &newer{version: h.version}
	case h.version < 0:
		return 0, &damaged{why: fmt.Sprintf("schema version %d, want 1 to %d", h.version, latestVersion)}
	}
	return h.version, nil
}

// fileSize is 0 for a file that does not exist.
func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
