//go:build race

package sqlite_test

// draws is how many random stories each property of the suite is held against: under the
// race detector, which looks for other faults and takes ten times as long, a few.
const draws = "8"
