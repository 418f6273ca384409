package till

import (
	"fmt"
	"time"

	"github.com/tillworks/till/pkg/money"
)

// MaxMinor is the largest amount of a transaction: the 12 digits of ISO 8583 field 4
// and of EMV tag 9F02.
const MaxMinor = 999_999_999_999

// TxnID identifies a transaction within the shop: 12 characters of Crockford's base
// 32, made from random bytes and never from the clock.
type TxnID string

// Kind is what a transaction does.
type Kind string

// The kinds of transaction, named as the trade does.
const (
	Sale   Kind = "sale"
	Void   Kind = "void"   // undoes an earlier transaction of the same batch, whole; of a pre-auth also of an earlier batch
	Refund Kind = "refund" // pays back a part or the whole of an approved sale or completion

	PreAuth     Kind = "preauth"      // holds an amount on the card; moves no money
	Increment   Kind = "increment"    // holds more under a pre-auth
	Completion  Kind = "completion"   // takes what a pre-auth holds, once, and releases the rest
	CashAdvance Kind = "cash_advance" // cash from the shop's drawer against the card
	Tip         Kind = "tip"          // adds to an approved sale or completion of the open batch
)

// IsHold reports a kind that holds an amount and moves none: it is in no totals, no
// drawer and no report of sales.
func (k Kind) IsHold() bool { return k == PreAuth || k == Increment }

// IsDebit reports a kind that takes money from the card for the shop.
func (k Kind) IsDebit() bool {
	return k == Sale || k == Completion || k == CashAdvance || k == Tip
}

// Refers reports a kind that names an earlier transaction and reads no card.
func (k Kind) Refers() bool {
	switch k {
	case Void, Refund, Increment, Completion, Tip:
		return true
	case Sale, PreAuth, CashAdvance:
	}
	return false
}

// Notice is why a transaction is told to the host afterwards (0220) and not asked of it.
type Notice string

// The notices. What none is for is asked.
const (
	NoNotice      Notice = ""
	NoticeOffline Notice = "offline" // the chip approved without the host, which could not be reached (response codes Y1, Y3)
	NoticeVoice   Notice = "voice"   // the issuer approved by telephone and gave the authorization code
	NoticeDone    Notice = "done"    // the kind itself is a notice at this host: a tip, a refund as UnionPay has it, a completion by advice
)

// Plan is how a sale is paid back to the issuer.
type Plan struct {
	Count int    `json:"count"`          // instalments, 2 to 99
	Code  string `json:"code,omitempty"` // of the issuer's or acquirer's plan, up to 8 letters and digits
}

// Resolution is how a manager ended an exception: the host had answered a reversal or a
// notice in a way nobody can act on.
type Resolution struct {
	As     ResolvedAs `json:"as"`
	By     StaffID    `json:"by,omitempty"`
	Reason string     `json:"reason"`
	RRN    string     `json:"rrn,omitempty"` // of ResolvedPosted: the host's reference number, as the acquirer told it
	At     time.Time  `json:"at"`
}

// ResolvedAs is what a manager found out.
type ResolvedAs string

// The ways in which an exception ends. Retry does not end it: the message is sent again.
const (
	ResolvedPosted    ResolvedAs = "posted"     // the host has it: the transaction is APPROVED
	ResolvedNotPosted ResolvedAs = "not_posted" // the host has it not: the transaction is REVERSED
	ResolvedRetry     ResolvedAs = "retry"
)

// Tender is how the shopper pays.
type Tender string

// The tenders.
const (
	Card Tender = "card"
	Cash Tender = "cash"
	QR   Tender = "qr" // a wallet, by a code shown or scanned
)

// Entry is how the card's data came in (ISO 8583 field 22, positions 1 and 2).
type Entry string

// The entry modes.
const (
	NoEntry  Entry = ""         // cash, or a transaction that refers to another
	Chip     Entry = "chip"     // contact EMV: 05
	Tap      Entry = "tap"      // contactless EMV: 07
	Swipe    Entry = "swipe"    // stripe: 90
	Fallback Entry = "fallback" // stripe after the chip failed: 80
	Manual   Entry = "manual"   // keyed: 01
	Shown    Entry = "shown"    // the shopper scanned the shop's code
	Scanned  Entry = "scanned"  // the shop scanned the shopper's code
)

// State is where a transaction stands; docs/ARCHITECTURE.md draws the moves between
// them. New lives in memory only.
type State string

// The states of a transaction.
const (
	New       State = ""
	Intent    State = "INTENT"    // durable; the request may be on the wire
	Approved  State = "APPROVED"  // final
	Declined  State = "DECLINED"  // final, by host or card
	Reversing State = "REVERSING" // outcome unknown or unwanted: must be undone at the host
	Reversed  State = "REVERSED"  // final, undone and acknowledged
	Exception State = "EXCEPTION" // the host answered a reversal in a way nobody can act on
	Advice    State = "ADVICE"    // approved here, still to be told to the host
)

// IsFinal reports that the state never changes again.
func (s State) IsFinal() bool { return s == Approved || s == Declined || s == Reversed }

// IsOpen reports that a batch cannot close over a transaction in this state.
func (s State) IsOpen() bool {
	return s == Intent || s == Reversing || s == Exception || s == Advice
}

// Outcome is what a caller is told of a transaction: a word for each state.
type Outcome string

// The outcomes. Unknown is a transaction whose answer never came and whose reversal is
// not acknowledged yet.
const (
	OutcomeApproved Outcome = "approved"
	OutcomeDeclined Outcome = "declined"
	OutcomeUnknown  Outcome = "unknown"
	OutcomeReversed Outcome = "reversed"
)

// Outcome is the word for the state.
func (s State) Outcome() Outcome {
	switch s {
	case Approved, Advice:
		return OutcomeApproved
	case Declined:
		return OutcomeDeclined
	case Reversed:
		return OutcomeReversed
	default:
	}
	return OutcomeUnknown
}

// STAN is the system trace audit number, ISO 8583 field 11: 1 to 999999, unique per
// terminal and batch.
type STAN int

// MaxSTAN is the highest trace number; the next is 1.
const MaxSTAN STAN = 999999

// String is the six digits of field 11.
func (s STAN) String() string { return fmt.Sprintf("%06d", int(s)) }

// Who tells who declined a transaction.
type Who string

// The parties that decline.
const (
	ByHost Who = "host"
	ByCard Who = "card"

	ByWallet Who = "wallet"
)

// Reason is why a transaction is being undone; it goes into field 39 of the reversal
// by the host profile.
type Reason string

// The reasons of a reversal.
const (
	ReasonTimeout  Reason = "timeout"        // no answer within the host's time
	ReasonLink     Reason = "link_lost"      // the connection broke after sending began
	ReasonInvalid  Reason = "invalid_answer" // an answer of another STAN, terminal or amount, or unreadable
	ReasonCard     Reason = "card"           // the card refused or was removed after the host approved
	ReasonRestart  Reason = "restart"        // the program ended between request and outcome
	ReasonCanceled Reason = "canceled"       // the operator or the shopper gave up after sending
	ReasonPartial  Reason = "partial"        // the host approved a part, and the shopper wants the whole or nothing
	ReasonMAC      Reason = "mac"            // an answer whose message authentication code is wrong

	ReasonPaidAfterClosing Reason = "paid_after_closing" // a wallet paid an order that was being closed
)

// Outcome is the word for the transaction as it stands. One that the card refused after the
// host approved, or of which the shopper did not want the part that was approved, is
// declined for the shopper from that moment, while its reversal is still on its way.
func (t Txn) Outcome() Outcome {
	if t.State == Reversing && (t.Reason == ReasonCard || t.Reason == ReasonPartial) {
		return OutcomeDeclined
	}
	return t.State.Outcome()
}

// CardSummary is what may be kept of a card after the sale: a truncation, a keyed
// token and what a receipt must show.
type CardSummary struct {
	Masked string `json:"masked"`          // first 6, last 4
	Token  string `json:"token,omitempty"` // HMAC-SHA256 under a key outside the store
	Brand  string `json:"brand,omitempty"`
	AID    string `json:"aid,omitempty"`   // hex, EMV tag 4F or 84
	Label  string `json:"label,omitempty"` // EMV tag 50 or 9F12
	PSN    string `json:"psn,omitempty"`   // PAN sequence number, EMV tag 5F34, two digits
}

// ChipEvidence is what a receipt and a dispute need of an EMV conversation. None of
// it is card data that must be hidden. Texts are hex.
type ChipEvidence struct {
	Cryptogram     string `json:"cryptogram,omitempty"`      // 9F26 of the last GENERATE AC
	CryptogramType string `json:"cryptogram_type,omitempty"` // TC, ARQC or AAC
	ATC            string `json:"atc,omitempty"`             // 9F36
	TVR            string `json:"tvr,omitempty"`             // 95
	TSI            string `json:"tsi,omitempty"`             // 9B
	IAD            string `json:"iad,omitempty"`             // 9F10
	CVM            string `json:"cvm,omitempty"`             // CVM results 9F34
	ARQC           string `json:"arqc,omitempty"`            // the cryptogram of the first GENERATE AC, where one went online
	ARQCVerified   bool   `json:"arqc_verified,omitempty"`   // the issuer accepted the card's request cryptogram
	ARPCVerified   bool   `json:"arpc_verified,omitempty"`   // the card accepted the issuer's answer

	// Data is the chip data (field 55) with the last cryptogram, hex, where the host is to
	// be told of it afterwards. It holds no number and no track.
	Data string `json:"data,omitempty"`

	Scripts []ScriptResult `json:"scripts,omitempty"` // of the issuer's scripts, in the order they were carried out
}

// ScriptResult is how one script of the issuer went at the card.
type ScriptResult struct {
	ID       string `json:"id"`       // script identifier, tag 9F18, hex
	Template string `json:"template"` // 71, before the last cryptogram, or 72, after it
	Commands int    `json:"commands"` // in the script
	Done     int    `json:"done"`     // carried out by the card
	Result   string `json:"result"`   // tag 9F5B as the host is told it, hex
}

// Failed reports a script that was not carried out to its end.
func (s ScriptResult) Failed() bool { return s.Done < s.Commands || s.Commands == 0 }

// Txn is one transaction as the store holds it. It holds no card number, track, CVV
// or PIN.
type Txn struct {
	ID       TxnID        `json:"id"`
	Key      string       `json:"key"` // the shop's idempotency key
	Kind     Kind         `json:"kind"`
	Tender   Tender       `json:"tender"`
	Entry    Entry        `json:"entry,omitempty"`
	State    State        `json:"state"`
	Amount   money.Amount `json:"amount"`
	Terminal string       `json:"terminal"` // field 41
	Merchant string       `json:"merchant"` // field 42
	Batch    int          `json:"batch"`    // the batch it belongs to, 1 to 999999
	STAN     STAN         `json:"stan"`
	At       time.Time    `json:"at"` // wall clock at the intent: shown, never ordered by

	RRN          string `json:"rrn,omitempty"`
	AuthCode     string `json:"auth_code,omitempty"`
	ResponseCode string `json:"response_code,omitempty"`
	DeclinedBy   Who    `json:"declined_by,omitempty"`

	Card *CardSummary  `json:"card,omitempty"`
	Chip *ChipEvidence `json:"chip,omitempty"`

	Wallet *Order `json:"wallet,omitempty"` // of a wallet payment

	Original TxnID `json:"original,omitempty"` // of a void or refund

	Ticket   TicketID     `json:"ticket,omitempty"`   // whose lines it pays for; a void has that of what it undoes
	Staff    StaffID      `json:"staff,omitempty"`    // who took it
	Approver StaffID      `json:"approver,omitempty"` // who allowed a void or refund that needed it
	Shift    int          `json:"shift,omitempty"`    // open at its terminal when it began; assigned by the store
	Asked    money.Amount `json:"asked,omitzero"`     // of a partial approval: what was asked; Amount is what was approved
	Cashback money.Amount `json:"cashback,omitzero"`  // part of Amount that the shopper got in cash
	Plan     *Plan        `json:"plan,omitempty"`     // of a sale in instalments
	Notice   Notice       `json:"notice,omitempty"`   // why it is told and not asked
	Decided  *Resolution  `json:"decided,omitempty"`  // of an exception that a manager ended

	Given    money.Amount `json:"given,omitzero"`    // of cash: what the shopper handed over
	Rounding money.Amount `json:"rounding,omitzero"` // of cash: what rounding to the smallest coin added to Amount; may be negative

	// Set by the store in the commit from which on the money counts.
	Day  Day `json:"day,omitempty"`  // business day
	Hour int `json:"hour,omitempty"` // of the shop's clock

	Reason   Reason `json:"reason,omitempty"`   // of a reversal
	Attempts int    `json:"attempts,omitempty"` // reversals or notices begun, each counted before it is sent

	// Derived by the store when read, from the transactions that refer to this one.
	VoidedBy    TxnID        `json:"voided_by,omitempty"`
	Refunded    money.Amount `json:"refunded,omitzero"`      // sum of approved refunds
	Tipped      money.Amount `json:"tipped,omitzero"`        // sum of approved tips
	Incremented money.Amount `json:"incremented,omitzero"`   // of a pre-auth: sum of approved increments
	CompletedBy TxnID        `json:"completed_by,omitempty"` // of a pre-auth

	Version int `json:"version"` // raised by every commit; a commit names the one it saw
}

// SameRequest reports that u asks for what t did: the test behind one idempotency key. A
// void has its ticket from what it undoes.
func (t Txn) SameRequest(u Txn) bool {
	return t.Kind == u.Kind && t.Tender == u.Tender && t.Wanted() == u.Wanted() && t.Original == u.Original &&
		(t.Kind == Void || t.Ticket == u.Ticket) && t.Rounding.Minor() == u.Rounding.Minor() &&
		t.Cashback.Minor() == u.Cashback.Minor() && samePlan(t.Plan, u.Plan)
}

func samePlan(a, b *Plan) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// Wanted is the amount that was asked of the host, of which it may have approved a part.
func (t Txn) Wanted() money.Amount {
	if !t.Asked.IsZero() {
		return t.Asked
	}
	return t.Amount
}

// Unmet is what the host did not approve of what it was asked: nothing, unless it approved
// a part.
func (t Txn) Unmet() money.Amount {
	return money.New(t.Wanted().Minor()-t.Amount.Minor(), t.Amount.Currency())
}

// Whole is what a void of the transaction undoes: a sale with its tips, a pre-auth with
// its increments.
func (t Txn) Whole() money.Amount {
	return money.New(t.Amount.Minor()+t.Tipped.Minor()+t.Incremented.Minor(), t.Amount.Currency())
}

// Change is what goes back to a shopper who paid in cash.
func (t Txn) Change() money.Amount {
	if t.Given.IsZero() {
		return money.New(0, t.Amount.Currency())
	}
	return money.New(t.Given.Minor()-t.Amount.Minor(), t.Amount.Currency())
}

// Covers is how much of its ticket the transaction pays for: not what rounding added, nor
// what was handed out in cash.
func (t Txn) Covers() money.Amount {
	return money.New(t.Amount.Minor()-t.Rounding.Minor()-t.Cashback.Minor(), t.Amount.Currency())
}
