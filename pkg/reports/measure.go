package reports

// Measure is a number that a report shows of each row.
type Measure uint8

// The measures that add up, in the order and with the meaning of the fields of Sums;
// then those that are derived from the sums.
const (
	NoMeasure Measure = iota
	Sales
	Returns
	Payments
	Quantity
	Gross
	Discount
	Returned
	Net
	Tax
	Total
	Paid
	Rounding
	Tip
	Fee
	Cost
	Points

	AverageSale   // Net by Sales, to the minor unit
	AverageItems  // Quantity by Sales, to the thousandth
	Margin        // Net less Cost
	MarginPercent // Margin by Net
	Deposit       // Paid, Tip and Rounding, less Fee: what reaches the bank or the drawer
)

// Measures are all measures in their order.
func Measures() []Measure {
	list := make([]Measure, 0, Deposit)
	for m := Sales; m <= Deposit; m++ {
		list = append(list, m)
	}
	return list
}

// MeasureByName finds a measure by its String, such as "net".
func MeasureByName(name string) (Measure, bool) {
	for _, m := range Measures() {
		if m.String() == name {
			return m, true
		}
	}
	return NoMeasure, false
}

func additive() []Measure { return Measures()[:Points] }

// String is the name that programs use, such as "net": a column's Key and a flag's
// value.
func (m Measure) String() string { name, _, _ := m.words(); return name }

// Title is the name that people read.
func (m Measure) Title() Text { _, title, _ := m.words(); return title }

// Kind is the kind of the measure's numbers.
func (m Measure) Kind() Kind { _, _, kind := m.words(); return kind }

func (m Measure) words() (string, Text, Kind) {
	switch m {
	case Sales:
		return "sales", Text{"Sales", "销售笔数"}, Count
	case Returns:
		return "returns", Text{"Returns", "退货笔数"}, Count
	case Payments:
		return "payments", Text{"Payments", "支付笔数"}, Count
	case Quantity:
		return "quantity", Text{"Quantity", "数量"}, Thousandths
	case Gross:
		return "gross", Text{"Gross", "原价合计"}, Money
	case Discount:
		return "discount", Text{"Discount", "折扣"}, Money
	case Returned:
		return "returned", Text{"Returned", "退货金额"}, Money
	case Net:
		return "net", Text{"Net", "净销售额"}, Money
	case Tax:
		return "tax", Text{"Tax", "税额"}, Money
	case Total:
		return "total", Text{"Total", "应收"}, Money
	case Paid:
		return "paid", Text{"Paid", "实收"}, Money
	case Rounding:
		return "rounding", Text{"Rounding", "抹零"}, Money
	case Tip:
		return "tip", Text{"Tip", "小费"}, Money
	case Fee:
		return "fee", Text{"Fee", "手续费"}, Money
	case Cost:
		return "cost", Text{"Cost", "成本"}, Money
	case Points:
		return "points", Text{"Points", "积分"}, Count
	case AverageSale:
		return "average_sale", Text{"Average sale", "客单价"}, Money
	case AverageItems:
		return "average_items", Text{"Items per sale", "客单件数"}, Thousandths
	case Margin:
		return "margin", Text{"Margin", "毛利"}, Money
	case MarginPercent:
		return "margin_percent", Text{"Margin %", "毛利率"}, Percent
	case Deposit:
		return "deposit", Text{"Deposit", "入账"}, Money
	}
	return "none", Text{"None", "无"}, Count
}
