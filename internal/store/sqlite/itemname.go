package sqlite

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/till"
)

// ItemNames are the names of all variants by SKU as reports show them, those of deleted
// items among them: what was sold keeps its name. Where two items have had one SKU, the
// one that has it now gives the name.
func (s *Store) ItemNames(ctx context.Context) (map[till.SKU]string, error) {
	const query = `SELECT v.value ->> 'sku', i.name, coalesce(v.value ->> 'option', '')
		FROM item i, json_each(i.body, '$.variants') v ORDER BY i.deleted DESC, i.seq`
	rows, err := s.reading.pool.QueryContext(ctx, query)
	if err != nil {
		return nil, s.problem(err)
	}
	names := map[till.SKU]string{}
	err = each(rows, func(row rowScanner) error {
		var sku till.SKU
		var i till.Item
		var v till.Variant
		if err := row.Scan(&sku, &i.Name, &v.Option); err != nil {
			return err
		}
		names[sku] = i.Label(v)
		return nil
	})
	if err != nil {
		return nil, s.problem(fmt.Errorf("names of items: %w", err))
	}
	return names, nil
}
