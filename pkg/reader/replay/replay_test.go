package replay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/readertest"
	"github.com/tillworks/till/pkg/reader/replay"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// A payment with a card of the field is recorded, masked, written and read, and another
// terminal, with another amount, clock and randomness, pays with it again: the same
// decision, and a number that is published for tests in the place of the card's.
func TestPaymentPlaysAgain(t *testing.T) {
	for _, p := range []virtual.Profile{virtual.Visa(), virtual.Visa18(), virtual.Pair()} {
		for _, digits := range []int{16, 17, 13} {
			t.Run(fmt.Sprintf("%s of %d digits", p.Name, digits), func(t *testing.T) {
				pan, second := number(t, "453957", digits), number(t, "492181", digits)
				var decision emv.Decision
				trace := recorded(t, device(ofNumber(p, pan, second)), func(chip reader.Chip) {
					txn, err := payment{amount: 1250, seed: 1}.pay(t, chip)
					if err != nil {
						t.Fatal(err)
					}
					decision = txn.Decision()
				})
				_, again := written(t, trace)
				hides(t, again, pan)
				hides(t, again, second)
				txn, err := payment{amount: 99, seed: 7, date: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)}.pay(t, played(t, again, replay.Options{}))
				if err != nil || txn.Decision() != decision {
					t.Fatalf("played again: %v, %v, want %v", txn.Decision(), err, decision)
				}
				got := txn.Card().PAN
				if !got.IsPublishedTest() || got.Len() != digits || got.Brand() != card.Visa || got.Equal(pan) {
					t.Errorf("the card in the trace is %v of %d digits", got, got.Len())
				}
			})
		}
	}
}

// A published number is not worth hiding, and the trace says what the card said.
func TestPublishedNumberStays(t *testing.T) {
	trace := recorded(t, device(virtual.Visa()), func(chip reader.Chip) {
		if _, err := (payment{amount: 1250}).pay(t, chip); err != nil {
			t.Fatal(err)
		}
	})
	if !bytes.Contains(everything(trace), unhex(t, "5A 08 4761739001010010")) {
		t.Error("the number of the virtual card is another")
	}
}

// Whoever wants more of the card than was recorded, or something else, is told the line,
// and may go on from there.
func TestMismatch(t *testing.T) {
	_, trace := written(t, &replay.Trace{Sessions: []replay.Session{{
		Reader: "R", ATR: unhex(t, "3B600000"), Exchanges: []replay.Exchange{
			{Command: unhex(t, "00A4040007A000000003101000"), Response: unhex(t, "9000")},
			{Command: unhex(t, "80CA9F1700"), Response: unhex(t, "9F1701039000")},
			{Command: unhex(t, "00B2010C00"), Response: unhex(t, "6A83")},
		},
	}}})
	chip := played(t, trace, replay.Options{})
	for _, c := range []struct {
		command string
		line    int    // 0: it fits
		want    string // command that the trace has there
	}{
		{"00B2010C00", 2, "00A4040007A000000003101000"},
		{"00A4040007A000000003201000", 2, "00A4040007A000000003101000"},
		{"00A4040007A000000003101000", 0, ""},
		{"00B2020C00", 3, "80CA9F1700"},
		{"00B2010C00", 0, ""}, // GET DATA may be left out
		{"00B2020C00", 4, ""},
		{"0020008008241234FFFFFFFFFF", 4, ""},
	} {
		_, err := chip.Transmit(t.Context(), unhex(t, c.command))
		var mismatch *replay.MismatchError
		switch {
		case c.line == 0 && err != nil:
			t.Errorf("%s: %v", c.command, err)
		case c.line != 0 && (!errors.As(err, &mismatch) || !errors.Is(err, replay.ErrMismatch) || mismatch.Line != c.line || mismatch.Want != c.want):
			t.Errorf("%s: %v, want a mismatch at line %d with %q", c.command, err, c.line, c.want)
		case c.line != 0 && strings.Contains(err.Error(), "1234FF"):
			t.Errorf("the error shows a PIN: %v", err)
		}
	}
}

// What may differ from one payment to the next, and what may not.
func TestFreeCommands(t *testing.T) {
	for _, c := range []struct {
		name, recorded, sent string
		fits                 bool
	}{
		{"other amount", "80AE80000400000001", "80AE80000400000002", true},
		{"combined authentication asked for", "80AE90000400000001", "80AE80000400000002", true},
		{"another cryptogram asked for", "80AE80000400000001", "80AE40000400000001", false},
		{"more data", "80AE80000400000001", "80AE8000050000000102", false},
		{"other options", "80A8000004830201569000", "80A8000004830208409000", true},
		{"another PIN", "0020008008241234FFFFFFFFFF", "0020008008244321FFFFFFFFFF", true},
		{"an enciphered PIN for a plain one", "0020008008241234FFFFFFFFFF", "0020008808241234FFFFFFFFFF", false},
		{"another answer of the issuer", "008200000A00112233445566773030", "008200000AFFFFFFFFFFFFFFFF3035", true},
		{"a script with another MAC", "8424000004AABBCCDD", "842400000411223344", true},
		{"another file", "00B2010C00", "00B2011400", false},
		{"another name", "00A4040007A000000003101000", "00A4040007A000000003201000", false},
	} {
		trace := &replay.Trace{Sessions: []replay.Session{{ATR: unhex(t, "3B600000"), Exchanges: []replay.Exchange{
			{Command: unhex(t, c.recorded), Response: unhex(t, "9000")},
		}}}}
		if _, err := played(t, trace, replay.Options{}).Transmit(t.Context(), unhex(t, c.sent)); (err == nil) != c.fits {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// The misfortunes of a recorded card happen again: it leaves, it hangs, it fails.
func TestFailuresPlayAgain(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	device := virtual.NewReader(virtual.NewCard(virtual.Visa()))
	trace := recorded(t, &slowReader{Reader: device, hang: hang}, func(chip reader.Chip) {
		if _, err := chip.Transmit(t.Context(), selectDirectory()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := chip.Transmit(ctx, unhex(t, "00B2010C00")); err == nil {
			t.Fatal("it does not hang")
		}
	})
	file, trace := written(t, trace)
	if !strings.Contains(file, `"error":"unanswered"`) {
		t.Errorf("the trace does not tell of the card that hangs:\n%s", file)
	}
	chip := played(t, trace, replay.Options{})
	if _, err := chip.Transmit(t.Context(), selectDirectory()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := chip.Transmit(ctx, unhex(t, "00B2010C00")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a card that hangs: %v, want the deadline", err)
	}

	left := virtual.NewCard(virtual.Visa())
	left.RemoveAt(2)
	trace = recorded(t, virtual.NewReader(left), func(chip reader.Chip) {
		_, _ = payment{amount: 1}.pay(t, chip)
	})
	_, trace = written(t, trace)
	if _, err := (payment{amount: 1}).pay(t, played(t, trace, replay.Options{})); !errors.Is(err, reader.ErrRemoved) {
		t.Errorf("a card that leaves: %v, want ErrRemoved", err)
	}
}

// slowReader gives cards that answer nothing but SELECT.
type slowReader struct {
	reader.Reader
	hang chan struct{}
}

func (r *slowReader) Wait(ctx context.Context) (reader.Card, error) {
	c, err := r.Reader.Wait(ctx)
	if err != nil {
		return nil, err
	}
	return &slowChip{Chip: c.(reader.Chip), hang: r.hang}, nil
}

type slowChip struct {
	reader.Chip
	hang chan struct{}
}

func (c *slowChip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if command[1] != 0xA4 {
		select {
		case <-c.hang:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return c.Chip.Transmit(ctx, command)
}

// A timed replay takes as long as the card did.
func TestTimed(t *testing.T) {
	trace := &replay.Trace{Sessions: []replay.Session{{ATR: unhex(t, "3B600000"), Exchanges: []replay.Exchange{
		{Command: unhex(t, "00B2010C00"), Response: unhex(t, "6A83"), Took: 30 * time.Millisecond},
	}}}}
	for _, timed := range []bool{false, true} {
		begun := time.Now()
		if _, err := played(t, trace, replay.Options{Timed: timed}).Transmit(t.Context(), unhex(t, "00B2010C00")); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); timed && took < 30*time.Millisecond {
			t.Errorf("answered after %v, want 30 ms at least", took)
		}
	}
}

// The cards of a trace come one after the other, stripes among them, and then again.
func TestSessions(t *testing.T) {
	pan := number(t, "545313", 16)
	track, err := card.ParseTrack2(pan.Reveal() + "=3112201" + "1234567")
	if err != nil {
		t.Fatal(err)
	}
	device := virtual.NewStripe(track)
	device.Insert(virtual.NewCard(virtual.Visa()))
	recorder := replay.Record(device, time.Now)
	for range 2 {
		c, err := recorder.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_ = c.Close() // a software card has nothing to say about it
	}
	file, trace := written(t, recorder.Trace())
	if strings.Contains(file, pan.Reveal()) || strings.Contains(file, "1234567") {
		t.Errorf("the stripe is in the file:\n%s", file)
	}
	again := replay.NewReader(trace, replay.Options{Name: "R"})
	for range 2 {
		first, err := again.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := first.(reader.Stripe).Track2()
		if got.PAN.Brand() != card.Mastercard || !got.PAN.IsPublishedTest() || got.Expiry != "3112" || got.ServiceCode != "201" {
			t.Errorf("the stripe is %v, %s, %s", got, got.Expiry, got.ServiceCode)
		}
		_ = first.Close() // likewise
		second, err := again.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if chip, ok := second.(reader.Chip); !ok || chip.Contactless() || len(chip.ATR()) != 9 {
			t.Errorf("the second card is a %T", second)
		}
		_ = second.Close() // likewise
	}
}

// A device that is recorded is as good as one that is not; and what the suite said to it
// can be said to its trace.
func TestSuite(t *testing.T) {
	traces := map[string]*replay.Trace{}
	inserted := map[string][]int{} // sessions that were over when a card was put in
	readertest.Run(t, func(t *testing.T) readertest.Bench {
		device := virtual.NewReader(nil)
		recorder := replay.Record(device, time.Now)
		t.Cleanup(func() { traces[t.Name()] = recorder.Trace() })
		return readertest.Bench{
			Reader: recorder,
			Insert: func() {
				inserted[t.Name()] = append(inserted[t.Name()], len(recorder.Trace().Sessions))
				device.Insert(virtual.NewCard(virtual.Visa()))
			},
			Remove: device.Remove,
		}
	})
	t.Run("again", func(t *testing.T) {
		readertest.Run(t, func(t *testing.T) readertest.Bench {
			name := strings.Replace(t.Name(), "/again", "", 1)
			// The commands of eight at once come in another order each time.
			device, nth := replay.NewReader(nil, replay.Options{AnyOrder: true}), 0
			return readertest.Bench{
				Reader: device,
				Insert: func() {
					device.Insert(&replay.Trace{Sessions: traces[name].Sessions[inserted[name][nth]:]})
					nth++
				},
				Remove: device.Remove,
			}
		})
	})
}

func selectDirectory() []byte { return []byte("\x00\xA4\x04\x00\x0E1PAY.SYS.DDF01\x00") }
