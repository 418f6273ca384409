package cli

import (
	"net"
	"slices"
	"sync"
	"testing"
)

// frayedLine is the line between a till and its host, which a test lets break.
type frayedLine struct {
	t       *testing.T
	address string // where the till finds it
	host    string // where it leads to
	lost    func() // told before it breaks in the place of an answer

	mu       sync.Mutex
	listener net.Listener
	conns    []net.Conn
	losing   int // answers in whose place the line breaks
	carrying sync.WaitGroup
}

// layLine lays a line that leads nowhere yet.
func layLine(t *testing.T) *frayedLine {
	t.Helper()
	l := &frayedLine{t: t, address: "127.0.0.1:0", lost: func() {}}
	l.mend()
	t.Cleanup(func() {
		l.cut()
		l.carrying.Wait()
	})
	return l
}

// lose lets the line break in the place of the next n answers.
func (l *frayedLine) lose(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.losing = n
}

// cut ends what is connected and lets nobody connect.
func (l *frayedLine) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.listener.Close()
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
}

// mend lets the till connect, at the same address as before.
func (l *frayedLine) mend() {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	listener, err := net.Listen("tcp", l.address)
	if err != nil {
		l.t.Fatal(err)
	}
	l.listener, l.address = listener, listener.Addr().String()
	l.carrying.Go(func() { l.serve(listener) })
}

func (l *frayedLine) serve(listener net.Listener) {
	for {
		till, err := listener.Accept()
		if err != nil {
			return
		}
		host, err := net.Dial("tcp", l.host)
		if err != nil {
			_ = till.Close()
			continue
		}
		l.mu.Lock()
		l.conns = append(l.conns, till, host)
		l.mu.Unlock()
		l.carrying.Go(func() { l.pass(till, host, nil) })
		l.carrying.Go(func() { l.pass(host, till, l.breaks) })
	}
}

// breaks reports that the line breaks in the place of this answer.
func (l *frayedLine) breaks() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.losing == 0 {
		return false
	}
	l.losing--
	l.lost()
	return true
}

// pass carries what comes from one side to the other, until either ends or the line breaks.
func (l *frayedLine) pass(from, to net.Conn, breaks func() bool) {
	defer func() {
		_, _ = from.Close(), to.Close()
		l.mu.Lock()
		defer l.mu.Unlock()
		l.conns = slices.DeleteFunc(l.conns, func(c net.Conn) bool { return c == from || c == to })
	}()
	message := make([]byte, 64<<10)
	for {
		n, err := from.Read(message)
		if err != nil || breaks != nil && breaks() {
			return
		}
		if _, err := to.Write(message[:n]); err != nil {
			return
		}
	}
}
