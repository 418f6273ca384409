package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

func newTaxList(env *Env, runF func(context.Context, *taxOptions) error) *cobra.Command {
	o := &taxOptions{}
	return newLeaf(env, leaf{
		use:   "list",
		short: i18n.T("List the tax classes", "列出税种"),
		long:  i18n.T("List the shop's tax classes with their rates, and which is the default.", "列出店铺的税种及其税率，以及默认税种。"),
		examples: []example{
			{i18n.T("all of them", "全部税种"), "till tax list"},
			{i18n.T("the code of the default", "默认税种的代码"), "till tax list --jq '.[] | select(.default) | .code'"},
		},
		result: []till.TaxClass{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, taxListRun), o),
	}, &o.out)
}

func taxListRun(ctx context.Context, env *Env, o *taxOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		all, err := s.shop.TaxClasses(ctx)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			env.Note(i18n.T("this shop taxes nothing: till tax set standard --rate VAT=13 makes the first class", "本店不计税：till tax set standard --rate VAT=13 可新增第一个税种").With())
			all = []till.TaxClass{}
		}
		return env.Write(&o.out, out.Result{Value: all, Table: taxTable(env, all)})
	})
}

func newTaxShow(env *Env, runF func(context.Context, *taxOptions) error) *cobra.Command {
	o := &taxOptions{}
	return newLeaf(env, leaf{
		use:   "show CODE",
		short: i18n.T("Show one tax class", "显示一个税种"),
		long:  i18n.T("Show a tax class with its rates.", "显示税种及其税率。"),
		examples: []example{
			{i18n.T("its first rate, for a script", "其第一个税率，供脚本使用"), "till tax show standard --jq '.rates[0].rate'"},
		},
		result: till.TaxClass{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, taxShowRun), o, &o.code),
	}, &o.out)
}

func taxShowRun(ctx context.Context, env *Env, o *taxOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		c, err := s.shop.TaxClass(ctx, o.code)
		if err != nil {
			return err
		}
		return env.Write(&o.out, out.Result{Value: c, Table: taxTable(env, []till.TaxClass{c})})
	})
}

func newTaxDrop(env *Env, runF func(context.Context, *taxOptions) error) *cobra.Command {
	o := &taxOptions{}
	return newLeaf(env, leaf{
		use:   "drop CODE",
		short: i18n.T("Remove a tax class", "删除税种"),
		long: i18n.T(
			"Remove a tax class that no item is of. The default may go only as the last one, after\nwhich nothing is taxed. Sales keep their taxes.",
			"删除没有商品使用的税种。默认税种只能最后删除，此后不再计税。已成交的销售保持原税额。"),
		examples: []example{
			{i18n.T("a rate that is no longer law", "已废止的税率"), "till tax drop reduced"},
		},
		result: till.TaxClass{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, taxDropRun), o, &o.code),
	}, &o.out)
}

func taxDropRun(ctx context.Context, env *Env, o *taxOptions) error {
	return actAndShow(ctx, env, &o.out, showTaxClass, func(s *shop) (till.TaxClass, error) {
		return s.shop.DropTaxClass(ctx, o.code)
	})
}

// showTaxClass writes a tax class after a change, for people as one line.
func showTaxClass(env *Env, o *out.Output, c till.TaxClass) error {
	line := i18n.T("%s  %s", "%s  %s").With(c.Code, ratesText(c))
	switch {
	case c.Gone:
		line = i18n.T("%s  removed", "%s  已删除").With(c.Code)
	case c.Default:
		line = i18n.T("%s, the default", "%s，默认").With(line)
	}
	return env.WriteLine(o, c, line)
}

func taxTable(env *Env, all []till.TaxClass) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "code", Head: i18n.T("CODE", "代码")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "rates", Head: i18n.T("RATES", "税率")},
		{Name: "default", Head: i18n.T("DEFAULT", "默认")},
	}}
	for _, c := range all {
		standard := ""
		if c.Default {
			standard = env.Say(i18n.T("yes", "是"))
		}
		table.Rows = append(table.Rows, []string{c.Code, c.Name, ratesText(c).In(env.Lang()), standard})
	}
	return table
}

// ratesText are the rates of a class: "State 6%, City 2.5% on all before it".
func ratesText(c till.TaxClass) i18n.Message {
	if len(c.Rates) == 0 {
		return i18n.T("exempt", "免税").With()
	}
	var text i18n.Message
	for i, r := range c.Rates {
		one := i18n.Same("%s %s").With(r.Name, r.Rate)
		if r.Compound {
			one = i18n.T("%s on all before it", "%s（含前税计征）").With(one)
		}
		if i == 0 {
			text = one
			continue
		}
		text = i18n.T("%s, %s", "%s，%s").With(text, one)
	}
	return text
}
