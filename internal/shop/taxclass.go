package shop

import (
	"context"
	"slices"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tax"
	"github.com/tillworks/till/internal/till"
)

// TaxBook keeps the tax classes, and knows the items that are of them.
type TaxBook interface {
	PutTaxClass(ctx context.Context, t till.TaxClass, ch till.Change) (till.TaxClass, error)
	TaxClasses(ctx context.Context) ([]till.TaxClass, error) // that are not gone
	Items(ctx context.Context, f till.ItemFilter) ([]till.Item, error)
}

// TaxClassEdit is what a tax class is to be; nil stays as it is. Of a new class, nil
// Rates are refused: that something is not taxed is said.
type TaxClassEdit struct {
	Name    *string
	Rates   []till.TaxRate // empty, not nil: exempt
	Default bool           // of items that name no class, in the place of the one that was
}

// SetTaxClass makes a tax class or changes one. The first class of a shop is its default.
// Sales that were priced before keep their taxes.
func (s *Shop) SetTaxClass(ctx context.Context, code string, e TaxClassEdit) (till.TaxClass, error) {
	ch, err := s.authorize(ctx, till.MayEditCatalogue, nil, "")
	if err != nil {
		return till.TaxClass{}, err
	}
	all, err := s.cfg.Store.TaxClasses(ctx)
	if err != nil {
		return till.TaxClass{}, err
	}
	c := till.TaxClass{Code: code, Default: len(all) == 0}
	i := findTaxClass(all, code)
	if i >= 0 {
		c = all[i]
	} else if e.Rates == nil {
		return till.TaxClass{}, noRates(code)
	}
	e.apply(&c)
	if err := checkTaxClass(c); err != nil {
		return till.TaxClass{}, err
	}
	return s.cfg.Store.PutTaxClass(ctx, c, ch)
}

func (e TaxClassEdit) apply(c *till.TaxClass) {
	if e.Name != nil {
		c.Name = *e.Name
	}
	if e.Rates != nil {
		c.Rates = e.Rates
	}
	c.Default = c.Default || e.Default
}

// checkTaxClass refuses what cannot be reckoned with and what cannot be typed or printed.
func checkTaxClass(c till.TaxClass) error {
	if !isTaxCode(c.Code) {
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("%q is no code of a tax class: want 1 to 40 letters, digits, '-' or '_'", "%q 不是税种代码：应为 1 至 40 个字母、数字、“-”或“_”").With(c.Code),
			Hint: i18n.T("name it as the law does, such as standard, reduced, zero or exempt", "请按法规命名，如 standard、reduced、zero 或 exempt").With(),
		}
	}
	names := []string{c.Name}
	for _, r := range c.Rates {
		names = append(names, r.Name)
	}
	if i := slices.IndexFunc(names, func(n string) bool { return !isName(n) }); i >= 0 {
		return &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("a name of tax class %s is longer than %d characters or no single line", "税种 %s 的名称超过 %d 个字符或不是一行文本").With(c.Code, longestName),
			Hint: i18n.T("give a shorter one; it stands on the receipt", "请使用较短的名称，它将印在小票上").With(),
		}
	}
	return tax.Check(c)
}

// TaxClasses are the shop's tax classes in the order in which they were made.
func (s *Shop) TaxClasses(ctx context.Context) ([]till.TaxClass, error) {
	if _, err := s.Actor(ctx); err != nil {
		return nil, err
	}
	return s.cfg.Store.TaxClasses(ctx)
}

// TaxClass is one tax class.
func (s *Shop) TaxClass(ctx context.Context, code string) (till.TaxClass, error) {
	all, err := s.TaxClasses(ctx)
	if err != nil {
		return till.TaxClass{}, err
	}
	i := findTaxClass(all, code)
	if i < 0 {
		return till.TaxClass{}, noTaxClass(code)
	}
	return all[i], nil
}

// DropTaxClass removes a tax class that no item is of. The default may go only as the last
// one, after which nothing is taxed.
func (s *Shop) DropTaxClass(ctx context.Context, code string) (till.TaxClass, error) {
	ch, err := s.authorize(ctx, till.MayEditCatalogue, nil, "")
	if err != nil {
		return till.TaxClass{}, err
	}
	all, err := s.cfg.Store.TaxClasses(ctx)
	if err != nil {
		return till.TaxClass{}, err
	}
	i := findTaxClass(all, code)
	if i < 0 {
		return till.TaxClass{}, noTaxClass(code)
	}
	if all[i].Default && len(all) > 1 {
		return till.TaxClass{}, dropsDefault(code)
	}
	if err := s.checkUnused(ctx, code); err != nil {
		return till.TaxClass{}, err
	}
	all[i].Gone, all[i].Default = true, false
	return s.cfg.Store.PutTaxClass(ctx, all[i], ch)
}

// checkUnused refuses to drop a class that items are of: none of them could be sold.
func (s *Shop) checkUnused(ctx context.Context, code string) error {
	items, err := s.cfg.Store.Items(ctx, till.ItemFilter{})
	if err != nil {
		return err
	}
	var users []till.ItemID
	for _, i := range items {
		if i.TaxClass == code {
			users = append(users, i.ID)
		}
	}
	if len(users) == 0 {
		return nil
	}
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%d items are of tax class %s, the first of them %s", "有 %d 个商品使用税种 %s，其中第一个为 %s").With(len(users), code, users[0]),
		Hint: i18n.T("give them another one first: till item edit %s --tax CODE", "请先为其指定其他税种：till item edit %s --tax CODE").With(users[0]),
	}
}

// isTaxCode reports 1 to 40 letters, digits, '-' and '_', not beginning with '-'.
func isTaxCode(code string) bool {
	strange := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}
	return code != "" && len(code) <= 40 && code[0] != '-' && !strings.ContainsFunc(code, strange)
}

func findTaxClass(all []till.TaxClass, code string) int {
	return slices.IndexFunc(all, func(c till.TaxClass) bool { return c.Code == code })
}

func noTaxClass(code string) error {
	return &till.Problem{
		Code: till.CodeNotFound,
		What: i18n.T("there is no tax class %q", "没有税种 %q").With(code),
		Hint: i18n.T("till tax list shows those there are", "till tax list 可列出现有税种").With(),
	}
}

func noRates(code string) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the new tax class %q has no rate", "新税种 %q 没有税率").With(code),
		Hint: i18n.T("add --rate VAT=13, or --exempt where there is no tax", "请加上 --rate VAT=13；免税请用 --exempt").With(),
	}
}

func dropsDefault(code string) error {
	return &till.Problem{
		Code: till.CodeNotPermitted,
		What: i18n.T("%s is the tax class of items that name none", "%s 是未指定税种商品的默认税种").With(code),
		Hint: i18n.T("make another one the default first: till tax set CODE --default", "请先将其他税种设为默认：till tax set CODE --default").With(),
	}
}
