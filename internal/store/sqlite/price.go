package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

const priceColumns = `sku, at, minor, cost_minor, currency, staff`

// Prices reads the history of a SKU's price and cost, oldest first; of one that is not
// known there is none.
func (s *Store) Prices(ctx context.Context, sku till.SKU) (all []till.PriceChange, err error) {
	rows, err := s.reading.pool.QueryContext(ctx, `SELECT `+priceColumns+` FROM price WHERE sku = ? ORDER BY seq`, string(sku))
	if err != nil {
		return nil, s.problem(err)
	}
	err = each(rows, func(row rowScanner) error {
		p, err := scanPrice(row)
		all = append(all, p)
		return err
	})
	return all, s.problem(err)
}

// putPrices adds what is new to the history of prices. A deleted item has no price.
func (c *commit) putPrices(item till.Item, ch till.Change) error {
	if item.Deleted {
		return nil
	}
	for _, v := range item.Variants {
		last, err := scanPrice(c.row(`SELECT `+priceColumns+` FROM price WHERE sku = ? ORDER BY seq DESC LIMIT 1`, string(v.SKU)))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err == nil && last.Price == v.Price && last.Cost == v.Cost {
			continue
		}
		err = c.exec(`INSERT INTO price (seq, `+priceColumns+`) VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM price), ?, ?, ?, ?, ?, ?)`,
			string(v.SKU), writeTime(ch.At), v.Price.Minor(), v.Cost.Minor(), v.Price.Currency().Code(), string(ch.Staff))
		if err != nil {
			return err
		}
	}
	return nil
}

func scanPrice(row rowScanner) (till.PriceChange, error) {
	var p till.PriceChange
	var at, currency string
	var minor, cost int64
	if err := row.Scan(&p.SKU, &at, &minor, &cost, &currency, &p.Staff); err != nil {
		return till.PriceChange{}, err
	}
	c, err := money.CurrencyByCode(currency)
	if err != nil {
		return till.PriceChange{}, fmt.Errorf("price of %s: %w", p.SKU, err)
	}
	p.Price = money.New(minor, c)
	if cost != 0 {
		p.Cost = money.New(cost, c)
	}
	if p.At, err = readTime(at); err != nil {
		return till.PriceChange{}, fmt.Errorf("price of %s: %w", p.SKU, err)
	}
	return p, nil
}
