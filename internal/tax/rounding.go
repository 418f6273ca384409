package tax

import (
	"math/big"

	"github.com/tillworks/till/internal/till"
)

// five is the step of till.HalfFive, in the smallest unit.
const five = 5

func isMode(m till.Rounding) bool {
	switch m {
	case till.HalfUp, till.HalfDown, till.HalfEven, till.HalfOdd, till.Up, till.Down, till.HalfFive:
		return true
	}
	return false
}

// round is n times num/den in whole units, rounded as the mode says. None of them is
// negative. False where the result does not fit 64 bits.
func round(n int64, num, den *big.Int, mode till.Rounding) (int64, bool) {
	if mode == till.HalfFive {
		fives, ok := round(n, num, new(big.Int).Mul(den, big.NewInt(five)), till.HalfUp)
		return fives * five, ok && fives <= (1<<63-1)/five
	}
	product := big.NewInt(n)
	product.Mul(product, num)
	whole, rest := new(big.Int).QuoRem(product, den, product)
	if !whole.IsInt64() {
		return 0, false
	}
	floor := whole.Int64()
	if rest.Sign() == 0 || !roundsUp(floor, rest.Lsh(rest, 1).Cmp(den), mode) {
		return floor, true
	}
	return floor + 1, floor+1 > 0
}

// roundsUp decides about a part of a unit above floor; half is how it compares with one
// half.
func roundsUp(floor int64, half int, mode till.Rounding) bool {
	switch mode {
	case till.Up:
		return true
	case till.Down:
		return false
	case till.HalfDown:
		return half > 0
	case till.HalfEven:
		return half > 0 || half == 0 && floor%2 == 1
	case till.HalfOdd:
		return half > 0 || half == 0 && floor%2 == 0
	case till.HalfUp, till.HalfFive:
	}
	return half >= 0
}
