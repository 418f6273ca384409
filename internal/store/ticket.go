package store

import (
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// AboutTicket is the subject of a journal row about a ticket: the body is a till.Ticket,
// the id its ID.
const AboutTicket Subject = "ticket"

// CheckTicket reports what a priced ticket lacks that is to be stored, and sums that do
// not hold. Such an error is a fault of the program and no text for a user.
func CheckTicket(t till.Ticket) error {
	switch {
	case t.ID == "" || t.Key == "" || t.Terminal == "":
		return errors.New("ticket lacks an id, an idempotency key or a terminal")
	case t.Kind != till.TicketSale && t.Kind != till.TicketReturn:
		return fmt.Errorf("ticket %s: kind %q, want sale or return", t.ID, t.Kind)
	case (t.Kind == till.TicketReturn) != (t.Original != ""):
		return fmt.Errorf("ticket %s: a %s of original %q, want one for a return alone", t.ID, t.Kind, t.Original)
	case len(t.Lines) == 0:
		return fmt.Errorf("ticket %s has no lines", t.ID)
	case t.Total.Currency().IsZero() || t.Total.Minor() < 0 || t.Total.Minor() > till.MaxMinor:
		return fmt.Errorf("ticket %s: total %s, want one in a currency, not negative, of 12 digits at most", t.ID, t.Total)
	case t.Earned < 0 || t.Redeemed < 0:
		return fmt.Errorf("ticket %s: %d points earned and %d redeemed, want none below zero", t.ID, t.Earned, t.Redeemed)
	}
	return checkSums(t)
}

// checkSums adds the lines up and holds the ticket against them.
func checkSums(t till.Ticket) error {
	var sum till.Sums
	seen := map[int]bool{}
	for _, l := range t.Lines {
		if l.N <= 0 || seen[l.N] || l.Quantity <= 0 || (l.Origin > 0) != (t.Kind == till.TicketReturn) {
			return fmt.Errorf("ticket %s, line %d: quantity %s, origin %d; want lines numbered once, a quantity, and an origin in a return alone", t.ID, l.N, l.Quantity, l.Origin)
		}
		if l.Gross.Minor() > till.MaxMinor || l.Cost.Minor() > till.MaxMinor || l.Cost.Minor() < 0 {
			return fmt.Errorf("ticket %s, line %d: gross %s, cost %s; want 12 digits at most", t.ID, l.N, l.Gross, l.Cost)
		}
		seen[l.N] = true
		m := till.Sums{Gross: l.Gross.Minor(), Discount: l.Discount().Minor(), Net: l.Net.Minor(), Tax: l.Tax.Minor(), Total: l.Total.Minor()}
		if err := checkSum(m, t.Inclusive); err != nil {
			return fmt.Errorf("ticket %s, line %d: %w", t.ID, l.N, err)
		}
		sum = sum.Add(m)
	}
	whole := till.Sums{Gross: t.Gross.Minor(), Discount: t.Discount.Minor(), Net: t.Net.Minor(), Tax: t.Tax.Minor(), Total: t.Total.Minor()}
	if sum != whole {
		return fmt.Errorf("ticket %s: the lines come to %+v, the ticket says %+v", t.ID, sum, whole)
	}
	return checkTaxes(t)
}

func checkSum(m till.Sums, inclusive bool) error {
	base := m.Net
	if inclusive {
		base = m.Total
	}
	if m.Gross-m.Discount != base || m.Net+m.Tax != m.Total || m.Total < 0 {
		return fmt.Errorf("gross %d, discount %d, net %d, tax %d and total %d do not add up", m.Gross, m.Discount, m.Net, m.Tax, m.Total)
	}
	return nil
}

func checkTaxes(t till.Ticket) error {
	sum := int64(0)
	for _, x := range t.Taxes {
		sum += x.Tax.Minor()
	}
	if sum != t.Tax.Minor() {
		return fmt.Errorf("ticket %s: the taxes come to %d, the ticket says %d", t.ID, sum, t.Tax.Minor())
	}
	return nil
}

// CheckPayment reports whether x may pay for a ticket, or pay back for a return; others
// are the transactions that name the ticket already. The error is a *till.Problem.
func CheckPayment(x till.Txn, t till.Ticket, others []till.Txn) error {
	want := till.Sale
	if t.Kind == till.TicketReturn {
		want = till.Refund
	}
	switch {
	case t.State.IsFinal():
		return TicketEnded(t)
	case x.Kind != want:
		return fmt.Errorf("transaction %s: a %s for a ticket that is a %s", x.ID, x.Kind, t.Kind)
	case x.Amount.Currency() != t.Total.Currency():
		return refuseTicket(t.ID, i18n.T("ticket %s is in %s and is paid in the same currency, not as %s", "单据 %s 的币种为 %s，须以同一币种付款，不能付 %s").With(t.ID, t.Total.Currency(), x.Amount))
	}
	return checkOwed(x, t, others)
}

// checkOwed refuses more than the ticket still lacks: what is being taken counts, since
// it may be found approved.
func checkOwed(x till.Txn, t till.Ticket, others []till.Txn) error {
	left := t.Total.Minor()
	var open *till.Txn
	for _, o := range others {
		switch {
		case o.State.IsOpen():
			open = &o
		case !holds(o):
			continue
		}
		if o.Kind != till.Void {
			left -= o.Covers().Minor()
		} else if o.State.IsOpen() {
			return stillOpen(o)
		}
	}
	covers := x.Covers().Minor()
	switch {
	case covers <= 0:
		return fmt.Errorf("transaction %s covers %d of ticket %s, want some of it", x.ID, covers, t.ID)
	case covers <= left:
		return nil
	case open != nil:
		return stillOpen(*open)
	}
	return refuseTicket(t.ID, i18n.T("%s is more than the %s that are left to pay of ticket %s", "%s 超出单据 %[3]s 的待付金额 %[2]s").With(
		x.Covers(), money.New(left, t.Total.Currency()), t.ID))
}

// CheckReturn reports whether a return may take back its lines. txns are those that name
// the sold ticket, returned is what has come back of each of its lines by other returns,
// or is coming. The error is a *till.Problem.
func CheckReturn(ret, sold till.Ticket, txns []till.Txn, returned map[int]till.Quantity) error {
	switch {
	case sold.Kind != till.TicketSale:
		return refuseTicket(sold.ID, i18n.T("ticket %s is no sale: only a sale can be returned", "单据 %s 不是销售：只有销售可以退货").With(sold.ID))
	case sold.State != till.TicketDone:
		return refuseTicket(sold.ID, i18n.T("ticket %s is %s: only a sale that was paid can be returned", "单据 %s 状态为 %s：只有已付款的销售可以退货").With(sold.ID, sold.State))
	case ret.Total.Currency() != sold.Total.Currency():
		return fmt.Errorf("return %s is in %s, the sale %s in %s", ret.ID, ret.Total.Currency(), sold.ID, sold.Total.Currency())
	}
	if void, ok := undoing(sold, txns); ok {
		return refuseTicket(sold.ID, i18n.T("ticket %s is being undone, by %s: nothing of it can be returned", "单据 %s 正在撤销（%s），不能退货").With(sold.ID, void.ID))
	}
	return checkReturned(ret, sold, returned)
}

// undoing finds a void of what had paid for the ticket.
func undoing(sold till.Ticket, txns []till.Txn) (till.Txn, bool) {
	paid := map[till.TxnID]bool{}
	for _, id := range sold.Txns {
		paid[id] = true
	}
	for _, x := range txns {
		if x.Kind == till.Void && paid[x.Original] && holds(x) {
			return x, true
		}
	}
	return till.Txn{}, false
}

func checkReturned(ret, sold till.Ticket, returned map[int]till.Quantity) error {
	left := map[int]till.Quantity{}
	lines := map[int]till.Line{}
	for _, l := range sold.Lines {
		left[l.N], lines[l.N] = l.Quantity-returned[l.N], l
	}
	for _, l := range ret.Lines {
		from, ok := lines[l.Origin]
		switch {
		case !ok || from.SKU != l.SKU:
			return fmt.Errorf("return %s, line %d: SKU %q of line %d of ticket %s, which says %q", ret.ID, l.N, l.SKU, l.Origin, sold.ID, from.SKU)
		case l.Quantity > left[l.Origin]:
			return refuseTicket(sold.ID, i18n.T("line %d of ticket %s (%s): %s to be returned, %s left of %s sold", "单据 %[2]s 第 %[1]d 行（%[3]s）：要退 %[4]s，已售 %[6]s 中可退 %[5]s").With(
				l.Origin, sold.ID, from.Name, l.Quantity, left[l.Origin], from.Quantity))
		}
		left[l.Origin] -= l.Quantity
	}
	return nil
}

// TicketState is where a ticket stands after one of the transactions that name it has
// changed; txns are all of them.
func TicketState(t till.Ticket, txns []till.Txn) till.TicketState {
	covered, held := int64(0), 0
	for _, x := range txns {
		if x.Kind == till.Void || !holds(x) {
			continue
		}
		held++
		if x.State.Outcome() == till.OutcomeApproved {
			covered += x.Covers().Minor()
		}
	}
	switch {
	case t.State == till.TicketPaying && held == 0:
		return till.TicketOpen
	case t.State == till.TicketPaying && covered == t.Total.Minor():
		return till.TicketDone
	case t.State == till.TicketDone && held == 0 && len(t.Txns) > 0:
		return till.TicketVoided
	}
	return t.State
}

// Paying are the transactions that cover a ticket: approved and not voided.
func Paying(txns []till.Txn) (paying []till.Txn) {
	for _, x := range txns {
		if x.Kind != till.Void && holds(x) && x.State.Outcome() == till.OutcomeApproved {
			paying = append(paying, x)
		}
	}
	return paying
}

// NoTicket is the problem of a ticket that the store does not hold.
func NoTicket(id till.TicketID) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("there is no ticket %s in this store", "本店数据中没有单据 %s").With(id),
		Hint: i18n.T("till sale list shows what there is", "till sale list 可列出已有单据").With(),
	}
}

// NoTicketKey is the problem of an idempotency key of a ticket that was never used.
func NoTicketKey(key string) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("no ticket has the key %q", "没有单据使用键 %q").With(key),
		Hint: i18n.T("till sale list shows what there is", "till sale list 可列出已有单据").With(),
	}
}

// StaleTicket is the problem of a commit that names another version than the store holds;
// its cause is till.ErrStale.
func StaleTicket(id till.TicketID, named, held int) error {
	return &till.Problem{
		Code:  till.CodeFailure,
		What:  i18n.T("ticket %s was changed by another program meanwhile", "单据 %s 已被另一程序更改").With(id),
		Hint:  i18n.T("nothing was stored; look at it again: till sale show %s", "未保存任何内容；请重新查看：till sale show %s").With(id),
		Cause: fmt.Errorf("commit names version %d, the store holds %d: %w", named, held, till.ErrStale),
	}
}

// TicketEnded is the problem of a ticket that is at an end and cannot be held, paid or
// canceled.
func TicketEnded(t till.Ticket) error {
	switch t.State {
	case till.TicketDone:
		return &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("ticket %s is done already", "单据 %s 已完成").With(t.ID),
			Hint: i18n.T("till return %s takes it back", "till return %s 可办理退货").With(t.ID),
		}
	case till.TicketVoided:
		return refuseTicket(t.ID, i18n.T("ticket %s was voided", "单据 %s 已撤销").With(t.ID))
	default:
	}
	return refuseTicket(t.ID, i18n.T("ticket %s was canceled", "单据 %s 已取消").With(t.ID))
}

// TicketBusy is the problem of a ticket that cannot be changed or given up since money is
// in it, or may be; txns are those that name it.
func TicketBusy(t till.Ticket, txns []till.Txn) error {
	for _, x := range txns {
		if x.State.IsOpen() {
			return stillOpen(x)
		}
	}
	p := &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("ticket %s is being paid: %s of %s are taken", "单据 %s 正在付款：已收 %s，应收 %s").With(t.ID, t.Paid, t.Total),
		Hint: i18n.T("till sale show %s tells what was taken", "till sale show %s 可查看已收款项").With(t.ID),
	}
	for _, x := range Paying(txns) {
		p.Hint = i18n.T("take the rest, or undo what was taken: till void %s", "请收取余款，或撤销已收款项：till void %s").With(x.ID)
	}
	return p
}

// RefundNeedsLines is the problem of a refund by itself of what has paid for a ticket.
func RefundNeedsLines(original till.Txn) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s paid for the lines of ticket %s: what goes back is bound to them", "%s 支付了单据 %s 的商品：退款须对应商品行").With(original.ID, original.Ticket),
		Hint: i18n.T("return its lines: till return %s", "请按行退货：till return %s").With(original.Ticket),
	}
}

// VoidAfterReturn is the problem of the void of a sale of which something came back.
func VoidAfterReturn(sold, ret till.TicketID) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("something of ticket %s was returned, by %s: it cannot be voided", "单据 %s 已有退货（%s），不能撤销").With(sold, ret),
		Hint: i18n.T("return the rest: till return %s", "请退回其余商品：till return %s").With(sold),
	}
}

// WrongOriginal is the fault of a return that pays back by a transaction that had not
// paid for what it returns. It is no text for a user.
func WrongOriginal(ret till.Ticket, original till.Txn) error {
	return fmt.Errorf("return %s is of ticket %s, the transaction %s paid for ticket %q", ret.ID, ret.Original, original.ID, original.Ticket)
}

func refuseTicket(id till.TicketID, what i18n.Message) error {
	return refuseWith(what, i18n.T("till sale show %s tells what became of it", "till sale show %s 可查看其经过").With(id))
}

// CheckUndo reports whether a transaction that names a ticket may be voided; txns are all
// that name it, returns those of it that stand. The error is a *till.Problem.
func CheckUndo(t till.Ticket, txns []till.Txn, returns []till.Ticket) error {
	for _, r := range returns {
		if r.State != till.TicketOpen { // a held one is refused when it is to be paid back
			return VoidAfterReturn(t.ID, r.ID)
		}
	}
	for _, x := range txns {
		if t.State == till.TicketPaying && x.Kind != till.Void && x.State.IsOpen() {
			return stillOpen(x) // it may complete the ticket while a part is on its way back
		}
	}
	return nil
}
