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
	"github.com/tillworks/till/pkg/money"
)

// decision is what the host makes of a transaction before it is written down.
type decision struct {
	code     string
	reason   string       // why it is declined, or what is wrong with it all the same
	icc      []byte       // field 55 of the answer
	part     money.Amount // of a partial approval: what is approved
	pin      pinResult    // what it changes of the card's PIN tries
	original *entry       // of what names one
}

func approve(original *entry) decision     { return decision{code: codeApproved, original: original} }
func decline(code, reason string) decision { return decision{code: code, reason: reason} }

// financial answers what is asked (0100, 0200) and what is told (0220, 0221). The entry,
// its postings and its answer are one commit.
func (h *Host) financial(ctx context.Context, r request) (answer, error) {
	if r.kind == "" {
		return answer{code: codeInvalid}, nil
	}
	var a answer
	err := h.ledger.Write(ctx, func(tx *sql.Tx) (err error) {
		if r.around, err = r.look(ctx, tx, h.cardOf(r)); err != nil {
			return err
		}
		if r.around.isSeen {
			a, err = h.repeated(ctx, tx, r)
			return err
		}
		if r.tries, err = h.countPINs(ctx, tx, r); err != nil {
			return err
		}
		d, err := h.decide(ctx, tx, r)
		if err != nil {
			return err
		}
		if err := h.notePIN(ctx, tx, r, d); err != nil {
			return err
		}
		a, err = h.record(ctx, tx, r, d)
		return err
	})
	return a, err
}

// repeated answers a transaction whose trace number is taken.
func (h *Host) repeated(ctx context.Context, tx *sql.Tx, r request) (answer, error) {
	seen, _, err := entryByTrace(ctx, tx, r.trace)
	if err != nil {
		return answer{}, err
	}
	return h.again(seen, r)
}

// again answers a transaction whose trace number is taken: a repeat of the same one as
// before, without a second posting. An approval that a reversal has undone is not said
// again, and another transaction under the number is refused.
func (h *Host) again(seen entry, r request) (answer, error) {
	switch {
	case seen.request != r.digest(h.ledger.key):
		return answer{code: codeDuplicate}, nil
	case seen.posted() && seen.reversed:
		return answer{code: codeInvalid, rrn: seen.rrn}, nil
	}
	icc, err := hex.DecodeString(seen.icc)
	if err != nil {
		return answer{}, fmt.Errorf("stored field 55 of entry %d: %w", seen.id, err)
	}
	return seen.answer(icc), nil
}

// answer says what became of the entry; icc is field 55 of it.
func (e entry) answer(icc []byte) answer {
	a := answer{code: e.code, rrn: e.rrn, auth: e.auth, chip: cardAuthentication(icc, e.reason)}
	if len(icc) > 0 {
		a.icc = icc
	}
	if e.code == codePartial {
		a.amount = e.amount
	}
	return a
}

// decide asks, in this order: may the terminal ask at all, and may this be done.
func (h *Host) decide(ctx context.Context, tx *sql.Tx, r request) (decision, error) {
	if d := r.admit(); d.code != "" {
		return d, nil
	}
	switch r.kind {
	case till.Sale, till.PreAuth, till.CashAdvance:
		if r.notice != till.NoNotice {
			return h.take(r), nil
		}
		return h.ask(r)
	case till.Void:
		return decideVoid(ctx, tx, r)
	case till.Refund:
		return decideRefund(ctx, tx, r)
	case till.Increment:
		return decideIncrement(ctx, tx, r)
	case till.Completion:
		return decideCompletion(ctx, tx, r)
	case till.Tip:
		return decideTip(ctx, tx, r)
	}
	return decline(codeInvalid, "no such transaction"), nil
}

// admit refuses what no transaction may do; the zero decision admits.
func (r request) admit() decision {
	switch {
	case r.around.isBuried:
		return decline(codeInvalid, "reversed before it arrived")
	case r.around.isClosed:
		return decline(codeNotPermitted, "the batch is closed")
	case r.merchant == "":
		return decline(codeBadMerchant, "no merchant in field 42")
	case r.around.currency != "" && r.around.currency != r.amount.Currency().Code():
		return decline(codeInvalid, "the batch is in another currency")
	case r.amount.IsZero():
		return decline(codeBadAmount, "an amount of zero")
	case r.cashback.Minor() > r.amount.Minor():
		return decline(codeBadAmount, "more cash than the whole amount")
	}
	return decision{}
}

// findOriginal is what a request names: by its reference (37), and its trace number where
// that is there too. A layout that names batch and trace number needs no reference.
func findOriginal(ctx context.Context, tx *sql.Tx, r request) (entry, bool, error) {
	if r.rrn == "" {
		if r.ofBatch == 0 {
			return entry{}, false, nil
		}
		return entryByTrace(ctx, tx, r.originalTrace())
	}
	e, ok, err := entryByReference(ctx, tx, r.rrn)
	isNamed := r.original != 0 && r.op != till.OpUpload // a record names itself
	return e, ok && (!isNamed || e.stan == r.original), err
}

// decideVoid undoes what a terminal did in the same batch, whole and once; a
// pre-authorization also after its batch was settled, since it is in no totals.
func decideVoid(ctx context.Context, tx *sql.Tx, r request) (decision, error) {
	original, ok, err := findOriginal(ctx, tx, r)
	switch {
	case err != nil:
		return decision{}, err
	case !ok, !original.stands(), original.terminal != r.terminal, original.batch != r.batch && original.kind != till.PreAuth:
		return decline(codeNotLocated, "no such original in this batch"), nil
	case original.kind == till.Void:
		return decline(codeInvalid, "a void cannot be voided"), nil
	case original.kind == till.Tip, original.kind == till.Increment:
		return decline(codeInvalid, "a part of another transaction cannot be voided"), nil
	}
	a, err := original.aftermath(ctx, tx)
	switch {
	case err != nil:
		return decision{}, err
	case original.amount.Currency() != r.amount.Currency(), original.whole(a) != r.amount.Minor():
		return decline(codeWrongOriginal, "the amount is not the original's"), nil
	case a.voided:
		return decline(codeInvalid, "voided before"), nil
	case a.refunded > 0:
		return decline(codeInvalid, "a sale with refunds cannot be voided"), nil
	case a.completed:
		return decline(codeInvalid, "completed before"), nil
	}
	return approve(&original), nil
}

// decideRefund pays back a part or the whole of a sale or completion of the same merchant,
// from whatever batch, as long as all its refunds stay within it and its tips.
func decideRefund(ctx context.Context, tx *sql.Tx, r request) (decision, error) {
	original, ok, err := findOriginal(ctx, tx, r)
	switch {
	case err != nil:
		return decision{}, err
	case !ok, !original.stands(), original.merchant != r.merchant:
		return decline(codeNotLocated, "no such original of this merchant"), nil
	case original.kind != till.Sale && original.kind != till.Completion:
		return decline(codeInvalid, "only a sale can be refunded"), nil
	case original.amount.Currency() != r.amount.Currency():
		return decline(codeWrongOriginal, "the currency is not the original's"), nil
	}
	a, err := original.aftermath(ctx, tx)
	switch {
	case err != nil:
		return decision{}, err
	case a.voided:
		return decline(codeInvalid, "voided before"), nil
	case r.amount.Minor() > original.whole(a)-a.refunded:
		return decline(codeBadAmount, "more than is left of the original"), nil
	}
	return approve(&original), nil
}

// record writes the decision down, with its postings where money moves, and makes the
// answer of it.
func (h *Host) record(ctx context.Context, tx *sql.Tx, r request, d decision) (answer, error) {
	id, at := r.around.next, h.now()
	e := entry{
		id: id, terminal: r.terminal, batch: r.batch, stan: r.stan, kind: r.kind, told: r.told(), merchant: r.merchant, amount: r.amount,
		asked: r.amount, cashback: r.cashback.Minor(), plan: planText(r.plan),
		sent: r.sent, request: r.digest(h.ledger.key), code: d.code, rrn: reference(at, id), icc: hex.EncodeToString(d.icc), reason: d.reason, at: at,
	}
	if d.code == codePartial {
		e.amount = d.part
	}
	e.card, e.original = h.cardOf(r), 0
	if d.original != nil {
		e.card, e.original = d.original.card, d.original.id
	}
	if e.posted() {
		var err error
		if e.auth, err = h.authCode(r); err != nil {
			return answer{}, err
		}
	}
	if err := e.write(ctx, tx, d.original, r.around); err != nil {
		return answer{}, err
	}
	return e.answer(d.icc), nil
}

// write writes the entry, whom it names, and the money that it moves.
func (e entry) write(ctx context.Context, tx *sql.Tx, original *entry, around surroundings) error {
	if !around.knowsMerchant {
		if err := meet(ctx, tx, "merchant", "id", e.merchant, e.at); err != nil {
			return err
		}
	}
	if !around.knowsCard { // also where the card is the original's
		if err := meet(ctx, tx, "card", "token", e.card, e.at); err != nil {
			return err
		}
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

// authCode is field 38: what the issuer gave by telephone or what the terminal has already,
// else six random letters and digits, without those that are mistaken for one another.
func (h *Host) authCode(r request) (string, error) {
	if r.authCode != "" && !r.kind.Refers() && r.told() != "" {
		return r.authCode, nil
	}
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
