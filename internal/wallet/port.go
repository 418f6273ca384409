package wallet

import (
	"context"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// Request is what the till asks of a gateway about one order.
type Request struct {
	Order    Order
	Merchant string
	Terminal string
	Batch    int

	PaymentCode card.Secret // of Submit: what the shopper showed; in memory only
	Subject     string      // of Create and Submit: what the shopper reads in the wallet; may be empty
	NotifyURL   string      // of Create and Submit: where the gateway may tell of the payment; may be empty
}

// Status is what a gateway says of an order or refund.
type Status string

// The statuses.
const (
	Paid     Status = "paid"      // the money is the shop's; of a refund: it is done
	Unpaid   Status = "unpaid"    // the order stands and nobody has begun to pay
	Pending  Status = "pending"   // the shopper is paying (a password, a limit), or a bank is refunding
	Failed   Status = "failed"    // refused for good, with code and words; nothing moved
	Closed   Status = "closed"    // it was not paid and never can be
	NotFound Status = "not_found" // the gateway has no such order or refund, so far
)

func (s Status) isKnown() bool {
	switch s {
	case Paid, Unpaid, Pending, Failed, Closed, NotFound:
		return true
	}
	return false
}

// Answer is what the gateway said, already checked to belong to the request: signed by
// the gateway for this very request, of the same order number, refund number, amount
// and currency.
type Answer struct {
	Status   Status
	Code     string    // of Create, and of Query where the gateway repeats it: what to show
	TradeNo  string    // the wallet's own number, once there is one
	Provider string    // whose wallet it was
	At       time.Time // when it was paid or refunded, by the gateway's clock; shown, never ordered by

	RefusedCode  string // of Failed
	RefusedWords string // of Failed: for people, in the gateway's language
}

// Orders takes payments. Every method returns a valid answer or a *till.NoAnswer: by
// till.ReasonTimeout there was none before ctx ended, by till.ReasonLink the connection
// broke or never stood (NotSent), by till.ReasonInvalid what came was not the answer to
// this request. Methods are called by one goroutine for one order, by many for many.
type Orders interface {
	// Create asks for a code to show. The same order number again gets the same order.
	Create(ctx context.Context, r Request) (Answer, error)
	// Submit charges the wallet behind a payment code, which is spent by this whatever
	// the answer: it is called once for an order number.
	Submit(ctx context.Context, r Request) (Answer, error)
	// Query changes nothing. NotFound does not mean that a request is not still on its
	// way.
	Query(ctx context.Context, r Request) (Answer, error)
	// Close ends an order that is not paid. Closed is a promise: it is not paid and
	// never will be, also where the gateway had never heard of it and its Create or
	// Submit comes later. Paid tells that it was too late, and changes nothing. It may
	// be repeated.
	Close(ctx context.Context, r Request) (Answer, error)
}

// Refunds pays back, a part or the whole, as often as the paid amount allows.
type Refunds interface {
	// Refund pays Order.Amount back under Order.RefundNumber. The same refund number
	// again gets the same refund, and a refusal stays one.
	Refund(ctx context.Context, r Request) (Answer, error)
	// QueryRefund tells how the refund of Order.RefundNumber stands.
	QueryRefund(ctx context.Context, r Request) (Answer, error)
}

// Gateway is the server of a wallet, or of many, that a till speaks to.
type Gateway interface {
	Orders
	Refunds
}

// Notice is what a notification says. It has been asked for by nobody and anybody can
// send one, so it is a reason to query and never a fact.
type Notice struct {
	Trusted      bool   // its signature is the gateway's
	ID           string // the same on every repeat
	Number       string
	RefundNumber string // of a refund
	Status       Status
	Amount       money.Amount
	TradeNo      string
}
