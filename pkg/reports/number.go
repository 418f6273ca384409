package reports

import (
	"fmt"
	"math/bits"
)

// value is a measure of sums. It is false where the number does not exist: an average of
// no sales, a percentage of nothing.
func value(m Measure, s *Sums) (int64, bool, error) {
	switch m {
	case AverageSale:
		v, ok := divide(s.Net, s.Sales)
		return v, ok, nil
	case AverageItems:
		v, ok := divide(s.Quantity, s.Sales)
		return v, ok, nil
	case Margin:
		return exactly(m, s.Net, -1, s.Cost)
	case MarginPercent:
		margin, ok, err := exactly(m, s.Net, -1, s.Cost)
		if err != nil || !ok {
			return 0, false, err
		}
		v, ok := percent(margin, s.Net)
		return v, ok, nil
	case Deposit:
		return exactly(m, s.Paid, 1, s.Tip, s.Rounding, -s.Fee)
	}
	return s.Of(m), true, nil
}

// exactly adds to v the numbers, each with the sign, or is ErrOverflow.
func exactly(m Measure, v, sign int64, with ...int64) (int64, bool, error) {
	for _, n := range with {
		sum, ok := addExact(v, sign*n)
		if !ok || n == -1<<63 {
			return 0, false, fmt.Errorf("%s: %d and %d: %w", m, v, n, ErrOverflow)
		}
		v = sum
	}
	return v, true, nil
}

// divide rounds half away from zero; a divisor that is not above zero gives nothing.
func divide(a, b int64) (int64, bool) {
	if b <= 0 {
		return 0, false
	}
	quo, rem := magnitude(a)/uint64(b), magnitude(a)%uint64(b)
	if rem >= uint64(b)-rem {
		quo++
	}
	return signed(quo, a < 0)
}

// percent is part of whole in tenths of a percent, rounded half away from zero; a whole
// that is not above zero gives nothing, and neither does a percentage beyond 64 bits.
func percent(part, whole int64) (int64, bool) {
	if whole <= 0 {
		return 0, false
	}
	hi, lo := bits.Mul64(magnitude(part), 1000)
	if hi >= uint64(whole) {
		return 0, false
	}
	quo, rem := bits.Div64(hi, lo, uint64(whole))
	if rem >= uint64(whole)-rem {
		quo++
	}
	return signed(quo, part < 0)
}

// isBelow reports, exactly, that part is less than so many tenths of a percent of whole;
// neither is below zero.
func isBelow(part int64, tenths uint64, whole int64) bool {
	hi, lo := bits.Mul64(magnitude(part), 1000)
	wantHi, wantLo := bits.Mul64(magnitude(whole), tenths)
	return hi < wantHi || hi == wantHi && lo < wantLo
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func signed(n uint64, negative bool) (int64, bool) {
	if n > 1<<63-1 {
		return 0, false
	}
	if negative {
		return -int64(n), true
	}
	return int64(n), true
}
