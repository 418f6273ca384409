//go:build unix

package cli

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Ctrl-C in the middle of a sale that is typed line by line loses nothing: what was
// scanned is put aside, and the command ends as interrupted.
func TestCtrlCHoldsTheSale(t *testing.T) {
	home := t.TempDir()
	pin := filepath.Join(home, "pin")
	if err := os.WriteFile(pin, []byte("4173\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"store", "seed", "--example", "cafe"}, {"staff", "sign-in", "mei", "--pin-file", pin}} {
		if said, err := tillAt(t, home, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, said)
		}
	}
	cmd := tillAt(t, home, "sell")
	typed, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	words, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() }).Stop()
	if _, err := io.WriteString(typed, "latte-l\n"); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(words)
	if line, err := said.ReadString('\n'); err != nil || !strings.Contains(line, "total 30.00 CNY") {
		t.Fatalf("the sale says %q, %v", line, err)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(said)
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != int(exitInterrupted) {
		t.Errorf("ends with %v, want %d", err, exitInterrupted)
	}
	if !strings.Contains(string(rest), "held; till sale pay") {
		t.Errorf("standard error says %q", rest)
	}
	held, err := tillAt(t, home, "sale", "held", "--jq", "length").Output()
	if err != nil || strings.TrimSpace(string(held)) != "1" {
		t.Errorf("%q sales are held, %v; want 1", held, err)
	}
}

// tillAt is a command of till, run by this test binary, on a home of its own.
func tillAt(t *testing.T, home string, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &exec.Cmd{Path: binary, Args: append(append([]string{"till"}, args...), "--data", home), Env: []string{"HOME=" + home}}
}
