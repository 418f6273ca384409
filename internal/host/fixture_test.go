package host_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

var update = flag.Bool("update", false, "write the golden files anew")

// noon is in the shop's zone, eight hours before UTC, so that fields 7 and 12 differ
// and the day of field 13 is not always that of field 7.
func noon() time.Time {
	return time.Date(2026, time.March, 1, 4, 5, 6, 0, time.FixedZone("shop", 8*60*60))
}

func profile(t testing.TB, name string) host.Profile {
	t.Helper()
	p, err := host.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func yuan(t testing.TB, text string) money.Amount {
	t.Helper()
	c, err := money.CurrencyByCode("CNY")
	if err != nil {
		t.Fatal(err)
	}
	a, err := money.Parse(text, c)
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

func track2(t testing.TB, text string) card.Track2 {
	t.Helper()
	tr, err := card.ParseTrack2(text)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// sale is a request for 12.50 by a chip card; the tests change what they are about.
func sale(t testing.TB) till.Request {
	t.Helper()
	return till.Request{
		Op: till.OpAuthorize, Terminal: "TILL0001", Merchant: "MERCHANT0000001", STAN: 123, Batch: 7, At: noon(),
		Txn: till.Txn{
			Kind: till.Sale, Tender: till.Card, Entry: till.Chip, Amount: yuan(t, "12.50"), Terminal: "TILL0001",
			Merchant: "MERCHANT0000001", Batch: 7, STAN: 123, At: noon(),
		},
		Card: till.CardData{
			PAN: pan(t, "4761739001010010"), Expiry: "3112", PSN: "01",
			ICC: []byte{0x9F, 0x26, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0x9F, 0x27, 1, 0x80},
		},
	}
}

// original is an approved sale that others refer to.
func original(t testing.TB) *till.Txn {
	t.Helper()
	o := sale(t).Txn
	o.STAN, o.At, o.RRN, o.AuthCode, o.State = 98, noon().Add(-time.Hour), "606000000042", "A1B2C3", till.Approved
	return &o
}

// referring is a void or refund of original.
func referring(t testing.TB, kind till.Kind, amount string) till.Request {
	t.Helper()
	r := sale(t)
	r.Card, r.Original = till.CardData{}, original(t)
	r.Txn.Kind, r.Txn.Entry, r.Txn.Amount = kind, till.NoEntry, yuan(t, amount)
	return r
}

// reversal is the reversal of another request.
func reversal(r till.Request, reason till.Reason, repeat bool) till.Request {
	r.Op, r.Repeat, r.Txn.Reason = till.OpReverse, repeat, reason
	r.At = r.At.Add(30 * time.Second)
	r.Card = till.CardData{PAN: r.Card.PAN, Expiry: r.Card.Expiry}
	r.Original = nil
	return r
}

// totals is a request to settle a batch.
func totals(t testing.TB, ours till.Totals) till.Request {
	t.Helper()
	r := sale(t)
	return till.Request{Op: till.OpReconcile, Terminal: r.Terminal, Merchant: r.Merchant, STAN: 130, Batch: 7, At: noon(), Totals: ours}
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
