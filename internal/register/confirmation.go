package register

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/till"
)

// confirmScripts tells the host what became of the issuer's scripts, before the next
// transaction is begun. What it does not acknowledge is told again before the one after;
// it holds nothing up.
func (r *Register) confirmScripts(ctx context.Context) error {
	if !r.cfg.Policy.Scripts {
		return nil
	}
	waiting, err := r.cfg.Store.Confirmations(ctx, r.cfg.Terminal)
	if err != nil {
		return fmt.Errorf("looking for script results to tell: %w", err)
	}
	for _, c := range waiting {
		acknowledged, err := r.confirmScript(context.WithoutCancel(ctx), c)
		if err != nil || !acknowledged {
			return err
		}
	}
	return nil
}

func (r *Register) confirmScript(ctx context.Context, c till.Confirmation) (acknowledged bool, err error) {
	if err := r.cfg.Store.CountConfirmation(ctx, c.Seq); err != nil {
		return false, fmt.Errorf("counting the attempt to tell of a script: %w", err)
	}
	r.observe(ConfirmationSent, c.Txn)
	answer, err := r.exchange(ctx, till.Request{
		Op: till.OpConfirm, Script: true, STAN: c.Txn.STAN, Batch: c.Txn.Batch, Txn: c.Txn, Repeat: c.Attempts > 0,
	}, min(r.cfg.HostTimeout, inlineReversal))
	if err != nil || !answer.Acknowledged {
		return false, nil //nolint:nilerr // it stays to be told again
	}
	if err := r.cfg.Store.EndConfirmation(ctx, c.Seq, answer.ResponseCode); err != nil {
		return false, fmt.Errorf("storing that a script is told of: %w", err)
	}
	return true, nil
}
