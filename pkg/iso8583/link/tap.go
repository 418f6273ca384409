package link

import (
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Direction is the way a message went, seen from the side that holds the tap.
type Direction uint8

// The directions. The zero Direction is neither.
const (
	Sent     Direction = iota + 1 // about to be written by this side
	Received                      // read from the other side
)

// String is "sent" or "received".
func (d Direction) String() string {
	switch d {
	case Sent:
		return "sent"
	case Received:
		return "received"
	}
	return fmt.Sprintf("direction %d", uint8(d))
}

// Frame is one message as a tap saw it. Its bytes are in clear (see "Taps" in the
// package documentation) and come out by Bytes alone: everything that formats a Frame
// gives its direction and its length.
type Frame struct {
	At        time.Time // by the clock that Stamp was given
	Direction Direction

	// A function, since fmt reads the unexported fields of a struct by reflection and
	// calls no method there: a slice would show, and so would what a pointer to one
	// points at.
	raw func() []byte
}

// Bytes is the message between its framing, in clear. It must not be changed.
func (f Frame) Bytes() []byte {
	if f.raw == nil {
		return nil
	}
	return f.raw()
}

// String tells the direction and the length.
func (f Frame) String() string { return fmt.Sprintf("%v, %d bytes", f.Direction, len(f.Bytes())) }

// GoString is String.
func (f Frame) GoString() string { return f.String() }

// Format implements fmt.Formatter: String for every verb.
func (f Frame) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(f.String())) }

// LogValue implements slog.LogValuer.
func (f Frame) LogValue() slog.Value { return slog.StringValue(f.String()) }

// Stamp makes a tap, for ClientConfig.Tap or Server.Tap, that hands to the caller each
// message with the time that now says when the tap is called.
func Stamp(now func() time.Time, to func(Frame)) func(Direction, []byte) {
	return func(d Direction, body []byte) { to(Frame{At: now(), Direction: d, raw: func() []byte { return body }}) }
}

// tap calls what the owner set, from one goroutine at a time.
type tap struct {
	mu sync.Mutex
	fn func(Direction, []byte)
}

func (t *tap) see(d Direction, body []byte) {
	if t.fn == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fn(d, body)
}
