package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/receipt"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

func newSale(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "sale",
		short: i18n.T("Look at sales and returns of lines, go on with held ones", "查询商品销售与退货、继续挂单"),
		long: i18n.T(
			"Sales and returns of lines, as till sell and till return made them. SALE is an id, the\nlabel of a held one, a key, the id of one of its transactions, or \"last\".",
			"由 till sell 和 till return 产生的商品销售与退货。SALE 可为编号、挂单标签、幂等键、其某笔\n交易的编号，或 \"last\"。"),
		commands: []*cobra.Command{
			newSaleList(env, nil), newSaleShow(env, nil), newSaleHeld(env, nil), newSaleRecall(env, nil),
			newSalePay(env, nil), newSaleCancel(env, nil),
		},
	})
}

type saleListOptions struct {
	out   out.Output
	state string
	kind  string
	staff string
	limit int
}

func newSaleList(env *Env, runF func(context.Context, *saleListOptions) error) *cobra.Command {
	o := &saleListOptions{}
	c := newLeaf(env, leaf{
		use:   "list",
		short: i18n.T("List sales and returns, newest first", "列出销售与退货，最新的在前"),
		long:  i18n.T("List sales and returns of lines, newest first. None is an empty list and no failure.", "列出商品销售与退货，最新的在前。没有时为空列表，并非失败。"),
		examples: []example{
			{i18n.T("the last twenty", "最近二十笔"), "till sale list"},
			{i18n.T("what is partly paid", "付款未完的销售"), "till sale list --state PAYING"},
			{i18n.T("totals of the returns, for a script", "退货金额，供脚本使用"), "till sale list --kind return --limit 0 --jq '.[].total.minor'"},
		},
		result: []saleRow{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, saleListRun), o),
	}, &o.out)
	f := c.Flags()
	f.StringVar(&o.state, "state", "", env.Say(i18n.T("in this `STATE` alone: OPEN (held), PAYING, DONE, VOIDED or CANCELED", "仅限状态 `STATE`：OPEN（挂单）、PAYING、DONE、VOIDED 或 CANCELED")))
	f.StringVar(&o.kind, "kind", "", env.Say(i18n.T("of this `KIND` alone: sale or return", "仅限类型 `KIND`：sale 或 return")))
	f.StringVar(&o.staff, "staff", "", env.Say(i18n.T("of the member of the staff `ID` alone", "仅限员工 `ID`")))
	f.IntVar(&o.limit, "limit", 20, env.Say(i18n.T("at most `N`; 0 is all", "最多 `N` 笔；0 表示全部")))
	_ = c.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(ticketStates(), cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions([]string{"sale", "return"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func ticketStates() []string {
	return []string{string(till.TicketOpen), string(till.TicketPaying), string(till.TicketDone), string(till.TicketVoided), string(till.TicketCanceled)}
}

func negativeLimit() error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("--limit is not negative", "--limit 不能为负数").With(),
		Hint: i18n.T("--limit 0 is all", "--limit 0 表示全部").With(),
	}
}

func saleListRun(ctx context.Context, env *Env, o *saleListOptions) error {
	f := till.TicketFilter{Kind: till.TicketKind(o.kind), Staff: till.StaffID(o.staff), Limit: o.limit}
	if f.Kind != "" && f.Kind != till.TicketSale && f.Kind != till.TicketReturn {
		return wrongWord("--kind", o.kind, "sale, return")
	}
	if o.limit < 0 {
		return negativeLimit()
	}
	if o.state != "" {
		state := strings.ToUpper(o.state)
		if !slices.Contains(ticketStates(), state) {
			return wrongWord("--state", o.state, strings.Join(ticketStates(), ", "))
		}
		f.States = []till.TicketState{till.TicketState(state)}
	}
	return listTickets(ctx, env, &o.out, func(s *shop) ([]till.Ticket, error) { return s.shop.Tickets(ctx, f) })
}

// listTickets opens the shop and writes the tickets that it is asked for.
func listTickets(ctx context.Context, env *Env, o *out.Output, ask func(*shop) ([]till.Ticket, error)) error {
	return withShop(ctx, env, func(s *shop) error {
		tickets, err := ask(s)
		if err != nil {
			return err
		}
		return env.Write(o, out.Result{Value: viewTickets(tickets), Table: ticketTable(env, tickets, s.cfg.Shop.Timezone)})
	})
}

type saleShowOptions struct {
	out  out.Output
	name string
}

func newSaleShow(env *Env, runF func(context.Context, *saleShowOptions) error) *cobra.Command {
	o := &saleShowOptions{}
	return newLeaf(env, leaf{
		use:   "show SALE",
		short: i18n.T("Show a sale or return with its lines and payments", "显示一笔销售或退货的明细与付款"),
		long:  i18n.T("Show a sale or return of lines as it stands, as its receipt reads. -O table shows the\nlines, --json all of it.", "按小票样式显示销售或退货现状。-O table 显示商品行，--json 显示全部。"),
		examples: []example{
			{i18n.T("the newest", "最近一笔"), "till sale show last"},
			{i18n.T("its lines, for a spreadsheet", "商品行，供电子表格使用"), "till sale show last -O csv"},
			{i18n.T("what can still come back", "仍可退回的数量"), "till sale show last --jq '.lines[] | .quantity - (.returned // 0)'"},
		},
		result: ticketView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, saleShowRun), o, &o.name),
	}, &o.out)
}

func saleShowRun(ctx context.Context, env *Env, o *saleShowOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		bill, err := s.shop.BillOf(ctx, o.name)
		if err != nil {
			return err
		}
		return env.Write(&o.out, out.Result{
			Value: viewBill(env, bill), Table: lineTable(bill.Ticket), Text: s.billText(ctx, env, bill, receipt.Options{Duplicate: true}),
		})
	})
}

func newSaleHeld(env *Env, runF func(context.Context, *saleListOptions) error) *cobra.Command {
	o := &saleListOptions{}
	return newLeaf(env, leaf{
		use:   "held",
		short: i18n.T("List the sales that were put aside", "列出挂单"),
		long:  i18n.T("List the sales that were put aside, newest first, with the label that each is found by.", "列出挂单及其标签，最新的在前。"),
		examples: []example{
			{i18n.T("what waits", "等待中的挂单"), "till sale held"},
		},
		result: []saleRow{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, saleHeldRun), o),
	}, &o.out)
}

func saleHeldRun(ctx context.Context, env *Env, o *saleListOptions) error {
	return listTickets(ctx, env, &o.out, func(s *shop) ([]till.Ticket, error) { return s.shop.Held(ctx) })
}

// saleRecallOptions are those of a sale that goes on line by line.
type saleRecallOptions struct {
	name string
	sell sellOptions
}

func newSaleRecall(env *Env, runF func(context.Context, *saleRecallOptions) error) *cobra.Command {
	o := &saleRecallOptions{}
	c := newLeaf(env, leaf{
		use:   "recall SALE",
		short: i18n.T("Go on with a held sale, line by line", "继续挂单，逐行输入"),
		long:  i18n.T("Take a held sale up again where it was left, line by line as till sell does. It stays\nheld until it is paid or cancelled. till sale pay pays it as it is.", "从中断处继续挂单，逐行输入，与 till sell 相同。付款或取消之前仍为挂单。till sale pay 可\n直接付款。"),
		examples: []example{
			{i18n.T("by its label", "按标签"), "till sale recall 'table 4'"},
		},
		result: ticketView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitNoDevice, exitUnknown, exitPending},
		run:    runWith(either(env, runF, saleRecallRun), o, &o.name),
	}, &o.sell.out)
	bindTenders(env, c, &o.sell.tenders)
	bindApprover(env, c, &o.sell.approver)
	return c
}

func saleRecallRun(ctx context.Context, env *Env, o *saleRecallOptions) error {
	if err := o.sell.checkLines(env); err != nil {
		return err
	}
	options, err := o.sell.tenders.options(ctx, env)
	if err != nil {
		return err
	}
	return withShopAs(ctx, env, options, func(s *shop) error {
		t, err := s.shop.Recall(ctx, o.name)
		if err != nil {
			return err
		}
		return s.sellLines(ctx, env, &o.sell, t)
	})
}

type salePayOptions struct {
	out     out.Output
	name    string
	tenders tenderFlags
}

func newSalePay(env *Env, runF func(context.Context, *salePayOptions) error) *cobra.Command {
	o := &salePayOptions{}
	c := newLeaf(env, leaf{
		use:   "pay SALE",
		short: i18n.T("Pay a held sale, or what is still due of one", "为挂单付款，或支付尚欠款项"),
		long:  i18n.T("Pay a held sale, priced as of now, or what is still due of one that is partly paid. A\nreturn that is not paid back whole goes on over the tenders of its sale.", "为挂单付款（按当前价格），或支付尚欠款项。未退清的退货按原销售的付款方式继续退款。"),
		examples: []example{
			{i18n.T("a held sale in cash", "挂单付现金"), "till sale pay 'table 4' --tender cash --given 100"},
			{i18n.T("what is left after a decline", "被拒绝后支付余款"), "till sale pay last --tender cash"},
		},
		result: ticketView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitNoDevice, exitUnknown, exitPending},
		run:    runWith(either(env, runF, salePayRun), o, &o.name),
	}, &o.out)
	bindTenders(env, c, &o.tenders)
	return c
}

func salePayRun(ctx context.Context, env *Env, o *salePayOptions) error {
	return o.tenders.withShop(ctx, env, func(s *shop, tenders []management.Tendering) error {
		t, err := s.shop.TicketByName(ctx, o.name)
		if err != nil {
			return err
		}
		bill, err := s.shop.PayTicket(ctx, t.ID, tenders...)
		return s.showBill(ctx, env, &o.out, bill, err)
	})
}

type saleCancelOptions struct {
	out      out.Output
	name     string
	approver approver
}

func newSaleCancel(env *Env, runF func(context.Context, *saleCancelOptions) error) *cobra.Command {
	o := &saleCancelOptions{}
	c := newLeaf(env, leaf{
		use:   "cancel SALE",
		short: i18n.T("Give up a held or partly paid sale; what was taken goes back", "放弃挂单或付款未完的销售，退还已收款项"),
		long:  i18n.T("Give up a sale that is held or partly paid. What was taken for it is voided first, last\ntaken first; then it is cancelled. A sale that is done is voided or returned instead.", "放弃挂单或付款未完的销售。已收款项先撤销（后收先撤），再取消销售。已完成的销售请改用撤销\n或退货。"),
		examples: []example{
			{i18n.T("the shopper has gone", "顾客已离开"), "till sale cancel 'table 4'"},
		},
		result: ticketView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitUnknown, exitPending},
		run:    runWith(either(env, runF, saleCancelRun), o, &o.name),
	}, &o.out)
	bindLine(env, c)
	bindApprover(env, c, &o.approver)
	return c
}

func saleCancelRun(ctx context.Context, env *Env, o *saleCancelOptions) error {
	return withShopAs(ctx, env, shopOptions{observe: progress(env)}, func(s *shop) error {
		t, err := s.shop.TicketByName(ctx, o.name)
		if err != nil {
			return err
		}
		bill, err := approved(ctx, env, o.approver, func(a *management.Approval) (management.Bill, error) {
			return s.shop.Abandon(ctx, t.ID, a)
		})
		return s.showBill(ctx, env, &o.out, bill, err)
	})
}
