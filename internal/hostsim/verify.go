package hostsim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// ruleOfBooks is something that must be true of every ledger: a query that counts
// where it is not.
type ruleOfBooks struct{ says, broken string }

func rulesOfBooks() []ruleOfBooks {
	return slices.Concat(rulesOfMoney(), rulesOfHolds(), rulesOfReversals(), rulesOfOriginals(), rulesOfPINs())
}

func rulesOfMoney() []ruleOfBooks {
	return []ruleOfBooks{
		{"the sides of every movement sum to zero, of money and of holds alike", `
			SELECT count(*) FROM (SELECT 1 FROM posting GROUP BY entry, undo, currency, account LIKE 'held/%' HAVING sum(minor) <> 0 OR count(*) <> 2)`},
		{"an entry moves something if and only if it was approved", `
			SELECT count(*) FROM entry e
			WHERE (e.code IN ('00', '10')) <> EXISTS (SELECT 1 FROM posting p WHERE p.entry = e.id AND p.undo = 0)`},
		{"an entry moves what it says, in its currency", `
			SELECT count(*) FROM entry e LEFT JOIN entry o ON o.id = e.original JOIN moved m ON m.entry = e.id
			WHERE EXISTS (SELECT 1 FROM posting p WHERE p.entry = e.id AND p.currency <> e.currency)
			   OR m.gained IS NOT CASE
				WHEN e.kind IN ('sale', 'completion', 'cash_advance', 'tip') OR (e.kind = 'void' AND o.kind = 'refund') THEN e.minor
				WHEN e.kind = 'refund' OR (e.kind = 'void' AND o.kind <> 'preauth') THEN -e.minor END`},
		{"only a part of what was asked is approved as a part, and no more is handed out than was asked", `
			SELECT count(*) FROM entry e WHERE (e.code = '10') <> (e.minor < e.asked) OR (e.code IN ('00', '10') AND e.cashback > e.asked)`},
	}
}

func rulesOfHolds() []ruleOfBooks {
	return []ruleOfBooks{
		{"a hold holds what it says, and only holds, completions and their voids touch it", `
			SELECT count(*) FROM entry e LEFT JOIN entry o ON o.id = e.original JOIN moved m ON m.entry = e.id
			WHERE CASE
				WHEN e.kind IN ('preauth', 'increment') THEN m.held IS NOT e.minor
				WHEN e.kind = 'void' AND o.kind = 'preauth' THEN m.held IS NOT -e.minor
				WHEN e.kind = 'completion' THEN coalesce(m.held, 0) >= 0
				WHEN e.kind = 'void' AND o.kind = 'completion' THEN m.held IS NOT -(SELECT c.held FROM moved c WHERE c.entry = o.id)
				ELSE m.held IS NOT NULL END`},
		{"a pre-authorization holds itself and its increments, and nothing once it is released or taken", `
			SELECT count(*) FROM entry a WHERE a.kind = 'preauth' AND a.code IN ('00', '10') AND (
				SELECT coalesce(sum(p.minor), 0) FROM posting p JOIN entry f ON f.id = p.entry
				WHERE p.account LIKE 'held/merchant/%' AND (f.id = a.id OR f.original = a.id
				   OR f.original IN (SELECT c.id FROM entry c WHERE c.original = a.id AND c.kind = 'completion'))
			) <> CASE
				WHEN NOT EXISTS (SELECT 1 FROM effective f WHERE f.id = a.id) THEN 0
				WHEN EXISTS (SELECT 1 FROM effective c WHERE c.original = a.id AND c.kind = 'completion') THEN 0
				ELSE a.minor + (SELECT coalesce(sum(i.minor), 0) FROM standing i WHERE i.original = a.id AND i.kind = 'increment') END`},
		{"a pre-authorization is taken once, and no further than its limit", `
			SELECT count(*) FROM (SELECT 1 FROM effective c JOIN moved m ON m.entry = c.id WHERE c.kind = 'completion'
				GROUP BY c.original HAVING count(*) <> 1 OR c.minor * 100 > -m.held * ` + strconv.Itoa(completionPercent) + `)`},
	}
}

func rulesOfReversals() []ruleOfBooks {
	return []ruleOfBooks{
		{"an undoing moves back what was moved, all of it", `
			SELECT count(*) FROM entry e WHERE EXISTS (SELECT 1 FROM posting u WHERE u.entry = e.id AND u.undo = 1)
			  AND EXISTS (SELECT account FROM posting WHERE entry = e.id GROUP BY account HAVING count(*) <> 2 OR sum(minor) <> 0)`},
		{"an approved entry is undone if and only if it was reversed", `
			SELECT count(*) FROM entry e WHERE e.code IN ('00', '10')
			  AND EXISTS (SELECT 1 FROM reversal r WHERE r.entry = e.id) <> EXISTS (SELECT 1 FROM posting p WHERE p.entry = e.id AND p.undo = 1)`},
		{"what a tombstone names never moves money", `
			SELECT count(*) FROM reversal r JOIN entry e ON e.terminal = r.terminal AND e.batch = r.batch AND e.stan = r.stan
			WHERE r.entry IS NULL AND e.code IN ('00', '10')`},
	}
}

func rulesOfOriginals() []ruleOfBooks {
	return []ruleOfBooks{
		{"the refunds of a sale stay within it and its tips", `
			SELECT count(*) FROM entry o WHERE o.kind IN ('sale', 'completion')
			  AND o.minor + (SELECT coalesce(sum(t.minor), 0) FROM standing t WHERE t.original = o.id AND t.kind = 'tip')
			    < (SELECT coalesce(sum(f.minor), 0) FROM effective f WHERE f.original = o.id AND f.kind = 'refund')`},
		{"a sale that was voided or reversed has no refunds", `
			SELECT count(*) FROM effective f WHERE f.kind = 'refund' AND NOT EXISTS (SELECT 1 FROM effective o WHERE o.id = f.original)`},
		{"what adds to another, or takes its hold and is not voided, is of something that stands", `
			SELECT count(*) FROM effective f WHERE f.kind IN ('tip', 'increment', 'completion')
			  AND NOT EXISTS (SELECT 1 FROM standing o WHERE o.id = f.original AND (o.kind = 'preauth') = (f.kind <> 'tip'))`},
		{"a void is of something that stands, and the only one", `
			SELECT count(*) FROM (
				SELECT 1 FROM standing v LEFT JOIN standing o ON o.id = v.original
				WHERE v.kind = 'void' GROUP BY v.original HAVING count(*) <> 1 OR count(o.id) <> 1)`},
		{"a void undoes the whole", `
			SELECT count(*) FROM standing v JOIN entry o ON o.id = v.original WHERE v.kind = 'void' AND v.minor <> o.minor
			  + (SELECT coalesce(sum(t.minor), 0) FROM standing t WHERE t.original = o.id AND t.kind IN ('tip', 'increment'))`},
	}
}

func rulesOfPINs() []ruleOfBooks {
	return []ruleOfBooks{
		{"no card is asked for more wrong PINs in a row than it may be given", `
			SELECT count(*) FROM (
				SELECT 1 FROM pin_try w WHERE w.result = 'wrong'
				GROUP BY w.card, (SELECT count(*) FROM pin_try o WHERE o.card = w.card AND o.result <> 'wrong' AND o.id < w.id)
				HAVING count(*) > ` + strconv.Itoa(MostPINTries) + `)`},
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
