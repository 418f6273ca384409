package swipe_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/swipe"
)

const other = ";5555555555554444=311210100000000000?"

// Each Wait gives the next swipe, however the bytes come and however a swipe ends.
func TestSwipes(t *testing.T) {
	for name, typed := range map[string]string{
		"a line each":          second + "\n" + other + "\n",
		"lines of Windows":     second + "\r\n" + other + "\r\n",
		"three tracks":         first + second + third + "\r" + "%E?" + other + "\r",
		"a line a track":       first + "\r\n" + second + "\r\n" + third + "\r\n" + other + "\r\n" + third + "\r\n",
		"no end at the end":    second + "\n" + other,
		"empty lines":          "\n\n" + second + "\n\n\n" + other + "\n\n",
		"spaces before a card": "  " + second + "\n\t" + other + "\n",
	} {
		for how, in := range map[string]io.Reader{
			"at once":            strings.NewReader(typed),
			"byte by byte":       iotest.OneByteReader(strings.NewReader(typed)),
			"the end with bytes": iotest.DataErrReader(strings.NewReader(typed)),
		} {
			device := swipe.NewReader(in, swipe.Options{})
			for _, want := range []string{"1111", "4444"} {
				if got := take(t, device); got.PAN.LastFour() != want {
					t.Errorf("%s, %s: the card ending in %s, want %s", name, how, got.PAN.LastFour(), want)
				}
			}
			for range 2 {
				if _, err := device.Wait(t.Context()); !errors.Is(err, reader.ErrNoReader) {
					t.Errorf("%s, %s: at the end %v, want ErrNoReader", name, how, err)
				}
			}
		}
	}
}

// A device that sends no line end: its swipe is over when it pauses.
func TestPauseEndsSwipe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device, typist := bench(t)
		go func() {
			for _, part := range []string{first[:9], first[9:], second[:5], second[5:]} {
				typist.types(part)
				time.Sleep(400 * time.Millisecond)
			}
		}()
		begun := time.Now()
		if got := take(t, device); got.PAN.LastFour() != "1111" {
			t.Errorf("the card ending in %s", got.PAN.LastFour())
		}
		if took := time.Since(begun); took != 1700*time.Millisecond {
			t.Errorf("the swipe was over after %v, want 3 times 400 ms and the pause", took)
		}
	})
}

// A swipe that stops in the middle is told as soon as the device pauses, and the next one
// is read as if nothing had been.
func TestFaultsBetweenSwipes(t *testing.T) {
	for _, c := range []struct {
		name, typed string
		want        error
	}{
		{"stops in the middle", second[:12], swipe.ErrIncomplete},
		{"not read", "%E?;E?\n", swipe.ErrUnread},
		{"somebody types", "hello\n", swipe.ErrNoSwipe},
		{"track 1 alone", first + "\n", swipe.ErrNoTrack2},
		{"more than any card holds", ";" + strings.Repeat("4", 10_000) + "?\n", swipe.ErrTooLong},
		{"rubbish without an end", strings.Repeat("x", 700), swipe.ErrTooLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				device, typist := bench(t)
				go func() {
					typist.types(c.typed)
					time.Sleep(time.Second)
					typist.types(other + "\n")
				}()
				if _, err := device.Wait(t.Context()); !errors.Is(err, c.want) || !errors.Is(err, reader.ErrStripe) {
					t.Errorf("%v, want %v", err, c.want)
				}
				if got := take(t, device); got.PAN.LastFour() != "4444" {
					t.Errorf("then the card ending in %s", got.PAN.LastFour())
				}
			})
		})
	}
}

// Whoever gives up in the middle of a swipe does not take the rest of it for another.
func TestGivenUpSwipe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device, typist := bench(t)
		go func() {
			typist.types(second[:10])
			time.Sleep(200 * time.Millisecond)
			typist.types(second[10:] + "\n" + other + "\n")
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := device.Wait(ctx); !errors.Is(err, reader.ErrNoCard) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want ErrNoCard and the deadline", err)
		}
		if got := take(t, device); got.PAN.LastFour() != "4444" {
			t.Errorf("then the card ending in %s", got.PAN.LastFour())
		}
	})
}

// What package reader says of every device.
func TestContract(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		device, typist := bench(t)
		if device.Name() != "swipe" {
			t.Errorf("name %q", device.Name())
		}
		waiting := make(chan error, 1)
		go func() {
			_, err := device.Wait(context.Background())
			waiting <- err
		}()
		synctest.Wait()
		if _, err := device.Wait(t.Context()); !errors.Is(err, reader.ErrInUse) {
			t.Errorf("a second Wait: %v, want ErrInUse", err)
		}
		typist.types(second + "\n")
		if err := <-waiting; err != nil {
			t.Errorf("Wait: %v", err)
		}
		if _, err := device.Wait(t.Context()); !errors.Is(err, reader.ErrInUse) {
			t.Errorf("a Wait before the card is closed: %v, want ErrInUse", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		device, typist := bench(t)
		waiting := make(chan error, 1)
		go func() {
			_, err := device.Wait(context.Background())
			waiting <- err
		}()
		synctest.Wait()
		for range 2 {
			if err := device.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
		if err := <-waiting; !errors.Is(err, reader.ErrClosed) {
			t.Errorf("Wait in progress: %v, want ErrClosed", err)
		}
		if _, err := device.Wait(t.Context()); !errors.Is(err, reader.ErrClosed) {
			t.Errorf("Wait: %v, want ErrClosed", err)
		}
		if !typist.closed {
			t.Error("the input was not closed")
		}
	})
}

// A line that breaks is told with its cause.
func TestBrokenLine(t *testing.T) {
	broken := errors.New("input/output error")
	device := swipe.NewReader(iotest.ErrReader(broken), swipe.Options{Name: "COM1"})
	_, err := device.Wait(t.Context())
	if !errors.Is(err, broken) || !errors.Is(err, reader.ErrNoReader) || !strings.Contains(err.Error(), "COM1") {
		t.Errorf("%v, want ErrNoReader of COM1 with its cause", err)
	}
	if _, err := swipe.NewReader(stuck{}, swipe.Options{}).Wait(t.Context()); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a line that gives nothing: %v, want io.ErrNoProgress", err)
	}
}

// stuck gives nothing and no error, against the rules of io.Reader.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// The error of a swipe never holds what was typed.
func TestErrorsHoldNoCard(t *testing.T) {
	for _, typed := range []string{first, second[:20], first + other, ";4111111111111111=9999?", second + "4111111111111111"} {
		if _, err := swipe.NewReader(strings.NewReader(typed), swipe.Options{}).Wait(t.Context()); err == nil || hasDigits(err.Error(), 4) {
			t.Errorf("%d characters: %v", len(typed), err)
		}
	}
}

func take(t *testing.T, device *swipe.Reader) card.Track2 {
	t.Helper()
	c, err := device.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	return c.(reader.Stripe).Track2()
}

// typist is a keyboard wedge.
type typist struct {
	*io.PipeReader
	out    *io.PipeWriter
	closed bool
}

func (k *typist) types(text string) { _, _ = io.WriteString(k.out, text) } // nobody reads after the test

func (k *typist) Close() error {
	k.closed = true
	return k.PipeReader.Close()
}

func bench(t *testing.T) (*swipe.Reader, *typist) {
	in, out := io.Pipe()
	k := &typist{PipeReader: in, out: out}
	device := swipe.NewReader(k, swipe.Options{})
	t.Cleanup(func() { _ = device.Close() })
	return device, k
}

func Example() {
	typed := "%B4111111111111111^TEST/CARD^31121010000000000000000?;4111111111111111=31121010000000000?\r\n"
	device := swipe.NewReader(strings.NewReader(typed), swipe.Options{Name: "counter"})
	defer device.Close()
	c, err := device.Wait(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	track := c.(reader.Stripe).Track2()
	fmt.Println(track, track.Expiry, track.ServiceCode)
	// Output:
	// 411111******1111=[hidden] 3112 101
}
