package hostsim

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/tillworks/till/internal/till"
)

// decision is what the host makes of a request for money before it is written down.
type decision struct {
	code     string
	reason   string // why it is declined
	icc      []byte // field 55 of the answer
	original *entry // of a void or refund
}

func approve(original *entry) decision     { return decision{code: codeApproved, original: original} }
func decline(code, reason string) decision { return decision{code: code, reason: reason} }

// financial answers a 0200: sale, void or refund. The entry, its postings and its
// answer are one commit.
func (h *Host) financial(ctx context.Context, r request) (answer, error) {
	if r.kind == "" {
		return answer{code: codeInvalid}, nil
	}
	var a answer
	err := h.ledger.Write(ctx, func(tx *sql.Tx) error {
		seen, ok, err := entryByTrace(ctx, tx, r.trace)
		switch {
		case err != nil:
			return err
		case ok:
			a, err = h.again(seen, r)
			return err
		}
		d, err := h.decide(ctx, tx, r)
		if err != nil {
			return err
		}
		a, err = h.record(ctx, tx, r, d)
		return err
	})
	return a, err
}

// again answers a request whose trace number is taken: a repeat of the same request as
// before, without a second posting. An approval that a reversal has undone is not said
// again, and another request under the number is refused.
func (h *Host) again(seen entry, r request) (answer, error) {
	switch {
	case seen.request != r.digest(h.ledger.key):
		return answer{code: codeDuplicate}, nil
	case seen.posted() && seen.reversed:
		return answer{code: codeInvalid, rrn: seen.rrn}, nil
	}
	a := answer{code: seen.code, rrn: seen.rrn, auth: seen.auth}
	if seen.icc == "" {
		return a, nil
	}
	var err error
	if a.icc, err = hex.DecodeString(seen.icc); err != nil {
		return answer{}, fmt.Errorf("stored field 55 of entry %d: %w", seen.id, err)
	}
	return a, nil
}

// decide asks, in this order: may the terminal ask at all, and may this be done.
func (h *Host) decide(ctx context.Context, tx *sql.Tx, r request) (decision, error) {
	d, err := h.admit(ctx, tx, r)
	if err != nil || d.code != "" {
		return d, err
	}
	switch r.kind {
	case till.Sale:
		return h.sale(r)
	case till.Void:
		return decideVoid(ctx, tx, r)
	default:
		return decideRefund(ctx, tx, r)
	}
}

// admit refuses what no kind of request for money may do; the zero decision admits.
func (h *Host) admit(ctx context.Context, tx *sql.Tx, r request) (decision, error) {
	_, buried, err := reversalByTrace(ctx, tx, r.trace)
	if err != nil {
		return decision{}, err
	}
	closed, err := isClosed(ctx, tx, r.terminal, r.batch)
	if err != nil {
		return decision{}, err
	}
	currency, err := batchCurrency(ctx, tx, r.terminal, r.batch)
	if err != nil {
		return decision{}, err
	}
	switch {
	case buried:
		return decline(codeInvalid, "reversed before it arrived"), nil
	case closed:
		return decline(codeNotPermitted, "the batch is closed"), nil
	case r.merchant == "":
		return decline(codeBadMerchant, "no merchant in field 42"), nil
	case currency != "" && currency != r.amount.Currency().Code():
		return decline(codeInvalid, "the batch is in another currency"), nil
	case r.amount.IsZero():
		return decline(codeBadAmount, "an amount of zero"), nil
	}
	return decision{}, nil
}

// decideVoid undoes a sale or a refund of the same terminal and batch, whole and once.
func decideVoid(ctx context.Context, tx *sql.Tx, r request) (decision, error) {
	original, ok, err := entryByTrace(ctx, tx, r.originalTrace())
	switch {
	case err != nil:
		return decision{}, err
	case !ok, !original.stands(), original.rrn != r.rrn:
		return decline(codeNotLocated, "no such original in this batch"), nil
	case original.kind == till.Void:
		return decline(codeInvalid, "a void cannot be voided"), nil
	case original.amount != r.amount:
		return decline(codeWrongOriginal, "the amount is not the original's"), nil
	}
	voided, refunded, err := original.undone(ctx, tx)
	switch {
	case err != nil:
		return decision{}, err
	case voided:
		return decline(codeInvalid, "voided before"), nil
	case refunded > 0:
		return decline(codeInvalid, "a sale with refunds cannot be voided"), nil
	}
	return approve(&original), nil
}

// decideRefund pays back a part or the whole of a sale of the same merchant, from
// whatever batch, as long as all its refunds stay within it.
func decideRefund(ctx context.Context, tx *sql.Tx, r request) (decision, error) {
	original, ok, err := entryByReference(ctx, tx, r.rrn)
	switch {
	case err != nil:
		return decision{}, err
	case !ok, !original.stands(), original.stan != r.original, original.merchant != r.merchant:
		return decline(codeNotLocated, "no such original of this merchant"), nil
	case original.kind != till.Sale:
		return decline(codeInvalid, "only a sale can be refunded"), nil
	case original.amount.Currency() != r.amount.Currency():
		return decline(codeWrongOriginal, "the currency is not the original's"), nil
	}
	voided, refunded, err := original.undone(ctx, tx)
	switch {
	case err != nil:
		return decision{}, err
	case voided:
		return decline(codeInvalid, "voided before"), nil
	case r.amount.Minor() > original.amount.Minor()-refunded:
		return decline(codeBadAmount, "more than is left of the original"), nil
	}
	return approve(&original), nil
}

// record writes the decision down, with its postings where money moves, and makes the
// answer of it.
func (h *Host) record(ctx context.Context, tx *sql.Tx, r request, d decision) (answer, error) {
	id, err := nextEntry(ctx, tx)
	if err != nil {
		return answer{}, err
	}
	at := h.now()
	e := entry{
		id: id, terminal: r.terminal, batch: r.batch, stan: r.stan, kind: r.kind, merchant: r.merchant, amount: r.amount,
		sent: r.sent, request: r.digest(h.ledger.key), code: d.code, rrn: reference(at, id), icc: hex.EncodeToString(d.icc), reason: d.reason, at: at,
	}
	e.card, e.original = h.cardOf(r), 0
	if d.original != nil {
		e.card, e.original = d.original.card, d.original.id
	}
	if e.posted() {
		if e.auth, err = h.authCode(); err != nil {
			return answer{}, err
		}
	}
	if err := e.write(ctx, tx, d.original); err != nil {
		return answer{}, err
	}
	return answer{code: e.code, rrn: e.rrn, auth: e.auth, icc: d.icc}, nil
}

// write writes the entry, whom it names, and the money that it moves.
func (e entry) write(ctx context.Context, tx *sql.Tx, original *entry) error {
	if err := meet(ctx, tx, "merchant", "id", e.merchant, e.at); err != nil {
		return err
	}
	if err := meet(ctx, tx, "card", "token", e.card, e.at); err != nil {
		return err
	}
	if err := e.insert(ctx, tx); err != nil {
		return err
	}
	if !e.posted() {
		return nil
	}
	return e.post(ctx, tx, original)
}

// meet notes a merchant or a card at first sight. An empty name is nobody.
func meet(ctx context.Context, tx *sql.Tx, table, column, name string, at time.Time) error {
	if name == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO "+table+" ("+column+", seen) VALUES (?, ?) ON CONFLICT DO NOTHING", //nolint:gosec // both are constants of the callers
		name, at.UTC().Format(time.RFC3339Nano))
	if err != nil {
		return fmt.Errorf("write %s: %w", table, err)
	}
	return nil
}

// cardOf is the token of the card of a request; of a number that is not for testing
// the ledger keeps nothing.
func (h *Host) cardOf(r request) string {
	if !r.card.pan.IsPublishedTest() {
		return ""
	}
	return h.ledger.key.token(r.card.pan)
}

// reference is field 37: last digit of the year, day of the year, and eight digits of
// the entry's number, which keep it unique whatever the clock says.
func reference(at time.Time, id int64) string {
	at = at.UTC()
	return fmt.Sprintf("%d%03d%08d", at.Year()%10, at.YearDay(), id%100_000_000)
}

// authCode is field 38: six random letters and digits, without those that are mistaken
// for one another.
func (h *Host) authCode() (string, error) {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // 32, so that a byte's low bits choose evenly
	code := make([]byte, 6)
	if _, err := io.ReadFull(h.random, code); err != nil {
		return "", fmt.Errorf("authorization code: %w", err)
	}
	for i, b := range code {
		code[i] = letters[b%32]
	}
	return string(code), nil
}

// systemRandom is the default source of authorization codes.
func systemRandom() io.Reader { return rand.Reader }
