package shop

import (
	"context"
	"slices"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
)

// VoidRequest is a wish to undo a whole ticket.
type VoidRequest struct {
	Key      string // idempotency key of this one request; empty draws a new one
	Ticket   till.TicketID
	Approval *Approval
}

// VoidTicket undoes a sale or return of the open batch, whole: each of its transactions,
// last taken first. Stock and points move back in the commit of the last. It stops at the
// first that is not approved, and the same call goes on. Whatever keeps one of them from
// being voided is refused before the first.
func (s *Shop) VoidTicket(ctx context.Context, q VoidRequest) (Bill, error) {
	t, err := s.cfg.Store.Ticket(ctx, q.Ticket)
	if err != nil {
		return Bill{}, err
	}
	if t.State == till.TicketVoided && q.Key != "" {
		return s.voidedBefore(ctx, t, q.Key)
	}
	if t.State != till.TicketDone && t.State != till.TicketPaying {
		return Bill{}, notVoidable(t)
	}
	return s.undoAll(ctx, t, q.Key, q.Approval)
}

// voidedBefore answers a key that voided the ticket already.
func (s *Shop) voidedBefore(ctx context.Context, t till.Ticket, key string) (Bill, error) {
	b, err := s.bill(ctx, t.ID, nil)
	if err != nil {
		return Bill{}, err
	}
	mine := func(x till.Txn) bool { return x.Kind == till.Void && x.Key == voidKey(key, x.Original) }
	if !slices.ContainsFunc(b.Txns, mine) {
		return Bill{}, notVoidable(t)
	}
	b.Replayed = true
	return b, nil
}

// undoAll voids what stands of a ticket.
func (s *Shop) undoAll(ctx context.Context, t till.Ticket, key string, a *Approval) (Bill, error) {
	b, err := s.settled(ctx, t.ID)
	if err != nil {
		return b, err
	}
	stand := standing(b.Txns)
	if len(stand) == 0 {
		return b, notUndone(t)
	}
	ch, err := s.authorize(ctx, till.MayVoid, a, "")
	if err != nil {
		return Bill{}, err
	}
	if err := s.checkVoid(ctx, t, stand); err != nil {
		return Bill{}, err
	}
	c := &counter{shop: s, ticket: b.Ticket, change: ch}
	for _, x := range slices.Backward(stand) {
		again, err := c.undo(ctx, x, key)
		if err != nil || !again {
			return c.bill(ctx, err)
		}
	}
	return c.bill(ctx, nil)
}

// undo voids one transaction. It is false where the rest must not be tried.
func (c *counter) undo(ctx context.Context, x till.Txn, key string) (bool, error) {
	return c.took(c.shop.cfg.Register.Void(ctx, register.Undo{
		Key: voidKey(key, x.ID), Original: x.ID, For: register.For{Staff: c.change.Staff, Approver: c.change.Approver},
	}))
}

// voidKey is the key of the void of one transaction; no key draws one.
func voidKey(key string, original till.TxnID) string {
	if key == "" {
		return ""
	}
	return key + "/" + string(original)
}

// checkVoid refuses, before anything is voided, what could not be undone to its end.
func (s *Shop) checkVoid(ctx context.Context, t till.Ticket, stand []till.Txn) error {
	returns, err := s.returnsOf(ctx, t.ID)
	if err != nil {
		return err
	}
	if len(returns) > 0 {
		return wasReturned(t, returns[0])
	}
	for _, x := range stand {
		session, err := s.cfg.Store.Session(ctx, x.Terminal)
		if err != nil {
			return err
		}
		if x.Batch != session.Batch {
			return batchClosed(t, x, session.Batch)
		}
		if x.Kind == till.Refund && x.Tender == till.QR {
			return walletKeeps(t, x)
		}
	}
	return nil
}

func notVoidable(t till.Ticket) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s %s is %s and cannot be voided", "%s %s 状态为%s，不能撤销").With(t.Kind.Text(), t.ID, t.State.Text()),
		Hint: i18n.T("till sale show %s tells what became of it", "till sale show %s 可查看其经过").With(t.ID),
	}
}

func notUndone(t till.Ticket) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s %s has no payment to undo", "%s %s 没有可撤销的付款").With(t.Kind.Text(), t.ID),
		Hint: i18n.T("its lines come back by till return %s; a held one is given up by till sale cancel %s", "商品退回请用 till return %s；放弃挂单请用 till sale cancel %s").With(t.ID, t.ID),
	}
}

func wasReturned(t, r till.Ticket) error {
	hint := i18n.T("return the rest: till return %s; or void the return first: till void %s", "请退回其余商品：till return %s；或先撤销退货：till void %s").With(t.ID, r.ID)
	if r.State == till.TicketOpen {
		hint = i18n.T("nothing was paid back yet: give the return up first, till sale cancel %s", "尚未退款：请先取消该退货，till sale cancel %s").With(r.ID)
	}
	return &till.Problem{
		Code: till.CodeNotPermitted, Hint: hint,
		What: i18n.T("lines of sale %s come back, by return %s: it cannot be voided whole", "销售 %s 已有商品退回（退货 %s），不能整单撤销").With(t.ID, r.ID),
	}
}

func batchClosed(t till.Ticket, x till.Txn, open int) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("transaction %s is of batch %d, which is closed to voids; the open batch is %d", "交易 %s 属于批次 %d，已不能撤销；当前批次为 %d").With(x.ID, x.Batch, open),
		Hint: i18n.T("return its lines instead: till return %s", "请改为退货：till return %s").With(t.ID),
	}
}

func walletKeeps(t till.Ticket, x till.Txn) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s was paid back to a wallet by %s, and a wallet gives nothing back", "%s 已由 %s 退回钱包，无法收回").With(x.Amount, x.ID),
		Hint: i18n.T("sell the lines again instead; till sale show %s lists them", "请重新销售这些商品；till sale show %s 可列出").With(t.ID),
	}
}
