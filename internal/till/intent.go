package till

import (
	"errors"
	"fmt"
	"time"
)

// NewTxn is what commit 1 makes durable: the transaction without the numbers that the
// store assigns (batch, STAN, version), and the sealed image of its reversal.
type NewTxn struct {
	Txn   Txn
	Image []byte // sealed card number and expiry; nil where nothing can be owed

	// Ticket is the ticket that Txn.Ticket names, as priced, to be stored in the same
	// commit; nil where the store has it already.
	Ticket *Ticket
}

// Past is a ticket that was paid elsewhere or earlier, to be taken into the books as it is.
type Past struct {
	At     time.Time // of its completion, whose business day it belongs to
	Ticket Ticket    // as priced
	Txns   []Txn     // approved, together covering its total
}

// Replay tells that the idempotency key is known already; Txn is the stored one.
// Whoever gets it compares the requests.
type Replay struct{ Txn Txn }

// Error implements error.
func (r *Replay) Error() string {
	return fmt.Sprintf("idempotency key of transaction %s is taken", r.Txn.ID)
}

// Filter selects transactions; zero fields select all.
type Filter struct {
	Batch  int
	States []State
	Kind   Kind
	Limit  int // newest first; 0 is no limit
}

// Session is what a terminal knows of its standing with one host.
type Session struct {
	Terminal string
	Batch    int  // the open batch
	SignedOn bool // since this batch opened
}

// ErrStale is the cause of a commit that is refused because the transaction was
// changed since it was read, by another program or another part of this one.
var ErrStale = errors.New("changed since it was read")
