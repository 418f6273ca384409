package shop_test

import (
	"context"

	"github.com/tillworks/till/internal/till"
)

// bookSums are sums by the key of a report's column, of one currency.
type bookSums map[string]int64

// bookkeeper adds a shop's books up by hand, from its tickets, transactions, moves and
// ledgers and from nothing that reports are made of, over the business days that it is
// asked for.
type bookkeeper struct {
	w  *counterWorld
	in func(till.Day) bool

	txns    map[till.TxnID]till.Txn
	tickets []till.Ticket
}

func (w *counterWorld) bookkeeper(in func(till.Day) bool) *bookkeeper {
	w.t.Helper()
	b := &bookkeeper{w: w, in: in, txns: map[till.TxnID]till.Txn{}}
	txns, err := w.store.Txns(context.Background(), till.Filter{})
	w.must(err)
	for _, x := range txns {
		b.txns[x.ID] = x
	}
	b.tickets, err = w.store.Tickets(context.Background(), till.TicketFilter{})
	w.must(err)
	return b
}

// each calls add for every ticket that came to count in the days, with 1, and for every
// one that was undone in them, with -1.
func (b *bookkeeper) each(add func(t till.Ticket, sign int64)) {
	for _, t := range b.tickets {
		if t.Day != 0 && b.in(t.Day) {
			add(t, 1)
		}
		if t.VoidedDay != 0 && b.in(t.VoidedDay) {
			add(t, -1)
		}
	}
}

// bare calls add for every transaction without a ticket: a sale or a refund with 1, and
// with -1 what a void undid.
func (b *bookkeeper) bare(add func(x till.Txn, sign int64)) {
	for _, x := range b.txns {
		if x.Ticket != "" || x.State != till.Approved || !b.in(x.Day) {
			continue
		}
		if x.Kind == till.Void {
			add(b.txns[x.Original], -1)
			continue
		}
		add(x, 1)
	}
}

// goods are what every report of sold things comes to.
func (b *bookkeeper) goods(currency string) bookSums {
	m := bookSums{}
	b.each(func(t till.Ticket, sign int64) {
		if t.Total.Currency().Code() == currency {
			b.ticket(m, t, sign)
		}
	})
	b.bare(func(x till.Txn, sign int64) {
		if x.Amount.Currency().Code() == currency {
			bareGoods(m, x, sign)
		}
	})
	m["margin"] = m["net"] - m["cost"]
	return m
}

func (b *bookkeeper) ticket(m bookSums, t till.Ticket, sign int64) {
	var rounding int64
	for _, id := range t.Txns {
		rounding += b.txns[id].Rounding.Minor()
	}
	way := sign
	if t.Kind == till.TicketReturn {
		way = -sign
		m["returns"] += sign
		m["returned"] += sign * (t.Total.Minor() + rounding)
	} else {
		m["sales"] += sign
		m["gross"] += sign * t.Gross.Minor()
		m["discount"] += sign * t.Discount.Minor()
	}
	for _, l := range t.Lines {
		m["quantity"] += way * int64(l.Quantity)
		m["cost"] += way * l.Cost.Minor()
	}
	m["net"] += way * (t.Net.Minor() + rounding)
	m["tax"] += way * t.Tax.Minor()
	m["total"] += way * (t.Total.Minor() + rounding)
	m["rounding"] += way * rounding
}

func bareGoods(m bookSums, x till.Txn, sign int64) {
	minor := x.Amount.Minor()
	if x.Kind == till.Refund {
		m["returns"] += sign
		m["returned"] += sign * minor
		sign = -sign
	} else {
		m["sales"] += sign
		m["gross"] += sign * minor
	}
	m["quantity"] += sign * int64(till.One)
	m["net"] += sign * minor
	m["total"] += sign * minor
}

// tenders are what came in and went out, by what the transactions say alone.
func (b *bookkeeper) tenders(currency string) bookSums {
	m := bookSums{}
	add := func(x till.Txn, sign int64) {
		if x.Amount.Currency().Code() != currency {
			return
		}
		m["payments"] += sign
		if x.Kind == till.Refund {
			m["returned"] += sign * x.Amount.Minor()
			m["paid"] -= sign * x.Amount.Minor()
			return
		}
		m["paid"] += sign * x.Amount.Minor()
	}
	b.each(func(t till.Ticket, sign int64) {
		for _, id := range t.Txns {
			add(b.txns[id], sign)
		}
	})
	b.bare(add)
	return m
}

// taxes are those of the tickets.
func (b *bookkeeper) taxes(currency string) bookSums {
	m := bookSums{}
	b.each(func(t till.Ticket, sign int64) {
		if t.Total.Currency().Code() != currency {
			return
		}
		if t.Kind == till.TicketReturn {
			sign = -sign
		}
		for _, x := range t.Taxes {
			m["net"] += sign * x.Net.Minor()
			m["tax"] += sign * x.Tax.Minor()
			m["total"] += sign * (x.Net.Minor() + x.Tax.Minor())
		}
	})
	return m
}

// discounts are what was taken off sales: one by hand for each line, one of a programme,
// of points or on the whole for each sale that has it.
func (b *bookkeeper) discounts(currency string) bookSums {
	m := bookSums{}
	b.each(func(t till.Ticket, sign int64) {
		if t.Kind != till.TicketSale || t.Total.Currency().Code() != currency {
			return
		}
		seen := map[till.Reduction]bool{}
		for _, l := range t.Lines {
			for _, r := range l.Reductions {
				m["discount"] += sign * r.Amount.Minor()
				one := till.Reduction{Source: r.Source, Programme: r.Programme, Reason: r.Reason, Approver: r.Approver}
				if r.Source == till.ByHand || !seen[one] {
					m["times"] += sign
				}
				seen[one] = true
			}
		}
	})
	return m
}

// points are the sum of every member's ledger, but for what was put right by hand.
func (b *bookkeeper) points() bookSums {
	b.w.t.Helper()
	members, err := b.w.store.Members(context.Background(), "")
	b.w.must(err)
	m := bookSums{}
	for _, member := range members {
		moves, err := b.w.store.PointsMoves(context.Background(), member.ID)
		b.w.must(err)
		for _, move := range moves {
			if day, _ := b.w.cfg.Calendar.At(move.At); move.Reason != till.PointsAdjust && b.in(day) {
				m["points"] += move.Points
			}
		}
	}
	return m
}

// cards are what the open and closed batches come to.
func (b *bookkeeper) cards(currency string) bookSums {
	m := bookSums{}
	for _, x := range b.txns {
		if x.State != till.Approved || x.Tender != till.Card || x.Amount.Currency().Code() != currency {
			continue
		}
		minor := x.Amount.Minor()
		switch {
		case x.Kind == till.Sale:
			m["sales"]++
			m["sold"] += minor
			m["net"] += minor
		case x.Kind == till.Refund:
			m["refunds"]++
			m["refunded"] += minor
			m["net"] -= minor
		case b.txns[x.Original].Kind == till.Sale:
			m["voided"] -= minor
			m["net"] -= minor
		default:
			m["voided"] += minor
			m["net"] += minor
		}
	}
	return m
}
