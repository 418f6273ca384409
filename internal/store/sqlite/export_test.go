package sqlite

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
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

// Move moves stock and points in one commit, as a ticket does.
func (s *Store) Move(ctx context.Context, stock till.StockMove, points till.PointsMove) error {
	return s.write(ctx, func(c *commit) error {
		if err := c.moveStock([]till.StockMove{stock}); err != nil {
			return err
		}
		return c.movePoints(points)
	})
}

// AppendAndFail writes a row of the journal in a commit, and then fails.
func (s *Store) AppendAndFail(ctx context.Context, cause error) error {
	return s.write(ctx, func(c *commit) error {
		return errors.Join(c.append(store.AboutNote, "none", []byte(`{}`)), cause)
	})
}

// Connect makes the connection that writes with other options than it should have.
func Connect(ctx context.Context, dir string, change func(url.Values)) error {
	s := &Store{dir: dir}
	options := writerOptions()
	change(options)
	db, err := open(filepath.Join(dir, fileName), options, 1, true)
	if err != nil {
		return err
	}
	return s.problem(errors.Join(db.PingContext(ctx), db.Close()))
}

// Cover says which periods of the items are read for a range, each with its sign.
func Cover(from, to till.Day) string {
	var all strings.Builder
	for _, p := range cover(from, to) {
		fmt.Fprintf(&all, "%+d ", p.sign*int64(p.period))
	}
	return all.String()
}
