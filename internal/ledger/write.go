package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// Write runs do in a transaction that holds the ledger alone from its start, and returns
// when it is on the disk. Those who write at the same time share one COMMIT; what each does
// stands under a savepoint of its own, so that one that fails undoes nothing of another.
//
// When Write fails nothing has happened; ErrUncertain is the one error that leaves it open.
// Who asked and hung up must not tear a posting from its answer, so ctx ends nothing; the
// wait for the lock is bounded. do may run in another goroutine, while the caller waits,
// and must not use File.DB.
func (f *File) Write(_ context.Context, do func(*sql.Tx) error) error {
	return f.queue.Do(func() error { return do(f.group.tx) })
}

// group is the transaction of those who write at the same time.
type group struct {
	db *sql.DB
	tx *sql.Tx
}

// Begin implements groupcommit.Transaction.
func (g *group) Begin() (err error) {
	if g.tx, err = g.db.BeginTx(context.Background(), nil); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return nil
}

// Commit implements groupcommit.Transaction.
func (g *group) Commit() error { return uncertain(g.tx.Commit()) }

// Rollback implements groupcommit.Transaction.
func (g *group) Rollback() { _ = g.tx.Rollback() } // SQLite may have done so by itself

// IsOpen implements groupcommit.Transaction. SQLite begins no transaction within one.
func (g *group) IsOpen() bool { return g.exec("BEGIN") != nil }

// Savepoint implements groupcommit.Transaction.
func (g *group) Savepoint() error { return g.exec("SAVEPOINT member") }

// Release implements groupcommit.Transaction. It fails where the transaction has ended
// under a change that went on all the same.
func (g *group) Release() error { return uncertain(g.exec("RELEASE member")) }

// RollbackTo implements groupcommit.Transaction.
func (g *group) RollbackTo() error {
	if err := g.exec("ROLLBACK TO member"); err != nil {
		return err
	}
	return g.exec("RELEASE member")
}

func (g *group) exec(query string) error {
	_, err := g.tx.ExecContext(context.Background(), query)
	return err
}

func uncertain(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrUncertain, err)
}
