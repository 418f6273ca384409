package shop

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/reports"
)

// XDocument is the business day as it stands, as tables.
func (s *Shop) XDocument(ctx context.Context) (reports.Document, error) {
	ch, err := s.authorize(ctx, till.MayReadReports, nil, "")
	if err != nil {
		return reports.Document{}, err
	}
	x, err := s.standing(ctx, ch)
	if err != nil {
		return reports.Document{}, err
	}
	page := dayDocument{
		title: both(i18n.T("X report of %s, before Z %d", "X 报表 %s（Z %d 之前）").With(x.Day, x.NextZ)),
		day:   x.Day, facts: x.Facts, shifts: x.Shifts, drawers: x.Drawers,
		currency: s.cfg.Currency, grand: x.GrandTotal,
	}
	d, err := s.document(ctx, page)
	if len(x.Facts) == 0 {
		d.Notes = append(d.Notes, reports.Text{EN: "Nothing was sold since the last Z report.", ZH: "自上次日结以来没有销售。"})
	}
	return d, err
}

// ZDocument is a closed business day, as tables; 0 is the last.
func (s *Shop) ZDocument(ctx context.Context, number int) (reports.Document, error) {
	if number == 0 {
		last, err := s.lastZ(ctx)
		if err != nil {
			return reports.Document{}, err
		}
		number = last
	}
	z, err := s.Z(ctx, number)
	if err != nil {
		return reports.Document{}, err
	}
	c, err := money.CurrencyByCode(z.Currency)
	if err != nil {
		c = s.cfg.Currency // of days without a single sale
	}
	page := dayDocument{
		title: both(i18n.T("Z report %d of %s", "Z 报表第 %d 号，%s").With(z.Number, z.Day)),
		day:   z.Day, facts: z.Facts, shifts: z.Shifts, currency: c, grand: z.GrandTotal,
	}
	d, err := s.document(ctx, page)
	d.Notes = append(d.Notes, both(i18n.T("closed at %s", "日结时间 %s").With(z.At.In(s.zone()).Format(time.DateTime))))
	if z.Staff != "" {
		d.Notes = append(d.Notes, both(i18n.T("by %s", "日结人 %s").With(z.Staff)))
	}
	d.Notes = append(d.Notes,
		both(i18n.T("journal rows %d to %d, head %s", "流水账第 %d 至 %d 行，末行哈希 %s").With(z.FirstSeq, z.LastSeq, z.Head)),
		both(i18n.T("hash %s", "哈希 %s").With(z.Hash)))
	return d, err
}

// lastZ is the number of the newest Z report.
func (s *Shop) lastZ(ctx context.Context) (int, error) {
	if _, err := s.authorize(ctx, till.MayReadReports, nil, ""); err != nil {
		return 0, err
	}
	all, err := s.cfg.Store.Zs(ctx)
	if err != nil {
		return 0, err
	}
	if len(all) == 0 {
		return 0, &till.Problem{
			Code: till.CodeNotFound, What: i18n.T("no day has been closed yet", "尚未进行过日结").With(),
			Hint: i18n.T("till report x shows the day as it stands, till shift z closes it", "till report x 查看当日情况，till shift z 进行日结").With(),
		}
	}
	return all[0].Number, nil
}

// ZTable lists all Z reports, the newest first.
func (s *Shop) ZTable(ctx context.Context) (reports.Table, error) {
	if _, err := s.authorize(ctx, till.MayReadReports, nil, ""); err != nil {
		return reports.Table{}, err
	}
	all, err := s.cfg.Store.Zs(ctx)
	if err != nil {
		return reports.Table{}, err
	}
	t := reports.Table{
		Name: "closings", Title: reports.Text{EN: "Z reports", ZH: "Z 报表列表"},
		Columns: []reports.Column{
			{Key: "number", Title: reports.Text{EN: "Z", ZH: "编号"}, Kind: reports.Count, Label: true},
			{Key: "day", Title: reports.Text{EN: "Day", ZH: "营业日"}, Kind: reports.Code},
			{Key: "closed", Title: reports.Text{EN: "Closed", ZH: "日结时间"}, Kind: reports.Code},
			{Key: "staff", Title: reports.Text{EN: "By", ZH: "日结人"}, Kind: reports.Code},
			{Key: "total", Title: reports.Text{EN: "Total", ZH: "合计"}, Kind: reports.Money},
			{Key: "grand_total", Title: reports.Text{EN: "Grand total", ZH: "累计总额"}, Kind: reports.Money},
		},
	}
	for _, z := range all {
		c, err := money.CurrencyByCode(z.Currency)
		if err != nil {
			c = s.cfg.Currency
		}
		section := sectionIn(&t, c)
		section.Rows = append(section.Rows, reports.Row{Cells: []reports.Cell{
			reports.Number(int64(z.Number)), reports.ID(z.Day.String()), reports.ID(z.At.In(s.zone()).Format(time.DateTime)), reports.ID(string(z.Staff)),
			reports.Number(z.Total), reports.Number(z.GrandTotal),
		}})
	}
	return t, nil
}

// sectionIn is the section of a currency, made where the table has none.
func sectionIn(t *reports.Table, c money.Currency) *reports.Section {
	i := slices.IndexFunc(t.Sections, func(s reports.Section) bool { return s.Currency == c })
	if i < 0 {
		i = len(t.Sections)
		t.Sections = append(t.Sections, reports.Section{Currency: c})
	}
	return &t.Sections[i]
}

// dayDocument is what the page of an X or a Z is made of.
type dayDocument struct {
	title    reports.Text
	day      till.Day
	facts    []till.Fact
	shifts   []till.Shift
	drawers  []till.Drawer // of shifts that are open
	currency money.Currency
	grand    int64      // in the currency
	names    labelNames // of the staff
}

// dayReports are the tables of an X or Z after its summary, in their order.
func dayReports() []ReportName {
	return []ReportName{ReportTenders, ReportTax, ReportDiscounts, ReportCategories, ReportStaff, ReportHours, ReportLoyalty}
}

// document makes the tables of one closing; those that have nothing to tell are left out.
func (s *Shop) document(ctx context.Context, page dayDocument) (reports.Document, error) {
	names, err := s.staffNames(ctx)
	if err != nil {
		return reports.Document{}, err
	}
	page.names = names
	d := reports.Document{Title: page.title, Tables: []reports.Table{page.summary()}}
	if drawers := page.drawerTable(); !drawers.IsEmpty() {
		d.Tables = append(d.Tables, drawers)
	}
	for _, name := range dayReports() {
		table, err := s.dayTable(ctx, name, page)
		if err != nil {
			return d, err
		}
		if !table.IsEmpty() {
			d.Tables = append(d.Tables, table)
		}
	}
	return d, nil
}

func (s *Shop) dayTable(ctx context.Context, name ReportName, page dayDocument) (reports.Table, error) {
	plan, err := planOf(ReportQuery{Name: name})
	if err != nil {
		return reports.Table{}, err
	}
	var lines []reports.Line
	for _, f := range page.facts {
		if f.Kind != plan.kind {
			continue
		}
		line, ok, err := plan.line(till.DayFact{Day: page.day, Fact: f}, reports.Period{})
		if err != nil {
			return reports.Table{}, err
		}
		if ok {
			lines = append(lines, line)
		}
	}
	if plan.spec.Names, err = s.reportNames(ctx, plan.kind); err != nil {
		return reports.Table{}, err
	}
	table, err := reports.Tabulate(reports.Lines(lines...), plan.spec)
	if err != nil {
		return table, fmt.Errorf("report %s: %w", name, err)
	}
	table.Period = reports.Period{} // the page says it, and a closing may cover more than one day
	return plan.dress(table), nil
}

// summary is the day in one column of figures for each currency, which are never added.
func (page dayDocument) summary() reports.Table {
	t := reports.Table{
		Name: "summary", Title: reports.Text{EN: "Summary", ZH: "汇总"},
		Columns: []reports.Column{
			{Key: "measure", Title: reports.Text{EN: "Measure", ZH: "项目"}, Kind: reports.Words, Label: true},
			{Key: "value", Title: reports.Text{EN: "Value", ZH: "数值"}, Align: reports.Right},
		},
	}
	for _, c := range page.currencies() {
		section := sectionIn(&t, c)
		section.Rows = page.figures(c)
	}
	return t
}

// currencies are those of the facts, that of the shop first and always.
func (page dayDocument) currencies() []money.Currency {
	all := []money.Currency{page.currency}
	for _, f := range page.facts {
		c, err := money.CurrencyByCode(f.Currency)
		if err == nil && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all
}

// figures are the sums of a currency, one below the other.
func (page dayDocument) figures(c money.Currency) []reports.Row {
	var m till.Sums
	var voids, rounding int64
	for _, f := range page.facts {
		switch {
		case f.Currency != c.Code():
		case f.Kind == till.FactSum && f.A == string(till.Void):
			voids += f.Sums.Count
		case f.Kind == till.FactSum:
			m = m.Add(f.Sums)
		case f.Kind == till.FactItem && f.A == till.KeyRounding:
			rounding += f.Sums.Total
		}
	}
	count := func(n int64) reports.Cell { return reports.Cell{Kind: reports.Count, Value: n} }
	row := func(key, en, zh string, v reports.Cell) reports.Row {
		return reports.Row{Cells: []reports.Cell{reports.Say(key, reports.Text{EN: en, ZH: zh}), v}}
	}
	rows := []reports.Row{
		row("sales", "Sales", "销售笔数", count(m.Count)),
		row("returns", "Returns", "退货笔数", count(m.Returns)),
		row("voids", "Voids", "撤销笔数", count(voids)),
		row("gross", "Gross", "销售总额", reports.Amount(m.Gross)),
		row("discount", "Discounts", "折扣", reports.Amount(-m.Discount)),
		row("returned", "Returned", "退货金额", reports.Amount(-m.Returned)),
		row("rounding", "Cash rounding", "现金舍入", reports.Amount(rounding)),
		row("net", "Net, without tax", "不含税净额", reports.Amount(m.Net)),
		row("tax", "Tax", "税额", reports.Amount(m.Tax)),
		row("total", "Total", "合计", reports.Amount(m.Total)),
	}
	if c == page.currency {
		rows = append(rows, row("grand_total", "Grand total, never reset", "累计总额（不可清零）", reports.Amount(page.grand)))
	}
	return rows
}

// drawerTable says of each shift what its drawer was expected to hold and what was
// counted.
func (page dayDocument) drawerTable() reports.Table {
	t := reports.Table{
		Name: "drawers", Title: reports.Text{EN: "Drawers", ZH: "钱箱"},
		Columns: []reports.Column{
			{Key: "shift", Title: reports.Text{EN: "Shift", ZH: "班次"}, Kind: reports.Count, Label: true},
			{Key: "staff", Title: reports.Text{EN: "Staff", ZH: "员工"}, Kind: reports.Words, Label: true},
			{Key: "float", Title: reports.Text{EN: "Float", ZH: "备用金"}, Kind: reports.Money},
			{Key: "expected", Title: reports.Text{EN: "Expected", ZH: "应有"}, Kind: reports.Money},
			{Key: "counted", Title: reports.Text{EN: "Counted", ZH: "实点"}, Kind: reports.Money},
			{Key: "over", Title: reports.Text{EN: "Over or short", ZH: "长短款"}, Kind: reports.Money, Signed: true},
		},
	}
	for _, sh := range page.shifts {
		sh = sh.Whole()
		section := sectionIn(&t, sh.Float.Currency())
		section.Rows = append(section.Rows, page.drawerRow(sh))
	}
	return t
}

func (page dayDocument) drawerRow(sh till.Shift) reports.Row {
	id := string(sh.Staff)
	staff := reports.Say(id, reports.Same(cmp.Or(page.names[named{reports.ByStaff, id}], id)))
	if id == "" {
		staff = reports.Say("", both(i18n.T("owner", "店主").With()))
	}
	expected, counted, over := sh.Expected.Minor(), reports.Number(sh.Counted.Minor()), reports.Number(sh.Over.Minor())
	if sh.IsOpen() {
		counted, over = reports.None(), reports.None()
		for _, d := range page.drawers {
			if d.Shift == sh.Number {
				expected = d.Expected.Minor()
			}
		}
	}
	return reports.Row{Cells: []reports.Cell{
		reports.Number(int64(sh.Number)), staff, reports.Number(sh.Float.Minor()), reports.Number(expected), counted, over,
	}}
}
