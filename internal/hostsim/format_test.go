package hostsim_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
)

// What is no proper request is answered all the same, posts nothing and is reported
// without a value.
func TestMalformedRequests(t *testing.T) {
	for _, tc := range []struct {
		name string
		kind string // of the request that is spoiled
		set  string // "path=value" sets, "path" unsets
		code string
		says string // in the report; empty for none
	}{
		{"no trace number", "sale", "11", "30", "field 11"},
		{"trace number zero", "sale", "11=000000", "30", "field 11"},
		{"no terminal", "sale", "41", "30", "field 41"},
		{"blank terminal", "sale", "41=        ", "30", "field 41"},
		{"no batch", "sale", "60", "30", "field 60"},
		{"batch zero", "sale", "60=000000", "30", "field 60"},
		{"batch of five digits", "sale", "60=00001", "30", "field 60"},
		{"batch that is a word", "sale", "60=monday", "30", "field 60"},
		{"no amount", "sale", "4", "30", "field 4"},
		{"no currency", "sale", "49", "30", "field 49"},
		{"unknown currency", "sale", "49=000", "30", "field 49"},
		{"no processing code", "sale", "3", "30", "field 3"},
		{"unknown processing code", "sale", "3=990000", "12", ""},
		{"no card", "sale", "2", "30", "field 2"},
		{"batch with a sign", "sale", "60=+00001", "30", "field 60"},
		{"no merchant", "sale", "42", "03", ""},
		{"void without original", "void", "90", "30", "field 90"},
		{"refund of trace number zero", "refund", "90=" + strings.Repeat("0", 42), "30", "field 90"},
		{"reversal without original", "reverse", "90", "30", "field 90"},
		{"reversal without amount", "reverse", "4", "30", "field 4"},
		{"reversal without batch", "reverse", "60", "30", "field 60"},
		{"totals without batch", "totals", "60", "30", "field 60"},
		{"totals without currency", "totals", "50", "30", "field 50"},
		{"totals of unknown currency", "totals", "50=000", "30", "field 50"},
		{"totals without net", "totals", "97", "95", ""},
		{"net with the other sign", "totals", "97=C0000000000000000", "95", ""},
		{"unknown network code", "signon", "70=999", "12", ""},
		{"no network code", "signon", "70", "12", ""},
		{"an authorization", "sale", "0=0100", "12", ""},
		{"an answer to a sale", "sale", "0=0230", "12", ""},
		{"a file update", "sale", "0=0300", "12", ""},
		{"an advice of a reversal", "reverse", "0=0420", "25", ""},
		{"a repeated advice of a reversal", "reverse", "0=0421", "25", ""},
		{"a repeated request", "sale", "0=0201", "00", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var reported []error
			h := openWith(t, hostsim.Config{Dir: t.TempDir(), Report: func(err error) { reported = append(reported, err) }})
			m := spoil(t, sound(t, newShop(t, h), tc.kind), tc.set)
			a, err := h.ServeISO(context.Background(), rewire(t, m))
			if err != nil {
				t.Fatal(err)
			}
			if a.Value("39") != tc.code || a.MTI() != m.MTI().Response() {
				t.Errorf("answered %s, want %s", a, tc.code)
			}
			if tc.code != "00" && balance(t, h).Minor() != 0 {
				t.Error("money moved")
			}
			switch {
			case tc.says == "" && len(reported) > 0:
				t.Errorf("reported %v, want nothing", reported)
			case tc.says != "" && (len(reported) != 1 || !strings.Contains(reported[0].Error(), tc.says)):
				t.Errorf("reported %v, want %q", reported, tc.says)
			}
		})
	}
}

// sound is a proper request of a kind.
func sound(t *testing.T, s *shop, kind string) *iso8583.Message {
	t.Helper()
	requests := map[string]till.Request{
		"sale": s.sale(1, amount(t, "12.50"), pan(t, "4111111111111111")), "void": s.refer(till.Void, 1, amount(t, "12.50"), 2),
		"refund": s.refer(till.Refund, 1, amount(t, "12.50"), 2), "reverse": s.reversal(1, amount(t, "12.50"), false),
		"totals": s.totals(1, till.Totals{Currency: "CNY"}), "signon": s.request(till.OpSignOn, 1),
	}
	m, err := s.profile.Request(requests[kind])
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func spoil(t *testing.T, m *iso8583.Message, set string) *iso8583.Message {
	t.Helper()
	path, value, ok := strings.Cut(set, "=")
	if !ok {
		m.Unset(path)
		return m
	}
	if err := m.Set(path, value); err != nil {
		t.Fatalf("set %s: %v", set, err)
	}
	return m
}

// A refund names its original twice, and both must be the same.
func TestRefundNamesOneOriginal(t *testing.T) {
	s := newShop(t, open(t, t.TempDir()))
	for stan := till.STAN(1); stan <= 2; stan++ {
		s.code(s.sale(stan, amount(t, "12.50"), pan(t, "4111111111111111")))
	}
	mixed := s.refer(till.Refund, 3, amount(t, "1.00"), 1)
	mixed.Original.STAN = 2
	if got := s.code(mixed); got != "25" {
		t.Errorf("reference of the one and trace number of the other: answered %s, want 25", got)
	}
}

// A message may hold what no till of ours would send. It is read, refused by the field,
// and the answer repeats what can be repeated.
func TestStrangeCharacters(t *testing.T) {
	for _, tc := range []struct{ path, is, code string }{
		{"3", "00A000", "30"},
		{"4", "-00000001250", "30"},
		{"4", "00000000125x", "30"},
		{"11", "+00001", "30"},
		{"49", "15x", "30"},
		{"13", "03x1", "00"}, // nothing hangs on it
	} {
		h := open(t, t.TempDir())
		m := overwrite(t, sound(t, newShop(t, h), "sale"), tc.path, tc.is)
		a, err := h.ServeISO(context.Background(), m)
		if err != nil {
			t.Fatalf("field %s of %s: %v", tc.path, tc.is, err)
		}
		if _, err := a.Pack(); err != nil || a.Value("39") != tc.code {
			t.Errorf("field %s of %s: answered %s, want %s: %v", tc.path, tc.is, a, tc.code, err)
		}
	}
}

// overwrite changes the bytes of one field, which Set would refuse.
func overwrite(t *testing.T, m *iso8583.Message, path, value string) *iso8583.Message {
	t.Helper()
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.Spec().Explain(raw, "en").Fields {
		if f.Path == path && copy(raw[f.Offset+f.Prefix:f.Offset+f.Length], value) != len(value) {
			t.Fatalf("field %s has no room for %q", path, value)
		}
	}
	changed, err := m.Spec().Unpack(raw)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// What an answer repeats is exactly what was asked, and it has no card number.
func TestAnswersRepeatTheRequest(t *testing.T) {
	h := open(t, t.TempDir())
	s := newShop(t, h)
	for _, kind := range []string{"sale", "void", "refund", "reverse", "totals", "signon"} {
		m := sound(t, s, kind)
		a, err := h.ServeISO(context.Background(), m)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"3", "4", "7", "11", "12", "13", "41", "42", "49", "60", "70"} {
			if m.Has(path) && a.Value(path) != m.Value(path) {
				t.Errorf("%s: field %s is %q, want %q", kind, path, a.Value(path), m.Value(path))
			}
		}
		for _, path := range []string{"2", "14", "35", "52"} {
			if a.Has(path) {
				t.Errorf("%s: the answer has field %s", kind, path)
			}
		}
	}
}

// An expired card is told by the host's clock, which may stand anywhere.
func TestExpiry(t *testing.T) {
	for _, tc := range []struct{ expiry, code string }{{"2602", "54"}, {"2603", "00"}, {"2604", "00"}, {"2503", "54"}} {
		s := newShop(t, open(t, t.TempDir()))
		r := s.sale(1, amount(t, "12.50"), pan(t, "4111111111111111"))
		r.Card.Expiry = expiry(t, tc.expiry)
		if got := s.code(r); got != tc.code {
			t.Errorf("expiry %s: answered %s, want %s", tc.expiry, got, tc.code)
		}
	}
}

// A swipe brings its card in the track.
func TestSwipe(t *testing.T) {
	h := open(t, t.TempDir())
	s := newShop(t, h)
	for i, tc := range []struct{ track, code string }{
		{"4111111111111111=31122010000000000", "00"},
		{"4111111111111111=25012010000000000", "54"},
		{"4000000000000010=31122010000000000", "14"},
	} {
		r := s.sale(till.STAN(i+1), amount(t, "12.50"), pan(t, tc.track[:16]))
		r.Txn.Entry, r.Card.Track2 = till.Swipe, track2(t, tc.track)
		if got := s.code(r); got != tc.code {
			t.Errorf("track %d: answered %s, want %s", i+1, got, tc.code)
		}
	}
	if got := balance(t, h); got != amount(t, "12.50") {
		t.Errorf("the merchant has %s, want 12.50", got)
	}
}

// Without rules every amount is approved; with one's own, those hold.
func TestRulesOfOnesOwn(t *testing.T) {
	none := newShop(t, openWith(t, hostsim.Config{Dir: t.TempDir(), Rules: []hostsim.Rule{}}))
	own := newShop(t, openWith(t, hostsim.Config{Dir: t.TempDir(), Rules: []hostsim.Rule{{Minor: 7, Code: "41"}}}))
	for i, rule := range hostsim.Rules() {
		a := amount(t, "10.00")
		for range rule.Minor {
			a, _ = a.Add(amount(t, "0.01"))
		}
		if got := none.code(none.sale(till.STAN(i+1), a, pan(t, "4111111111111111"))); got != "00" {
			t.Errorf("without rules %s is answered %s", a, got)
		}
	}
	if got := own.code(own.sale(1, amount(t, "10.07"), pan(t, "4111111111111111"))); got != "41" {
		t.Errorf("own rule: answered %s, want 41", got)
	}
}

// The list of rules is a help text: every rule says something in both languages, and
// no two are for the same amount.
func TestRulesSayWhatTheyDo(t *testing.T) {
	seen := map[int64]bool{}
	for _, r := range hostsim.Rules() {
		if seen[r.Minor] || r.Minor < 0 || r.Minor > 99 {
			t.Errorf("rule for .%02d: twice, or no ending of an amount", r.Minor)
		}
		seen[r.Minor] = true
		if r.Meaning.In(i18n.English) == "" || r.Meaning.In(i18n.Chinese) == "" || effects(r) != 1 {
			t.Errorf("rule for .%02d: %+v", r.Minor, r)
		}
	}
}

// effects counts what a rule does: it declines, loses or delays an answer, settles a
// sale in another way than it was posted or counts it so, approves a part, or gives the card
// orders.
func effects(r hostsim.Rule) int {
	n := 0
	for _, does := range []bool{r.Code != "", r.Fate != hostsim.Answered, r.Settled != hostsim.SettledRight, r.Partial, r.Counted != hostsim.CountedRight, r.Script != hostsim.NoScript} {
		if does {
			n++
		}
	}
	return n
}

// Each authorization code is six letters and digits; each reference twelve digits, and
// no two are the same.
func TestReferences(t *testing.T) {
	h := open(t, t.TempDir())
	s := newShop(t, h)
	seen := map[string]bool{}
	for stan := till.STAN(1); stan <= 50; stan++ {
		a, err := s.send(s.sale(stan, amount(t, "1.00"), pan(t, "4111111111111111")))
		if err != nil {
			t.Fatal(err)
		}
		if len(a.AuthCode) != 6 || strings.Trim(a.AuthCode, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			t.Errorf("authorization code %q", a.AuthCode)
		}
		if len(a.RRN) != 12 || strings.Trim(a.RRN, "0123456789") != "" || seen[a.RRN] || !strings.HasPrefix(a.RRN, "6060") {
			t.Errorf("reference %q, want 6060 and eight digits, once", a.RRN)
		}
		seen[a.RRN] = true
	}
}

// The reversals that ended a matter are on view, tombstones among them.
func TestReversals(t *testing.T) {
	h := open(t, t.TempDir())
	s := newShop(t, h)
	s.code(s.sale(1, amount(t, "12.50"), pan(t, "4111111111111111")))
	s.code(s.reversal(1, amount(t, "12.51"), false)) // ends nothing
	s.code(s.reversal(1, amount(t, "12.50"), true))
	s.code(s.reversal(2, amount(t, "1.00"), false))
	got, err := h.Reversals(t.Context())
	want := []hostsim.Reversal{
		{Terminal: "TILL0001", Batch: 1, STAN: 1, Amount: amount(t, "12.50"), Cause: "98", ResponseCode: "00"},
		{Terminal: "TILL0001", Batch: 1, STAN: 2, Amount: amount(t, "1.00"), Cause: "98", ResponseCode: "25", Tombstone: true},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	entries, err := h.Entries(t.Context())
	if err != nil || len(entries) != 1 || !entries[0].Posted || !entries[0].Reversed || entries[0].Stands() || !entries[0].At.Equal(day()) {
		t.Errorf("entries %+v, %v, want one that was posted and reversed at %s", entries, err, day())
	}
}
