package shop

import (
	"context"

	"github.com/tillworks/till/internal/till"
)

// Exceptions are the transactions that wait for a manager: the host answered their
// reversal or notice in a way nobody can act on. Newest first.
func (s *Shop) Exceptions(ctx context.Context) ([]till.Txn, error) {
	return s.Txns(ctx, till.Filter{States: []till.State{till.Exception}})
}

// Decide ends an exception by a manager's word, or has its message sent again. The reason
// and who gave it stand in the journal.
func (s *Shop) Decide(ctx context.Context, id till.TxnID, d till.Resolution, a *Approval) (till.Txn, error) {
	ch, err := s.authorize(ctx, till.MayDecide, a, d.Reason)
	if err != nil {
		return till.Txn{}, err
	}
	if d.By = ch.Staff; ch.Approver != "" {
		d.By = ch.Approver
	}
	return s.cfg.Register.Decide(ctx, id, d)
}
