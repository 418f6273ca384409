package bulk

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestJoin: one line a message, "type key time", and how often requests and answers met
// after it: pairs, unasked answers, repeats.
func TestJoin(t *testing.T) {
	const story = `
		0200 1 10   0 0 0   a sale
		0210 1 10   1 0 0   and its answer
		0210 1 10   1 1 0   the same answer again: nobody asked
		0200 2 10   1 1 0   a request that is repeated
		0201 2 10   1 1 1   with the repeat bit
		0210 2 10   2 1 1   one answer for both
		0400 2 10   2 1 1   another class with the same numbers is another request
		0210 2 10   2 2 1
		0410 2 10   3 2 1
		0200 3 10   3 2 1   the trace number comes round:
		0200 3 99   3 2 1   another time, another request
		0210 3 99   4 2 1
		0210 3 10   5 2 1
		0200 4 10   5 2 1
		0210 4  0   6 2 1   an answer that does not give the time back
		0620 5 10   6 2 1
		0640 6 10   6 2 1   a notification wants no answer`
	j := newJoiner(100)
	for n, text := range strings.Split(strings.TrimSpace(story), "\n") {
		var mti string
		var key, moment uint64
		var pairs, unasked, repeats int64
		if _, err := fmt.Sscan(text, &mti, &key, &moment, &pairs, &unasked, &repeats); err != nil {
			t.Fatal(err)
		}
		f := &fact{keyed: true, key: key<<8 | uint64(mti[1]), moment: moment, nanos: int64(n)}
		copy(f.mti[:], mti)
		j.see(n+1, f)
		if j.pairs != pairs || j.answers != unasked || j.repeats != repeats {
			t.Fatalf("after %q: %d pairs, %d unasked, %d repeats", strings.TrimSpace(text), j.pairs, j.answers, j.repeats)
		}
	}
	j.end()
	if j.lostCount != 1 || j.firstLost[0].N != 16 {
		t.Errorf("unanswered: %d, %+v", j.lostCount, j.firstLost)
	}
}

// TestJoinIsBounded: however many requests wait, no more are kept than was said, and none
// is counted twice.
func TestJoinIsBounded(t *testing.T) {
	j := newJoiner(50)
	rng := rand.New(rand.NewPCG(1, 2))
	asked, answered := 0, int64(0)
	for range 20000 {
		f := &fact{keyed: true, key: uint64(rng.IntN(500)), mti: [4]byte{'0', '2', '0', '0'}}
		if rng.IntN(2) == 0 {
			f.mti[2] = '1'
		} else {
			asked++
		}
		j.see(1, f)
		if j.open > 50 || len(j.slots) > 51 || len(j.first) > 50 {
			t.Fatalf("%d open, %d slots, %d keys", j.open, len(j.slots), len(j.first))
		}
	}
	answered = j.pairs
	j.end()
	// A request ends as the answered one of a pair, as a repeat that the same answer
	// closed, or as unanswered.
	if lost := j.lostCount; lost == 0 || answered == 0 || answered+lost > int64(asked) || answered+lost+j.repeats < int64(asked) {
		t.Errorf("%d asked, %d answered, %d lost, %d repeats", asked, answered, lost, j.repeats)
	}
}

// TestJoinOfOneNumber: a terminal that never counts on does not slow the rest down.
func TestJoinOfOneNumber(t *testing.T) {
	j := newJoiner(50)
	for n := range 1000 {
		j.see(n, &fact{keyed: true, key: 1, mti: [4]byte{'0', '2', '0', '0'}})
	}
	if j.end(); j.open > alikeMost+1 || j.lostCount != 1000 || j.repeats != 999 {
		t.Errorf("%d open, %d lost, %d repeats", j.open, j.lostCount, j.repeats)
	}
}

// TestHistogram holds percentiles to those of all values, within the width of a class.
func TestHistogram(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var h histogram
	var all []time.Duration
	for range 20000 {
		d := time.Duration(rng.ExpFloat64() * float64(20*time.Millisecond))
		h.add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, part := range []float64{0.01, 0.5, 0.95, 0.99, 1} {
		want := all[int(part*float64(len(all))+0.999999)-1]
		if got := h.at(part); got < want || float64(got) > float64(want)*1.04+1 {
			t.Errorf("at %v: %v, want %v", part, got, want)
		}
	}
	for _, v := range []uint64{0, 1, 31, 32, 33, 63, 64, 1000, 1 << 40, 1<<63 - 1} {
		if c := classOf(v); c >= 64*classes || upTo(c) < v || c > 0 && upTo(c-1) >= v {
			t.Errorf("%d is in class %d, up to %d", v, c, upTo(c))
		}
	}
	if (&histogram{}).times() != nil {
		t.Error("times of nothing")
	}
}
