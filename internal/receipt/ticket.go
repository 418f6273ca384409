package receipt

import (
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// ticket is the paper of a sale or return of lines: what was sold, what was taken off,
// the tax, how it was paid, and for each card or wallet what finds its payment again.
func (s *sheet) ticket(d Doc, o Options) {
	t := *d.Ticket
	s.head(d, ticketTitle(t.Kind))
	s.ticketIdentity(t)
	s.rule("-")
	for _, l := range t.Lines {
		s.soldLine(l)
	}
	s.rule("-")
	s.sums(t)
	s.rule("-")
	for _, x := range d.Txns {
		s.payment(x)
	}
	s.stillDue(t, d.Txns)
	s.points(t, d.Member)
	s.banner(ticketVerdict(t))
	for _, x := range d.Txns {
		s.slip(x, o.Copy)
	}
	s.foot(o.Copy)
}

func ticketTitle(k till.TicketKind) i18n.Text {
	if k == till.TicketReturn {
		return i18n.T("RETURN", "退货单")
	}
	return i18n.T("SALES RECEIPT", "销售小票")
}

// ticketIdentity is what finds the ticket again.
func (s *sheet) ticketIdentity(t till.Ticket) {
	at := t.At
	if !t.DoneAt.IsZero() {
		at = t.DoneAt
	}
	s.row(i18n.T("DATE", "日期"), s.time(at))
	s.row(i18n.T("TILL", "收银台"), t.Terminal)
	s.row(ticketLabel(t.Kind), string(t.ID))
	s.row(i18n.T("OF SALE", "原销售单号"), string(t.Original))
	s.row(i18n.T("REASON", "原因"), hideNumbers(t.Reason))
	s.row(i18n.T("SERVED BY", "收银员"), string(t.Staff))
	s.row(i18n.T("APPROVED BY", "授权人"), string(t.Approver))
	s.row(i18n.T("HELD AS", "挂单"), heldLabel(t))
}

func ticketLabel(k till.TicketKind) i18n.Text {
	if k == till.TicketReturn {
		return i18n.T("RETURN NO", "退货单号")
	}
	return i18n.T("SALE NO", "销售单号")
}

// heldLabel is the label of a sale that still waits.
func heldLabel(t till.Ticket) string {
	if t.State != till.TicketOpen {
		return ""
	}
	return hideNumbers(t.Label)
}

// soldLine is one line: on one line of paper where it is one of something, else with how
// much at which price below, and each thing that was taken off below that.
func (s *sheet) soldLine(l till.Line) {
	name := hideNumbers(l.Name)
	if l.Quantity == till.One && l.Unit == till.Each {
		s.item(name, l.Gross.Decimal())
	} else {
		s.wrap(name, cells.Left)
		s.item("  "+s.measure(l), l.Gross.Decimal())
	}
	for _, r := range l.Reductions {
		s.item("  "+s.reduction(r), "-"+r.Amount.Decimal())
	}
}

// measure is how much of what, "2 x 28.00" or "0.375 kg x 40.00".
func (s *sheet) measure(l till.Line) string {
	unit := ""
	if l.Unit != till.Each && l.Unit != "" {
		unit = " " + string(l.Unit)
	}
	return l.Quantity.String() + unit + " x " + l.Price.Decimal()
}

// reduction says why something was taken off.
func (s *sheet) reduction(r till.Reduction) string {
	words := hideNumbers(r.Name)
	switch r.Source {
	case till.ByPoints:
		words = s.say(i18n.T("points", "积分抵扣"))
	case till.ByHand, till.ByHandWhole:
		words = s.say(i18n.T("discount", "折扣"))
		if r.Percent > 0 {
			words += " " + r.Percent.String()
		}
		if r.Reason != "" {
			words += " (" + hideNumbers(r.Reason) + ")"
		}
	case till.ByProgramme:
	}
	return words
}

// item is words at the left and an amount at the right; words that are too long take
// lines of their own.
func (s *sheet) item(words, amount string) {
	room := s.width - cells.Width(amount) - 1
	words = cells.Plain(words)
	if cells.Width(words) > room {
		s.wrap(words, cells.Left)
		s.line(cells.Pad(amount, s.width, cells.Right))
		return
	}
	s.line(cells.Pad(words, room, cells.Left) + " " + amount)
}

// sums are what the lines come to.
func (s *sheet) sums(t till.Ticket) {
	if !t.Discount.IsZero() {
		s.row(i18n.T("SUBTOTAL", "小计"), t.Gross.Decimal())
		s.row(i18n.T("DISCOUNT", "优惠"), "-"+t.Discount.Decimal())
	}
	if !t.Inclusive {
		s.row(i18n.T("NET", "不含税"), t.Net.Decimal())
	}
	for _, x := range t.Taxes {
		s.item(s.taxWords(x, t.Inclusive), x.Tax.Decimal())
	}
	s.row(i18n.T("TOTAL", "合计"), t.Total.String())
}

// taxWords names a tax with its rate and what it is levied on.
func (s *sheet) taxWords(x till.TaxLine, inclusive bool) string {
	name := strings.TrimSpace(x.Name + " " + x.Rate.String())
	if x.Name == "" {
		name = s.say(i18n.T("no tax", "免税")) + " (" + x.Class + ")"
	}
	if inclusive && x.Name != "" {
		name = s.say(i18n.T("incl.", "含")) + " " + name
	}
	return name + " / " + x.Net.Decimal()
}

// payment is one tender: what it was, what it took, and what came of it where that is
// not that it was taken.
func (s *sheet) payment(x till.Txn) {
	words := s.say(tenderWords(x))
	if x.Card != nil && x.Tender == till.Card {
		words = cardWords(*x.Card)
	}
	if kind := paymentKind(x); !kind.IsZero() {
		words = s.say(kind) + " " + words
	}
	if said := paymentOutcome(x); !said.IsZero() {
		s.item(words+" - "+s.say(said), x.Amount.Decimal())
		return
	}
	s.item(words, x.Amount.Decimal())
	if !x.Rounding.IsZero() {
		s.item("  "+s.say(i18n.T("of which rounding", "其中舍入")), x.Rounding.Decimal())
	}
	if !x.Given.IsZero() {
		s.item("  "+s.say(i18n.T("given", "实收")), x.Given.Decimal())
		s.item("  "+s.say(i18n.T("change", "找零")), x.Change().Decimal())
	}
}

func tenderWords(x till.Txn) i18n.Text {
	switch x.Tender {
	case till.Cash:
		return i18n.T("CASH", "现金")
	case till.QR:
		return i18n.T("WALLET", "扫码")
	case till.Card:
	}
	return i18n.T("CARD", "银行卡")
}

func paymentKind(x till.Txn) i18n.Text {
	switch x.Kind {
	case till.Refund:
		return i18n.T("REFUND", "退款")
	case till.Void:
		return i18n.T("VOID", "撤销")
	case till.Sale, till.PreAuth, till.Increment, till.Completion, till.CashAdvance, till.Tip:
	}
	return i18n.Text{}
}

// paymentOutcome is the word for a tender that did not simply stand.
func paymentOutcome(x till.Txn) i18n.Text {
	switch {
	case x.VoidedBy != "":
		return i18n.T("voided", "已撤销")
	case x.Outcome() == till.OutcomeApproved:
		return i18n.Text{}
	case x.Outcome() == till.OutcomeDeclined && x.ResponseCode != "" && !saysApproved(x.ResponseCode) && x.Tender == till.Card:
		return i18n.Join(i18n.T("declined ", "拒绝 "), i18n.Same(x.ResponseCode+" "), ResponseText(x.ResponseCode))
	}
	return x.OutcomeText()
}

// stillDue is what is missing of a ticket that is not paid.
func (s *sheet) stillDue(t till.Ticket, txns []till.Txn) {
	if t.State != till.TicketPaying && t.State != till.TicketOpen {
		return
	}
	due := t.Total.Minor()
	for _, x := range txns {
		if x.Kind != till.Void && x.VoidedBy == "" && x.Outcome() == till.OutcomeApproved {
			due -= x.Covers().Minor()
		}
	}
	label := i18n.T("STILL DUE", "尚欠")
	if t.Kind == till.TicketReturn {
		label = i18n.T("STILL TO GO BACK", "尚待退还")
	}
	s.row(label, money.New(due, t.Total.Currency()).String())
}

// points are those that the ticket moved, and what the member has now.
func (s *sheet) points(t till.Ticket, m *till.Member) {
	if t.Member == "" {
		return
	}
	earned, redeemed := i18n.T("POINTS EARNED", "获得积分"), i18n.T("POINTS SPENT", "使用积分")
	if t.Kind == till.TicketReturn {
		earned, redeemed = i18n.T("POINTS TAKEN BACK", "扣回积分"), i18n.T("POINTS GIVEN BACK", "退还积分")
	}
	s.rule("-")
	s.row(i18n.T("CUSTOMER", "会员"), string(t.Member))
	s.row(redeemed, pointsText(t.Redeemed))
	s.row(earned, pointsText(t.Earned))
	if m != nil {
		s.row(i18n.T("POINTS NOW", "积分余额"), strconv.FormatInt(m.Points, 10))
	}
}

func pointsText(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// ticketVerdict is the word in the frame. PAID is said when everything is covered, and
// of nothing else.
func ticketVerdict(t till.Ticket) i18n.Text {
	switch t.State {
	case till.TicketDone:
		if t.Kind == till.TicketReturn {
			return i18n.T("PAID BACK", "已退款")
		}
		return i18n.T("PAID", "已付款")
	case till.TicketVoided:
		return i18n.T("VOIDED", "已撤销")
	case till.TicketCanceled:
		return i18n.T("CANCELLED", "已取消")
	case till.TicketOpen, till.TicketPaying:
	}
	if t.Kind == till.TicketReturn {
		return i18n.T("NOT PAID BACK", "未退清")
	}
	return i18n.T("NOT PAID", "未付清")
}

// slip is what a card or a wallet needs beside the lines. Cash needs none, and neither
// does what was not taken: its row says so.
func (s *sheet) slip(x till.Txn, c Copy) {
	if x.Tender == till.Cash || x.Outcome() != till.OutcomeApproved {
		return
	}
	s.rule("-")
	s.center(s.say(title(Doc{Txn: x})) + " " + x.Amount.String())
	s.row(i18n.T("MID", "商户编号"), x.Merchant)
	s.row(i18n.T("TID", "终端编号"), x.Terminal)
	s.row(i18n.T("RECEIPT", "小票号"), Number(x))
	s.row(i18n.T("TXN", "交易号"), string(x.ID))
	s.row(i18n.T("RRN", "参考号"), x.RRN)
	s.row(i18n.T("AUTH CODE", "授权码"), x.AuthCode)
	s.card(Doc{Txn: x})
	s.wallet(x)
	s.row(i18n.T("OUTCOME", "结果"), s.say(verdictText(x)))
	s.verification(x, c)
	s.chip(x)
}
