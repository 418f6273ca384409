package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// Txn reads one transaction; one that is not there is a *till.Problem of
// till.CodeNotFound.
func (s *Store) Txn(ctx context.Context, id till.TxnID) (till.Txn, error) {
	t, err := s.oneTxn(ctx, `t.id = ?`, string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return t, store.NoTxn(id)
	}
	return t, s.problem(err)
}

// TxnByKey reads the transaction of an idempotency key; a key that was never used is a
// *till.Problem of till.CodeNotFound.
func (s *Store) TxnByKey(ctx context.Context, key string) (till.Txn, error) {
	t, err := s.oneTxn(ctx, `t.idem_key = ?`, key)
	if errors.Is(err, sql.ErrNoRows) {
		return t, store.NoKey(key)
	}
	return t, s.problem(err)
}

func (s *Store) oneTxn(ctx context.Context, where string, arg string) (till.Txn, error) {
	return scanTxn(s.reading.row(ctx, `SELECT `+txnColumns+` FROM txn t WHERE `+where, arg))
}

// Txns reads the transactions that a filter selects, newest first by the order of
// their intents.
func (s *Store) Txns(ctx context.Context, f till.Filter) ([]till.Txn, error) {
	where, args := conditions(f)
	query := `SELECT ` + txnColumns + ` FROM txn t WHERE ` + where + ` ORDER BY t.seq DESC LIMIT ?` //nolint:gosec // conditions are texts of this file, what a user says is among the arguments
	rows, err := s.reading.pool.QueryContext(ctx, query, append(args, limit(f))...)
	if err != nil {
		return nil, s.problem(err)
	}
	all, err := scanTxns(rows)
	if err != nil {
		return nil, s.problem(fmt.Errorf("listing transactions: %w", err))
	}
	return all, nil
}

func conditions(f till.Filter) (where string, args []any) {
	parts := []string{"1"}
	if f.Batch != 0 {
		parts, args = append(parts, "t.batch = ?"), append(args, f.Batch)
	}
	if f.Kind != "" {
		parts, args = append(parts, "t.kind = ?"), append(args, string(f.Kind))
	}
	if len(f.States) > 0 {
		parts = append(parts, "t.state IN (?"+strings.Repeat(", ?", len(f.States)-1)+")")
		for _, state := range f.States {
			args = append(args, string(state))
		}
	}
	return strings.Join(parts, " AND "), args
}

// limit is -1, which SQLite takes for none, where the filter has none.
func limit(f till.Filter) int {
	if f.Limit <= 0 {
		return -1
	}
	return f.Limit
}

// Image is the sealed image of the transaction's reversal. It is empty where none was
// stored, and from the commit on that made the state final.
func (s *Store) Image(ctx context.Context, id till.TxnID) ([]byte, error) {
	var image []byte
	err := s.reading.row(ctx, `SELECT image FROM txn WHERE id = ?`, string(id)).Scan(&image)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, store.NoTxn(id)
	}
	return image, s.problem(err)
}
