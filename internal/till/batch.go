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
}

// Totals are the card totals of a batch in one currency, by the fields of an
// ISO 8583:1987 reconciliation. A sale is a debit to the card, a refund a credit, a
// void a reversal of what it undoes. Cash is the shop's own and no part of them.
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
	case x.Kind == Sale:
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
