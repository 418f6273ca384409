// Package cart prices what a shopper wants and what a shopper brings back.
//
// [Price] turns a basket into a ticket: lines with what is taken off them, taxes, points
// and sums. [Return] turns what comes back of a sale into a ticket that gives back its part
// of everything. [Check] proves the sums of a ticket; both call it on what they make, and
// whoever keeps or reads tickets may.
//
// # The order of what is taken off
//
// Discounts on a line by hand come first, then programmes, then the discount on the whole,
// then points, each on what those before it have left. A percentage is rounded half away
// from zero. What is taken off the whole is spread over the lines by largest remainder
// ([till.Spread]), and taxes are computed at the end on what is left ([tax.Compute]).
// Nothing becomes negative: a discount by hand beyond what it is taken from is refused, a
// programme is cut.
//
// # The order of the lines
//
// Lines stay as they were scanned and are never merged, yet their order changes no sum and
// no line: everything is computed with the lines sorted by what they are (SKU, name,
// quantity, price, discount), so that the cent that cannot be shared falls on the same
// goods whatever was scanned first.
//
// # Returns
//
// What comes back of a line gives back the line's part of its total, rounded once over all
// that has come back of it so far, less what was given back already. Whoever returns a line
// in pieces, of any sizes, is therefore never more than half a unit off, and the last piece
// gives back exactly what is left, of the money, of every tax and reduction, of the cost
// and of the points.
package cart

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tax"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Input is everything that the price of a basket depends on.
type Input struct {
	Basket     till.Basket
	Items      []Item // of each entry the item that its code names; the zero Item where it has no code
	Programmes []till.Programme
	Tax        till.TaxRules
	Loyalty    till.LoyaltyRules
	Member     *till.Member // whom the basket names, or nil
	Moment     till.Moment
	Currency   money.Currency // of the shop
}

// Item is a variant and the item that it belongs to.
type Item struct {
	Item    till.Item
	Variant till.Variant
}

// Price prices a basket as an open ticket, its lines in the order of the entries. Who sells
// it where is for the caller to add: ID, Key, Terminal, Staff and Label are empty, and so is
// the approver of a price put in by hand. The ticket keeps the basket.
//
// The error is a *till.Problem that names the entry, or tells of an Input that cannot be.
func Price(in Input) (till.Ticket, error) {
	p := &pricing{in: in}
	for _, step := range []func() error{p.check, p.enter, p.promote, p.discount, p.redeem, p.levy} {
		if err := step(); err != nil {
			return till.Ticket{}, err
		}
	}
	t := p.ticket()
	if err := limit(t.Total.Minor(), in.Currency); err != nil {
		return till.Ticket{}, err
	}
	return t, Check(t)
}

// pricing is a basket on its way to a ticket.
type pricing struct {
	in       Input
	lines    []*draft // sorted by what they are
	taxes    []till.TaxLine
	notes    []till.PromoNote
	redeemed int64
}

// draft is a line being priced.
type draft struct {
	till.Line
	discount *till.Discount
	left     int64 // of its gross after the reductions so far, in minor units
}

// check refuses what is no basket, and a caller that resolved another one.
func (p *pricing) check() error {
	in := p.in
	switch {
	case in.Currency.IsZero():
		return errors.New("pricing a basket without a currency")
	case len(in.Items) != len(in.Basket.Entries):
		return fmt.Errorf("pricing a basket of %d entries with %d items", len(in.Basket.Entries), len(in.Items))
	case len(in.Basket.Entries) == 0:
		return refuse(till.CodeUsage, i18n.T("the basket is empty", "购物篮为空").With(),
			i18n.T("put something in: a code, or a name with a price", "请加入商品：条码，或名称及价格").With())
	}
	return p.checkMember()
}

// enter makes a line of each entry and sorts them.
func (p *pricing) enter() error {
	sum := int64(0)
	for i := range p.in.Basket.Entries {
		d, err := p.draft(i)
		if err != nil {
			return atEntry(p.in, i, err)
		}
		if sum += d.Gross.Minor(); sum > till.MaxMinor {
			return atEntry(p.in, i, limit(sum, p.in.Currency))
		}
		p.lines = append(p.lines, d)
	}
	slices.SortStableFunc(p.lines, compare)
	return nil
}

// compare orders lines by what they are and not by where they stand. Lines that compare
// equal are the same but for their number.
func compare(a, b *draft) int {
	return cmp.Or(
		cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Category, b.Category),
		cmp.Compare(a.TaxClass, b.TaxClass), cmp.Compare(a.Quantity, b.Quantity),
		cmp.Compare(a.Price.Minor(), b.Price.Minor()), cmp.Compare(a.left, b.left), compareDiscounts(a.discount, b.discount),
	)
}

func compareDiscounts(a, b *till.Discount) int {
	if a == nil || b == nil {
		return cmp.Compare(btoi(a != nil), btoi(b != nil))
	}
	return cmp.Or(
		cmp.Compare(a.Percent, b.Percent), cmp.Compare(a.Amount.Minor(), b.Amount.Minor()),
		cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Approver, b.Approver),
	)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// levy computes the taxes on what is left of the lines.
func (p *pricing) levy() error {
	lines := make([]tax.Taxable, len(p.lines))
	for i, d := range p.lines {
		lines[i] = tax.Taxable{Class: d.TaxClass, Amount: p.amount(d.left)}
	}
	result, err := tax.Compute(lines, p.in.Tax)
	switch {
	case errors.Is(err, tax.ErrTooLarge):
		return refuse(till.CodeNotPermitted, i18n.T("the ticket comes with its tax to more than %s", "小票含税合计超过 %s").With(p.amount(till.MaxMinor)),
			i18n.T("check the rates: till tax list", "请检查税率：till tax list").With())
	case err != nil:
		return fmt.Errorf("pricing a basket: %w", err)
	}
	for i, l := range result.Lines {
		d := p.lines[i]
		d.Net, d.Tax, d.Total, d.Taxes = l.Net, l.Tax, l.Total, l.Taxes
	}
	p.taxes = result.Taxes
	return nil
}

// ticket puts the lines back in the order of the entries and adds them up.
func (p *pricing) ticket() till.Ticket {
	basket := p.in.Basket
	t := till.Ticket{
		Kind: till.TicketSale, State: till.TicketOpen, At: p.in.Moment.At, Inclusive: p.in.Tax.Inclusive,
		Lines: make([]till.Line, len(p.lines)), Redeemed: p.redeemed, Promotions: p.notes, Basket: &basket,
	}
	for _, d := range p.lines {
		t.Lines[d.N-1] = d.Line
	}
	total(&t, p.taxes, p.in.Currency)
	p.earn(&t)
	return t
}

// total writes the sums of a ticket's lines.
func total(t *till.Ticket, taxes []till.TaxLine, c money.Currency) {
	var gross, discount, net, levied, all int64
	for _, l := range t.Lines {
		gross, discount = gross+l.Gross.Minor(), discount+l.Discount().Minor()
		net, levied, all = net+l.Net.Minor(), levied+l.Tax.Minor(), all+l.Total.Minor()
	}
	t.Gross, t.Discount = money.New(gross, c), money.New(discount, c)
	t.Net, t.Tax, t.Total = money.New(net, c), money.New(levied, c), money.New(all, c)
	t.Taxes = taxes
}

// amount is an amount of the shop's currency.
func (p *pricing) amount(minor int64) money.Amount { return money.New(minor, p.in.Currency) }

// limit refuses more than a ticket may come to.
func limit(minor int64, c money.Currency) error {
	if minor <= till.MaxMinor {
		return nil
	}
	return refuse(till.CodeNotPermitted,
		i18n.T("the ticket comes to %s, want %s at most", "小票合计 %s，最多 %s").With(money.New(minor, c), money.New(till.MaxMinor, c)),
		i18n.T("check prices and quantities, or make two tickets of it", "请检查价格和数量，或分成两张小票").With())
}
