package dump_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

// What tcpdump captures of a connection over loopback is what was said on it.
func TestTcpdumpLoopback(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	capture := filepath.Join(t.TempDir(), "lo.pcap")
	startTcpdump(t, capture, listener.Addr().(*net.TCPAddr).Port)
	request, answer := message(), []byte("\x00\x05hello")
	done := make(chan error, 1)
	go func() { done <- answerOnce(listener, len(request), answer) }()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn.Write(request)
	io.ReadFull(conn, make([]byte, len(answer)))
	client := conn.LocalAddr().String()
	conn.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	server := listener.Addr().String()
	want := fmt.Sprintf("%s > %s %x\n%[2]s > %[1]s %[4]x\n", client, server, request, answer)
	got := ""
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline) && got != want; time.Sleep(20 * time.Millisecond) {
		raw, err := os.ReadFile(capture)
		if err != nil {
			t.Fatal(err)
		}
		got = ""
		for _, g := range drain(t, dump.NewReader(bytes.NewReader(raw), dump.Options{})) {
			got += fmt.Sprintf("%s %x\n", g.Stream, g.Data)
		}
	}
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// answerOnce reads a request of a length and answers it.
func answerOnce(listener net.Listener, size int, answer []byte) error {
	conn, err := listener.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := io.ReadFull(conn, make([]byte, size)); err != nil {
		return err
	}
	_, err = conn.Write(answer)
	return err
}

// startTcpdump captures a port of loopback until the test ends. It skips where that
// cannot be done.
func startTcpdump(t *testing.T, capture string, port int) {
	t.Helper()
	if _, err := exec.LookPath("tcpdump"); err != nil {
		t.Skip("tcpdump is not installed")
	}
	run := exec.Command("tcpdump", "-i", "lo", "-n", "-U", "--immediate-mode", "-Z", "root", "-w", capture, fmt.Sprintf("tcp port %d", port))
	words, err := run.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		run.Process.Signal(os.Interrupt)
		run.Wait()
	})
	said := bufio.NewScanner(words)
	for said.Scan() {
		if strings.Contains(said.Text(), "listening on") {
			go io.Copy(io.Discard, words)
			return
		}
	}
	t.Skip("tcpdump may not capture here")
}
