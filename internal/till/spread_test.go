package till

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		n       int64
		weights []int64
		want    []int64
	}{
		{100, []int64{1, 1, 1}, []int64{34, 33, 33}},     // of equal remainders the first
		{100, []int64{1, 1, 2}, []int64{25, 25, 50}},     // nothing left over
		{10, []int64{300, 500, 200}, []int64{3, 5, 2}},   //
		{7, []int64{333, 333, 334}, []int64{2, 2, 3}},    // 2.331, 2.331, 2.338
		{1, []int64{1, 5, 1}, []int64{0, 1, 0}},          //
		{5, []int64{0, 0, 7}, []int64{0, 0, 5}},          // no weight, no share
		{5, []int64{0, 0}, []int64{0, 0}},                // nobody to bear it
		{0, []int64{3, 4}, []int64{0, 0}},                //
		{0, nil, []int64{}},                              //
		{MaxMinor, []int64{MaxMinor}, []int64{MaxMinor}}, //
		{9, []int64{MaxMinor, MaxMinor}, []int64{5, 4}},  //
		{1<<62 + 1, []int64{1 << 61, 1 << 61}, []int64{1<<61 + 1, 1 << 61}},
	} {
		if got := Spread(c.n, c.weights); !slices.Equal(got, c.want) {
			t.Errorf("Spread(%d, %v) = %v, want %v", c.n, c.weights, got, c.want)
		}
	}
}

// Shares add up, keep within one unit of what is due, and take from nobody more than is
// there.
func TestSpreadAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int64Range(0, MaxMinor), 1, 12).Draw(t, "weights")
		sum := int64(0)
		for _, w := range weights {
			sum += w
		}
		n := rapid.Int64Range(0, sum).Draw(t, "n")
		total := int64(0)
		for i, share := range Spread(n, weights) {
			total += share
			if share < 0 || share > weights[i] {
				t.Fatalf("share %d of weight %d", share, weights[i])
			}
			if due, _ := MulDiv(n, weights[i], max(sum, 1)); share < due-1 || share > due+1 {
				t.Fatalf("share %d, due %d", share, due)
			}
		}
		if total != n {
			t.Fatalf("shares add up to %d, want %d", total, n)
		}
	})
}
