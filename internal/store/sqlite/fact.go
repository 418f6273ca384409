package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/till"
)

// sumColumns are the measures in the order of till.Sums.
const sumColumns = `count, returns, quantity, gross, discount, returned, net, tax, total, cost, points`

const addFact = `INSERT INTO rollup (kind, period, a, b, currency, ` + sumColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT DO UPDATE SET count = count + excluded.count, returns = returns + excluded.returns, quantity = quantity + excluded.quantity,
		gross = gross + excluded.gross, discount = discount + excluded.discount, returned = returned + excluded.returned, net = net + excluded.net,
		tax = tax + excluded.tax, total = total + excluded.total, cost = cost + excluded.cost, points = points + excluded.points`

// addFacts adds facts to the reports of a business day and to the Z report to be.
func (c *commit) addFacts(day till.Day, facts []till.Fact) error {
	z, err := c.nextZ()
	if err != nil {
		return err
	}
	for _, f := range facts {
		for _, period := range append(periodsOf(f.Kind, day), till.Day(z)) {
			if err := c.addFact(period, f); err != nil {
				return fmt.Errorf("adding %s %s to the reports of %d: %w", f.Kind, f.A, period, err)
			}
		}
	}
	return nil
}

func (c *commit) addFact(period till.Day, f till.Fact) error {
	s := f.Sums
	return c.exec(addFact, string(f.Kind), int(period), f.A, f.B, f.Currency,
		s.Count, s.Returns, s.Quantity, s.Gross, s.Discount, s.Returned, s.Net, s.Tax, s.Total, s.Cost, s.Points)
}

func negated(facts []till.Fact) []till.Fact {
	all := make([]till.Fact, len(facts))
	for i, f := range facts {
		f.Sums = f.Sums.Neg()
		all[i] = f
	}
	return all
}

// Facts reads what happened in a range of business days, both included, added up over the
// range or day by day. What came to nothing is left out. A range the wrong way round is
// empty.
func (s *Store) Facts(ctx context.Context, q till.FactQuery) ([]till.DayFact, error) {
	if q.ByDay {
		all, err := s.factsByDay(ctx, q)
		return all, s.problem(err)
	}
	sum, err := s.factsOver(ctx, q.Kind, runsOf(q.Kind, q.From, q.To))
	if err != nil {
		return nil, s.problem(fmt.Errorf("reading %s from %s to %s: %w", q.Kind, q.From, q.To, err))
	}
	return sum.days(), nil
}

func (s *Store) factsByDay(ctx context.Context, q till.FactQuery) (all []till.DayFact, err error) {
	rows, err := s.asking(ctx).rows(`SELECT kind, a, b, currency, `+sumColumns+`, period FROM rollup
		WHERE kind = ? AND period BETWEEN ? AND ? ORDER BY period, a, b, currency`, string(q.Kind), int(q.From), int(q.To))
	if err != nil {
		return nil, err
	}
	err = each(rows, func(row rowScanner) error {
		var d till.DayFact
		if err := scanFact(row, &d.Fact, &d.Day); err != nil {
			return err
		}
		if isDay(d.Day) && d.Sums != (till.Sums{}) {
			all = append(all, d)
		}
		return nil
	})
	return all, err
}

// DayFacts reads what happened since the last Z report: the figures of the next.
func (s *Store) DayFacts(ctx context.Context) ([]till.Fact, error) {
	from := s.asking(ctx)
	z, err := nextZ(from)
	if err != nil {
		return nil, s.problem(err)
	}
	all, err := factsOf(from, z)
	return all, s.problem(err)
}

// factsOf are the facts of the Z report of a number.
func factsOf(from source, z int) (all []till.Fact, err error) {
	for _, kind := range factKinds() {
		rows, err := from.rows(`SELECT kind, a, b, currency, `+sumColumns+` FROM rollup WHERE kind = ? AND period = ? ORDER BY a, b, currency`, string(kind), z)
		if err != nil {
			return nil, err
		}
		err = each(rows, func(row rowScanner) error {
			var f till.Fact
			if err := scanFact(row, &f); err != nil {
				return err
			}
			if f.Sums != (till.Sums{}) {
				all = append(all, f)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading %s of Z report %d: %w", kind, z, err)
		}
	}
	return all, nil
}

func factKinds() []till.FactKind {
	return []till.FactKind{
		till.FactSum, till.FactItem, till.FactCategory, till.FactStaff, till.FactHour,
		till.FactTender, till.FactTax, till.FactDiscount, till.FactLoyalty,
	}
}

func scanFact(row rowScanner, f *till.Fact, more ...any) error {
	s := &f.Sums
	return row.Scan(append([]any{
		&f.Kind, &f.A, &f.B, &f.Currency, &s.Count, &s.Returns, &s.Quantity, &s.Gross, &s.Discount, &s.Returned, &s.Net, &s.Tax, &s.Total, &s.Cost, &s.Points,
	}, more...)...)
}

// nextZ is the number of the Z report that takes in what happens now.
func (c *commit) nextZ() (int, error) { return nextZ(c) }

func nextZ(from source) (last int, err error) {
	err = from.row(`SELECT number FROM z ORDER BY number DESC LIMIT 1`).Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("reading the last Z report: %w", err)
	}
	return last + 1, nil
}
