package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reports"
	"github.com/tillworks/till/pkg/reports/html"
	"github.com/tillworks/till/pkg/reports/xlsx"
)

// newReport is the group of all reports. Alone with --verify it holds every sum against
// the journal.
func newReport(env *Env) *cobra.Command {
	var commands []*cobra.Command
	for _, name := range management.AllReports() {
		commands = append(commands, newNamedReport(env, name))
	}
	verify := newReportVerify(env, nil)
	commands = append(commands, verify)
	c := newGroup(env, group{
		use:   "report",
		short: i18n.T("Sales, items, tax, stock and every other report", "销售、商品、税额、库存等各类报表"),
		long: i18n.T(
			"Reports over any period, as a table on the terminal, a spreadsheet, a page to print or\nJSON. They read sums that every sale adds to as it is paid; --verify computes all of\nthem again from the journal.",
			"任意期间的报表，可在终端显示，也可输出为电子表格、可打印网页或 JSON。报表读取每笔销售付款时\n累计的汇总；--verify 会依据流水账重新计算全部汇总。"),
		commands: commands,
	})
	return withVerify(env, c, verify)
}

// newNamedReport is the command of a report.
func newNamedReport(env *Env, name management.ReportName) *cobra.Command {
	switch name {
	case management.ReportX:
		return newReportX(env, nil)
	case management.ReportZ:
		return newReportZ(env, nil)
	case management.ReportStock:
		return newReportStock(env, nil)
	case management.ReportSettlement:
		return newReportSettlement(env, nil)
	default:
	}
	return newPeriodReport(env, name, nil)
}

// withVerify lets the group do what its command verify does.
func withVerify(env *Env, c, verify *cobra.Command) *cobra.Command {
	wanted, help := false, c.RunE
	c.Flags().BoolVar(&wanted, "verify", false, env.Say(i18n.T("compute every sum again from the journal and compare", "依据流水账重新计算并核对全部汇总")))
	c.RunE = func(c *cobra.Command, args []string) error {
		if !wanted {
			return help(c, args)
		}
		verify.SetContext(c.Context())
		return verify.RunE(verify, args)
	}
	return c
}

type reportOptions struct {
	out     out.Output
	name    management.ReportName
	period  string
	compare string
	by      string
	order   string
	top     int
	heat    bool
}

// reportView is a report as programs read it.
type reportView struct {
	Title  string            `json:"title"`
	Tables []reportTableView `json:"tables"`
	Notes  []string          `json:"notes"`
}

// reportTableView is one table of it; rows are objects whose fields are the columns.
type reportTableView struct {
	Name     string              `json:"name"`
	Title    string              `json:"title"`
	Period   *reports.Period     `json:"period"`
	Compare  *reports.Period     `json:"compare"`
	Columns  []reportColumnView  `json:"columns"`
	Sections []reportSectionView `json:"sections"`
	Notes    []string            `json:"notes"`
}

type reportColumnView struct {
	Key      string `json:"key"`
	Title    string `json:"title"`
	Kind     string `json:"kind"`
	Currency string `json:"currency,omitempty"`
}

type reportSectionView struct {
	Currency *string           `json:"currency"`
	Title    string            `json:"title"`
	Rows     []json.RawMessage `json:"rows"`
	Total    json.RawMessage   `json:"total"`
}

func newPeriodReport(env *Env, name management.ReportName, runF func(context.Context, *reportOptions) error) *cobra.Command {
	o := &reportOptions{name: name}
	o.out.Also(out.HTML, out.XLSX)
	run := either(env, runF, reportRun)
	c := newLeaf(env, leaf{
		use:   string(name),
		short: reportShort(name),
		long: i18n.T(
			"A period is today, yesterday, this-week, last-month, a day (2026-03-01), a month\n(2026-03), a quarter (2026-Q1), a year, a week (2026-W09), or FROM..TO. Without one it\nis this month. -o FILE.html makes a page with charts, -o FILE.xlsx a spreadsheet.",
			"期间可为 today、yesterday、this-week、last-month、某日（2026-03-01）、某月（2026-03）、\n季度（2026-Q1）、年份、周（2026-W09）或 起..止，默认为本月。-o FILE.html 生成带图表的网页，\n-o FILE.xlsx 生成电子表格。"),
		examples: []example{
			{i18n.T("this month", "本月"), "till report " + string(name)},
			{i18n.T("March beside February", "三月与二月对比"), "till report " + string(name) + " --period 2026-03 --compare prev"},
			{i18n.T("a page to print", "可打印的网页"), "till report " + string(name) + " --period 2026 -o " + string(name) + ".html"},
		},
		result: reportView{},
		exits:  []exitCode{exitNotPermitted},
		run:    func(ctx context.Context, _ []string) error { return run(ctx, o) },
	}, &o.out)
	flags := c.Flags()
	flags.StringVar(&o.period, "period", "this-month", env.Say(i18n.T("the days that it covers: `PERIOD`", "报表期间 `PERIOD`")))
	flags.StringVar(&o.compare, "compare", "", env.Say(i18n.T("beside another `PERIOD`, or prev or yoy", "与另一期间 `PERIOD` 对比，或 prev（环比）、yoy（同比）")))
	flags.StringVar(&o.by, "by", "", i18n.T("break it down by up to two of %s: `DIMENSIONS`", "按维度细分，至多两个，可选 %s：`DIMENSIONS`").With(dimensionNames(name)).In(env.Lang()))
	flags.StringVar(&o.order, "order", "", env.Say(i18n.T("the greatest `MEASURE` first, such as net", "按指标 `MEASURE` 降序，例如 net")))
	flags.IntVar(&o.top, "top", 0, env.Say(i18n.T("show `N` rows and fold the rest into one", "仅显示前 `N` 行，其余合并")))
	if name == management.ReportHours {
		flags.BoolVar(&o.heat, "heat", false, env.Say(i18n.T("weekday by hour", "按星期与时段的热力图")))
	}
	completeReport(c, name)
	return c
}

// completeReport completes what the flags of a report take.
func completeReport(c *cobra.Command, name management.ReportName) {
	words := []string{"today", "yesterday"}
	for _, span := range []string{"week", "month", "quarter", "year"} {
		words = append(words, "this-"+span, "last-"+span)
	}
	fixed := func(words ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	}
	_ = c.RegisterFlagCompletionFunc("period", fixed(words...))
	_ = c.RegisterFlagCompletionFunc("compare", fixed(append([]string{"prev", "yoy"}, words...)...))
	_ = c.RegisterFlagCompletionFunc("order", fixed(measureNames()...))
	_ = c.RegisterFlagCompletionFunc("by", completeFields(strings.Split(dimensionNames(name), ", ")))
}

func measureNames() []string {
	var names []string
	for _, m := range reports.Measures() {
		names = append(names, m.String())
	}
	return names
}

// reportShort is the line in the list of commands.
func reportShort(name management.ReportName) i18n.Text {
	switch name {
	case management.ReportSales:
		return i18n.T("Sales by day, week, month or year", "按日、周、月或年的销售汇总")
	case management.ReportItems:
		return i18n.T("What was sold, with margin", "商品销售与毛利")
	case management.ReportCategories:
		return i18n.T("Sales by category", "分类销售")
	case management.ReportStaff:
		return i18n.T("Sales by member of the staff", "员工业绩")
	case management.ReportHours:
		return i18n.T("Sales by hour of the day", "分时段销售")
	case management.ReportTenders:
		return i18n.T("Cash, cards and wallets", "各支付方式收款")
	case management.ReportTax:
		return i18n.T("Tax by rate", "各税率税额")
	case management.ReportDiscounts:
		return i18n.T("What was taken off, why and by whom", "折扣与促销明细")
	case management.ReportLoyalty:
		return i18n.T("Points earned and spent", "积分获得与使用")
	default:
	}
	return i18n.Same(string(name))
}

func dimensionNames(name management.ReportName) string {
	var names []string
	for _, d := range management.ReportDimensions(name) {
		names = append(names, d.String())
	}
	return strings.Join(names, ", ")
}

func reportRun(ctx context.Context, env *Env, o *reportOptions) (err error) {
	defer ballast()()
	s, err := openShop(ctx, env, shopOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	query, err := reportQuery(o, reports.Day(s.shop.Today()))
	if err != nil {
		return err
	}
	table, err := s.shop.Report(ctx, query)
	if err != nil {
		return err
	}
	if err := env.writeReport(&o.out, table); err != nil {
		return err
	}
	return env.reportNext(ctx, s, o, &table)
}

// reportQuery reads the flags.
func reportQuery(o *reportOptions, today reports.Day) (q management.ReportQuery, err error) {
	q = management.ReportQuery{Name: o.name, Heat: o.heat, Top: o.top}
	if q.Period, err = reports.ParsePeriod(o.period, today); err != nil {
		return q, management.PeriodProblem(err)
	}
	if o.compare != "" {
		if q.Compare, err = reports.ParseCompare(o.compare, q.Period, today); err != nil {
			return q, management.PeriodProblem(err)
		}
	}
	q.Period, q.Compare = soFar(o, q.Period, q.Compare, today)
	if o.top < 0 {
		return q, usageOf(i18n.T("--top %d: a number of rows is not negative", "--top %d：行数不能为负").With(o.top), i18n.T("leave it out to see all rows", "省略则显示全部").With())
	}
	if q.By, err = reportDimensions(o.by); err != nil {
		return q, err
	}
	q.Order, err = reportOrder(o.order)
	return q, err
}

// soFar leaves out the days that are still to come: they have nothing to show. What the
// period is compared with by a word then has as many days, or a month that has just begun
// would stand beside a whole one.
func soFar(o *reportOptions, period, compare reports.Period, today reports.Day) (reports.Period, reports.Period) {
	if !period.Contains(today) || period.To == today {
		return period, compare
	}
	switch o.compare {
	case "prev", "yoy":
		compare.To = min(compare.To, compare.From.Add(today.Sub(period.From)))
	case "":
	default:
		return period, compare
	}
	period.To = today
	return period, compare
}

func reportDimensions(list string) ([]reports.Dimension, error) {
	var dims []reports.Dimension
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		d, ok := reports.DimensionByName(name)
		if !ok {
			return nil, usageOf(i18n.T("--by %s: no such dimension", "--by %s：没有这个维度").With(name), i18n.T("--help lists those of this report", "--help 可查看此报表的维度").With())
		}
		dims = append(dims, d)
	}
	if len(dims) > 2 {
		return nil, usageOf(i18n.T("--by names %d dimensions, and a table has rows of two at most", "--by 指定了 %d 个维度，至多两个").With(len(dims)), i18n.T("name two", "请指定两个").With())
	}
	return dims, nil
}

func reportOrder(name string) (reports.Measure, error) {
	if name == "" {
		return reports.NoMeasure, nil
	}
	m, ok := reports.MeasureByName(name)
	if !ok {
		return m, usageOf(i18n.T("--order %s: no such measure", "--order %s：没有这个指标").With(name), i18n.T("the measures are %s", "可用的指标：%s").With(strings.Join(measureNames(), ", ")))
	}
	return m, nil
}

func usageOf(what, hint i18n.Message) error {
	return &till.Problem{Code: till.CodeUsage, What: what, Hint: hint}
}

// writeReport writes a report in whatever form was asked for.
func (e *Env) writeReport(o *out.Output, src reports.Source) error {
	lang := string(e.Lang())
	result := out.Result{Writers: map[out.Format]func(out.Screen) error{
		out.Text: e.textWriter(src), out.TableFmt: e.textWriter(src), out.HTML: pageWriter(src, lang), out.XLSX: sheetWriter(src, lang),
	}}
	for format, write := range map[out.Format]func(io.Writer, reports.Source, reports.Options) error{
		out.CSV: reports.WriteCSV, out.TSV: reports.WriteTSV, out.Markdown: reports.WriteMarkdown, out.JSON: reports.WriteJSON, out.NDJSON: reports.WriteNDJSON,
	} {
		result.Writers[format] = func(s out.Screen) error { return write(s, src, reports.Options{Lang: lang}) }
	}
	if o.WantsValue() {
		view, err := viewReport(src, lang)
		if err != nil {
			return err
		}
		result.Value = view
	}
	return e.Write(o, result)
}

// textWriter writes tables for people, as wide as their screen where they look at one.
func (e *Env) textWriter(src reports.Source) func(out.Screen) error {
	return func(s out.Screen) error {
		o := reports.Options{Lang: string(e.Lang()), ASCII: e.wantsASCII()}
		if !s.Terminal {
			return reports.WriteTerminal(s, src, o)
		}
		o.Width = s.Width
		doc, left := narrow(src.Document(), o)
		if err := reports.WriteTerminal(s, doc, o); err != nil {
			return err
		}
		if len(left) > 0 {
			e.Note(i18n.T("left out for want of room: %s; -O csv and -o FILE.xlsx have all", "因宽度有限未显示：%s；-O csv 与 -o FILE.xlsx 包含全部").With(strings.Join(left, e.Say(i18n.T(", ", "、")))))
		}
		return nil
	}
}

// pageWriter writes a page.
func pageWriter(src reports.Source, lang string) func(out.Screen) error {
	return func(s out.Screen) error { return html.Write(s, src, reports.Options{Lang: lang}) }
}

// wantsASCII reports a terminal that has no block characters.
func (e *Env) wantsASCII() bool { return e.Getenv("TERM") == "dumb" }

// sheetWriter writes a spreadsheet, but not onto a terminal.
func sheetWriter(src reports.Source, lang string) func(out.Screen) error {
	return func(s out.Screen) error {
		if s.Terminal {
			return usageOf(i18n.T("a spreadsheet is not for a terminal", "电子表格不能输出到终端").With(), i18n.T("name a file: -o report.xlsx", "请指定文件：-o report.xlsx").With())
		}
		return xlsx.Write(s, src, reports.Options{Lang: lang})
	}
}

func viewReport(src reports.Source, lang string) (v reportView, err error) {
	var raw bytes.Buffer
	if err := reports.WriteJSON(&raw, src, reports.Options{Lang: lang}); err != nil {
		return v, err
	}
	if err := json.Unmarshal(raw.Bytes(), &v); err != nil {
		return v, fmt.Errorf("report as JSON: %w", err)
	}
	return v, nil
}
