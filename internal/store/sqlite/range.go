package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"

	"github.com/tillworks/till/internal/till"
)

// rangeSum are facts added up over a range.
type rangeSum map[factKey]till.Sums

// factKey is what facts are added up by.
type factKey struct {
	kind           till.FactKind
	a, b, currency string
}

func keyOf(f till.Fact) factKey { return factKey{f.Kind, f.A, f.B, f.Currency} }

// days are the facts, in the order of their keys, without a day.
func (r rangeSum) days() []till.DayFact {
	var all []till.DayFact
	for k, sums := range r {
		if sums != (till.Sums{}) {
			all = append(all, till.DayFact{Fact: till.Fact{Kind: k.kind, A: k.a, B: k.b, Currency: k.currency, Sums: sums}})
		}
	}
	slices.SortFunc(all, func(a, b till.DayFact) int {
		return cmp.Or(strings.Compare(a.A, b.A), strings.Compare(a.B, b.B), strings.Compare(a.Currency, b.Currency))
	})
	return all
}

// run is a range of periods that are all added, or all taken off.
type run struct {
	from, to till.Day
	sign     int64
}

// runsOf are the runs to read for a range of days. Kinds that are kept by day alone are
// one; of the items days that follow one another in a month are one, since no longer
// period has a number between theirs.
func runsOf(kind till.FactKind, from, to till.Day) []run {
	if kind != till.FactItem {
		return []run{{from, to, 1}}
	}
	var all []run
	for _, p := range cover(from, to) {
		last := len(all) - 1
		if last >= 0 && isDay(p.period) && p.period == all[last].to+1 && p.sign == all[last].sign && isDay(all[last].to) {
			all[last].to = p.period
			continue
		}
		all = append(all, run{p.period, p.period, p.sign})
	}
	return all
}

// factsOver adds up the runs of a range, which are read side by side.
func (s *Store) factsOver(ctx context.Context, kind till.FactKind, runs []run) (rangeSum, error) {
	sums := make([]rangeSum, len(runs))
	errs := make([]error, len(runs))
	var all sync.WaitGroup
	for i, r := range runs {
		all.Go(func() { sums[i], errs[i] = r.sum(s.asking(ctx), kind) })
	}
	all.Wait()
	total := rangeSum{}
	for i := range runs {
		if errs[i] != nil {
			return nil, errs[i]
		}
		total.add(sums[i])
	}
	return total, nil
}

func (r rangeSum) add(other rangeSum) {
	for k, sums := range other {
		r[k] = r[k].Add(sums)
	}
}

// sum adds a run up, with its sign. One of a single period holds each key once.
func (r run) sum(from source, kind till.FactKind) (rangeSum, error) {
	query := `SELECT kind, a, b, currency, ` + sumColumns + ` FROM rollup WHERE kind = ?1 AND period = ?2 AND period = ?3`
	if r.from < r.to {
		query = `SELECT kind, a, b, currency, sum(count), sum(returns), sum(quantity), sum(gross), sum(discount), sum(returned),
			sum(net), sum(tax), sum(total), sum(cost), sum(points)
			FROM rollup WHERE kind = ?1 AND period BETWEEN ?2 AND ?3 GROUP BY a, b, currency`
	}
	rows, err := from.rows(query, string(kind), int(r.from), int(r.to))
	if err != nil {
		return nil, err
	}
	return scanSums(rows, r.sign)
}

func scanSums(rows *sql.Rows, sign int64) (rangeSum, error) {
	all := rangeSum{}
	err := each(rows, func(row rowScanner) error {
		var f till.Fact
		if err := scanFact(row, &f); err != nil {
			return err
		}
		if sign < 0 {
			f.Sums = f.Sums.Neg()
		}
		all[keyOf(f)] = f.Sums
		return nil
	})
	return all, err
}
