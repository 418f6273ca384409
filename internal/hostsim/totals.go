package hostsim

import (
	"context"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/till"
)

// Totals are the host's own totals of a terminal's batch, in the meaning of
// [till.Totals]: what a reconciliation is compared with. The currency of a batch in
// which nothing was posted is empty.
func (h *Host) Totals(ctx context.Context, terminal string, batch int) (till.Totals, error) {
	t, err := totals(ctx, h.ledger.DB, terminal, batch)
	if err != nil {
		return till.Totals{}, ledgerProblem(h.ledger.Path(), err)
	}
	return t, nil
}

// totals counts the standing entries of a batch by kind, voids by what they undo. A
// batch has one currency: the first sale or refund that posts decides it.
func totals(ctx context.Context, q querier, terminal string, batch int) (t till.Totals, err error) {
	rows, err := q.QueryContext(ctx, `
		SELECT e.kind, coalesce(o.kind, ''), e.currency, count(*), sum(e.minor)
		FROM standing e LEFT JOIN entry o ON o.id = e.original
		WHERE e.terminal = ? AND e.batch = ?
		GROUP BY 1, 2, 3`, terminal, batch)
	if err != nil {
		return till.Totals{}, fmt.Errorf("totals: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var kind, original till.Kind
		var n int
		var sum int64
		if err := rows.Scan(&kind, &original, &t.Currency, &n, &sum); err != nil {
			return till.Totals{}, fmt.Errorf("totals: %w", err)
		}
		addTotals(&t, kind, original, n, sum)
	}
	if err := rows.Err(); err != nil {
		return till.Totals{}, fmt.Errorf("totals: %w", err)
	}
	return t, nil
}

// batchCurrency is the currency of what stands in a batch, empty where nothing does.
// Each sale asks, so it must not cost more as the batch grows.
func batchCurrency(ctx context.Context, q querier, terminal string, batch int) (currency string, err error) {
	rows, err := q.QueryContext(ctx, "SELECT currency FROM standing WHERE terminal = ? AND batch = ? LIMIT 1", terminal, batch)
	if err != nil {
		return "", fmt.Errorf("currency of the batch: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if rows.Next() {
		if err := rows.Scan(&currency); err != nil {
			return "", fmt.Errorf("currency of the batch: %w", err)
		}
	}
	return currency, rows.Err()
}

func addTotals(t *till.Totals, kind, original till.Kind, n int, sum int64) {
	switch {
	case kind == till.Sale:
		t.Debits, t.DebitMinor = n, sum
	case kind == till.Refund:
		t.Credits, t.CreditMinor = n, sum
	case original == till.Sale:
		t.DebitReversals, t.DebitRevMinor = n, sum
	default:
		t.CreditReversals, t.CreditRevMinor = n, sum
	}
}
