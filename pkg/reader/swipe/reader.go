package swipe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/reader"
)

// Options say how a device types. The zero Options do for most.
type Options struct {
	// Name is the name of the device, "swipe" where it is empty.
	Name string
	// Pause is how long the device is silent in the middle of a swipe at most; after it
	// the swipe is over. 0 is half a second: readers type a character in some
	// milliseconds, people do not.
	Pause time.Duration
}

// Reader is a stripe reader. Make one with [NewReader].
type Reader struct {
	in      io.Reader
	name    string
	pause   time.Duration
	chunks  chan chunk    // what a read gave
	closing chan struct{} // closed by Close

	mu     sync.Mutex
	busy   bool // a Wait is under way, or a card was given and is not closed
	closed bool

	// Of the Wait under way alone.
	reading bool   // a read is out whose chunk was not taken yet
	rest    []byte // what came behind the last swipe
	skip    bool   // what comes up to a line end or a pause belongs to no swipe
	ended   error  // why nothing more comes
}

// chunk is what one read gave.
type chunk struct {
	text []byte
	err  error
}

// chunkSize is how much is read at once: a whole swipe.
const chunkSize = MaxLength

// NewReader takes swipes from in: a terminal without echo, a serial line, a file. It reads
// no further than a swipe at a time, and not before the first Wait. If in has a Close
// method, [Reader.Close] calls it; else a read that is out when the reader is closed takes
// one more chunk of what in gives.
func NewReader(in io.Reader, o Options) *Reader {
	r := &Reader{in: in, name: o.Name, pause: o.Pause, chunks: make(chan chunk, 1), closing: make(chan struct{})}
	if r.name == "" {
		r.name = "swipe"
	}
	if r.pause <= 0 {
		r.pause = 500 * time.Millisecond
	}
	return r
}

// Name implements [reader.Reader].
func (r *Reader) Name() string { return r.name }

// Wait implements [reader.Reader]. It gives a [reader.Stripe] for each swipe. What could
// not be read is an *Error, which wraps [reader.ErrStripe]; the next Wait begins behind
// it. At the end of the input the error is [reader.ErrNoReader].
func (r *Reader) Wait(ctx context.Context) (reader.Card, error) {
	if err := r.begin(); err != nil {
		return nil, fmt.Errorf("%s: %w", r.name, err)
	}
	typed, err := r.swipe(ctx)
	var track card.Track2
	if err == nil {
		track, err = Parse(typed)
	}
	if err != nil {
		r.release()
		return nil, fmt.Errorf("%s: %w", r.name, err)
	}
	return reader.NewStripe(track, r.release), nil
}

// Close implements [reader.Reader].
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	close(r.closing)
	if c, ok := r.in.(io.Closer); ok {
		if err := c.Close(); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	return nil
}

func (r *Reader) begin() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return reader.ErrClosed
	case r.busy:
		return fmt.Errorf("%w: it waits for a card or gave one that is not closed", reader.ErrInUse)
	}
	r.busy = true
	return nil
}

func (r *Reader) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy = false
}

// swipe gathers what is typed until a swipe is over.
func (r *Reader) swipe(ctx context.Context) (typed []byte, err error) {
	var s gathered
	defer func() { r.skip = r.skip || err != nil && s.pausing() }() // the rest of it is no swipe
	for {
		if err := r.over(ctx); err != nil {
			return nil, err
		}
		switch over, err := r.gather(&s); {
		case err != nil:
			return nil, err
		case over:
			return s.text, nil
		}
		if r.rest, err = r.more(ctx, s.pausing() || r.skip); err != nil {
			return nil, err
		}
		if len(r.rest) == 0 { // a pause, or the end
			r.skip = false
			if s.end() {
				return s.text, nil
			}
		}
	}
}

// gather puts what came to the swipe, up to its end.
func (r *Reader) gather(s *gathered) (over bool, err error) {
	for len(r.rest) > 0 {
		c := r.rest[0]
		r.rest = r.rest[1:]
		if r.skip {
			r.skip = !isLineEnd(c)
			continue
		}
		if s.add(c) {
			return true, nil
		}
		if len(s.text) > MaxLength {
			r.skip = true
			return false, &Error{Offset: MaxLength, Err: fmt.Errorf("%w: more than %d bytes", ErrTooLong, MaxLength)}
		}
	}
	return false, nil
}

// more waits for the next chunk. An empty one is a pause that ends a swipe, where one can,
// or the end of the input behind a swipe.
func (r *Reader) more(ctx context.Context, pausing bool) ([]byte, error) {
	if r.ended != nil {
		return nil, r.noMore(pausing)
	}
	if !r.reading {
		r.reading = true
		go r.read()
	}
	var pause <-chan time.Time
	if pausing {
		timer := time.NewTimer(r.pause)
		defer timer.Stop()
		pause = timer.C
	}
	select {
	case c := <-r.chunks:
		r.reading = false
		r.ended = c.err
		if len(c.text) == 0 {
			return nil, r.noMore(pausing)
		}
		return c.text, nil
	case <-pause:
		return nil, nil
	case <-ctx.Done():
		return nil, r.over(ctx)
	case <-r.closing:
		return nil, reader.ErrClosed
	}
}

// noMore is the end of the input. A swipe that was begun is looked at first.
func (r *Reader) noMore(pausing bool) error {
	switch {
	case pausing:
		return nil
	case errors.Is(r.ended, io.EOF):
		return fmt.Errorf("%w: nothing more comes", reader.ErrNoReader)
	}
	return fmt.Errorf("%w: %w", reader.ErrNoReader, r.ended)
}

// read does one read. A reader that gives nothing and no error is asked again, a hundred
// times at most.
func (r *Reader) read() {
	c := chunk{err: io.ErrNoProgress}
	buffer := make([]byte, chunkSize)
	for range 100 {
		n, err := r.in.Read(buffer)
		if n > 0 || err != nil {
			c = chunk{text: buffer[:max(0, min(n, len(buffer)))], err: err}
			break
		}
	}
	r.chunks <- c
}

// over is why the waiting ends, nil where it does not.
func (r *Reader) over(ctx context.Context) error {
	select {
	case <-r.closing:
		return reader.ErrClosed
	default:
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", reader.ErrNoCard, err)
	}
	return nil
}

// gathered is a swipe as far as it was typed.
type gathered struct{ text []byte }

// add takes a character and reports that the swipe is over: at the line end behind track
// 2, or behind anything that no track 2 can follow. What comes in front of a swipe, line
// ends and a track 3 that the swipe before left behind, is passed over.
func (g *gathered) add(c byte) (over bool) {
	switch {
	case len(g.text) == 0 && isSpace(c):
		return false
	case !isLineEnd(c):
		g.text = append(g.text, c)
		return false
	case g.text[0] == '%' && bytes.IndexByte(g.text, ';') < 0:
		g.text = append(g.text, c) // track 2 has a line of its own
		return false
	}
	return g.end()
}

// end reports that what was typed is a swipe, or should be one; a track 3 alone is the
// rest of the one before.
func (g *gathered) end() bool {
	if len(g.text) > 0 && trackOf(g.text[0]) == 3 {
		g.text = nil
	}
	return len(g.text) > 0
}

// pausing reports that something was typed, so that a pause ends it.
func (g *gathered) pausing() bool { return len(g.text) > 0 }

func isLineEnd(c byte) bool { return c == '\n' || c == '\r' }

var _ reader.Reader = (*Reader)(nil)
