package register_test

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/internal/wallet/gateway"
	"github.com/tillworks/till/internal/wallet/walletsim"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// walletKey is shared by the till and its gateway.
const walletKey = "a key of the tests, 32 bytes long"

// haste is how much faster than the world's the clock of a walletWorld goes: pauses,
// patience and shoppers alike, so that their order stays.
const haste = 10

// walletWorld is a till and a wallet gateway: a real SQLite file, the real client over
// HTTP on loopback, and the gateway of the lab with its own ledger.
type walletWorld struct {
	t       *testing.T
	dir     string
	begun   time.Time
	store   *sqlite.Store
	sim     *walletsim.Sim
	client  *gateway.Client
	plug    *plug
	reg     *register.Register
	dialled atomic.Int32

	shown func(till.Txn) // what the shopper's side does when a code is shown; may be nil
}

func newWalletWorld(t *testing.T) *walletWorld {
	w := &walletWorld{t: t, dir: t.TempDir(), begun: time.Now(), plug: &plug{at: -1}}
	w.openGateway()
	w.openTill(30 * time.Second)
	t.Cleanup(func() { _ = w.store.Close() })
	return w
}

// now is the time of this world.
func (w *walletWorld) now() time.Time { return w.begun.Add(haste * time.Since(w.begun)) }

func (w *walletWorld) after(d time.Duration) <-chan time.Time { return time.After(d / haste) }

func (w *walletWorld) openGateway() {
	w.t.Helper()
	var err error
	w.sim, err = walletsim.Open(w.t.Context(), walletsim.Config{
		Dir: filepath.Join(w.dir, "wallet"), Unsynced: true, Key: []byte(walletKey), Now: w.now, SilentFor: 3 * time.Second,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.client, err = gateway.NewClient(gateway.Config{URL: "http://" + l.Addr().String(), Key: []byte(walletKey), Now: w.now, Random: random()})
	if err != nil {
		w.t.Fatal(err)
	}
	serving, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.sim.Serve(serving, l) }()
	w.t.Cleanup(func() {
		w.client.CloseIdleConnections()
		stop()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
		_ = w.sim.Close()
	})
}

// openTill opens a register on what the disk holds.
func (w *walletWorld) openTill(patience time.Duration) {
	w.t.Helper()
	store, err := sqlite.Open(context.Background(), w.dir, sqlite.Options{Unsynced: true, Now: clock})
	if err != nil {
		w.t.Fatal(err)
	}
	keys, err := vault.Open(w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	w.store = store
	w.reg = register.New(register.Config{
		Store: &pluggedStore{Store: store, plug: w.plug},
		Vault: keys,
		Dial: func(context.Context, func(string, till.STAN, string)) (register.Host, error) {
			panic("a card host was asked")
		},
		Wallet: func(context.Context) (wallet.Gateway, error) {
			w.dialled.Add(1)
			return &pluggedGateway{w.client, w.plug}, nil
		},
		Terminal: testTerminal, Merchant: testMerchant, Currency: cny(w.t), Country: 156, Lab: true,
		HostTimeout: time.Second, DialTimeout: time.Second, Patience: patience, After: w.after,
		Now: clock, Random: &seeded{seed: time.Now().UnixNano()}, Observe: w.observe,
	})
}

func (w *walletWorld) observe(o register.Observation) {
	if o.What == register.CodeShown && w.shown != nil {
		w.shown(o.Txn)
	}
}

func (w *walletWorld) restartTill(patience time.Duration) {
	w.t.Helper()
	w.plug.at = -1
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.openTill(patience)
}

// pay takes minor units by a code that is shown or scanned.
func (w *walletWorld) pay(ctx context.Context, minor int64, entry till.Entry) (register.Result, error) {
	p := register.Payment{Amount: money.New(minor, cny(w.t)), Tender: till.QR, Entry: entry}
	if entry == till.Scanned {
		p.PaymentCode = card.NewSecret("130000000000000001")
	}
	return w.reg.Take(ctx, p)
}

func (w *walletWorld) mustPay(minor int64) till.Txn {
	w.t.Helper()
	res, err := w.pay(context.Background(), minor, till.Scanned)
	if err != nil || res.Txn.Wallet.State != till.OrderPaid {
		w.t.Fatalf("sale of %d: %s, %v", minor, res.Outcome, err)
	}
	return res.Txn
}

// net is what the gateway moved to the shop, all in all, in minor units.
func (w *walletWorld) net() int64 {
	w.t.Helper()
	totals, err := w.sim.Totals(context.Background(), walletsim.Scope{})
	if err != nil {
		w.t.Fatal(err)
	}
	sum := int64(0)
	for _, t := range totals {
		sum += t.Net()
	}
	return sum
}

// pluggedGateway can lose the till's power on either side of each call.
type pluggedGateway struct {
	wallet.Gateway
	plug *plug
}

func (g *pluggedGateway) Create(ctx context.Context, r wallet.Request) (wallet.Answer, error) {
	g.plug.point("before create")
	a, err := g.Gateway.Create(ctx, r)
	g.plug.point("after create")
	return a, err
}

func (g *pluggedGateway) Submit(ctx context.Context, r wallet.Request) (wallet.Answer, error) {
	g.plug.point("before submit")
	a, err := g.Gateway.Submit(ctx, r)
	g.plug.point("after submit")
	return a, err
}

func (g *pluggedGateway) Query(ctx context.Context, r wallet.Request) (wallet.Answer, error) {
	a, err := g.Gateway.Query(ctx, r)
	g.plug.point("after query")
	return a, err
}

// seeded draws numbers that differ from one register to the next.
type seeded struct{ seed int64 }

func (s *seeded) Read(p []byte) (int, error) {
	for i := range p {
		s.seed = s.seed*6364136223846793005 + 1442695040888963407
		p[i] = byte(s.seed >> 56)
	}
	return len(p), nil
}

// Every fate of the lab's gateway, in both flows: what the till says of it and what
// moved.
func TestPaymentsByCode(t *testing.T) {
	const short, long = 4 * time.Second, 60 * time.Second
	for _, c := range []struct {
		what     string
		minor    int64
		entry    till.Entry
		patience time.Duration
		outcome  till.Outcome
		order    till.OrderState
		net      int64
	}{
		{"paid", 1250, till.Shown, long, till.OutcomeApproved, till.OrderPaid, 1250},
		{"paid", 1250, till.Scanned, long, till.OutcomeApproved, till.OrderPaid, 1250},
		{"pending, then paid", 1071, till.Shown, long, till.OutcomeApproved, till.OrderPaid, 1071},
		{"pending, then paid", 1071, till.Scanned, long, till.OutcomeApproved, till.OrderPaid, 1071},
		{"answer lost after success", 1072, till.Shown, long, till.OutcomeApproved, till.OrderPaid, 1072},
		{"answer lost after success", 1072, till.Scanned, long, till.OutcomeApproved, till.OrderPaid, 1072},
		{"a forged notification", 1075, till.Shown, short, till.OutcomeDeclined, till.OrderClosed, 0},
		{"never paid", 1076, till.Shown, short, till.OutcomeDeclined, till.OrderClosed, 0},
		{"never paid", 1076, till.Scanned, short, till.OutcomeReversed, till.OrderReversed, 0},
		{"paid while it is closed", 1077, till.Shown, short, till.OutcomeReversed, till.OrderReversed, 0},
		{"paid while it is closed", 1077, till.Scanned, short, till.OutcomeReversed, till.OrderReversed, 0},
		{"refused", 1078, till.Shown, long, till.OutcomeDeclined, till.OrderFailed, 0},
		{"refused", 1078, till.Scanned, long, till.OutcomeDeclined, till.OrderFailed, 0},
		{"HTTP 500 once", 1079, till.Shown, long, till.OutcomeApproved, till.OrderPaid, 1079},
		{"HTTP 500 once", 1079, till.Scanned, long, till.OutcomeApproved, till.OrderPaid, 1079},
		{"silence for a while", 1080, till.Shown, long, till.OutcomeApproved, till.OrderPaid, 1080},
	} {
		t.Run(fmt.Sprint(c.what, " ", c.entry), func(t *testing.T) {
			t.Parallel()
			w := newWalletWorld(t)
			w.restartTill(c.patience)
			res, err := w.pay(context.Background(), c.minor, c.entry)
			if err != nil || res.Outcome != c.outcome || res.Txn.Wallet.State != c.order {
				t.Errorf("got %s, order %+v, %v; want %s, %s", res.Outcome, res.Txn.Wallet, err, c.outcome, c.order)
			}
			if net := w.net(); net != c.net {
				t.Errorf("the gateway moved %d, want %d", net, c.net)
			}
			if refused := c.order == till.OrderFailed; refused != (res.Txn.DeclinedBy == till.ByWallet && res.Txn.Wallet.RefusedWords != "") {
				t.Errorf("declined by %q with the words %q", res.Txn.DeclinedBy, res.Txn.Wallet.RefusedWords)
			}
			w.verify()
		})
	}
}

func (w *walletWorld) verify() {
	w.t.Helper()
	if _, err := w.store.Verify(context.Background()); err != nil {
		w.t.Error(err)
	}
	if _, err := w.sim.Verify(context.Background()); err != nil {
		w.t.Error(err)
	}
}

// Ctrl-C while the code is shown: the order is closed and nobody can pay it any more.
func TestPaymentByCodeGivenUp(t *testing.T) {
	t.Parallel()
	w := newWalletWorld(t)
	ctx, cancel := context.WithCancel(context.Background())
	w.shown = func(till.Txn) { cancel() }
	res, err := w.pay(ctx, 1250, till.Shown)
	if err != nil || res.Outcome != till.OutcomeDeclined || res.Txn.Wallet.State != till.OrderClosed || res.Txn.Reason != till.ReasonCanceled {
		t.Errorf("got %s, order %+v, %v; want it closed", res.Outcome, res.Txn.Wallet, err)
	}
	if net := w.net(); net != 0 {
		t.Errorf("the gateway moved %d", net)
	}
}

func TestUndoingPaymentsByCode(t *testing.T) {
	t.Parallel()
	w := newWalletWorld(t)
	ctx, sale := context.Background(), w.mustPay(2000)
	refund := func(key string, minor int64, want till.OrderState) till.Txn {
		t.Helper()
		res, err := w.reg.Refund(ctx, register.Undo{Key: key, Original: sale.ID, Amount: money.New(minor, cny(t))})
		if err != nil || res.Txn.Wallet.State != want || res.Txn.Wallet.RefundNumber == "" || res.Txn.Wallet.Number != sale.Wallet.Number {
			t.Fatalf("refund of %d: %+v, %v; want %s", minor, res.Txn.Wallet, err, want)
		}
		return res.Txn
	}
	first := refund("r1", 500, till.OrderPaid)
	if again := refund("r1", 500, till.OrderPaid); again.ID != first.ID {
		t.Errorf("the same key made another refund: %s and %s", first.ID, again.ID)
	}
	refund("r2", 182, till.OrderPaid) // its answer is lost
	refund("r3", 183, till.OrderFailed)
	_, err := w.reg.Refund(ctx, register.Undo{Original: sale.ID, Amount: money.New(1319, cny(t))})
	wantProblem(t, err, till.CodeNotPermitted) // 1318 are left
	_, err = w.reg.Void(ctx, register.Undo{Original: first.ID})
	wantProblem(t, err, till.CodeNotPermitted) // a wallet takes nothing back
	_, err = w.reg.Void(ctx, register.Undo{Original: sale.ID})
	wantProblem(t, err, till.CodeNotPermitted) // a part is refunded
	if net := w.net(); net != 1318 {
		t.Errorf("the gateway moved %d, want 1318", net)
	}
	other := w.mustPay(700)
	res, err := w.reg.Void(ctx, register.Undo{Original: other.ID})
	if err != nil || res.Outcome != till.OutcomeApproved || w.net() != 1318 {
		t.Errorf("void: %s, %v, net %d", res.Outcome, err, w.net())
	}
	w.verify()
}

// The power goes at every point of a sale; the next start finds out and nothing is
// charged that the shop does not know of.
func TestPaymentByCodeAfterPowerCut(t *testing.T) {
	for _, entry := range []till.Entry{till.Shown, till.Scanned} {
		t.Run(string(entry), func(t *testing.T) {
			t.Parallel()
			for at := range 40 {
				w := newWalletWorld(t)
				w.plug.at = at
				if !w.payIntoCut(1250, entry) {
					if at < 5 {
						t.Fatalf("only %d points were passed: %v", w.plug.passed, w.plug.names)
					}
					break
				}
				point := w.plug.names[len(w.plug.names)-1]
				w.restartTill(30 * time.Second)
				w.settle("cut " + point)
			}
		})
	}
}

func (w *walletWorld) payIntoCut(minor int64, entry till.Entry) (cut bool) {
	defer func() {
		if p := recover(); p != nil {
			if _, isCut := p.(powerCut); !isCut {
				panic(p)
			}
			cut = true
		}
	}()
	_, _ = w.pay(context.Background(), minor, entry)
	return false
}

// settle resolves until nothing is open and holds the till's word against the gateway's.
func (w *walletWorld) settle(what string) {
	w.t.Helper()
	open := till.Filter{States: []till.State{till.Intent, till.Reversing}}
	for range 5 {
		if _, err := w.reg.Resolve(context.Background()); err != nil {
			w.t.Fatalf("%s: %v", what, err)
		}
		if left, _ := w.store.Txns(context.Background(), open); len(left) == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	txns, err := w.store.Txns(context.Background(), till.Filter{})
	if err != nil {
		w.t.Fatal(err)
	}
	want := int64(0)
	for _, x := range txns {
		if x.State == till.Approved {
			want += x.Amount.Minor()
		}
		if !x.State.IsFinal() {
			w.t.Errorf("%s: %s is still open as %s (%s)", what, x.ID, x.State, x.Wallet.State)
		}
	}
	if net := w.net(); net != want {
		w.t.Errorf("%s: the gateway moved %d, the till says %d", what, net, want)
	}
	w.verify()
}

// The same key charges once; and without a gateway nothing is stored.
func TestPaymentByCodeOnce(t *testing.T) {
	t.Parallel()
	w := newWalletWorld(t)
	take := func(minor int64) (register.Result, error) {
		return w.reg.Take(context.Background(), register.Payment{
			Key: "order-7", Amount: money.New(minor, cny(t)), Tender: till.QR, Entry: till.Scanned, PaymentCode: card.NewSecret("130000000000000001"),
		})
	}
	first, err := take(1250)
	if err != nil {
		t.Fatal(err)
	}
	again, err := take(1250)
	if err != nil || !again.Replayed || again.Txn.ID != first.Txn.ID || w.net() != 1250 {
		t.Errorf("again: %+v, %v, net %d", again, err, w.net())
	}
	_, err = take(1251)
	wantProblem(t, err, till.CodeConflict)
}

// Cash and cards never dial the gateway.
func TestCashDialsNoGateway(t *testing.T) {
	w := newWalletWorld(t)
	res, err := w.reg.Take(context.Background(), register.Payment{Amount: money.New(500, cny(t)), Tender: till.Cash})
	if err != nil || res.Outcome != till.OutcomeApproved || w.dialled.Load() != 0 {
		t.Errorf("got %s, %v, dialled %d times", res.Outcome, err, w.dialled.Load())
	}
}
