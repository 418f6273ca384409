package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

type returnOptions struct {
	out      out.Output
	name     string
	lines    []string
	reason   string
	noStock  bool
	key      string
	approver approver
}

func newReturn(env *Env, runF func(context.Context, *returnOptions) error) *cobra.Command {
	o := &returnOptions{}
	c := newLeaf(env, leaf{
		use:   "return SALE",
		short: i18n.T("Take lines of a sale back and pay them back", "退回销售中的商品并退款"),
		long: i18n.T(
			"Take back lines of a sale, or all that is left of it. Each line gives back its part of\nwhat was paid, of the tax and of the points; the money goes back over the tenders of\nthe sale, last taken first. Several returns never give back more than was sold.\n\nSALE is an id, the id of one of its transactions, or \"last\".",
			"退回销售中的若干行或全部剩余商品。每行按比例退还款项、税额与积分；款项按原付款方式退\n还，后收先退。多次退货合计不超过所售。\n\nSALE 可为编号、其某笔交易的编号，或 \"last\"。"),
		examples: []example{
			{i18n.T("all of it", "整单退货"), "till return last --reason 'changed their mind'"},
			{i18n.T("one of line 2, and line 3 whole", "第 2 行退一件，第 3 行全退"), "till return 7Q2M4X8RT0VB --line 2=1 --line 3"},
			{i18n.T("something broken, which is not sold again", "损坏商品，不再销售"), "till return last --line 1 --no-stock --reason broken"},
		},
		result: ticketView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitUnknown, exitPending},
		run:    runWith(either(env, runF, returnRun), o, &o.name),
	}, &o.out)
	bindLine(env, c)
	bindApprover(env, c, &o.approver)
	f := c.Flags()
	f.StringArrayVar(&o.lines, "line", nil, env.Say(i18n.T("take back line `N[=QTY]` alone; without a quantity all that is left of it; may be repeated", "仅退第 `N[=QTY]` 行；省略数量即为该行全部剩余；可重复")))
	f.StringVar(&o.reason, "reason", "", env.Say(i18n.T("why it comes back, `TEXT`", "退货原因 `TEXT`")))
	f.BoolVar(&o.noStock, "no-stock", false, env.Say(i18n.T("what comes back cannot be sold again", "退回的商品不再销售")))
	f.StringVar(&o.key, "id", "", env.Say(i18n.T("idempotency `KEY` of this one return; default: a new one", "本次退货的幂等键 `KEY`；默认自动生成")))
	return c
}

func returnRun(ctx context.Context, env *Env, o *returnOptions) error {
	lines, err := o.returnLines()
	if err != nil {
		return err
	}
	return withShopAs(ctx, env, shopOptions{observe: progress(env)}, func(s *shop) error {
		sold, err := s.shop.TicketByName(ctx, o.name)
		if err != nil {
			return err
		}
		bill, err := approved(ctx, env, o.approver, func(a *management.Approval) (management.Bill, error) {
			return s.shop.Return(ctx, management.ReturnRequest{
				Key: o.key, Approval: a,
				Return: till.BasketReturn{Original: sold.ID, Lines: lines, Reason: o.reason, NoStock: o.noStock},
			})
		})
		return s.showBill(ctx, env, &o.out, bill, err)
	})
}

// returnLines reads the values of --line: "2", "2=1.5".
func (o *returnOptions) returnLines() ([]till.BasketReturnLine, error) {
	var lines []till.BasketReturnLine
	for _, word := range o.lines {
		number, quantity, some := strings.Cut(word, "=")
		n, err := strconv.Atoi(number)
		l := till.BasketReturnLine{Line: n}
		if err == nil && some {
			l.Quantity, err = till.ParseQuantity(quantity)
		}
		if err != nil || n < 1 || some && l.Quantity <= 0 {
			return nil, &till.Problem{
				Code: till.CodeUsage,
				What: i18n.T("--line %q is no line with a quantity", "--line %q 不是行号与数量").With(word),
				Hint: i18n.T("--line 2 is all of line 2, --line 2=1 is one of it; till sale show %s -O table numbers them", "--line 2 为第 2 行全部，--line 2=1 为其中一件；行号见 till sale show %s -O table").With(o.name),
			}
		}
		lines = append(lines, l)
	}
	return lines, nil
}
