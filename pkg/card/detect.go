package card

import "strings"

// IsNumber reports text that is very likely a card number: digits, alone or in groups
// with spaces or hyphens between, that begin as a known scheme's do, are as many as
// that scheme gives, and end in a right check digit. It is what guards the places that
// a number must not come in by: command lines, settings, files of a repository. Of
// random runs of 16 digits it takes about one in twenty.
func IsNumber(text string) bool {
	digits := strings.ReplaceAll(strings.ReplaceAll(text, " ", ""), "-", "")
	if !Luhn(digits) {
		return false
	}
	pan, err := ParsePAN(digits)
	return err == nil && pan.Brand().gives(len(digits))
}

// gives reports whether a scheme issues numbers of so many digits, by the lengths that
// the schemes publish for acquirers.
func (b Brand) gives(digits int) bool {
	switch b {
	case UnknownBrand:
		return false
	case Visa:
		return digits == 13 || digits == 16 || digits == 19
	case Mastercard:
		return digits == 16
	case AmericanExpress:
		return digits == 15
	case Diners:
		return digits >= 14 && digits <= 19
	case UnionPay, Discover, JCB:
		return digits >= 16 && digits <= 19
	case Maestro:
		return digits >= 13 && digits <= 19 // 12 exist, and are too like other numbers
	}
	return false
}
