package shop

import (
	"context"
	"errors"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// SellRequest is a wish to sell a basket.
type SellRequest struct {
	Key      string        // idempotency key of this one sale; empty draws a new one
	Held     till.TicketID // the held sale that Basket continues; empty is a new one, with Key
	Basket   till.Basket
	Tenders  []Tendering // one after another; they may cover a part, and the rest is due
	Approval *Approval   // of discounts and prices by hand, where the role needs it
}

// Tendering is how a part of a ticket is paid.
type Tendering struct {
	Tender      till.Tender
	Entry       till.Entry   // of a card or a wallet, as of a register.Payment
	Amount      money.Amount // of the ticket; zero is the rest
	Given       money.Amount // of cash: what the shopper hands over; zero does not say
	PaymentCode card.Secret  // of a scanned code; in memory only
}

// Bill is a ticket with what was paid of it, or paid back.
type Bill struct {
	Ticket   till.Ticket
	Txns     []till.Txn        // of the ticket, first begun first
	Taken    []register.Result // by this call
	Due      money.Amount      // still to be paid, or to go back
	Replayed bool              // the key was known and its ticket at an end: nothing was taken
}

// Outcome is what this call came to: the outcome of the last transaction that it made,
// approved where it made none.
func (b Bill) Outcome() till.Outcome {
	if len(b.Taken) == 0 {
		return till.OutcomeApproved
	}
	return b.Taken[len(b.Taken)-1].Outcome
}

// Sell prices a basket and takes its tenders one after another. It stops at the first
// that is not approved whole; what was taken before stays taken, and Bill.Due says what is
// missing. The same key goes on where it stopped: a tender that was approved is not
// taken again. Everything that can be refused is refused before the first tender.
func (s *Shop) Sell(ctx context.Context, q SellRequest) (Bill, error) {
	ch, err := s.authorize(ctx, till.MaySell, nil, "")
	if err != nil {
		return Bill{}, err
	}
	known, err := s.known(ctx, q.Key)
	if err != nil {
		return Bill{}, err
	}
	if known != nil {
		return s.sellAgain(ctx, *known, q, ch)
	}
	t, err := s.pricePermitted(ctx, q.Basket, q.Approval, ch)
	if err != nil {
		return Bill{}, err
	}
	if t, err = s.identify(ctx, t, q.Key, q.Held); err != nil {
		return Bill{}, err
	}
	txns, err := s.txnsBefore(ctx, t)
	if err != nil {
		return Bill{}, err
	}
	return s.settle(ctx, t, txns, q.Tenders, ch)
}

// PayTicket takes more tenders of a sale that is held or partly paid. A held one is priced
// again first. A return that is not paid back whole goes on over the tenders of its sale,
// and takes none here.
func (s *Shop) PayTicket(ctx context.Context, id till.TicketID, tenders ...Tendering) (Bill, error) {
	ch, err := s.authorize(ctx, till.MaySell, nil, "")
	if err != nil {
		return Bill{}, err
	}
	t, err := s.cfg.Store.Ticket(ctx, id)
	if err != nil {
		return Bill{}, err
	}
	switch {
	case t.State.IsFinal():
		return Bill{}, nothingDue(t)
	case t.Kind == till.TicketReturn:
		return s.payBackRest(ctx, t.ID, ch)
	}
	return s.resume(ctx, t, tenders, ch)
}

// Abandon gives up a sale that is held or partly paid: what was taken goes back, last
// taken first, and the sale is canceled. So it does with a return.
func (s *Shop) Abandon(ctx context.Context, id till.TicketID, a *Approval) (Bill, error) {
	b, err := s.settled(ctx, id)
	if err != nil {
		return b, err
	}
	if b.Ticket.State.IsFinal() {
		return Bill{}, nothingDue(b.Ticket)
	}
	if len(standing(b.Txns)) > 0 {
		b, err = s.undoAll(ctx, b.Ticket, "", a)
		if err != nil || b.Outcome() != till.OutcomeApproved {
			return b, err
		}
	}
	ch, err := s.authorize(ctx, till.MaySell, nil, "")
	if err != nil {
		return b, err
	}
	if _, err = s.cfg.Store.CancelTicket(ctx, id, ch); err != nil {
		return b, err
	}
	return s.bill(ctx, id, b.Taken)
}

// known is the ticket of a key, nil where the key is new.
func (s *Shop) known(ctx context.Context, key string) (*till.Ticket, error) {
	if key == "" {
		return nil, nil //nolint:nilnil // no key is of no ticket, and that is no error
	}
	t, err := s.cfg.Store.TicketByKey(ctx, key)
	if isNotFound(err) {
		return nil, nil //nolint:nilnil // a new key is of no ticket, and that is no error
	}
	return &t, err
}

// sellAgain answers a key that is known: with the sale as it is where it is at an end,
// else by going on with it.
func (s *Shop) sellAgain(ctx context.Context, t till.Ticket, q SellRequest, ch till.Change) (Bill, error) {
	if !s.isSameWish(ctx, t, q.Basket) {
		return Bill{}, otherWish(t, q.Key)
	}
	if t.State.IsFinal() {
		b, err := s.bill(ctx, t.ID, nil)
		b.Replayed = true
		return b, err
	}
	return s.resume(ctx, t, q.Tenders, ch)
}

// resume goes on with a sale that is held or partly paid. What is in flight is settled
// first, since it may have been taken.
func (s *Shop) resume(ctx context.Context, t till.Ticket, tenders []Tendering, ch till.Change) (Bill, error) {
	b, err := s.settled(ctx, t.ID)
	if err != nil || b.Ticket.State.IsFinal() {
		return b, err
	}
	taken := standing(b.Txns)
	if len(taken) == 0 && b.Ticket.Basket != nil {
		if b.Ticket, err = s.priceAgain(ctx, b.Ticket, ch); err != nil {
			return Bill{}, err
		}
	}
	return s.settle(ctx, b.Ticket, b.Txns, without(tenders, taken), ch)
}

// priceAgain prices a stored sale as of now, so that what is deleted, sold out or dearer
// by now is noticed before it is paid.
func (s *Shop) priceAgain(ctx context.Context, old till.Ticket, ch till.Change) (till.Ticket, error) {
	t, err := s.price(ctx, *old.Basket, ch)
	if err != nil {
		return till.Ticket{}, err
	}
	t.ID, t.Key, t.Label, t.Version = old.ID, old.Key, old.Label, old.Version
	return t, nil
}

// identify gives a priced sale an identity: a new one, or that of the held sale that it
// continues.
func (s *Shop) identify(ctx context.Context, t till.Ticket, key string, held till.TicketID) (till.Ticket, error) {
	t.State = till.TicketOpen
	if held != "" {
		old, err := s.cfg.Store.Ticket(ctx, held)
		if err == nil && old.State != till.TicketOpen {
			err = nothingDue(old)
		}
		t.ID, t.Key, t.Label, t.Version = old.ID, old.Key, old.Label, old.Version
		return t, err
	}
	id, err := till.NewID(s.cfg.Random)
	if err != nil {
		return t, err
	}
	t.ID, t.Key = till.TicketID(id), key
	if key == "" {
		t.Key = id
	}
	return t, nil
}

// txnsBefore are the transactions that a held sale has had: declined ones, say.
func (s *Shop) txnsBefore(ctx context.Context, t till.Ticket) ([]till.Txn, error) {
	if t.Version == 0 {
		return nil, nil
	}
	return s.cfg.Store.TicketTxns(ctx, t.ID)
}

// settle takes the tenders of a priced ticket. txns are those that it has already.
func (s *Shop) settle(ctx context.Context, t till.Ticket, txns []till.Txn, tenders []Tendering, ch till.Change) (Bill, error) {
	if t.Total.IsZero() {
		return s.complete(ctx, t)
	}
	parts, err := s.plan(due(t, txns), tenders)
	if err != nil {
		return Bill{}, err
	}
	c := &counter{shop: s, ticket: t, change: ch, begun: len(txns), priced: t.State == till.TicketOpen}
	for _, p := range parts {
		again, err := c.take(ctx, p)
		if err != nil || !again {
			return c.bill(ctx, err)
		}
	}
	return c.bill(ctx, nil)
}

// complete ends a sale that costs nothing, or a return that gives nothing back.
func (s *Shop) complete(ctx context.Context, t till.Ticket) (Bill, error) {
	done, err := s.cfg.Store.CompleteTicket(ctx, t)
	var taken *till.TicketReplay
	if errors.As(err, &taken) {
		b, err := s.bill(ctx, taken.Ticket.ID, nil)
		b.Replayed = true
		return b, err
	}
	if err != nil {
		return Bill{}, err
	}
	return s.bill(ctx, done.ID, nil)
}

// bill is a ticket as it stands.
func (s *Shop) bill(ctx context.Context, id till.TicketID, taken []register.Result) (Bill, error) {
	t, err := s.cfg.Store.Ticket(ctx, id)
	if err != nil {
		return Bill{Taken: taken}, err
	}
	txns, err := s.cfg.Store.TicketTxns(ctx, id)
	if err != nil {
		return Bill{Ticket: t, Taken: taken}, err
	}
	return Bill{Ticket: t, Txns: txns, Taken: taken, Due: due(t, txns)}, nil
}

// settled is a ticket after an attempt to settle what is in flight of it. What cannot be
// is a *till.Problem of till.CodePending.
func (s *Shop) settled(ctx context.Context, id till.TicketID) (Bill, error) {
	b, err := s.bill(ctx, id, nil)
	if err != nil {
		return b, err
	}
	for _, x := range b.Txns {
		if !x.State.IsOpen() || x.State == till.Advice {
			continue
		}
		now, err := s.cfg.Register.Status(ctx, x.ID)
		if err != nil {
			return b, err
		}
		if now.State.IsOpen() {
			return b, stillOpen(now)
		}
	}
	return s.bill(ctx, id, nil)
}

// due is what is missing of a ticket's total.
func due(t till.Ticket, txns []till.Txn) money.Amount {
	if t.State.IsFinal() {
		return money.New(0, t.Total.Currency())
	}
	left := t.Total.Minor()
	for _, x := range standing(txns) {
		left -= x.Covers().Minor()
	}
	return money.New(left, t.Total.Currency())
}

// standing are the transactions that count for their ticket: approved, not voided, and
// no voids themselves.
func standing(txns []till.Txn) []till.Txn {
	var stand []till.Txn
	for _, x := range txns {
		if x.Kind != till.Void && x.VoidedBy == "" && x.State.Outcome() == till.OutcomeApproved {
			stand = append(stand, x)
		}
	}
	return stand
}

// without are the tenders of a repeated request that were not approved the first time:
// each transaction that stands strikes out the first tender that asks for it, though the
// host may have approved a part of it only.
func without(tenders []Tendering, taken []till.Txn) []Tendering {
	var left []Tendering
	taken = append([]till.Txn(nil), taken...)
	for _, q := range tenders {
		if i := indexTaken(taken, q); i >= 0 {
			taken = append(taken[:i], taken[i+1:]...)
			continue
		}
		left = append(left, q)
	}
	return left
}

func indexTaken(taken []till.Txn, q Tendering) int {
	for i, x := range taken {
		if x.Tender == q.Tender && q.Amount == money.New(x.Covers().Minor()+x.Unmet().Minor(), x.Amount.Currency()) {
			return i
		}
	}
	return -1
}

func nothingDue(t till.Ticket) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s %s is %s: nothing is due of it", "%s %s 状态为%s：无应付款").With(t.Kind.Text(), t.ID, t.State.Text()),
		Hint: i18n.T("till sale show %s tells what became of it", "till sale show %s 可查看其经过").With(t.ID),
	}
}

func stillOpen(x till.Txn) error {
	return &till.Problem{
		Code: till.CodePending,
		What: i18n.T("the outcome of %s %s of %s is not settled yet", "%s %s（%s）的结果尚未确定").With(x.Kind.Text(), x.ID, x.Amount),
		Hint: i18n.T("settle it first: till txn status %s", "请先处理：till txn status %s").With(x.ID),
	}
}

func otherWish(t till.Ticket, key string) error {
	return &till.Problem{
		Code: till.CodeConflict,
		What: i18n.T("the key %q was used for another basket: sale %s of %s", "键 %q 已用于另一购物篮：销售 %s，%s").With(key, t.ID, t.Total),
		Hint: i18n.T("use a new --id for a new sale, or till sale show %s to see the first", "新销售请使用新的 --id；首笔见 till sale show %s").With(t.ID),
	}
}
