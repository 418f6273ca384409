package register

import (
	"context"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Hold is a wish to hold an amount on a card, or to pay out against it.
type Hold struct {
	Key    string // as of a Payment
	Amount money.Amount
	Entry  till.Entry // Chip, Tap, Swipe, Fallback or Manual

	For
}

// PreAuth holds an amount on a card, to be completed or released later.
func (r *Register) PreAuth(ctx context.Context, h Hold) (Result, error) {
	return r.atCard(ctx, till.PreAuth, h)
}

// CashAdvance pays out cash from the drawer against a card.
func (r *Register) CashAdvance(ctx context.Context, h Hold) (Result, error) {
	return r.atCard(ctx, till.CashAdvance, h)
}

func (r *Register) atCard(ctx context.Context, kind till.Kind, h Hold) (Result, error) {
	if err := r.checkAmount(h.Amount); err != nil {
		return Result{}, err
	}
	t, err := r.draft(kind, h.Key, h.Amount)
	if err != nil {
		return Result{}, err
	}
	t.Tender, t.Entry = till.Card, h.Entry
	h.mark(&t)
	return r.begin(ctx, t, wish{})
}

// Further is a wish that names an earlier transaction and an amount.
type Further struct {
	Key      string
	Original till.TxnID
	Amount   money.Amount
	Notice   bool // of Complete: tell the host and do not ask it

	For
}

// Increment holds more under a pre-auth.
func (r *Register) Increment(ctx context.Context, f Further) (Result, error) {
	return r.further(ctx, till.Increment, f)
}

// Complete takes what a pre-auth holds, or an amount within the limit, and releases the
// rest. The zero amount is all that is held.
func (r *Register) Complete(ctx context.Context, f Further) (Result, error) {
	if f.Amount.IsZero() {
		original, err := r.original(ctx, f.Original)
		if err != nil {
			return Result{}, err
		}
		f.Amount = original.Whole()
	}
	return r.further(ctx, till.Completion, f)
}

// Tip adds to a sale of the open batch. The host is told: a tip is no question.
func (r *Register) Tip(ctx context.Context, f Further) (Result, error) {
	f.Notice = true
	return r.further(ctx, till.Tip, f)
}

func (r *Register) further(ctx context.Context, kind till.Kind, f Further) (Result, error) {
	if err := r.checkAmount(f.Amount); err != nil {
		return Result{}, err
	}
	t, err := r.draft(kind, f.Key, f.Amount)
	if err != nil {
		return Result{}, err
	}
	t.Tender, t.Original = till.Card, f.Original
	if t.Notice = r.noticeOf(t); f.Notice {
		t.Notice = till.NoticeDone
	}
	f.mark(&t)
	w := wish{}
	if w.original, w.undoes, err = r.originalsOf(ctx, t); err != nil {
		return Result{}, err
	}
	return r.begin(ctx, t, w)
}

// noticeOf is whether this host is told of a transaction of the kind, and not asked.
func (r *Register) noticeOf(t till.Txn) till.Notice {
	if t.Tender == till.Card && r.cfg.Policy.Notices[t.Kind] {
		return till.NoticeDone
	}
	return till.NoNotice
}
