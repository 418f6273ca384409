package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/register"
)

func newAdvance(env *Env, runF func(context.Context, *holdOptions) error) *cobra.Command {
	o := &holdOptions{}
	c := newLeaf(env, leaf{
		use:   "advance AMOUNT",
		short: i18n.T("Pay out cash against a card (cash advance)", "取现：凭卡支付现金"),
		long: i18n.T(
			"Charge AMOUNT to a card and hand out as much from the drawer. While a shift is open no\nmore can be handed out than its drawer holds. It is no sale in the reports; in the\nbatch it is settled as one.",
			"从卡中扣取 AMOUNT，并由钱箱支付等额现金。班次进行中时不得超过钱箱余额。报表中不计为\n销售；批次中与消费一同结算。"),
		examples: []example{
			{i18n.T("a hundred in cash", "取现一百"), "till advance 100.00"},
		},
		result: txnView{},
		exits:  []exitCode{exitDeclined, exitNotPermitted, exitNoDevice, exitUnknown, exitPending},
		run:    runWith(either(env, runF, advanceRun), o, &o.amount),
	}, &o.out)
	bindLine(env, c)
	bindEntry(env, c, &o.cardFlags)
	bindKey(env, c, &o.key)
	return c
}

func advanceRun(ctx context.Context, env *Env, o *holdOptions) error {
	return atCard(ctx, env, o, func(s *shop, ctx context.Context, h register.Hold) (register.Result, error) {
		return s.shop.CashAdvance(ctx, h)
	})
}
