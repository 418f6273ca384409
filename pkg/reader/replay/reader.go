package replay

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/tillworks/till/pkg/reader"
)

// Options say how a trace is played back. The zero Options want the commands in their
// order and answer at once.
type Options struct {
	// Name is the name of the reader, "replay" where it is empty.
	Name string
	// AnyOrder takes each recorded command whenever it comes, once: for a terminal that
	// asks for the same things in another order.
	AnyOrder bool
	// Timed answers no sooner than the card did.
	Timed bool
}

// Reader is a device whose cards say again what they said. Make one with [NewReader]; it
// is safe for concurrent use.
type Reader struct {
	options Options

	mu      sync.Mutex
	changed chan struct{} // closed and made anew at every change that Wait looks at
	slot    *stay         // what is in the reader, or nil
	busy    bool          // a Wait is under way, or a card was given and is not closed
	closed  bool
}

// stay is one trace's time in the reader.
type stay struct {
	trace *Trace
	next  int           // session that the next Wait gives
	left  chan struct{} // closed when the card leaves
}

// NewReader makes a reader with the card of the trace in it, or with none for nil. Each
// Wait gives the next session of the trace, and after the last the first again.
func NewReader(t *Trace, o Options) *Reader {
	if o.Name == "" {
		o.Name = "replay"
	}
	r := &Reader{options: o, changed: make(chan struct{})}
	if t != nil {
		r.Insert(t)
	}
	return r
}

// Name implements [reader.Reader].
func (r *Reader) Name() string { return r.options.Name }

// Insert puts the card of a trace into the reader; what is in it is taken out first. A
// trace without sessions is an empty reader.
func (r *Reader) Insert(t *Trace) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.empty()
	if len(t.Sessions) > 0 {
		r.slot = &stay{trace: t, left: make(chan struct{})}
	}
	r.tell()
}

// Remove takes the card out, if there is one.
func (r *Reader) Remove() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.empty()
}

// Wait implements [reader.Reader].
func (r *Reader) Wait(ctx context.Context) (reader.Card, error) {
	if err := r.begin(); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Name(), err)
	}
	c, err := r.wait(ctx)
	if err != nil {
		r.release()
		return nil, fmt.Errorf("%s: %w", r.Name(), err)
	}
	return c, nil
}

// Close implements [reader.Reader].
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.tell()
	return nil
}

func (r *Reader) begin() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy {
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

func (r *Reader) wait(ctx context.Context) (reader.Card, error) {
	for {
		c, changed, err := r.take()
		if c != nil || err != nil {
			return c, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", reader.ErrNoCard, ctx.Err())
		}
	}
}

// take gives what is there now, or the channel that tells of the next change.
func (r *Reader) take() (reader.Card, <-chan struct{}, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return nil, nil, reader.ErrClosed
	case r.slot == nil:
		return nil, r.changed, nil
	}
	s := r.slot.trace.Sessions[r.slot.next]
	r.slot.next = (r.slot.next + 1) % len(r.slot.trace.Sessions)
	if s.IsStripe() {
		return reader.NewStripe(s.Track2, r.release), nil, nil
	}
	c := &chip{device: r, stay: r.slot, script: newScript(s, r.options.AnyOrder), closed: make(chan struct{}), turn: make(chan struct{}, 1)}
	c.turn <- struct{}{}
	return c, nil, nil
}

// empty and tell want the lock to be held.
func (r *Reader) empty() {
	if r.slot != nil {
		close(r.slot.left)
		r.slot = nil
	}
}

func (r *Reader) tell() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// chip is a session that is played back.
type chip struct {
	device *Reader
	stay   *stay
	once   sync.Once
	closed chan struct{}
	turn   chan struct{} // holds one token: whoever has it may use what is below
	script *script
	gone   bool // the trace says that the card left, or that it was given up
}

// ATR implements [reader.Chip].
func (c *chip) ATR() []byte { return bytes.Clone(c.script.session.ATR) }

// Contactless implements [reader.Chip].
func (c *chip) Contactless() bool { return reader.ContactlessATR(c.script.session.ATR) }

// Transmit implements [reader.Chip]. A command that the trace does not have in its place
// is a *MismatchError; the place stays, so that another command may fit it. One that was
// not answered is not answered until ctx ends.
func (c *chip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	response, err := c.transmit(ctx, command)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.device.Name(), err)
	}
	return response, nil
}

func (c *chip) transmit(ctx context.Context, command []byte) ([]byte, error) {
	if err := reader.CheckCommand(command); err != nil {
		return nil, err
	}
	select {
	case <-c.turn:
	case <-c.closed:
		return nil, reader.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { c.turn <- struct{}{} }()
	if err := c.usable(ctx); err != nil {
		return nil, err
	}
	x, err := c.script.take(command)
	if err != nil {
		return nil, err
	}
	if err := c.sleep(ctx, x); err != nil {
		return nil, err
	}
	switch x.Failure {
	case NoFailure:
		return bytes.Clone(x.Response), nil
	case Removed:
		c.gone = true
	case Unanswered, Failed:
	}
	return nil, failed(x.Failure)
}

// Close implements [reader.Card].
func (c *chip) Close() error {
	c.once.Do(func() {
		close(c.closed)
		c.device.release()
	})
	return nil
}

func (c *chip) usable(ctx context.Context) error {
	select {
	case <-c.closed:
		return reader.ErrClosed
	default:
	}
	select {
	case <-c.stay.left:
		return reader.ErrRemoved
	default:
	}
	if c.gone {
		return reader.ErrRemoved
	}
	return ctx.Err()
}

// sleep is the time that the card takes; for ever where it did not answer.
func (c *chip) sleep(ctx context.Context, x Exchange) error {
	var answered <-chan time.Time
	switch {
	case x.Failure == Unanswered:
	case !c.device.options.Timed:
		return nil
	default:
		timer := time.NewTimer(x.Took)
		defer timer.Stop()
		answered = timer.C
	}
	select {
	case <-answered:
		return nil
	case <-c.stay.left:
		return reader.ErrRemoved
	case <-c.closed:
		return reader.ErrClosed
	case <-ctx.Done():
		c.gone = true // its answer is under way
		return ctx.Err()
	}
}

var (
	_ reader.Reader = (*Reader)(nil)
	_ reader.Chip   = (*chip)(nil)
)
