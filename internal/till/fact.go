package till

// FactKind is which report a fact belongs to.
type FactKind string

// The kinds of fact, with what A and B of a Fact are. All are kept by business day;
// FactItem by month and year as well, since a year of them is long.
const (
	FactSum      FactKind = "sum"      // A: sale, return or void
	FactItem     FactKind = "item"     // A: SKU, or one of the keys below
	FactCategory FactKind = "category" // A: category
	FactStaff    FactKind = "staff"    // A: staff
	FactHour     FactKind = "hour"     // A: hour, two digits
	FactTender   FactKind = "tender"   // A: tender; B: brand of the card or provider of the wallet
	FactTax      FactKind = "tax"      // A: class; B: name and rate of the tax
	FactDiscount FactKind = "discount" // A: source; B: programme, or reason and approver
	FactLoyalty  FactKind = "loyalty"  // A: reason
)

// Keys of FactItem and FactCategory that are no SKU: none of them can be one.
const (
	KeyOpen     = "-open"     // an amount or a line that the catalogue does not know
	KeyRounding = "-rounding" // what rounding to the smallest coin added
	KeyTip      = "-tip"      // tips
	KeyAdvance  = "-advance"  // cash advances: counted, and no money of the shop's
)

// Fact is one row of what a report adds up. Money is in minor units of Currency.
type Fact struct {
	Kind     FactKind `json:"kind"`
	A        string   `json:"a"`
	B        string   `json:"b,omitempty"`
	Currency string   `json:"currency"`
	Sums     Sums     `json:"sums"`
}

// PeriodFact is a fact of a report that covers a period.
type PeriodFact = Fact

// Sums are the measures of a fact. All of them add up.
type Sums struct {
	Count    int64 `json:"count,omitempty"`    // sales that stand; of FactTender payments, of FactDiscount discounts, of FactSum/void what was undone
	Returns  int64 `json:"returns,omitempty"`  // returns
	Quantity int64 `json:"quantity,omitempty"` // thousandths, net of returns
	Gross    int64 `json:"gross,omitempty"`    // of sales, at list or asked prices, before discounts
	Discount int64 `json:"discount,omitempty"` // of sales
	Returned int64 `json:"returned,omitempty"` // total of returns
	Net      int64 `json:"net,omitempty"`      // without tax, net of returns
	Tax      int64 `json:"tax,omitempty"`      // net of returns
	Total    int64 `json:"total,omitempty"`    // paid, net of returns: Net + Tax
	Cost     int64 `json:"cost,omitempty"`     // of goods, net of returns
	Points   int64 `json:"points,omitempty"`
}

// Add is the sum of two.
func (s Sums) Add(t Sums) Sums { return s.plus(t, 1) }

// Sub is the difference of two.
func (s Sums) Sub(t Sums) Sums { return s.plus(t, -1) }

// Neg turns every sign.
func (s Sums) Neg() Sums { return Sums{}.Sub(s) }

func (s Sums) plus(t Sums, sign int64) Sums {
	return Sums{
		Count: s.Count + sign*t.Count, Returns: s.Returns + sign*t.Returns, Quantity: s.Quantity + sign*t.Quantity,
		Gross: s.Gross + sign*t.Gross, Discount: s.Discount + sign*t.Discount, Returned: s.Returned + sign*t.Returned,
		Net: s.Net + sign*t.Net, Tax: s.Tax + sign*t.Tax, Total: s.Total + sign*t.Total,
		Cost: s.Cost + sign*t.Cost, Points: s.Points + sign*t.Points,
	}
}

// DayFact is a fact of one business day, or of the whole range that was asked for, when
// Day is zero.
type DayFact struct {
	Day Day `json:"day,omitempty"`
	Fact
}

// FactQuery asks for the facts of a kind over a range of business days, both included.
type FactQuery struct {
	Kind     FactKind
	From, To Day
	ByDay    bool // one row a day; else summed over the range
}
