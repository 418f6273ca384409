package walletsim

import (
	"context"
	"errors"
	"fmt"
)

// ruleOfBooks is something that must be true of every ledger: a query that counts where
// it is not.
type ruleOfBooks struct{ says, broken string }

func rulesOfBooks() []ruleOfBooks {
	return []ruleOfBooks{
		{"an order ends in one way", `
			SELECT count(*) FROM orders o WHERE
				(SELECT count(*) FROM payment p WHERE p.number = o.number) + (SELECT count(*) FROM refusal r WHERE r.number = o.number)
				+ (SELECT count(*) FROM closure c WHERE c.number = o.number) > 1`},
		{"the refunds of an order stay within its payment", `
			SELECT count(*) FROM orders o WHERE o.minor < (SELECT coalesce(sum(f.minor), 0) FROM refund f WHERE f.number = o.number AND f.code = '')`},
		{"only what was paid is refunded, in its currency and to its merchant", `
			SELECT count(*) FROM refund f WHERE f.code = '' AND NOT EXISTS (
				SELECT 1 FROM payment p JOIN orders o ON o.number = p.number
				WHERE p.number = f.number AND o.currency = f.currency AND o.merchant = f.merchant)`},
		{"a refund that was refused is not done", `
			SELECT count(*) FROM refund_done d JOIN refund f ON f.refund = d.refund WHERE f.code <> ''`},
		{"nothing tells of a payment that was not made", `
			SELECT count(*) FROM notice n WHERE n.forged = 0 AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.number = n.number)`},
	}
}

// Verify reads the whole ledger: the file's own structure, and that the books are right.
// It returns the number of orders. What is wrong is a *till.Problem.
func (s *Sim) Verify(ctx context.Context) (int, error) {
	var first string
	if err := s.ledger.DB.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&first); err != nil {
		return 0, ledgerProblem(s.ledger.Path(), err)
	}
	if first != "ok" {
		return 0, damaged(s.ledger.Path(), errors.New(first))
	}
	for _, rule := range rulesOfBooks() {
		var broken int
		if err := s.ledger.DB.QueryRowContext(ctx, rule.broken).Scan(&broken); err != nil {
			return 0, ledgerProblem(s.ledger.Path(), err)
		}
		if broken > 0 {
			return 0, damaged(s.ledger.Path(), fmt.Errorf("%d rows break the rule that %s", broken, rule.says))
		}
	}
	var n int
	if err := s.ledger.DB.QueryRowContext(ctx, "SELECT count(*) FROM orders").Scan(&n); err != nil {
		return 0, ledgerProblem(s.ledger.Path(), err)
	}
	return n, nil
}
