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

// refundRow is a row of the table of refunds.
type refundRow struct {
	id                                 int64
	refund, number, merchant, terminal string
	batch                              int
	amount                             money.Amount
	code                               string // of a refusal
	polls                              int
	at, doneAt                         time.Time
}

const selectRefund = `
SELECT f.id, f.refund, f.number, f.merchant, f.terminal, f.batch, f.currency, f.minor, f.code, f.polls, f.at, coalesce(d.at, 0)
FROM refund f LEFT JOIN refund_done d ON d.refund = f.refund `

func refunds(ctx context.Context, q querier, where string, args ...any) (list []refundRow, err error) {
	rows, err := q.QueryContext(ctx, selectRefund+where, args...)
	if err != nil {
		return nil, fmt.Errorf("refunds: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var f refundRow
		var currency string
		var minor, at, done int64
		err := rows.Scan(&f.id, &f.refund, &f.number, &f.merchant, &f.terminal, &f.batch, &currency, &minor, &f.code, &f.polls, &at, &done)
		if err == nil {
			f.amount, err = amountOf(minor, currency)
		}
		if err != nil {
			return nil, fmt.Errorf("refunds: %w", err)
		}
		f.at, f.doneAt = moment(at), moment(done)
		list = append(list, f)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("refunds: %w", err)
	}
	return list, nil
}

// refundByNumber finds a refund; false if there is none.
func refundByNumber(ctx context.Context, q querier, number string) (refundRow, bool, error) {
	found, err := refunds(ctx, q, "WHERE f.refund = ?", number)
	if err != nil || len(found) == 0 {
		return refundRow{}, false, err
	}
	return found[0], true, nil
}

// refund pays back, once for each refund number. A refusal is kept too: what was refused
// is not done when the question comes again.
func (s *Sim) refund(ctx context.Context, tx *sql.Tx, q gateway.Question) (gateway.Reply, delivery, error) {
	f, ok, err := refundByNumber(ctx, tx, q.RefundNumber)
	switch {
	case err != nil:
		return gateway.Reply{}, delivered, err
	case ok && (f.number != q.Number || f.merchant != q.Merchant || f.amount != q.Amount):
		return refusal(q, "refund_number_used"), delivered, nil
	case ok:
		return f.reply(), delivered, nil
	}
	partial, code, err := s.decideRefund(ctx, tx, q)
	if err != nil {
		return gateway.Reply{}, delivered, err
	}
	f = refundRow{
		refund: q.RefundNumber, number: q.Number, merchant: q.Merchant, terminal: q.Terminal, batch: q.Batch,
		amount: q.Amount, code: code, at: s.now(),
	}
	var rule Rule
	if partial {
		rule = s.rule(q.Amount.Minor(), true)
	}
	if f.code == "" && rule.Fate == Refused {
		f.code = "refund_refused"
	}
	f.polls = rule.Polls
	if err := s.keep(ctx, tx, &f); err != nil {
		return gateway.Reply{}, delivered, err
	}
	if rule.Fate == LostAnswer {
		return gateway.Reply{}, lost, nil
	}
	return f.reply(), delivered, nil
}

// decideRefund is the code of a refusal or "", and whether less than the whole payment
// goes back.
func (s *Sim) decideRefund(ctx context.Context, tx *sql.Tx, q gateway.Question) (partial bool, code string, err error) {
	o, ok, err := orderByNumber(ctx, tx, q.Number)
	if err != nil {
		return false, "", err
	}
	if !ok || o.merchant != q.Merchant {
		return false, "no_such_order", nil
	}
	if err := s.ripen(ctx, tx, &o); err != nil {
		return false, "", err
	}
	var before int64
	err = tx.QueryRowContext(ctx, "SELECT coalesce(sum(minor), 0) FROM refund WHERE number = ? AND code = ''", q.Number).Scan(&before)
	switch {
	case err != nil:
		return false, "", fmt.Errorf("earlier refunds: %w", err)
	case o.payment == 0:
		return false, "not_paid", nil
	case o.amount.Currency() != q.Amount.Currency():
		return false, "other_currency", nil
	case q.Amount.Minor() > o.amount.Minor()-before:
		return false, "too_much", nil
	}
	return q.Amount != o.amount, "", nil
}

// keep writes a refund down, and that it is done where nothing holds it up.
func (s *Sim) keep(ctx context.Context, tx *sql.Tx, f *refundRow) error {
	result, err := tx.ExecContext(ctx, `
		INSERT INTO refund (refund, number, merchant, terminal, batch, currency, minor, code, polls, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.refund, f.number, f.merchant, f.terminal, f.batch, f.amount.Currency().Code(), f.amount.Minor(), f.code, f.polls, nanos(f.at))
	if err != nil {
		return fmt.Errorf("write refund: %w", err)
	}
	if f.id, err = result.LastInsertId(); err != nil {
		return fmt.Errorf("write refund: %w", err)
	}
	if f.code != "" || f.polls > 0 {
		return nil
	}
	return s.finish(ctx, tx, f)
}

func (s *Sim) finish(ctx context.Context, tx *sql.Tx, f *refundRow) error {
	f.doneAt = s.now()
	if _, err := tx.ExecContext(ctx, "INSERT INTO refund_done (refund, at) VALUES (?, ?)", f.refund, nanos(f.doneAt)); err != nil {
		return fmt.Errorf("write refund: %w", err)
	}
	return nil
}

// queryRefund tells how a refund stands; after enough queries a slow one is done.
func (s *Sim) queryRefund(ctx context.Context, tx *sql.Tx, q gateway.Question) (gateway.Reply, delivery, error) {
	f, ok, err := refundByNumber(ctx, tx, q.RefundNumber)
	switch {
	case err != nil:
		return gateway.Reply{}, delivered, err
	case !ok || f.merchant != q.Merchant || f.number != q.Number:
		return echo(q, wallet.NotFound), delivered, nil
	case f.code == "" && f.doneAt.IsZero():
		n, err := count(ctx, tx, "refund "+f.refund)
		if err == nil && n > f.polls {
			err = s.finish(ctx, tx, &f)
		}
		return f.reply(), delivered, err
	}
	return f.reply(), delivered, nil
}

func (f refundRow) reply() gateway.Reply {
	p := gateway.Reply{Number: f.number, RefundNumber: f.refund, Amount: f.amount}
	switch {
	case f.code != "":
		p.Status, p.RefusedCode, p.RefusedWords = wallet.Failed, f.code, refusalWords(f.code)
	case f.doneAt.IsZero():
		p.Status = wallet.Pending
	default:
		p.Status, p.TradeNo, p.At = wallet.Paid, f.tradeNo(), f.doneAt
	}
	return p
}

// tradeNo is the wallet's own number of a refund.
func (f refundRow) tradeNo() string { return fmt.Sprintf("R%s-%08d", f.at.Format("060102"), f.id) }
