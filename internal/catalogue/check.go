package catalogue

import (
	"slices"

	"github.com/tillworks/till/internal/barcode"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// Check refuses an item that the catalogue could not hold: an id or a SKU of other
// characters, a text that cannot be printed, no variant, a price that is negative or in
// another currency, a barcode with a wrong check digit or not in its normal form, a tax
// class that the shop does not have. The error is a *till.Problem.
func Check(item till.Item, classes []till.TaxClass, c money.Currency) error {
	i := firstOf(
		checkID(string(item.ID)),
		checkText(item.Name, maxName), checkText(item.Category, maxName), checkNamed(item.Name),
		checkUnit(item.Unit), checkClass(item.TaxClass, classes), checkVariants(item.Variants),
	)
	for n, v := range item.Variants {
		i = firstOf(i, checkVariant(v, item.Variants[:n], c))
	}
	if i == nil {
		return nil
	}
	return &till.Problem{Code: till.CodeUsage, What: i18n.T("item %s: %s", "商品 %s：%s").With(clip(string(item.ID), 40), i.Message), Hint: i.Hint}
}

// CheckSKU refuses a new SKU that reads as a number which a spreadsheet has rewritten, such
// as 6E12: an import would not take it back. The error is a *till.Problem.
func CheckSKU(sku till.SKU) error {
	_, i := readSKU(string(sku))
	if i == nil || i.Code != Scientific {
		return nil
	}
	return &till.Problem{Code: till.CodeUsage, What: i.Message, Hint: i.Hint}
}

func firstOf(issues ...*Issue) *Issue {
	for _, i := range issues {
		if i != nil {
			return i
		}
	}
	return nil
}

func checkID(id string) *Issue {
	if IsID(id) {
		return nil
	}
	return issue(BadID, i18n.T("%q is no id or SKU", "%q 不是有效的编号或货号").With(clip(id, 40)), idHint())
}

func checkText(text string, most int) *Issue {
	_, i := readText(text, most)
	return i
}

func checkNamed(name string) *Issue {
	if name != "" {
		return nil
	}
	return issue(MissingName, i18n.T("it has no name", "没有名称").With(), i18n.T("give it one with --name", "请用 --name 指定").With())
}

func checkUnit(u till.Unit) *Issue {
	if slices.Contains(Units(), u) {
		return nil
	}
	return unknownUnit(string(u))
}

// Units are all units.
func Units() []till.Unit { return []till.Unit{till.Each, till.Kilo, till.Metre, till.Litre} }

func checkClass(class string, classes []till.TaxClass) *Issue {
	if class == "" {
		return nil
	}
	known, i := readTaxClass(class, classes)
	if i == nil && known != class {
		return unknownTaxClass(class, i18n.T("did you mean %s?", "是否指 %s？").With(known))
	}
	return i
}

func checkVariants(vs []till.Variant) *Issue {
	if len(vs) > 0 {
		return nil
	}
	return issue(BadSKU, i18n.T("it has no variant", "没有任何规格").With(), i18n.T("an item is sold by a SKU; delete the item to sell it no more", "商品须有货号；若不再销售请删除该商品").With())
}

func checkVariant(v till.Variant, before []till.Variant, c money.Currency) *Issue {
	i := firstOf(checkID(string(v.SKU)), checkText(v.Option, maxOption), checkAmount(v.Price, c), checkAmount(v.Cost, c))
	if i == nil && v.LowStock < 0 {
		i = issue(BadQuantity, i18n.T("low stock of %s is below nothing", "低库存 %s 为负数").With(v.LowStock),
			i18n.T("give a quantity from 0 on; 0 tells when the last is gone", "请填写不小于 0 的数量；0 表示售完时提示").With())
	}
	for _, other := range before {
		if other.SKU == v.SKU {
			i = firstOf(i, issue(DuplicateSKU, i18n.T("the SKU %s is there twice", "货号 %s 重复").With(v.SKU),
				i18n.T("give each variant a SKU of its own", "每个规格需使用不同的货号").With()))
		}
	}
	for n, code := range v.Barcodes {
		i = firstOf(i, checkCode(code, v.Barcodes[:n], before))
	}
	return i
}

func checkAmount(a money.Amount, c money.Currency) *Issue {
	switch {
	case a.Minor() < 0:
		_, i := readPrice(a.Decimal(), c)
		return i
	case !a.IsZero() && a.Currency() != c:
		return issue(PriceForm, i18n.T("%s is not in the shop's currency %s", "%s 不是店铺货币 %s").With(a, c.Code()),
			i18n.T("till config get shop.currency shows it", "till config get shop.currency 可查看").With())
	}
	return nil
}

func checkCode(code string, before []string, others []till.Variant) *Issue {
	read, err := barcode.Parse(code)
	if err != nil {
		return barcodeIssue(err)
	}
	twice := slices.Contains(before, code) || slices.ContainsFunc(others, func(v till.Variant) bool { return slices.Contains(v.Barcodes, code) })
	switch {
	case twice:
		return issue(DuplicateCode, i18n.T("the barcode %s is there twice", "条码 %s 重复").With(code),
			i18n.T("leave it out: the item has it already", "请去掉：该商品已有此条码").With())
	case read.Normal() != code:
		return issue(BadBarcode, i18n.T("the barcode %s is kept as %s", "条码 %s 应存为 %s").With(code, read.Normal()),
			i18n.T("write it so", "请按此填写").With())
	}
	return nil
}
