package virtual

import (
	"context"
	"fmt"
	"sync"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/reader"
)

// Reader is a device of software with a slot for a [Card] and a slit that a stripe is
// drawn through. Make one with [NewReader] or [NewStripe]; it is safe for concurrent
// use, so that a test can pull the card out in the middle of a payment.
type Reader struct {
	mu      sync.Mutex
	changed chan struct{} // closed and made anew at every change that Wait looks at
	slot    *stay         // the card in the slot, or nil
	swipes  []card.Track2 // drawn through and not taken yet
	busy    bool          // a Wait is under way, or a card was given and is not closed
	closed  bool
}

// stay is one card's time in the slot. A card that is put in again begins another.
type stay struct {
	card *Card
	left chan struct{} // closed when the card leaves
}

// NewReader makes a reader with the card in its slot, or with none for nil.
func NewReader(c *Card) *Reader {
	r := &Reader{changed: make(chan struct{})}
	if c != nil {
		r.Insert(c)
	}
	return r
}

// NewStripe makes a reader through which a stripe was drawn already: the first Wait
// gives it. [ChipStripe] and [PlainStripe] have tracks of test cards.
func NewStripe(track card.Track2) *Reader {
	r := NewReader(nil)
	r.Swipe(track)
	return r
}

// Name is "virtual".
func (r *Reader) Name() string { return "virtual" }

// Insert puts a card into the slot; one that is in it is taken out first.
func (r *Reader) Insert(c *Card) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.empty()
	r.slot = &stay{card: c, left: make(chan struct{})}
	r.tell()
}

// Remove takes the card out of the slot, if there is one. A command that the card is
// carrying out is finished; its answer is lost.
func (r *Reader) Remove() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.empty()
}

// Swipe draws a stripe through. Each swipe is given by one Wait, before the card in the
// slot.
func (r *Reader) Swipe(track card.Track2) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.swipes = append(r.swipes, track)
	r.tell()
}

// Wait implements [reader.Reader].
func (r *Reader) Wait(ctx context.Context) (reader.Card, error) {
	if err := r.begin(); err != nil {
		return nil, fmt.Errorf("virtual reader: %w", err)
	}
	got, err := r.wait(ctx)
	if err != nil {
		r.release()
		return nil, fmt.Errorf("virtual reader: %w", err)
	}
	return got, nil
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

func (r *Reader) wait(ctx context.Context) (reader.Card, error) {
	for {
		got, changed, err := r.take()
		if got != nil || err != nil {
			return got, err
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
	case len(r.swipes) > 0:
		track := r.swipes[0]
		r.swipes = r.swipes[1:]
		return reader.NewStripe(track, r.release), nil, nil
	case r.slot == nil:
		return nil, r.changed, nil
	case r.slot.card.mute:
		return nil, nil, reader.ErrMute
	}
	r.slot.card.Reset()
	return &chip{device: r, stay: r.slot, closed: make(chan struct{})}, nil, nil
}

// eject ends a stay, unless the card left before.
func (r *Reader) eject(s *stay) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.slot == s {
		r.empty()
	}
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

// release says that a Wait gave nothing, or that what it gave was closed.
func (r *Reader) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy = false
}

var _ reader.Reader = (*Reader)(nil)
