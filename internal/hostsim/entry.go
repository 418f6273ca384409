package hostsim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Response codes of ISO 8583:1987 field 39 that the host gives.
const (
	codeApproved      = "00"
	codeReferral      = "01" // the issuer wants to be called
	codeBadMerchant   = "03" // field 42 is missing
	codeDoNotHonour   = "05"
	codePartial       = "10" // less than was asked: field 4 of the answer says how much
	codeInvalid       = "12" // the transaction makes no sense where its original stands
	codeBadAmount     = "13"
	codeNoSuchCard    = "14"
	codeNotLocated    = "25" // no such original; it was not posted and never will be
	codeFormat        = "30"
	codeExpired       = "54"
	codeNotPermitted  = "58" // the batch is closed
	codeWrongPIN      = "55"
	codeWrongOriginal = "64" // the amount is not the original's
	codePINTries      = "75" // the card blocked its PIN
	codeCryptographic = "88" // the message does not prove itself
	codeDuplicate     = "94" // the trace number was used for another request
	codeOutOfBalance  = "95"
	codeMalfunction   = "96"
	codeWrongCVV2     = "N7" // as Visa has it: the printed verification value is not the card's
)

// Entry is one transaction as the ledger holds it: asked of the host, or told to it.
type Entry struct {
	Terminal     string
	Merchant     string
	Batch        int
	STAN         till.STAN
	Kind         till.Kind
	Amount       money.Amount // of a partial approval what was approved
	Asked        money.Amount // what was asked; Amount but for a partial approval
	Cashback     money.Amount // part of Asked
	Plan         *till.Plan   // of instalments
	Notice       till.Notice  // why it was told and not asked
	Uploaded     bool         // it was taken into the books at settlement, from the terminal's records
	ResponseCode string       // field 39 of the answer
	RRN          string       // field 37 of the answer
	AuthCode     string       // field 38 of the answer, empty where declined
	Reason       string       // why it was declined, in a few English words
	Posted       bool         // it was approved, and moved money or holds it
	Reversed     bool         // a 0400 undid it or found nothing to undo
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
	told     string // why it was told and not asked: a till.Notice, or toldByUpload
	merchant string
	card     string
	amount   money.Amount // what was approved
	asked    money.Amount
	cashback int64  // in the currency of amount
	plan     string // see planText
	original int64  // 0 for none
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

// toldByUpload marks what was taken into the books from the records of a terminal.
const toldByUpload = "upload"

// posted reports that the entry moved or held money, whether or not that was undone.
func (e entry) posted() bool { return isApproval(e.code) }

// isApproval reports a response code that approves the whole of what was asked, or a part.
func isApproval(code string) bool { return code == codeApproved || code == codePartial }

// stands reports that what the entry did was not undone by a reversal.
func (e entry) stands() bool { return e.posted() && !e.reversed }

const selectEntry = `
SELECT e.id, e.terminal, e.batch, e.stan, e.kind, e.told, e.merchant, e.card, e.currency, e.minor, e.asked, e.cashback, e.plan, coalesce(e.original, 0),
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
	var minor, asked int64
	err := rows.Scan(&e.id, &e.terminal, &e.batch, &e.stan, &e.kind, &e.told, &e.merchant, &e.card, &currency, &minor, &asked, &e.cashback, &e.plan, &e.original,
		&e.sent, &e.request, &e.code, &e.rrn, &e.auth, &e.icc, &e.reason, &at, &e.reversed)
	if err != nil {
		return entry{}, err
	}
	if e.amount, err = amountOf(minor, currency); err != nil {
		return entry{}, err
	}
	e.asked = money.New(asked, e.amount.Currency())
	e.at, err = time.Parse(time.RFC3339Nano, at)
	return e, err
}

// insert writes the entry under the id it carries.
func (e entry) insert(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO entry (id, terminal, batch, stan, kind, told, merchant, card, currency, minor, asked, cashback, plan, original, sent, request, code, rrn, auth, icc, reason, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.id, e.terminal, e.batch, e.stan, e.kind, e.told, e.merchant, e.card, e.amount.Currency().Code(), e.amount.Minor(), e.asked.Minor(), e.cashback, e.plan, e.original,
		e.sent, e.request, e.code, e.rrn, e.auth, e.icc, e.reason, e.at.UTC().Format(time.RFC3339Nano))
	if err != nil {
		return fmt.Errorf("write entry: %w", err)
	}
	return nil
}

// Entries lists every transaction that was decided, oldest first.
func (h *Host) Entries(ctx context.Context) ([]Entry, error) {
	return h.listEntries(ctx, "ORDER BY e.id")
}

// EntriesOf lists those of one terminal.
func (h *Host) EntriesOf(ctx context.Context, terminal string) ([]Entry, error) {
	return h.listEntries(ctx, "WHERE e.terminal = ? ORDER BY e.id", terminal)
}

func (h *Host) listEntries(ctx context.Context, where string, args ...any) ([]Entry, error) {
	rows, err := entries(ctx, h.ledger.DB, where, args...)
	if err != nil {
		return nil, ledgerProblem(h.ledger.Path(), err)
	}
	list := make([]Entry, len(rows))
	for i, e := range rows {
		list[i] = e.public()
	}
	return list, nil
}

func (e entry) public() Entry {
	p := Entry{
		Terminal: e.terminal, Merchant: e.merchant, Batch: e.batch, STAN: e.stan, Kind: e.kind,
		Amount: e.amount, Asked: e.asked, Cashback: money.New(e.cashback, e.amount.Currency()), Plan: planOf(e.plan),
		Uploaded: e.told == toldByUpload, ResponseCode: e.code, RRN: e.rrn, AuthCode: e.auth, Reason: e.reason,
		Posted: e.posted(), Reversed: e.reversed, At: e.at,
	}
	if !p.Uploaded {
		p.Notice = till.Notice(e.told)
	}
	return p
}

// planText is a plan as the ledger keeps it: two digits and the code.
func planText(p *till.Plan) string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf("%02d%s", p.Count, p.Code)
}

func planOf(text string) *till.Plan {
	if len(text) < 2 {
		return nil
	}
	n, _ := strconv.Atoi(text[:2]) // of planText
	return &till.Plan{Count: n, Code: text[2:]}
}

func amountOf(minor int64, currency string) (money.Amount, error) {
	c, err := money.CurrencyByCode(currency)
	if err != nil {
		return money.Amount{}, err
	}
	return money.New(minor, c), nil
}
