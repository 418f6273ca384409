package till

import (
	"time"

	"github.com/tillworks/till/pkg/money"
)

// Flow is how the wallet of the shopper and the till meet.
type Flow string

// The flows.
const (
	FlowShown   Flow = "shown"   // the shopper scans the code that the till shows (主扫)
	FlowScanned Flow = "scanned" // the till scans the payment code (付款码) that the shopper shows (被扫)
	FlowRefund  Flow = "refund"  // money goes back to the shopper of an earlier order; nobody scans anything
)

// OrderState is where a wallet order, or the refund of one, stands; internal/wallet
// draws the moves between them.
type OrderState string

// The states of an order. Paid, failed, closed and reversed are final. A refund knows
// submitted, pending, unknown, paid (the money is on its way back) and failed.
const (
	OrderCreated   OrderState = "created"   // durable; the request for a code may be on the wire
	OrderShown     OrderState = "shown"     // the code may be seen by the shopper
	OrderSubmitted OrderState = "submitted" // durable; the payment code, or the refund, may be on the wire
	OrderPending   OrderState = "pending"   // the gateway has it and the shopper, or a bank, is not done
	OrderUnknown   OrderState = "unknown"   // the first request was not answered: only a query can tell
	OrderPaid      OrderState = "paid"      // final: the money is the shop's; of a refund: it is the shopper's again
	OrderFailed    OrderState = "failed"    // final: refused, nothing moved
	OrderClosing   OrderState = "closing"   // shown and given up: it must never be paid any more
	OrderClosed    OrderState = "closed"    // final: never paid, and never will be
	OrderReversing OrderState = "reversing" // it may have been paid and must be undone
	OrderReversed  OrderState = "reversed"  // final: undone, and acknowledged
)

// IsFinal reports that the state never changes again.
func (s OrderState) IsFinal() bool {
	return s == OrderPaid || s == OrderFailed || s == OrderClosed || s == OrderReversed
}

// Txn is the state of the transaction that holds an order in this state. Closing is an
// INTENT and closed is DECLINED: nothing was ever charged, so there is nothing to
// reverse; when it turns out that there is, the order is reversing.
func (s OrderState) Txn() State {
	switch s {
	case OrderCreated, OrderShown, OrderSubmitted, OrderPending, OrderUnknown, OrderClosing:
		return Intent
	case OrderPaid:
		return Approved
	case OrderFailed, OrderClosed:
		return Declined
	case OrderReversing:
		return Reversing
	case OrderReversed:
		return Reversed
	}
	return New
}

// Order is one attempt to be paid by a wallet, or one refund, as the store keeps it
// inside its transaction. Nothing in it is secret: the shopper's payment code, which is
// single use and may be a card number, is never here.
type Order struct {
	Number    string       `json:"number"` // of this attempt and no other; of a refund: of the order that was paid
	Flow      Flow         `json:"flow"`
	State     OrderState   `json:"state,omitempty"`
	Amount    money.Amount `json:"amount"`              // to be paid; of a refund: to go back
	Code      string       `json:"code,omitempty"`      // what to show as a QR code
	TradeNo   string       `json:"trade_no,omitempty"`  // the wallet's own number of the payment or refund
	Provider  string       `json:"provider,omitempty"`  // whose wallet paid, as the gateway names it
	ExpiresAt time.Time    `json:"expires_at,omitzero"` // after this the gateway takes no payment for it; zero leaves it to a close
	Attempts  int          `json:"attempts,omitempty"`  // calls of the kind that State stands for, each counted before it leaves
	Reason    Reason       `json:"reason,omitempty"`    // why it is unknown, failed without the gateway's word, closed or reversed

	RefundNumber string `json:"refund_number,omitempty"` // of a refund; of an order that is reversing: of the refund that undoes it

	RefusedCode  string `json:"refused_code,omitempty"`  // the gateway's code of a refusal
	RefusedWords string `json:"refused_words,omitempty"` // and its words
}
