package till

import (
	"github.com/tillworks/till/internal/i18n"
)

// Code names a kind of problem for programs: it is the "code" of a JSON error and
// decides the exit code. Codes are lower case with underscores and never change.
type Code string

// The kinds of problem. The comment tells the exit code that internal/cli gives each.
const (
	CodeDeclined     Code = "declined"      // 3: the issuer or the card said no to a question that is no payment
	CodeFailure      Code = "failure"       // 1: something outside failed (file, network, database)
	CodeUsage        Code = "usage"         // 2: the request makes no sense as it was made
	CodeNotFound     Code = "not_found"     // 1: no such transaction, batch or file
	CodeNotPermitted Code = "not_permitted" // 4: refused by a rule or a role
	CodeNoDevice     Code = "no_device"     // 5: no reader, no card, no printer
	CodeHostDown     Code = "host_down"     // 1: no link to the host; nothing was sent
	CodeStore        Code = "store"         // 1: the store is full, read-only, damaged or newer; nothing was sent
	CodeConflict     Code = "conflict"      // 2: the idempotency key was used for another request
	CodeDifference   Code = "difference"    // 7: totals or records differ
	CodePending      Code = "pending"       // 8: something must be resolved first
	CodeInterrupted  Code = "interrupted"   // 130: the user interrupted
)

// Problem is an error that a user is told of: what happened, where, got and want in
// What; the one next step in Hint. It wraps the cause, which is English and for logs
// and support.
type Problem struct {
	Code  Code
	What  i18n.Message
	Hint  i18n.Message
	Cause error
}

// Error is the English text with its cause.
func (p *Problem) Error() string {
	s := p.What.String()
	if p.Cause != nil {
		s += ": " + p.Cause.Error()
	}
	return s
}

// Unwrap is the cause.
func (p *Problem) Unwrap() error { return p.Cause }
