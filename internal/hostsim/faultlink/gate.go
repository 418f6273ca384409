package faultlink

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// gate is a listener that can be down for a while: then the system refuses connections,
// and those that were open are cut.
type gate struct {
	ctx    context.Context //nolint:containedctx // ends with Close, which is when the server knows of the end
	end    context.CancelFunc
	addr   net.Addr
	listen func(context.Context) (net.Listener, error)
	sleep  func(context.Context, time.Duration) error

	mu    sync.Mutex
	inner net.Listener // nil while the host is down
	rest  time.Duration
	conns map[*cuttable]struct{}
}

func newGate(ctx context.Context, ln net.Listener, cfg Config) *gate {
	g := &gate{addr: ln.Addr(), listen: cfg.Listen, sleep: cfg.Sleep, inner: ln, conns: map[*cuttable]struct{}{}}
	g.ctx, g.end = context.WithCancel(context.WithoutCancel(ctx))
	if g.listen == nil {
		g.listen = g.again
	}
	return g
}

// again listens where the first listener did.
func (g *gate) again(ctx context.Context) (net.Listener, error) {
	var listen net.ListenConfig
	return listen.Listen(ctx, g.addr.Network(), g.addr.String())
}

// Addr implements net.Listener: where the first listener listened.
func (g *gate) Addr() net.Addr { return g.addr }

// Accept implements net.Listener. While the host is down it waits.
func (g *gate) Accept() (net.Conn, error) {
	for {
		ln, err := g.open()
		if err != nil {
			return nil, err
		}
		conn, err := ln.Accept()
		switch {
		case err == nil:
			if c := g.enter(ln, conn); c != nil {
				return c, nil
			}
		case g.isOpen(ln):
			return nil, err
		case g.ctx.Err() != nil:
			return nil, g.ctx.Err()
		}
	}
}

// reopenTries is how often, and reopenPause how long after the last time, an address is
// asked for again that somebody else has for the moment.
const (
	reopenTries = 50
	reopenPause = 100 * time.Millisecond
)

// open is the listener, opened again when the time of being down is over.
func (g *gate) open() (net.Listener, error) {
	for tries := 0; ; {
		ln, rest := g.state()
		switch {
		case ln != nil:
			return ln, nil
		case g.ctx.Err() != nil:
			return nil, g.ctx.Err()
		}
		if rest > 0 {
			if err := g.sleep(g.ctx, rest); err != nil {
				return nil, err
			}
			continue
		}
		err := g.reopen()
		if err == nil {
			continue
		}
		if tries++; tries == reopenTries {
			return nil, fmt.Errorf("listen again at %v: %w", g.addr, err)
		}
		if err := g.sleep(g.ctx, reopenPause); err != nil {
			return nil, err
		}
	}
}

// state is the listener, or how long there is to be none; that time is the caller's to
// wait.
func (g *gate) state() (net.Listener, time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	rest := g.rest
	g.rest = 0
	return g.inner, rest
}

func (g *gate) reopen() error {
	ln, err := g.listen(g.ctx)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ctx.Err() != nil || g.rest > 0 { // it went down again meanwhile
		return ln.Close()
	}
	g.inner = ln
	return nil
}

func (g *gate) isOpen(ln net.Listener) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.inner == ln
}

// enter takes a connection in; nil is that the host went down while it came.
func (g *gate) enter(ln net.Listener, conn net.Conn) net.Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inner != ln {
		_ = conn.Close()
		return nil
	}
	c := &cuttable{Conn: conn, gate: g}
	g.conns[c] = struct{}{}
	return c
}

// down closes the listener and cuts every connection. Down already, it stays so for
// longer.
func (g *gate) down(d time.Duration) {
	g.mu.Lock()
	ln, conns := g.inner, g.conns
	g.inner, g.conns, g.rest = nil, map[*cuttable]struct{}{}, g.rest+d
	g.mu.Unlock()
	if ln != nil {
		_ = ln.Close() // Accept sees it
	}
	for c := range conns {
		_ = c.Conn.Close()
	}
}

// Close implements net.Listener.
func (g *gate) Close() error {
	g.end()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inner == nil {
		return nil
	}
	return g.inner.Close()
}

// cuttable is a connection that the gate knows of.
type cuttable struct {
	net.Conn
	gate *gate
}

// Close implements net.Conn.
func (c *cuttable) Close() error {
	c.gate.mu.Lock()
	delete(c.gate.conns, c)
	c.gate.mu.Unlock()
	return c.Conn.Close()
}

var (
	_ net.Listener = (*gate)(nil)
	_ net.Conn     = (*cuttable)(nil)
)
