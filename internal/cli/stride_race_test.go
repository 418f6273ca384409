//go:build race

package cli

// stride is which of many like cases are tried: under the race detector, which looks for
// other faults and takes ten times as long, every sixth.
const stride = 6
