package virtual

import (
	"slices"
	"sync"

	"github.com/tillworks/till/pkg/reader"
)

// Card is an EMV card, one with contacts or one that is held to the reader. Make one with [NewCard]. Its methods may be called
// from several goroutines at once; commands are carried out one after the other.
type Card struct {
	mu   sync.Mutex
	name string
	t0   bool
	tap  bool // held to the reader
	mute bool

	// What a power cut leaves.
	directory *directory // PSE or PPSE; nil without one
	apps      []*application
	pin       pin
	blocked   bool

	// What it does not.
	session session
	pending []byte // the response that GET RESPONSE fetches, under T=0
	faults  faults
}

// session is what a card forgets when it loses power.
type session struct {
	inDirectory bool         // the PSE is selected
	app         *application // the selected application, or nil
	searched    []byte       // the name of the last SELECT that found an application
	txn         transaction
}

// NewCard makes a card of a profile, unused and without power: an [Card.Exec] before
// the first [Card.Reset] is as good as one after it. A profile that cannot be a card,
// say one whose master key has the wrong length, makes a card that answers 6F00 where
// it matters.
func NewCard(p Profile) *Card {
	c := &Card{name: p.Name, t0: p.Protocol == reader.T0 && !p.Contactless, tap: p.Contactless, mute: p.Mute, blocked: p.Blocked, pin: newPIN(p)}
	for _, a := range p.Applications {
		c.apps = append(c.apps, newApplication(a))
	}
	switch {
	case p.Contactless:
		c.directory = newProximity(p.Applications)
	case p.PSE:
		c.directory = newDirectory(p.Applications)
	}
	return c
}

// Name is the name of the card's profile.
func (c *Card) Name() string { return c.name }

// ATR is the basic answer to reset for the protocol of the card (EMV Book 1, 8.2):
// 3B 60 00 00 under T=0; under T=1 one with block waiting times, an information field
// size of 124 and the check byte. Of a card held to the reader it is what the reader makes
// up: 3B 80 80 01 01, for one without historical bytes (PC/SC part 3, 3.1.3.2.3).
func (c *Card) ATR() []byte {
	if c.tap {
		return []byte{0x3B, 0x80, 0x80, 0x01, 0x01}
	}
	if c.t0 {
		return []byte{0x3B, 0x60, 0x00, 0x00}
	}
	return []byte{0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0x7C, 0x41, 0x92}
}

// Protocol is what the card speaks.
func (c *Card) Protocol() reader.Protocol {
	if c.t0 {
		return reader.T0
	}
	return reader.T1
}

// Reset is power up: the volatile state is gone, and the count of [Card.FailAt] and
// [Card.RemoveAt] starts again.
func (c *Card) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session, c.pending = session{}, nil
	c.faults.restart()
}

// Exec carries out a command and gives the response with its status words, 2 to 258
// bytes. It never fails: whatever the bytes are, the card answers them. It gives nil
// only where [Card.RemoveAt] took the card away.
//
// Under T=1 a command may leave Le out. Under T=0 a command is five header bytes with
// or without data, never both data and Le; the card answers 61xx to tell that GET
// RESPONSE will give data, and 6Cxx to tell the right Le.
func (c *Card) Exec(apdu []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch f := c.faults.next(); {
	case f.removed:
		return nil
	case f.sw != 0:
		return response{sw: f.sw}.bytes()
	case c.tap && len(apdu) > 0 && apdu[0] == readerClass:
		return askReader(apdu).bytes()
	case c.t0:
		return c.execT0(apdu).bytes()
	}
	return c.execT1(apdu).bytes()
}

// FailAt makes the card answer its n-th command after the next [Card.Reset], or after
// the present one, with the status words sw, without carrying it out. The first
// command is 1; under T=0 a GET RESPONSE counts as any other. A fault happens once.
func (c *Card) FailAt(n int, sw uint16) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults.add(n, fault{sw: sw})
}

// RemoveAt takes the card out of the reader at its n-th command, counted as
// [Card.FailAt] does, without carrying it out. Until the next [Card.Reset] it answers
// nothing.
func (c *Card) RemoveAt(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults.add(n, fault{removed: true})
}

// faults are the misfortunes ahead of a card, by the number of the command.
type faults struct {
	at    map[int]fault
	count int
	gone  bool
}

type fault struct {
	sw      uint16
	removed bool
}

func (f *faults) add(n int, what fault) {
	if f.at == nil {
		f.at = map[int]fault{}
	}
	f.at[n] = what
}

func (f *faults) next() fault {
	f.count++
	due := f.at[f.count]
	delete(f.at, f.count)
	f.gone = f.gone || due.removed
	return fault{sw: due.sw, removed: f.gone}
}

func (f *faults) restart() { f.count, f.gone = 0, false }

// current is the state that decides which commands are in their turn.
func (c *Card) current() state {
	switch s := &c.session; {
	case s.inDirectory:
		return stateDirectory
	case s.app == nil:
		return stateIdle
	default:
		return s.txn.state
	}
}

// in reports that the card is in one of the states.
func (c *Card) in(states ...state) bool { return slices.Contains(states, c.current()) }

// state is where a card stands in a transaction; doc.go has the table.
type state byte

const (
	stateIdle state = iota
	stateDirectory
	stateSelected
	stateInitiated
	stateOnline
	stateDone
)
