package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/till"
)

// totalsQuery sums the approved card transactions of a batch. A void counts by what it
// undoes, and what it undoes goes on counting: that is how a host adds up too. A tip is in a sum and in no
// count; what holds money is in neither. The sum
// of more than 64 bits is an error of SQLite's.
const totalsQuery = `SELECT
	coalesce(nullif(b.currency, ''), (SELECT currency FROM txn WHERE batch = b.number LIMIT 1), ''),
	count(*) FILTER (WHERE t.kind IN ('sale', 'completion', 'cash_advance')), coalesce(sum(t.minor) FILTER (WHERE t.kind IN ('sale', 'completion', 'cash_advance', 'tip')), 0),
	count(*) FILTER (WHERE t.kind = 'void' AND o.kind IN ('sale', 'completion', 'cash_advance')), coalesce(sum(t.minor) FILTER (WHERE t.kind = 'void' AND o.kind IN ('sale', 'completion', 'cash_advance')), 0),
	count(*) FILTER (WHERE t.kind = 'refund'),                     coalesce(sum(t.minor) FILTER (WHERE t.kind = 'refund'), 0),
	count(*) FILTER (WHERE t.kind = 'void' AND o.kind = 'refund'), coalesce(sum(t.minor) FILTER (WHERE t.kind = 'void' AND o.kind = 'refund'), 0)
	FROM batch b
	LEFT JOIN txn t ON t.batch = b.number AND t.tender = 'card' AND t.state = 'APPROVED'
	LEFT JOIN txn o ON o.id = t.original
	WHERE b.number = ? GROUP BY b.number`

// Totals are the card totals of a batch as its transactions stand. Where it has no card
// transaction the currency is that of the others, or none.
func (s *Store) Totals(ctx context.Context, batch int) (till.Totals, error) {
	t, err := totals(s.reading.row(ctx, totalsQuery, batch))
	if errors.Is(err, sql.ErrNoRows) {
		return t, store.NoBatch(batch)
	}
	if err != nil {
		return t, s.problem(fmt.Errorf("totals of batch %d: %w", batch, err))
	}
	return t, nil
}

func totals(row rowScanner) (t till.Totals, err error) {
	err = row.Scan(&t.Currency, &t.Debits, &t.DebitMinor, &t.DebitReversals, &t.DebitRevMinor,
		&t.Credits, &t.CreditMinor, &t.CreditReversals, &t.CreditRevMinor)
	return t, err
}
