package hostsim_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/workingkey"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/iso8583"
)

// keyed are the profiles whose messages are proved.
func keyed(t *testing.T) []host.Profile {
	t.Helper()
	var list []host.Profile
	for _, name := range []string{"nac-pos", "unionpay-pos"} {
		p, err := host.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// keyedShop is a terminal of a profile whose messages are proved.
type keyedShop struct {
	*shop
	host *hostsim.Host
	keys []byte
}

func newKeyedShop(t *testing.T, h *hostsim.Host, p host.Profile) *keyedShop {
	s := newShop(t, h)
	s.profile = p
	return &keyedShop{shop: s, host: h}
}

// signOn takes the keys that the host hands out.
func (s *keyedShop) signOn(stan till.STAN) {
	s.t.Helper()
	a, err := s.try(s.request(till.OpSignOn, stan))
	if err != nil || len(a.Keys) == 0 {
		s.t.Fatalf("sign-on: %d bytes of keys, %v", len(a.Keys), err)
	}
	s.keys = a.Keys
}

// try asks the host over the wire format both ways.
func (s *keyedShop) try(r till.Request) (till.Answer, error) {
	s.t.Helper()
	r.Keys = s.keys
	m, err := s.profile.Request(r)
	if err != nil {
		s.t.Fatalf("%s %s: %v", r.Op, r.STAN, err)
	}
	a, err := s.host.ServeISO(context.Background(), rewire(s.t, m))
	if err != nil {
		s.t.Fatalf("%s %s: %v", r.Op, r.STAN, err)
	}
	answer, err := s.profile.Answer(r, rewire(s.t, a))
	r.Txn.RRN, r.Txn.AuthCode = answer.RRN, answer.AuthCode
	s.asked[r.STAN] = r
	return answer, err
}

// must is try of what must be answered with a response code.
func (s *keyedShop) must(what string, r till.Request, code string) till.Answer {
	s.t.Helper()
	a, err := s.try(r)
	if err != nil || a.ResponseCode != code {
		s.t.Fatalf("%s: %s: got %s, %v, want %s", s.profile.Name, what, a.ResponseCode, err, code)
	}
	return a
}

// prove puts the code of working keys behind a message that was changed.
func prove(t *testing.T, p host.Profile, sealed []byte, m *iso8583.Message) {
	t.Helper()
	k, err := workingkey.Open(sealed, p.Master())
	if err != nil {
		t.Fatal(err)
	}
	covered, err := m.Covered()
	if err != nil {
		t.Fatal(err)
	}
	code, err := k.Code(p.Code.Algorithm, covered)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.SetBytes(p.Code.Field, code[:]); err != nil {
		t.Fatal(err)
	}
}

// telling makes a notice of a request.
func telling(r till.Request, n till.Notice) till.Request {
	r.Op, r.Txn.Notice, r.Txn.State = till.OpAdvise, n, till.Advice
	return r
}

// Every kind of transaction and every operation, in the layouts of terminals: as the host
// understands them its books are right, and its totals are the terminal's.
func TestEveryMessageOfTerminals(t *testing.T) {
	visa := "4111111111111111"
	for _, p := range keyed(t) {
		h := open(t, t.TempDir())
		s := newKeyedShop(t, h, p)
		s.signOn(1)
		s.must("echo", s.request(till.OpEcho, 2), "00")
		s.must("sale", s.sale(3, amount(t, "20.00"), pan(t, visa)), "00")
		cashback := s.sale(4, amount(t, "30.00"), pan(t, visa))
		cashback.Txn.Cashback = amount(t, "10.00")
		s.must("cashback", cashback, "00")
		plan := s.sale(5, amount(t, "60.00"), pan(t, visa))
		plan.Txn.Plan = &till.Plan{Count: 12, Code: "A7"}
		s.must("instalments", plan, "00")
		hold := s.sale(6, amount(t, "100.00"), pan(t, visa))
		hold.Txn.Kind = till.PreAuth
		s.must("preauth", hold, "00")
		s.must("increment", s.refer(till.Increment, 7, amount(t, "20.00"), 6), "00")
		s.must("completion", s.refer(till.Completion, 8, amount(t, "110.00"), 6), "00")
		hold = s.sale(9, amount(t, "50.00"), pan(t, visa))
		hold.Txn.Kind = till.PreAuth
		s.must("another preauth", hold, "00")
		s.must("void of it", s.refer(till.Void, 10, amount(t, "50.00"), 9), "00")
		advance := s.sale(11, amount(t, "40.00"), pan(t, visa))
		advance.Txn.Kind = till.CashAdvance
		s.must("cash advance", advance, "00")
		s.must("tip", telling(s.refer(till.Tip, 12, amount(t, "3.00"), 3), till.NoticeDone), "00")
		voice := telling(s.sale(13, amount(t, "7.00"), pan(t, visa)), till.NoticeVoice)
		voice.Txn.AuthCode = "654321"
		s.must("sale by telephone", voice, "00")
		offline := telling(s.sale(14, amount(t, "8.00"), pan(t, visa)), till.NoticeOffline)
		offline.Txn.ResponseCode = "Y3"
		if a := s.must("offline sale", offline, "00"); !a.Acknowledged {
			t.Errorf("%s: an offline sale is not acknowledged", p.Name)
		}
		refund := s.refer(till.Refund, 15, amount(t, "5.00"), 3)
		if p.Expects.Notices[till.Refund] {
			refund = telling(refund, till.NoticeDone)
		}
		s.must("refund", refund, "00")
		lost := s.sale(16, amount(t, "9.00"), pan(t, visa))
		s.must("sale to be undone", lost, "00")
		lost.Op, lost.Txn.Reason = till.OpReverse, till.ReasonTimeout
		for range 2 {
			if a := s.must("reversal", lost, "00"); !a.Acknowledged {
				t.Errorf("%s: a reversal is not acknowledged", p.Name)
			}
			lost.Repeat = true
		}
		never := s.sale(17, amount(t, "9.00"), pan(t, visa))
		never.Op, never.Txn.Reason = till.OpReverse, till.ReasonLink
		s.must("reversal of what never came", never, "25")
		balance := s.sale(18, amount(t, "0.00"), pan(t, visa))
		balance.Op = till.OpBalance
		if a := s.must("balance", balance, "00"); !a.Available.IsPositive() {
			t.Errorf("%s: the card holds %s", p.Name, a.Available)
		}
		download := s.request(till.OpDownload, 19)
		download.Part = 1
		if a := s.must("download", download, "00"); len(a.Parameters) == 0 || a.More {
			t.Errorf("%s: %d bytes of parameters, more %t", p.Name, len(a.Parameters), a.More)
		}
		confirm := s.asked[3]
		confirm.Op, confirm.Txn.Chip = till.OpConfirm, &till.ChipEvidence{Data: "9F270140"}
		s.must("TC", confirm, "00")
		confirm.Script, confirm.Txn.Chip = true, &till.ChipEvidence{Scripts: []till.ScriptResult{{Result: "2000000051"}}}
		s.must("script result", confirm, "00")
		record := s.asked[3]
		record.Op = till.OpUpload
		s.must("record", record, "00")
		record.Txn.Amount = amount(t, "20.01")
		if a := s.must("record with another amount", record, "64"); a.Recorded != amount(t, "20.00") {
			t.Errorf("%s: the host has a record of %s", p.Name, a.Recorded)
		}
		ours, err := h.Totals(t.Context(), s.terminal, s.batch)
		if err != nil {
			t.Fatal(err)
		}
		want := till.Totals{Currency: "CNY", Debits: 7, DebitMinor: 27800, Credits: 1, CreditMinor: 500}
		if ours != want {
			t.Errorf("%s: totals %+v, want %+v", p.Name, ours, want)
		}
		wrong := ours
		wrong.DebitMinor++
		trailer := s.totals(20, wrong)
		trailer.Op = till.OpTrailer
		if a := s.must("trailer", trailer, "95"); a.InBalance || a.Theirs == nil || len(a.Differs) != 8 {
			t.Errorf("%s: a trailer that differs was answered %+v", p.Name, a)
		}
		if a := s.must("totals", s.totals(20, ours), "00"); !a.InBalance {
			t.Errorf("%s: right totals were answered %+v", p.Name, a)
		}
		s.must("sign-off", s.request(till.OpSignOff, 21), "00")
		if _, err := h.Verify(t.Context()); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
}

// A message that is not proved is refused, posts nothing, and the refusal itself is proved
// where the host has keys for it.
func TestUnprovedMessages(t *testing.T) {
	for _, p := range keyed(t) {
		h := open(t, t.TempDir())
		s := newKeyedShop(t, h, p)
		s.signOn(1)
		r := s.sale(2, amount(t, "20.00"), pan(t, "4111111111111111"))
		r.Keys = s.keys
		for name, spoil := range map[string]func(*iso8583.Message) error{
			"another amount": func(m *iso8583.Message) error { return m.Set("4", "000000000001") },
			"another code":   func(m *iso8583.Message) error { return m.SetBytes("64", make([]byte, 8)) },
			"no code":        func(m *iso8583.Message) error { m.Unset("64"); return nil },
		} {
			m, err := p.Request(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil(m); err != nil {
				t.Fatal(err)
			}
			a, err := h.ServeISO(t.Context(), rewire(t, m))
			if err != nil || a.Value("39") != p.Code.SignOn[0] || !a.Has("64") {
				t.Errorf("%s: %s: answered %s, %v", p.Name, name, a, err)
			}
		}
		stranger := newKeyedShop(t, h, p)
		stranger.terminal, stranger.keys = "TILL0002", s.keys
		if a, err := stranger.try(stranger.sale(2, amount(t, "20.00"), pan(t, "4111111111111111"))); !errors.Is(err, host.ErrMAC) {
			t.Errorf("%s: a terminal that never signed on: got %+v, %v", p.Name, a, err)
		}
		if got := balance(t, h); !got.IsZero() {
			t.Errorf("%s: %s were moved", p.Name, got)
		}
	}
}

// What a terminal proves of its settlement the host checks, and proves in its answers; a
// batch whose totals are not proved stays open. UnionPay's terminals prove nothing of it,
// and get their answers without a code.
func TestUnprovedSettlement(t *testing.T) {
	for _, p := range keyed(t) {
		h := open(t, t.TempDir())
		s := newKeyedShop(t, h, p)
		s.signOn(1)
		s.must("sale", s.sale(2, amount(t, "20.00"), pan(t, visaNumber)), "00")
		record := s.asked[2]
		record.Op, record.Card = till.OpUpload, till.CardData{}
		tc := s.asked[2]
		tc.Op, tc.Txn.Chip = till.OpConfirm, &till.ChipEvidence{Data: "9F270140"}
		ours, err := h.Totals(t.Context(), s.terminal, s.batch)
		if err != nil {
			t.Fatal(err)
		}
		trailer := s.totals(4, ours)
		trailer.Op = till.OpTrailer
		for _, r := range []till.Request{record, tc, trailer, s.totals(3, ours)} {
			r.Keys = s.keys
			m, err := p.Request(r)
			if err != nil {
				t.Fatal(err)
			}
			isProved := p.Name == "nac-pos"
			if m.Has("64") != isProved {
				t.Errorf("%s: %s has a code %t", p.Name, r.Op, m.Has("64"))
			}
			m.Unset("64")
			a, err := h.ServeISO(t.Context(), rewire(t, m))
			want := "00"
			if isProved {
				want = p.Code.SignOn[0]
			}
			if err != nil || a.Value("39") != want || a.Has("64") != isProved {
				t.Errorf("%s: %s without a code: answered %s, %v, want %s", p.Name, r.Op, a, err, want)
			}
			if isProved {
				s.must("the same, proved", r, "00")
			}
		}
		s.must("sale in the closed batch", s.sale(9, amount(t, "1.00"), pan(t, visaNumber)), "58")
	}
}

// The answer to a sign-on may be lost: until a message is proved by the new keys the old
// ones are good, and the same new ones are handed out again. Then the old ones are not.
func TestKeysChangeHands(t *testing.T) {
	for _, p := range keyed(t) {
		dir := t.TempDir()
		h := open(t, dir)
		s := newKeyedShop(t, h, p)
		s.signOn(1)
		first := s.keys
		s.signOn(2)
		if string(s.keys) != string(first) {
			t.Errorf("%s: new keys, though nothing was proved by the ones before", p.Name)
		}
		s.must("sale", s.sale(3, amount(t, "20.00"), pan(t, "4111111111111111")), "00")
		s.signOn(4)
		second := s.keys
		if string(second) == string(first) {
			t.Errorf("%s: a sign-on brought the keys of before", p.Name)
		}
		s.keys = first
		s.must("sale while the answer to the sign-on is lost", s.sale(5, amount(t, "20.00"), pan(t, "4111111111111111")), "00")
		s.keys = second
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		s.host = open(t, dir)
		s.must("sale after a restart of the host", s.sale(6, amount(t, "20.00"), pan(t, "4111111111111111")), "00")
		s.keys = first
		if a, err := s.try(s.sale(7, amount(t, "20.00"), pan(t, "4111111111111111"))); err == nil {
			t.Errorf("%s: keys of long ago were taken: %+v", p.Name, a)
		}
	}
}

// A host that is ordered to change a terminal's keys takes nothing more under those of
// before, wants a sign-on, and hands out others then. Where there are no keys it answers.
func TestRekey(t *testing.T) {
	for _, p := range keyed(t) {
		h := open(t, t.TempDir())
		s := newKeyedShop(t, h, p)
		s.signOn(1)
		before := s.keys
		r := s.sale(2, amount(t, "20.00"), pan(t, visaNumber))
		r.Keys = before
		m, err := p.Request(r)
		if err != nil {
			t.Fatal(err)
		}
		a, err := h.ServeOrdered(t.Context(), rewire(t, m), hostsim.Orders{Rekey: true})
		if err != nil {
			t.Fatal(err)
		}
		if answer, err := p.Answer(r, rewire(t, a)); !errors.Is(err, host.ErrMAC) || !errors.Is(err, host.ErrSignOn) {
			t.Errorf("%s: the host answered %+v, %v", p.Name, answer, err)
		}
		s.signOn(3)
		if string(s.keys) == string(before) {
			t.Errorf("%s: the keys of before were handed out again", p.Name)
		}
		s.must("sale under new keys", s.sale(4, amount(t, "20.00"), pan(t, visaNumber)), "00")
	}
	s := newShop(t, open(t, t.TempDir()))
	m, err := s.profile.Request(s.sale(1, amount(t, "20.00"), pan(t, visaNumber)))
	if err != nil {
		t.Fatal(err)
	}
	a, err := open(t, t.TempDir()).ServeOrdered(t.Context(), rewire(t, m), hostsim.Orders{Rekey: true})
	if err != nil || a.Value("39") != "00" {
		t.Errorf("without keys: answered %s, %v", a, err)
	}
}

func TestPINs(t *testing.T) {
	for _, p := range keyed(t) {
		s := newKeyedShop(t, open(t, t.TempDir()), p)
		s.signOn(1)
		stan := till.STAN(1)
		for pin, code := range map[string]string{"1234": "00", "4321": "55", "123456": "55", "": "00"} {
			stan++
			r := s.sale(stan, amount(t, "20.00"), pan(t, "4111111111111111"))
			r.Card.PIN = card.NewSecret(pin)
			s.must("PIN of "+code, r, code)
		}
	}
}
