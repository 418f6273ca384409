//go:build windows || (cgo && (darwin || pcsc))

package pcsc_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ebfe/scard"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsctest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// BenchmarkStack measures over a real pcscd. "command" is one SELECT, by this package and
// by the binding without it, in turn on equal cards, so that what disturbs one disturbs
// the others: over-% is what the layer adds at the median, over-deadline-% what it adds
// where the command can be given up. "payment" is the whole of a card's reading, its nine
// commands from the directory to the request cryptogram.
func BenchmarkStack(b *testing.B) {
	pcsctest.Bench(b, func(b *testing.B, stack *pcsctest.Stack) {
		stack.Insert(0, virtual.NewCard(virtual.Visa()))
		stack.Insert(1, virtual.NewCard(virtual.Visa()))
		chip := take(b, open(b, stack.Reader(0)))
		bare := bareCard(b, stack.Reader(1))
		b.Run("command", func(b *testing.B) { benchmarkCommand(b, chip, bare) })
		release(b, chip)
		b.Run("payment", func(b *testing.B) { benchmarkReading(b, stack.Reader(0)) })
	})
}

func benchmarkCommand(b *testing.B, chip reader.Chip, bare *scard.Card) {
	command := selectDirectory()
	limited, cancel := context.WithTimeout(b.Context(), time.Hour)
	defer cancel()
	transmit := func(ctx context.Context) func() error {
		return func() error { _, err := chip.Transmit(ctx, command); return err }
	}
	var theirs, ours, deadline times
	ways := []struct {
		took *times
		send func() error
	}{
		{&theirs, func() error { _, err := bare.Transmit(command); return err }},
		{&ours, transmit(context.Background())},
		{&deadline, transmit(limited)},
	}
	for i := 0; b.Loop(); i++ {
		for n := range ways {
			w := ways[(i+n)%len(ways)]
			w.took.measure(w.send)
		}
	}
	if err := errors.Join(theirs.err, ours.err, deadline.err); err != nil {
		b.Fatal(err)
	}
	floor := theirs.quantile(50)
	over := func(t *times) float64 { return 100 * float64(t.quantile(50)-floor) / float64(floor) }
	b.ReportMetric(float64(floor.Nanoseconds()), "bare-p50-ns")
	b.ReportMetric(float64(ours.quantile(50).Nanoseconds()), "ours-p50-ns")
	b.ReportMetric(float64(ours.quantile(95).Nanoseconds()), "ours-p95-ns")
	b.ReportMetric(over(&ours), "over-%")
	b.ReportMetric(over(&deadline), "over-deadline-%")
}

func benchmarkReading(b *testing.B, name string) {
	device := open(b, name)
	var took times
	commands := 0
	for b.Loop() {
		chip := take(b, device)
		counted := &countingChip{Chip: chip}
		txn := transaction(b, shop())
		took.measure(func() error { return converse(b.Context(), txn, counted) })
		if txn.Decision() != emv.GoOnline {
			b.Fatalf("decision %v, want %v", txn.Decision(), emv.GoOnline)
		}
		commands = counted.count
		release(b, chip)
	}
	if took.err != nil {
		b.Fatal(took.err)
	}
	b.ReportMetric(float64(commands), "commands")
	b.ReportMetric(took.quantile(50).Seconds()*1000, "p50-ms")
	b.ReportMetric(took.quantile(95).Seconds()*1000, "p95-ms")
}

// bareCard is a card connected to by the binding alone.
func bareCard(b *testing.B, name string) *scard.Card {
	b.Helper()
	session, err := scard.EstablishContext()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = session.Release() })
	release(b, take(b, open(b, name))) // the card is there
	card, err := session.Connect(name, scard.ShareExclusive, scard.ProtocolAny)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = card.Disconnect(scard.ResetCard) })
	return card
}

// times are how long something took, each time.
type times struct {
	took []time.Duration
	err  error
}

func (t *times) measure(do func() error) {
	begun := time.Now()
	err := do()
	t.took = append(t.took, time.Since(begun))
	if err != nil {
		t.err = err
	}
}

func (t *times) quantile(percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(t.took))
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}
