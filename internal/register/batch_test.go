package register_test

import (
	"testing"

	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
)

// The totals after an upload go out under a trace number of their own, and under another one
// when they are sent again: a late answer to the totals that differed says that they differ,
// and by its number it would be the answer to these.
func TestTrailerHasItsOwnTraceNumber(t *testing.T) {
	w := newWorld(t)
	w.policy.Batch = terminal.BatchPolicy{Upload: true}
	w.restartTill()
	w.mustTake(1045) // of which the host knows nothing until it is uploaded
	var totals, trailers []till.STAN
	w.line.fate = func(q till.Request) fate {
		switch q.Op {
		case till.OpReconcile:
			totals = append(totals, q.STAN)
		case till.OpTrailer:
			if trailers = append(trailers, q.STAN); len(trailers) == 1 {
				return requestLost
			}
		}
		return arrives
	}
	_, err := w.reg.CloseBatch(t.Context())
	wantProblem(t, err, till.CodePending)
	if b, err := w.reg.CloseBatch(t.Context()); err != nil || b.State != till.BatchClosed {
		t.Fatalf("batch %s, %v", b.State, err)
	}
	if len(totals) != 1 || len(trailers) != 2 {
		t.Fatalf("totals %v, trailers %v: want one and two", totals, trailers)
	}
	if trailers[0] == totals[0] || trailers[1] == totals[0] || trailers[0] == trailers[1] {
		t.Errorf("totals went out under %s, trailers under %s: want three numbers", totals[0], trailers)
	}
}
