package sqlite

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/tillworks/till/internal/till"
)

// rangeSum are facts added up over a range.
type rangeSum map[factKey]*till.Sums

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
		if *sums != (till.Sums{}) {
			all = append(all, till.DayFact{Fact: till.Fact{Kind: k.kind, A: k.a, B: k.b, Currency: k.currency, Sums: *sums}})
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
		for k, m := range sums[i] {
			total.addTo(k, *m, 1)
		}
	}
	return total, nil
}

func (r rangeSum) addTo(k factKey, sums till.Sums, sign int64) {
	held, ok := r[k]
	if !ok {
		held = &till.Sums{}
		r[k] = held
	}
	if sign < 0 {
		*held = held.Sub(sums)
		return
	}
	*held = held.Add(sums)
}

// sum adds a run up, with its sign. Of kinds that are few keys a day SQLite does the
// adding; of items it would have to sort them first, and is slower than a map.
func (r run) sum(from source, kind till.FactKind) (rangeSum, error) {
	query := `SELECT ` + factColumns + ` FROM rollup WHERE kind = ? AND period BETWEEN ? AND ?`
	if kind != till.FactItem {
		query = `SELECT kind, a, b, currency, sum(count), sum(returns), sum(quantity), sum(gross), sum(discount), sum(returned),
			sum(net), sum(tax), sum(total), sum(cost), sum(points), 0
			FROM rollup WHERE kind = ? AND period BETWEEN ? AND ? GROUP BY a, b, currency`
	}
	rows, err := from.rows(query, string(kind), int(r.from), int(r.to))
	if err != nil {
		return nil, err
	}
	all := rangeSum{}
	err = eachFact(rows, func(f till.DayFact) error {
		all.addTo(keyOf(f.Fact), f.Sums, r.sign)
		return nil
	})
	return all, err
}
