package reports

// Dimension is something that a report can be broken down by.
type Dimension uint8

// The dimensions. Those of time come from a line's Day and Hour, the others from its
// Labels.
const (
	NoDimension Dimension = iota
	ByDay
	ByWeek // of ISO 8601, "2026-W09"
	ByMonth
	ByQuarter
	ByYear
	ByWeekday // Monday first
	ByHour
	ByItem
	ByCategory
	ByStaff
	ByTender
	ByBrand
	ByEntry
	ByTax
	ByReason
	ByPromotion
	ByMember
	ByStore
	ByTill
)

// Dimensions are all dimensions in their order.
func Dimensions() []Dimension {
	list := make([]Dimension, 0, ByTill)
	for d := ByDay; d <= ByTill; d++ {
		list = append(list, d)
	}
	return list
}

// DimensionByName finds a dimension by its String, such as "item".
func DimensionByName(name string) (Dimension, bool) {
	for _, d := range Dimensions() {
		if d.String() == name {
			return d, true
		}
	}
	return NoDimension, false
}

// String is the name that programs use, such as "item": a column's Key and a flag's
// value.
func (d Dimension) String() string { name, _ := d.words(); return name }

// Title is the name that people read.
func (d Dimension) Title() Text { _, title := d.words(); return title }

func (d Dimension) words() (string, Text) {
	switch d {
	case ByDay:
		return "day", Text{"Day", "日期"}
	case ByWeek:
		return "week", Text{"Week", "周"}
	case ByMonth:
		return "month", Text{"Month", "月份"}
	case ByQuarter:
		return "quarter", Text{"Quarter", "季度"}
	case ByYear:
		return "year", Text{"Year", "年份"}
	case ByWeekday:
		return "weekday", Text{"Weekday", "星期"}
	case ByHour:
		return "hour", Text{"Hour", "时段"}
	case ByItem:
		return "item", Text{"Item", "商品"}
	case ByCategory:
		return "category", Text{"Category", "分类"}
	case ByStaff:
		return "staff", Text{"Staff", "员工"}
	case ByTender:
		return "tender", Text{"Tender", "支付方式"}
	case ByBrand:
		return "brand", Text{"Card brand", "卡组织"}
	case ByEntry:
		return "entry", Text{"Entry mode", "读卡方式"}
	case ByTax:
		return "tax_class", Text{"Tax", "税率"}
	case ByReason:
		return "reason", Text{"Reason", "原因"}
	case ByPromotion:
		return "promotion", Text{"Promotion", "促销"}
	case ByMember:
		return "member", Text{"Member", "会员"}
	case ByStore:
		return "store", Text{"Store", "门店"}
	case ByTill:
		return "till", Text{"Till", "收银机"}
	}
	return "none", Text{"None", "无"}
}

// isTime reports a dimension that comes from the day or the hour.
func (d Dimension) isTime() bool { return d >= ByDay && d <= ByHour }

// isCalendar reports a dimension whose values follow one another without end, so that
// two periods are compared by place and not by value.
func (d Dimension) isCalendar() bool { return d >= ByDay && d <= ByYear }

// label is a line's key in a dimension of labels.
func (l *Labels) label(d Dimension) string {
	switch d {
	case ByItem:
		return l.Item
	case ByCategory:
		return l.Category
	case ByStaff:
		return l.Staff
	case ByTender:
		return l.Tender
	case ByBrand:
		return l.Brand
	case ByEntry:
		return l.Entry
	case ByTax:
		return l.Tax
	case ByReason:
		return l.Reason
	case ByPromotion:
		return l.Promotion
	case ByMember:
		return l.Member
	case ByStore:
		return l.Store
	case ByTill:
		return l.Till
	}
	return ""
}
