package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// reading is the pool of connections that cannot write, with the statements that were
// compiled for it: compiling one takes longer than reading a transaction.
type reading struct {
	pool *sql.DB

	mu         sync.Mutex
	statements map[string]*sql.Stmt
}

// row reads one row.
func (r *reading) row(ctx context.Context, query string, args ...any) rowScanner {
	statement, err := r.prepared(ctx, query)
	if err != nil {
		return failedRow{err}
	}
	return statement.QueryRowContext(ctx, args...)
}

// rows reads rows, which the caller closes.
func (r *reading) rows(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	statement, err := r.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

func (r *reading) prepared(ctx context.Context, query string) (statement, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if statement, ok := r.statements[query]; ok {
		return statement, nil
	}
	statement, err := r.pool.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if r.statements == nil {
		r.statements = map[string]*sql.Stmt{}
	}
	r.statements[query] = statement
	return statement, nil
}

// close closes the statements and the pool.
func (r *reading) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pool == nil {
		return nil
	}
	var errs []error
	for _, statement := range r.statements {
		errs = append(errs, statement.Close())
	}
	clear(r.statements)
	return errors.Join(append(errs, r.pool.Close())...)
}
