package barcode

import (
	"fmt"
	"strings"
)

// CheckDigit is the last digit of a GS1 number whose other digits are given: each from the
// right is weighted 3, 1, 3, 1 …, and the check digit fills the sum up to a ten (GS1
// General Specifications, 7.9.1). The error wraps ErrForm and is that of something other
// than 1 to 17 digits.
func CheckDigit(digits string) (byte, error) {
	if !isDigits(digits) || len(digits) > 17 {
		return 0, fmt.Errorf("%w: a check digit is that of 1 to 17 digits, got %q", ErrForm, shown(digits))
	}
	return checkDigit(digits), nil
}

// checkDigit is the check digit of what is known to be digits.
func checkDigit(digits string) byte {
	sum, weight := 0, 3
	for i := len(digits) - 1; i >= 0; i-- {
		sum += weight * int(digits[i]-'0')
		weight = 4 - weight
	}
	return byte('0' + (10-sum%10)%10)
}

// expandUPCE is the UPC-A of a UPC-E with its number system and check digit, eight
// digits: the last of the six in the middle says where the zeros were left out (GS1
// General Specifications, 5.2.2.4.2). It is false where the check digit does not fit.
func expandUPCE(code string) (string, bool) {
	if code[0] != '0' && code[0] != '1' {
		return "", false
	}
	system, d, check := code[:1], code[1:7], code[7:]
	body := ""
	switch d[5] {
	case '0', '1', '2':
		body = d[:2] + d[5:] + "0000" + d[2:5]
	case '3':
		body = d[:3] + "00000" + d[3:5]
	case '4':
		body = d[:4] + "00000" + d[4:5]
	default:
		body = d[:5] + "0000" + d[5:]
	}
	full := system + body + check
	return full, checkDigit(full[:11]) == full[11] && strings.Trim(full, "0") != ""
}

// isUPCE reports eight digits that are a UPC-E with a right check digit.
func isUPCE(code string) bool {
	_, ok := expandUPCE(code)
	return ok
}

// The weightings of the inner check digit, by digit (GS1 General Specifications, 7.9.2):
// a product of two digits is made one by adding its tens to its ones or taking them off.
const (
	twoMinus  = "0246891357"
	three     = "0369258147"
	fivePlus  = "0516273849"
	fiveMinus = "0594837261"
)

// innerCheckDigit is the digit that guards a price or weight of four or five digits
// within a code (GS1 General Specifications, 7.9.3 and 7.9.4).
func innerCheckDigit(digits string) byte {
	if len(digits) == 4 {
		return byte('0' + weighted(digits, twoMinus, twoMinus, three, fiveMinus)*3%10)
	}
	rest := (10 - weighted(digits, fivePlus, twoMinus, fiveMinus, fivePlus, twoMinus)%10) % 10
	for d := range fiveMinus {
		if int(fiveMinus[d]-'0') == rest {
			return byte('0' + d)
		}
	}
	return '0'
}

func weighted(digits string, weights ...string) int {
	sum := 0
	for i, w := range weights {
		sum += int(w[digits[i]-'0'] - '0')
	}
	return sum
}
