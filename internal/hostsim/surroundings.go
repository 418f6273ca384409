package hostsim

import (
	"context"
	"database/sql"
	"fmt"
)

// surroundings are what the ledger knows around a request for money before it is decided.
// They are read by one statement: each sale asks for all of them.
type surroundings struct {
	isSeen   bool   // its trace number is taken
	isBuried bool   // a reversal of it was acknowledged before it came
	isClosed bool   // its batch is
	currency string // of what stands in its batch; empty where nothing does
	next     int64  // id of the next entry; the transaction holds the ledger alone

	knowsMerchant bool // it has sold before
	knowsCard     bool // it has paid before
}

// look reads the surroundings of a request by the card of a token.
func (r request) look(ctx context.Context, tx *sql.Tx, token string) (s surroundings, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM entry WHERE terminal = ?1 AND batch = ?2 AND stan = ?3),
		       EXISTS (SELECT 1 FROM reversal WHERE terminal = ?1 AND batch = ?2 AND stan = ?3),
		       EXISTS (SELECT 1 FROM closure WHERE terminal = ?1 AND batch = ?2),
		       coalesce((SELECT currency FROM standing WHERE terminal = ?1 AND batch = ?2 LIMIT 1), ''),
		       (SELECT coalesce(max(id), 0) + 1 FROM entry),
		       EXISTS (SELECT 1 FROM merchant WHERE id = ?4),
		       EXISTS (SELECT 1 FROM card WHERE token = ?5)`,
		r.terminal, r.batch, r.stan, r.merchant, token).
		Scan(&s.isSeen, &s.isBuried, &s.isClosed, &s.currency, &s.next, &s.knowsMerchant, &s.knowsCard)
	if err != nil {
		return surroundings{}, fmt.Errorf("what is around a request: %w", err)
	}
	return s, nil
}
