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
	t, err := h.totals(ctx, h.ledger.DB, terminal, batch)
	if err != nil {
		return till.Totals{}, ledgerProblem(h.ledger.Path(), err)
	}
	return t, nil
}

// totals are the books of a batch as the host counts them at settlement.
func (h *Host) totals(ctx context.Context, q querier, terminal string, batch int) (till.Totals, error) {
	t, err := booked(ctx, q, terminal, batch)
	if err != nil {
		return till.Totals{}, err
	}
	return h.miscount(ctx, q, t, terminal, batch)
}

// booked counts the standing entries of a batch by kind, voids by what they undo; what
// holds money counts nowhere. A batch has one currency: what posts first decides it.
func booked(ctx context.Context, q querier, terminal string, batch int) (t till.Totals, err error) {
	rows, err := q.QueryContext(ctx, `
		SELECT e.kind, coalesce(o.kind, ''), e.currency, count(*), sum(e.minor)
		FROM standing e LEFT JOIN entry o ON o.id = e.original
		WHERE e.terminal = ? AND e.batch = ? AND e.kind NOT IN ('preauth', 'increment') AND NOT (e.kind = 'void' AND coalesce(o.kind, '') = 'preauth')
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

// addTotals counts as [till.Totals.Count] does: a tip is in a sum and in no count.
func addTotals(t *till.Totals, kind, original till.Kind, n int, sum int64) {
	switch {
	case kind == till.Tip:
		t.DebitMinor += sum
	case kind.IsDebit():
		t.Debits, t.DebitMinor = t.Debits+n, t.DebitMinor+sum
	case kind == till.Refund:
		t.Credits, t.CreditMinor = t.Credits+n, t.CreditMinor+sum
	case original == till.Refund:
		t.CreditReversals, t.CreditRevMinor = t.CreditReversals+n, t.CreditRevMinor+sum
	default:
		t.DebitReversals, t.DebitRevMinor = t.DebitReversals+n, t.DebitRevMinor+sum
	}
}
