package shop_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/internal/barcode"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// counterWorld is a shop over a real store, with a card host that the test steers.
type counterWorld struct {
	t     *testing.T
	dir   string
	cfg   shop.Config
	store *sqlite.Store
	shop  *shop.Shop
	host  *steered
	now   time.Time
}

// steered is a card host that answers by the next word of its script: approve, decline,
// lose; none approves. A reversal is acknowledged unless it is deaf.
type steered struct {
	script []string
	deaf   bool
	sent   []till.Op
}

func (h *steered) Exchange(_ context.Context, q till.Request) (till.Answer, error) {
	h.sent = append(h.sent, q.Op)
	silence := &till.NoAnswer{Reason: till.ReasonTimeout, Cause: errors.New("steered by the test")}
	switch q.Op {
	case till.OpAuthorize:
		word := "approve"
		if len(h.script) > 0 {
			word, h.script = h.script[0], h.script[1:]
		}
		switch word {
		case "decline":
			return till.Answer{ResponseCode: "51"}, nil
		case "lose":
			return till.Answer{}, silence
		}
		return till.Answer{ResponseCode: "00", Approved: true, RRN: "632706000345", AuthCode: "A1B2C3"}, nil
	case till.OpReverse:
		if h.deaf {
			return till.Answer{}, silence
		}
		return till.Answer{ResponseCode: "00", Acknowledged: true}, nil
	default:
	}
	return till.Answer{ResponseCode: "00", Approved: true, InBalance: true}, nil
}

func (h *steered) Close() error { return nil }

// stripes is a reader that gives a stripe without a chip, again and again.
type stripes struct{}

func (stripes) Wait(context.Context) (reader.Card, error) {
	return virtual.NewStripe(virtual.PlainStripe()).Wait(context.Background())
}

func newCounterWorld(t *testing.T, changes ...func(*shop.Config)) *counterWorld {
	t.Helper()
	w := &counterWorld{t: t, dir: t.TempDir(), host: &steered{}, now: time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)}
	w.cfg = shop.Config{
		Pepper:   func() ([]byte, error) { return make([]byte, 32), nil },
		Terminal: "TERM0001", Currency: yuan(t, 0).Currency(), Calendar: till.Calendar{Zone: time.FixedZone("", 8*60*60)},
		Tax:     till.TaxRules{Inclusive: true, Coin: 5},
		Loyalty: till.LoyaltyRules{Spend: yuan(t, 100), Value: yuan(t, 1)},
		Stock:   till.StockRefuse,
		Now:     func() time.Time { return w.now }, Random: &locked{from: rand.NewChaCha8([32]byte{7})},
	}
	for _, change := range changes {
		change(&w.cfg)
	}
	w.shop = w.open()
	w.stock()
	return w
}

// open is one more till on the same books.
func (w *counterWorld) open() *shop.Shop {
	w.t.Helper()
	now := func() time.Time { return w.now }
	store, err := sqlite.Open(context.Background(), w.dir, sqlite.Options{Unsynced: true, Now: now, Calendar: w.cfg.Calendar, Stock: w.cfg.Stock})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = store.Close() })
	keys, err := vault.Open(w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	cfg := w.cfg
	cfg.Store = store
	cfg.Register = register.New(register.Config{
		Store: store, Vault: keys,
		Dial: func(context.Context, func(string, till.STAN, string)) (register.Host, error) {
			if w.host == nil {
				return nil, errors.New("connection refused")
			}
			return w.host, nil
		},
		Reader:   func(till.Entry) (register.Reader, error) { return stripes{}, nil },
		Terminal: cfg.Terminal, Merchant: "MERCHANT0000001", Currency: cfg.Currency, Country: 156, Lab: true,
		HostTimeout: time.Second, DialTimeout: time.Second, Now: now, Random: cfg.Random,
	})
	w.store = store
	return shop.New(cfg)
}

// stock puts items, a member and a promotion into the books.
func (w *counterWorld) stock() {
	w.t.Helper()
	ctx := context.Background()
	ch := till.Change{At: w.now}
	item := func(id, name string, unit till.Unit, price int64, barcodes ...string) till.Item {
		return till.Item{ID: till.ItemID(id), Name: name, Category: "drinks", Unit: unit, TaxClass: "standard", Variants: []till.Variant{{
			SKU: till.SKU(id), Price: yuan(w.t, price), Cost: yuan(w.t, price/4), Barcodes: barcodes,
		}}}
	}
	service := item("repair", "Repair", till.Each, 0)
	service.Variants[0].OpenPrice, service.Variants[0].Untracked = true, true
	free := item("water", "Tap water", till.Each, 0)
	free.Variants[0].Untracked = true
	_, err := w.store.PutTaxClass(ctx, till.TaxClass{Code: "standard", Default: true, Rates: []till.TaxRate{{Name: "VAT", Rate: 130000}}}, ch)
	w.must(err)
	_, err = w.store.PutItems(ctx, []till.Item{
		item("latte", "Latte", till.Each, 2800, "6901234567892"), item("bean", "Beans", till.Kilo, 8000, weighed(w.t, 0)), item("tea", "Tea", till.Each, 1203), service, free,
	}, ch)
	w.must(err)
	for sku, q := range map[till.SKU]till.Quantity{"latte": till.Units(10), "bean": till.Units(2), "tea": till.Units(10)} {
		w.must(w.store.MoveStock(ctx, []till.StockMove{{SKU: sku, Quantity: q, Reason: till.StockReceive, At: w.now}}, till.StockRefuse))
	}
	_, err = w.store.PutMember(ctx, till.Member{ID: "8001", Name: "Mei", Since: w.now}, ch)
	w.must(err)
}

func (w *counterWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// onHand is what the books have of a variant, and what of it is kept for sales that are
// being paid.
func (w *counterWorld) onHand(sku till.SKU) (onHand, reserved till.Quantity) {
	w.t.Helper()
	levels, err := w.store.StockLevels(context.Background(), sku)
	w.must(err)
	if len(levels) != 1 {
		w.t.Fatalf("%d levels of %s", len(levels), sku)
	}
	return levels[0].OnHand, levels[0].Reserved
}

func (w *counterWorld) points() int64 {
	w.t.Helper()
	m, err := w.store.Member(context.Background(), "8001")
	w.must(err)
	return m.Points
}

// check holds the whole of the books against themselves.
func (w *counterWorld) check() {
	w.t.Helper()
	_, err := w.store.Verify(context.Background())
	w.must(err)
	w.must(w.store.VerifyFacts(context.Background()))
}

func (w *counterWorld) wantStock(sku till.SKU, onHand, reserved till.Quantity) {
	w.t.Helper()
	if got, kept := w.onHand(sku); got != onHand || kept != reserved {
		w.t.Errorf("%s: %s on hand and %s reserved, want %s and %s", sku, got, kept, onHand, reserved)
	}
}

func yuan(t testing.TB, minor int64) money.Amount {
	t.Helper()
	c, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	return money.New(minor, c)
}

func wantProblem(t *testing.T, err error, code till.Code) {
	t.Helper()
	var p *till.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Errorf("got %v, want a problem of code %s", err, code)
		return
	}
	if p.What.IsZero() || p.Hint.IsZero() {
		t.Errorf("%v says nothing or no next step", p)
	}
}

func basket(codes ...string) till.Basket {
	var b till.Basket
	for _, c := range codes {
		b.Entries = append(b.Entries, till.BasketEntry{Code: c})
	}
	return b
}

func byCard() shop.Tendering { return shop.Tendering{Tender: till.Card, Entry: till.Swipe} }

func inCash(t testing.TB, minor int64) shop.Tendering {
	q := shop.Tendering{Tender: till.Cash}
	if minor > 0 {
		q.Amount = yuan(t, minor)
	}
	return q
}

func pin(s string) card.Secret { return card.NewSecret(s) }

// hire takes somebody on; the first is the admin.
func (w *counterWorld) hire(id till.StaffID, role till.Role, digits string) {
	w.t.Helper()
	_, err := w.shop.AddStaff(context.Background(), shop.NewStaff{ID: id, Name: string(id), Role: role, PIN: pin(digits)})
	w.must(err)
}

func (w *counterWorld) signIn(id till.StaffID, digits string) {
	w.t.Helper()
	_, err := w.shop.SignIn(context.Background(), id, pin(digits))
	w.must(err)
}

// weighed is the code that a scale prints for beans.
func weighed(t testing.TB, grams int64) string {
	t.Helper()
	for _, p := range barcode.Usual() {
		if p.Value == barcode.ByWeight {
			code, err := p.Make("12345", grams)
			if err != nil {
				t.Fatal(err)
			}
			return code
		}
	}
	t.Fatal("no pattern of weights")
	return ""
}

// locked is a source of randomness that several tills draw from.
type locked struct {
	mu   sync.Mutex
	from io.Reader
}

func (l *locked) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.from.Read(b)
}

// meanwhile is a source of randomness that does something else before it is first read.
type meanwhile struct {
	once sync.Once
	do   func()
	from io.Reader
}

func (m *meanwhile) Read(b []byte) (int, error) {
	m.once.Do(m.do)
	return m.from.Read(b)
}
