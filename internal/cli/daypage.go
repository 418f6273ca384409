package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
)

// dayWidth is the cells of a line of the page.
const dayWidth = 80

// daySheet is text that grows line by line in one language.
type daySheet struct {
	strings.Builder
	lang i18n.Lang
	zone *time.Location // of the shop
}

// dayPage lays an X or Z out for people.
func dayPage(v dayView, lang i18n.Lang, zone *time.Location) string {
	p := &daySheet{lang: lang, zone: zone}
	p.heading(v)
	for _, sums := range v.Sums {
		p.sums(sums)
	}
	p.drawers(v.Drawers)
	p.overShort(v.OverShort)
	p.foot(v)
	return p.String()
}

func (p *daySheet) say(t i18n.Text) string { return t.In(p.lang) }

// columns writes one line: a label and, at the right, cells of the widths.
func (p *daySheet) columns(label string, widths []int, values ...string) {
	rest := dayWidth
	for _, w := range widths {
		rest -= w
	}
	line := cells.Fit(cells.Plain(label), rest, cells.Left)
	for i, w := range widths {
		value := ""
		if i < len(values) {
			value = values[i]
		}
		line += cells.Fit(value, w, cells.Right)
	}
	p.WriteString(strings.TrimRight(line, " ") + "\n")
}

func (p *daySheet) title(t i18n.Message, widths []int, heads ...i18n.Text) {
	p.WriteString("\n")
	texts := make([]string, len(heads))
	for i, h := range heads {
		texts[i] = p.say(h)
	}
	p.columns(t.In(p.lang), widths, texts...)
	p.WriteString(strings.Repeat("-", dayWidth) + "\n")
}

func (p *daySheet) heading(v dayView) {
	name := i18n.T("Z REPORT %d", "日结报表（Z）第 %d 号")
	if v.Report == "x" {
		name = i18n.T("X REPORT before Z %d", "当日小结（X），日结第 %d 号之前")
	}
	p.columns(name.With(v.Number).In(p.lang), []int{20}, v.Day)
	made := v.At.In(p.zone).Format("2006-01-02 15:04:05 -07:00")
	if v.Staff != "" {
		made += "  " + string(v.Staff)
	}
	p.columns(made, nil)
}

// widths of the columns of the page.
func countWidths() []int  { return []int{12, 20} }
func taxWidths() []int    { return []int{18, 18} }
func drawerWidths() []int { return []int{12, 12, 12, 12} }

func (p *daySheet) sums(d daySums) {
	c, _ := money.CurrencyByCode(d.Currency)
	amount := func(minor int64) string { return money.New(minor, c).Decimal() }
	count := func(n int64) string { return strconv.FormatInt(n, 10) }
	p.title(i18n.T("SALES in %s", "销售（%s）").With(d.Currency), countWidths(), i18n.T("count", "笔数"), i18n.T("amount", "金额"))
	line := func(t i18n.Text, values ...string) { p.columns("  "+p.say(t), countWidths(), values...) }
	line(i18n.T("sales", "销售"), count(d.Sales.Count), amount(d.Sales.Minor))
	line(i18n.T("returns", "退货"), count(d.Returns.Count), amount(d.Returns.Minor))
	line(i18n.T("together", "合计"), "", amount(d.Total))
	line(i18n.T("  of which without tax", "  其中不含税"), "", amount(d.Net))
	line(i18n.T("  of which tax", "  其中税额"), "", amount(d.Tax))
	line(i18n.T("  of which rounding of cash", "  其中现金舍入"), "", amount(d.Rounding))
	line(i18n.T("voids, not in the above", "撤销（不计入上列）"), count(d.Voids))
	p.discounts(d, amount)
	p.taxes(d, amount)
	p.tenders(d, amount)
}

func (p *daySheet) discounts(d daySums, amount func(int64) string) {
	if len(d.Discounts) == 0 {
		return
	}
	p.title(i18n.T("DISCOUNTS", "折扣").With(), countWidths(), i18n.T("count", "笔数"), i18n.T("amount", "金额"))
	for _, l := range d.Discounts {
		p.columns("  "+p.say(till.ReductionSource(l.Name).Text()), countWidths(), strconv.FormatInt(l.Count, 10), amount(l.Minor))
	}
}

func (p *daySheet) taxes(d daySums, amount func(int64) string) {
	if len(d.Taxes) == 0 {
		return
	}
	p.title(i18n.T("TAXES", "税").With(), taxWidths(), i18n.T("on", "计税额"), i18n.T("tax", "税额"))
	for _, l := range d.Taxes {
		p.columns("  "+strings.TrimSpace(l.Class+"  "+l.Rate), taxWidths(), amount(l.Net), amount(l.Tax))
	}
}

func (p *daySheet) tenders(d daySums, amount func(int64) string) {
	if len(d.Tenders) == 0 {
		return
	}
	p.title(i18n.T("TENDERS", "付款方式").With(), countWidths(), i18n.T("count", "笔数"), i18n.T("amount", "金额"))
	for _, l := range d.Tenders {
		label := "  " + strings.TrimSpace(p.say(till.Tender(l.Name).Text())+"  "+l.Detail)
		p.columns(label, countWidths(), strconv.FormatInt(l.Count+l.Returns, 10), amount(l.Minor))
	}
}

func (p *daySheet) drawers(all []drawerView) {
	if len(all) == 0 {
		return
	}
	p.title(i18n.T("DRAWERS", "钱箱").With(), drawerWidths(), i18n.T("float", "备用金"), i18n.T("expected", "应有"), i18n.T("counted", "清点"), i18n.T("over", "差额"))
	for _, d := range all {
		counted, over := p.say(i18n.T("open", "进行中")), ""
		if d.Counted != nil {
			counted, over = d.Counted.Decimal(), d.Over.Decimal()
		}
		label := i18n.T("  shift %d  %s", "  班次 %d  %s").With(d.Shift, d.Staff).In(p.lang)
		p.columns(label, drawerWidths(), d.Float.Decimal(), d.Expected.Decimal(), counted, over)
	}
}

func (p *daySheet) overShort(all []management.OverShort) {
	if len(all) == 0 {
		return
	}
	p.title(i18n.T("OVER AND SHORT", "长短款").With(), countWidths(), i18n.T("shifts", "班次数"), i18n.T("over", "差额"))
	for _, o := range all {
		p.columns("  "+string(o.Staff), countWidths(), strconv.Itoa(o.Shifts), o.Over.String())
	}
}

func (p *daySheet) foot(v dayView) {
	p.WriteString("\n")
	p.columns(p.say(i18n.T("TOTAL OF THE DAY", "当日总计")), []int{28}, v.Total.String())
	p.columns(p.say(i18n.T("GRAND TOTAL", "累计总计")), []int{28}, v.GrandTotal.String())
	if v.Hash == "" {
		return
	}
	p.WriteString("\n")
	fact := func(t i18n.Text, value string) {
		if value != "" {
			p.columns(cells.Pad(p.say(t), 14, cells.Left)+value, nil)
		}
	}
	fact(i18n.T("journal", "流水账"), strconv.FormatInt(v.FirstSeq, 10)+" - "+strconv.FormatInt(v.LastSeq, 10))
	fact(i18n.T("head", "流水账哈希"), v.Head)
	fact(i18n.T("previous", "前一份"), v.Previous)
	fact(i18n.T("hash", "哈希"), v.Hash)
}
