package money

import (
	_ "embed"
	"fmt"
	"sort"
	"strconv"
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

// iso4217 is ISO 4217's list one, the currencies that can be paid with (no metals, bond
// units, test codes or withdrawn currencies): code, number and exponent, one row of
// rowLen bytes each, in the order of the codes, so that it is searched as it lies and
// nothing has to be built before main runs.
//
//go:embed iso4217.tsv
var iso4217 string

// rowLen is the length of "CNY\t156\t2\n".
const rowLen = 10

// CurrencyByCode finds a currency by its ISO 4217 code, in either case.
func CurrencyByCode(code string) (Currency, error) {
	want := strings.ToUpper(code)
	i, ok := sort.Find(len(iso4217)/rowLen, func(i int) int { return strings.Compare(want, row(i)[:3]) })
	if !ok || len(code) != 3 {
		return Currency{}, fmt.Errorf("no currency %s in ISO 4217: want three letters such as CNY", quote(code))
	}
	return parseRow(row(i)), nil
}

// CurrencyByNumber finds a currency by its ISO 4217 number, three digits such as "156";
// more or fewer zeros may lead it, as in EMV's n3 in two bytes ("0156").
func CurrencyByNumber(number string) (Currency, error) {
	digits := strings.TrimLeft(number, "0")
	if n, err := strconv.Atoi(digits); err == nil && len(digits) <= 3 && digits[0] != '-' && digits[0] != '+' {
		if c, ok := CurrencyNumbered(n); ok {
			return c, nil
		}
	}
	return Currency{}, fmt.Errorf("no currency number %s in ISO 4217: want three digits such as 156", quote(number))
}

// CurrencyNumbered finds a currency by its ISO 4217 number, 156 for the yuan; ok is false
// where there is none. It is for those who ask millions of times: it allocates nothing.
func CurrencyNumbered(number int) (c Currency, ok bool) {
	i := rowOf(number)
	if i < 0 {
		return Currency{}, false
	}
	return parseRow(row(i)), true
}

// Code is the three-letter code, "CNY"; of no currency it is empty.
func (c Currency) Code() string {
	if c.IsZero() {
		return ""
	}
	return string(c.code[:])
}

// Number is the three-digit code as text, "156"; of no currency it is empty.
func (c Currency) Number() string {
	if c.IsZero() {
		return ""
	}
	return fmt.Sprintf("%03d", c.number)
}

// AppendNumber puts what Number gives behind dst.
func (c Currency) AppendNumber(dst []byte) []byte {
	if c.IsZero() {
		return dst
	}
	return append(dst, byte('0'+c.number/100), byte('0'+c.number/10%10), byte('0'+c.number%10))
}

// Exponent is the number of decimals of the minor unit.
func (c Currency) Exponent() int { return int(c.exponent) }

// IsZero reports that c is no currency.
func (c Currency) IsZero() bool { return c.code[0] == 0 }

// String is the code.
func (c Currency) String() string { return c.Code() }

func row(i int) string { return iso4217[i*rowLen : (i+1)*rowLen] }

func parseRow(row string) Currency {
	c := Currency{exponent: row[8] - '0'}
	copy(c.code[:], row)
	for _, d := range row[4:7] {
		c.number = c.number*10 + uint16(d-'0')
	}
	return c
}
