package terminal

import (
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Action is something that must be done, in the order given. The set is closed.
type Action interface{ action() }

// ReadCard asks for the card's data; answered by [CardRead].
type ReadCard struct{}

// Commit makes Txn durable, answered by [Committed]. The first of a transaction is
// commit 1 and holds the sealed image of its reversal where WithImage is set. If it
// fails the caller stops: nothing that follows may happen.
type Commit struct {
	Txn       till.Txn
	WithImage bool
}

// Send puts the request on the wire; answered by [Answered] or [NoAnswer].
type Send struct{}

// CompleteCard takes the host's answer to the chip; answered by [CardCompleted].
type CompleteCard struct{ Answer till.Answer }

// SendReversal puts the reversal on the wire; answered by [Answered] or [NoAnswer].
type SendReversal struct{ Repeat bool }

// SendAdvice puts a notice on the wire: what was approved here is told to the host;
// answered by [Answered] or [NoAnswer].
type SendAdvice struct{ Repeat bool }

// AskPartial asks the shopper whether to pay with Approved, a part of what was asked;
// answered by [PartialDecided]. Nothing is durable of it: a restart here reverses.
type AskPartial struct{ Approved money.Amount }

// Note appends a remark to the journal and changes nothing else.
type Note struct{ LateResponseCode string }

// Print tells the shopper and the operator where the transaction stands: the durable
// outcome, or that it is unknown and being undone. A printer that fails cancels nothing.
type Print struct{}

func (ReadCard) action()     {}
func (Commit) action()       {}
func (Send) action()         {}
func (CompleteCard) action() {}
func (SendReversal) action() {}
func (SendAdvice) action()   {}
func (AskPartial) action()   {}
func (Note) action()         {}
func (Print) action()        {}
