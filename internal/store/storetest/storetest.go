// Package storetest states, from outside, what every adapter of the shop's store must
// do. An adapter's test calls [Run] with a [Shop]; the suite opens it as often as it
// likes, as several programs on one machine would.
//
// The rules are the table in rules.go, each with a name that reads as a sentence. A new
// rule is a function and a line there, and every adapter is held to it from then on.
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/tillworks/till/internal/till"
)

// Store is what the suite tests: the whole of what the register and the command line
// ask of a store.
type Store interface {
	Begin(ctx context.Context, n till.NewTxn) (till.Txn, error)
	Record(ctx context.Context, t till.Txn) (till.Txn, error)
	Note(ctx context.Context, id till.TxnID, remark string) error

	Txn(ctx context.Context, id till.TxnID) (till.Txn, error)
	TxnByKey(ctx context.Context, key string) (till.Txn, error)
	Txns(ctx context.Context, f till.Filter) ([]till.Txn, error)
	Image(ctx context.Context, id till.TxnID) ([]byte, error)
	History(ctx context.Context, id till.TxnID) ([]till.JournalRow, error)

	OpenTxns(ctx context.Context) ([]till.TxnID, error)
	Adopt(ctx context.Context) ([]till.Txn, error)

	NextSTAN(ctx context.Context, terminal string) (till.STAN, error)
	Session(ctx context.Context, terminal string) (till.Session, error)
	SignedOn(ctx context.Context, terminal string, on bool) error

	Batch(ctx context.Context, number int) (till.Batch, error)
	CurrentBatch(ctx context.Context) (till.Batch, error)
	Batches(ctx context.Context) ([]till.Batch, error)
	StartClose(ctx context.Context, terminal string) (till.Batch, error)
	RecordBatch(ctx context.Context, b till.Batch) error
	Totals(ctx context.Context, batch int) (till.Totals, error)
	BatchTxns(ctx context.Context, batch int) ([]till.Txn, error)

	SaveKeys(ctx context.Context, terminal string, keys []byte) error
	SaveParameters(ctx context.Context, terminal string, parameters []byte) error

	Confirmations(ctx context.Context, terminal string) ([]till.Confirmation, error)
	CountConfirmation(ctx context.Context, seq int) error
	EndConfirmation(ctx context.Context, seq int, responseCode string) error

	Settlements(ctx context.Context) ([]till.Settlement, error)
	Settlement(ctx context.Context, seq int) (till.Settlement, error)
	RecordSettlement(ctx context.Context, run till.Settlement) error
	TenderTotals(ctx context.Context, batch int) ([]till.TenderTotals, error)

	Books
	Tickets
	Days

	Disclose(ctx context.Context, d till.Disclosure) error
	Disclosures(ctx context.Context) ([]till.Disclosure, error)

	Verify(ctx context.Context) (rows int, err error)
	Close() error
}

// Shop is a place that holds a store, empty at first. Its calendar is that of Shanghai
// with a business day from four to four, and more than is in stock is not sold.
type Shop interface {
	// Open opens the store as one more program would.
	Open(ctx context.Context) (Store, error)
	// SetClock stops the clock of all programs, those that have the store open too. Until
	// then it is the system's.
	SetClock(at time.Time)
	// SetSTAN makes last the trace number that the terminal used last. The terminal
	// has used one before.
	SetSTAN(t *testing.T, terminal string, last till.STAN)
	// Damage does what no program of ours does, past every guard, while nobody has the
	// store open.
	Damage(t *testing.T, d Damage, id till.TxnID)
}

// Damage is a way to spoil a store.
type Damage string

// The damages. Where one is about a transaction, Shop.Damage is told which.
const (
	TxnChanged       Damage = "a transaction's amount is changed"
	TxnRemoved       Damage = "a transaction is removed"
	JournalChanged   Damage = "the first journal row about a transaction says another amount"
	JournalRemoved   Damage = "the first journal row about a transaction is removed"
	JournalCut       Damage = "the last journal row is removed"
	BatchChanged     Damage = "the totals of the first batch are changed"
	SettlementForged Damage = "the result of the first reconciliation is changed"
	CheckpointForged Damage = "a checkpoint for the last journal row is invented"
)

// Run holds an adapter to every rule. shop makes a new, empty shop.
func Run(t *testing.T, shop func(t *testing.T) Shop) {
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.test(t, shop(t))
		})
	}
	t.Run("random tickets agree with their model", func(t *testing.T) {
		t.Parallel()
		ticketsAgree(t, shop)
	})
	t.Run("damage is found", func(t *testing.T) {
		t.Parallel()
		damageFound(t, shop)
	})
}
