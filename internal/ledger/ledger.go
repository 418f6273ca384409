// Package ledger opens the SQLite file in which a simulator keeps its books: made with
// its tables on first use, in WAL mode with every commit on the disk, refused where it is
// another program's or a newer version's, and shared by any number of processes, one of
// which writes at a time.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tillworks/till/internal/groupcommit"
)

// The errors of files that must not be touched, and of a commit that failed in the
// middle: it may have happened.
var (
	ErrNewer     = errors.New("made by a newer version")
	ErrForeign   = errors.New("a database of another program")
	ErrUncertain = errors.New("commit failed, its outcome is not known")
)

// lockWait bounds the wait for another process, which commits in milliseconds.
const lockWait = 5 * time.Second

// Kind is what tells one program's ledger from another's, and its tables.
type Kind struct {
	ApplicationID int    // in the header of the file, 32 bits
	Version       int    // of the schema
	Schema        string // SQL that makes the tables of an empty file

	// Upgrades is SQL that brings the tables of an older version, by its number, to those of
	// Version. It runs in one transaction.
	Upgrades map[int]string

	// Unsynced waits for no disk: what was committed survives the end of the program and may
	// be lost when the power goes. It is for tests, and for measuring what the waiting costs.
	Unsynced bool
}

// File is an open ledger. It is safe for concurrent use.
type File struct {
	DB    *sql.DB // one connection: a second could only wait for it
	path  string
	kind  Kind
	group *group
	queue *groupcommit.Queue
}

// Querier is what a database and a transaction have in common.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Open opens the ledger at path, or founds it there. found runs in the transaction that
// founds or first sees it, so that of two processes one makes what belongs to it; it may
// be nil.
func Open(ctx context.Context, path string, kind Kind, found func(context.Context, *sql.Tx) error) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	inner, err := sqlite.NewConnector(kind.dataSource(path))
	if err != nil {
		return nil, err
	}
	f := &File{DB: sql.OpenDB(connector{inner}), path: path, kind: kind}
	f.DB.SetMaxOpenConns(1)
	f.group = &group{db: f.DB}
	f.queue = groupcommit.NewQueue(f.group)
	if err := f.prepare(ctx, found); err != nil {
		return nil, errors.Join(err, f.DB.Close())
	}
	return f, nil
}

// Path is the file.
func (f *File) Path() string { return f.path }

// Close checkpoints and closes the file.
func (f *File) Close() error {
	if err := f.DB.Close(); err != nil {
		return fmt.Errorf("close %s: %w", f.path, err)
	}
	return nil
}

// IsCode reports a SQLite error of one of the primary codes.
func IsCode(err error, codes ...int) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, c := range codes {
		if e.Code()&0xFF == c {
			return true
		}
	}
	return false
}

// dataSource is the URI of the ledger; the path is escaped because a folder may be
// called "50%?".
func (k Kind) dataSource(path string) string {
	slashed := filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		slashed = "/" + slashed // file:///C:/…
	}
	q := url.Values{
		"_busy_timeout": {fmt.Sprint(lockWait.Milliseconds())},
		"_synchronous":  {k.synchronous()},
		"_foreign_keys": {"1"},
	}
	return "file:" + (&url.URL{Path: slashed}).EscapedPath() + "?" + q.Encode()
}

// prepare brings the file to the current schema and checks that it is as durable as its
// owner promises.
func (f *File) prepare(ctx context.Context, found func(context.Context, *sql.Tx) error) error {
	if _, err := f.kind.inspect(ctx, f.DB); err != nil {
		return err // before the switch to WAL, which would write into a stranger's file
	}
	if err := f.journalAhead(ctx); err != nil {
		return err
	}
	err := f.Write(ctx, func(tx *sql.Tx) error {
		if err := f.kind.migrate(ctx, tx); err != nil || found == nil {
			return err
		}
		return found(ctx, tx)
	})
	if err != nil {
		return err
	}
	return f.checkDurable(ctx)
}

// checkDurable reads back what was set: SQLite ignores what it cannot obey.
func (f *File) checkDurable(ctx context.Context) error {
	var synchronous int
	if err := f.DB.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous); err != nil {
		return err
	}
	if want := f.kind.synchronous(); strconv.Itoa(synchronous) != want {
		return fmt.Errorf("PRAGMA synchronous is %d, want %s", synchronous, want)
	}
	return nil
}

// synchronous is FULL: an answer that was given survives a power cut.
func (k Kind) synchronous() string {
	if k.Unsynced {
		return "0"
	}
	return "2"
}

// journalAhead puts the file into WAL mode. The switch needs the file alone and does
// not wait for a lock, so it is tried until the others have gone.
func (f *File) journalAhead(ctx context.Context) error {
	for deadline := time.Now().Add(lockWait); ; time.Sleep(5 * time.Millisecond) {
		var mode string
		err := f.DB.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		switch {
		case err == nil && mode == "wal":
			return nil
		case err == nil:
			return fmt.Errorf("PRAGMA journal_mode is %q, want wal: a network folder cannot hold the ledger", mode)
		case !IsCode(err, sqlite3.SQLITE_BUSY) || time.Now().After(deadline) || ctx.Err() != nil:
			return err
		}
	}
}

// inspect reports whether the file is still empty, and refuses what is not ours. The
// tables are counted first: another process may be founding the ledger, and whoever sees
// its tables sees its header too.
func (k Kind) inspect(ctx context.Context, q Querier) (empty bool, err error) {
	var id, version, tables int
	err = errors.Join(
		q.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables),
		q.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id),
		q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version),
	)
	switch {
	case err != nil:
		return false, fmt.Errorf("read the header: %w", err)
	case tables == 0:
		return true, nil
	case id != k.ApplicationID:
		return false, ErrForeign
	case version > k.Version:
		return false, fmt.Errorf("%w: schema %d, this program knows %d", ErrNewer, version, k.Version)
	}
	return false, nil
}

// migrate creates the tables of an empty file, or brings those of an older version to the
// current one.
func (k Kind) migrate(ctx context.Context, tx *sql.Tx) error {
	empty, err := k.inspect(ctx, tx)
	if err != nil {
		return err
	}
	header := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", k.ApplicationID, k.Version)
	if !empty {
		return k.upgrade(ctx, tx, header)
	}
	if _, err := tx.ExecContext(ctx, header+k.Schema); err != nil {
		return fmt.Errorf("create tables: %w", err)
	}
	return nil
}

func (k Kind) upgrade(ctx context.Context, tx *sql.Tx, header string) error {
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil || version == k.Version {
		return err
	}
	change, ok := k.Upgrades[version]
	if !ok {
		return fmt.Errorf("tables of version %d: this program knows no way to those of version %d", version, k.Version)
	}
	if _, err := tx.ExecContext(ctx, header+change); err != nil {
		return fmt.Errorf("upgrade from version %d to %d: %w", version, k.Version, err)
	}
	return nil
}
