//go:build interop

package interop_test

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// How many sales a second a host answers over one connection, so many in flight at a time:
// our simulator with its ledger, not waiting for the disk, and a host on jPOS that does
// nothing but answer. Both are asked by our client with the same messages.
func BenchmarkSalesOverOneConnection(b *testing.B) {
	w := wires()[0]
	for _, flights := range []int{1, 8, 64} {
		b.Run("till/flights="+strconv.Itoa(flights), func(b *testing.B) {
			_, addr := serve(b, w, hostsim.Config{Unsynced: true, Rules: []hostsim.Rule{}})
			askSales(b, w, addr, flights)
		})
		b.Run("jpos/flights="+strconv.Itoa(flights), func(b *testing.B) {
			echo := start(b, "Echo", w.name)
			_, addr, _ := strings.Cut(strings.TrimPrefix(echo.line(), "listening "), " ")
			askSales(b, w, addr, flights)
			b.StopTimer()
			echo.rest()
		})
	}
}

// askSales asks for b.N sales.
func askSales(b *testing.B, w wire, addr string, flights int) {
	p := w.load(b)
	framing, err := p.Wire()
	if err != nil {
		b.Fatal(err)
	}
	c, err := link.Dial(b.Context(), addr, link.ClientConfig{Spec: p.Spec, Framing: framing})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	var asked atomic.Int64
	sale := func() {
		stan := till.STAN(asked.Add(1))
		m, err := p.Request(till.Request{
			Op: till.OpAuthorize, Terminal: "TILL01", Merchant: testMerchant, STAN: stan, Batch: 1, At: clock(),
			Card: till.CardData{PAN: pan(b), Expiry: "3112"},
			Txn:  till.Txn{Kind: till.Sale, Tender: till.Card, Entry: till.Manual, Amount: yuan(b, "12.50"), STAN: stan, At: clock()},
		})
		if err != nil {
			b.Error(err)
			return
		}
		if a, err := c.RoundTrip(b.Context(), m); err != nil || a.Value("39") != "00" {
			b.Errorf("sale %s: got %v, %v", stan, a, err)
		}
	}
	for range 2000 { // until the compiler of the other side has seen enough
		sale()
	}
	b.ResetTimer()
	var flying sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(b.N))
	for range flights {
		flying.Go(func() {
			for left.Add(-1) >= 0 {
				sale()
			}
		})
	}
	flying.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sales/s")
}
