package link

import (
	"fmt"
	"strings"
	"sync"

	"github.com/tillworks/till/pkg/iso8583"
)

// key is what an answer has in common with its request and with no other message on
// the link. The trace number alone is not enough: each terminal counts its own, and a
// link carries many terminals. Nor is the message's function part of it, since a host
// may answer a repeat (0401) as it would the first (0400).
type key struct {
	version, class byte
	terminal       string // field 41 without the blanks that pad it
	stan           string // field 11
}

func keyOf(m *iso8583.Message) key {
	mti := m.MTI()
	return key{
		version:  mti.Version(),
		class:    mti.Class(),
		terminal: strings.TrimRight(m.Value("41"), " "),
		stan:     m.Value("11"),
	}
}

// String names the request in errors; nothing in a key is card data.
func (k key) String() string {
	return fmt.Sprintf("%cx%cx message of terminal %q with trace number %s", k.version, k.class, k.terminal, k.stan)
}

// outcome is how a flight ends: an answer, or the error that ended the link.
type outcome struct {
	answer *iso8583.Message
	err    error
}

// flight is one request that waits. Its channel has room for the one outcome that it
// ever gets, so that nobody waits to give it.
type flight chan outcome

// flights are the requests in flight on one link. A flight leaves by exactly one of
// land, forget and ground, and who took it out is the one who knows its outcome: that
// is how no answer is given twice and none is lost.
type flights struct {
	mu    sync.Mutex
	byKey map[key]flight
	err   error // why the link carries no more, once it does not
}

// start enters a request: before its first byte is written, since an answer can be
// here before the writing has returned.
func (f *flights) start(k key) (flight, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSent, f.err)
	}
	if _, taken := f.byKey[k]; taken {
		return nil, fmt.Errorf("%w: %w", ErrNotSent, ErrInFlight)
	}
	if f.byKey == nil {
		f.byKey = map[key]flight{}
	}
	fl := make(flight, 1)
	f.byKey[k] = fl
	return fl, nil
}

// land gives an answer to the flight that it belongs to; false is that there is none.
func (f *flights) land(k key, answer *iso8583.Message) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl, ok := f.byKey[k]
	if ok {
		delete(f.byKey, k)
		fl <- outcome{answer: answer}
	}
	return ok
}

// forget takes a flight out unanswered; false is that it has its outcome already. The
// flight is compared and not only its key, which by now may be another request's.
func (f *flights) forget(k key, fl flight) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byKey[k] != fl {
		return false
	}
	delete(f.byKey, k)
	return true
}

// ground ends every flight, and the starting of new ones, with err; false is that an
// earlier call has done so.
func (f *flights) ground(err error) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return false
	}
	f.err = err
	for k, fl := range f.byKey {
		delete(f.byKey, k)
		fl <- outcome{err: fmt.Errorf("%w: %w", ErrLinkLost, err)}
	}
	return true
}

// cause is why the link carries no more, nil while it does.
func (f *flights) cause() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}
