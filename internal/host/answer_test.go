package host_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
	"github.com/tillworks/till/pkg/money"
)

// answered is a sound answer to a request, changed by set: "39=51" sets, "39" unsets.
func answered(t testing.TB, p host.Profile, r till.Request, set ...string) *iso8583.Message {
	t.Helper()
	req, err := p.Request(r)
	if err != nil {
		t.Fatal(err)
	}
	m, err := linktest.Approver(p.Spec).ServeISO(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range set {
		path, value, ok := strings.Cut(s, "=")
		if !ok {
			m.Unset(path)
		} else if err := m.Set(path, value); err != nil {
			t.Fatalf("set %s: %v", s, err)
		}
	}
	return m
}

func TestAnswers(t *testing.T) {
	p := profile(t, "iso87-ascii")
	ours := till.Totals{Currency: "CNY", Debits: 2, DebitMinor: 2500}
	amount := yuan(t, "12.50")
	for _, tc := range []struct {
		name    string
		request till.Request
		set     []string
		want    till.Answer
	}{
		{"approved", sale(t), []string{"37=606000000042", "55=910A0102030405060708" + "3030"},
			till.Answer{ResponseCode: "00", Approved: true, RRN: "606000000042", AuthCode: "123456", Amount: amount,
				ICC: []byte{0x91, 10, 1, 2, 3, 4, 5, 6, 7, 8, '0', '0'}}},
		{"approved, merchant not repeated", sale(t), []string{"42"},
			till.Answer{ResponseCode: "00", Approved: true, RRN: "000000000123", AuthCode: "123456", Amount: amount}},
		{"declined", sale(t), []string{"39=51", "38"},
			till.Answer{ResponseCode: "51", RRN: "000000000123", Amount: amount}},
		{"reversed", reversal(sale(t), till.ReasonTimeout, true), nil,
			till.Answer{ResponseCode: "00", Approved: true, Acknowledged: true, Amount: amount}},
		{"sign-on", till.Request{Op: till.OpSignOn, Terminal: "TILL0001", STAN: 1, Batch: 7, At: noon()}, nil,
			till.Answer{ResponseCode: "00", Approved: true, Batch: 7, Clock: noon()}},
		{"a part approved", sale(t), []string{"39=10", "4=000000001000"},
			till.Answer{ResponseCode: "10", Partial: true, RRN: "000000000123", AuthCode: "123456", Amount: yuan(t, "10.00")}},
		{"referred to the issuer", sale(t), []string{"39=01", "38"},
			till.Answer{ResponseCode: "01", Referral: true, RRN: "000000000123", Amount: amount}},
		{"approved, with what is left", sale(t), []string{"54=0002156C000000050000"},
			till.Answer{ResponseCode: "00", Approved: true, RRN: "000000000123", AuthCode: "123456", Amount: amount, Available: yuan(t, "500.00")}},
		{"overdrawn", sale(t), []string{"54=0001156C0000000999990002156D000000000100"},
			till.Answer{ResponseCode: "00", Approved: true, RRN: "000000000123", AuthCode: "123456", Amount: amount, Available: yuan(t, "-1.00")}},
		{"in balance", totals(t, ours), nil,
			till.Answer{ResponseCode: "00", Approved: true, InBalance: true}},
		{"in balance by the response code alone", totals(t, ours), []string{"66"},
			till.Answer{ResponseCode: "00", Approved: true, InBalance: true}},
		{"out of balance, said in 66 alone", totals(t, ours), []string{"66=2"},
			till.Answer{ResponseCode: "00", Approved: true}},
		{"out of balance", totals(t, ours),
			[]string{"39=95", "66=2", "50=156", "76=0000000001", "88=0000000000001250", "74=0000000003", "86=0000000000000400",
				"75=0000000001", "87=0000000000000100", "77=0000000004", "89=0000000000000500"},
			till.Answer{ResponseCode: "95", Theirs: &till.Totals{Currency: "CNY", Debits: 1, DebitMinor: 1250, Credits: 3, CreditMinor: 400,
				CreditReversals: 1, CreditRevMinor: 100, DebitReversals: 4, DebitRevMinor: 500}}},
		{"out of balance in a currency that goes without saying", totals(t, ours), []string{"39=95", "66=2", "76=0000000001", "88=0000000000001250"},
			till.Answer{ResponseCode: "95", Theirs: &till.Totals{Currency: "CNY", Debits: 1, DebitMinor: 1250}}},
		{"a decline that says in balance", totals(t, ours), []string{"39=96"},
			till.Answer{ResponseCode: "96"}},
	} {
		got, err := p.Answer(tc.request, answered(t, p, tc.request, tc.set...))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if diff := cmp.Diff(tc.want, got, cmp.Comparer(func(a, b money.Amount) bool { return a == b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// An answer to something else is never taken for a decline, whatever it says.
func TestInvalidAnswers(t *testing.T) {
	p := profile(t, "iso87-ascii")
	ours := till.Totals{Currency: "CNY", Debits: 2, DebitMinor: 2500}
	for _, tc := range []struct {
		name    string
		request till.Request
		set     string
		want    host.InvalidAnswer
	}{
		{"another message type", sale(t), "0=0410", host.InvalidAnswer{Field: "0", Got: "0410", Want: "0210"}},
		{"a part that is the whole", sale(t), "39=10", host.InvalidAnswer{Field: "4", Got: "000000001250", Want: "a part of what was asked"}},
		{"the request itself", sale(t), "0=0200", host.InvalidAnswer{Field: "0", Got: "0200", Want: "0210"}},
		{"another processing code", sale(t), "3=200000", host.InvalidAnswer{Field: "3", Got: "200000", Want: "000000"}},
		{"no processing code", sale(t), "3", host.InvalidAnswer{Field: "3", Want: "000000"}},
		{"another amount", sale(t), "4=000000001251", host.InvalidAnswer{Field: "4", Got: "000000001251", Want: "000000001250"}},
		{"no amount", sale(t), "4", host.InvalidAnswer{Field: "4", Want: "000000001250"}},
		{"another trace number", sale(t), "11=000124", host.InvalidAnswer{Field: "11", Got: "000124", Want: "000123"}},
		{"another terminal", sale(t), "41=TILL0002", host.InvalidAnswer{Field: "41", Got: "TILL0002", Want: "TILL0001"}},
		{"another merchant", sale(t), "42=MERCHANT0000002", host.InvalidAnswer{Field: "42", Got: "MERCHANT0000002", Want: "MERCHANT0000001"}},
		{"another currency", sale(t), "49=840", host.InvalidAnswer{Field: "49", Got: "840", Want: "156"}},
		{"no response code", sale(t), "39", host.InvalidAnswer{Field: "39", Want: "a response code of two characters"}},
		{"a reversal of another amount", reversal(sale(t), till.ReasonLink, false), "4=000000000001",
			host.InvalidAnswer{Field: "4", Got: "000000000001", Want: "000000001250"}},
		{"totals of another terminal", totals(t, ours), "41=TILL0002", host.InvalidAnswer{Field: "41", Got: "TILL0002", Want: "TILL0001"}},
	} {
		a, err := p.Answer(tc.request, answered(t, p, tc.request, tc.set))
		var invalid *host.InvalidAnswer
		if !errors.As(err, &invalid) {
			t.Errorf("%s: got %+v, %v, want an InvalidAnswer", tc.name, a, err)
			continue
		}
		if *invalid != tc.want {
			t.Errorf("%s: got %+v, want %+v", tc.name, *invalid, tc.want)
		}
	}
}

func TestInvalidAnswerSays(t *testing.T) {
	for _, tc := range []struct {
		err  host.InvalidAnswer
		want string
	}{
		{host.InvalidAnswer{Field: "4", Got: "1", Want: "2"}, `invalid answer: field 4 is "1", want 2`},
		{host.InvalidAnswer{Field: "39", Want: "a response code"}, "invalid answer: field 39 is missing, want a response code"},
	} {
		if got := tc.err.Error(); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

func TestCodes(t *testing.T) {
	p := profile(t, "iso87-ascii")
	for _, tc := range []struct {
		code                string
		approved, undoneFor bool
	}{
		{"00", true, true}, {"25", false, true}, {"12", false, false}, {"51", false, false}, {"", false, false}, {"0", false, false},
	} {
		if p.IsApproved(tc.code) != tc.approved || p.IsReversalFinal(tc.code) != tc.undoneFor {
			t.Errorf("%q: approved %v, final %v, want %v, %v", tc.code, p.IsApproved(tc.code), p.IsReversalFinal(tc.code), tc.approved, tc.undoneFor)
		}
	}
}

func TestLoad(t *testing.T) {
	for _, name := range host.Names() {
		p := profile(t, name)
		if p.Name != name || p.Spec.Name() != p.Dialect {
			t.Errorf("%s: got profile %q of dialect %q with spec %q", name, p.Name, p.Dialect, p.Spec.Name())
		}
		if _, err := p.Wire(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := host.Load("iso93"); err == nil || !strings.Contains(err.Error(), "iso87-ascii, iso87-bcd") {
		t.Errorf("unknown profile: got %v, want an error that names those there are", err)
	}
	bad := profile(t, "iso87-ascii")
	bad.Framing = "pigeon"
	if _, err := bad.Wire(); err == nil || !strings.Contains(err.Error(), "iso87-ascii") {
		t.Errorf("unknown framing: got %v, want an error that names the profile", err)
	}
}

// Whatever bytes come as an answer, reading them ends in an answer or an error of the
// documented type, and an answer is only believed if it belongs.
func FuzzAnswer(f *testing.F) {
	p := profile(f, "iso87-ascii")
	r := sale(f)
	for _, set := range []string{"39=00", "39=51", "4", "11=000001"} {
		raw, err := answered(f, p, r, set).Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := p.Spec.Unpack(raw)
		if err != nil {
			return
		}
		for _, request := range []till.Request{r, reversal(r, till.ReasonTimeout, true), totals(t, till.Totals{Currency: "CNY"})} {
			a, err := p.Answer(request, m)
			var invalid *host.InvalidAnswer
			switch {
			case err != nil && !errors.As(err, &invalid):
				t.Fatalf("got %v, want an InvalidAnswer", err)
			case err == nil && (m.Value("11") != request.STAN.String() || len(a.ResponseCode) != 2):
				t.Fatalf("believed %s", m)
			}
		}
	})
}

// The host's word on the cryptogram of a chip stands at position 8 of field 44. Nothing
// else there says that it was verified, and of a card without a chip nobody can say it.
func TestCardAuthentication(t *testing.T) {
	p := profile(t, "iso87-ascii")
	chip, stripe := sale(t), sale(t)
	stripe.Card.ICC = nil
	for _, tc := range []struct {
		request till.Request
		set     string
		want    bool
	}{
		{chip, "44=       2", true},
		{chip, "44=5      2 M", true},
		{chip, "44=       1", false},
		{chip, "44=2222222", false},
		{chip, "44=        2", false},
		{chip, "44", false},
		{stripe, "44=       2", false},
		{reversal(chip, till.ReasonTimeout, true), "44=       2", false},
	} {
		got, err := p.Answer(tc.request, answered(t, p, tc.request, tc.set))
		if err != nil || got.ARQCVerified != tc.want {
			t.Errorf("%q: verified %v, %v, want %v", tc.set, got.ARQCVerified, err, tc.want)
		}
	}
	p.CardAuthAt = 0
	if got, err := p.Answer(chip, answered(t, p, chip, "44=       2")); err != nil || got.ARQCVerified {
		t.Errorf("a profile that has no such position: verified %v, %v", got.ARQCVerified, err)
	}
}
