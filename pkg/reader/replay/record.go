package replay

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/tillworks/till/pkg/reader"
)

// Recorder is a reader that keeps what is said to the cards of another. Make one with
// [Record].
type Recorder struct {
	reader.Reader
	now func() time.Time

	mu    sync.Mutex
	trace Trace
	count int
}

// Record is the device, with everything that is said to its cards kept in memory until
// [Recorder.Trace] is asked. now is the clock. Of more than [MaxExchanges] commands the
// first are kept.
func Record(device reader.Reader, now func() time.Time) *Recorder {
	return &Recorder{Reader: device, now: now}
}

// Wait implements [reader.Reader].
func (r *Recorder) Wait(ctx context.Context) (reader.Card, error) {
	c, err := r.Reader.Wait(ctx)
	if err != nil {
		return nil, err
	}
	s := Session{Reader: r.Name(), At: r.now()}
	switch c := c.(type) {
	case reader.Chip:
		s.ATR = c.ATR()
		return &recordedChip{Chip: c, recorder: r, begun: s.At, session: r.begin(s)}, nil
	case reader.Stripe:
		s.Track2 = c.Track2()
		r.begin(s)
	}
	return c, nil
}

// Trace is what was said so far, masked: see [Trace.Write].
func (r *Recorder) Trace() *Trace {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.trace.Masked()
}

// begin adds a session and gives its number; -1 where there are too many.
func (r *Recorder) begin(s Session) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.trace.Sessions) == maxSessions {
		r.trace.Cut = true
		return -1
	}
	r.trace.Sessions = append(r.trace.Sessions, s)
	return len(r.trace.Sessions) - 1
}

func (r *Recorder) add(session int, x Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if session < 0 || r.count == MaxExchanges {
		r.trace.Cut = true
		return
	}
	r.count++
	s := &r.trace.Sessions[session]
	s.Exchanges = append(s.Exchanges, x)
}

// recordedChip is a chip that is listened to.
type recordedChip struct {
	reader.Chip
	recorder *Recorder
	begun    time.Time
	session  int
}

// Transmit implements [reader.Chip]. What was not sent is not in the trace.
func (c *recordedChip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if ctx.Err() != nil {
		return c.Chip.Transmit(ctx, command)
	}
	x := Exchange{At: max(0, c.recorder.now().Sub(c.begun)), Command: bytes.Clone(command)}
	response, err := c.Chip.Transmit(ctx, command)
	if errors.Is(err, reader.ErrCommand) || errors.Is(err, reader.ErrClosed) {
		return response, err
	}
	x.Took = max(0, c.recorder.now().Sub(c.begun)-x.At)
	x.Response, x.Failure = bytes.Clone(response), failureOf(err, ctx.Err())
	c.recorder.add(c.session, x)
	return response, err
}

var (
	_ reader.Reader = (*Recorder)(nil)
	_ reader.Chip   = (*recordedChip)(nil)
)
