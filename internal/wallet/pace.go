package wallet

import "time"

// pause is how long to wait before the next call: briefly while a shopper stands at the
// counter, ever longer for what must be undone.
func (s State) pause() time.Duration {
	if s.isAwaited() {
		return Pace(s.Asked)
	}
	return Backoff(s.Order.Attempts + s.Asked - 1)
}

// Pace is the pause before the n-th query (n from 1) while the shop waits for a payment:
// one second, then two, then three, the pace that the large wallets ask for.
func Pace(n int) time.Duration {
	return time.Duration(min(max(n, 1), 3)) * time.Second
}

// Backoff is the pause before the n-th repeat (n from 1) of a closing, a reversal or the
// query of a refund: a second, then twice as long each time, up to five minutes, for as
// long as it takes. It is measured on the monotonic clock and never stored, so a wall
// clock that jumps by a day delays nothing and drops nothing.
func Backoff(n int) time.Duration {
	const longest = 5 * time.Minute
	d := time.Second
	for range n - 1 {
		if d *= 2; d >= longest {
			return longest
		}
	}
	return d
}
