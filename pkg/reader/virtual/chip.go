package virtual

import (
	"context"
	"fmt"
	"sync"

	"github.com/tillworks/till/pkg/reader"
)

// chip is a card as the reader hands it over: one stay in the slot.
type chip struct {
	device *Reader
	stay   *stay
	once   sync.Once
	closed chan struct{}
}

// ATR implements [reader.Chip].
func (c *chip) ATR() []byte { return c.stay.card.ATR() }

// Contactless implements [reader.Chip].
func (c *chip) Contactless() bool { return reader.ContactlessATR(c.ATR()) }

// Transmit implements [reader.Chip].
func (c *chip) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if err := reader.CheckCommand(command); err != nil {
		return nil, fmt.Errorf("virtual card: %w", err)
	}
	if err := c.usable(ctx); err != nil {
		return nil, fmt.Errorf("virtual card: %w", err)
	}
	answer := c.stay.card.Exec(reader.Frame(c.stay.card.Protocol(), command))
	if answer == nil {
		c.device.eject(c.stay)
	}
	if c.gone() {
		return nil, fmt.Errorf("virtual card: %w", reader.ErrRemoved)
	}
	return answer, nil
}

// Close implements [reader.Card].
func (c *chip) Close() error {
	c.once.Do(func() {
		close(c.closed)
		if !c.gone() {
			c.stay.card.Reset()
		}
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
	if c.gone() {
		return reader.ErrRemoved
	}
	return ctx.Err()
}

func (c *chip) gone() bool {
	select {
	case <-c.stay.left:
		return true
	default:
		return false
	}
}

var _ reader.Chip = (*chip)(nil)
