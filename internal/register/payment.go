package register

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/terminal"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// Payment is a wish to be paid.
type Payment struct {
	Key    string // idempotency key of the shop for this one sale; empty draws a new one
	Amount money.Amount
	Tender till.Tender
	Entry  till.Entry // of a card: Chip, Tap, Swipe or Fallback; of a wallet: Shown or Scanned

	AuthCode string       // six characters that the issuer gave by telephone: the sale is told to the host and not asked; empty asks
	Cashback money.Amount // of a card: part of Amount that the shopper gets in cash; zero is none
	Plan     *till.Plan   // of a card: instalments; nil is none

	PaymentCode card.Secret // of Scanned: what the shopper showed; in memory only

	Given    money.Amount // of cash: what the shopper handed over; zero does not say
	Rounding money.Amount // of cash: what rounding to the smallest coin added to Amount; may be negative

	For
}

// For says what a transaction is for and by whose hand. The zero For is of a payment by
// itself, in a shop without staff.
type For struct {
	Ticket   till.TicketID // whose lines it pays for, or pays back
	Priced   *till.Ticket  // that ticket, to be stored in commit 1; nil where the store has it as it is
	Staff    till.StaffID
	Approver till.StaffID // who allowed it where the role needed that
}

// mark puts it on a transaction.
func (f For) mark(t *till.Txn) { t.Ticket, t.Staff, t.Approver = f.Ticket, f.Staff, f.Approver }

// Take takes a payment. The same key and the same wish give the stored outcome and
// charge nothing; the same key and another wish are refused.
func (r *Register) Take(ctx context.Context, p Payment) (Result, error) {
	if err := r.checkAmount(p.Amount); err != nil {
		return Result{}, err
	}
	t, err := r.draft(till.Sale, p.Key, p.Amount)
	if err != nil {
		return Result{}, err
	}
	t.Tender, t.Entry, t.Given, t.Rounding = p.Tender, p.Entry, p.Given, orNone(p.Rounding)
	t.Cashback, t.Plan = orNone(p.Cashback), p.Plan
	if p.AuthCode != "" {
		t.Notice, t.AuthCode = till.NoticeVoice, p.AuthCode
	}
	if err := errors.Join(checkCash(t), checkTerms(t)); err != nil {
		return Result{}, err
	}
	p.mark(&t)
	return r.begin(ctx, t, wish{code: p.PaymentCode, ticket: p.Priced})
}

// Undo is a wish to void or refund an earlier transaction.
type Undo struct {
	Key      string
	Original till.TxnID
	Amount   money.Amount // of a refund; the zero amount is all that is left
	Rounding money.Amount // of a refund in cash, as of a Payment

	For // of a void the ticket is that of what it undoes, whatever stands here
}

// Void undoes an approved sale or refund of the open batch, whole.
func (r *Register) Void(ctx context.Context, u Undo) (Result, error) {
	original, err := r.original(ctx, u.Original)
	if err != nil {
		return Result{}, err
	}
	t, err := r.draft(till.Void, u.Key, original.Whole())
	if err != nil {
		return Result{}, err
	}
	t.Tender, t.Original = original.Tender, original.ID
	u.Ticket = original.Ticket
	u.mark(&t)
	w := wish{}
	if w.original, w.undoes, err = r.originalsOf(ctx, t); err != nil {
		return Result{}, err
	}
	return r.begin(ctx, t, w)
}

// Refund pays back a part or the rest of an approved sale, of whatever batch. The
// store bounds the sum of all refunds by the sale, in the commit that begins each.
func (r *Register) Refund(ctx context.Context, u Undo) (Result, error) {
	original, err := r.original(ctx, u.Original)
	if err != nil {
		return Result{}, err
	}
	amount, err := r.refundAmount(ctx, u, original)
	if err != nil {
		return Result{}, err
	}
	if err := r.checkAmount(amount); err != nil {
		return Result{}, err
	}
	t, err := r.draft(till.Refund, u.Key, amount)
	if err != nil {
		return Result{}, err
	}
	t.Tender, t.Original, t.Rounding = original.Tender, original.ID, orNone(u.Rounding)
	t.Notice = r.noticeOf(t)
	u.mark(&t)
	return r.begin(ctx, t, wish{original: &original, ticket: u.Priced})
}

// refundAmount is the wish, or what is left. Where the key is known, what was left
// when it was first used counts, or a repeated command would ask for another amount.
func (r *Register) refundAmount(ctx context.Context, u Undo, original till.Txn) (money.Amount, error) {
	if !u.Amount.IsZero() {
		return u.Amount, nil
	}
	if u.Key != "" {
		if known, err := r.cfg.Store.TxnByKey(ctx, u.Key); err == nil {
			return known.Amount, nil
		}
	}
	if original.Refunded.IsZero() {
		return original.Whole(), nil
	}
	rest, err := original.Whole().Sub(original.Refunded)
	if err != nil {
		return money.Amount{}, err
	}
	if !rest.IsPositive() {
		return money.Amount{}, &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("nothing is left to refund of %s: %s were sold and %s refunded", "%s 已无可退金额：已售 %s，已退 %s").With(original.ID, original.Amount, original.Refunded),
			Hint: i18n.T("till txn show %s lists its refunds", "till txn show %s 可列出其退款").With(original.ID),
		}
	}
	return rest, nil
}

// draft is a transaction that nothing has happened to.
func (r *Register) draft(kind till.Kind, key string, amount money.Amount) (till.Txn, error) {
	id, err := till.NewID(r.cfg.Random)
	if err != nil {
		return till.Txn{}, err
	}
	if key == "" {
		key = id
	}
	return till.Txn{
		ID: till.TxnID(id), Key: key, Kind: kind, Amount: amount,
		Terminal: r.cfg.Terminal, Merchant: r.cfg.Merchant, At: r.cfg.Now(),
	}, nil
}

// wish is what a draft needs beside itself while it runs.
type wish struct {
	original *till.Txn    // of what refers to another transaction
	undoes   *till.Txn    // what that one names, of a void
	code     card.Secret  // of a payment by a scanned code
	ticket   *till.Ticket // to be stored in commit 1
	offline  bool         // the host cannot be reached
}

// begin runs a draft, unless its key is known already. The store asks again in commit
// 1, which is where two tills with one key are told apart.
func (r *Register) begin(ctx context.Context, t till.Txn, w wish) (Result, error) {
	known, err := r.cfg.Store.TxnByKey(ctx, t.Key)
	if err == nil {
		return r.replay(ctx, t, known)
	}
	if !isNotFound(err) {
		return Result{}, err
	}
	switch t.Tender {
	case till.QR:
		return r.payByWallet(ctx, t, flowOf(t), w)
	case till.Card:
		return r.askHost(ctx, t, w)
	case till.Cash:
	}
	return r.payByCard(ctx, t, w)
}

// askHost runs a transaction of a card. Where the host cannot be reached nothing begins
// that must be asked; what is told can wait, and so can what a chip approves by itself
// within the limits.
func (r *Register) askHost(ctx context.Context, t till.Txn, w wish) (Result, error) {
	open, err := r.ready(ctx)
	if err != nil && !isHostDown(err) {
		return Result{}, err
	}
	if w.offline = err != nil && t.Notice == till.NoNotice; w.offline {
		may, unread := r.mayGoOffline(ctx, t)
		if unread != nil || !may {
			return Result{}, errors.Join(err, unread)
		}
	}
	if err != nil {
		if open, err = r.cfg.Store.Adopt(ctx); err != nil {
			return Result{}, fmt.Errorf("looking for open transactions: %w", err)
		}
	}
	if err := r.checkReversals(t, open); err != nil {
		return Result{}, err
	}
	if len(open) > 0 { // what it names may have been among it, and has its reference number by now
		if w.original, w.undoes, err = r.originalsOf(ctx, t); err != nil {
			return Result{}, err
		}
	}
	return r.payByCard(ctx, t, w)
}

// checkReversals refuses a transaction while a reversal of its terminal waits, where the
// host wants that. open is what was open after it was tried once more.
func (r *Register) checkReversals(t till.Txn, open []till.Txn) error {
	if r.cfg.Policy.WhileReversing {
		return nil
	}
	for _, o := range open {
		if o.State == till.Reversing && o.Tender == till.Card && o.Terminal == t.Terminal {
			return reversalWaits(o)
		}
	}
	return nil
}

func reversalWaits(o till.Txn) error {
	return &till.Problem{
		Code: till.CodePending,
		What: i18n.T("the reversal of %s (%s) is not acknowledged, and this host takes no other transaction before it; nothing was sent", "%s（%s）的冲正尚未得到确认，该主机在此之前不受理其他交易；未发送任何数据").With(o.ID, o.Amount),
		Hint: i18n.T("till txn resolve sends it again; take cash meanwhile", "till txn resolve 可重新发送；此期间可收现金").With(),
	}
}

// flowOf is how the wallet and the till meet for a transaction.
func flowOf(t till.Txn) till.Flow {
	switch {
	case t.Kind != till.Sale:
		return till.FlowRefund
	case t.Entry == till.Scanned:
		return till.FlowScanned
	}
	return till.FlowShown
}

// payByCard runs a transaction of a card, or one in cash, which needs no host.
func (r *Register) payByCard(ctx context.Context, t till.Txn, w wish) (Result, error) {
	r.cfg.Claims.claim(t.ID)
	defer r.cfg.Claims.release(t.ID)
	a := &attempt{r: r, original: w.original, undoes: w.undoes, ticket: w.ticket, offline: w.offline}
	s := terminal.Begin(t)
	if t.Tender == till.Cash {
		s.Txn.Entry = till.NoEntry
	}
	s, err := a.run(ctx, s, terminal.Start{})
	var taken *till.Replay
	if errors.As(err, &taken) {
		return r.replay(ctx, t, taken.Txn)
	}
	if err != nil {
		return a.failed(s, err)
	}
	return a.result(s), nil
}

// failed is the result of a run that could not go on. Once the request may be out, the
// outcome is unknown whatever broke, and the caller must hear that and not the cause
// alone.
func (a *attempt) failed(s terminal.State, err error) (Result, error) {
	if s.Txn.Version == 0 {
		return Result{}, err
	}
	return a.result(s), err
}

func (a *attempt) result(s terminal.State) Result {
	res := Result{Txn: s.Txn, Outcome: till.OutcomeUnknown}
	if len(a.told) > 0 {
		res.Outcome = a.told[0]
	}
	return res
}

// replay answers a wish whose key is known: with the stored outcome, after settling it
// if it is still open.
func (r *Register) replay(ctx context.Context, wish, known till.Txn) (Result, error) {
	if !known.SameRequest(wish) {
		return Result{}, &till.Problem{
			Code: till.CodeConflict,
			What: i18n.T("the key %q was used for another request: %s of %s (%s), now %s of %s", "键 %q 已用于另一请求：%s %s（%s），本次为 %s %s").With(
				wish.Key, known.Kind, known.Amount, known.ID, wish.Kind, wish.Amount),
			Hint: i18n.T("use a new --id for a new sale, or till txn show %s to see the first", "新交易请使用新的 --id；首笔交易见 till txn show %s").With(known.ID),
		}
	}
	if known.State.IsOpen() {
		settled, err := r.Status(ctx, known.ID)
		if err != nil {
			return Result{}, err
		}
		known = settled
	}
	return Result{Txn: known, Outcome: known.Outcome(), Replayed: true}, nil
}

// original is the transaction that a void or refund names.
func (r *Register) original(ctx context.Context, id till.TxnID) (till.Txn, error) {
	t, err := r.cfg.Store.Txn(ctx, id)
	if err != nil {
		return till.Txn{}, err
	}
	return t, nil
}

func (r *Register) checkAmount(a money.Amount) error {
	switch {
	case a.Currency() != r.cfg.Currency:
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("the amount is in %s, the shop's currency is %s", "金额币种为 %s，店铺币种为 %s").With(a.Currency(), r.cfg.Currency),
			Hint: i18n.T("what was sold in another currency is paid and paid back in it: set shop.currency to %s for that; till config get shop.currency tells what it is", "以其他币种销售的须以该币种收付：请为此将 shop.currency 设为 %s；till config get shop.currency 可查看当前值").With(a.Currency()),
		}
	case a.IsZero():
		return amountProblem(i18n.T("the amount is zero", "金额为零").With())
	case !a.IsPositive():
		return amountProblem(i18n.T("the amount %s is negative", "金额 %s 为负数").With(a))
	case a.Minor() > till.MaxMinor:
		return amountProblem(i18n.T("the amount %s does not fit the 12 digits of field 4", "金额 %s 超出域 4 的 12 位数字").With(a))
	}
	return nil
}

// checkCash holds what was handed over against what is taken.
func checkCash(t till.Txn) error {
	if t.Given.IsZero() {
		return nil
	}
	if t.Tender != till.Cash {
		return amountProblem(i18n.T("only cash is handed over and changed, not %s", "只有现金可以收款找零，%s 不可以").With(t.Tender.Text()))
	}
	short, err := t.Given.Cmp(t.Amount)
	if err != nil {
		return amountProblem(i18n.T("%s were given for an amount in %s", "收到 %s，而金额币种为 %s").With(t.Given, t.Amount.Currency()))
	}
	if short < 0 {
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("%s were given, %s are to be paid", "收到 %s，应付 %s").With(t.Given, t.Amount),
			Hint: i18n.T("take a part in cash and the rest by another tender: till sell --pay cash=%s --pay card", "可部分收现金、其余用其他方式：till sell --pay cash=%s --pay card").With(t.Given.Decimal()),
		}
	}
	return nil
}

// orNone is the amount, or the zero value for one of nothing: two wishes without
// rounding are the same wish, in whatever currency.
func orNone(a money.Amount) money.Amount {
	if a.IsZero() {
		return money.Amount{}
	}
	return a
}

// checkTerms holds what only some sales by card have against what they are.
func checkTerms(t till.Txn) error {
	switch {
	case t.Tender == till.Card:
	case !t.Cashback.IsZero(), t.Plan != nil, t.AuthCode != "":
		return termsProblem(
			i18n.T("cashback, instalments and an authorization code belong to a card, not to %s", "返现、分期和授权码只用于银行卡，不能用于%s").With(t.Tender.Text()),
			i18n.T("leave them out, or take a card: --tender card", "请去掉这些选项，或使用银行卡：--tender card").With())
	}
	if back := t.Cashback; !back.IsZero() && (back.Currency() != t.Amount.Currency() || back.Minor() < 0 || back.Minor() >= t.Amount.Minor()) {
		return amountProblem(i18n.T("cashback of %s in a payment of %s: the payment is for goods and cash together", "付款 %[2]s 中的返现 %[1]s 无效：付款须包含商品与返现金额").With(back, t.Amount))
	}
	if t.Plan != nil && (t.Plan.Count < 2 || t.Plan.Count > 99) {
		return termsProblem(
			i18n.T("%d instalments: want 2 to 99", "%d 期分期无效：应为 2 至 99 期").With(t.Plan.Count),
			i18n.T("leave --instalments out for a payment at once", "一次付清请去掉 --instalments").With())
	}
	return checkVoice(t)
}

// checkVoice holds an approval by telephone against what it may be for.
func checkVoice(t till.Txn) error {
	if t.Notice != till.NoticeVoice {
		return nil
	}
	if len(t.AuthCode) != 6 || strings.Trim(t.AuthCode, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return termsProblem(
			i18n.T("authorization code %q: want six digits or capital letters, as the issuer gave them", "授权码 %q 无效：应为发卡行提供的六位数字或大写字母").With(t.AuthCode),
			i18n.T("ask the issuer again; leave --auth-code out to ask the host instead", "请再次向发卡行确认；去掉 --auth-code 则改为请求主机").With())
	}
	if isChip(t.Entry) {
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("a sale that was approved by telephone reads no chip", "电话授权的交易不读芯片").With(),
			Hint: i18n.T("use --entry fallback for the stripe of a chip card, or --entry manual", "芯片卡请用 --entry fallback 刷磁条，或使用 --entry manual").With(),
		}
	}
	return nil
}

func isChip(e till.Entry) bool { return e == till.Chip || e == till.Tap }

func termsProblem(what, hint i18n.Message) error {
	return &till.Problem{Code: till.CodeUsage, What: what, Hint: hint}
}

func amountProblem(what i18n.Message) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: what,
		Hint: i18n.T("give a positive amount in major units, such as 12.50", "请输入正数金额（以元为单位），例如 12.50").With(),
	}
}

func isHostDown(err error) bool {
	var p *till.Problem
	return errors.As(err, &p) && p.Code == till.CodeHostDown
}

func isNotFound(err error) bool {
	var p *till.Problem
	return errors.As(err, &p) && p.Code == till.CodeNotFound
}
