package hostsim

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tillworks/till/internal/till"
)

// completionPercent is how much of what is held a completion may take.
const completionPercent = 115

// held is what is held under a pre-authorization: with its increments, and nothing once it
// is voided, completed or reversed.
func (e entry) held(ctx context.Context, tx *sql.Tx) (int64, error) {
	var minor int64
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce(sum(p.minor), 0) FROM posting p JOIN entry f ON f.id = p.entry
		WHERE p.account = ?2 AND (f.id = ?1 OR f.original = ?1 OR f.original IN (SELECT c.id FROM entry c WHERE c.original = ?1 AND c.kind = 'completion'))`,
		e.id, "held/"+e.merchantAccount()).Scan(&minor)
	if err != nil {
		return 0, fmt.Errorf("what entry %d holds: %w", e.id, err)
	}
	return minor, nil
}

// decideIncrement holds more under a pre-authorization, of whatever batch.
func decideIncrement(ctx context.Context, tx *sql.Tx, r request) (decision, error) {
	preauth, d, err := standingHold(ctx, tx, r)
	if err != nil || d.code != "" {
		return d, err
	}
	return approve(&preauth), nil
}

// decideCompletion takes what a pre-authorization holds, once, and up to its limit.
func decideCompletion(ctx context.Context, tx *sql.Tx, r request) (decision, error) {
	preauth, d, err := standingHold(ctx, tx, r)
	if err != nil || d.code != "" {
		return d, err
	}
	held, err := preauth.held(ctx, tx)
	switch {
	case err != nil:
		return decision{}, err
	case r.amount.Minor() > share(held, completionPercent):
		return decline(codeBadAmount, "more than may be taken of what is held"), nil
	}
	return approve(&preauth), nil
}

// share is a percentage, rounded down.
func share(minor int64, percent int64) int64 {
	return minor/100*percent + minor%100*percent/100
}

// standingHold is the pre-authorization that a request names and that still holds, or why
// there is none.
func standingHold(ctx context.Context, tx *sql.Tx, r request) (entry, decision, error) {
	preauth, ok, err := findOriginal(ctx, tx, r)
	switch {
	case err != nil:
		return entry{}, decision{}, err
	case !ok, !preauth.stands(), preauth.merchant != r.merchant:
		return entry{}, decline(codeNotLocated, "no such original of this merchant"), nil
	case preauth.kind != till.PreAuth:
		return entry{}, decline(codeInvalid, "the original is no pre-authorization"), nil
	case preauth.amount.Currency() != r.amount.Currency():
		return entry{}, decline(codeWrongOriginal, "the currency is not the original's"), nil
	}
	a, err := preauth.aftermath(ctx, tx)
	switch {
	case err != nil:
		return entry{}, decision{}, err
	case a.voided:
		return entry{}, decline(codeInvalid, "voided before"), nil
	case a.completed:
		return entry{}, decline(codeInvalid, "completed before"), nil
	}
	return preauth, decision{}, nil
}
