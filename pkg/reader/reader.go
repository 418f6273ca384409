package reader

import (
	"context"
	"errors"

	"github.com/tillworks/till/pkg/card"
)

// Errors of readers and cards; match with errors.Is. What a device says in its own
// words is wrapped beside them.
var (
	// ErrNoReader says that the device is not there: never plugged in, or unplugged.
	ErrNoReader = errors.New("no card reader")
	// ErrNoCard says that no card came while somebody waited. The cause, a deadline or
	// a cancellation, is wrapped with it.
	ErrNoCard = errors.New("no card was presented")
	// ErrRemoved says that the card left the reader, or was reset by somebody else,
	// before the command was answered. Whether it carried the command out is not known.
	ErrRemoved = errors.New("the card was removed")
	// ErrMute says that a card is in the reader and its chip does not answer, or not in
	// a way that the reader understands: it was put in the wrong way round, it is
	// broken, or it has none. It is the case in which a terminal may fall back to the
	// stripe.
	ErrMute = errors.New("the chip does not answer")
	// ErrStripe says that a card was drawn through and its stripe could not be read: too
	// fast, too slow, at an angle, or it is worn. Drawing it through again may help.
	ErrStripe = errors.New("the stripe could not be read")
	// ErrInUse says that the reader or the card in it is taken: by a Wait under way, by
	// the card of an earlier Wait that is not closed yet, or by another program.
	ErrInUse = errors.New("the card reader is in use")
	// ErrClosed says that the reader or the card was closed before or meanwhile.
	ErrClosed = errors.New("closed")
	// ErrNotSupported says that the device, the card or this build of the program
	// cannot do what was asked.
	ErrNotSupported = errors.New("not supported")
	// ErrCommand says that the bytes to be sent are no command: fewer than 4 or more
	// than 261 of them. Nothing was sent.
	ErrCommand = errors.New("not a command")
)

// Reader is a device that cards are put into, held to or drawn through. Its methods
// may be called from several goroutines at once.
type Reader interface {
	// Name is the name of the device for people and for configuration, the same as
	// long as the Reader lives.
	Name() string

	// Wait blocks until a card is there and gives it: a [Chip] powered up, or a
	// [Stripe]. A card that is in the reader already is given at once. The caller must
	// close the card. Until then Wait is refused with ErrInUse, and so is a second one
	// while one waits. A chip that stays in the reader after it was closed is given
	// again by the next Wait, with its volatile state gone: no application selected,
	// no PIN verified.
	//
	// Where ctx ends first, the error wraps both ErrNoCard and the error of ctx. Other
	// causes are ErrNoReader, ErrMute, ErrStripe, ErrInUse, ErrNotSupported and ErrClosed.
	Wait(ctx context.Context) (Card, error)

	// Close gives the device back. A Wait in progress ends with ErrClosed, and so does
	// every later one. A card that was given stays usable until it is closed itself.
	// Closing twice does nothing.
	Close() error
}

// Card is what a [Reader] gives: a [Chip] or a [Stripe].
type Card interface {
	// Close ends the use of the card. A chip is reset, so that nothing of its session
	// is left for the next user. Closing twice does nothing.
	Close() error
}

// Chip is a card that answers commands. Its methods may be called from several
// goroutines at once; commands are carried out one after the other.
type Chip interface {
	Card

	// ATR is the answer to reset (ISO/IEC 7816-3, 8), 2 to 33 bytes; of a contactless
	// card the one that the reader makes up for it (PC/SC part 3, 3.1.3.2.3). The
	// caller owns the slice.
	ATR() []byte

	// Contactless reports a card held to the reader, not put into it.
	Contactless() bool

	// Transmit sends a command and gives the response with its status words, at least
	// two bytes. The command is not kept or changed, the caller owns the response. A
	// status that is not 9000 is a response like any other, not an error.
	//
	// Causes of errors are ErrCommand, ErrRemoved, ErrClosed and the error of ctx.
	// After ctx ended in the middle of a command the card is of no more use than to be
	// closed, since its answer is still under way.
	Transmit(ctx context.Context, command []byte) ([]byte, error)
}

// Stripe is a magnetic card that was drawn through the reader.
type Stripe interface {
	Card

	// Track2 is the second track (ISO/IEC 7813).
	Track2() card.Track2
}
