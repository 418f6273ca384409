package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// SaveTicket holds a ticket: it stores one that is new, or an open one again, as OPEN. A
// known idempotency key of a new one is a *till.TicketReplay with the stored ticket. A
// return is held against what it takes back, as in Begin; one that is being paid or at an
// end is refused with a *till.Problem.
func (s *Store) SaveTicket(ctx context.Context, t till.Ticket) (till.Ticket, error) {
	return s.changeTicket(ctx, func(c *commit) (till.Ticket, error) {
		held, err := c.newTicket(t)
		if err != nil {
			return held, err
		}
		return held, c.putTicket(&held)
	})
}

// CompleteTicket stores and completes in one commit a ticket of which nothing is to be
// paid, with all that a payment would have moved.
func (s *Store) CompleteTicket(ctx context.Context, t till.Ticket) (till.Ticket, error) {
	if t.Total.Minor() != 0 {
		return till.Ticket{}, fmt.Errorf("ticket %s: total %s, want none: Begin takes what is to be paid", t.ID, t.Total)
	}
	return s.changeTicket(ctx, func(c *commit) (till.Ticket, error) {
		held, err := c.newTicket(t)
		if err != nil {
			return held, err
		}
		if err := c.admit(held); err != nil {
			return held, err
		}
		if held.Shift, err = c.shiftAt(held.Terminal); err != nil {
			return held, err
		}
		if err := c.complete(&held, nil); err != nil {
			return held, err
		}
		return held, c.putTicket(&held)
	})
}

// CancelTicket gives up a ticket that is OPEN. One that is being paid is a *till.Problem
// of till.CodePending or till.CodeNotPermitted that names what is in the way.
func (s *Store) CancelTicket(ctx context.Context, id till.TicketID, ch till.Change) (till.Ticket, error) {
	return s.changeTicket(ctx, func(c *commit) (till.Ticket, error) {
		t, err := c.ticket(id)
		if err != nil {
			return t, err
		}
		if err := c.checkOpen(t); err != nil {
			return t, err
		}
		t.State, t.Basket = till.TicketCanceled, nil
		if ch.Reason != "" {
			t.Reason = ch.Reason
		}
		if ch.Approver != "" {
			t.Approver = ch.Approver
		}
		return t, c.putTicket(&t)
	})
}

// changeTicket runs a change of one ticket in one commit.
func (s *Store) changeTicket(ctx context.Context, change func(c *commit) (till.Ticket, error)) (t till.Ticket, err error) {
	err = s.edit(ctx, func(c *commit) error {
		t, err = change(c)
		return err
	})
	if err != nil {
		return till.Ticket{}, err
	}
	return t, nil
}

// Ticket reads a ticket with what has come back of its lines and what covers it. One that
// is not there is a *till.Problem of till.CodeNotFound.
func (s *Store) Ticket(ctx context.Context, id till.TicketID) (till.Ticket, error) {
	t, err := ticketWhere(s.asking(ctx), `t.id = ?`, string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return t, store.NoTicket(id)
	}
	return t, s.problem(err)
}

// TicketByKey reads the ticket of an idempotency key; a key that was never used is a
// *till.Problem of till.CodeNotFound.
func (s *Store) TicketByKey(ctx context.Context, key string) (till.Ticket, error) {
	t, err := ticketWhere(s.asking(ctx), `t.idem_key = ?`, key)
	if errors.Is(err, sql.ErrNoRows) {
		return t, store.NoTicketKey(key)
	}
	return t, s.problem(err)
}

// Tickets reads the tickets that a filter selects, newest first by the order in which
// they were first stored.
func (s *Store) Tickets(ctx context.Context, f till.TicketFilter) ([]till.Ticket, error) {
	where, args := ticketConditions(f)
	rows, err := s.reading.pool.QueryContext(ctx, selectTicket+where+` ORDER BY t.seq DESC LIMIT ?`, append(args, limitOf(f.Limit))...)
	if err != nil {
		return nil, s.problem(err)
	}
	all, err := scanTickets(rows)
	if err != nil {
		return nil, s.problem(fmt.Errorf("listing tickets: %w", err))
	}
	for i := range all {
		if err := all[i].addReturned(s.asking(ctx)); err != nil {
			return nil, s.problem(err)
		}
	}
	return bare(all), nil
}

func ticketConditions(f till.TicketFilter) (where string, args []any) {
	parts := []string{"1"}
	for _, c := range []struct {
		column, value string
	}{
		{"t.kind", string(f.Kind)}, {"t.staff", string(f.Staff)}, {"t.member <> '' AND t.member", string(f.Member)}, {"t.original", string(f.Original)},
	} {
		if c.value != "" {
			parts, args = append(parts, c.column+" = ?"), append(args, c.value)
		}
	}
	if f.Day != 0 {
		parts, args = append(parts, "t.day <> 0 AND t.day = ?"), append(args, int(f.Day))
	}
	if len(f.States) > 0 {
		parts = append(parts, "t.state IN (?"+strings.Repeat(", ?", len(f.States)-1)+")")
		for _, state := range f.States {
			args = append(args, string(state))
		}
	}
	return strings.Join(parts, " AND "), args
}

// TicketTxns reads the transactions that name a ticket, voids among them, oldest first.
func (s *Store) TicketTxns(ctx context.Context, id till.TicketID) ([]till.Txn, error) {
	if _, err := s.Ticket(ctx, id); err != nil {
		return nil, err
	}
	all, err := ticketTxns(s.asking(ctx), id)
	return all, s.problem(err)
}

func ticketTxns(from source, id till.TicketID) ([]till.Txn, error) {
	rows, err := from.rows(`SELECT `+txnColumns+` FROM txn t WHERE t.ticket = ? ORDER BY t.seq`, string(id))
	if err != nil {
		return nil, err
	}
	all, err := scanTxns(rows)
	if err != nil {
		return nil, fmt.Errorf("reading the transactions of ticket %s: %w", id, err)
	}
	return all, nil
}

// selectTicket reads a ticket from the journal, where its body stands, with what is
// derived: how much of it is covered, and whether there are returns of it.
const selectTicket = `SELECT j.body,
	coalesce((SELECT sum(x.minor - x.rounding) FROM txn x WHERE x.ticket = t.id AND x.kind <> 'void' AND x.state IN ('APPROVED', 'ADVICE')
		AND NOT EXISTS (SELECT 1 FROM txn v WHERE v.original = x.id AND v.kind = 'void' AND v.state IN ('APPROVED', 'ADVICE'))), 0),
	EXISTS (SELECT 1 FROM ticket r WHERE r.original = t.id AND r.state NOT IN ('VOIDED', 'CANCELED'))
	FROM ticket t JOIN journal j ON j.seq = t.row WHERE `

// isPaying selects the tickets that are being paid. SQLite takes an index of some rows only
// where its condition stands in the query word for word; so do the other conditions here
// that say a thing twice.
const isPaying = `t.state IN ('OPEN', 'PAYING') AND t.state = 'PAYING'`

// ticketRow is a ticket as read.
type ticketRow struct {
	till.Ticket
	hasReturns bool
}

func ticketWhere(from source, where, arg string) (till.Ticket, error) {
	row, err := scanTicket(from.row(selectTicket+where, arg))
	if err != nil {
		return till.Ticket{}, err
	}
	return row.Ticket, row.addReturned(from)
}

func scanTicket(row rowScanner) (ticketRow, error) {
	var t ticketRow
	var body []byte
	var paid int64
	if err := row.Scan(&body, &paid, &t.hasReturns); err != nil {
		return t, err
	}
	if err := json.Unmarshal(body, &t.Ticket); err != nil {
		return t, fmt.Errorf("body of a ticket: %w", err)
	}
	t.Paid = money.New(paid, t.Total.Currency())
	return t, nil
}

func scanTickets(rows *sql.Rows) (all []ticketRow, err error) {
	err = each(rows, func(row rowScanner) error {
		t, err := scanTicket(row)
		all = append(all, t)
		return err
	})
	return all, err
}

func bare(rows []ticketRow) []till.Ticket {
	var all []till.Ticket
	for _, t := range rows {
		all = append(all, t.Ticket)
	}
	return all
}

// addReturned adds what has come back of the lines of a sale, or is coming.
func (t *ticketRow) addReturned(from source) (err error) {
	if t.hasReturns {
		t.Returned, err = returnedOf(from, t.ID, "")
	}
	return err
}

// returnedOf sums the lines of the returns of a sale that stand, but for one.
func returnedOf(from source, sold, but till.TicketID) (map[int]till.Quantity, error) {
	returns, err := returnsOf(from, sold)
	if err != nil {
		return nil, err
	}
	sum := map[int]till.Quantity{}
	for _, r := range returns {
		if r.ID == but {
			continue
		}
		for _, l := range r.Lines {
			sum[l.Origin] += l.Quantity
		}
	}
	return sum, nil
}

// returnsOf are the returns of a sale that are neither voided nor canceled.
func returnsOf(from source, sold till.TicketID) ([]till.Ticket, error) {
	rows, err := from.rows(selectTicket+`t.original = ? AND t.state NOT IN ('VOIDED', 'CANCELED') ORDER BY t.seq`, string(sold))
	if err != nil {
		return nil, err
	}
	all, err := scanTickets(rows)
	if err != nil {
		return nil, fmt.Errorf("reading the returns of ticket %s: %w", sold, err)
	}
	return bare(all), nil
}

// ticket reads a ticket inside a commit.
func (c *commit) ticket(id till.TicketID) (till.Ticket, error) {
	t, err := ticketWhere(c, `t.id = ?`, string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return t, store.NoTicket(id)
	}
	return t, err
}

// newTicket is a ticket that a caller brings, as OPEN and not yet stored: one that is new,
// or one that is open and is priced again.
func (c *commit) newTicket(t till.Ticket) (till.Ticket, error) {
	if err := store.CheckTicket(t); err != nil {
		return t, err
	}
	t = normalTicket(t)
	held, err := ticketWhere(c, `t.idem_key = ?`, t.Key)
	switch {
	case errors.Is(err, sql.ErrNoRows) && t.Version != 0:
		return t, store.NoTicket(t.ID)
	case errors.Is(err, sql.ErrNoRows):
		return t, c.checkReturn(t)
	case err != nil:
		return t, fmt.Errorf("looking for the idempotency key: %w", err)
	case t.Version == 0:
		return t, &till.TicketReplay{Ticket: held}
	case held.ID != t.ID || held.Kind != t.Kind || held.Original != t.Original:
		return t, fmt.Errorf("ticket %s: id, key, kind and original never change", t.ID)
	case held.Version != t.Version:
		return t, store.StaleTicket(t.ID, t.Version, held.Version)
	}
	if err := c.checkOpen(held); err != nil {
		return t, err
	}
	return t, c.checkReturn(t)
}

// normalTicket is an open ticket as it comes back from the store: its time in UTC without
// a monotonic reading, nothing that the store sets, nothing derived.
func normalTicket(t till.Ticket) till.Ticket {
	t.State, t.At = till.TicketOpen, t.At.UTC().Round(0)
	t.Txns, t.Shift, t.Day, t.Hour, t.VoidedDay, t.VoidedHour = nil, 0, 0, 0, 0, 0
	t.DoneAt, t.VoidedAt = till.Ticket{}.DoneAt, till.Ticket{}.VoidedAt
	t.Returned, t.Paid = nil, money.New(0, t.Total.Currency())
	return t
}

// checkOpen refuses a ticket that is being paid, or is at an end.
func (c *commit) checkOpen(t till.Ticket) error {
	switch {
	case t.State.IsFinal():
		return store.TicketEnded(t)
	case t.State == till.TicketOpen:
		return nil
	}
	txns, err := ticketTxns(c, t.ID)
	if err != nil {
		return err
	}
	return store.TicketBusy(t, txns)
}

// checkReturn holds a return against what it takes back.
func (c *commit) checkReturn(t till.Ticket) error {
	if t.Kind != till.TicketReturn {
		return nil
	}
	sold, err := c.ticket(t.Original)
	if err != nil {
		return err
	}
	txns, err := ticketTxns(c, sold.ID)
	if err != nil {
		return err
	}
	returned, err := returnedOf(c, sold.ID, t.ID)
	if err != nil {
		return err
	}
	return store.CheckReturn(t, sold, txns, returned)
}

// putTicket stores a ticket under its next version: its body in the journal, and beside
// it what finds it. The body is long, 2 KiB for three lines, and the journal must have it
// with each state; a copy in the table would make a store a third larger (2.1 GB for a
// million lines, 0.7 more for the copies) and each commit write it twice, and reading it
// from the journal costs one step by number.
func (c *commit) putTicket(t *till.Ticket) error {
	t.Version++
	body, err := store.Body(store.AboutTicket, string(t.ID), t)
	if err != nil {
		return err
	}
	if err := c.append(store.AboutTicket, string(t.ID), body); err != nil {
		return err
	}
	if t.Version == 1 {
		err = c.insertTicket(*t)
	} else {
		err = c.updateTicket(*t)
	}
	if err != nil {
		return fmt.Errorf("storing ticket %s: %w", t.ID, err)
	}
	return nil
}

func (c *commit) insertTicket(t till.Ticket) error {
	return c.exec(`INSERT INTO ticket (id, idem_key, kind, state, terminal, staff, member, original, day, shift, total, currency, version, row)
		VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, ?, ?, ?)`,
		string(t.ID), t.Key, string(t.Kind), string(t.State), t.Terminal, string(t.Staff), string(t.Member), string(t.Original), int(t.Day), t.Shift,
		t.Total.Minor(), t.Total.Currency().Code(), t.Version, c.chain.Seq)
}

func (c *commit) updateTicket(t till.Ticket) error {
	return c.exec(`UPDATE ticket SET state = ?, terminal = ?, staff = ?, member = ?, day = ?, shift = ?, total = ?, currency = ?, version = ?, row = ? WHERE id = ?`,
		string(t.State), t.Terminal, string(t.Staff), string(t.Member), int(t.Day), t.Shift, t.Total.Minor(), t.Total.Currency().Code(), t.Version, c.chain.Seq,
		string(t.ID))
}
