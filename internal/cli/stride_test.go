//go:build !race

package cli

// stride is which of many like cases are tried: every one.
const stride = 1
