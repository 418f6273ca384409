package sqlite

import (
	"fmt"
	"slices"

	"github.com/tillworks/till/internal/store"
	"github.com/tillworks/till/internal/tally"
	"github.com/tillworks/till/internal/till"
)

// enter lets a transaction that is about to begin into the ticket that it pays for, which
// it may bring, and is nil where it pays for none. The ticket is PAYING then; it is not
// stored yet.
func (c *commit) enter(x till.Txn, brought *till.Ticket) (*entering, error) {
	if x.Ticket == "" || x.Kind == till.Void {
		return nil, nil
	}
	t, err := c.toBePaid(x, brought)
	if err != nil {
		return nil, err
	}
	var txns []till.Txn
	if t.Version > 0 {
		if txns, err = ticketTxns(c, t.ID); err != nil {
			return nil, err
		}
	}
	if err := store.CheckPayment(x, t, txns); err != nil {
		return nil, err
	}
	e := &entering{ticket: t, from: t.State}
	if t.State == till.TicketOpen {
		if err := c.admit(t); err != nil {
			return nil, err
		}
		e.ticket.State = till.TicketPaying
	}
	return e, nil
}

// entering is a ticket that a transaction has entered, and the state that is stored of it.
type entering struct {
	ticket till.Ticket
	from   till.TicketState
}

// toBePaid is the ticket that a transaction brings, or names.
func (c *commit) toBePaid(x till.Txn, brought *till.Ticket) (till.Ticket, error) {
	if brought != nil {
		return c.newTicket(*brought)
	}
	t, err := c.ticket(x.Ticket)
	if err != nil || t.State != till.TicketOpen {
		return t, err
	}
	return t, c.checkReturn(t) // it may have been held for days
}

// admit refuses a sale of more than may be sold, or for more points than there are. It
// makes sure that whatever the ticket is going to move can be moved: once it is paid it is
// too late.
func (c *commit) admit(t till.Ticket) error {
	moves := goods(t, till.StockSale, c.now())
	for _, m := range moves {
		if err := store.CheckQuantity(m); err != nil {
			return fmt.Errorf("ticket %s: %w", t.ID, err)
		}
	}
	if t.Kind == till.TicketSale && c.s.opt.Stock == till.StockRefuse {
		if err := c.checkAvailable(moves); err != nil {
			return err
		}
	}
	return c.checkPoints(t)
}

// settle does what a transaction that has just been stored entails for its ticket, or for
// the reports where it has none: goods, points and sums move in the commit in which the
// money does. was is what was stored of it before, e what it has entered, if it did.
func (c *commit) settle(x, was till.Txn, e *entering) error {
	switch {
	case x.Ticket == "":
		return c.settleBare(x, was)
	case e != nil:
		return c.settleTicket(e.ticket, e.from)
	case x.Kind == till.Void && x.State == till.Approved && was.State != till.Approved:
		if err := c.undoTips(x); err != nil {
			return err
		}
	case x.State == was.State || !x.State.IsFinal() && x.State != till.Advice:
		return nil
	}
	t, err := c.ticket(x.Ticket)
	if err != nil {
		return err
	}
	return c.settleTicket(t, t.State)
}

// settleBare adds a transaction without a ticket to the reports once it counts, and takes
// it off again where it came to nothing after all, as an advice may.
func (c *commit) settleBare(x, was till.Txn) error {
	counted, counts := was.Day != 0, x.Day != 0 && x.State != till.Declined && x.State != till.Reversed
	if counted == counts {
		return nil
	}
	var original till.Txn
	if x.Kind == till.Void || x.Kind == till.Tip {
		var err error
		if original, err = c.txn(x.Original); err != nil {
			return err
		}
	}
	facts := tally.Bare(x, original)
	if counted {
		facts = negated(facts)
	}
	return c.addFacts(x.Day, facts)
}

// undoTips takes the tips off the reports that a void undoes with a payment of a ticket.
func (c *commit) undoTips(void till.Txn) error {
	original, err := c.txn(void.Original)
	if err != nil {
		return err
	}
	return c.addFacts(void.Day, tally.TipsUndone(void, original))
}

// settleTicket brings a ticket to where the transactions that name it have brought it;
// stored is the state that the store holds of it, none for one that is new.
func (c *commit) settleTicket(t till.Ticket, stored till.TicketState) error {
	txns, err := ticketTxns(c, t.ID)
	if err != nil {
		return err
	}
	next := store.TicketState(t, txns)
	if next == stored {
		return nil
	}
	switch next {
	case till.TicketPaying:
		err = c.reserve(t)
	case till.TicketOpen:
		t.State = till.TicketOpen
		err = c.release(t.ID)
	case till.TicketDone:
		err = c.complete(&t, store.Paying(txns))
	case till.TicketVoided:
		err = c.undo(&t, txns)
	case till.TicketCanceled:
	}
	if err != nil {
		return err
	}
	return c.putTicket(&t)
}

// complete makes a ticket DONE and moves all that it moves; txns are those that paid.
func (c *commit) complete(t *till.Ticket, txns []till.Txn) error {
	t.State, t.DoneAt, t.Basket = till.TicketDone, c.now(), nil
	t.Day, t.Hour = c.s.opt.Calendar.At(t.DoneAt)
	for _, x := range txns {
		t.Txns = append(t.Txns, x.ID)
		t.Shift = x.Shift // of the last, which completed it
	}
	reason := till.StockSale
	if t.Kind == till.TicketReturn {
		reason = till.StockReturn
	}
	if err := c.release(t.ID); err != nil {
		return err
	}
	if err := c.moveStock(goods(*t, reason, t.DoneAt)); err != nil {
		return err
	}
	if err := c.moveAllPoints(pointsOf(*t)); err != nil {
		return err
	}
	return c.addFacts(t.Day, tally.Done(*t, txns))
}

// undo makes a DONE ticket VOIDED and moves everything back.
func (c *commit) undo(t *till.Ticket, txns []till.Txn) error {
	t.State, t.VoidedAt = till.TicketVoided, c.now()
	t.VoidedDay, t.VoidedHour = c.s.opt.Calendar.At(t.VoidedAt)
	if err := c.moveStock(goods(*t, till.StockVoid, t.VoidedAt)); err != nil {
		return err
	}
	if err := c.moveAllPoints(pointsBack(*t)); err != nil {
		return err
	}
	return c.addFacts(t.VoidedDay, tally.Voided(*t, named(txns, t.Txns)))
}

// named are the transactions of some ids, in the order of these.
func named(txns []till.Txn, ids []till.TxnID) (all []till.Txn) {
	for _, id := range ids {
		if i := slices.IndexFunc(txns, func(x till.Txn) bool { return x.ID == id }); i >= 0 {
			all = append(all, txns[i])
		}
	}
	return all
}

// moveAllPoints moves the points of a ticket.
func (c *commit) moveAllPoints(moves []till.PointsMove) error {
	for _, m := range moves {
		if err := c.movePoints(m); err != nil {
			return fmt.Errorf("points of ticket %s: %w", m.Ticket, err)
		}
	}
	return nil
}

// pointsOf are the moves of points that a completed ticket makes.
func pointsOf(t till.Ticket) []till.PointsMove {
	if t.Kind == till.TicketReturn {
		return someOf(t, till.PointsMove{Reason: till.PointsReturn, Points: t.Redeemed - t.Earned, At: t.DoneAt})
	}
	return someOf(t,
		till.PointsMove{Reason: till.PointsEarn, Points: t.Earned, At: t.DoneAt},
		till.PointsMove{Reason: till.PointsRedeem, Points: -t.Redeemed, At: t.DoneAt})
}

// pointsBack is the move of points that undoes them.
func pointsBack(t till.Ticket) []till.PointsMove {
	sum := int64(0)
	for _, m := range pointsOf(t) {
		sum += m.Points
	}
	return someOf(t, till.PointsMove{Reason: till.PointsVoid, Points: -sum, At: t.VoidedAt})
}

// someOf are those of a member's moves that move something.
func someOf(t till.Ticket, moves ...till.PointsMove) (all []till.PointsMove) {
	for _, m := range moves {
		if t.Member != "" && m.Points != 0 {
			m.Member, m.Ticket, m.Staff = t.Member, t.ID, t.Staff
			all = append(all, m)
		}
	}
	return all
}

// date notes when a transaction came to count.
func (c *commit) date(x *till.Txn) {
	if x.Day == 0 && x.State.Outcome() == till.OutcomeApproved {
		x.Day, x.Hour = c.s.opt.Calendar.At(c.now())
	}
}
