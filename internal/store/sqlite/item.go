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
	"github.com/tillworks/till/pkg/money"
)

// PutItems stores items in one commit, all or none, and returns them as stored. A new one
// has version 0; if the store holds another version of one, the error wraps till.ErrStale.
//
// A SKU or barcode has one item among those that are not deleted, or the error is a
// *till.Problem of till.CodeConflict that names both. A deleted item gives its codes up.
// Items of one call may hand codes to one another. Each price or cost that is another than
// the last of its SKU goes into the history of prices, with the time and staff of ch.
func (s *Store) PutItems(ctx context.Context, items []till.Item, ch till.Change) ([]till.Item, error) {
	return s.ImportItems(ctx, items, nil, ch)
}

// ImportItems is PutItems with the stock that the items begin with: the moves are in the
// same commit, so that an import is there whole or not at all.
func (s *Store) ImportItems(ctx context.Context, items []till.Item, opening []till.StockMove, ch till.Change) ([]till.Item, error) {
	stored, err := normalItems(items)
	if err != nil {
		return nil, err
	}
	for _, m := range opening {
		if err := store.CheckMoveFromOutside(m); err != nil {
			return nil, err
		}
	}
	err = s.edit(ctx, func(c *commit) error {
		if err := c.putItems(stored, ch); err != nil {
			return err
		}
		for _, m := range opening {
			if err := c.checkTracked(m.SKU); err != nil {
				return err
			}
		}
		return c.moveStock(opening)
	})
	if err != nil {
		return nil, err
	}
	return stored, nil
}

// normalItems are items as they come back from the store, each complete and there once.
func normalItems(items []till.Item) ([]till.Item, error) {
	stored := make([]till.Item, len(items))
	seen := map[till.ItemID]bool{}
	for i, item := range items {
		if err := store.CheckItem(item); err != nil {
			return nil, err
		}
		if seen[item.ID] {
			return nil, fmt.Errorf("item %s is to be stored twice in one commit", item.ID)
		}
		seen[item.ID] = true
		stored[i] = normalItem(item)
	}
	return stored, nil
}

// putItems takes all codes of the items back before it gives any out, and writes the
// search index last: SQLite flushes what is new in it before each statement that is more
// than one write, as those with a trigger are, and that flush costs more than all else.
func (c *commit) putItems(items []till.Item, ch till.Change) error {
	for i := range items {
		if err := c.takeItem(&items[i]); err != nil {
			return err
		}
	}
	for _, item := range items {
		if err := c.putItem(item, ch); err != nil {
			return err
		}
	}
	for _, item := range items {
		if err := c.indexItem(item); err != nil {
			return fmt.Errorf("indexing item %s: %w", item.ID, err)
		}
	}
	return nil
}

// takeItem gives an item its next version, and its codes back where it is stored already.
func (c *commit) takeItem(item *till.Item) error {
	held, err := scanNoun[till.Item](c.row(`SELECT body FROM item WHERE id = ?`, string(item.ID)))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("looking for item %s: %w", item.ID, err)
	}
	if held.Version != item.Version {
		return store.StaleNoun(store.AboutItem, string(item.ID), item.Version, held.Version)
	}
	item.Version++
	for _, v := range held.Variants {
		if err := c.takeCodes(held, v); err != nil {
			return fmt.Errorf("taking back the codes of item %s: %w", item.ID, err)
		}
	}
	return nil
}

// takeCodes takes those of a variant back, each by itself: they are keys, and an index of
// the codes by item would cost every import more than it saves here.
func (c *commit) takeCodes(held till.Item, v till.Variant) error {
	if held.Deleted {
		for _, code := range codesOf(v) {
			if err := c.exec(`DELETE FROM retired WHERE code = ? AND item = ?`, code, string(held.ID)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, code := range v.Barcodes {
		if err := c.exec(`DELETE FROM barcode WHERE code = ?`, code); err != nil {
			return err
		}
	}
	return c.exec(`DELETE FROM variant WHERE sku = ?`, string(v.SKU))
}

// codesOf are all that a variant is scanned by.
func codesOf(v till.Variant) []string { return append([]string{string(v.SKU)}, v.Barcodes...) }

func (c *commit) putItem(item till.Item, ch till.Change) error {
	body, err := store.Body(store.AboutItem, string(item.ID), item)
	if err != nil {
		return err
	}
	if err := c.storeItem(item, body); err != nil {
		return fmt.Errorf("storing item %s: %w", item.ID, err)
	}
	if err := c.putCodes(item); err != nil {
		return err
	}
	if err := c.putPrices(item, ch); err != nil {
		return fmt.Errorf("storing the prices of item %s: %w", item.ID, err)
	}
	return c.appendChanged(store.AboutItem, string(item.ID), body, ch)
}

func (c *commit) storeItem(item till.Item, body []byte) error {
	return c.exec(`INSERT INTO item (id, name, category, deleted, search, version, body) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, category = excluded.category, deleted = excluded.deleted,
			search = excluded.search, version = excluded.version, body = excluded.body`,
		string(item.ID), item.Name, item.Category, item.Deleted, searchText(item), item.Version, string(body))
}

func (c *commit) indexItem(item till.Item) error {
	var seq int64
	if err := c.row(`SELECT seq FROM item WHERE id = ?`, string(item.ID)).Scan(&seq); err != nil {
		return err
	}
	return c.exec(`REPLACE INTO item_gram (rowid, grams) VALUES (?, ?)`, seq, strings.Join(grams(searchText(item)), " "))
}

// putCodes gives the codes of an item out, or writes down whose they were.
func (c *commit) putCodes(item till.Item) error {
	if item.Deleted {
		return c.retireCodes(item)
	}
	for _, v := range item.Variants {
		if err := c.claim(string(v.SKU), item.ID); err != nil {
			return err
		}
		if err := c.exec(`INSERT INTO variant (sku, item, untracked) VALUES (?, ?, ?)`, string(v.SKU), string(item.ID), v.Untracked); err != nil {
			return fmt.Errorf("storing SKU %s: %w", v.SKU, err)
		}
		for _, code := range v.Barcodes {
			if code != string(v.SKU) {
				if err := c.claim(code, item.ID); err != nil {
					return err
				}
			}
			if err := c.exec(`INSERT INTO barcode (code, sku) VALUES (?, ?)`, code, string(v.SKU)); err != nil {
				return fmt.Errorf("storing barcode %s: %w", code, err)
			}
		}
	}
	return nil
}

// holderOf finds the item of a SKU or barcode.
const holderOf = `SELECT item FROM variant WHERE sku = ?1
	UNION ALL SELECT v.item FROM barcode b JOIN variant v ON v.sku = b.sku WHERE b.code = ?1 LIMIT 1`

// claim refuses a code that an item has: what is scanned must mean one thing, so that a
// SKU is no other variant's barcode either. Its own it may be.
func (c *commit) claim(code string, wanting till.ItemID) error {
	var holder till.ItemID
	err := c.row(holderOf, code).Scan(&holder)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for code %s: %w", code, err)
	}
	return store.CodeTaken(code, holder, wanting)
}

func (c *commit) retireCodes(item till.Item) error {
	for _, v := range item.Variants {
		for _, code := range codesOf(v) {
			if err := c.exec(`INSERT OR IGNORE INTO retired (code, item) VALUES (?, ?)`, code, string(item.ID)); err != nil {
				return fmt.Errorf("retiring code %s: %w", code, err)
			}
		}
	}
	return nil
}

// Item reads an item, a deleted one too. One that is not there is a *till.Problem of
// till.CodeNotFound.
func (s *Store) Item(ctx context.Context, id till.ItemID) (till.Item, error) {
	item, err := scanNoun[till.Item](s.reading.row(ctx, `SELECT body FROM item WHERE id = ?`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return item, store.NoNoun(store.AboutItem, string(id))
	}
	return item, s.problem(err)
}

// ItemByCode finds the variant of a SKU, exactly, or of a barcode, as it was stored. None
// is a *till.Problem of till.CodeNotFound, which says so where a deleted item had the code.
func (s *Store) ItemByCode(ctx context.Context, code string) (till.Item, till.Variant, error) {
	var sku till.SKU
	var body string
	const find = `SELECT v.sku, i.body FROM variant v JOIN item i ON i.id = v.item WHERE v.sku = ?1
		UNION ALL SELECT v.sku, i.body FROM barcode b JOIN variant v ON v.sku = b.sku JOIN item i ON i.id = v.item WHERE b.code = ?1 LIMIT 1`
	err := s.reading.row(ctx, find, code).Scan(&sku, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return till.Item{}, till.Variant{}, s.noCode(ctx, code)
	}
	if err != nil {
		return till.Item{}, till.Variant{}, s.problem(err)
	}
	item, err := asStored[till.Item]([]byte(body))
	v, _ := item.Variant(sku)
	return item, v, s.problem(err)
}

// noCode tells a code that nobody ever had from one of a deleted item.
func (s *Store) noCode(ctx context.Context, code string) error {
	item, err := scanNoun[till.Item](s.reading.row(ctx, `SELECT i.body FROM retired r JOIN item i ON i.id = r.item WHERE r.code = ? ORDER BY i.seq DESC LIMIT 1`, code))
	if errors.Is(err, sql.ErrNoRows) {
		return store.NoCode(code)
	}
	if err != nil {
		return s.problem(err)
	}
	return store.CodeOfDeleted(code, item.ID, item.Name)
}

// normalItem is an item as it comes back from the store.
func normalItem(item till.Item) till.Item {
	item.Variants = slices.Clone(item.Variants)
	for i := range item.Variants {
		v := &item.Variants[i]
		if v.Barcodes = slices.Clone(v.Barcodes); len(v.Barcodes) == 0 {
			v.Barcodes = nil
		}
		if v.Cost.IsZero() {
			v.Cost = money.Amount{}
		}
	}
	return item
}
