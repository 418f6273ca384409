package hostsim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Posting is one side of a movement of money, or of a hold. The sides of each sum to zero:
// a sale takes from the cardholder what it gives to the merchant, a pre-authorization does
// so in accounts of its own.
type Posting struct {
	Terminal string
	Batch    int
	STAN     till.STAN
	Kind     till.Kind
	Account  string       // "card/" and the card's token, or "merchant/" and field 42; what is held stands under "held/card/" and "held/merchant/"
	Amount   money.Amount // what the account gains; negative where it loses
	Undo     bool         // made by the reversal of the request
}

// gains is what an entry moves: what the merchant gains from the card, and what is held
// for the merchant on it. Either may be negative or nothing.
type gains struct {
	isMoney, isHold bool // which of the two it moves, be it nothing
	money, held     int64
}

// undo is what moves them back.
func (g gains) undo() gains {
	g.money, g.held = -g.money, -g.held
	return g
}

// post moves what an entry does. A void moves back what its original moved: a sale with
// its tips, a pre-authorization with its increments.
func (e entry) post(ctx context.Context, tx *sql.Tx, original *entry) error {
	g, err := e.gains(ctx, tx, original)
	if err != nil {
		return err
	}
	return e.move(ctx, tx, g, false)
}

func (e entry) gains(ctx context.Context, tx *sql.Tx, original *entry) (gains, error) {
	minor := e.amount.Minor()
	switch e.kind {
	case till.Sale, till.CashAdvance, till.Tip:
		return gains{isMoney: true, money: minor}, nil
	case till.Refund:
		return gains{isMoney: true, money: -minor}, nil
	case till.PreAuth, till.Increment:
		return gains{isHold: true, held: minor}, nil
	case till.Completion:
		held, err := original.held(ctx, tx)
		return gains{isMoney: true, money: minor, isHold: true, held: -held}, err
	case till.Void:
	}
	g, err := original.moved(ctx, tx)
	if g.isMoney { // with the tips
		g.money = sign(g.money) * minor
	}
	if g.isHold && original.kind == till.PreAuth { // with the increments
		g.held = minor
	}
	return g.undo(), err
}

func sign(n int64) int64 {
	if n < 0 {
		return -1
	}
	return 1
}

// unpost moves back whatever the entry moved.
func (e entry) unpost(ctx context.Context, tx *sql.Tx) error {
	g, err := e.moved(ctx, tx)
	if err != nil {
		return err
	}
	return e.move(ctx, tx, g.undo(), true)
}

// moved is what the entry moved when it was posted.
func (e entry) moved(ctx context.Context, tx *sql.Tx) (gains, error) {
	var money, held sql.NullInt64
	if err := tx.QueryRowContext(ctx, "SELECT gained, held FROM moved WHERE entry = ?", e.id).Scan(&money, &held); err != nil {
		return gains{}, fmt.Errorf("posting of entry %d: %w", e.id, err)
	}
	return gains{isMoney: money.Valid, money: money.Int64, isHold: held.Valid, held: held.Int64}, nil
}

// move writes both sides of what the merchant gains, and of what is held for it.
func (e entry) move(ctx context.Context, tx *sql.Tx, g gains, undo bool) error {
	if g.isMoney {
		if err := e.transfer(ctx, tx, "", g.money, undo); err != nil {
			return err
		}
	}
	if g.isHold {
		return e.transfer(ctx, tx, "held/", g.held, undo)
	}
	return nil
}

func (e entry) transfer(ctx context.Context, tx *sql.Tx, book string, gain int64, undo bool) error {
	currency := e.amount.Currency().Code()
	_, err := tx.ExecContext(ctx, "INSERT INTO posting (entry, undo, account, currency, minor) VALUES (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)",
		e.id, undo, book+e.cardAccount(), currency, -gain, e.id, undo, book+e.merchantAccount(), currency, gain)
	if err != nil {
		return fmt.Errorf("post entry %d: %w", e.id, err)
	}
	return nil
}

func (e entry) cardAccount() string     { return "card/" + e.card }
func (e entry) merchantAccount() string { return "merchant/" + e.merchant }

// Postings lists both sides of every movement of money, oldest first.
func (h *Host) Postings(ctx context.Context) ([]Posting, error) {
	return h.listPostings(ctx, "ORDER BY p.id")
}

// PostingsOf lists those of one terminal.
func (h *Host) PostingsOf(ctx context.Context, terminal string) ([]Posting, error) {
	return h.listPostings(ctx, "WHERE e.terminal = ? ORDER BY p.id", terminal)
}

const selectPosting = `
SELECT e.terminal, e.batch, e.stan, e.kind, p.account, p.currency, p.minor, p.undo
FROM posting p JOIN entry e ON e.id = p.entry `

func (h *Host) listPostings(ctx context.Context, where string, args ...any) (list []Posting, err error) {
	rows, err := h.ledger.DB.QueryContext(ctx, selectPosting+where, args...)
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
