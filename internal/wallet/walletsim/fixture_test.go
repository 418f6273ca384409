package walletsim_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/internal/wallet/gateway"
	"github.com/tillworks/till/internal/wallet/walletsim"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

const paymentCode = "134567890123456789"

func key() []byte { return []byte("a key of the lab, 32 bytes long!") }

func cny(t testing.TB, minor int64) money.Amount { return amount(t, minor, "CNY") }

func amount(t testing.TB, minor int64, code string) money.Amount {
	t.Helper()
	c, err := money.CurrencyByCode(code)
	if err != nil {
		t.Fatal(err)
	}
	return money.New(minor, c)
}

// clock is a clock that goes as the test says.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// lab is a gateway that serves on the loopback, quick enough for a test.
type lab struct {
	*walletsim.Sim
	url  string
	stop func()

	mu       sync.Mutex
	reported []error
}

func quick(dir string) walletsim.Config {
	return walletsim.Config{
		Dir: dir, Key: key(), PayAfter: 30 * time.Millisecond, LateBy: 300 * time.Millisecond, SilentFor: 300 * time.Millisecond,
	}
}

func serve(t testing.TB, cfg walletsim.Config) *lab {
	t.Helper()
	l := &lab{}
	cfg.Report = func(err error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.reported = append(l.reported, err)
	}
	sim, err := walletsim.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- sim.Serve(ctx, ln) }()
	l.Sim, l.url = sim, "http://"+ln.Addr().String()
	l.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serving: %v", err)
		}
		if err := sim.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	t.Cleanup(l.stop)
	return l
}

func (l *lab) reports() []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.reported)
}

// shop is one till: a client of the gateway, an ear for notifications, and the loop that
// performs what Step wants. It keeps its orders in memory.
type shop struct {
	t       testing.TB
	client  *gateway.Client
	ear     string // URL
	batch   int
	call    time.Duration // how long it waits for an answer
	notices chan wallet.Notice
	forged  chan error

	mu    sync.Mutex
	heard []wallet.Notice
}

func newShop(t testing.TB, l *lab) *shop {
	t.Helper()
	client, err := gateway.NewClient(gateway.Config{URL: l.url, Key: key(), Now: time.Now, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, client: client, batch: 1, call: 2 * time.Second, notices: make(chan wallet.Notice, 10), forged: make(chan error, 10)}
	receiver, err := gateway.NewReceiver(key(), time.Now, s.hear, func(err error) { s.forged <- err })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(receiver)
	t.Cleanup(server.Close)
	t.Cleanup(client.CloseIdleConnections)
	s.ear = server.URL + "/notify"
	return s
}

func (s *shop) hear(n wallet.Notice) {
	s.mu.Lock()
	s.heard = append(s.heard, n)
	s.mu.Unlock()
	select {
	case s.notices <- n:
	default: // nobody waits: the next query tells it all the same
	}
}

func (s *shop) heardSoFar() []wallet.Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.heard)
}

func (s *shop) number() string {
	s.t.Helper()
	n, err := wallet.NewNumber(rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *shop) order(f wallet.Flow, a money.Amount) wallet.Order {
	return wallet.Order{Number: s.number(), Flow: f, Amount: a}
}

func (s *shop) refund(of wallet.Order, a money.Amount) wallet.Order {
	return wallet.Order{Number: of.Number, Flow: wallet.Refunding, Amount: a, RefundNumber: s.number()}
}

func (s *shop) request(o wallet.Order) wallet.Request {
	return wallet.Request{Order: o, Merchant: "MERCHANT0000001", Terminal: "TILL0001", Batch: s.batch, Subject: "tea", NotifyURL: s.ear}
}

// sell takes one order from its start to its end, as the register does, in test time: a
// pause takes 10 ms, and the shop's patience is over after so many of them.
func (s *shop) sell(o wallet.Order, patience int) (wallet.Order, []string) {
	s.t.Helper()
	return s.run(wallet.Begin(o, card.NewSecret(paymentCode)), wallet.Start{}, patience)
}

func (s *shop) run(state wallet.State, first wallet.Event, patience int) (wallet.Order, []string) {
	s.t.Helper()
	var life []string
	queue, waits := []wallet.Event{first}, 0
	for len(queue) > 0 {
		e := queue[0]
		queue = queue[1:]
		var actions []wallet.Action
		state, actions = wallet.Step(state, e)
		for _, a := range actions {
			switch a := a.(type) {
			case wallet.Commit:
				life = append(life, string(a.Order.State))
				queue = append(queue, wallet.Committed{Order: a.Order})
			case wallet.Wait:
				if waits++; waits > 500 {
					s.t.Fatalf("%s never ends: %v", o(state), life)
				}
				queue = append(queue, s.wait(waits == patience))
			case wallet.Show, wallet.Note, wallet.Print:
			default:
				queue = append(queue, s.perform(state.Order, a))
			}
		}
	}
	return state.Order, life
}

func o(s wallet.State) string { return string(s.Order.Flow) + " " + s.Order.Amount.String() }

func (s *shop) wait(isOver bool) wallet.Event {
	if isOver {
		return wallet.Deadline{}
	}
	select {
	case n := <-s.notices:
		return wallet.Notified{Notice: n}
	case <-time.After(10 * time.Millisecond):
		return wallet.Due{}
	}
}

func (s *shop) perform(o wallet.Order, a wallet.Action) wallet.Event {
	ctx, cancel := context.WithTimeout(s.t.Context(), s.call)
	defer cancel()
	r := s.request(o)
	var answer wallet.Answer
	var err error
	switch a := a.(type) {
	case wallet.Create:
		answer, err = s.client.Create(ctx, r)
	case wallet.Submit:
		r.PaymentCode = a.PaymentCode
		answer, err = s.client.Submit(ctx, r)
	case wallet.Query:
		answer, err = s.client.Query(ctx, r)
	case wallet.Close:
		answer, err = s.client.Close(ctx, r)
	case wallet.Refund:
		answer, err = s.client.Refund(ctx, r)
	case wallet.QueryRefund:
		answer, err = s.client.QueryRefund(ctx, r)
	}
	if err == nil {
		return wallet.Answered{Answer: answer}
	}
	var silence *till.NoAnswer
	if !errors.As(err, &silence) {
		s.t.Fatalf("an error that is no silence: %v", err)
	}
	return wallet.NoAnswer{Reason: silence.Reason, NotSent: silence.NotSent}
}

// owed is what the gateway owes the shop.
func owed(t testing.TB, s *walletsim.Sim) int64 {
	t.Helper()
	totals, err := s.Totals(t.Context(), walletsim.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, c := range totals {
		sum += c.Net()
	}
	return sum
}

func verify(t testing.TB, s *walletsim.Sim) {
	t.Helper()
	if _, err := s.Verify(context.Background()); err != nil {
		t.Error(err)
	}
}

func payment() card.Secret { return card.NewSecret(paymentCode) }
