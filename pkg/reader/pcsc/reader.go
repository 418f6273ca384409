//go:build windows || (cgo && (darwin || pcsc))

package pcsc

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/ebfe/scard"

	"github.com/tillworks/till/pkg/reader"
)

// Available reports that this program was built with PC/SC. It says nothing of the
// service or of readers.
func Available() bool { return true }

// List gives the names of the readers that are plugged in, in the order of the
// service. None is an empty list and no error; a service that does not run is
// [ErrNoService].
func List() ([]string, error) {
	session, err := establish()
	if err != nil {
		return nil, err
	}
	defer func() { _ = session.Release() }() // nothing hangs on it any more
	return listed(session)
}

// Reader is a card reader of the machine. Make one with [Open].
type Reader struct {
	name string

	mu      sync.Mutex
	busy    bool // a Wait is under way, or a card was given and is not closed
	closed  bool
	closing chan struct{} // closed by Close
}

// Open gives the reader of a name: the whole name as [List] has it, or a part of it, in
// any case of letters, that no other reader's name holds; the only reader there is for
// an empty name. [reader.ErrNoReader] names the readers that there are.
func Open(name string) (*Reader, error) {
	names, err := List()
	if err != nil {
		return nil, err
	}
	found, err := match(name, names)
	if err != nil {
		return nil, err
	}
	return &Reader{name: found, closing: make(chan struct{})}, nil
}

// Name implements [reader.Reader]: the whole name that the service has for it.
func (r *Reader) Name() string { return r.name }

// Wait implements [reader.Reader]. Each Wait speaks to the service anew, so that a
// service that was restarted between two cards does no harm.
func (r *Reader) Wait(ctx context.Context) (reader.Card, error) {
	if err := r.begin(); err != nil {
		return nil, err
	}
	card, err := r.wait(ctx)
	if err != nil {
		r.end()
		return nil, err
	}
	return card, nil
}

// Close implements [reader.Reader].
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.closed = true
		close(r.closing)
	}
	return nil
}

func (r *Reader) begin() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return fmt.Errorf("pc/sc: %q: %w", r.name, reader.ErrClosed)
	case r.busy:
		return fmt.Errorf("pc/sc: %q: %w: it waits for a card or gave one that is not closed", r.name, reader.ErrInUse)
	}
	r.busy = true
	return nil
}

func (r *Reader) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy = false
}

func (r *Reader) wait(ctx context.Context) (reader.Card, error) {
	session, err := establish()
	if err != nil {
		return nil, err
	}
	stop := cancelWith(session, ctx.Done(), r.closing)
	card, err := r.connect(ctx, session)
	stop()
	if err != nil {
		_ = session.Release() // the error that matters is the one at hand
		return nil, err
	}
	return card, nil
}

// cancelWith ends a blocking call of the session when one of the channels is closed. A
// cancellation that comes before the call begins is lost, so it is repeated until the
// returned function says that there is nothing left to cancel.
func cancelWith(session *scard.Context, ended, closing <-chan struct{}) (stop func()) {
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-ended:
		case <-closing:
		case <-over:
			return
		}
		for {
			_ = session.Cancel() // a call that is not blocked has nothing to cancel
			select {
			case <-over:
				return
			case <-time.After(cancelInterval):
			}
		}
	}()
	return func() { close(over); <-done }
}

// connect follows the reader's state until a card can be connected to.
func (r *Reader) connect(ctx context.Context, session *scard.Context) (*chip, error) {
	seen := scard.StateUnaware
	for {
		if err := r.ended(ctx); err != nil {
			return nil, err
		}
		state := []scard.ReaderState{{Reader: r.watched(), CurrentState: seen}}
		err := session.GetStatusChange(state, statusInterval)
		if errors.Is(err, scard.ErrTimeout) || errors.Is(err, scard.ErrCancelled) {
			continue
		}
		if err != nil {
			return nil, translate("wait for a card", err)
		}
		// The upper half counts events: without it Windows calls every state new.
		seen = state[0].EventState &^ scard.StateChanged
		card, err := r.look(session, seen)
		if card != nil || err != nil {
			return card, err
		}
	}
}

const (
	cancelInterval = 10 * time.Millisecond
	statusInterval = time.Second // ends a wait that a lost cancellation left behind
)

func (r *Reader) ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("pc/sc: %q: %w: %w", r.name, reader.ErrNoCard, err)
	}
	select {
	case <-r.closing:
		return fmt.Errorf("pc/sc: %q: %w", r.name, reader.ErrClosed)
	default:
		return nil
	}
}

// look takes the card, if the state says that there is one.
func (r *Reader) look(session *scard.Context, state scard.StateFlag) (*chip, error) {
	switch {
	case state&(scard.StateUnknown|scard.StateUnavailable) != 0:
		return nil, fmt.Errorf("pc/sc: %q: %w: it was unplugged", r.name, reader.ErrNoReader)
	case state&scard.StateMute != 0:
		return nil, fmt.Errorf("pc/sc: %q: %w", r.name, reader.ErrMute)
	case state&scard.StatePresent == 0:
		return nil, nil
	}
	card, err := session.Connect(r.name, scard.ShareExclusive, scard.ProtocolAny)
	switch {
	case errors.Is(err, scard.ErrNoSmartcard), errors.Is(err, scard.ErrRemovedCard):
		return nil, nil // it left again, which the next state tells
	case err != nil:
		return nil, translate("connect to the card", err)
	}
	return newChip(r, session, card)
}

// watched is the reader's name as the status call gets it.
func (r *Reader) watched() string { return pinned(r.name, r) }

// pinned is a name for the status call of an owner. The binding keeps the name alive
// under the name itself, so that two owners that look at one device would free each
// other's in the middle of a call; a part behind the terminating zero, which the library
// does not read, keeps them apart. Windows takes no such name and copies it.
func pinned(name string, owner any) string {
	if runtime.GOOS == "windows" {
		return name
	}
	return fmt.Sprintf("%s\x00%p", name, owner)
}

var _ reader.Reader = (*Reader)(nil)
