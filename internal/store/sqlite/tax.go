package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// PutTaxClass stores a tax class, a new one with version 0, and returns it as stored. If
// the store holds another version, nothing changes and the error wraps till.ErrStale. One
// that is gone is begun anew with version 0. A class that becomes the default takes that
// from the one that was, in the same commit.
func (s *Store) PutTaxClass(ctx context.Context, t till.TaxClass, ch till.Change) (till.TaxClass, error) {
	if t.Code == "" || t.Default && t.Gone {
		return till.TaxClass{}, fmt.Errorf("tax class %q: default %t, gone %t; want a code, and not both", t.Code, t.Default, t.Gone)
	}
	err := s.edit(ctx, func(c *commit) (err error) {
		if t.Default {
			if err := c.yieldDefault(t.Code, ch); err != nil {
				return err
			}
		}
		t, err = c.putTaxClass(t, ch)
		return err
	})
	if err != nil {
		return till.TaxClass{}, err
	}
	return t, nil
}

// yieldDefault makes another class than code that is the default an ordinary one.
func (c *commit) yieldDefault(code string, ch till.Change) error {
	held, err := scanNoun[till.TaxClass](c.row(`SELECT body FROM tax_class WHERE is_default = 1`))
	if errors.Is(err, sql.ErrNoRows) || err == nil && held.Code == code {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for the default tax class: %w", err)
	}
	held.Default = false
	_, err = c.putTaxClass(held, ch)
	return err
}

func (c *commit) putTaxClass(t till.TaxClass, ch till.Change) (till.TaxClass, error) {
	version, err := c.nextLiving(store.AboutTaxClass, `SELECT version, gone FROM tax_class WHERE id = ?`, t.Code, t.Version)
	if err != nil {
		return t, err
	}
	t.Version = version
	body, err := store.Body(store.AboutTaxClass, t.Code, t)
	if err != nil {
		return t, err
	}
	err = c.exec(`INSERT INTO tax_class (id, gone, is_default, version, body) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET gone = excluded.gone, is_default = excluded.is_default, version = excluded.version, body = excluded.body`,
		t.Code, t.Gone, t.Default, t.Version, string(body))
	if err != nil {
		return t, fmt.Errorf("storing tax class %s: %w", t.Code, err)
	}
	if err := c.appendChanged(store.AboutTaxClass, t.Code, body, ch); err != nil {
		return t, err
	}
	return asStored[till.TaxClass](body)
}

// TaxClasses reads the tax classes that are not gone, in the order in which they were
// first stored.
func (s *Store) TaxClasses(ctx context.Context) ([]till.TaxClass, error) {
	rows, err := s.reading.pool.QueryContext(ctx, `SELECT body FROM tax_class WHERE gone = 0 ORDER BY seq`)
	if err != nil {
		return nil, s.problem(err)
	}
	all, err := scanNouns[till.TaxClass](rows)
	return all, s.problem(err)
}

// taxClasses holds each tax class against the journal.
func (v *verification) taxClasses() error {
	return v.compare(store.AboutTaxClass, `SELECT count(*) FROM tax_class`, func(id string, said []byte) error {
		var held struct {
			gone, isDefault bool
			version         int
			body            string
		}
		err := v.tx.QueryRowContext(v.ctx, `SELECT gone, is_default, version, body FROM tax_class WHERE id = ?`, id).Scan(&held.gone, &held.isDefault, &held.version, &held.body)
		if err != nil {
			return err
		}
		var journaled till.TaxClass
		if err := sameJSON([]byte(held.body), said, &journaled); err != nil {
			return err
		}
		return sameColumns(held.gone == journaled.Gone && held.isDefault == journaled.Default && held.version == journaled.Version)
	})
}
