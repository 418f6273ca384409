package till

import (
	"time"

	"github.com/tillworks/till/pkg/money"
)

// Op is what a request asks of the card host.
type Op string

// The operations. The host profile tells the message of each, by the kind of transaction.
const (
	OpAuthorize Op = "authorize" // asks: 0200, or 0100 for what holds money
	OpAdvise    Op = "advise"    // tells: 0220, 0221 when repeated
	OpReverse   Op = "reverse"   // 0400, 0401 when repeated
	OpBalance   Op = "balance"   // asks what the card holds
	OpSignOn    Op = "sign_on"   // 0800: working keys, clock, batch number
	OpSignOff   Op = "sign_off"
	OpEcho      Op = "echo"
	OpDownload  Op = "download"  // 0800: parameters, part after part
	OpConfirm   Op = "confirm"   // tells: TC of a chip sale (0320), result of a script (0620)
	OpReconcile Op = "reconcile" // 0500: the totals
	OpUpload    Op = "upload"    // 0320: one record of a batch whose totals differ
	OpTrailer   Op = "trailer"   // 0500: the totals again, after the upload
)

// Ops are all operations, in the order above.
func Ops() []Op {
	return []Op{
		OpAuthorize, OpAdvise, OpReverse, OpBalance, OpSignOn, OpSignOff, OpEcho, OpDownload, OpConfirm, OpReconcile, OpUpload, OpTrailer,
	}
}

// Request is what the terminal asks of the card host; a host profile makes a message
// of it. Only Op, Terminal, Merchant, STAN, Batch and At are set for every Op.
type Request struct {
	Op       Op
	Terminal string
	Merchant string
	Operator string // who works at the terminal; may be empty
	STAN     STAN
	Batch    int
	At       time.Time // when this message is sent, wall clock, for fields 7, 12 and 13

	Txn      Txn      // the transaction itself: of all but the 0800 and 0500 messages
	Card     CardData // of OpAuthorize, OpAdvise and OpBalance; of OpReverse the number and expiry alone
	Original *Txn     // what a void, refund, increment, completion or tip names
	Undoes   *Txn     // of a void whose original itself refers to another (a completion): that other one
	Repeat   bool     // of OpReverse, OpAdvise, OpConfirm: sent before
	Totals   Totals   // of OpReconcile, OpTrailer
	Script   bool     // of OpConfirm: the result of a script, not the TC
	Part     int      // of OpDownload: from 1
	Keys     []byte   // working keys of the session, as in Session.Keys
}

// Answer is what the host said, already checked to belong to the request.
type Answer struct {
	ResponseCode string // field 39
	Approved     bool   // by the profile's table of field 39
	RRN          string // field 37
	AuthCode     string // field 38
	ARQCVerified bool   // the issuer checked the card's request cryptogram and it was right
	ICC          []byte // field 55: issuer authentication data 91 and scripts 71, 72
	Amount       money.Amount
	Partial      bool         // only Amount was approved, which is less than was asked
	Available    money.Amount // of OpBalance, or of a sale whose host tells it: what the card holds
	Referral     bool         // the issuer wants to be called (01, 02)
	Acknowledged bool         // of OpReverse, OpAdvise and OpConfirm: by the profile's table the matter is at an end
	InBalance    bool         // of OpReconcile, OpTrailer: the host's totals are ours
	Theirs       *Totals      // of OpReconcile, OpTrailer: the host's own totals where it sends them
	Differs      []Difference // of OpTrailer: the records that only the host has, where it tells them
	Recorded     money.Amount // of OpUpload: the host's own amount of the record, where it tells it
	Proved       bool         // it has a message authentication code, and the right one
	SignOn       bool         // the host says that the terminal must sign on again: its keys are not the host's

	Keys       []byte    // of OpSignOn: working keys under the master key; nil where the host sent none
	Batch      int       // of OpSignOn: the host's batch number; 0 where it sent none
	Clock      time.Time // of OpSignOn: the host's date and time, zero where it sent none
	Parameters []byte    // of OpDownload: this part
	More       bool      // of OpDownload: another part follows
}

// NoAnswer is the error of an exchange that ended without a valid answer. Reason is
// one of ReasonTimeout, ReasonLink, ReasonInvalid and ReasonMAC; NotSent tells that not one byte
// of the request left the machine; SignOn that what came, whoever sent it, says that the
// terminal must sign on again.
type NoAnswer struct {
	Reason  Reason
	NotSent bool
	SignOn  bool
	Cause   error
}

// Error tells the reason and the cause.
func (n *NoAnswer) Error() string {
	return "no answer from the host (" + string(n.Reason) + "): " + n.Cause.Error()
}

// Unwrap is the cause.
func (n *NoAnswer) Unwrap() error { return n.Cause }
