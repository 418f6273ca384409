package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/barcode"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

type barcodeOptions struct {
	out    out.Output
	code   string
	add    bool
	prefix int
}

// barcodeView is what a code says.
type barcodeView struct {
	Code     string            `json:"code"`
	Kind     barcode.Kind      `json:"kind"`
	Normal   string            `json:"normal"`
	GTIN     string            `json:"gtin,omitempty"`
	Internal bool              `json:"internal"`
	SKU      till.SKU          `json:"sku,omitempty"`
	Name     string            `json:"name,omitempty"`
	Quantity *till.Quantity    `json:"quantity,omitempty"`
	Price    *money.Amount     `json:"price,omitempty"`
	Expires  string            `json:"expires,omitempty"`
	Lot      string            `json:"lot,omitempty"`
	Serial   string            `json:"serial,omitempty"`
	Elements map[string]string `json:"elements,omitempty"`
	Made     bool              `json:"made,omitempty"`
}

func newItemBarcode(env *Env, runF func(context.Context, *barcodeOptions) error) *cobra.Command {
	o := &barcodeOptions{}
	c := newLeaf(env, leaf{
		use:   "barcode CODE",
		short: i18n.T("Say what a barcode is, or make one", "解释条码，或生成店内码"),
		long: i18n.T(
			"Say what kind of barcode a code is, whether its check digit is right, which item it\nmeans, and the weight, price, lot or date in it. With --make, CODE is an item or SKU that\nis given the next free code of the shop's own: prefix 20, or 21 for what is weighed, so\nthat a scale can put the weight in.",
			"说明条码的类型、校验位是否正确、对应的商品，以及其中的重量、价格、批号或日期。加上 --make 时\nCODE 为商品或货号，为其生成下一个可用的店内码：前缀 20；称重商品为 21，秤可写入重量。"),
		examples: []example{
			{i18n.T("what a scanner typed", "扫码枪输入的内容"), "till item barcode 6901234567892"},
			{i18n.T("an element string", "GS1 元素串"), "till item barcode '(01)09521234543213(3103)000750(10)A7'"},
			{i18n.T("a label for something without one", "为无条码商品生成条码"), "till item barcode croissant --make"},
		},
		result: barcodeView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, itemBarcodeRun), o, &o.code),
	}, &o.out)
	c.Flags().BoolVar(&o.add, "make", false, env.Say(i18n.T("make a code of the shop's own for the item", "为商品生成店内码")))
	c.Flags().IntVar(&o.prefix, "prefix", 0, env.Say(i18n.T("begin the new code with `NN`, 20 to 29", "店内码前缀 `NN`，20 至 29")))
	return c
}

func itemBarcodeRun(ctx context.Context, env *Env, o *barcodeOptions) error {
	if o.prefix != 0 && !o.add {
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("--prefix is of a code that is made", "--prefix 仅用于生成条码").With(),
			Hint: i18n.T("add --make", "请加上 --make").With(),
		}
	}
	return withShop(ctx, env, func(s *shop) error {
		view, err := o.view(ctx, env, s)
		if err != nil {
			return err
		}
		return env.Write(&o.out, out.Result{Value: view, Table: barcodeTable(env, view)})
	})
}

// view makes a code or explains one.
func (o *barcodeOptions) view(ctx context.Context, env *Env, s *shop) (barcodeView, error) {
	if !o.add {
		return o.explained(ctx, env, s)
	}
	found, made, err := s.shop.MakeBarcode(ctx, o.code, o.prefix)
	if err != nil {
		return barcodeView{}, err
	}
	c, err := barcode.Parse(made)
	if err != nil {
		return barcodeView{}, err
	}
	v := viewCode(c, s.cfg.Shop.Currency, 0)
	v.SKU, v.Name, v.Made = found.Variant.SKU, found.Item.Label(found.Variant), true
	return v, nil
}

// explained says what a code is, whether or not the shop sells what it names.
func (o *barcodeOptions) explained(ctx context.Context, env *Env, s *shop) (barcodeView, error) {
	c, err := barcode.Parse(o.code)
	if err != nil {
		return barcodeView{}, err
	}
	v := viewCode(c, s.cfg.Shop.Currency, env.Now().In(s.cfg.Shop.Timezone).Year())
	found, err := s.shop.ItemByCode(ctx, o.code)
	if isMissing(err) {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.addItem(found)
	return v, nil
}

func viewCode(c barcode.Code, currency money.Currency, year int) barcodeView {
	v := barcodeView{
		Code: c.Text, Kind: c.Kind, Normal: c.Normal(), GTIN: c.GTIN, Internal: c.IsInternal(), Lot: c.Lot, Serial: c.Serial,
	}
	for _, e := range c.Elements {
		if v.Elements == nil {
			v.Elements = map[string]string{}
		}
		v.Elements[e.AI] = e.Value
	}
	if day := c.Expires.Day(year); day != 0 {
		v.Expires = day.String()
	}
	switch q := till.Units(c.Count); {
	case c.Weight > 0:
		v.Quantity = &c.Weight
	case c.Count > 0:
		v.Quantity = &q
	}
	if c.Price.Digits > 0 && c.Price.Decimals == currency.Exponent() {
		price := money.New(c.Price.Digits, currency)
		v.Price = &price
	}
	return v
}

// addItem says which item the code means, and what a scale put into it.
func (v *barcodeView) addItem(found management.Found) {
	v.SKU, v.Name = found.Variant.SKU, found.Item.Label(found.Variant)
	if q := found.Scanned.Quantity; q != 0 {
		v.Quantity = &q
	}
	if found.Scanned.Price != nil {
		v.Price = found.Scanned.Price
	}
}

// barcodeTable is a code as rows of name and value.
func barcodeTable(env *Env, v barcodeView) out.Table {
	t := out.Table{Columns: []out.Column{{Name: "name", Head: i18n.T("NAME", "名称")}, {Name: "value", Head: i18n.T("VALUE", "内容")}}}
	add := rowAdder(env, &t)
	add(i18n.T("code", "条码"), v.Code)
	add(i18n.T("kind", "类型"), string(v.Kind))
	add(i18n.T("kept as", "存为"), v.Normal)
	if v.Internal {
		add(i18n.T("range", "范围"), env.Say(i18n.T("of the shop's own", "店内自用")))
	}
	add(i18n.T("SKU", "货号"), string(v.SKU))
	add(i18n.T("name", "名称"), v.Name)
	if v.SKU == "" {
		add(i18n.T("name", "名称"), env.Say(i18n.T("no item of the shop has it", "店铺中没有商品使用")))
	}
	if v.Quantity != nil {
		add(i18n.T("quantity", "数量"), v.Quantity.String())
	}
	if v.Price != nil {
		add(i18n.T("price", "价格"), v.Price.String())
	}
	add(i18n.T("best before", "有效期"), v.Expires)
	add(i18n.T("lot", "批号"), v.Lot)
	add(i18n.T("serial number", "序列号"), v.Serial)
	return t
}
