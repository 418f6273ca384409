package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/till"
)

// sumColumns are the measures in the order of till.Sums.
const sumColumns = `count, returns, quantity, gross, discount, returned, net, tax, total, cost, points`

// factColumns are those of a fact, in the order of scanFact.
const factColumns = `kind, a, b, currency, ` + sumColumns + `, period`

const (
	addFacts = `INSERT INTO rollup (kind, period, a, b, currency, ` + sumColumns + `) VALUES `
	oneFact  = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	toSums   = ` ON CONFLICT DO UPDATE SET count = count + excluded.count, returns = returns + excluded.returns, quantity = quantity + excluded.quantity,
		gross = gross + excluded.gross, discount = discount + excluded.discount, returned = returned + excluded.returned, net = net + excluded.net,
		tax = tax + excluded.tax, total = total + excluded.total, cost = cost + excluded.cost, points = points + excluded.points`
)

// factsAtOnce is how many rows one statement adds at most: a sale without lines has
// sixteen, and a statement for each would cost more than the rows.
const factsAtOnce = 32

// addFacts adds facts to the reports of a business day and to the Z report to be.
func (c *commit) addFacts(day till.Day, facts []till.Fact) error {
	z, err := c.nextZ()
	if err != nil {
		return err
	}
	rows := make([]till.DayFact, 0, 3*len(facts))
	for _, f := range facts {
		for _, period := range append(periodsOf(f.Kind, day), till.Day(z)) {
			rows = append(rows, till.DayFact{Day: period, Fact: f})
		}
	}
	for some := range slices.Chunk(rows, factsAtOnce) {
		if err := c.addRows(some); err != nil {
			return fmt.Errorf("adding %d facts to the reports of %s: %w", len(facts), day, err)
		}
	}
	return nil
}

// addRows adds facts to the sums of their periods.
func (c *commit) addRows(rows []till.DayFact) error {
	args := make([]any, 0, 16*len(rows))
	for _, f := range rows {
		s := f.Sums
		args = append(args, string(f.Kind), int(f.Day), f.A, f.B, f.Currency,
			s.Count, s.Returns, s.Quantity, s.Gross, s.Discount, s.Returned, s.Net, s.Tax, s.Total, s.Cost, s.Points)
	}
	return c.exec(addFacts+oneFact+strings.Repeat(", "+oneFact, len(rows)-1)+toSums, args...)
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
	rows, err := s.asking(ctx).rows(`SELECT `+factColumns+` FROM rollup
		WHERE kind = ? AND period BETWEEN ? AND ? ORDER BY period, a, b, currency`, string(q.Kind), int(q.From), int(q.To))
	if err != nil {
		return nil, err
	}
	err = eachFact(rows, func(f till.DayFact) error {
		if isDay(f.Day) && f.Sums != (till.Sums{}) {
			all = append(all, f)
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
		rows, err := from.rows(`SELECT `+factColumns+` FROM rollup WHERE kind = ? AND period = ? ORDER BY a, b, currency`, string(kind), z)
		if err != nil {
			return nil, err
		}
		err = eachFact(rows, func(f till.DayFact) error {
			if f.Sums != (till.Sums{}) {
				all = append(all, f.Fact)
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

// scanFact reads a row of factColumns.
func scanFact(c *cells, row rowScanner, f *till.DayFact) error {
	if err := c.scan(row); err != nil {
		return err
	}
	f.Kind, f.A, f.B, f.Currency = till.FactKind(c.text()), c.text(), c.text(), c.text()
	m := &f.Sums
	for _, sum := range [...]*int64{&m.Count, &m.Returns, &m.Quantity, &m.Gross, &m.Discount, &m.Returned, &m.Net, &m.Tax, &m.Total, &m.Cost, &m.Points} {
		*sum = c.number()
	}
	f.Day = till.Day(c.number())
	return c.err
}

// eachFact has every row of factColumns seen, and closes them.
func eachFact(rows *sql.Rows, see func(f till.DayFact) error) error {
	c := newCells(16)
	return each(rows, func(row rowScanner) error {
		var f till.DayFact
		if err := scanFact(c, row, &f); err != nil {
			return err
		}
		return see(f)
	})
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
