package hostsim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// MostPINTries is how many wrong PINs in a row an issuer of the lab takes for a card. After
// that it takes none, not the right one either.
const MostPINTries = 3

// pinResult is what became of a PIN that an issuer was asked to check.
type pinResult string

const (
	pinUnchecked pinResult = ""
	pinWrong     pinResult = "wrong"
	pinRight     pinResult = "right"
	pinGivenBack pinResult = "given back" // the tries of the card, by other means than the PIN
)

// pinTries are the wrong PINs of a card.
type pinTries struct {
	wrong  int  // since one was right and approved, or the tries were given back
	isSeen bool // the request was answered before, with a wrong PIN: it is no other try
}

// countPINs reads the wrong PINs of the card of a request, where they matter to it.
func (h *Host) countPINs(ctx context.Context, tx *sql.Tx, r request) (p pinTries, err error) {
	if r.pin.IsZero() && h.rule(r).Script != UnblockPIN {
		return pinTries{}, nil
	}
	err = tx.QueryRowContext(ctx, `
		SELECT count(*) FILTER (WHERE id > (SELECT coalesce(max(id), 0) FROM pin_try WHERE card = ?1 AND result <> 'wrong')),
		       count(*) FILTER (WHERE terminal = ?2 AND batch = ?3 AND stan = ?4) > 0
		FROM pin_try WHERE card = ?1 AND result = 'wrong'`,
		h.cardOf(r), r.terminal, r.batch, r.stan).Scan(&p.wrong, &p.isSeen)
	if err != nil {
		return pinTries{}, fmt.Errorf("PIN tries of a card: %w", err)
	}
	return p, nil
}

// checkPIN is the issuer's word on the PIN of a request; the zero decision has nothing
// against it.
func (r request) checkPIN() decision {
	if r.pin.IsZero() {
		return decision{}
	}
	if r.tries.isSeen {
		return decline(codeWrongPIN, "wrong PIN")
	}
	if r.tries.wrong >= MostPINTries {
		return decline(codePINTries, "the issuer takes no more PINs of the card")
	}
	isRight, err := r.knowsPIN()
	switch {
	case err != nil: // nobody guessed: it is the terminal's fault
		return decline(r.layout.unreadable(), "no PIN block under the terminal's key")
	case !isRight:
		return decision{code: codeWrongPIN, reason: "wrong PIN", pin: pinWrong}
	}
	return decision{pin: pinRight}
}

// notePIN writes down what a decision changes of the card's tries. A PIN that was right
// gives them back with an approval alone.
func (h *Host) notePIN(ctx context.Context, tx *sql.Tx, r request, d decision) error {
	switch {
	case d.pin == pinWrong:
	case d.pin == pinUnchecked, r.tries.wrong == 0, !isApproval(d.code):
		return nil
	}
	return h.writePIN(ctx, tx, h.cardOf(r), r.trace, d.pin)
}

func (h *Host) writePIN(ctx context.Context, tx *sql.Tx, card string, k trace, result pinResult) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO pin_try (card, terminal, batch, stan, result, at) VALUES (?, ?, ?, ?, ?, ?)",
		card, k.terminal, k.batch, k.stan, result, h.now().UTC().Format(time.RFC3339Nano))
	if err != nil {
		return fmt.Errorf("write a PIN try: %w", err)
	}
	return nil
}

// GiveBackPINs gives every card of the lab its PIN tries back, and returns how many cards had
// used some of theirs.
func (h *Host) GiveBackPINs(ctx context.Context) (cards int, err error) {
	err = h.ledger.Write(ctx, func(tx *sql.Tx) error {
		used, err := usedPINs(ctx, tx)
		if err != nil {
			return err
		}
		cards = len(used)
		for _, card := range used {
			if err := h.writePIN(ctx, tx, card, trace{}, pinGivenBack); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, ledgerProblem(h.ledger.Path(), err)
	}
	return cards, nil
}

// usedPINs are the cards that have wrong PINs since their tries were last whole.
func usedPINs(ctx context.Context, tx *sql.Tx) (used []string, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT DISTINCT w.card FROM pin_try w
		WHERE w.result = 'wrong' AND NOT EXISTS (SELECT 1 FROM pin_try o WHERE o.card = w.card AND o.result <> 'wrong' AND o.id > w.id)`)
	if err != nil {
		return nil, fmt.Errorf("cards with wrong PINs: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var card string
		if err := rows.Scan(&card); err != nil {
			return nil, fmt.Errorf("cards with wrong PINs: %w", err)
		}
		used = append(used, card)
	}
	return used, rows.Err()
}
