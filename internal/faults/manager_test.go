package faults

import (
	"context"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/till"
)

// exceptions are what of the shop waits for a manager, whichever till it began at.
func (m *machine) exceptions(ctx context.Context) ([]till.Txn, error) {
	return m.store.Txns(ctx, till.Filter{States: []till.State{till.Exception}})
}

// decide is a manager who goes through the exceptions. For each he has it tried again or
// asks the acquirer, which takes longer than anything can be under way to it, and says what
// stands there.
func (m *machine) decide(ctx context.Context, c command) (string, error) {
	waiting, err := m.exceptions(ctx)
	if err != nil {
		return "", err
	}
	_, r := m.s.dice.throw(c.n, planned)
	asks := r.IntN(3) > 0
	if asks && len(waiting) > 0 {
		time.Sleep(between(r, hostTimeout+latest+time.Minute, 10*time.Minute))
	}
	for _, t := range waiting {
		as, rrn := till.ResolvedRetry, ""
		if asks {
			as, rrn = m.asHostHas(ctx, t)
		}
		if err := m.rule(ctx, t, as, rrn); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%d exceptions", len(waiting)), nil
}

// asHostHas is what the acquirer's books say of an exception, with the reference number that
// whatever names it later needs. A notice that is not in them is
// told again, since the goods are gone; so is one of another amount, of which nobody could
// say that it is posted.
func (m *machine) asHostHas(ctx context.Context, t till.Txn) (as till.ResolvedAs, rrn string) {
	entries, err := m.s.w.sim.EntriesOf(context.WithoutCancel(ctx), t.Terminal) // the acquirer speaks out
	if err != nil {
		m.s.complain("reading the host: %v", err)
	}
	for _, e := range entries {
		if e.Batch != t.Batch || e.STAN != t.STAN || !e.Stands() {
			continue
		}
		if e.Amount == t.Amount {
			return till.ResolvedPosted, e.RRN
		}
		return till.ResolvedRetry, ""
	}
	if t.Notice != till.NoNotice {
		return till.ResolvedRetry, ""
	}
	return till.ResolvedNotPosted, ""
}

// rule is the manager's word on one exception, with his reason.
func (m *machine) rule(ctx context.Context, t till.Txn, as till.ResolvedAs, rrn string) error {
	d := till.Resolution{As: as, RRN: rrn, By: "manager", Reason: fmt.Sprintf("the acquirer at %s: %s", m.s.clock().Format(time.TimeOnly), as)}
	m.s.tell(m, "%s %s of %s: %s", t.Kind, t.STAN, t.Amount, as)
	m.s.mu.Lock()
	m.s.decided[t.ID] = d
	m.s.mu.Unlock()
	_, err := m.reg.Decide(ctx, t.ID, d)
	return err
}

// retryAll is the manager once everything healed: the host is asked again.
func (m *machine) retryAll(ctx context.Context) {
	waiting, err := m.exceptions(ctx)
	if err != nil {
		m.s.complain("reading the exceptions: %v", err)
	}
	for _, t := range waiting {
		if err := m.rule(ctx, t, till.ResolvedRetry, ""); err != nil {
			m.s.complain("I3: %s of %s at till %d waits for a manager, who is refused: %v", t.Kind, t.Amount, m.n+1, err)
		}
	}
}
