package virtual_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// What every reader must do is tested by package readertest; here is what this one adds.

func TestSwipes(t *testing.T) {
	device := virtual.NewStripe(virtual.ChipStripe())
	device.Swipe(virtual.PlainStripe())
	for _, want := range []struct {
		code    card.ServiceCode
		hasChip bool
	}{{"201", true}, {"101", false}} {
		track := takeStripe(t, device)
		if track.ServiceCode != want.code || track.ServiceCode.HasChip() != want.hasChip {
			t.Errorf("service code %s, want %s", track.ServiceCode, want.code)
		}
		if !track.PAN.LuhnValid() || !track.PAN.IsPublishedTest() || track.Expiry != "3112" {
			t.Errorf("track of %v to %s, want a test number to 3112", track.PAN, track.Expiry)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := device.Wait(ctx); !errors.Is(err, reader.ErrNoCard) {
		t.Errorf("third Wait: %v, want ErrNoCard: a swipe is given once", err)
	}
}

// A dead chip is told, as long as the card is there; the stripe of the same card goes
// through the same device.
func TestMuteCard(t *testing.T) {
	p := virtual.Visa()
	p.Mute = true
	device := virtual.NewReader(virtual.NewCard(p))
	for range 2 {
		if got, err := device.Wait(t.Context()); !errors.Is(err, reader.ErrMute) {
			t.Errorf("Wait gave %v, %v, want ErrMute", got, err)
		}
	}
	device.Remove()
	device.Swipe(virtual.ChipStripe())
	takeStripe(t, device)
}

// A chip that breaks in the middle of a payment comes out, and its stripe goes through.
func TestSwipeAfterChip(t *testing.T) {
	c := virtual.NewCard(virtual.Visa())
	c.RemoveAt(1)
	device := virtual.NewReader(c)
	chip := takeChip(t, device)
	if _, err := chip.Transmit(t.Context(), unhex(t, selectPSE)); !errors.Is(err, reader.ErrRemoved) {
		t.Fatalf("Transmit: %v, want ErrRemoved", err)
	}
	if err := chip.Close(); err != nil {
		t.Fatal(err)
	}
	device.Swipe(virtual.ChipStripe())
	if track := takeStripe(t, device); track.ServiceCode != "201" {
		t.Errorf("service code %s, want 201", track.ServiceCode)
	}
}

func TestSwipeWakesWait(t *testing.T) {
	device := virtual.NewReader(nil)
	var all sync.WaitGroup
	all.Go(func() { takeStripe(t, device) })
	time.Sleep(10 * time.Millisecond)
	device.Swipe(virtual.PlainStripe())
	all.Wait()
}

func TestAnotherCardTakesTheSlot(t *testing.T) {
	device := virtual.NewReader(virtual.NewCard(virtual.Visa()))
	first := takeChip(t, device)
	device.Insert(virtual.NewCard(virtual.Pair()))
	if _, err := first.Transmit(t.Context(), unhex(t, selectPSE)); !errors.Is(err, reader.ErrRemoved) {
		t.Errorf("Transmit: %v, want ErrRemoved", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if got := hexOf(takeChip(t, device).ATR()); got != "3B600000" {
		t.Errorf("ATR %s, want that of the other card", got)
	}
}

// The card leaves while commands are under way: each is answered or says so, none hangs.
func TestRemovalInTheMiddle(t *testing.T) {
	device := virtual.NewReader(nil)
	for range 50 {
		device.Insert(virtual.NewCard(virtual.Visa()))
		chip := takeChip(t, device)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				for {
					answer, err := chip.Transmit(t.Context(), unhex(t, selectPSE))
					if errors.Is(err, reader.ErrRemoved) {
						return
					}
					if err != nil || len(answer) < 2 {
						t.Errorf("answer of %d bytes, %v", len(answer), err)
						return
					}
				}
			})
		}
		device.Remove()
		device.Remove() // of an empty slot does nothing
		all.Wait()
		if err := chip.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A card keeps its counters from one reader to the next, as plastic does.
func TestCardBelongsToNoReader(t *testing.T) {
	c := virtual.NewCard(virtual.Visa())
	for want := byte(0x42); want < 0x45; want++ {
		chip := takeChip(t, virtual.NewReader(c))
		for _, command := range []string{selectAID(virtual.Visa().Applications[0]), options} {
			if _, err := chip.Transmit(t.Context(), unhex(t, command)); err != nil {
				t.Fatal(err)
			}
		}
		answer, err := chip.Transmit(t.Context(), unhex(t, getATC))
		if err != nil || len(answer) != 7 || answer[4] != want {
			t.Errorf("counter: %X, %v, want %02X at its end", answer, err, want)
		}
		if err := chip.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func takeStripe(t *testing.T, device reader.Reader) card.Track2 {
	t.Helper()
	s, ok := take(t, device).(reader.Stripe)
	if !ok {
		t.Error("not a stripe")
		return card.Track2{}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	return s.Track2()
}

func takeChip(t *testing.T, device reader.Reader) reader.Chip {
	t.Helper()
	chip, ok := take(t, device).(reader.Chip)
	if !ok {
		t.Fatal("not a chip")
	}
	return chip
}

func take(t *testing.T, device reader.Reader) reader.Card {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	got, err := device.Wait(ctx)
	if err != nil {
		t.Errorf("Wait: %v", err)
		return nil
	}
	t.Cleanup(func() { _ = got.Close() }) // closed by some tests already
	return got
}
