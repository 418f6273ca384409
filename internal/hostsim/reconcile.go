package hostsim

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/till"
)

// reconcile answers a 0500: the totals of a batch, or the trailer of its upload. Totals
// that agree close the batch; asked again, the same totals get the same answer, since
// nothing posts to a closed batch. Totals that differ change nothing.
func (h *Host) reconcile(ctx context.Context, r request) (answer, error) {
	var a answer
	err := h.ledger.Write(ctx, func(tx *sql.Tx) (err error) {
		a, err = h.compare(ctx, tx, r)
		if err != nil || a.code != codeApproved {
			return err
		}
		return h.closeBatch(ctx, tx, r)
	})
	if err == nil && a.code == codeApproved {
		if err := h.settleBatch(ctx, r); err != nil {
			h.report(err) // the batch is closed whatever becomes of its file
		}
	}
	return a, err
}

// compare holds the terminal's totals against the host's.
func (h *Host) compare(ctx context.Context, tx *sql.Tx, r request) (answer, error) {
	ours, err := h.totals(ctx, tx, r.terminal, r.batch)
	if err != nil {
		return answer{}, err
	}
	if ours.Currency == "" { // nothing was posted: zero is zero in any currency
		ours.Currency = r.theirs.Currency
	}
	ours = r.orders.Differ.of(ours)
	if r.agrees(ours) {
		return answer{code: codeApproved, settlement: "1"}, nil
	}
	a := answer{code: codeOutOfBalance, settlement: "2", totals: &ours}
	if r.op == till.OpTrailer {
		a.differs, err = onlyHere(ctx, tx, r.terminal, r.batch)
	}
	return a, err
}

// agrees compares as far as the layout of the message can say totals.
func (r request) agrees(ours till.Totals) bool {
	theirs := r.theirs
	if r.coarse != nil {
		ours, theirs = r.coarse(ours), r.coarse(theirs)
	}
	return ours == theirs && (r.net == "" && r.coarse != nil || netField(ours) == r.net)
}

func (h *Host) closeBatch(ctx context.Context, tx *sql.Tx, r request) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO closure (terminal, batch, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
		r.terminal, r.batch, h.now().UTC().Format(time.RFC3339Nano))
	if err != nil {
		return fmt.Errorf("close batch: %w", err)
	}
	return nil
}

func isClosed(ctx context.Context, tx *sql.Tx, terminal string, batch int) (bool, error) {
	var closed bool
	err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM closure WHERE terminal = ? AND batch = ?)", terminal, batch).Scan(&closed)
	if err != nil {
		return false, fmt.Errorf("closed batches: %w", err)
	}
	return closed, nil
}

// netField is field 97: D and sixteen digits where debits exceed credits or equal
// them, C where credits exceed debits (ISO 8583:1987, amount of net settlement).
func netField(t till.Totals) string {
	net := t.Net()
	if net < 0 {
		return fmt.Sprintf("C%016d", -net)
	}
	return fmt.Sprintf("D%016d", net)
}
