package card

import "strings"

// IsNumber reports text that is very likely a card number: 13 to 19 digits, alone or
// in groups with spaces or hyphens between, that begin as a known scheme's do and end
// in a right check digit. It is what guards the places that a number must not come in
// by: command lines, settings, free text. A random run of digits passes it about once
// in fifteen times.
func IsNumber(text string) bool {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	if len(digits) < 13 || !Luhn(digits) {
		return false
	}
	pan, err := ParsePAN(digits)
	return err == nil && pan.Brand() != UnknownBrand
}
