//go:build windows || (cgo && (darwin || pcsc))

package pcsc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ebfe/scard"

	"github.com/tillworks/till/pkg/reader"
)

// errNoStatus is what some drivers call a success when the card leaves in the middle of
// a command.
var errNoStatus = errors.New("a response without status words")

// chip is a card that is connected to.
type chip struct {
	device   *Reader
	session  *scard.Context
	card     *scard.Card
	atr      []byte
	protocol reader.Protocol
	turn     chan struct{} // holds one token: whoever has it may call the card
	once     sync.Once
	closed   chan struct{}
	removed  atomic.Bool
	givenUp  atomic.Bool // given up in the middle of a command
}

func newChip(r *Reader, session *scard.Context, card *scard.Card) (*chip, error) {
	c := &chip{device: r, session: session, card: card, turn: make(chan struct{}, 1), closed: make(chan struct{})}
	c.turn <- struct{}{}
	switch card.ActiveProtocol() {
	case scard.ProtocolT0:
		c.protocol = reader.T0
	case scard.ProtocolT1:
		c.protocol = reader.T1
	default:
		_ = card.Disconnect(scard.ResetCard) // of no use to anyone
		return nil, fmt.Errorf("pc/sc: %q: %w under T=0 or T=1: got protocol %d", r.name, reader.ErrMute, card.ActiveProtocol())
	}
	status, err := card.Status()
	if err != nil {
		_ = card.Disconnect(scard.ResetCard) // the error that matters is the one at hand
		return nil, translate("read the answer to reset", err)
	}
	c.atr = status.Atr
	return c, nil
}

// ATR implements [reader.Chip].
func (c *chip) ATR() []byte { return slices.Clone(c.atr) }

// Contactless implements [reader.Chip].
func (c *chip) Contactless() bool { return reader.ContactlessATR(c.atr) }

// Transmit implements [reader.Chip].
func (c *chip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if err := reader.CheckCommand(command); err != nil {
		return nil, fmt.Errorf("pc/sc: %w", err)
	}
	select {
	case <-c.turn:
	case <-c.closed: // and the turn is never given back
		return nil, fmt.Errorf("pc/sc: %w", reader.ErrClosed)
	case <-ctx.Done():
		return nil, fmt.Errorf("pc/sc: %w", ctx.Err())
	}
	if err := c.usable(ctx); err != nil {
		c.turn <- struct{}{}
		return nil, fmt.Errorf("pc/sc: %w", err)
	}
	return c.exchange(ctx, slices.Clone(reader.Frame(c.protocol, command)))
}

// Close implements [reader.Card]: the card is reset. After a command that was given
// up, that happens when its answer has come, and until then the reader is in use.
func (c *chip) Close() error {
	var err error
	c.once.Do(func() {
		close(c.closed)
		if c.givenUp.Load() {
			go func() { _ = c.disconnect() }() // nobody is left to be told
			return
		}
		err = c.disconnect()
	})
	return err
}

// exchange has the turn. The library has no way to take a command back, so one that may
// be given up is sent beside the caller, and the turn is given back when the answer is
// there, even if nobody waits for it any more. Where ctx cannot end, the caller sends by
// himself: waking another costs more than all the rest of this package.
func (c *chip) exchange(ctx context.Context, command []byte) ([]byte, error) {
	if ctx.Done() == nil {
		return c.send(command)
	}
	type answer struct {
		bytes []byte
		err   error
	}
	got := make(chan answer, 1)
	go func() {
		b, err := c.send(command)
		got <- answer{b, err}
	}()
	select {
	case a := <-got:
		return a.bytes, a.err
	case <-ctx.Done():
		c.givenUp.Store(true)
		return nil, fmt.Errorf("pc/sc: %w", ctx.Err())
	}
}

// send sends a command, waits for its answer however long that takes, and gives the turn
// back.
func (c *chip) send(command []byte) ([]byte, error) {
	defer func() { c.turn <- struct{}{} }()
	b, err := c.card.Transmit(command)
	if err == nil && len(b) < 2 {
		err = errNoStatus
	}
	if err != nil {
		return nil, c.explain(err)
	}
	return b, nil
}

func (c *chip) usable(ctx context.Context) error {
	select {
	case <-c.closed:
		return reader.ErrClosed
	default:
	}
	if c.removed.Load() || c.givenUp.Load() {
		return reader.ErrRemoved
	}
	return ctx.Err()
}

// explain finds out what a failed command means. Drivers report a card that leaves in
// the middle as a fault of the line, a moment before the service sees the empty slot.
func (c *chip) explain(err error) error {
	said := translate("send a command", err)
	if !errors.Is(said, reader.ErrRemoved) && c.emptySoon() {
		said = fmt.Errorf("pc/sc: send a command: %w (%w)", reader.ErrRemoved, err)
	}
	if errors.Is(said, reader.ErrRemoved) {
		c.removed.Store(true)
	}
	return said
}

// emptySoon waits for the slot to be empty, as long as a service takes to look.
func (c *chip) emptySoon() bool {
	deadline := time.Now().Add(removalDelay)
	for seen := scard.StateUnaware; time.Now().Before(deadline); {
		state := []scard.ReaderState{{Reader: c.device.watched(), CurrentState: seen}}
		err := c.session.GetStatusChange(state, time.Until(deadline))
		if err != nil || state[0].EventState&(scard.StateUnknown|scard.StateUnavailable) != 0 {
			return errors.Is(err, scard.ErrUnknownReader) || err == nil
		}
		if state[0].EventState&scard.StateEmpty != 0 {
			return true
		}
		seen = state[0].EventState &^ scard.StateChanged
	}
	return false
}

const removalDelay = time.Second

// disconnect waits for the turn and keeps it.
func (c *chip) disconnect() error {
	<-c.turn
	err := c.card.Disconnect(scard.ResetCard)
	_ = c.session.Release() // the card is given back already
	c.device.end()
	if err == nil || c.removed.Load() {
		return nil
	}
	if err = translate("reset the card", err); errors.Is(err, reader.ErrRemoved) {
		return nil // gone, and reset by that
	}
	return err
}

var _ reader.Chip = (*chip)(nil)
