package money

import (
	_ "embed"
	"fmt"
	"strings"
)

// Currency is one currency of ISO 4217: its three-letter code, its three-digit
// number (what ISO 8583 fields 49 to 51 and EMV tag 5F2A carry) and its exponent,
// the count of decimals of the minor unit (0, 2, 3 or 4). Currencies compare with
// ==. The zero Currency is no currency.
type Currency struct {
	code     [3]byte
	number   uint16
	exponent uint8
}

//go:embed iso4217.tsv
var iso4217 string

// CurrencyByCode finds a currency by its ISO 4217 code, in either case.
func CurrencyByCode(code string) (Currency, error) {
	want := strings.ToUpper(code)
	c, ok := findCurrency(func(row Currency) bool { return string(row.code[:]) == want })
	if !ok {
		return Currency{}, fmt.Errorf("no currency %q in ISO 4217: want three letters such as CNY", code)
	}
	return c, nil
}

// CurrencyByNumber finds a currency by its ISO 4217 number, three digits such as
// "156"; a leading zero may be doubled, as EMV's n3 in two bytes is ("0156").
func CurrencyByNumber(number string) (Currency, error) {
	var want uint16
	digits := strings.TrimLeft(number, "0")
	for _, r := range digits {
		if r < '0' || r > '9' || len(digits) > 3 {
			return Currency{}, fmt.Errorf("no currency number %q in ISO 4217: want three digits such as 156", number)
		}
		want = want*10 + uint16(r-'0')
	}
	c, ok := findCurrency(func(row Currency) bool { return row.number == want })
	if !ok {
		return Currency{}, fmt.Errorf("no currency number %q in ISO 4217: want three digits such as 156", number)
	}
	return c, nil
}

// Code is the three-letter code, "CNY".
func (c Currency) Code() string {
	if c.IsZero() {
		return ""
	}
	return string(c.code[:])
}

// Number is the three-digit code as text, "156".
func (c Currency) Number() string { return fmt.Sprintf("%03d", c.number) }

// Exponent is the number of decimals of the minor unit.
func (c Currency) Exponent() int { return int(c.exponent) }

// IsZero reports that c is no currency.
func (c Currency) IsZero() bool { return c.code[0] == 0 }

// String is the code.
func (c Currency) String() string { return c.Code() }

// findCurrency scans the table: 180 short lines, a few microseconds, and nothing
// has to be built before main runs.
func findCurrency(match func(Currency) bool) (Currency, bool) {
	for line := range strings.Lines(iso4217) {
		row, ok := parseCurrencyRow(line)
		if ok && match(row) {
			return row, true
		}
	}
	return Currency{}, false
}

// parseCurrencyRow reads "CNY\t156\t2\n".
func parseCurrencyRow(line string) (Currency, bool) {
	if len(line) < 9 || line[0] == '#' {
		return Currency{}, false
	}
	c := Currency{exponent: line[8] - '0'}
	copy(c.code[:], line)
	for _, d := range line[4:7] {
		c.number = c.number*10 + uint16(d-'0')
	}
	return c, true
}
