package cli

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

func newShift(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "shift",
		short: i18n.T("Open, count and close the drawer; close the day", "开班、清点、交班与日结"),
		long: i18n.T(
			"A shift is the time that one drawer is one member's responsibility. It begins with a\nfloat and ends with a count. When every shift is closed, z closes the business day.",
			"班次是一位员工负责一个钱箱的时段：以备用金开始，以清点结束。全部班次交班后，用 z 进行\n日结。"),
		commands: []*cobra.Command{
			newShiftOpen(env, nil), newPayIn(env, nil), newPayOut(env, nil), newShiftCount(env, nil), newShiftClose(env, nil),
			newShiftShow(env, nil), newShiftList(env, nil), newX(env, nil), newZ(env, nil),
		},
	})
}

type shiftOptions struct {
	out      out.Output
	approver approver
	number   string
	amount   string
	float    string
	counted  string
	counts   []string
	note     string
	limit    int
}

func newShiftOpen(env *Env, runF func(context.Context, *shiftOptions) error) *cobra.Command {
	o := &shiftOptions{}
	c := newLeaf(env, leaf{
		use:   "open",
		short: i18n.T("Begin a shift", "开班"),
		long:  i18n.T("Begin a shift at this till, with the float that is in the drawer.", "在本收银台开班，并登记钱箱中的备用金。"),
		examples: []example{
			{i18n.T("with some change", "带零钱开班"), "till shift open --float 100.00"},
		},
		result: till.Shift{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, shiftOpenRun), o),
	}, &o.out)
	c.Flags().StringVar(&o.float, "float", "0", env.Say(i18n.T("the `AMOUNT` that is in the drawer", "钱箱中的备用金 `AMOUNT`")))
	return c
}

func shiftOpenRun(ctx context.Context, env *Env, o *shiftOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		float, err := parseCash(o.float, s.cfg.Shop.Currency)
		if err != nil {
			return err
		}
		sh, err := s.shop.OpenShift(ctx, float)
		if err != nil {
			return err
		}
		line := i18n.T("shift %d is open with %s in the drawer", "班次 %d 已开班，钱箱备用金 %s").With(sh.Number, sh.Float)
		return env.WriteLine(&o.out, sh, line)
	})
}

// parseCash reads an amount that may be zero, as an empty drawer is.
func parseCash(text string, c money.Currency) (money.Amount, error) {
	if a, err := money.Parse(text, c); err == nil && a.IsZero() {
		return a, nil
	}
	return parseAmount(text, c)
}

func newPayIn(env *Env, runF func(context.Context, *shiftOptions) error) *cobra.Command {
	return newCashMove(env, runF, till.DrawerPayIn, leaf{
		use:   "payin AMOUNT",
		short: i18n.T("Put cash into the drawer", "存入现金"),
		long: i18n.T(
			"Put cash into the drawer of the open shift, other than by a sale. It needs a note.",
			"向进行中班次的钱箱存入非销售现金，须注明原因。"),
		examples: []example{
			{i18n.T("change from the bank", "从银行换零"), `till shift payin 50.00 --note "change from the bank"`},
		},
	})
}

func newPayOut(env *Env, runF func(context.Context, *shiftOptions) error) *cobra.Command {
	return newCashMove(env, runF, till.DrawerPayOut, leaf{
		use:   "payout AMOUNT",
		short: i18n.T("Take cash out of the drawer", "取出现金"),
		long: i18n.T(
			"Take cash out of the drawer of the open shift, other than by a refund. It needs a note\nand no more can be taken than there is.",
			"从进行中班次的钱箱取出非退款现金，须注明原因，且不得超过钱箱余额。"),
		examples: []example{
			{i18n.T("a cashier, approved by a manager", "收银员操作，店长授权"), `till shift payout 20.00 --note "window cleaner" --approver li_wei`},
		},
	})
}

func newCashMove(env *Env, runF func(context.Context, *shiftOptions) error, reason till.DrawerReason, l leaf) *cobra.Command {
	o := &shiftOptions{}
	run := either(env, runF, func(ctx context.Context, env *Env, o *shiftOptions) error { return cashMoveRun(ctx, env, o, reason) })
	l.result, l.exits = till.DrawerMove{}, []exitCode{exitNotPermitted}
	l.run = runWith(run, o, &o.amount)
	c := newLeaf(env, l, &o.out)
	c.Flags().StringVar(&o.note, "note", "", env.Say(i18n.T("say what for in a `NOTE`", "原因 `NOTE`")))
	bindApprover(env, c, &o.approver)
	return c
}

func cashMoveRun(ctx context.Context, env *Env, o *shiftOptions, reason till.DrawerReason) error {
	return withShop(ctx, env, func(s *shop) error {
		amount, err := parseAmount(o.amount, s.cfg.Shop.Currency)
		if err != nil {
			return err
		}
		move := management.CashMove{Reason: reason, Amount: amount, Note: o.note}
		m, err := approved(ctx, env, o.approver, func(a *management.Approval) (till.DrawerMove, error) {
			return s.shop.MoveCash(ctx, move, a)
		})
		if err != nil {
			return err
		}
		line := i18n.T("%s: %s in the drawer of shift %d", "%s：%s，班次 %d 的钱箱").With(m.Reason.Text(), m.Amount, m.Shift)
		return env.WriteLine(&o.out, m, line)
	})
}

// bindCount gives a command the flags of a count.
func bindCount(env *Env, c *cobra.Command, o *shiftOptions) {
	c.Flags().StringArrayVar(&o.counts, "count", nil, env.Say(i18n.T(
		"coins or notes as `VALUExNUMBER`, such as 100x3; once for each value", "各面额数量 `VALUExNUMBER`，例如 100x3；每种面额一次")))
	c.Flags().StringVar(&o.counted, "counted", "", env.Say(i18n.T("what was counted, as a sum of `AMOUNT`", "清点的总金额 `AMOUNT`")))
}

// cash reads what was counted.
func (o *shiftOptions) cash(c money.Currency) (management.Cash, error) {
	if len(o.counts) > 0 && o.counted != "" {
		return management.Cash{}, countedTwice()
	}
	if len(o.counts) == 0 {
		if o.counted == "" {
			return management.Cash{}, nothingCounted()
		}
		sum, err := parseCash(o.counted, c)
		return management.Cash{Sum: sum}, err
	}
	var cash management.Cash
	for _, text := range o.counts {
		d, err := parseDenomination(text, c)
		if err != nil {
			return management.Cash{}, err
		}
		cash.Coins = append(cash.Coins, d)
	}
	return cash, nil
}

func nothingCounted() error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("it is not said what was counted", "未给出清点结果").With(),
		Hint: i18n.T("give --count 100x3 --count 0.50x12 by value, or --counted 306.00 as a sum", "请按面额给出 --count 100x3 --count 0.50x12，或给出总额 --counted 306.00").With(),
	}
}

func countedTwice() error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("--count and --counted both say what is in the drawer", "--count 与 --counted 重复给出清点结果").With(),
		Hint: i18n.T("give one of them", "请只给出其一").With(),
	}
}

// parseDenomination reads "100x3".
func parseDenomination(text string, c money.Currency) (till.Denomination, error) {
	value, number, ok := strings.Cut(text, "x")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 0 {
		return till.Denomination{}, &till.Problem{
			Code: till.CodeUsage,
			What: i18n.T("--count %q is no value and number", "--count %q 不是面额与数量").With(text),
			Hint: i18n.T("write three notes of 100 as --count 100x3", "三张 100 元写作 --count 100x3").With(),
		}
	}
	a, err := parseAmount(value, c)
	return till.Denomination{Value: a, Count: n}, err
}

func newShiftCount(env *Env, runF func(context.Context, *shiftOptions) error) *cobra.Command {
	o := &shiftOptions{}
	c := newLeaf(env, leaf{
		use:   "count",
		short: i18n.T("Add up what is in the drawer", "清点钱箱"),
		long: i18n.T(
			"Add up what is in the drawer of the open shift; nothing is changed. Who may read the\nday's figures sees the difference from the books, anybody else counts blind.",
			"清点进行中班次的钱箱，不作任何更改。有权查看当日数据者可见与账面的差额，其他人盲点。"),
		examples: []example{
			{i18n.T("by notes and coins", "按面额清点"), "till shift count --count 100x3 --count 20x7 --count 0.50x12"},
		},
		result: management.Counting{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, shiftCountRun), o),
	}, &o.out)
	bindCount(env, c, o)
	return c
}

func shiftCountRun(ctx context.Context, env *Env, o *shiftOptions) error {
	return withShop(ctx, env, func(s *shop) error {
		cash, err := o.cash(s.cfg.Shop.Currency)
		if err != nil {
			return err
		}
		counting, err := s.shop.CountDrawer(ctx, cash)
		if err != nil {
			return err
		}
		text := func(out.Screen) string {
			line := i18n.T("counted %s", "清点 %s").With(counting.Counted).In(env.Lang())
			if counting.Over != nil {
				line += i18n.T(", expected %s: %s", "，应有 %s：%s").With(*counting.Expected, overWords(*counting.Over)).In(env.Lang())
			}
			return line
		}
		return env.Write(&o.out, out.Result{Value: counting, Text: text})
	})
}

// overWords says what a difference is.
func overWords(over money.Amount) i18n.Message {
	switch {
	case over.IsZero():
		return i18n.T("it is right", "相符").With()
	case over.IsPositive():
		return i18n.T("%s over", "长款 %s").With(over)
	}
	return i18n.T("%s short", "短款 %s").With(over.Neg())
}

func newShiftClose(env *Env, runF func(context.Context, *shiftOptions) error) *cobra.Command {
	o := &shiftOptions{}
	c := newLeaf(env, leaf{
		use:   "close [NUMBER]",
		short: i18n.T("End a shift with a count", "清点并交班"),
		long: i18n.T(
			"End the shift that is open at this till, or the one with NUMBER, with what was counted\nin its drawer. What it should hold is told afterwards. A difference above drawer.limit\nneeds the approval of somebody who may open the drawer.",
			"以钱箱清点结果结束本收银台（或编号 NUMBER）的班次，应有金额在交班后显示。差额超过\ndrawer.limit 时须由有权存取钱箱者授权。"),
		examples: []example{
			{i18n.T("by notes and coins", "按面额清点"), "till shift close --count 100x3 --count 50x1"},
			{i18n.T("as a sum", "按总额"), "till shift close --counted 450.00"},
			{i18n.T("with a difference that is approved", "授权差额"), `till shift close --counted 430.00 --note "see slip" --approver li_wei`},
		},
		result: till.Shift{},
		exits:  []exitCode{exitNotPermitted, exitPending},
		run:    runWith(either(env, runF, shiftCloseRun), o, &o.number),
	}, &o.out)
	bindCount(env, c, o)
	c.Flags().StringVar(&o.note, "note", "", env.Say(i18n.T("explain a difference in a `NOTE`", "差额说明 `NOTE`")))
	bindApprover(env, c, &o.approver)
	return c
}

func shiftCloseRun(ctx context.Context, env *Env, o *shiftOptions) error {
	number, err := shiftNumber(o.number)
	if err != nil {
		return err
	}
	return withShop(ctx, env, func(s *shop) error {
		cash, err := o.cash(s.cfg.Shop.Currency)
		if err != nil {
			return err
		}
		sh, err := approved(ctx, env, o.approver, func(a *management.Approval) (till.Shift, error) {
			return s.shop.CloseShift(ctx, management.Closing{Shift: number, Cash: cash, Note: o.note}, a)
		})
		if err != nil {
			return err
		}
		line := i18n.T("shift %d is closed: counted %s, expected %s: %s", "班次 %d 已交班：清点 %s，应有 %s：%s").
			With(sh.Number, sh.Counted, sh.Expected, overWords(sh.Over))
		return env.WriteLine(&o.out, sh, line)
	})
}

// shiftNumber reads a number of a shift; an empty text is 0, the open one.
func shiftNumber(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, wrongWord("NUMBER", text, "1 …")
	}
	return n, nil
}

func newShiftShow(env *Env, runF func(context.Context, *shiftOptions) error) *cobra.Command {
	o := &shiftOptions{}
	return newLeaf(env, leaf{
		use:   "show [NUMBER]",
		short: i18n.T("Show a shift and its drawer", "显示班次与钱箱"),
		long: i18n.T(
			"Show a shift, without NUMBER the one that is open at this till. What the drawer of an\nopen one should hold is told to those who may read the day's figures.",
			"显示班次；省略 NUMBER 时为本收银台进行中的班次。进行中班次的应有金额仅向有权查看当日\n数据者显示。"),
		examples: []example{
			{i18n.T("the open one", "进行中的班次"), "till shift show"},
			{i18n.T("how much was short in shift 12?", "班次 12 短款多少？"), "till shift show 12 --jq .over.minor"},
		},
		result: management.ShiftView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, shiftShowRun), o, &o.number),
	}, &o.out)
}

func shiftShowRun(ctx context.Context, env *Env, o *shiftOptions) error {
	number, err := shiftNumber(o.number)
	if err != nil {
		return err
	}
	return withShop(ctx, env, func(s *shop) error {
		v, err := s.shop.Shift(ctx, number)
		if err != nil {
			return err
		}
		return env.Write(&o.out, out.Result{Value: v, Table: shiftDetail(env, v, s.cfg.Shop.Timezone)})
	})
}

func shiftDetail(env *Env, v management.ShiftView, zone *time.Location) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "name", Head: i18n.T("SHIFT", "班次")}, {Name: "value", Head: i18n.T("VALUE", "值")},
	}}
	add := rowAdder(env, &table)
	clock := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(zone).Format("2006-01-02 15:04")
	}
	add(i18n.T("number", "编号"), strconv.Itoa(v.Number))
	add(i18n.T("till", "收银台"), v.Terminal)
	add(i18n.T("staff", "员工"), string(v.Staff))
	add(i18n.T("opened", "开班"), clock(v.OpenedAt))
	add(i18n.T("closed", "交班"), clock(v.ClosedAt))
	if v.Drawer != nil {
		addDrawer(add, *v.Drawer)
	}
	if !v.IsOpen() {
		add(i18n.T("counted", "清点"), v.Counted.String())
		add(i18n.T("difference", "差额"), overWords(v.Over).In(env.Lang()))
		add(i18n.T("closed by", "交班人"), string(v.Closer))
		add(i18n.T("approved by", "授权人"), string(v.Approver))
		add(i18n.T("note", "备注"), v.Note)
	}
	for _, m := range v.Moves {
		add(m.Reason.Text(), strings.TrimSpace(m.Amount.String()+"  "+clock(m.At)+"  "+string(m.Staff)+"  "+m.Note))
	}
	return table
}

func addDrawer(add func(i18n.Text, string), d till.Drawer) {
	add(i18n.T("float", "备用金"), d.Float.String())
	add(i18n.T("cash sales", "现金销售"), d.Sales.String())
	add(i18n.T("cash refunds", "现金退款"), d.Refunds.String())
	add(i18n.T("cash voids", "现金撤销"), d.Voids.String())
	add(i18n.T("paid in", "存入"), d.PayIns.String())
	add(i18n.T("paid out", "取出"), d.PayOuts.String())
	if !d.ByCard.IsZero() {
		add(i18n.T("handed out against cards", "凭卡付出现金"), d.ByCard.String())
	}
	add(i18n.T("expected", "应有"), d.Expected.String())
}

func newShiftList(env *Env, runF func(context.Context, *shiftOptions) error) *cobra.Command {
	o := &shiftOptions{}
	c := newLeaf(env, leaf{
		use:   "list",
		short: i18n.T("List the shifts", "列出班次"),
		long:  i18n.T("List the shifts, newest first, with what was over or short.", "列出班次（最新在前）及长短款。"),
		examples: []example{
			{i18n.T("the newest", "最近的班次"), "till shift list --limit 5"},
			{i18n.T("those that were short", "短款的班次"), "till shift list --jq '.[] | select(.over.minor < 0) | .number'"},
		},
		result: []till.Shift{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, shiftListRun), o),
	}, &o.out)
	c.Flags().IntVar(&o.limit, "limit", 20, env.Say(i18n.T("at most `N`, 0 is all", "最多 `N` 个，0 为全部")))
	return c
}

func shiftListRun(ctx context.Context, env *Env, o *shiftOptions) error {
	if o.limit < 0 {
		return negativeLimit()
	}
	return withShop(ctx, env, func(s *shop) error {
		all, err := s.shop.Shifts(ctx, o.limit)
		if err != nil {
			return err
		}
		if all == nil {
			all = []till.Shift{}
		}
		return env.Write(&o.out, out.Result{Value: all, Table: shiftTable(all, s.cfg.Shop.Timezone)})
	})
}

func shiftTable(all []till.Shift, zone *time.Location) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "number", Head: i18n.T("SHIFT", "班次"), Align: cells.Right},
		{Name: "terminal", Head: i18n.T("TILL", "收银台")},
		{Name: "staff", Head: i18n.T("STAFF", "员工")},
		{Name: "opened", Head: i18n.T("OPENED", "开班")},
		{Name: "closed", Head: i18n.T("CLOSED", "交班")},
		{Name: "counted", Head: i18n.T("COUNTED", "清点"), Align: cells.Right},
		{Name: "over", Head: i18n.T("OVER", "差额"), Align: cells.Right},
	}}
	for _, sh := range all {
		row := []string{strconv.Itoa(sh.Number), sh.Terminal, string(sh.Staff), sh.OpenedAt.In(zone).Format("2006-01-02 15:04"), "", "", ""}
		if !sh.IsOpen() {
			row[4], row[5], row[6] = sh.ClosedAt.In(zone).Format("2006-01-02 15:04"), sh.Counted.String(), sh.Over.String()
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}
