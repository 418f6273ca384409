package tally

import "github.com/tillworks/till/internal/till"

// Bare is what a transaction without a ticket adds. original is what a void undoes, and
// of no concern for anything else. A void is taken off whoever had taken the money.
func Bare(t, original till.Txn) []till.Fact {
	if t.Kind == till.Void {
		return undone(Bare(original, till.Txn{}), t.Amount.Currency().Code(), t.Hour)
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
