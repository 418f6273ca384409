package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// CheckpointEvery is the number of journal rows from one checkpoint to the next.
const CheckpointEvery = 1000

// Subject is what kind of thing a journal row is about.
type Subject string

// The subjects of journal rows.
const (
	AboutTxn   Subject = "txn"   // the body is a till.Txn, the id its ID
	AboutBatch Subject = "batch" // the body is a till.Batch with its terminal, the id its number
	AboutNote  Subject = "note"  // the body is a remark, the id that of the transaction remarked on
)

// Hash is a SHA-256. The zero Hash stands before the first row.
type Hash [sha256.Size]byte

// String is the hash in hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Entry is one row of the journal.
type Entry struct {
	Seq     int64  // 1, 2, 3 … without a gap
	At      string // RFC 3339, UTC: shown, never ordered by
	Subject Subject
	ID      string
	Body    []byte // canonical JSON
	Prev    Hash   // of the row before
	Hash    Hash
}

// Sum is the hash that the entry must carry: over the hash before, the sequence number
// as eight bytes, and subject, id, time and body, each led by its length in four bytes,
// all big-endian.
func (e Entry) Sum() Hash {
	b := make([]byte, 0, 128+len(e.ID)+len(e.Body))
	b = append(b, e.Prev[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Seq))
	b = appendPart(b, string(e.Subject))
	b = appendPart(b, e.ID)
	b = appendPart(b, e.At)
	b = appendPart(b, e.Body)
	return sha256.Sum256(b)
}

// appendPart appends a text led by its length.
func appendPart[T string | []byte](b []byte, part T) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
	return append(b, part...)
}

// Chain stands at the last entry of a journal. The zero Chain stands before the first.
type Chain struct {
	Seq  int64
	Head Hash
}

// Next makes the entry that follows and moves the chain to it.
func (c *Chain) Next(at time.Time, subject Subject, id string, body []byte) Entry {
	e := Entry{
		Seq: c.Seq + 1, At: at.UTC().Format(time.RFC3339Nano),
		Subject: subject, ID: id, Body: body, Prev: c.Head,
	}
	e.Hash = e.Sum()
	c.Seq, c.Head = e.Seq, e.Hash
	return e
}

// Check reports whether e is the entry that follows, and moves the chain to it. The
// error is a *BrokenChain.
func (c *Chain) Check(e Entry) error {
	switch {
	case e.Seq != c.Seq+1:
		return &BrokenChain{Seq: c.Seq + 1, Why: fmt.Sprintf("the row is missing, the next is %d", e.Seq)}
	case e.Prev != c.Head:
		return &BrokenChain{Seq: e.Seq, Why: "it does not follow the row before"}
	case e.Hash != e.Sum():
		return &BrokenChain{Seq: e.Seq, Why: "its content does not match its hash"}
	}
	c.Seq, c.Head = e.Seq, e.Hash
	return nil
}

// BrokenChain tells where a journal stops being what was written.
type BrokenChain struct {
	Seq int64
	Why string
}

// Error implements error.
func (b *BrokenChain) Error() string { return fmt.Sprintf("journal row %d: %s", b.Seq, b.Why) }

// NoteBody is the canonical JSON of a remark in the journal. It must hold no card data.
func NoteBody(remark string) ([]byte, error) {
	body, err := json.Marshal(struct {
		Remark string `json:"remark"`
	}{remark})
	if err != nil {
		return nil, fmt.Errorf("remark as JSON: %w", err)
	}
	return body, nil
}

// TxnBody is the canonical JSON of a transaction: fields in the order of till.Txn,
// without those that are derived from other transactions.
func TxnBody(t till.Txn) ([]byte, error) {
	t.VoidedBy, t.CompletedBy, t.Refunded, t.Tipped, t.Incremented = "", "", money.Amount{}, money.Amount{}, money.Amount{}
	body, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("transaction %s as JSON: %w", t.ID, err)
	}
	return body, nil
}
