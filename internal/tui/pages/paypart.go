package pages

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/internal/tui/common"
	"github.com/tillworks/till/pkg/money"
)

// offer is a part of an amount that the host approved, and that the shopper is asked about.
type offer struct {
	common.PartAsked

	shown int // ticks since it came up
}

// isOpen reports that there is an offer without a word on it.
func (o offer) isOpen() bool { return o.Decide != nil }

// left is how long the shopper may still take.
func (o offer) left(patience time.Duration) time.Duration {
	return max(patience-time.Duration(o.shown)*time.Second, 0)
}

// offered asks the shopper. A payment that is being stopped takes no part.
func (p Pay) offered(q common.PartAsked) (common.Page, tea.Cmd) {
	switch {
	case !p.busy:
		return p, nil
	case p.stopping:
		q.Decide(false)
		return p, nil
	}
	p.offer = offer{PartAsked: q}
	return p, common.Send(common.Tell{
		Text: i18n.T("the bank approves a part only: ask the shopper", "银行仅批准部分金额：请询问顾客").With(), Tone: common.Warn, Bell: true,
	})
}

// decide is a key while the shopper is asked. Neither Enter nor a letter decides: a scanner
// types those.
func (p Pay) decide(k tea.KeyPressMsg) Pay {
	accepted := p.work.Keys.Part.Is(k.String())
	if !accepted && !p.work.Keys.NoPart.Is(k.String()) {
		return p
	}
	p.offer.Decide(accepted)
	p.offer = offer{}
	return p
}

// offerLines are the question, and what each answer leads to.
func (p Pay) offerLines(f common.Frame) []string {
	rest := money.New(p.due.Minor()-p.offer.Approved.Minor(), p.due.Currency())
	wrapped := func(m i18n.Message) []string { return cells.Wrap(m.In(f.Lang), f.Width-4) }
	var lines []string
	for _, l := range wrapped(i18n.T("%s The bank approves %s of the %s asked.", "%[1]s 请求 %[3]s，银行只批准 %[2]s。").With(f.Styles.Border.Warning, p.offer.Approved, p.offer.Asked)) {
		lines = append(lines, f.Styles.Warn.Render(l))
	}
	lines = append(lines, wrapped(i18n.T("With that, %s of this sale are left to pay.", "收取后本单尚需支付 %s。").With(rest))...)
	if f.Height >= 16 {
		lines = append(lines, "")
	}
	lines = append(
		lines,
		keyLine(f, f.Keys.Part, i18n.T("take it; the rest by cash, code or another card", "收取该部分，余款以现金、扫码或另一张卡支付")),
		keyLine(f, f.Keys.NoPart, i18n.T("take nothing by this card: it is given back", "此卡不收款：该部分退还持卡人")),
	)
	if p.work.Patience > 0 {
		left := int(p.offer.left(p.work.Patience).Seconds())
		lines = append(lines, "")
		lines = append(lines, wrapped(i18n.T("Without an answer nothing is taken: %d s left", "无应答则不收款：剩余 %d 秒").With(left))...)
	}
	return lines
}

// last is the transaction that this call made last; none where it made none.
func (p Pay) last() till.Txn {
	if n := len(p.bill.Taken); n > 0 {
		return p.bill.Taken[n-1].Txn
	}
	return till.Txn{}
}

// tellPart says in a line what became of a part that the host approved.
func (p Pay) tellPart(x till.Txn) tea.Cmd {
	tell := common.Tell{
		Text: i18n.T("%s of %s are taken, %s are still due", "已收 %[2]s 中的 %[1]s，尚应付 %[3]s").With(x.Amount, x.Wanted(), p.due),
		Hint: i18n.T("now the rest: cash, code or another card", "请收取余款：现金、扫码或另一张卡").With(), Tone: common.Good,
	}
	switch {
	case x.State.IsOpen():
		tell.Text = i18n.T("nothing is taken; the part is being given back, %s are due", "未收款；该部分正在退还，应付 %s").With(p.due)
		tell.Hint = i18n.T("taking the payment again settles it first", "再次收款前会先处理完毕").With()
		tell.Tone = common.Warn
	case x.State == till.Reversed:
		tell.Text = i18n.T("nothing is taken; the part was given back, %s are due", "未收款；该部分已退还，应付 %s").With(p.due)
		tell.Hint = i18n.T("try another card or another tender", "请换卡或换用其他方式").With()
		tell.Tone = common.Warn
	}
	return common.Send(tell)
}
