package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

func newPromo(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "promo",
		short: i18n.T("Run promotions and explain what they did", "管理促销并解释其效果"),
		long: i18n.T(
			"A promotion asks for something (items, a quantity, an amount, hours, a coupon, a\nmember) and gives something: a percentage, an amount, a price, or pieces for free.\nEvery sale keeps why each promotion was applied to it or not.",
			"促销设定条件（商品、数量、金额、时段、优惠券、会员）并给予优惠：百分比、金额、特价或\n赠品。每笔销售都记录每项促销生效或未生效的原因。"),
		commands: []*cobra.Command{
			newPromoAdd(env, nil), newPromoEdit(env, nil),
			newPromoPause(env, nil), newPromoResume(env, nil), newPromoEnd(env, nil),
			newPromoList(env, nil), newPromoShow(env, nil), newPromoExplain(env, nil),
		},
	})
}

func newPromoAdd(env *Env, runF func(context.Context, *promoOptions) error) *cobra.Command {
	return newPromoWrite(env, either(env, runF, promoAddRun), leaf{
		use:   "add ID",
		short: i18n.T("Begin a promotion", "新增促销"),
		long: i18n.T(
			"Begin a promotion. It gives one of --percent, --amount, --price or --buy with --get,\non the items of --category and --sku, or on everything. Lines share promotions only\nwhere all of them are --stackable; otherwise the lower --priority has them, and of one\npriority whichever is better for the shopper.",
			"新增促销。优惠为 --percent、--amount、--price 或 --buy 加 --get 之一，适用于 --category\n与 --sku 指定的商品；不指定则为全部。仅当各项促销均为 --stackable 时才可同享；否则\n--priority 小者优先，同级则取对顾客更优者。"),
		examples: []example{
			{i18n.T("happy hours on weekdays", "工作日欢乐时光"), "till promo add happy --category drinks --percent 20 --from 15:00 --to 17:00 --weekdays mon-fri"},
			{i18n.T("three for two", "买二送一"), `till promo add latte3 --name "Three for two" --sku latte --buy 2 --get 1`},
			{i18n.T("five off over fifty, in March", "三月满 50 减 5"), "till promo add spring --amount 5 --over 50 --since 2026-03-01 --until 2026-03-31"},
			{i18n.T("for members with a coupon", "会员凭券优惠"), "till promo add tea5 --category tea --percent 5 --coupon TEA5 --members --stackable"},
		},
		exits: []exitCode{exitNotPermitted},
	})
}

func promoAddRun(ctx context.Context, env *Env, o *promoOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		p := till.Programme{ID: till.ProgrammeID(o.id)}
		if err := o.change(&p, s.cfg.Shop.Currency); err != nil {
			return err
		}
		p, err := s.shop.AddProgramme(ctx, p)
		if err != nil {
			return err
		}
		return s.showProgramme(ctx, env, &o.out, p)
	})
}

func newPromoEdit(env *Env, runF func(context.Context, *promoOptions) error) *cobra.Command {
	return newPromoWrite(env, either(env, runF, promoEditRun), leaf{
		use:   "edit ID",
		short: i18n.T("Change a promotion", "修改促销"),
		long: i18n.T(
			"Change what is named by a flag; the rest stays. An empty value takes a condition away:\n--weekdays \"\". Sales that were priced before keep what they got.",
			"仅修改标志所指定的内容，其余不变。空值取消该条件：--weekdays \"\"。此前已计价的销售不受\n影响。"),
		examples: []example{
			{i18n.T("a quarter off instead", "改为七五折"), "till promo edit happy --percent 25"},
			{i18n.T("every day, for everybody", "改为每天、所有人可享"), `till promo edit happy --weekdays "" --members=false`},
		},
		exits: []exitCode{exitNotPermitted},
	})
}

func promoEditRun(ctx context.Context, env *Env, o *promoOptions) error {
	if len(o.given) == 0 {
		return nothingToChange("--name, --category, --percent, --from, --weekdays …")
	}
	return withShop(ctx, env, func(s *shop) error {
		p, err := s.shop.EditProgramme(ctx, till.ProgrammeID(o.id), func(p *till.Programme) error {
			return o.change(p, s.cfg.Shop.Currency)
		})
		if err != nil {
			return err
		}
		return s.showProgramme(ctx, env, &o.out, p)
	})
}

// newPromoWrite makes a command that takes the flags of a promotion.
func newPromoWrite(env *Env, run func(context.Context, *promoOptions) error, l leaf) *cobra.Command {
	o := &promoOptions{}
	var c *cobra.Command
	l.result = programmeView{}
	l.run = func(ctx context.Context, args []string) error {
		o.id, o.given = args[0], givenFlags(c)
		return run(ctx, o)
	}
	c = newLeaf(env, l, &o.out)
	o.bind(env, c)
	return c
}

// showProgramme writes a promotion after a change, for people as one line, and says what
// keeps it from ever being applied.
func (s *shop) showProgramme(ctx context.Context, env *Env, o *out.Output, p till.Programme) error {
	v := s.viewProgramme(p)
	if err := env.WriteLine(o, v, programmeLine(v)); err != nil {
		return err
	}
	return s.noteIdle(ctx, env, p)
}

// noteIdle says which categories of a promotion no item is in.
func (s *shop) noteIdle(ctx context.Context, env *Env, p till.Programme) error {
	idle, err := s.shop.IdleCategories(ctx, p)
	for _, c := range slices.Sorted(maps.Keys(idle)) {
		switch meant := idle[c]; meant {
		case "":
			env.Note(i18n.T("no item is in category %q yet", "目前没有商品属于类别 %q").With(c))
		default:
			env.Note(i18n.T("no item is in category %q; is it %q?", "没有商品属于类别 %q；是否指 %q？").With(c, meant))
		}
	}
	return err
}
