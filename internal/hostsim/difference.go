package hostsim

import (
	"context"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/till"
)

// Counted is how the host counts a sale at settlement.
type Counted int

// The ways, all but the first on purpose, so that a shop can see a batch that differs. The
// books are right in all of them.
const (
	CountedRight Counted = iota
	CountedLate          // not before its record was told in a batch upload
	CountedMore          // as one minor unit more than was posted, whatever the terminal tells
)

// miscount makes the totals differ where a rule of an amount wants it.
func (h *Host) miscount(ctx context.Context, q querier, t till.Totals, terminal string, batch int) (till.Totals, error) {
	for _, rule := range h.rules {
		if rule.Counted == CountedRight {
			continue
		}
		n, sum, err := salesUnder(ctx, q, rule, terminal, batch)
		if err != nil {
			return till.Totals{}, err
		}
		if rule.Counted == CountedMore {
			t.DebitMinor += int64(n)
			continue
		}
		t.Debits, t.DebitMinor = t.Debits-n, t.DebitMinor-sum
	}
	return t, nil
}

// salesUnder are the sales of a batch that a rule miscounts: those that are counted late
// only until their record came.
func salesUnder(ctx context.Context, q querier, rule Rule, terminal string, batch int) (n int, sum int64, err error) {
	err = q.QueryRowContext(ctx, `
		SELECT count(*), coalesce(sum(e.minor), 0) FROM standing e
		WHERE e.terminal = ? AND e.batch = ? AND e.kind = 'sale' AND e.asked % 100 = ?
		  AND NOT (? AND EXISTS (SELECT 1 FROM record r WHERE r.entry = e.id))`,
		terminal, batch, rule.Minor, rule.Counted == CountedLate).Scan(&n, &sum)
	if err != nil {
		return 0, 0, fmt.Errorf("miscounted sales: %w", err)
	}
	return n, sum, nil
}

// onlyHere are the entries that count in the totals of a batch and that the terminal did
// not tell in its upload.
func onlyHere(ctx context.Context, q querier, terminal string, batch int) (list []till.Difference, err error) {
	found, err := entries(ctx, q, `
		LEFT JOIN entry o ON o.id = e.original
		WHERE e.terminal = ? AND e.batch = ? AND e.id IN (SELECT id FROM standing) AND e.id NOT IN (SELECT entry FROM record)
		  AND e.kind NOT IN ('preauth', 'increment') AND NOT (e.kind = 'void' AND coalesce(o.kind, '') = 'preauth')
		ORDER BY e.id`, terminal, batch)
	if err != nil {
		return nil, errors.Join(errors.New("records of the host alone"), err)
	}
	for _, e := range found {
		list = append(list, till.Difference{STAN: e.stan, Kind: e.kind, Theirs: e.amount})
	}
	return list, nil
}
