//go:build !race

package register_test

// stride is the number of points from one cut to the next: every one.
const stride = 1
