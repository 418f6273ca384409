package hostsim

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tillworks/till/internal/till"
)

// aftermath is what later transactions that stand did to an entry.
type aftermath struct {
	voided      bool
	completed   bool  // of a pre-authorization: by a completion that was not voided
	refunded    int64 // by refunds that were not voided
	tipped      int64
	incremented int64
}

// isEmpty reports that nothing was done to the entry that still holds.
func (a aftermath) isEmpty() bool { return a == aftermath{} }

func (e entry) aftermath(ctx context.Context, tx *sql.Tx) (a aftermath, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM standing WHERE original = ?1 AND kind = 'void'),
		       EXISTS (SELECT 1 FROM effective WHERE original = ?1 AND kind = 'completion'),
		       (SELECT coalesce(sum(minor), 0) FROM effective WHERE original = ?1 AND kind = 'refund'),
		       (SELECT coalesce(sum(minor), 0) FROM standing WHERE original = ?1 AND kind = 'tip'),
		       (SELECT coalesce(sum(minor), 0) FROM standing WHERE original = ?1 AND kind = 'increment')`,
		e.id).Scan(&a.voided, &a.completed, &a.refunded, &a.tipped, &a.incremented)
	if err != nil {
		return aftermath{}, fmt.Errorf("what became of entry %d: %w", e.id, err)
	}
	return a, nil
}

// whole is what a void of the entry undoes: a sale with its tips, a pre-authorization with
// its increments.
func (e entry) whole(a aftermath) int64 { return e.amount.Minor() + a.tipped + a.incremented }

// undoable reports whether the books allow the entry to be undone by a reversal. What later
// transactions did to it would be done twice; and what it undid itself stands again, for
// which there must still be room.
func (e entry) undoable(ctx context.Context, tx *sql.Tx) (bool, error) {
	a, err := e.aftermath(ctx, tx)
	if err != nil || !a.isEmpty() {
		return false, err
	}
	switch e.kind {
	case till.Increment:
		return e.isHeldStill(ctx, tx)
	case till.Tip:
		return e.isTipFree(ctx, tx)
	case till.Void:
		return e.leavesRoom(ctx, tx)
	case till.Sale, till.Refund, till.PreAuth, till.Completion, till.CashAdvance:
	}
	return true, nil
}

// isHeldStill reports an increment whose pre-authorization was neither released nor taken.
func (e entry) isHeldStill(ctx context.Context, tx *sql.Tx) (bool, error) {
	preauth, err := entryByID(ctx, tx, e.original)
	if err != nil {
		return false, err
	}
	a, err := preauth.aftermath(ctx, tx)
	return !a.voided && !a.completed, err
}

// isTipFree reports a tip that was neither given back with its sale nor refunded.
func (e entry) isTipFree(ctx context.Context, tx *sql.Tx) (bool, error) {
	sale, err := entryByID(ctx, tx, e.original)
	if err != nil {
		return false, err
	}
	a, err := sale.aftermath(ctx, tx)
	return !a.voided && a.refunded <= sale.whole(a)-e.amount.Minor(), err
}

// leavesRoom reports a void whose original may stand again.
func (e entry) leavesRoom(ctx context.Context, tx *sql.Tx) (bool, error) {
	original, err := entryByID(ctx, tx, e.original)
	if err != nil {
		return false, err
	}
	switch original.kind {
	case till.Refund:
		return original.fitsItsSale(ctx, tx)
	case till.Completion:
		return original.takesItsHold(ctx, tx)
	default:
		return true, nil
	}
}

// fitsItsSale reports a refund for which its sale has room.
func (e entry) fitsItsSale(ctx context.Context, tx *sql.Tx) (bool, error) {
	sale, err := entryByID(ctx, tx, e.original)
	if err != nil {
		return false, err
	}
	a, err := sale.aftermath(ctx, tx)
	return sale.stands() && !a.voided && e.amount.Minor() <= sale.whole(a)-a.refunded, err
}

// takesItsHold reports a completion whose pre-authorization holds what it took, to the
// last unit.
func (e entry) takesItsHold(ctx context.Context, tx *sql.Tx) (bool, error) {
	preauth, err := entryByID(ctx, tx, e.original)
	if err != nil {
		return false, err
	}
	held, err := preauth.held(ctx, tx)
	if err != nil {
		return false, err
	}
	g, err := e.moved(ctx, tx)
	return held > 0 && held == -g.held, err
}
