package tally

import (
	"fmt"

	"github.com/tillworks/till/internal/till"
)

// The keys of till.FactSum.
const (
	SumSale   = "sale"
	SumReturn = "return"
	SumVoid   = "void" // counts what was undone and holds no money: that is taken off the other two
)

// Done is what a completed ticket adds. txns are the transactions that paid for it, those
// that Ticket.Txns names.
func Done(t till.Ticket, txns []till.Txn) []till.Fact {
	s := newSheet(t.Total.Currency().Code())
	d := directionOf(t.Kind)
	s.lines(t, d)
	s.rounding(txns, d)
	s.whole(d.name, t.Staff, t.Hour, d.one)
	for _, x := range txns {
		s.tender(x, d)
	}
	s.taxes(t.Taxes, d)
	s.discounts(t, d)
	s.loyalty(t)
	return s.told()
}

// Voided is what the undoing of a ticket adds; txns are those that had completed it.
func Voided(t till.Ticket, txns []till.Txn) []till.Fact {
	return undone(Done(t, txns), t.Total.Currency().Code(), t.VoidedHour)
}

// direction is which way goods and money go.
type direction struct {
	name string
	back bool
	one  till.Sums // one of the kind
}

func directionOf(k till.TicketKind) direction {
	if k == till.TicketReturn {
		return direction{name: SumReturn, back: true, one: till.Sums{Returns: 1}}
	}
	return direction{name: SumSale, one: till.Sums{Count: 1}}
}

// turn makes of the measures of a sale those of the direction: what comes back lessens
// what was sold, and is no gross and no discount.
func (d direction) turn(m till.Sums) till.Sums {
	if !d.back {
		return m
	}
	returned := m.Total
	m.Gross, m.Discount = 0, 0
	m = m.Neg()
	m.Returned = returned
	return m
}

func (s *sheet) lines(t till.Ticket, d direction) {
	for _, l := range t.Lines {
		m := d.turn(till.Sums{
			Quantity: int64(l.Quantity), Gross: l.Gross.Minor(), Discount: l.Discount().Minor(),
			Net: l.Net.Minor(), Tax: l.Tax.Minor(), Total: l.Total.Minor(), Cost: l.Cost.Minor(),
		})
		s.line(itemOf(l), categoryOf(l), m, d.one)
	}
}

func itemOf(l till.Line) string {
	if l.SKU == "" {
		return till.KeyOpen
	}
	return string(l.SKU)
}

func categoryOf(l till.Line) string {
	if l.SKU == "" && l.Category == "" {
		return till.KeyOpen
	}
	return l.Category
}

// line adds something to the reports that go by what was sold.
func (s *sheet) line(item, category string, m, one till.Sums) {
	s.count(till.FactItem, item, "", m, one)
	s.count(till.FactCategory, category, "", m, one)
}

// rounding adds what the smallest coin made of the amounts that were paid in cash.
func (s *sheet) rounding(txns []till.Txn, d direction) {
	for _, x := range txns {
		if r := x.Rounding.Minor(); r != 0 {
			s.line(till.KeyRounding, till.KeyRounding, d.turn(till.Sums{Net: r, Total: r}), d.one)
		}
	}
}

// whole adds the sum of the lines to the reports that go by the whole.
func (s *sheet) whole(name string, staff till.StaffID, hour int, one till.Sums) {
	sum := one
	for _, f := range s.facts {
		if f.Kind == till.FactItem {
			m := f.Sums
			m.Count, m.Returns = 0, 0
			sum = sum.Add(m)
		}
	}
	s.add(till.FactSum, name, "", sum)
	s.add(till.FactStaff, string(staff), "", sum)
	s.add(till.FactHour, hourName(hour), "", sum)
}

func hourName(hour int) string { return fmt.Sprintf("%02d", hour) }

// tender adds one payment; two by the same card are two. What the shopper got of it in
// cash went out of the drawer.
func (s *sheet) tender(x till.Txn, d direction) {
	m := d.turn(till.Sums{Total: x.Amount.Minor()}).Add(d.one)
	s.add(till.FactTender, string(x.Tender), issuerOf(x), m)
	if back := x.Cashback.Minor(); back != 0 {
		s.add(till.FactTender, string(till.Cash), "", till.Sums{Total: -back})
	}
}

// issuerOf is the brand of the card or the provider of the wallet.
func issuerOf(x till.Txn) string {
	switch {
	case x.Card != nil:
		return x.Card.Brand
	case x.Wallet != nil:
		return x.Wallet.Provider
	}
	return ""
}

func (s *sheet) taxes(taxes []till.TaxLine, d direction) {
	for _, x := range taxes {
		m := till.Sums{Net: x.Net.Minor(), Tax: x.Tax.Minor(), Total: x.Net.Minor() + x.Tax.Minor()}
		s.count(till.FactTax, x.Class, taxName(x), d.turn(m), d.one)
	}
}

// taxName is the name and the rate of a tax, and nothing for a class that has none.
func taxName(x till.TaxLine) string {
	if x.Name == "" {
		return ""
	}
	return x.Name + " " + x.Rate.String()
}

// discounts are those of a sale. One on the whole or of a programme is spread over lines
// and counts once.
func (s *sheet) discounts(t till.Ticket, d direction) {
	if d.back {
		return
	}
	for _, l := range t.Lines {
		for _, r := range l.Reductions {
			m := till.Sums{Discount: r.Amount.Minor()}
			if r.Source == till.ByHand {
				s.add(till.FactDiscount, string(r.Source), discountName(r), m.Add(d.one))
				continue
			}
			s.count(till.FactDiscount, string(r.Source), discountName(r), m, d.one)
		}
	}
}

// discountName is the programme, or the reason with who approved of it behind a slash.
func discountName(r till.Reduction) string {
	switch {
	case r.Programme != "":
		return string(r.Programme)
	case r.Approver != "":
		return r.Reason + "/" + string(r.Approver)
	}
	return r.Reason
}

func (s *sheet) loyalty(t till.Ticket) {
	if t.Member == "" {
		return
	}
	if t.Kind == till.TicketReturn {
		s.points(till.PointsReturn, t.Redeemed-t.Earned, till.Sums{Returns: 1})
		return
	}
	s.points(till.PointsEarn, t.Earned, till.Sums{Count: 1})
	s.points(till.PointsRedeem, -t.Redeemed, till.Sums{Count: 1})
}

func (s *sheet) points(reason till.PointsReason, n int64, one till.Sums) {
	if n != 0 {
		s.add(till.FactLoyalty, string(reason), "", till.Sums{Points: n}.Add(one))
	}
}
