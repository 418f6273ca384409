package cli

import "runtime"

// ballastSize is memory that is never touched and so takes none, but counts as in use: what
// is thrown away is not collected before there is about as much of it.
const ballastSize = 48 << 20

// ballast is for commands that read much and are over in a moment: without it a large
// report spends a fifth of its time on collecting little. All others do better without:
// what is not collected at the start is fresh memory, and each page of that costs as much
// as collecting it. Call what it gives when the work is done.
func ballast() (drop func()) {
	keep := make([]byte, ballastSize)
	return func() { runtime.KeepAlive(keep) }
}
