package reports

import (
	"errors"
	"fmt"
	"iter"

	"github.com/tillworks/till/pkg/money"
)

// ErrOverflow reports a sum that does not fit 64 bits; match with errors.Is.
var ErrOverflow = errors.New("sum does not fit 64 bits")

// Line is a fact that a report counts: one sold line, one payment, or a sum over many.
// A line that takes something back, as a void does, is the same line with its sums
// turned by [Sums.Neg].
type Line struct {
	Day      Day            // the business day; 0 is unknown
	Hour     int            // of the clock, 0 to 23; any other, such as UnknownHour, is unknown
	Currency money.Currency // of the money in Sums
	Labels   Labels
	Sums     Sums
}

// UnknownHour is the hour of a line whose hour is not known, such as the sum of a day.
const UnknownHour = -1

// Labels are the keys of a line in the dimensions that do not come from its time. A key
// is what the program calls the thing (a SKU, a staff number); its name is told once a
// group by [Spec.Names]. An empty key is "none".
type Labels struct {
	Item, Category, Staff, Tender, Brand, Entry string
	Tax, Reason, Promotion, Member, Store, Till string
}

// Sums are the measures of a line or of a group. All of them add up. Money is in minor
// units of the line's currency; the signs are those of a sale, and a report neither
// checks nor changes them.
type Sums struct {
	Sales    int64 // count of sales
	Returns  int64 // count of returns
	Payments int64 // count of payments and refunds
	Quantity int64 // thousandths of a unit
	Gross    int64 // price by quantity, before discounts
	Discount int64 // taken off, positive
	Returned int64 // worth of what came back, positive
	Net      int64 // what was earned: gross less discount and returned, without tax
	Tax      int64
	Total    int64 // what shoppers owed: net and tax
	Paid     int64 // what was paid, without tip and rounding
	Rounding int64 // by which paying in cash was rounded up
	Tip      int64
	Fee      int64 // what the acquirer or wallet keeps
	Cost     int64 // of the goods
	Points   int64 // whole points earned, less those spent
}

// Lines feeds lines from memory.
func Lines(lines ...Line) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		for i := range lines {
			if !yield(lines[i], nil) {
				return
			}
		}
	}
}

// Of is an additive measure of the sums; it is 0 for a derived one.
func (s *Sums) Of(m Measure) int64 {
	if p := s.at(m); p != nil {
		return *p
	}
	return 0
}

// Add adds o to s, or is ErrOverflow; s is then of no use.
func (s *Sums) Add(o *Sums) error {
	if !s.add(o) {
		return s.overflow(o)
	}
	return nil
}

// Neg is the sums with every sign turned.
func (s *Sums) Neg() Sums {
	var n Sums
	for _, m := range additive() {
		*n.at(m) = -*s.at(m)
	}
	return n
}

// add is Add without the words: it reports whether every sum fits. A sum of two numbers
// overflows where its sign differs from both; the top bit of wrong gathers that.
func (s *Sums) add(o *Sums) bool {
	var wrong int64
	plus := func(a, b int64) int64 {
		sum := a + b
		wrong |= (a ^ sum) & (b ^ sum)
		return sum
	}
	s.Sales = plus(s.Sales, o.Sales)
	s.Returns = plus(s.Returns, o.Returns)
	s.Payments = plus(s.Payments, o.Payments)
	s.Quantity = plus(s.Quantity, o.Quantity)
	s.Gross = plus(s.Gross, o.Gross)
	s.Discount = plus(s.Discount, o.Discount)
	s.Returned = plus(s.Returned, o.Returned)
	s.Net = plus(s.Net, o.Net)
	s.Tax = plus(s.Tax, o.Tax)
	s.Total = plus(s.Total, o.Total)
	s.Paid = plus(s.Paid, o.Paid)
	s.Rounding = plus(s.Rounding, o.Rounding)
	s.Tip = plus(s.Tip, o.Tip)
	s.Fee = plus(s.Fee, o.Fee)
	s.Cost = plus(s.Cost, o.Cost)
	s.Points = plus(s.Points, o.Points)
	return wrong >= 0
}

// overflow names the measure that did not fit when o was added. Numbers of 64 bits wrap
// round, so taking o away again gives what was there.
func (s *Sums) overflow(o *Sums) error {
	for _, m := range additive() {
		before := *s.at(m) - *o.at(m)
		if _, ok := addExact(before, *o.at(m)); !ok {
			return fmt.Errorf("%s: %d and %d: %w", m, before, *o.at(m), ErrOverflow)
		}
	}
	return ErrOverflow
}

func addExact(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (a^sum)&(b^sum) >= 0
}

func subExact(a, b int64) (int64, bool) {
	diff := a - b
	return diff, (a^b)&(a^diff) >= 0
}

// at is the place of an additive measure, or nil.
func (s *Sums) at(m Measure) *int64 {
	switch m {
	case Sales:
		return &s.Sales
	case Returns:
		return &s.Returns
	case Payments:
		return &s.Payments
	case Quantity:
		return &s.Quantity
	case Gross:
		return &s.Gross
	case Discount:
		return &s.Discount
	case Returned:
		return &s.Returned
	case Net:
		return &s.Net
	case Tax:
		return &s.Tax
	case Total:
		return &s.Total
	case Paid:
		return &s.Paid
	case Rounding:
		return &s.Rounding
	case Tip:
		return &s.Tip
	case Fee:
		return &s.Fee
	case Cost:
		return &s.Cost
	case Points:
		return &s.Points
	}
	return nil
}
