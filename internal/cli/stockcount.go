package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

func newStockCount(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "count",
		short: i18n.T("Count stock against the books", "盘点"),
		long: i18n.T(
			"A stocktake is a count sheet that several people fill in, and that is posted at the end:\nthen the stock of all that was counted is corrected by what each count differed from the\nbooks when it was made, with the differences in the ledger. What was not counted stays as\nit is, and selling may go on meanwhile.",
			"盘点可由多人录入，最后过账：按各盘点数与录入时账面数的差异更正库存，差异记入流水；\n未盘商品不变，盘点期间可照常营业。"),
		commands: []*cobra.Command{
			newCountStart(env, nil), newCountEnter(env, nil), newCountShow(env, nil), newCountList(env, nil), newCountPost(env, nil), newCountCancel(env, nil),
		},
	})
}

type countOptions struct {
	out      out.Output
	id       string
	category string
	lines    []string
	add      bool
	diff     bool
	reason   string
}

// countView is a stocktake as commands show it.
type countView struct {
	ID       string         `json:"id"`
	State    string         `json:"state"` // open, posted or canceled
	Category string         `json:"category"`
	OpenedAt time.Time      `json:"opened_at"`
	Counted  int            `json:"counted"`
	Left     int            `json:"left"` // not counted
	Rows     []countRowView `json:"rows"`
}

type countRowView struct {
	SKU      till.SKU       `json:"sku"`
	Name     string         `json:"name"`
	Unit     till.Unit      `json:"unit"`
	Counted  *till.Quantity `json:"counted"`
	Expected *till.Quantity `json:"expected"`
	Variance *till.Quantity `json:"variance"`
}

func countState(t till.Stocktake) string {
	switch {
	case t.Posted != nil:
		return "posted"
	case t.Canceled != nil:
		return "canceled"
	}
	return "open"
}

func viewCount(sheet management.CountSheet) countView {
	v := countView{
		ID: sheet.ID, State: countState(sheet.Stocktake), Category: sheet.Category, OpenedAt: sheet.Opened.At, Rows: []countRowView{},
	}
	for _, r := range sheet.Rows {
		row := countRowView{SKU: r.Variant.SKU, Name: r.Item.Label(r.Variant), Unit: r.Item.Unit}
		if c := r.Counted; c != nil {
			variance := c.Variance()
			row.Counted, row.Expected, row.Variance = &c.Counted, &c.Expected, &variance
			v.Counted++
		} else {
			v.Left++
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// newCountLeaf makes a leaf about one stocktake.
func newCountLeaf(env *Env, run func(context.Context, *countOptions) error, l leaf) (*cobra.Command, *countOptions) {
	o := &countOptions{}
	l.result = countView{}
	l.exits = []exitCode{exitNotPermitted}
	l.run = func(ctx context.Context, args []string) error {
		o.lines = args
		return run(ctx, o)
	}
	return newLeaf(env, l, &o.out), o
}

// bindCount gives a leaf the flag that names a stocktake.
func bindCountID(env *Env, c *cobra.Command, o *countOptions) {
	c.Flags().StringVar(&o.id, "id", "", env.Say(i18n.T("the stocktake `ID`; without it, the one that is open", "盘点编号 `ID`；省略时为进行中的盘点")))
}

func newCountStart(env *Env, runF func(context.Context, *countOptions) error) *cobra.Command {
	c, o := newCountLeaf(env, either(env, runF, countStartRun), leaf{
		use:   "start",
		short: i18n.T("Begin a stocktake", "开始盘点"),
		long:  i18n.T("Begin to count all that stock is kept of, or one category of it.", "开始盘点所有管理库存的商品，或其中一个类别。"),
		examples: []example{
			{i18n.T("everything", "全部"), "till stock count start"},
			{i18n.T("one shelf", "一个类别"), "till stock count start --category bottled"},
		},
	})
	c.Flags().StringVar(&o.category, "category", "", env.Say(i18n.T("count the category `NAME` alone", "仅盘点类别 `NAME`")))
	_ = c.RegisterFlagCompletionFunc("category", completeCategories(env))
	return c
}

func countStartRun(ctx context.Context, env *Env, o *countOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		sheet, err := s.shop.StartStocktake(ctx, o.category)
		if err != nil {
			return err
		}
		env.Note(i18n.T("stocktake %s: put counts in with till stock count enter SKU=QUANTITY", "盘点 %s：用 till stock count enter 货号=数量 录入").With(sheet.ID))
		return showCount(env, o, sheet)
	})
}

func newCountEnter(env *Env, runF func(context.Context, *countOptions) error) *cobra.Command {
	c, o := newCountLeaf(env, either(env, runF, countEnterRun), leaf{
		use:   "enter CODE=QUANTITY...",
		short: i18n.T("Put counts in", "录入盘点数"),
		long: i18n.T(
			"Put in how much was found of something. A second count of it takes the place of the\nfirst; with --add it is added to it, as on a second shelf.",
			"录入实际数量。再次录入将替换前一次；加上 --add 则累加，例如第二个货架。"),
		examples: []example{
			{i18n.T("two goods", "两种商品"), "till stock count enter cola=57 water=46"},
			{i18n.T("more of it in the cellar", "仓库里还有"), "till stock count enter cola=24 --add"},
		},
	})
	bindCountID(env, c, o)
	c.Flags().BoolVar(&o.add, "add", false, env.Say(i18n.T("add to what was counted before", "与之前的盘点数累加")))
	c.ValidArgsFunction = completeItems(env)
	return c
}

func countEnterRun(ctx context.Context, env *Env, o *countOptions) error {
	lines, err := stockLines(o.lines)
	if err != nil {
		return err
	}
	return actAndShow(ctx, env, o, showCount, func(s *shop) (management.CountSheet, error) {
		return s.shop.EnterCounts(ctx, o.id, lines, o.add)
	})
}

func newCountShow(env *Env, runF func(context.Context, *countOptions) error) *cobra.Command {
	c, o := newCountLeaf(env, either(env, runF, countShowRun), leaf{
		use:   "show",
		short: i18n.T("Show a count sheet with its differences", "查看盘点表及差异"),
		long:  i18n.T("Show what was counted, what the books say and how they differ, and what is not counted yet.", "显示盘点数、账面数、差异，以及尚未盘点的商品。"),
		examples: []example{
			{i18n.T("the differences alone", "仅差异"), "till stock count show --differences"},
			{i18n.T("what is not counted, for a script", "未盘商品，供脚本使用"), "till stock count show --jq '.rows[] | select(.counted == null) | .sku'"},
		},
	})
	bindCountID(env, c, o)
	c.Flags().BoolVar(&o.diff, "differences", false, env.Say(i18n.T("the lines that differ alone", "仅显示有差异的行")))
	return c
}

func countShowRun(ctx context.Context, env *Env, o *countOptions) error {
	return actAndShow(ctx, env, o, showCount, func(s *shop) (management.CountSheet, error) {
		return s.shop.StocktakeSheet(ctx, o.id)
	})
}

func newCountPost(env *Env, runF func(context.Context, *countOptions) error) *cobra.Command {
	c, o := newCountLeaf(env, either(env, runF, countPostRun), leaf{
		use:   "post",
		short: i18n.T("Make the counts the stock", "盘点过账"),
		long: i18n.T(
			"Correct the stock of all that was counted by what each count differed from the books when\nit was made, in one commit; the differences stand in the ledger under the stocktake's id.\nWhat was sold or delivered since the count stays as it is.",
			"一次性按各盘点数与盘点当时账面数的差异更正库存；差异以盘点编号记入流水。\n盘点之后的销售与收货不受影响。"),
		examples: []example{{i18n.T("the one that is open", "进行中的盘点"), "till stock count post"}},
	})
	bindCountID(env, c, o)
	c.Flags().StringVar(&o.reason, "reason", "", env.Say(i18n.T("a word for the ledger: `TEXT`", "记入流水的说明 `TEXT`")))
	return c
}

func countPostRun(ctx context.Context, env *Env, o *countOptions) error {
	return actAndShow(ctx, env, o, showCount, func(s *shop) (management.CountSheet, error) {
		return s.shop.PostStocktake(ctx, o.id, o.reason)
	})
}

func newCountCancel(env *Env, runF func(context.Context, *countOptions) error) *cobra.Command {
	c, o := newCountLeaf(env, either(env, runF, countCancelRun), leaf{
		use:      "cancel",
		short:    i18n.T("Give a stocktake up", "取消盘点"),
		long:     i18n.T("End a stocktake without moving anything.", "结束盘点，不改变任何库存。"),
		examples: []example{{i18n.T("by its id", "按编号"), "till stock count cancel --id 2026-11-23-1"}},
	})
	bindCountID(env, c, o)
	c.Flags().StringVar(&o.reason, "reason", "", env.Say(i18n.T("why: `TEXT`", "原因 `TEXT`")))
	return c
}

func countCancelRun(ctx context.Context, env *Env, o *countOptions) error {
	return actAndShow(ctx, env, o, showCount, func(s *shop) (management.CountSheet, error) {
		return s.shop.CancelStocktake(ctx, o.id, o.reason)
	})
}

func showCount(env *Env, o *countOptions, sheet management.CountSheet) error {
	view := viewCount(sheet)
	if o.diff {
		view.Rows = differingRows(view.Rows)
	}
	table := countTable(view)
	text := func(s out.Screen) string {
		head := i18n.T("stocktake %s, %s: %d counted, %d not", "盘点 %s，%s：已盘 %d，未盘 %d").With(view.ID, env.Say(stateWord(view.State)), view.Counted, view.Left)
		return head.In(env.Lang()) + "\n" + table.Text(s)
	}
	return env.Write(&o.out, out.Result{Value: view, Table: table, Text: text})
}

func stateWord(state string) i18n.Text {
	switch state {
	case "posted":
		return i18n.T("posted", "已过账")
	case "canceled":
		return i18n.T("canceled", "已取消")
	}
	return i18n.T("open", "进行中")
}

func differingRows(rows []countRowView) []countRowView {
	list := []countRowView{}
	for _, r := range rows {
		if r.Variance != nil && *r.Variance != 0 {
			list = append(list, r)
		}
	}
	return list
}

func countTable(v countView) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "sku", Head: i18n.T("SKU", "货号")}, {Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "counted", Head: i18n.T("COUNTED", "盘点数"), Align: cells.Right},
		{Name: "expected", Head: i18n.T("BOOKS", "账面"), Align: cells.Right},
		{Name: "variance", Head: i18n.T("DIFFERENCE", "差异"), Align: cells.Right}, {Name: "unit", Head: i18n.T("UNIT", "单位")},
	}}
	for _, r := range v.Rows {
		row := []string{string(r.SKU), r.Name, "", "", "", string(r.Unit)}
		if r.Counted != nil {
			row[2], row[3], row[4] = r.Counted.String(), r.Expected.String(), signed(*r.Variance)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func newCountList(env *Env, runF func(context.Context, *countOptions) error) *cobra.Command {
	o := &countOptions{}
	return newLeaf(env, leaf{
		use:      "list",
		short:    i18n.T("List the stocktakes", "列出盘点"),
		long:     i18n.T("List all stocktakes, the newest first.", "列出所有盘点，最新的在前。"),
		examples: []example{{i18n.T("those that are open", "进行中的盘点"), `till stock count list --jq '.[] | select(.state == "open") | .id'`}},
		result:   []countView{},
		exits:    []exitCode{exitNotPermitted},
		run:      runWith(either(env, runF, countListRun), o),
	}, &o.out)
}

func countListRun(ctx context.Context, env *Env, o *countOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		all, err := s.shop.Stocktakes(ctx)
		if err != nil {
			return err
		}
		table := out.Table{Columns: []out.Column{
			{Name: "id", Head: i18n.T("ID", "编号")}, {Name: "state", Head: i18n.T("STATE", "状态")}, {Name: "category", Head: i18n.T("CATEGORY", "类别")},
			{Name: "counted", Head: i18n.T("COUNTED", "已盘"), Align: cells.Right}, {Name: "opened_at", Head: i18n.T("OPENED", "开始时间")},
		}}
		views := []countView{}
		for _, t := range all {
			v := countView{ID: t.ID, State: countState(t), Category: t.Category, OpenedAt: t.Opened.At, Counted: len(t.Counts), Rows: []countRowView{}}
			views = append(views, v)
			table.Rows = append(table.Rows, []string{
				v.ID, env.Say(stateWord(v.State)), v.Category, fmt.Sprint(v.Counted), v.OpenedAt.In(s.cfg.Shop.Timezone).Format("2006-01-02 15:04"),
			})
		}
		return env.Write(&o.out, out.Result{Value: views, Table: table})
	})
}
