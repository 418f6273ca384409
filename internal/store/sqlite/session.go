package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/tillworks/till/internal/till"
)

// Session tells how a terminal stands: its open batch, and whether it signed on in it.
// A terminal that is new gets its first batch.
func (s *Store) Session(ctx context.Context, terminal string) (till.Session, error) {
	session, err := s.readSession(ctx, terminal)
	if !errors.Is(err, sql.ErrNoRows) {
		return session, s.problem(err)
	}
	err = s.write(ctx, func(c *commit) error {
		_, err := c.openBatch(terminal)
		return err
	})
	if err != nil {
		return till.Session{}, err
	}
	session, err = s.readSession(ctx, terminal)
	return session, s.problem(err)
}

func (s *Store) readSession(ctx context.Context, terminal string) (till.Session, error) {
	session := till.Session{Terminal: terminal}
	err := s.reading.row(ctx, `SELECT b.number, coalesce(s.signed_batch = b.number, 0)
		FROM batch b LEFT JOIN session s ON s.terminal = b.terminal WHERE b.terminal = ? AND b.state = 'OPEN'`, terminal).Scan(&session.Batch, &session.SignedOn)
	return session, err
}

// SignedOn stores whether the terminal is signed on. It lasts until the terminal's
// batch closes.
func (s *Store) SignedOn(ctx context.Context, terminal string, on bool) error {
	return s.write(ctx, func(c *commit) error {
		b, err := c.openBatch(terminal)
		if err != nil {
			return err
		}
		signed := 0
		if on {
			signed = b.number
		}
		return c.exec(`INSERT INTO session (terminal, stan, signed_batch) VALUES (?, 0, ?) ON CONFLICT DO UPDATE SET signed_batch = excluded.signed_batch`,
			terminal, signed)
	})
}
