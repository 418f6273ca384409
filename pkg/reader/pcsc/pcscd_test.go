package pcsc_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsc"
	"github.com/tillworks/till/pkg/reader/pcsctest"
	"github.com/tillworks/till/pkg/reader/readertest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

func TestReader(t *testing.T) {
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

func open(t *testing.T, name string) *pcsc.Reader {
	t.Helper()
	device, err := pcsc.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return device
}
