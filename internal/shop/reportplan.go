package shop

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reports"
)

// reportPlan is how a report is made: which facts it adds up and how it shows them.
type reportPlan struct {
	kind   till.FactKind
	byDay  bool // facts of each day are needed
	spec   reports.Spec
	chart  reports.Chart
	by     []reports.Dimension // that it can be broken down by; the first is its own
	labels func(f till.DayFact, l *reports.Line) bool
}

// ReportNames are all reports over a period, in the order in which they are listed.
func ReportNames() []ReportName {
	return []ReportName{
		ReportSales, ReportItems, ReportCategories, ReportStaff, ReportHours, ReportTenders, ReportTax, ReportDiscounts, ReportLoyalty,
	}
}

// ReportDimensions are what a report can be broken down by; the first is its own.
func ReportDimensions(name ReportName) []reports.Dimension {
	plan, _ := plans(name)
	return plan.by
}

// ReportTitle is what a report is called.
func ReportTitle(name ReportName) i18n.Text {
	plan, _ := plans(name)
	return i18n.Pair(plan.spec.Title.EN, plan.spec.Title.ZH)
}

// planOf is the plan of a report with what the query asks of it.
func planOf(q ReportQuery) (reportPlan, error) {
	plan, ok := plans(q.Name)
	if !ok {
		return plan, unknownReport(q.Name)
	}
	if q.Period != (reports.Period{}) && !q.Period.Valid() {
		return plan, PeriodProblem(&reports.PeriodError{Input: q.Period.String(), Reason: reports.Text{EN: "the range is the wrong way round", ZH: "起止颠倒"}, Want: reports.Same(q.Period.To.String() + ".." + q.Period.From.String())})
	}
	plan.spec.Name, plan.spec.Period, plan.spec.Compare, plan.spec.Top = string(q.Name), q.Period, q.Compare, q.Top
	if len(q.By) > 0 {
		if err := plan.breakDown(q.By); err != nil {
			return plan, err
		}
	}
	if q.Order != reports.NoMeasure {
		plan.spec.Order = reports.Order{By: q.Order}
	}
	if q.Heat {
		plan.heat()
	}
	// A comparison needs the day to tell the two periods apart; one day of each stands for all.
	plan.byDay = plan.byDay || slices.ContainsFunc(plan.spec.Rows, isOfDay)
	return plan, nil
}

// breakDown puts other dimensions in the rows.
func (p *reportPlan) breakDown(by []reports.Dimension) error {
	for _, d := range by {
		if !slices.Contains(p.by, d) {
			return noDimension(p, d)
		}
	}
	p.spec.Rows, p.spec.Fill = by, false
	if len(by) == 1 && isOfDay(by[0]) {
		p.spec.Fill, p.spec.Order, p.chart = true, reports.Order{}, reports.LineChart
	}
	return nil
}

// heat is weekday by hour.
func (p *reportPlan) heat() {
	p.spec.Rows, p.spec.Across = []reports.Dimension{reports.ByHour}, reports.ByWeekday
	p.spec.Measures, p.spec.Share, p.spec.Compare = []reports.Measure{reports.Total}, reports.NoMeasure, reports.Period{}
	p.spec.Fill, p.chart, p.byDay = true, reports.HeatChart, true
}

// isOfDay reports a dimension that comes from the day.
func isOfDay(d reports.Dimension) bool { return d >= reports.ByDay && d <= reports.ByWeekday }

// days are the dimensions that every fact has.
func days(first ...reports.Dimension) []reports.Dimension {
	return append(first, reports.ByDay, reports.ByWeek, reports.ByMonth, reports.ByQuarter, reports.ByYear, reports.ByWeekday)
}

// line is a fact as a line of the report; false where the report leaves it out. A fact of
// a whole period stands on its first day.
func (p *reportPlan) line(f till.DayFact, period reports.Period) (reports.Line, bool, error) {
	day := reports.Day(f.Day)
	if day == 0 {
		day = period.From
	}
	line, err := lineOf(f, day, p.kind == till.FactTender)
	if err != nil {
		return line, false, err
	}
	return line, p.labels(f, &line), nil
}

// plans says of each report what it is made of.
func plans(name ReportName) (reportPlan, bool) {
	money := []reports.Measure{reports.Sales, reports.Returns, reports.Gross, reports.Discount, reports.Returned, reports.Net, reports.Tax, reports.Total}
	goods := []reports.Measure{reports.Quantity, reports.Gross, reports.Discount, reports.Returned, reports.Net, reports.Tax, reports.Total, reports.Cost, reports.Margin, reports.MarginPercent}
	switch name {
	case ReportSales:
		return reportPlan{
			kind: till.FactSum, chart: reports.LineChart, by: days(),
			spec:   reports.Spec{Title: reports.Text{EN: "Sales", ZH: "销售汇总"}, Rows: []reports.Dimension{reports.ByDay}, Measures: append(money, reports.AverageSale), Fill: true},
			labels: func(f till.DayFact, _ *reports.Line) bool { return f.A != string(till.Void) },
		}, true
	case ReportItems:
		return reportPlan{
			kind: till.FactItem, chart: reports.BarChart, by: days(reports.ByItem),
			spec:   reports.Spec{Title: reports.Text{EN: "Items", ZH: "商品销售"}, Rows: []reports.Dimension{reports.ByItem}, Measures: goods, Share: reports.Net, Order: reports.Order{By: reports.Net}, Keys: true},
			labels: func(f till.DayFact, l *reports.Line) bool { l.Labels.Item = f.A; return true },
		}, true
	case ReportCategories:
		return reportPlan{
			kind: till.FactCategory, chart: reports.BarChart, by: days(reports.ByCategory),
			spec:   reports.Spec{Title: reports.Text{EN: "Categories", ZH: "分类销售"}, Rows: []reports.Dimension{reports.ByCategory}, Measures: goods, Share: reports.Net, Order: reports.Order{By: reports.Net}},
			labels: func(f till.DayFact, l *reports.Line) bool { l.Labels.Category = f.A; return true },
		}, true
	case ReportStaff:
		return reportPlan{
			kind: till.FactStaff, chart: reports.BarChart, by: days(reports.ByStaff),
			spec:   reports.Spec{Title: reports.Text{EN: "Staff", ZH: "员工业绩"}, Rows: []reports.Dimension{reports.ByStaff}, Measures: append(money, reports.AverageSale), Share: reports.Net, Order: reports.Order{By: reports.Net}},
			labels: func(f till.DayFact, l *reports.Line) bool { l.Labels.Staff = f.A; return true },
		}, true
	case ReportHours:
		return reportPlan{
			kind: till.FactHour, chart: reports.BarChart, by: days(reports.ByHour),
			spec:   reports.Spec{Title: reports.Text{EN: "Hours", ZH: "时段销售"}, Rows: []reports.Dimension{reports.ByHour}, Measures: money, Share: reports.Net, Fill: true},
			labels: func(f till.DayFact, l *reports.Line) bool { l.Hour = hourOf(f.A); return true },
		}, true
	}
	return otherPlans(name)
}

// otherPlans are the reports that are not about sold goods.
func otherPlans(name ReportName) (reportPlan, bool) {
	switch name {
	case ReportTenders:
		return reportPlan{
			kind: till.FactTender, chart: reports.BarChart, by: days(reports.ByTender, reports.ByBrand),
			spec: reports.Spec{Title: reports.Text{EN: "Tenders", ZH: "支付方式"}, Rows: []reports.Dimension{reports.ByTender, reports.ByBrand}, Measures: []reports.Measure{reports.Payments, reports.Returned, reports.Paid}, Share: reports.Paid},
			labels: func(f till.DayFact, l *reports.Line) bool {
				l.Labels.Tender, l.Labels.Brand = f.A, f.B
				return true
			},
		}, true
	case ReportTax:
		return reportPlan{
			kind: till.FactTax, chart: reports.NoChart, by: days(reports.ByTax),
			spec: reports.Spec{Title: reports.Text{EN: "Tax", ZH: "税额汇总"}, Rows: []reports.Dimension{reports.ByTax}, Measures: []reports.Measure{reports.Net, reports.Tax, reports.Total}},
			labels: func(f till.DayFact, l *reports.Line) bool {
				l.Labels.Tax = strings.TrimSpace(f.A + " " + f.B)
				return true
			},
		}, true
	case ReportDiscounts:
		return reportPlan{
			kind: till.FactDiscount, chart: reports.BarChart, by: days(reports.ByReason, reports.ByPromotion),
			spec: reports.Spec{Title: reports.Text{EN: "Discounts", ZH: "折扣与促销"}, Rows: []reports.Dimension{reports.ByReason, reports.ByPromotion}, Measures: []reports.Measure{reports.Sales, reports.Returns, reports.Discount}, Share: reports.Discount},
			labels: func(f till.DayFact, l *reports.Line) bool {
				l.Labels.Reason, l.Labels.Promotion = f.A, f.B
				return true
			},
		}, true
	case ReportLoyalty:
		return reportPlan{
			kind: till.FactLoyalty, chart: reports.NoChart, by: days(reports.ByReason),
			spec:   reports.Spec{Title: reports.Text{EN: "Points", ZH: "积分变动"}, Rows: []reports.Dimension{reports.ByReason}, Measures: []reports.Measure{reports.Sales, reports.Points}},
			labels: func(f till.DayFact, l *reports.Line) bool { l.Labels.Reason = f.A; return true },
		}, true
	}
	return reportPlan{}, false
}

// hourOf is the hour of a key of FactHour.
func hourOf(key string) int {
	hour, err := strconv.Atoi(key)
	if err != nil {
		return reports.UnknownHour
	}
	return hour
}

func unknownReport(name ReportName) error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("there is no report %q", "没有报表 %q").With(string(name)),
		Hint: i18n.T("till report --help lists them", "till report --help 可列出所有报表").With(),
	}
}

func noDimension(p *reportPlan, d reports.Dimension) error {
	names := make([]string, len(p.by))
	for i, by := range p.by {
		names[i] = by.String()
	}
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("this report cannot be broken down by %s", "此报表不能按 %s 细分").With(d),
		Hint: i18n.T("it can be by %s", "可用：%s").With(strings.Join(names, ", ")),
	}
}
