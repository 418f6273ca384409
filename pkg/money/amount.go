package money

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Errors of arithmetic and parsing; match with errors.Is.
var (
	ErrOverflow  = errors.New("amount does not fit 64 bits of minor units")
	ErrCurrency  = errors.New("amounts of different currencies are never added or compared")
	ErrMalformed = errors.New("malformed amount")
	ErrDecimals  = errors.New("more decimals than the currency has")
)

// Amount is a sum of money: a signed count of minor units (fen, cents) and its
// currency. It is a value, compares with ==, and never passes through a float.
type Amount struct {
	minor    int64
	currency Currency
}

// New makes an Amount of minor units: New(1250, cny) is 12.50 CNY.
func New(minor int64, c Currency) Amount { return Amount{minor: minor, currency: c} }

// Parse reads a decimal of major units, "12.50" or "-3", exactly. Nothing is rounded:
// more decimals than the currency has is ErrDecimals, more than 64 bits of minor units
// is ErrOverflow, and anything but an optional minus sign and ASCII digits around at
// most one point is ErrMalformed. No thousands separators, spaces, exponents, plus or
// currency signs. The error quotes the text unless it holds as many digits as a card
// number, which some reader may have typed into the wrong place.
func Parse(s string, c Currency) (Amount, error) {
	if c.IsZero() {
		return Amount{}, fmt.Errorf("%s without a currency: %w", quote(s), ErrMalformed)
	}
	digits, negative := strings.CutPrefix(s, "-")
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" || !allDigits(whole) || !allDigits(frac) || (point && frac == "") {
		return Amount{}, fmt.Errorf("%s: %w: want digits with at most one point, such as 12.50", quote(s), ErrMalformed)
	}
	if len(frac) > c.Exponent() {
		return Amount{}, fmt.Errorf("%s has %d decimals, %s has %d: %w", quote(s), len(frac), c, c.Exponent(), ErrDecimals)
	}
	frac += "0000"[:c.Exponent()-len(frac)]
	sign := ""
	if negative {
		sign = "-"
	}
	minor, err := strconv.ParseInt(sign+whole+frac, 10, 64)
	if err != nil {
		return Amount{}, fmt.Errorf("%s: %w", quote(s), ErrOverflow)
	}
	return New(minor, c), nil
}

// Minor is the count of minor units.
func (a Amount) Minor() int64 { return a.minor }

// Currency is the currency.
func (a Amount) Currency() Currency { return a.currency }

// IsZero reports an amount of nothing, in whatever currency.
func (a Amount) IsZero() bool { return a.minor == 0 }

// IsPositive reports an amount above zero.
func (a Amount) IsPositive() bool { return a.minor > 0 }

// Add returns a+b, or ErrCurrency or ErrOverflow.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.currency != b.currency {
		return Amount{}, fmt.Errorf("%s and %s: %w", a, b, ErrCurrency)
	}
	sum := a.minor + b.minor
	if (sum > a.minor) != (b.minor > 0) && b.minor != 0 {
		return Amount{}, fmt.Errorf("%s plus %s: %w", a, b, ErrOverflow)
	}
	return New(sum, a.currency), nil
}

// Sub returns a-b, or ErrCurrency or ErrOverflow.
func (a Amount) Sub(b Amount) (Amount, error) {
	if a.currency != b.currency {
		return Amount{}, fmt.Errorf("%s and %s: %w", a, b, ErrCurrency)
	}
	diff := a.minor - b.minor
	if (diff < a.minor) != (b.minor > 0) && b.minor != 0 {
		return Amount{}, fmt.Errorf("%s minus %s: %w", a, b, ErrOverflow)
	}
	return New(diff, a.currency), nil
}

// Neg returns -a. The lowest amount of all, -2^63 minor units, has no opposite in 64
// bits and stays as it is.
func (a Amount) Neg() Amount { return New(-a.minor, a.currency) }

// Cmp is -1, 0 or 1 as a is below, equal to or above b, or ErrCurrency.
func (a Amount) Cmp(b Amount) (int, error) {
	switch {
	case a.currency != b.currency:
		return 0, fmt.Errorf("%s and %s: %w", a, b, ErrCurrency)
	case a.minor < b.minor:
		return -1, nil
	case a.minor > b.minor:
		return 1, nil
	}
	return 0, nil
}

// Decimal is the amount in major units with every decimal of its currency and no
// sign of the currency: "12.50", "-0.05", "1250" for yen.
func (a Amount) Decimal() string {
	var buf [32]byte
	return string(a.appendDecimal(buf[:0]))
}

// String is "12.50 CNY".
func (a Amount) String() string {
	var buf [32]byte
	return string(a.Append(buf[:0]))
}

// Append puts what String gives behind dst; it allocates nothing where dst has room.
func (a Amount) Append(dst []byte) []byte {
	dst = a.appendDecimal(dst)
	if a.currency.IsZero() {
		return dst
	}
	return append(append(dst, ' '), a.currency.code[:]...)
}

func (a Amount) appendDecimal(dst []byte) []byte {
	var buf [20]byte
	digits := strconv.AppendUint(buf[:0], magnitude(a.minor), 10)
	if a.minor < 0 {
		dst = append(dst, '-')
	}
	exp := a.currency.Exponent()
	if exp == 0 {
		return append(dst, digits...)
	}
	point := len(digits) - exp
	if point <= 0 {
		dst = append(append(dst, '0', '.'), "0000"[:-point]...)
		return append(dst, digits...)
	}
	dst = append(append(dst, digits[:point]...), '.')
	return append(dst, digits[point:]...)
}

// magnitude is a number without its sign, of the lowest too.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// amountJSON is the form in every JSON that the program writes.
type amountJSON struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// MarshalJSON writes {"minor":1250,"currency":"CNY"}.
func (a Amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(amountJSON{Minor: a.minor, Currency: a.currency.Code()})
}

// UnmarshalJSON reads what MarshalJSON writes; an unknown currency is an error, and so
// is none unless the amount is zero, which reads as the zero Amount.
func (a *Amount) UnmarshalJSON(b []byte) error {
	var v amountJSON
	if err := json.Unmarshal(b, &v); err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	if v == (amountJSON{}) {
		*a = Amount{}
		return nil
	}
	c, err := CurrencyByCode(v.Currency)
	if err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	*a = New(v.Minor, c)
	return nil
}

// quote is a text that was refused as an error may show it: short, and with fewer digits
// than any card number has.
func quote(s string) string {
	digits := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if digits >= 8 || len(s) > 40 {
		return fmt.Sprintf("text of %d characters", utf8.RuneCountInString(s))
	}
	return strconv.Quote(s)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
