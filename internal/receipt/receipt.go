// Package receipt lays out the paper of a transaction as plain text, 32 or 48 cells
// wide, in English or Chinese.
//
// [Render] is a pure function of a [Doc] and [Options]: no clock, no time zone of the
// machine, no printer. What must be on the paper and what must not follows the rules
// that the card schemes and EMVCo give acquirers: application identifier and label, how
// the shopper was verified, the last four digits of the card and never more, never its
// expiry date.
//
// APPROVED is printed for a transaction that a card host or a wallet gateway has posted,
// or a card host will be told of, and for nothing else: cash says PAID.
package receipt

import (
	"fmt"
	"strings"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Doc is what a receipt tells. A merchant number and a terminal number are those of the
// transaction.
type Doc struct {
	MerchantName    string
	MerchantAddress string    // may hold newlines
	Notice          i18n.Text // under the address, such as that a lab moves no money
	Txn             till.Txn  // not looked at where there is a Ticket
	Original        *till.Txn // the transaction behind a void or refund, where it is at hand

	// Of a sale or return of lines: one paper for the ticket and all that paid for it.
	Ticket *till.Ticket
	Txns   []till.Txn   // of the ticket, first begun first
	Member *till.Member // whose points it tells; nil tells none
}

// Copy says for whom the paper is.
type Copy string

// The copies. The merchant's has the line to sign where the card asks for a signature.
const (
	Customer Copy = "customer"
	Merchant Copy = "merchant"
)

// Options say how a receipt looks. The zero Options are a customer copy in English, 32
// cells wide, its times in UTC.
type Options struct {
	Width     int            // cells: 32 on 58 mm paper, 48 on 80 mm; 0 is 32; below 20 is 20
	Lang      i18n.Lang      // zero is English
	Copy      Copy           // zero is Customer
	Duplicate bool           // a reprint
	Zone      *time.Location // of the date and time; nil is UTC
}

// Render is the receipt: lines that end in a newline, none wider than the width.
func Render(d Doc, o Options) string {
	s := newSheet(o)
	if d.Ticket != nil {
		s.ticket(d, o)
		return s.String()
	}
	s.head(d, title(d))
	s.identity(d.Txn)
	s.card(d)
	s.wallet(d.Txn)
	s.original(d)
	s.amount(d.Txn)
	s.cash(d.Txn)
	s.outcome(d.Txn)
	s.verification(d.Txn, o.Copy)
	s.chip(d.Txn)
	s.foot(o.Copy)
	return s.String()
}

// Number is the receipt number of a transaction: its batch and its trace number, six
// digits each, "000012-000345". It is unique per terminal.
func Number(t till.Txn) string { return fmt.Sprintf("%06d-%s", t.Batch, t.STAN) }

// head is the shop, and what kind of paper this is.
func (s *sheet) head(d Doc, title i18n.Text) {
	s.center(d.MerchantName)
	for line := range strings.Lines(d.MerchantAddress) {
		s.center(strings.TrimSpace(line))
	}
	s.duplicate()
	if !d.Notice.IsZero() {
		s.center(s.say(d.Notice))
	}
	s.rule("=")
	s.center(s.say(title))
	s.rule("=")
}

// identity is what finds the transaction again: here, at the acquirer, at the issuer.
func (s *sheet) identity(t till.Txn) {
	s.row(i18n.T("MID", "商户编号"), t.Merchant)
	s.row(i18n.T("TID", "终端编号"), t.Terminal)
	s.row(i18n.T("DATE", "日期"), s.time(t.At))
	s.row(i18n.T("RECEIPT", "小票号"), Number(t))
	s.row(i18n.T("TXN", "交易号"), string(t.ID))
	if t.Tender == till.Cash {
		return
	}
	s.row(i18n.T("BATCH", "批次号"), fmt.Sprintf("%06d", t.Batch))
	s.row(i18n.T("TRACE", "凭证号"), t.STAN.String())
	s.row(i18n.T("RRN", "参考号"), t.RRN)
	s.row(i18n.T("AUTH CODE", "授权码"), t.AuthCode)
}

// card is the card as far as paper may show it, and how it was read. A void or refund
// that read no card shows the original's.
func (s *sheet) card(d Doc) {
	summary := d.Txn.Card
	if summary == nil && d.Original != nil {
		summary = d.Original.Card
	}
	if summary != nil {
		s.row(i18n.T("CARD", "卡号"), cardWords(*summary))
	}
	s.row(entryLabel(d.Txn.Tender), s.say(entry(d.Txn.Entry)))
}

// cardWords are all of a card that paper may show.
func cardWords(c till.CardSummary) string {
	return strings.TrimSpace(hideNumbers(c.Brand) + " **** " + lastFour(c.Masked))
}

// original names what a void or refund undoes.
func (s *sheet) original(d Doc) {
	if d.Original == nil {
		s.row(i18n.T("ORIGINAL TXN", "原交易号"), string(d.Txn.Original))
		return
	}
	s.row(i18n.T("ORIGINAL RECEIPT", "原小票号"), Number(*d.Original))
	s.row(i18n.T("ORIGINAL TXN", "原交易号"), string(d.Original.ID))
	s.row(i18n.T("ORIGINAL DATE", "原交易日期"), s.time(d.Original.At))
	s.row(i18n.T("ORIGINAL AMOUNT", "原交易金额"), d.Original.Amount.String())
}

// cash is what the shopper handed over and got back.
func (s *sheet) cash(t till.Txn) {
	if t.Given.IsZero() {
		return
	}
	s.row(i18n.T("GIVEN", "实收"), t.Given.String())
	s.row(i18n.T("CHANGE", "找零"), t.Change().String())
	s.line("")
}

// amount stands alone between blank lines.
func (s *sheet) amount(t till.Txn) {
	s.line("")
	if !t.Cashback.IsZero() {
		s.row(i18n.T("PURCHASE", "商品"), money.New(t.Amount.Minor()-t.Cashback.Minor(), t.Amount.Currency()).String())
		s.row(i18n.T("CASHBACK", "返现"), t.Cashback.String())
	}
	if !t.Asked.IsZero() {
		s.row(i18n.T("ASKED", "应付"), t.Asked.String())
	}
	s.row(i18n.T("AMOUNT", "金额"), t.Amount.String())
	if !t.Asked.IsZero() {
		s.row(i18n.T("LEFT TO PAY", "尚余"), t.Unmet().String())
	}
	if t.Plan != nil {
		s.row(i18n.T("INSTALMENTS", "分期"), strings.TrimSpace(fmt.Sprintf("%d %s", t.Plan.Count, hideNumbers(t.Plan.Code))))
	}
	s.line("")
}

// chip is the evidence of an EMV conversation: its application, the terminal's and the
// card's verdicts, and the cryptogram that proves them.
func (s *sheet) chip(t till.Txn) {
	if t.Card != nil && t.Card.AID != "" {
		s.rule("-")
		s.row(i18n.Same("AID"), t.Card.AID)
		s.row(i18n.T("APPLICATION", "应用名称"), hideNumbers(t.Card.Label))
	}
	if t.Chip != nil {
		s.evidence(*t.Chip)
	}
}

func (s *sheet) evidence(c till.ChipEvidence) {
	s.row(i18n.Same("TVR"), c.TVR)
	s.row(i18n.Same("TSI"), c.TSI)
	s.row(i18n.Same("IAD"), c.IAD)
	s.row(i18n.Same("ATC"), c.ATC)
	if c.ARQC != c.Cryptogram {
		s.row(i18n.Same("ARQC"), c.ARQC)
	}
	s.row(cryptogramLabel(c.CryptogramType), c.Cryptogram)
}

// foot says for whom the paper is.
func (s *sheet) foot(c Copy) {
	s.rule("-")
	s.duplicate()
	if c == Merchant {
		s.center(s.say(i18n.T("MERCHANT COPY", "商户存根")))
		return
	}
	s.center(s.say(i18n.T("CUSTOMER COPY", "顾客存根")))
	s.center(s.say(i18n.T("Please keep this receipt", "请妥善保管此小票")))
}

// title is what the transaction does, in the words of card slips.
func title(d Doc) i18n.Text {
	t := d.Txn
	cash := t.Tender == till.Cash
	switch {
	case t.Tender == till.QR:
		return walletTitle(t.Kind)
	case t.Kind == till.Sale && cash:
		return i18n.T("CASH SALE", "现金销售")
	case t.Kind == till.Void && cash:
		return i18n.T("CASH VOID", "现金撤销")
	case t.Kind == till.Refund && cash:
		return i18n.T("CASH REFUND", "现金退款")
	case t.Kind == till.Void && d.Original != nil && d.Original.Kind != till.Sale:
		return voidTitle(d.Original.Kind)
	}
	return kindTitle(t)
}

// kindTitle is the title of a transaction of a card that undoes nothing by name.
func kindTitle(t till.Txn) i18n.Text {
	switch t.Kind {
	case till.Sale:
		if t.Plan != nil {
			return i18n.T("SALE IN INSTALMENTS", "分期消费")
		}
		return i18n.T("SALE", "消费")
	case till.Void:
		return i18n.T("VOID", "撤销")
	case till.Refund:
		return i18n.T("REFUND", "退货")
	case till.PreAuth:
		return i18n.T("PRE-AUTHORIZATION", "预授权")
	case till.Increment:
		return i18n.T("PRE-AUTH INCREMENT", "追加预授权")
	case till.Completion:
		return i18n.T("PRE-AUTH COMPLETION", "预授权完成")
	case till.CashAdvance:
		return i18n.T("CASH ADVANCE", "取现")
	case till.Tip:
		return i18n.T("TIP", "小费")
	}
	return i18n.T("TRANSACTION", "交易")
}

// voidTitle is the title of the void of something else than a sale.
func voidTitle(k till.Kind) i18n.Text {
	switch k {
	case till.PreAuth:
		return i18n.T("PRE-AUTH RELEASE", "预授权撤销")
	case till.Completion:
		return i18n.T("COMPLETION VOID", "预授权完成撤销")
	case till.CashAdvance:
		return i18n.T("CASH ADVANCE VOID", "取现撤销")
	case till.Refund:
		return i18n.T("REFUND VOID", "退货撤销")
	default:
	}
	return i18n.T("VOID", "撤销")
}

// entryLabel names the row of the entry: a card is read, a code is scanned.
func entryLabel(t till.Tender) i18n.Text {
	if t == till.QR {
		return i18n.T("ENTRY", "扫码方式")
	}
	return i18n.T("ENTRY", "读卡方式")
}

// entry is how the card was read, or who scanned whose code.
func entry(e till.Entry) i18n.Text {
	switch e {
	case till.Chip:
		return i18n.T("CHIP", "插卡")
	case till.Tap:
		return i18n.T("CONTACTLESS", "挥卡")
	case till.Swipe:
		return i18n.T("SWIPE", "刷卡")
	case till.Fallback:
		return i18n.T("FALLBACK SWIPE", "芯片失败后刷卡")
	case till.Manual:
		return i18n.T("KEYED", "手工输入")
	case till.Shown:
		return i18n.T("SHOWN", "主扫")
	case till.Scanned:
		return i18n.T("SCANNED", "被扫")
	default:
	}
	return i18n.Text{}
}

// cryptogramLabel is the kind of cryptogram: TC approved, AAC declined, ARQC asked the
// host.
func cryptogramLabel(kind string) i18n.Text {
	if kind == "" {
		kind = "AC"
	}
	return i18n.Same(kind)
}

// lastFour is the end of a truncated number, or asterisks where that is no digits.
func lastFour(masked string) string {
	end := masked[max(0, len(masked)-4):]
	if len(end) < 4 || strings.Trim(end, "0123456789") != "" {
		return "****"
	}
	return end
}

// hideNumbers blots out every run of seven or more digits in text that a card itself
// supplies: a label has the length of a card number, and nothing else keeps a card from
// putting one there.
func hideNumbers(text string) string {
	out := []byte(text)
	for from := 0; from < len(out); from++ {
		to := from
		for to < len(out) && '0' <= out[to] && out[to] <= '9' {
			to++
		}
		if to-from >= 7 {
			copy(out[from:to], strings.Repeat("*", to-from))
		}
		from = max(from, to)
	}
	return string(out)
}
