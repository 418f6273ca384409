package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/tillworks/till/internal/till"
)

// ItemNames are the names of all variants by SKU as reports show them, those of deleted
// items among them: what was sold keeps its name. Where two items have had one SKU, the
// one that has it now gives the name.
//
// Handing a row over costs more than finding it, so that all of them come as one text: a
// line for each, its fields apart by characters that no name keeps. Bodies are read of
// items with options and of deleted ones alone, since the codes of these are given up.
func (s *Store) ItemNames(ctx context.Context) (map[till.SKU]string, error) {
	const query = `WITH named (deleted, seq, sku, name, option) AS (
			SELECT 0, i.seq, v.sku, i.name, '' FROM variant v JOIN item i ON i.id = v.item WHERE instr(i.body, '"option"') = 0
			UNION ALL
			SELECT i.deleted, i.seq, e.value ->> 'sku', i.name, coalesce(e.value ->> 'option', '') FROM item i, json_each(i.body, '$.variants') e
			WHERE i.deleted = 1 OR instr(i.body, '"option"') > 0)
		SELECT group_concat(sku || char(31) || replace(name, char(10), ' ') || char(31) || replace(option, char(10), ' '), char(10)
			ORDER BY deleted DESC, seq) FROM named`
	var list sql.NullString
	if err := s.reading.row(ctx, query).Scan(&list); err != nil {
		return nil, s.problem(fmt.Errorf("names of items: %w", err))
	}
	names := make(map[till.SKU]string, strings.Count(list.String, "\n")+1)
	for line := range strings.Lines(list.String) {
		sku, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\x1f")
		name, option, _ := strings.Cut(rest, "\x1f")
		names[till.SKU(sku)] = till.Item{Name: name}.Label(till.Variant{Option: option})
	}
	return names, nil
}
