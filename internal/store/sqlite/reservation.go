package sqlite

import (
	"fmt"
	"time"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// goods are the stock moves of a ticket's lines, one for each SKU, in their order. What a
// sale takes out a void puts back, and the other way round for a return.
func goods(t till.Ticket, reason till.StockReason, at time.Time) []till.StockMove {
	var moves []till.StockMove
	index := map[till.SKU]int{}
	sign := till.Quantity(-1)
	if (t.Kind == till.TicketReturn) != (reason == till.StockVoid) {
		sign = 1
	}
	for _, l := range t.Lines {
		if !l.Tracked || l.SKU == "" {
			continue
		}
		i, ok := index[l.SKU]
		if !ok {
			i = len(moves)
			index[l.SKU] = i
			moves = append(moves, till.StockMove{SKU: l.SKU, Reason: reason, At: at, Staff: t.Staff, Document: string(t.ID)})
		}
		moves[i].Quantity += sign * l.Quantity
	}
	return moves
}

// reserve keeps back what a ticket that is being paid sells. It stays so, through crashes
// and restarts, until its transactions are settled.
func (c *commit) reserve(t till.Ticket) error {
	if t.Kind != till.TicketSale {
		return nil
	}
	for _, m := range goods(t, till.StockSale, t.At) {
		if err := c.exec(`INSERT INTO reservation (ticket, sku, quantity) VALUES (?, ?, ?)`, string(t.ID), string(m.SKU), -int64(m.Quantity)); err != nil {
			return fmt.Errorf("reserving %s for ticket %s: %w", m.SKU, t.ID, err)
		}
	}
	return nil
}

// release gives back what is kept for a ticket.
func (c *commit) release(id till.TicketID) error {
	if err := c.exec(`DELETE FROM reservation WHERE ticket = ?`, string(id)); err != nil {
		return fmt.Errorf("releasing the stock of ticket %s: %w", id, err)
	}
	return nil
}

// checkPoints refuses points of nobody, and to spend more than there are beside those that
// are being spent by other tickets.
func (c *commit) checkPoints(t till.Ticket) error {
	if t.Member == "" {
		return nil
	}
	for _, m := range pointsOf(t) {
		if err := store.CheckPoints(m); err != nil {
			return fmt.Errorf("ticket %s: %w", t.ID, err)
		}
	}
	held, err := c.points(t.Member)
	if err != nil || t.Kind != till.TicketSale || t.Redeemed == 0 {
		return err
	}
	rows, err := c.rows(selectTicket+`t.member = ? AND `+isPaying, string(t.Member))
	if err != nil {
		return err
	}
	paying, err := scanTickets(rows)
	if err != nil {
		return fmt.Errorf("reading what %s is paying: %w", t.Member, err)
	}
	for _, p := range paying {
		if p.Kind == till.TicketSale {
			held -= p.Redeemed
		}
	}
	if t.Redeemed > held {
		return store.NotEnoughPoints(t.Member, t.Redeemed, held)
	}
	return nil
}
