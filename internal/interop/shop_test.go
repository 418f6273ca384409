//go:build interop

package interop_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader/virtual"
)

const testMerchant = "MERCHANT0000001"

// patience is how long a till waits for an answer that comes, on however busy a machine, and
// of one that never does it waits no longer than brief.
const (
	patience = 20 * time.Second
	brief    = 500 * time.Millisecond
)

// The amounts at which the host on jPOS is silent: to a sale, to its first reversal too, and
// to the first word of an advice.
const (
	silent  = "99.99"
	deaf    = "99.98"
	unheard = "77.77"
)

// shop is one till: the real register on a real store, with virtual cards, and on the
// other end of a TCP connection whoever listens at addr.
type shop struct {
	line

	t     *testing.T
	store *sqlite.Store
	reg   *register.Register
}

// line is how a till speaks, to whom, and where it is written down.
type line struct {
	terminal string
	addr     string
	profile  host.Profile
	tape     *tape
	dialer   register.Dialer // nil dials addr
	upload   bool            // tells a batch that differs record by record
}

// newShop opens a till that has never done anything.
func newShop(t *testing.T, l line) *shop {
	t.Helper()
	dir := t.TempDir()
	store, err := sqlite.Open(t.Context(), dir, sqlite.Options{Now: clock, Stock: till.StockRefuse})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := vault.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{line: l, t: t, store: store}
	if l.dialer == nil {
		s.dialer = s.dial
	}
	s.reg = register.New(register.Config{
		Store: store, Vault: keys, Dial: s.dialer, Reader: read,
		Terminal: l.terminal, Merchant: testMerchant, Currency: cny(t), Country: 156, Lab: true,
		Policy:      register.Policy{Batch: terminal.BatchPolicy{Upload: l.upload}},
		HostTimeout: patience, DialTimeout: patience, Now: clock, Random: rand.NewChaCha8([32]byte{1, 2, 3}),
	})
	t.Cleanup(func() {
		if err := s.reg.Close(); err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *shop) dial(ctx context.Context, late func(string, till.STAN, string)) (register.Host, error) {
	l, err := host.Dial(ctx, host.Config{
		Addr: s.addr, Profile: s.profile, Tap: s.tape.tap,
		Late:    func(a host.LateAnswer) { late(a.Terminal, a.STAN, a.ResponseCode) },
		Garbled: func(err error) { s.t.Errorf("an answer of jPOS is no message here: %v", err) },
	})
	if err != nil {
		return nil, err
	}
	return &hurried{l, s.t}, nil
}

// hurried is a link that waits briefly for what is known not to come.
type hurried struct {
	register.Host

	t *testing.T
}

// Exchange implements register.Host.
func (h *hurried) Exchange(ctx context.Context, q till.Request) (till.Answer, error) {
	waitsForNothing := false
	switch q.Txn.Amount {
	case yuan(h.t, silent):
		waitsForNothing = q.Op == till.OpAuthorize
	case yuan(h.t, deaf), yuan(h.t, unheard):
		waitsForNothing = !q.Repeat
	}
	if waitsForNothing {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, brief)
		defer cancel()
	}
	return h.Host.Exchange(ctx, q)
}

// read hands out a chip card or a stripe, as the sale asks.
func read(entry till.Entry) (register.Reader, error) {
	if entry == till.Swipe {
		return virtual.NewStripe(virtual.PlainStripe()), nil
	}
	return virtual.NewReader(virtual.NewCard(virtual.Visa())), nil
}

// sale takes an amount and wants an outcome and a response code of it.
func (s *shop) sale(entry till.Entry, amount string, want till.Outcome, code string) till.Txn {
	s.t.Helper()
	res, err := s.reg.Take(s.t.Context(), register.Payment{Amount: yuan(s.t, amount), Tender: till.Card, Entry: entry})
	return s.came("sale of "+amount, res, err, want, code)
}

// voice takes an amount that the issuer approved by telephone.
func (s *shop) voice(amount string) till.TxnID {
	s.t.Helper()
	res, err := s.reg.Take(s.t.Context(), register.Payment{Amount: yuan(s.t, amount), Tender: till.Card, Entry: till.Swipe, AuthCode: "123456"})
	if err != nil || res.Outcome != till.OutcomeApproved {
		s.t.Errorf("sale of %s by telephone: got %s, %v; want approved", amount, res.Outcome, err)
	}
	return res.Txn.ID
}

// undo voids or refunds and wants it approved.
func (s *shop) undo(what string, do func(context.Context, register.Undo) (register.Result, error), u register.Undo) till.Txn {
	s.t.Helper()
	res, err := do(s.t.Context(), u)
	return s.came(what, res, err, till.OutcomeApproved, "00")
}

func (s *shop) came(what string, res register.Result, err error, want till.Outcome, code string) till.Txn {
	s.t.Helper()
	if err != nil || res.Outcome != want || res.Txn.ResponseCode != code {
		s.t.Errorf("%s: got %s, code %q, %v; want %s, %q", what, res.Outcome, res.Txn.ResponseCode, err, want, code)
	}
	return res.Txn
}

// isNow wants a transaction in a state.
func (s *shop) isNow(id till.TxnID, want till.State) {
	s.t.Helper()
	x, err := s.store.Txn(s.t.Context(), id)
	if err != nil || x.State != want {
		s.t.Errorf("%s of %s is %s, %v; want %s", x.Kind, x.Amount, x.State, err, want)
	}
}

// closeBatch closes the batch and wants a state of it.
func (s *shop) closeBatch(want till.BatchState) till.Batch {
	s.t.Helper()
	b, err := s.reg.CloseBatch(s.t.Context())
	if err != nil || b.State != want {
		s.t.Errorf("batch %d came to %s with ours %+v, theirs %+v, %v; want %s", b.Number, b.State, b.Ours, b.Theirs, err, want)
	}
	return b
}

func clock() time.Time { return time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC) }

func cny(t testing.TB) money.Currency {
	t.Helper()
	c, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func yuan(t testing.TB, text string) money.Amount {
	t.Helper()
	a, err := money.Parse(text, cny(t))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func pan(t testing.TB) card.PAN {
	t.Helper()
	n, err := card.ParsePAN("4111111111111111")
	if err != nil {
		t.Fatal(err)
	}
	return n
}
