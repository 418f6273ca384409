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

// brandOfRange is the brand of the first six digits as a number. The allocations are those
// published by the schemes on their public sites; the first match wins.
func brandOfRange(iin int) Brand {
	switch {
	case iin >= 340000 && iin <= 349999:
		return AmericanExpress
	case iin >= 370000 && iin <= 379999:
		return AmericanExpress
	case iin >= 300000 && iin <= 305999:
		return Diners
	case iin >= 309500 && iin <= 309599:
		return Diners
	case iin >= 360000 && iin <= 369999:
		return Diners
	case iin >= 380000 && iin <= 399999:
		return Diners
	case iin >= 352800 && iin <= 358999:
		return JCB
	case iin >= 222100 && iin <= 272099:
		return Mastercard
	case iin >= 510000 && iin <= 559999:
		return Mastercard
	case iin >= 601100 && iin <= 601199:
		return Discover
	case iin >= 644000 && iin <= 659999:
		return Discover
	case iin >= 620000 && iin <= 629999:
		return UnionPay
	case iin >= 810000 && iin <= 817199:
		return UnionPay
	case iin >= 500000 && iin <= 509999:
		return Maestro
	case iin >= 560000 && iin <= 699999:
		return Maestro
	case iin >= 400000 && iin <= 499999:
		return Visa
	}
	return UnknownBrand
}

// Brand is the scheme of the number's first six digits.
func (n PAN) Brand() Brand { return BrandOf(n.Reveal()) }

// BrandOf is the scheme of the first six digits of a text, which may be a number's
// beginning or all of it. Text that does not start with six digits has none.
func BrandOf[T ~string | ~[]byte](digits T) Brand {
	if len(digits) < 6 {
		return UnknownBrand
	}
	iin := 0
	for i := range 6 {
		d := digits[i] - '0'
		if d > 9 {
			return UnknownBrand
		}
		iin = iin*10 + int(d)
	}
	return brandOfRange(iin)
}
