package shop

import (
	"context"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
)

// PreAuth holds an amount on a card; [register.Register.PreAuth] says how.
func (s *Shop) PreAuth(ctx context.Context, h register.Hold) (register.Result, error) {
	return s.hold(ctx, h, s.cfg.Register.PreAuth)
}

// CashAdvance pays out cash from the drawer against a card.
func (s *Shop) CashAdvance(ctx context.Context, h register.Hold) (register.Result, error) {
	return s.hold(ctx, h, s.cfg.Register.CashAdvance)
}

func (s *Shop) hold(ctx context.Context, h register.Hold, do func(context.Context, register.Hold) (register.Result, error)) (register.Result, error) {
	ch, err := s.authorize(ctx, till.MaySell, nil, "")
	if err != nil {
		return register.Result{}, err
	}
	h.Staff, h.Approver = ch.Staff, ch.Approver
	return do(ctx, h)
}

// Increment holds more under a pre-authorization.
func (s *Shop) Increment(ctx context.Context, f register.Further) (register.Result, error) {
	return s.further(ctx, f, s.cfg.Register.Increment)
}

// Capture takes what a pre-authorization holds, or an amount within the limit.
func (s *Shop) Capture(ctx context.Context, f register.Further) (register.Result, error) {
	return s.further(ctx, f, s.cfg.Register.Complete)
}

// Tip adds to a sale of the open batch.
func (s *Shop) Tip(ctx context.Context, f register.Further) (register.Result, error) {
	return s.further(ctx, f, s.cfg.Register.Tip)
}

func (s *Shop) further(ctx context.Context, f register.Further, do func(context.Context, register.Further) (register.Result, error)) (register.Result, error) {
	ch, err := s.authorize(ctx, till.MaySell, nil, "")
	if err != nil {
		return register.Result{}, err
	}
	f.Staff, f.Approver = ch.Staff, ch.Approver
	return do(ctx, f)
}
