package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/receipt"
	"github.com/tillworks/till/internal/register"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/money"
)

// tale tells the demo's day in words: what was sent, what came back, what became of
// it. Messages are told from the same explanation that till iso explain shows.
type tale struct {
	env *Env

	mu       sync.Mutex // taps and observations come from several goroutines
	b        strings.Builder
	spec     *iso8583.Spec // of the shop's host, known once the shop is open
	scenes   int
	messages int
}

func newTale(env *Env) *tale { return &tale{env: env} }

// String is the story so far.
func (t *tale) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimRight(t.b.String(), "\n")
}

const taleWidth = 88

func (t *tale) open(s *shop) {
	t.line("", i18n.T("One business day at %s, terminal %s, all amounts in %s.", "%s 的一个营业日，终端 %s，金额单位 %s。").With(s.cfg.Shop.Name, s.cfg.Terminal.ID, s.cfg.Shop.Currency))
	t.line("", i18n.T("The card and the bank are software; the messages, the cryptograms and the books are real.", "卡片与银行由软件模拟；报文、密文与账目均为真实。").With())
}

func (t *tale) scene(m i18n.Message) {
	t.mu.Lock()
	t.scenes++
	n := t.scenes
	t.mu.Unlock()
	t.raw("")
	t.line(fmt.Sprintf("%d. ", n), m)
}

func (t *tale) say(m i18n.Message) { t.line("   = ", m) }

// line writes a message, its later lines under the first.
func (t *tale) line(lead string, m i18n.Message) {
	indent := strings.Repeat(" ", cells.Width(lead))
	for i, l := range cells.Wrap(m.In(t.env.Lang()), taleWidth-len(indent)) {
		if i == 0 {
			t.raw(lead + l)
			continue
		}
		t.raw(indent + l)
	}
}

func (t *tale) raw(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b.WriteString(s + "\n")
}

// message is the tap: it sees a message in clear and tells its explanation, which is
// masked.
func (t *tale) message(d link.Direction, raw []byte) {
	arrow := "   > "
	if d == link.Received {
		arrow = "   < "
	}
	t.mu.Lock()
	t.messages++
	t.mu.Unlock()
	if t.spec == nil {
		return
	}
	t.line(arrow, i18n.T("%s", "%s").With(messageWords(t.spec.Explain(raw, string(t.env.Lang())), t.env.Lang())))
}

// messageWords is a message in one line: its type, then the fields that the story is
// about, each with a short name and its meaning.
func messageWords(e iso8583.Explanation, lang i18n.Lang) string {
	words := []string{}
	for _, f := range e.Fields {
		if text := fieldWords(f, lang); text != "" {
			words = append(words, text)
		}
	}
	return strings.Join(words, " · ")
}

// fieldWords is what the story tells of a field; most it leaves out.
func fieldWords(f iso8583.ExplainedField, lang i18n.Lang) string {
	meaning := f.Meaning
	if meaning == "" {
		meaning = f.Value
	}
	named := func(name i18n.Text, value string) string { return name.In(lang) + " " + value }
	switch f.Path {
	case "0":
		return f.Value + " " + meaning
	case "3", "4", "66", "70":
		return meaning
	case "2", "35":
		return named(i18n.T("card", "卡号"), f.Value)
	case "39":
		return named(i18n.T("code", "应答码"), f.Value) + " " + strings.TrimPrefix(f.Meaning, f.Value)
	case "11":
		return named(i18n.T("trace", "流水号"), f.Value)
	case "37":
		return named(i18n.T("reference", "参考号"), f.Value)
	case "38":
		return named(i18n.T("authorization", "授权码"), f.Value)
	case "76", "74", "77":
		return named(countName(f.Path), strings.TrimLeft(f.Value, "0"))
	case "97":
		return named(i18n.T("net", "净额"), f.Value)
	case "55.9F26":
		return named(i18n.T("card's cryptogram", "卡片密文"), f.Value)
	case "55.91":
		return named(i18n.T("issuer's answer to it", "发卡行应答密文"), f.Value)
	}
	return ""
}

// countName names a count of the reconciliation.
func countName(path string) i18n.Text {
	switch path {
	case "74":
		return i18n.T("refunds", "退款")
	case "77":
		return i18n.T("voids", "撤销")
	}
	return i18n.T("sales", "消费")
}

// observe tells what happens between the messages.
func (t *tale) observe(o register.Observation) {
	switch o.What {
	case register.IntentStored:
		t.line("   | ", i18n.T("on the disk before anything is sent: %s of %s, trace number %s, with the image of its reversal", "发送之前已落盘：%s %s，流水号 %s，连同冲正映像").With(o.Txn.Kind.Text(), o.Txn.Amount, o.Txn.STAN))
	case register.CodeShown:
		t.say(i18n.T("the shopper sees a code: %s", "顾客看到的二维码：%s").With(o.Txn.Wallet.Code))
	case register.Told:
		t.say(i18n.T("%s of %s: %s", "%s %s：%s").With(o.Txn.Kind.Text(), o.Txn.Amount, toldWord(o.Txn)))
	case register.LateAnswer:
		t.say(i18n.T("an answer came too late (%s); it is recorded and changes nothing", "应答迟到（%s）；仅作记录，不改变结果").With(o.Late))
	default:
	}
}

// toldWord is the outcome in capitals, as a receipt has it.
func toldWord(x till.Txn) i18n.Text {
	if x.Tender == till.Cash {
		return i18n.T("PAID", "已付")
	}
	switch x.Outcome() {
	case till.OutcomeApproved:
		return i18n.T("APPROVED", "已批准")
	case till.OutcomeDeclined:
		return i18n.T("DECLINED", "已拒绝")
	case till.OutcomeReversed:
		return i18n.T("REVERSED", "已冲正")
	case till.OutcomeUnknown:
		return i18n.T("UNKNOWN, to be reversed", "结果未知，待冲正")
	}
	return i18n.T("UNKNOWN", "未知")
}

// paper tells the receipt of a sale, in a frame.
func (t *tale) paper(ctx context.Context, s *shop, b management.Bill) {
	text := s.billText(ctx, t.env, b, receipt.Options{Width: 48})(t.env.Screen())
	t.raw("")
	for _, l := range strings.Split(text, "\n") {
		t.raw("     | " + cells.Pad(l, 48, cells.Left) + " |")
	}
}

// summary is the page at the end: what was sold, the day's transactions, then the books
// side by side.
func (t *tale) summary(v demoView, journal till.Totals, tickets []till.Ticket) {
	t.raw("")
	t.raw(t.env.Say(i18n.T("THE DAY IN ONE PAGE", "当日一览")))
	for _, x := range tickets {
		t.ticket(x)
	}
	t.raw("")
	for _, x := range v.Transactions {
		masked := ""
		if x.Card != nil {
			masked = x.Card.Masked
		}
		row := []string{
			cells.Pad(x.STAN, 8, cells.Left), cells.Pad(t.env.Say(x.Kind.Text()), 8, cells.Left),
			cells.Pad(x.Amount.String(), 12, cells.Right), "  ", cells.Pad(t.env.Say(x.Tender.Text()), 6, cells.Left),
			cells.Pad(masked, 20, cells.Left), t.env.Say(outcomeOf(x)),
		}
		t.raw("  " + strings.TrimRight(strings.Join(row, ""), " "))
	}
	t.raw("")
	t.books(v, journal)
	t.tenders(v)
	for _, d := range v.Z.Drawers {
		t.raw("  " + t.env.Say(i18n.T("drawer", "钱箱")) + ": " + i18n.T("%s by the books, %s counted, difference %s", "账面 %s，清点 %s，差额 %s").With(d.Expected.Decimal(), d.Counted.Decimal(), d.Over.Decimal()).In(t.env.Lang()))
	}
	t.raw("")
	verdict := i18n.T("The three books agree to the last minor unit, and so does Z number %d with %s.", "三本账目完全一致，分毫不差；第 %d 号 Z 亦然，共 %s。").With(v.Z.Number, v.Z.Total)
	if !v.Agree {
		verdict = i18n.T("THE BOOKS DIFFER. The batch is %s.", "账目不一致。批次状态为 %s。").With(v.Batch.State)
	}
	t.line("  ", verdict)
	t.raw("")
	t.line("", i18n.T("%d messages over TCP, %d journal rows, %.2f seconds.", "经 TCP 收发 %d 条报文，流水账 %d 行，用时 %.2f 秒。").With(v.Messages, v.JournalRows, v.Seconds))
	if v.Kept {
		t.line("", i18n.T("The store is %s; look around with: till txn list --data %s", "数据库位于 %s；可用 till txn list --data %s 查看").With(v.Store, filepath.Dir(v.Store)))
		return
	}
	t.line("", i18n.T("The store was %s and is removed now; till demo --keep DIR keeps it.", "数据库位于 %s，现已删除；till demo --keep DIR 可保留。").With(v.Store))
}

// ticket is a sale or return in one line.
func (t *tale) ticket(x till.Ticket) {
	names := make([]string, len(x.Lines))
	for i, l := range x.Lines {
		names[i] = l.Name
		switch {
		case l.Unit != till.Each:
			names[i] = l.Quantity.String() + " " + string(l.Unit) + " " + l.Name
		case l.Quantity != till.One:
			names[i] = l.Quantity.String() + " × " + l.Name
		}
	}
	row := cells.Pad(t.env.Say(x.Kind.Text()), 8, cells.Left) + cells.Pad(x.Total.String(), 12, cells.Right) + "  " + cells.Pad(t.env.Say(x.State.Text()), 10, cells.Left)
	t.raw("  " + row + cells.Truncate(strings.Join(names, ", "), taleWidth-34))
}

func (t *tale) books(v demoView, journal till.Totals) {
	head := []i18n.Text{{}, i18n.T("journal", "流水账"), i18n.T("batch", "批次"), i18n.T("host", "主机")}
	line := "  " + cells.Pad("", 18, cells.Left)
	for _, h := range head[1:] {
		line += cells.Pad(t.env.Say(h), 16, cells.Right)
	}
	t.raw(line)
	books := []till.Totals{journal, v.Batch.Ours, v.Host}
	row := func(name i18n.Text, pick func(till.Totals) string) {
		line := "  " + cells.Pad(t.env.Say(name), 18, cells.Left)
		for _, b := range books {
			line += cells.Pad(pick(b), 16, cells.Right)
		}
		t.raw(line)
	}
	cell := func(n int, minor int64) string {
		return fmt.Sprintf("%d × %s", n, minorText(minor, journal.Currency))
	}
	row(i18n.T("sales", "消费"), func(b till.Totals) string { return cell(b.Debits, b.DebitMinor) })
	row(i18n.T("voids of sales", "消费撤销"), func(b till.Totals) string { return cell(b.DebitReversals, b.DebitRevMinor) })
	row(i18n.T("refunds", "退款"), func(b till.Totals) string { return cell(b.Credits, b.CreditMinor) })
	row(i18n.T("net to the shop", "应收净额"), func(b till.Totals) string { return minorText(b.Net(), journal.Currency) })
}

// tenders tells what came in besides the cards.
func (t *tale) tenders(v demoView) {
	for _, x := range v.Batch.Tenders {
		if x.Tender == till.Card {
			continue
		}
		text := fmt.Sprintf("%d × %s", x.Sales, minorText(x.SaleMinor, x.Currency))
		t.raw("  " + cells.Pad(t.env.Say(x.Tender.Text()), 18, cells.Left) + cells.Pad(text, 16, cells.Right))
	}
}

// minorText is an amount of minor units without the name of its currency.
func minorText(minor int64, code string) string {
	c, err := money.CurrencyByCode(code)
	if err != nil {
		return fmt.Sprint(minor)
	}
	return money.New(minor, c).Decimal()
}

// outcomeOf is the word for a transaction of the page.
func outcomeOf(v txnView) i18n.Text {
	return till.Txn{State: v.State, Reason: reasonOf(v), VoidedBy: v.VoidedBy}.OutcomeText()
}

func reasonOf(v txnView) till.Reason {
	if v.Reversal == nil {
		return ""
	}
	return v.Reversal.Reason
}
