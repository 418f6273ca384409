//go:build windows || (cgo && (darwin || pcsc))

package pcsc

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/ebfe/scard"
)

// Provider names what this program reaches PC/SC by: "winscard", "PCSC framework" or
// "libpcsclite"; "none" where it was built without.
func Provider() string {
	switch runtime.GOOS {
	case "windows":
		return "winscard"
	case "darwin":
		return "PCSC framework"
	}
	return "libpcsclite"
}

// Readers tells how every reader stands, in the order of the service, without touching
// a card. The errors are those of [List].
func Readers() ([]Status, error) {
	session, err := establish()
	if err != nil {
		return nil, err
	}
	defer func() { _ = session.Release() }() // nothing hangs on it any more
	names, err := listed(session)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	w := &watcher{session: session}
	states := w.asked(names)
	if err := session.GetStatusChange(states, 0); err != nil {
		return nil, translate("look at the readers", err)
	}
	all := make([]Status, len(names))
	for i, name := range names {
		s := states[i].EventState
		all[i] = Status{
			Name: name, Card: s&scard.StatePresent != 0, Mute: s&scard.StateMute != 0,
			InUse: s&(scard.StateInuse|scard.StateExclusive) != 0, Exclusive: s&scard.StateExclusive != 0,
			ATR: slices.Clone(states[i].Atr),
		}
	}
	return all, nil
}

// Watch tells of readers and cards that come and go, in the order in which the service
// sees it, until ctx ends, the service stops, or tell gives an error. It begins with the
// readers that are there and the cards in them. It touches no card, so it may run beside
// a payment. A driver that polls its slot tells of a card up to half a second late.
//
// The error is that of ctx, that of tell, or one of those that [List] gives; never nil.
func Watch(ctx context.Context, tell func(Event) error) error {
	session, err := establish()
	if err != nil {
		return err
	}
	defer func() { _ = session.Release() }() // nothing hangs on it any more
	stop := cancelWith(session, ctx.Done(), nil)
	defer stop()
	w := &watcher{session: session, tell: tell, seats: map[string]seat{}, seen: map[string]scard.StateFlag{}}
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("pc/sc: %w", err)
		}
		if err := w.look(ctx); err != nil {
			return err
		}
	}
}

// watcher follows all readers of the service.
type watcher struct {
	session *scard.Context
	tell    func(Event) error
	names   []string // in the order of the service
	seats   map[string]seat
	seen    map[string]scard.StateFlag // as the service is to be told what was seen
}

// plugging is the reader of PC/SC that is none: its state changes when a reader is
// plugged in or out. macOS has none.
const plugging = `\\?PnP?\Notification`

// look waits for the next change, for a second at most, and tells of it.
func (w *watcher) look(ctx context.Context) error {
	names, err := listed(w.session)
	if err != nil {
		return err
	}
	if err := w.compare(names); err != nil {
		return err
	}
	if runtime.GOOS != "darwin" {
		names = append(slices.Clone(names), plugging)
	}
	if len(names) == 0 {
		return pause(ctx)
	}
	states := w.asked(names)
	err = w.session.GetStatusChange(states, statusInterval)
	switch {
	case errors.Is(err, scard.ErrTimeout), errors.Is(err, scard.ErrCancelled), errors.Is(err, scard.ErrUnknownReader):
		return nil // the next look finds out
	case err != nil:
		return translate("watch the readers", err)
	}
	for i, name := range names {
		if err := w.see(name, states[i]); err != nil {
			return err
		}
	}
	return nil
}

// asked are the states to ask for, each with what was seen last.
func (w *watcher) asked(names []string) []scard.ReaderState {
	states := make([]scard.ReaderState, len(names))
	for i, name := range names {
		states[i] = scard.ReaderState{Reader: pinned(name, w), CurrentState: w.seen[name]}
	}
	return states
}

// compare tells of readers that came or went.
func (w *watcher) compare(names []string) error {
	for _, name := range w.names {
		if slices.Contains(names, name) {
			continue
		}
		events := append(w.seats[name].changes(name, seat{}), Event{Change: ReaderRemoved, Reader: name})
		delete(w.seats, name)
		delete(w.seen, name)
		if err := w.tellAll(events); err != nil {
			return err
		}
	}
	for _, name := range names {
		if slices.Contains(w.names, name) {
			continue
		}
		if err := w.tell(Event{Change: ReaderAdded, Reader: name}); err != nil {
			return err
		}
	}
	w.names = names
	return nil
}

// see takes the new state of a reader and tells what is different in it.
func (w *watcher) see(name string, state scard.ReaderState) error {
	w.seen[name] = state.EventState &^ scard.StateChanged
	if name == plugging || state.EventState&(scard.StateUnknown|scard.StateUnavailable) != 0 {
		return nil // the next list tells
	}
	now := seat{card: state.EventState&scard.StatePresent != 0, counter: uint32(state.EventState) >> 16}
	if now.card && state.EventState&scard.StateMute == 0 {
		now.atr = state.Atr
	}
	before := w.seats[name]
	w.seats[name] = now
	return w.tellAll(before.changes(name, now))
}

func (w *watcher) tellAll(events []Event) error {
	for _, e := range events {
		if err := w.tell(e); err != nil {
			return err
		}
	}
	return nil
}

// listed are the readers that there are.
func listed(session *scard.Context) ([]string, error) {
	names, err := session.ListReaders()
	if errors.Is(err, scard.ErrNoReadersAvailable) {
		return nil, nil
	}
	if err != nil {
		return nil, translate("list the readers", err)
	}
	return names, nil
}

func pause(ctx context.Context) error {
	timer := time.NewTimer(statusInterval)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("pc/sc: %w", ctx.Err())
	}
}
