package link

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// wire is a connection that is written to under deadlines of contexts and that knows
// whether a failed write let anything out.
type wire struct {
	net.Conn        // what messages are written to: TLS where there is any
	raw      *meter // what the machine sees
	token    chan struct{}
}

// newWire takes over a fresh connection. A message is one packet's worth and somebody
// waits for its answer, so it must not wait for company (TCP_NODELAY).
func newWire(conn net.Conn) *wire {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetNoDelay(true) // it can only be slower without
	}
	raw := &meter{Conn: conn}
	return &wire{Conn: raw, raw: raw, token: make(chan struct{}, 1)}
}

// lock waits for the turn to write, as long as ctx lasts.
func (w *wire) lock(ctx context.Context) error {
	select {
	case w.token <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *wire) unlock() { <-w.token }

// writeSlack is how long a write that has begun goes on after its context has ended. A
// connection that takes bytes at all has taken these long before, so that one hurried
// request never costs the others their link; one that takes none is as good as broken.
const writeSlack = time.Second

// send writes one frame within ctx and writeSlack; the caller holds the lock. The error
// wraps ErrNotSent or ErrLinkLost, and after either the connection is of no more use:
// half a frame may be out, and nothing can follow half a frame.
func (w *wire) send(ctx context.Context, frame []byte) error {
	before := w.raw.written.Load()
	release := w.bound(ctx)
	_, err := w.Write(frame)
	release()
	if err == nil {
		return nil
	}
	sentinel := ErrLinkLost
	if w.raw.written.Load() == before && !errors.Is(err, os.ErrDeadlineExceeded) {
		sentinel = ErrNotSent
	}
	if cause := ctx.Err(); cause != nil && errors.Is(err, os.ErrDeadlineExceeded) {
		err = cause // and not its echo from the socket
	}
	return fmt.Errorf("%w: %w", sentinel, err)
}

// bound gives the write an end once ctx has ended, until release.
func (w *wire) bound(ctx context.Context) (release func()) {
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = w.SetWriteDeadline(time.Now().Add(writeSlack))
		close(fired)
	})
	return func() {
		if stop() {
			return
		}
		<-fired
		_ = w.SetWriteDeadline(time.Time{}) // the next writer has a time of its own
	}
}

// meter counts what a connection took, below any TLS. A write that failed and let
// nothing out is a request that was not sent; one that a deadline cut short is never
// taken for that, as not every system tells how far it got.
type meter struct {
	net.Conn
	written atomic.Int64
}

// Write implements io.Writer.
func (m *meter) Write(p []byte) (int, error) {
	n, err := m.Conn.Write(p)
	m.written.Add(int64(n))
	return n, err
}

// checkTLS refuses what would make TLS a decoration: a version below 1.2, and, where
// the other side is not on this machine, a client that checks nothing of the server.
func checkTLS(cfg *tls.Config, remote net.Addr) error {
	if v := cfg.MinVersion; v != 0 && v < tls.VersionTLS12 {
		return fmt.Errorf("tls: lowest version %s, want 1.2 or later", tls.VersionName(v))
	}
	checked := !cfg.InsecureSkipVerify || cfg.VerifyConnection != nil || cfg.VerifyPeerCertificate != nil
	if remote != nil && !checked && !loopback(remote) {
		return errors.New("tls: the server's certificate would not be verified, which is taken on loopback only")
	}
	return nil
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
