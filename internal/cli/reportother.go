package cli

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/reports"
)

// otherReport is a report that is not about a period: how it is called and made.
type otherReport struct {
	use      string
	short    i18n.Text
	long     i18n.Text
	examples []example
	make     func(ctx context.Context, s *shop, o *otherOptions) (reports.Source, error)
}

type otherOptions struct {
	out  out.Output
	args []string
	low  bool
	list bool
}

// newOtherReport makes the command of a report that is not about a period.
func newOtherReport(env *Env, r otherReport, runF func(context.Context, *otherOptions) error) (*cobra.Command, *otherOptions) {
	o := &otherOptions{}
	o.out.Also(out.HTML, out.XLSX)
	run := either(env, runF, func(ctx context.Context, env *Env, o *otherOptions) error { return otherRun(ctx, env, r, o) })
	return newLeaf(env, leaf{
		use: r.use, short: r.short, long: r.long, examples: r.examples,
		result: reportView{}, exits: []exitCode{exitNotPermitted},
		run: func(ctx context.Context, args []string) error {
			o.args = args
			return run(ctx, o)
		},
	}, &o.out), o
}

func otherRun(ctx context.Context, env *Env, r otherReport, o *otherOptions) (err error) {
	defer ballast()()
	s, err := openShop(ctx, env, shopOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	src, err := r.make(ctx, s, o)
	if err != nil {
		return err
	}
	return env.writeReport(&o.out, src)
}

func newReportX(env *Env, runF func(context.Context, *otherOptions) error) *cobra.Command {
	c, _ := newOtherReport(env, otherReport{
		use:   "x",
		short: i18n.T("The business day as it stands, changing nothing", "查看当日经营情况，不作任何更改"),
		long: i18n.T(
			"Everything since the last Z report: sales, tenders, tax, discounts, categories, staff\nand hours. It changes nothing and may be asked for at any time.",
			"自上次日结（Z）以来的全部汇总：销售、支付方式、税额、折扣、分类、员工与时段。\n不作任何更改，可随时查看。"),
		examples: []example{{i18n.T("as a spreadsheet", "输出为电子表格"), "till report x -o x.xlsx"}},
		make: func(ctx context.Context, s *shop, _ *otherOptions) (reports.Source, error) {
			return s.shop.XDocument(ctx)
		},
	}, runF)
	return c
}

func newReportZ(env *Env, runF func(context.Context, *otherOptions) error) *cobra.Command {
	c, o := newOtherReport(env, otherReport{
		use:   "z [NUMBER]",
		short: i18n.T("A business day that was closed", "查看已日结的营业日"),
		long: i18n.T(
			"A Z report as it was stored when the day was closed; without a number, the last.\ntill shift z closes the day.",
			"日结时保存的 Z 报表；不带编号时为最近一份。till shift z 可进行日结。"),
		examples: []example{{i18n.T("the last, as a page to print", "最近一份，输出为可打印的网页"), "till report z -o z.html"}, {i18n.T("the third", "第三份"), "till report z 3"}},
		make: func(ctx context.Context, s *shop, o *otherOptions) (reports.Source, error) {
			if o.list {
				return s.shop.ZTable(ctx)
			}
			number, err := zNumber(o.args)
			if err != nil {
				return nil, err
			}
			return s.shop.ZDocument(ctx, number)
		},
	}, runF)
	c.Flags().BoolVar(&o.list, "list", false, env.Say(i18n.T("list all of them", "列出所有 Z 报表")))
	return c
}

// zNumber is the number of a Z report; 0 is the last.
func zNumber(args []string) (int, error) {
	if len(args) == 0 {
		return 0, nil
	}
	n, err := strconv.Atoi(args[0])
	if err != nil || n < 1 {
		return 0, usageOf(i18n.T("%q is no number of a Z report", "%q 不是 Z 报表编号").With(args[0]), i18n.T("they count from 1; till report z shows the last", "编号从 1 开始；till report z 显示最近一份").With())
	}
	return n, nil
}

func newReportStock(env *Env, runF func(context.Context, *otherOptions) error) *cobra.Command {
	c, o := newOtherReport(env, otherReport{
		use:   "stock",
		short: i18n.T("What is on hand now and what it cost", "当前库存与成本"),
		long: i18n.T(
			"What the shop has of each variant now, what of it is kept back for sales that are being\npaid, what is low, and what it is worth at cost.",
			"各规格的现有库存、付款中占用的数量、低库存预警与按成本计的金额。"),
		examples: []example{{i18n.T("what to order", "需要补货的商品"), "till report stock --low"}},
		make: func(ctx context.Context, s *shop, o *otherOptions) (reports.Source, error) {
			return s.shop.StockReport(ctx, o.low)
		},
	}, runF)
	c.Flags().BoolVar(&o.low, "low", false, env.Say(i18n.T("only what is low or below zero", "仅显示偏低或为负的库存")))
	return c
}

func newReportSettlement(env *Env, runF func(context.Context, *otherOptions) error) *cobra.Command {
	c, _ := newOtherReport(env, otherReport{
		use:   "settlement",
		short: i18n.T("Batches of card payments and what became of them", "卡交易批次与对账情况"),
		long: i18n.T(
			"Every batch of card payments: what it came to, whether the host agreed, and which\nreconciliation took it in.",
			"每个卡交易批次的总计、主机是否一致，以及由哪次对账处理。"),
		examples: []example{{i18n.T("every batch", "所有批次"), "till report settlement"}},
		make: func(ctx context.Context, s *shop, _ *otherOptions) (reports.Source, error) {
			return s.shop.SettlementReport(ctx)
		},
	}, runF)
	return c
}

type reportVerifyOptions struct{ out out.Output }

// reportVerifyView tells that every sum is what the journal says.
type reportVerifyView struct {
	Equal bool `json:"equal"`
}

func newReportVerify(env *Env, runF func(context.Context, *reportVerifyOptions) error) *cobra.Command {
	o := &reportVerifyOptions{}
	run := either(env, runF, reportVerifyRun)
	return newLeaf(env, leaf{
		use:   "verify",
		short: i18n.T("Compute every sum again from the journal", "依据流水账重新核对全部汇总"),
		long: i18n.T(
			"Compute what every report adds up again from the lines in the journal and compare it\nwith what was added up at the time, to the last minor unit.",
			"依据流水账中的明细重新计算各报表的汇总，并与逐笔累计的结果核对，精确到最小货币单位。"),
		examples: []example{{i18n.T("after a repair, or once a month", "修复之后或每月一次"), "till report verify"}},
		result:   reportVerifyView{}, exits: []exitCode{exitNotPermitted},
		run: func(ctx context.Context, _ []string) error { return run(ctx, o) },
	}, &o.out)
}

func reportVerifyRun(ctx context.Context, env *Env, o *reportVerifyOptions) (err error) {
	defer ballast()()
	s, err := openShop(ctx, env, shopOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.shop.VerifyReports(ctx); err != nil {
		return err
	}
	return env.Write(&o.out, out.Result{Value: reportVerifyView{Equal: true}, Text: func(out.Screen) string {
		return env.Say(i18n.T("every sum of the reports is what the journal says", "各报表汇总与流水账完全一致")) + "\n"
	}})
}
