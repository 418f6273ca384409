package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/till"
)

// tenderQuery sums a batch by tender and currency. What was voided is neither a sale nor
// a refund any more, and neither are its tips; a void is of the same batch as what it
// undoes.
const tenderQuery = `SELECT t.tender, t.currency,
	count(*) FILTER (WHERE t.kind IN ('sale', 'completion', 'cash_advance')), coalesce(sum(t.minor) FILTER (WHERE t.kind <> 'refund'), 0),
	count(*) FILTER (WHERE t.kind = 'refund'), coalesce(sum(t.minor) FILTER (WHERE t.kind = 'refund'), 0)
	FROM txn t
	WHERE t.batch = ? AND t.state = 'APPROVED' AND t.kind IN ('sale', 'refund', 'completion', 'cash_advance', 'tip')
		AND NOT EXISTS (SELECT 1 FROM txn v WHERE v.original = CASE t.kind WHEN 'tip' THEN t.original ELSE t.id END AND v.kind = 'void' AND v.state = 'APPROVED')
	GROUP BY t.tender, t.currency ORDER BY t.tender, t.currency`

// TenderTotals are the sums of a batch for each tender and currency that something
// approved in it was of, by name. A batch without any, or that is not there, has none.
func (s *Store) TenderTotals(ctx context.Context, batch int) (_ []till.TenderTotals, err error) {
	rows, err := s.reading.pool.QueryContext(ctx, tenderQuery, batch)
	if err != nil {
		return nil, s.problem(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var all []till.TenderTotals
	for rows.Next() {
		t, err := tenderTotals(rows)
		if err != nil {
			return nil, s.problem(fmt.Errorf("tenders of batch %d: %w", batch, err))
		}
		all = append(all, t)
	}
	if err := rows.Err(); err != nil {
		return nil, s.problem(err)
	}
	return all, nil
}

func tenderTotals(rows *sql.Rows) (t till.TenderTotals, err error) {
	err = rows.Scan(&t.Tender, &t.Currency, &t.Sales, &t.SaleMinor, &t.Refunds, &t.RefundMinor)
	t.NetMinor = t.SaleMinor - t.RefundMinor
	return t, err
}
