//go:build race

package register_test

// stride is the number of points from one cut to the next. The race detector looks at the
// ways that goroutines meet, which every fourth cut of each pair of fates walks often
// enough; that no cut loses or doubles anything is proved by the run without it, at every
// point.
const stride = 4
