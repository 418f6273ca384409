package cart

import (
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/tax"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// draft is the line of an entry, with its own discount taken off.
func (p *pricing) draft(i int) (*draft, error) {
	e, it := p.in.Basket.Entries[i], p.in.Items[i]
	line, err := describe(e, it)
	if err != nil {
		return nil, err
	}
	line.N = i + 1
	if line.Quantity, err = quantity(e.Quantity, line.Unit); err != nil {
		return nil, err
	}
	if err = p.price(&line, e, it); err != nil {
		return nil, err
	}
	class, err := tax.ClassOf(line.TaxClass, p.in.Tax)
	if err != nil {
		return nil, err
	}
	line.TaxClass = class.Code
	d := &draft{Line: line, discount: e.Discount, left: line.Gross.Minor()}
	return d, p.discountLine(d)
}

// describe is what the entry is of: an item of the catalogue, or something by name.
func describe(e till.BasketEntry, it Item) (till.Line, error) {
	switch {
	case e.Code == "":
		return describeOpen(e)
	case it.Variant.SKU == "":
		return till.Line{}, refuse(till.CodeNotFound, i18n.T("the catalogue does not know it", "目录中没有此商品").With(),
			i18n.T("check the code, or sell it by a name and a price: till item list", "请检查条码，或按名称和价格销售：till item list").With())
	case it.Item.Deleted:
		return till.Line{}, refuse(till.CodeNotPermitted, i18n.T("%s is no longer sold", "%s 已停售").With(it.Item.Label(it.Variant)),
			i18n.T("take the line out of the basket, or sell it again: till item restore %s", "请从购物篮中删除该行，或恢复销售：till item restore %s").With(it.Item.ID))
	case e.TaxClass != "" || e.Category != "":
		return till.Line{}, refuse(till.CodeUsage, i18n.T("an item of the catalogue keeps its category and tax class", "目录商品不能另设类别和税种").With(),
			i18n.T("leave category and tax_class out, or sell it by name without a code", "请去掉 category 和 tax_class，或不用条码而按名称销售").With())
	}
	unit := it.Item.Unit
	if unit == "" {
		unit = till.Each
	}
	return till.Line{
		SKU: it.Variant.SKU, Name: it.Item.Label(it.Variant), Category: it.Item.Category,
		Unit: unit, TaxClass: it.Item.TaxClass, Tracked: !it.Variant.Untracked,
	}, nil
}

// describeOpen is an entry that the catalogue does not know.
func describeOpen(e till.BasketEntry) (till.Line, error) {
	name := strings.TrimSpace(e.Name)
	if name == "" {
		return till.Line{}, refuse(till.CodeUsage, i18n.T("neither a code nor a name", "既无条码也无名称").With(),
			i18n.T("give it the code of an item, or a name and a price", "请填写商品条码，或名称及价格").With())
	}
	return till.Line{Name: name, Category: e.Category, Unit: till.Each, TaxClass: e.TaxClass}, nil
}

// quantity is how much of it, none said being one.
func quantity(q till.Quantity, unit till.Unit) (till.Quantity, error) {
	switch {
	case q == 0:
		return till.One, nil
	case q < 0:
		return 0, refuse(till.CodeUsage, i18n.T("quantity %s, want more than nothing", "数量为 %s，应大于零").With(q),
			i18n.T("goods that come back are a return: till return", "退回商品请用退货：till return").With())
	case q > till.MaxQuantity:
		return 0, refuse(till.CodeUsage, i18n.T("quantity %s, want %s at most", "数量为 %s，最多 %s").With(q, till.MaxQuantity),
			i18n.T("check whether a barcode was scanned as a quantity", "请检查是否将条码扫成了数量").With())
	case unit == till.Each && !q.IsWhole():
		return 0, refuse(till.CodeUsage, i18n.T("quantity %s of something sold by the piece, want a whole number", "按件销售的商品数量为 %s，应为整数").With(q),
			i18n.T("what is sold by weight or length has the unit kg, m or l: till item edit", "按重量或长度销售的商品单位应为 kg、m 或 l：till item edit").With())
	}
	return q, nil
}

// price writes what one costs, what all of them cost, and what they cost the shop.
func (p *pricing) price(line *till.Line, e till.BasketEntry, it Item) error {
	list, err := p.minor(it.Variant.Price)
	if err != nil {
		return err
	}
	cost, err := p.minor(it.Variant.Cost)
	if err != nil {
		return err
	}
	asked := e.Code == "" || it.Variant.OpenPrice
	price := list
	switch {
	case e.Price == nil && asked:
		return refuse(till.CodeUsage, i18n.T("no price, and the catalogue has none for it", "没有价格，目录中也没有").With(),
			i18n.T("give the price of one", "请填写单价").With())
	case e.Price != nil:
		if price, err = p.minor(*e.Price); err != nil {
			return err
		}
	}
	if !asked && price != list {
		line.ListPrice = p.amount(list)
	}
	gross, err := p.times(price, line.Quantity)
	if err != nil {
		return err
	}
	whole, err := p.times(cost, line.Quantity)
	line.Price, line.Gross, line.Cost = p.amount(price), p.amount(gross), orNone(p.amount(whole))
	return err
}

// minor is an amount of the catalogue or the basket in minor units of the shop's currency.
func (p *pricing) minor(a money.Amount) (int64, error) {
	switch {
	case a == money.Amount{}:
		return 0, nil
	case a.Currency() != p.in.Currency:
		return 0, refuse(till.CodeUsage, i18n.T("%s, want an amount in %s", "%s，应为 %s 金额").With(a, p.in.Currency),
			i18n.T("currencies are never added: give the amount in the shop's, an item's with till item edit --price", "不同货币不能相加：请使用本店货币；商品价格可用 till item edit --price 修改").With())
	case a.Minor() < 0:
		return 0, refuse(till.CodeUsage, i18n.T("%s is negative", "%s 为负数").With(a),
			i18n.T("give a discount with its reason, or take goods back: till return", "请填写折扣及原因，或办理退货：till return").With())
	}
	return a.Minor(), nil
}

// times is a price times a quantity, rounded half away from zero.
func (p *pricing) times(price int64, q till.Quantity) (int64, error) {
	n, ok := till.MulDiv(price, int64(q), int64(till.One))
	if !ok || n > till.MaxMinor {
		return 0, refuse(till.CodeNotPermitted, i18n.T("%s times %s is more than a ticket may hold, %s", "%s 乘以 %s 超过小票上限 %s").With(p.amount(price), q, p.amount(till.MaxMinor)),
			i18n.T("check the price and the quantity", "请检查价格和数量").With())
	}
	return n, nil
}

// orNone is the zero Amount for nothing, as a field that is left out of JSON reads back.
func orNone(a money.Amount) money.Amount {
	if a.IsZero() {
		return money.Amount{}
	}
	return a
}
