package cli

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func newItem(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "item",
		short: i18n.T("Manage the catalogue: items, prices, barcodes", "管理商品目录：商品、价格、条码"),
		long: i18n.T(
			"An item is something the shop sells. It has one variant or several, such as sizes, each\nwith a SKU, a price and any number of barcodes. Prices keep their history; what was\ndeleted can be restored.",
			"商品可有一个或多个规格（例如大小杯），每个规格有货号、价格和任意数量的条码。价格保留历史，\n已删除的商品可以恢复。"),
		commands: []*cobra.Command{
			newItemAdd(env, nil), newItemEdit(env, nil), newItemDelete(env, nil), newItemRestore(env, nil),
			newItemShow(env, nil), newItemList(env, nil), newItemPrices(env, nil),
			newItemImport(env, nil), newItemExport(env, nil), newItemBarcode(env, nil),
		},
	})
}

// itemView is an item as commands show it.
type itemView struct {
	ID       till.ItemID   `json:"id"`
	Name     string        `json:"name"`
	Category string        `json:"category"`
	Unit     till.Unit     `json:"unit"`
	TaxClass string        `json:"tax_class"`
	Variants []variantView `json:"variants"`
	Deleted  bool          `json:"deleted,omitempty"`
	Version  int           `json:"version"`
}

// variantView is one variant as commands show it.
type variantView struct {
	Item      till.ItemID    `json:"item"`
	SKU       till.SKU       `json:"sku"`
	Name      string         `json:"name"`
	Option    string         `json:"option"`
	Category  string         `json:"category"`
	Unit      till.Unit      `json:"unit"`
	Price     money.Amount   `json:"price"`
	OpenPrice bool           `json:"open_price,omitempty"`
	Cost      *money.Amount  `json:"cost,omitempty"`
	TaxClass  string         `json:"tax_class"`
	Barcodes  []string       `json:"barcodes"`
	Untracked bool           `json:"untracked,omitempty"`
	LowStock  *till.Quantity `json:"low_stock,omitempty"`
}

func viewItem(item till.Item) itemView {
	v := itemView{
		ID: item.ID, Name: item.Name, Category: item.Category, Unit: item.Unit, TaxClass: item.TaxClass,
		Variants: viewVariants(item), Deleted: item.Deleted, Version: item.Version,
	}
	return v
}

func viewVariants(item till.Item) []variantView {
	views := []variantView{}
	for _, v := range item.Variants {
		views = append(views, viewVariant(item, v))
	}
	return views
}

func viewVariant(item till.Item, v till.Variant) variantView {
	view := variantView{
		Item: item.ID, SKU: v.SKU, Name: item.Label(v), Option: v.Option, Category: item.Category, Unit: item.Unit,
		Price: v.Price, OpenPrice: v.OpenPrice, TaxClass: item.TaxClass, Barcodes: append([]string{}, v.Barcodes...), Untracked: v.Untracked,
	}
	if !v.Cost.IsZero() {
		view.Cost = &v.Cost
	}
	if v.LowStock != 0 {
		view.LowStock = &v.LowStock
	}
	return view
}

// variantTable lists variants one a line.
func variantTable(env *Env, views []variantView) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "sku", Head: i18n.T("SKU", "货号")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "price", Head: i18n.T("PRICE", "价格"), Align: cells.Right},
		{Name: "unit", Head: i18n.T("UNIT", "单位")},
		{Name: "category", Head: i18n.T("CATEGORY", "类别")},
		{Name: "tax_class", Head: i18n.T("TAX", "税类")},
		{Name: "barcodes", Head: i18n.T("BARCODES", "条码")},
	}}
	for _, v := range views {
		price := v.Price.String()
		if v.OpenPrice {
			price = env.Say(i18n.T("open", "开放价"))
		}
		t.Rows = append(t.Rows, []string{string(v.SKU), v.Name, price, string(v.Unit), v.Category, v.TaxClass, strings.Join(v.Barcodes, " ")})
	}
	return t
}

func showItem(env *Env, o *out.Output, item till.Item) error {
	view := viewItem(item)
	table := variantTable(env, view.Variants)
	text := func(s out.Screen) string {
		head := item.Name + " (" + string(item.ID) + ")"
		if item.Deleted {
			head += " " + env.Say(i18n.T("deleted", "已删除"))
		}
		return head + "\n" + table.Text(s)
	}
	return env.Write(o, out.Result{Value: view, Table: table, Text: text})
}

type itemOptions struct {
	out      out.Output
	code     string
	text     string
	category string
	deleted  bool
	limit    int
	offset   int
}

func newItemShow(env *Env, runF func(context.Context, *itemOptions) error) *cobra.Command {
	return newItemLeaf(env, either(env, runF, itemShowRun), leaf{
		use:   "show CODE",
		short: i18n.T("Show an item", "显示商品"),
		long:  i18n.T("Show an item with its variants. CODE is its id, a SKU or a barcode in any form.", "显示商品及其规格。CODE 为商品编号、货号或任意形式的条码。"),
		examples: []example{
			{i18n.T("by its id", "按编号"), "till item show latte"},
			{i18n.T("the price behind a barcode", "条码对应的价格"), "till item show 6901234567892 --jq '.variants[0].price.minor'"},
		},
		result: itemView{},
	})
}

// newItemLeaf makes a leaf that takes one code.
func newItemLeaf(env *Env, run func(context.Context, *itemOptions) error, l leaf) *cobra.Command {
	o := &itemOptions{}
	l.exits = []exitCode{exitNotPermitted}
	l.run = runWith(run, o, &o.code)
	c := newLeaf(env, l, &o.out)
	c.ValidArgsFunction = completeItems(env)
	return c
}

func itemShowRun(ctx context.Context, env *Env, o *itemOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		found, err := s.shop.FindItem(ctx, o.code)
		if isMissing(err) {
			if deleted, err := s.shop.ItemByID(ctx, till.ItemID(o.code)); err == nil {
				return showItem(env, &o.out, deleted)
			}
		}
		if err != nil {
			return err
		}
		return showItem(env, &o.out, found.Item)
	})
}

func isMissing(err error) bool {
	var p *till.Problem
	return errors.As(err, &p) && p.Code == till.CodeNotFound
}

func newItemDelete(env *Env, runF func(context.Context, *itemOptions) error) *cobra.Command {
	return newItemLeaf(env, either(env, runF, itemDeleteRun), leaf{
		use:   "delete CODE",
		short: i18n.T("Sell an item no more", "停售商品"),
		long: i18n.T(
			"Take an item out of sale. The SKU or a barcode of one variant among several takes that\none alone. What was sold keeps its name, and till item restore brings an item back.",
			"停售商品。若 CODE 是多规格商品中某个规格的货号或条码，则只停售该规格。已售记录不变，\ntill item restore 可恢复商品。"),
		examples: []example{
			{i18n.T("the whole item", "整个商品"), "till item delete latte"},
			{i18n.T("one size", "一个规格"), "till item delete latte-l"},
		},
		result: itemView{},
	})
}

func itemDeleteRun(ctx context.Context, env *Env, o *itemOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		item, err := s.shop.DeleteItem(ctx, o.code)
		if err != nil {
			return err
		}
		if item.Deleted {
			env.Note(i18n.T("till item restore %s brings it back", "till item restore %s 可恢复").With(item.ID))
		}
		return showItem(env, &o.out, item)
	})
}

func newItemRestore(env *Env, runF func(context.Context, *itemOptions) error) *cobra.Command {
	return newItemLeaf(env, either(env, runF, itemRestoreRun), leaf{
		use:      "restore ID",
		short:    i18n.T("Bring a deleted item back", "恢复已删除的商品"),
		long:     i18n.T("Bring a deleted item back into sale, with the codes that no other item has taken since.", "恢复已删除的商品；其编码须未被其他商品占用。"),
		examples: []example{{i18n.T("as it was", "恢复原样"), "till item restore latte"}},
		result:   itemView{},
	})
}

func itemRestoreRun(ctx context.Context, env *Env, o *itemOptions) error {
	return actAndShow(ctx, env, &o.out, showItem, func(s *shop) (till.Item, error) {
		return s.shop.RestoreItem(ctx, till.ItemID(o.code))
	})
}

func newItemList(env *Env, runF func(context.Context, *itemOptions) error) *cobra.Command {
	o := &itemOptions{}
	c := newLeaf(env, leaf{
		use:   "list [TEXT]",
		short: i18n.T("List items, or find some", "列出或查找商品"),
		long: i18n.T(
			"List the variants of the shop's items. TEXT finds those with it in the name, an option\nor a SKU, without regard to case, or with a barcode, in any form.",
			"列出店铺商品的各规格。TEXT 按名称、规格或货号查找（不区分大小写），也可为任意形式的条码。"),
		examples: []example{
			{i18n.T("the first hundred items", "前一百件商品"), "till item list"},
			{i18n.T("by a part of the name", "按部分名称"), "till item list latte"},
			{i18n.T("all SKUs of a category", "某类别的全部货号"), "till item list --category coffee --limit 0 --jq '.[].sku'"},
		},
		result: []variantView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, itemListRun), o, &o.text),
	}, &o.out)
	bindFilter(env, c, o)
	c.Flags().BoolVar(&o.deleted, "deleted", false, env.Say(i18n.T("deleted ones too", "包括已删除的")))
	return c
}

// bindFilter gives a leaf the flags that choose among items.
func bindFilter(env *Env, c *cobra.Command, o *itemOptions) {
	c.Flags().StringVar(&o.category, "category", "", env.Say(i18n.T("of the category `NAME` alone", "仅限类别 `NAME`")))
	c.Flags().IntVar(&o.limit, "limit", 100, env.Say(i18n.T("at most `N` items; 0 is all", "最多 `N` 件商品；0 表示全部")))
	c.Flags().IntVar(&o.offset, "offset", 0, env.Say(i18n.T("leave out the first `N` items", "跳过前 `N` 件商品")))
	_ = c.RegisterFlagCompletionFunc("category", completeCategories(env))
}

func (o *itemOptions) filter() (till.ItemFilter, error) {
	if o.limit < 0 || o.offset < 0 {
		return till.ItemFilter{}, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("--limit and --offset are not negative", "--limit 和 --offset 不能为负数").With(),
			Hint: i18n.T("--limit 0 is all", "--limit 0 表示全部").With(),
		}
	}
	return till.ItemFilter{Text: o.text, Category: o.category, Deleted: o.deleted, Limit: o.limit, Offset: o.offset}, nil
}

func itemListRun(ctx context.Context, env *Env, o *itemOptions) error {
	filter, err := o.filter()
	if err != nil {
		return err
	}
	return withShop(ctx, env, func(s *shop) error {
		items, err := s.shop.Items(ctx, filter)
		if err != nil {
			return err
		}
		views := []variantView{}
		for _, item := range items {
			views = append(views, viewVariants(item)...)
		}
		if o.limit > 0 && len(items) == o.limit {
			env.Note(i18n.T("the first %d items; --limit 0 lists all", "仅列出前 %d 件商品；--limit 0 列出全部").With(o.limit))
		}
		return env.Write(&o.out, out.Result{Value: views, Table: variantTable(env, views)})
	})
}

// priceView is one price of a variant.
type priceView struct {
	SKU   till.SKU      `json:"sku"`
	At    time.Time     `json:"at"`
	Price money.Amount  `json:"price"`
	Cost  *money.Amount `json:"cost,omitempty"`
	Staff till.StaffID  `json:"staff,omitempty"`
}

func newItemPrices(env *Env, runF func(context.Context, *itemOptions) error) *cobra.Command {
	return newItemLeaf(env, either(env, runF, itemPricesRun), leaf{
		use:      "prices CODE",
		short:    i18n.T("Show the prices that a variant has had", "显示规格的历史价格"),
		long:     i18n.T("Show the prices and costs that a variant has had, since when and by whom.", "显示规格的历次价格与成本、生效时间和修改人。"),
		examples: []example{{i18n.T("by its SKU", "按货号"), "till item prices latte-l"}},
		result:   []priceView{},
	})
}

func itemPricesRun(ctx context.Context, env *Env, o *itemOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		_, prices, err := s.shop.Prices(ctx, o.code)
		if err != nil {
			return err
		}
		table := out.Table{Columns: []out.Column{
			{Name: "at", Head: i18n.T("SINCE", "生效时间")}, {Name: "price", Head: i18n.T("PRICE", "价格"), Align: cells.Right},
			{Name: "cost", Head: i18n.T("COST", "成本"), Align: cells.Right}, {Name: "staff", Head: i18n.T("BY", "修改人")},
		}}
		views := []priceView{}
		for _, p := range prices {
			view := priceView{SKU: p.SKU, At: p.At, Price: p.Price, Staff: p.Staff}
			cost := ""
			if !p.Cost.IsZero() {
				view.Cost, cost = &p.Cost, p.Cost.String()
			}
			views = append(views, view)
			table.Rows = append(table.Rows, []string{p.At.In(s.cfg.Shop.Timezone).Format("2006-01-02 15:04"), p.Price.String(), cost, string(p.Staff)})
		}
		return env.Write(&o.out, out.Result{Value: views, Table: table})
	})
}

// completeItems completes SKUs from the shop's own catalogue.
func completeItems(env *Env) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(c *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		var offers []string
		_ = withExistingShop(c.Context(), env, func(s *shop) error {
			items, err := s.shop.Items(c.Context(), till.ItemFilter{Text: typed, Limit: 50})
			for _, item := range items {
				for _, v := range item.Variants {
					offers = append(offers, string(v.SKU)+"\t"+item.Label(v))
				}
			}
			return err
		})
		return offers, cobra.ShellCompDirectiveNoFileComp
	}
}

func completeCategories(env *Env) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(c *cobra.Command, _ []string, _ string) (names []string, _ cobra.ShellCompDirective) {
		_ = withExistingShop(c.Context(), env, func(s *shop) (err error) {
			names, err = s.shop.Categories(c.Context())
			return err
		})
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// withExistingShop is withShop of a shop that has data: pressing a key for a completion
// must not found one.
func withExistingShop(ctx context.Context, env *Env, do func(*shop) error) error {
	dir, err := env.DataDir()
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); err != nil {
		return err
	}
	return withShop(ctx, env, do)
}
