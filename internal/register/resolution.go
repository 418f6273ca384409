package register

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
)

// Resolve works on every transaction that was left open by a program that is no more, and
// on what waits: one attempt each, those that were tried least first, so that one which
// the host never answers holds up no other. What the host does not acknowledge stays as it
// is and is tried again later. It returns the transactions as they stand now.
func (r *Register) Resolve(ctx context.Context) ([]till.Txn, error) {
	if _, err := r.session(ctx); err != nil {
		return nil, err
	}
	return r.resolveDue(ctx, everything)
}

// Work tries what waits again whenever it is due, until ctx ends: for programs that stay.
func (r *Register) Work(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.after(workEvery):
		}
		if _, err := r.resolveDue(ctx, dueOnly); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// workEvery is how often a program that stays looks for what is due.
const workEvery = 5 * time.Second

// selection says which open transactions are worked on.
type selection bool

const (
	everything selection = false
	dueOnly    selection = true
)

func (r *Register) resolveDue(ctx context.Context, which selection) ([]till.Txn, error) {
	if ids, err := r.cfg.Store.OpenTxns(ctx); err == nil && r.cfg.Claims.holdAll(ids) {
		r.forgetTried()
		return nil, nil // each sale asks, and nearly always nothing was left behind
	}
	open, err := r.cfg.Store.Adopt(ctx)
	if err != nil {
		return nil, fmt.Errorf("looking for open transactions: %w", err)
	}
	slices.SortStableFunc(open, func(a, b till.Txn) int { return cmp.Compare(a.Attempts, b.Attempts) })
	var worked []till.Txn
	hasKeys := !r.cfg.Policy.Keys
	for _, t := range open {
		if ctx.Err() != nil {
			return worked, ctx.Err()
		}
		if which == dueOnly && !r.isDue(t) {
			worked = append(worked, t)
			continue
		}
		if !hasKeys && t.Tender == till.Card && t.State != till.Exception {
			hasKeys = true
			r.signOnFor(ctx)
		}
		now, silent, err := r.resume(ctx, t)
		if err != nil {
			return worked, err
		}
		worked = append(worked, now)
		if silent {
			break // the line is gone: the others would only find that too
		}
	}
	return worked, nil
}

// signOnFor signs the terminal on, if it is not, before a reversal or a notice goes out that
// needs working keys. A sign-on that is refused holds neither up: the host may still have the
// keys of before.
func (r *Register) signOnFor(ctx context.Context) {
	if s, err := r.session(ctx); err == nil {
		_ = r.signOn(ctx, s)
	}
}

// isDue reports a transaction whose pause is over, by the monotonic clock. What this
// program has not tried yet always is.
func (r *Register) isDue(t till.Txn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, tried := r.tried[t.ID]
	return !tried || r.cfg.Elapsed()-at >= terminal.Backoff(t.Attempts)
}

// forgetTried forgets when what is settled was tried: nothing waits any more.
func (r *Register) forgetTried() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.tried)
}

func (r *Register) noteTried(id till.TxnID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tried[id] = r.cfg.Elapsed()
}

// resume gives one open transaction its next attempt, unless this process is at it
// already or it waits for a manager. silent tells that the line to the card host is gone.
func (r *Register) resume(ctx context.Context, t till.Txn) (now till.Txn, silent bool, err error) {
	if t.State == till.Exception || !r.cfg.Claims.claim(t.ID) {
		return t, false, nil
	}
	defer r.cfg.Claims.release(t.ID)
	now, err = r.cfg.Store.Txn(ctx, t.ID)
	if err != nil || now.Version != t.Version { // it was under way when it was read, and is settled
		return now, false, err
	}
	if t.Wallet != nil {
		now, err = r.resumeOrder(ctx, t)
		return now, false, err
	}
	a := &attempt{r: r}
	if a.original, a.undoes, err = r.originalsOf(ctx, t); err != nil {
		return t, false, err
	}
	s, err := a.run(ctx, terminal.Resume(t), terminal.Restarted{})
	if err != nil {
		return t, false, err
	}
	return s.Txn, a.silence != nil && silenceReason(a.silence) == till.ReasonLink, nil
}

// originalsOf are the transaction that t names, and what that one names where t undoes it.
func (r *Register) originalsOf(ctx context.Context, t till.Txn) (original, undoes *till.Txn, err error) {
	if t.Original == "" {
		return nil, nil, nil
	}
	o, err := r.original(ctx, t.Original)
	if err != nil || o.Original == "" {
		return &o, nil, err
	}
	u, err := r.original(ctx, o.Original)
	return &o, &u, err
}

// nameOriginals puts what a transaction refers to into a request.
func (r *Register) nameOriginals(ctx context.Context, q *till.Request, t till.Txn) (err error) {
	q.Original, q.Undoes, err = r.originalsOf(ctx, t)
	return err
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
