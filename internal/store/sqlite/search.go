package sqlite

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillworks/till/internal/till"
)

// Items reads the items that a filter selects: those with a text in the order in which
// they were first stored, so that a till shows the first before it has seen the last,
// others by category, name and id. Of a text that is apart by spaces each part must be in
// the name, an option or a SKU; a text that is a barcode, whole, finds what it is on.
func (s *Store) Items(ctx context.Context, f till.ItemFilter) ([]till.Item, error) {
	q, err := s.itemQuery(ctx, f)
	if err != nil {
		return nil, s.problem(err)
	}
	query := `SELECT body FROM ` + q.from + ` WHERE ` + q.where + ` ORDER BY ` + q.order + ` LIMIT ? OFFSET ?` //nolint:gosec // conditions are texts of this file, what a user says is among the arguments
	rows, err := s.reading.pool.QueryContext(ctx, query, append(q.args, limitOf(f.Limit), f.Offset)...)
	if err != nil {
		return nil, s.problem(err)
	}
	all, err := scanNouns[till.Item](rows)
	return all, s.problem(err)
}

// CountItems counts the items that a filter selects, whatever its Limit and Offset.
func (s *Store) CountItems(ctx context.Context, f till.ItemFilter) (n int, err error) {
	q, err := s.itemQuery(ctx, f)
	if err != nil {
		return 0, s.problem(err)
	}
	err = s.reading.row(ctx, `SELECT count(*) FROM `+q.from+` WHERE `+q.where, q.args...).Scan(&n)
	return n, s.problem(err)
}

// Categories reads the categories of items that are not deleted, by name.
func (s *Store) Categories(ctx context.Context) (all []string, err error) {
	// Each step looks for the next one in the index: a category of many items is one look.
	const names = `WITH RECURSIVE next (category) AS (
			SELECT (SELECT category FROM item WHERE deleted = 0 ORDER BY category LIMIT 1)
			UNION ALL SELECT (SELECT category FROM item WHERE deleted = 0 AND category > next.category ORDER BY category LIMIT 1) FROM next WHERE next.category IS NOT NULL)
		SELECT category FROM next WHERE category <> '' AND category IS NOT NULL`
	rows, err := s.reading.pool.QueryContext(ctx, names)
	if err != nil {
		return nil, s.problem(err)
	}
	err = each(rows, func(row rowScanner) error {
		var name string
		err := row.Scan(&name)
		all = append(all, name)
		return err
	})
	return all, s.problem(err)
}

// itemQuery is a filter as SQL.
type itemQuery struct {
	from  string
	where string
	args  []any
	order string
}

func (q *itemQuery) and(condition string, args ...any) {
	q.where += " AND " + condition
	q.args = append(q.args, args...)
}

func (s *Store) itemQuery(ctx context.Context, f till.ItemFilter) (itemQuery, error) {
	q := itemQuery{from: "item", where: "1", order: "category, name, id"}
	if !f.Deleted {
		q.and("deleted = 0")
	}
	if f.Category != "" {
		q.and("category = ?", f.Category)
	}
	if strings.TrimSpace(f.Text) == "" {
		return q, nil
	}
	q.order = "seq"
	code := strings.TrimSpace(f.Text)
	scanned, err := s.isBarcode(ctx, code, f.Deleted)
	if err != nil {
		return q, err
	}
	if scanned {
		q.and("id IN (SELECT v.item FROM barcode b JOIN variant v ON v.sku = b.sku WHERE b.code = ? UNION SELECT item FROM retired WHERE code = ?)", code, code)
		return q, nil
	}
	q.text(fold(f.Text))
	return q, nil
}

// isBarcode reports that the code is on an item, or was on a deleted one.
func (s *Store) isBarcode(ctx context.Context, code string, deleted bool) (is bool, err error) {
	err = s.reading.row(ctx, `SELECT EXISTS (SELECT 1 FROM barcode WHERE code = ?1) OR ?2 AND EXISTS (SELECT 1 FROM retired WHERE code = ?1)`, code, deleted).Scan(&is)
	return is, err
}

// text adds a folded search text: its pairs of letters narrow the items down, and what is
// left is looked at.
func (q *itemQuery) text(folded string) {
	if pairs := lookups(folded); len(pairs) > 0 {
		q.from, q.order = "item_gram g CROSS JOIN item ON seq = g.rowid", "g.rowid" // one by one as they are wanted, unlike IN
		q.and("item_gram MATCH ?", `"`+strings.Join(pairs, `" AND "`)+`"`)
	}
	for _, part := range strings.Fields(folded) {
		q.and("instr(search, ?)", part)
	}
}

// searchText is what an item is found by.
func searchText(item till.Item) string {
	parts := []string{item.Name}
	for _, v := range item.Variants {
		parts = append(parts, v.Option, string(v.SKU))
	}
	return fold(strings.Join(parts, " "))
}

// fold makes texts alike that differ in case, in the width of their letters (an input
// method for Chinese writes Ａ as readily as A) or in their spaces.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		const firstWide, lastWide, toNarrow = '！', '～', '！' - '!' // U+FF01 to U+FF5E
		if r >= firstWide && r <= lastWide {
			r -= toNarrow
		}
		return unicode.ToLower(r)
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// runs are the stretches of a folded text that hold letters and digits alone. All that is
// not ASCII is taken for a letter, as the tokenizer of item_gram does.
func runs(folded string) [][]rune {
	var all [][]rune
	for _, run := range strings.FieldsFunc(folded, isBetweenRuns) {
		all = append(all, []rune(run))
	}
	return all
}

func isBetweenRuns(r rune) bool {
	if r < utf8.RuneSelf {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}
	return unicode.IsSpace(r)
}

// widest is the number of letters of the longest gram. The longer the fewer items have it,
// and a trigram index alone would know nothing of a word of two characters, which is what
// most words in Chinese are.
const widest = 3

// grams are what item_gram holds of a text: each one, two and three neighbours in a run.
func grams(folded string) []string {
	var all []string
	for _, run := range runs(folded) {
		for first := range run {
			for end := first + 1; end <= min(first+widest, len(run)); end++ {
				all = append(all, string(run[first:end]))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// lookups are some of the grams that every text has in which the given one occurs: no more
// than cover it, since each is a list to be read. A text of nothing but signs has none, and
// every item is looked at.
func lookups(folded string) []string {
	var all []string
	for _, run := range runs(folded) {
		width := min(widest, len(run))
		for first := 0; first < len(run); first += width {
			first = min(first, len(run)-width) // the last one overlaps
			all = append(all, string(run[first:first+width]))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// limitOf is -1, which SQLite takes for none, where there is no limit.
func limitOf(n int) int {
	if n <= 0 {
		return -1
	}
	return n
}
