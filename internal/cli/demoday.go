package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// demoDay is the day while it is played.
type demoDay struct {
	env  *Env
	shop *shop
	tale *tale
	kept bool
	pins map[till.StaffID]card.Secret // of the example's staff, published with it

	coffee, bag till.TicketID // of which something comes back
}

// The people of the example shop who play.
const (
	demoCashier = "mei"
	demoManager = "li"
)

// play is the day from the first message to the last.
func (d *demoDay) play(ctx context.Context) (demoView, error) {
	begun := time.Now()
	d.tale.open(d.shop)
	scenes := []func(context.Context) error{
		d.morning, d.chipSale, d.swipedSale, d.cashSale, d.codeSale, d.splitSale, d.declinedSale, d.lostAnswer, d.corrections, d.drawer,
	}
	for _, scene := range scenes {
		if err := scene(ctx); err != nil {
			return demoView{}, err
		}
	}
	return d.evening(ctx, begun)
}

func (d *demoDay) morning(ctx context.Context) error {
	d.tale.scene(i18n.T("Opening: a cafe with its catalogue, stock, promotions and staff. Mei signs in and opens her drawer, the terminal signs on and asks the host for a sign of life", "开店：一家备好商品、库存、优惠和员工的咖啡店。Mei 登录并开班，终端签到并向主机发送回响测试").With())
	seeded, err := d.shop.shop.Seed(ctx, "cafe")
	if err != nil {
		return err
	}
	d.pins = map[till.StaffID]card.Secret{}
	for _, m := range seeded.Staff {
		d.pins[m.ID] = m.PIN
	}
	d.tale.say(i18n.T("%d variants of %d items, %d promotions, %d members of the staff", "%[2]d 种商品共 %[1]d 个规格，%[3]d 项优惠，%[4]d 名员工").With(seeded.Variants, seeded.Items, seeded.Programmes, len(seeded.Staff)))
	if err := d.signIn(ctx, demoCashier); err != nil {
		return err
	}
	shift, err := d.shop.shop.OpenShift(ctx, d.amount("200.00"))
	if err != nil {
		return err
	}
	d.tale.say(i18n.T("shift %d of %s is open with %s in the drawer", "%[2]s 的第 %[1]d 班开班，钱箱备用金 %[3]s").With(shift.Number, shift.Staff, shift.Float))
	if err := d.shop.register.SignOn(ctx); err != nil {
		return err
	}
	_, err = d.shop.register.Echo(ctx)
	return err
}

func (d *demoDay) signIn(ctx context.Context, id till.StaffID) error {
	_, err := d.shop.shop.SignIn(ctx, id, d.pins[id])
	return err
}

// approval is what the manager gives in place.
func (d *demoDay) approval() *management.Approval {
	return &management.Approval{Staff: demoManager, PIN: d.pins[demoManager]}
}

func (d *demoDay) chipSale(ctx context.Context) error {
	d.tale.scene(i18n.T("A member buys two lattes and a quarter of a kilo of biscuits that the scale has labelled, by chip card: the card makes a cryptogram, the host checks it and answers with one that the card checks", "会员购买两杯拿铁和一袋已称重贴标的曲奇，芯片卡付款：卡片生成密文，主机验证后回送密文，由卡片验证").With())
	d.insert(virtual.NewReader(virtual.NewCard(virtual.Visa())))
	b := demoBasket("2*latte-l", "2100004002500")
	b.Member = "8001"
	bill, err := d.sell(ctx, b, byChip())
	if err != nil {
		return err
	}
	d.coffee = bill.Ticket.ID
	for _, n := range bill.Ticket.Promotions {
		if n.Applied {
			d.tale.say(i18n.T("%s took off %s, and the sale earned %d points", "%s 优惠 %s，并获得 %d 积分").With(n.Name, n.Amount, bill.Ticket.Earned))
		}
	}
	if c := bill.Txns[0].Chip; c != nil {
		d.tale.say(i18n.T("the card signed the amount (ARQC %s), accepted the bank's answer and closed with %s %s", "卡片对金额签名（ARQC %s），接受银行应答，并以 %s %s 结束").With(c.ARQC, c.CryptogramType, c.Cryptogram))
	}
	d.tale.paper(ctx, d.shop, bill)
	return nil
}

func (d *demoDay) swipedSale(ctx context.Context) error {
	d.tale.scene(i18n.T("A swiped card: first one whose stripe says that it has a chip, then one without", "刷磁条：先刷一张带芯片的卡，再刷一张不带芯片的卡").With())
	swipe := management.Tendering{Tender: till.Card, Entry: till.Swipe}
	d.insert(virtual.NewStripe(virtual.ChipStripe()))
	_, err := d.sell(ctx, demoBasket("tote"), swipe)
	var refused *till.Problem
	if !errors.As(err, &refused) {
		return fmt.Errorf("the stripe of a chip card was not refused: %w", err)
	}
	d.tale.say(i18n.T("refused, and nothing was sent: %s", "已拒绝，未发送任何数据：%s").With(refused.What))
	d.insert(virtual.NewStripe(virtual.PlainStripe()))
	bill, err := d.sell(ctx, demoBasket("tote"), swipe)
	d.bag = bill.Ticket.ID
	return err
}

func (d *demoDay) cashSale(ctx context.Context) error {
	d.tale.scene(i18n.T("Two bottles in cash, scanned: no host is asked, the stock moves in the commit in which the money does", "两瓶饮料扫码付现金：无需联系主机，库存与款项在同一次提交中变动").With())
	bill, err := d.sell(ctx, demoBasket("9521234000020", "9521234000013"), management.Tendering{Tender: till.Cash, Given: d.amount("20.00")})
	if err == nil {
		d.tale.say(i18n.T("%s were given, %s go back as change", "实收 %s，找零 %s").With(bill.Txns[0].Given, bill.Txns[0].Change()))
	}
	return err
}

func (d *demoDay) codeSale(ctx context.Context) error {
	d.tale.scene(i18n.T("A juice by wallet: the till shows a code, the shopper scans it and pays, and the till asks the gateway until it hears so", "扫码买果汁：终端显示二维码，顾客扫码付款，终端向网关查询直至确认").With())
	bill, err := d.sell(ctx, demoBasket("juice"), management.Tendering{Tender: till.QR, Entry: till.Shown})
	if err != nil {
		return err
	}
	if o := bill.Txns[0].Wallet; o != nil && o.State == till.OrderPaid {
		d.tale.say(i18n.T("order %s is paid, the wallet's own number is %s", "订单 %s 已支付，钱包交易号 %s").With(o.Number, o.TradeNo))
	}
	return nil
}

func (d *demoDay) splitSale(ctx context.Context) error {
	d.tale.scene(i18n.T("A tea, a part of it by card and the rest in cash (amounts that end in .41 are approved, but the lab's host leaves them out of its settlement file: remember it)", "买茶，部分刷卡、其余现金（尾数为 .41 的金额会被批准，但实验主机的清算文件会遗漏：请记住这一笔）").With())
	d.insert(virtual.NewReader(virtual.NewCard(virtual.Visa18())))
	part := byChip()
	part.Amount = d.amount("6.41")
	_, err := d.sell(ctx, demoBasket("oolong"), part, management.Tendering{Tender: till.Cash})
	return err
}

func (d *demoDay) declinedSale(ctx context.Context) error {
	d.tale.scene(i18n.T("The bank declines a part (the lab's host answers 51 to amounts that end in .51): the sale waits and is paid in cash", "银行拒绝部分付款（实验主机对尾数为 .51 的金额应答 51）：销售等待，改付现金").With())
	d.insert(virtual.NewReader(virtual.NewCard(virtual.Visa())))
	part := byChip()
	part.Amount = d.amount("10.51")
	bill, err := d.sell(ctx, demoBasket("friedrice"), part)
	if err != nil {
		return err
	}
	d.tale.say(i18n.T("%s are still due", "尚欠 %s").With(bill.Due))
	_, err = d.shop.shop.PayTicket(ctx, bill.Ticket.ID, management.Tendering{Tender: till.Cash})
	return err
}

func (d *demoDay) lostAnswer(ctx context.Context) error {
	d.tale.scene(i18n.T("The answer never comes (amounts that end in .68): the outcome is unknown, not declined, and the payment is reversed; the goods stay in stock", "应答丢失（尾数为 .68 的金额）：结果未知而非拒绝，随即冲正；商品仍在库").With())
	d.insert(virtual.NewReader(virtual.NewCard(virtual.Visa())))
	part := byChip()
	part.Amount = d.amount("10.68")
	bill, err := d.sell(ctx, demoBasket("beans250"), part)
	if err != nil {
		return err
	}
	if x := bill.Txns[0]; x.State != till.Reversed {
		if _, err := d.shop.register.Status(ctx, x.ID); err != nil {
			return err
		}
	}
	d.tale.say(i18n.T("the host had taken the money and has given it back: REVERSED, and the shopper, who owes nothing, leaves", "主机此前已扣款，现已退回：REVERSED（已冲正），顾客无欠账并离开").With())
	_, err = d.shop.shop.Abandon(ctx, bill.Ticket.ID, nil)
	return err
}

func (d *demoDay) corrections(ctx context.Context) error {
	d.tale.scene(i18n.T("The bag is voided, and one of the two lattes comes back: a cashier needs the manager's PIN for either", "撤销帆布袋的销售，并退回两杯拿铁中的一杯：收银员均需店长输入 PIN 授权").With())
	if _, err := d.shop.shop.VoidTicket(ctx, management.VoidRequest{Ticket: d.bag, Approval: d.approval()}); err != nil {
		return err
	}
	back, err := d.shop.shop.Return(ctx, management.ReturnRequest{
		Return:   till.BasketReturn{Original: d.coffee, Lines: []till.BasketReturnLine{{Line: 1, Quantity: till.One}}, Reason: "cold"},
		Approval: d.approval(),
	})
	if err == nil {
		d.tale.say(i18n.T("%s went back to the card with their tax, and %d points were taken back; %s approved", "%s 连同税额退回卡中，并扣回 %d 积分；%s 授权").With(back.Ticket.Total, back.Ticket.Earned, back.Ticket.Approver))
	}
	return err
}

// drawer is the count at the end of the shift, with one unit of the currency missing.
func (d *demoDay) drawer(ctx context.Context) error {
	d.tale.scene(i18n.T("Mei counts her drawer blind and closes her shift", "Mei 盲点钱箱并交班").With())
	open, err := d.shop.shop.CurrentShift(ctx)
	if err != nil {
		return err
	}
	books, err := d.shop.store.Drawer(ctx, open.Number)
	if err != nil {
		return err
	}
	counted := money.New(books.Expected.Minor()-d.amount("1.00").Minor(), books.Expected.Currency())
	closed, err := d.shop.shop.CloseShift(ctx, management.Closing{Cash: management.Cash{Sum: counted}}, d.approval())
	if err != nil {
		return err
	}
	d.tale.say(i18n.T("%s were counted, the books say %s: %s, and it is written down", "清点 %s，账面 %s：差额 %s，已记录在案").With(closed.Counted, closed.Expected, closed.Over))
	return d.signIn(ctx, demoManager)
}

// evening closes the batch and the day, and holds the books against each other.
func (d *demoDay) evening(ctx context.Context, begun time.Time) (demoView, error) {
	d.tale.scene(i18n.T("Closing: the batch's totals go to the host, which holds them against its own; Li closes the day with its Z", "打烊：将批次总计发送给主机，与主机账目核对；店长 Li 日结，生成 Z 报表").With())
	b, err := d.shop.shop.CloseBatch(ctx)
	if err != nil {
		return demoView{}, err
	}
	z, err := d.shop.shop.CloseDay(ctx)
	if err != nil {
		return demoView{}, err
	}
	view := demoView{Z: viewZ(z, d.shop.cfg.Shop.Currency), Store: d.shop.store.Path(), Kept: d.kept}
	d.tale.say(i18n.T("Z number %d: %s taken, net of what went back, tax %s; its hash begins %s", "第 %d 号 Z：净收 %s，其中税 %s；哈希以 %s 开头").With(z.Number, view.Z.Total, d.amountOf(view.Z.Sums), z.Hash[:8]))
	if view.Host, err = d.shop.embedded.Totals(ctx, d.shop.cfg.Terminal.ID, b.Number); err != nil {
		return demoView{}, err
	}
	tenders, err := d.shop.store.TenderTotals(ctx, b.Number)
	if err != nil {
		return demoView{}, err
	}
	view.Batch = viewBatch(b, tenders)
	if view.Settlement, err = d.reconcile(ctx, b.Number); err != nil {
		return demoView{}, err
	}
	return d.reckon(ctx, view, z, b, begun)
}

// amountOf is the tax of the day.
func (d *demoDay) amountOf(sums []daySums) money.Amount {
	for _, s := range sums {
		if s.Currency == d.shop.cfg.Shop.Currency.Code() {
			return money.New(s.Tax, d.shop.cfg.Shop.Currency)
		}
	}
	return money.New(0, d.shop.cfg.Shop.Currency)
}

// reckon holds the day's transactions against batch, host and Z, and tells the page.
func (d *demoDay) reckon(ctx context.Context, view demoView, z till.ZReport, b till.Batch, begun time.Time) (demoView, error) {
	var err error
	if view.JournalRows, err = d.shop.store.Verify(ctx); err != nil {
		return demoView{}, err
	}
	if err = d.shop.store.VerifyFacts(ctx); err != nil {
		return demoView{}, err
	}
	txns, err := d.shop.store.Txns(ctx, till.Filter{})
	if err != nil {
		return demoView{}, err
	}
	tickets, err := d.shop.store.Tickets(ctx, till.TicketFilter{})
	if err != nil {
		return demoView{}, err
	}
	slices.Reverse(txns)
	slices.Reverse(tickets)
	view.Sales = viewTickets(tickets)
	journal, taken := till.Totals{Currency: b.Ours.Currency}, int64(0)
	for _, x := range txns {
		view.Transactions = append(view.Transactions, viewTxn(x))
		kind := kindOfOriginal(view.Transactions, x.Original)
		journal, taken = journal.Count(x, kind), taken+movedBy(x, kind)
	}
	view.Agree = b.State == till.BatchClosed && journal == b.Ours && view.Host == b.Ours && taken == z.Total
	view.Messages, view.Seconds = d.tale.messages, time.Since(begun).Seconds()
	d.tale.summary(view, journal, tickets)
	return view, nil
}

// movedBy is what a transaction moved to the shop, in minor units.
func movedBy(x till.Txn, original till.Kind) int64 {
	switch {
	case x.State.Outcome() != till.OutcomeApproved:
		return 0
	case x.Kind == till.Sale, x.Kind == till.Void && original == till.Refund:
		return x.Amount.Minor()
	}
	return -x.Amount.Minor()
}

// kindOfOriginal is what a void undid; the day is told in order, so it was seen before.
func kindOfOriginal(seen []txnView, id till.TxnID) till.Kind {
	for _, v := range seen {
		if v.ID == id {
			return v.Kind
		}
	}
	return ""
}

// reconcile holds the settlement file of the closed batch against the journal, as
// till settle run does.
func (d *demoDay) reconcile(ctx context.Context, batch int) (settleView, error) {
	d.tale.scene(i18n.T("The next morning: the acquirer's settlement file is held against the journal", "次日清晨：将收单方的清算文件与流水账核对").With())
	file := d.shop.embedded.SettlementFile(d.shop.cfg.Terminal.ID, batch)
	job := &settleJob{env: d.env, zone: d.shop.cfg.Shop.Timezone}
	if err := job.read(&settleRunOptions{files: []string{file}, memory: "64M"}); err != nil {
		return settleView{}, err
	}
	if err := job.withShop(ctx, d.shop); err != nil {
		return settleView{}, err
	}
	v := viewSettlement(d.env, job.result, job.run)
	d.tale.say(v.verdict())
	for _, e := range v.Exceptions {
		d.tale.say(i18n.T("%s: %s", "%s：%s").With(e.Reason.In(string(d.env.Lang())), e.Explain))
	}
	return v, nil
}

// insert puts a card where the next sale looks for one.
func (d *demoDay) insert(r reader.Reader) { d.shop.devices.contact = r }

func (d *demoDay) sell(ctx context.Context, b till.Basket, tenders ...management.Tendering) (management.Bill, error) {
	return d.shop.shop.Sell(ctx, management.SellRequest{Basket: b, Tenders: tenders})
}

func byChip() management.Tendering { return management.Tendering{Tender: till.Card, Entry: till.Chip} }

// demoBasket is a basket of codes, each as it may be typed.
func demoBasket(words ...string) till.Basket {
	var b till.Basket
	for _, w := range words {
		e, err := parseEntry(w)
		if err != nil {
			e = till.BasketEntry{Code: w}
		}
		b.Entries = append(b.Entries, e)
	}
	return b
}

// amount reads one of the day's own amounts in the shop's currency; yen have no
// decimals, so the point is left out there and the figures stay.
func (d *demoDay) amount(s string) money.Amount {
	c := d.shop.cfg.Shop.Currency
	a, err := money.Parse(s, c)
	if err != nil {
		whole, _ := money.Parse(strings.ReplaceAll(s, ".", ""), c)
		return whole
	}
	return a
}
