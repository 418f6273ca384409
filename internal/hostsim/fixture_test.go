package hostsim_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/money"
)

var update = flag.Bool("update", false, "write the golden files anew")

// day is the only day that the tests know.
func day() time.Time { return time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC) }

// drum is a source of random bytes that repeats itself.
type drum struct{ n byte }

func (d *drum) Read(p []byte) (int, error) {
	for i := range p {
		d.n += 37
		p[i] = d.n
	}
	return len(p), nil
}

var _ io.Reader = (*drum)(nil)

// open opens a host on a folder for the length of a test.
func open(t testing.TB, dir string) *hostsim.Host {
	t.Helper()
	return openWith(t, hostsim.Config{Dir: dir})
}

func openWith(t testing.TB, cfg hostsim.Config) *hostsim.Host {
	t.Helper()
	if cfg.Now == nil {
		cfg.Now = day
	}
	if cfg.Random == nil {
		cfg.Random = &drum{}
	}
	if _, measured := t.(*testing.B); !measured {
		cfg.Unsynced = true // the power stays on in a test
	}
	h, err := hostsim.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() }) // a test that reopens closes it earlier itself
	return h
}

func profile(t testing.TB) host.Profile {
	t.Helper()
	p, err := host.ISO87ASCII()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func currency(t testing.TB, code string) money.Currency {
	t.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func amount(t testing.TB, text string) money.Amount {
	t.Helper()
	a, err := money.Parse(text, currency(t, "CNY"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func pan(t testing.TB, digits string) card.PAN {
	t.Helper()
	n, err := card.ParsePAN(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// shop is one terminal: it makes messages of its requests and remembers what it asked,
// so that it can ask again, void, refund and reverse. It keeps no books: those are the
// host's business here.
type shop struct {
	t        testing.TB
	profile  host.Profile
	ask      func(*iso8583.Message) (*iso8583.Message, error)
	terminal string
	merchant string
	batch    int
	asked    map[till.STAN]till.Request
}

// newShop is a terminal that asks a handler without a network between.
func newShop(t testing.TB, h *hostsim.Host) *shop {
	return &shop{
		t: t, profile: profile(t), terminal: "TILL0001", merchant: "MERCHANT0000001", batch: 1, asked: map[till.STAN]till.Request{},
		ask: func(m *iso8583.Message) (*iso8583.Message, error) { return h.ServeISO(context.Background(), m) },
	}
}

// request is what every request of the shop begins with.
func (s *shop) request(op till.Op, stan till.STAN) till.Request {
	return till.Request{Op: op, Terminal: s.terminal, Merchant: s.merchant, STAN: stan, Batch: s.batch, At: day()}
}

// sale is a keyed sale: a chip needs a card, see chip_test.go.
func (s *shop) sale(stan till.STAN, a money.Amount, pan card.PAN) till.Request {
	r := s.request(till.OpAuthorize, stan)
	r.Card = till.CardData{PAN: pan, Expiry: "3112"}
	r.Txn = till.Txn{
		Kind: till.Sale, Tender: till.Card, Entry: till.Manual, Amount: a, Terminal: s.terminal, Merchant: s.merchant,
		Batch: s.batch, STAN: stan, At: day(),
	}
	return r
}

// refer is a void or refund of something asked before.
func (s *shop) refer(kind till.Kind, stan till.STAN, a money.Amount, original till.STAN) till.Request {
	r := s.sale(stan, a, card.PAN{})
	o := s.asked[original].Txn
	r.Card, r.Txn.Kind, r.Txn.Entry, r.Original = till.CardData{}, kind, till.NoEntry, &o
	if o.STAN == 0 { // never asked: the shop is asking for nonsense
		o.Kind, o.STAN, o.At, o.RRN = till.Sale, original, day(), "000000000000"
	}
	return r
}

// reversal is the reversal of something asked before, or of a sale of that amount that
// was never asked.
func (s *shop) reversal(original till.STAN, a money.Amount, repeat bool) till.Request {
	r, ok := s.asked[original]
	if !ok {
		r = s.sale(original, a, pan(s.t, "4111111111111111"))
	}
	r.Op, r.Repeat, r.Txn.Reason, r.Txn.Amount = till.OpReverse, repeat, till.ReasonTimeout, a
	return r
}

// totals is a request to settle the batch.
func (s *shop) totals(stan till.STAN, t till.Totals) till.Request {
	r := s.request(till.OpReconcile, stan)
	r.Totals = t
	return r
}

// errSilence is a host that gives no answer.
var errSilence = errors.New("no answer")

// send asks the host and checks that the answer belongs to the request.
func (s *shop) send(r till.Request) (till.Answer, error) {
	s.t.Helper()
	m, err := s.profile.Request(r)
	if err != nil {
		s.t.Fatalf("%s %s: %v", r.Op, r.STAN, err)
	}
	a, err := s.exchange(m)
	if r.Op == till.OpAuthorize {
		if prior, ok := s.asked[r.STAN]; !ok || prior.Txn.RRN == "" {
			s.remember(r, a)
		}
	}
	if err != nil {
		return till.Answer{}, err
	}
	answer, err := s.profile.Answer(r, a)
	if err != nil {
		s.t.Fatalf("%s %s: %v: %s", r.Op, r.STAN, err, a)
	}
	return answer, nil
}

// remember keeps the request with the reference that came back, as a till's store does.
func (s *shop) remember(r till.Request, a *iso8583.Message) {
	if a != nil {
		r.Txn.RRN = a.Value("37")
	}
	s.asked[r.STAN] = r
}

// exchange sends a message over the wire format both ways.
func (s *shop) exchange(m *iso8583.Message) (*iso8583.Message, error) {
	s.t.Helper()
	a, err := s.ask(rewire(s.t, m))
	if err != nil || a == nil {
		return nil, errors.Join(errSilence, err)
	}
	return rewire(s.t, a), nil
}

// rewire is a message as it comes out at the other end of a wire.
func rewire(t testing.TB, m *iso8583.Message) *iso8583.Message {
	t.Helper()
	raw, err := m.Pack()
	if err != nil {
		t.Fatalf("pack %s: %v", m, err)
	}
	back, err := m.Spec().Unpack(raw)
	if err != nil {
		t.Fatalf("unpack %s: %v", m, err)
	}
	return back
}

// code asks and gives the response code, or "--" for silence.
func (s *shop) code(r till.Request) string {
	s.t.Helper()
	a, err := s.send(r)
	if err != nil {
		return "--"
	}
	return a.ResponseCode
}

// balance is what the merchant has gained by all postings, after a look at the books.
func balance(t testing.TB, h *hostsim.Host) money.Amount {
	t.Helper()
	if _, err := h.Verify(t.Context()); err != nil {
		t.Fatalf("verify: %v", err)
	}
	postings, err := h.Postings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum, gained := map[string]int64{}, money.New(0, currency(t, "CNY"))
	for _, p := range postings {
		sum[p.Amount.Currency().Code()] += p.Amount.Minor()
		if p.Account == "merchant/MERCHANT0000001" && p.Amount.Currency() == gained.Currency() {
			gained = money.New(gained.Minor()+p.Amount.Minor(), gained.Currency())
		}
	}
	for code, minor := range sum {
		if minor != 0 {
			t.Fatalf("postings in %s sum to %d, want 0", code, minor)
		}
	}
	return gained
}

// golden compares text with a file under testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with -update", err)
	}
	if string(want) != got {
		t.Errorf("%s differs; look at it with git diff after -update\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// stanOf parses a trace number of a test table.
func stanOf(t testing.TB, text string) till.STAN {
	t.Helper()
	var n int
	if _, err := fmt.Sscanf(text, "%d", &n); err != nil {
		t.Fatalf("trace number %q: %v", text, err)
	}
	return till.STAN(n)
}

// inCurrency is the same count of minor units in another currency.
func inCurrency(t testing.TB, a money.Amount, code string) money.Amount {
	t.Helper()
	return money.New(a.Minor(), currency(t, code))
}

func expiry(t testing.TB, yymm string) card.Expiry {
	t.Helper()
	e, err := card.ParseExpiry(yymm)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func track2(t testing.TB, text string) card.Track2 {
	t.Helper()
	tr, err := card.ParseTrack2(text)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}
