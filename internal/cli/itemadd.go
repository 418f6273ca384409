package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/catalogue"
	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// itemEditOptions are the flags that say what an item is.
type itemEditOptions struct {
	out       out.Output
	code      string
	given     map[string]bool
	name      string
	category  string
	unit      string
	tax       string
	sku       string
	option    string
	price     string
	cost      string
	low       string
	barcodes  []string
	drops     []string
	openPrice bool
	untracked bool
}

func newItemAdd(env *Env, runF func(context.Context, *itemEditOptions) error) *cobra.Command {
	c, o := newItemWrite(env, either(env, runF, itemAddRun), leaf{
		use:   "add ID",
		short: i18n.T("Add an item, or a variant of one", "添加商品或规格"),
		long: i18n.T(
			"Add an item with one variant, whose SKU is the item's id unless --sku gives another.\nWith --sku and --option of an item that is there, add a variant to it. Check digits of\nbarcodes are verified.",
			"添加单规格商品；除非用 --sku 指定，货号即商品编号。对已有商品加上 --sku 和 --option\n即添加规格。条码会核对校验位。"),
		examples: []example{
			{i18n.T("a drink", "一种饮料"), "till item add latte --name Latte --price 18.00 --category drinks --barcode 6901234567892"},
			{i18n.T("another size of it", "另一种杯型"), "till item add latte --sku latte-l --option large --price 22.00"},
			{i18n.T("cheese by weight", "称重奶酪"), "till item add gouda --name Gouda --unit kg --price 168.00 --tax standard"},
			{i18n.T("work without a fixed price", "无固定价格的服务"), "till item add repair --name Repair --open-price --untracked"},
		},
	})
	c.Flags().StringVar(&o.sku, "sku", "", env.Say(i18n.T("the variant's `SKU`; without it, the item's id", "规格的货号 `SKU`；省略时为商品编号")))
	c.Flags().StringArrayVar(&o.barcodes, "barcode", nil, env.Say(i18n.T("a `CODE` that is scanned; may be repeated", "扫描用条码 `CODE`；可重复")))
	return c
}

// newItemWrite makes a leaf that takes the flags of an item.
func newItemWrite(env *Env, run func(context.Context, *itemEditOptions) error, l leaf) (*cobra.Command, *itemEditOptions) {
	o := &itemEditOptions{}
	var c *cobra.Command
	l.result, l.exits = itemView{}, []exitCode{exitNotPermitted}
	l.run = func(ctx context.Context, args []string) error {
		o.code, o.given = args[0], givenFlags(c)
		return run(ctx, o)
	}
	c = newLeaf(env, l, &o.out)
	bindItem(env, c, o)
	return c, o
}

// bindItem gives a leaf the flags that say what an item is.
func bindItem(env *Env, c *cobra.Command, o *itemEditOptions) {
	f := c.Flags()
	f.StringVar(&o.name, "name", "", env.Say(i18n.T("its `NAME`, as it stands on the receipt", "小票上的名称 `NAME`")))
	f.StringVar(&o.category, "category", "", env.Say(i18n.T("its `CATEGORY`", "类别 `CATEGORY`")))
	f.StringVar(&o.unit, "unit", "", env.Say(i18n.T("what it is sold by: `UNIT` is each, kg, m or l", "计量单位 `UNIT`：each（个）、kg（千克）、m（米）或 l（升）")))
	f.StringVar(&o.tax, "tax", "", env.Say(i18n.T("its tax class `CODE`; without one, the shop's default", "税类代码 `CODE`；省略时为默认税类")))
	f.StringVar(&o.option, "option", "", env.Say(i18n.T("what tells the variant apart, such as large: `OPTION`", "区分规格的 `OPTION`，例如 大杯")))
	f.StringVar(&o.price, "price", "", env.Say(i18n.T("what one unit costs the shopper: `AMOUNT`", "单价 `AMOUNT`")))
	f.StringVar(&o.cost, "cost", "", env.Say(i18n.T("what one unit costs the shop, without tax: `AMOUNT`", "单位进价（不含税）`AMOUNT`")))
	f.StringVar(&o.low, "low-stock", "", env.Say(i18n.T("stock of `QUANTITY` or less is low", "库存不高于 `QUANTITY` 即为不足")))
	f.BoolVar(&o.openPrice, "open-price", false, env.Say(i18n.T("the price is asked for at the till", "收银时输入价格")))
	f.BoolVar(&o.untracked, "untracked", false, env.Say(i18n.T("keep no stock of it", "不管理库存")))
	_ = c.RegisterFlagCompletionFunc("category", completeCategories(env))
	_ = c.RegisterFlagCompletionFunc("unit", cobra.FixedCompletions(unitNames(), cobra.ShellCompDirectiveNoFileComp))
}

func unitNames() []string {
	var names []string
	for _, u := range catalogue.Units() {
		names = append(names, string(u))
	}
	return names
}

func itemAddRun(ctx context.Context, env *Env, o *itemEditOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		v, err := o.variant(s.cfg.Shop.Currency)
		if err != nil {
			return err
		}
		item, err := o.add(ctx, s, v)
		if err != nil {
			return err
		}
		return showItem(env, &o.out, item)
	})
}

// add makes a variant of an item that is there where a SKU is given for it, else an item.
func (o *itemEditOptions) add(ctx context.Context, s *shop, v till.Variant) (till.Item, error) {
	id := till.ItemID(o.code)
	if o.given["sku"] && o.sku != o.code {
		held, err := s.shop.ItemByID(ctx, id)
		if err == nil && !held.Deleted {
			return s.shop.AddVariant(ctx, id, v)
		}
		if err != nil && !isMissing(err) {
			return till.Item{}, err
		}
	}
	return s.shop.AddItem(ctx, till.Item{
		ID: id, Name: strings.TrimSpace(o.name), Category: strings.TrimSpace(o.category), Unit: till.Unit(o.unit), TaxClass: o.tax,
		Variants: []till.Variant{v},
	})
}

// variant is the new variant that the flags describe.
func (o *itemEditOptions) variant(c money.Currency) (till.Variant, error) {
	v := till.Variant{
		SKU: till.SKU(o.sku), Option: strings.TrimSpace(o.option), Barcodes: o.barcodes, OpenPrice: o.openPrice, Untracked: o.untracked,
		Price: money.New(0, c),
	}
	if !o.given["sku"] {
		v.SKU = till.SKU(o.code)
	}
	if !o.given["price"] && !o.openPrice {
		return v, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%s has no price", "%s 没有价格").With(v.SKU),
			Hint: i18n.T("add --price 18.00, or --open-price where it is asked for at the till", "请加上 --price 18.00；若收银时输入价格则加 --open-price").With(),
		}
	}
	e, err := o.edit(c)
	if err != nil {
		return v, err
	}
	if e.Price != nil {
		v.Price = *e.Price
	}
	if e.Cost != nil {
		v.Cost = *e.Cost
	}
	if e.LowStock != nil {
		v.LowStock = *e.LowStock
	}
	return v, nil
}

// edit is what the flags change; those that were not given change nothing.
func (o *itemEditOptions) edit(c money.Currency) (e management.ItemEdit, err error) {
	pick := func(flag string, value *string) *string {
		if !o.given[flag] {
			return nil
		}
		text := strings.TrimSpace(*value)
		return &text
	}
	e.Name, e.Category, e.TaxClass, e.Option = pick("name", &o.name), pick("category", &o.category), pick("tax", &o.tax), pick("option", &o.option)
	if o.given["unit"] {
		unit := till.Unit(o.unit)
		e.Unit = &unit
	}
	if o.given["open-price"] {
		e.OpenPrice = &o.openPrice
	}
	if o.given["untracked"] {
		e.Untracked = &o.untracked
	}
	e.AddCodes, e.DropCodes = o.barcodes, o.drops
	if e.Price, err = o.amount("price", o.price, c); err != nil {
		return e, err
	}
	if e.Cost, err = o.amount("cost", o.cost, c); err != nil {
		return e, err
	}
	e.LowStock, err = o.quantity("low-stock", o.low)
	return e, err
}

func (o *itemEditOptions) amount(flag, text string, c money.Currency) (*money.Amount, error) {
	if !o.given[flag] {
		return nil, nil
	}
	if text == "" && flag == "cost" {
		return &money.Amount{}, nil
	}
	a, err := catalogue.ParsePrice(text, c)
	if err != nil {
		return nil, flagged("--"+flag, err)
	}
	return &a, nil
}

func (o *itemEditOptions) quantity(flag, text string) (*till.Quantity, error) {
	if !o.given[flag] {
		return nil, nil
	}
	q, err := parseQuantity("--"+flag, text)
	return &q, err
}

// parseQuantity reads a quantity that a flag or an argument gives.
func parseQuantity(what, text string) (till.Quantity, error) {
	q, err := till.ParseQuantity(strings.TrimSpace(text))
	if err != nil {
		return 0, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%s %q is no quantity", "%s %q 不是数量").With(what, text),
			Hint: i18n.T("write digits with at most three decimals, as 2 or 0.375", "请写为最多三位小数的数字，例如 2 或 0.375").With(),
		}
	}
	return q, nil
}

// flagged says which flag a problem is about.
func flagged(flag string, err error) error {
	p := problemOf(err)
	return &till.Problem{Code: p.Code, What: i18n.T("%s: %s", "%s：%s").With(flag, p.What), Hint: p.Hint, Cause: p.Cause}
}

func newItemEdit(env *Env, runF func(context.Context, *itemEditOptions) error) *cobra.Command {
	c, o := newItemWrite(env, either(env, runF, itemEditRun), leaf{
		use:   "edit CODE",
		short: i18n.T("Change an item: price, name, barcodes …", "修改商品：价格、名称、条码等"),
		long: i18n.T(
			"Change what flags name and leave the rest. CODE is an item's id, a SKU or a barcode;\nwhat is about one variant wants that variant's SKU or barcode where there are several.\nSales that were priced before keep their prices.",
			"仅修改标志指定的内容。CODE 为商品编号、货号或条码；修改某一规格时，多规格商品须使用\n该规格的货号或条码。此前已计价的销售不变。"),
		examples: []example{
			{i18n.T("another price", "改价"), "till item edit latte-l --price 24.00"},
			{i18n.T("a barcode more, one less", "增删条码"), "till item edit latte --barcode 96385074 --drop-barcode 6901234567892"},
			{i18n.T("keep stock of it again", "恢复管理库存"), "till item edit soup --untracked=false --low-stock 5"},
		},
	})
	c.Flags().StringArrayVar(&o.barcodes, "barcode", nil, env.Say(i18n.T("one `CODE` more that is scanned; may be repeated", "增加扫描用条码 `CODE`；可重复")))
	c.Flags().StringArrayVar(&o.drops, "drop-barcode", nil, env.Say(i18n.T("a `CODE` that is no longer its; may be repeated", "移除条码 `CODE`；可重复")))
	c.ValidArgsFunction = completeItems(env)
	return c
}

func itemEditRun(ctx context.Context, env *Env, o *itemEditOptions) error {
	if len(o.given) == 0 {
		return nothingToChange("--price, --name, --category, --barcode …")
	}
	return withShop(ctx, env, func(s *shop) error {
		e, err := o.edit(s.cfg.Shop.Currency)
		if err != nil {
			return err
		}
		done, err := s.shop.EditItem(ctx, o.code, e)
		if err != nil {
			return err
		}
		return showChanges(env, &o.out, done)
	})
}

// showChanges shows for people what is different now, and for programs the item.
func showChanges(env *Env, o *out.Output, e management.Edited) error {
	table := out.Table{Columns: []out.Column{
		{Name: "field", Head: i18n.T("FIELD", "项目")},
		{Name: "from", Head: i18n.T("BEFORE", "修改前"), Align: cells.Left}, {Name: "to", Head: i18n.T("NOW", "修改后"), Align: cells.Left},
	}}
	for _, c := range catalogue.Changes(e.Before, e.After) {
		table.Rows = append(table.Rows, []string{c.Field, c.From, c.To})
	}
	if len(table.Rows) == 0 {
		env.Note(i18n.T("it was so already", "原本即如此").With())
	}
	text := func(s out.Screen) string { return e.After.Name + " (" + string(e.After.ID) + ")\n" + table.Text(s) }
	return env.Write(o, out.Result{Value: viewItem(e.After), Table: table, Text: text})
}
