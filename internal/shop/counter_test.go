package shop_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// counter is one till of a shop on a real store, with a clock that the test sets. It takes
// cash only.
type counter struct {
	*shop.Shop
	t     testing.TB
	dir   string
	store *sqlite.Store
	now   time.Time
}

const counterTerminal = "TERM0001"

// newCounter is a shop without staff. Limits and the like are set by change.
func newCounter(t testing.TB, change ...func(*shop.Config)) *counter {
	t.Helper()
	c := &counter{t: t, dir: t.TempDir(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, shanghai(t))}
	clock := func() time.Time { return c.now }
	calendar := till.Calendar{Zone: shanghai(t), Cutoff: 4 * 60}
	store, err := sqlite.Open(t.Context(), c.dir, sqlite.Options{Now: clock, Calendar: calendar, Stock: till.StockRefuse})
	c.must(err)
	t.Cleanup(func() { c.must(store.Close()) })
	c.store = store
	keys, err := vault.Open(c.dir)
	c.must(err)
	cfg := shop.Config{
		Store: store, Register: register.New(register.Config{
			Store: store, Vault: keys, Terminal: counterTerminal, Merchant: "MERCHANT0000001",
			Currency: cny(t), Now: clock, Random: rand.Reader,
		}),
		Pepper: func() ([]byte, error) { return keys.Pepper(), nil }, Terminal: counterTerminal,
		Currency: cny(t), Calendar: calendar, Now: clock, Random: rand.Reader,
	}
	for _, f := range change {
		f(&cfg)
	}
	c.Shop = shop.New(cfg)
	return c
}

func shanghai(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func cny(t testing.TB) money.Currency {
	t.Helper()
	c, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *counter) amount(text string) money.Amount {
	c.t.Helper()
	a, err := money.Parse(text, cny(c.t))
	c.must(err)
	return a
}

func (c *counter) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// The PINs of the tests.
const (
	bossPIN    = "271828"
	cashierPIN = "3141"
	wrongPIN   = "9750"
)

// hire takes somebody on, as the boss once there is one.
func (c *counter) hire(id till.StaffID, role till.Role, pin string) {
	c.t.Helper()
	_, err := c.AddStaff(c.ctx(), shop.NewStaff{ID: id, Name: strings.ToUpper(string(id)), Role: role, PIN: card.NewSecret(pin)})
	c.must(err)
}

// be signs somebody in without a PIN.
func (c *counter) be(id till.StaffID) {
	c.t.Helper()
	c.must(c.store.SignIn(c.ctx(), counterTerminal, id, c.now))
}

func (c *counter) ctx() context.Context { return c.t.Context() }

// staffed is a counter with a boss, who is signed in, and a cashier.
func staffed(t testing.TB, change ...func(*shop.Config)) *counter {
	t.Helper()
	c := newCounter(t, change...)
	c.hire("boss", till.Admin, bossPIN)
	c.be("boss")
	c.hire("bob", till.Cashier, cashierPIN)
	return c
}

// sell takes cash.
func (c *counter) sell(text string) till.Txn {
	c.t.Helper()
	res, err := c.Pay(c.ctx(), register.Payment{Amount: c.amount(text), Tender: till.Cash})
	c.must(err)
	return res.Txn
}

// whole is a wish to undo all of a transaction.
func whole(t till.Txn) register.Undo { return register.Undo{Original: t.ID} }

// byBoss is an approval of the boss.
func byBoss() *shop.Approval {
	return &shop.Approval{Staff: "boss", PIN: card.NewSecret(bossPIN)}
}

// refused wants a problem of a code that says all the words, with a next step in both
// languages.
func (c *counter) refused(err error, code till.Code, words ...string) {
	c.t.Helper()
	var p *till.Problem
	if !errors.As(err, &p) {
		c.t.Fatalf("got %v, want a problem of %s", err, code)
	}
	if p.Code != code || p.Hint.IsZero() {
		c.t.Errorf("got %s %q with hint %q, want %s with a hint", p.Code, p, p.Hint, code)
	}
	for _, w := range words {
		if !strings.Contains(p.Error()+" "+p.Hint.String(), w) {
			c.t.Errorf("%q (hint %q) does not say %q", p, p.Hint, w)
		}
	}
}
