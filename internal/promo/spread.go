package promo

import (
	"cmp"
	"math/bits"
	"slices"
)

// spread divides a total over weights, which come to at least the total, by the largest
// remainder: each gets its share rounded down, and the units that are left go one each
// to those whose share lost the most by that, the earlier first. No share is above its
// weight, and together they are the total.
func spread(total int64, weights []int64) []int64 {
	shares := make([]int64, len(weights))
	lost := make([]uint64, len(weights))
	var sum uint64
	for _, w := range weights {
		sum += uint64(w)
	}
	if total <= 0 || sum == 0 {
		return shares
	}
	over := total
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(total), uint64(w))
		q, r := bits.Div64(hi, lo, sum)
		shares[i], lost[i] = int64(q), r
		over -= int64(q)
	}
	for _, i := range byLoss(lost)[:over] {
		shares[i]++
	}
	return shares
}

// byLoss are the indexes of what was lost, the most first.
func byLoss(lost []uint64) []int {
	order := make([]int, len(lost))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(lost[j], lost[i]) })
	return order
}
