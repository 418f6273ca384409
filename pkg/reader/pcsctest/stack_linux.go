package pcsctest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Stack is a pcscd of the test's own, with two slots. Its methods fail the test when
// they cannot do what they are asked.
type Stack struct {
	t       *testing.T
	stop    func() // ends pcscd, once
	mu      sync.Mutex
	slots   [2]*plugged
	emptied [2]time.Time // when the card left
}

// plugged is a card in a slot.
type plugged struct {
	conn net.Conn
	over chan struct{} // closed when Serve came back
}

// The name and the port that the configuration gives the driver; a slot more is a port
// more.
const (
	friendlyName = "Till Virtual"
	firstPort    = 0x8C7B
)

// emptyTime is how long a slot must stay empty for pcscd to notice. It looks every 400
// ms, and when a client's last command finds the card gone and the next look finds
// another one in its place, it takes the slot to be empty until that one leaves.
const emptyTime = time.Second

// patience is how long anything may take to begin.
const patience = 5 * time.Second

// Reader is the name by which pcscd knows slot 0 or 1.
func (s *Stack) Reader(slot int) string { return fmt.Sprintf("%s 00 %02d", friendlyName, slot) }

// Insert puts a card into slot 0 or 1, in place of the one in it, and when the slot was
// empty for a second if a card was there before. pcscd looks every 400 ms, so a reader
// tells of it a little later.
func (s *Stack) Insert(slot int, card Card) {
	s.t.Helper()
	s.Remove(slot)
	s.rest(slot)
	conn, err := dial(firstPort + slot)
	if err != nil {
		s.t.Fatalf("put a card into slot %d: %v", slot, err)
	}
	p := &plugged{conn: conn, over: make(chan struct{})}
	go func() {
		defer close(p.over)
		_ = Serve(conn, card) // an end in the middle of a frame is pcscd's end
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slots[slot] = p
}

// Remove takes the card out of slot 0 or 1, if there is one. pcscd notices when it looks
// or sends a command.
func (s *Stack) Remove(slot int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.slots[slot]; p != nil {
		_ = p.conn.Close() // that is how a card leaves
		<-p.over
		s.slots[slot], s.emptied[slot] = nil, time.Now()
	}
}

func (s *Stack) rest(slot int) {
	s.mu.Lock()
	until := s.emptied[slot].Add(emptyTime)
	s.mu.Unlock()
	time.Sleep(time.Until(until))
}

// Stop ends pcscd, as a crash does; the slots with their cards are gone with it.
func (s *Stack) Stop() { s.stop() }

// dial connects a card as soon as the driver listens.
func dial(port int) (net.Conn, error) {
	address := fmt.Sprintf("127.0.0.1:%d", port)
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		conn, err := net.DialTimeout("tcp", address, patience)
		if err == nil || time.Now().After(deadline) {
			return conn, err
		}
	}
}

// start runs pcscd until the test ends.
func start(t *testing.T) *Stack {
	t.Helper()
	daemon, driver := findDaemon(), findDriver()
	config := t.TempDir()
	entry := fmt.Sprintf("FRIENDLYNAME %q\nDEVICENAME /dev/null:0x%04X\nLIBPATH %s\nCHANNELID 0x%04X\n", friendlyName, firstPort, driver, firstPort)
	if err := os.WriteFile(filepath.Join(config, "till"), []byte(entry), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, daemon, "--foreground", "--config", config)
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start pcscd: %v", err)
	}
	stop := sync.OnceFunc(func() {
		cancel()
		_ = cmd.Wait() // killed
	})
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Logf("pcscd said: %s", said.String())
		}
	})
	awaitSocket(t)
	return &Stack{t: t, stop: stop}
}

// awaitSocket waits until clients can speak to pcscd.
func awaitSocket(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		conn, err := net.Dial("unix", "/run/pcscd/pcscd.comm")
		if err == nil {
			_ = conn.Close() // it was there to see that it opens
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("pcscd does not listen after %v: %v", patience, err)
		}
	}
}

// findDaemon is the path of pcscd, or nothing.
func findDaemon() string {
	for _, name := range []string{"pcscd", "/usr/sbin/pcscd", "/usr/local/sbin/pcscd"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// findDriver is the path of the driver, or nothing.
func findDriver() string {
	for _, pattern := range []string{"/usr/lib*/pcsc", "/usr/lib/*/pcsc", "/usr/local/lib/pcsc"} {
		found, _ := filepath.Glob(pattern + "/drivers/serial/libifdvpcd.so") // the patterns are well-formed
		if len(found) > 0 {
			return found[0]
		}
	}
	return ""
}
