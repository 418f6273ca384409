package faults

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// How long the host may take, and the network.
const (
	hostTimeout = 10 * time.Second
	quickest    = 20 * time.Millisecond
	slowest     = 40 * time.Millisecond
	latest      = 60 * time.Second // after the time-out
)

// Fates of a message, in the order of their chances.
const (
	arrives = iota
	lost
	late
	twice
	overtaken
	cutShort
	closedBefore
	closedWithin
	closedAfter
	flipped
	wrongCode // of messages that have one
)

func fateWords() []string {
	return []string{
		"arrives", "is lost", "comes after the time-out", "comes twice", "is overtaken", "is cut short", "is not sent: the connection broke",
		"breaks off in the middle, and the connection with it", "is the last before the connection breaks",
		"has bits flipped", "has a wrong authentication code",
	}
}

// chances are those of lost, late and so on, in a thousand.
func requestChances() []int { return []int{150, 50, 100, 20, 15, 10, 10, 10, 10, 10} }
func answerChances() []int  { return []int{150, 50, 100, 20, 15, 0, 10, 10, 20, 10} }

// line is the network between the tills and the host, in memory.
type line struct {
	s       *schedule
	spec    *iso8583.Spec
	framing link.Framing
	handler link.Handler
	calls   chan net.Conn
	closing chan struct{}
	once    sync.Once
}

// Accept implements net.Listener.
func (l *line) Accept() (net.Conn, error) {
	select {
	case c := <-l.calls:
		return c, nil
	case <-l.closing:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *line) Close() error {
	l.once.Do(func() { close(l.closing) })
	return nil
}

// Addr implements net.Listener.
func (l *line) Addr() net.Addr { return address{} }

type address struct{}

func (address) Network() string { return "memory" }
func (address) String() string  { return "host" }

// dial makes a connection of a till, unless the host takes none just now.
func (l *line) dial(ctx context.Context, m *machine) (net.Conn, error) {
	if f, _ := l.s.dice.fate(m.command, dialling, []int{20}); f != 0 {
		l.s.tell(m, "the host takes no connection")
		return nil, errors.New("connection refused")
	}
	near, far := newEnd(l, m, true), newEnd(l, m, false)
	near.peer, far.peer = far, near
	select {
	case l.calls <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// end is one end of a connection.
type end struct {
	line    *line
	machine *machine
	toHost  bool // what is written here goes to the host
	peer    *end

	mu      sync.Mutex
	changed *sync.Cond
	arrived []byte
	over    error // nothing more comes
	expired bool  // the deadline of reading has passed
}

func newEnd(l *line, m *machine, toHost bool) *end {
	e := &end{line: l, machine: m, toHost: toHost}
	e.changed = sync.NewCond(&e.mu)
	return e
}

// Read implements net.Conn.
func (e *end) Read(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.arrived) == 0 && e.over == nil && !e.expired {
		e.changed.Wait()
	}
	switch {
	case e.expired:
		return 0, os.ErrDeadlineExceeded
	case len(e.arrived) > 0:
		n := copy(p, e.arrived)
		e.arrived = e.arrived[n:]
		return n, nil
	}
	return 0, e.over
}

// Write implements net.Conn: each call is one frame, and has one fate.
func (e *end) Write(p []byte) (int, error) {
	if e.isOver() {
		return 0, net.ErrClosed
	}
	return e.line.carry(e, append([]byte(nil), p...))
}

// Close implements net.Conn.
func (e *end) Close() error {
	e.finish(net.ErrClosed)
	e.peer.finish(io.EOF)
	return nil
}

func (e *end) isOver() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.over != nil
}

func (e *end) finish(why error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over == nil {
		e.over = why
	}
	e.changed.Broadcast()
}

// take is what arrives; false if nobody is there any more.
func (e *end) take(p []byte) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over != nil {
		return false
	}
	e.arrived = append(e.arrived, p...)
	e.changed.Broadcast()
	return true
}

// SetReadDeadline implements net.Conn; a deadline is the past or none.
func (e *end) SetReadDeadline(t time.Time) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.expired = !t.IsZero()
	e.changed.Broadcast()
	return nil
}

// LocalAddr implements net.Conn.
func (e *end) LocalAddr() net.Addr { return address{} }

// RemoteAddr implements net.Conn.
func (e *end) RemoteAddr() net.Addr { return address{} }

// SetDeadline implements net.Conn.
func (e *end) SetDeadline(t time.Time) error { return e.SetReadDeadline(t) }

// SetWriteDeadline implements net.Conn; a write never waits.
func (e *end) SetWriteDeadline(time.Time) error { return nil }

// carry takes one frame to the other end, or to its fate.
func (l *line) carry(e *end, frame []byte) (int, error) {
	chances, kind := answerChances(), answer
	if e.toHost {
		chances, kind = requestChances(), request
	}
	f, r := l.s.dice.fate(e.machine.command, kind, chances)
	if f == wrongCode && !l.isProved(frame) {
		f = arrives
	}
	delay := between(r, quickest, slowest)
	if f != arrives {
		l.s.tell(e.machine, "%s: it %s", l.name(e, frame), fateWords()[f])
	}
	switch f {
	case lost:
		return len(frame), nil
	case late:
		delay = hostTimeout + between(r, time.Second, latest)
	case twice:
		l.deliver(e, frame, delay+between(r, time.Millisecond, 2*hostTimeout))
	case overtaken:
		delay = between(r, slowest, 2*hostTimeout)
	case cutShort:
		frame = l.cut(frame, r)
	case closedBefore:
		_ = e.Close()
		return 0, errors.New("connection reset")
	case closedWithin:
		l.deliver(e, frame[:1+r.IntN(len(frame)-1)], delay)
		l.closeAfter(e, delay)
		return len(frame), nil
	case closedAfter:
		l.closeAfter(e, delay)
	case flipped:
		frame = l.s.w.mutant.spoilt(e, l.flip(frame, r))
	case wrongCode:
		frame[len(frame)-1-r.IntN(codeLength)] ^= 1 << r.IntN(8)
	}
	l.deliver(e, frame, delay)
	return len(frame), nil
}

func between(r *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(r.Int64N(int64(to-from)))
}

// deliver brings bytes to the other end after a while. A request whose connection is gone
// by then was in the network already and reaches the host all the same; nobody hears the
// answer.
func (l *line) deliver(e *end, p []byte, after time.Duration) {
	time.AfterFunc(after, func() {
		if e.peer.take(p) || !e.toHost {
			return
		}
		if m := l.message(p); m != nil {
			_, _ = l.handler.ServeISO(context.Background(), m)
		}
	})
}

func (l *line) closeAfter(e *end, after time.Duration) {
	time.AfterFunc(after+time.Microsecond, func() { _ = e.Close() })
}

// codeLength is how many bytes the authentication code is, the last of a message.
const codeLength = 8

// body is the message in a frame, as bytes; empty if there is none.
func (l *line) body(frame []byte) []byte {
	body, err := l.framing.ReadFrame(bytes.NewReader(frame))
	if err != nil {
		return nil
	}
	return body
}

// message is the message of a frame, nil if it holds none.
func (l *line) message(frame []byte) *iso8583.Message {
	m, err := l.spec.Unpack(l.body(frame))
	if err != nil {
		return nil
	}
	return m
}

// isProved reports a frame whose message has an authentication code.
func (l *line) isProved(frame []byte) bool {
	field := l.s.w.profile.Code.Field
	if field == "" {
		return false
	}
	m := l.message(frame)
	return m != nil && m.Has(field)
}

// cut takes bytes off the end of a message, in a frame that is whole: its length, of two
// bytes in every profile, is what is left.
func (l *line) cut(frame []byte, r *rand.Rand) []byte {
	short := frame[:len(frame)-1-r.IntN(min(20, len(l.body(frame))-4))]
	binary.BigEndian.PutUint16(short, uint16(len(short)-2))
	return short
}

// flip spoils a message on its way. Where it is proved one bit is flipped, wherever, and
// often enough in its response code: its code covers every one. Where it is not, nothing but the reading of the message stands
// against it, and what that cannot see nobody can. So it is spoilt as the fate "garble" of
// the simulator's scripts spoils an answer, with all bits of four bytes in a row: of text
// and of packed digits nothing is left that could be read. Where it could all the same, as
// in the chip's data, the next four bytes are taken.
func (l *line) flip(frame []byte, r *rand.Rand) []byte {
	body := len(l.body(frame))
	at := len(frame) - body + r.IntN(body)
	if l.isProved(frame) {
		if m := l.message(frame); m.Has("39") && r.IntN(2) == 0 {
			code := []byte(m.Value("39"))
			code[r.IntN(len(code))] ^= 1 << r.IntN(3)
			if changed, err := l.changed(frame, m, "39", code); err == nil {
				return changed
			}
		}
		frame[at] ^= 1 << r.IntN(8)
		return frame
	}
	const garbled = 4
	for range body {
		spoilt := bytes.Clone(frame)
		for i := at; i < min(len(frame), at+garbled); i++ {
			spoilt[i] ^= 0xFF
		}
		if l.message(spoilt) == nil {
			return spoilt
		}
		if at++; at == len(frame) {
			at -= body
		}
	}
	return frame
}

// changed is the frame of a message with another value in a field.
func (l *line) changed(frame []byte, m *iso8583.Message, path string, value []byte) ([]byte, error) {
	if err := m.SetBytes(path, value); err != nil {
		return nil, err
	}
	body, err := m.Pack()
	if err != nil {
		return nil, err
	}
	whole := append(frame[:len(frame)-len(l.body(frame)):len(frame)-len(l.body(frame))], body...)
	binary.BigEndian.PutUint16(whole, uint16(len(whole)-2))
	return whole, nil
}

// name is a message in the words of the trade.
func (l *line) name(e *end, frame []byte) string {
	m := l.message(frame)
	if m == nil {
		return "a message"
	}
	return string(m.MTI()) + " " + m.Value("11")
}
