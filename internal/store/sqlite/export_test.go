package sqlite

import "context"

// LatestVersion is the schema version that this program makes.
const LatestVersion = latestVersion

// Exec runs a statement on the connection that writes.
func (s *Store) Exec(ctx context.Context, query string, args ...any) error {
	s.writing.mu.Lock()
	defer s.writing.mu.Unlock()
	_, err := s.writing.conn.ExecContext(ctx, query, args...)
	return err
}
