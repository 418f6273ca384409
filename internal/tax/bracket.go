package tax

import (
	"fmt"
	"math/big"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// bracket is a class with the lines that belong to it and the part that each of its taxes
// is of an amount.
type bracket struct {
	class     till.TaxClass
	inclusive bool
	parts     []part
	mode      till.Rounding
	lines     []int // indexes of the taxables
}

// part is what a tax is of the amount it is levied on.
type part struct {
	num, den *big.Int
	compound bool
}

func newBracket(class till.TaxClass, rules till.TaxRules) (*bracket, error) {
	b := &bracket{class: class, inclusive: rules.Inclusive, mode: rules.Rounding}
	if b.mode == "" {
		b.mode = till.HalfUp
	}
	if !isMode(b.mode) {
		return nil, fmt.Errorf("rounding %q: want half_up, half_down, half_even, half_odd, up, down or half_five", b.mode)
	}
	for _, r := range class.Rates {
		if r.Rate < 0 || r.Rate > maxRate {
			return nil, fmt.Errorf("tax class %q, rate %s of %q: want 0%% to %s", class.Code, r.Rate, r.Name, maxRate)
		}
		b.parts = append(b.parts, part{big.NewInt(int64(r.Rate)), big.NewInt(int64(till.Whole)), r.Compound})
	}
	if b.inclusive {
		b.parts = inside(b.parts)
	}
	return b, nil
}

// inside turns rates on the net into parts of the amount that holds all of the taxes.
// With the net as 1, each tax is its rate, a compound one its rate of everything before
// it, and the amount is their sum with the net.
func inside(rates []part) []part {
	whole := big.NewRat(1, 1)
	taxes := make([]*big.Rat, len(rates))
	for i, r := range rates {
		taxes[i] = new(big.Rat).SetFrac(r.num, r.den)
		if r.compound {
			taxes[i].Mul(taxes[i], whole)
		}
		whole = new(big.Rat).Add(whole, taxes[i])
	}
	parts := make([]part, len(rates))
	for i, t := range taxes {
		t.Quo(t, whole)
		parts[i] = part{t.Num(), t.Denom(), rates[i].compound}
	}
	return parts
}

// compute writes the taxes of the bracket's lines to their places.
func (b *bracket) compute(all []Taxable, rules till.TaxRules, to []Line) error {
	amounts := make([]int64, len(b.lines))
	for i, at := range b.lines {
		amounts[i] = all[at].Amount.Minor()
	}
	levy := b.byLine
	if rules.ByInvoice {
		levy = b.byInvoice
	}
	taxes, err := levy(amounts)
	if err != nil {
		return fmt.Errorf("tax class %q: %w", b.class.Code, err)
	}
	for i, at := range b.lines {
		to[at] = b.line(amounts[i], taxes[i], all[at].Amount.Currency())
	}
	return nil
}

// byLine rounds each tax of each line: a row a line, a column a rate.
func (b *bracket) byLine(amounts []int64) ([][]int64, error) {
	taxes := make([][]int64, len(amounts))
	for i, a := range amounts {
		var err error
		if taxes[i], err = b.levy(a); err != nil {
			return nil, err
		}
	}
	return taxes, nil
}

// byInvoice rounds each tax once, on the sum, and spreads it over the lines. A tax that
// prices hold is spread by what the taxes before it have left of each line, so that no
// line bears more tax than its price.
func (b *bracket) byInvoice(amounts []int64) ([][]int64, error) {
	sum := int64(0)
	weights := make([]int64, len(amounts))
	taxes := make([][]int64, len(amounts))
	for i, a := range amounts {
		sum += a
		weights[i] = a
		taxes[i] = make([]int64, len(b.parts))
	}
	whole, err := b.levy(sum)
	if err != nil {
		return nil, err
	}
	for k, tax := range whole {
		for i, share := range till.Spread(tax, weights) {
			taxes[i][k] = share
			if b.inclusive {
				weights[i] -= share
			}
		}
	}
	return taxes, nil
}

// levy is each tax of one amount, rounded.
func (b *bracket) levy(amount int64) ([]int64, error) {
	taxes := make([]int64, len(b.parts))
	before, rest := int64(0), amount
	for k, p := range b.parts {
		base := amount
		if p.compound && !b.inclusive {
			base += before
		}
		tax, ok := round(base, p.num, p.den, b.mode)
		if !ok || base+tax < base || amount+before+tax < amount {
			return nil, fmt.Errorf("%s on %d minor units: %w", b.class.Rates[k].Name, base, ErrTooLarge)
		}
		if b.inclusive {
			tax = min(tax, rest)
		}
		taxes[k] = tax
		before, rest = before+tax, rest-tax
	}
	return taxes, nil
}

// line is a line of an amount and its taxes.
func (b *bracket) line(amount int64, taxes []int64, c money.Currency) Line {
	sum := int64(0)
	for _, t := range taxes {
		sum += t
	}
	net := amount
	if b.inclusive {
		net -= sum
	}
	return Line{
		Class: b.class.Code, Taxes: b.taxLines(net, taxes, c),
		Net: money.New(net, c), Tax: money.New(sum, c), Total: money.New(net+sum, c),
	}
}

// taxLines tells each tax with what it is levied on; an exempt class has one of nothing.
func (b *bracket) taxLines(net int64, taxes []int64, c money.Currency) []till.TaxLine {
	if b.class.Code == "" {
		return nil
	}
	if len(taxes) == 0 {
		return []till.TaxLine{{Class: b.class.Code, Net: money.New(net, c), Tax: money.New(0, c)}}
	}
	lines := make([]till.TaxLine, len(taxes))
	before := int64(0)
	for k, r := range b.class.Rates {
		base := net
		if r.Compound {
			base += before
		}
		lines[k] = till.TaxLine{Class: b.class.Code, Name: r.Name, Rate: r.Rate, Net: money.New(base, c), Tax: money.New(taxes[k], c)}
		before += taxes[k]
	}
	return lines
}
