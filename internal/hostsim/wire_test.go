package hostsim_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// serve serves a host on loopback for the length of a test. The function that it
// returns ends the serving and waits for it.
func serve(t *testing.T, h *hostsim.Host, p host.Profile) (addr string, stop func()) {
	t.Helper()
	framing, err := p.Wire()
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- h.Serve(ctx, ln, p.Spec, framing) }()
	stop = func() {
		t.Helper()
		cancel()
		select {
		case err := <-served:
			if err != nil {
				t.Errorf("serve: %v", err)
			}
			served <- nil // for a second call
		case <-time.After(3 * time.Second):
			t.Error("serve did not return within 3 seconds of its end")
		}
	}
	t.Cleanup(stop)
	return ln.Addr().String(), stop
}

// call dials a host over TCP as a till does.
func call(t *testing.T, addr string, p host.Profile, late func(host.LateAnswer)) *host.Link {
	t.Helper()
	l, err := host.Dial(t.Context(), host.Config{Addr: addr, Profile: p, Late: late})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// A short day over TCP in every profile: what the till was told is what the host has.
func TestDayOverTheWire(t *testing.T) {
	for _, name := range host.Names() {
		p, err := host.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		h := open(t, t.TempDir())
		addr, _ := serve(t, h, p)
		l := call(t, addr, p, nil)
		s := newShop(t, h)
		var keys []byte
		ask := func(r till.Request) till.Answer {
			t.Helper()
			if r.Keys = keys; p.Expects.Notices[r.Txn.Kind] && r.Op == till.OpAuthorize {
				r.Op, r.Txn.Notice = till.OpAdvise, till.NoticeDone
			}
			a, err := l.Exchange(t.Context(), r)
			if err != nil {
				t.Fatalf("%s: %s %s: %v", name, r.Op, r.STAN, err)
			}
			r.Txn.RRN = a.RRN
			s.asked[r.STAN] = r
			return a
		}
		keys = ask(s.request(till.OpSignOn, 1)).Keys
		if p.Expects.Keys != (len(keys) > 0) {
			t.Fatalf("%s: the sign-on brought %d bytes of keys", name, len(keys))
		}
		sale := ask(s.sale(2, amount(t, "12.50"), pan(t, "4111111111111111")))
		ask(s.sale(3, amount(t, "8.00"), pan(t, "5413330089010434")))
		ask(s.refer(till.Refund, 4, amount(t, "2.50"), 2))
		ask(s.refer(till.Void, 5, amount(t, "8.00"), 3))
		declined := ask(s.sale(6, amount(t, "10.51"), pan(t, "4111111111111111")))
		if !sale.Approved || len(sale.RRN) != 12 || len(sale.AuthCode) != 6 || sale.Amount != amount(t, "12.50") {
			t.Errorf("%s: sale answered %+v", name, sale)
		}
		if declined.Approved || declined.AuthCode != "" || len(declined.RRN) != 12 {
			t.Errorf("%s: declined sale answered %+v", name, declined)
		}
		ours := till.Totals{Currency: "CNY", Debits: 2, DebitMinor: 2050, DebitReversals: 1, DebitRevMinor: 800, Credits: 1, CreditMinor: 250}
		theirs, err := h.Totals(t.Context(), "TILL0001", 1)
		if err != nil || theirs != ours {
			t.Errorf("%s: totals %+v, %v, want %+v", name, theirs, err, ours)
		}
		wrong := ours
		wrong.Debits++
		if a := ask(s.totals(7, wrong)); a.InBalance || a.Theirs == nil || *a.Theirs != said(name, ours) {
			t.Errorf("%s: wrong totals answered %+v", name, a)
		}
		for range 2 {
			if a := ask(s.totals(7, ours)); !a.InBalance || !a.Approved || a.Theirs != nil {
				t.Errorf("%s: right totals answered %+v", name, a)
			}
		}
		if got := balance(t, h); got != amount(t, "10.00") {
			t.Errorf("%s: the merchant has %s, want 10.00", name, got)
		}
	}
}

// said are totals as far as the messages of a profile can say them.
func said(profile string, t till.Totals) till.Totals {
	switch profile {
	case "nac-pos": // net of voids
		return till.Totals{
			Currency: t.Currency, Debits: t.Debits - t.DebitReversals, DebitMinor: t.DebitMinor - t.DebitRevMinor,
			Credits: t.Credits - t.CreditReversals, CreditMinor: t.CreditMinor - t.CreditRevMinor,
		}
	case "unionpay-pos": // by what charged a card and what gave back
		return till.Totals{
			Currency: t.Currency, Debits: t.Debits + t.CreditReversals, DebitMinor: t.DebitMinor + t.CreditRevMinor,
			Credits: t.Credits + t.DebitReversals, CreditMinor: t.CreditMinor + t.DebitRevMinor,
		}
	}
	return t
}

// The answer of a .69 sale comes when the till has given up and reversed: it changes
// nothing any more.
func TestLateAnswer(t *testing.T) {
	p := profile(t)
	h := openWith(t, hostsim.Config{Dir: t.TempDir(), LateBy: 300 * time.Millisecond})
	addr, _ := serve(t, h, p)
	late := make(chan host.LateAnswer, 1)
	l := call(t, addr, p, func(a host.LateAnswer) { late <- a })
	s := newShop(t, h)
	sale := s.sale(1, amount(t, "10.69"), pan(t, "4111111111111111"))

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := l.Exchange(ctx, sale); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("sale: got %v, want a deadline", err)
	}
	s.asked[1] = sale
	a, err := l.Exchange(t.Context(), s.reversal(1, amount(t, "10.69"), false))
	if err != nil || !a.Approved {
		t.Fatalf("reversal: got %+v, %v, want 00", a, err)
	}
	select {
	case a := <-late:
		if a.Op != till.OpAuthorize || a.STAN != 1 || a.ResponseCode != "00" {
			t.Errorf("late answer %+v", a)
		}
	case <-time.After(5 * time.Second):
		t.Error("the late answer never came")
	}
	if got := balance(t, h); !got.IsZero() {
		t.Errorf("the merchant has %s, want nothing", got)
	}
}

// The money of a .68 sale has moved before its answer is lost.
func TestLostAnswer(t *testing.T) {
	p := profile(t)
	h := open(t, t.TempDir())
	addr, _ := serve(t, h, p)
	l := call(t, addr, p, nil)
	s := newShop(t, h)
	sale := s.sale(1, amount(t, "10.68"), pan(t, "4111111111111111"))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := l.Exchange(ctx, sale); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, link.ErrNotSent) {
		t.Fatalf("sale: got %v, want a deadline", err)
	}
	if got := balance(t, h); got != amount(t, "10.68") {
		t.Errorf("before the reversal the merchant has %s, want 10.68", got)
	}
	s.asked[1] = sale
	for i, repeat := range []bool{false, true, true} {
		a, err := l.Exchange(t.Context(), s.reversal(1, amount(t, "10.68"), repeat))
		if err != nil || a.ResponseCode != "00" {
			t.Errorf("reversal %d: got %+v, %v, want 00", i+1, a, err)
		}
	}
	if got := balance(t, h); !got.IsZero() {
		t.Errorf("after the reversal the merchant has %s, want nothing", got)
	}
}

// A host that holds an answer back closes at once all the same.
func TestServeEndsWithAnswersHeldBack(t *testing.T) {
	p := profile(t)
	h := openWith(t, hostsim.Config{Dir: t.TempDir(), LateBy: time.Hour})
	addr, stop := serve(t, h, p)
	l := call(t, addr, p, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := l.Exchange(ctx, newShop(t, h).sale(1, amount(t, "10.69"), pan(t, "4111111111111111"))); err == nil {
		t.Fatal("the answer came, want none")
	}
	began := time.Now()
	stop()
	if took := time.Since(began); took > time.Second {
		t.Errorf("the end took %s", took)
	}
}

// A repeat gets the same bytes back, whatever it repeats.
func TestRepeatsAnswerTheSameBytes(t *testing.T) {
	h := open(t, t.TempDir())
	s := newShop(t, h)
	s.code(s.sale(1, amount(t, "12.50"), pan(t, "4111111111111111")))
	s.code(s.sale(2, amount(t, "8.00"), pan(t, "4111111111111111")))
	for _, r := range []till.Request{
		s.refer(till.Refund, 3, amount(t, "1.00"), 1), s.refer(till.Void, 4, amount(t, "8.00"), 2),
		s.sale(5, amount(t, "10.51"), pan(t, "4111111111111111")), s.reversal(6, amount(t, "1.00"), false),
		s.totals(7, till.Totals{Currency: "CNY"}),
	} {
		first, second := s.raw(h, r), s.raw(h, r)
		if first != second {
			t.Errorf("%s %s: first %q, then %q", r.Op, r.STAN, first, second)
		}
	}
	undone := s.sale(8, amount(t, "1.00"), pan(t, "4111111111111111"))
	s.code(undone)
	if first, second := s.raw(h, s.reversal(8, amount(t, "1.00"), false)), s.raw(h, s.reversal(8, amount(t, "1.00"), true)); first != second {
		t.Errorf("reversal: first %q, repeated %q", first, second)
	}
}

// raw is the answer to a request as it goes over the wire.
func (s *shop) raw(h *hostsim.Host, r till.Request) string {
	s.t.Helper()
	m, err := s.profile.Request(r)
	if err != nil {
		s.t.Fatal(err)
	}
	a, err := h.ServeISO(context.Background(), m)
	if err != nil {
		s.t.Fatal(err)
	}
	raw, err := a.Pack()
	if err != nil {
		s.t.Fatal(err)
	}
	return string(raw)
}
