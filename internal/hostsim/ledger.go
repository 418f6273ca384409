package hostsim

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed schema.sql
var schema string

const (
	ledgerFile    = "host.db"
	applicationID = 0x74686F73 // "thos", in the header of the file
	schemaVersion = 1
	lockWait      = 5 * time.Second // another till on the same folder commits in milliseconds
)

// ledger is the durable memory of the host: host.db and host.key in one folder.
type ledger struct {
	db   *sql.DB
	path string
	key  tokenKey
}

// openLedger opens or creates the ledger in dir. Several processes may do so at once.
func openLedger(ctx context.Context, dir string) (*ledger, error) {
	path := filepath.Join(dir, ledgerFile)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unusable(path, err)
	}
	connector, err := sqlite.NewConnector(dataSource(path))
	if err != nil {
		return nil, unusable(path, err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1) // one writer; a second connection could only wait for it
	l := &ledger{db: db, path: path}
	if err := l.prepare(ctx, dir); err != nil {
		_ = db.Close()
		return nil, ledgerProblem(path, err)
	}
	return l, nil
}

// dataSource is the URI of the ledger; the path is escaped because a folder may be
// called "50%?".
func dataSource(path string) string {
	slashed := filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		slashed = "/" + slashed // file:///C:/…
	}
	q := url.Values{
		"_txlock":       {"immediate"}, // a transaction that will write must not begin as a reader
		"_busy_timeout": {fmt.Sprint(lockWait.Milliseconds())},
		"_synchronous":  {"FULL"}, // an answer that was given survives a power cut
		"_foreign_keys": {"1"},
	}
	return "file:" + (&url.URL{Path: slashed}).EscapedPath() + "?" + q.Encode()
}

// prepare brings the file to the current schema and checks that it is as durable as
// the host promises.
func (l *ledger) prepare(ctx context.Context, dir string) error {
	if _, err := inspect(ctx, l.db); err != nil {
		return err // before the switch to WAL, which would write into a stranger's file
	}
	if err := l.journalAhead(ctx); err != nil {
		return err
	}
	err := l.write(ctx, func(tx *sql.Tx) error {
		if err := migrate(ctx, tx); err != nil {
			return err
		}
		// Inside the transaction, so that of two processes one makes the key.
		var err error
		l.key, err = loadKey(ctx, tx, dir)
		return err
	})
	if err != nil {
		return err
	}
	var synchronous int
	if err := l.db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous); err != nil {
		return err
	}
	if synchronous != 2 {
		return fmt.Errorf("PRAGMA synchronous is %d, want 2 (FULL)", synchronous)
	}
	return nil
}

// journalAhead puts the file into WAL mode. The switch needs the file alone and does
// not wait for a lock, so it is tried until the others have gone.
func (l *ledger) journalAhead(ctx context.Context) error {
	for deadline := time.Now().Add(lockWait); ; time.Sleep(5 * time.Millisecond) {
		var mode string
		err := l.db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		switch {
		case err == nil && mode == "wal":
			return nil
		case err == nil:
			return fmt.Errorf("PRAGMA journal_mode is %q, want wal: a network folder cannot hold the ledger", mode)
		case !isCode(err, sqlite3.SQLITE_BUSY) || time.Now().After(deadline) || ctx.Err() != nil:
			return err
		}
	}
}

// errNewer and errForeign are ledgers that must not be touched.
var (
	errNewer   = errors.New("made by a newer version")
	errForeign = errors.New("a database of another program")
)

// querier is what a database and a transaction have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// inspect reports whether the file is still empty, and refuses what is not ours. The
// tables are counted first: another process may be founding the ledger, and whoever sees
// its tables sees its header too.
func inspect(ctx context.Context, q querier) (empty bool, err error) {
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
	case id != applicationID:
		return false, errForeign
	case version > schemaVersion:
		return false, fmt.Errorf("%w: schema %d, this program knows %d", errNewer, version, schemaVersion)
	}
	return false, nil
}

// migrate creates the tables of an empty file.
func migrate(ctx context.Context, tx *sql.Tx) error {
	empty, err := inspect(ctx, tx)
	if err != nil || !empty {
		return err
	}
	header := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, schemaVersion)
	if _, err := tx.ExecContext(ctx, header+schema); err != nil {
		return fmt.Errorf("create tables: %w", err)
	}
	return nil
}

// errUncertain is a commit that failed in the middle: it may have happened.
var errUncertain = errors.New("commit failed, its outcome is not known")

// write runs do in one transaction that holds the ledger alone from its start. When do
// fails nothing has happened; errUncertain is the one error that leaves it open.
func (l *ledger) write(ctx context.Context, do func(*sql.Tx) error) error {
	// A terminal that hangs up must not tear a posting from its answer; the wait for
	// the lock is bounded by lockWait.
	ctx = context.WithoutCancel(ctx)
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%w: %w", errUncertain, err)
	}
	return nil
}

// close checkpoints and closes the file.
func (l *ledger) close() error {
	if err := l.db.Close(); err != nil {
		return fmt.Errorf("close %s: %w", l.path, err)
	}
	return nil
}

// isCode reports a SQLite error of one of the primary codes.
func isCode(err error, codes ...int) bool {
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
