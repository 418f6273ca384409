package register_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
)

// The proof that a sale is neither lost nor charged twice, for one sale: the power is
// cut at every point (on either side of each commit, each message, each word of the
// card, each print) under every fate of the request and of the reversal. Then the
// machine comes back, the line heals, what was still in the network arrives, and the
// books must agree.
func TestEveryCrashOfOneSale(t *testing.T) {
	if pairs := (schedule{}).walk(t, fates(), reversalFates()); pairs < 50 {
		t.Errorf("walked %d pairs of fates, want every one", pairs)
	}
}

// walk plays every pair of fates at every point of its worlds. Worlds that part only in the
// fate of a message that they never sent are one and the same, and are played once: up to
// the request with its first fate, up to the reversal with that one's.
func (s schedule) walk(t *testing.T, requests, reversals []fate) (pairs int) {
	for i, request := range requests {
		for j, reversal := range reversals {
			t.Run(fmt.Sprintf("%s/%s", request, reversal), func(t *testing.T) {
				t.Parallel()
				s := s // each world has its own fates: they are played at once
				s.request, s.reversal = request, reversal
				points := s.play(t, -1, nil, nil)
				from, stride := 0, stride()
				if i == 0 && j == 0 {
					stride = 1
				}
				if i > 0 {
					from = slices.Index(points, beforeSending+string(till.OpAuthorize)) + 1
				}
				if reversed := slices.Index(points, beforeSending+string(till.OpReverse)); j > 0 && reversed >= 0 {
					from = reversed + 1
				} else if j > 0 {
					from = len(points)
				}
				for at := from + (len(request)+len(reversal))%stride; at < len(points); at += stride {
					s.play(t, at, nil, nil)
				}
			})
			pairs++
		}
	}
	return pairs
}

// A register that sends before it commits, the bug of real terminals, must be caught
// by the same schedules: a proof that lets it pass proves nothing.
func TestCrashesCatchSendingBeforeCommitting(t *testing.T) {
	caught := 0
	for _, request := range fates() {
		s := schedule{request: request, reversal: arrives}
		complain := func(string, ...any) { caught++ }
		points := s.play(t, -1, complain, sendFirst)
		for at := 0; at < len(points) && caught == 0; at++ {
			s.play(t, at, complain, sendFirst)
		}
	}
	if caught == 0 {
		t.Error("a register that sends before it commits passed every schedule")
	}
	t.Logf("caught %d times", caught)
}

// So must one that forgets, after an answer that never came, to undo.
func TestCrashesCatchTimeoutsTakenForDeclines(t *testing.T) {
	caught := 0
	s := schedule{request: answerLost, reversal: arrives}
	s.play(t, -1, func(string, ...any) { caught++ }, declineSilence)
	if caught == 0 {
		t.Error("a register that takes silence for a decline passed")
	}
}

// reversalFates are those of the first reversal; later ones arrive, since links heal.
func reversalFates() []fate {
	return []fate{arrives, requestLost, requestTwice, answerLost, otherSTAN, linkLostAfter}
}

// schedule is one world: the fates of its messages, and what it sells how.
type schedule struct {
	request, reversal fate
	tender            till.Tender // empty is the card
	lines             bool        // the sale is of lines, whose stock and points move with it
	wrap              func(*world, register.Store) register.Store
}

type stepFunc func(terminal.State, terminal.Event) (terminal.State, []terminal.Action)

// play runs one world, cut at a point (-1: never), and returns the points that it passed.
// complain takes what is wrong; nil is the test's own.
func (s schedule) play(t *testing.T, at int, complain func(string, ...any), step stepFunc) (points []string) {
	t.Helper()
	w := newWorld(t)
	defer w.stop()
	w.tender, w.lines = s.tender, s.lines
	if s.wrap != nil {
		w.wrap = s.wrap
		w.restartTill()
	}
	if complain == nil {
		complain = func(format string, args ...any) {
			t.Helper()
			t.Errorf("cut at %d (%v): %s", at, last(w.plug.names), fmt.Sprintf(format, args...))
		}
	}
	if step != nil {
		register.SetStep(w.reg, step)
	}
	w.line.fate = s.fates()
	w.plug.at, w.plug.passed, w.plug.names = at, 0, nil
	_, _, cut := w.sale("order-1")
	points = w.plug.names[:w.plug.passed:w.plug.passed]
	w.plug.at = -1
	w.line.heal()
	if cut {
		w.restartTill()
	}
	w.settle(complain)
	w.line.flush() // what the network still held arrives when everything is over
	w.settle(complain)
	w.check(complain)
	return points
}

// fates gives the first request and the first reversal their fates.
func (s schedule) fates() func(till.Request) fate {
	first := map[till.Op]bool{}
	return func(q till.Request) fate {
		if first[q.Op] {
			return arrives
		}
		first[q.Op] = true
		switch q.Op {
		case till.OpAuthorize:
			return s.request
		case till.OpReverse:
			return s.reversal
		}
		return arrives
	}
}

// settle works on what is open, as every command does before it talks to the host.
func (w *world) settle(complain func(string, ...any)) {
	for range 3 {
		if _, err := w.reg.Resolve(context.Background()); err != nil {
			complain("settling: %v", err)
		}
	}
}

// check holds the invariants of the design against the world: I1 to I5, I8 and I9.
func (w *world) check(complain func(string, ...any)) {
	ctx := context.Background()
	txns, err := w.store.Txns(ctx, till.Filter{})
	if err != nil {
		complain("reading: %v", err)
		return
	}
	if len(txns) > 1 {
		complain("one sale left %d transactions", len(txns))
	}
	approved := int64(0)
	for _, x := range txns {
		if !x.State.IsFinal() {
			complain("%s is still %s after everything healed", x.ID, x.State)
		}
		if x.State == till.Approved {
			approved += x.Amount.Minor()
		}
	}
	if net := w.net(); w.tender == "" && net != approved {
		complain("the host moved %d, the till has approved %d", net, approved)
	}
	if w.lines {
		w.checkGoods(complain, approved)
		w.checkTicket(complain, txns)
	}
	for _, said := range w.told {
		if said.outcome == till.OutcomeApproved && (len(txns) == 0 || txns[0].State != till.Approved) {
			complain("approved was told, and it is not")
		}
	}
	w.checkRepeat(complain, len(txns) > 0, approved)
	w.checkBooks(complain)
}

// checkRepeat lets the operator give the same command again: what was taken once is
// not taken twice.
func (w *world) checkRepeat(complain func(string, ...any), known bool, approved int64) {
	res, err, _ := w.sale("order-1")
	if err != nil {
		complain("the same command again: %v", err)
		return
	}
	if res.Replayed != known {
		complain("the same command again: replayed %v, want %v", res.Replayed, known)
	}
	want := approved
	if !known {
		want = 1250 // nothing had happened, so this is the sale
	}
	if net := w.net(); w.tender == "" && net != want {
		complain("after the same command again the host moved %d, want %d", net, want)
	}
	if w.lines {
		w.checkGoods(complain, want)
	}
}

// checkBooks closes the batch: the host must agree, and the journal be whole.
func (w *world) checkBooks(complain func(string, ...any)) {
	ctx := context.Background()
	b, err := w.reg.CloseBatch(ctx)
	if err != nil || b.State != till.BatchClosed {
		complain("closing the batch: %s, %v; ours %+v, theirs %+v", b.State, err, b.Ours, b.Theirs)
	}
	if _, err := w.store.Verify(ctx); err != nil {
		complain("verifying the journal: %v", err)
	}
}

// sendFirst is the mutant: the request leaves before the intent is on the disk.
func sendFirst(s terminal.State, e terminal.Event) (terminal.State, []terminal.Action) {
	next, actions := terminal.Step(s, e)
	if _, isRead := e.(terminal.CardRead); isRead && next.Txn.State == till.Intent {
		next.Phase, next.Txn.STAN, next.Txn.Batch, next.Txn.State = terminal.Sent, 900001, 1, till.New
		return next, []terminal.Action{terminal.Send{}}
	}
	return next, actions
}

// declineSilence is the mutant that takes a time-out for a decline.
func declineSilence(s terminal.State, e terminal.Event) (terminal.State, []terminal.Action) {
	next, actions := terminal.Step(s, e)
	if _, silent := e.(terminal.NoAnswer); silent && s.Phase == terminal.Sent {
		next.Txn.State, next.Txn.Reason, next.Txn.Attempts = till.Declined, "", 0
		return next, []terminal.Action{terminal.Commit{Txn: next.Txn}}
	}
	return next, actions
}

func last(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return names[len(names)-1]
}
