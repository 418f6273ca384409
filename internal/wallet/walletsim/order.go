package walletsim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/internal/wallet/gateway"
	"github.com/tillworks/till/pkg/money"
)

// order is a row of the table of orders and what became of it.
type order struct {
	number, merchant, terminal string
	batch                      int
	flow                       wallet.Flow
	amount                     money.Amount
	provider, notify           string
	at                         time.Time
	expires, acts              time.Time // zero for never
	refuses                    bool
	polls                      int

	payment int64 // id; 0 for none
	paidAt  time.Time
	refused bool
	closed  bool
}

func (o order) isDecided() bool { return o.payment != 0 || o.refused || o.closed }

// sameAs reports a question that asks for the order again.
func (o order) sameAs(q gateway.Question) bool {
	return o.merchant == q.Merchant && o.terminal == q.Terminal && o.batch == q.Batch && o.flow == q.Flow && o.amount == q.Amount
}

const selectOrder = `
SELECT o.number, o.merchant, o.terminal, o.batch, o.flow, o.currency, o.minor, o.provider, o.notify, o.at,
       coalesce(o.expires, 0), coalesce(o.acts, 0), o.refuses, o.polls,
       coalesce(p.id, 0), coalesce(p.at, 0),
       EXISTS (SELECT 1 FROM refusal r WHERE r.number = o.number),
       EXISTS (SELECT 1 FROM closure c WHERE c.number = o.number)
FROM orders o LEFT JOIN payment p ON p.number = o.number `

func orders(ctx context.Context, q querier, where string, args ...any) (list []order, err error) {
	rows, err := q.QueryContext(ctx, selectOrder+where, args...)
	if err != nil {
		return nil, fmt.Errorf("orders: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		o, err := scanOrder(rows)
		if err != nil {
			return nil, fmt.Errorf("orders: %w", err)
		}
		list = append(list, o)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("orders: %w", err)
	}
	return list, nil
}

func scanOrder(rows *sql.Rows) (order, error) {
	var o order
	var currency string
	var minor, at, expires, acts, paid int64
	err := rows.Scan(&o.number, &o.merchant, &o.terminal, &o.batch, &o.flow, &currency, &minor, &o.provider, &o.notify, &at,
		&expires, &acts, &o.refuses, &o.polls, &o.payment, &paid, &o.refused, &o.closed)
	if err != nil {
		return order{}, err
	}
	o.at, o.expires, o.acts, o.paidAt = moment(at), moment(expires), moment(acts), moment(paid)
	o.amount, err = amountOf(minor, currency)
	return o, err
}

// orderByNumber finds an order; false if there is none.
func orderByNumber(ctx context.Context, q querier, number string) (order, bool, error) {
	found, err := orders(ctx, q, "WHERE o.number = ?", number)
	if err != nil || len(found) == 0 {
		return order{}, false, err
	}
	return found[0], true, nil
}

func (o order) insert(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO orders (number, merchant, terminal, batch, flow, currency, minor, provider, notify, at, expires, acts, refuses, polls)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0), ?, ?)`,
		o.number, o.merchant, o.terminal, o.batch, o.flow, o.amount.Currency().Code(), o.amount.Minor(), o.provider, o.notify,
		nanos(o.at), nanos(o.expires), nanos(o.acts), o.refuses, o.polls)
	if err != nil {
		return fmt.Errorf("write order: %w", err)
	}
	return nil
}

// pay writes the payment with the notifications that tell of it.
func (s *Sim) pay(ctx context.Context, tx *sql.Tx, o *order, at time.Time) error {
	result, err := tx.ExecContext(ctx, "INSERT INTO payment (number, at) VALUES (?, ?)", o.number, nanos(at))
	if err != nil {
		return fmt.Errorf("write payment: %w", err)
	}
	if o.payment, err = result.LastInsertId(); err != nil {
		return fmt.Errorf("write payment: %w", err)
	}
	o.paidAt = at
	return s.announce(ctx, tx, *o)
}

func (o *order) refuse(ctx context.Context, tx *sql.Tx, at time.Time) error {
	o.refused = true
	if _, err := tx.ExecContext(ctx, "INSERT INTO refusal (number, at) VALUES (?, ?)", o.number, nanos(at)); err != nil {
		return fmt.Errorf("write refusal: %w", err)
	}
	return nil
}

// closeNumber closes an order, or buries a number that nobody has used yet.
func closeNumber(ctx context.Context, tx *sql.Tx, number string, at time.Time) error {
	if _, err := tx.ExecContext(ctx, "INSERT INTO closure (number, at) VALUES (?, ?)", number, nanos(at)); err != nil {
		return fmt.Errorf("write closure: %w", err)
	}
	return nil
}

func isClosed(ctx context.Context, q querier, number string) (bool, error) {
	var closed bool
	err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM closure WHERE number = ?)", number).Scan(&closed)
	if err != nil {
		return false, fmt.Errorf("read closure: %w", err)
	}
	return closed, nil
}

// ripen lets happen what time has brought: the shopper acts, or the order expires. What
// comes first counts, whenever somebody looks.
func (s *Sim) ripen(ctx context.Context, tx *sql.Tx, o *order) error {
	now := s.now()
	acts := !o.acts.IsZero() && !o.acts.After(now) && (o.expires.IsZero() || !o.acts.After(o.expires))
	switch {
	case o.isDecided():
		return nil
	case acts && o.refuses:
		return o.refuse(ctx, tx, o.acts)
	case acts:
		return s.pay(ctx, tx, o, o.acts)
	case !o.expires.IsZero() && !o.expires.After(now):
		o.closed = true
		return closeNumber(ctx, tx, o.number, o.expires)
	}
	return nil
}

// count counts a query of an order or refund and returns how many there were.
func count(ctx context.Context, tx *sql.Tx, subject string) (int, error) {
	var n int
	err := tx.QueryRowContext(ctx,
		"INSERT INTO asked (subject, times) VALUES (?, 1) ON CONFLICT (subject) DO UPDATE SET times = times + 1 RETURNING times", subject).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count: %w", err)
	}
	return n, nil
}

// once reports the first time that a fault is due for an order or refund.
func once(ctx context.Context, tx *sql.Tx, subject string) (bool, error) {
	result, err := tx.ExecContext(ctx, "INSERT INTO fault (subject) VALUES (?) ON CONFLICT DO NOTHING", subject)
	if err != nil {
		return false, fmt.Errorf("write fault: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// nanos is a moment as the ledger keeps it; the zero time is 0.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func moment(nanos int64) time.Time {
	if nanos == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanos).UTC()
}

func amountOf(minor int64, currency string) (money.Amount, error) {
	c, err := money.CurrencyByCode(currency)
	if err != nil {
		return money.Amount{}, err
	}
	return money.New(minor, c), nil
}
