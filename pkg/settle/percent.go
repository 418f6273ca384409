package settle

import (
	"math/bits"

	"github.com/govalues/decimal"
)

// percentOf is a share of an amount without its sign, in minor units: amount times the
// percent, exact in 128 bits, rounded once.
func percentOf(amount int64, percent decimal.Decimal, r Rounding) (int64, error) {
	if percent.IsNeg() {
		return 0, ErrAmount
	}
	magnitude := uint64(max(amount, -amount))
	if amount == -1<<63 {
		magnitude = 1 << 63
	}
	hi, lo := bits.Mul64(magnitude, percent.Coef())
	divisor, ok := powerOfTen(percent.Scale() + 2)
	if !ok || hi >= divisor {
		return 0, ErrOverflow
	}
	quo, rem := bits.Div64(hi, lo, divisor)
	if roundsUp(quo, rem, divisor, r) {
		quo++
	}
	if quo > 1<<63-1 {
		return 0, ErrOverflow
	}
	return int64(quo), nil
}

// roundsUp tells what becomes of a remainder.
func roundsUp(quo, rem, divisor uint64, r Rounding) bool {
	half := divisor - rem // rem >= half means at least the middle
	switch r {
	case RoundDown:
		return false
	case RoundUp:
		return rem > 0
	case RoundHalfEven:
		return rem > half || rem == half && quo%2 == 1
	default:
		return rem >= half
	}
}

func powerOfTen(n int) (uint64, bool) {
	if n > 19 {
		return 0, false
	}
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p, true
}
