package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// PutStocktake stores a stocktake that is going on, a new one with version 0, or that is
// canceled by this, and returns it as stored: its counts by SKU, each that is new or was
// counted again with what the books expected now. If the store holds another version,
// nothing changes and the error wraps till.ErrStale. One that was posted or canceled is
// not changed any more, and what no stock is kept of is not counted; both are a
// *till.Problem.
func (s *Store) PutStocktake(ctx context.Context, t till.Stocktake) (till.Stocktake, error) {
	if err := store.CheckStocktake(t); err != nil {
		return till.Stocktake{}, err
	}
	t = normalStocktake(t)
	err := s.edit(ctx, func(c *commit) (err error) {
		t, err = c.putStocktake(t)
		return err
	})
	if err != nil {
		return till.Stocktake{}, err
	}
	return t, nil
}

func (c *commit) putStocktake(t till.Stocktake) (till.Stocktake, error) {
	held, err := c.stocktake(t.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return t, err
	}
	if held.Version != t.Version {
		return t, store.StaleNoun(store.AboutStocktake, t.ID, t.Version, held.Version)
	}
	if held.Posted != nil || held.Canceled != nil {
		return t, store.StocktakeEnded(held)
	}
	for i, counted := range t.Counts {
		if before, ok := countOf(held, counted.SKU); ok && before.Counted == counted.Counted {
			t.Counts[i] = before
			continue
		}
		if err := c.checkTracked(counted.SKU); err != nil {
			return t, err
		}
		if err := c.expect(&t.Counts[i]); err != nil {
			return t, err
		}
	}
	if t.Canceled != nil {
		return c.storeStocktake(t, *t.Canceled)
	}
	return c.storeStocktake(t, t.Opened)
}

// expect puts beside a count what the books say now.
func (c *commit) expect(counted *till.StockCounted) error {
	levels, err := c.levels(counted.SKU)
	if err != nil {
		return err
	}
	counted.Expected = levels[0].OnHand // goods of a sale that is being paid are still here
	return nil
}

func (c *commit) storeStocktake(t till.Stocktake, ch till.Change) (till.Stocktake, error) {
	t.Version++
	body, err := store.Body(store.AboutStocktake, t.ID, t)
	if err != nil {
		return t, err
	}
	err = c.exec(`INSERT INTO stocktake (id, version, body) VALUES (?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body`, t.ID, t.Version, string(body))
	if err != nil {
		return t, fmt.Errorf("storing stocktake %s: %w", t.ID, err)
	}
	if err := c.appendChanged(store.AboutStocktake, t.ID, body, ch); err != nil {
		return t, err
	}
	return asStored[till.Stocktake](body)
}

// PostStocktake corrects the stock of each SKU that was counted by what its count differed
// from the books when it was made, in one commit that also ends the stocktake. What was
// sold or delivered since then has moved the stock already, and is not undone.
// One that was posted or canceled before, or in which nothing is counted, is a
// *till.Problem of till.CodeNotPermitted.
func (s *Store) PostStocktake(ctx context.Context, id string, ch till.Change) (t till.Stocktake, err error) {
	ch.At = ch.At.UTC().Round(0)
	err = s.edit(ctx, func(c *commit) (err error) {
		t, err = c.postStocktake(id, ch)
		return err
	})
	if err != nil {
		return till.Stocktake{}, err
	}
	return t, nil
}

func (c *commit) postStocktake(id string, ch till.Change) (till.Stocktake, error) {
	t, err := c.stocktake(id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return t, store.NoNoun(store.AboutStocktake, id)
	case err != nil:
		return t, err
	case t.Posted != nil || t.Canceled != nil:
		return t, store.StocktakeEnded(t)
	case len(t.Counts) == 0:
		return t, store.NothingCounted(id)
	}
	var moves []till.StockMove
	for i := range t.Counts {
		if variance := t.Counts[i].Variance(); variance != 0 {
			moves = append(moves, till.StockMove{
				SKU: t.Counts[i].SKU, Quantity: variance, Reason: till.StockCount, At: ch.At, Staff: ch.Staff, Document: id, Note: ch.Reason,
			})
		}
	}
	if err := c.moveStock(moves); err != nil {
		return t, err
	}
	t.Posted = &ch
	return c.storeStocktake(t, ch)
}

// stocktake reads a stocktake inside a commit.
func (c *commit) stocktake(id string) (till.Stocktake, error) {
	return scanNoun[till.Stocktake](c.row(`SELECT body FROM stocktake WHERE id = ?`, id))
}

// Stocktake reads a stocktake. One that is not there is a *till.Problem of
// till.CodeNotFound.
func (s *Store) Stocktake(ctx context.Context, id string) (till.Stocktake, error) {
	t, err := scanNoun[till.Stocktake](s.reading.row(ctx, `SELECT body FROM stocktake WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return t, store.NoNoun(store.AboutStocktake, id)
	}
	return t, s.problem(err)
}

// Stocktakes reads all stocktakes, the newest first.
func (s *Store) Stocktakes(ctx context.Context) ([]till.Stocktake, error) {
	rows, err := s.reading.pool.QueryContext(ctx, `SELECT body FROM stocktake ORDER BY seq DESC`)
	if err != nil {
		return nil, s.problem(err)
	}
	all, err := scanNouns[till.Stocktake](rows)
	return all, s.problem(err)
}

func countOf(t till.Stocktake, sku till.SKU) (till.StockCounted, bool) {
	for _, c := range t.Counts {
		if c.SKU == sku {
			return c, true
		}
	}
	return till.StockCounted{}, false
}

// normalStocktake is a stocktake as it comes back from the store.
func normalStocktake(t till.Stocktake) till.Stocktake {
	t.Opened.At = t.Opened.At.UTC().Round(0)
	if t.Canceled != nil {
		canceled := *t.Canceled
		canceled.At = canceled.At.UTC().Round(0)
		t.Canceled = &canceled
	}
	t.Counts = slices.Clone(t.Counts)
	slices.SortFunc(t.Counts, func(a, b till.StockCounted) int { return strings.Compare(string(a.SKU), string(b.SKU)) })
	return t
}
