package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// batchRow is a batch as stored.
type batchRow struct {
	number   int
	currency string
	terminal string
	batch    till.Batch
}

const batchColumns = `number, terminal, state, currency, opened_at, closed_at, stan, attempts, ours, theirs, confirmed, uploaded, differences`

// CurrentBatch is the open batch with its totals so far. A store that several
// terminals share has one for each; this is the one that was opened last, and Session
// names a terminal's own.
func (s *Store) CurrentBatch(ctx context.Context) (till.Batch, error) {
	const newest = `SELECT ` + batchColumns + ` FROM batch WHERE state = 'OPEN' ORDER BY number DESC LIMIT 1`
	row, err := scanBatch(s.reading.row(ctx, newest))
	if errors.Is(err, sql.ErrNoRows) { // nobody has used this store yet
		err = s.write(ctx, func(c *commit) error {
			opened, err := c.openBatch("")
			row.number = opened.number
			return err
		})
		if err != nil {
			return till.Batch{}, err
		}
		return s.Batch(ctx, row.number)
	}
	if err != nil {
		return till.Batch{}, s.problem(err)
	}
	return s.withTotals(ctx, row.batch)
}

// Batch reads a batch; while it is open its totals are those so far. One that is not
// there is a *till.Problem of till.CodeNotFound.
func (s *Store) Batch(ctx context.Context, number int) (till.Batch, error) {
	row, err := scanBatch(s.reading.row(ctx, `SELECT `+batchColumns+` FROM batch WHERE number = ?`, number))
	if errors.Is(err, sql.ErrNoRows) {
		return till.Batch{}, store.NoBatch(number)
	}
	if err != nil {
		return till.Batch{}, s.problem(err)
	}
	return s.withTotals(ctx, row.batch)
}

// Batches reads all batches, the newest first.
func (s *Store) Batches(ctx context.Context) ([]till.Batch, error) {
	stored, err := s.storedBatches(ctx)
	if err != nil {
		return nil, s.problem(err)
	}
	all := make([]till.Batch, len(stored))
	for i, row := range stored {
		if all[i], err = s.withTotals(ctx, row.batch); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s *Store) storedBatches(ctx context.Context) ([]batchRow, error) {
	rows, err := s.reading.pool.QueryContext(ctx, `SELECT `+batchColumns+` FROM batch ORDER BY number DESC`)
	if err != nil {
		return nil, err
	}
	var all []batchRow
	err = each(rows, func(row rowScanner) error {
		b, err := scanBatch(row)
		all = append(all, b)
		return err
	})
	return all, err
}

// withTotals adds the totals so far to a batch that has none frozen.
func (s *Store) withTotals(ctx context.Context, b till.Batch) (till.Batch, error) {
	if b.State != till.BatchOpen {
		return b, nil
	}
	var err error
	b.Ours, err = s.Totals(ctx, b.Number)
	return b, err
}

// StartClose begins the end of the terminal's open batch: in one commit its totals are
// frozen, it becomes CLOSING, and the next batch opens for whatever comes now. While
// anything in it is open it is refused with a *till.Problem of till.CodePending. A
// batch that is being closed already, or did not reconcile, is returned as it is.
func (s *Store) StartClose(ctx context.Context, terminal string) (b till.Batch, err error) {
	err = s.write(ctx, func(c *commit) error {
		b, err = c.startClose(terminal)
		return err
	})
	if err != nil {
		return till.Batch{}, err
	}
	return b, nil
}

func (c *commit) startClose(terminal string) (till.Batch, error) {
	const closing = `SELECT ` + batchColumns + ` FROM batch WHERE terminal = ? AND state NOT IN ('OPEN', 'CLOSED') ORDER BY number LIMIT 1`
	row, err := scanBatch(c.row(closing, terminal))
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return row.batch, err
	}
	if row, err = c.openBatch(terminal); err != nil {
		return till.Batch{}, err
	}
	if err := c.checkSettled(row.number); err != nil {
		return till.Batch{}, err
	}
	if row.batch.Ours, err = totals(c.row(totalsQuery, row.number)); err != nil {
		return till.Batch{}, fmt.Errorf("totals of batch %d: %w", row.number, err)
	}
	row.batch.State = till.BatchClosing
	if err := c.updateBatch(row); err != nil {
		return till.Batch{}, err
	}
	if err := c.exec(`DELETE FROM network_stan WHERE batch = ?`, row.number); err != nil {
		return till.Batch{}, err
	}
	_, err = c.insertBatch(terminal)
	return row.batch, err
}

// checkSettled refuses a batch that holds open transactions.
func (c *commit) checkSettled(number int) error {
	var open int
	var first sql.NullString
	err := c.row(`SELECT count(*), (SELECT id FROM txn WHERE batch = ?1 AND `+isOpen+` ORDER BY seq LIMIT 1)
		FROM txn WHERE batch = ?1 AND `+isOpen, number).Scan(&open, &first)
	if err != nil {
		return fmt.Errorf("looking for open transactions of batch %d: %w", number, err)
	}
	if open > 0 {
		return store.BatchNotSettled(number, open, till.TxnID(first.String))
	}
	return nil
}

// RecordBatch stores where the closing of a batch stands: its state, the trace number
// and count of its reconciliations, and the host's totals where they differ. Its own
// totals stay as StartClose froze them. A batch that becomes CLOSED without a time gets
// the store's.
func (s *Store) RecordBatch(ctx context.Context, b till.Batch) error {
	return s.write(ctx, func(c *commit) error {
		held, err := scanBatch(c.row(`SELECT `+batchColumns+` FROM batch WHERE number = ?`, b.Number))
		if errors.Is(err, sql.ErrNoRows) {
			return store.NoBatch(b.Number)
		}
		if err != nil {
			return err
		}
		if err := store.CheckBatchMove(held.batch, b); err != nil {
			return err
		}
		b.Ours, b.OpenedAt = held.batch.Ours, held.batch.OpenedAt
		if b.State == till.BatchClosed && b.ClosedAt.IsZero() {
			b.ClosedAt = s.opt.Now()
		}
		b.ClosedAt = b.ClosedAt.UTC().Round(0)
		held.batch = b
		return c.updateBatch(held)
	})
}

// openBatch is the open batch of a terminal. One that has none takes the batch that a
// store begins with, or opens the next.
func (c *commit) openBatch(terminal string) (batchRow, error) {
	const open = `SELECT ` + batchColumns + ` FROM batch WHERE terminal = ? AND state = 'OPEN'`
	row, err := scanBatch(c.row(open, terminal))
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return row, err
	}
	if row, err = scanBatch(c.row(open, "")); err == nil {
		row.terminal = terminal
		return row, c.updateBatch(row)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return row, err
	}
	return c.insertBatch(terminal)
}

func (c *commit) insertBatch(terminal string) (batchRow, error) {
	row := batchRow{terminal: terminal, batch: till.Batch{State: till.BatchOpen, OpenedAt: c.s.opt.Now().UTC().Round(0)}}
	err := c.row(`INSERT INTO batch (number, terminal, state, currency, opened_at, closed_at, stan, attempts, ours, theirs)
		VALUES ((SELECT coalesce(max(number), 0) + 1 FROM batch), ?, ?, '', ?, '', 0, 0, '', '') RETURNING number`,
		terminal, string(row.batch.State), writeTime(row.batch.OpenedAt)).Scan(&row.number)
	if err != nil {
		return row, fmt.Errorf("opening a batch for terminal %q: %w", terminal, err)
	}
	row.batch.Number = row.number
	return row, c.appendBatch(row)
}

func (c *commit) updateBatch(row batchRow) error {
	b := row.batch
	ours, err := writeJSON(&b.Ours)
	if err != nil {
		return err
	}
	theirs, err := writeJSON(b.Theirs)
	if err != nil {
		return err
	}
	var differences string
	if len(b.Differences) > 0 {
		if differences, err = writeJSON(&b.Differences); err != nil {
			return err
		}
	}
	err = c.exec(`UPDATE batch SET terminal = ?, state = ?, closed_at = ?, stan = ?, attempts = ?, ours = ?, theirs = ?,
			confirmed = ?, uploaded = ?, differences = ? WHERE number = ?`,
		row.terminal, string(b.State), writeTime(b.ClosedAt), int(b.STAN), b.Attempts, ours, theirs, b.Confirmed, b.Uploaded, differences, row.number)
	if err != nil {
		return fmt.Errorf("storing batch %d: %w", row.number, err)
	}
	return c.appendBatch(row)
}

func (c *commit) appendBatch(row batchRow) error {
	body, err := batchBody(row)
	if err != nil {
		return err
	}
	return c.append(store.AboutBatch, strconv.Itoa(row.number), body)
}

// batchJSON is a batch in the journal.
type batchJSON struct {
	Terminal string `json:"terminal"`
	till.Batch
}

// batchBody is the canonical JSON of a batch in the journal.
func batchBody(row batchRow) ([]byte, error) {
	body, err := json.Marshal(batchJSON{Terminal: row.terminal, Batch: row.batch})
	if err != nil {
		return nil, fmt.Errorf("batch %d as JSON: %w", row.number, err)
	}
	return body, nil
}

func scanBatch(row rowScanner) (batchRow, error) {
	var r batchRow
	var opened, closed, ours, theirs, differences string
	b := &r.batch
	err := row.Scan(&r.number, &r.terminal, &b.State, &r.currency, &opened, &closed, &b.STAN, &b.Attempts, &ours, &theirs, &b.Confirmed, &b.Uploaded, &differences)
	if err != nil {
		return r, err
	}
	b.Number = r.number
	if b.OpenedAt, err = readTime(opened); err != nil {
		return r, fmt.Errorf("batch %d: %w", r.number, err)
	}
	if b.ClosedAt, err = readTime(closed); err != nil {
		return r, fmt.Errorf("batch %d: %w", r.number, err)
	}
	frozen, err := readJSON[till.Totals](ours)
	if err != nil {
		return r, fmt.Errorf("batch %d: totals: %w", r.number, err)
	}
	if frozen != nil {
		b.Ours = *frozen
	}
	if b.Theirs, err = readJSON[till.Totals](theirs); err != nil {
		return r, fmt.Errorf("batch %d: totals of the host: %w", r.number, err)
	}
	records, err := readJSON[[]till.Difference](differences)
	if err != nil {
		return r, fmt.Errorf("batch %d: records that differ: %w", r.number, err)
	}
	if records != nil {
		b.Differences = *records
	}
	return r, nil
}

// BatchTxns are the transactions that count in the card totals of a batch, in the order of
// their commits 1.
func (s *Store) BatchTxns(ctx context.Context, number int) ([]till.Txn, error) {
	rows, err := s.reading.pool.QueryContext(ctx, `SELECT `+txnColumns+` FROM txn t LEFT JOIN txn o ON o.id = t.original
		WHERE t.batch = ? AND t.tender = 'card' AND t.state = 'APPROVED' AND t.kind NOT IN ('preauth', 'increment')
			AND NOT (t.kind = 'void' AND o.kind = 'preauth')
		ORDER BY t.seq`, number)
	if err != nil {
		return nil, s.problem(err)
	}
	all, err := scanTxns(rows)
	if err != nil {
		return nil, s.problem(fmt.Errorf("reading batch %d: %w", number, err))
	}
	return all, nil
}
