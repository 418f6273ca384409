//go:build unix

package cli

import (
	"net"
	"sync"
	"testing"
)

// wire carries messages between a till and its host, both in other processes, and tells
// when one is on its way and when it is delivered.
type wire struct {
	listener net.Listener
	host     string // address of the host

	mu  sync.Mutex
	aim *aim
}

// openWire lays a wire to a host, which need not be there yet.
func openWire(t *testing.T, host string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: l, host: host}
	var carrying sync.WaitGroup
	carrying.Go(func() { w.serve(&carrying) })
	t.Cleanup(func() {
		_ = l.Close()
		carrying.Wait()
	})
	return w
}

func (w *wire) address() string { return w.listener.Addr().String() }

// take aims at a moment of the messages that come from now on; nil at none.
func (w *wire) take(a *aim) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.aim = a
}

func (w *wire) serve(carrying *sync.WaitGroup) {
	for {
		till, err := w.listener.Accept()
		if err != nil {
			return
		}
		host, err := net.Dial("tcp", w.host)
		if err != nil {
			_ = till.Close()
			continue
		}
		carrying.Go(func() { w.pass(till, host) })
		carrying.Go(func() { w.pass(host, till) })
	}
}

// pass carries what comes from one side to the other, until either ends.
func (w *wire) pass(from, to net.Conn) {
	defer func() { _, _ = from.Close(), to.Close() }()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		mti := ""
		if n >= 6 {
			mti = string(buf[2:6]) // behind two bytes of length
		}
		if w.reach(mti+" on its way", mti) {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
		w.reach(mti+" delivered", "")
	}
}

// reach tells that a moment has come, and whether this message is to be lost.
func (w *wire) reach(moment, mti string) (lost bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.aim == nil {
		return false
	}
	if w.aim.moment == moment && !w.aim.hit {
		w.aim.hit = true
		close(w.aim.reached)
	}
	if mti != "" && w.aim.lost == mti {
		w.aim.lost = ""
		return true
	}
	return false
}
