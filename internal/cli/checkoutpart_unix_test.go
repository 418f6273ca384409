//go:build unix

package cli

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A till that is killed while it asks the shopper about a part has that sale as INTENT in
// its store, and the next start gives it back, before anything else is charged.
func TestKilledWhileAPartIsAsked(t *testing.T) {
	home := t.TempDir()
	till := func(args ...string) string {
		t.Helper()
		binary, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := &exec.Cmd{Path: binary, Args: append([]string{"till"}, args...), Env: homeEnviron(home)}
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("till %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	state := func() string {
		return till("txn", "list", "--jq", `.[0] | .state, .amount.minor, .reversal.reason // "none"`)
	}
	till("item", "add", "platter", "--name", "Platter", "--price", "50.10")
	till("stock", "receive", "platter=3")

	d := startIn(t, home, "checkout")
	d.waits("Sale")
	d.types("platter\r")
	d.waits("50.10")
	d.types("\x10") // Ctrl+P
	d.waits("card put into the reader")
	d.types("\x06") // Ctrl+F
	d.waits("the bank approves a part only: ask the shopper")
	if err := d.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = d.ends() // killed
	if got := state(); got != "INTENT\n5010\nnone" {
		t.Fatalf("killed while it asked, the store has %q, want the whole as INTENT", got)
	}

	d = startIn(t, home, "checkout")
	d.waits("Sale")
	want := "REVERSED\n5010\nrestart"
	for end := time.Now().Add(20 * time.Second); state() != want; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("started again, the store has %q, want %q", state(), want)
		}
	}
	d.types("\x11") // Ctrl+Q
	if err := d.ends(); err != nil {
		t.Fatal(err)
	}
	if got := till("stock", "list", "platter", "--jq", ".[0].on_hand, .[0].reserved"); got != "3\n0" {
		t.Errorf("on hand and reserved: %q, want all of it and none", got)
	}
	if got := till("sale", "pay", "last", "--tender", "cash", "--jq", ".state, (.payments | length)"); got != "DONE\n2" {
		t.Errorf("paid in cash after that: %q", got)
	}
}
