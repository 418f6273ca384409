package host_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// named is a request with the name that the goldens know it by.
type named struct {
	name    string
	request till.Request
}

// requests are one of each kind that a till sends.
func requests(t testing.TB) []named {
	swipe := sale(t)
	swipe.Txn.Entry = till.Swipe
	swipe.Card = till.CardData{Track2: track2(t, "4111111111111111=31122010000000000")}
	swipe.Card.PAN, swipe.Card.Expiry = swipe.Card.Track2.PAN, swipe.Card.Track2.Expiry
	fallback := swipe
	fallback.Txn.Entry = till.Fallback
	keyed := sale(t)
	keyed.Txn.Entry = till.Manual
	keyed.Card = till.CardData{PAN: pan(t, "5413330089010434"), Expiry: "3112"}
	tap := sale(t)
	tap.Txn.Entry = till.Tap
	refused := sale(t)
	refused.Txn.RRN = "606000000043"
	signOn := till.Request{Op: till.OpSignOn, Terminal: "TILL0001", Merchant: "MERCHANT0000001", STAN: 1, Batch: 7, At: noon()}
	echo := signOn
	echo.Op, echo.STAN = till.OpEcho, 2
	return []named{
		{"sale by chip", sale(t)},
		{"sale by tap", tap},
		{"sale by stripe", swipe},
		{"sale by stripe after the chip failed", fallback},
		{"sale keyed", keyed},
		{"void", referring(t, till.Void, "12.50")},
		{"refund of a part", referring(t, till.Refund, "4.00")},
		{"reversal of a chip sale, no answer", reversal(sale(t), till.ReasonTimeout, false)},
		{"reversal of a chip sale, repeated", reversal(sale(t), till.ReasonTimeout, true)},
		{"reversal of a sale that the card refused", reversal(refused, till.ReasonCard, false)},
		{"reversal of a stripe sale, link lost", reversal(swipe, till.ReasonLink, false)},
		{"reversal of a void after a restart", reversal(referring(t, till.Void, "12.50"), till.ReasonRestart, false)},
		{"reversal of a refund, canceled", reversal(referring(t, till.Refund, "4.00"), till.ReasonCanceled, true)},
		{"sign-on", signOn},
		{"echo", echo},
		{"totals of a day", totals(t, till.Totals{
			Currency: "CNY", Debits: 12, DebitMinor: 123456, DebitReversals: 1, DebitRevMinor: 1250,
			Credits: 2, CreditMinor: 400, CreditReversals: 1, CreditRevMinor: 100,
		})},
		{"totals of a day of refunds", totals(t, till.Totals{Currency: "CNY", Credits: 1, CreditMinor: 400})},
		{"totals of a day without sales", totals(t, till.Totals{Currency: "JPY"})},
	}
}

// Every request, masked, one to a line: what a change of the mapping changes.
func TestRequests(t *testing.T) {
	for _, name := range []string{"iso87-ascii", "iso87-bcd"} {
		p := profile(t, name)
		var out strings.Builder
		for _, n := range requests(t) {
			m, err := p.Request(n.request)
			if err != nil {
				t.Fatalf("%s: %s: %v", name, n.name, err)
			}
			fmt.Fprintf(&out, "%s\n    %s\n", n.name, m)
		}
		golden(t, "requests."+name+".golden", out.String())
	}
}

// A message must survive the wire: what the host reads is what was asked.
func TestRequestsPack(t *testing.T) {
	for _, name := range []string{"iso87-ascii", "iso87-bcd"} {
		p := profile(t, name)
		for _, n := range requests(t) {
			m, err := p.Request(n.request)
			if err != nil {
				t.Fatalf("%s: %s: %v", name, n.name, err)
			}
			raw, err := m.Pack()
			if err != nil {
				t.Fatalf("%s: %s: %v", name, n.name, err)
			}
			back, err := p.Spec.Unpack(raw)
			if err != nil {
				t.Fatalf("%s: %s: %v", name, n.name, err)
			}
			if back.String() != m.String() {
				t.Errorf("%s: %s: got %s\nwant %s", name, n.name, back, m)
			}
		}
	}
}

// The card leaves the till whole in the message and nowhere else.
func TestRequestCarriesTheCard(t *testing.T) {
	p := profile(t, "iso87-ascii")
	for _, n := range requests(t) {
		m, err := p.Request(n.request)
		if err != nil {
			t.Fatalf("%s: %v", n.name, err)
		}
		var got struct {
			PAN    card.PAN    `iso8583:"2"`
			Track2 card.Track2 `iso8583:"35"`
		}
		if err := m.Unmarshal(&got); err != nil {
			t.Fatalf("%s: %v", n.name, err)
		}
		stripe := n.request.Op == till.OpAuthorize && (n.request.Txn.Entry == till.Swipe || n.request.Txn.Entry == till.Fallback)
		switch {
		case stripe && (!got.Track2.PAN.Equal(n.request.Card.PAN) || m.Has("2") || m.Has("14")):
			t.Errorf("%s: want the track alone, got %s", n.name, m)
		case !stripe && (!got.PAN.Equal(n.request.Card.PAN) || m.Has("35")):
			t.Errorf("%s: want the number and no track, got %s", n.name, m)
		}
	}
}

// A reversal can be built from what may be stored: no track, no PIN, no chip data.
func TestReversalHoldsNoSensitiveData(t *testing.T) {
	p := profile(t, "iso87-ascii")
	for _, n := range requests(t) {
		if n.request.Op != till.OpReverse {
			continue
		}
		m, err := p.Request(n.request)
		if err != nil {
			t.Fatalf("%s: %v", n.name, err)
		}
		for _, path := range []string{"35", "45", "52", "55"} {
			if m.Has(path) {
				t.Errorf("%s: field %s is sent", n.name, path)
			}
		}
	}
}

// Field 90 of whatever refers to a sale holds the sale's own field 7 and 11.
func TestOriginalNamesTheRequest(t *testing.T) {
	p := profile(t, "iso87-ascii")
	r := sale(t)
	r.Txn.At = noon().Add(-20 * time.Minute) // the shopper took long over the PIN
	first, err := p.Request(r)
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.Request(reversal(r, till.ReasonTimeout, false))
	if err != nil {
		t.Fatal(err)
	}
	want := "0200" + first.Value("11") + first.Value("7") + strings.Repeat("0", 22)
	if got := second.Value("90"); got != want {
		t.Errorf("field 90 is %s, want %s", got, want)
	}
}

// What does not fit is refused before it is a message, and the error names no card.
func TestRequestRefusals(t *testing.T) {
	p := profile(t, "iso87-ascii")
	for _, tc := range []struct {
		name   string
		change func(*till.Request)
		want   string
	}{
		{"no operation", func(r *till.Request) { r.Op = "levitate" }, `no message for "levitate"`},
		{"no trace number", func(r *till.Request) { r.STAN = 0 }, "trace number 0, want 1 to 999999"},
		{"trace number of seven digits", func(r *till.Request) { r.STAN = 1000000 }, "trace number 1000000, want 1 to 999999"},
		{"no batch", func(r *till.Request) { r.Batch = 0 }, "batch 0, want 1 to 999999"},
		{"batch of seven digits", func(r *till.Request) { r.Batch = 1000000 }, "batch 1000000, want 1 to 999999"},
		{"no terminal", func(r *till.Request) { r.Terminal = " " }, "no terminal"},
		{"terminal of nine characters", func(r *till.Request) { r.Terminal = "TILL00001" }, "field 41"},
		{"merchant of sixteen characters", func(r *till.Request) { r.Merchant = "MERCHANT00000001" }, "field 42"},
		{"amount of thirteen digits", func(r *till.Request) { r.Txn.Amount = yuan(t, "10000000000.00") }, "amount 1000000000000, want 0 to 12 digits"},
		{"negative amount", func(r *till.Request) { r.Txn.Amount = yuan(t, "-0.01") }, "amount -1, want 0 to 12 digits"},
		{"no currency", func(r *till.Request) { r.Txn.Amount = money.Amount{} }, "an amount without a currency"},
		{"unknown kind", func(r *till.Request) { r.Txn.Kind = "gift" }, `no message for "authorize" of "gift"`},
		{"unknown entry", func(r *till.Request) { r.Txn.Entry = "fax" }, `no entry mode for "fax"`},
		{"void of nothing", func(r *till.Request) { r.Txn.Kind = till.Void }, "a void without its original"},
		{"reversal without a reason", func(r *till.Request) { r.Op = till.OpReverse }, `no code for the reason ""`},
		{"totals without a currency", func(r *till.Request) { r.Op = till.OpReconcile }, "totals"},
	} {
		r := sale(t)
		tc.change(&r)
		m, err := p.Request(r)
		if err == nil {
			t.Errorf("%s: got %s, want an error", tc.name, m)
			continue
		}
		if !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %q, want %q in it", tc.name, err, tc.want)
		}
		if strings.Contains(err.Error(), "4761739001010010") {
			t.Errorf("%s: the error tells the card number", tc.name)
		}
	}
}

// A batch that grew beyond what its totals can count could never be closed: a profile that
// counts in few digits says so, and what it says is what fits, on both sides.
func TestBatchLimit(t *testing.T) {
	for _, name := range host.Names() {
		p, err := host.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		fits := func(n int) error {
			_, debits := p.Request(signedOn(t, totals(t, till.Totals{Currency: "CNY", Debits: n, DebitMinor: int64(n)})))
			_, credits := p.Request(signedOn(t, totals(t, till.Totals{Currency: "CNY", Credits: n, CreditMinor: int64(n)})))
			return errors.Join(debits, credits)
		}
		limit := p.Expects.BatchLimit
		if limit == 0 {
			if err := fits(999_999); err != nil {
				t.Errorf("%s has no limit, and cannot say a batch of 999999: %v", name, err)
			}
			continue
		}
		if err := fits(limit); err != nil {
			t.Errorf("%s: %d transactions: %v", name, limit, err)
		}
		if err := fits(limit + 1); err == nil {
			t.Errorf("%s: the limit is %d, and %d fit", name, limit, limit+1)
		}
	}
}
