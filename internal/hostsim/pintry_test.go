package hostsim_test

import (
	"os"
	"testing"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

const masterNumber = "5413330089020029"

// pinShop is a shop of a profile with PINs, that counts its trace numbers itself.
type pinShop struct {
	*keyedShop
	stan till.STAN
}

func newPINShop(t *testing.T, h *hostsim.Host, profile int) *pinShop {
	s := &pinShop{newKeyedShop(t, h, keyed(t)[profile]), 0}
	s.next()
	s.signOn(s.stan)
	return s
}

func (s *pinShop) next() till.STAN { s.stan++; return s.stan }

// asking is a sale of 20.00 by the Visa card with a PIN; none is empty.
func (s *pinShop) asking(pin string) till.Request {
	r := s.sale(s.next(), amount(s.t, "20.00"), pan(s.t, visaNumber))
	r.Card.PIN = card.NewSecret(pin)
	return r
}

// wants sells with PINs, one after the other, and compares the response codes.
func (s *pinShop) wants(what string, steps ...[2]string) {
	s.t.Helper()
	for _, step := range steps {
		if a, err := s.try(s.asking(step[0])); err != nil || a.ResponseCode != step[1] {
			s.t.Errorf("%s: PIN %s: answered %s, %v, want %s", what, step[0], a.ResponseCode, err, step[1])
		}
	}
}

const (
	right = "1234"
	wrong = "4321"
)

// Three wrong PINs block a card for PINs, the right one among them. Until then a right PIN
// that is approved gives all tries back. Other cards, and sales without a PIN, go on.
func TestPINTries(t *testing.T) {
	for profile := range 2 {
		s := newPINShop(t, open(t, t.TempDir()), profile)
		s.wants("two wrong, one right", [2]string{wrong, "55"}, [2]string{wrong, "55"}, [2]string{right, "00"})
		s.wants("all tries are back", [2]string{wrong, "55"}, [2]string{"123456", "55"}, [2]string{wrong, "55"})
		s.wants("blocked", [2]string{wrong, "75"}, [2]string{right, "75"}, [2]string{right, "75"}, [2]string{"", "00"})
		other := s.sale(s.next(), amount(t, "20.00"), pan(t, masterNumber))
		other.Card.PIN = card.NewSecret(right)
		s.must("another card", other, "00")
	}
}

// Only an approval gives the tries back: a right PIN with a sale that is declined for
// something else does not, and takes none either.
func TestRightPINThatIsDeclined(t *testing.T) {
	s := newPINShop(t, open(t, t.TempDir()), 0)
	s.wants("two wrong", [2]string{wrong, "55"}, [2]string{wrong, "55"})
	poor := s.sale(s.next(), amount(t, "20.51"), pan(t, visaNumber))
	poor.Card.PIN = card.NewSecret(right)
	s.must("no funds", poor, "51")
	s.wants("the third", [2]string{wrong, "55"}, [2]string{right, "75"})
}

// A request that is sent again is no other try, of a sale as of a balance; a balance with
// the trace number of one that was wrong learns nothing new by another PIN.
func TestRepeatedPIN(t *testing.T) {
	for profile := range 2 {
		s := newPINShop(t, open(t, t.TempDir()), profile)
		sale := s.asking(wrong)
		inquiry := s.sale(s.next(), amount(t, "0.00"), pan(t, visaNumber))
		inquiry.Op, inquiry.Card.PIN = till.OpBalance, card.NewSecret(wrong)
		for range 5 {
			s.must("sale", sale, "55")
			s.must("balance", inquiry, "55")
		}
		inquiry.Card.PIN = card.NewSecret(right)
		s.must("another PIN under the number", inquiry, "55")
		s.wants("two were counted", [2]string{right, "00"}, [2]string{wrong, "55"}, [2]string{wrong, "55"}, [2]string{wrong, "55"}, [2]string{right, "75"})
		inquiry.STAN = s.next()
		s.must("balance of a blocked card", inquiry, "75")
	}
}

// A reversal undoes money and no try: whoever guessed has heard that it was wrong, or could
// have. Nor does it take back what a right PIN gave.
func TestReversalsAndPINs(t *testing.T) {
	s := newPINShop(t, open(t, t.TempDir()), 1)
	undo := func(r till.Request) {
		r.Op, r.Txn.Reason, r.Card.PIN = till.OpReverse, till.ReasonTimeout, card.Secret{}
		s.must("reversal", r, "00")
	}
	for range 2 {
		r := s.asking(wrong)
		s.must("wrong", r, "55")
		undo(r)
	}
	r := s.asking(right)
	s.must("right", r, "00")
	undo(r)
	s.wants("three tries", [2]string{wrong, "55"}, [2]string{wrong, "55"})
	late := s.asking(wrong)
	never := late
	never.Op, never.Txn.Reason, never.Card.PIN = till.OpReverse, till.ReasonTimeout, card.Secret{}
	s.must("reversal before its sale", never, "25")
	s.must("a sale that came too late asks no issuer", late, "12")
	s.wants("one is left", [2]string{wrong, "55"}, [2]string{right, "75"})
}

// The count survives the host, and is given back by a person or by the amount that unblocks
// the PIN of a chip. The books stay right.
func TestPINTriesAreKept(t *testing.T) {
	dir := t.TempDir()
	h := open(t, dir)
	s := newPINShop(t, h, 0)
	s.wants("two wrong", [2]string{wrong, "55"}, [2]string{wrong, "55"})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h = open(t, dir)
	s.host = h
	s.wants("after a restart", [2]string{wrong, "55"}, [2]string{right, "75"})
	for _, want := range []int{1, 0} {
		if n, err := h.GiveBackPINs(t.Context()); err != nil || n != want {
			t.Errorf("%d cards got their tries back, %v, want %d", n, err, want)
		}
	}
	s.wants("given back", [2]string{wrong, "55"}, [2]string{wrong, "55"}, [2]string{wrong, "55"}, [2]string{right, "75"})
	s.must("amount that unblocks", s.sale(s.next(), amount(t, "10.82"), pan(t, visaNumber)), "00")
	s.wants("unblocked", [2]string{right, "00"})
	if _, err := h.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// What is no PIN block under the terminal's key is nobody's guess: the terminal's keys are
// wrong, and it is told so.
func TestPINUnderAnotherKey(t *testing.T) {
	for profile, code := range []string{"88", "99"} {
		s := newPINShop(t, open(t, t.TempDir()), profile)
		for range 4 {
			r := s.asking(right)
			r.Keys = s.keys
			m, err := s.profile.Request(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := m.SetBytes("52", make([]byte, 8)); err != nil {
				t.Fatal(err)
			}
			prove(t, s.profile, s.keys, m)
			a, err := s.host.ServeISO(t.Context(), rewire(t, m))
			if err != nil || a.Value("39") != code {
				t.Errorf("%s: answered %s, %v, want %s", s.profile.Name, a, err, code)
			}
		}
		s.wants("no try was taken", [2]string{right, "00"})
	}
}

// A ledger of version 2 knew no tries. It is opened with every row it had, and counts from
// then on.
func TestLedgerOfVersion2(t *testing.T) {
	dir := t.TempDir()
	old, err := os.ReadFile("testdata/ledger2.sql")
	if err != nil {
		t.Fatal(err)
	}
	execute(t, dir, string(old))
	for _, code := range []string{"55", "75"} { // the second time it is current
		h := open(t, dir)
		s := newPINShop(t, h, 0)
		s.batch, s.stan = 2, 10
		if code == "75" {
			s.stan = 20
		}
		s.wants("tries", [2]string{wrong, code}, [2]string{wrong, code}, [2]string{wrong, code}, [2]string{right, "75"})
		if n, err := h.Verify(t.Context()); err != nil || n < 2 {
			t.Fatalf("%d entries, %v", n, err)
		}
		if got := balance(t, h).Minor(); got != 1250 {
			t.Errorf("the merchant has %d, want 1250", got)
		}
		if list, err := h.Reversals(t.Context()); err != nil || len(list) != 1 {
			t.Errorf("reversals %+v, %v", list, err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
