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

const moveColumns = `seq, sku, quantity, reason, at, staff, document, note`

// MoveStock adds moves to the ledger of stock in one commit, all or none. They are moves
// by hand: those of a sale, a return or a void come with their ticket. A SKU that no item
// has is a *till.Problem of till.CodeNotFound, one that no stock is kept of one of
// till.CodeNotPermitted. Where the policy refuses, so is taking more than is available;
// of two programs that want the last one, one gets it.
func (s *Store) MoveStock(ctx context.Context, moves []till.StockMove, policy till.StockPolicy) error {
	for _, m := range moves {
		if err := store.CheckMoveFromOutside(m); err != nil {
			return err
		}
	}
	return s.edit(ctx, func(c *commit) error {
		for _, m := range moves {
			if err := c.checkTracked(m.SKU); err != nil {
				return err
			}
		}
		if policy == till.StockRefuse {
			if err := c.checkAvailable(moves); err != nil {
				return err
			}
		}
		return c.moveStock(moves)
	})
}

func (c *commit) checkTracked(sku till.SKU) error {
	var untracked bool
	err := c.row(`SELECT untracked FROM variant WHERE sku = ?`, string(sku)).Scan(&untracked)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return store.NoCode(string(sku))
	case err != nil:
		return fmt.Errorf("looking for SKU %s: %w", sku, err)
	case untracked:
		return store.NotTracked(sku)
	}
	return nil
}

// checkAvailable refuses moves that together take more of a SKU than may be sold.
func (c *commit) checkAvailable(moves []till.StockMove) error {
	sums := map[till.SKU]till.Quantity{}
	for _, m := range moves {
		sums[m.SKU] += m.Quantity
	}
	for _, m := range moves {
		sum := sums[m.SKU]
		if sum >= 0 {
			continue
		}
		levels, err := c.levels(m.SKU)
		if err != nil {
			return err
		}
		if left := levels[0].Available(); left+sum < 0 {
			return store.NotInStock(m.SKU, -sum, left)
		}
	}
	return nil
}

// moveStock adds moves to the ledger and to what is on hand, and the whole of them as one
// row to the journal. It asks no policy and looks for no item: what was sold before its
// item was deleted comes back all the same.
func (c *commit) moveStock(moves []till.StockMove) error {
	if len(moves) == 0 {
		return nil
	}
	numbered := make([]till.StockMove, len(moves))
	for i, m := range moves {
		m.At = m.At.UTC().Round(0)
		if err := store.CheckQuantity(m); err != nil {
			return err
		}
		if err := c.addMove(&m); err != nil {
			return fmt.Errorf("moving stock of %s: %w", m.SKU, err)
		}
		numbered[i] = m
	}
	id := strconv.FormatInt(numbered[0].Seq, 10)
	body, err := store.Body(store.AboutStock, id, numbered)
	if err != nil {
		return err
	}
	return c.append(store.AboutStock, id, body)
}

// addMove gives a move its number and stores it.
func (c *commit) addMove(m *till.StockMove) error {
	err := c.row(`INSERT INTO stock_move (`+moveColumns+`) VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM stock_move), ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
		string(m.SKU), int64(m.Quantity), string(m.Reason), writeTime(m.At), string(m.Staff), m.Document, m.Note).Scan(&m.Seq)
	if err != nil {
		return err
	}
	return c.exec(`INSERT INTO stock (sku, on_hand) VALUES (?, ?) ON CONFLICT DO UPDATE SET on_hand = on_hand + excluded.on_hand`, string(m.SKU), int64(m.Quantity))
}

// levelColumns are what is on hand and what is kept back of the SKU of table k.
const levelColumns = `k.sku, coalesce((SELECT on_hand FROM stock s WHERE s.sku = k.sku), 0),
	coalesce((SELECT sum(quantity) FROM reservation r WHERE r.sku = k.sku), 0)`

// levelOf reads the level of a SKU that an item or the ledger knows.
const levelOf = `SELECT ` + levelColumns + ` FROM (SELECT ?1 AS sku) k
	WHERE EXISTS (SELECT 1 FROM variant WHERE sku = ?1) OR EXISTS (SELECT 1 FROM stock WHERE sku = ?1)`

// StockLevels reads what there is of the given SKUs, in their order; of none, of all that
// stock is kept of, by SKU. A SKU that nobody ever had is a *till.Problem of
// till.CodeNotFound; there is nothing of one that no stock is kept of.
func (s *Store) StockLevels(ctx context.Context, skus ...till.SKU) ([]till.StockLevel, error) {
	if len(skus) > 0 {
		return levelsOf(skus, func(sku till.SKU) rowScanner { return s.reading.row(ctx, levelOf, string(sku)) }, s.problem)
	}
	rows, err := s.reading.pool.QueryContext(ctx, `SELECT `+levelColumns+` FROM variant k WHERE k.untracked = 0 ORDER BY k.sku`)
	if err != nil {
		return nil, s.problem(err)
	}
	var all []till.StockLevel
	err = each(rows, func(row rowScanner) error {
		l, err := scanLevel(row)
		all = append(all, l)
		return err
	})
	return all, s.problem(err)
}

// levels is StockLevels of some SKUs inside a commit.
func (c *commit) levels(skus ...till.SKU) ([]till.StockLevel, error) {
	return levelsOf(skus, func(sku till.SKU) rowScanner { return c.row(levelOf, string(sku)) }, func(err error) error { return err })
}

func levelsOf(skus []till.SKU, read func(till.SKU) rowScanner, problem func(error) error) ([]till.StockLevel, error) {
	all := make([]till.StockLevel, len(skus))
	for i, sku := range skus {
		var err error
		all[i], err = scanLevel(read(sku))
		if errors.Is(err, sql.ErrNoRows) {
			return nil, store.NoCode(string(sku))
		}
		if err != nil {
			return nil, problem(fmt.Errorf("reading the stock of %s: %w", sku, err))
		}
	}
	return all, nil
}

func scanLevel(row rowScanner) (l till.StockLevel, err error) {
	err = row.Scan(&l.SKU, &l.OnHand, &l.Reserved)
	return l, err
}

// StockMoves reads the moves of a SKU, newest first, or a number of them.
func (s *Store) StockMoves(ctx context.Context, sku till.SKU, limit int) ([]till.StockMove, error) {
	rows, err := s.reading.pool.QueryContext(ctx, `SELECT `+moveColumns+` FROM stock_move WHERE sku = ? ORDER BY seq DESC LIMIT ?`, string(sku), limitOf(limit))
	if err != nil {
		return nil, s.problem(err)
	}
	all, err := scanMoves(rows)
	return all, s.problem(err)
}

func scanMoves(rows *sql.Rows) (all []till.StockMove, err error) {
	err = each(rows, func(row rowScanner) error {
		m, err := scanMove(row)
		all = append(all, m)
		return err
	})
	return all, err
}

func scanMove(row rowScanner) (m till.StockMove, err error) {
	var at string
	if err := row.Scan(&m.Seq, &m.SKU, &m.Quantity, &m.Reason, &at, &m.Staff, &m.Document, &m.Note); err != nil {
		return till.StockMove{}, err
	}
	m.At, err = readTime(at)
	return m, err
}
