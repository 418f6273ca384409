package sqlite

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// ownColumns are the columns of a transaction by itself.
const ownColumns = `t.id, t.idem_key, t.kind, t.tender, t.entry, t.state, t.minor, t.currency, t.terminal, t.merchant, t.batch, t.stan, t.at,
	t.rrn, t.auth_code, t.response_code, t.declined_by, t.card, t.chip, t.wallet, coalesce(t.original, ''), t.reason, t.attempts, t.version,
	coalesce(t.ticket, ''), t.staff, t.approver, t.shift, t.given, t.rounding, t.day, t.hour, t.terms`

// storedTxn are the columns of a transaction as it was stored, without what is derived from
// others; those of txnColumns without looking for them.
const storedTxn = ownColumns + `, '', 0, 0, 0, ''`

// txnColumns are the columns of a transaction in the order of scanTxn, with what is
// derived from the transactions that name it: by whom it is voided, the sum of its
// approved refunds that are not voided themselves, of its tips and increments, and by what
// it is completed. They have names, since the driver copies the name of each for each query.
const txnColumns = ownColumns + `,
	coalesce((SELECT v.id FROM txn v WHERE v.original = t.id AND v.kind = 'void' AND v.state IN ('APPROVED', 'ADVICE')), '') AS voided,
	coalesce((SELECT sum(r.minor) FROM txn r WHERE r.original = t.id AND r.kind = 'refund' AND r.state IN ('APPROVED', 'ADVICE')
		AND NOT EXISTS (SELECT 1 FROM txn v WHERE v.original = r.id AND v.kind = 'void' AND v.state IN ('APPROVED', 'ADVICE'))), 0) AS refunded,
	coalesce((SELECT sum(r.minor) FROM txn r WHERE r.original = t.id AND r.kind = 'tip' AND r.state IN ('APPROVED', 'ADVICE')), 0) AS tipped,
	coalesce((SELECT sum(r.minor) FROM txn r WHERE r.original = t.id AND r.kind = 'increment' AND r.state = 'APPROVED'), 0) AS raised,
	coalesce((SELECT r.id FROM txn r WHERE r.original = t.id AND r.kind = 'completion' AND r.state IN ('APPROVED', 'ADVICE')
		AND NOT EXISTS (SELECT 1 FROM txn v WHERE v.original = r.id AND v.kind = 'void' AND v.state IN ('APPROVED', 'ADVICE'))), '') AS completed`

// txnCells is how many columns storedTxn and txnColumns are.
const txnCells = 38

// scanTxn reads a row of txnColumns.
func scanTxn(row rowScanner) (till.Txn, error) { return readTxn(newCells(txnCells), row) }

func readTxn(c *cells, row rowScanner) (t till.Txn, err error) {
	if err := c.scan(row); err != nil {
		return till.Txn{}, err
	}
	t.ID, t.Key, t.Kind, t.Tender = till.TxnID(c.text()), c.text(), till.Kind(c.text()), till.Tender(c.text())
	t.Entry, t.State = till.Entry(c.text()), till.State(c.text())
	minor, code := c.number(), c.text()
	t.Terminal, t.Merchant, t.Batch, t.STAN = c.text(), c.text(), int(c.number()), till.STAN(c.number())
	at := c.text()
	t.RRN, t.AuthCode, t.ResponseCode, t.DeclinedBy = c.text(), c.text(), c.text(), till.Who(c.text())
	p := papers{card: c.text(), chip: c.text(), wallet: c.text()}
	t.Original, t.Reason, t.Attempts, t.Version = till.TxnID(c.text()), till.Reason(c.text()), int(c.number()), int(c.number())
	t.Ticket, t.Staff, t.Approver, t.Shift = till.TicketID(c.text()), till.StaffID(c.text()), till.StaffID(c.text()), int(c.number())
	given, rounding := c.number(), c.number()
	t.Day, t.Hour = till.Day(c.number()), int(c.number())
	p.terms = c.text()
	t.VoidedBy = till.TxnID(c.text())
	refunded, tipped, raised := c.number(), c.number(), c.number()
	t.CompletedBy = till.TxnID(c.text())
	if c.err != nil {
		return till.Txn{}, fmt.Errorf("transaction %s: %w", t.ID, c.err)
	}
	currency, err := money.CurrencyByCode(code)
	if err != nil {
		return till.Txn{}, fmt.Errorf("transaction %s: %w", t.ID, err)
	}
	t.Amount, t.Given, t.Rounding = money.New(minor, currency), amount(given, currency), amount(rounding, currency)
	t.Refunded, t.Tipped, t.Incremented = amount(refunded, currency), amount(tipped, currency), amount(raised, currency)
	if t.At, err = readTime(at); err != nil {
		return till.Txn{}, fmt.Errorf("transaction %s: %w", t.ID, err)
	}
	return t, p.read(&t)
}

// amount is none at all where it is zero, as it is in the journal.
func amount(minor int64, c money.Currency) money.Amount {
	if minor == 0 {
		return money.Amount{}
	}
	return money.New(minor, c)
}

// scanTxns reads all rows and closes them.
func scanTxns(rows *sql.Rows) ([]till.Txn, error) {
	var all []till.Txn
	c := newCells(txnCells)
	err := each(rows, func(row rowScanner) error {
		t, err := readTxn(c, row)
		all = append(all, t)
		return err
	})
	return all, err
}

// each has every row read by scan, until there is an error, and closes them.
func each(rows *sql.Rows, scan func(row rowScanner) error) error {
	for rows.Next() {
		if err := scan(rows); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// normal is the transaction as it comes back from the store: its time in UTC without
// a monotonic reading, no amounts of nothing, nothing derived.
func normal(t till.Txn) till.Txn {
	t.At = t.At.UTC().Round(0)
	t.VoidedBy, t.CompletedBy, t.Refunded, t.Tipped, t.Incremented = "", "", money.Amount{}, money.Amount{}, money.Amount{}
	t.Asked, t.Cashback = amount(t.Asked.Minor(), t.Amount.Currency()), amount(t.Cashback.Minor(), t.Amount.Currency())
	if t.Decided != nil {
		decided := *t.Decided
		decided.At = decided.At.UTC().Round(0)
		t.Decided = &decided
	}
	t.Given, t.Rounding = amount(t.Given.Minor(), t.Amount.Currency()), amount(t.Rounding.Minor(), t.Amount.Currency())
	if t.Wallet != nil {
		order := *t.Wallet
		order.ExpiresAt = order.ExpiresAt.UTC().Round(0)
		t.Wallet = &order
	}
	return t
}

// writeTime is RFC 3339 in UTC with nanoseconds, and nothing for the zero time.
func writeTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func readTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339Nano, s)
}

// writeJSON is nothing for nil.
func writeJSON[T any](v *T) (string, error) {
	if v == nil {
		return "", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

func readJSON[T any](s string) (*T, error) {
	if s == "" {
		return nil, nil
	}
	v := new(T)
	return v, json.Unmarshal([]byte(s), v)
}

// isOpen is till.State.IsOpen in SQL, spelt as the index txn_open is.
const isOpen = `state IN ('INTENT', 'REVERSING', 'EXCEPTION', 'ADVICE')`
