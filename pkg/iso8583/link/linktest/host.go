package linktest

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// Config says what the host speaks. The zero Config is ISO 8583:1987 in ASCII, framed
// by two bytes of length, without TLS, approving everything.
type Config struct {
	Spec    *iso8583.Spec // nil is dialect.ISO87ASCII
	Framing link.Framing  // nil is link.Binary2
	Handler link.Handler  // nil is Approver; called from many goroutines
	TLS     *tls.Config   // nil is none; Certificates makes one
}

// Received is one thing that a connection brought.
type Received struct {
	Conn    int              // the connection's number, from 1
	Message *iso8583.Message // nil where Err says why there is none
	Fate    string           // what the script had for it, as "silence"; none for what is no request
	Err     error            // of a frame or message that could not be read
}

// Host is a host on a port of loopback that does what its script says. Its methods may
// be called from any goroutine, those that end the test as said there.
type Host struct {
	t    testing.TB
	cfg  Config
	addr string

	ctx  context.Context // ends with the test
	stop context.CancelFunc
	work sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener // nil while connections are refused
	conns    map[*conn]struct{}
	opened   int
	script   script
	received []Received
	playing  int           // fates that have not come to their end
	news     chan struct{} // closed, and replaced, when either of the two changes
}

// NewHost starts a host for the length of a test. Requests meet the fates of script in
// the order in which they arrive, over all connections; when it has been played each is
// answered by the Handler.
//
// At the end of the test the host closes, waits for its goroutines, and does Verify.
func NewHost(t testing.TB, cfg Config, fates ...Fate) *Host {
	t.Helper()
	h := &Host{t: t, cfg: complete(t, cfg), conns: map[*conn]struct{}{}, news: make(chan struct{})}
	h.script.then("", fates)
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.listen("127.0.0.1:0")
	t.Cleanup(h.finish)
	return h
}

// Addr is where the host listens, "127.0.0.1:40123"; Refuse and Accept do not change
// it.
func (h *Host) Addr() string { return h.addr }

// ClientConfig is a configuration for link.Dial that fits the host. Where the host
// speaks TLS, the caller adds its own side.
func (h *Host) ClientConfig() link.ClientConfig {
	return link.ClientConfig{Spec: h.cfg.Spec, Framing: h.cfg.Framing}
}

// Then puts more fates at the end of the script.
func (h *Host) Then(fates ...Fate) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.script.then("", fates)
}

// On puts fates at the end of a script that is for messages of one type alone, such as
// "0400", and goes before the general one: a test of reversals need not count what
// comes before them.
func (h *Host) On(mti iso8583.MTI, fates ...Fate) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.script.then(mti, fates)
}

// Received is everything received so far, in the order of arrival. Its messages are
// the host's: read them only.
func (h *Host) Received() []Received {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Received(nil), h.received...)
}

// Await waits until n things have been received and returns them all. After ten
// seconds it ends the test, and so must be called from the test's own goroutine.
func (h *Host) Await(n int) []Received {
	h.t.Helper()
	h.wait(fmt.Sprintf("%d messages to be received", n), func() bool { return len(h.received) >= n })
	return h.Received()
}

// Settle waits until every request received so far has met the whole of its fate: until
// a Handler whose answer is lost has done its work, for one. After ten seconds it ends
// the test, and so must be called from the test's own goroutine.
func (h *Host) Settle() {
	h.t.Helper()
	h.wait("every fate to come to its end", func() bool { return h.playing == 0 })
}

// wait waits for what ok looks for under the lock.
func (h *Host) wait(what string, ok func() bool) {
	h.t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	for {
		h.mu.Lock()
		done, news := ok(), h.news
		h.mu.Unlock()
		if done {
			return
		}
		select {
		case <-news:
		case <-deadline.C:
			h.t.Fatalf("linktest: waited 10 seconds for %s, %d were received", what, len(h.Received()))
		}
	}
}

// Connections is how many connections are open. One that a client has just made may
// take a moment to be among them.
func (h *Host) Connections() int { return len(h.open()) }

// Push sends a message that nobody asked for over every open connection.
func (h *Host) Push(m *iso8583.Message) {
	h.t.Helper()
	for _, c := range h.open() {
		if err := c.send(h.cfg.Framing, m); err != nil {
			h.t.Errorf("linktest: push a %s: %v", m.MTI(), err)
		}
	}
}

// Refuse makes the system refuse new connections, as a host does that is down. Open
// ones stay: see Drop.
func (h *Host) Refuse() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listener != nil {
		_ = h.listener.Close()
		h.listener = nil
	}
}

// Accept undoes Refuse, on the same address. It ends the test if the port was lost to
// another program, and so must be called from the test's own goroutine.
func (h *Host) Accept() {
	h.t.Helper()
	h.mu.Lock()
	refusing := h.listener == nil
	h.mu.Unlock()
	if refusing {
		h.listen(h.addr)
	}
}

// Drop closes every open connection.
func (h *Host) Drop() {
	for _, c := range h.open() {
		_ = c.Close()
	}
}

// Verify fails the test for every step of a script that no request has met. It is done
// at the end of the test by itself; earlier calls are for tests in several parts.
func (h *Host) Verify() {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, left := range h.script.left() {
		h.t.Errorf("linktest: no request met %s", left)
	}
}

func (h *Host) finish() {
	h.t.Helper()
	h.stop()
	h.Refuse()
	h.Drop()
	h.work.Wait()
	h.Verify()
}

func (h *Host) listen(addr string) {
	h.t.Helper()
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		h.t.Fatalf("linktest: %v", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.listener, h.addr = ln, ln.Addr().String()
	h.work.Go(func() { h.accept(ln) })
}

// accept takes connections until its listener is closed.
func (h *Host) accept(ln net.Listener) {
	for {
		raw, err := ln.Accept()
		if err != nil {
			return
		}
		if h.cfg.TLS != nil {
			raw = tls.Server(raw, h.cfg.TLS)
		}
		c := &conn{Conn: raw, host: h}
		h.mu.Lock()
		h.opened++
		c.number = h.opened
		h.conns[c] = struct{}{}
		h.mu.Unlock()
		h.work.Go(func() { h.serve(c) })
	}
}

// serve reads one connection to its end.
func (h *Host) serve(c *conn) {
	defer func() {
		_ = c.Close()
		h.mu.Lock()
		delete(h.conns, c)
		h.mu.Unlock()
	}()
	if h.ctx.Err() != nil {
		return // it was accepted while the test ended, behind the back of Drop
	}
	r := bufio.NewReader(c)
	for {
		body, route, err := link.ReadRequest(h.cfg.Framing, r)
		switch {
		case err == nil && len(body) > 0:
			h.receive(c, body, route)
		case errors.Is(err, link.ErrFrame), errors.Is(err, io.ErrUnexpectedEOF):
			h.record(Received{Conn: c.number, Err: err})
			return
		case errors.Is(err, link.ErrFrameSkipped):
			h.record(Received{Conn: c.number, Err: err})
		case err != nil:
			return
		}
	}
}

// receive gives a request its fate. Fates are given out in the order of arrival and
// played side by side, so that one which waits holds up nobody. A response, to what was
// pushed, is recorded and answered by nothing, or two sides could go on for ever.
func (h *Host) receive(c *conn, body []byte, route link.Framing) {
	req, err := h.cfg.Spec.Unpack(body)
	if err != nil {
		h.record(Received{Conn: c.number, Err: err})
		return
	}
	if !req.MTI().IsRequest() {
		h.record(Received{Conn: c.number, Message: req})
		return
	}
	fate := h.begin(c, req)
	h.work.Go(func() {
		defer h.tell(func() { h.playing-- })
		err := fate.play(&visit{conn: c, req: req, route: route})
		if err != nil && h.ctx.Err() == nil {
			h.t.Errorf("linktest: %s of a %s: %v", fate, req.MTI(), err)
		}
	})
}

// begin takes the next fate off the script and records the request with it.
func (h *Host) begin(c *conn, req *iso8583.Message) (fate Fate) {
	h.tell(func() {
		fate = h.script.next(req.MTI())
		h.playing++
		h.received = append(h.received, Received{Conn: c.number, Message: req, Fate: fate.String()})
	})
	return fate
}

func (h *Host) record(r Received) {
	h.tell(func() { h.received = append(h.received, r) })
}

// tell makes a change under the lock and wakes those who wait for one.
func (h *Host) tell(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
	close(h.news)
	h.news = make(chan struct{})
}

func (h *Host) open() []*conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*conn, 0, len(h.conns))
	for c := range h.conns {
		all = append(all, c)
	}
	return all
}

// conn is one connection, written to a frame at a time.
type conn struct {
	net.Conn
	host   *Host
	number int
	mu     sync.Mutex
}

func (c *conn) send(f link.Framing, m *iso8583.Message) error {
	v := visit{conn: c, route: f}
	return v.send(m)
}

// complete fills in what a Config leaves out.
func complete(t testing.TB, cfg Config) Config {
	t.Helper()
	if cfg.Spec == nil {
		spec, err := dialect.ISO87ASCII()
		if err != nil {
			t.Fatalf("linktest: %v", err)
		}
		cfg.Spec = spec
	}
	if cfg.Framing == nil {
		cfg.Framing = link.Binary2()
	}
	if cfg.Handler == nil {
		cfg.Handler = Approver(cfg.Spec)
	}
	return cfg
}
