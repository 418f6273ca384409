package walletsim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/wallet"
	"github.com/tillworks/till/internal/wallet/walletsim"
)

// Every rule in both flows, over real HTTP, from the till's side and from the gateway's:
// how the order lives, how it ends, and what is owed.
func TestEveryRule(t *testing.T) {
	rows := []struct {
		minor int64
		flow  wallet.Flow
		life  string
	}{
		{1250, wallet.Shown, "created shown paid"},
		{1250, wallet.Scanned, "submitted paid"},
		{1271, wallet.Shown, "created shown pending paid"},
		{1271, wallet.Scanned, "submitted pending paid"},
		{1272, wallet.Shown, "created unknown shown paid"},
		{1272, wallet.Scanned, "submitted unknown paid"},
		{1273, wallet.Shown, "created shown paid"},
		{1273, wallet.Scanned, "submitted paid"},
		{1274, wallet.Shown, "created shown paid"},
		{1274, wallet.Scanned, "submitted paid"},
		{1275, wallet.Shown, "created shown closing closed"},
		{1275, wallet.Scanned, "submitted pending reversing reversed"},
		{1276, wallet.Shown, "created shown closing closed"},
		{1276, wallet.Scanned, "submitted pending reversing reversed"},
		{1277, wallet.Shown, "created shown closing reversing reversed"},
		{1277, wallet.Scanned, "submitted pending reversing reversing reversed"},
		{1278, wallet.Shown, "created shown failed"},
		{1278, wallet.Scanned, "submitted failed"},
		{1279, wallet.Shown, "created unknown created shown paid"},
		{1279, wallet.Scanned, "submitted unknown paid"},
		{1280, wallet.Shown, "created unknown paid"},
		{1280, wallet.Scanned, "submitted unknown paid"},
	}
	ruled := map[int64]bool{}
	for _, r := range rows {
		ruled[r.minor%100] = true
		t.Run(string(r.flow)+"/"+cny(t, r.minor).Decimal(), func(t *testing.T) {
			t.Parallel()
			cfg, patience := quick(t.TempDir()), 20
			if r.minor == 1272 { // the query after the lost answer comes before the shopper has paid, on a busy machine too
				cfg.PayAfter, patience = time.Second, 400
			}
			l := serve(t, cfg)
			s := newShop(t, l)
			s.call = time.Second
			got, life := s.sell(s.order(r.flow, cny(t, r.minor)), patience)
			if words := strings.Join(life, " "); words != r.life {
				t.Errorf("lived %s, want %s", words, r.life)
			}
			checkEnd(t, l, got)
		})
	}
	for _, rule := range walletsim.Rules() {
		if !rule.Refund && !ruled[rule.Minor] {
			t.Errorf("the rule of .%02d has no story", rule.Minor)
		}
	}
}

// checkEnd holds the two sides against each other.
func checkEnd(t *testing.T, l *lab, o wallet.Order) {
	t.Helper()
	want := int64(0)
	if o.State == wallet.StatePaid {
		want = o.Amount.Minor()
		if o.TradeNo == "" || o.Provider == "" {
			t.Errorf("paid, and nobody said by whom: %+v", o)
		}
	}
	if got := owed(t, l.Sim); got != want {
		t.Errorf("the gateway owes %d, want %d, as the order is %s", got, want, o.State)
	}
	if o.State == wallet.StateFailed && o.RefusedCode != "insufficient_balance" {
		t.Errorf("refused with %q", o.RefusedCode)
	}
	verify(t, l.Sim)
}

// What the gateway says without being asked, by rule.
func TestNotifications(t *testing.T) {
	rows := []struct {
		minor           int64
		trusted, forged int
	}{{1250, 1, 0}, {1273, 2, 0}, {1274, 1, 0}, {1275, 0, 1}, {1276, 0, 0}, {1277, 1, 0}, {1278, 0, 0}}
	for _, r := range rows {
		t.Run(cny(t, r.minor).Decimal(), func(t *testing.T) {
			t.Parallel()
			l := serve(t, quick(t.TempDir()))
			s := newShop(t, l)
			o, _ := s.sell(s.order(wallet.Shown, cny(t, r.minor)), 20)
			eventually(t, func() bool { return len(s.heardSoFar()) >= r.trusted && len(s.forged) >= r.forged })
			time.Sleep(50 * time.Millisecond) // one too many would come by now
			heard := s.heardSoFar()
			if len(heard) != r.trusted || len(s.forged) != r.forged {
				t.Fatalf("heard %d and refused %d, want %d and %d", len(heard), len(s.forged), r.trusted, r.forged)
			}
			for _, n := range heard {
				if n.Number != o.Number || n.Amount != o.Amount || n.Status != wallet.Paid || n.ID != heard[0].ID {
					t.Errorf("got %+v of order %+v", n, o)
				}
			}
		})
	}
}

func eventually(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never happens")
		}
	}
}

// Refunds, whole, in parts, slow, lost and refused.
func TestRefunds(t *testing.T) {
	l := serve(t, quick(t.TempDir()))
	s := newShop(t, l)
	sale, _ := s.sell(s.order(wallet.Scanned, cny(t, 5000)), 20)
	rows := []struct {
		minor int64
		life  string
		left  int64
	}{
		{1000, "submitted paid", 4000},
		{1081, "submitted pending paid", 2919},
		{182, "submitted unknown paid", 2737},
		{183, "submitted failed", 2737}, // by rule
		{2738, "submitted failed", 2737},
		{2737, "submitted paid", 0},
		{1, "submitted failed", 0},
	}
	for _, r := range rows {
		_, life := s.sell(s.refund(sale, cny(t, r.minor)), 0)
		if words := strings.Join(life, " "); words != r.life {
			t.Errorf("refund of %d lived %s, want %s", r.minor, words, r.life)
		}
		if left := owed(t, l.Sim); left != r.left {
			t.Errorf("after the refund of %d the gateway owes %d, want %d", r.minor, left, r.left)
		}
	}
	verify(t, l.Sim)
}

// A rule of refunds never keeps a whole payment from going back.
func TestWholeRefundHasNoRule(t *testing.T) {
	l := serve(t, quick(t.TempDir()))
	s := newShop(t, l)
	for _, minor := range []int64{1281, 1282, 1283} {
		sale, _ := s.sell(s.order(wallet.Scanned, cny(t, minor)), 20)
		if got, _ := s.sell(s.refund(sale, sale.Amount), 0); got.State != wallet.StatePaid {
			t.Errorf("refund of the whole %d: %s %s", minor, got.State, got.RefusedCode)
		}
	}
}

// A refund of what was never paid, of nobody's order, or of another currency is refused
// for good.
func TestRefundsThatMakeNoSense(t *testing.T) {
	l := serve(t, quick(t.TempDir()))
	s := newShop(t, l)
	unpaid, _ := s.sell(s.order(wallet.Shown, cny(t, 1276)), 1)
	sale, _ := s.sell(s.order(wallet.Scanned, cny(t, 1250)), 20)
	for _, c := range []struct {
		refund wallet.Order
		code   string
	}{
		{s.refund(unpaid, cny(t, 100)), "not_paid"},
		{s.refund(wallet.Order{Number: "NOBODYSORDER"}, cny(t, 100)), "no_such_order"},
		{s.refund(sale, amount(t, 100, "USD")), "other_currency"},
		{s.refund(sale, cny(t, 1251)), "too_much"},
		{s.refund(sale, cny(t, -1)), "bad_amount"},
		{s.refund(sale, cny(t, 0)), "bad_amount"},
	} {
		for range 2 {
			a, err := s.client.Refund(t.Context(), s.request(c.refund))
			if err != nil || a.Status != wallet.Failed || a.RefusedCode != c.code || a.RefusedWords == "" {
				t.Errorf("got %+v, %v, want %s", a, err, c.code)
			}
		}
	}
}

// A program that dies at any commit of an order is followed by one that resumes from what
// is durable: against the real gateway the order still ends, and the books agree.
func TestResumedOrders(t *testing.T) {
	l := serve(t, quick(t.TempDir()))
	s := newShop(t, l)
	s.call = time.Second
	want := int64(0)
	for _, minor := range []int64{1250, 1271, 1272, 1276, 1277, 1278, 1279} {
		for _, flow := range []wallet.Flow{wallet.Shown, wallet.Scanned} {
			for died := range 5 {
				order := s.dieAfter(s.order(flow, cny(t, minor)), died)
				end, life := s.run(wallet.Resume(order), wallet.Restarted{}, 5)
				if !end.State.IsFinal() {
					t.Errorf("%s %d after %s: %v", flow, minor, order.State, life)
				}
				if end.State == wallet.StatePaid {
					want += minor
				}
			}
		}
	}
	if got := owed(t, l.Sim); got != want {
		t.Errorf("the gateway owes %d, the till has %d", got, want)
	}
	verify(t, l.Sim)
}

// dieAfter runs an order until so many commits have come back and what follows the last
// has been done, and returns what is durable.
func (s *shop) dieAfter(order wallet.Order, commits int) wallet.Order {
	state := wallet.Begin(order, payment())
	state, actions := wallet.Step(state, wallet.Start{})
	durable := order
	for n, waits := 0, 0; len(actions) > 0; {
		var next wallet.Event
		for _, a := range actions {
			switch a := a.(type) {
			case wallet.Commit:
				durable = a.Order
				next = wallet.Committed{Order: a.Order}
				n++
			case wallet.Wait:
				next = s.wait(false)
				waits++
			case wallet.Show, wallet.Note:
			case wallet.Print:
				return durable
			default:
				next = s.perform(state.Order, a)
			}
		}
		if n > commits || waits > 10 {
			return durable
		}
		state, actions = wallet.Step(state, next)
	}
	return durable
}

// A gateway that is not there: the payment fails before anything is owed.
func TestNobodyThere(t *testing.T) {
	l := serve(t, quick(t.TempDir()))
	s := newShop(t, l)
	l.stop()
	for _, flow := range []wallet.Flow{wallet.Shown, wallet.Scanned} {
		o, life := s.sell(s.order(flow, cny(t, 1250)), 20)
		if o.State != wallet.StateFailed || o.Reason != till.ReasonLink {
			t.Errorf("%s: %v, %s", flow, life, o.Reason)
		}
	}
}
