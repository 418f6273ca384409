package hostsim

import (
	"context"
	"errors"
	"fmt"
)

// ruleOfBooks is something that must be true of every ledger: a query that counts
// where it is not.
type ruleOfBooks struct{ says, broken string }

func rulesOfBooks() []ruleOfBooks {
	return []ruleOfBooks{
		{"the sides of every movement sum to zero", `
			SELECT count(*) FROM (SELECT 1 FROM posting GROUP BY entry, undo, currency HAVING sum(minor) <> 0 OR count(*) <> 2)`},
		{"an entry moves money if and only if it was approved", `
			SELECT count(*) FROM entry e
			WHERE (e.code = '00') <> EXISTS (SELECT 1 FROM posting p WHERE p.entry = e.id AND p.undo = 0)`},
		{"an entry moves what it says, in its currency", `
			SELECT count(*) FROM posting p JOIN entry e ON e.id = p.entry WHERE abs(p.minor) <> e.minor OR p.currency <> e.currency`},
		{"an undoing moves back what was moved", `
			SELECT count(*) FROM posting u LEFT JOIN posting p ON p.entry = u.entry AND p.undo = 0 AND p.account = u.account
			WHERE u.undo = 1 AND (p.minor IS NULL OR p.minor <> -u.minor)`},
		{"an approved entry is undone if and only if it was reversed", `
			SELECT count(*) FROM entry e WHERE e.code = '00'
			  AND EXISTS (SELECT 1 FROM reversal r WHERE r.entry = e.id) <> EXISTS (SELECT 1 FROM posting p WHERE p.entry = e.id AND p.undo = 1)`},
		{"what a tombstone names never moves money", `
			SELECT count(*) FROM reversal r JOIN entry e ON e.terminal = r.terminal AND e.batch = r.batch AND e.stan = r.stan
			WHERE r.entry IS NULL AND e.code = '00'`},
		{"the refunds of a sale stay within it", `
			SELECT count(*) FROM entry o WHERE o.kind = 'sale' AND o.minor < (
				SELECT coalesce(sum(f.minor), 0) FROM effective f WHERE f.original = o.id AND f.kind = 'refund')`},
		{"a sale that was voided or reversed has no refunds", `
			SELECT count(*) FROM effective f WHERE f.kind = 'refund' AND NOT EXISTS (SELECT 1 FROM effective o WHERE o.id = f.original)`},
		{"a void is of something that stands, and the only one", `
			SELECT count(*) FROM (
				SELECT 1 FROM standing v LEFT JOIN standing o ON o.id = v.original
				WHERE v.kind = 'void' GROUP BY v.original HAVING count(*) <> 1 OR count(o.id) <> 1)`},
	}
}

// Verify reads the whole ledger: the file's own structure, and that the books are
// right. It returns the number of entries. What is wrong is a *till.Problem.
func (h *Host) Verify(ctx context.Context) (int, error) {
	if err := h.verifyFile(ctx); err != nil {
		return 0, err
	}
	for _, rule := range rulesOfBooks() {
		var broken int
		if err := h.ledger.DB.QueryRowContext(ctx, rule.broken).Scan(&broken); err != nil {
			return 0, ledgerProblem(h.ledger.Path(), err)
		}
		if broken > 0 {
			return 0, damaged(h.ledger.Path(), fmt.Errorf("%d rows break the rule that %s", broken, rule.says))
		}
	}
	var n int
	if err := h.ledger.DB.QueryRowContext(ctx, "SELECT count(*) FROM entry").Scan(&n); err != nil {
		return 0, ledgerProblem(h.ledger.Path(), err)
	}
	return n, nil
}

func (h *Host) verifyFile(ctx context.Context) error {
	var first string
	if err := h.ledger.DB.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&first); err != nil {
		return ledgerProblem(h.ledger.Path(), err)
	}
	if first != "ok" {
		return damaged(h.ledger.Path(), errors.New(first))
	}
	return nil
}
