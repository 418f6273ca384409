// Package tax says how much of what is sold is tax.
//
// [Compute] takes the amounts of lines with their tax classes and gives back, line by line
// and altogether, what is without tax, what is tax and what is to be paid. Nothing is lost
// or made by rounding: the taxes of a line add up to its tax, lines add up to the whole,
// and net and tax add up to the total.
//
// # Prices
//
// Where prices hold their tax ([till.TaxRules.Inclusive]), a tax is its part of the amount:
// of one rate r the amount times r/(1+r), of several each its own part of the same amount,
// and what is left is the net. Where they do not, a tax is the amount times its rate. A
// compound rate is levied on the amount with the taxes before it.
//
// # Rounding
//
// A tax is rounded to the smallest unit of the currency in one of seven modes, on each line
// or, by invoice, once on the sum of a class; then it is spread over the lines of the class
// by largest remainder ([till.Spread]). Taxes that prices hold never come to more than the
// price: what rounding up would take beyond it is not taken, in the order of the rates.
//
// # Classes
//
// A class of a rate of zero is zero-rated and one without rates is exempt: both have a
// [till.TaxLine] with their net and no tax, the latter without a name. A shop without
// classes has no taxes and no tax lines.
package tax

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Errors of Compute about what it is given; match with errors.Is.
var (
	ErrNegative = errors.New("a negative amount is not taxed")
	ErrTooLarge = errors.New("amounts with their tax do not fit 64 bits of minor units")
)

// Taxable is an amount of one class: the price of a line after everything taken off it,
// with or without its tax as the rules say.
type Taxable struct {
	Class  string // empty is the shop's default class
	Amount money.Amount
}

// Line is the taxes of one taxable. Net and Tax add up to Total, and Taxes to Tax.
type Line struct {
	Class           string         // the class that was found
	Taxes           []till.TaxLine // in the order of the rates of the class
	Net, Tax, Total money.Amount
}

// Result is the taxes of a ticket: each sum that of its lines.
type Result struct {
	Lines           []Line         // index for index those of the taxables
	Taxes           []till.TaxLine // as Sum gives them
	Net, Tax, Total money.Amount
}

// Compute taxes lines of one currency. By invoice the unit that cannot be shared among
// equal lines goes to the first of them; nothing else depends on their order.
//
// The error wraps a *till.Problem where a class is not known; else it wraps
// money.ErrCurrency, ErrNegative or ErrTooLarge, or tells of rules that cannot be.
func Compute(lines []Taxable, rules till.TaxRules) (Result, error) {
	if len(lines) == 0 {
		return Result{}, nil
	}
	groups, err := group(lines, rules)
	if err != nil {
		return Result{}, err
	}
	result := Result{Lines: make([]Line, len(lines))}
	for _, g := range groups {
		if err = g.compute(lines, rules, result.Lines); err != nil {
			return Result{}, err
		}
	}
	return result.add(lines[0].Amount.Currency())
}

// Sum adds up tax lines by class, name and rate. Classes are in the order of their codes,
// the taxes of a class in the order in which its lines have them.
func Sum(lines ...[]till.TaxLine) []till.TaxLine {
	var sums []till.TaxLine
	for _, taxes := range lines {
		for _, x := range taxes {
			i := slices.IndexFunc(sums, func(s till.TaxLine) bool { return s.Class == x.Class && s.Name == x.Name && s.Rate == x.Rate })
			if i < 0 {
				sums = append(sums, x)
				continue
			}
			sums[i].Net = plus(sums[i].Net, x.Net)
			sums[i].Tax = plus(sums[i].Tax, x.Tax)
		}
	}
	slices.SortStableFunc(sums, func(a, b till.TaxLine) int { return cmp.Compare(a.Class, b.Class) })
	return sums
}

// group puts the lines of one class together, and refuses what is no amount to tax.
func group(lines []Taxable, rules till.TaxRules) ([]*bracket, error) {
	var groups []*bracket
	sum, currency := int64(0), lines[0].Amount.Currency()
	for i, l := range lines {
		switch {
		case l.Amount.Currency() != currency:
			return nil, fmt.Errorf("line %d is in %s, line 1 in %s: %w", i+1, l.Amount.Currency(), currency, money.ErrCurrency)
		case l.Amount.Minor() < 0:
			return nil, fmt.Errorf("line %d, %s: %w", i+1, l.Amount, ErrNegative)
		case l.Amount.Minor() > math.MaxInt64-sum:
			return nil, fmt.Errorf("line %d, %s: %w", i+1, l.Amount, ErrTooLarge)
		}
		sum += l.Amount.Minor()
		g, err := bracketOf(&groups, l.Class, rules)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		g.lines = append(g.lines, i)
	}
	return groups, nil
}

// bracketOf finds the group of a class among those begun, or begins it.
func bracketOf(groups *[]*bracket, code string, rules till.TaxRules) (*bracket, error) {
	class, err := ClassOf(code, rules)
	if err != nil {
		return nil, err
	}
	for _, g := range *groups {
		if g.class.Code == class.Code {
			return g, nil
		}
	}
	g, err := newBracket(class, rules)
	if err == nil {
		*groups = append(*groups, g)
	}
	return g, err
}

// add sums up the lines of a result.
func (r Result) add(c money.Currency) (Result, error) {
	var net, tax int64
	taxes := make([][]till.TaxLine, len(r.Lines))
	for i, l := range r.Lines {
		if l.Total.Minor() > math.MaxInt64-net-tax {
			return Result{}, fmt.Errorf("line %d, %s: %w", i+1, l.Total, ErrTooLarge)
		}
		net, tax, taxes[i] = net+l.Net.Minor(), tax+l.Tax.Minor(), l.Taxes
	}
	r.Taxes = Sum(taxes...)
	r.Net, r.Tax, r.Total = money.New(net, c), money.New(tax, c), money.New(net+tax, c)
	return r, nil
}

// plus adds amounts that are known to be of one currency and small enough.
func plus(a, b money.Amount) money.Amount { return money.New(a.Minor()+b.Minor(), a.Currency()) }
