package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/promo"
	"github.com/tillworks/till/internal/till"
)

// programmeView is a promotion and whether it runs at this moment.
type programmeView struct {
	till.Programme
	Runs  bool   `json:"runs"`            // now, for a sale that asks for nothing else
	Rests string `json:"rests,omitempty"` // why it does not: the code of a note
}

func (s *shop) viewProgramme(p till.Programme) programmeView {
	v := programmeView{Programme: p, Runs: !p.Gone}
	switch n := s.shop.RunsAt(p); {
	case p.Gone:
		v.Rests = promo.CodeEnded
	case n != nil:
		v.Runs, v.Rests = false, n.Code
	}
	return v
}

// standingText says whether a promotion runs now.
func (v programmeView) standingText() i18n.Text {
	switch v.Rests {
	case "":
		return i18n.T("runs", "进行中")
	case promo.CodePaused:
		return i18n.T("paused", "已暂停")
	case promo.CodeNotBegun:
		return i18n.T("not begun", "未开始")
	case promo.CodeEnded:
		return i18n.T("ended", "已结束")
	case promo.CodeWeekday:
		return i18n.T("not today", "今日不适用")
	}
	return i18n.T("not now", "不在时段内")
}

// programmeLine is a promotion in one line.
func programmeLine(v programmeView) i18n.Message {
	name := string(v.ID)
	if v.Name != "" {
		name += "  " + v.Name
	}
	what := i18n.T("%s: %s for %s, %s", "%s：%s，适用%s，%s").With(name, promo.Gives(v.Reward), promo.On(v.Rule), promo.When(v.Programme))
	if asks := promo.Asks(v.Programme); !asks.IsZero() {
		what = i18n.T("%s; asks for %s", "%s；条件：%s").With(what, asks)
	}
	return i18n.T("%s (%s)", "%s（%s）").With(what, v.standingText())
}

type promoListOptions struct {
	out  out.Output
	runs bool
}

func newPromoList(env *Env, runF func(context.Context, *promoListOptions) error) *cobra.Command {
	o := &promoListOptions{}
	c := newLeaf(env, leaf{
		use:   "list",
		short: i18n.T("List the promotions", "列出促销"),
		long: i18n.T(
			"List the promotions that have not ended for good, in the order in which they are\ntried, and whether each runs now.",
			"按优先顺序列出未永久结束的促销，以及当前是否生效。"),
		examples: []example{
			{i18n.T("all of them", "全部促销"), "till promo list"},
			{i18n.T("what runs at this moment", "当前生效的促销"), "till promo list --running --jq '.[].id'"},
		},
		result: []programmeView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, promoListRun), o),
	}, &o.out)
	c.Flags().BoolVar(&o.runs, "running", false, env.Say(i18n.T("those that run now alone", "仅列出当前生效的促销")))
	return c
}

func promoListRun(ctx context.Context, env *Env, o *promoListOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		all, err := s.shop.Programmes(ctx)
		if err != nil {
			return err
		}
		views := []programmeView{}
		for _, p := range all {
			if v := s.viewProgramme(p); v.Runs || !o.runs {
				views = append(views, v)
			}
		}
		if len(all) == 0 {
			env.Note(i18n.T("there is no promotion: till promo add begins one", "尚无促销：till promo add 可新增").With())
		}
		return env.Write(&o.out, out.Result{Value: views, Table: programmeTable(env, views)})
	})
}

func programmeTable(env *Env, views []programmeView) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "id", Head: i18n.T("ID", "编号")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "gives", Head: i18n.T("GIVES", "优惠")},
		{Name: "on", Head: i18n.T("ON", "适用商品")},
		{Name: "asks", Head: i18n.T("ASKS FOR", "条件")},
		{Name: "when", Head: i18n.T("WHEN", "时间")},
		{Name: "now", Head: i18n.T("NOW", "当前")},
	}}
	for _, v := range views {
		table.Rows = append(table.Rows, []string{
			string(v.ID), v.Name, promo.Gives(v.Reward).In(env.Lang()), promo.On(v.Rule).In(env.Lang()),
			promo.Asks(v.Programme).In(env.Lang()), promo.When(v.Programme).In(env.Lang()), env.Say(v.standingText()),
		})
	}
	return table
}

func newPromoShow(env *Env, runF func(context.Context, *promoOptions) error) *cobra.Command {
	o := &promoOptions{}
	return newLeaf(env, leaf{
		use:   "show ID",
		short: i18n.T("Show one promotion", "显示一项促销"),
		long:  i18n.T("Show what a promotion gives, on what, what it asks for, and whether it runs now.", "显示促销的优惠、适用商品、条件以及当前是否生效。"),
		examples: []example{
			{i18n.T("one promotion", "显示一项促销"), "till promo show happy"},
			{i18n.T("its percentage, for a script", "其百分比，供脚本使用"), "till promo show happy --jq .reward.percent"},
		},
		result: programmeView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, promoShowRun), o, &o.id),
	}, &o.out)
}

func promoShowRun(ctx context.Context, env *Env, o *promoOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		p, err := s.shop.Programme(ctx, till.ProgrammeID(o.id))
		if err != nil {
			return err
		}
		v := s.viewProgramme(p)
		return env.Write(&o.out, out.Result{Value: v, Table: programmeDetail(env, v)})
	})
}

// programmeDetail is a promotion as rows of name and value.
func programmeDetail(env *Env, v programmeView) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "name", Head: i18n.T("NAME", "名称")}, {Name: "value", Head: i18n.T("VALUE", "内容")},
	}}
	add := func(name i18n.Text, value i18n.Message) {
		if !value.IsZero() {
			table.Rows = append(table.Rows, []string{env.Say(name), value.In(env.Lang())})
		}
	}
	add(i18n.T("promotion", "促销"), ownText(string(v.ID)))
	add(i18n.T("name", "名称"), ownText(v.Name))
	add(i18n.T("gives", "优惠"), promo.Gives(v.Reward))
	add(i18n.T("on", "适用商品"), promo.On(v.Rule))
	add(i18n.T("asks for", "条件"), promo.Asks(v.Programme))
	add(i18n.T("when", "时间"), promo.When(v.Programme))
	add(i18n.T("priority", "优先级"), i18n.Same("%d").With(v.Priority))
	if v.Stackable {
		add(i18n.T("stackable", "可叠加"), i18n.T("with others that are", "可与其他可叠加促销同享").With())
	}
	add(i18n.T("now", "当前"), v.standingText().With())
	return table
}

// ownText is a text of the shop's as a message; an empty one is none.
func ownText(text string) i18n.Message {
	if text == "" {
		return i18n.Message{}
	}
	return i18n.Same("%s").With(text)
}
