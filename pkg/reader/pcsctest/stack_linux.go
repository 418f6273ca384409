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

// Stack is a pcscd of the test's own, with one reader or more and two slots to each.
// Slots are counted through: 0 and 1 are those of the first reader, 2 and 3 of the
// second. Its methods may be called from several goroutines at once; they fail the test
// when they cannot do what they are asked.
type Stack struct {
	t       testing.TB
	readers []string
	stop    func() // ends pcscd, once
	mu      sync.Mutex
	slots   []*plugged
	emptied []time.Time // when the card left
}

// plugged is a card in a slot.
type plugged struct {
	conn net.Conn
	over chan struct{} // closed when Serve came back
}

// The name of the reader where none is asked for, the port of the first slot (a slot
// more is a port more), and the slots that the driver gives a reader.
const (
	friendlyName   = "Till Virtual"
	firstPort      = 0x8C7B
	slotsPerReader = 2
)

// emptyTime is how long a slot must stay empty for pcscd to notice. It looks every 400
// ms, and when a client's last command finds the card gone and the next look finds
// another one in its place, it takes the slot to be empty until that one leaves.
const emptyTime = time.Second

// patience is how long anything may take to begin.
const patience = 5 * time.Second

// Reader is the name by which pcscd knows a slot.
func (s *Stack) Reader(slot int) string {
	return fmt.Sprintf("%s 00 %02d", s.readers[slot/slotsPerReader], slot%slotsPerReader)
}

// Slots is how many slots there are.
func (s *Stack) Slots() int { return len(s.slots) }

// Insert puts a card into a slot, in place of the one in it, and when the slot was
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

// Remove takes the card out of a slot, if there is one. pcscd notices when it looks
// or sends a command.
func (s *Stack) Remove(slot int) {
	s.mu.Lock()
	p := s.slots[slot]
	s.slots[slot] = nil
	s.mu.Unlock()
	if p == nil {
		return
	}
	_ = p.conn.Close() // that is how a card leaves
	<-p.over
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emptied[slot] = time.Now()
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
func start(t testing.TB, readers []string) *Stack {
	t.Helper()
	config, err := configure(t.TempDir(), readers)
	if err != nil {
		t.Fatalf("configure pcscd: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, findDaemon(), "--foreground", "--config", config)
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
	slots := slotsPerReader * len(readers)
	return &Stack{t: t, readers: readers, stop: stop, slots: make([]*plugged, slots), emptied: make([]time.Time, slots)}
}

// configure writes what pcscd is to read, an entry for each reader, into a folder of its
// own in dir. The driver knows its slots by their number within an entry alone, so that
// two entries of one library would be each other's: every reader gets a copy of the
// library, whose variables are its own.
func configure(dir string, readers []string) (config string, err error) {
	driver, err := os.ReadFile(findDriver())
	if err != nil {
		return "", err
	}
	var entries bytes.Buffer
	for i, name := range readers {
		library, port := filepath.Join(dir, fmt.Sprintf("libifdvpcd%d.so", i)), firstPort+slotsPerReader*i
		if err := os.WriteFile(library, driver, 0o600); err != nil {
			return "", err
		}
		fmt.Fprintf(&entries, "FRIENDLYNAME %q\nDEVICENAME /dev/null:0x%04X\nLIBPATH %s\nCHANNELID 0x%04X\n", name, port, library, port)
	}
	config = filepath.Join(dir, "config")
	if err := os.Mkdir(config, 0o700); err != nil {
		return "", err
	}
	return config, os.WriteFile(filepath.Join(config, "till"), entries.Bytes(), 0o600)
}

// awaitSocket waits until clients can speak to pcscd.
func awaitSocket(t testing.TB) {
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
