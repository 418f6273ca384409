package shop

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

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

// The reports. X and Z are of a closing, stock and settlement of what is now, all others
// over a period.
const (
	ReportX          ReportName = "x"
	ReportZ          ReportName = "z"
	ReportStock      ReportName = "stock"
	ReportSettlement ReportName = "settlement"

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
	lines, err := s.linesAndNames(ctx, &plan, q)
	if err != nil {
		return reports.Table{}, err
	}
	table, err := reports.Tabulate(lines, plan.spec)
	if err != nil {
		return table, fmt.Errorf("report %s: %w", q.Name, err)
	}
	return plan.dress(table), nil
}

// LastSold is the newest business day on which something was sold or taken back; zero
// where nothing ever was.
func (s *Shop) LastSold(ctx context.Context) (till.Day, error) {
	if _, err := s.authorize(ctx, till.MayReadReports, nil, ""); err != nil {
		return 0, err
	}
	facts, err := s.cfg.Store.Facts(ctx, till.FactQuery{Kind: till.FactSum, From: till.DayOf(1, 1, 1), To: till.DayOf(9999, 12, 31), ByDay: true})
	if err != nil || len(facts) == 0 {
		return 0, err
	}
	return facts[len(facts)-1].Day, nil
}

// VerifyReports computes everything that reports add up again from the journal; a
// difference is a *till.Problem.
func (s *Shop) VerifyReports(ctx context.Context) error {
	if _, err := s.authorize(ctx, till.MayReadReports, nil, ""); err != nil {
		return err
	}
	return s.cfg.Store.VerifyFacts(ctx)
}

// linesAndNames reads what is added up and, beside it, what it is called: of a large
// shop each takes about as long.
func (s *Shop) linesAndNames(ctx context.Context, plan *reportPlan, q ReportQuery) (lines iter.Seq2[reports.Line, error], err error) {
	var reading sync.WaitGroup
	var names func(reports.Dimension, string) reports.Text
	var named error
	kind := plan.kind
	reading.Go(func() { names, named = s.reportNames(ctx, kind) })
	lines, err = s.reportLines(ctx, *plan, q)
	reading.Wait()
	plan.spec.Names = names
	return lines, errors.Join(err, named)
}

// reportLines are the facts of the period and of the one that it is compared with.
func (s *Shop) reportLines(ctx context.Context, plan reportPlan, q ReportQuery) (iter.Seq2[reports.Line, error], error) {
	var lines []reports.Line
	for _, whole := range []reports.Period{q.Period, q.Compare} {
		for _, p := range plan.parts(whole) {
			more, err := s.partLines(ctx, plan, p)
			if err != nil {
				return nil, err
			}
			lines = append(lines, more...)
		}
	}
	return reports.Lines(lines...), nil
}

// partLines are the facts of one part of a period.
func (s *Shop) partLines(ctx context.Context, plan reportPlan, p reports.Period) ([]reports.Line, error) {
	to, err := s.lastDay(ctx, plan, p)
	if err != nil {
		return nil, err
	}
	facts, err := s.cfg.Store.Facts(ctx, till.FactQuery{Kind: plan.kind, From: till.Day(p.From), To: to, ByDay: plan.byDay})
	if err != nil {
		return nil, err
	}
	lines := make([]reports.Line, 0, len(facts))
	for _, f := range facts {
		line, ok, err := plan.line(f, p)
		if err != nil {
			return nil, err
		}
		if ok {
			lines = append(lines, line)
		}
	}
	return lines, nil
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

// lastDay is the day up to which the facts of a period are read. Those of items are kept
// by longer periods too, and a whole year takes less reading than a part of it: where
// nothing has happened between the period's end and the end of its year, as in the year
// that goes on, both are the same.
func (s *Shop) lastDay(ctx context.Context, plan reportPlan, p reports.Period) (till.Day, error) {
	year, _, _ := p.To.Date()
	to, end := till.Day(p.To), till.DayOf(year, 12, 31)
	if plan.kind != till.FactItem || plan.byDay || plan.months > 0 || to == end {
		return to, nil
	}
	later, err := s.cfg.Store.Facts(ctx, till.FactQuery{Kind: till.FactSum, From: to + 1, To: end, ByDay: true})
	if err != nil || len(later) > 0 {
		return to, err
	}
	return end, nil
}

// lineOf is a fact as a line of pkg/reports. Payments and moves of points are counted
// whichever way they go; points are of no currency.
func lineOf(f till.DayFact, day reports.Day) (reports.Line, error) {
	line := reports.Line{Day: day, Hour: reports.UnknownHour}
	if f.Kind == till.FactLoyalty {
		line.Sums = reports.Sums{Payments: f.Sums.Count + f.Sums.Returns, Points: f.Sums.Points}
		return line, nil
	}
	var err error
	if line.Currency, err = money.CurrencyByCode(f.Currency); err != nil {
		return line, fmt.Errorf("fact of %s: %w", f.A, err)
	}
	if f.Kind == till.FactTender {
		line.Sums = reports.Sums{Payments: f.Sums.Count + f.Sums.Returns, Returned: f.Sums.Returned, Paid: f.Sums.Total, Total: f.Sums.Total}
		return line, nil
	}
	line.Sums = reports.Sums{
		Sales: f.Sums.Count, Returns: f.Sums.Returns, Quantity: f.Sums.Quantity, Gross: f.Sums.Gross, Discount: f.Sums.Discount,
		Returned: f.Sums.Returned, Net: f.Sums.Net, Tax: f.Sums.Tax, Total: f.Sums.Total, Cost: f.Sums.Cost,
	}
	return line, nil
}
