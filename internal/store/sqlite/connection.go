package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
)

// busyTimeout is how long a program waits for another's commit.
const busyTimeout = 5 * time.Second

// busyMillis is busyTimeout as SQLite takes it.
func busyMillis() string { return strconv.FormatInt(busyTimeout.Milliseconds(), 10) }

// readers is the size of the reader pool.
const readers = 4

// connect makes the file if there is none, and the connections to it.
func (s *Store) connect(ctx context.Context) error {
	if err := s.makeFile(); err != nil {
		return err
	}
	var err error
	if s.writing.pool, err = open(s.Path(), s.opt.writerOptions(), 1, !s.opt.Unsynced); err != nil {
		return err
	}
	if s.reading.pool, err = open(s.Path(), readerOptions(), readers, false); err != nil {
		return err
	}
	return s.writing.pool.PingContext(ctx)
}

// open makes connections to a file; those that are durable are checked to be.
func open(path string, options url.Values, connections int, durable bool) (*sql.DB, error) {
	inner, err := sqlite.NewConnector(uri(path, options))
	if err != nil {
		return nil, fmt.Errorf("sqlite connector: %w", err)
	}
	db := sql.OpenDB(connector{Connector: inner, durable: durable})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// unsynced is the setting of a store that waits for no disk.
const unsynced = "synchronous(off)"

var errUnsynced = errors.New("a store that does not wait for the disk is for tests alone")

// writerOptions are those of the one connection that writes.
func (o Options) writerOptions() url.Values {
	options := writerOptions()
	if o.Unsynced {
		options.Add("_pragma", unsynced) // the last of two counts
	}
	return options
}

// writerOptions are those of the one connection that writes, whatever a test wants.
func writerOptions() url.Values {
	return url.Values{
		"_busy_timeout": {busyMillis()},
		"_txlock":       {"immediate"}, // of the transactions that goose begins; ours say it themselves
		"_defensive":    {"1"},         // no SQL may damage the file on purpose
		"_dqs":          {"0"},         // a misspelt column is an error and no string
		"_pragma": {
			"journal_mode(wal)",       // one fsync a commit, and readers never wait
			"synchronous(full)",       // WAL with less loses acknowledged commits when the power goes
			"fullfsync(1)",            // on macOS fsync alone leaves data in the drive's cache
			"checkpoint_fullfsync(1)", // the same for what is folded into the file
			"foreign_keys(1)",         // off by default
			"secure_delete(1)",        // a wiped image is overwritten and not just forgotten
			"trusted_schema(0)",       // triggers of a strange file run no functions with effects
		},
	}
}

// migratingOptions are those of the connection that brings the schema up to date: it may
// change a CHECK where the schema is written, which a defensive one may not.
func migratingOptions() url.Values {
	o := writerOptions()
	o.Del("_defensive")
	return o
}

// readerOptions are those of connections that cannot write.
func readerOptions() url.Values {
	return url.Values{
		"mode":          {"ro"},
		"_busy_timeout": {busyMillis()},
		"_dqs":          {"0"},
		"_pragma":       {"trusted_schema(0)"},
	}
}

// uri names a file to SQLite. On Windows a path with a drive becomes /C:/…
func uri(path string, options url.Values) string {
	path = filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" && !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options.Encode()
}

// connector refuses a connection whose commits would not be durable.
type connector struct {
	driver.Connector
	durable bool
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil || !c.durable {
		return conn, err
	}
	if err := checkDurable(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// checkDurable reads back what was set: SQLite ignores a pragma that it cannot obey.
func checkDurable(ctx context.Context, conn driver.Conn) error {
	for _, want := range []struct{ pragma, value string }{
		{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}, {"secure_delete", "1"},
	} {
		got, err := readPragma(ctx, conn, want.pragma)
		if err != nil {
			return fmt.Errorf("reading back %s: %w", want.pragma, err)
		}
		if got != want.value {
			return &notDurable{pragma: want.pragma, got: got, want: want.value}
		}
	}
	return nil
}

func readPragma(ctx context.Context, conn driver.Conn, pragma string) (string, error) {
	queryer, ok := conn.(driver.QueryerContext)
	if !ok {
		return "", fmt.Errorf("driver connection %T cannot be queried", conn)
	}
	rows, err := queryer.QueryContext(ctx, "PRAGMA "+pragma, nil)
	if err != nil {
		return "", err
	}
	value := make([]driver.Value, len(rows.Columns()))
	err = rows.Next(value)
	if closing := rows.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprint(value[0]), nil
}

// notDurable tells that SQLite did not take a setting that durability hangs on.
type notDurable struct{ pragma, got, want string }

// Error implements error.
func (n *notDurable) Error() string {
	return fmt.Sprintf("PRAGMA %s reads back %s, want %s", n.pragma, n.got, n.want)
}
