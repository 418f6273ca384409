package shop

import (
	"context"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
)

// Pay takes a payment by itself, without lines; [register.Register.Take] says how.
func (s *Shop) Pay(ctx context.Context, p register.Payment) (register.Result, error) {
	ch, err := s.authorize(ctx, till.MaySell, nil, "")
	if err != nil {
		return register.Result{}, err
	}
	p.Staff, p.Approver = ch.Staff, ch.Approver
	return s.cfg.Register.Take(ctx, p)
}

// Void undoes a sale or refund of the open batch, whole.
func (s *Shop) Void(ctx context.Context, u register.Undo, a *Approval) (register.Result, error) {
	return s.undo(ctx, till.MayVoid, u, a, s.cfg.Register.Void)
}

// Refund pays back a part or the rest of a sale by itself, without lines.
func (s *Shop) Refund(ctx context.Context, u register.Undo, a *Approval) (register.Result, error) {
	return s.undo(ctx, till.MayReturn, u, a, s.cfg.Register.Refund)
}

func (s *Shop) undo(ctx context.Context, p till.Permission, u register.Undo, a *Approval, do func(context.Context, register.Undo) (register.Result, error)) (register.Result, error) {
	ch, err := s.authorize(ctx, p, a, "")
	if err != nil {
		return register.Result{}, err
	}
	u.Staff, u.Approver = ch.Staff, ch.Approver
	return do(ctx, u)
}

// CloseBatch settles the open batch with the host.
func (s *Shop) CloseBatch(ctx context.Context) (till.Batch, error) {
	if _, err := s.authorize(ctx, till.MayCloseDay, nil, ""); err != nil {
		return till.Batch{}, err
	}
	return s.cfg.Register.CloseBatch(ctx)
}

// Resolve works on every transaction that is open.
func (s *Shop) Resolve(ctx context.Context) ([]till.Txn, error) {
	if _, err := s.authorize(ctx, till.MayResolve, nil, ""); err != nil {
		return nil, err
	}
	return s.cfg.Register.Resolve(ctx)
}

// Status tells how a transaction ended. One that is open is worked on first, as every sale
// would do anyway.
func (s *Shop) Status(ctx context.Context, id till.TxnID) (till.Txn, error) {
	if _, err := s.authorize(ctx, till.MayReadTxns, nil, ""); err != nil {
		return till.Txn{}, err
	}
	return s.cfg.Register.Status(ctx, id)
}

// CheckReading asks whether whoever acts may read transactions. Commands that look and do
// nothing ask it before they read the books.
func (s *Shop) CheckReading(ctx context.Context) error {
	_, err := s.authorize(ctx, till.MayReadTxns, nil, "")
	return err
}
