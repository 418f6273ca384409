package shop

import (
	"context"
	"fmt"

	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reports"
)

// XDocument is the business day as it stands, as tables.
func (s *Shop) XDocument(ctx context.Context) (reports.Document, error) {
	x, err := s.X(ctx)
	if err != nil {
		return reports.Document{}, err
	}
	title := reports.Text{EN: fmt.Sprintf("X report of %s, before Z %d", x.Day, x.NextZ), ZH: fmt.Sprintf("X 报表 %s（Z %d 之前）", x.Day, x.NextZ)}
	return s.dayDocument(ctx, title, x.Day, x.Facts, x.GrandTotal)
}

// ZDocument is a closed business day, as tables; 0 is the last.
func (s *Shop) ZDocument(ctx context.Context, number int) (reports.Document, error) {
	z, err := s.Z(ctx, number)
	if err != nil {
		return reports.Document{}, err
	}
	title := reports.Text{EN: fmt.Sprintf("Z report %d of %s", z.Number, z.Day), ZH: fmt.Sprintf("Z 报表 %d，%s", z.Number, z.Day)}
	d, err := s.dayDocument(ctx, title, z.Day, z.Facts, z.GrandTotal)
	d.Notes = append(d.Notes,
		reports.Text{EN: fmt.Sprintf("journal rows %d to %d, head %s", z.FirstSeq, z.LastSeq, z.Head), ZH: fmt.Sprintf("流水账第 %d 至 %d 行，末行哈希 %s", z.FirstSeq, z.LastSeq, z.Head)},
		reports.Text{EN: "hash " + z.Hash, ZH: "哈希 " + z.Hash})
	return d, err
}

// dayReports are the tables of an X or Z, in their order.
func dayReports() []ReportName {
	return []ReportName{ReportSales, ReportTenders, ReportTax, ReportDiscounts, ReportCategories, ReportStaff, ReportHours, ReportLoyalty}
}

// dayDocument makes the tables of the facts of one closing.
func (s *Shop) dayDocument(ctx context.Context, title reports.Text, day till.Day, facts []till.Fact, grand int64) (reports.Document, error) {
	d := reports.Document{Title: title}
	for _, name := range dayReports() {
		table, err := s.dayTable(ctx, name, day, facts)
		if err != nil {
			return d, err
		}
		d.Tables = append(d.Tables, table)
	}
	total := reports.Table{
		Name: "grand_total", Title: reports.Text{EN: "Grand total, never reset", ZH: "累计总额（不可清零）"},
		Columns:  []reports.Column{{Key: "grand_total", Title: reports.Text{EN: "Grand total", ZH: "累计总额"}, Kind: reports.Money}},
		Sections: []reports.Section{{Currency: s.cfg.Currency, Rows: []reports.Row{{Cells: []reports.Cell{reports.Number(grand)}}}}},
	}
	d.Tables = append(d.Tables, total)
	return d, nil
}

func (s *Shop) dayTable(ctx context.Context, name ReportName, day till.Day, facts []till.Fact) (reports.Table, error) {
	plan, err := planOf(ReportQuery{Name: name})
	if err != nil {
		return reports.Table{}, err
	}
	var lines []reports.Line
	for _, f := range facts {
		if f.Kind != plan.kind {
			continue
		}
		line, ok, err := plan.line(till.DayFact{Day: day, Fact: f}, reports.Period{})
		if err != nil {
			return reports.Table{}, err
		}
		if ok {
			lines = append(lines, line)
		}
	}
	if plan.spec.Names, err = s.reportNames(ctx, plan); err != nil {
		return reports.Table{}, err
	}
	plan.spec.Fill = false
	return reports.Tabulate(reports.Lines(lines...), plan.spec)
}
