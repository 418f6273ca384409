package till

import (
	"cmp"
	"math/bits"
	"slices"
)

// Spread shares n out by weights so that the shares add up to n exactly: each gets the
// whole part of what is due to it, and the units left over go to the largest remainders,
// of equal ones to those that stand first. Whoever wants the same shares whatever the
// order puts the weights into an order of their own. No share is more than its weight
// where n is no more than their sum. Neither n nor a weight is negative, and the weights
// add up within 64 bits; where they add up to zero, nothing is shared out.
func Spread(n int64, weights []int64) []int64 {
	shares := make([]int64, len(weights))
	sum := uint64(0)
	for _, w := range weights {
		sum += uint64(w)
	}
	if sum == 0 || n == 0 {
		return shares
	}
	left, remainders := n, make([]remainder, len(weights))
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(n), uint64(w))
		whole, rest := bits.Div64(hi, lo, sum)
		shares[i], remainders[i] = int64(whole), remainder{i, rest}
		left -= int64(whole)
	}
	slices.SortStableFunc(remainders, func(a, b remainder) int { return cmp.Compare(b.rest, a.rest) })
	for _, r := range remainders[:left] {
		shares[r.at]++
	}
	return shares
}

// remainder is what the whole part of a share leaves, in parts of the sum of the weights.
type remainder struct {
	at   int
	rest uint64
}
