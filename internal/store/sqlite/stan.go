package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// NextSTAN reserves the trace number of a message that is no transaction: a sign-on,
// an echo or a reconciliation. It is never given out again in the open batch.
func (s *Store) NextSTAN(ctx context.Context, terminal string) (stan till.STAN, err error) {
	err = s.write(ctx, func(c *commit) error {
		b, err := c.openBatch(terminal)
		if err != nil {
			return err
		}
		last, err := c.lastSTAN(terminal)
		if err != nil {
			return fmt.Errorf("reading the trace number of terminal %s: %w", terminal, err)
		}
		if stan, err = c.nextSTAN(terminal, counter{b.number, last}); err != nil {
			return err
		}
		return c.exec(`INSERT INTO network_stan (batch, terminal, stan) VALUES (?, ?, ?)`, b.number, terminal, int(stan))
	})
	return stan, err
}

// counter is where the trace numbers of a terminal stand.
type counter struct {
	batch int       // that is open
	last  till.STAN // that was given out; 0 is none
}

// nextSTAN counts on from the last number of the terminal, 1 after 999999, past those
// that were used in the batch and those of open transactions.
func (c *commit) nextSTAN(terminal string, from counter) (till.STAN, error) {
	stan := from.last
	for range till.MaxSTAN {
		stan = stan%till.MaxSTAN + 1
		used, err := c.isUsed(terminal, from.batch, stan)
		if err != nil {
			return 0, fmt.Errorf("looking for trace number %s: %w", stan, err)
		}
		if !used {
			return stan, c.exec(`INSERT INTO session (terminal, stan, signed_batch) VALUES (?, ?, 0) ON CONFLICT DO UPDATE SET stan = excluded.stan`,
				terminal, int(stan))
		}
	}
	return 0, store.BatchFull(from.batch)
}

func (c *commit) lastSTAN(terminal string) (last till.STAN, err error) {
	err = c.row(`SELECT stan FROM session WHERE terminal = ?`, terminal).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return last, err
}

func (c *commit) isUsed(terminal string, batch int, stan till.STAN) (used bool, err error) {
	err = c.row(`SELECT EXISTS (SELECT 1 FROM txn WHERE batch = ?1 AND terminal = ?2 AND stan = ?3)
			OR EXISTS (SELECT 1 FROM txn WHERE terminal = ?2 AND stan = ?3 AND `+isOpen+`)
			OR EXISTS (SELECT 1 FROM network_stan WHERE batch = ?1 AND terminal = ?2 AND stan = ?3)`, batch, terminal, int(stan)).Scan(&used)
	return used, err
}
