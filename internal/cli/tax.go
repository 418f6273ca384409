package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

func newTax(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "tax",
		short: i18n.T("Set the taxes of items", "设置商品税率"),
		long: i18n.T(
			"A tax class says how a kind of item is taxed: by one rate, several, or none. Items\nname their class; those that name none are of the default class. A shop without any\nclass taxes nothing.",
			"税种规定一类商品如何计税：一个税率、多个税率或免税。商品指定所属税种，未指定者适用默认\n税种。没有任何税种的店铺不计税。"),
		commands: []*cobra.Command{newTaxSet(env, nil), newTaxList(env, nil), newTaxShow(env, nil), newTaxDrop(env, nil)},
	})
}

type taxOptions struct {
	out       out.Output
	code      string
	given     map[string]bool
	name      string
	rates     []string
	compound  []string
	exempt    bool
	isDefault bool
}

func newTaxSet(env *Env, runF func(context.Context, *taxOptions) error) *cobra.Command {
	o := &taxOptions{}
	run := either(env, runF, taxSetRun)
	var c *cobra.Command
	c = newLeaf(env, leaf{
		use:   "set CODE",
		short: i18n.T("Make a tax class or change one", "新增或修改税种"),
		long: i18n.T(
			"Make a tax class or change one. --rate takes the place of all rates that it had; the\nfirst class of a shop is its default. Sales that were priced before keep their taxes.",
			"新增或修改税种。--rate 替换原有全部税率；店铺的第一个税种即为默认。此前已计价的销售保持\n原税额。"),
		examples: []example{
			{i18n.T("value added tax of 13 %", "13% 增值税"), "till tax set standard --rate VAT=13 --default"},
			{i18n.T("a city's tax on top of the state's", "州税之上的市税"), "till tax set city --rate State=6 --rate City=2.5 --compound City"},
			{i18n.T("no tax at all", "免税"), "till tax set exempt --exempt"},
		},
		result: till.TaxClass{},
		exits:  []exitCode{exitNotPermitted},
		run: func(ctx context.Context, args []string) error {
			o.code, o.given = args[0], givenFlags(c)
			return run(ctx, o)
		},
	}, &o.out)
	f := c.Flags()
	f.StringVar(&o.name, "name", "", env.Say(i18n.T("its `NAME` in lists", "列表中的名称 `NAME`")))
	f.StringArrayVar(&o.rates, "rate", nil, env.Say(i18n.T("a tax as `NAME=PERCENT`, such as VAT=13; may be repeated, in the order of the receipt", "税率 `NAME=PERCENT`，如 VAT=13；可重复，按小票顺序")))
	f.StringArrayVar(&o.compound, "compound", nil, env.Say(i18n.T("the tax `NAME` is levied on the amount with the taxes before it", "税 `NAME` 按含其前各税的金额计征")))
	f.BoolVar(&o.exempt, "exempt", false, env.Say(i18n.T("no tax", "免税")))
	f.BoolVar(&o.isDefault, "default", false, env.Say(i18n.T("for items that name no class", "作为未指定税种商品的默认税种")))
	return c
}

func taxSetRun(ctx context.Context, env *Env, o *taxOptions) error {
	if len(o.given) == 0 {
		return nothingToChange("--rate NAME=PERCENT, --exempt, --default, --name")
	}
	e, err := o.edit()
	if err != nil {
		return err
	}
	return actAndShow(ctx, env, &o.out, showTaxClass, func(s *shop) (till.TaxClass, error) {
		return s.shop.SetTaxClass(ctx, o.code, e)
	})
}

// edit is what the flags say of a tax class.
func (o *taxOptions) edit() (management.TaxClassEdit, error) {
	e := management.TaxClassEdit{Default: o.isDefault}
	if o.given["name"] {
		e.Name = &o.name
	}
	switch {
	case o.exempt && len(o.rates) > 0:
		return e, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("--exempt is no tax, and --rate is one", "--exempt 表示免税，与 --rate 矛盾").With(),
			Hint: i18n.T("leave one of them out; a rate that is zero is --rate VAT=0", "请去掉其中之一；零税率为 --rate VAT=0").With(),
		}
	case o.exempt:
		e.Rates = []till.TaxRate{}
		return e, o.checkCompound(nil)
	}
	var err error
	e.Rates, err = parseTaxRates(o.rates)
	if err != nil {
		return e, err
	}
	return e, o.markCompound(e.Rates)
}

func parseTaxRates(texts []string) ([]till.TaxRate, error) {
	var rates []till.TaxRate
	for _, text := range texts {
		name, percent, ok := strings.Cut(text, "=")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, &till.Problem{
				Code: till.CodeUsage,
				What: i18n.T("--rate %q is not NAME=PERCENT", "--rate %q 不是 NAME=PERCENT 的形式").With(text),
				Hint: i18n.T("give the name that stands on the receipt and the percentage, as VAT=13", "请给出小票上的名称与百分比，如 VAT=13").With(),
			}
		}
		rate, err := percentFlag("--rate", percent)
		if err != nil {
			return nil, err
		}
		rates = append(rates, till.TaxRate{Name: strings.TrimSpace(name), Rate: rate})
	}
	return rates, nil
}

// markCompound marks the rates that --compound names.
func (o *taxOptions) markCompound(rates []till.TaxRate) error {
	for i := range rates {
		rates[i].Compound = slices.Contains(o.compound, rates[i].Name)
	}
	return o.checkCompound(rates)
}

// checkCompound refuses a --compound that names none of the rates.
func (o *taxOptions) checkCompound(rates []till.TaxRate) error {
	for _, name := range o.compound {
		if !slices.ContainsFunc(rates, func(r till.TaxRate) bool { return r.Name == name }) {
			return &till.Problem{
				Code: till.CodeUsage,
				What: i18n.T("--compound %q is the name of no --rate", "--compound %q 不是任何 --rate 的名称").With(name),
				Hint: i18n.T("give all rates together, as --rate State=6 --rate City=2.5 --compound City", "请同时给出全部税率，如 --rate State=6 --rate City=2.5 --compound City").With(),
			}
		}
	}
	return nil
}
