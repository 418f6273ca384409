package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

func newPromoPause(env *Env, runF func(context.Context, *promoOptions) error) *cobra.Command {
	return newPromoSwitch(env, runF, (*management.Shop).PauseProgramme, leaf{
		use:   "pause ID",
		short: i18n.T("Switch a promotion off for now", "暂停促销"),
		long:  i18n.T("Switch a promotion off until it is resumed. Sales say that it was paused.", "暂停促销，直至恢复。期间的销售会注明其已暂停。"),
		examples: []example{
			{i18n.T("the milk is out", "缺货时暂停"), "till promo pause happy"},
		},
	})
}

func newPromoResume(env *Env, runF func(context.Context, *promoOptions) error) *cobra.Command {
	return newPromoSwitch(env, runF, (*management.Shop).ResumeProgramme, leaf{
		use:   "resume ID",
		short: i18n.T("Switch a paused promotion on again", "恢复已暂停的促销"),
		long:  i18n.T("Switch a paused promotion on again, with all that it asks and gives.", "恢复已暂停的促销，条件与优惠不变。"),
		examples: []example{
			{i18n.T("the milk is back", "到货后恢复"), "till promo resume happy"},
		},
	})
}

func newPromoEnd(env *Env, runF func(context.Context, *promoOptions) error) *cobra.Command {
	return newPromoSwitch(env, runF, (*management.Shop).EndProgramme, leaf{
		use:   "end ID",
		short: i18n.T("End a promotion for good", "永久结束促销"),
		long: i18n.T(
			"End a promotion for good: no sale looks at it again, and its ID may begin another one.\nSales keep what it gave them. One that ends by itself has --until.",
			"永久结束促销：此后的销售不再考虑它，其 ID 可用于新的促销。已成交的销售保留所得优惠。\n自动到期请用 --until。"),
		examples: []example{
			{i18n.T("the season is over", "活动结束"), "till promo end spring"},
		},
	})
}

// newPromoSwitch makes a command that switches a promotion by one use case.
func newPromoSwitch(env *Env, runF func(context.Context, *promoOptions) error,
	do func(*management.Shop, context.Context, till.ProgrammeID) (till.Programme, error), l leaf) *cobra.Command {
	o := &promoOptions{}
	run := either(env, runF, func(ctx context.Context, env *Env, o *promoOptions) error {
		return withShop(ctx, env, func(s *shop) error {
			p, err := do(s.shop, ctx, till.ProgrammeID(o.id))
			if err != nil {
				return err
			}
			return s.showProgramme(ctx, env, &o.out, p)
		})
	})
	l.result, l.exits = programmeView{}, []exitCode{exitNotPermitted}
	l.run = runWith(run, o, &o.id)
	return newLeaf(env, l, &o.out)
}
