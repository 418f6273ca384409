package link

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
)

// serverConn is one connection of a terminal, or of the many behind a concentrator.
type serverConn struct {
	server *Server
	wire   *wire
	slots  chan struct{} // one token for each request at work
	work   sync.WaitGroup
	hungUp atomic.Bool // a Replier ended it

	jobs    chan func() // to a worker that waits for one; closed when no more come
	workers int         // so far, of at most as many as there are slots
}

// serveConn reads requests until the terminal hangs up or ctx ends, and lets those at
// work come to their end; work is the context of the handlers, and its end cuts the
// connection.
func (s *Server) serveConn(ctx, work context.Context, conn net.Conn) {
	c := &serverConn{
		server: s, wire: newWire(conn), jobs: make(chan func()),
		slots: make(chan struct{}, cmp.Or(max(0, s.Concurrency), DefaultConcurrency)),
	}
	defer func() { _ = c.wire.Close() }() // nothing is left to be written
	defer context.AfterFunc(work, func() { _ = conn.Close() })()
	if err := c.handshake(ctx); err != nil {
		s.report(conn.RemoteAddr(), err)
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := c.read(ctx, work); err != nil {
		s.report(conn.RemoteAddr(), err)
	}
	close(c.jobs)
	c.work.Wait()
}

// handshake puts the server's side of TLS on the wire, if there is to be any.
func (c *serverConn) handshake(ctx context.Context) error {
	if c.server.TLS == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(max(0, c.server.HandshakeTimeout), DefaultHandshakeTimeout))
	defer cancel()
	conn := tls.Server(c.wire.raw, c.server.TLS)
	if err := conn.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("tls handshake: %w", err)
	}
	c.wire.Conn = conn
	return nil
}

// read takes requests off the wire, and no more of them than there are slots.
func (c *serverConn) read(ctx, work context.Context) error {
	r := bufio.NewReader(c.wire)
	framing := Limit(c.server.Framing, c.server.MaxFrame)
	for ctx.Err() == nil {
		body, route, err := ReadRequest(framing, r)
		switch {
		case err == nil:
			c.receive(ctx, work, body, route)
		case errors.Is(err, ErrFrameSkipped):
			c.server.report(c.wire.RemoteAddr(), err)
		case errors.Is(err, io.EOF), ctx.Err() != nil, c.hungUp.Load():
			return nil
		default:
			return err
		}
	}
	return nil
}

// receive gives one request to the Handler as soon as there is a slot.
func (c *serverConn) receive(ctx, work context.Context, body []byte, route Framing) {
	if len(body) == 0 {
		return // a keep-alive
	}
	c.server.tap.see(Received, body)
	req, err := c.server.Spec.Unpack(body)
	if err != nil {
		c.server.report(c.wire.RemoteAddr(), fmt.Errorf("message of %d bytes: %w", len(body), err))
		return
	}
	if !req.MTI().IsRequest() {
		c.server.report(c.wire.RemoteAddr(), fmt.Errorf("%v: message type %s is no request", keyOf(req), req.MTI()))
		return // to answer an answer could go on for ever
	}
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return // it was never begun; the terminal will reverse it
	}
	c.start(work, func() {
		defer func() { <-c.slots }()
		if err := c.answer(work, req, route); err != nil {
			c.server.report(c.wire.RemoteAddr(), fmt.Errorf("%v: %w", keyOf(req), err))
		}
	})
}

// start gives a job to a worker of the connection, to a new one where none waits. A worker
// stays for the next job: its stack has grown to what a handler needs, and growing one costs
// more than many an answer. A slot is taken for the job, so where there are as many workers
// as slots one of them is about to wait.
func (c *serverConn) start(work context.Context, job func()) {
	if c.workers == cap(c.slots) {
		select {
		case c.jobs <- job:
		case <-work.Done():
		}
		return
	}
	select {
	case c.jobs <- job:
	default:
		c.workers++
		c.work.Go(func() {
			for ; job != nil; job = <-c.jobs {
				job()
			}
		})
	}
}

// answer asks the Handler and writes what it says.
func (c *serverConn) answer(work context.Context, req *iso8583.Message, route Framing) error {
	if own, ok := c.server.Handler.(Replier); ok {
		return own.Reply(work, req, &ReplyWriter{conn: c, route: route, work: work})
	}
	answer, err := c.server.Handler.ServeISO(work, req)
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	if answer == nil {
		return nil
	}
	w := ReplyWriter{conn: c, route: route, work: work}
	return w.Send(answer)
}

// write sends one answer, of which the tap sees body. A write that fails ends the
// connection.
func (c *serverConn) write(work context.Context, body, frame []byte) error {
	ctx, cancel := context.WithTimeout(work, cmp.Or(max(0, c.server.WriteTimeout), DefaultWriteTimeout))
	defer cancel()
	if err := c.wire.lock(ctx); err != nil {
		return fmt.Errorf("answer %w: %w", ErrNotSent, err)
	}
	defer c.wire.unlock()
	if len(body) > 0 {
		c.server.tap.see(Sent, body)
	}
	if err := c.wire.send(ctx, frame); err != nil {
		_ = c.wire.Close()
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}
