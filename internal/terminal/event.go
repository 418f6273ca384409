package terminal

import "github.com/tillworks/till/internal/till"

// Event is something that happened to a transaction. The set is closed.
type Event interface{ event() }

// Start begins a transaction that lives in memory only.
type Start struct{}

// CardRead tells that the card's data is there and, for a chip, what the card said in
// its first GENERATE AC.
type CardRead struct {
	Card     till.CardData
	Chip     *till.ChipEvidence // nil unless the entry is chip or tap
	Declined bool               // the card refused (AAC): nothing is sent
	Offline  bool               // the card approved (TC) without the host: it is told afterwards
	Code     string             // of Offline: Y1, the card did not want to ask; Y3, it could not
}

// Committed tells that the last [Commit] is durable; Txn is as the store holds it,
// with the numbers that the store assigned.
type Committed struct{ Txn till.Txn }

// Answered is the host's answer to the request or to the reversal, already checked to
// belong to it. Final says, of a reversal or a notice, that the host profile counts the
// response code as an acknowledgement.
type Answered struct {
	Answer till.Answer
	Final  bool
}

// NoAnswer tells that no valid answer will come: the time is over, the link broke, or
// what came belongs to something else.
type NoAnswer struct{ Reason till.Reason }

// PartialDecided tells whether the shopper pays with what was approved of the amount.
type PartialDecided struct{ Accepted bool }

// Decided is a manager's word on an exception.
type Decided struct{ Resolution till.Resolution }

// CardCompleted is the end of the chip conversation after the host's answer.
type CardCompleted struct {
	Approved bool // the card gave a TC; false is an AAC, or the card was removed
	Chip     *till.ChipEvidence
}

// Canceled tells that the operator or the shopper gave up. Before anything is durable
// the caller just stops; after, it decides what an approval still to come means.
type Canceled struct{}

// Restarted tells that the transaction was found in the store and whoever worked on it
// is no more.
type Restarted struct{}

// Due tells that a reversal or a notice which waits may be tried again.
type Due struct{}

// LateAnswered is an answer to a request that was already given up.
type LateAnswered struct{ ResponseCode string }

func (Start) event()          {}
func (CardRead) event()       {}
func (Committed) event()      {}
func (Answered) event()       {}
func (NoAnswer) event()       {}
func (PartialDecided) event() {}
func (Decided) event()        {}
func (CardCompleted) event()  {}
func (Canceled) event()       {}
func (Restarted) event()      {}
func (Due) event()            {}
func (LateAnswered) event()   {}
