// Package readertest is the suite that every [reader.Reader] for chip cards passes,
// as testing/fstest has one for file systems. A device of your own is tested by
//
//	func TestReader(t *testing.T) {
//		readertest.Run(t, func(t *testing.T) readertest.Bench {
//			device := mydevice.New()
//			return readertest.Bench{Reader: device, Insert: device.Insert, Remove: device.Remove}
//		})
//	}
//
// The card in it must be an EMV contact card with a directory (1PAY.SYS.DDF01), be it
// the one of package virtual.
package readertest

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/reader"
)

// Bench is a device under test, with an empty slot, and the hand that works it.
type Bench struct {
	Reader reader.Reader
	Insert func() // puts the card in
	Remove func() // takes the card out
}

// Run checks that a device keeps to what package reader says of it. open is called for
// every test with its own t; cleaning up is its own affair, except that the suite
// closes the cards that it took and the reader.
//
// A test may take some seconds, since a service that polls its readers tells of a card
// late. Whatever takes more than 5 seconds fails.
func Run(t *testing.T, open func(t *testing.T) Bench) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *bench)
	}{
		{"the name stays the same", nameStays},
		{"a card in the slot is given", cardIsGiven},
		{"a card put in later wakes Wait", cardWakesWait},
		{"a deadline ends Wait", deadlineEndsWait},
		{"a cancellation ends Wait", cancellationEndsWait},
		{"closing the reader ends Wait", closingEndsWait},
		{"a closed reader gives nothing", closedReader},
		{"one card at a time", oneCardAtATime},
		{"one Wait at a time", oneWaitAtATime},
		{"a card closed is given again, reset", closedCardIsReset},
		{"a removed card says so", removedCard},
		{"a card put back is another stay", cardPutBack},
		{"a closed card says so", closedCard},
		{"a card outlives its reader", cardOutlivesReader},
		{"what is no command is refused", noCommand},
		{"an ended context sends nothing", endedContext},
		{"an unknown command is answered", unknownCommand},
		{"the caller owns the bytes", ownBytes},
		{"answers are not mixed up", answersNotMixedUp},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := &bench{Bench: open(t)}
			t.Cleanup(func() { _ = b.Reader.Close() }) // closed in the middle of some tests already
			c.test(t, b)
		})
	}
}

// patience is how long anything may take.
const patience = 5 * time.Second

// bench adds the checks that tests share.
type bench struct{ Bench }

func nameStays(t *testing.T, b *bench) {
	before := b.Reader.Name()
	b.Insert()
	b.take(t)
	if after := b.Reader.Name(); before == "" || after != before {
		t.Errorf("name %q with an empty slot, %q with a card, want one that is not empty", before, after)
	}
}

func cardIsGiven(t *testing.T, b *bench) {
	b.Insert()
	chip := b.take(t)
	if n := len(chip.ATR()); n < 2 || n > 33 {
		t.Errorf("answer to reset of %d bytes, want 2 to 33", n)
	}
	if chip.Contactless() {
		t.Error("a card in the slot calls itself contactless")
	}
	b.wantDirectory(t, chip)
}

func cardWakesWait(t *testing.T, b *bench) {
	got := b.waiting(context.Background())
	time.Sleep(50 * time.Millisecond)
	b.Insert()
	r := receive(t, got)
	if r.err != nil {
		t.Fatalf("Wait: %v", r.err)
	}
	if err := r.card.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func deadlineEndsWait(t *testing.T, b *bench) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	wantNoCard(t, receive(t, b.waiting(ctx)), context.DeadlineExceeded)
}

func cancellationEndsWait(t *testing.T, b *bench) {
	for _, after := range []time.Duration{0, time.Millisecond, 100 * time.Millisecond} {
		ctx, cancel := context.WithCancel(context.Background())
		got := b.waiting(ctx)
		time.Sleep(after)
		asked := time.Now()
		cancel()
		wantNoCard(t, receive(t, got), context.Canceled)
		if took := time.Since(asked); took > 500*time.Millisecond {
			t.Errorf("cancelled after %v: Wait came back %v later, want at once", after, took)
		}
	}
}

func closingEndsWait(t *testing.T, b *bench) {
	got := b.waiting(context.Background())
	time.Sleep(50 * time.Millisecond)
	if err := b.Reader.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if r := receive(t, got); !errors.Is(r.err, reader.ErrClosed) {
		t.Errorf("Wait gave %v, %v, want ErrClosed", r.card, r.err)
	}
}

func closedReader(t *testing.T, b *bench) {
	b.Insert()
	for range 2 {
		if err := b.Reader.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if r := receive(t, b.waiting(context.Background())); !errors.Is(r.err, reader.ErrClosed) {
		t.Errorf("Wait gave %v, %v, want ErrClosed", r.card, r.err)
	}
}

func oneCardAtATime(t *testing.T, b *bench) {
	b.Insert()
	chip := b.take(t)
	if r := receive(t, b.waiting(context.Background())); !errors.Is(r.err, reader.ErrInUse) {
		t.Errorf("second Wait gave %v, %v, want ErrInUse", r.card, r.err)
	}
	b.wantDirectory(t, chip)
}

func oneWaitAtATime(t *testing.T, b *bench) {
	ctx, cancel := context.WithCancel(context.Background())
	first := b.waiting(ctx)
	time.Sleep(50 * time.Millisecond)
	if r := receive(t, b.waiting(context.Background())); !errors.Is(r.err, reader.ErrInUse) {
		t.Errorf("second Wait gave %v, %v, want ErrInUse", r.card, r.err)
	}
	cancel()
	wantNoCard(t, receive(t, first), context.Canceled)
	b.Insert()
	b.take(t)
}

func closedCardIsReset(t *testing.T, b *bench) {
	b.Insert()
	first := b.take(t)
	b.wantDirectory(t, first)
	if err := first.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	second := b.take(t)
	if sw := status(b.send(t, second, readDirectory()...)); isGood(sw) {
		t.Errorf("the directory reads %04X without being selected, so the card was not reset", sw)
	}
	b.wantDirectory(t, second)
}

func removedCard(t *testing.T, b *bench) {
	b.Insert()
	chip := b.take(t)
	b.wantDirectory(t, chip)
	b.Remove()
	for range 2 {
		if answer, err := chip.Transmit(context.Background(), selectDirectory()); !errors.Is(err, reader.ErrRemoved) {
			t.Errorf("Transmit gave %d bytes, %v, want ErrRemoved", len(answer), err)
		}
	}
	if err := chip.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func cardPutBack(t *testing.T, b *bench) {
	b.Insert()
	first := b.take(t)
	b.Remove()
	if _, err := first.Transmit(context.Background(), selectDirectory()); !errors.Is(err, reader.ErrRemoved) {
		t.Fatalf("Transmit: %v, want ErrRemoved", err)
	}
	b.Insert()
	if _, err := first.Transmit(context.Background(), selectDirectory()); !errors.Is(err, reader.ErrRemoved) {
		t.Errorf("Transmit after the card came back: %v, want ErrRemoved", err)
	}
	if err := first.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	b.wantDirectory(t, b.take(t))
}

func closedCard(t *testing.T, b *bench) {
	b.Insert()
	chip := b.take(t)
	for range 2 {
		if err := chip.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if _, err := chip.Transmit(context.Background(), selectDirectory()); !errors.Is(err, reader.ErrClosed) {
		t.Errorf("Transmit: %v, want ErrClosed", err)
	}
}

func cardOutlivesReader(t *testing.T, b *bench) {
	b.Insert()
	chip := b.take(t)
	if err := b.Reader.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	b.wantDirectory(t, chip)
}

func noCommand(t *testing.T, b *bench) {
	b.Insert()
	chip := b.take(t)
	for _, n := range []int{0, 1, 3, 262, 1000} {
		if _, err := chip.Transmit(context.Background(), make([]byte, n)); !errors.Is(err, reader.ErrCommand) {
			t.Errorf("command of %d bytes: %v, want ErrCommand", n, err)
		}
	}
	b.wantDirectory(t, chip)
}

func endedContext(t *testing.T, b *bench) {
	b.Insert()
	chip := b.take(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := chip.Transmit(ctx, selectDirectory()); !errors.Is(err, context.Canceled) {
		t.Errorf("Transmit: %v, want context.Canceled", err)
	}
	if sw := status(b.send(t, chip, readDirectory()...)); isGood(sw) {
		t.Errorf("the directory reads %04X, so the SELECT was sent", sw)
	}
}

func unknownCommand(t *testing.T, b *bench) {
	b.Insert()
	chip := b.take(t)
	if answer := b.send(t, chip, 0x00, 0x02, 0x00, 0x00); len(answer) != 2 || isGood(status(answer)) {
		t.Errorf("instruction 02: answer of %d bytes with status %04X, want two that are an error", len(answer), status(answer))
	}
	b.wantDirectory(t, chip)
}

func ownBytes(t *testing.T, b *bench) {
	b.Insert()
	chip := b.take(t)
	command := selectDirectory()
	answer := b.send(t, chip, command...)
	if !bytes.Equal(command, selectDirectory()) {
		t.Error("Transmit changed the command")
	}
	kept := bytes.Clone(answer)
	b.send(t, chip, 0x00, 0x02, 0x00, 0x00)
	if !bytes.Equal(answer, kept) {
		t.Error("a later Transmit changed an earlier response")
	}
	chip.ATR()[0] ^= 0xFF
	if first := chip.ATR()[0]; first != 0x3B && first != 0x3F {
		t.Errorf("ATR starts with %02X after the caller wrote into a copy", first)
	}
}

func answersNotMixedUp(t *testing.T, b *bench) {
	b.Insert()
	chip := b.take(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			command, want := selectDirectory(), true
			if i%2 == 1 {
				command, want = []byte{0x00, 0x02, 0x00, 0x00}, false
			}
			for range 25 {
				answer, err := chip.Transmit(context.Background(), command)
				if err != nil || isGood(status(answer)) != want {
					t.Errorf("instruction %02X: status %04X, %v", command[1], status(answer), err)
					return
				}
			}
		})
	}
	all.Wait()
}

// waited is what a Wait gave.
type waited struct {
	card reader.Card
	err  error
}

func (b *bench) waiting(ctx context.Context) <-chan waited {
	got := make(chan waited, 1)
	go func() {
		card, err := b.Reader.Wait(ctx)
		got <- waited{card, err}
	}()
	return got
}

func receive(t *testing.T, got <-chan waited) waited {
	t.Helper()
	select {
	case r := <-got:
		return r
	case <-time.After(patience):
		t.Fatalf("Wait did not come back in %v", patience)
		return waited{}
	}
}

// take waits for the card, and closes it when the test ends.
func (b *bench) take(t *testing.T) reader.Chip {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	card, err := b.Reader.Wait(ctx)
	if err != nil {
		t.Fatalf("Wait: %v", err)
	}
	t.Cleanup(func() { _ = card.Close() }) // closed by some tests already, or removed
	chip, ok := card.(reader.Chip)
	if !ok {
		t.Fatalf("Wait gave a %T, want a reader.Chip", card)
	}
	return chip
}

func (b *bench) send(t *testing.T, chip reader.Chip, command ...byte) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	answer, err := chip.Transmit(ctx, command)
	if err != nil {
		t.Fatalf("Transmit of instruction %02X: %v", command[1], err)
	}
	if len(answer) < 2 {
		t.Fatalf("Transmit of instruction %02X: answer of %d bytes, want status words", command[1], len(answer))
	}
	return answer
}

// wantDirectory selects the directory and reads it.
func (b *bench) wantDirectory(t *testing.T, chip reader.Chip) {
	t.Helper()
	if sw := status(b.send(t, chip, selectDirectory()...)); !isGood(sw) {
		t.Fatalf("SELECT of the directory: status %04X", sw)
	}
	if sw := status(b.send(t, chip, readDirectory()...)); !isGood(sw) {
		t.Fatalf("READ RECORD of the directory: status %04X", sw)
	}
}

func wantNoCard(t *testing.T, r waited, cause error) {
	t.Helper()
	if !errors.Is(r.err, reader.ErrNoCard) || !errors.Is(r.err, cause) {
		t.Errorf("Wait gave %v, %v, want ErrNoCard and %v", r.card, r.err, cause)
	}
}

func selectDirectory() []byte {
	return append(append([]byte{0x00, 0xA4, 0x04, 0x00, 14}, "1PAY.SYS.DDF01"...), 0)
}

func readDirectory() []byte { return []byte{0x00, 0xB2, 0x01, 0x0C, 0x00} }

// status is the status words at the end of an answer, 0 where there are none.
func status(answer []byte) uint16 {
	if len(answer) < 2 {
		return 0
	}
	return uint16(answer[len(answer)-2])<<8 | uint16(answer[len(answer)-1])
}

// isGood takes the procedure bytes of T=0, which tell of data to be fetched, for good.
func isGood(sw uint16) bool { return sw == 0x9000 || sw>>8 == 0x61 || sw>>8 == 0x6C }
