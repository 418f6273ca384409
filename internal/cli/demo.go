package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/host"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reader"
	"github.com/tillworks/till/pkg/reader/virtual"
)

type demoOptions struct {
	out  out.Output
	keep string
}

// demoView is the day in figures, for programs.
type demoView struct {
	Transactions []txnView   `json:"transactions"` // in the order of the day
	Batch        batchView   `json:"batch"`
	Host         till.Totals `json:"host"`  // what the host's own ledger comes to
	Agree        bool        `json:"agree"` // journal, batch and host to the last minor unit
	Settlement   settleView  `json:"settlement"`
	JournalRows  int         `json:"journal_rows"`
	Messages     int         `json:"messages"`
	Seconds      float64     `json:"seconds"`
	Store        string      `json:"store"`
	Kept         bool        `json:"kept"`
}

func newDemo(env *Env, runF func(context.Context, *demoOptions) error) *cobra.Command {
	o := &demoOptions{}
	run := either(env, runF, demoRun)
	c := newLeaf(env, leaf{
		use:   "demo",
		short: i18n.T("Play one business day: sales, a lost answer, a settlement", "演示一个营业日：收款、应答丢失、结算"),
		long: i18n.T(
			"Play one business day of a small shop and tell what happens. Only the card, the\nwallet and the bank are made of software: every message goes over TCP to a host that\nchecks the card's cryptogram, a wallet's payment over signed HTTP to a gateway, and\nevery amount lands in a SQLite file.",
			"演示一家小店的一个营业日并逐步讲解。只有卡片、钱包和银行由软件模拟：每条报文都经\nTCP 发往会校验卡片密文的主机，扫码付款经签名 HTTP 发往网关，每笔金额都写入 SQLite\n文件。"),
		examples: []example{
			{i18n.T("in a folder that is removed at the end", "使用临时文件夹，结束后删除"), "till demo"},
			{i18n.T("keep the day and look around in it", "保留数据以便查看"), "till demo --keep ./day"},
		},
		result: demoView{},
		exits:  []exitCode{exitDifferences},
		run:    func(ctx context.Context, _ []string) error { return run(ctx, o) },
	}, &o.out)
	c.Flags().StringVar(&o.keep, "keep", "", env.Say(i18n.T("keep the day's data in the new folder `DIR`", "将当日数据保存在新文件夹 `DIR`")))
	return c
}

func demoRun(ctx context.Context, env *Env, o *demoOptions) (err error) {
	dir, done, err := demoFolder(o.keep)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	d := &demoDay{env: env, tale: newTale(env), kept: o.keep != ""}
	if d.shop, err = openDemoShop(ctx, env, dir, d.tale); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.shop.Close()) }()
	view, err := d.play(ctx)
	if err != nil {
		return err
	}
	if err := env.Write(&o.out, out.Result{Value: view, Text: func(out.Screen) string { return d.tale.String() }}); err != nil {
		return err
	}
	if !view.Agree {
		return exitError{exitDifferences}
	}
	return nil
}

// demoTimeout is how long the demo waits for an answer that never comes: long enough
// for a busy machine, short enough for a day of a few seconds.
const demoTimeout = 700 * time.Millisecond

func openDemoShop(ctx context.Context, env *Env, dir string, t *tale) (*shop, error) {
	s, err := openShop(ctx, env, shopOptions{
		dir: dir, embedded: true, timeout: demoTimeout, tap: t.message, observe: t.observe,
	})
	if err != nil {
		return nil, err
	}
	profile, err := host.Load(s.cfg.Host.Profile)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	t.spec = profile.Spec
	return s, nil
}

// demoFolder makes the folder of the day. A kept one must be new, or its totals would
// not be the day's.
func demoFolder(keep string) (dir string, done func() error, err error) {
	if keep == "" {
		if dir, err = os.MkdirTemp("", "till-demo-"); err != nil {
			return "", nil, demoFolderProblem(os.TempDir(), err)
		}
		return dir, func() error { return os.RemoveAll(dir) }, nil
	}
	if dir, err = filepath.Abs(keep); err != nil {
		return "", nil, demoFolderProblem(keep, err)
	}
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return "", nil, demoFolderProblem(dir, errors.New("the folder is not empty"))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", nil, demoFolderProblem(dir, err)
	}
	return dir, func() error { return nil }, nil
}

func demoFolderProblem(dir string, cause error) error {
	return &till.Problem{
		Code: till.CodeUsage, Cause: cause,
		What: i18n.T("the demo cannot keep its day in %s", "演示无法使用文件夹 %s").With(dir),
		Hint: i18n.T("name a new folder: till demo --keep ./day", "请指定新文件夹：till demo --keep ./day").With(),
	}
}

// demoDay is the day while it is played.
type demoDay struct {
	env  *Env
	shop *shop
	tale *tale
	kept bool
	txns []till.TxnID
}

// play is the day from the first message to the last.
func (d *demoDay) play(ctx context.Context) (demoView, error) {
	begun := time.Now()
	d.tale.open(d.shop)
	scenes := []func(context.Context) error{
		d.morning, d.chipSale, d.swipedSale, d.cashSale, d.codeSale, d.forgottenSale, d.declinedSale, d.lostAnswer, d.corrections,
	}
	for _, scene := range scenes {
		if err := scene(ctx); err != nil {
			return demoView{}, err
		}
	}
	return d.evening(ctx, begun)
}

func (d *demoDay) morning(ctx context.Context) error {
	d.tale.scene(i18n.T("Opening: the terminal signs on and asks the host for a sign of life", "开店：终端签到，并向主机发送回响测试").With())
	if err := d.shop.register.SignOn(ctx); err != nil {
		return err
	}
	_, err := d.shop.register.Echo(ctx)
	return err
}

func (d *demoDay) chipSale(ctx context.Context) error {
	d.tale.scene(i18n.T("A coffee by chip card: the card makes a cryptogram, the host checks it and answers with one that the card checks", "芯片卡买咖啡：卡片生成密文，主机验证后回送密文，由卡片验证").With())
	d.insert(virtual.NewReader(virtual.NewCard(virtual.Visa())))
	res, err := d.take(ctx, "12.50", till.Card, till.Chip)
	if err != nil {
		return err
	}
	if c := res.Txn.Chip; c != nil {
		d.tale.say(i18n.T("the card signed the amount (ARQC %s), accepted the bank's answer and closed with %s %s", "卡片对金额签名（ARQC %s），接受银行应答，并以 %s %s 结束").With(c.ARQC, c.CryptogramType, c.Cryptogram))
	}
	d.tale.receipt(d.shop, res.Txn)
	return nil
}

func (d *demoDay) swipedSale(ctx context.Context) error {
	d.tale.scene(i18n.T("A swiped card: first one whose stripe says that it has a chip, then one without", "刷磁条：先刷一张带芯片的卡，再刷一张不带芯片的卡").With())
	d.insert(virtual.NewStripe(virtual.ChipStripe()))
	_, err := d.take(ctx, "8.00", till.Card, till.Swipe)
	var refused *till.Problem
	if !errors.As(err, &refused) {
		return fmt.Errorf("the stripe of a chip card was not refused: %w", err)
	}
	d.tale.say(i18n.T("refused, and nothing was sent: %s", "已拒绝，未发送任何数据：%s").With(refused.What))
	d.insert(virtual.NewStripe(virtual.PlainStripe()))
	_, err = d.take(ctx, "8.00", till.Card, till.Swipe)
	return err
}

func (d *demoDay) cashSale(ctx context.Context) error {
	d.tale.scene(i18n.T("A cash sale: no host is asked, the journal holds it all the same", "现金收款：无需联系主机，同样记入流水账").With())
	_, err := d.take(ctx, "5.00", till.Cash, till.NoEntry)
	return err
}

func (d *demoDay) codeSale(ctx context.Context) error {
	d.tale.scene(i18n.T("A sale by wallet: the till shows a code, the shopper scans it and pays, and the till asks the gateway until it hears so", "扫码收款：终端显示二维码，顾客扫码付款，终端向网关查询直至确认").With())
	res, err := d.take(ctx, "6.60", till.QR, till.Shown)
	if err != nil {
		return err
	}
	if o := res.Txn.Wallet; o != nil && o.State == till.OrderPaid {
		d.tale.say(i18n.T("order %s is paid, the wallet's own number is %s", "订单 %s 已支付，钱包交易号 %s").With(o.Number, o.TradeNo))
	}
	return nil
}

func (d *demoDay) forgottenSale(ctx context.Context) error {
	d.tale.scene(i18n.T("A tea by chip card (amounts that end in .41 are approved, but the lab's host leaves them out of its settlement file: remember it)", "芯片卡买茶（尾数为 .41 的金额会被批准，但实验主机的清算文件会遗漏：请记住这一笔）").With())
	d.insert(virtual.NewReader(virtual.NewCard(virtual.Visa18())))
	_, err := d.take(ctx, "6.41", till.Card, till.Chip)
	return err
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

func (d *demoDay) declinedSale(ctx context.Context) error {
	d.tale.scene(i18n.T("A sale that the bank declines (the lab's host answers 51 to amounts that end in .51)", "银行拒绝的交易（实验主机对尾数为 .51 的金额应答 51）").With())
	d.insert(virtual.NewReader(virtual.NewCard(virtual.Visa())))
	_, err := d.take(ctx, "10.51", till.Card, till.Chip)
	return err
}

func (d *demoDay) lostAnswer(ctx context.Context) error {
	d.tale.scene(i18n.T("The answer never comes (amounts that end in .68): the outcome is unknown, not declined, and the sale is reversed", "应答丢失（尾数为 .68 的金额）：结果未知而非拒绝，随即冲正").With())
	d.insert(virtual.NewReader(virtual.NewCard(virtual.Visa())))
	res, err := d.take(ctx, "10.68", till.Card, till.Chip)
	if err != nil {
		return err
	}
	if res.Txn.State != till.Reversed {
		if res.Txn, err = d.shop.register.Status(ctx, res.Txn.ID); err != nil {
			return err
		}
	}
	if res.Txn.State == till.Reversed {
		d.tale.say(i18n.T("the host had taken the money and has given it back: REVERSED, and the shopper owes nothing", "主机此前已扣款，现已退回：REVERSED（已冲正），顾客无欠账").With())
	}
	return nil
}

func (d *demoDay) corrections(ctx context.Context) error {
	d.tale.scene(i18n.T("The swiped sale is voided, and part of the coffee is paid back", "撤销刷卡交易，并退还咖啡的部分金额").With())
	coffee, swiped := d.txns[0], d.txns[1]
	res, err := d.shop.register.Void(ctx, register.Undo{Original: swiped})
	if err != nil {
		return err
	}
	d.txns = append(d.txns, res.Txn.ID)
	res, err = d.shop.register.Refund(ctx, register.Undo{Original: coffee, Amount: d.amount("2.50")})
	if err != nil {
		return err
	}
	d.txns = append(d.txns, res.Txn.ID)
	return nil
}

// evening closes the batch and holds the three books against each other.
func (d *demoDay) evening(ctx context.Context, begun time.Time) (demoView, error) {
	d.tale.scene(i18n.T("Closing: the batch's totals go to the host, which holds them against its own", "打烊：将批次总计发送给主机，与主机账目核对").With())
	b, err := d.shop.register.CloseBatch(ctx)
	if err != nil {
		return demoView{}, err
	}
	hosts, err := d.shop.embedded.Totals(ctx, d.shop.cfg.Terminal.ID, b.Number)
	if err != nil {
		return demoView{}, err
	}
	tenders, err := d.shop.store.TenderTotals(ctx, b.Number)
	if err != nil {
		return demoView{}, err
	}
	settlement, err := d.reconcile(ctx, b.Number)
	if err != nil {
		return demoView{}, err
	}
	rows, err := d.shop.store.Verify(ctx)
	if err != nil {
		return demoView{}, err
	}
	view := demoView{Settlement: settlement, Batch: viewBatch(b, tenders), Host: hosts, JournalRows: rows, Store: d.shop.store.Path(), Kept: d.kept}
	journal := till.Totals{Currency: b.Ours.Currency}
	for _, id := range d.txns {
		t, err := d.shop.store.Txn(ctx, id)
		if err != nil {
			return demoView{}, err
		}
		view.Transactions = append(view.Transactions, viewTxn(t))
		journal = journal.Count(t, kindOfOriginal(view.Transactions, t.Original))
	}
	view.Agree = b.State == till.BatchClosed && journal == b.Ours && hosts == b.Ours
	view.Messages, view.Seconds = d.tale.messages, time.Since(begun).Seconds()
	d.tale.summary(view, journal)
	return view, nil
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

// insert puts a card where the next sale looks for one.
func (d *demoDay) insert(r reader.Reader) { d.shop.device = r }

func (d *demoDay) take(ctx context.Context, amount string, tender till.Tender, entry till.Entry) (register.Result, error) {
	res, err := d.shop.register.Take(ctx, register.Payment{Amount: d.amount(amount), Tender: tender, Entry: entry})
	if res.Txn.ID != "" {
		d.txns = append(d.txns, res.Txn.ID)
	}
	return res, err
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
