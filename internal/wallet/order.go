package wallet

import (
	"fmt"
	"io"

	"github.com/tillworks/till/internal/till"
)

// The nouns of an order are the shop's, since the store keeps it inside a transaction.
type (
	// Order is one attempt to be paid by a wallet, or one refund.
	Order = till.Order
	// OrderState is where it stands.
	OrderState = till.OrderState
	// Flow is how the wallet of the shopper and the till meet.
	Flow = till.Flow
)

// The flows.
const (
	Shown     = till.FlowShown
	Scanned   = till.FlowScanned
	Refunding = till.FlowRefund
)

// The states of an order.
const (
	StateCreated   = till.OrderCreated
	StateShown     = till.OrderShown
	StateSubmitted = till.OrderSubmitted
	StatePending   = till.OrderPending
	StateUnknown   = till.OrderUnknown
	StatePaid      = till.OrderPaid
	StateFailed    = till.OrderFailed
	StateClosing   = till.OrderClosing
	StateClosed    = till.OrderClosed
	StateReversing = till.OrderReversing
	StateReversed  = till.OrderReversed
)

// States are all states in the order of a life.
func States() []OrderState {
	return []OrderState{
		StateCreated, StateShown, StateSubmitted, StatePending, StateUnknown, StatePaid,
		StateFailed, StateClosing, StateClosed, StateReversing, StateReversed,
	}
}

// ReasonPaidAfterClosing is why an order is undone that the shop had given up, and was
// told so, when the shopper paid it.
const ReasonPaidAfterClosing = till.ReasonPaidAfterClosing

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
