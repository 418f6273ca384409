package pcsctest

import (
	"os"
	"testing"
)

// skip says why the test cannot run here, or fails where it must run.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("TILL_REQUIRE_PCSC") == "1" {
		t.Fatalf("TILL_REQUIRE_PCSC=1, but %s", why)
	}
	t.Skip(why)
}
