package sqlite

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
)

// LatestVersion is the schema version that this program makes.
const LatestVersion = latestVersion

// Exec runs a statement on the connection that writes.
func (s *Store) Exec(ctx context.Context, query string, args ...any) error {
	s.writing.mu.Lock()
	defer s.writing.mu.Unlock()
	_, err := s.writing.conn.ExecContext(ctx, query, args...)
	return err
}

// Connect makes the connection that writes with other options than it should have.
func Connect(ctx context.Context, dir string, change func(url.Values)) error {
	s := &Store{dir: dir}
	options := writerOptions()
	change(options)
	db, err := open(filepath.Join(dir, fileName), options, 1)
	if err != nil {
		return err
	}
	return s.problem(errors.Join(db.PingContext(ctx), db.Close()))
}
