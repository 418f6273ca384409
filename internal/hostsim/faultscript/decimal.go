package faultscript

import (
	"cmp"
	"math"
	"strings"

	"github.com/tillworks/till/pkg/money"
)

// Decimal is a number with decimals that has no currency yet: 12.34. It becomes an
// amount in whatever currency a message has.
type Decimal struct {
	units  int64 // the number without its point
	digits int   // how many digits stand behind the point
}

// maxDigits is how many digits a Decimal takes: those of field 4.
const maxDigits = 12

// parseDecimal reads digits with a point and digits after it, both of which may be
// missing, and a minus before them.
func parseDecimal(text string) (Decimal, bool) {
	body, negative := strings.CutPrefix(text, "-")
	whole, behind, pointed := strings.Cut(body, ".")
	digits := whole + behind
	if whole == "" || pointed && behind == "" || len(digits) > maxDigits || strings.Trim(digits, "0123456789") != "" {
		return Decimal{}, false
	}
	d := Decimal{digits: len(behind)}
	for _, c := range digits {
		d.units = d.units*10 + int64(c-'0')
	}
	if negative {
		d.units = -d.units
	}
	return d, true
}

// Minor is the number in minor units of a currency; false where it has more decimals than
// the currency and they are not zero.
func (d Decimal) Minor(c money.Currency) (int64, bool) {
	units := d.units
	for n := d.digits; n > c.Exponent(); n-- {
		if units%10 != 0 {
			return 0, false
		}
		units /= 10
	}
	for n := d.digits; n < c.Exponent(); n++ {
		if units > math.MaxInt64/10 || units < math.MinInt64/10 {
			return 0, false
		}
		units *= 10
	}
	return units, true
}

// compare is -1, 0 or 1 where d is less than, as much as or more than an amount.
func (d Decimal) compare(a money.Amount) int {
	return cmp.Or(
		cmp.Compare(d.units/power(d.digits), a.Minor()/power(a.Currency().Exponent())),
		cmp.Compare(fraction(d.units, d.digits), fraction(a.Minor(), a.Currency().Exponent())),
	)
}

// fraction is what stands behind the point, in billionths of a thousandth.
func fraction(units int64, digits int) int64 {
	return units % power(digits) * power(maxDigits-digits)
}

// power is ten by itself so often.
func power(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// IsZero reports nothing at all.
func (d Decimal) IsZero() bool { return d.units == 0 }

// String is the number as it was written, without needless zeros before it.
func (d Decimal) String() string {
	units, sign := d.units, ""
	if units < 0 {
		units, sign = -units, "-"
	}
	text := digitsOf(units, d.digits+1)
	if d.digits == 0 {
		return sign + text
	}
	return sign + text[:len(text)-d.digits] + "." + text[len(text)-d.digits:]
}

// digitsOf is a number with at least so many digits.
func digitsOf(n int64, least int) string {
	var text []byte
	for ; n > 0 || len(text) < least; n /= 10 {
		text = append(text, byte('0'+n%10))
	}
	for i, j := 0, len(text)-1; i < j; i, j = i+1, j-1 {
		text[i], text[j] = text[j], text[i]
	}
	return string(text)
}

// compareTo is -1, 0 or 1 where d is less than, as much as or more than e.
func (d Decimal) compareTo(e Decimal) int {
	return cmp.Or(
		cmp.Compare(d.units/power(d.digits), e.units/power(e.digits)),
		cmp.Compare(fraction(d.units, d.digits), fraction(e.units, e.digits)),
	)
}
