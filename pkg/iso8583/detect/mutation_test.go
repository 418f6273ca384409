package detect_test

import (
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// A message that is cut or changed is never surely something else: if it is read for sure,
// the dialect that it was written in reads it too, behind the framing that it had.
func TestMutations(t *testing.T) {
	d := newDetector(t, detect.Options{})
	all := specs(t)
	r := newMaker(t, 2)
	rounds := 400
	if testing.Short() {
		rounds = 60
	}
	var c tally
	for _, info := range dialect.Infos() {
		for round := range rounds {
			framing := framed(r.of(lengths()...), info, round%2 == 0)
			m := r.message(all[info.Name], info.Versions[r.IntN(len(info.Versions))])
			body, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			raw := r.mutate(r.wrap(framing, body))
			got := d.Detect(raw)
			right := got.Best != nil && (readsLike(got.Best, raw, info.Name, framing) || reads(got.Best.Spec, raw[got.Best.Start:got.Best.End], m))
			c.add(got, right)
			if got.Confidence == detect.Likely && !right && testing.Verbose() {
				t.Logf("%s behind %s, changed, is likely %s behind %s: %s", info.Name, framing, got.Best.Dialect, got.Best.Framing, shown(got))
			}
			if got.Confidence == detect.Sure && !right {
				t.Errorf("%s behind %s, changed, is surely %s behind %s: %s", info.Name, framing, got.Best.Dialect, got.Best.Framing, shown(got))
			}
		}
	}
	t.Logf("%+v", c)
}

// readsLike reports that the candidate is that of the dialect and stands where the framing
// puts it, or reads what it reads. A length that was changed may have become another kind
// that fits.
func readsLike(c *detect.Candidate, raw []byte, name, framing string) bool {
	if f, err := detect.ParseFraming(framing); err != nil {
		return false
	} else if start, _, _ := f.Strip(raw); start != c.Start || c.End > len(raw) {
		return false
	}
	if strings.HasPrefix(name, c.Dialect) { // iso93-bcd for iso93-bcd-left: the slip may be that of the pad
		return true
	}
	only, err := detect.New(detect.Options{Dialects: []string{name}, Framings: []string{framing}})
	if err != nil {
		return false
	}
	r := only.Detect(raw)
	if r.Best == nil || !r.Best.Sound {
		return false
	}
	m, err := r.Best.Spec.Unpack(raw[r.Best.Start:r.Best.End])
	return err == nil && reads(c.Spec, raw[c.Start:c.End], m)
}

// mutate changes a few bits, or cuts, or takes out, or puts in.
func (r maker) mutate(raw []byte) []byte {
	raw = append([]byte(nil), raw...)
	at := r.IntN(len(raw))
	switch r.IntN(6) {
	case 0:
		return raw[:at]
	case 1:
		return append(raw[:at], raw[at+1:]...)
	case 2:
		return append(raw[:at], append([]byte{byte(r.Uint32())}, raw[at:]...)...)
	case 3:
		return append(raw, []byte(strings.Repeat("0", 1+r.IntN(4)))...)
	default:
		for range 1 + r.IntN(3) {
			raw[r.IntN(len(raw))] ^= 1 << r.IntN(8)
		}
		return raw
	}
}

// readsPart reports that a spec gives back the fields of a message, as much of them as
// there is: the terminal of 16 characters, cut in the middle, is one of 8.
func readsPart(spec *iso8583.Spec, raw []byte, m *iso8583.Message) bool {
	got, _ := spec.Unpack(raw)
	for _, path := range got.Fields() {
		if !strings.HasPrefix(m.Reveal(path), got.Reveal(path)) && !textOfBytes(got.Reveal(path), m.Reveal(path)) {
			return false
		}
	}
	return got.MTI() == m.MTI()
}

// A message that is cut at any byte is never surely another one.
func TestCuts(t *testing.T) {
	d := newDetector(t, detect.Options{})
	all := specs(t)
	r := newMaker(t, 14)
	rounds := 20
	if testing.Short() {
		rounds = 2
	}
	var c tally
	for _, info := range dialect.Infos() {
		for range rounds {
			m := r.message(all[info.Name], info.Versions[0])
			raw, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			for cut := 1; cut < len(raw); cut++ {
				got := d.Detect(raw[:cut])
				right := got.Best != nil && got.Best.Start == 0 && (got.Best.Dialect == info.Name || readsPart(got.Best.Spec, raw[:cut], m))
				c.add(got, right)
				if got.Confidence == detect.Sure && !right {
					t.Errorf("%s cut at %d of %d is surely %s behind %s: %s", info.Name, cut, len(raw), got.Best.Dialect, got.Best.Framing, shown(got))
				}
				if got.Confidence == detect.Likely && !right && testing.Verbose() {
					t.Logf("%s cut at %d of %d is likely %s behind %s", info.Name, cut, len(raw), got.Best.Dialect, got.Best.Framing)
				}
			}
		}
	}
	t.Logf("%+v", c)
}
