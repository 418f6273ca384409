//go:build unix

package cli

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Ctrl-C ends a command that waits for a pipe, with 130 and words for it. A signal that
// comes before the process listens ends it by default; then it is given more time.
func TestCtrlC(t *testing.T) {
	for _, head := range []time.Duration{200 * time.Millisecond, time.Second, 5 * time.Second} {
		code, stderr := interruptedAfter(t, head)
		if code == -1 {
			continue
		}
		if code != int(exitInterrupted) || !strings.Contains(stderr, "interrupted") {
			t.Errorf("exit %d, stderr %q; want 130 and words", code, stderr)
		}
		return
	}
	t.Error("the signal ended the process by default, however long it had run")
}

// Ctrl-C while a code is shown gives the payment up: the order is closed at the gateway
// before the command ends, and its result says so.
func TestCtrlCWhileCodeIsShown(t *testing.T) {
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var result strings.Builder
	home := t.TempDir()
	cmd := &exec.Cmd{
		Path: binary, Args: []string{"till", "pay", "10.76", "--tender", "qr", "--json", "--data", home},
		Stdout: &result, Env: []string{"HOME=" + home},
	}
	words, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() }).Stop()
	line, err := bufio.NewReader(words).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "scan to pay: https://") {
		t.Fatalf("standard error begins with %q, %v", line, err)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != int(exitDeclined) {
		t.Errorf("it ends with %v, want exit %d", err, exitDeclined)
	}
	for _, want := range []string{`"outcome":"declined"`, `"state":"closed"`, `"reason":"canceled"`} {
		if !strings.Contains(result.String(), want) {
			t.Errorf("no %s in %s", want, result.String())
		}
	}
}

// interruptedAfter starts till on a pipe that says nothing, interrupts it after a while
// and gives its exit code, -1 where the signal itself ended it.
func interruptedAfter(t *testing.T, head time.Duration) (code int, stderr string) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var words strings.Builder
	cmd := &exec.Cmd{Path: binary, Args: []string{"till", "iso", "explain"}, Stderr: &words, Env: []string{"HOME=" + t.TempDir()}}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pipe.Close() }()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(head, func() { _ = cmd.Process.Signal(syscall.SIGINT) })
	kill := time.AfterFunc(head+20*time.Second, func() { _ = cmd.Process.Kill() })
	defer func() { stop.Stop(); kill.Stop() }()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("it ends with %v", err)
	}
	return exit.ExitCode(), words.String()
}
