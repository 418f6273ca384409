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
	return errors.Join(checkKind(n.Txn), checkFirstState(n))
}

// checkKind reports a kind that the tender cannot have, or that lacks what it refers to.
func checkKind(t till.Txn) error {
	switch {
	case t.Kind.Refers() != (t.Original != ""):
		return fmt.Errorf("new transaction %s: a %s with original %q", t.ID, t.Kind, t.Original)
	case t.Tender != till.Card && t.Kind != till.Sale && t.Kind != till.Void && t.Kind != till.Refund:
		return fmt.Errorf("new transaction %s: a %s by %s", t.ID, t.Kind, t.Tender)
	case t.Ticket != "" && (t.Kind.IsHold() || t.Kind == till.Tip || t.Kind == till.CashAdvance || t.Kind == till.Completion):
		return fmt.Errorf("new transaction %s: a %s pays for no ticket", t.ID, t.Kind)
	case t.Notice != till.NoNotice && t.Tender != till.Card:
		return fmt.Errorf("new transaction %s: a notice by %s", t.ID, t.Tender)
	case t.Notice != till.NoNotice && t.State != till.Advice && t.State != till.Declined:
		return fmt.Errorf("new transaction %s: notice %q in state %s", t.ID, t.Notice, t.State)
	}
	return checkCashback(t)
}

// checkCashback allows cash beside a sale by card, and less than all of it.
func checkCashback(t till.Txn) error {
	back := t.Cashback.Minor()
	switch {
	case back == 0:
		return nil
	case t.Kind != till.Sale || t.Tender != till.Card || t.Notice != till.NoNotice:
		return fmt.Errorf("new transaction %s: cashback with a %s by %s", t.ID, t.Kind, t.Tender)
	case back < 0 || back >= t.Amount.Minor() || t.Cashback.Currency() != t.Amount.Currency():
		return fmt.Errorf("new transaction %s: cashback %s of %s", t.ID, t.Cashback, t.Amount)
	}
	return nil
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
		return fmt.Errorf("transaction %s: key, kind, tender, amount asked, terminal, merchant, batch, trace number, time, original, ticket, staff and cash never change", from.ID)
	}
	if !slices.Contains(movesFrom(from.State), to.State) || from.State == till.Exception && to.State == till.Advice && from.Notice == till.NoNotice {
		return fmt.Errorf("transaction %s is %s and cannot become %s", from.ID, from.State, to.State)
	}
	return nil
}

func sameIdentity(a, b till.Txn) bool {
	return a.ID == b.ID && a.Key == b.Key && a.SameRequest(b) && a.Terminal == b.Terminal &&
		a.Merchant == b.Merchant && a.Batch == b.Batch && a.STAN == b.STAN && a.At.Equal(b.At) &&
		a.Ticket == b.Ticket && a.Staff == b.Staff && a.Approver == b.Approver && a.Shift == b.Shift && a.Given.Minor() == b.Given.Minor() &&
		a.Notice == b.Notice && sameAmount(a, b)
}

// sameAmount allows the one change of an amount that there is: the host approved a part of
// what was asked, which the transaction is for from then on.
func sameAmount(a, b till.Txn) bool {
	if a.Amount == b.Amount {
		return a.Asked == b.Asked
	}
	return a.State == till.Intent && a.Asked.IsZero() && b.Asked == a.Amount && b.Amount.Currency() == a.Amount.Currency() &&
		b.Amount.IsPositive() && b.Amount.Minor() < a.Amount.Minor() && b.Cashback.IsZero()
}

// movesFrom lists the states that may follow; a final state is followed by none.
func movesFrom(s till.State) []till.State {
	switch s {
	case till.Intent:
		return []till.State{till.Intent, till.Approved, till.Declined, till.Reversing}
	case till.Reversing:
		return []till.State{till.Reversing, till.Reversed, till.Exception}
	case till.Exception: // a manager resolves it
		return []till.State{till.Exception, till.Reversing, till.Advice, till.Reversed, till.Approved, till.Declined}
	case till.Advice:
		return []till.State{till.Advice, till.Approved, till.Exception}
	case till.New, till.Approved, till.Declined, till.Reversed:
	}
	return nil
}

// CheckBatchMove reports whether a batch that is being closed may go from one stored
// form to the next. Such an error is a fault of the program and no text for a user.
func CheckBatchMove(from, to till.Batch) error {
	if !from.IsClosing() || to.State == till.BatchOpen {
		return fmt.Errorf("batch %d is %s and cannot be recorded as %s", from.Number, from.State, to.State)
	}
	return nil
}

// CheckOriginal reports whether t may do what it does to the original that it names;
// related are all transactions that name the same original. The error is a *till.Problem.
func CheckOriginal(t, original till.Txn, related []till.Txn, l till.Limits) error {
	switch t.Kind {
	case till.Void:
		return CheckVoid(t, original, related)
	case till.Refund:
		return CheckRefund(t, original, related)
	case till.Increment:
		return CheckIncrement(t, original, related)
	case till.Completion:
		return CheckCompletion(t, original, related, l.Completion)
	case till.Tip:
		return CheckTip(t, original, related, l.Tip)
	case till.Sale, till.PreAuth, till.CashAdvance:
	}
	return nil
}

// CheckVoid reports whether v may undo original; related are all transactions that
// name the same original. The error is a *till.Problem.
func CheckVoid(v, original till.Txn, related []till.Txn) error {
	whole, err := wholeOf(original, related)
	switch {
	case err != nil:
		return err
	case original.Kind == till.Void:
		return refuse(original.ID, i18n.T("%s is a void itself and cannot be voided", "%s 本身是撤销交易，不能再撤销").With(original.ID))
	case original.Kind == till.Tip || original.Kind == till.Increment:
		return refuse(original.ID, i18n.T("%s is a part of %s, which can only be voided whole", "%s 是 %s 的一部分，只能整笔撤销").With(original.ID, original.Original))
	case original.State != till.Approved:
		return notApproved(original)
	case v.Amount != whole || v.Tender != original.Tender:
		return refuse(original.ID, i18n.T("a void undoes the whole: %[1]s was %[2]s by %[3]s, this void is %[4]s by %[5]s", "撤销必须是整笔：%[1]s 为 %[2]s（%[3]s），本次撤销为 %[4]s（%[5]s）").With(
			original.ID, whole, original.Tender.Text(), v.Amount, v.Tender.Text()))
	}
	for _, r := range related {
		if err := checkNotUndone(original, r); err != nil {
			return err
		}
	}
	if v.Batch != original.Batch && original.Kind != till.PreAuth {
		return tooLateToVoid(v, original)
	}
	return nil
}

// tooLateToVoid is the refusal of a void of what belongs to a batch that is settled, or is
// being settled.
func tooLateToVoid(v, original till.Txn) error {
	what := i18n.T("%s is of batch %d, which is closed to voids; the open batch is %d", "%s 属于批次 %d，已不能撤销；当前批次为 %d").With(original.ID, original.Batch, v.Batch)
	if original.Kind != till.Sale && original.Kind != till.Completion {
		return refuse(original.ID, what)
	}
	return refuseWith(what, i18n.T("refund it instead: till refund %s", "请改为退货：till refund %s").With(original.ID))
}

// wholeOf is the amount of a transaction with the tips or increments that hold.
func wholeOf(original till.Txn, related []till.Txn) (money.Amount, error) {
	whole := original.Amount
	for _, r := range related {
		if !holds(r) || r.Kind != till.Tip && r.Kind != till.Increment {
			continue
		}
		var err error
		if whole, err = whole.Add(r.Amount); err != nil {
			return whole, fmt.Errorf("tips and increments of %s: %w", original.ID, err)
		}
	}
	return whole, nil
}

// CheckIncrement reports whether a pre-auth may be raised by x.
func CheckIncrement(x, original till.Txn, related []till.Txn) error {
	if err := checkHold(original, related); err != nil {
		return err
	}
	if x.Amount.Currency() != original.Amount.Currency() {
		return otherCurrency(x, original)
	}
	return nil
}

// CheckCompletion reports whether x may take what a pre-auth holds: once, and at most
// percent of it, where percent is not 0.
func CheckCompletion(x, original till.Txn, related []till.Txn, percent int) error {
	if err := checkHold(original, related); err != nil {
		return err
	}
	if x.Amount.Currency() != original.Amount.Currency() {
		return otherCurrency(x, original)
	}
	held, err := wholeOf(original, related)
	if err != nil {
		return err
	}
	limit := share(held, percent)
	if percent == 0 || x.Amount.Minor() <= limit.Minor() {
		return nil
	}
	return refuseWith(
		i18n.T("a completion of %s is more than %s, which is %d%% of the %s held by %s", "预授权完成金额 %s 超出 %s（预授权 %[5]s 所冻结 %[4]s 的 %[3]d%%）").With(x.Amount, limit, percent, held, original.ID),
		i18n.T("raise it first: till increment %s AMOUNT", "请先追加预授权：till increment %s 金额").With(original.ID))
}

// checkHold refuses what is no pre-auth that holds its amount still.
func checkHold(original till.Txn, related []till.Txn) error {
	switch {
	case original.Kind != till.PreAuth:
		return refuse(original.ID, i18n.T("%s is no pre-authorization", "%s 不是预授权交易").With(original.ID))
	case original.State != till.Approved:
		return notApproved(original)
	}
	for _, r := range related {
		switch {
		case !holds(r):
		case r.State.IsOpen():
			return stillOpen(r)
		case r.Kind == till.Void:
			return refuse(original.ID, i18n.T("%s was released, by %s: it holds nothing any more", "%s 已撤销（%s），不再冻结金额").With(original.ID, r.ID))
		case r.Kind == till.Completion:
			return refuse(original.ID, i18n.T("%s is completed already, by %s", "%s 已完成（%s）").With(original.ID, r.ID))
		}
	}
	return nil
}

// CheckTip reports whether x may add to a sale: while its batch is open, and at most
// percent of it with all its tips, where percent is not 0.
func CheckTip(x, original till.Txn, related []till.Txn, percent int) error {
	switch {
	case original.Kind != till.Sale && original.Kind != till.Completion || original.Tender != till.Card:
		return refuse(original.ID, i18n.T("%s is no sale by card: a tip is added to one", "%s 不是银行卡消费：小费只能加在银行卡消费上").With(original.ID))
	case original.State != till.Approved:
		return notApproved(original)
	case x.Amount.Currency() != original.Amount.Currency():
		return otherCurrency(x, original)
	case x.Batch != original.Batch:
		return refuseWith(
			i18n.T("%s is of batch %d, which takes no tips any more; the open batch is %d", "%s 属于批次 %d，已不能加小费；当前批次为 %d").With(original.ID, original.Batch, x.Batch),
			i18n.T("take it as a payment of its own: till pay %s", "请作为单独一笔收款：till pay %s").With(x.Amount.Decimal()))
	}
	for _, r := range related {
		if holds(r) && (r.Kind == till.Void || r.Kind == till.Refund) {
			return checkNotUndone(original, r)
		}
	}
	whole, err := wholeOf(original, related)
	if err != nil {
		return err
	}
	limit := share(original.Amount, percent)
	if tips := whole.Minor() - original.Amount.Minor() + x.Amount.Minor(); percent == 0 || tips <= limit.Minor() {
		return nil
	}
	return refuseWith(
		i18n.T("a tip of %s brings %s above %d%% of its %s", "小费 %s 使 %s 超出其金额 %[4]s 的 %[3]d%%").With(x.Amount, original.ID, percent, original.Amount),
		i18n.T("till txn show %s lists its tips; the limit is the setting tip.percent", "till txn show %s 可列出其小费；限额见设置 tip.percent").With(original.ID))
}

// share is a percentage of an amount, rounded down.
func share(a money.Amount, percent int) money.Amount {
	minor := a.Minor()/100*int64(percent) + a.Minor()%100*int64(percent)/100
	return money.New(minor, a.Currency())
}

func otherCurrency(x, original till.Txn) error {
	return refuse(original.ID, i18n.T("%s is in %s, not in %s", "%s 的币种为 %s，而不是 %s").With(original.ID, original.Amount.Currency(), x.Amount.Currency()))
}

// CheckOffline reports whether one more transaction may be approved without the host;
// waiting are those of the terminal that are not told yet.
func CheckOffline(x till.Txn, waiting []till.Txn, l till.Limits) error {
	sum := x.Amount.Minor()
	n := 1
	for _, w := range waiting {
		if w.Notice == till.NoticeOffline {
			n, sum = n+1, sum+w.Amount.Minor()
		}
	}
	switch {
	case x.Notice != till.NoticeOffline || x.State != till.Advice:
		return nil
	case n > l.OfflineCount:
		return offlineFull(i18n.T("%d offline transactions wait for the host already: no more are taken", "已有 %d 笔脱机交易等待上送，不再受理").With(n - 1))
	case sum > l.OfflineSum.Minor():
		return offlineFull(i18n.T("with this one offline transactions would come to %s, above the %s that may wait", "加上本笔，脱机交易合计 %s，超出限额 %s").With(money.New(sum, x.Amount.Currency()), l.OfflineSum))
	}
	return nil
}

func offlineFull(what i18n.Message) error {
	return refuseWith(what, i18n.T("bring the line to the host up and send them: till txn resolve; or take cash", "请恢复与主机的连接并上送：till txn resolve；或收现金").With())
}

// CheckBatchSize reports whether the open batch takes one more card transaction; count
// are those that it has.
func CheckBatchSize(batch, count int, l till.Limits) error {
	if l.Batch == 0 || count < l.Batch {
		return nil
	}
	return refuseWith(
		i18n.T("batch %d is full: it has %d transactions, the limit is %d", "批次 %d 已满：已有 %d 笔交易，上限为 %d 笔").With(batch, count, l.Batch),
		i18n.T("settle it first: till batch close", "请先结算：till batch close").With())
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
	case r.Kind == till.Tip, r.Kind == till.Increment:
		return nil
	case r.Kind == till.Completion:
		return refuseWith(
			i18n.T("%s is completed, by %s, and cannot be released", "%s 已完成（%s），不能撤销预授权").With(original.ID, r.ID),
			i18n.T("void the completion first: till void %s", "请先撤销预授权完成：till void %s").With(r.ID))
	}
	return refuse(original.ID, i18n.T("%s has been refunded, by %s, and cannot be voided", "%s 已有退货（%s），不能撤销").With(original.ID, r.ID))
}

// CheckRefund reports whether f may pay back a part of original; related are all
// transactions that name the same original. The error is a *till.Problem.
func CheckRefund(f, original till.Txn, related []till.Txn) error {
	switch {
	case original.Kind != till.Sale && original.Kind != till.Completion:
		return refuse(original.ID, i18n.T("%s is no sale: only a sale can be refunded", "%s 不是消费交易：只有消费可以退货").With(original.ID))
	case original.State != till.Approved:
		return notApproved(original)
	case f.Amount.Currency() != original.Amount.Currency():
		return refuse(original.ID, i18n.T("%s was paid as %s and is refunded in the same currency, not as %s", "%s 原付款 %s，须以同一币种退货，不能退 %s").With(original.ID, original.Amount, f.Amount))
	}
	left, err := wholeOf(original, related)
	if err != nil {
		return err
	}
	for _, r := range related {
		if !holds(r) || r.Kind == till.Tip {
			continue
		}
		if r.Kind == till.Void {
			return voidedAlready(original, r)
		}
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
		i18n.T("till refund %s gives back all that is left; till txn show %s lists its refunds", "till refund %s 退还全部余额；till txn show %s 可列出其退款").With(original.ID, original.ID))
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
