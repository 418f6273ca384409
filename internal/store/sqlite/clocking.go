package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

const clockingColumns = `seq, staff, is_in, at, by, note`

// Clock adds a clocking of a member: in after out, out after in, none before the last one.
// Anything else is a *till.Problem of till.CodeNotPermitted.
func (s *Store) Clock(ctx context.Context, k till.Clocking) error {
	if k.Seq != 0 {
		return fmt.Errorf("clocking of %s: number %d, want none", k.Staff, k.Seq)
	}
	k.At = k.At.UTC().Round(0)
	return s.edit(ctx, func(c *commit) error {
		if err := c.checkStaff(k.Staff); err != nil {
			return err
		}
		last, err := c.lastClocking(k.Staff)
		if err != nil {
			return err
		}
		if err := store.CheckClocking(k, last); err != nil {
			return err
		}
		return c.clock(k)
	})
}

// lastClocking is nil before the first.
func (c *commit) lastClocking(id till.StaffID) (*till.Clocking, error) {
	last, err := scanClocking(c.row(`SELECT `+clockingColumns+` FROM clocking WHERE staff = ? ORDER BY seq DESC LIMIT 1`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the last clocking of %s: %w", id, err)
	}
	return &last, nil
}

func (c *commit) clock(k till.Clocking) error {
	err := c.row(`INSERT INTO clocking (`+clockingColumns+`) VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM clocking), ?, ?, ?, ?, ?) RETURNING seq`,
		string(k.Staff), k.In, k.At.UnixNano(), string(k.By), k.Note).Scan(&k.Seq)
	if err != nil {
		return fmt.Errorf("storing the clocking of %s: %w", k.Staff, err)
	}
	id := strconv.FormatInt(k.Seq, 10)
	body, err := store.Body(store.AboutClocking, id, k)
	if err != nil {
		return err
	}
	return c.append(store.AboutClocking, id, body)
}

// Clockings reads the clockings of a member, or of all where the id is empty, from a time
// on and before another, oldest first. A zero time is no bound.
func (s *Store) Clockings(ctx context.Context, id till.StaffID, from, to time.Time) (all []till.Clocking, err error) {
	first, end := int64(math.MinInt64), int64(math.MaxInt64)
	if !from.IsZero() {
		first = from.UnixNano()
	}
	if !to.IsZero() {
		end = to.UnixNano()
	}
	rows, err := s.reading.pool.QueryContext(ctx, `SELECT `+clockingColumns+` FROM clocking WHERE (?1 = '' OR staff = ?1) AND at >= ?2 AND at < ?3 ORDER BY at, seq`, string(id), first, end)
	if err != nil {
		return nil, s.problem(err)
	}
	err = each(rows, func(row rowScanner) error {
		k, err := scanClocking(row)
		all = append(all, k)
		return err
	})
	return all, s.problem(err)
}

func scanClocking(row rowScanner) (k till.Clocking, err error) {
	var at int64
	if err := row.Scan(&k.Seq, &k.Staff, &k.In, &at, &k.By, &k.Note); err != nil {
		return till.Clocking{}, err
	}
	k.At = time.Unix(0, at).UTC()
	return k, nil
}
