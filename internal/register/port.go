package register

import (
	"context"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/reader"
)

// Journal makes transactions durable. Each method is one commit: when it returns
// without an error the change is on the disk, and when it does not, nothing changed.
type Journal interface {
	// Begin is commit 1: it stores the transaction with the sealed image of its
	// reversal and assigns batch, STAN and version. A known idempotency key is a
	// *till.Replay; a void or refund that its original does not allow is a
	// *till.Problem.
	Begin(ctx context.Context, n till.NewTxn) (till.Txn, error)
	// Record is every later commit. It fails if the transaction changed since it was
	// read, and wipes the image when the state is final.
	Record(ctx context.Context, t till.Txn) (till.Txn, error)
	// Note appends a remark on a transaction and changes nothing else.
	Note(ctx context.Context, id till.TxnID, remark string) error
}

// Records reads what a journal holds.
type Records interface {
	Txn(ctx context.Context, id till.TxnID) (till.Txn, error)
	// TxnByKey finds by idempotency key; a key never used is a *till.Problem of
	// till.CodeNotFound.
	TxnByKey(ctx context.Context, key string) (till.Txn, error)
	// Image is the sealed image of the reversal; empty once the transaction is final.
	Image(ctx context.Context, id till.TxnID) ([]byte, error)
}

// Orphans hands out open transactions that nobody works on.
type Orphans interface {
	// OpenTxns are the ids of all open transactions, whoever works on them.
	OpenTxns(ctx context.Context) ([]till.TxnID, error)
	// Adopt takes over the open transactions of processes that are no more and
	// returns all open ones that belong to this process.
	Adopt(ctx context.Context) ([]till.Txn, error)
}

// Batches keeps the batches and the standing of a terminal.
type Batches interface {
	Session(ctx context.Context, terminal string) (till.Session, error)
	SignedOn(ctx context.Context, terminal string, on bool) error
	NextSTAN(ctx context.Context, terminal string) (till.STAN, error)
	StartClose(ctx context.Context, terminal string) (till.Batch, error)
	RecordBatch(ctx context.Context, b till.Batch) error
	// SaveKeys keeps the working keys of a terminal as the host sent them, under its
	// master key, and SaveParameters what it downloaded.
	SaveKeys(ctx context.Context, terminal string, keys []byte) error
	SaveParameters(ctx context.Context, terminal string, parameters []byte) error
	// BatchTxns are the transactions that count in the totals of a batch, in the order of
	// their commits 1.
	BatchTxns(ctx context.Context, batch int) ([]till.Txn, error)
}

// Confirmations keeps what the host is still to be told of the issuer's scripts. One is
// made by the commit that makes a transaction of a chip with scripts final.
type Confirmations interface {
	Confirmations(ctx context.Context, terminal string) ([]till.Confirmation, error)
	// CountConfirmation makes another attempt durable, before its message.
	CountConfirmation(ctx context.Context, seq int) error
	// EndConfirmation keeps the host's acknowledgement.
	EndConfirmation(ctx context.Context, seq int, responseCode string) error
}

// Store is all of it; the adapters in internal/store pass one suite for it.
type Store interface {
	Journal
	Records
	Orphans
	Batches
	Confirmations
}

// Vault seals what a reversal needs of a card and cannot be kept in the clear.
type Vault interface {
	SealCard(id till.TxnID, pan card.PAN, exp card.Expiry) ([]byte, error)
	OpenCard(id till.TxnID, sealed []byte) (card.PAN, card.Expiry, error)
	TokenKey() []byte
}

// Host is a link to the card host that stands.
type Host interface {
	// Exchange sends a request and waits for its answer until the context ends. An
	// error that is a *till.NoAnswer tells what went wrong; any other means that the
	// request could not even be built and nothing was sent.
	Exchange(ctx context.Context, q till.Request) (till.Answer, error)
	Close() error
}

// Dialer makes a link to the card host, or says why there is none. late is called with
// answers to requests that were given up.
type Dialer func(ctx context.Context, late func(terminal string, s till.STAN, responseCode string)) (Host, error)

// Reader waits for cards.
type Reader interface {
	Wait(ctx context.Context) (reader.Card, error)
}
