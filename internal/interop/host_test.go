//go:build interop

package interop_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// A day of a till whose host is jPOS: what the till was told is what that host has, and
// at the close both say so.
func TestTillOnJPOS(t *testing.T) {
	jpos := start(t, "Host")
	addrs := map[string]string{}
	for range wires() {
		name, addr, ok := strings.Cut(strings.TrimPrefix(jpos.line(), "listening "), " ")
		if !ok {
			t.Fatalf("the host does not say where it listens but %q", name)
		}
		addrs[name] = addr
	}
	tills := map[string]*script{}
	for _, w := range wires() {
		addr, ours, theirs := addrs[w.name], w.load(t), w.imported(t)
		tills[w.name+" ours"] = newScript(t, w, "TILL01", addr, ours, day, dayOnTheWire())
		tills[w.name+" imported"] = newScript(t, w, "TILL2", addr, theirs, day, dayOnTheWire())
		tills[w.name+" evening"] = newScript(t, w, "TILL0003", addr, ours, evening, eveningOnTheWire())
		tills[w.name+" evening"].line.upload = true
	}
	t.Run("play", func(t *testing.T) {
		for name, s := range tills {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s.play(newShop(t, s.line))
			})
		}
	})
	said := jpos.rest()
	for name, s := range tills {
		heard := heardBy(said, s.wire, s.line.terminal)
		if !slices.Equal(heard.summary, s.want) {
			t.Errorf("%s: jPOS read\n%s\nwant\n%s", name, strings.Join(heard.summary, "\n"), strings.Join(s.want, "\n"))
		}
		compare(t, name+" request", s.line.tape.sent, heard.read)
		compare(t, name+" answer", heard.sent, s.line.tape.received)
	}
}

// script is what one till does, and what jPOS reads of it.
type script struct {
	wire string
	line line
	play func(*shop)
	want []string
}

func newScript(t *testing.T, w wire, terminal, addr string, p host.Profile, play func(*shop), want []string) *script {
	l := line{terminal: terminal, addr: addr, profile: p, tape: &tape{t: t, spec: p.Spec}}
	return &script{wire: w.name, line: l, play: play, want: want}
}

// day is a day of a till, up to a batch that differs.
func day(s *shop) {
	t := s.t
	chip := s.sale(till.Chip, "12.50", till.OutcomeApproved, "00")
	if chip.RRN == "" || chip.AuthCode == "" || chip.Chip == nil || chip.Chip.CryptogramType != "TC" {
		t.Errorf("chip sale: got %+v, chip %+v; want a reference, a code and a TC", chip, chip.Chip)
	}
	swipe := s.sale(till.Swipe, "8.00", till.OutcomeApproved, "00")
	s.sale(till.Chip, "51.00", till.OutcomeDeclined, "51")
	s.undo("refund", s.reg.Refund, register.Undo{Original: chip.ID, Amount: yuan(t, "2.50")})
	s.undo("void", s.reg.Void, register.Undo{Original: swipe.ID})
	s.isNow(s.sale(till.Chip, silent, till.OutcomeUnknown, "").ID, till.Reversed)
	owed := s.sale(till.Swipe, deaf, till.OutcomeUnknown, "")
	s.isNow(owed.ID, till.Reversing)
	if _, err := s.reg.Resolve(t.Context()); err != nil {
		t.Error(err)
	}
	s.isNow(owed.ID, till.Reversed)
	s.isNow(s.voice("6.00"), till.Approved)
	told := s.voice(unheard)
	s.isNow(told, till.Advice)
	if _, err := s.reg.Resolve(t.Context()); err != nil {
		t.Error(err)
	}
	s.isNow(told, till.Approved)
	s.twin()
	if a, err := s.reg.Echo(t.Context()); err != nil || !a.Approved {
		t.Errorf("echo: got %+v, %v", a, err)
	}
	b := s.closeBatch(till.BatchClosed)
	want := till.Totals{Currency: "CNY", Debits: 4, DebitMinor: 10427, DebitReversals: 1, DebitRevMinor: 800, Credits: 1, CreditMinor: 250}
	if b.Ours != want {
		t.Errorf("totals: got %+v, want %+v", b.Ours, want)
	}
	s.advise(2)
	s.sale(till.Swipe, "1.00", till.OutcomeApproved, "00")
	if b = s.closeBatch(till.BatchReconcileError); b.Theirs == nil || b.Theirs.DebitMinor != 800 {
		t.Errorf("totals that differ: theirs are %+v, want debits of 8.00", b.Theirs)
	}
}

// twin is a till that was set up with the number of this one, or lost its books: its
// trace numbers are used already, and the host says so.
func (s *shop) twin() {
	s.t.Helper()
	x := newShop(s.t, s.line).sale(till.Swipe, "3.00", till.OutcomeDeclined, "94")
	if x.STAN > 9 {
		s.t.Errorf("the twin's trace number is %s, no repeat", x.STAN)
	}
}

// advise tells the host twice of a sale that the till has no books of, so that their totals
// differ.
func (s *shop) advise(batch int) {
	s.t.Helper()
	framing, err := s.profile.Wire()
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := link.Dial(s.t.Context(), s.addr, link.ClientConfig{Spec: s.profile.Spec, Framing: framing, Tap: s.tape.tap})
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	m, err := s.profile.Request(till.Request{
		Op: till.OpAuthorize, Terminal: s.terminal, Merchant: testMerchant, STAN: 900, Batch: batch, At: clock(),
		Card: till.CardData{PAN: pan(s.t), Expiry: "3112"},
		Txn:  till.Txn{Kind: till.Sale, Tender: till.Card, Entry: till.Manual, Amount: yuan(s.t, "7.00"), STAN: 900, At: clock()},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, mti := range []iso8583.MTI{"0220", "0221"} {
		m.SetMTI(mti)
		if a, err := c.RoundTrip(s.t.Context(), m); err != nil || a.MTI() != "0230" || a.Value("39") != "00" {
			s.t.Errorf("%s: got %v, %v; want a 0230 with 00", mti, a, err)
		}
	}
}

// dayOnTheWire is the same story as jPOS reads it: type, processing code, amount, trace
// number, answer.
func dayOnTheWire() []string {
	return strings.Split(strings.TrimSpace(`
0800 - - 000001 00
0200 000000 000000001250 000002 00
0200 000000 000000000800 000003 00
0200 000000 000000005100 000004 51
0200 200000 000000000250 000005 00
0200 020000 000000000800 000006 00
0200 000000 000000009999 000007 silence
0400 000000 000000009999 000007 00
0200 000000 000000009998 000008 silence
0400 000000 000000009998 000008 silence
0401 000000 000000009998 000008 00
0220 000000 000000000600 000009 00
0220 000000 000000007777 000010 silence
0221 000000 000000007777 000010 00
0800 - - 000001 00
0200 000000 000000000300 000002 94
0800 - - 000011 00
0500 - - 000012 00
0220 000000 000000000700 000900 00
0221 000000 000000000700 000900 00
0800 - - 000013 00
0200 000000 000000000100 000014 00
0500 - - 000015 95
`), "\n")
}

// heard is what the host of one wire says of the messages that it read.
type heard struct {
	summary []string // as in dayOnTheWire
	read    []string // the fields of each request
	sent    []string // the fields of each answer
}

func heardBy(lines []string, wire, terminal string) heard {
	var h heard
	for _, line := range lines {
		rest, ours := strings.CutPrefix(line, wire+" "+terminal+" ")
		if !ours {
			if strings.HasPrefix(line, "failed "+wire) {
				h.summary = append(h.summary, line)
			}
			continue
		}
		parts := strings.Split(rest, " | ")
		h.summary = append(h.summary, parts[0])
		h.read = append(h.read, strings.TrimSuffix(parts[1], " |"))
		if len(parts) > 2 && parts[2] != "" {
			h.sent = append(h.sent, parts[2])
		}
	}
	return h
}
