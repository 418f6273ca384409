package reader_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

func TestFrame(t *testing.T) {
	for _, c := range []struct{ name, command, t0 string }{
		{"case 1", "00A40400", "00A4040000"},
		{"case 2", "00B2010C00", "00B2010C00"},
		{"case 3", "0020008002AABB", "0020008002AABB"},
		{"case 4", "00A4040002AABB00", "00A4040002AABB"},
		{"not a command", "00A4", "00A4"},
		{"Lc too long", "00A4040003AABB", "00A4040003AABB"},
		{"Lc too short", "00A4040001AABBCC", "00A4040001AABBCC"},
		{"nothing", "", ""},
	} {
		command := unhex(t, c.command)
		if got := reader.Frame(reader.T1, command); !bytes.Equal(got, command) {
			t.Errorf("%s under T=1: got %X, want it unchanged", c.name, got)
		}
		if got := reader.Frame(reader.T0, command); !bytes.Equal(got, unhex(t, c.t0)) {
			t.Errorf("%s under T=0: got %X, want %s", c.name, got, c.t0)
		}
		if !bytes.Equal(command, unhex(t, c.command)) {
			t.Errorf("%s: the command was changed", c.name)
		}
	}
}

// What Frame appends must not run into the bytes behind the caller's slice.
func TestFrameKeepsBytesBehind(t *testing.T) {
	whole := unhex(t, "00A40400FF")
	reader.Frame(reader.T0, whole[:4])
	if whole[4] != 0xFF {
		t.Error("the byte behind the command was overwritten")
	}
}

func TestContactlessATR(t *testing.T) {
	for atr, want := range map[string]bool{
		"3B80800101": true, // no historical bytes
		"3B8F8001804F0CA000000306030001000000006A": true, // a storage card of PC/SC part 3
		"3B8F8001804F0CA0000003060300010000006A":   false,
		"3B81800101":                               false, // one historical byte is told, none is there
		"3BE000FF81317C4192":                       false,
		"3B600000":                                 false,
		"":                                         false,
	} {
		if got := reader.ContactlessATR(unhex(t, atr)); got != want {
			t.Errorf("%s: got %v, want %v", atr, got, want)
		}
	}
}

func TestCheckCommand(t *testing.T) {
	for length, ok := range map[int]bool{0: false, 3: false, 4: true, 5: true, 261: true, 262: false} {
		err := reader.CheckCommand(bytes.Repeat([]byte{0x12}, length))
		if (err == nil) != ok || (err != nil && !errors.Is(err, reader.ErrCommand)) {
			t.Errorf("%d bytes: %v", length, err)
		}
	}
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte{0x00, 0xA4, 0x04, 0x00, 0x02, 0xAA, 0xBB, 0x00})
	f.Fuzz(func(t *testing.T, command []byte) {
		got := reader.Frame(reader.T0, command)
		if len(got) < len(command)-1 || len(got) > len(command)+1 {
			t.Fatalf("%d bytes became %d", len(command), len(got))
		}
		if n := min(len(got), len(command)); !bytes.Equal(got[:n], command[:n]) {
			t.Fatal("the bytes changed")
		}
	})
}

// Whatever device it is, what it gives is a chip or a stripe.
func Example() {
	device := virtual.NewReader(virtual.NewCard(virtual.Visa()))
	defer device.Close()
	device.Swipe(virtual.PlainStripe())
	for range 2 {
		card, err := device.Wait(context.Background())
		if err != nil {
			fmt.Println(err)
			return
		}
		switch c := card.(type) {
		case reader.Chip:
			fmt.Printf("chip, %X\n", c.ATR())
		case reader.Stripe:
			fmt.Println("stripe of", c.Track2().PAN)
		}
		card.Close()
	}
	// Output:
	// stripe of 411111******1111
	// chip, 3BE000FF81317C4192
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A stripe tells once that it was closed.
func TestNewStripe(t *testing.T) {
	closed := 0
	track := virtual.PlainStripe()
	s := reader.NewStripe(track, func() { closed++ })
	if got := s.Track2(); !got.PAN.Equal(track.PAN) || got.Expiry != track.Expiry {
		t.Error("the track is another")
	}
	for range 2 {
		if err := s.Close(); err != nil || closed != 1 {
			t.Errorf("Close: %v, told %d times, want once", err, closed)
		}
	}
	if err := reader.NewStripe(track, nil).Close(); err != nil {
		t.Error(err)
	}
}
