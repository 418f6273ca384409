package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/receipt"
	"github.com/tillworks/till/internal/register"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

type payOptions struct {
	out    out.Output
	amount string
	tender string
	cardFlags

	code        string // the shopper's payment code, "-" is stdin; "" shows a code
	cashback    string
	instalments int
	plan        string
	voice       string // authorization code that the issuer gave by telephone
	key         string
}

// bindLine gives a command that talks to the card host the flags that stand above the
// settings of the line.
func bindLine(env *Env, c *cobra.Command) {
	bindSetting(env, c.Flags(), "host", "host.address", i18n.T(
		"card host at `ADDR`, host:port; default: the configured one, else the embedded one",
		"收单主机地址 `ADDR`，host:port；默认使用配置的主机，否则为内置主机"))
	bindSetting(env, c.Flags(), "host-timeout", "host.timeout", i18n.T(
		"wait `TIME` for the host's answer, such as 10s", "等待主机应答的时间 `TIME`，例如 10s"))
}

// bindWallet gives a command the flags that stand above the settings of payments by code.
func bindWallet(env *Env, c *cobra.Command) {
	bindSetting(env, c.Flags(), "wallet-patience", "wallet.patience", i18n.T(
		"wait `TIME` for the shopper to pay a code, such as 60s", "等待顾客扫码付款的时间 `TIME`，例如 60s"))
}

func newPay(env *Env, runF func(context.Context, *payOptions) error) *cobra.Command {
	o := &payOptions{}
	c := newLeaf(env, leaf{
		use:   "pay AMOUNT",
		short: i18n.T("Take a payment by card, by wallet code or in cash", "刷卡、扫码或现金收款"),
		long: i18n.T(
			"Take a payment of AMOUNT in the shop's currency. A card is read by the configured\nreader; without one it is a virtual chip card that answers real APDUs. The sale is on\nthe disk, with the image of its reversal, before the first byte goes to the host. An\nanswer that never comes is an unknown outcome and not a decline: the sale is reversed\nuntil the host acknowledges it.\n\nWith --entry tap a card or phone is held to the reader, by a test kernel that nobody\ncertified. From the amount of the setting tap.verify on its holder is verified, by a\nsignature or by the phone; from that of tap.insert on it must be inserted.\n\nWith --tender qr a code is shown on standard error for the shopper's wallet to scan,\nand the till asks the wallet gateway until it is paid; with --code it hands in the\npayment code that the wallet shows. What is not paid in time, or given up by Ctrl-C, is\nclosed, and paid back if it was paid all the same.\n\nThe same --id charges once, however often the command runs.",
			"按店铺币种收取金额 AMOUNT。卡片由所配置的读卡器读取；未配置时使用可应答真实 APDU 的\n虚拟芯片卡。交易及其冲正映像先落盘，之后才向主机发送第一个字节。未收到应答即结果\n未知，而非拒绝：将持续冲正直到主机确认。\n\n使用 --entry tap 时将卡片或手机靠近读卡器；所用为测试内核，未经认证。金额达到设置\ntap.verify 时须验证持卡人（签名或手机验证），达到 tap.insert 时须插卡。\n\n使用 --tender qr 时在标准错误输出上显示二维码供顾客扫描，并向钱包网关查询直至付款；\n使用 --code 时提交顾客出示的付款码。未按时付款或按 Ctrl-C 放弃的订单将被关闭，若仍被\n付款则自动退还。\n\n同一个 --id 无论执行多少次只收款一次。"),
		examples: []example{
			{i18n.T("a chip sale on the embedded host", "在内置主机上进行芯片卡消费"), "till pay 12.50"},
			{i18n.T("a card or phone that is held to the reader", "挥卡或手机支付"), "till pay 12.50 --entry tap"},
			{i18n.T("cash, for a script", "现金收款，供脚本使用"), "till pay 5 --tender cash --json"},
			{i18n.T("show a code for the shopper's wallet", "显示二维码供顾客扫描"), "till pay 12.50 --tender qr"},
			{i18n.T("hand in the payment code that a scanner types", "提交扫码枪读取的付款码"), "till pay 12.50 --tender qr --code -"},
			{i18n.T("a card that wants its PIN, in a script", "供脚本使用：需要 PIN 的卡"), "till pay 12.50 --reader virtual:pin --pin-file card.pin"},
			{i18n.T("fifty more in cash: the card is charged 62.50", "另付现金五十：卡中共扣 62.50"), "till pay 12.50 --cashback 50.00"},
			{i18n.T("twelve instalments by the acquirer's plan", "按收单机构的计划分十二期"), "till pay 2400.00 --instalments 12 --plan A12"},
			{i18n.T("an order by telephone: the card is keyed", "电话订购：手工输入卡号"), "till pay 12.50 --entry manual"},
			{i18n.T("the issuer approved by telephone", "发卡行电话授权"), "till pay 12.50 --entry fallback --auth-code 123456"},
			{i18n.T("charge once, however often this line runs", "无论执行多少次只收款一次"), "till pay 12.50 --id order-1042"},
			{i18n.T("a stripe reader that types as a keyboard does", "键盘式磁条阅读器"), "till pay 8 --reader swipe"},
			{i18n.T("keep what the card said, masked, to play it back", "录制（遮蔽后的）卡片交互，以便回放"), "till pay 12.50 --trace card.jsonl"},
			{i18n.T("a swiped card whose track 2 comes from standard input", "从标准输入读取磁道 2 的刷卡交易"), "till pay 8 --entry swipe --track-file -"},
		},
		result: txnView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitNoDevice, exitUnknown, exitPending},
		run:    runWith(either(env, runF, payRun), o, &o.amount),
	}, &o.out)
	bindLine(env, c)
	bindWallet(env, c)
	bindEntry(env, c, &o.cardFlags)
	bindPartial(env, c, &o.cardFlags)
	f := c.Flags()
	f.StringVar(&o.tender, "tender", string(till.Card), env.Say(i18n.T("pay by `TENDER`: card, cash or qr (a wallet's code)", "付款方式 `TENDER`：card（卡）、cash（现金）或 qr（扫码）")))
	f.StringVar(&o.code, "code", "", env.Say(i18n.T("hand in the `SCANNED` payment code of the shopper's wallet, - is standard input", "提交扫描到的顾客付款码 `SCANNED`，- 表示标准输入")))
	f.StringVar(&o.cashback, "cashback", "", env.Say(i18n.T("hand out `AMOUNT` in cash besides: the card is charged both", "另付现金 `AMOUNT` 给顾客：两者均从卡中扣取")))
	f.IntVar(&o.instalments, "instalments", 0, env.Say(i18n.T("the shopper pays the issuer back in `N` instalments, 2 to 99", "顾客分 `N` 期向发卡行还款，2 至 99")))
	f.StringVar(&o.plan, "plan", "", env.Say(i18n.T("the instalment plan by its `CODE`, as the acquirer named it", "收单机构的分期计划代码 `CODE`")))
	f.StringVar(&o.voice, "auth-code", "", env.Say(i18n.T("the issuer approved by telephone and gave `CODE`, six digits or letters: the host is told and not asked", "发卡行电话授权码 `CODE`（六位数字或字母）：以通知方式上送，而非请求")))
	f.StringVar(&o.key, "id", "", env.Say(i18n.T("idempotency `KEY` of this one sale; default: a new one", "本笔交易的幂等键 `KEY`；默认自动生成")))
	_ = c.RegisterFlagCompletionFunc("tender", cobra.FixedCompletions([]string{"card", "cash", "qr"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func payRun(ctx context.Context, env *Env, o *payOptions) error {
	cfg, err := env.Config()
	if err != nil {
		return err
	}
	p, err := o.payment(ctx, env, cfg.Shop.Currency)
	if err != nil {
		return err
	}
	options, err := o.options(ctx, env, p.Entry)
	if err != nil {
		return err
	}
	return withShopAs(ctx, env, options, func(s *shop) error {
		res, err := s.shop.Pay(ctx, p)
		return s.show(env, &o.out, res, err)
	})
}

// payment checks the words of the command before anything is opened.
func (o *payOptions) payment(ctx context.Context, env *Env, c money.Currency) (register.Payment, error) {
	amount, err := parseAmount(o.amount, c)
	if err != nil {
		return register.Payment{}, err
	}
	p := register.Payment{Key: o.key, Amount: amount, Tender: till.Tender(o.tender)}
	switch {
	case p.Tender == till.QR:
		return o.byCode(ctx, env, p)
	case p.Tender != till.Card && p.Tender != till.Cash:
		return p, wrongWord("--tender", o.tender, "card, cash, qr")
	case o.code != "":
		return p, codeWithout(p.Tender)
	}
	if p.Entry, err = o.how(env); err != nil {
		return p, err
	}
	return o.terms(p)
}

// terms adds what only some payments by card have.
func (o *payOptions) terms(p register.Payment) (register.Payment, error) {
	if o.plan != "" && o.instalments == 0 {
		return p, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("--plan is of instalments, and --instalments is missing", "--plan 属于分期，但缺少 --instalments").With(),
			Hint: i18n.T("add --instalments N", "请加上 --instalments N").With(),
		}
	}
	if o.instalments != 0 {
		p.Plan = &till.Plan{Count: o.instalments, Code: o.plan}
	}
	p.AuthCode = o.voice
	if o.cashback == "" {
		return p, nil
	}
	back, err := parseAmount(o.cashback, p.Amount.Currency())
	if err != nil {
		return p, err
	}
	p.Cashback = back
	p.Amount, err = p.Amount.Add(back)
	return p, err
}

// parseAmount reads an amount of the command line and refuses what no sale can be of.
func parseAmount(s string, c money.Currency) (money.Amount, error) {
	a, err := money.Parse(s, c)
	var what i18n.Message
	switch {
	case errors.Is(err, money.ErrDecimals):
		what = i18n.T("%q has more decimals than %s has (%d)", "%q 的小数位多于 %s 的小数位（%d）").With(s, c, c.Exponent())
	case errors.Is(err, money.ErrOverflow):
		what = i18n.T("%q is more than any amount can be", "%q 超出金额上限").With(s)
	case err != nil:
		what = i18n.T("%q is not an amount", "%q 不是金额").With(s)
	case a.Minor() > till.MaxMinor:
		what = i18n.T("the amount %s does not fit the 12 digits of field 4", "金额 %s 超出域 4 的 12 位数字").With(a)
	case a.IsZero():
		what = i18n.T("the amount is zero", "金额为零").With()
	case !a.IsPositive():
		what = i18n.T("the amount %s is negative", "金额 %s 为负数").With(a)
	default:
		return a, nil
	}
	return money.Amount{}, &till.Problem{
		Code: till.CodeUsage, What: what,
		Hint: i18n.T("give a positive amount in %s such as 12.50: digits and one point, no separators or signs; nothing was written", "请以 %s 给出正数金额，如 12.50：仅限数字和一个小数点，不含分隔符和符号；未写入任何数据").With(c),
	}
}

func wrongWord(flag, got, want string) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%s %q is unknown", "%s %q 无法识别").With(flag, got),
		Hint: i18n.T("use one of: %s", "可用值：%s").With(want),
	}
}

// show writes what a use case came to: the receipt for people, the transaction for
// programs. A result that went wrong after the request was out is shown as well as its
// cause, since an unknown outcome must be seen.
func (s *shop) show(env *Env, o *out.Output, res register.Result, cause error) error {
	if cause != nil && res.Txn.ID == "" {
		return cause
	}
	v := viewTxn(res.Txn)
	v.Outcome, v.Replayed = res.Outcome, res.Replayed
	err := env.Write(o, out.Result{Value: v, Text: s.receiptText(env, res.Txn, receipt.Options{Duplicate: res.Replayed})})
	if cause != nil || err != nil {
		return errors.Join(cause, err)
	}
	s.advise(env, res)
	if res.Txn.Unmet().IsPositive() && res.Outcome == till.OutcomeApproved {
		return exitError{exitPending}
	}
	return outcomeExit(res.Outcome)
}

// advise says the next step where there is one.
func (s *shop) advise(env *Env, res register.Result) {
	switch {
	case res.Txn.Tender == till.QR && !res.Replayed:
		adviseOrder(env, res.Txn)
	case res.Txn.State == till.Exception:
		env.Note(stuck(res.Txn))
	case isDeclinedByHost(res.Txn) && !isPlainDecline(res.Txn.ResponseCode) && !res.Replayed:
		env.Note(declined(res.Txn))
	case res.Txn.Reason == till.ReasonPartial:
		env.Note(i18n.T("the host approved a part only, which is given back: take cash or another card, or the part with --partial accept", "主机只批准部分金额，该部分予以退还：请收现金或换卡，或用 --partial accept 接受该部分").With())
	case res.Outcome == till.OutcomeUnknown && res.Txn.State == till.Reversed:
		env.Note(i18n.T("no answer came; the sale was reversed and the host has acknowledged it: it is safe to try again", "未收到应答；交易已冲正并获主机确认：可放心重试").With())
	case res.Outcome == till.OutcomeUnknown:
		env.Note(i18n.T("no answer came; do not charge again yet: the reversal is queued. till txn status %s", "未收到应答；请勿重复收款：冲正已排队。till txn status %s").With(res.Txn.ID))
	case res.Outcome == till.OutcomeApproved && res.Txn.Unmet().IsPositive():
		env.Note(i18n.T("the host approved %s of %s: %s are left to pay, in cash or by another card", "主机批准 %[2]s 中的 %[1]s：尚余 %[3]s，请以现金或其他卡支付").With(res.Txn.Amount, res.Txn.Asked, res.Txn.Unmet()))
	case res.Replayed:
		env.Note(i18n.T("this --id was used before: nothing was charged again", "该 --id 已使用过：未重复收款").With())
	}
}

// outcomeExit is the exit of a command whose result is an outcome. A reversed sale is
// not paid and nothing of it is unknown any more, so a script treats it as declined.
func outcomeExit(o till.Outcome) error {
	switch o {
	case till.OutcomeDeclined, till.OutcomeReversed:
		return exitError{exitDeclined}
	case till.OutcomeUnknown:
		return exitError{exitUnknown}
	case till.OutcomeApproved:
		return nil
	}
	return nil
}

// receiptText is the receipt of a transaction as people read it on the screen.
func (s *shop) receiptText(env *Env, t till.Txn, o receipt.Options) func(out.Screen) string {
	return s.paperText(env, o, func() receipt.Doc { return s.receiptDoc(t) })
}

// paperText is a paper as people read it on the screen. What stands on it is only looked
// up when it is shown.
func (s *shop) paperText(env *Env, o receipt.Options, doc func() receipt.Doc) func(out.Screen) string {
	return func(out.Screen) string {
		o.Lang, o.Zone = env.Lang(), s.cfg.Shop.Timezone
		if o.Width == 0 {
			o.Width = s.cfg.Receipt.Width
		}
		return strings.TrimRight(receipt.Render(doc(), o), "\n")
	}
}

func (s *shop) receiptDoc(t till.Txn) receipt.Doc {
	d := receipt.Doc{MerchantName: s.cfg.Shop.Name, MerchantAddress: s.cfg.Shop.Address, Txn: t}
	if t.Kind.Refers() && t.Kind != till.Refund {
		if original, err := s.store.Txn(context.Background(), t.Original); err == nil && original.Kind != till.Sale {
			d.Original = &original // its kind is in the title
		}
	}
	if s.embedded != nil || t.Tender == till.QR && s.wallets != nil {
		d.Notice = i18n.T("TEST - NO MONEY MOVES", "测试 - 无资金划转")
	}
	return d
}

// presentCard asks for the card in the way in which it comes.
func presentCard(e till.Entry) i18n.Message {
	switch e {
	case till.Tap:
		return i18n.T("hold the card or phone to the reader", "请将卡片或手机靠近读卡器").With()
	case till.Swipe, till.Fallback:
		return i18n.T("swipe the card", "请刷卡").With()
	default:
		return i18n.T("insert the card", "请插卡").With()
	}
}

// progress tells a person what the till waits for, on stderr.
func progress(env *Env) func(register.Observation) {
	return func(o register.Observation) {
		if o.What == register.CodeShown {
			showCode(env, o.Txn)
			return
		}
		if !env.Err.Terminal {
			return
		}
		switch o.What {
		case register.WaitingForCard:
			env.Note(presentCard(o.Txn.Entry))
		case register.RequestSent:
			env.Note(i18n.T("asking the host", "正在联系主机").With())
		case register.AdviceSent:
			env.Note(i18n.T("telling the host", "正在上送通知").With())
		case register.ReversalSent:
			env.Note(i18n.T("no valid answer; reversing", "未收到有效应答；正在冲正").With())
		default:
		}
	}
}
