package till

import (
	"time"

	"github.com/tillworks/till/pkg/money"
)

// BatchState is where a batch stands.
type BatchState string

// The states of a batch.
const (
	BatchOpen           BatchState = "OPEN"            // takes sales
	BatchClosing        BatchState = "CLOSING"         // totals are being sent; new sales go to the next batch
	BatchUploading      BatchState = "UPLOADING"       // the totals differed: record after record is sent (0320)
	BatchTrailer        BatchState = "TRAILER"         // every record is sent: the totals are sent again
	BatchClosed         BatchState = "CLOSED"          // the host agreed
	BatchReconcileError BatchState = "RECONCILE_ERROR" // the host's totals differ; it stays until resolved
)

// Batch is the transactions between two settlements of a terminal.
type Batch struct {
	Number   int        `json:"number"`
	State    BatchState `json:"state"`
	OpenedAt time.Time  `json:"opened_at"`
	ClosedAt time.Time  `json:"closed_at,omitzero"`
	STAN     STAN       `json:"stan,omitempty"`     // of the 0500 that closed it
	Attempts int        `json:"attempts,omitempty"` // 0500s sent
	Ours     Totals     `json:"ours"`
	Theirs   *Totals    `json:"theirs,omitempty"` // what the host said where it differed

	Confirmed   int          `json:"confirmed,omitempty"` // of a host that wants them: TCs of its chip transactions acknowledged
	Uploaded    int          `json:"uploaded,omitempty"`  // records acknowledged, in the order of the store's list
	Differences []Difference `json:"differences,omitempty"`
}

// Difference is a record of a batch on which the host and the shop do not agree.
type Difference struct {
	Txn          TxnID        `json:"txn,omitempty"` // empty where only the host has it
	STAN         STAN         `json:"stan"`
	Kind         Kind         `json:"kind,omitempty"`
	ResponseCode string       `json:"response_code,omitempty"` // of the host to the record
	Ours         money.Amount `json:"ours,omitzero"`
	Theirs       money.Amount `json:"theirs,omitzero"` // where the host says it
}

// IsClosing reports a batch whose totals are frozen and which the host has not agreed to.
func (b Batch) IsClosing() bool {
	switch b.State {
	case BatchClosing, BatchUploading, BatchTrailer, BatchReconcileError:
		return true
	case BatchOpen, BatchClosed:
	}
	return false
}

// Totals are the card totals of a batch in one currency, by the fields of an
// ISO 8583:1987 reconciliation. A sale, a completion and a cash advance are debits to the
// card, a refund a credit, a void a reversal of what it undoes; a tip adds to the sum of
// the debits and is none of its own; a pre-auth and its increments are in no total. Cash
// is the shop's own and no part of them.
type Totals struct {
	Currency        string `json:"currency"`
	Debits          int    `json:"debits"`           // field 76: sales
	DebitMinor      int64  `json:"debit_minor"`      // field 88
	DebitReversals  int    `json:"debit_reversals"`  // field 77: voids of sales
	DebitRevMinor   int64  `json:"debit_rev_minor"`  // field 89
	Credits         int    `json:"credits"`          // field 74: refunds
	CreditMinor     int64  `json:"credit_minor"`     // field 86
	CreditReversals int    `json:"credit_reversals"` // field 75: voids of refunds
	CreditRevMinor  int64  `json:"credit_rev_minor"` // field 87
}

// Net is what the acquirer owes the shop: debits less their reversals, less credits
// net of theirs.
func (t Totals) Net() int64 {
	return t.DebitMinor - t.DebitRevMinor - t.CreditMinor + t.CreditRevMinor
}

// NetAmount is Net as money.
func (t Totals) NetAmount() money.Amount {
	c, err := money.CurrencyByCode(t.Currency)
	if err != nil {
		return money.New(t.Net(), money.Currency{})
	}
	return money.New(t.Net(), c)
}

// Count adds a transaction of the batch to its totals, by what its state and kind say;
// original is the kind of what a void undoes. It is the rule that the store's own sums
// are held against.
func (t Totals) Count(x Txn, original Kind) Totals {
	if x.State != Approved || x.Tender != Card {
		return t
	}
	minor := x.Amount.Minor()
	switch {
	case x.Kind.IsHold(), x.Kind == Void && original.IsHold():
	case x.Kind == Tip:
		t.DebitMinor += minor
	case x.Kind.IsDebit():
		t.Debits, t.DebitMinor = t.Debits+1, t.DebitMinor+minor
	case x.Kind == Refund:
		t.Credits, t.CreditMinor = t.Credits+1, t.CreditMinor+minor
	case original == Refund:
		t.CreditReversals, t.CreditRevMinor = t.CreditReversals+1, t.CreditRevMinor+minor
	default:
		t.DebitReversals, t.DebitRevMinor = t.DebitReversals+1, t.DebitRevMinor+minor
	}
	return t
}
