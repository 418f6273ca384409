package hostsim_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
	"github.com/tillworks/till/pkg/money"
)

const testMDK = "2315208C9110AD402315208C9110AD40"

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// chipCard is a card that signs what a test hands it.
type chipCard struct {
	mdk     string
	pan     string
	psn     string
	version ac.CVN
	counter uint16
}

func visa(version ac.CVN) chipCard {
	return chipCard{mdk: testMDK, pan: "4761739001010010", psn: "01", version: version, counter: 7}
}

// chipOf is a card of the version's scheme.
func chipOf(version ac.CVN) chipCard {
	c := visa(version)
	switch version.Scheme() {
	case ac.Mastercard:
		c.pan = "5413330089020011"
	case ac.Interac, ac.CCD:
		c.pan = "3566002020360505"
	case ac.Visa:
	}
	if version.UsesAES() {
		c.mdk = "2B7E151628AED2A6ABF7158809CF4F3C"
	}
	return c
}

// data is issuer application data of the version, as after an ARQC.
func (c chipCard) data() string {
	number := fmt.Sprintf("%02X", c.version.Number())
	switch {
	case c.version == ac.CVN22:
		return "1F" + number + "01" + "A000000000" + strings.Repeat("00", 24)
	case c.version.Scheme() == ac.Mastercard:
		return "01" + number + "A00003220000" + "0000" + "00000000000322FF"
	case c.version.Scheme() == ac.Interac:
		return "1501" + number + "0440B100000000B00000000000000000000000"
	case c.version.Scheme() == ac.CCD:
		return "0FA" + number[1:] + "01" + "A230000000" + strings.Repeat("00", 8) + "0F" + strings.Repeat("00", 15)
	}
	return "0601" + number + "03A00000"
}

func (c chipCard) key(t testing.TB) ac.Key {
	t.Helper()
	key, err := ac.MasterKey(c.version, unhex(t, c.mdk), pan(t, c.pan), c.psn)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// values are what the terminal hands the card and what the card adds, before it signs.
func (c chipCard) values(a money.Amount) map[emv.Tag]string {
	return map[emv.Tag]string{
		emv.TagAmount: fmt.Sprintf("%012d", a.Minor()), emv.TagAmountOther: "000000000000", emv.TagTerminalCountry: "0156",
		emv.TagTVR: "8000048000", emv.TagCurrency: "0" + a.Currency().Number(), emv.TagTransactionDate: "260301",
		emv.TagTransactionType: "00", emv.TagUnpredictableNumber: "1A2B3C4D", emv.TagAIP: "1800",
		emv.TagATC: fmt.Sprintf("%04X", c.counter), emv.TagIAD: c.data(), emv.TagCID: "80",
	}
}

// sign is field 55: the values, and the cryptogram over them.
func (c chipCard) sign(t testing.TB, values map[emv.Tag]string) (icc []byte, arqc [8]byte) {
	t.Helper()
	var err error
	arqc, err = ac.ARQC(c.version, c.key(t), c.input(t, values))
	if err != nil {
		t.Fatal(err)
	}
	for tag := range values {
		icc = emv.AppendTLV(icc, tag, unhex(t, values[tag]))
	}
	return emv.AppendTLV(icc, emv.TagAC, arqc[:]), arqc
}

// input is what the card signs of the values.
func (c chipCard) input(t testing.TB, values map[emv.Tag]string) ac.Input {
	t.Helper()
	in, err := ac.FromValues(func(tag emv.Tag) []byte { return unhex(t, values[tag]) })
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// chipSale is a sale with the card in the reader.
func (s *shop) chipSale(stan till.STAN, a money.Amount, c chipCard, icc []byte) till.Request {
	r := s.sale(stan, a, pan(s.t, c.pan))
	r.Txn.Entry, r.Card.PSN, r.Card.ICC = till.Chip, c.psn, icc
	return r
}

// The issuer proves itself to the card under every response code that it gives, for
// cards of every cryptogram version, and tells the terminal that it checked the card.
func TestChipAnswers(t *testing.T) {
	for _, version := range ac.Versions() {
		s := newShop(t, open(t, t.TempDir()))
		for i, tc := range []struct{ amount, code string }{
			{"12.50", "00"}, {"10.05", "05"}, {"10.51", "51"}, {"10.54", "54"}, {"10.55", "55"}, {"10.61", "61"},
		} {
			c, a := chipOf(version), amount(t, tc.amount)
			values := c.values(a)
			icc, arqc := c.sign(t, values)
			got, err := s.send(s.chipSale(till.STAN(i+1), a, c, icc))
			if err != nil {
				t.Fatal(err)
			}
			if got.ResponseCode != tc.code || !got.ARQCVerified {
				t.Errorf("%s %s: answered %s, cryptogram verified %v, want %s and true", version, tc.amount, got.ResponseCode, got.ARQCVerified, tc.code)
			}
			checkIssuer(t, c, c.input(t, values), arqc, tc.code, got.ICC)
		}
	}
}

// A card that blocked its PIN is not approved, whatever the rules say, and is told so by
// its issuer. What the rules decline for a reason of their own keeps that reason.
func TestPINTriesExceeded(t *testing.T) {
	s := newShop(t, open(t, t.TempDir()))
	for i, tc := range []struct{ amount, tvr, code string }{
		{"12.50", "8000A08000", "75"}, {"12.50", "8000808000", "00"}, {"10.51", "8000A08000", "51"},
	} {
		c, a := visa(ac.CVN18), amount(t, tc.amount)
		values := c.values(a)
		values[emv.TagTVR] = tc.tvr
		icc, arqc := c.sign(t, values)
		got, err := s.send(s.chipSale(till.STAN(i+1), a, c, icc))
		if err != nil {
			t.Fatal(err)
		}
		if got.ResponseCode != tc.code || !got.ARQCVerified {
			t.Errorf("%s under %s: answered %s, cryptogram verified %v, want %s", tc.amount, tc.tvr, got.ResponseCode, got.ARQCVerified, tc.code)
		}
		checkIssuer(t, c, c.input(t, values), arqc, tc.code, got.ICC)
	}
}

// checkIssuer is the card's look at field 55 of the answer.
func checkIssuer(t *testing.T, c chipCard, in ac.Input, arqc [8]byte, code string, field55 []byte) {
	t.Helper()
	tree, err := emv.Parse(field55, emv.Strict)
	if err != nil || len(tree) != 1 {
		t.Errorf("%s: field 55 is %X, want tag 91 alone: %v", c.version, field55, err)
		return
	}
	arc, update, err := ac.VerifyIssuerAuthData(c.version, c.key(t), in, arqc, tree.Value(emv.TagIssuerAuthData))
	if err != nil {
		t.Errorf("%s %s: %v", c.version, code, err)
	}
	if !c.version.GivesUpdate() && arc != code {
		t.Errorf("%s: the card reads response code %q, want %q", c.version, arc, code)
	}
	if c.version.GivesUpdate() && update.Approves() != (code == "00") {
		t.Errorf("%s %s: the card reads approval %v", c.version, code, update.Approves())
	}
}

// An acquirer that cannot ask the issuer has no proof of it to give.
func TestChipWithoutIssuer(t *testing.T) {
	s := newShop(t, open(t, t.TempDir()))
	for i, text := range []string{"10.91", "10.96"} {
		c, a := visa(ac.CVN10), amount(t, text)
		icc, _ := c.sign(t, c.values(a))
		got, err := s.send(s.chipSale(till.STAN(i+1), a, c, icc))
		if err != nil {
			t.Fatal(err)
		}
		if got.ResponseCode != text[3:] || got.ICC != nil || got.ARQCVerified {
			t.Errorf("%s: answered %s with field 55 %X, verified %v, want %s without", text, got.ResponseCode, got.ICC, got.ARQCVerified, text[3:])
		}
	}
}

// A card that does not prove itself is refused, the ledger knows why, and it gets no
// proof of the issuer.
func TestChipRefused(t *testing.T) {
	for _, version := range []ac.CVN{ac.CVN10, ac.CVN18} {
		for _, tc := range []struct {
			name   string
			before func(*chipCard, map[emv.Tag]string) // before the card signs
			after  func(*till.Request)
			reason string
		}{
			{"another issuer's key", func(c *chipCard, _ map[emv.Tag]string) { c.mdk = strings.Repeat("0123456789ABCDEF", 2) }, nil, "does not match"},
			{"another card's number", nil, func(r *till.Request) { r.Card.PAN, _ = card.ParsePAN("4761739001010028") }, "does not match"},
			{"another sequence number", nil, func(r *till.Request) { r.Card.PSN = "02" }, "does not match"},
			{"no sequence number", nil, func(r *till.Request) { r.Card.PSN = "" }, "does not match"},
			{"a terminal that changed the amount", nil, func(r *till.Request) { r.Txn.Amount = money.New(1251, r.Txn.Amount.Currency()) }, "another amount"},
			{"a terminal that changed the currency", nil, func(r *till.Request) { r.Txn.Amount = inCurrency(t, r.Txn.Amount, "USD") }, "another amount"},
			{"a terminal that changed what was signed", nil, func(r *till.Request) {
				r.Card.ICC = replace(t, r.Card.ICC, emv.TagUnpredictableNumber, "1A2B3C4E")
			}, "does not match"},
			{"a cryptogram of seven bytes", nil, func(r *till.Request) { r.Card.ICC = replace(t, r.Card.ICC, emv.TagAC, "01020304050607") }, "no request cryptogram"},
			{"no cryptogram", nil, func(r *till.Request) { r.Card.ICC = replace(t, r.Card.ICC, emv.TagAC, "") }, "no request cryptogram"},
			{"a declined cryptogram (AAC)", func(_ *chipCard, v map[emv.Tag]string) { v[emv.TagCID] = "00" }, nil, "no request cryptogram"},
			{"an unknown version", nil, func(r *till.Request) { r.Card.ICC = replace(t, r.Card.ICC, emv.TagIAD, "06011903A00000") }, "version not known"},
			{"signed data missing", nil, func(r *till.Request) { r.Card.ICC = replace(t, r.Card.ICC, emv.TagTVR, "") }, "tag 95"},
		} {
			h := open(t, t.TempDir())
			s := newShop(t, h)
			c, a := visa(version), amount(t, "12.50")
			values := c.values(a)
			if tc.before != nil {
				tc.before(&c, values)
			}
			icc, _ := c.sign(t, values)
			r := s.chipSale(1, a, c, icc)
			if tc.after != nil {
				tc.after(&r)
			}
			got, err := s.send(r)
			if err != nil {
				t.Fatal(err)
			}
			if got.ResponseCode != "05" || got.ICC != nil || got.ARQCVerified {
				t.Errorf("%s: %s: answered %s with field 55 %X, verified %v, want 05 without", version, tc.name, got.ResponseCode, got.ICC, got.ARQCVerified)
			}
			entries, err := h.Entries(t.Context())
			if err != nil || len(entries) != 1 || !strings.Contains(entries[0].Reason, tc.reason) {
				t.Errorf("%s: %s: ledger has %+v, %v, want the reason %q", version, tc.name, entries, err, tc.reason)
			}
			if n := balance(t, h).Minor(); n != 0 {
				t.Errorf("%s: %s: the merchant has %d", version, tc.name, n)
			}
		}
	}
}

// replace changes one object of field 55; an empty value takes it out.
func replace(t testing.TB, icc []byte, tag emv.Tag, value string) []byte {
	t.Helper()
	tree, err := emv.Parse(icc, emv.Strict)
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, n := range tree {
		switch {
		case n.Tag != tag:
			out = emv.AppendTLV(out, n.Tag, n.Value)
		case value != "":
			out = emv.AppendTLV(out, tag, unhex(t, value))
		}
	}
	return out
}

// A repeat of a chip sale gets the very same proof.
func TestChipRepeat(t *testing.T) {
	h := open(t, t.TempDir())
	s := newShop(t, h)
	c, a := visa(ac.CVN18), amount(t, "12.50")
	icc, _ := c.sign(t, c.values(a))
	m, err := s.profile.Request(s.chipSale(1, a, c, icc))
	if err != nil {
		t.Fatal(err)
	}
	var answers []string
	for range 2 {
		answer, err := h.ServeISO(context.Background(), m)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := answer.Pack()
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, string(raw))
	}
	if answers[0] != answers[1] {
		t.Errorf("first %q, then %q", answers[0], answers[1])
	}
	if n := balance(t, h).Minor(); n != 1250 {
		t.Errorf("the merchant has %d, want 1250", n)
	}
}

// A key of another length is refused when the host is opened.
func TestMasterKeyLength(t *testing.T) {
	if _, err := hostsim.Open(t.Context(), hostsim.Config{Dir: t.TempDir(), Keys: hostsim.IssuerKeys{Cryptogram: make([]byte, 24)}}); err == nil {
		t.Error("a master key of 24 bytes: got no error")
	}
}

// FuzzServeISO: whatever arrives that is a message gets an answer that packs, or
// silence; nothing posts that does not belong, and the host never falls over.
func FuzzServeISO(f *testing.F) {
	p := profile(f)
	s := &shop{t: f, profile: p, terminal: "TILL0001", merchant: "MERCHANT0000001", batch: 1, asked: map[till.STAN]till.Request{}}
	c := visa(ac.CVN10)
	icc, _ := c.sign(f, c.values(amount(f, "12.50")))
	for _, r := range []till.Request{
		s.chipSale(1, amount(f, "12.50"), c, icc), s.sale(2, amount(f, "10.51"), pan(f, "4111111111111111")),
		s.refer(till.Void, 3, amount(f, "12.50"), 1), s.refer(till.Refund, 4, amount(f, "1.00"), 1),
		s.reversal(1, amount(f, "12.50"), true), s.totals(5, till.Totals{Currency: "CNY"}), s.request(till.OpSignOn, 6),
	} {
		m, err := p.Request(r)
		if err != nil {
			f.Fatal(err)
		}
		raw, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	h := openWith(f, hostsim.Config{Dir: f.TempDir(), LateBy: 1})
	f.Cleanup(func() {
		if _, err := h.Verify(context.Background()); err != nil {
			f.Error(err)
		}
	})
	f.Fuzz(func(t *testing.T, raw []byte) {
		req, err := p.Spec.Unpack(raw)
		if err != nil {
			return
		}
		answer, err := h.ServeISO(t.Context(), req)
		if err != nil {
			t.Fatalf("%s: %v", req, err)
		}
		if answer == nil {
			return
		}
		if _, err := answer.Pack(); err != nil {
			t.Fatalf("%s: answer %s: %v", req, answer, err)
		}
		if answer.MTI() != req.MTI().Response() || (answer.Has("11") && answer.Value("11") != req.Value("11")) || answer.Has("2") {
			t.Fatalf("%s: answered %s", req, answer)
		}
	})
}
