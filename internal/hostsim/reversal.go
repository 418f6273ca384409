package hostsim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// reversal is a row of the table of the same name.
type reversal struct {
	amount money.Amount
	code   string // field 39 of the answer
	rrn    string // field 37 of the answer: of the original; empty of a tombstone
}

// counts reports an entry that is in the totals of its batch; a void of a hold may say so
// too, since nobody reverses one after its batch.
func (e entry) counts() bool { return !e.kind.IsHold() }

// reverse answers a 0400 or 0401. Only an answer that ends the matter is written down:
// one that a person must look into is worked out anew each time.
func (h *Host) reverse(ctx context.Context, r request) (answer, error) {
	var a answer
	err := h.ledger.Write(ctx, func(tx *sql.Tx) error {
		seen, ok, err := reversalByTrace(ctx, tx, r.originalTrace())
		if err != nil {
			return err
		}
		if ok {
			a = reversedBefore(seen, r)
			return nil
		}
		a, err = h.undo(ctx, tx, r)
		return err
	})
	return a, err
}

// reversedBefore answers a reversal of what was reversed before, as then.
func reversedBefore(seen reversal, r request) answer {
	if seen.amount != r.amount {
		return answer{code: codeWrongOriginal}
	}
	return answer{code: seen.code, rrn: seen.rrn}
}

// undo makes a request for money as if it had never been, and keeps it so.
func (h *Host) undo(ctx context.Context, tx *sql.Tx, r request) (answer, error) {
	original, ok, err := entryByTrace(ctx, tx, r.originalTrace())
	switch {
	case err != nil:
		return answer{}, err
	case !ok: // a tombstone: the request may still be on its way
		return answer{code: codeNotLocated}, h.bury(ctx, tx, r, nil, codeNotLocated)
	case r.begun != "" && original.sent != r.begun: // of another request under the number: that one stands, and r's can never post
		return answer{code: codeNotLocated}, nil
	case original.asked != r.amount && original.amount != r.amount: // a reversal of a part may say either
		return answer{code: codeWrongOriginal}, nil
	case original.stands():
		return h.undoStanding(ctx, tx, r, original)
	}
	return answer{code: codeApproved, rrn: original.rrn}, h.bury(ctx, tx, r, &original, codeApproved)
}

func (h *Host) undoStanding(ctx context.Context, tx *sql.Tx, r request, original entry) (answer, error) {
	closed, err := isClosed(ctx, tx, r.terminal, r.batch)
	if err != nil {
		return answer{}, err
	}
	undoable, err := original.undoable(ctx, tx)
	switch {
	case err != nil:
		return answer{}, err
	case closed && original.counts(): // its totals were agreed on
		return answer{code: codeNotPermitted}, nil
	case !undoable:
		return answer{code: codeInvalid}, nil
	}
	if err := h.bury(ctx, tx, r, &original, codeApproved); err != nil {
		return answer{}, err
	}
	return answer{code: codeApproved, rrn: original.rrn}, original.unpost(ctx, tx)
}

// bury writes the row that keeps the original from ever standing again.
func (h *Host) bury(ctx context.Context, tx *sql.Tx, r request, original *entry, code string) error {
	var id sql.NullInt64
	if original != nil {
		id = sql.NullInt64{Int64: original.id, Valid: true}
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO reversal (terminal, batch, stan, entry, currency, minor, cause, code, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.terminal, r.batch, r.original, id, r.amount.Currency().Code(), r.amount.Minor(), r.cause, code,
		h.now().UTC().Format(time.RFC3339Nano))
	if err != nil {
		return fmt.Errorf("write reversal: %w", err)
	}
	return nil
}

// reversalByTrace finds the reversal of a request; false if none was acknowledged.
func reversalByTrace(ctx context.Context, tx *sql.Tx, k trace) (reversal, bool, error) {
	var r reversal
	var currency string
	var minor int64
	err := tx.QueryRowContext(ctx, `
		SELECT r.currency, r.minor, r.code, coalesce(e.rrn, '')
		FROM reversal r LEFT JOIN entry e ON e.id = r.entry
		WHERE r.terminal = ? AND r.batch = ? AND r.stan = ?`,
		k.terminal, k.batch, k.stan).Scan(&currency, &minor, &r.code, &r.rrn)
	if errors.Is(err, sql.ErrNoRows) {
		return reversal{}, false, nil
	}
	if err == nil {
		r.amount, err = amountOf(minor, currency)
	}
	if err != nil {
		return reversal{}, false, fmt.Errorf("read reversal: %w", err)
	}
	return r, true, nil
}

// Reversal is one acknowledged reversal as the ledger holds it.
type Reversal struct {
	Terminal     string
	Batch        int
	STAN         till.STAN // of the request that it names
	Amount       money.Amount
	Cause        string // field 39 of the reversal
	ResponseCode string // field 39 of the answer
	Tombstone    bool   // the request was never seen, and will be refused when it comes
}

// Reversals lists every acknowledged reversal.
func (h *Host) Reversals(ctx context.Context) (list []Reversal, err error) {
	rows, err := h.ledger.DB.QueryContext(ctx, `
		SELECT terminal, batch, stan, currency, minor, cause, code, entry IS NULL FROM reversal ORDER BY terminal, batch, stan`)
	if err != nil {
		return nil, ledgerProblem(h.ledger.Path(), err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r Reversal
		var currency string
		var minor int64
		err := rows.Scan(&r.Terminal, &r.Batch, &r.STAN, &currency, &minor, &r.Cause, &r.ResponseCode, &r.Tombstone)
		if err == nil {
			r.Amount, err = amountOf(minor, currency)
		}
		if err != nil {
			return nil, ledgerProblem(h.ledger.Path(), err)
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, ledgerProblem(h.ledger.Path(), err)
	}
	return list, nil
}
