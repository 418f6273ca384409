//go:build !linux

package pcsctest

import "testing"

// Stack is a pcscd of the test's own, with one reader or more and two slots to each.
type Stack struct{}

// Run runs the test over a pcscd of its own, on Linux; elsewhere it skips.
func Run(t *testing.T, _ func(*testing.T, *Stack), _ ...string) {
	t.Helper()
	skip(t, "pcscd is started by tests on Linux alone")
}

// Bench runs the benchmark over a pcscd of its own, on Linux; elsewhere it skips.
func Bench(b *testing.B, _ func(*testing.B, *Stack), _ ...string) {
	b.Helper()
	skip(b, "pcscd is started by tests on Linux alone")
}

// Reader is the name of a slot.
func (*Stack) Reader(int) string { return "" }

// Slots is how many slots there are.
func (*Stack) Slots() int { return 0 }

// Insert puts a card into a slot.
func (*Stack) Insert(int, Card) {}

// Remove takes the card out of a slot.
func (*Stack) Remove(int) {}

// Stop ends pcscd.
func (*Stack) Stop() {}
