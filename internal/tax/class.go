package tax

import (
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// maxRate is the highest rate of a tax, 1000 %, as till.ParseRate reads it.
const maxRate = 10 * till.Whole

// maxRates is the most taxes of a class, more than any law has.
const maxRates = 8

// ClassOf is the class of a code, or the default class for an empty one. A shop without
// any class taxes nothing: there the class of no code is the zero class. The error is a
// *till.Problem where the code is unknown or gone, or names nothing and the shop has no
// default.
func ClassOf(code string, rules till.TaxRules) (till.TaxClass, error) {
	i := slices.IndexFunc(rules.Classes, func(c till.TaxClass) bool {
		return c.Code == code && code != "" || code == "" && c.Default && !c.Gone
	})
	switch {
	case i < 0 && code == "" && !slices.ContainsFunc(rules.Classes, func(c till.TaxClass) bool { return !c.Gone }):
		return till.TaxClass{}, nil
	case i < 0 && code == "":
		return till.TaxClass{}, &till.Problem{
			Code: till.CodeNotPermitted,
			What: i18n.T("no tax class is named, and the shop has no default one", "未指定税种，且本店没有默认税种").With(),
			Hint: i18n.T("name one for the item, or make one the default: till tax list", "请为商品指定税种，或设定默认税种：till tax list").With(),
		}
	case i < 0:
		return till.TaxClass{}, unknown(code, rules)
	case rules.Classes[i].Gone:
		return till.TaxClass{}, &till.Problem{
			Code: till.CodeNotFound,
			What: i18n.T("the tax class %q was removed", "税种 %q 已被删除").With(code),
			Hint: i18n.T("give the item another one of %s", "请为商品指定其他税种：%s").With(codes(rules)),
		}
	}
	return rules.Classes[i], nil
}

func unknown(code string, rules till.TaxRules) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("there is no tax class %q", "没有税种 %q").With(code),
		Hint: i18n.T("the shop has %s; till tax set makes another", "本店现有：%s；till tax set 可添加").With(codes(rules)),
	}
}

// codes are the classes that can be named, for a hint.
func codes(rules till.TaxRules) any {
	var list []string
	for _, c := range rules.Classes {
		if !c.Gone {
			list = append(list, c.Code)
		}
	}
	if len(list) == 0 {
		return i18n.T("no classes", "（无）")
	}
	return strings.Join(list, ", ")
}

// Check tells what is wrong with a class that is to be kept: a *till.Problem, or nil.
func Check(c till.TaxClass) error {
	if c.Code == "" || strings.TrimSpace(c.Code) != c.Code {
		return refused(i18n.T("a tax class has the code %q, want a word", "税种代码为 %q，应为一个单词").With(c.Code),
			i18n.T("name it after what the law calls it, such as standard, reduced, zero or exempt", "请按法律名称命名，例如 standard、reduced、zero 或 exempt").With())
	}
	if len(c.Rates) > maxRates {
		return refused(i18n.T("tax class %q has %d rates, want %d at most", "税种 %q 有 %d 个税率，最多 %d 个").With(c.Code, len(c.Rates), maxRates),
			i18n.T("add up rates of one office", "请合并同一机关的税率").With())
	}
	for i, r := range c.Rates {
		if err := checkRate(c, i, r); err != nil {
			return err
		}
	}
	return nil
}

func checkRate(c till.TaxClass, i int, r till.TaxRate) error {
	same := slices.IndexFunc(c.Rates, func(o till.TaxRate) bool { return o.Name == r.Name })
	switch {
	case r.Name == "":
		return refused(i18n.T("rate %d of tax class %q has no name", "第 %d 个税率（税种 %q）没有名称").With(i+1, c.Code),
			i18n.T("give it the name that stands on the receipt, such as VAT", "请填写小票上显示的名称，例如 VAT").With())
	case same < i:
		return refused(i18n.T("rates %d and %d of tax class %q are both named %q", "第 %d 和第 %d 个税率（税种 %q）同名：%q").With(same+1, i+1, c.Code, r.Name),
			i18n.T("give each its own name", "请使用不同的名称").With())
	case r.Rate < 0 || r.Rate > maxRate:
		return refused(i18n.T("rate %q of tax class %q is %s, want 0%% to %s", "税率 %q（税种 %q）为 %s，应在 0%% 至 %s 之间").With(r.Name, c.Code, r.Rate, maxRate),
			i18n.T("write percent: 13 is 13%, 6.625 is 6.625%", "请按百分数填写：13 即 13%，6.625 即 6.625%").With())
	case r.Compound && i == 0:
		return refused(i18n.T("rate %q of tax class %q is compound, and no tax stands before it", "税率 %q（税种 %q）为复合税率，但其前没有其他税").With(r.Name, c.Code),
			i18n.T("put the tax that it is levied on first", "请将其计税基础所含的税放在前面").With())
	}
	return nil
}

func refused(what, hint i18n.Message) error {
	return &till.Problem{Code: till.CodeUsage, What: what, Hint: hint}
}
