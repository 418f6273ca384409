package wallet

import (
	"time"

	"github.com/tillworks/till/pkg/card"
)

// Action is something that must be done, in the order given. The set is closed.
type Action interface{ action() }

// Commit makes Order durable inside its transaction, whose state is Order.State.Txn();
// answered by [Committed]. If it fails the caller stops: nothing that follows may
// happen.
type Commit struct{ Order Order }

// Create, Submit, Query, Close, Refund and QueryRefund call the method of [Gateway] of
// that name for the order as it was last committed; answered by [Answered] or
// [NoAnswer].
type (
	// Create asks for a code to show.
	Create struct{}
	// Submit hands in the shopper's payment code.
	Submit struct{ PaymentCode card.Secret }
	// Query asks how the order stands.
	Query struct{}
	// Close ends the order.
	Close struct{}
	// Refund pays Order.Amount back under Order.RefundNumber.
	Refund struct{}
	// QueryRefund asks how that refund stands.
	QueryRefund struct{}
)

// Show puts Code before the shopper. The order is durable.
type Show struct{ Code string }

// Wait waits for what comes first: the end of Pause ([Due]), a notification
// ([Notified]), the end of the shop's patience ([Deadline]) or of the operator's
// ([Canceled]). A caller that has no more time performs it by stopping: what the store
// holds is resumed later.
type Wait struct{ Pause time.Duration }

// Note appends a remark to the journal and changes nothing else.
type Note struct{ Remark string }

// Print tells the shopper and the operator the durable outcome. A printer that fails
// cancels nothing.
type Print struct{}

func (Commit) action()      {}
func (Create) action()      {}
func (Submit) action()      {}
func (Query) action()       {}
func (Close) action()       {}
func (Refund) action()      {}
func (QueryRefund) action() {}
func (Show) action()        {}
func (Wait) action()        {}
func (Note) action()        {}
func (Print) action()       {}
