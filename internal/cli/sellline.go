package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/receipt"
	"github.com/tillworks/till/internal/register"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// lineSale is a sale that is typed or scanned line by line. Nothing is drawn and no
// cursor is moved: each answer is a line of words on standard error, as a screen reader
// and a dumb terminal need it, and the receipt at the end is the result.
type lineSale struct {
	shop   *shop
	env    *Env
	opts   *sellOptions
	basket till.Basket
	label  string
	held   till.TicketID   // under which the store has it; empty before it was held or a payment was tried
	bill   management.Bill // after a payment was tried
	ended  bool
}

// sellLines sells line by line, from an empty basket or from a held one.
func (s *shop) sellLines(ctx context.Context, env *Env, o *sellOptions, held till.Ticket) error {
	l := &lineSale{shop: s, env: env, opts: o, held: held.ID, label: held.Label}
	l.basket = till.Basket{Member: till.MemberID(o.member), Redeem: o.redeem, Coupons: o.coupons}
	if o.hold != "" {
		l.label = o.hold
	}
	if held.Basket != nil {
		l.basket = *held.Basket
	}
	return l.run(ctx)
}

func (l *lineSale) run(ctx context.Context) error {
	defer l.shop.work(ctx)()
	if l.env.In.Terminal {
		l.say(i18n.T("scan or type a code; help lists the words", "请扫码或输入条码；help 可列出可用的词").With())
	}
	if len(l.basket.Entries) > 0 {
		l.try(l.total(ctx, ""))
	}
	for {
		line, err := l.read(ctx)
		if err != nil {
			return l.leave(ctx, err)
		}
		err = l.obey(ctx, line)
		if l.ended {
			return err
		}
		if ctx.Err() != nil {
			return l.leave(ctx, ctx.Err())
		}
		l.try(err)
	}
}

// read is the next line that is typed, read byte by byte so that nothing behind it is
// taken from whoever asks for an approval.
func (l *lineSale) read(ctx context.Context) (string, error) {
	if l.env.In.Terminal {
		_, _ = io.WriteString(l.env.Err, "> ")
	}
	type typed struct {
		line string
		err  error
	}
	lines := make(chan typed, 1)
	go func() {
		line, err := readScanned(l.env.In)
		lines <- typed{line, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case t := <-lines:
		return t.line, t.err
	}
}

// readScanned reads a line of at most as many bytes as a person types; the error is
// io.EOF where there is none any more.
func readScanned(in io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for {
		n, err := in.Read(one)
		switch {
		case n > 0 && one[0] == '\n', err != nil && len(line) > 0:
			return strings.TrimSpace(string(line)), nil
		case err != nil:
			return "", err
		case n > 0 && len(line) < longestTyped:
			line = append(line, one[0])
		}
	}
}

// lineWord is a word that does something; what is no word is a code.
type lineWord struct {
	name string
	args string
	what i18n.Text
	do   func(ctx context.Context, rest string) error
}

func (l *lineSale) words() []lineWord {
	return []lineWord{
		{"CODE", "", i18n.T("add one; 3*CODE adds three, CODE @2.50 at that price", "添加一件；3*CODE 添加三件，CODE @2.50 按该单价"), nil},
		{"-N", "", i18n.T("take line N out", "去掉第 N 行"), nil},
		{"%10", "N REASON", i18n.T("10 percent off line N, or off the whole where N is all", "第 N 行打九折（减 10%），N 为 all 则整单"), nil},
		{"off", "AMOUNT N REASON", i18n.T("an amount off line N, or off the whole where N is all", "第 N 行减免金额，N 为 all 则整单"), l.off},
		{"open", "PRICE NAME", i18n.T("add something that the catalogue does not know", "添加目录外商品"), l.open},
		{"member", "ID", i18n.T("the customer who collects points", "积分会员"), l.member},
		{"redeem", "POINTS", i18n.T("spend points", "使用积分"), l.redeem},
		{"coupon", "CODE", i18n.T("a coupon of a promotion", "优惠券"), l.coupon},
		{"total", "", i18n.T("tell the lines and what they come to", "列出各行与合计"), l.total},
		{"pay", "[TENDER] [AMOUNT]", i18n.T("card, cash or qr; of cash what is handed over", "card、cash 或 qr；现金为实收金额"), l.pay},
		{"hold", "[LABEL]", i18n.T("put the sale aside", "挂单"), l.hold},
		{"cancel", "", i18n.T("give the sale up; what was taken goes back", "放弃销售，退还已收款项"), l.cancel},
		{"help", "", i18n.T("tell the words", "列出可用的词"), l.help},
	}
}

// obey does what a line says.
func (l *lineSale) obey(ctx context.Context, line string) error {
	fields := strings.Fields(line)
	if len(fields) == 0 {
		return nil
	}
	if slices.ContainsFunc(fields, isCardNumber) {
		return cardNumberTyped()
	}
	rest := strings.TrimSpace(strings.TrimPrefix(line, fields[0]))
	for _, w := range l.words() {
		if w.do != nil && w.name == fields[0] {
			return w.do(ctx, rest)
		}
	}
	switch {
	case strings.HasPrefix(line, "%"):
		return l.percent(ctx, strings.TrimPrefix(fields[0], "%"), rest)
	case strings.HasPrefix(line, "-"):
		return l.remove(ctx, strings.TrimPrefix(line, "-"))
	}
	return l.add(ctx, line)
}

func cardNumberTyped() error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("that is a card number, and it is not taken from the keyboard", "这是卡号，不接受键盘输入").With(),
		Hint: i18n.T("pay card reads the card at the reader", "pay card 由读卡器读卡").With(),
	}
}

// add puts what a code names into the basket.
func (l *lineSale) add(ctx context.Context, line string) error {
	code, price, hasPrice := strings.Cut(line, " @")
	e, err := parseEntry(code)
	if err != nil {
		return err
	}
	if hasPrice {
		amount, err := parseAmount(strings.TrimSpace(price), l.shop.cfg.Shop.Currency)
		if err != nil {
			return err
		}
		e.Price = &amount
	}
	return l.enter(ctx, e)
}

func (l *lineSale) open(ctx context.Context, rest string) error {
	price, name, _ := strings.Cut(rest, " ")
	amount, err := parseAmount(price, l.shop.cfg.Shop.Currency)
	if err != nil {
		return err
	}
	return l.enter(ctx, till.BasketEntry{Name: strings.TrimSpace(name), Price: &amount})
}

// enter adds an entry if the basket can be priced and permitted with it, and tells its
// line.
func (l *lineSale) enter(ctx context.Context, e till.BasketEntry) error {
	b := l.basket
	b.Entries = append(slices.Clone(b.Entries), e)
	t, err := l.change(ctx, b)
	if err != nil {
		return err
	}
	l.say(lineWords(t.Lines[len(t.Lines)-1], t))
	return nil
}

// change makes a basket the sale's, if it may be and has a price.
func (l *lineSale) change(ctx context.Context, b till.Basket) (till.Ticket, error) {
	if l.isPartlyPaid() {
		return till.Ticket{}, partlyPaid(l.bill)
	}
	t, err := l.quote(ctx, b)
	if err != nil {
		return t, err
	}
	permitted, err := approved(ctx, l.env, l.opts.approver, func(a *management.Approval) (till.Basket, error) {
		return l.shop.shop.Permit(ctx, b, a)
	})
	if err != nil {
		return t, err
	}
	l.basket = permitted
	return t, nil
}

// quote prices a basket; an empty one, which customers and coupons may come before, is
// the zero ticket.
func (l *lineSale) quote(ctx context.Context, b till.Basket) (till.Ticket, error) {
	if len(b.Entries) == 0 {
		return till.Ticket{}, nil
	}
	return l.shop.shop.Quote(ctx, b)
}

func (l *lineSale) isPartlyPaid() bool { return l.bill.Ticket.State == till.TicketPaying }

func partlyPaid(b management.Bill) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("the sale is partly paid, %s are due: its lines stay as they are", "销售已部分付款，尚欠 %s：商品行不可更改").With(b.Due),
		Hint: i18n.T("pay takes the rest, cancel gives back what was taken", "pay 收取余款，cancel 退还已收款项").With(),
	}
}

func (l *lineSale) remove(ctx context.Context, number string) error {
	n, err := l.lineNumber(number)
	if err != nil {
		return err
	}
	b := l.basket
	b.Entries = slices.Delete(slices.Clone(b.Entries), n-1, n)
	t, err := l.change(ctx, b)
	if err == nil {
		l.say(i18n.T("line %d is out; total %s", "已去掉第 %d 行；合计 %s").With(n, l.orNothing(t.Total)))
	}
	return err
}

// orNothing is the total of a basket that may be empty.
func (l *lineSale) orNothing(total money.Amount) money.Amount {
	return money.New(total.Minor(), l.shop.cfg.Shop.Currency)
}

func (l *lineSale) lineNumber(word string) (int, error) {
	n, err := strconv.Atoi(word)
	if err != nil || n < 1 || n > len(l.basket.Entries) {
		return 0, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("%q is no line, there are %d", "没有第 %q 行，共有 %d 行").With(shortText(word), len(l.basket.Entries)),
			Hint: i18n.T("total tells the lines with their numbers", "total 可列出各行及行号").With(),
		}
	}
	return n, nil
}

func (l *lineSale) percent(ctx context.Context, percent, rest string) error {
	rate, err := till.ParseRate(percent)
	if err != nil {
		return notARate(percent)
	}
	return l.discount(ctx, till.Discount{Percent: rate}, rest)
}

func (l *lineSale) off(ctx context.Context, rest string) error {
	word, rest, _ := strings.Cut(rest, " ")
	amount, err := parseAmount(word, l.shop.cfg.Shop.Currency)
	if err != nil {
		return err
	}
	return l.discount(ctx, till.Discount{Amount: amount}, rest)
}

// discount takes something off a line, or off the whole.
func (l *lineSale) discount(ctx context.Context, d till.Discount, rest string) error {
	of, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
	d.Reason = strings.TrimSpace(reason)
	b := l.basket
	b.Entries = slices.Clone(b.Entries)
	if of == "all" {
		b.Discount = &d
	} else {
		n, err := l.lineNumber(of)
		if err != nil {
			return err
		}
		b.Entries[n-1].Discount = &d
	}
	t, err := l.change(ctx, b)
	if err == nil {
		l.say(i18n.T("%s off in all; total %s", "共优惠 %s；合计 %s").With(t.Discount, t.Total))
	}
	return err
}

func notARate(word string) error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("%q is no percentage", "%q 不是百分比").With(shortText(word)),
		Hint: i18n.T("%%10 2 damaged takes 10 percent off line 2", "%%10 2 破损 表示第 2 行减 10%%").With(),
	}
}

func (l *lineSale) member(ctx context.Context, rest string) error {
	b := l.basket
	b.Member = till.MemberID(rest)
	return l.changed(ctx, b, i18n.T("customer %s", "会员 %s").With(rest))
}

func (l *lineSale) redeem(ctx context.Context, rest string) error {
	points, err := strconv.ParseUint(rest, 10, 62)
	if err != nil {
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%q is no number of points", "%q 不是积分数").With(shortText(rest)),
			Hint: i18n.T("redeem 100 spends a hundred points", "redeem 100 表示使用 100 积分").With(),
		}
	}
	b := l.basket
	b.Redeem = int64(points)
	return l.changed(ctx, b, i18n.T("%d points are spent", "使用 %d 积分").With(points))
}

func (l *lineSale) coupon(ctx context.Context, rest string) error {
	b := l.basket
	b.Coupons = append(slices.Clone(b.Coupons), rest)
	return l.changed(ctx, b, i18n.T("coupon %s", "优惠券 %s").With(rest))
}

func (l *lineSale) changed(ctx context.Context, b till.Basket, said i18n.Message) error {
	t, err := l.change(ctx, b)
	if err == nil {
		l.say(i18n.T("%s; total %s", "%s；合计 %s").With(said, l.orNothing(t.Total)))
	}
	return err
}

// total tells the lines and what they come to.
func (l *lineSale) total(ctx context.Context, _ string) error {
	if l.isPartlyPaid() {
		l.say(i18n.T("%s are due of %s", "应付 %[2]s，尚欠 %[1]s").With(l.bill.Due, l.bill.Ticket.Total))
		return nil
	}
	t, err := l.shop.shop.Quote(ctx, l.basket)
	if err != nil {
		return err
	}
	for _, line := range t.Lines {
		l.say(lineWords(line, till.Ticket{}))
	}
	if !t.Discount.IsZero() {
		l.say(i18n.T("discounts %s", "优惠 %s").With(t.Discount))
	}
	l.say(i18n.T("total %s, of which tax %s", "合计 %s，其中税 %s").With(t.Total, t.Tax))
	return nil
}

// lineWords tells a line, and behind it the total of the ticket where there is one.
func lineWords(n till.Line, t till.Ticket) i18n.Message {
	unit := i18n.Same("")
	if n.Unit != till.Each {
		unit = i18n.Same(" " + string(n.Unit))
	}
	line := i18n.T("%d: %s, %s%s at %s, %s", "%d：%s，%s%s，单价 %s，%s").With(n.N, n.Name, n.Quantity, unit, n.Price.Decimal(), n.Gross.Decimal())
	if n.Quantity == till.One && n.Unit == till.Each {
		line = i18n.T("%d: %s, %s", "%d：%s，%s").With(n.N, n.Name, n.Gross.Decimal())
	}
	if d := n.Discount(); !d.IsZero() {
		line = i18n.T("%s less %s", "%s，优惠 %s").With(line, d.Decimal())
	}
	if t.ID == "" && len(t.Lines) == 0 {
		return line
	}
	return i18n.T("%s; total %s", "%s；合计 %s").With(line, t.Total)
}

// pay takes a tender: "pay", "pay card 20", "pay cash 50". Of cash the amount is what is
// handed over, and covers a part where it is not enough.
func (l *lineSale) pay(ctx context.Context, rest string) error {
	tender, err := l.tendering(ctx, strings.Fields(rest))
	if err != nil {
		return err
	}
	bill, err := l.settle(ctx, tender)
	if bill.Ticket.ID != "" {
		l.bill, l.held = bill, bill.Ticket.ID
	}
	if err != nil {
		return err
	}
	if l.bill.Due.IsPositive() {
		l.tellDue(tender)
		return nil
	}
	l.ended = true
	return l.shop.showBill(ctx, l.env, &l.opts.out, bill, nil)
}

func (l *lineSale) settle(ctx context.Context, tender management.Tendering) (management.Bill, error) {
	if l.isPartlyPaid() {
		return l.shop.shop.PayTicket(ctx, l.held, tender)
	}
	return approved(ctx, l.env, l.opts.approver, func(a *management.Approval) (management.Bill, error) {
		return l.shop.shop.Sell(ctx, management.SellRequest{
			Key: l.key(), Held: l.held, Basket: l.basket, Tenders: []management.Tendering{tender}, Approval: a,
		})
	})
}

// key is that of the command, while the sale is not stored under it.
func (l *lineSale) key() string {
	if l.held != "" {
		return ""
	}
	return l.opts.key
}

func (l *lineSale) tendering(ctx context.Context, words []string) (management.Tendering, error) {
	name, amount := l.opts.tenders.tender, ""
	if len(words) > 0 {
		name = words[0]
	}
	if len(words) > 1 {
		amount = "=" + words[1]
	}
	t, err := l.opts.tenders.tendering(ctx, l.env, name+amount, l.shop.cfg.Shop.Currency)
	if err != nil || t.Tender != till.Cash || t.Amount.IsZero() {
		return t, err
	}
	due, err := l.due(ctx)
	if err == nil && t.Amount.Minor() >= l.shop.shop.CashDue(due).Minor() {
		t.Given, t.Amount = t.Amount, money.Amount{}
	}
	return t, err
}

func (l *lineSale) due(ctx context.Context) (money.Amount, error) {
	if l.isPartlyPaid() {
		return l.bill.Due, nil
	}
	t, err := l.shop.shop.Quote(ctx, l.basket)
	return t.Total, err
}

// tellDue tells what came of a tender that did not end the sale.
func (l *lineSale) tellDue(tender management.Tendering) {
	outcome := i18n.T("taken", "已收").With()
	if n := len(l.bill.Taken); n > 0 {
		outcome = tenderWords(l.bill.Taken[n-1])
	}
	l.say(i18n.T("%s: %s; %s are due", "%s：%s；尚欠 %s").With(tender.Tender.Text(), outcome, l.bill.Due))
}

// tenderWords say what came of a tender, and what to do where it is not what was asked for.
func tenderWords(r register.Result) i18n.Message {
	x := r.Txn
	switch {
	case r.Outcome == till.OutcomeApproved && x.Unmet().IsPositive():
		return i18n.T("the host approved %s of %s, which are taken; pay takes the rest, cancel gives the part back", "主机批准 %[2]s 中的 %[1]s，已收取；pay 收取余款，cancel 退还该部分").With(x.Amount, x.Asked)
	case r.Outcome == till.OutcomeApproved:
		return i18n.T("taken", "已收").With()
	case x.State == till.Exception:
		return i18n.T("%s: %s", "%s：%s").With(r.Outcome.Text(), stuck(x))
	case isDeclinedByHost(x):
		return receipt.DeclineText(x.ResponseCode)
	case x.State.IsOpen():
		return i18n.T("%s, the reversal is queued: till txn status %s", "%s，冲正已排队：till txn status %s").With(r.Outcome.Text(), x.ID)
	case x.Reason == till.ReasonPartial:
		return i18n.T("the host approved a part only, which was given back", "主机只批准部分金额，该部分已退还").With()
	}
	return i18n.T("%s", "%s").With(r.Outcome.Text())
}

func (l *lineSale) hold(ctx context.Context, rest string) error {
	if l.isPartlyPaid() {
		return partlyPaid(l.bill)
	}
	if rest != "" {
		l.label = rest
	}
	t, err := l.putAside(ctx)
	if err != nil {
		return err
	}
	l.ended = true
	return l.shop.showHeld(l.env, &l.opts.out, t)
}

func (l *lineSale) putAside(ctx context.Context) (till.Ticket, error) {
	return approved(ctx, l.env, l.opts.approver, func(a *management.Approval) (till.Ticket, error) {
		return l.shop.shop.Hold(ctx, management.HoldRequest{Key: l.key(), Held: l.held, Label: l.label, Basket: l.basket, Approval: a})
	})
}

func (l *lineSale) cancel(ctx context.Context, _ string) error {
	if l.held == "" {
		l.ended = true
		l.say(i18n.T("nothing was sold", "未销售任何商品").With())
		return nil
	}
	bill, err := approved(ctx, l.env, l.opts.approver, func(a *management.Approval) (management.Bill, error) {
		return l.shop.shop.Abandon(ctx, l.held, a)
	})
	if bill.Ticket.ID != "" {
		l.bill = bill
	}
	if err != nil {
		return err
	}
	l.ended = true
	return l.shop.showBill(ctx, l.env, &l.opts.out, bill, nil)
}

func (l *lineSale) help(context.Context, string) error {
	for _, w := range l.words() {
		l.say(i18n.T("%s: %s", "%s：%s").With(strings.TrimSpace(w.name+" "+w.args), w.what))
	}
	return nil
}

// leave ends a sale whose input ended, or that was interrupted. Nothing is lost: what is
// in the basket is put aside, and what is partly paid says how to go on.
func (l *lineSale) leave(ctx context.Context, cause error) error {
	if errors.Is(cause, io.EOF) {
		cause = nil
	}
	seen := context.WithoutCancel(ctx)
	if l.isPartlyPaid() {
		return errors.Join(l.shop.showBill(seen, l.env, &l.opts.out, l.bill, nil), cause)
	}
	if len(l.basket.Entries) == 0 {
		return cause
	}
	t, err := l.putAside(seen)
	if err != nil {
		return errors.Join(fmt.Errorf("putting the sale aside: %w", err), cause)
	}
	return errors.Join(l.shop.showHeld(l.env, &l.opts.out, t), cause)
}

// try tells what kept a line from being done; the sale goes on.
func (l *lineSale) try(err error) {
	if err == nil {
		return
	}
	p := problemOf(err)
	l.say(p.What)
	if !p.Hint.IsZero() {
		l.say(p.Hint)
	}
}

func (l *lineSale) say(m i18n.Message) { l.env.Note(m) }
