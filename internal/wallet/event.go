package wallet

import "github.com/tillworks/till/internal/till"

// Event is something that happened to an order. The set is closed.
type Event interface{ event() }

// Start begins an order or refund that lives in memory only.
type Start struct{}

// Committed tells that the last [Commit] is durable; Order is as the store holds it.
type Committed struct{ Order Order }

// Answered is the gateway's answer to the call that is out.
type Answered struct{ Answer Answer }

// NoAnswer tells that no valid answer to the call that is out will come. NotSent tells
// that not one byte of it left the machine.
type NoAnswer struct {
	Reason  till.Reason
	NotSent bool
}

// Due tells that the pause of the last [Wait] is over.
type Due struct{}

// Deadline tells that the shop's patience is over: an order that is not paid by now
// shall not be paid any more. One that is found paid by the call that is out, or was
// paid already, is paid.
type Deadline struct{}

// Canceled tells that the operator or the shopper gave up. Unlike after [Deadline], a
// payment that is found is undone.
type Canceled struct{}

// Restarted tells that the order was found in the store and whoever worked on it is no
// more. Where nobody waits at the counter any longer, [Deadline] follows it.
type Restarted struct{}

// Notified is a notification that came in.
type Notified struct{ Notice Notice }

func (Start) event()     {}
func (Committed) event() {}
func (Answered) event()  {}
func (NoAnswer) event()  {}
func (Due) event()       {}
func (Deadline) event()  {}
func (Canceled) event()  {}
func (Restarted) event() {}
func (Notified) event()  {}
