package sqlite

import (
	"context"
	"database/sql"
)

// source is what can be asked: a commit, the readers, or the snapshot of a verification.
type source interface {
	row(query string, args ...any) rowScanner
	rows(query string, args ...any) (*sql.Rows, error)
}

// asking is the pool of readers on behalf of one caller.
type asking struct {
	ctx     context.Context
	reading *reading
}

func (s *Store) asking(ctx context.Context) asking { return asking{ctx, &s.reading} }

func (a asking) row(query string, args ...any) rowScanner {
	return a.reading.row(a.ctx, query, args...)
}

func (a asking) rows(query string, args ...any) (*sql.Rows, error) {
	statement, err := a.reading.prepared(a.ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(a.ctx, args...)
}

// snapshot is one moment of the store.
type snapshot struct {
	ctx context.Context
	tx  *sql.Tx
}

func (s snapshot) row(query string, args ...any) rowScanner {
	return s.tx.QueryRowContext(s.ctx, query, args...)
}

func (s snapshot) rows(query string, args ...any) (*sql.Rows, error) {
	return s.tx.QueryContext(s.ctx, query, args...)
}

var (
	_ source = (*commit)(nil)
	_ source = asking{}
	_ source = snapshot{}
)
