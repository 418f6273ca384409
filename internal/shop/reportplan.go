package shop

import (
	"slices"
	"strings"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reports"
)

// reportPlan is how a report is made: which facts it adds up and how it shows them.
type reportPlan struct {
	kind     till.FactKind
	byDay    bool // facts of each day are needed
	months   int  // of a part of the period whose facts are read on their own; 0 reads it whole
	spec     reports.Spec
	charted  reports.Measure   // none draws nothing
	compared []reports.Measure // those that stand beside another period: all of them are too wide
	by       []reports.Dimension
	labels   func(f till.DayFact, l *reports.Line) bool
	heads    map[string]head
}

// head is what a column is called where the general word would mislead.
type head struct {
	key   string // for programs; empty keeps it
	title reports.Text
}

// planOf is the plan of a report with what the query asks of it.
func planOf(q ReportQuery) (reportPlan, error) {
	plan, ok := plans(q.Name)
	if !ok {
		return plan, unknownReport(q.Name)
	}
	if err := checkQuery(q); err != nil {
		return plan, err
	}
	plan.spec.Name, plan.spec.Period, plan.spec.Compare = string(q.Name), q.Period, q.Compare
	if len(q.By) > 0 {
		if err := plan.breakDown(q.By); err != nil {
			return plan, err
		}
	}
	if q.Compare != (reports.Period{}) {
		plan.spec.Measures = plan.compared
	}
	plan.order(q)
	if q.Heat {
		plan.heat()
	}
	plan.gather()
	return plan, nil
}

func checkQuery(q ReportQuery) error {
	for _, p := range []reports.Period{q.Period, q.Compare} {
		if p != (reports.Period{}) && !p.Valid() {
			return periodBackwards(p)
		}
	}
	if q.Heat && (q.Compare != (reports.Period{}) || len(q.By) > 0 || q.Top > 0) {
		return usageProblem(
			i18n.T("a heat map is weekday by hour of one period", "热力图只显示一个期间的星期与时段").With(),
			i18n.T("leave out --by, --compare and --top", "请去掉 --by、--compare 与 --top").With())
	}
	return nil
}

// breakDown puts other dimensions in the rows. Rows of time go forward.
func (p *reportPlan) breakDown(by []reports.Dimension) error {
	for i, d := range by {
		if !slices.Contains(p.by, d) {
			return noDimension(p, d)
		}
		if slices.Contains(by[:i], d) {
			return usageProblem(
				i18n.T("%s is named twice", "%s 重复").With(d),
				i18n.T("name it once", "只需指定一次").With())
		}
	}
	p.spec.Rows, p.spec.Fill = by, len(by) == 1 && isOfTime(by[0])
	if isOfTime(by[0]) {
		p.spec.Order = reports.Order{}
	}
	return nil
}

// order puts the greatest first where the query says so, or asks for the first few of
// rows that have no order by greatness. What rows are ordered by is shown.
func (p *reportPlan) order(q ReportQuery) {
	by := q.Order
	if by == reports.NoMeasure && q.Top > 0 && p.spec.Order == (reports.Order{}) {
		by = p.compared[len(p.compared)-1]
		if p.charted != reports.NoMeasure {
			by = p.charted
		}
	}
	p.spec.Top = q.Top
	if by == reports.NoMeasure {
		return
	}
	p.spec.Order, p.spec.Fill, p.charted = reports.Order{By: by}, false, by
	if !slices.Contains(p.spec.Measures, by) {
		p.spec.Measures = append(slices.Clip(p.spec.Measures), by)
	}
}

// heat is weekday by hour.
func (p *reportPlan) heat() {
	p.spec.Rows, p.spec.Across = []reports.Dimension{reports.ByHour}, reports.ByWeekday
	p.spec.Measures, p.spec.Share, p.spec.Order = []reports.Measure{reports.Net}, reports.NoMeasure, reports.Order{}
	p.spec.Fill, p.charted = true, reports.NoMeasure
}

// gather says which facts are read. Those of items are many: where no row names an item
// those of categories say the same, and where months are enough days are not read.
func (p *reportPlan) gather() {
	if p.kind == till.FactItem && !slices.Contains(p.spec.Rows, reports.ByItem) {
		p.kind = till.FactCategory
	}
	dims := append([]reports.Dimension{p.spec.Across}, p.spec.Rows...)
	p.byDay = slices.ContainsFunc(dims, isOfDay)
	if p.kind == till.FactItem && p.byDay && !slices.ContainsFunc(dims, isShorterThanMonth) {
		p.byDay, p.months = false, monthsOf(dims)
	}
}

// isOfDay reports a dimension that comes from the day.
func isOfDay(d reports.Dimension) bool { return d >= reports.ByDay && d <= reports.ByWeekday }

// isOfTime reports a dimension whose values follow one another.
func isOfTime(d reports.Dimension) bool { return isOfDay(d) || d == reports.ByHour }

// isShorterThanMonth reports a dimension for which the days of a month differ.
func isShorterThanMonth(d reports.Dimension) bool {
	return d == reports.ByDay || d == reports.ByWeek || d == reports.ByWeekday
}

// monthsOf is how many months the shortest of dimensions of time has.
func monthsOf(dims []reports.Dimension) int {
	switch {
	case slices.Contains(dims, reports.ByMonth):
		return 1
	case slices.Contains(dims, reports.ByQuarter):
		return 3
	}
	return 12
}

// parts are the periods whose facts are read, each on its own.
func (p *reportPlan) parts(whole reports.Period) []reports.Period {
	if whole == (reports.Period{}) {
		return nil
	}
	if p.months == 0 {
		return []reports.Period{whole}
	}
	var all []reports.Period
	for from := whole.From; from <= whole.To; {
		year, month, _ := from.Date()
		next := (int(month)-1)/p.months*p.months + p.months // months of the year before the next part
		begin := reports.DayOf(year+next/12, time.Month(next%12+1), 1)
		all = append(all, reports.Period{From: from, To: min(begin.Add(-1), whole.To)})
		from = begin
	}
	return all
}

// line is a fact as a line of the report; false where the report leaves it out. A fact of
// a whole period stands on its first day.
func (p *reportPlan) line(f till.DayFact, period reports.Period) (reports.Line, bool, error) {
	day := reports.Day(f.Day)
	if day == 0 {
		day = period.From
	}
	line, err := lineOf(f, day)
	if err != nil {
		return line, false, err
	}
	return line, p.labels(f, &line), nil
}

func periodBackwards(p reports.Period) error {
	return PeriodProblem(&reports.PeriodError{
		Input: p.String(), Reason: reports.Text{EN: "the range is the wrong way round", ZH: "起止颠倒"},
		Want: reports.Same(p.To.String() + ".." + p.From.String()),
	})
}

func unknownReport(name ReportName) error {
	return usageProblem(
		i18n.T("there is no report %q", "没有报表 %q").With(string(name)),
		i18n.T("till report --help lists them", "till report --help 可列出所有报表").With())
}

func noDimension(p *reportPlan, d reports.Dimension) error {
	names := make([]string, len(p.by))
	for i, by := range p.by {
		names[i] = by.String()
	}
	return usageProblem(
		i18n.T("this report cannot be broken down by %s", "此报表不能按 %s 细分").With(d),
		i18n.T("it can be by %s", "可用：%s").With(strings.Join(names, ", ")))
}

func usageProblem(what, hint i18n.Message) error {
	return &till.Problem{Code: till.CodeUsage, What: what, Hint: hint}
}
