//go:build unix

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// dumbTerminal is a pseudo-terminal that answers nothing that a program asks it.
type dumbTerminal struct {
	t     *testing.T
	cmd   *exec.Cmd
	file  *os.File
	begun time.Time

	mu   sync.Mutex
	raw  []byte
	seen chan struct{} // takes one sign for every read
}

// startOn starts till on a terminal that is silent, in a home of its own.
func startOn(t *testing.T, args ...string) *dumbTerminal {
	t.Helper()
	return startIn(t, t.TempDir(), args...)
}

// startIn starts till on a terminal that is silent, in this home.
func startIn(t *testing.T, home string, args ...string) *dumbTerminal {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	d := &dumbTerminal{t: t, seen: make(chan struct{}, 1), cmd: &exec.Cmd{
		Path: binary, Args: append([]string{"till"}, args...),
		Env: append(homeEnviron(home), "TERM=xterm-256color", "LANG=en_US.UTF-8"),
	}}
	d.begun = time.Now()
	if d.file, err = pty.StartWithSize(d.cmd, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.file.Close(); _ = d.cmd.Process.Kill() })
	go d.read()
	return d
}

func homeEnviron(home string) []string { return []string{"HOME=" + home, "XDG_DATA_HOME=" + home} }

func (d *dumbTerminal) read() {
	buffer := make([]byte, 4096)
	for {
		n, err := d.file.Read(buffer)
		d.mu.Lock()
		d.raw = append(d.raw, buffer[:n]...)
		d.mu.Unlock()
		select {
		case d.seen <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (d *dumbTerminal) output() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return bytes.Clone(d.raw)
}

// waits until the terminal was sent a text, and tells how long after the start.
func (d *dumbTerminal) waits(text string) time.Duration {
	d.t.Helper()
	end := time.After(20 * time.Second)
	for !bytes.Contains(d.output(), []byte(text)) {
		select {
		case <-d.seen:
		case <-end:
			d.t.Fatalf("the terminal was never sent %q, but %q", text, d.output())
		}
	}
	return time.Since(d.begun)
}

func (d *dumbTerminal) types(text string) {
	d.t.Helper()
	if _, err := d.file.WriteString(text); err != nil {
		d.t.Fatal(err)
	}
}

// ends waits for the program.
func (d *dumbTerminal) ends() error {
	d.t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- d.cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(20 * time.Second):
		d.t.Fatalf("the program goes on: %q", d.output())
		return nil
	}
}

// The first frame does not wait for a terminal that answers no query, and nothing is left
// in the shell, however soon the screen is left: no question after the terminal was given
// back, whose answer the shell would read.
func TestCheckoutOnSilentTerminal(t *testing.T) {
	for _, pause := range []time.Duration{0, 20 * time.Millisecond, 100 * time.Millisecond, 400 * time.Millisecond} {
		t.Run(fmt.Sprint(pause), func(t *testing.T) {
			d := startOn(t, "checkout")
			first := d.waits("Sale")
			t.Logf("first frame after %s", first)
			time.Sleep(pause)
			d.types("\x11") // Ctrl+Q
			if err := d.ends(); err != nil {
				t.Fatalf("%v: %q", err, d.output())
			}
			_, after, found := bytes.Cut(d.output(), []byte("\x1b[?1049l"))
			if !found {
				t.Fatalf("the terminal was not given back: %q", d.output())
			}
			if asked := regexp.MustCompile(`\x1b\[[?>]?[0-9;]*(\$p|c|n|u)`).Find(after); asked != nil {
				t.Errorf("%q was asked after the terminal was given back: %q", asked, after)
			}
		})
	}
}

// A signal asks the screen to leave as Ctrl+C does: what was rung up is put aside.
func TestCheckoutHangup(t *testing.T) {
	d := startOn(t, "checkout")
	d.waits("Sale")
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := d.ends(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != int(exitInterrupted) {
			t.Errorf("%v: %q", err, d.output())
		}
	}
}

// The whole program in a real terminal: a sale in cash on the example shop, and a shell
// that finds itself as it was.
func TestCheckoutInTmux(t *testing.T) {
	tmux, err := exec.LookPath("tmux")
	switch {
	case err != nil && os.Getenv("TILL_REQUIRE_TMUX") == "1":
		t.Fatal("TILL_REQUIRE_TMUX=1, and tmux is not installed")
	case err != nil:
		t.Skip("tmux is not installed")
	}
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	till := filepath.Join(dir, "till")
	if err := os.Symlink(binary, till); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	run := func(args ...string) string {
		out, err := exec.Command(tmux, append([]string{"-S", socket, "-f", "/dev/null"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %v: %v: %s", args, err, out)
		}
		return string(out)
	}
	run("new-session", "-d", "-x", "100", "-y", "30", "env HOME="+dir+" LANG=en_US.UTF-8 LC_ALL=C.UTF-8 "+till+" checkout --demo; echo ended with $?; sleep 60")
	t.Cleanup(func() { _ = exec.Command(tmux, "-S", socket, "kill-server").Run() })
	sees := func(text string) {
		t.Helper()
		pane := ""
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if pane = run("capture-pane", "-p"); strings.Contains(pane, text) {
				return
			}
		}
		t.Fatalf("the screen never showed %q:\n%s", text, pane)
	}
	keys := func(names ...string) { t.Helper(); run(append([]string{"send-keys"}, names...)...) }
	sees("Who is at the till?")
	keys("mei", "Enter", "4173", "Enter")
	sees("Scan the first item")
	keys("2*latte-l", "Enter") // faster than any person, as a paste or a scanner of a shop's own codes is
	sees("60.00")
	keys("F9")
	sees("To pay")
	keys("F2", "Enter")
	sees("PAID")
	keys("C-q")
	sees("ended with 0")
	if pane := strings.TrimSpace(run("capture-pane", "-p")); pane != "ended with 0" {
		t.Errorf("the shell is left with %q", pane)
	}
}
