package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tillworks/till/internal/groupcommit"
	"github.com/tillworks/till/internal/store"
)

// writing is the one connection that writes, used by one commit at a time. It is held
// for good, since a statement stays compiled only on the connection that it was
// compiled on, and compiling costs more than running most of them.
type writing struct {
	pool  *sql.DB // of one connection
	queue *groupcommit.Queue

	mu         sync.Mutex // whoever leads a group holds it from BEGIN to the end
	conn       *sql.Conn
	statements map[string]*sql.Stmt

	chain *store.Chain // where the journal stood when this program last wrote, or read it; nil until then
	isNow bool         // and nobody else can have written since: it was read or written in the open transaction
}

// commit is the change of one caller within a writing transaction of SQLite. Only its
// methods write, and whatever they do becomes durable together or not at all.
type commit struct {
	ctx context.Context
	s   *Store

	at    time.Time    // when it is; zero until somebody asks
	chain *store.Chain // where the journal stands, or stood when isNow is false; nil until it is read
	isNow bool         // as in writing
}

// now is the moment of the commit, one for all that it writes.
func (c *commit) now() time.Time {
	if c.at.IsZero() {
		c.at = c.s.opt.Now().UTC().Round(0)
	}
	return c.at
}

// write runs change in a commit, which it shares with those who write at the same time:
// see groupcommit. Once it has begun it is not interrupted: it takes a fraction of a
// millisecond, and half an answer to "is it durable?" is none. change may run in another
// goroutine, while its caller waits.
func (s *Store) write(ctx context.Context, change func(c *commit) error) error {
	return s.problem(s.writing.queue.Do(func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		c := &commit{ctx: context.WithoutCancel(ctx), s: s, chain: s.writing.head(), isNow: s.writing.isNow}
		if err := change(c); err != nil {
			return err
		}
		s.writing.chain, s.writing.isNow = c.chain, c.isNow // only now: what is undone moves no head
		return nil
	}))
}

// head is a copy of where the journal stands, for a change that may be undone.
func (w *writing) head() *store.Chain {
	if w.chain == nil {
		return nil
	}
	chain := *w.chain
	return &chain
}

// take takes the connection out of its pool.
func (w *writing) take(ctx context.Context) (err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.statements = map[string]*sql.Stmt{}
	w.conn, err = w.pool.Conn(ctx)
	return err
}

// Begin implements groupcommit.Transaction. It takes the lock before the first read, or
// two that read first could not both write.
func (w *writing) Begin() error {
	w.mu.Lock()
	w.isNow = false // another program may have written
	err := w.run("BEGIN IMMEDIATE")
	if err != nil {
		w.mu.Unlock()
	}
	return err
}

// Commit implements groupcommit.Transaction.
func (w *writing) Commit() error {
	err := w.run("COMMIT")
	if err == nil {
		w.mu.Unlock()
	}
	return err
}

// Rollback implements groupcommit.Transaction. On a full disk SQLite has rolled back by
// itself and refuses this. Should it refuse for another reason, the next BEGIN fails and
// nothing is written at all.
func (w *writing) Rollback() {
	_ = w.run("ROLLBACK")
	w.chain = nil
	w.mu.Unlock()
}

// IsOpen implements groupcommit.Transaction. SQLite begins no transaction within one.
func (w *writing) IsOpen() bool { return w.run("BEGIN") != nil }

// Savepoint implements groupcommit.Transaction.
func (w *writing) Savepoint() error { return w.run("SAVEPOINT member") }

// Release implements groupcommit.Transaction.
func (w *writing) Release() error { return w.run("RELEASE member") }

// RollbackTo implements groupcommit.Transaction.
func (w *writing) RollbackTo() error {
	if err := w.run("ROLLBACK TO member"); err != nil {
		return err
	}
	return w.run("RELEASE member")
}

// run runs a statement that ends or begins something.
func (w *writing) run(query string) error {
	statement, err := w.prepared(context.Background(), query)
	if err != nil {
		return err
	}
	_, err = statement.ExecContext(context.Background())
	return err
}

// close closes the statements and the connection.
func (w *writing) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pool == nil {
		return nil
	}
	var errs []error
	for _, statement := range w.statements {
		errs = append(errs, statement.Close())
	}
	if w.conn != nil {
		errs = append(errs, w.conn.Close())
	}
	w.conn, w.statements = nil, nil
	return errors.Join(append(errs, w.pool.Close())...)
}

func (w *writing) prepared(ctx context.Context, query string) (statement, error) {
	if statement, ok := w.statements[query]; ok {
		return statement, nil
	}
	if w.conn == nil {
		return nil, errClosed
	}
	statement, err := w.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	w.statements[query] = statement
	return statement, nil
}

func (c *commit) exec(query string, args ...any) error {
	_, err := c.change(query, args...)
	return err
}

// change runs a statement and tells how many rows it changed.
func (c *commit) change(query string, args ...any) (int64, error) {
	statement, err := c.s.writing.prepared(c.ctx, query)
	if err != nil {
		return 0, err
	}
	result, err := statement.ExecContext(c.ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (c *commit) row(query string, args ...any) rowScanner {
	statement, err := c.s.writing.prepared(c.ctx, query)
	if err != nil {
		return failedRow{err}
	}
	return statement.QueryRowContext(c.ctx, args...)
}

func (c *commit) rows(query string, args ...any) (*sql.Rows, error) {
	statement, err := c.s.writing.prepared(c.ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(c.ctx, args...)
}

// append writes the next row of the journal, and a checkpoint where one is due.
func (c *commit) append(subject store.Subject, id string, body []byte) error {
	e, err := c.appendNext(subject, id, body)
	if err != nil {
		return fmt.Errorf("appending to the journal: %w", err)
	}
	if e.Seq%store.CheckpointEvery != 0 {
		return nil
	}
	return c.exec(`INSERT INTO checkpoint (seq, hash) VALUES (?, ?)`, e.Seq, e.Hash[:])
}

// appendNext writes the next row behind where this program left the journal. The journal
// takes no row but the one behind its last, so where another program has written meanwhile
// that is refused, and the head is read.
func (c *commit) appendNext(subject store.Subject, id string, body []byte) (store.Entry, error) {
	if c.chain != nil && !c.isNow {
		left := *c.chain
		e, err := c.insertRow(subject, id, body)
		if resultCode(err) != sqlite3.SQLITE_CONSTRAINT {
			c.isNow = err == nil
			return e, err
		}
		c.chain = &left
	}
	if _, err := c.head(); err != nil {
		return store.Entry{}, err
	}
	return c.insertRow(subject, id, body)
}

func (c *commit) insertRow(subject store.Subject, id string, body []byte) (store.Entry, error) {
	e := c.chain.Next(c.now(), subject, id, body)
	return e, c.exec(`INSERT INTO journal (seq, at, subject, id, body, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, e.At, string(e.Subject), e.ID, string(e.Body), e.Prev[:], e.Hash[:])
}

// head is where the journal stands. It is read once: nobody else writes meanwhile.
func (c *commit) head() (store.Chain, error) {
	if c.chain != nil && c.isNow {
		return *c.chain, nil
	}
	var chain store.Chain
	var hash []byte
	err := c.row(`SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1`).Scan(&chain.Seq, &hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return chain, fmt.Errorf("reading the journal's head: %w", err)
	}
	copy(chain.Head[:], hash)
	c.chain, c.isNow = &chain, true
	return chain, nil
}

// statement is a compiled *sql.Stmt that its user must not close.
type statement interface {
	ExecContext(ctx context.Context, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, args ...any) *sql.Row
}

// rowScanner is a *sql.Row, or what *sql.Rows stands at.
type rowScanner interface{ Scan(into ...any) error }

// failedRow is the row of a query that could not be compiled.
type failedRow struct{ err error }

// Scan implements rowScanner.
func (f failedRow) Scan(...any) error { return f.err }
