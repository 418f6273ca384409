package hostsim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Response codes of ISO 8583:1987 field 39 that the host gives.
const (
	codeApproved      = "00"
	codeBadMerchant   = "03" // field 42 is missing
	codeDoNotHonour   = "05"
	codeInvalid       = "12" // the transaction makes no sense where its original stands
	codeBadAmount     = "13"
	codeNoSuchCard    = "14"
	codeNotLocated    = "25" // no such original; it was not posted and never will be
	codeFormat        = "30"
	codeExpired       = "54"
	codeNotPermitted  = "58" // the batch is closed
	codeWrongOriginal = "64" // the amount is not the original's
	codeDuplicate     = "94" // the trace number was used for another request
	codeOutOfBalance  = "95"
	codeMalfunction   = "96"
)

// Entry is one request for money (0200) as the ledger holds it.
type Entry struct {
	Terminal     string
	Merchant     string
	Batch        int
	STAN         till.STAN
	Kind         till.Kind
	Amount       money.Amount
	ResponseCode string // field 39 of the answer
	RRN          string // field 37 of the answer
	AuthCode     string // field 38 of the answer, empty where declined
	Reason       string // why it was declined, in a few English words
	Posted       bool   // it was approved and moved money
	Reversed     bool   // a 0400 undid it or found nothing to undo
	At           time.Time
}

// Stands reports that the money moved and was not moved back by a reversal. A void
// leaves its original standing: both count in the totals.
func (e Entry) Stands() bool { return e.Posted && !e.Reversed }

// entry is a row of the table of the same name.
type entry struct {
	id       int64
	terminal string
	batch    int
	stan     till.STAN
	kind     till.Kind
	merchant string
	card     string
	amount   money.Amount
	original int64 // 0 for none
	sent     string
	request  string
	code     string
	rrn      string
	auth     string
	icc      string
	reason   string
	at       time.Time
	reversed bool
}

// posted reports that the entry moved money, whether or not it was moved back.
func (e entry) posted() bool { return e.code == codeApproved }

// stands reports that the money moved and was not moved back.
func (e entry) stands() bool { return e.posted() && !e.reversed }

const selectEntry = `
SELECT e.id, e.terminal, e.batch, e.stan, e.kind, e.merchant, e.card, e.currency, e.minor, coalesce(e.original, 0),
       e.sent, e.request, e.code, e.rrn, e.auth, e.icc, e.reason, e.at,
       EXISTS (SELECT 1 FROM reversal r WHERE r.entry = e.id)
FROM entry e `

// entryByTrace finds the request of a terminal, batch and trace number; false if none.
func entryByTrace(ctx context.Context, tx *sql.Tx, k trace) (entry, bool, error) {
	return oneEntry(ctx, tx, "WHERE e.terminal = ? AND e.batch = ? AND e.stan = ?", k.terminal, k.batch, k.stan)
}

// entryByReference finds the request that was answered with a retrieval reference
// number; false if none.
func entryByReference(ctx context.Context, tx *sql.Tx, rrn string) (entry, bool, error) {
	return oneEntry(ctx, tx, "WHERE e.rrn = ?", rrn)
}

// entryByID finds the entry that another one names as its original.
func entryByID(ctx context.Context, tx *sql.Tx, id int64) (entry, error) {
	e, ok, err := oneEntry(ctx, tx, "WHERE e.id = ?", id)
	if err == nil && !ok {
		err = fmt.Errorf("entry %d is gone", id)
	}
	return e, err
}

func oneEntry(ctx context.Context, q querier, where string, args ...any) (entry, bool, error) {
	found, err := entries(ctx, q, where, args...)
	if err != nil || len(found) == 0 {
		return entry{}, false, err
	}
	return found[0], true, nil
}

func entries(ctx context.Context, q querier, where string, args ...any) (list []entry, err error) {
	rows, err := q.QueryContext(ctx, selectEntry+where, args...)
	if err != nil {
		return nil, fmt.Errorf("entries: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, fmt.Errorf("entries: %w", err)
		}
		list = append(list, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("entries: %w", err)
	}
	return list, nil
}

func scanEntry(rows *sql.Rows) (entry, error) {
	var e entry
	var currency, at string
	var minor int64
	err := rows.Scan(&e.id, &e.terminal, &e.batch, &e.stan, &e.kind, &e.merchant, &e.card, &currency, &minor, &e.original,
		&e.sent, &e.request, &e.code, &e.rrn, &e.auth, &e.icc, &e.reason, &at, &e.reversed)
	if err != nil {
		return entry{}, err
	}
	if e.amount, err = amountOf(minor, currency); err != nil {
		return entry{}, err
	}
	e.at, err = time.Parse(time.RFC3339Nano, at)
	return e, err
}

// insert writes the entry under the id it carries.
func (e entry) insert(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO entry (id, terminal, batch, stan, kind, merchant, card, currency, minor, original, sent, request, code, rrn, auth, icc, reason, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.id, e.terminal, e.batch, e.stan, e.kind, e.merchant, e.card, e.amount.Currency().Code(), e.amount.Minor(), e.original,
		e.sent, e.request, e.code, e.rrn, e.auth, e.icc, e.reason, e.at.UTC().Format(time.RFC3339Nano))
	if err != nil {
		return fmt.Errorf("write entry: %w", err)
	}
	return nil
}

// nextEntry is the id of the next entry; the transaction holds the ledger alone.
func nextEntry(ctx context.Context, tx *sql.Tx) (int64, error) {
	var id int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM entry").Scan(&id); err != nil {
		return 0, fmt.Errorf("next entry: %w", err)
	}
	return id, nil
}

// undone is how much of an entry later requests have undone: whether a void of it
// stands, and the sum of its refunds that stand and were not voided themselves.
func (e entry) undone(ctx context.Context, tx *sql.Tx) (voided bool, refunded int64, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM standing WHERE original = ?1 AND kind = 'void'),
		       (SELECT coalesce(sum(minor), 0) FROM effective WHERE original = ?1 AND kind = 'refund')`,
		e.id).Scan(&voided, &refunded)
	if err != nil {
		return false, 0, fmt.Errorf("what was undone of entry %d: %w", e.id, err)
	}
	return voided, refunded, nil
}

// Entries lists every request for money that was decided, oldest first.
func (h *Host) Entries(ctx context.Context) ([]Entry, error) {
	rows, err := entries(ctx, h.ledger.DB, "ORDER BY e.id")
	if err != nil {
		return nil, ledgerProblem(h.ledger.Path(), err)
	}
	list := make([]Entry, len(rows))
	for i, e := range rows {
		list[i] = Entry{
			Terminal: e.terminal, Merchant: e.merchant, Batch: e.batch, STAN: e.stan, Kind: e.kind, Amount: e.amount,
			ResponseCode: e.code, RRN: e.rrn, AuthCode: e.auth, Reason: e.reason,
			Posted: e.posted(), Reversed: e.reversed, At: e.at,
		}
	}
	return list, nil
}

func amountOf(minor int64, currency string) (money.Amount, error) {
	c, err := money.CurrencyByCode(currency)
	if err != nil {
		return money.Amount{}, err
	}
	return money.New(minor, c), nil
}
