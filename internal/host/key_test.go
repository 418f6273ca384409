package host_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/workingkey"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/pinblock"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

// prove puts the code of the working keys behind an answer.
func prove(t testing.TB, p host.Profile, m *iso8583.Message) *iso8583.Message {
	t.Helper()
	k, _ := workingKeys(t)
	if err := m.SetBytes(p.Code.Field, make([]byte, 8)); err != nil {
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
	return m
}

// isProved reports a request that has a code, as its answer then must.
func isProved(t testing.TB, p host.Profile, r till.Request) bool {
	t.Helper()
	m, err := p.Request(r)
	if err != nil {
		t.Fatalf("%s %s: %v", p.Name, r.Op, err)
	}
	return p.Code.Field != "" && m.Has(p.Code.Field)
}

// sound is an answer as answered gives it, proved where it must be.
func sound(t testing.TB, p host.Profile, r till.Request, set ...string) *iso8583.Message {
	t.Helper()
	m := answered(t, p, r, set...)
	if isProved(t, p, r) {
		m.Unset("66") // where field 64 is the code nothing is behind it
		return prove(t, p, m)
	}
	return m
}

// An answer is believed if it proves that nobody changed it, and only then.
func TestProvedAnswers(t *testing.T) {
	for _, name := range []string{"nac-pos", "unionpay-pos"} {
		p := profile(t, name)
		r := signedOn(t, sale(t))
		fresh := func() *iso8583.Message { return sound(t, p, r) }
		a, err := p.Answer(r, fresh())
		if err != nil || !a.Approved {
			t.Fatalf("%s: got %+v, %v", name, a, err)
		}
		raw, err := fresh().Pack()
		if err != nil {
			t.Fatal(err)
		}
		back, err := p.Spec.Unpack(raw)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Answer(r, back); err != nil {
			t.Errorf("%s: over the wire: %v", name, err)
		}
		for path, value := range map[string]string{"39": "51", "38": "999999", "37": "999999999999", "11": "000124", "4": "000000000001"} {
			m := fresh()
			if err := m.Set(path, value); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Answer(r, m); !errors.Is(err, host.ErrMAC) {
				t.Errorf("%s: field %s changed: got %v", name, path, err)
			}
		}
		if _, err := p.Answer(r, answered(t, p, r)); !errors.Is(err, host.ErrMAC) {
			t.Errorf("%s: without a code: got %v", name, err)
		}
		other := fresh()
		if err := other.SetBytes("64", append([]byte{other.Bytes("64")[0] ^ 1}, other.Bytes("64")[1:]...)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Answer(r, other); !errors.Is(err, host.ErrMAC) {
			t.Errorf("%s: another code: got %v", name, err)
		}
		var invalid *host.InvalidAnswer
		if _, err := p.Answer(r, prove(t, p, answered(t, p, r, "11=000124"))); !errors.As(err, &invalid) || invalid.Field != "11" {
			t.Errorf("%s: proved, of another trace number: got %v", name, err)
		}
		undo := signedOn(t, reversal(sale(t), till.ReasonTimeout, true))
		if _, err := p.Answer(undo, prove(t, p, answered(t, p, undo, "39="+p.Code.SignOn[0]))); !errors.Is(err, host.ErrSignOn) {
			t.Errorf("%s: a reversal that the host found unproved: got %v", name, err)
		}
	}
}

// Which messages have a code is the profile's to say, for each and for its answer alike: an
// answer that must have one and has another, or none, is no answer. What is sent without
// is answered without.
func TestWhatIsProved(t *testing.T) {
	script := recorded(till.OpConfirm, sale(t))
	script.Script = true
	tc := recorded(till.OpConfirm, sale(t))
	ours := till.Totals{Currency: "CNY", Debits: 1, DebitMinor: 1250}
	trailer := totals(t, ours)
	trailer.Op = till.OpTrailer
	balance := sale(t)
	balance.Op = till.OpBalance
	for _, row := range []struct {
		name          string
		request       till.Request
		nac, unionPay bool
	}{
		{"sale", sale(t), true, true},
		{"pre-authorization", asking(t, till.PreAuth), true, true},
		{"notice", telling(sale(t), till.NoticeOffline), true, true},
		{"reversal", reversal(sale(t), till.ReasonTimeout, false), true, true},
		{"repeated reversal", reversal(sale(t), till.ReasonTimeout, true), true, true},
		{"balance", balance, true, true},
		{"script result", script, true, true},
		{"TC", tc, true, false},
		{"record", recorded(till.OpUpload, sale(t)), true, false},
		{"totals", totals(t, ours), true, false},
		{"trailer", trailer, true, false},
		{"sign-on", managing(till.OpSignOn), false, false},
		{"echo", managing(till.OpEcho), false, false},
	} {
		for name, want := range map[string]bool{"nac-pos": row.nac, "unionpay-pos": row.unionPay, "iso87-ascii": false} {
			p, r := profile(t, name), signedOn(t, row.request)
			if got := isProved(t, p, r); got != want {
				t.Errorf("%s: %s: proved %t, want %t", name, row.name, got, want)
				continue
			}
			if _, err := p.Answer(r, sound(t, p, r)); err != nil {
				t.Errorf("%s: %s: %v", name, row.name, err)
			}
			if !want {
				continue
			}
			if _, err := p.Answer(r, answered(t, p, r, "64")); !errors.Is(err, host.ErrMAC) {
				t.Errorf("%s: %s: answered without a code: got %v", name, row.name, err)
			}
			changed := sound(t, p, r)
			if err := changed.Set("39", "51"); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Answer(r, changed); !errors.Is(err, host.ErrMAC) {
				t.Errorf("%s: %s: answer changed on its way: got %v", name, row.name, err)
			}
		}
	}
}

// A host that wants the terminal to sign on again says so by codes of the profile. To what
// asks that is a decline, once it is proved; to what is owed it is no end. Where it is not
// proved it is no answer, and still heard.
func TestHostWantsSignOn(t *testing.T) {
	script := recorded(till.OpConfirm, sale(t))
	script.Script = true
	balance := sale(t)
	balance.Op = till.OpBalance
	for name, codes := range map[string][]string{"nac-pos": {"88"}, "unionpay-pos": {"A0", "99", "77"}} {
		p := profile(t, name)
		for _, code := range codes {
			for _, request := range []till.Request{sale(t), balance} {
				r := signedOn(t, request)
				a, err := p.Answer(r, sound(t, p, r, "39="+code))
				if err != nil || a.Approved || !a.SignOn || !a.Proved {
					t.Errorf("%s: %s answered %s: got %+v, %v", name, r.Op, code, a, err)
				}
				if _, err := p.Answer(r, answered(t, p, r, "39="+code, "64")); !errors.Is(err, host.ErrMAC) || !errors.Is(err, host.ErrSignOn) {
					t.Errorf("%s: %s answered %s without a code: got %v", name, r.Op, code, err)
				}
			}
			for _, request := range []till.Request{
				reversal(sale(t), till.ReasonTimeout, true), telling(sale(t), till.NoticeOffline), script,
				recorded(till.OpUpload, sale(t)), totals(t, till.Totals{Currency: "CNY"}),
			} {
				r := signedOn(t, request)
				if a, err := p.Answer(r, sound(t, p, r, "39="+code)); !errors.Is(err, host.ErrSignOn) || errors.Is(err, host.ErrMAC) {
					t.Errorf("%s: %s answered %s: got %+v, %v", name, r.Op, code, a, err)
				}
			}
			r := signedOn(t, managing(till.OpSignOn))
			if a, err := p.Answer(r, answered(t, p, r, "39="+code)); err != nil || a.SignOn {
				t.Errorf("%s: a sign-on answered %s wants another: %+v, %v", name, code, a, err)
			}
		}
		r := signedOn(t, sale(t))
		if a, err := p.Answer(r, sound(t, p, r, "39=96")); err != nil || a.SignOn {
			t.Errorf("%s: a malfunction wants a sign-on: %+v, %v", name, a, err)
		}
	}
	p := profile(t, "iso87-ascii")
	if a, err := p.Answer(sale(t), answered(t, p, sale(t), "39=88")); err != nil || a.SignOn {
		t.Errorf("a host without keys wants a sign-on for them: %+v, %v", a, err)
	}
}

// The host's keys are taken if each has its check value, and not else.
func TestSignOnBringsKeys(t *testing.T) {
	_, sealed := workingKeys(t)
	for _, name := range []string{"nac-pos", "unionpay-pos"} {
		p := profile(t, name)
		r := managing(till.OpSignOn)
		m := answered(t, p, r)
		if err := m.SetBytes("62", sealed); err != nil {
			t.Fatal(err)
		}
		a, err := p.Answer(r, m)
		if err != nil || string(a.Keys) != string(sealed) || a.Batch != 7 || !a.Clock.Equal(noon()) {
			t.Errorf("%s: got %d bytes of keys, batch %d, clock %s, %v", name, len(a.Keys), a.Batch, a.Clock, err)
		}
		spoilt := append([]byte(nil), sealed...)
		spoilt[19] ^= 1
		if err := m.SetBytes("62", spoilt); err != nil {
			t.Fatal(err)
		}
		var invalid *host.InvalidAnswer
		if _, err := p.Answer(r, m); !errors.As(err, &invalid) || invalid.Field != "62" {
			t.Errorf("%s: a wrong check value: got %v", name, err)
		}
		if a, err := p.Answer(r, answered(t, p, r)); err != nil || a.Keys != nil {
			t.Errorf("%s: without keys: got %d bytes, %v", name, len(a.Keys), err)
		}
	}
}

// A PIN leaves the terminal in a block under its PIN key, and nowhere else.
func TestPINBlock(t *testing.T) {
	k, _ := workingKeys(t)
	for _, name := range host.Names() {
		p := profile(t, name)
		r := signedOn(t, sale(t))
		r.Card.PIN = card.NewSecret("1234")
		m, err := p.Request(r)
		if err != nil {
			t.Fatal(err)
		}
		if !p.Expects.PIN {
			if m.Has("52") {
				t.Errorf("%s: a PIN is sent in the clear of no key", name)
			}
			continue
		}
		var sent struct {
			Block card.Secret `iso8583:"52"`
		}
		if err := m.Unmarshal(&sent); err != nil {
			t.Fatal(err)
		}
		block, err := hex.DecodeString(sent.Block.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		pin, err := pinblock.Decipher(pinblock.ISO0, k.PIN, block, r.Card.PAN)
		if err != nil || !pin.Equal(r.Card.PIN) {
			t.Errorf("%s: another PIN came out (%v)", name, err)
		}
		if _, err := pinblock.Decipher(pinblock.ISO0, k.MAC, block, r.Card.PAN); err == nil {
			t.Errorf("%s: the block opens under another key", name)
		}
	}
}

// What only some layouts have is read from where each has it.
func TestPrivateFields(t *testing.T) {
	ours := till.Totals{Currency: "CNY", Debits: 3, DebitMinor: 3000, DebitReversals: 1, DebitRevMinor: 1000, Credits: 1, CreditMinor: 250}
	trailer := totals(t, ours)
	trailer.Op = till.OpTrailer
	download := managing(till.OpDownload)
	download.Part = 1
	const only = "000042" + "000000" + "000000001250"
	record := recorded(till.OpUpload, sale(t))
	zeros := func(n int) string { return strings.Repeat("0", n) }
	differs := []till.Difference{{STAN: 42, Kind: till.Sale, Theirs: yuan(t, "12.50")}}
	for _, tc := range []struct {
		name, profile string
		request       till.Request
		set           []string
		want          till.Answer
	}{
		{"totals of nac agree", "nac-pos", totals(t, ours), nil, till.Answer{ResponseCode: "00", Approved: true, InBalance: true}},
		{"totals of nac differ", "nac-pos", totals(t, ours), []string{"39=95", "63=" + "001000000001250" + "002000000000400" + zeros(60)},
			till.Answer{ResponseCode: "95", Theirs: &till.Totals{Currency: "CNY", Debits: 1, DebitMinor: 1250, Credits: 2, CreditMinor: 400}}},
		{"trailer of nac", "nac-pos", trailer, []string{"39=95", "63=" + zeros(90) + only},
			till.Answer{ResponseCode: "95", Theirs: &till.Totals{Currency: "CNY"}, Differs: differs}},
		{"download of nac", "nac-pos", download, []string{"62=a=1", "63=1"},
			till.Answer{ResponseCode: "00", Approved: true, Parameters: []byte("a=1"), More: true}},
		{"totals of UnionPay agree", "unionpay-pos", totals(t, ours), []string{"48=" + zeros(30) + "1" + zeros(31)},
			till.Answer{ResponseCode: "00", Approved: true, InBalance: true}},
		{"totals of UnionPay differ, approved all the same", "unionpay-pos", totals(t, ours), []string{"48=" + "000000001250001" + "000000000400002" + "2" + zeros(31)},
			till.Answer{ResponseCode: "00", Approved: true, Theirs: &till.Totals{Currency: "CNY", Debits: 1, DebitMinor: 1250, Credits: 2, CreditMinor: 400}}},
		{"totals of UnionPay without a word on them", "unionpay-pos", totals(t, ours), nil, till.Answer{ResponseCode: "00", Approved: true}},
		{"trailer of UnionPay", "unionpay-pos", trailer, []string{"39=95", "48=" + zeros(30) + "2" + zeros(31), "62=" + only},
			till.Answer{ResponseCode: "95", Theirs: &till.Totals{Currency: "CNY"}, Differs: differs}},
		{"download of UnionPay, the last part", "unionpay-pos", download, []string{"62=0a=1"},
			till.Answer{ResponseCode: "00", Approved: true, Parameters: []byte("a=1")}},
		{"record of ISO that the host has otherwise", "iso87-ascii", record, []string{"39=64", "4=000000001300", "38"},
			till.Answer{ResponseCode: "64", RRN: "606000000042", Recorded: yuan(t, "13.00")}},
		{"trailer of ISO", "iso87-ascii", trailer, []string{"39=95", "66=2", "76=0000000000", "63=" + only},
			till.Answer{ResponseCode: "95", Theirs: &till.Totals{Currency: "CNY"}, Differs: differs}},
	} {
		p := profile(t, tc.profile)
		r := signedOn(t, tc.request)
		tc.want.Proved = isProved(t, p, r)
		got, err := p.Answer(r, sound(t, p, r, tc.set...))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if diff := cmp.Diff(tc.want, got, cmp.Comparer(func(a, b money.Amount) bool { return a == b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// A master key of the terminal's own opens what the host sealed under it, and nothing else
// does.
func TestMasterKey(t *testing.T) {
	k, _ := workingKeys(t)
	sealed, err := k.Seal(k.Data) // any key that is not the lab's
	if err != nil {
		t.Fatal(err)
	}
	p := profile(t, "unionpay-pos")
	r := sale(t)
	r.Keys = sealed
	if _, err := p.Request(r); !errors.Is(err, workingkey.ErrCheckValue) {
		t.Errorf("under the lab's key: got %v", err)
	}
	if _, err := p.WithMaster(k.Data).Request(r); err != nil {
		t.Errorf("under its own: %v", err)
	}
}
