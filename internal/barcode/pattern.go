package barcode

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/till"
)

// Value is what a scale's code holds beside the article.
type Value string

// The values.
const (
	ByWeight Value = "weight" // kilograms
	ByPrice  Value = "price"  // what the whole costs, in the shop's currency
	ByCount  Value = "count"  // pieces
)

// Pattern is one form of code with a value in it, thirteen characters:
//
//	digits    the prefix that tells the form, two or more
//	I         a digit of the article's number
//	{NNDDD}   the value: N before its decimal point, D behind it
//	V         the check digit of a value of four or five digits
//	C         the check digit of the whole, at the end
//
// "weight 21IIIII{NNDDD}C" holds kilograms with three decimals.
type Pattern struct {
	Value    Value
	layout   string // without braces, 13 characters: digits, I, N, D, V, C
	prefix   string
	decimals int
}

// Patterns is a table of patterns, of which no two fit the same code.
type Patterns []Pattern

// Measured is what a scale's code says.
type Measured struct {
	Item     string        // the article's number as it stands in the code, with its zeros
	Base     string        // the code without a value, in Normal form: what the catalogue keeps
	Value    Value         // which of the following is there
	Quantity till.Quantity // of ByWeight and ByCount
	Price    Price         // of ByPrice
}

// ErrPattern is wrapped by the error of a pattern that is none.
var ErrPattern = errors.New("not a pattern of a barcode")

// Usual are the patterns of a shop that has set none: 21 for weights and 22 for prices,
// 23 for prices with a check digit of their own, and 02, which is North America's code
// with a price (UPC-A of number system 2).
func Usual() Patterns {
	ps, err := ParsePatterns("weight 21IIIII{NNDDD}C", "price 22IIIII{NNNDD}C", "price 23IIIIV{NNNDD}C", "price 02IIIIIV{NNDD}C")
	if err != nil {
		return nil
	}
	return ps
}

// ParsePatterns reads a table, each line a value and a layout: "weight 21IIIII{NNDDD}C".
// Two lines that could fit one code are refused. The error wraps ErrPattern.
func ParsePatterns(lines ...string) (Patterns, error) {
	var ps Patterns
	for _, line := range lines {
		p, err := parsePattern(line)
		if err != nil {
			return nil, err
		}
		for _, other := range ps {
			if strings.HasPrefix(p.prefix, other.prefix) || strings.HasPrefix(other.prefix, p.prefix) {
				return nil, fmt.Errorf("%w: %q: another pattern begins with %s", ErrPattern, line, other.prefix)
			}
		}
		ps = append(ps, p)
	}
	return ps, nil
}

// Of finds the pattern that codes with a prefix are read by.
func (ps Patterns) Of(prefix string) (Pattern, bool) {
	for _, p := range ps {
		if strings.HasPrefix(prefix, p.prefix) || strings.HasPrefix(p.prefix, prefix) {
			return p, true
		}
	}
	return Pattern{}, false
}

func parsePattern(line string) (Pattern, error) {
	value, layout, _ := strings.Cut(strings.TrimSpace(line), " ")
	p := Pattern{Value: Value(value), layout: strings.NewReplacer("{", "", "}", "").Replace(layout)}
	p.prefix = layout[:len(layout)-len(strings.TrimLeft(layout, "0123456789"))]
	p.decimals = strings.Count(layout, "D")
	if why := p.fault(layout); why != "" {
		return Pattern{}, fmt.Errorf("%w: %q: %s", ErrPattern, line, why)
	}
	return p, nil
}

// fault tells what is wrong with a layout, "" where nothing is.
func (p Pattern) fault(layout string) string {
	digits, guarded := p.width("ND"), p.width("V")
	item := strings.Trim(p.layout[len(p.prefix):], "IVNDC")
	switch {
	case p.Value != ByWeight && p.Value != ByPrice && p.Value != ByCount:
		return fmt.Sprintf("got %q, want weight, price or count", p.Value)
	case len(p.layout) != 13 || !strings.HasSuffix(p.layout, "C") || p.width("C") != 1:
		return fmt.Sprintf("got %d characters, want 13 with C at the end alone", len(p.layout))
	case len(p.prefix) < 2 || p.prefix[0] != '2' && p.prefix[:2] != "02" && p.prefix[:2] != "04":
		return fmt.Sprintf("got the prefix %q, want 02, 04 or 20 to 29", p.prefix)
	case item != "" || p.width("I") == 0 || digits == 0:
		return "want the prefix, I and {NNDDD} alone, each of them there"
	case !strings.Contains(layout, "{"+p.value()+"}"):
		return "want the digits of the value in one pair of braces, N before D"
	case guarded > 1 || guarded == 1 && digits != 4 && digits != 5:
		return "want one V at the most, and with it a value of four or five digits"
	case p.Value == ByWeight && p.decimals > 3:
		return "want three decimals of a kilogram at the most"
	case p.Value == ByCount && p.decimals > 0:
		return "want pieces without decimals"
	}
	return ""
}

// value are the marks of the value as they must stand.
func (p Pattern) value() string {
	return strings.Repeat("N", p.width("N")) + strings.Repeat("D", p.decimals)
}

// width counts the characters of a layout that are among marks.
func (p Pattern) width(marks string) int {
	n := 0
	for _, c := range p.layout {
		if strings.ContainsRune(marks, c) {
			n++
		}
	}
	return n
}

// pick are the digits of a code at the marks.
func (p Pattern) pick(code, marks string) string {
	var picked []byte
	for i := range len(p.layout) {
		if strings.IndexByte(marks, p.layout[i]) >= 0 {
			picked = append(picked, code[i])
		}
	}
	return string(picked)
}

// fill is a code with the digits at the marks replaced in their order, and its check digit
// made right.
func (p Pattern) fill(code, marks, digits string) string {
	filled := []byte(code)
	for i := range len(p.layout) {
		if strings.IndexByte(marks, p.layout[i]) >= 0 {
			filled[i], digits = digits[0], digits[1:]
		}
	}
	filled[12] = checkDigit(string(filled[:12]))
	return string(filled)
}

// Read looks a code up; ok is false where no pattern fits it. A check digit of the value
// that is wrong is a *till.Problem that wraps ErrCheckDigit.
func (ps Patterns) Read(c Code) (m Measured, ok bool, err error) {
	if len(c.GTIN) != 14 || c.GTIN[0] != '0' || c.Kind == GS1 {
		return Measured{}, false, nil
	}
	code := c.GTIN[1:]
	for _, p := range ps {
		if strings.HasPrefix(code, p.prefix) {
			m, err = p.read(code)
			return m, err == nil, err
		}
	}
	return Measured{}, false, nil
}

func (p Pattern) read(code string) (Measured, error) {
	digits := p.pick(code, "ND")
	if guard := p.pick(code, "V"); guard != "" {
		if want := innerCheckDigit(digits); guard[0] != want {
			return Measured{}, wrongInnerDigit(code, guard[0], want)
		}
	}
	m := Measured{Item: p.pick(code, "I"), Value: p.Value}
	m.Base = Shortest("0" + p.base(code))
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return Measured{}, fmt.Errorf("value of %s: %w", code, err)
	}
	if p.Value == ByPrice {
		m.Price = Price{Digits: n, Decimals: p.decimals}
		return m, nil
	}
	m.Quantity = till.Quantity(n * thousandths(p.decimals))
	return m, nil
}

// base is the code with a value of nothing.
func (p Pattern) base(code string) string {
	marks := p.width("NDV")
	return p.fill(code, "NDV", strings.Repeat("0", marks))
}

// Make is the code of an article with a value: grams where the pattern has three decimals
// of a kilogram, minor units where a price has as many decimals as the currency. The error
// wraps ErrPattern and is that of digits that do not fit.
func (p Pattern) Make(item string, value int64) (string, error) {
	digits := pad(strconv.FormatInt(value, 10), p.width("ND"))
	if value < 0 || len(digits) != p.width("ND") || len(item) != p.width("I") || !isDigits(item) {
		return "", fmt.Errorf("%w: item %q and value %d do not fit %s", ErrPattern, item, value, p.layout)
	}
	code := p.fill(p.prefix+strings.Repeat("0", 13-len(p.prefix)), "I", item)
	code = p.fill(code, "ND", digits)
	if p.width("V") == 1 {
		code = p.fill(code, "V", string(innerCheckDigit(digits)))
	}
	return code, nil
}

// thousandths is what one of the last of so many decimals is in thousandths.
func thousandths(decimals int) int64 {
	n := int64(1000)
	for range decimals {
		n /= 10
	}
	return n
}

// Base is the code of the article of a number without a value, as the catalogue keeps it.
// The error is that of Make.
func (p Pattern) Base(number int64) (string, error) {
	code, err := p.Make(pad(strconv.FormatInt(number, 10), p.width("I")), 0)
	if err != nil {
		return "", err
	}
	return Shortest("0" + code), nil
}
