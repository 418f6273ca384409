package store

import (
	"errors"
	"fmt"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// The subjects of journal rows about the drawer and the days.
const (
	AboutShift  Subject = "shift"  // the body is a till.Shift, the id its number
	AboutDrawer Subject = "drawer" // the body is a till.DrawerMove, the id its Seq
	AboutZ      Subject = "z"      // the body is a till.ZReport, the id its number
)

// CheckShift reports what a new shift lacks. Such an error is a fault of the program and
// no text for a user.
func CheckShift(s till.Shift) error {
	switch {
	case s.Terminal == "" || s.Number != 0 || s.Version != 0 || !s.IsOpen():
		return fmt.Errorf("new shift %d at terminal %q, version %d: want a terminal and no number", s.Number, s.Terminal, s.Version)
	case s.Float.Currency().IsZero() || s.Float.Minor() < 0:
		return fmt.Errorf("new shift: float %s, want one in a currency, not negative", s.Float)
	}
	return nil
}

// CheckDrawerMove reports what a move of a drawer lacks that is put in from outside. Such
// an error is a fault of the program and no text for a user.
func CheckDrawerMove(m till.DrawerMove) error {
	switch {
	case m.Reason != till.DrawerPayIn && m.Reason != till.DrawerPayOut:
		return fmt.Errorf("drawer move: reason %q, want pay_in or pay_out", m.Reason)
	case m.Seq != 0 || m.Shift == 0:
		return errors.New("drawer move: it has a number, or no shift")
	case !m.Amount.IsPositive():
		return fmt.Errorf("drawer move: amount %s, want a positive one", m.Amount)
	}
	return nil
}

// DrawerSum is what a drawer must hold, by the sums of it.
func DrawerSum(d till.Drawer) money.Amount {
	minor := d.Float.Minor() + d.Sales.Minor() - d.Refunds.Minor() - d.Voids.Minor() + d.PayIns.Minor() - d.PayOuts.Minor() - d.ByCard.Minor()
	return money.New(minor, d.Float.Currency())
}

// ZBody is the canonical JSON of a Z report, and ZHash of the same without its hash.
func ZBody(z till.ZReport) ([]byte, error) { return Body(AboutZ, fmt.Sprint(z.Number), z) }

// ZHash is the SHA-256, in hex, of the canonical JSON of a Z report without its own hash.
// The hash of the one before is in it, so that each holds all before it.
func ZHash(z till.ZReport) (string, error) {
	z.Hash = ""
	body, err := ZBody(z)
	if err != nil {
		return "", err
	}
	return digest(body), nil
}

// NoShift is the problem of a shift that the store does not hold.
func NoShift(number int) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("there is no shift %d", "没有班次 %d").With(number),
		Hint: i18n.T("till shift list shows what there is", "till shift list 可列出已有班次").With(),
	}
}

// NoOpenShift is the problem of a terminal at which no shift is open.
func NoOpenShift(terminal string) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("no shift is open at terminal %s", "终端 %s 没有进行中的班次").With(terminal),
		Hint: i18n.T("open one: till shift open", "请开班：till shift open").With(),
	}
}

// ShiftOpen is the problem of a shift at a terminal that has one.
func ShiftOpen(s till.Shift) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("shift %d is open at terminal %s", "终端 %[2]s 的班次 %[1]d 尚未结束").With(s.Number, s.Terminal),
		Hint: i18n.T("count the drawer and close it: till shift close", "请清点钱箱并交班：till shift close").With(),
	}
}

// ShiftClosed is the problem of a shift that is over.
func ShiftClosed(number int) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("shift %d is closed", "班次 %d 已结束").With(number),
		Hint: i18n.T("till shift show %d tells how it ended", "till shift show %d 可查看交班结果").With(number),
	}
}

// StaleShift is the problem of a commit that names another version than the store holds;
// its cause is till.ErrStale.
func StaleShift(number, named, held int) error {
	return &till.Problem{
		Code:  till.CodeFailure,
		What:  i18n.T("shift %d was changed by another program meanwhile", "班次 %d 已被另一程序更改").With(number),
		Hint:  i18n.T("nothing was stored; look at it again: till shift show %d", "未保存任何内容；请重新查看：till shift show %d").With(number),
		Cause: fmt.Errorf("commit names version %d, the store holds %d: %w", named, held, till.ErrStale),
	}
}

// ShiftCurrency is the problem of cash of another currency than a drawer holds.
func ShiftCurrency(number int, held, got money.Currency) error {
	return refuseWith(
		i18n.T("the drawer of shift %d is counted in %s and takes no %s", "班次 %d 的钱箱币种为 %s，不接受 %s").With(number, held, got),
		i18n.T("close the shift first: till shift close", "请先交班：till shift close").With())
}

// HandsOut is how much cash of the drawer a transaction hands out to the shopper.
func HandsOut(t till.Txn) int64 {
	if t.Kind == till.CashAdvance {
		return t.Amount.Minor()
	}
	return t.Cashback.Minor()
}

// DrawerTooLow is the problem of more being paid out than a drawer holds.
func DrawerTooLow(shift int, want, held money.Amount) error {
	return refuseWith(
		i18n.T("%s to be paid out, %s in the drawer of shift %d", "要支出 %s，班次 %[3]d 的钱箱内只有 %[2]s").With(want, held, shift),
		i18n.T("till shift show %d tells what is in it", "till shift show %d 可查看钱箱金额").With(shift))
}

// ShiftNotSettled is the problem of a shift that cannot close over something open.
func ShiftNotSettled(number int, txn till.TxnID, ticket till.TicketID) error {
	p := &till.Problem{
		Code: till.CodePending,
		What: i18n.T("shift %d cannot close: the outcome of %s is not settled", "班次 %d 不能结束：%s 的结果尚未确定").With(number, txn),
		Hint: i18n.T("till txn resolve sends it again; what till txn exceptions lists waits for a manager", "till txn resolve 可重新发送；till txn exceptions 所列的须由主管裁定").With(),
	}
	if txn == "" {
		p.What = i18n.T("shift %d cannot close: ticket %s is paid in part", "班次 %d 不能结束：单据 %s 只付了一部分").With(number, ticket)
		p.Hint = i18n.T("take the rest, or undo what was taken: till sale show %s", "请收取余款，或撤销已收款项：till sale show %s").With(ticket)
	}
	return p
}

// DayNotSettled is the problem of a business day that cannot close over something open:
// a shift, else a transaction, else a ticket.
func DayNotSettled(shift int, txn till.TxnID, ticket till.TicketID) error {
	p := &till.Problem{Code: till.CodePending}
	switch {
	case shift != 0:
		p.What = i18n.T("the day cannot close: shift %d is open", "不能日结：班次 %d 尚未结束").With(shift)
		p.Hint = i18n.T("count its drawer and close it: till shift close", "请清点钱箱并交班：till shift close").With()
	case txn != "":
		p.What = i18n.T("the day cannot close: the outcome of %s is not settled", "不能日结：%s 的结果尚未确定").With(txn)
		p.Hint = i18n.T("settle it first: till txn resolve", "请先处理：till txn resolve").With()
	default:
		p.What = i18n.T("the day cannot close: ticket %s is paid in part", "不能日结：单据 %s 只付了一部分").With(ticket)
		p.Hint = i18n.T("take the rest, or undo what was taken: till sale show %s", "请收取余款，或撤销已收款项：till sale show %s").With(ticket)
	}
	return p
}

// NoZ is the problem of a Z report that the store does not hold.
func NoZ(number int) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("there is no Z report %d", "没有日结报表 %d").With(number),
		Hint: i18n.T("till report z --list shows what there is", "till report z --list 可列出已有日结报表").With(),
	}
}
