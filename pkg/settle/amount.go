package settle

import (
	"bytes"
	"math"
)

// amountMax is the longest text of an amount, in bytes: 19 digits, a point, a sign, a
// symbol and the marks between thousands fit well. Longer cells are refused unread.
const amountMax = 48

// decimals is the rule by which the text of an amount becomes minor units.
type decimals uint8

const (
	exactDecimals decimals = iota // at most as many as the currency has
	trimDecimals                  // more, if they are zeros
	minorUnits                    // whole minor units, no point
)

func parseDecimals(word string) (decimals, bool) {
	switch word {
	case "", "exact":
		return exactDecimals, true
	case "trim":
		return trimDecimals, true
	case "minor":
		return minorUnits, true
	}
	return 0, false
}

// amountRule is how an amount is written.
type amountRule struct {
	decimals decimals
	grouping byte   // between thousands; 0 for none
	symbol   []byte // before the digits, after or before a minus; nil for none
}

// parse reads minor units of a currency with so many decimals. Nothing is rounded and
// nothing is guessed: signs other than one minus, exponents, words, points without
// digits on both sides and marks between thousands in a wrong place are ErrAmount.
func (a amountRule) parse(b []byte, exponent int) (int64, error) {
	if len(b) > amountMax {
		return 0, ErrAmount
	}
	b, negative := a.bare(b)
	if a.grouping != 0 {
		var ok bool
		if b, ok = ungroup(b, a.grouping); !ok {
			return 0, ErrAmount
		}
	}
	whole, frac := b, []byte(nil)
	if i := bytes.IndexByte(b, '.'); i >= 0 {
		whole, frac = b[:i], b[i+1:]
		if len(frac) == 0 {
			return 0, ErrAmount
		}
	}
	if len(whole) == 0 {
		return 0, ErrAmount
	}
	if a.decimals == minorUnits {
		if frac != nil {
			return 0, ErrDecimals
		}
		return digits(0, whole, negative)
	}
	return a.scale(whole, frac, exponent, negative)
}

// bare takes the sign and the symbol off.
func (a amountRule) bare(b []byte) ([]byte, bool) {
	b = bytes.TrimPrefix(b, a.symbol)
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = bytes.TrimPrefix(b[1:], a.symbol)
	}
	return b, negative
}

// scale joins the digits before and after the point. The digits are looked at before
// their number is, so that what is no amount at all is called that.
func (a amountRule) scale(whole, frac []byte, exponent int, negative bool) (int64, error) {
	extra := frac[min(len(frac), exponent):]
	if !isDigits(whole) || !isDigits(frac) {
		return 0, ErrAmount
	}
	if len(extra) > 0 && (a.decimals != trimDecimals || len(bytes.Trim(extra, "0")) > 0) {
		return 0, ErrDecimals
	}
	n, err := digits(0, whole, negative)
	if err != nil {
		return 0, err
	}
	frac = frac[:len(frac)-len(extra)]
	if n, err = digits(n, frac, negative); err != nil {
		return 0, err
	}
	return digits(n, []byte("0000")[:exponent-len(frac)], negative)
}

// digits appends decimal digits to a number. It counts below zero, so that the lowest
// number of all is read too.
func digits(n int64, b []byte, negative bool) (int64, error) {
	if negative {
		n = min(n, -n)
	} else {
		n = -max(n, -n)
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, ErrAmount
		}
		d := int64(c - '0')
		if n < (math.MinInt64+d)/10 {
			return 0, ErrOverflow
		}
		n = n*10 - d
	}
	if negative {
		return n, nil
	}
	if n == math.MinInt64 {
		return 0, ErrOverflow
	}
	return -n, nil
}

// ungroup takes out the marks between thousands; each must stand before exactly three
// digits, and the first group must have one to three.
func ungroup(b []byte, mark byte) ([]byte, bool) {
	if bytes.IndexByte(b, mark) < 0 {
		return b, true
	}
	whole, frac, point := bytes.Cut(b, []byte("."))
	out := make([]byte, 0, len(b))
	for i, group := range bytes.Split(whole, []byte{mark}) {
		if len(group) > 3 || len(group) == 0 || i > 0 && len(group) != 3 {
			return nil, false
		}
		out = append(out, group...)
	}
	if point {
		out = append(append(out, '.'), frac...)
	}
	return out, true
}

func isDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// add sums without passing 64 bits.
func add(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0) || b == 0
}

// sub subtracts without passing 64 bits.
func sub(a, b int64) (int64, bool) {
	diff := a - b
	return diff, (diff < a) == (b > 0) || b == 0
}
