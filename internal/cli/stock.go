package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

func newStock(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "stock",
		short: i18n.T("Receive, count and look after stock", "入库、盘点与库存管理"),
		long: i18n.T(
			"Stock is a ledger that is only ever added to: what is on hand is the sum of its moves.\nSales and returns move it by themselves.",
			"库存是只增不改的流水：现有数量为各笔变动之和。销售与退货自动记入。"),
		commands: []*cobra.Command{
			newStockReceive(env, nil), newStockAdjust(env, nil), newStockWaste(env, nil),
			newStockList(env, nil), newStockMoves(env, nil), newStockCount(env),
		},
	})
}

// stockOptions are what is moved by hand.
type stockOptions struct {
	out      out.Output
	lines    []string
	document string
	reason   string
}

// moveView is one move of stock as commands show it.
type moveView struct {
	SKU      till.SKU         `json:"sku"`
	Quantity till.Quantity    `json:"quantity"`
	Reason   till.StockReason `json:"reason"`
	At       time.Time        `json:"at"`
	Staff    till.StaffID     `json:"staff,omitempty"`
	Document string           `json:"document,omitempty"`
	Note     string           `json:"note,omitempty"`
}

func viewMoves(moves []till.StockMove) []moveView {
	views := []moveView{}
	for _, m := range moves {
		views = append(views, moveView{m.SKU, m.Quantity, m.Reason, m.At, m.Staff, m.Document, m.Note})
	}
	return views
}

func moveTable(env *Env, moves []till.StockMove, zone *time.Location) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "at", Head: i18n.T("TIME", "时间")}, {Name: "sku", Head: i18n.T("SKU", "货号")},
		{Name: "quantity", Head: i18n.T("QUANTITY", "数量"), Align: cells.Right}, {Name: "reason", Head: i18n.T("REASON", "类型")},
		{Name: "document", Head: i18n.T("DOCUMENT", "单据")}, {Name: "staff", Head: i18n.T("BY", "经手人")}, {Name: "note", Head: i18n.T("NOTE", "备注")},
	}}
	for _, m := range moves {
		t.Rows = append(t.Rows, []string{
			m.At.In(zone).Format("2006-01-02 15:04"), string(m.SKU), signed(m.Quantity), env.Say(reasonWord(m.Reason)), m.Document, string(m.Staff), m.Note,
		})
	}
	return t
}

// signed is a quantity that says which way it goes.
func signed(q till.Quantity) string {
	if q > 0 {
		return "+" + q.String()
	}
	return q.String()
}

func reasonWord(r till.StockReason) i18n.Text {
	switch r {
	case till.StockSale:
		return i18n.T("sale", "销售")
	case till.StockReturn:
		return i18n.T("return", "退货")
	case till.StockVoid:
		return i18n.T("void", "撤销")
	case till.StockReceive:
		return i18n.T("received", "入库")
	case till.StockAdjust:
		return i18n.T("adjusted", "调整")
	case till.StockWaste:
		return i18n.T("waste", "报损")
	case till.StockCount:
		return i18n.T("counted", "盘点")
	}
	return i18n.Same(string(r))
}

// newStockMove makes a leaf that moves stock by hand.
func newStockMove(env *Env, l leaf, run func(context.Context, *stockOptions) error) *cobra.Command {
	o := &stockOptions{}
	l.result = []moveView{}
	l.exits = []exitCode{exitNotPermitted}
	l.run = func(ctx context.Context, args []string) error {
		o.lines = args
		return run(ctx, o)
	}
	c := newLeaf(env, l, &o.out)
	c.Flags().StringVar(&o.document, "document", "", env.Say(i18n.T("number of the delivery note or the like: `TEXT`", "送货单等单据号 `TEXT`")))
	c.Flags().StringVar(&o.reason, "reason", "", env.Say(i18n.T("why, for the ledger: `TEXT`", "记入流水的原因 `TEXT`")))
	c.ValidArgsFunction = completeItems(env)
	return c
}

// stockRun runs one of the use cases that move stock.
func stockRun(move func(*management.Shop, context.Context, management.StockEntry) ([]till.StockMove, error)) func(context.Context, *Env, *stockOptions) error {
	return func(ctx context.Context, env *Env, o *stockOptions) error {
		lines, err := stockLines(o.lines)
		if err != nil {
			return err
		}
		return withShop(ctx, env, func(s *shop) error {
			moves, err := move(s.shop, ctx, management.StockEntry{Lines: lines, Document: o.document, Note: o.reason})
			if err != nil {
				return err
			}
			return env.Write(&o.out, out.Result{Value: viewMoves(moves), Table: moveTable(env, moves, s.cfg.Shop.Timezone)})
		})
	}
}

// stockLines reads arguments such as latte=10.
func stockLines(args []string) ([]management.StockLine, error) {
	var lines []management.StockLine
	for _, arg := range args {
		at := strings.LastIndexByte(arg, '=')
		if at <= 0 {
			return nil, &till.Problem{
				Code: till.CodeUsage, What: i18n.T("%q says no quantity", "%q 未指明数量").With(arg),
				Hint: i18n.T("write the SKU or barcode, = and how many: latte=10, ham=2.5", "请写作 货号或条码=数量，例如 latte=10、ham=2.5").With(),
			}
		}
		q, err := parseQuantity(arg[:at], arg[at+1:])
		if err != nil {
			return nil, err
		}
		lines = append(lines, management.StockLine{Code: arg[:at], Quantity: q})
	}
	return lines, nil
}

func newStockReceive(env *Env, runF func(context.Context, *stockOptions) error) *cobra.Command {
	return newStockMove(env, leaf{
		use:   "receive CODE=QUANTITY...",
		short: i18n.T("Take a delivery in", "入库"),
		long: i18n.T(
			"Put what was delivered into stock, all of it in one commit. CODE is a SKU, a barcode or\nthe id of an item with one variant.",
			"将到货一次性入库。CODE 为货号、条码，或单规格商品的编号。"),
		examples: []example{
			{i18n.T("two goods of one delivery note", "一张送货单的两种商品"), "till stock receive milk=24 beans=12.5 --document D-1017"},
		},
	}, either(env, runF, stockRun((*management.Shop).ReceiveStock)))
}

func newStockAdjust(env *Env, runF func(context.Context, *stockOptions) error) *cobra.Command {
	return newStockMove(env, leaf{
		use:   "adjust CODE=QUANTITY...",
		short: i18n.T("Put stock right, up or down", "调整库存"),
		long:  i18n.T("Add to stock or, with a negative quantity, take from it. The reason stays in the ledger.", "增加库存；数量为负时减少。原因记入流水。"),
		examples: []example{
			{i18n.T("two that were counted twice", "多记了两件"), `till stock adjust mug-black=-2 --reason "counted twice"`},
		},
	}, either(env, runF, stockRun((*management.Shop).AdjustStock)))
}

func newStockWaste(env *Env, runF func(context.Context, *stockOptions) error) *cobra.Command {
	return newStockMove(env, leaf{
		use:   "waste CODE=QUANTITY...",
		short: i18n.T("Write off what is broken or spoilt", "报损"),
		long:  i18n.T("Take from stock what is broken, spoilt or stolen. The reason stays in the ledger.", "将破损、变质或失窃的商品移出库存。原因记入流水。"),
		examples: []example{
			{i18n.T("at the end of the day", "营业结束时"), `till stock waste croissant=3 --reason "end of day"`},
		},
	}, either(env, runF, stockRun((*management.Shop).WasteStock)))
}

type stockListOptions struct {
	itemOptions
	low bool
}

// levelView is what is on hand of a variant.
type levelView struct {
	SKU       till.SKU      `json:"sku"`
	Item      till.ItemID   `json:"item"`
	Name      string        `json:"name"`
	Category  string        `json:"category"`
	Unit      till.Unit     `json:"unit"`
	OnHand    till.Quantity `json:"on_hand"`
	Reserved  till.Quantity `json:"reserved"`
	Available till.Quantity `json:"available"`
	LowStock  till.Quantity `json:"low_stock"`
	Low       bool          `json:"low"`
}

func newStockList(env *Env, runF func(context.Context, *stockListOptions) error) *cobra.Command {
	o := &stockListOptions{}
	c := newLeaf(env, leaf{
		use:   "list [TEXT]",
		short: i18n.T("Show what is on hand", "查看现有库存"),
		long: i18n.T(
			"Show what is on hand of everything that stock is kept of, what of it is kept for sales\nthat are being paid, and what is low.",
			"显示所有管理库存的商品的现有数量、为正在付款的销售保留的数量，以及库存不足的商品。"),
		examples: []example{
			{i18n.T("what is to be ordered", "需要订货的商品"), "till stock list --low"},
			{i18n.T("for a script", "供脚本使用"), "till stock list --limit 0 --jq '.[] | select(.available <= 0) | .sku'"},
		},
		result: []levelView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, stockListRun), o, &o.text),
	}, &o.out)
	bindFilter(env, c, &o.itemOptions)
	c.Flags().BoolVar(&o.low, "low", false, env.Say(i18n.T("what is low alone", "仅列出库存不足的")))
	return c
}

func stockListRun(ctx context.Context, env *Env, o *stockListOptions) error {
	filter, err := o.filter()
	if err != nil {
		return err
	}
	if o.low {
		filter.Limit = 0 // of all that is low, not of the low among the first
	}
	return withShop(ctx, env, func(s *shop) error {
		rows, err := s.shop.StockLevels(ctx, management.StockFilter{ItemFilter: filter, Low: o.low})
		if err != nil {
			return err
		}
		views := []levelView{}
		for _, r := range rows {
			views = append(views, viewLevel(r))
		}
		return env.Write(&o.out, out.Result{Value: views, Table: levelTable(env, views)})
	})
}

func viewLevel(r management.StockRow) levelView {
	return levelView{
		SKU: r.Variant.SKU, Item: r.Item.ID, Name: r.Item.Label(r.Variant), Category: r.Item.Category, Unit: r.Item.Unit,
		OnHand: r.Level.OnHand, Reserved: r.Level.Reserved, Available: r.Level.Available(), LowStock: r.Variant.LowStock, Low: r.IsLow(),
	}
}

func levelTable(env *Env, views []levelView) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "sku", Head: i18n.T("SKU", "货号")}, {Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "on_hand", Head: i18n.T("ON HAND", "现有"), Align: cells.Right}, {Name: "reserved", Head: i18n.T("KEPT", "保留"), Align: cells.Right},
		{Name: "unit", Head: i18n.T("UNIT", "单位")}, {Name: "low", Head: i18n.T("LOW", "不足")},
	}}
	for _, v := range views {
		low := ""
		if v.Low {
			low = env.Say(i18n.T("low", "不足"))
		}
		t.Rows = append(t.Rows, []string{string(v.SKU), v.Name, v.OnHand.String(), v.Reserved.String(), string(v.Unit), low})
	}
	return t
}

func newStockMoves(env *Env, runF func(context.Context, *itemOptions) error) *cobra.Command {
	o := &itemOptions{}
	c := newLeaf(env, leaf{
		use:   "moves CODE",
		short: i18n.T("Show the moves of a variant", "查看库存流水"),
		long:  i18n.T("Show why the stock of a variant is what it is: its moves, the newest first.", "显示规格的库存变动，最新的在前。"),
		examples: []example{
			{i18n.T("the last twenty", "最近二十笔"), "till stock moves croissant"},
			{i18n.T("what was wasted", "报损记录"), `till stock moves croissant --limit 0 --jq '.[] | select(.reason == "waste")'`},
		},
		result: []moveView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, stockMovesRun), o, &o.code),
	}, &o.out)
	c.Flags().IntVar(&o.limit, "limit", 20, env.Say(i18n.T("at most `N` moves; 0 is all", "最多 `N` 笔；0 表示全部")))
	c.ValidArgsFunction = completeItems(env)
	return c
}

func stockMovesRun(ctx context.Context, env *Env, o *itemOptions) error {
	if o.limit < 0 {
		return wrongWord("--limit", "-", "0, 1, 2 …")
	}
	return withShop(ctx, env, func(s *shop) error {
		_, moves, err := s.shop.StockMoves(ctx, o.code, o.limit)
		if err != nil {
			return err
		}
		return env.Write(&o.out, out.Result{Value: viewMoves(moves), Table: moveTable(env, moves, s.cfg.Shop.Timezone)})
	})
}
