package register_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/store/sqlite"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/vault"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// BenchmarkSale is one whole sale over TCP on loopback, both books durable, beside what
// the same disk needs for one append and fdatasync. The till's side has two commits, so
// two of those are its floor; the host's ledger has one more.
func BenchmarkSale(b *testing.B) {
	for name, bench := range map[string]struct {
		entry till.Entry
		card  func() reader.Reader
	}{
		"chip":  {till.Chip, chipCard},
		"swipe": {till.Swipe, func() reader.Reader { return virtual.NewStripe(virtual.PlainStripe()) }},
	} {
		b.Run(name, func(b *testing.B) { benchmarkSale(b, bench.entry, bench.card) })
	}
}

func benchmarkSale(b *testing.B, entry till.Entry, card func() reader.Reader) {
	dir := b.TempDir()
	disk := medianSync(b, dir)
	store := &countingStore{}
	reg := benchRegister(b, dir, store, card)
	sale := register.Payment{Amount: money.New(1250, cny(b)), Tender: till.Card, Entry: entry}
	if _, err := reg.Take(context.Background(), sale); err != nil { // signs on, opens the link
		b.Fatal(err)
	}
	store.commits = 0
	var took []time.Duration
	for b.Loop() {
		begun := time.Now()
		res, err := reg.Take(context.Background(), sale)
		if err != nil || res.Outcome != till.OutcomeApproved {
			b.Fatalf("outcome %q, %v", res.Outcome, err)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	p50 := took[len(took)/2]
	b.ReportMetric(float64(p50.Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(disk.Microseconds()), "fdatasync-µs")
	b.ReportMetric(float64(p50)/float64(3*disk), "x-3-fdatasyncs")
	b.ReportMetric(float64(store.commits)/float64(len(took)), "commits/sale")
}

func benchRegister(b *testing.B, dir string, counted *countingStore, card func() reader.Reader) *register.Register {
	b.Helper()
	ctx, stop := context.WithCancel(context.Background())
	sim, err := hostsim.Open(ctx, hostsim.Config{Dir: filepath.Join(dir, "host")})
	if err != nil {
		b.Fatal(err)
	}
	p := profile(b)
	framing, err := p.Wire()
	if err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- sim.Serve(ctx, l, p.Spec, framing) }()
	store, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	keys, err := vault.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	counted.Store = store
	reg := register.New(register.Config{
		Store: counted, Vault: keys,
		Dial: func(ctx context.Context, _ func(string, till.STAN, string)) (register.Host, error) {
			return host.Dial(ctx, host.Config{Addr: l.Addr().String(), Profile: p})
		},
		Reader:   func(till.Entry) (register.Reader, error) { return card(), nil },
		Terminal: testTerminal, Merchant: testMerchant, Currency: cny(b), Country: 156, Lab: true,
		HostTimeout: 10 * time.Second, DialTimeout: time.Second, Now: time.Now, Random: random(),
	})
	b.Cleanup(func() {
		_ = reg.Close()
		stop()
		<-served
		_, _ = store.Close(), sim.Close()
	})
	return reg
}

// countingStore counts the commits of transactions.
type countingStore struct {
	register.Store
	commits int
}

func (s *countingStore) Begin(ctx context.Context, n till.NewTxn) (till.Txn, error) {
	s.commits++
	return s.Store.Begin(ctx, n)
}

func (s *countingStore) Record(ctx context.Context, t till.Txn) (till.Txn, error) {
	s.commits++
	return s.Store.Record(ctx, t)
}

// medianSync is what the disk needs for an append of 512 bytes and fdatasync.
func medianSync(b *testing.B, dir string) time.Duration {
	b.Helper()
	f, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	block := make([]byte, 512)
	took := make([]time.Duration, 200)
	for i := range took {
		begun := time.Now()
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := dataSync(f); err != nil {
			b.Fatal(err)
		}
		took[i] = time.Since(begun)
	}
	slices.Sort(took)
	return took[len(took)/2]
}
