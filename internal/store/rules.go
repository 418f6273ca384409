package store

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// CheckNew reports what a new transaction lacks. Such an error is a fault of the
// program and no text for a user.
func CheckNew(n till.NewTxn) error {
	if err := CheckTxn(n.Txn); err != nil {
		return err
	}
	if t := n.Txn; n.Ticket != nil && (n.Ticket.ID != t.Ticket || t.Kind == till.Void) {
		return fmt.Errorf("new transaction %s names ticket %q and brings %q", t.ID, t.Ticket, n.Ticket.ID)
	}
	return checkFirstState(n)
}

// CheckTxn is CheckNew without regard to the state: a transaction of the past is approved,
// whatever its tender.
func CheckTxn(t till.Txn) error {
	switch {
	case t.ID == "" || t.Key == "" || t.Terminal == "":
		return errors.New("new transaction lacks an id, an idempotency key or a terminal")
	case !t.Amount.IsPositive() || t.Amount.Currency().IsZero():
		return fmt.Errorf("new transaction %s: amount %s, want a positive one in a currency", t.ID, t.Amount)
	case t.Version != 0:
		return fmt.Errorf("new transaction %s: version %d, want none", t.ID, t.Version)
	case t.Tender != till.Card && t.Tender != till.Cash && t.Tender != till.QR:
		return fmt.Errorf("new transaction %s: tender %q, want card, cash or qr", t.ID, t.Tender)
	case t.Day != 0 || t.Hour != 0 || t.Shift != 0:
		return fmt.Errorf("new transaction %s: day, hour and shift are the store's to give", t.ID)
	}
	return checkCash(t)
}

// checkCash allows what only cash has: something given, and a rounding.
func checkCash(t till.Txn) error {
	given, rounding := t.Given.Minor(), t.Rounding.Minor()
	switch {
	case given == 0 && rounding == 0:
		return nil
	case t.Tender != till.Cash || t.Kind == till.Void:
		return fmt.Errorf("new transaction %s: a %s by %s has nothing given and no rounding", t.ID, t.Kind, t.Tender)
	case given != 0 && (given < t.Amount.Minor() || t.Given.Currency() != t.Amount.Currency()):
		return fmt.Errorf("new transaction %s: given %s, want %s or more", t.ID, t.Given, t.Amount)
	case rounding != 0 && t.Rounding.Currency() != t.Amount.Currency():
		return fmt.Errorf("new transaction %s: a rounding in %s, want %s", t.ID, t.Rounding.Currency(), t.Amount.Currency())
	case t.Covers().Minor() < 0:
		return fmt.Errorf("new transaction %s: rounding %s of %s", t.ID, t.Rounding, t.Amount)
	}
	return nil
}

func checkFirstState(n till.NewTxn) error {
	t := n.Txn
	switch t.State {
	case till.Intent, till.Advice:
		return nil
	case till.Approved:
		if t.Tender != till.Cash {
			return fmt.Errorf("new transaction %s: only cash can be APPROVED by the commit that precedes the request", t.ID)
		}
	case till.Declined:
	default:
		return fmt.Errorf("new transaction %s: state %q, want INTENT, ADVICE, APPROVED or DECLINED", t.ID, t.State)
	}
	if len(n.Image) > 0 {
		return fmt.Errorf("new transaction %s: a final one has no reversal and keeps no image", t.ID)
	}
	return nil
}

// CheckMove reports whether a transaction may go from one stored form to the next:
// what identifies it stays, and its state follows the life in the design. Such an
// error is a fault of the program and no text for a user.
func CheckMove(from, to till.Txn) error {
	if !sameIdentity(from, to) {
		return fmt.Errorf("transaction %s: key, kind, tender, amount, terminal, merchant, batch, trace number, time, original, ticket, staff and cash never change", from.ID)
	}
	if !slices.Contains(movesFrom(from.State), to.State) {
		return fmt.Errorf("transaction %s is %s and cannot become %s", from.ID, from.State, to.State)
	}
	return nil
}

func sameIdentity(a, b till.Txn) bool {
	return a.ID == b.ID && a.Key == b.Key && a.SameRequest(b) && a.Terminal == b.Terminal &&
		a.Merchant == b.Merchant && a.Batch == b.Batch && a.STAN == b.STAN && a.At.Equal(b.At) &&
		a.Ticket == b.Ticket && a.Staff == b.Staff && a.Approver == b.Approver && a.Shift == b.Shift && a.Given.Minor() == b.Given.Minor()
}

// movesFrom lists the states that may follow; a final state is followed by none.
func movesFrom(s till.State) []till.State {
	switch s {
	case till.Intent:
		return []till.State{till.Intent, till.Approved, till.Declined, till.Reversing}
	case till.Reversing:
		return []till.State{till.Reversing, till.Reversed, till.Exception}
	case till.Exception: // a manager resolves it
		return []till.State{till.Exception, till.Reversing, till.Reversed, till.Approved, till.Declined}
	case till.Advice:
		return []till.State{till.Advice, till.Approved, till.Exception}
	case till.New, till.Approved, till.Declined, till.Reversed:
	}
	return nil
}

// CheckBatchMove reports whether a batch that is being closed may go from one stored
// form to the next. Such an error is a fault of the program and no text for a user.
func CheckBatchMove(from, to till.Batch) error {
	closing := from.State == till.BatchClosing || from.State == till.BatchReconcileError
	if !closing || to.State == till.BatchOpen {
		return fmt.Errorf("batch %d is %s and cannot be recorded as %s", from.Number, from.State, to.State)
	}
	return nil
}

// CheckVoid reports whether v may undo original; related are all transactions that
// name the same original. The error is a *till.Problem.
func CheckVoid(v, original till.Txn, related []till.Txn) error {
	switch {
	case original.Kind == till.Void:
		return refuse(original.ID, i18n.T("%s is a void itself and cannot be voided", "%s 本身是撤销交易，不能再撤销").With(original.ID))
	case original.State != till.Approved:
		return notApproved(original)
	case v.Amount != original.Amount || v.Tender != original.Tender:
		return refuse(original.ID, i18n.T("a void undoes the whole: %[1]s was %[2]s by %[3]s, this void is %[4]s by %[5]s", "撤销必须是整笔：%[1]s 为 %[2]s（%[3]s），本次撤销为 %[4]s（%[5]s）").With(
			original.ID, original.Amount, original.Tender.Text(), v.Amount, v.Tender.Text()))
	}
	for _, r := range related {
		if err := checkNotUndone(original, r); err != nil {
			return err
		}
	}
	if v.Batch != original.Batch {
		return refuseWith(
			i18n.T("%s is of batch %d, which is closed to voids; the open batch is %d", "%s 属于批次 %d，已不能撤销；当前批次为 %d").With(original.ID, original.Batch, v.Batch),
			i18n.T("refund it instead: till refund %s", "请改为退货：till refund %s").With(original.ID))
	}
	return nil
}

// checkNotUndone refuses a void of what r has voided or refunded, or may have.
func checkNotUndone(original, r till.Txn) error {
	switch {
	case !holds(r):
		return nil
	case r.State.IsOpen():
		return stillOpen(r)
	case r.Kind == till.Void:
		return refuse(original.ID, i18n.T("%s is voided already, by %s", "%s 已撤销（%s）").With(original.ID, r.ID))
	}
	return refuse(original.ID, i18n.T("%s has been refunded, by %s, and cannot be voided", "%s 已有退货（%s），不能撤销").With(original.ID, r.ID))
}

// CheckRefund reports whether f may pay back a part of original; related are all
// transactions that name the same original. The error is a *till.Problem.
func CheckRefund(f, original till.Txn, related []till.Txn) error {
	switch {
	case original.Kind != till.Sale:
		return refuse(original.ID, i18n.T("%s is no sale: only a sale can be refunded", "%s 不是消费交易：只有消费可以退货").With(original.ID))
	case original.State != till.Approved:
		return notApproved(original)
	case f.Amount.Currency() != original.Amount.Currency():
		return refuse(original.ID, i18n.T("%s was paid as %s and is refunded in the same currency, not as %s", "%s 原付款 %s，须以同一币种退货，不能退 %s").With(original.ID, original.Amount, f.Amount))
	}
	left := original.Amount
	for _, r := range related {
		if !holds(r) {
			continue
		}
		if r.Kind == till.Void {
			return voidedAlready(original, r)
		}
		var err error
		if left, err = left.Sub(r.Amount); err != nil {
			return fmt.Errorf("refunds of %s: %w", original.ID, err)
		}
	}
	return checkLeft(f, original, left)
}

func checkLeft(f, original till.Txn, left money.Amount) error {
	over, err := f.Amount.Cmp(left)
	if err != nil {
		return fmt.Errorf("refunds of %s: %w", original.ID, err)
	}
	if over <= 0 {
		return nil
	}
	return refuseWith(
		i18n.T("a refund of %s is more than the %s that are left of %s", "退货 %s 超出可退余额 %s（%s）").With(f.Amount, left, original.ID),
		i18n.T("till txn show %s lists its refunds", "till txn show %s 可列出其退款").With(original.ID))
}

func voidedAlready(original, void till.Txn) error {
	if void.State.IsOpen() {
		return stillOpen(void)
	}
	return refuse(original.ID, i18n.T("%s is voided, by %s: nothing is left to refund", "%s 已撤销（%s），无可退金额").With(original.ID, void.ID))
}

// holds reports that r counts against its original: it is approved and not voided
// itself, or may still be found approved.
func holds(r till.Txn) bool {
	return r.State != till.Declined && r.State != till.Reversed && r.VoidedBy == ""
}

// notApproved is the refusal of a void or refund of something that is no approved
// transaction, or is not known to be one yet.
func notApproved(t till.Txn) error {
	if t.State.IsOpen() {
		return stillOpen(t)
	}
	return refuse(t.ID, i18n.T("%s is %s: only what was approved can be voided or refunded", "%s %s：只有已批准的交易可以撤销或退货").With(t.ID, t.Outcome().Text()))
}

func stillOpen(t till.Txn) error {
	return &till.Problem{
		Code: till.CodePending,
		What: i18n.T("the outcome of %s %s is not settled yet", "%s %s 的结果尚未确定").With(t.Kind.Text(), t.ID),
		Hint: i18n.T("settle it first: till txn resolve", "请先处理：till txn resolve").With(),
	}
}

// refuse says what is not allowed of a transaction, and where its story stands.
func refuse(id till.TxnID, what i18n.Message) error {
	return refuseWith(what, i18n.T("till txn show %s tells what became of it", "till txn show %s 可查看其经过").With(id))
}

func refuseWith(what, hint i18n.Message) error {
	return &till.Problem{Code: till.CodeNotPermitted, What: what, Hint: hint}
}
