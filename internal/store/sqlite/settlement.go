package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

const settlementColumns = `seq, files, day, batches, result, open`

// Settlements reads all reconciliations, the newest first, without Result and Open.
func (s *Store) Settlements(ctx context.Context) (all []till.Settlement, err error) {
	const list = `SELECT seq, files, day, batches, '', '' FROM settlement ORDER BY seq DESC`
	rows, err := s.reading.pool.QueryContext(ctx, list)
	if err != nil {
		return nil, s.problem(err)
	}
	err = each(rows, func(row rowScanner) error {
		run, err := scanSettlement(row)
		all = append(all, run)
		return err
	})
	return all, s.problem(err)
}

// Settlement reads a reconciliation. One that is not there is a *till.Problem of
// till.CodeNotFound.
func (s *Store) Settlement(ctx context.Context, seq int) (till.Settlement, error) {
	run, err := scanSettlement(s.reading.row(ctx, `SELECT `+settlementColumns+` FROM settlement WHERE seq = ?`, seq))
	if errors.Is(err, sql.ErrNoRows) {
		return run, store.NoSettlement(seq)
	}
	return run, s.problem(err)
}

// RecordSettlement stores a reconciliation: one that follows the newest, or the newest
// again with the same files. One that says the same as the newest stores nothing. Any
// other is refused, and the error wraps till.ErrStale: what it was computed from is not
// what the store holds.
func (s *Store) RecordSettlement(ctx context.Context, run till.Settlement) error {
	return s.write(ctx, func(c *commit) error { return c.recordSettlement(run) })
}

func (c *commit) recordSettlement(run till.Settlement) error {
	const newest = `SELECT ` + settlementColumns + ` FROM settlement ORDER BY seq DESC LIMIT 1`
	held, err := scanSettlement(c.row(newest))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	switch {
	case run.Seq == held.Seq+1:
		err = c.insertSettlement(run)
	case run.Seq == held.Seq && run.Files == held.Files && run.Seq > 0:
		if sameSettlement(run, held) {
			return nil
		}
		err = c.updateSettlement(run)
	default:
		return store.StaleSettlement(run.Seq, held.Seq)
	}
	if err != nil {
		return fmt.Errorf("storing reconciliation %d: %w", run.Seq, err)
	}
	body, err := store.SettlementBody(run)
	if err != nil {
		return err
	}
	return c.append(store.AboutSettlement, strconv.Itoa(run.Seq), body)
}

func sameSettlement(a, b till.Settlement) bool {
	return a.Day == b.Day && slices.Equal(a.Batches, b.Batches) && bytes.Equal(a.Result, b.Result) && bytes.Equal(a.Open, b.Open)
}

// insertSettlement refuses a batch that an earlier reconciliation took in, and files that
// one has compared: the caller has looked before that was so.
func (c *commit) insertSettlement(run till.Settlement) error {
	var taken int
	batches, err := json.Marshal(run.Batches)
	if err != nil {
		return err
	}
	const known = `SELECT count(*) FROM settlement WHERE files = ? OR EXISTS (
		SELECT 1 FROM json_each(settlement.batches) a JOIN json_each(?) b ON a.value = b.value)`
	if err := c.row(known, run.Files, string(batches)).Scan(&taken); err != nil {
		return err
	}
	if taken > 0 {
		return store.StaleSettlement(run.Seq, run.Seq-1)
	}
	return c.exec(`INSERT INTO settlement (`+settlementColumns+`) VALUES (?, ?, ?, ?, ?, ?)`,
		run.Seq, run.Files, run.Day, string(batches), string(run.Result), string(run.Open))
}

func (c *commit) updateSettlement(run till.Settlement) error {
	batches, err := json.Marshal(run.Batches)
	if err != nil {
		return err
	}
	return c.exec(`UPDATE settlement SET day = ?, batches = ?, result = ?, open = ? WHERE seq = ?`,
		run.Day, string(batches), string(run.Result), string(run.Open), run.Seq)
}

func scanSettlement(row rowScanner) (till.Settlement, error) {
	var run till.Settlement
	var batches string
	if err := row.Scan(&run.Seq, &run.Files, &run.Day, &batches, &run.Result, &run.Open); err != nil {
		return till.Settlement{}, err
	}
	if err := json.Unmarshal([]byte(batches), &run.Batches); err != nil {
		return till.Settlement{}, fmt.Errorf("reconciliation %d: batches: %w", run.Seq, err)
	}
	return run, nil
}

// settlements holds each reconciliation against the journal.
func (v *verification) settlements() error {
	return v.compare(store.AboutSettlement, `SELECT count(*) FROM settlement`, func(id string, said []byte) error {
		run, err := scanSettlement(v.tx.QueryRowContext(v.ctx, `SELECT `+settlementColumns+` FROM settlement WHERE seq = CAST(? AS INTEGER)`, id))
		if err != nil {
			return err
		}
		held, err := store.SettlementBody(run)
		if err != nil {
			return err
		}
		var journaled store.SettlementRow
		return sameJSON(held, said, &journaled)
	})
}
