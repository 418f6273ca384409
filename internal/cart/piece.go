package cart

import (
	"slices"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// piece is a part of a sold line that comes back.
type piece struct {
	sold   till.Line
	back   []till.Line // what came back of it before
	before till.Quantity
	now    till.Quantity
}

// line is the return of the piece. What is paid back decides: it is the line's part of the
// total. Everything else follows it as near to its own part as the sums allow, and none of
// it is ever more than is left or less than nothing.
func (p *piece) line(inclusive bool) till.Line {
	all := p.of(func(l till.Line) money.Amount { return l.Total })
	levied := p.of(func(l till.Line) money.Amount { return l.Tax })
	net := p.of(func(l till.Line) money.Amount { return l.Net })
	levied.due = between(levied.due, all.due-net.left, min(all.due, levied.left))
	net.due = all.due - levied.due

	after := net.due
	if inclusive {
		after = all.due
	}
	off := p.of(func(l till.Line) money.Amount { return l.Discount() })
	gross := p.of(func(l till.Line) money.Amount { return l.Gross })
	gross.due = between(gross.due, after, after+off.left)
	return p.write(gross.due, gross.due-after, net.due, levied.due)
}

// write makes the line of its sums.
func (p *piece) write(gross, off, net, levied int64) till.Line {
	cost := p.of(func(l till.Line) money.Amount { return l.Cost })
	l := p.sold
	l.Quantity, l.Origin = p.now, p.sold.N
	l.Gross, l.Net, l.Tax, l.Total = p.amount(gross), p.amount(net), p.amount(levied), p.amount(net+levied)
	l.Cost = orNone(p.amount(cost.due))
	l.Reductions = p.reductions(off)
	l.Taxes = p.taxes(net, levied)
	return l
}

// reductions are what the piece gives back of what was taken off, together off.
func (p *piece) reductions(off int64) []till.Reduction {
	parts := make([]part, len(p.sold.Reductions))
	for i, r := range p.sold.Reductions {
		parts[i] = p.of(func(l till.Line) money.Amount { return reduced(l, key(r)) })
	}
	var list []till.Reduction
	for i, n := range settle(off, parts) {
		if n > 0 {
			r := key(p.sold.Reductions[i])
			r.Amount = p.amount(n)
			list = append(list, r)
		}
	}
	return list
}

// reduced is what a reduction of a key took off a line.
func reduced(l till.Line, k till.Reduction) money.Amount {
	i := slices.IndexFunc(l.Reductions, func(r till.Reduction) bool { return key(r) == k })
	if i < 0 {
		return money.New(0, l.Gross.Currency())
	}
	return l.Reductions[i].Amount
}

// taxes are the taxes of the piece, together levied. A tax is levied on the net, or on the
// net with the taxes before it, as it was when it was sold.
func (p *piece) taxes(net, levied int64) []till.TaxLine {
	parts := make([]part, len(p.sold.Taxes))
	for i := range p.sold.Taxes {
		parts[i] = p.of(func(l till.Line) money.Amount { return taxed(l, i) })
	}
	list, before := slices.Clone(p.sold.Taxes), int64(0)
	for i, n := range settle(levied, parts) {
		base := net
		if list[i].Net != p.sold.Net {
			base += before
		}
		list[i].Net, list[i].Tax = p.amount(base), p.amount(n)
		before += n
	}
	return list
}

// taxed is the i-th tax of a line.
func taxed(l till.Line, i int) money.Amount {
	if i >= len(l.Taxes) {
		return money.New(0, l.Gross.Currency())
	}
	return l.Taxes[i].Tax
}

func (p *piece) amount(minor int64) money.Amount { return money.New(minor, p.sold.Gross.Currency()) }

// part is what a piece has of one amount of its line.
type part struct {
	due  int64 // with this piece, less what was given back before
	left int64 // of all of it
}

// of is the piece's part of an amount: that of everything that has come back with it,
// rounded once, less what the returns before gave back, so that nothing adds up.
func (p *piece) of(amount func(till.Line) money.Amount) part {
	whole := amount(p.sold).Minor()
	upTo, _ := till.MulDiv(whole, int64(p.before+p.now), int64(p.sold.Quantity))
	for _, b := range p.back {
		upTo -= amount(b).Minor()
		whole -= amount(b).Minor()
	}
	return part{due: between(upTo, 0, whole), left: whole}
}

// settle makes parts come to a sum that is theirs but for roundings: each is what is due,
// and the difference goes to the first that can bear it.
func settle(sum int64, parts []part) []int64 {
	shares := make([]int64, len(parts))
	for i, p := range parts {
		shares[i] = p.due
		sum -= p.due
	}
	for i, p := range parts {
		step := between(sum, -shares[i], p.left-shares[i])
		shares[i] += step
		sum -= step
	}
	return shares
}

// between is n, or the end of the range that it is beyond.
func between(n, low, high int64) int64 { return max(low, min(n, high)) }
