package register_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// Goal: what one till of a shop has under way is no other's business. Method: four tills
// on one store sell by card at once, each looking for what was left open before each sale;
// all is approved and the host hears of no reversal.
func TestTillsOfOneShop(t *testing.T) {
	dir := t.TempDir()
	sim, addr, p := servedHost(t, dir)
	store, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	keys, err := vault.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	claims := register.NewClaims()
	var tills sync.WaitGroup
	for n := range 4 {
		reg := register.New(register.Config{
			Store: store, Vault: keys, Claims: claims,
			Dial: func(ctx context.Context, _ func(string, till.STAN, string)) (register.Host, error) {
				return host.Dial(ctx, host.Config{Addr: addr, Profile: p})
			},
			Reader:   func(till.Entry) (register.Reader, error) { return virtual.NewStripe(virtual.PlainStripe()), nil },
			Terminal: fmt.Sprintf("TILL%04d", n), Merchant: testMerchant, Currency: cny(t), Country: 156, Lab: true,
			HostTimeout: 20 * time.Second, DialTimeout: 5 * time.Second, Now: time.Now, Random: rand.NewChaCha8([32]byte{byte(n)}),
		})
		tills.Go(func() {
			defer reg.Close()
			for range 12 {
				res, err := reg.Take(t.Context(), register.Payment{Amount: money.New(1250, cny(t)), Tender: till.Card, Entry: till.Swipe})
				if err != nil || res.Outcome != till.OutcomeApproved {
					t.Errorf("outcome %q, %v", res.Outcome, err)
					return
				}
			}
		})
	}
	tills.Wait()
	if list, err := sim.Reversals(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%d reversals, %v", len(list), err)
	}
}

// servedHost is a host on loopback.
func servedHost(t *testing.T, dir string) (*hostsim.Host, string, host.Profile) {
	t.Helper()
	sim, err := hostsim.Open(t.Context(), hostsim.Config{Dir: filepath.Join(dir, "host"), Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	p := profile(t)
	framing, err := p.Wire()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- sim.Serve(ctx, l, p.Spec, framing) }()
	t.Cleanup(func() {
		stop()
		<-served
		_ = sim.Close()
	})
	return sim, l.Addr().String(), p
}

// A sale that another till of the shop left behind is undone in that till's name, by which
// the host knows it.
func TestResolveOfAnotherTill(t *testing.T) {
	w := newWorld(t)
	w.line.fate = func(q till.Request) fate {
		if q.Op == till.OpAuthorize || q.Op == till.OpReverse {
			return answerLost
		}
		return arrives
	}
	res, err, _ := w.sale("K")
	if err != nil || res.Txn.State != till.Reversing {
		t.Fatalf("%s, %v", res.Txn.State, err)
	}
	w.line.fate = nil
	w.terminal = "OTHER001"
	w.restartTill()
	if _, err := w.reg.Resolve(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now, err := w.store.Txn(t.Context(), res.Txn.ID); err != nil || now.State != till.Reversed {
		t.Errorf("%s, %v", now.State, err)
	}
	if net := w.net(); net != 0 {
		t.Errorf("the host still holds %d", net)
	}
}
