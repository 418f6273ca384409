package card

// Brand is the scheme that issued a number's range.
type Brand string

// The brands that ranges are known for; the text is what receipts print.
const (
	UnknownBrand    Brand = ""
	Visa            Brand = "VISA"
	Mastercard      Brand = "MASTERCARD"
	UnionPay        Brand = "UNIONPAY"
	AmericanExpress Brand = "AMERICAN EXPRESS"
	Discover        Brand = "DISCOVER"
	Diners          Brand = "DINERS CLUB"
	JCB             Brand = "JCB"
	Maestro         Brand = "MAESTRO"
)

// brandRange is a closed range of the first six digits.
type brandRange struct {
	from, to string
	brand    Brand
}

// brandRanges is a function and not a variable so that the package holds no state.
// The allocations are those published by the schemes on their public sites; the first
// match wins.
func brandRanges() [16]brandRange {
	return [16]brandRange{
		{"340000", "349999", AmericanExpress},
		{"370000", "379999", AmericanExpress},
		{"300000", "305999", Diners},
		{"309500", "309599", Diners},
		{"360000", "369999", Diners},
		{"380000", "399999", Diners},
		{"352800", "358999", JCB},
		{"222100", "272099", Mastercard},
		{"510000", "559999", Mastercard},
		{"601100", "601199", Discover},
		{"644000", "659999", Discover},
		{"620000", "629999", UnionPay},
		{"810000", "817199", UnionPay},
		{"500000", "509999", Maestro},
		{"560000", "699999", Maestro},
		{"400000", "499999", Visa},
	}
}

// Brand is the scheme of the number's first six digits.
func (n PAN) Brand() Brand {
	s := n.Reveal()
	if len(s) < 6 {
		return UnknownBrand
	}
	for _, r := range brandRanges() {
		if s[:6] >= r.from && s[:6] <= r.to {
			return r.brand
		}
	}
	return UnknownBrand
}
