package shop

import (
	"context"
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/tax"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// part is a tender of which it is known what it pays for.
type part struct {
	Tendering
	covers   money.Amount // of the ticket
	amount   money.Amount // that is taken: covers, rounded where it is cash
	rounding money.Amount
}

// plan lays the tenders over what is due and refuses what cannot be before the first of
// them is taken.
func (s *Shop) plan(due money.Amount, tenders []Tendering) ([]part, error) {
	parts := make([]part, 0, len(tenders))
	for i, q := range tenders {
		p := part{Tendering: q, covers: q.Amount}
		if q.Amount.IsZero() {
			p.covers = due
		}
		if err := checkPart(i+1, p.covers, due); err != nil {
			return nil, err
		}
		due = money.New(due.Minor()-p.covers.Minor(), due.Currency())
		p.amount, p.rounding = p.covers, money.New(0, due.Currency())
		if q.Tender == till.Cash {
			p.amount, p.rounding = s.roundCash(p.covers)
		}
		if err := checkGiven(i+1, p); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// roundCash is an amount as it can be paid in coins. What is to be paid never becomes
// nothing: it is one coin at least.
func (s *Shop) roundCash(a money.Amount) (rounded, difference money.Amount) {
	rounded, difference = tax.RoundCash(a, s.cfg.Tax.Coin)
	if rounded.IsZero() {
		coin := money.New(s.cfg.Tax.Coin, a.Currency())
		return coin, money.New(coin.Minor()-a.Minor(), a.Currency())
	}
	return rounded, difference
}

func checkPart(n int, covers, due money.Amount) error {
	switch over, err := covers.Cmp(due); {
	case err != nil:
		return tenderProblem(i18n.T("tender %d is of %s, the sale is in %s: amounts of two currencies are never added", "第 %d 种付款为 %s，而本次销售币种为 %s：不同币种不可相加").With(n, covers, due.Currency()))
	case !due.IsPositive():
		return tenderProblem(i18n.T("tender %d: nothing is left to pay", "第 %d 种付款：已无应付款").With(n))
	case !covers.IsPositive():
		return tenderProblem(i18n.T("tender %d: the amount %s is negative", "第 %d 种付款：金额 %s 为负数").With(n, covers))
	case over > 0:
		return tenderProblem(i18n.T("tender %d is of %s, and %s are due", "第 %d 种付款为 %s，而应付 %s").With(n, covers, due))
	}
	return nil
}

func checkGiven(n int, p part) error {
	if p.Given.IsZero() {
		return nil
	}
	if p.Tender != till.Cash {
		return tenderProblem(i18n.T("tender %d: only cash is handed over and changed, not %s", "第 %d 种付款：只有现金可以收款找零，%s 不可以").With(n, p.Tender.Text()))
	}
	switch short, err := p.Given.Cmp(p.amount); {
	case err != nil:
		return tenderProblem(i18n.T("tender %d: %s were given, the sale is in %s", "第 %d 种付款：收到 %s，而本次销售币种为 %s").With(n, p.Given, p.amount.Currency()))
	case short < 0:
		return tenderProblem(i18n.T("tender %d: %s were given, %s are to be paid", "第 %d 种付款：收到 %s，应付 %s").With(n, p.Given, p.amount))
	}
	return nil
}

func tenderProblem(what i18n.Message) error {
	return &till.Problem{
		Code: till.CodeUsage, What: what,
		Hint: i18n.T("a part in cash, the rest by card: --pay cash=20 --pay card; all in cash with change: --tender cash --given 50. Nothing was taken", "部分现金、其余刷卡：--pay cash=20 --pay card；全部现金并找零：--tender cash --given 50。尚未收款").With(),
	}
}

// counter takes the tenders of one ticket, or pays them back.
type counter struct {
	shop   *Shop
	ticket till.Ticket
	change till.Change
	begun  int  // transactions that the ticket has had
	priced bool // the first transaction brings the ticket to the store, as it is priced now
	taken  []register.Result
}

// take takes one tender. It is false where the rest must not be tried: after a part that
// the host approved as well, since the tenders behind it were meant for another sum.
func (c *counter) take(ctx context.Context, p part) (bool, error) {
	return c.took(c.shop.cfg.Register.Take(ctx, register.Payment{
		Key: c.key(), Amount: p.amount, Tender: p.Tender, Entry: p.Entry, PaymentCode: p.PaymentCode,
		Given: p.Given, Rounding: p.rounding, For: c.purpose(),
	}))
}

// giveBack pays back one tender of the sale. It is false where the rest must not be
// tried.
func (c *counter) giveBack(ctx context.Context, b back) (bool, error) {
	return c.took(c.shop.cfg.Register.Refund(ctx, register.Undo{
		Key: c.key(), Original: b.txn.ID, Amount: b.amount, Rounding: b.rounding, For: c.purpose(),
	}))
}

// key is that of the ticket's next transaction. Two programs that go on with one ticket
// at once draw the same, and the store lets one of them through.
func (c *counter) key() string { return fmt.Sprintf("%s/%d", c.ticket.Key, c.begun+1) }

func (c *counter) purpose() register.For {
	f := register.For{Ticket: c.ticket.ID, Staff: c.change.Staff, Approver: c.change.Approver}
	if c.priced {
		priced := c.ticket
		f.Priced = &priced
	}
	return f
}

func (c *counter) took(res register.Result, err error) (bool, error) {
	if res.Txn.ID == "" {
		return false, err
	}
	c.priced = false
	c.begun++
	c.taken = append(c.taken, res)
	return err == nil && res.Outcome == till.OutcomeApproved && !res.Txn.Unmet().IsPositive(), err
}

// bill is what came of it, with the cause where it did not go on. A ticket that never
// reached the store has no bill.
func (c *counter) bill(ctx context.Context, cause error) (Bill, error) {
	seen := context.WithoutCancel(ctx) // what was taken is told, whoever gave up meanwhile
	if t, ok := c.takenByAnother(seen, cause); ok {
		if c.ticket.Basket != nil && !c.shop.isSameWish(seen, t, *c.ticket.Basket) {
			return Bill{}, otherWish(t, c.ticket.Key)
		}
		return c.shop.replayed(seen, t)
	}
	if c.priced && c.ticket.Version == 0 {
		return Bill{}, cause
	}
	b, err := c.shop.bill(seen, c.ticket.ID, c.taken)
	return b, errors.Join(cause, err)
}

// takenByAnother is the ticket that another program made of this key meanwhile. It is
// looked for whatever the first commit was refused for: the key of the transaction is
// known then as well, and the last piece may be in that other ticket.
func (c *counter) takenByAnother(ctx context.Context, cause error) (till.Ticket, bool) {
	var known *till.TicketReplay
	if errors.As(cause, &known) {
		return known.Ticket, true
	}
	if cause == nil || !c.priced || c.ticket.Version != 0 {
		return till.Ticket{}, false
	}
	t, err := c.shop.cfg.Store.TicketByKey(ctx, c.ticket.Key)
	return t, err == nil && t.ID != c.ticket.ID
}

// replayed answers a key that another program took between this one's look and its first
// commit.
func (s *Shop) replayed(ctx context.Context, t till.Ticket) (Bill, error) {
	b, err := s.bill(ctx, t.ID, nil)
	if err == nil && !b.Ticket.State.IsFinal() {
		err = takenElsewhere(b.Ticket)
	}
	b.Replayed = true
	return b, err
}

func takenElsewhere(t till.Ticket) error {
	return &till.Problem{
		Code: till.CodePending,
		What: i18n.T("%s %s with this key is being worked on by another program", "另一程序正在处理此键的%s %s").With(t.Kind.Text(), t.ID),
		Hint: i18n.T("give the same command again: it goes on, and nothing is taken twice", "请再次执行同一命令：将继续处理，不会重复收款").With(),
	}
}

// CashDue is what is to be handed over where an amount is paid in cash.
func (s *Shop) CashDue(a money.Amount) money.Amount {
	if a.IsZero() {
		return a
	}
	rounded, _ := s.roundCash(a)
	return rounded
}
