package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// PutStaff stores a member of the staff, a new one with version 0, and returns it as
// stored. If the store holds another version, nothing changes and the error wraps
// till.ErrStale. The hash of the PIN is in no journal row, see store.StaffRow. Where
// somebody could edit the staff, somebody still can: a change that takes the last of them
// away is a *till.Problem of till.CodeNotPermitted.
func (s *Store) PutStaff(ctx context.Context, m till.Staff, ch till.Change) (till.Staff, error) {
	if err := store.CheckStaff(m); err != nil {
		return till.Staff{}, err
	}
	err := s.edit(ctx, func(c *commit) (err error) {
		m.Version, err = c.nextVersion(store.AboutStaff, `SELECT version FROM staff WHERE id = ?`, string(m.ID), m.Version)
		if err != nil {
			return err
		}
		before, err := c.allStaff()
		if err != nil {
			return err
		}
		if err := c.putStaff(m, ch); err != nil {
			return err
		}
		after, err := c.allStaff()
		if err == nil && store.CountAdmins(before) > 0 && store.CountAdmins(after) == 0 {
			err = store.NoAdminLeft(m.ID)
		}
		return err
	})
	if err != nil {
		return till.Staff{}, err
	}
	return m, nil
}

func (c *commit) putStaff(m till.Staff, ch till.Change) error {
	said, err := store.StaffBody(m)
	if err != nil {
		return err
	}
	hash := m.PINHash
	m.PINHash = ""
	body, err := store.Body(store.AboutStaff, string(m.ID), m)
	if err != nil {
		return err
	}
	err = c.exec(`INSERT INTO staff (id, pin_hash, version, body) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET pin_hash = excluded.pin_hash, version = excluded.version, body = excluded.body`, string(m.ID), hash, m.Version, string(body))
	if err != nil {
		return fmt.Errorf("storing staff %s: %w", m.ID, err)
	}
	return c.appendChanged(store.AboutStaff, string(m.ID), said, ch)
}

// Staff reads a member of the staff, one that is gone too. One that is not there is a
// *till.Problem of till.CodeNotFound.
func (s *Store) Staff(ctx context.Context, id till.StaffID) (till.Staff, error) {
	m, err := scanStaff(s.reading.row(ctx, `SELECT pin_hash, version, body FROM staff WHERE id = ?`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return m, store.NoNoun(store.AboutStaff, string(id))
	}
	return m, s.problem(err)
}

// AllStaff reads all members of the staff by id, those that are gone too.
func (s *Store) AllStaff(ctx context.Context) ([]till.Staff, error) {
	all, err := scanAllStaff(s.reading.pool.QueryContext(ctx, selectAllStaff))
	return all, s.problem(err)
}

// allStaff reads them inside a commit.
func (c *commit) allStaff() ([]till.Staff, error) {
	all, err := scanAllStaff(c.rows(selectAllStaff))
	if err != nil {
		return nil, fmt.Errorf("reading the staff: %w", err)
	}
	return all, nil
}

const selectAllStaff = `SELECT pin_hash, version, body FROM staff ORDER BY id`

func scanAllStaff(rows *sql.Rows, err error) (all []till.Staff, _ error) {
	if err != nil {
		return nil, err
	}
	err = each(rows, func(row rowScanner) error {
		m, err := scanStaff(row)
		all = append(all, m)
		return err
	})
	return all, err
}

func scanStaff(row rowScanner) (m till.Staff, err error) {
	var hash string
	var version int
	var body []byte
	if err := row.Scan(&hash, &version, &body); err != nil {
		return m, err
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return m, fmt.Errorf("staff: %w", err)
	}
	if m.Version != version {
		return m, &damaged{why: fmt.Sprintf("staff %s: version %d, its body says %d", m.ID, version, m.Version)}
	}
	m.PINHash = hash
	return m, nil
}

// staff holds each member of the staff against the journal, and the hash of the PIN
// against its digest there.
func (v *verification) staff() error {
	return v.compare(store.AboutStaff, `SELECT count(*) FROM staff`, func(id string, said []byte) error {
		m, err := scanStaff(v.tx.QueryRowContext(v.ctx, `SELECT pin_hash, version, body FROM staff WHERE id = ?`, id))
		if err != nil {
			return err
		}
		held, err := store.StaffBody(m)
		if err != nil {
			return err
		}
		var journaled store.StaffRow
		return sameJSON(held, said, &journaled)
	})
}
