package detect_test

import (
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// sample is a message with what it was made as.
type sample struct {
	raw              []byte
	dialect, framing string
	message          *iso8583.Message
}

// samples are n messages of a dialect, each behind a framing that it usually comes behind.
func samples(tb testing.TB, r maker, all map[string]*iso8583.Spec, info dialect.Info, n int) []sample {
	tb.Helper()
	out := make([]sample, 0, n)
	framing := framed(r.of(lengths()...), info, r.IntN(2) == 0)
	for range n {
		m := r.message(all[info.Name], info.Versions[r.IntN(len(info.Versions))])
		body, err := m.Pack()
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, sample{r.wrap(framing, body), info.Name, framing, m})
	}
	return out
}

// A session whose memory is full of one dialect says of the messages of another what
// detection afresh says.
func TestSessionAccepts(t *testing.T) {
	d := newDetector(t, detect.Options{})
	all := specs(t)
	r := newMaker(t, 3)
	rounds := 30
	if testing.Short() {
		rounds = 4
	}
	differ, count := 0, 0
	for _, first := range dialect.Infos() {
		for _, then := range dialect.Infos() {
			s := d.Session()
			var l iso8583.Layout
			for _, m := range samples(t, r, all, first, 8) {
				s.Next(m.raw, &l)
			}
			for _, m := range samples(t, r, all, then, rounds) {
				got, want := s.Next(m.raw, &l), d.Detect(m.raw)
				count++
				if want.Best == nil || got.Start != want.Best.Start || got.End != want.Best.End {
					t.Fatalf("%s after %s: start %d, end %d: %s", then.Name, first.Name, got.Start, got.End, shown(want))
				}
				if got.Spec != want.Best.Spec && !reads(got.Spec, m.raw[got.Start:got.End], m.message) {
					differ++
					t.Errorf("%s after %s: read as %s, afresh as %s", then.Name, first.Name, got.Dialect, want.Best.Dialect)
				}
				if got.Err != nil || l.Len() == 0 {
					t.Errorf("%s after %s: %v", then.Name, first.Name, got.Err)
				}
			}
		}
	}
	t.Logf("%d messages, %d read otherwise", count, differ)
}

// The same of changed messages: what a session is sure of, detection afresh does not read
// otherwise.
func TestSessionMutations(t *testing.T) {
	d := newDetector(t, detect.Options{})
	all := specs(t)
	r := newMaker(t, 4)
	for _, first := range dialect.Infos() {
		s := d.Session()
		var l iso8583.Layout
		for _, m := range samples(t, r, all, first, 40) {
			s.Next(m.raw, &l)
		}
		for _, then := range dialect.Infos() {
			for _, m := range samples(t, r, all, then, 20) {
				raw := r.mutate(m.raw)
				got, want := s.Next(raw, &l), d.Detect(raw)
				if got.Confidence != detect.Sure || want.Best == nil {
					continue
				}
				if got.Spec != want.Best.Spec && want.Confidence == detect.Sure && want.Best.Dialect != got.Dialect && !alike(want, got.Dialect) {
					t.Errorf("%s after %s: read as %s behind %s, afresh: %s", then.Name, first.Name, got.Dialect, got.Framing, shown(want))
				}
			}
		}
	}
}

// alike reports a dialect that reads as the best candidate does.
func alike(r detect.Result, name string) bool {
	for _, other := range r.Alike() {
		if other == name {
			return true
		}
	}
	return false
}

// A stream of two dialects, turn and turn about, allocates nothing once both are known.
func TestSessionAllocatesNothing(t *testing.T) {
	d := newDetector(t, detect.Options{})
	all := specs(t)
	r := newMaker(t, 5)
	var mixed [][]byte
	infos := dialect.Infos()
	a, b := samples(t, r, all, infos[0], 50), samples(t, r, all, infos[len(infos)/2], 50)
	for i := range a {
		mixed = append(mixed, a[i].raw, b[i].raw)
	}
	s := d.Session()
	var l iso8583.Layout
	pass := func() {
		for _, raw := range mixed {
			if m := s.Next(raw, &l); m.Spec == nil {
				t.Fatal("a message is not known")
			}
		}
	}
	pass()
	pass()
	if n := testing.AllocsPerRun(5, pass); n > 0 {
		t.Errorf("%v allocations for %d messages", n, len(mixed))
	}
}

// What is no message makes a session forget nothing and say nothing.
func TestSessionForeign(t *testing.T) {
	d := newDetector(t, detect.Options{})
	s := d.Session()
	var l iso8583.Layout
	for _, m := range samples(t, newMaker(t, 6), specs(t), dialect.Infos()[0], 10) {
		s.Next(m.raw, &l)
	}
	for name, raw := range foreign() {
		if m := s.Next(raw, &l); m.Confidence != "" || m.Spec != nil || l.Len() != 0 {
			t.Errorf("%s is %s of %s", name, m.Confidence, m.Dialect)
		}
	}
}
