package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// OpenShift opens a shift at a terminal under the next number of the shop, with its float
// as the first move of its drawer, and returns it as stored. A terminal has one at a time:
// a second is a *till.Problem of till.CodeNotPermitted.
func (s *Store) OpenShift(ctx context.Context, sh till.Shift) (till.Shift, error) {
	if err := store.CheckShift(sh); err != nil {
		return till.Shift{}, err
	}
	return s.changeShift(ctx, func(c *commit) (till.Shift, error) { return c.openShift(sh) })
}

func (c *commit) openShift(sh till.Shift) (till.Shift, error) {
	open, err := c.shiftAt(sh.Terminal)
	if err != nil {
		return sh, err
	}
	if open != 0 {
		return sh, store.ShiftOpen(till.Shift{Number: open, Terminal: sh.Terminal})
	}
	if err := c.row(`SELECT coalesce(max(number), 0) + 1 FROM shift`).Scan(&sh.Number); err != nil {
		return sh, fmt.Errorf("numbering a shift: %w", err)
	}
	if sh.OpenedAt.IsZero() {
		sh.OpenedAt = c.now()
	}
	sh.OpenedAt = sh.OpenedAt.UTC().Round(0)
	if err := c.putShift(&sh); err != nil || sh.Float.IsZero() {
		return sh, err
	}
	_, err = c.addDrawerMove(till.DrawerMove{Shift: sh.Number, Reason: till.DrawerFloat, Amount: sh.Float, At: sh.OpenedAt, Staff: sh.Staff})
	return sh, err
}

// CloseShift ends a shift: what its drawer must hold is computed in this commit and held
// against what was counted. While something of it is open it is refused with a
// *till.Problem of till.CodePending. Of sh the number, the version and what belongs to a
// closed shift count.
func (s *Store) CloseShift(ctx context.Context, sh till.Shift) (till.Shift, error) {
	return s.changeShift(ctx, func(c *commit) (till.Shift, error) { return c.closeShift(sh) })
}

func (c *commit) closeShift(end till.Shift) (till.Shift, error) {
	held, err := c.openShiftOf(end.Number)
	switch {
	case err != nil:
		return held, err
	case held.Version != end.Version:
		return held, store.StaleShift(held.Number, end.Version, held.Version)
	case end.Counted.Minor() < 0:
		return held, fmt.Errorf("shift %d: counted %s, want nothing or more", held.Number, end.Counted)
	case !end.Counted.IsZero() && end.Counted.Currency() != held.Float.Currency():
		return held, store.ShiftCurrency(held.Number, held.Float.Currency(), end.Counted.Currency())
	}
	if err := c.checkShiftSettled(held.Number); err != nil {
		return held, err
	}
	d, err := drawerOf(c, held)
	if err != nil {
		return held, err
	}
	if held.ClosedAt = end.ClosedAt; held.ClosedAt.IsZero() {
		held.ClosedAt = c.now()
	}
	held.ClosedAt = held.ClosedAt.UTC().Round(0)
	held.Closer, held.Approver, held.Coins, held.Note = end.Closer, end.Approver, end.Coins, end.Note
	held.Expected = d.Expected
	held.Counted = money.New(end.Counted.Minor(), d.Expected.Currency())
	held.Over = money.New(held.Counted.Minor()-held.Expected.Minor(), d.Expected.Currency())
	err = c.putShift(&held)
	return held, err
}

// checkShiftSettled refuses a shift with a transaction of it that is open, or a ticket that
// is paid in part.
func (c *commit) checkShiftSettled(number int) error {
	var txn, ticket string
	err := c.row(`SELECT coalesce((SELECT id FROM txn WHERE shift = ?1 AND `+isOpen+` ORDER BY +seq LIMIT 1), ''),
		coalesce((SELECT t.id FROM ticket t WHERE `+isPaying+` AND EXISTS (SELECT 1 FROM txn x WHERE x.ticket = t.id AND x.shift = ?1) LIMIT 1), '')`,
		number).Scan(&txn, &ticket)
	if err != nil {
		return fmt.Errorf("looking for what is open in shift %d: %w", number, err)
	}
	if txn != "" || ticket != "" {
		return store.ShiftNotSettled(number, till.TxnID(txn), till.TicketID(ticket))
	}
	return nil
}

// changeShift runs a change of one shift in one commit.
func (s *Store) changeShift(ctx context.Context, change func(c *commit) (till.Shift, error)) (sh till.Shift, err error) {
	err = s.edit(ctx, func(c *commit) error {
		sh, err = change(c)
		return err
	})
	if err != nil {
		return till.Shift{}, err
	}
	return normalShift(sh), nil
}

// normalShift is a shift as it comes back from the journal: no amounts of nothing beside
// the float.
func normalShift(sh till.Shift) till.Shift {
	for _, a := range []*money.Amount{&sh.Expected, &sh.Counted, &sh.Over} {
		if a.IsZero() {
			*a = money.Amount{}
		}
	}
	return sh
}

// putShift stores a shift under its next version, its body in the journal as a ticket's.
func (c *commit) putShift(sh *till.Shift) error {
	sh.Version++
	body, err := store.Body(store.AboutShift, strconv.Itoa(sh.Number), normalShift(*sh))
	if err != nil {
		return err
	}
	if err := c.append(store.AboutShift, strconv.Itoa(sh.Number), body); err != nil {
		return err
	}
	err = c.exec(`INSERT INTO shift (number, terminal, open, version, row) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (number) DO UPDATE SET open = excluded.open, version = excluded.version, row = excluded.row`,
		sh.Number, sh.Terminal, sh.IsOpen(), sh.Version, c.chain.Seq)
	if err != nil {
		return fmt.Errorf("storing shift %d: %w", sh.Number, err)
	}
	return nil
}

// CurrentShift is the shift that is open at a terminal; none is a *till.Problem of
// till.CodeNotFound.
func (s *Store) CurrentShift(ctx context.Context, terminal string) (till.Shift, error) {
	sh, err := shiftWhere(s.asking(ctx), `s.terminal = ? AND s.open = 1`, terminal)
	if errors.Is(err, sql.ErrNoRows) {
		return sh, store.NoOpenShift(terminal)
	}
	return sh, s.problem(err)
}

// Shift reads a shift; one that is not there is a *till.Problem of till.CodeNotFound.
func (s *Store) Shift(ctx context.Context, number int) (till.Shift, error) {
	sh, err := shiftOf(s.asking(ctx), number)
	return sh, s.problem(err)
}

// Shifts reads the shifts, the newest first, or a number of them.
func (s *Store) Shifts(ctx context.Context, limit int) ([]till.Shift, error) {
	all, err := shiftsWhere(s.asking(ctx), `1 ORDER BY s.number DESC LIMIT ?`, limitOf(limit))
	return all, s.problem(err)
}

const selectShift = `SELECT j.body FROM shift s JOIN journal j ON j.seq = s.row WHERE `

func shiftWhere(from source, where string, arg any) (till.Shift, error) {
	return scanNoun[till.Shift](from.row(selectShift+where, arg))
}

func shiftsWhere(from source, where string, arg any) ([]till.Shift, error) {
	rows, err := from.rows(selectShift+where, arg)
	if err != nil {
		return nil, err
	}
	return scanNouns[till.Shift](rows)
}

func shiftOf(from source, number int) (till.Shift, error) {
	sh, err := shiftWhere(from, `s.number = ?`, number)
	if errors.Is(err, sql.ErrNoRows) {
		return sh, store.NoShift(number)
	}
	return sh, err
}

// openShiftOf reads a shift inside a commit and refuses one that is closed.
func (c *commit) openShiftOf(number int) (till.Shift, error) {
	sh, err := shiftOf(c, number)
	if err == nil && !sh.IsOpen() {
		err = store.ShiftClosed(number)
	}
	return sh, err
}

// shiftAt is the number of the shift that is open at a terminal, 0 for none.
func (c *commit) shiftAt(terminal string) (number int, err error) {
	err = c.row(`SELECT number FROM shift WHERE terminal = ? AND open = 1`, terminal).Scan(&number)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("looking for the shift at terminal %s: %w", terminal, err)
	}
	return number, nil
}
