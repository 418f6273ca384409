package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// Import takes tickets that were paid in the past into the books, all of them in one
// commit or none, oldest first. They move all that a sale of today moves, by the same
// code, at their own business days; a host is told nothing of them. It is for shops that
// bring their history, for examples and for measuring: a thousand tickets a call cost
// little more than one.
func (s *Store) Import(ctx context.Context, tickets []till.Past) error {
	return s.edit(ctx, func(c *commit) error {
		for _, p := range tickets {
			if err := c.take(p); err != nil {
				return fmt.Errorf("importing ticket %s: %w", p.Ticket.ID, err)
			}
		}
		return nil
	})
}

// take takes one ticket of the past in, at its time.
func (c *commit) take(p till.Past) error {
	if len(p.Txns) == 0 || p.At.IsZero() {
		return errors.New("it lacks a time, or what paid for it")
	}
	c.at = p.At.UTC().Round(0)
	brought := &p.Ticket
	for _, x := range p.Txns {
		if x.State != till.Approved || x.Ticket != p.Ticket.ID {
			return fmt.Errorf("transaction %s is %s, of ticket %q; want APPROVED and of this one", x.ID, x.State, x.Ticket)
		}
		if err := store.CheckTxn(x); err != nil {
			return err
		}
		if _, err := c.begin(normal(x), till.NewTxn{Ticket: brought}, ""); err != nil {
			return err
		}
		brought = nil
	}
	if t, err := c.ticket(p.Ticket.ID); err != nil || t.State != till.TicketDone {
		return errors.Join(err, fmt.Errorf("it is %s after %d transactions, want DONE", t.State, len(p.Txns)))
	}
	return nil
}
