package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
)

func newTip(env *Env, runF func(context.Context, *furtherOptions) error) *cobra.Command {
	o := &furtherOptions{}
	c := newLeaf(env, leaf{
		use:   "tip ID AMOUNT",
		short: i18n.T("Add a tip to a card sale of the open batch", "为当前批次的银行卡消费加小费"),
		long: i18n.T(
			"Add AMOUNT to an approved card sale or completion of the open batch, as written on the\nslip. The host is told and not asked, also while it cannot be reached. The setting\ntip.percent bounds what the tips of one sale may come to; a void of the sale undoes\nthem with it. ID may be \"last\".",
			"按签购单为当前批次中已批准的银行卡消费或预授权完成加小费 AMOUNT。以通知方式上送，\n无法联系主机时也可使用。每笔消费的小费上限由设置 tip.percent 限定；撤销消费时一并撤销。\nID 可为 \"last\"。"),
		examples: []example{
			{i18n.T("as written on the slip", "按签购单所写"), "till tip 7Q2M4X8RT0VB 8.00"},
		},
		result: txnView{},
		exits:  []exitCode{exitNotPermitted, exitPending},
		run:    runWith(either(env, runF, tipRun), o, &o.original, &o.amount),
	}, &o.out)
	bindFurther(env, c, o)
	return c
}

func tipRun(ctx context.Context, env *Env, o *furtherOptions) error {
	return further(ctx, env, o, (*management.Shop).Tip)
}
