package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

const pointsColumns = `seq, member, points, reason, ticket, at, staff, note`

// AdjustPoints moves points of a customer by hand. Taking more than there are is a
// *till.Problem of till.CodeNotPermitted.
func (s *Store) AdjustPoints(ctx context.Context, m till.PointsMove) error {
	if err := store.CheckAdjustment(m); err != nil {
		return err
	}
	return s.edit(ctx, func(c *commit) error {
		held, err := c.points(m.Member)
		if err != nil {
			return err
		}
		if m.Points < 0 && held+m.Points < 0 {
			return store.NotEnoughPoints(m.Member, -m.Points, held)
		}
		return c.movePoints(m)
	})
}

// points is the balance of a customer inside a commit.
func (c *commit) points(id till.MemberID) (held int64, err error) {
	err = c.row(`SELECT points FROM member WHERE id = ?`, string(id)).Scan(&held)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, store.NoNoun(store.AboutMember, string(id))
	}
	if err != nil {
		return 0, fmt.Errorf("reading the points of %s: %w", id, err)
	}
	return held, nil
}

// movePoints adds a move to the ledger of points, to the balance of its customer and to
// the journal. The balance may fall below zero: what a return takes back may have been
// spent.
func (c *commit) movePoints(m till.PointsMove) error {
	if err := store.CheckPoints(m); err != nil {
		return err
	}
	if _, err := c.points(m.Member); err != nil {
		return err
	}
	m.At = m.At.UTC().Round(0)
	err := c.row(`INSERT INTO points_move (`+pointsColumns+`) VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM points_move), ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
		string(m.Member), m.Points, string(m.Reason), string(m.Ticket), writeTime(m.At), string(m.Staff), m.Note).Scan(&m.Seq)
	if err != nil {
		return fmt.Errorf("moving points of %s: %w", m.Member, err)
	}
	if err := c.exec(`UPDATE member SET points = points + ? WHERE id = ?`, m.Points, string(m.Member)); err != nil {
		return fmt.Errorf("adding up the points of %s: %w", m.Member, err)
	}
	id := strconv.FormatInt(m.Seq, 10)
	body, err := store.Body(store.AboutPoints, id, m)
	if err != nil {
		return err
	}
	return c.append(store.AboutPoints, id, body)
}

// PointsMoves reads the ledger of a customer's points, newest first.
func (s *Store) PointsMoves(ctx context.Context, id till.MemberID) (all []till.PointsMove, err error) {
	rows, err := s.reading.pool.QueryContext(ctx, `SELECT `+pointsColumns+` FROM points_move WHERE member = ? ORDER BY seq DESC`, string(id))
	if err != nil {
		return nil, s.problem(err)
	}
	err = each(rows, func(row rowScanner) error {
		m, err := scanPoints(row)
		all = append(all, m)
		return err
	})
	return all, s.problem(err)
}

func scanPoints(row rowScanner) (m till.PointsMove, err error) {
	var at string
	if err := row.Scan(&m.Seq, &m.Member, &m.Points, &m.Reason, &m.Ticket, &at, &m.Staff, &m.Note); err != nil {
		return till.PointsMove{}, err
	}
	m.At, err = readTime(at)
	return m, err
}
