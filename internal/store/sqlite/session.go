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
	err := s.reading.row(ctx, `SELECT b.number, coalesce(s.signed_batch = b.number, 0), coalesce(s.keys, x''), coalesce(s.parameters, x'')
		FROM batch b LEFT JOIN session s ON s.terminal = b.terminal WHERE b.terminal = ? AND b.state = 'OPEN'`, terminal).Scan(&session.Batch, &session.SignedOn, &session.Keys, &session.Parameters)
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

// SaveKeys stores the working keys of a terminal as its host sent them, under the
// terminal's master key. They stay until the host sends others.
func (s *Store) SaveKeys(ctx context.Context, terminal string, keys []byte) error {
	return s.write(ctx, func(c *commit) error {
		return c.exec(`INSERT INTO session (terminal, stan, signed_batch, keys) VALUES (?, 0, 0, ?) ON CONFLICT DO UPDATE SET keys = excluded.keys`, terminal, keys)
	})
}

// SaveParameters stores what the host downloaded to a terminal, in the place of what was
// there.
func (s *Store) SaveParameters(ctx context.Context, terminal string, parameters []byte) error {
	return s.write(ctx, func(c *commit) error {
		return c.exec(`INSERT INTO session (terminal, stan, signed_batch, parameters) VALUES (?, 0, 0, ?) ON CONFLICT DO UPDATE SET parameters = excluded.parameters`, terminal, parameters)
	})
}
