package shop

import (
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/reports"
)

// ReportNames are all reports over a period, in the order in which they are listed.
func ReportNames() []ReportName {
	return []ReportName{
		ReportSales, ReportItems, ReportCategories, ReportStaff, ReportHours, ReportTenders, ReportTax, ReportDiscounts, ReportLoyalty,
	}
}

// AllReports are all reports that there are: those of a closing, those over a period and
// those of what is now.
func AllReports() []ReportName {
	all := append([]ReportName{ReportX, ReportZ}, ReportNames()...)
	return append(all, ReportStock, ReportSettlement)
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

// days are the dimensions that every fact has, after those of its own.
func days(own ...reports.Dimension) []reports.Dimension {
	return append(own, reports.ByDay, reports.ByWeek, reports.ByMonth, reports.ByQuarter, reports.ByYear, reports.ByWeekday)
}

// moneyMeasures are those of sales as a whole, goodsMeasures those of what was sold.
func moneyMeasures() []reports.Measure {
	return []reports.Measure{reports.Sales, reports.Returns, reports.Gross, reports.Discount, reports.Returned, reports.Net, reports.Tax, reports.Total}
}

func goodsMeasures() []reports.Measure {
	return []reports.Measure{
		reports.Quantity, reports.Gross, reports.Discount, reports.Returned, reports.Net, reports.Tax, reports.Total,
		reports.Cost, reports.Margin, reports.MarginPercent,
	}
}

// plans says of each report over a period what it is made of.
func plans(name ReportName) (reportPlan, bool) {
	switch name {
	case ReportSales:
		return salesPlan(), true
	case ReportItems:
		return goodsPlan(till.FactItem, reports.Text{EN: "Items", ZH: "商品销售"}, reports.ByItem, func(f till.DayFact, l *reports.Line) { l.Labels.Item = f.A }), true
	case ReportCategories:
		return goodsPlan(till.FactCategory, reports.Text{EN: "Categories", ZH: "分类销售"}, reports.ByCategory, func(f till.DayFact, l *reports.Line) { l.Labels.Category = f.A }), true
	case ReportStaff:
		return staffPlan(), true
	case ReportHours:
		return hoursPlan(), true
	case ReportTenders:
		return tendersPlan(), true
	case ReportTax:
		return taxPlan(), true
	case ReportDiscounts:
		return discountsPlan(), true
	case ReportLoyalty:
		return loyaltyPlan(), true
	case ReportX, ReportZ, ReportStock, ReportSettlement: // these are not over a period
	}
	return reportPlan{}, false
}

func salesPlan() reportPlan {
	return reportPlan{
		kind: till.FactSum, charted: reports.Net, by: days(),
		spec: reports.Spec{
			Title: reports.Text{EN: "Sales", ZH: "销售汇总"}, Rows: []reports.Dimension{reports.ByDay}, Fill: true,
			Measures: append(moneyMeasures(), reports.AverageSale),
		},
		compared: []reports.Measure{reports.Sales, reports.Net},
		labels:   func(f till.DayFact, _ *reports.Line) bool { return f.A != string(till.Void) },
	}
}

func goodsPlan(kind till.FactKind, title reports.Text, own reports.Dimension, label func(till.DayFact, *reports.Line)) reportPlan {
	return reportPlan{
		kind: kind, charted: reports.Net, by: days(own),
		spec: reports.Spec{
			Title: title, Rows: []reports.Dimension{own}, Keys: own == reports.ByItem,
			Measures: goodsMeasures(), Share: reports.Net, Order: reports.Order{By: reports.Net},
		},
		compared: []reports.Measure{reports.Quantity, reports.Net, reports.Margin},
		labels:   func(f till.DayFact, l *reports.Line) bool { label(f, l); return true },
		heads:    map[string]head{"item_code": {key: "sku", title: reports.Text{EN: "SKU", ZH: "货号"}}},
	}
}

func staffPlan() reportPlan {
	return reportPlan{
		kind: till.FactStaff, charted: reports.Net, by: days(reports.ByStaff),
		spec: reports.Spec{
			Title: reports.Text{EN: "Staff", ZH: "员工业绩"}, Rows: []reports.Dimension{reports.ByStaff},
			Measures: append(moneyMeasures(), reports.AverageSale), Share: reports.Net, Order: reports.Order{By: reports.Net},
		},
		compared: []reports.Measure{reports.Sales, reports.Net},
		labels:   func(f till.DayFact, l *reports.Line) bool { l.Labels.Staff = f.A; return true },
	}
}

func hoursPlan() reportPlan {
	return reportPlan{
		kind: till.FactHour, charted: reports.Net, by: days(reports.ByHour),
		spec: reports.Spec{
			Title: reports.Text{EN: "Hours", ZH: "时段销售"}, Rows: []reports.Dimension{reports.ByHour}, Fill: true,
			Measures: moneyMeasures(), Share: reports.Net,
		},
		compared: []reports.Measure{reports.Sales, reports.Net},
		labels:   func(f till.DayFact, l *reports.Line) bool { l.Hour = hourOf(f.A); return true },
	}
}

func tendersPlan() reportPlan {
	return reportPlan{
		kind: till.FactTender, charted: reports.Paid, by: days(reports.ByTender, reports.ByBrand),
		spec: reports.Spec{
			Title: reports.Text{EN: "Tenders", ZH: "支付方式"}, Rows: []reports.Dimension{reports.ByTender, reports.ByBrand},
			Measures: []reports.Measure{reports.Payments, reports.Returned, reports.Paid}, Share: reports.Paid,
		},
		compared: []reports.Measure{reports.Payments, reports.Paid},
		labels: func(f till.DayFact, l *reports.Line) bool {
			l.Labels.Tender, l.Labels.Brand = f.A, f.B
			return true
		},
		heads: map[string]head{
			"brand":    {title: reports.Text{EN: "Card or wallet", ZH: "卡组织/钱包"}},
			"returned": {title: reports.Text{EN: "Refunded", ZH: "退款"}},
			"paid":     {title: reports.Text{EN: "Taken, net", ZH: "实收净额"}},
		},
	}
}

func taxPlan() reportPlan {
	return reportPlan{
		kind: till.FactTax, by: days(reports.ByTax),
		spec: reports.Spec{
			Title: reports.Text{EN: "Tax", ZH: "税额汇总"}, Rows: []reports.Dimension{reports.ByTax},
			Measures: []reports.Measure{reports.Net, reports.Tax, reports.Total},
		},
		compared: []reports.Measure{reports.Net, reports.Tax},
		labels: func(f till.DayFact, l *reports.Line) bool {
			l.Labels.Tax = strings.TrimSpace(f.A + " " + f.B)
			return true
		},
	}
}

func discountsPlan() reportPlan {
	return reportPlan{
		kind: till.FactDiscount, charted: reports.Discount, by: days(reports.ByReason, reports.ByPromotion),
		spec: reports.Spec{
			Title: reports.Text{EN: "Discounts", ZH: "折扣与促销"}, Rows: []reports.Dimension{reports.ByReason, reports.ByPromotion},
			Measures: []reports.Measure{reports.Sales, reports.Discount}, Share: reports.Discount,
		},
		compared: []reports.Measure{reports.Sales, reports.Discount},
		labels: func(f till.DayFact, l *reports.Line) bool {
			l.Labels.Reason, l.Labels.Promotion = f.A, discountKey(f.Fact)
			return true
		},
		heads: map[string]head{
			"reason":    {key: "kind", title: reports.Text{EN: "Kind", ZH: "类型"}},
			"promotion": {key: "for", title: reports.Text{EN: "For", ZH: "名目"}},
			"sales":     {key: "times", title: reports.Text{EN: "Times", ZH: "次数"}},
		},
	}
}

// discountKey tells a reason from a promotion, whose id has no slash.
func discountKey(f till.Fact) string {
	byHand := f.A == string(till.ByHand) || f.A == string(till.ByHandWhole)
	if byHand && !strings.Contains(f.B, "/") {
		return f.B + "/"
	}
	return f.B
}

func loyaltyPlan() reportPlan {
	return reportPlan{
		kind: till.FactLoyalty, by: days(reports.ByReason),
		spec: reports.Spec{
			Title: reports.Text{EN: "Points", ZH: "积分变动"}, Rows: []reports.Dimension{reports.ByReason},
			Measures: []reports.Measure{reports.Payments, reports.Points},
		},
		compared: []reports.Measure{reports.Payments, reports.Points},
		labels:   func(f till.DayFact, l *reports.Line) bool { l.Labels.Reason = f.A; return true },
		heads: map[string]head{
			"reason":   {title: reports.Text{EN: "Points", ZH: "积分"}},
			"payments": {key: "tickets", title: reports.Text{EN: "Tickets", ZH: "单数"}},
		},
	}
}

// hourOf is the hour of a key of FactHour.
func hourOf(key string) int {
	hour, err := strconv.Atoi(key)
	if err != nil {
		return reports.UnknownHour
	}
	return hour
}
