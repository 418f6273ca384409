package hostsim_test

import (
	"testing"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/till"
)

// The till and the host understand one another about every kind and about an upload, in
// each layout that there is.
func TestKindsInEveryLayout(t *testing.T) {
	for _, name := range host.Names() {
		p, err := host.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		h := open(t, t.TempDir())
		s := newShop(t, h)
		s.profile = p
		signOn, err := s.send(s.request(till.OpSignOn, 1))
		if err != nil {
			t.Fatalf("%s: sign-on: %v", name, err)
		}
		say := func(what, want string, r till.Request) {
			t.Helper()
			r.Keys = signOn.Keys
			a, err := s.send(r)
			if err != nil || a.ResponseCode != want {
				t.Errorf("%s: %s answered %s, %v, want %s", name, what, a.ResponseCode, err, want)
			}
			if r.Op == till.OpAdvise {
				r.Txn.RRN = a.RRN
				s.asked[r.STAN] = r
			}
		}
		tell := func(r till.Request) till.Request {
			r.Op, r.Txn.Notice = till.OpAdvise, till.NoticeDone
			return r
		}
		card := pan(t, visaNumber)
		hold := s.sale(6, amount(t, "50.00"), card)
		hold.Txn.Kind = till.PreAuth
		say("sale", "00", s.sale(2, amount(t, "100.00"), card))
		say("tip", "00", tell(s.refer(till.Tip, 3, amount(t, "5.00"), 2)))
		refund := s.refer(till.Refund, 4, amount(t, "5.00"), 2)
		if p.Expects.Notices[till.Refund] {
			refund = tell(refund)
		}
		say("refund", "00", refund)
		say("void", "00", s.refer(till.Void, 5, amount(t, "5.00"), 4))
		say("preauth", "00", hold)
		say("completion", "00", s.refer(till.Completion, 7, amount(t, "50.00"), 6))
		for _, stan := range []till.STAN{2, 3, 4, 5, 7} {
			record := s.asked[stan]
			record.Op, record.Card = till.OpUpload, till.CardData{}
			say("record "+stan.String(), "00", record)
		}
		theirs, err := h.Totals(t.Context(), s.terminal, s.batch)
		if err != nil {
			t.Fatal(err)
		}
		trailer := s.totals(9, theirs)
		trailer.Op, trailer.Totals.DebitMinor = till.OpTrailer, theirs.DebitMinor+1
		say("wrong trailer", "95", trailer)
		trailer.Totals = theirs
		say("trailer", "00", trailer)
	}
}
