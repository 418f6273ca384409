package faultscript

import "time"

// Fate is what becomes of one message, in the order of its fields. The zero Fate lets
// the host answer.
type Fate struct {
	Rule string // the rule that says so, as it is told; empty where no script has spoken

	// What the host does.
	Rekey  bool       // the host has changed the working keys of the terminal before it reads the request
	Drop   bool       // the request never reached the host: nothing is processed, nothing is answered
	Code   string     // field 39 of the answer in the place of the host's decision; empty is the host's
	Posted bool       // with Code: the request is processed and posted all the same
	Differ Difference // of a settlement: the host's totals are others
	Batch  int        // the batch number in the answer to a sign-on; 0 is the request's own
	Wrong  Wrong      // what of the answer is another's

	// What becomes of the answer.
	Delay       time.Duration // it waits
	Unsolicited Unsolicited   // what the host says first without having been asked
	Hold        time.Duration // it waits until another answer has gone, and this long at most; 0 does not wait
	Lose        bool          // it never goes out
	Copies      int           // how often it goes out; 0 and 1 are once
	Garble      Garble        // bytes of its body are flipped
	Truncate    Truncate      // its end is missing
	Close       Close         // the connection ends

	// What becomes of the host.
	Down time.Duration // every connection is cut and new ones are refused for so long; 0 does not
}

// IsZero reports that the host simply answers.
func (f Fate) IsZero() bool {
	f.Rule = ""
	return f == Fate{}
}

// Difference is what the host counts too much of at settlement, or too little of where
// it is negative.
type Difference struct {
	Count  int     // of debits
	Amount Decimal // of their sum
}

// Wrong is a set of things that an answer gets wrong.
type Wrong uint8

// The things.
const (
	WrongSTAN     Wrong = 1 << iota // field 11 is the number after it
	WrongTerminal                   // field 41 is another terminal's
	WrongAmount                     // field 4 is one minor unit more
	WrongMAC                        // field 64 or 128 is spoiled; an answer without one stays as it is
)

// Has reports that w has all of v.
func (w Wrong) Has(v Wrong) bool { return w&v == v }

// Unsolicited is a message that nobody asked for.
type Unsolicited uint8

// The messages.
const (
	NoMessage   Unsolicited = iota
	StrayAnswer             // an approval of a trace number that the terminal has not used
	HostEcho                // an echo test that the host begins (0800, field 70 301)
)

// Garble flips every bit of some bytes of an answer's body. None flips nothing.
type Garble struct {
	Bytes int  // how many, one after the other
	At    int  // where the first is, from 0: the message type of most dialects
	Any   bool // somewhere, in the place of At
	Draw  uint64
}

// Truncate cuts the body of an answer.
type Truncate struct {
	On    bool
	Keep  int  // how many bytes stay; all but one at the most
	Whole bool // the frame still announces the whole: the rest never comes
}

// Close ends the connection of a request.
type Close struct {
	On    bool
	After int // bytes of the frame that leave before, header and all; 0 is none
}
