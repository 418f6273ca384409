package sqlite

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// PutProgramme stores a promotion, a new one with version 0, and returns it as stored. If
// the store holds another version, nothing changes and the error wraps till.ErrStale. One
// that is gone is begun anew with version 0.
func (s *Store) PutProgramme(ctx context.Context, p till.Programme, ch till.Change) (till.Programme, error) {
	if p.ID == "" {
		return till.Programme{}, fmt.Errorf("promotion %q lacks an id", p.Name)
	}
	err := s.edit(ctx, func(c *commit) (err error) {
		p, err = c.putProgramme(p, ch)
		return err
	})
	if err != nil {
		return till.Programme{}, err
	}
	return p, nil
}

func (c *commit) putProgramme(p till.Programme, ch till.Change) (till.Programme, error) {
	version, err := c.nextLiving(store.AboutProgramme, `SELECT version, gone FROM programme WHERE id = ?`, string(p.ID), p.Version)
	if err != nil {
		return p, err
	}
	p.Version = version
	body, err := store.Body(store.AboutProgramme, string(p.ID), p)
	if err != nil {
		return p, err
	}
	err = c.exec(`INSERT INTO programme (id, gone, version, body) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET gone = excluded.gone, version = excluded.version, body = excluded.body`, string(p.ID), p.Gone, p.Version, string(body))
	if err != nil {
		return p, fmt.Errorf("storing promotion %s: %w", p.ID, err)
	}
	if err := c.appendChanged(store.AboutProgramme, string(p.ID), body, ch); err != nil {
		return p, err
	}
	return asStored[till.Programme](body)
}

// Programmes reads the promotions that are not gone, paused ones too, in the order in
// which they were first stored.
func (s *Store) Programmes(ctx context.Context) ([]till.Programme, error) {
	rows, err := s.reading.pool.QueryContext(ctx, `SELECT body FROM programme WHERE gone = 0 ORDER BY seq`)
	if err != nil {
		return nil, s.problem(err)
	}
	all, err := scanNouns[till.Programme](rows)
	return all, s.problem(err)
}

// programmes holds each promotion against the journal.
func (v *verification) programmes() error {
	return v.compare(store.AboutProgramme, `SELECT count(*) FROM programme`, func(id string, said []byte) error {
		var held struct {
			gone    bool
			version int
			body    string
		}
		err := v.tx.QueryRowContext(v.ctx, `SELECT gone, version, body FROM programme WHERE id = ?`, id).Scan(&held.gone, &held.version, &held.body)
		if err != nil {
			return err
		}
		var journaled till.Programme
		if err := sameJSON([]byte(held.body), said, &journaled); err != nil {
			return err
		}
		return sameColumns(held.gone == journaled.Gone && held.version == journaled.Version)
	})
}
