package shop

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reports"
)

// FactBook gives what reports add up.
type FactBook interface {
	// Facts are the sums of a kind over business days, by A, B and currency, and by day
	// where the query says so.
	Facts(ctx context.Context, q till.FactQuery) ([]till.DayFact, error)
	// VerifyFacts computes all of them again from the journal.
	VerifyFacts(ctx context.Context) error
	// ItemNames are the names of variants by SKU, deleted ones among them.
	ItemNames(ctx context.Context) (map[till.SKU]string, error)
}

// ReportName names a report: the command and the table.
type ReportName string

// The reports over a period.
const (
	ReportSales      ReportName = "sales"
	ReportItems      ReportName = "items"
	ReportCategories ReportName = "categories"
	ReportStaff      ReportName = "staff"
	ReportHours      ReportName = "hours"
	ReportTenders    ReportName = "tenders"
	ReportTax        ReportName = "tax"
	ReportDiscounts  ReportName = "discounts"
	ReportLoyalty    ReportName = "loyalty"
)

// ReportQuery is what a report is asked for.
type ReportQuery struct {
	Name    ReportName
	Period  reports.Period
	Compare reports.Period      // zero compares with nothing
	By      []reports.Dimension // none is the report's own; each must be one that it has
	Heat    bool                // of hours: weekday by hour
	Order   reports.Measure     // none is the report's own
	Top     int
}

// Today is the business day that it is.
func (s *Shop) Today() till.Day {
	day, _ := s.cfg.Calendar.At(s.cfg.Now())
	return day
}

// Report is a report over a period.
func (s *Shop) Report(ctx context.Context, q ReportQuery) (reports.Table, error) {
	if _, err := s.authorize(ctx, till.MayReadReports, nil, ""); err != nil {
		return reports.Table{}, err
	}
	plan, err := planOf(q)
	if err != nil {
		return reports.Table{}, err
	}
	lines, err := s.reportLines(ctx, plan, q)
	if err != nil {
		return reports.Table{}, err
	}
	if plan.spec.Names, err = s.reportNames(ctx, plan); err != nil {
		return reports.Table{}, err
	}
	table, err := reports.Tabulate(lines, plan.spec)
	if err != nil {
		return table, fmt.Errorf("report %s: %w", q.Name, err)
	}
	table.Chart = plan.chart
	return table, nil
}

// VerifyReports computes everything that reports add up again from the journal; a
// difference is a *till.Problem.
func (s *Shop) VerifyReports(ctx context.Context) error {
	if _, err := s.authorize(ctx, till.MayReadReports, nil, ""); err != nil {
		return err
	}
	return s.cfg.Store.VerifyFacts(ctx)
}

// reportLines are the facts of the period and of the one that it is compared with.
func (s *Shop) reportLines(ctx context.Context, plan reportPlan, q ReportQuery) (iter.Seq2[reports.Line, error], error) {
	var lines []reports.Line
	for _, p := range []reports.Period{q.Period, q.Compare} {
		if p == (reports.Period{}) {
			continue
		}
		facts, err := s.cfg.Store.Facts(ctx, till.FactQuery{Kind: plan.kind, From: till.Day(p.From), To: till.Day(p.To), ByDay: plan.byDay})
		if err != nil {
			return nil, err
		}
		for _, f := range facts {
			line, ok, err := plan.line(f, p)
			if err != nil {
				return nil, err
			}
			if ok {
				lines = append(lines, line)
			}
		}
	}
	return reports.Lines(lines...), nil
}

// reportNames tells the names of labels.
func (s *Shop) reportNames(ctx context.Context, plan reportPlan) (func(reports.Dimension, string) reports.Text, error) {
	var items map[till.SKU]string
	if plan.kind == till.FactItem {
		var err error
		if items, err = s.cfg.Store.ItemNames(ctx); err != nil {
			return nil, err
		}
	}
	return func(d reports.Dimension, key string) reports.Text {
		if text, ok := knownKey(d, key); ok {
			return text
		}
		if d == reports.ByItem {
			return reports.Same(items[till.SKU(key)])
		}
		return reports.Same(key)
	}, nil
}

// knownKey is the name of a key that the program gives and no user.
func knownKey(d reports.Dimension, key string) (reports.Text, bool) {
	both := func(t i18n.Text) (reports.Text, bool) {
		return reports.Text{EN: t.In(i18n.English), ZH: t.In(i18n.Chinese)}, true
	}
	switch {
	case key == till.KeyOpen:
		return both(i18n.T("open amount", "未分类金额"))
	case key == till.KeyRounding:
		return both(i18n.T("cash rounding", "现金舍入"))
	case key == "" && d == reports.ByStaff:
		return both(i18n.T("owner", "店主"))
	case key == "":
		return both(i18n.T("none", "无"))
	case d == reports.ByTender:
		return both(till.Tender(key).Text())
	case d == reports.ByReason:
		return both(reasonText(key))
	}
	return reports.Text{}, false
}

// reasonText is what a discount or a move of points is called.
func reasonText(key string) i18n.Text {
	switch key {
	case string(till.ByHand):
		return i18n.T("discount on a line", "单行折扣")
	case string(till.ByHandWhole):
		return i18n.T("discount on the whole", "整单折扣")
	case string(till.ByProgramme):
		return i18n.T("promotion", "促销")
	case string(till.ByPoints):
		return i18n.T("points spent", "积分抵扣")
	case string(till.PointsEarn):
		return i18n.T("earned", "获得")
	case string(till.PointsRedeem):
		return i18n.T("spent", "使用")
	case string(till.PointsReturn):
		return i18n.T("by returns", "退货调整")
	case string(till.PointsVoid):
		return i18n.T("by voids", "撤销调整")
	case string(till.PointsAdjust):
		return i18n.T("put right by hand", "手工调整")
	}
	return i18n.Same(key)
}

// PeriodProblem is a period that cannot be read, as a user is told of it.
func PeriodProblem(err error) error {
	var p *reports.PeriodError
	if !errors.As(err, &p) {
		return err
	}
	text := p.Text()
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.Pair(text.EN, text.ZH).With(),
		Hint: i18n.T("for example: till report sales --period 2026-03", "例如：till report sales --period 2026-03").With(),
	}
}

// lineOf is a fact as a line of pkg/reports.
func lineOf(f till.DayFact, day reports.Day, tenders bool) (reports.Line, error) {
	c, err := money.CurrencyByCode(f.Currency)
	if err != nil {
		return reports.Line{}, fmt.Errorf("fact of %s: %w", f.A, err)
	}
	line := reports.Line{Day: day, Hour: reports.UnknownHour, Currency: c, Sums: reports.Sums{
		Sales: f.Sums.Count, Returns: f.Sums.Returns, Quantity: f.Sums.Quantity, Gross: f.Sums.Gross, Discount: f.Sums.Discount,
		Returned: f.Sums.Returned, Net: f.Sums.Net, Tax: f.Sums.Tax, Total: f.Sums.Total, Cost: f.Sums.Cost, Points: f.Sums.Points,
	}}
	if tenders {
		line.Sums = reports.Sums{Payments: f.Sums.Count + f.Sums.Returns, Returned: f.Sums.Returned, Paid: f.Sums.Total, Total: f.Sums.Total}
	}
	return line, nil
}
