package till

import (
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/pkg/money"
)

// NewTxn is what commit 1 makes durable: the transaction without the numbers that the
// store assigns (batch, STAN, version), and the sealed image of its reversal.
type NewTxn struct {
	Txn   Txn
	Image []byte // sealed card number and expiry; nil where nothing can be owed

	// Limits bound what is begun, inside the commit where nobody can come between.
	Limits Limits

	// Ticket is the ticket that Txn.Ticket names, as priced, to be stored in the same
	// commit; nil where the store has it already.
	Ticket *Ticket
}

// Limits bound what a terminal does by itself. What is zero does not bound.
type Limits struct {
	Batch        int          // card transactions of one batch
	OfflineCount int          // transactions approved offline that wait to be told to the host
	OfflineSum   money.Amount // and their sum
	Completion   int          // percent of what a pre-auth holds that its completion may take: 115
	Tip          int          // percent of a sale that its tips may come to
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

	Keys       []byte // working keys under the terminal's master key, as the host sent them in field 62; nil before the first sign-on
	Parameters []byte // as the host sent them; see package register
}

// Confirmation is something of a card that the host is told of after the sale: what
// became of the issuer's scripts.
type Confirmation struct {
	Seq      int // the store's number
	Txn      Txn
	Attempts int // messages begun, each counted before it is sent
}

// ErrStale is the cause of a commit that is refused because the transaction was
// changed since it was read, by another program or another part of this one.
var ErrStale = errors.New("changed since it was read")
