package till

import "time"

// Flow is who shows the code of a wallet payment.
type Flow string

// The flows.
const (
	FlowShown   Flow = "shown"   // the shopper scans the shop's code (主扫)
	FlowScanned Flow = "scanned" // the shop scans the shopper's payment code (被扫)
)

// OrderState is where a wallet order stands; internal/wallet draws the moves between
// them.
type OrderState string

// The states of a wallet order. Each is durable before the call that it announces.
const (
	OrderCreated   OrderState = "created"   // the gateway is being asked for a code to show
	OrderShown     OrderState = "shown"     // the shopper may pay it
	OrderSubmitted OrderState = "submitted" // the shopper's code, or a refund, is on its way to the gateway
	OrderPending   OrderState = "pending"   // the wallet waits for its user
	OrderPaid      OrderState = "paid"      // final: paid, or refunded where it is a refund
	OrderFailed    OrderState = "failed"    // final: the wallet refused
	OrderClosing   OrderState = "closing"   // the shop gave up a shown code
	OrderClosed    OrderState = "closed"    // final: it can no longer be paid
	OrderReversing OrderState = "reversing" // what may have been paid is being given back
	OrderReversed  OrderState = "reversed"  // final: given back
	OrderUnknown   OrderState = "unknown"   // the gateway was silent; to be asked by query
)

// Txn is the state of the transaction whose order stands so.
func (s OrderState) Txn() State {
	switch s {
	case OrderPaid:
		return Approved
	case OrderFailed, OrderClosed:
		return Declined
	case OrderReversing:
		return Reversing
	case OrderReversed:
		return Reversed
	default:
	}
	return Intent // what is being closed is not known to be unpaid yet
}

// Order is the wallet's side of a transaction, kept with it. It never holds the
// shopper's payment code, which is single use and may be a card number.
type Order struct {
	Number    string     `json:"number"` // the shop's number of this one attempt, told to the gateway
	Flow      Flow       `json:"flow,omitempty"`
	State     OrderState `json:"state"`
	Provider  string     `json:"provider,omitempty"` // the wallet that paid, where known
	TradeNo   string     `json:"trade_no,omitempty"` // the wallet's own number
	Code      string     `json:"code,omitempty"`     // what is shown to the shopper; no secret
	ExpiresAt time.Time  `json:"expires_at,omitzero"`
	RefundNo  string     `json:"refund_no,omitempty"` // of a refund or void: the shop's number of it
	Failure   string     `json:"failure,omitempty"`   // the wallet's words for a refusal
	Queries   int        `json:"queries,omitempty"`
}
