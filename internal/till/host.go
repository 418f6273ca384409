package till

import (
	"time"

	"github.com/tillworks/till/pkg/money"
)

// Op is what a request asks of the card host.
type Op string

// The operations, with the message class that the host profiles give each.
const (
	OpAuthorize Op = "authorize" // 0200 by the transaction's Kind
	OpReverse   Op = "reverse"   // 0400, 0401 when repeated
	OpSignOn    Op = "sign_on"   // 0800, network code 001
	OpEcho      Op = "echo"      // 0800, network code 301
	OpReconcile Op = "reconcile" // 0500
)

// Request is what the terminal asks of the card host; a host profile makes a message
// of it. Only Op, Terminal, Merchant, STAN, Batch and At are set for every Op.
type Request struct {
	Op       Op
	Terminal string
	Merchant string
	STAN     STAN
	Batch    int
	At       time.Time // when this message is sent, wall clock, for fields 7, 12 and 13

	Txn      Txn      // of OpAuthorize and OpReverse: the transaction itself
	Card     CardData // of OpAuthorize; of OpReverse the number and expiry alone
	Original *Txn     // the sale behind a void or refund
	Repeat   bool     // of OpReverse: sent before
	Totals   Totals   // of OpReconcile
}

// Answer is what the host said, already checked to belong to the request.
type Answer struct {
	ResponseCode string // field 39
	Approved     bool   // by the profile's table of field 39
	RRN          string // field 37
	AuthCode     string // field 38
	ICC          []byte // field 55: issuer authentication data 91 and scripts 71, 72
	Amount       money.Amount
	Acknowledged bool    // of OpReverse: by the profile's table the reversal is at an end
	InBalance    bool    // of OpReconcile: field 66 is 1
	Theirs       *Totals // of OpReconcile: the host's own totals where it sends them
}

// NoAnswer is the error of an exchange that ended without a valid answer. Reason is
// one of ReasonTimeout, ReasonLink and ReasonInvalid; NotSent tells that not one byte
// of the request left the machine.
type NoAnswer struct {
	Reason  Reason
	NotSent bool
	Cause   error
}

// Error tells the reason and the cause.
func (n *NoAnswer) Error() string {
	return "no answer from the host (" + string(n.Reason) + "): " + n.Cause.Error()
}

// Unwrap is the cause.
func (n *NoAnswer) Unwrap() error { return n.Cause }
