package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// CountTry counts one more wrong PIN of a member and gives the sum with it. It is durable
// when it returns, so that whoever calls it before the PIN is looked at, and clears it
// when the PIN was right, counts a try that is cut short too.
func (s *Store) CountTry(ctx context.Context, id till.StaffID, at time.Time) (tries till.PINTries, err error) {
	err = s.write(ctx, func(c *commit) error {
		if err := c.checkStaff(id); err != nil {
			return err
		}
		tries, err = scanTries(c.row(`INSERT INTO pin_try (staff, wrong, last_at) VALUES (?, 1, ?)
			ON CONFLICT DO UPDATE SET wrong = wrong + 1, last_at = excluded.last_at RETURNING wrong, last_at`, string(id), writeTime(at)))
		return err
	})
	if err != nil {
		return till.PINTries{}, err
	}
	return tries, nil
}

// Tries reads the wrong PINs of a member since the last right one.
func (s *Store) Tries(ctx context.Context, id till.StaffID) (till.PINTries, error) {
	tries, err := scanTries(s.reading.row(ctx, `SELECT wrong, last_at FROM pin_try WHERE staff = ?`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return till.PINTries{}, nil
	}
	return tries, s.problem(err)
}

// ClearTries forgets the wrong PINs of a member.
func (s *Store) ClearTries(ctx context.Context, id till.StaffID) error {
	return s.write(ctx, func(c *commit) error { return c.exec(`DELETE FROM pin_try WHERE staff = ?`, string(id)) })
}

func scanTries(row rowScanner) (tries till.PINTries, err error) {
	var at string
	if err := row.Scan(&tries.Wrong, &at); err != nil {
		return till.PINTries{}, err
	}
	tries.LastAt, err = readTime(at)
	return tries, err
}

// SignIn stores who is signed in at a terminal from a time on; an empty id is nobody. One
// who is not there is a *till.Problem of till.CodeNotFound, one who is gone of
// till.CodeNotPermitted.
func (s *Store) SignIn(ctx context.Context, terminal string, id till.StaffID, at time.Time) error {
	return s.write(ctx, func(c *commit) error {
		if id == "" {
			return c.exec(`DELETE FROM sign_in WHERE terminal = ?`, terminal)
		}
		if err := c.checkStaff(id); err != nil {
			return err
		}
		return c.exec(`INSERT INTO sign_in (terminal, staff, at) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET staff = excluded.staff, at = excluded.at`, terminal, string(id), writeTime(at))
	})
}

// SignedIn reads who is signed in at a terminal and since when; an empty id is nobody.
func (s *Store) SignedIn(ctx context.Context, terminal string) (id till.StaffID, since time.Time, err error) {
	var at string
	err = s.reading.row(ctx, `SELECT staff, at FROM sign_in WHERE terminal = ?`, terminal).Scan(&id, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, nil
	}
	if err != nil {
		return "", time.Time{}, s.problem(err)
	}
	since, err = readTime(at)
	return id, since, err
}

// checkStaff refuses somebody who does not work here.
func (c *commit) checkStaff(id till.StaffID) error {
	m, err := scanStaff(c.row(`SELECT pin_hash, version, body FROM staff WHERE id = ?`, string(id)))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return store.NoNoun(store.AboutStaff, string(id))
	case err != nil:
		return fmt.Errorf("looking for staff %s: %w", id, err)
	case m.Gone:
		return store.StaffGone(id)
	}
	return nil
}
