package register_test

import "flag"

// every cuts the power at each point of each pair of fates, as make faults does. Otherwise
// it is each point where everything arrives and every fourth of the other pairs, beginning
// where the pair says.
var every = flag.Bool("every", false, "cut the power at every point of one sale, not at every fourth")

// stride is the number of points from one cut to the next.
func stride() int {
	if *every {
		return 1
	}
	return 4
}
