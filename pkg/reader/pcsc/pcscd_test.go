package pcsc_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsc"
	"github.com/tillworks/till/pkg/reader/pcsctest"
	"github.com/tillworks/till/pkg/reader/readertest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

func TestReader(t *testing.T) {
	t.Parallel()
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		card, slot := virtual.NewCard(virtual.Visa()), 0
		readertest.Run(t, func(t *testing.T) readertest.Bench {
			slot = 1 - slot // while one slot is in use, pcscd sees that the other is empty
			device, slot := open(t, stack.Reader(slot)), slot
			t.Cleanup(func() { stack.Remove(slot) })
			awaitEmpty(t, device)
			return readertest.Bench{
				Reader: device,
				Insert: func() { stack.Insert(slot, card) },
				Remove: func() { stack.Remove(slot) },
			}
		})
	})
}

func TestList(t *testing.T) {
	t.Parallel()
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		want := []string{stack.Reader(0), stack.Reader(1)}
		got, err := pcsc.List()
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("List gave %q, %v, want %q", got, err, want)
		}
		if _, err := pcsc.Open("Omnikey"); !errors.Is(err, reader.ErrNoReader) {
			t.Errorf("Open of a reader that is not there: %v, want ErrNoReader", err)
		}
		if got := open(t, "virtual 00 01").Name(); got != want[1] {
			t.Errorf("a part of a name opened %q, want %q", got, want[1])
		}
	})
}

// Two programs, here two readers of one device: the second is told, and hurts nothing.
func TestSharing(t *testing.T) {
	t.Parallel()
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		stack.Insert(0, virtual.NewCard(virtual.Visa()))
		chip := take(t, open(t, stack.Reader(0)))
		other := open(t, stack.Reader(0))
		if _, err := other.Wait(t.Context()); !errors.Is(err, reader.ErrInUse) {
			t.Errorf("Wait: %v, want ErrInUse", err)
		}
		if answer, err := chip.Transmit(t.Context(), selectDirectory()); err != nil || !bytes.HasSuffix(answer, []byte{0x90, 0x00}) {
			t.Errorf("Transmit: %d bytes, %v", len(answer), err)
		}
		if err := chip.Close(); err != nil {
			t.Fatal(err)
		}
		if err := take(t, other).Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestMuteCard(t *testing.T) {
	t.Parallel()
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		stack.Insert(0, muteCard{})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := open(t, stack.Reader(0)).Wait(ctx); !errors.Is(err, reader.ErrMute) {
			t.Errorf("Wait: %v, want ErrMute", err)
		}
	})
}

// A command that takes too long is given up. Its answer belongs to nobody, so the card
// takes no other before it was closed and given again.
func TestGivenUpCommand(t *testing.T) {
	t.Parallel()
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		card := &slowCard{Card: virtual.NewCard(virtual.Visa()), release: make(chan struct{})}
		stack.Insert(0, card)
		device := open(t, stack.Reader(0))
		chip := take(t, device)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := chip.Transmit(ctx, selectDirectory()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Transmit: %v, want context.DeadlineExceeded", err)
		}
		again, cancelAgain := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancelAgain()
		if _, err := chip.Transmit(again, selectDirectory()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Transmit behind it: %v, want context.DeadlineExceeded", err)
		}
		if err := chip.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if _, err := device.Wait(t.Context()); !errors.Is(err, reader.ErrInUse) {
			t.Errorf("Wait before the answer came: %v, want ErrInUse", err)
		}
		close(card.release)
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
			next, err := device.Wait(t.Context())
			if err == nil {
				_ = next.Close() // it was there to see that it is given
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("Wait after the answer came: %v", err)
			}
		}
	})
}

// The service dies in the middle of a session, and is not there afterwards.
func TestServiceStops(t *testing.T) {
	t.Parallel()
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		stack.Insert(0, virtual.NewCard(virtual.Visa()))
		device, other := open(t, stack.Reader(0)), open(t, stack.Reader(1))
		chip := take(t, device)
		waiting := make(chan error, 1)
		go func() {
			_, err := other.Wait(context.Background())
			waiting <- err
		}()
		time.Sleep(50 * time.Millisecond)
		stack.Stop()
		if err := <-waiting; err == nil || errors.Is(err, reader.ErrNoCard) {
			t.Errorf("Wait in progress: %v, want a fault of the service", err)
		}
		if _, err := chip.Transmit(t.Context(), selectDirectory()); err == nil {
			t.Error("Transmit works without a service")
		}
		_ = chip.Close() // whatever it says, it must come back
		_, listErr := pcsc.List()
		_, waitErr := device.Wait(t.Context())
		for doing, err := range map[string]error{"List": listErr, "Wait": waitErr} {
			if !errors.Is(err, pcsc.ErrNoService) || !errors.Is(err, reader.ErrNoReader) {
				t.Errorf("%s: %v, want ErrNoService and ErrNoReader", doing, err)
			}
		}
	})
}

// muteCard says nothing that is an answer to reset.
type muteCard struct{}

func (muteCard) ATR() []byte        { return []byte{0xFF} }
func (muteCard) Reset()             {}
func (muteCard) Exec([]byte) []byte { return []byte{0x6F, 0x00} }

// slowCard answers when it is told to.
type slowCard struct {
	*virtual.Card
	release chan struct{}
}

func (c *slowCard) Exec(apdu []byte) []byte {
	<-c.release
	return c.Card.Exec(apdu)
}

func take(t testing.TB, device reader.Reader) reader.Chip {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	card, err := device.Wait(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return card.(reader.Chip)
}

func selectDirectory() []byte { return []byte("\x00\xA4\x04\x00\x0E1PAY.SYS.DDF01\x00") }

// awaitEmpty waits until pcscd knows that the card of the last test is gone.
func awaitEmpty(t *testing.T, device reader.Reader) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		card, err := device.Wait(ctx)
		cancel()
		if errors.Is(err, reader.ErrNoCard) {
			return
		}
		if err == nil {
			_ = card.Close() // a card that left already
		}
		if time.Now().After(deadline) {
			t.Fatalf("the slot is not empty: %v", err)
		}
	}
}

func open(t testing.TB, name string) *pcsc.Reader {
	t.Helper()
	device, err := pcsc.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return device
}
