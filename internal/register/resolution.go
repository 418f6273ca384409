package register

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
)

// Resolve works on every transaction that was left open by a program that is no more:
// one attempt each, oldest first. What the host does not acknowledge stays as it is
// and is tried at the next start. It returns the transactions as they stand now.
func (r *Register) Resolve(ctx context.Context) ([]till.Txn, error) {
	open, err := r.cfg.Store.Adopt(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for open transactions: %w", err)
	}
	var worked []till.Txn
	for _, t := range open {
		if ctx.Err() != nil {
			return worked, ctx.Err()
		}
		now, err := r.resume(ctx, t)
		if err != nil {
			return worked, err
		}
		worked = append(worked, now)
		if now.State == till.Reversing && now.Tender == till.Card {
			break // the host is silent: the others would only wait for it too
		}
	}
	return worked, nil
}

// resume gives one open transaction its next attempt, unless this process is at it
// already or it waits for a manager.
func (r *Register) resume(ctx context.Context, t till.Txn) (till.Txn, error) {
	if t.State == till.Exception || !r.claim(t.ID) {
		return t, nil
	}
	defer r.release(t.ID)
	if t.Wallet != nil {
		return r.resumeOrder(ctx, t)
	}
	a := &attempt{r: r}
	if t.Original != "" {
		original, err := r.original(ctx, t.Original)
		if err != nil {
			return t, err
		}
		a.original = &original
	}
	s, err := a.run(ctx, terminal.Resume(t), terminal.Restarted{})
	if err != nil {
		return t, err
	}
	return s.Txn, nil
}

// Status is a transaction as it stands, after an attempt to settle it where it is open.
// Without a link to the host it is as the store has it.
func (r *Register) Status(ctx context.Context, id till.TxnID) (till.Txn, error) {
	t, err := r.cfg.Store.Txn(ctx, id)
	if err != nil || !t.State.IsOpen() {
		return t, err
	}
	if t.Tender == till.Card {
		if _, err := r.connect(ctx); err != nil {
			return t, nil //nolint:nilerr // without a link the store's word is the answer
		}
	}
	if _, err := r.Resolve(ctx); err != nil {
		return t, err
	}
	return r.cfg.Store.Txn(ctx, id)
}

// giveUp remembers a request whose answer is no longer awaited, so that a late one is
// told apart from a stranger.
func (r *Register) giveUp(t till.Txn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting[lateKey{t.Terminal, t.STAN}] = t.ID
}

// late records an answer that came after its request was given up. It is never acted
// on: the reversal goes on, since the host may have posted.
func (r *Register) late(term string, stan till.STAN, responseCode string) {
	r.mu.Lock()
	id, known := r.waiting[lateKey{term, stan}]
	delete(r.waiting, lateKey{term, stan})
	r.mu.Unlock()
	if !known {
		return
	}
	ctx := context.Background() // nobody waits for a late answer, so nobody's context ends it
	t, err := r.cfg.Store.Txn(ctx, id)
	if err != nil {
		return
	}
	a := &attempt{r: r}
	_, _ = a.run(ctx, terminal.Resume(t), terminal.LateAnswered{ResponseCode: responseCode})
	r.cfg.observeLate(t, responseCode)
}

func (c Config) observeLate(t till.Txn, responseCode string) {
	if c.Observe != nil {
		c.Observe(Observation{What: LateAnswer, Txn: t, Late: responseCode})
	}
}
