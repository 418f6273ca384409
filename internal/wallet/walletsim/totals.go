package walletsim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/pkg/money"
)

// Scope selects orders and refunds; zero fields select all. Batch is that of the order
// or refund itself, Day the day of it in the time zone of Day.
type Scope struct {
	Merchant string
	Terminal string
	Batch    int
	Day      time.Time
}

// Totals are what moved within a scope in one currency: what the gateway pays out. An
// order that undid itself is in both counts.
type Totals struct {
	Currency    string
	Payments    int
	PaidMinor   int64
	Refunds     int // that are done
	RefundMinor int64
}

// Net is what the gateway owes the shop, in minor units.
func (t Totals) Net() int64 { return t.PaidMinor - t.RefundMinor }

// Totals sums what was paid and what was refunded, by currency.
func (s *Sim) Totals(ctx context.Context, scope Scope) (list []Totals, err error) {
	if err := s.ripenAll(ctx); err != nil {
		return nil, ledgerProblem(s.ledger.Path(), err)
	}
	rows, err := s.ledger.DB.QueryContext(ctx, `
		WITH moved AS (
			SELECT o.merchant, o.terminal, o.batch, o.currency, p.at, 1 AS payments, o.minor AS paid, 0 AS refunds, 0 AS refunded
			FROM payment p JOIN orders o ON o.number = p.number
			UNION ALL
			SELECT f.merchant, f.terminal, f.batch, f.currency, d.at, 0, 0, 1, f.minor
			FROM refund_done d JOIN refund f ON f.refund = d.refund)
		SELECT currency, sum(payments), sum(paid), sum(refunds), sum(refunded) FROM moved
		WHERE `+scopeWhere+` GROUP BY currency ORDER BY currency`, scope.args()...)
	if err != nil {
		return nil, ledgerProblem(s.ledger.Path(), err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var t Totals
		if err := rows.Scan(&t.Currency, &t.Payments, &t.PaidMinor, &t.Refunds, &t.RefundMinor); err != nil {
			return nil, ledgerProblem(s.ledger.Path(), err)
		}
		list = append(list, t)
	}
	if err := rows.Err(); err != nil {
		return nil, ledgerProblem(s.ledger.Path(), err)
	}
	return list, nil
}

// scopeWhere selects rows that have merchant, terminal, batch and at; its arguments are
// Scope.args.
const scopeWhere = `(?1 = '' OR merchant = ?1) AND (?2 = '' OR terminal = ?2) AND (?3 = 0 OR batch = ?3) AND (?4 = 0 OR (at >= ?4 AND at < ?5))`

func (c Scope) args() []any {
	var from, to time.Time
	if !c.Day.IsZero() {
		year, month, day := c.Day.Date()
		from = time.Date(year, month, day, 0, 0, 0, 0, c.Day.Location())
		to = from.AddDate(0, 0, 1)
	}
	return []any{c.Merchant, c.Terminal, c.Batch, nanos(from), nanos(to)}
}

// Refund is one refund as the gateway has it.
type Refund struct {
	Number      string // refund number
	Batch       int
	Amount      money.Amount
	Status      wallet.Status // Paid (done), Pending or Failed
	TradeNo     string
	RefusedCode string
	At          time.Time // when it was asked for
}

// Order is one order as the gateway has it, for reconciliation.
type Order struct {
	Number   string
	Merchant string
	Terminal string
	Batch    int
	Flow     wallet.Flow
	Amount   money.Amount
	Status   wallet.Status // Paid, Failed, Closed, or Unpaid and Pending while nothing is decided
	Provider string
	TradeNo  string
	At       time.Time // when it was made
	PaidAt   time.Time
	Refunds  []Refund // oldest first
}

// Orders lists the orders that were made within a scope, oldest first, each with all its
// refunds of whatever batch and day.
func (s *Sim) Orders(ctx context.Context, scope Scope) ([]Order, error) {
	if err := s.ripenAll(ctx); err != nil {
		return nil, ledgerProblem(s.ledger.Path(), err)
	}
	rows, err := orders(ctx, s.ledger.DB, "WHERE o.number IN (SELECT number FROM orders WHERE "+scopeWhere+") ORDER BY o.at, o.number", scope.args()...)
	if err != nil {
		return nil, ledgerProblem(s.ledger.Path(), err)
	}
	list := make([]Order, len(rows))
	for i, o := range rows {
		if list[i], err = s.show(ctx, o); err != nil {
			return nil, ledgerProblem(s.ledger.Path(), err)
		}
	}
	return list, nil
}

func (s *Sim) show(ctx context.Context, o order) (Order, error) {
	p := o.reply(false)
	shown := Order{
		Number: o.number, Merchant: o.merchant, Terminal: o.terminal, Batch: o.batch, Flow: o.flow, Amount: o.amount,
		Status: p.Status, Provider: o.provider, TradeNo: p.TradeNo, At: o.at, PaidAt: o.paidAt,
	}
	rows, err := refunds(ctx, s.ledger.DB, "WHERE f.number = ? ORDER BY f.id", o.number)
	if err != nil {
		return Order{}, fmt.Errorf("order %s: %w", o.number, err)
	}
	for _, f := range rows {
		p := f.reply()
		shown.Refunds = append(shown.Refunds, Refund{
			Number: f.refund, Batch: f.batch, Amount: f.amount, Status: p.Status, TradeNo: p.TradeNo, RefusedCode: f.code, At: f.at,
		})
	}
	return shown, nil
}
