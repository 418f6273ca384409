package till

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Quantity is how much of an item, in thousandths of its unit: 1500 is 1.5 kg, or one
// and a half of something that is sold whole. It never passes through a float.
type Quantity int64

// One is a quantity of one.
const One Quantity = 1000

// MaxQuantity is the largest quantity of a line or a stock move: one million units.
const MaxQuantity Quantity = 1_000_000 * One

// ErrQuantity is the error of a text that is no quantity.
var ErrQuantity = errors.New("not a quantity")

// Units is a quantity of n whole units.
func Units(n int64) Quantity { return Quantity(n) * One }

// ParseQuantity reads a decimal with at most three decimals, "2" or "-0.375", exactly.
// Nothing is rounded. The error wraps ErrQuantity.
func ParseQuantity(s string) (Quantity, error) {
	q, err := parseFixed(s, 3)
	if err != nil || q > int64(MaxQuantity) || q < -int64(MaxQuantity) {
		return 0, fmt.Errorf("%w: %q, want digits with at most three decimals, such as 2 or 0.375, up to a million", ErrQuantity, clip(s))
	}
	return Quantity(q), nil
}

// String is the quantity as a decimal without needless zeros: "2", "0.375".
func (q Quantity) String() string { return fixed(int64(q), 3) }

// IsWhole reports that nothing is left over of a unit.
func (q Quantity) IsWhole() bool { return q%One == 0 }

// MarshalJSON writes the quantity as a JSON number: 2 or 0.375.
func (q Quantity) MarshalJSON() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalJSON reads a JSON number or a text; more than three decimals are refused.
func (q *Quantity) UnmarshalJSON(b []byte) error {
	s, err := numberText(b)
	if err != nil {
		return err
	}
	*q, err = ParseQuantity(s)
	return err
}

// numberText is a JSON number as it was written, or the text of a JSON string.
func numberText(b []byte) (string, error) {
	if len(b) > 0 && b[0] == '"' {
		var s string
		err := json.Unmarshal(b, &s)
		return s, err
	}
	return string(b), nil
}

// parseFixed reads a decimal with up to the given number of decimals as an integer of
// the smallest of them.
func parseFixed(s string, decimals int) (int64, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" || point && frac == "" || len(frac) > decimals || strings.Trim(whole+frac, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseInt(whole+frac+strings.Repeat("0", decimals-len(frac)), 10, 64)
	if negative {
		n = -n
	}
	return n, err
}

// fixed writes what parseFixed reads, without needless zeros.
func fixed(n int64, decimals int) string {
	sign := ""
	magnitude := uint64(n)
	if n < 0 {
		sign, magnitude = "-", -magnitude
	}
	digits := strconv.FormatUint(magnitude, 10)
	if pad := decimals + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	whole, frac := digits[:len(digits)-decimals], strings.TrimRight(digits[len(digits)-decimals:], "0")
	if frac == "" {
		return sign + whole
	}
	return sign + whole + "." + frac
}

// clip keeps a strange text short enough for a line of an error.
func clip(s string) string {
	const most = 24
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// MulDiv is a*b/c rounded half away from zero, exact in 128 bits between; false where
// the result does not fit 64 bits or c is zero. It is how a price times a quantity, a
// share of a discount and a tax are computed.
func MulDiv(a, b, c int64) (int64, bool) {
	if c == 0 || a == math.MinInt64 || b == math.MinInt64 || c == math.MinInt64 {
		return 0, false
	}
	negative := (a < 0) != (b < 0) != (c < 0)
	hi, lo := bits.Mul64(abs(a), abs(b))
	d := abs(c)
	if hi >= d {
		return 0, false
	}
	q, r := bits.Div64(hi, lo, d)
	if r >= d-r {
		q++
	}
	if q > math.MaxInt64 {
		return 0, false
	}
	if negative {
		return -int64(q), true
	}
	return int64(q), true
}

func abs(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
