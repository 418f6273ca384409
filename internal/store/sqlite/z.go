package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// CloseDay makes the Z report of all that happened since the one before: numbered without
// a gap, chained to it, and never changed. While a shift, a transaction or a ticket that
// is being paid is open it is refused with a *till.Problem of till.CodePending.
//
// Amounts of several currencies are never added: Currency is that of most sales and
// Total and GrandTotal are of it; the others stand in Facts.
func (s *Store) CloseDay(ctx context.Context, ch till.Change) (z till.ZReport, err error) {
	err = s.edit(ctx, func(c *commit) error {
		z, err = c.closeDay(ch)
		return err
	})
	if err != nil {
		return till.ZReport{}, err
	}
	return z, nil
}

func (c *commit) closeDay(ch till.Change) (till.ZReport, error) {
	if err := c.checkDaySettled(); err != nil {
		return till.ZReport{}, err
	}
	z, err := c.drawUp(ch)
	if err != nil {
		return z, err
	}
	body, err := store.ZBody(z)
	if err != nil {
		return z, err
	}
	if err := c.append(store.AboutZ, strconv.Itoa(z.Number), body); err != nil {
		return z, err
	}
	summary, err := summaryOf(z)
	if err != nil {
		return z, err
	}
	err = c.exec(`INSERT INTO z (number, currency, total, last_seq, hash, summary, row) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		z.Number, z.Currency, z.Total, z.LastSeq, z.Hash, summary, c.chain.Seq)
	if err != nil {
		return z, fmt.Errorf("storing Z report %d: %w", z.Number, err)
	}
	return z, nil
}

// summaryOf is a Z report as a list shows it, as JSON: its figures may be thousands.
func summaryOf(z till.ZReport) (string, error) {
	z.Facts, z.Shifts = nil, nil
	body, err := store.ZBody(z)
	return string(body), err
}

// checkDaySettled refuses a day with something open. The plus keeps SQLite from going
// through all transactions in their order instead of the few that are open.
func (c *commit) checkDaySettled() error {
	var shift int
	var txn, ticket string
	err := c.row(`SELECT coalesce((SELECT min(number) FROM shift WHERE open = 1), 0),
		coalesce((SELECT id FROM txn WHERE `+isOpen+` ORDER BY +seq LIMIT 1), ''),
		coalesce((SELECT t.id FROM ticket t WHERE `+isPaying+` ORDER BY t.seq LIMIT 1), '')`).Scan(&shift, &txn, &ticket)
	if err != nil {
		return fmt.Errorf("looking for what is open: %w", err)
	}
	if shift != 0 || txn != "" || ticket != "" {
		return store.DayNotSettled(shift, till.TxnID(txn), till.TicketID(ticket))
	}
	return nil
}

// drawUp makes the next Z report.
func (c *commit) drawUp(ch till.Change) (till.ZReport, error) {
	last, err := lastZ(c)
	if err != nil {
		return till.ZReport{}, err
	}
	chain, err := c.head()
	if err != nil {
		return till.ZReport{}, err
	}
	z := till.ZReport{
		Number: last.Number + 1, At: ch.At, Staff: ch.Staff, Previous: last.Hash,
		FirstSeq: last.LastSeq + 1, LastSeq: chain.Seq, Head: hex.EncodeToString(chain.Head[:]),
	}
	if z.At.IsZero() {
		z.At = c.now()
	}
	z.At = z.At.UTC().Round(0)
	z.Day, _ = c.s.opt.Calendar.At(z.At)
	if z.Facts, err = factsOf(c, z.Number); err != nil {
		return z, err
	}
	if z.Shifts, err = shiftsWhere(c, `s.open = 0 AND s.row > ? ORDER BY s.number`, last.LastSeq); err != nil {
		return z, fmt.Errorf("reading the shifts of the day: %w", err)
	}
	z.Currency = mainCurrency(z.Facts, last.Currency)
	z.Total = totalIn(z.Facts, z.Currency)
	if err := c.row(`SELECT coalesce(sum(total), 0) + ? FROM z WHERE currency = ?`, z.Total, z.Currency).Scan(&z.GrandTotal); err != nil {
		return z, fmt.Errorf("adding up the Z reports: %w", err)
	}
	z.Hash, err = store.ZHash(z)
	return z, err
}

// mainCurrency is the currency of most sales and returns, by name where two have as many;
// a day without any has that of the day before.
func mainCurrency(facts []till.Fact, before string) string {
	counts := map[string]int64{}
	for _, f := range facts {
		if f.Kind == till.FactSum {
			counts[f.Currency] += f.Sums.Count + f.Sums.Returns
		}
	}
	best := before
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		if _, ok := counts[best]; !ok || counts[code] > counts[best] {
			best = code
		}
	}
	return best
}

func totalIn(facts []till.Fact, currency string) (sum int64) {
	for _, f := range facts {
		if f.Kind == till.FactSum && f.Currency == currency {
			sum += f.Sums.Total
		}
	}
	return sum
}

// Z reads a Z report; one that is not there is a *till.Problem of till.CodeNotFound.
func (s *Store) Z(ctx context.Context, number int) (till.ZReport, error) {
	z, err := scanNoun[till.ZReport](s.reading.row(ctx, selectZ+`z.number = ?`, number))
	if errors.Is(err, sql.ErrNoRows) {
		return z, store.NoZ(number)
	}
	return z, s.problem(err)
}

// Zs reads all Z reports, the newest first, without Facts and Shifts.
func (s *Store) Zs(ctx context.Context) ([]till.ZReport, error) {
	rows, err := s.asking(ctx).rows(`SELECT summary FROM z ORDER BY number DESC`)
	if err != nil {
		return nil, s.problem(err)
	}
	all, err := scanNouns[till.ZReport](rows)
	return all, s.problem(err)
}

const selectZ = `SELECT j.body FROM z JOIN journal j ON j.seq = z.row WHERE `

// lastZ is the newest Z report without its figures; the zero one before the first.
func lastZ(from source) (z till.ZReport, err error) {
	err = from.row(`SELECT number, currency, last_seq, hash FROM z ORDER BY number DESC LIMIT 1`).Scan(&z.Number, &z.Currency, &z.LastSeq, &z.Hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return z, fmt.Errorf("reading the last Z report: %w", err)
	}
	return z, nil
}
