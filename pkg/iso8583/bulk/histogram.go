package bulk

import (
	"math/bits"
	"time"
)

// histogram counts times in classes that are 1/32 of their size wide, so that any number
// of them has percentiles within 3 % in the same memory.
type histogram struct {
	counts [64 * classes]int64
	n      int64
	sum    time.Duration
	least  time.Duration
	most   time.Duration
}

// classes are the parts of each power of two.
const classes = 32

func (h *histogram) add(d time.Duration) {
	if d < 0 {
		d = 0
	}
	if h.n == 0 || d < h.least {
		h.least = d
	}
	h.most = max(h.most, d)
	h.n++
	h.sum += d
	h.counts[classOf(uint64(d))]++
}

func classOf(v uint64) int {
	if v < classes {
		return int(v)
	}
	shift := bits.Len64(v) - 6 // the highest six bits tell the class
	return (shift+1)*classes + int(v>>shift) - classes
}

// upTo is the greatest value of a class.
func upTo(class int) uint64 {
	if class < classes {
		return uint64(class)
	}
	shift := class/classes - 1
	return uint64(class%classes+classes+1)<<shift - 1
}

// at is the time that a part of all, from 0 to 1, does not exceed.
func (h *histogram) at(part float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	want := int64(part*float64(h.n) + 0.999999)
	seen := int64(0)
	for class, n := range h.counts {
		if seen += n; n > 0 && seen >= want {
			return min(time.Duration(upTo(class)), h.most)
		}
	}
	return h.most
}

// Times are response times in milliseconds.
type Times struct {
	Count  int64   `json:"count"`
	Least  float64 `json:"min_ms"`
	Mean   float64 `json:"mean_ms"`
	Median float64 `json:"p50_ms"`
	P95    float64 `json:"p95_ms"`
	P99    float64 `json:"p99_ms"`
	Most   float64 `json:"max_ms"`
}

// times sums up a histogram, or is nil where it is empty.
func (h *histogram) times() *Times {
	if h == nil || h.n == 0 {
		return nil
	}
	ms := func(d time.Duration) float64 { return float64(d.Round(time.Microsecond)) / float64(time.Millisecond) }
	return &Times{
		Count: h.n, Least: ms(h.least), Mean: ms(h.sum / time.Duration(h.n)), Median: ms(h.at(0.50)),
		P95: ms(h.at(0.95)), P99: ms(h.at(0.99)), Most: ms(h.most),
	}
}
