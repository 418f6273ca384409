package pcsc

import (
	"slices"

	"github.com/tillworks/till/pkg/reader"
)

// Change is what happened at a reader, a word for programs.
type Change string

// The changes.
const (
	ReaderAdded   Change = "reader added"
	ReaderRemoved Change = "reader removed"
	CardInserted  Change = "card inserted"
	CardRemoved   Change = "card removed"
)

// Event is one change that [Watch] tells of.
type Event struct {
	Change Change
	Reader string // its whole name, as [List] has it
	// ATR is the answer to reset of a card that was inserted, 2 to 33 bytes; empty of a
	// card that does not answer, and of every other change.
	ATR []byte
}

// IsMute reports a card that was inserted and whose chip does not answer: it lies the
// wrong way round, is broken, or has no chip.
func (e Event) IsMute() bool { return e.Change == CardInserted && len(e.ATR) == 0 }

// IsContactless reports a card that was held to the reader, not put into it.
func (e Event) IsContactless() bool { return reader.ContactlessATR(e.ATR) }

// Status is how a reader stands.
type Status struct {
	Name string
	Card bool // a card is in it
	Mute bool // the chip of that card does not answer
	// InUse says that a program is connected to the card, Exclusive that it lets no
	// other do so.
	InUse, Exclusive bool
	// ATR is the answer to reset of the card, 2 to 33 bytes; empty where there is none.
	ATR []byte
}

// seat is a reader as [Watch] last saw it.
type seat struct {
	card    bool
	counter uint32 // of the service: it counts every card that came or went
	atr     []byte
}

// changes are the events between two looks at a reader. A card that was taken out and
// put back, or changed for another, between them shows in the counter alone.
func (before seat) changes(name string, now seat) []Event {
	gone := Event{Change: CardRemoved, Reader: name}
	came := Event{Change: CardInserted, Reader: name, ATR: slices.Clone(now.atr)}
	switch {
	case before.card && !now.card:
		return []Event{gone}
	case !before.card && now.card:
		return []Event{came}
	case before.card && now.card && before.counter != now.counter:
		return []Event{gone, came}
	}
	return nil
}
