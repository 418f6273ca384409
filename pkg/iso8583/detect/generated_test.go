package detect_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// tally counts what was said of messages whose framing and dialect are known.
type tally struct{ all, sure, likely, guess, none, wrong, surelyWrong int }

func (c *tally) add(r detect.Result, right bool) {
	c.all++
	switch r.Confidence {
	case detect.Sure:
		c.sure++
		if !right {
			c.surelyWrong++
		}
	case detect.Likely:
		c.likely++
	case detect.Guess:
		c.guess++
	default:
		c.none++
	}
	if r.Best != nil && !right {
		c.wrong++
	}
}

// Every dialect behind every length, with and without the header that it usually comes
// behind, is found with its framing and the values of its fields.
func TestGenerated(t *testing.T) {
	d := newDetector(t, detect.Options{})
	all := specs(t)
	r := newMaker(t, 1)
	rounds := 40
	if testing.Short() {
		rounds = 4
	}
	var total tally
	for _, info := range dialect.Infos() {
		var c tally
		for _, length := range lengths() {
			for round := range rounds {
				framing := framed(length, info, round%2 == 0)
				m := r.message(all[info.Name], info.Versions[r.IntN(len(info.Versions))])
				body, err := m.Pack()
				if err != nil {
					t.Fatalf("%s: %v", info.Name, err)
				}
				raw := r.wrap(framing, body)
				got := d.Detect(raw)
				right := got.Best != nil && sameWrap(r, got.Best.Framing, framing, body, raw) && reads(got.Best.Spec, body, m)
				c.add(got, right)
				total.add(got, right)
				if got.Best != nil && (!right || got.Confidence == detect.Guess) {
					t.Logf("%s behind %s, %s %v: %s, %s behind %s sound %v %d (%v)", info.Name, framing, m.MTI(), m.Fields(), got.Confidence, got.Best.Dialect, got.Best.Framing, got.Best.Sound, got.Best.Score, got.RunnerUp() != nil)
				}
			}
		}
		t.Logf("%-22s %+v", info.Name, c)
	}
	t.Logf("%-22s %+v", "all", total)
	if total.surelyWrong > 0 {
		t.Errorf("%d of %d messages are read wrongly and for sure", total.surelyWrong, total.all)
	}
	if right := total.all - total.wrong - total.none; right*1000 < total.all*995 {
		t.Errorf("%d of %d messages are read rightly, want 99.5 %%", right, total.all)
	}
	if total.sure*100 < total.all*95 {
		t.Errorf("%d of %d messages are sure, want 95 %%", total.sure, total.all)
	}
}

// sameWrap reports that a framing is the one that was put around a message, or puts the
// same bytes around it: 01 01 is a length in either order.
func sameWrap(r maker, got, framing string, body, raw []byte) bool {
	return got == framing || !strings.Contains(got, "header") && !strings.Contains(got, "tpdu") && bytes.Equal(r.wrap(got, body), raw)
}

// Messages that were taken out of the header that their dialect usually comes behind are
// not surely something else.
func TestBare(t *testing.T) {
	d := newDetector(t, detect.Options{})
	all := specs(t)
	r := newMaker(t, 15)
	rounds := 400
	if testing.Short() {
		rounds = 40
	}
	for _, info := range dialect.Infos() {
		var c tally
		for range rounds {
			m := r.message(all[info.Name], info.Versions[r.IntN(len(info.Versions))])
			body, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			got := d.Detect(body)
			right := got.Best != nil && got.Best.Framing == "none" && reads(got.Best.Spec, body, m)
			if c.add(got, right); got.Confidence == detect.Sure && !right {
				t.Errorf("%s, %s %v, is surely %s: %s", info.Name, m.MTI(), m.Fields(), got.Best.Dialect, shown(got))
			}
		}
		t.Logf("%-22s %+v", info.Name, c)
	}
}

// Messages of any fields with any content, which no shop would send, are read rightly or
// not for sure.
func TestAnything(t *testing.T) {
	d := newDetector(t, detect.Options{})
	all := specs(t)
	r := newMaker(t, 16)
	rounds := 200
	if testing.Short() {
		rounds = 20
	}
	var total tally
	for _, info := range dialect.Infos() {
		var c tally
		for round := range rounds {
			m := r.anything(all[info.Name], info.Versions[r.IntN(len(info.Versions))])
			body, err := m.Pack()
			if err != nil {
				continue
			}
			framing := framed(r.of(lengths()...), info, round%2 == 0)
			raw := r.wrap(framing, body)
			got := d.Detect(raw)
			right := got.Best != nil && sameWrap(r, got.Best.Framing, framing, body, raw) && (reads(got.Best.Spec, body, m) || alike(got, info.Name))
			c.add(got, right)
			total.add(got, right)
			if got.Confidence == detect.Sure && !right {
				t.Errorf("%s behind %s, %s %v, is surely %s behind %s: %s", info.Name, framing, m.MTI(), m.Fields(), got.Best.Dialect, got.Best.Framing, shown(got))
			}
		}
		t.Logf("%-22s %+v", info.Name, c)
	}
	t.Logf("%-22s %+v", "all", total)
}
