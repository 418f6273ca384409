package barcode

import (
	"fmt"
	"strconv"
)

// Make is an EAN-13 of a shop's own: a prefix from 20 to 29, which GS1 leaves to every
// shop, a number of up to ten digits and the check digit. The error wraps ErrForm.
func Make(prefix int, number int64) (string, error) {
	if prefix < 20 || prefix > 29 {
		return "", fmt.Errorf("%w: the prefix of a code of one's own is 20 to 29, got %d", ErrForm, prefix)
	}
	if number < 0 || number > 9_999_999_999 {
		return "", fmt.Errorf("%w: the number of a code of one's own has up to 10 digits, got %d", ErrForm, number)
	}
	digits := strconv.Itoa(prefix) + pad(strconv.FormatInt(number, 10), 10)
	return digits + string(checkDigit(digits)), nil
}
