package pcsctest

import (
	"os"
	"os/exec"
	"testing"
)

// skip says why the test cannot run here, or fails where it must run.
func skip(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("TILL_REQUIRE_PCSC") == "1" {
		t.Fatalf("TILL_REQUIRE_PCSC=1, but %s", why)
	}
	t.Skip(why)
}

// Tool is the path of a program that a test runs, such as opensc-tool. Where it is
// missing the test is skipped, and fails under TILL_REQUIRE_PCSC=1; call it before
// [Run], since what skips in there does not skip the test.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		skip(t, name+" is not installed")
	}
	return path
}
