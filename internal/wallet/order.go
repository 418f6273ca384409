package wallet

import (
	"fmt"
	"io"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Flow is how the wallet of the shopper and the till meet.
type Flow string

// The flows.
const (
	Shown     Flow = "shown"   // the shopper scans the code that we show
	Scanned   Flow = "scanned" // we scan the payment code (付款码) that the shopper shows
	Refunding Flow = "refund"  // money goes back to the shopper of an earlier order; nobody scans anything
)

// OrderState is where an order, or the refund of one, stands.
type OrderState string

// The states of an order. Paid, Failed, Closed and Reversed are final. A refund knows
// Submitted, Pending, Unknown, Paid (the money is on its way back) and Failed.
const (
	StateCreated   OrderState = "created"   // durable; the request for a code may be on the wire
	StateShown     OrderState = "shown"     // the code may be seen by the shopper
	StateSubmitted OrderState = "submitted" // durable; the payment code, or the refund, may be on the wire
	StatePending   OrderState = "pending"   // the gateway has it and the shopper, or a bank, is not done
	StateUnknown   OrderState = "unknown"   // the first request was not answered: only a query can tell
	StatePaid      OrderState = "paid"      // final: the money is the shop's; of a refund: it is the shopper's again
	StateFailed    OrderState = "failed"    // final: refused, nothing moved
	StateClosing   OrderState = "closing"   // shown and given up: it must never be paid any more
	StateClosed    OrderState = "closed"    // final: never paid, and never will be
	StateReversing OrderState = "reversing" // it may have been paid and must be undone
	StateReversed  OrderState = "reversed"  // final: undone, and acknowledged
)

// States are all states in the order of a life.
func States() []OrderState {
	return []OrderState{
		StateCreated, StateShown, StateSubmitted, StatePending, StateUnknown, StatePaid,
		StateFailed, StateClosing, StateClosed, StateReversing, StateReversed,
	}
}

// IsFinal reports that the state never changes again.
func (s OrderState) IsFinal() bool {
	return s == StatePaid || s == StateFailed || s == StateClosed || s == StateReversed
}

// Txn is the state of the transaction that holds an order in this state. Closing is an
// INTENT and closed is DECLINED: nothing was ever charged, so there is nothing to
// reverse; when it turns out that there is, the order is reversing.
func (s OrderState) Txn() till.State {
	switch s {
	case StateCreated, StateShown, StateSubmitted, StatePending, StateUnknown, StateClosing:
		return till.Intent
	case StatePaid:
		return till.Approved
	case StateFailed, StateClosed:
		return till.Declined
	case StateReversing:
		return till.Reversing
	case StateReversed:
		return till.Reversed
	}
	return till.New
}

// ReasonPaidAfterClosing is why an order is undone that the shop had given up, and was
// told so, when the shopper paid it.
const ReasonPaidAfterClosing till.Reason = "paid_after_closing"

// Order is one attempt to be paid by a wallet, or one refund, as the store keeps it
// inside its transaction. Nothing in it is secret: the shopper's payment code is never
// here.
type Order struct {
	Number    string       `json:"number"` // of this attempt and no other, see [NewNumber]; of a refund: of the order that was paid
	Flow      Flow         `json:"flow"`
	State     OrderState   `json:"state,omitempty"`
	Amount    money.Amount `json:"amount"`              // to be paid; of a refund: to go back
	Code      string       `json:"code,omitempty"`      // what to show as a QR code
	TradeNo   string       `json:"trade_no,omitempty"`  // the wallet's own number of the payment or refund
	Provider  string       `json:"provider,omitempty"`  // whose wallet paid, as the gateway names it
	ExpiresAt time.Time    `json:"expires_at,omitzero"` // after this the gateway takes no payment for it; zero leaves it to Close
	Attempts  int          `json:"attempts,omitempty"`  // calls of the kind that State stands for, each counted before it leaves
	Reason    till.Reason  `json:"reason,omitempty"`    // why it is unknown, failed without the gateway's word, closed or reversed

	RefundNumber string `json:"refund_number,omitempty"` // of a refund; of an order that is reversing: of the refund that undoes it

	RefusedCode  string `json:"refused_code,omitempty"`  // the gateway's code of a refusal
	RefusedWords string `json:"refused_words,omitempty"` // and its words
}

// NumberLength is the number of characters of an order number or refund number: 120
// random bits. WeChat Pay takes 6 to 32 characters and Alipay up to 64.
const NumberLength = 24

// crockford is base 32 without I, L, O and U, so that a number can be read over the
// phone.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewNumber draws an order number or a refund number. It never depends on the clock and
// is never used for a second attempt.
func NewNumber(random io.Reader) (string, error) {
	var raw [NumberLength]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("drawing an order number: %w", err)
	}
	for i, b := range raw {
		raw[i] = crockford[b&31]
	}
	return string(raw[:]), nil
}

// undoNumber is the refund number under which an order refunds itself: always the same,
// so that a program that died over it goes on with that refund and begins no second one.
func undoNumber(order string) string { return order + "R" }
