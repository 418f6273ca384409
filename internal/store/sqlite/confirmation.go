package sqlite

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// owesConfirmation notes, in the commit that ends a transaction, that the host is to be
// told what became of the issuer's scripts.
func (c *commit) owesConfirmation(t till.Txn) error {
	if t.Chip == nil || len(t.Chip.Scripts) == 0 || t.State != till.Approved && t.State != till.Declined {
		return nil
	}
	return c.exec(`INSERT INTO confirmation (txn, attempts, code) VALUES (?, 0, '') ON CONFLICT DO NOTHING`, string(t.ID))
}

// Confirmations are what the host of a terminal is still to be told of the issuer's
// scripts, oldest first.
func (s *Store) Confirmations(ctx context.Context, terminal string) (all []till.Confirmation, err error) {
	rows, err := s.reading.pool.QueryContext(ctx, `SELECT f.seq, f.attempts, f.txn FROM confirmation f JOIN txn t ON t.id = f.txn
		WHERE f.code = '' AND t.terminal = ? ORDER BY f.seq`, terminal)
	if err != nil {
		return nil, s.problem(err)
	}
	err = each(rows, func(row rowScanner) error {
		var f till.Confirmation
		err := row.Scan(&f.Seq, &f.Attempts, &f.Txn.ID)
		all = append(all, f)
		return err
	})
	if err != nil {
		return nil, s.problem(fmt.Errorf("reading the script results to tell: %w", err))
	}
	for i := range all {
		if all[i].Txn, err = s.Txn(ctx, all[i].Txn.ID); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// CountConfirmation makes it durable that the host is about to be told once more.
func (s *Store) CountConfirmation(ctx context.Context, seq int) error {
	return s.write(ctx, func(c *commit) error {
		return c.exec(`UPDATE confirmation SET attempts = attempts + 1 WHERE seq = ?`, seq)
	})
}

// EndConfirmation keeps the host's acknowledgement, and says so in the journal.
func (s *Store) EndConfirmation(ctx context.Context, seq int, responseCode string) error {
	return s.write(ctx, func(c *commit) error {
		var id string
		if err := c.row(`SELECT txn FROM confirmation WHERE seq = ?`, seq).Scan(&id); err != nil {
			return fmt.Errorf("script result %d: %w", seq, err)
		}
		if err := c.exec(`UPDATE confirmation SET code = ? WHERE seq = ?`, responseCode, seq); err != nil {
			return err
		}
		body, err := store.NoteBody("script result told to the host, response code " + responseCode)
		if err != nil {
			return err
		}
		return c.append(store.AboutNote, id, body)
	})
}
