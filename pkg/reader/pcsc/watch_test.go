//go:build windows || (cgo && (darwin || pcsc))

package pcsc_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/pcsc"
	"github.com/tillworks/till/pkg/reader/pcsctest"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// Cards come and go at two readers while a payment's connection is open beside it: each
// change is told once, in its order, with the card's answer to reset.
func TestWatch(t *testing.T) {
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		w := watch(t)
		w.want(t, pcsc.ReaderAdded, stack.Reader(0), nil)
		w.want(t, pcsc.ReaderAdded, stack.Reader(1), nil)
		visa, pair := virtual.NewCard(virtual.Visa()), virtual.NewCard(virtual.Pair())
		stack.Insert(0, visa)
		w.want(t, pcsc.CardInserted, stack.Reader(0), visa.ATR())
		chip := take(t, open(t, stack.Reader(0)))
		stack.Insert(1, pair)
		w.want(t, pcsc.CardInserted, stack.Reader(1), pair.ATR())
		stack.Remove(0)
		w.want(t, pcsc.CardRemoved, stack.Reader(0), nil)
		if err := chip.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		stack.Remove(1)
		w.want(t, pcsc.CardRemoved, stack.Reader(1), nil)
		if err := w.end(); !errors.Is(err, context.Canceled) {
			t.Errorf("Watch ended with %v, want context.Canceled", err)
		}
	})
}

// What somebody does not want to hear any more ends the watch, and so does a service
// that dies.
func TestWatchEnds(t *testing.T) {
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		enough := errors.New("enough")
		if err := pcsc.Watch(t.Context(), func(pcsc.Event) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("Watch ended with %v, want the error of its listener", err)
		}
		w := watch(t)
		w.want(t, pcsc.ReaderAdded, stack.Reader(0), nil)
		stack.Stop()
		select {
		case err := <-w.ended:
			if !errors.Is(err, pcsc.ErrNoService) {
				t.Errorf("Watch ended with %v, want ErrNoService", err)
			}
		case <-time.After(patience):
			t.Error("Watch goes on without a service")
		}
	})
}

// The readers and what is in them, and that a payment holds one for itself.
func TestReaders(t *testing.T) {
	pcsctest.Run(t, func(t *testing.T, stack *pcsctest.Stack) {
		card := virtual.NewCard(virtual.Visa())
		stack.Insert(0, card)
		chip := take(t, open(t, stack.Reader(0)))
		all, err := pcsc.Readers()
		if err != nil || len(all) != 2 {
			t.Fatalf("%d readers, %v, want 2", len(all), err)
		}
		first, second := all[0], all[1]
		if first.Name != stack.Reader(0) || !first.Card || !first.Exclusive || !first.InUse || first.Mute || !slices.Equal(first.ATR, card.ATR()) {
			t.Errorf("the reader of the payment: %+v", first)
		}
		if second.Name != stack.Reader(1) || second.Card || second.InUse || second.ATR != nil {
			t.Errorf("the empty reader: %+v", second)
		}
		if err := chip.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		stack.Stop()
		if _, err := pcsc.Readers(); !errors.Is(err, pcsc.ErrNoService) || !errors.Is(err, reader.ErrNoReader) {
			t.Errorf("without a service: %v, want ErrNoService", err)
		}
	})
}

const patience = 5 * time.Second

// watching is a Watch under way.
type watching struct {
	events chan pcsc.Event
	ended  chan error
	cancel context.CancelFunc
}

func watch(t *testing.T) *watching {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w := &watching{events: make(chan pcsc.Event, 16), ended: make(chan error, 1), cancel: cancel}
	t.Cleanup(cancel)
	go func() { w.ended <- pcsc.Watch(ctx, func(e pcsc.Event) error { w.events <- e; return nil }) }()
	return w
}

func (w *watching) want(t *testing.T, change pcsc.Change, name string, atr []byte) {
	t.Helper()
	select {
	case e := <-w.events:
		if e.Change != change || e.Reader != name || !slices.Equal(e.ATR, atr) {
			t.Fatalf("got %s at %q with ATR %X, want %s at %q with %X", e.Change, e.Reader, e.ATR, change, name, atr)
		}
	case err := <-w.ended:
		t.Fatalf("Watch ended with %v, want %s", err, change)
	case <-time.After(patience):
		t.Fatalf("nothing in %v, want %s at %q", patience, change, name)
	}
}

func (w *watching) end() error {
	w.cancel()
	select {
	case err := <-w.ended:
		return err
	case <-time.After(patience):
		return errors.New("it goes on")
	}
}
