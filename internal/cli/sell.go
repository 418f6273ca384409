package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/receipt"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

type sellOptions struct {
	out      out.Output
	codes    []string
	from     string
	member   string
	redeem   int64
	coupons  []string
	tenders  tenderFlags
	key      string
	hold     string
	quote    bool
	approver approver
}

func newSell(env *Env, runF func(context.Context, *sellOptions) error) *cobra.Command {
	o := &sellOptions{}
	run := either(env, runF, sellRun)
	c := newLeaf(env, leaf{
		use:   "sell [CODE...]",
		short: i18n.T("Sell lines: by codes, from a basket file, or line by line", "销售商品：按条码、购物篮文件或逐行输入"),
		long: i18n.T(
			"Sell what the codes name, each a SKU or a barcode, 3*CODE for three of it; or a basket\nfile; or, with neither, line by line as they are typed or scanned: help lists the words.\nPromotions, taxes and points are worked out, the stock is reserved, and the tenders are\ntaken one after another. A decline stops there: what was taken stays taken, till sale\npay goes on, till sale cancel gives it back.\n\nA basket file is JSON: {\"entries\": [{\"code\": \"latte\", \"quantity\": 2, \"discount\":\n{\"percent\": \"10%\", \"reason\": \"cold\"}}], \"member\": \"8001\"}. An entry may have a code, or a\nname with a price; amounts are decimals in the shop's currency.\n\nThe same --id sells once, however often the command runs, and goes on where it stopped.",
			"按条码或 SKU 销售商品，3*CODE 表示三件；或使用购物篮文件；两者皆无时逐行输入或扫码，\nhelp 可列出可用的词。计算优惠、税和积分，预留库存，再依次收取各付款方式。被拒绝即停：\n已收的款项保留，till sale pay 继续付款，till sale cancel 退还。\n\n购物篮文件为 JSON：{\"entries\": [{\"code\": \"latte\", \"quantity\": 2, \"discount\":\n{\"percent\": \"10%\", \"reason\": \"凉了\"}}], \"member\": \"8001\"}。每项有 code，或 name 与 price；\n金额为店铺币种的小数。\n\n同一个 --id 无论执行多少次只销售一次，并从中断处继续。"),
		examples: []example{
			{i18n.T("a latte and two of a scanned item, by card", "一杯拿铁和两件扫码商品，刷卡"), "till sell latte 2*6901234567892"},
			{i18n.T("in cash, with change", "现金并找零"), "till sell latte --tender cash --given 50"},
			{i18n.T("a basket from a script, part cash and the rest by card", "脚本中的购物篮，部分现金、其余刷卡"), "till sell --from basket.json --pay cash=20 --pay card --id order-7 --json"},
			{i18n.T("what it would cost", "询价"), "till sell latte --quote"},
			{i18n.T("put it aside", "挂单"), "till sell latte --hold 'table 4'"},
			{i18n.T("line by line", "逐行输入"), "till sell"},
		},
		result: ticketView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitNoDevice, exitUnknown, exitPending},
		run: func(ctx context.Context, args []string) error {
			o.codes = args
			return run(ctx, o)
		},
	}, &o.out)
	f := c.Flags()
	f.StringVar(&o.from, "from", "", env.Say(i18n.T("sell the basket of `FILE`, JSON; - is standard input", "销售 `FILE` 中的购物篮（JSON）；- 表示标准输入")))
	f.StringVar(&o.member, "member", "", env.Say(i18n.T("the customer `ID` who collects points", "积分会员 `ID`")))
	f.Int64Var(&o.redeem, "redeem", 0, env.Say(i18n.T("spend this many `POINTS`", "使用积分 `POINTS`")))
	f.StringArrayVar(&o.coupons, "coupon", nil, env.Say(i18n.T("coupon `CODE` of a promotion; may be repeated", "优惠券 `CODE`；可重复")))
	f.StringVar(&o.key, "id", "", env.Say(i18n.T("idempotency `KEY` of this one sale; default: a new one", "本次销售的幂等键 `KEY`；默认自动生成")))
	f.StringVar(&o.hold, "hold", "", env.Say(i18n.T("put the sale aside as `LABEL` instead of paying", "以 `LABEL` 挂单，不付款")))
	f.BoolVar(&o.quote, "quote", false, env.Say(i18n.T("only say what it would cost", "仅询价")))
	bindTenders(env, c, &o.tenders)
	bindApprover(env, c, &o.approver)
	return c
}

func sellRun(ctx context.Context, env *Env, o *sellOptions) error {
	basket, err := o.basket(ctx, env)
	if err != nil {
		return err
	}
	return o.tenders.withShop(ctx, env, func(s *shop, tenders []management.Tendering) error {
		switch {
		case basket == nil:
			return s.sellLines(ctx, env, o, till.Ticket{})
		case o.quote:
			return s.quote(ctx, env, o, *basket)
		case o.hold != "":
			return s.hold(ctx, env, o, *basket)
		}
		bill, err := approved(ctx, env, o.approver, func(a *management.Approval) (management.Bill, error) {
			return s.shop.Sell(ctx, management.SellRequest{Key: o.key, Basket: *basket, Tenders: tenders, Approval: a})
		})
		return s.showBill(ctx, env, &o.out, bill, err)
	})
}

// basket is what the command names, nil where it is to be typed line by line.
func (o *sellOptions) basket(ctx context.Context, env *Env) (*till.Basket, error) {
	switch {
	case o.from != "" && len(o.codes) > 0:
		return nil, twoWays("--from", "CODE")
	case o.from != "" && (o.member != "" || o.redeem != 0 || len(o.coupons) > 0):
		return nil, twoWays("--from", "--member, --redeem, --coupon")
	case o.quote && o.hold != "":
		return nil, twoWays("--quote", "--hold")
	case strings.TrimSpace(o.hold) == "" && o.tenders.named("hold"):
		return nil, emptyFlag("--hold")
	case o.from != "":
		return o.basketOfFile(ctx, env)
	case len(o.codes) == 0:
		return nil, o.checkLines(env)
	}
	b := &till.Basket{Member: till.MemberID(o.member), Redeem: o.redeem, Coupons: o.coupons}
	for _, word := range o.codes {
		e, err := parseEntry(word)
		if err != nil {
			return nil, err
		}
		b.Entries = append(b.Entries, e)
	}
	return b, nil
}

// checkLines refuses what a sale that is typed line by line cannot be.
func (o *sellOptions) checkLines(env *Env) error {
	switch {
	case env.globals.noInput:
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("nothing to sell was named, and --no-input asks for nothing", "未指明销售内容，而 --no-input 不作询问").With(),
			Hint: i18n.T("name codes, as in till sell latte, or a file: till sell --from basket.json", "请给出条码，如 till sell latte，或文件：till sell --from basket.json").With(),
		}
	case o.quote || len(o.tenders.pay) > 0 || o.tenders.given != "":
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("line by line the sale is paid and priced by words, not by flags", "逐行输入时以词语付款和询价，而非标志").With(),
			Hint: i18n.T("leave --quote, --pay and --given out, and type total or pay", "请去掉 --quote、--pay 和 --given，并输入 total 或 pay").With(),
		}
	}
	return nil
}

// parseEntry reads a code with how many of it: "latte", "3*latte", "0.375*nuts".
func parseEntry(word string) (till.BasketEntry, error) {
	code := strings.TrimSpace(word)
	e := till.BasketEntry{Code: code}
	if many, rest, ok := strings.Cut(code, "*"); ok {
		if q, err := till.ParseQuantity(strings.TrimSpace(many)); err == nil {
			e.Quantity, e.Code = q, strings.TrimSpace(rest)
			if q <= 0 {
				return e, quantityOfNothing(q)
			}
		}
	}
	if e.Code == "" {
		return e, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%q names nothing to sell", "%q 未指明商品").With(word),
			Hint: i18n.T("a code, or a quantity and a code: 3*latte", "请输入条码，或数量与条码：3*latte").With(),
		}
	}
	return e, nil
}

func quantityOfNothing(q till.Quantity) error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("quantity %s, want more than nothing", "数量为 %s，应大于零").With(q),
		Hint: i18n.T("goods that come back are a return: till return", "退回商品请用退货：till return").With(),
	}
}

func (s *shop) quote(ctx context.Context, env *Env, o *sellOptions, b till.Basket) error {
	t, err := s.shop.Quote(ctx, b)
	if err != nil {
		return err
	}
	return env.Write(&o.out, out.Result{Value: viewTicket(env, t), Table: lineTable(t), Text: quoteText(env, t)})
}

func (s *shop) hold(ctx context.Context, env *Env, o *sellOptions, b till.Basket) error {
	t, err := approved(ctx, env, o.approver, func(a *management.Approval) (till.Ticket, error) {
		return s.shop.Hold(ctx, management.HoldRequest{Key: o.key, Label: o.hold, Basket: b, Approval: a})
	})
	if err != nil {
		return err
	}
	return s.showHeld(env, &o.out, t)
}

// showHeld writes a sale that was put aside, and how to go on with it.
func (s *shop) showHeld(env *Env, o *out.Output, t till.Ticket) error {
	if err := env.Write(o, out.Result{Value: viewTicket(env, t), Table: lineTable(t), Text: quoteText(env, t)}); err != nil {
		return err
	}
	env.Note(i18n.T("held; till sale pay %s takes the payment, till sale recall %s goes on with it", "已挂单；till sale pay %s 收款，till sale recall %s 继续").With(nameOf(t), nameOf(t)))
	return nil
}

// nameOf is what a held sale is best called on the command line.
func nameOf(t till.Ticket) string {
	if t.Label != "" && !strings.ContainsAny(t.Label, " '\"$`\\*?<>|&;()") {
		return t.Label
	}
	return string(t.ID)
}

// showBill writes what a sale, a return or a void of lines came to. A bill that stands is
// shown as well as what went wrong after it, since money may have been taken.
func (s *shop) showBill(ctx context.Context, env *Env, o *out.Output, b management.Bill, cause error) error {
	if cause != nil && b.Ticket.ID == "" {
		return cause
	}
	if err := env.Write(o, out.Result{Value: viewBill(env, b), Table: lineTable(b.Ticket), Text: s.billText(ctx, env, b, receipt.Options{Duplicate: b.Replayed})}); err != nil {
		return errors.Join(cause, err)
	}
	s.adviseBill(env, b)
	if cause != nil {
		return cause
	}
	return billExit(b)
}

// billExit is the exit of a command that took payments for a ticket.
func billExit(b management.Bill) error {
	if b.Replayed || b.Ticket.State == till.TicketCanceled {
		return nil
	}
	if err := outcomeExit(b.Outcome()); err != nil {
		return err
	}
	if b.Due.IsPositive() {
		return exitError{exitPending}
	}
	return nil
}

// billText is the paper of a ticket as people read it on the screen.
func (s *shop) billText(ctx context.Context, env *Env, b management.Bill, o receipt.Options) func(out.Screen) string {
	return s.paperText(env, o, func() receipt.Doc { return s.billDoc(ctx, b) })
}

func (s *shop) billDoc(ctx context.Context, b management.Bill) receipt.Doc {
	d := receipt.Doc{MerchantName: s.cfg.Shop.Name, MerchantAddress: s.cfg.Shop.Address, Ticket: &b.Ticket, Txns: b.Txns}
	if b.Ticket.Member != "" {
		if m, err := s.store.Member(ctx, b.Ticket.Member); err == nil {
			d.Member = &m
		}
	}
	for _, x := range b.Txns {
		if x.Tender == till.Card && s.embedded != nil || x.Tender == till.QR && s.wallets != nil {
			d.Notice = i18n.T("TEST - NO MONEY MOVES", "测试 - 无资金划转")
		}
	}
	return d
}

// adviseBill says the next step where there is one.
func (s *shop) adviseBill(env *Env, b management.Bill) {
	t := b.Ticket
	last := b.Outcome()
	if n := len(b.Taken); n > 0 && isDeclinedByHost(b.Taken[n-1].Txn) {
		env.Note(receipt.DeclineText(b.Taken[n-1].Txn.ResponseCode))
	}
	switch {
	case b.Replayed:
		env.Note(i18n.T("this --id was used before: nothing was taken again", "该 --id 已使用过：未重复收款").With())
	case !b.Due.IsPositive():
		if change := viewBill(env, b).Change; change.IsPositive() && t.Kind == till.TicketSale {
			env.Note(i18n.T("change: %s", "找零：%s").With(change))
		}
	case last == till.OutcomeUnknown && b.Taken[len(b.Taken)-1].Txn.State == till.Exception:
		env.Note(stuck(b.Taken[len(b.Taken)-1].Txn))
	case last == till.OutcomeUnknown && b.Taken[len(b.Taken)-1].Txn.State.IsOpen():
		x := b.Taken[len(b.Taken)-1].Txn
		env.Note(i18n.T("no answer came; the reversal is queued, and %s are still due. First till txn status %s, then till sale pay %s", "未收到应答；冲正已排队，尚欠 %s。请先 till txn status %s，再 till sale pay %s").With(b.Due, x.ID, t.ID))
	case adviseParted(env, b):
	case t.Kind == till.TicketReturn:
		env.Note(i18n.T("%s have still to go back: till sale pay %s goes on", "尚有 %s 待退还：till sale pay %s 可继续").With(b.Due, t.ID))
	default:
		env.Note(i18n.T("%s are still due: till sale pay %s takes them, till sale cancel %s gives the sale up", "尚欠 %s：till sale pay %s 继续收款，till sale cancel %s 放弃销售").With(b.Due, t.ID, t.ID))
	}
}

// adviseParted says the next step after a part that the host approved, accepted or not. It
// is false where the last tender was approved or declined whole.
func adviseParted(env *Env, b management.Bill) bool {
	if len(b.Taken) == 0 {
		return false
	}
	t, x := b.Ticket, b.Taken[len(b.Taken)-1].Txn
	switch {
	case x.Unmet().IsPositive():
		env.Note(i18n.T("the host approved %s of %s, which are taken; %s are still due: till sale pay %s --tender cash (or card, qr) takes them, till sale cancel %s gives the part back", "主机批准 %[2]s 中的 %[1]s，已收取；尚欠 %[3]s：till sale pay %[4]s --tender cash（或 card、qr）收取余款，till sale cancel %[5]s 退还该部分并取消").With(x.Amount, x.Asked, b.Due, t.ID, t.ID))
	case x.Reason == till.ReasonPartial && x.State.IsOpen():
		env.Note(i18n.T("the host approved a part only, and the reversal that gives it back is queued; %s are still due. First till txn status %s, then till sale pay %s", "主机只批准部分金额，退还该部分的冲正已排队；尚欠 %s。请先 till txn status %s，再 till sale pay %s").With(b.Due, x.ID, t.ID))
	case x.Reason == till.ReasonPartial:
		env.Note(i18n.T("the host approved a part only, which was given back; %s are still due: till sale pay %s --tender cash (or another card), the part with --partial accept, or till sale cancel %s", "主机只批准部分金额，该部分已退还；尚欠 %s：till sale pay %s --tender cash（或换卡），接受该部分请加 --partial accept，或 till sale cancel %s").With(b.Due, t.ID, t.ID))
	default:
		return false
	}
	return true
}
