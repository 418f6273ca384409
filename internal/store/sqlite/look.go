package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
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
// the store, or 0 where there is none yet.
func (s *Store) look(ctx context.Context) (int64, error) {
	if err := s.makeFolder(); err != nil {
		return 0, err
	}
	size, err := fileSize(s.Path())
	if err != nil {
		return 0, err
	}
	log, err := fileSize(s.path(fileName + "-wal"))
	if err != nil {
		return 0, err
	}
	if size == 0 && log == 0 {
		return 0, s.refuseEmptied()
	}
	h, err := s.readHeader(ctx, log == 0)
	if err != nil {
		return 0, err
	}
	return h.check()
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

// readHeader reads without writing. While nobody else has the store open there is no
// log, the file alone is the whole store, and it can be read without as much as a lock
// file beside it.
func (s *Store) readHeader(ctx context.Context, alone bool) (header, error) {
	options := url.Values{"mode": {"ro"}, "_busy_timeout": {busyTimeout}}
	if alone {
		options.Set("immutable", "1")
	}
	h, err := readHeader(ctx, uri(s.Path(), options))
	if err != nil && alone { // somebody may have opened it just now
		options.Del("immutable")
		return readHeader(ctx, uri(s.Path(), options))
	}
	return h, err
}

func readHeader(ctx context.Context, dsn string) (h header, err error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	for pragma, value := range map[string]*int64{
		"PRAGMA application_id": &h.application, "PRAGMA user_version": &h.version, "SELECT count(*) FROM sqlite_schema": &h.tables,
	} {
		if err := db.QueryRowContext(ctx, pragma).Scan(value); err != nil {
			return h, fmt.Errorf("%s: %w", pragma, err)
		}
	}
	return h, nil
}

// check reports the version of a store that this program can open.
func (h header) check() (int64, error) {
	switch {
	case h == header{}: // the file was made, and nothing was put into it
		return 0, nil
	case h.application != applicationID:
		return 0, &damaged{why: fmt.Sprintf("it is a SQLite file of something else: application id %#x, want %#x", h.application, applicationID)}
	case h.version > latestVersion:
		return 0, &newer{version: h.version}
	case h.version < 1:
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
