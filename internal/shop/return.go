package shop

import (
	"context"

	"github.com/tillworks/till/internal/cart"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// ReturnRequest is a wish to take lines of a sale back.
type ReturnRequest struct {
	Key      string // idempotency key of this one return; empty draws a new one
	Return   till.BasketReturn
	Approval *Approval
}

// Return takes lines of a sale back and pays them back over the tenders of the sale, last
// taken first, each up to what is left of it. It stops at the first refund that is not
// approved; Bill.Due says what has still to go back, and the same key goes on with it.
func (s *Shop) Return(ctx context.Context, q ReturnRequest) (Bill, error) {
	ch, err := s.authorize(ctx, till.MayReturn, q.Approval, q.Return.Reason)
	if err != nil {
		return Bill{}, err
	}
	known, err := s.known(ctx, q.Key)
	if err != nil {
		return Bill{}, err
	}
	if known != nil {
		return s.returnAgain(ctx, *known, q, ch)
	}
	t, err := s.priceReturn(ctx, q, ch)
	if err != nil {
		return Bill{}, err
	}
	return s.payBack(ctx, t, nil, ch)
}

// priceReturn is the ticket of a return, with an identity.
func (s *Shop) priceReturn(ctx context.Context, q ReturnRequest, ch till.Change) (till.Ticket, error) {
	sold, err := s.cfg.Store.Ticket(ctx, q.Return.Original)
	if err != nil {
		return till.Ticket{}, err
	}
	if sold.Kind != till.TicketSale || sold.State != till.TicketDone {
		return till.Ticket{}, notSold(sold)
	}
	returned, err := s.returnsOf(ctx, sold.ID)
	if err != nil {
		return till.Ticket{}, err
	}
	t, err := cart.Return(sold, returned, q.Return)
	if err != nil {
		return till.Ticket{}, err
	}
	id, err := till.NewID(s.cfg.Random)
	if err != nil {
		return till.Ticket{}, err
	}
	t.ID, t.Key, t.State = till.TicketID(id), q.Key, till.TicketOpen
	if t.Key == "" {
		t.Key = id
	}
	t.Terminal, t.Staff, t.Approver, t.At = s.cfg.Terminal, ch.Staff, ch.Approver, ch.At
	return t, nil
}

// returnsOf are the returns of a sale that count: paid back, or to be.
func (s *Shop) returnsOf(ctx context.Context, id till.TicketID) ([]till.Ticket, error) {
	return s.cfg.Store.Tickets(ctx, till.TicketFilter{
		States: []till.TicketState{till.TicketOpen, till.TicketPaying, till.TicketDone}, Kind: till.TicketReturn, Original: id,
	})
}

// returnAgain answers a key that is known.
func (s *Shop) returnAgain(ctx context.Context, t till.Ticket, q ReturnRequest, ch till.Change) (Bill, error) {
	if t.Kind != till.TicketReturn || !isSameReturn(t, q.Return) {
		return Bill{}, otherWish(t, q.Key)
	}
	return s.payBackRest(ctx, t.ID, ch)
}

// payBackRest goes on with a return that may be paid back in part.
func (s *Shop) payBackRest(ctx context.Context, id till.TicketID, ch till.Change) (Bill, error) {
	b, err := s.settled(ctx, id)
	if err != nil {
		return b, err
	}
	if b.Ticket.State.IsFinal() {
		b.Replayed = true
		return b, nil
	}
	return s.payBack(ctx, b.Ticket, b.Txns, ch)
}

// isSameReturn reports that a wish names the sale and, where it names any, the lines of
// a stored return.
func isSameReturn(t till.Ticket, r till.BasketReturn) bool {
	if t.Original != r.Original || len(r.Lines) > 0 && len(r.Lines) != len(t.Lines) {
		return false
	}
	for i, l := range r.Lines {
		if t.Lines[i].Origin != l.Line || l.Quantity != 0 && t.Lines[i].Quantity != l.Quantity {
			return false
		}
	}
	return true
}

// payBack refunds what is due of a return.
func (s *Shop) payBack(ctx context.Context, t till.Ticket, txns []till.Txn, ch till.Change) (Bill, error) {
	if t.Total.IsZero() {
		return s.complete(ctx, t)
	}
	backs, err := s.planBack(ctx, t.Original, due(t, txns))
	if err != nil {
		return Bill{}, err
	}
	c := &counter{shop: s, ticket: t, change: ch, begun: len(txns), priced: t.State == till.TicketOpen}
	for _, b := range backs {
		again, err := c.giveBack(ctx, b)
		if err != nil || !again {
			return c.bill(ctx, err)
		}
	}
	return c.bill(ctx, nil)
}

// back is a transaction of the sale and how much of it goes back.
type back struct {
	txn      till.Txn
	amount   money.Amount
	rounding money.Amount // of cash: what of the amount is rounding
}

// planBack lays what is due over the tenders of the sale, last taken first.
func (s *Shop) planBack(ctx context.Context, sale till.TicketID, due money.Amount) ([]back, error) {
	paid, err := s.cfg.Store.TicketTxns(ctx, sale)
	if err != nil {
		return nil, err
	}
	refunded, err := s.refundsOf(ctx, sale)
	if err != nil {
		return nil, err
	}
	var backs []back
	taken := standing(paid)
	for i := len(taken) - 1; i >= 0 && due.IsPositive(); i-- {
		left := leftOf(taken[i], refunded[taken[i].ID])
		covers := money.New(min(due.Minor(), left.covers), due.Currency())
		if !covers.IsPositive() {
			continue
		}
		b, err := s.share(taken[i], covers, left)
		if err != nil {
			return nil, err
		}
		backs = append(backs, b)
		due = money.New(due.Minor()-covers.Minor(), due.Currency())
	}
	if due.IsPositive() {
		return nil, notPaidBack(sale, due)
	}
	return backs, nil
}

// refundsOf are the refunds of a sale's transactions that stand or may, by what they pay
// back.
func (s *Shop) refundsOf(ctx context.Context, sale till.TicketID) (map[till.TxnID][]till.Txn, error) {
	all, err := s.cfg.Store.Tickets(ctx, till.TicketFilter{Kind: till.TicketReturn, Original: sale})
	if err != nil {
		return nil, err
	}
	refunds := map[till.TxnID][]till.Txn{}
	for _, t := range all {
		txns, err := s.cfg.Store.TicketTxns(ctx, t.ID)
		if err != nil {
			return nil, err
		}
		for _, x := range txns {
			if x.Kind == till.Refund && x.VoidedBy == "" && x.State != till.Declined && x.State != till.Reversed {
				refunds[x.Original] = append(refunds[x.Original], x)
			}
		}
	}
	return refunds, nil
}

// remains is what is left of a transaction, in minor units: of the ticket's total that it
// covered, and of the money itself.
type remains struct{ covers, money int64 }

func leftOf(x till.Txn, refunds []till.Txn) remains {
	left := remains{x.Covers().Minor(), x.Amount.Minor()}
	for _, r := range refunds {
		left.covers -= r.Covers().Minor()
		left.money -= r.Amount.Minor()
	}
	return left
}

// share is how much money goes back for a part of what a transaction covered. The last
// part of it gives back all the money that is left, so that the whole gives back what was
// paid to the last coin; a part before it is rounded as cash is, and leaves something for
// the parts to come.
func (s *Shop) share(x till.Txn, covers money.Amount, left remains) (back, error) {
	amount := covers.Minor()
	if x.Tender == till.Cash {
		rounded, _ := s.roundCash(covers)
		amount = rounded.Minor()
	}
	switch {
	case covers.Minor() == left.covers:
		amount = left.money
	case amount >= left.money:
		amount = min(covers.Minor(), left.money-1)
	}
	if amount <= 0 {
		return back{}, tooSmall(x, covers)
	}
	return back{
		txn: x, amount: money.New(amount, covers.Currency()), rounding: money.New(amount-covers.Minor(), covers.Currency()),
	}, nil
}

func notSold(t till.Ticket) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s %s is %s: only what was sold and paid can come back", "%s %s 状态为%s：只有已售并付款的商品可以退货").With(t.Kind.Text(), t.ID, t.State.Text()),
		Hint: i18n.T("till sale show %s tells what became of it", "till sale show %s 可查看其经过").With(t.ID),
	}
}

func notPaidBack(sale till.TicketID, due money.Amount) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s more would go back than the tenders of sale %s have left", "退款比销售 %[2]s 各付款方式的余额多出 %[1]s").With(due, sale),
		Hint: i18n.T("till sale show %s lists them and what went back already", "till sale show %s 可列出各付款方式及已退金额").With(sale),
	}
}

func tooSmall(x till.Txn, covers money.Amount) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s cannot be paid back out of %s in coins: rounding has given it back already", "%s 无法以硬币从 %s 中退还：舍入时已退").With(covers, x.ID),
		Hint: i18n.T("return it together with the lines that are left", "请与剩余的商品一并退货").With(),
	}
}
