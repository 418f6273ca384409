package pages

import (
	"strings"
	"time"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/internal/tui/components"
	"github.com/tillworks/till/internal/tui/keymap"
	"github.com/tillworks/till/pkg/money"
)

// code is a payment code that is being shown.
type code struct {
	payload string
	until   time.Time // after this it cannot be paid; zero is not known
	shown   int       // ticks since it came up
}

// left is how long it can still be paid: by the gateway's word, else by the patience of
// the shop. The shop's clock may jump; its patience is counted in ticks.
func (c code) left(now time.Time, patience time.Duration) (time.Duration, bool) {
	if !c.until.IsZero() {
		return max(c.until.Sub(now), 0), true
	}
	return max(patience-time.Duration(c.shown)*time.Second, 0), patience > 0
}

// observe adds a line about what the register is doing.
func (p Pay) observe(o register.Observation) Pay {
	if !p.busy {
		return p
	}
	if o.What == register.CodeShown && o.Txn.Wallet != nil {
		p.code = code{payload: o.Txn.Wallet.Code, until: o.Txn.Wallet.ExpiresAt}
	}
	p.offer = offer{} // the register has gone on
	if text := observed(o); !text.IsZero() {
		p.told = append(append([]i18n.Message(nil), p.told...), text)
	}
	return p
}

// observed is what the register does, in words.
func observed(o register.Observation) i18n.Message {
	switch o.What {
	case register.WaitingForCard:
		return waitingFor(o.Txn.Entry)
	case register.CardIsRead:
		return i18n.T("the card is read", "已读卡").With()
	case register.IntentStored:
		return i18n.T("noted in the journal: %s", "已记入流水账：%s").With(o.Txn.Amount)
	case register.RequestSent:
		return i18n.T("asking the bank", "正在请求银行授权").With()
	case register.CardCompleting:
		return i18n.T("the bank has answered; the card checks it", "银行已应答，卡片校验中").With()
	case register.CodeShown:
		return i18n.T("waiting for the shopper to pay the code", "等待顾客扫码付款").With()
	case register.ReversalSent:
		return i18n.T("undoing it at the bank", "正在冲正").With()
	case register.SigningOn:
		return i18n.T("signing on at the host", "正在签到").With()
	case register.Told:
		return i18n.T("outcome: %s", "结果：%s").With(o.Txn.OutcomeText())
	case register.WaitingForPIN:
		return i18n.T("waiting for the PIN", "等待输入密码").With()
	case register.AdviceSent:
		return i18n.T("telling the bank", "正在通知银行").With()
	case register.LateAnswer, register.TotalsSent, register.RecordSent, register.ConfirmationSent:
	}
	return i18n.Message{}
}

// waitingFor asks for the card in the way in which it comes.
func waitingFor(e till.Entry) i18n.Message {
	if e == till.Tap {
		return i18n.T("hold the card or phone to the reader", "请将卡片或手机靠近读卡器").With()
	}
	return i18n.T("insert the card", "请插卡").With()
}

// quickAmounts are what a shopper is likely to hand over: exactly what is due, and the
// next full amounts above it.
func quickAmounts(due money.Amount) []money.Amount {
	amounts := []money.Amount{due}
	unit := int64(1)
	for range due.Currency().Exponent() {
		unit *= 10
	}
	for _, step := range []int64{1, 5, 10, 20, 50, 100, 200, 500, 1000} {
		next := (due.Minor() + step*unit - 1) / (step * unit) * step * unit
		if next > amounts[len(amounts)-1].Minor() && len(amounts) < 5 {
			amounts = append(amounts, money.New(next, due.Currency()))
		}
	}
	return amounts
}

// nextQuick puts the next quick amount into the field.
func (p Pay) nextQuick() Pay {
	amounts := quickAmounts(p.cashDue())
	p.given = p.given.With(amounts[p.quick%len(amounts)].Decimal())
	p.quick++
	return p
}

// View implements common.Page.
func (p Pay) View(f common.Frame) string {
	if p.code.payload != "" {
		return p.codeView(f)
	}
	lines := append([]string{""}, p.dueLines(f)...)
	lines = append(lines, "")
	switch {
	case p.offer.isOpen():
		lines = append(lines, p.offerLines(f)...)
	case p.busy:
		lines = append(lines, p.toldLines(f)...)
	case p.giveUp:
		lines = append(lines, p.giveUpLines(f)...)
	case p.inCash:
		lines = append(lines, p.cashLines(f)...)
	default:
		lines = append(lines, p.choiceLines(f)...)
	}
	lines = append(lines, "")
	return indent(append(lines, p.paidLines(f)...), 2)
}

// dueLines are what is to be paid, large where there is room.
func (p Pay) dueLines(f common.Frame) []string {
	head := f.Styles.Strong.Render(f.Say(i18n.T("To pay", "应付")) + " " + p.due.Currency().Code())
	if p.paid().IsPositive() {
		head += "  " + i18n.T("of %s, %s are taken", "共 %s，已收 %s").With(p.ticket.Total.Decimal(), p.paid().Decimal()).In(f.Lang)
	}
	if f.Height < 16 {
		return []string{head + "  " + f.Styles.Total.Render(p.due.Decimal())}
	}
	return append([]string{head}, strings.Split(components.BigText(f, p.due.Decimal(), f.Width-4), "\n")...)
}

func (p Pay) choiceLines(f common.Frame) []string {
	return []string{
		keyLine(f, f.Keys.Cash, i18n.T("cash, with change", "现金，可找零")),
		keyLine(f, f.Keys.Card, i18n.T("card put into the reader", "插卡")),
		keyLine(f, f.Keys.Code, i18n.T("wallet: show a code", "扫码：显示收款码")),
		keyLine(f, f.Keys.Tap, i18n.T("card or phone held to the reader", "挥卡或手机支付")),
		"",
		f.Say(i18n.T("Only a part? Type it first:", "只付一部分请先输入：")) + " " + p.part.View(f, 18),
	}
}

// giveUpLines ask what becomes of what was taken.
func (p Pay) giveUpLines(f common.Frame) []string {
	what := i18n.T("%s were taken. What becomes of it?", "已收 %s，如何处理？").With(p.paid())
	if !p.paid().IsPositive() {
		what = i18n.T("It is not known yet whether something was taken.", "尚不清楚是否已扣款。").With()
	}
	return []string{
		f.Styles.Warn.Render(f.Styles.Border.Warning + " " + what.In(f.Lang)),
		keyLine(f, f.Keys.Enter, i18n.T("give it back and cancel the sale", "退还并取消本单")),
		f.Styles.Key.Render("F2-F5 ") + " " + f.Say(i18n.T("take the rest", "收取余款")),
		keyLine(f, f.Keys.Back, i18n.T("leave the sale as it is, and go on with it later", "保持现状，稍后继续")),
	}
}

// keyLine is a key and what it does.
func keyLine(f common.Frame, k keymap.Key, does i18n.Text) string {
	return f.Styles.Key.Render(cells.Fit(k.Shown(), 6, cells.Left)) + " " + f.Say(does)
}

func (p Pay) cashLines(f common.Frame) []string {
	due := p.cashDue()
	lines := []string{
		f.Say(i18n.T("Cash to pay:", "现金应付：")) + " " + f.Styles.Strong.Render(due.String()),
		f.Say(i18n.T("Handed over:", "实收现金：")) + " " + p.given.View(f, 18),
		f.Styles.Key.Render(f.Keys.Next.Shown()) + " " + quickLine(f, due, p.given.Value()),
	}
	given, err := money.Parse(p.given.Value(), p.work.Currency)
	if err != nil {
		return lines
	}
	change := money.New(given.Minor()-due.Minor(), given.Currency())
	word := i18n.T("Change", "找零")
	if change.Minor() < 0 {
		word, change = i18n.T("Missing", "尚差"), change.Neg()
	}
	head := f.Styles.Strong.Render(f.Say(word) + " " + change.Currency().Code())
	if f.Height < 16 {
		return append(lines, head+"  "+f.Styles.Total.Render(change.Decimal()))
	}
	return append(append(lines, "", head), strings.Split(components.BigText(f, change.Decimal(), f.Width-4), "\n")...)
}

// quickLine are the likely amounts, the one in the field marked.
func quickLine(f common.Frame, due money.Amount, given string) string {
	amounts := quickAmounts(due)
	parts := make([]string, len(amounts))
	for i, a := range amounts {
		if parts[i] = a.Decimal(); parts[i] == given {
			parts[i] = f.Styles.Selected.Render(parts[i])
		}
	}
	return strings.Join(parts, "  ")
}

// toldLines are the last things that the register has done.
func (p Pay) toldLines(f common.Frame) []string {
	lines := make([]string, 0, len(p.told)+1)
	for i, m := range p.told {
		sign := f.Styles.Border.Check
		if i == len(p.told)-1 {
			sign = f.Styles.Border.More
		}
		lines = append(lines, sign+" "+m.In(f.Lang))
	}
	if len(lines) == 0 {
		lines = append(lines, f.Styles.Border.More+" "+f.Say(i18n.T("one moment", "请稍候")))
	}
	return lines[max(len(lines)-8, 0):]
}

// paidLines are the tenders that the sale has had.
func (p Pay) paidLines(f common.Frame) []string {
	var lines []string
	for _, x := range p.bill.Txns {
		sign := f.Styles.Border.Cross
		if x.State == till.Approved && x.VoidedBy == "" {
			sign = f.Styles.Border.Check
		}
		lines = append(lines, sign+" "+cells.Fit(f.Say(x.Tender.Text()), 8, cells.Left)+cells.Pad(x.Amount.Decimal(), 12, cells.Right)+"  "+paidText(f, x))
	}
	return lines
}

// paidText is what became of a tender, with what was asked where the host approved a part.
func paidText(f common.Frame, x till.Txn) string {
	if x.Unmet().IsPositive() {
		return i18n.T("%s (a part of %s)", "%s（%s 中的一部分）").With(x.OutcomeText(), x.Asked.Decimal()).In(f.Lang)
	}
	return f.Say(x.OutcomeText())
}

// codeView is the payment code as large as the page takes, with the seconds left.
func (p Pay) codeView(f common.Frame) string {
	head := f.Styles.Strong.Render(p.amountOfTender().String()) + "  " + f.Say(i18n.T("the shopper scans this code", "请顾客扫描此码"))
	if left, known := p.code.left(f.Now, p.work.Patience); known {
		head += "  " + i18n.T("%d s left", "剩余 %d 秒").With(int(left.Seconds())).In(f.Lang)
	}
	return components.Center(head+"\n"+components.QR(f, p.code.payload, f.Width, f.Height-2), f.Width, f.Height)
}

// amountOfTender is what is being taken.
func (p Pay) amountOfTender() money.Amount {
	if p.tender.Amount.IsZero() {
		return p.due
	}
	return p.tender.Amount
}

// indent moves lines to the right.
func indent(lines []string, by int) string {
	space := strings.Repeat(" ", by)
	for i, l := range lines {
		if l != "" {
			lines[i] = space + l
		}
	}
	return strings.Join(lines, "\n")
}
