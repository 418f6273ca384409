package tally

import (
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Bare is what a transaction without a ticket adds. original is what a void or a tip
// names, and of no concern for anything else. A void is taken off whoever had taken the
// money, with the tips; a tip is theirs too. What holds money adds nothing.
func Bare(t, original till.Txn) []till.Fact {
	switch {
	case t.Kind.IsHold() || t.Kind == till.Void && original.Kind.IsHold():
		return nil
	case t.Kind == till.Void:
		return undone(append(Bare(original, till.Txn{}), tipsOf(t, original)...), t.Amount.Currency().Code(), t.Hour)
	case t.Kind == till.Tip:
		return tip(t.Amount, original, t.Hour)
	case t.Kind == till.CashAdvance:
		return advance(t)
	}
	s := newSheet(t.Amount.Currency().Code())
	d := directionOf(till.TicketSale)
	if t.Kind == till.Refund {
		d = directionOf(till.TicketReturn)
	}
	covers := t.Covers().Minor()
	s.line(till.KeyOpen, till.KeyOpen, d.turn(till.Sums{Quantity: int64(till.One), Gross: covers, Net: covers, Total: covers}), d.one)
	s.rounding([]till.Txn{t}, d)
	s.whole(d.name, t.Staff, t.Hour, d.one)
	s.tender(t, d)
	return s.told()
}

// TipsUndone is what the void of a transaction that paid for a ticket adds beside what
// becomes of the ticket: its tips are no part of that.
func TipsUndone(void, original till.Txn) []till.Fact {
	facts := undone(tipsOf(void, original), void.Amount.Currency().Code(), void.Hour)
	return facts[:len(facts)-1] // the void itself is counted with the ticket
}

// tipsOf are the tips that a void undoes with what it names: it undoes the whole.
func tipsOf(void, original till.Txn) []till.Fact {
	tips := money.New(void.Amount.Minor()-original.Amount.Minor(), void.Amount.Currency())
	if !tips.IsPositive() {
		return nil
	}
	return tip(tips, original, void.Hour)
}

// tip is an amount added to a sale: money that came in, and no sale of its own.
func tip(a money.Amount, sale till.Txn, hour int) []till.Fact {
	s := newSheet(a.Currency().Code())
	m := till.Sums{Gross: a.Minor(), Net: a.Minor(), Total: a.Minor()}
	s.line(till.KeyTip, till.KeyTip, m, till.Sums{})
	s.whole(SumSale, sale.Staff, hour, till.Sums{})
	s.add(till.FactTender, string(till.Card), issuerOf(sale), till.Sums{Total: a.Minor()})
	return s.told()
}

// advance is cash that was handed out against a card: what came in by the one went out by
// the other, and nothing was sold.
func advance(t till.Txn) []till.Fact {
	s := newSheet(t.Amount.Currency().Code())
	one := till.Sums{Count: 1}
	s.line(till.KeyAdvance, till.KeyAdvance, till.Sums{}, one)
	s.add(till.FactTender, string(till.Card), issuerOf(t), till.Sums{Count: 1, Total: t.Amount.Minor()})
	s.add(till.FactTender, string(till.Cash), "", till.Sums{Total: -t.Amount.Minor()})
	return s.told()
}
