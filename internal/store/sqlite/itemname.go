package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tillworks/till/internal/till"
)

// ItemNames are the names of all variants by SKU as reports show them, those of deleted
// items among them: what was sold keeps its name. Where two items have had one SKU, the
// one that has it now gives the name.
//
// Handing a row over costs more than finding it, so that all items come as one text, a
// line for each; and of a body, which as canonical JSON has no line breaks, only items
// with options are read as JSON.
func (s *Store) ItemNames(ctx context.Context) (map[till.SKU]string, error) {
	const query = `SELECT group_concat(body, char(10) ORDER BY deleted DESC, seq) FROM item`
	var list sql.NullString
	if err := s.reading.row(ctx, query).Scan(&list); err != nil {
		return nil, s.problem(fmt.Errorf("names of items: %w", err))
	}
	names := make(map[till.SKU]string, strings.Count(list.String, "\n")+1)
	for body := range strings.Lines(list.String) {
		if nameAlone(names, body) {
			continue
		}
		var i till.Item
		if err := json.Unmarshal([]byte(body), &i); err != nil {
			return nil, s.problem(fmt.Errorf("names of items: %w", err))
		}
		for _, v := range i.Variants {
			names[v.SKU] = i.Label(v)
		}
	}
	return names, nil
}

// nameAlone takes the name of an item without options, one variant and a name that needs
// no escaping. A quote within a text of JSON is never bare, so that no name is taken for a
// field.
func nameAlone(names map[till.SKU]string, body string) bool {
	_, rest, named := strings.Cut(body, `"name":"`)
	name, rest, closed := strings.Cut(rest, `"`)
	_, rest, hasSKU := strings.Cut(rest, `"sku":"`)
	sku, rest, ended := strings.Cut(rest, `"`)
	if !named || !closed || !hasSKU || !ended || strings.ContainsRune(name, '\\') || strings.Contains(rest, `"option":`) || strings.Contains(rest, `"sku":`) {
		return false
	}
	names[till.SKU(sku)] = name
	return true
}
