package hostsim

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tillworks/till/pkg/money"
)

// opening is what every card of the lab begins with, in minor units of any currency.
const opening = 1_000_000

// balance answers what a card has left: what it began with, less what was posted and what
// is held. It is worked out anew each time, and nothing is written.
func (h *Host) balance(ctx context.Context, r request) (answer, error) {
	if r.amount.Currency().IsZero() {
		return answer{code: codeFormat}, nil
	}
	d, err := h.askBalance(ctx, r)
	if err != nil {
		return answer{}, err
	}
	a := answer{code: d.code, icc: d.icc, chip: cardAuthentication(d.icc, d.reason)}
	if d.code != codeApproved {
		return a, nil
	}
	a.available, err = h.available(ctx, r)
	return a, err
}

// askBalance asks the issuer. A PIN that goes with the question is a try as any.
func (h *Host) askBalance(ctx context.Context, r request) (d decision, err error) {
	if r.pin.IsZero() {
		return h.ask(r)
	}
	err = h.ledger.Write(ctx, func(tx *sql.Tx) (err error) {
		if r.tries, err = h.countPINs(ctx, tx, r); err != nil {
			return err
		}
		if d, err = h.ask(r); err != nil {
			return err
		}
		return h.notePIN(ctx, tx, r, d)
	})
	return d, err
}

func (h *Host) available(ctx context.Context, r request) (money.Amount, error) {
	currency := r.amount.Currency()
	card := entry{card: h.cardOf(r)}.cardAccount()
	var moved int64
	err := h.ledger.DB.QueryRowContext(ctx, "SELECT coalesce(sum(minor), 0) FROM posting WHERE account IN (?, ?) AND currency = ?",
		card, "held/"+card, currency.Code()).Scan(&moved)
	if err != nil {
		return money.Amount{}, fmt.Errorf("balance: %w", err)
	}
	return money.New(opening+moved, currency), nil
}
