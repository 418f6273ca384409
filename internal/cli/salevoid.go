package cli

import (
	"context"
	"errors"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/receipt"
	"github.com/tillworks/till/internal/register"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

// voidView is a void, and the sale or return of lines that it undid, where it was of one.
type voidView struct {
	txnView
	Sale *ticketView `json:"sale,omitempty"`
}

// voidRun undoes a transaction by itself, or a whole sale or return of lines.
func voidRun(ctx context.Context, env *Env, o *undoOptions) error {
	return withShopAs(ctx, env, shopOptions{observe: progress(env)}, func(s *shop) error {
		txn, lines, err := s.findEither(ctx, o.original)
		if err != nil {
			return err
		}
		if lines != "" {
			return s.voidTicket(ctx, env, o, lines)
		}
		return s.undo(ctx, env, o, register.Undo{Key: o.key, Original: txn}, (*management.Shop).Void)
	})
}

// findEither finds what a name stands for: a transaction by itself, or the sale or return
// of lines that it or one of its transactions names.
func (s *shop) findEither(ctx context.Context, name string) (till.TxnID, till.TicketID, error) {
	t, err := s.findTxn(ctx, name)
	switch {
	case err == nil && t.Kind == till.Void:
		return t.ID, "", nil // it was of one, but stands for itself
	case err == nil:
		return t.ID, t.Ticket, nil
	case problemOf(err).Code != till.CodeNotFound || name == "last":
		return "", "", err
	}
	ticket, also := s.shop.TicketByName(ctx, name)
	if also != nil && problemOf(also).Code == till.CodeNotFound {
		also = err // most names are of transactions
	}
	return "", ticket.ID, also
}

func (s *shop) voidTicket(ctx context.Context, env *Env, o *undoOptions, id till.TicketID) error {
	bill, err := approved(ctx, env, o.approver, func(a *management.Approval) (management.Bill, error) {
		return s.shop.VoidTicket(ctx, management.VoidRequest{Key: o.key, Ticket: id, Approval: a})
	})
	if err != nil && bill.Ticket.ID == "" {
		return err
	}
	value := viewVoid(env, bill)
	text := s.billText(ctx, env, bill, receipt.Options{Duplicate: bill.Replayed})
	if written := env.Write(&o.out, out.Result{Value: value, Table: lineTable(bill.Ticket), Text: text}); written != nil || err != nil {
		return errors.Join(err, written)
	}
	return outcomeExit(value.Outcome)
}

// viewVoid is the last void of a bill with the bill.
func viewVoid(env *Env, b management.Bill) voidView {
	sale := viewBill(env, b)
	v := voidView{Sale: &sale}
	for _, x := range b.Txns {
		if x.Kind == till.Void {
			v.txnView = viewTxn(x)
		}
	}
	if len(b.Taken) > 0 {
		v.Outcome = b.Outcome()
	}
	v.Replayed = b.Replayed
	return v
}

// paperOf is the receipt of a transaction, or the paper of the lines that it paid for, or
// of a sale or return by its own name.
func (s *shop) paperOf(ctx context.Context, env *Env, name string, o receipt.Options) (string, func(out.Screen) string, error) {
	txn, lines, err := s.findEither(ctx, name)
	if err != nil {
		return "", nil, err
	}
	if lines == "" {
		t, err := s.store.Txn(ctx, txn)
		return string(txn), s.receiptText(env, t, o), err
	}
	bill, err := s.shop.BillOf(ctx, string(lines))
	return string(lines), s.billText(ctx, env, bill, o), err
}
