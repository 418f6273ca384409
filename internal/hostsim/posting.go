package hostsim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Posting is one side of a movement of money. The sides of a movement sum to zero: a
// sale takes from the cardholder what it gives to the merchant.
type Posting struct {
	Terminal string
	Batch    int
	STAN     till.STAN
	Kind     till.Kind
	Account  string       // "card/" and the card's token, or "merchant/" and field 42
	Amount   money.Amount // what the account gains; negative where it loses
	Undo     bool         // made by the reversal of the request
}

// post moves the money of an entry: from the card to the merchant for a sale, back for
// a refund; a void moves back what its original moved.
func (e entry) post(ctx context.Context, tx *sql.Tx, original *entry) error {
	gain := e.amount
	if e.kind == till.Refund || (e.kind == till.Void && original.kind == till.Sale) {
		gain = gain.Neg()
	}
	return e.move(ctx, tx, gain, false)
}

// unpost moves back whatever the entry moved.
func (e entry) unpost(ctx context.Context, tx *sql.Tx) error {
	var minor int64
	err := tx.QueryRowContext(ctx, "SELECT minor FROM posting WHERE entry = ? AND undo = 0 AND account = ?",
		e.id, e.merchantAccount()).Scan(&minor)
	if err != nil {
		return fmt.Errorf("posting of entry %d: %w", e.id, err)
	}
	return e.move(ctx, tx, money.New(-minor, e.amount.Currency()), true)
}

// move writes both sides of what the merchant gains.
func (e entry) move(ctx context.Context, tx *sql.Tx, gain money.Amount, undo bool) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO posting (entry, undo, account, currency, minor) VALUES (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)",
		e.id, undo, e.cardAccount(), gain.Currency().Code(), -gain.Minor(),
		e.id, undo, e.merchantAccount(), gain.Currency().Code(), gain.Minor())
	if err != nil {
		return fmt.Errorf("post entry %d: %w", e.id, err)
	}
	return nil
}

func (e entry) cardAccount() string     { return "card/" + e.card }
func (e entry) merchantAccount() string { return "merchant/" + e.merchant }

// Postings lists both sides of every movement of money, oldest first.
func (h *Host) Postings(ctx context.Context) (list []Posting, err error) {
	rows, err := h.ledger.DB.QueryContext(ctx, `
		SELECT e.terminal, e.batch, e.stan, e.kind, p.account, p.currency, p.minor, p.undo
		FROM posting p JOIN entry e ON e.id = p.entry ORDER BY p.id`)
	if err != nil {
		return nil, ledgerProblem(h.ledger.Path(), err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		p, err := scanPosting(rows)
		if err != nil {
			return nil, ledgerProblem(h.ledger.Path(), err)
		}
		list = append(list, p)
	}
	if err := rows.Err(); err != nil {
		return nil, ledgerProblem(h.ledger.Path(), err)
	}
	return list, nil
}

func scanPosting(rows *sql.Rows) (Posting, error) {
	var p Posting
	var currency string
	var minor int64
	if err := rows.Scan(&p.Terminal, &p.Batch, &p.STAN, &p.Kind, &p.Account, &currency, &minor, &p.Undo); err != nil {
		return Posting{}, err
	}
	var err error
	p.Amount, err = amountOf(minor, currency)
	return p, err
}
