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

// txnColumns are the columns of a transaction in the order of scanTxn, with what is
// derived from the transactions that name it: by whom it is voided, the sum of its
// approved refunds that are not voided themselves, of its tips and increments, and by what
// it is completed.
const txnColumns = `t.id, t.idem_key, t.kind, t.tender, t.entry, t.state, t.minor, t.currency, t.terminal, t.merchant, t.batch, t.stan, t.at,
	t.rrn, t.auth_code, t.response_code, t.declined_by, t.card, t.chip, t.wallet, coalesce(t.original, ''), t.reason, t.attempts, t.version,
	coalesce(t.ticket, ''), t.staff, t.approver, t.shift, t.given, t.rounding, t.day, t.hour, t.terms,
	coalesce((SELECT v.id FROM txn v WHERE v.original = t.id AND v.kind = 'void' AND v.state IN ('APPROVED', 'ADVICE')), ''),
	coalesce((SELECT sum(r.minor) FROM txn r WHERE r.original = t.id AND r.kind = 'refund' AND r.state IN ('APPROVED', 'ADVICE')
		AND NOT EXISTS (SELECT 1 FROM txn v WHERE v.original = r.id AND v.kind = 'void' AND v.state IN ('APPROVED', 'ADVICE'))), 0),
	coalesce((SELECT sum(r.minor) FROM txn r WHERE r.original = t.id AND r.kind = 'tip' AND r.state IN ('APPROVED', 'ADVICE')), 0),
	coalesce((SELECT sum(r.minor) FROM txn r WHERE r.original = t.id AND r.kind = 'increment' AND r.state = 'APPROVED'), 0),
	coalesce((SELECT r.id FROM txn r WHERE r.original = t.id AND r.kind = 'completion' AND r.state IN ('APPROVED', 'ADVICE')
		AND NOT EXISTS (SELECT 1 FROM txn v WHERE v.original = r.id AND v.kind = 'void' AND v.state IN ('APPROVED', 'ADVICE'))), '')`

// scanTxn reads a row of txnColumns.
func scanTxn(row rowScanner) (till.Txn, error) {
	var (
		t               till.Txn
		minor, refunded int64
		given, rounding int64
		tipped, raised  int64
		currency        string
		at              string
		p               papers
	)
	err := row.Scan(&t.ID, &t.Key, &t.Kind, &t.Tender, &t.Entry, &t.State, &minor, &currency, &t.Terminal, &t.Merchant, &t.Batch, &t.STAN, &at,
		&t.RRN, &t.AuthCode, &t.ResponseCode, &t.DeclinedBy, &p.card, &p.chip, &p.wallet, &t.Original, &t.Reason, &t.Attempts, &t.Version,
		&t.Ticket, &t.Staff, &t.Approver, &t.Shift, &given, &rounding, &t.Day, &t.Hour, &p.terms,
		&t.VoidedBy, &refunded, &tipped, &raised, &t.CompletedBy)
	if err != nil {
		return till.Txn{}, err
	}
	c, err := money.CurrencyByCode(currency)
	if err != nil {
		return till.Txn{}, fmt.Errorf("transaction %s: %w", t.ID, err)
	}
	t.Amount, t.Refunded, t.Given, t.Rounding = money.New(minor, c), amount(refunded, c), amount(given, c), amount(rounding, c)
	t.Tipped, t.Incremented = amount(tipped, c), amount(raised, c)
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
	err := each(rows, func(row rowScanner) error {
		t, err := scanTxn(row)
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
