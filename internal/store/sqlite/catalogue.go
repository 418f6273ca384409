package sqlite

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// items holds each item and what it is found by against the journal.
func (v *verification) items() error {
	err := v.compare(store.AboutItem, `SELECT count(*) FROM item`, func(id string, said []byte) error {
		var held struct {
			till.Item
			search, body string
		}
		err := v.tx.QueryRowContext(v.ctx, `SELECT name, category, deleted, search, version, body FROM item WHERE id = ?`, id).
			Scan(&held.Name, &held.Category, &held.Deleted, &held.search, &held.Version, &held.body)
		if err != nil {
			return err
		}
		var journaled till.Item
		if err := sameJSON([]byte(held.body), said, &journaled); err != nil {
			return err
		}
		return sameColumns(held.Name == journaled.Name && held.Category == journaled.Category && held.Deleted == journaled.Deleted &&
			held.Version == journaled.Version && held.search == searchText(journaled))
	})
	if err != nil {
		return err
	}
	return v.codes()
}

// codes holds the tables of codes against the items that they come from.
func (v *verification) codes() error {
	const variants = ` FROM item i, json_each(i.body, '$.variants') v`
	const barcodes = variants + `, json_each(v.value, '$.barcodes') b`
	for _, check := range []struct{ what, held, want string }{
		{
			"SKU", `SELECT sku, item, untracked FROM variant`,
			`SELECT v.value ->> 'sku', i.id, coalesce(v.value ->> 'untracked', 0)` + variants + ` WHERE i.deleted = 0`,
		},
		{
			"barcode", `SELECT code, sku FROM barcode`,
			`SELECT b.value, v.value ->> 'sku'` + barcodes + ` WHERE i.deleted = 0`,
		},
		{
			"code of a deleted item", `SELECT code, item FROM retired`,
			`SELECT v.value ->> 'sku', i.id` + variants + ` WHERE i.deleted = 1 UNION SELECT b.value, i.id` + barcodes + ` WHERE i.deleted = 1`,
		},
		{"search index of item", `SELECT rowid FROM item_gram`, `SELECT seq FROM item`},
	} {
		if err := v.agree(check.what, check.held, check.want); err != nil {
			return err
		}
	}
	return nil
}

// agree makes sure that two queries read the same rows; what says what they are of, and
// their first column which of them.
func (v *verification) agree(what, held, want string) error {
	for _, query := range []string{held + ` EXCEPT SELECT * FROM (` + want + `)`, want + ` EXCEPT SELECT * FROM (` + held + `)`} {
		differing, err := v.firstOf(query)
		if err != nil {
			return fmt.Errorf("checking each %s: %w", what, err)
		}
		if differing != "" {
			return &damaged{why: fmt.Sprintf("%s %s is not what its books say", what, differing)}
		}
	}
	return nil
}

// firstOf is the first column of a query's first row, and empty where it has none.
func (v *verification) firstOf(query string) (first string, err error) {
	rows, err := v.tx.QueryContext(v.ctx, query)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return "", rows.Err()
	}
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	row := make([]any, len(columns))
	for i := range row {
		row[i] = new(sql.NullString)
	}
	err = rows.Scan(row...)
	return row[0].(*sql.NullString).String, err
}

// prices makes the history of prices anew from what the journal says of items, and holds
// it against the one that is kept.
func (v *verification) prices() error {
	held, err := v.tx.QueryContext(v.ctx, `SELECT `+priceColumns+` FROM price ORDER BY seq`)
	if err != nil {
		return fmt.Errorf("reading the prices: %w", err)
	}
	last := map[till.SKU]till.PriceChange{}
	err = v.said(store.AboutItem, func(id string, body []byte) error {
		var item struct {
			till.Item
			Change till.Change `json:"change"`
		}
		if err := json.Unmarshal(body, &item); err != nil {
			return err
		}
		for _, p := range newPrices(item.Item, item.Change, last) {
			if err := nextPrice(held, p); err != nil {
				return &damaged{why: fmt.Sprintf("price of %s: %v", p.SKU, err)}
			}
		}
		return nil
	})
	if err == nil && held.Next() {
		err = &damaged{why: "a price is there that the journal does not know"}
	}
	return errors.Join(err, held.Err(), held.Close())
}

// newPrices are the prices of an item that differ from the last of their SKU, which they
// become.
func newPrices(item till.Item, ch till.Change, last map[till.SKU]till.PriceChange) (changed []till.PriceChange) {
	if item.Deleted {
		return nil
	}
	for _, v := range item.Variants {
		before, ok := last[v.SKU]
		if ok && before.Price == v.Price && before.Cost == v.Cost {
			continue
		}
		p := till.PriceChange{SKU: v.SKU, At: ch.At, Price: v.Price, Cost: v.Cost, Staff: ch.Staff}
		last[v.SKU] = p
		changed = append(changed, p)
	}
	return changed
}

func nextPrice(held *sql.Rows, want till.PriceChange) error {
	if !held.Next() {
		return errors.New("it is missing")
	}
	got, err := scanPrice(held)
	if err != nil {
		return err
	}
	if !got.At.Equal(want.At) {
		return errors.New("its time was changed")
	}
	if got.At = want.At; got != want {
		return errors.New("it was changed")
	}
	return nil
}

// said reads all that the journal says about things of a kind, in its order.
func (v *verification) said(about store.Subject, see func(id string, body []byte) error) error {
	rows, err := v.tx.QueryContext(v.ctx, `SELECT id, body FROM journal WHERE subject = ? ORDER BY seq`, string(about))
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	return each(rows, func(row rowScanner) error {
		var id string
		var body []byte
		if err := row.Scan(&id, &body); err != nil {
			return err
		}
		return see(id, body)
	})
}

// stock holds each stock move against the journal, and what is on hand against their sum.
func (v *verification) stock() error {
	err := checkLedger(v, store.AboutStock, `SELECT `+moveColumns+` FROM stock_move ORDER BY seq`, scanMove, func(body []byte) (moves []till.StockMove, err error) {
		return moves, json.Unmarshal(body, &moves)
	})
	if err != nil {
		return err
	}
	return v.agree("stock on hand of", `SELECT sku, on_hand FROM stock`, `SELECT sku, sum(quantity) FROM stock_move GROUP BY sku`)
}

// clockings holds each clocking against the journal.
func (v *verification) clockings() error {
	return checkLedger(v, store.AboutClocking, `SELECT `+clockingColumns+` FROM clocking ORDER BY seq`, scanClocking, oneOf[till.Clocking])
}

// members holds each customer against the journal, each move of points too, and the
// balances against their sums.
func (v *verification) members() error {
	err := v.compare(store.AboutMember, `SELECT count(*) FROM member`, func(id string, said []byte) error {
		var held struct {
			till.Member
			search, phone, body string
		}
		err := v.tx.QueryRowContext(v.ctx, `SELECT search, phone, gone, version, body FROM member WHERE id = ?`, id).
			Scan(&held.search, &held.phone, &held.Gone, &held.Version, &held.body)
		if err != nil {
			return err
		}
		var journaled till.Member
		if err := sameJSON([]byte(held.body), said, &journaled); err != nil {
			return err
		}
		return sameColumns(held.search == fold(journaled.Name) && held.phone == digits(journaled.Phone) && held.Gone == journaled.Gone && held.Version == journaled.Version)
	})
	if err != nil {
		return err
	}
	if err := checkLedger(v, store.AboutPoints, `SELECT `+pointsColumns+` FROM points_move ORDER BY seq`, scanPoints, oneOf[till.PointsMove]); err != nil {
		return err
	}
	return v.agree("points of member", `SELECT id, points FROM member WHERE points <> 0`,
		`SELECT member, sum(points) FROM points_move GROUP BY member HAVING sum(points) <> 0`)
}

// stocktakes holds each stocktake against the journal.
func (v *verification) stocktakes() error {
	return v.compare(store.AboutStocktake, `SELECT count(*) FROM stocktake`, func(id string, said []byte) error {
		var version int
		var body string
		if err := v.tx.QueryRowContext(v.ctx, `SELECT version, body FROM stocktake WHERE id = ?`, id).Scan(&version, &body); err != nil {
			return err
		}
		var journaled till.Stocktake
		if err := sameJSON([]byte(body), said, &journaled); err != nil {
			return err
		}
		return sameColumns(version == journaled.Version)
	})
}

// oneOf reads a journal body that is one line of a ledger.
func oneOf[T any](body []byte) ([]T, error) {
	var line T
	err := json.Unmarshal(body, &line)
	return []T{line}, err
}

// checkLedger holds the lines of a ledger, in their order, against those that the journal
// has, one or several a row.
func checkLedger[T any](v *verification, about store.Subject, query string, scan func(rowScanner) (T, error), linesOf func(body []byte) ([]T, error)) error {
	held, err := v.tx.QueryContext(v.ctx, query)
	if err != nil {
		return fmt.Errorf("reading the ledger of %s: %w", about, err)
	}
	err = v.said(about, func(id string, body []byte) error {
		lines, err := linesOf(body)
		if err != nil {
			return err
		}
		for _, line := range lines {
			if err := sameLine(held, scan, line); err != nil {
				return &damaged{why: fmt.Sprintf("%s %s is not what the journal says: %v", about, id, err)}
			}
		}
		return nil
	})
	if err == nil && held.Next() {
		err = &damaged{why: fmt.Sprintf("the ledger of %s has a line that the journal does not know", about)}
	}
	return errors.Join(err, held.Err(), held.Close())
}

// sameLine compares the next line of a ledger, as JSON, with what the journal says.
func sameLine[T any](held *sql.Rows, scan func(rowScanner) (T, error), said T) error {
	if !held.Next() {
		return errors.New("the line is missing")
	}
	got, err := scan(held)
	if err != nil {
		return err
	}
	a, err := json.Marshal(got)
	if err != nil {
		return err
	}
	b, err := json.Marshal(said)
	if err == nil && string(a) != string(b) {
		err = errors.New("the line was changed")
	}
	return err
}
