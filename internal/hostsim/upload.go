package hostsim

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/money"
)

// upload answers one record (0320) of a batch whose totals differ. A record that stands
// here with the same amount is agreed on; with another amount it is refused, with the
// host's own. One that the host never had is taken into the books.
func (h *Host) upload(ctx context.Context, r request) (answer, error) {
	if r.kind == "" || r.kind.IsHold() {
		return answer{code: codeInvalid}, nil
	}
	var a answer
	err := h.ledger.Write(ctx, func(tx *sql.Tx) (err error) {
		if r.around, err = r.look(ctx, tx, h.cardOf(r)); err != nil {
			return err
		}
		if r.around.isSeen {
			a, err = h.agree(ctx, tx, r)
			return err
		}
		a, err = h.takeRecord(ctx, tx, r)
		return err
	})
	return a, err
}

// agree holds a record against the entry of its trace number.
func (h *Host) agree(ctx context.Context, tx *sql.Tx, r request) (answer, error) {
	seen, _, err := entryByTrace(ctx, tx, r.trace)
	if err != nil {
		return answer{}, err
	}
	if !seen.stands() { // declined here, or undone
		return answer{code: codeNotLocated}, nil
	}
	if err := note(ctx, tx, seen, r, h.now()); err != nil {
		return answer{}, err
	}
	ours := seen.amount
	if seen.kind == till.Sale && h.ruleOf(seen.kind, seen.asked).Counted == CountedMore { // as its totals have it
		ours = money.New(ours.Minor()+1, ours.Currency())
	}
	if seen.kind != r.kind || ours != r.amount {
		return answer{code: codeWrongOriginal, rrn: seen.rrn, amount: ours}, nil
	}
	return answer{code: codeApproved, rrn: seen.rrn}, nil
}

// takeRecord posts a record that the host never had. The issuer is not asked: the terminal
// has given its word. What refers to another transaction is held against that one.
func (h *Host) takeRecord(ctx context.Context, tx *sql.Tx, r request) (answer, error) {
	d, err := h.decideRecord(ctx, tx, r)
	if err != nil || d.code != codeApproved {
		return answer{code: d.code}, err
	}
	a, err := h.record(ctx, tx, r, d)
	if err != nil {
		return answer{}, err
	}
	e, _, err := entryByTrace(ctx, tx, r.trace)
	if err != nil {
		return answer{}, err
	}
	return answer{code: a.code, rrn: a.rrn}, note(ctx, tx, e, r, h.now())
}

func (h *Host) decideRecord(ctx context.Context, tx *sql.Tx, r request) (decision, error) {
	if d := r.admit(); d.code != "" {
		return d, nil
	}
	if r.kind.Refers() {
		return h.decide(ctx, tx, r)
	}
	return approve(nil), nil
}

// note remembers that a terminal told a record.
func note(ctx context.Context, tx *sql.Tx, e entry, r request, at time.Time) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO record (entry, minor, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
		e.id, r.amount.Minor(), at.UTC().Format(time.RFC3339Nano))
	if err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	return nil
}

// Confirmation is what a terminal told of a card after a transaction.
type Confirmation struct {
	Terminal string
	Batch    int
	STAN     till.STAN // of the transaction
	Script   bool      // what became of an issuer's script, and not the last cryptogram (TC)
	Checked  string    // of a TC: "right", "wrong", or empty where the message did not name the card
	Result   string    // of a script: tag 9F5B, hex
}

// confirm answers a TC (0320) or the result of a script (0620). The first one is kept; it
// is acknowledged as often as it comes.
func (h *Host) confirm(ctx context.Context, r request) (answer, error) {
	checked, result := "", ""
	if r.script {
		result = scriptResult(r.icc)
	} else {
		checked, _ = h.checkTC(r)
	}
	err := h.ledger.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO confirmation (terminal, batch, stan, script, checked, result, at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			r.terminal, r.batch, r.confirmed(), r.script, checked, result, h.now().UTC().Format(time.RFC3339Nano))
		if err != nil {
			return fmt.Errorf("write confirmation: %w", err)
		}
		return nil
	})
	if err != nil {
		return answer{}, err
	}
	return answer{code: codeApproved}, nil
}

// confirmed is the trace number of the transaction that a confirmation is about.
func (r request) confirmed() till.STAN {
	if r.original != 0 {
		return r.original
	}
	return r.stan
}

// scriptResult is tag 9F5B of field 55: how far the card got. It is no secret.
func scriptResult(icc []byte) string {
	tree, err := emv.Parse(icc, emv.Strict)
	if err != nil {
		return ""
	}
	return hex.EncodeToString(tree.Value(emv.TagScriptResults))
}

// Confirmations lists what terminals told of cards after their transactions.
func (h *Host) Confirmations(ctx context.Context) (list []Confirmation, err error) {
	rows, err := h.ledger.DB.QueryContext(ctx, "SELECT terminal, batch, stan, script, checked, result FROM confirmation ORDER BY terminal, batch, stan, script")
	if err != nil {
		return nil, ledgerProblem(h.ledger.Path(), err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var c Confirmation
		if err := rows.Scan(&c.Terminal, &c.Batch, &c.STAN, &c.Script, &c.Checked, &c.Result); err != nil {
			return nil, ledgerProblem(h.ledger.Path(), err)
		}
		list = append(list, c)
	}
	if err := rows.Err(); err != nil {
		return nil, ledgerProblem(h.ledger.Path(), err)
	}
	return list, nil
}
