package link

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
)

// Handler answers requests. Server calls it from many goroutines at once.
type Handler interface {
	// ServeISO returns the answer to req, or nil for silence. An error is silence too,
	// and goes to Server.Report: a host that cannot tell what became of a request
	// must not guess, and its terminal will reverse.
	//
	// req is a request by its MTI, and the handler's own. The answer is packed after the return and must not
	// be changed any more. The context does not end when the terminal goes away (what
	// it asked for is done all the same), but when the grace of a closing server has
	// run out.
	ServeISO(ctx context.Context, req *iso8583.Message) (*iso8583.Message, error)
}

// HandlerFunc is a function as a Handler.
type HandlerFunc func(ctx context.Context, req *iso8583.Message) (*iso8583.Message, error)

// ServeISO calls f.
func (f HandlerFunc) ServeISO(ctx context.Context, req *iso8583.Message) (*iso8583.Message, error) {
	return f(ctx, req)
}

// What a Server uses where its fields are zero.
const (
	DefaultConcurrency      = 64
	DefaultGrace            = 5 * time.Second
	DefaultWriteTimeout     = 10 * time.Second
	DefaultHandshakeTimeout = 10 * time.Second
)

// Server takes connections of terminals and answers what they ask. Spec, Framing and
// Handler must be set; the fields must not be changed after the first Serve.
type Server struct {
	Spec    *iso8583.Spec // how requests are read; answers pack by their own
	Framing Framing       // where it is Routed, an answer is sent back the way its request came
	Handler Handler       // a Replier sends its answers itself

	// TLS, if set, is spoken on every connection; versions below 1.2 are refused. Set
	// its ClientAuth and ClientCAs to know the terminals by their certificates.
	TLS *tls.Config

	// MaxFrame is the longest frame body taken and sent, in bytes; 0 is
	// DefaultMaxFrame.
	MaxFrame int

	// Concurrency is how many requests of one connection are with the Handler at a
	// time; 0 is DefaultConcurrency. Further ones are left in the network until one
	// is done. Answers leave in the order in which they are ready; 1 keeps the order
	// of the requests.
	Concurrency int

	// Grace is how long a closing server lets handlers go on before it ends their
	// context and cuts the connections; 0 is DefaultGrace.
	Grace time.Duration

	// WriteTimeout is how long a terminal may take to accept one answer before its
	// connection is cut; 0 is DefaultWriteTimeout.
	WriteTimeout time.Duration

	// HandshakeTimeout is how long a terminal may take over the TLS handshake; 0 is
	// DefaultHandshakeTimeout.
	HandshakeTimeout time.Duration

	// Report gets what went wrong, one connection or one message at a time: frames
	// that hold no message, messages that are no request, connections that broke
	// within a frame, handshakes that failed, errors of the Handler. The error begins with the remote address and
	// holds no value of any field. It is called from many goroutines at once. Nil
	// drops them.
	Report func(error)

	// Tap sees each message, in clear, as it was read and as it is about to be
	// written, without its framing: see "Taps" in the package documentation. It is
	// called from one goroutine at a time for the whole Server, which waits for it.
	// It must not change the bytes.
	Tap func(Direction, []byte)

	once  sync.Once
	tap   tap
	end   context.CancelFunc // ends every Serve
	ended context.Context    // by end

	mu      sync.Mutex
	serving sync.WaitGroup
}

// Serve takes connections from ln until ctx ends or Close is called, and closes ln in
// any case. Then it reads no further request, waits Grace for the handlers at work and
// their answers, cuts the connections, and returns nil when every goroutine that it
// started has ended: a Handler must heed its context, or Serve waits for it.
//
// The error is one of configuration, or of a listener that would accept no more. Serve
// may be called for several listeners; after Close it returns at once.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	defer func() { _ = ln.Close() }() // a second close of it is what its error would tell
	if err := s.check(); err != nil {
		return fmt.Errorf("serve %v: %w", ln.Addr(), err)
	}
	if !s.enter() {
		return nil
	}
	defer s.serving.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ended, cancel)()

	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var conns sync.WaitGroup
	err := s.accept(ctx, ln, func(conn net.Conn) {
		conns.Go(func() { s.serveConn(ctx, work, conn) })
	})
	cancel() // a listener that failed takes its connections with it
	defer time.AfterFunc(s.grace(), stop).Stop()
	conns.Wait()
	return err
}

// Close ends every Serve as the end of its context does, and returns when they have
// returned. It must not be called from a Handler, which they wait for.
func (s *Server) Close() error {
	s.prepare()
	s.mu.Lock()
	s.end()
	s.mu.Unlock()
	s.serving.Wait()
	return nil
}

// enter counts one Serve in, unless the server is closed: under the lock, so that
// Close does not begin to wait between the question and the counting.
func (s *Server) enter() bool {
	s.prepare()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended.Err() != nil {
		return false
	}
	s.serving.Add(1)
	return true
}

// prepare makes what the zero Server lacks.
func (s *Server) prepare() {
	s.once.Do(func() {
		s.tap.fn = s.Tap
		s.ended, s.end = context.WithCancel(context.Background())
	})
}

func (s *Server) check() error {
	switch {
	case s.Spec == nil:
		return errors.New("the server lacks a spec")
	case s.Framing == nil:
		return errors.New("the server lacks a framing")
	case s.Handler == nil:
		return errors.New("the server lacks a handler")
	case s.TLS != nil:
		return checkTLS(s.TLS, nil)
	}
	return nil
}

// A listener may fail acceptTries times in a row, with pauses that grow up to
// acceptPause, before it is given up: one second and a half in all.
const (
	acceptTries = 10
	acceptPause = 200 * time.Millisecond
)

// accept hands on connections until ctx ends. A listener out of file descriptors is
// tried again: when a connection ends there is one.
func (s *Server) accept(ctx context.Context, ln net.Listener, to func(net.Conn)) error {
	defer context.AfterFunc(ctx, func() { _ = ln.Close() })()
	failures := 0
	for {
		conn, err := ln.Accept()
		if err == nil {
			failures = 0
			to(conn)
			continue
		}
		if ctx.Err() != nil {
			return nil
		}
		if failures++; failures == acceptTries || errors.Is(err, net.ErrClosed) {
			return fmt.Errorf("accept on %v: %w", ln.Addr(), err)
		}
		s.report(ln.Addr(), err)
		pause(ctx, min(acceptPause, 5*time.Millisecond<<failures))
	}
}

// pause sleeps, or less where ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// report tells of an error with the place that it came from.
func (s *Server) report(place net.Addr, err error) {
	if s.Report != nil {
		s.Report(fmt.Errorf("%v: %w", place, err))
	}
}

func (s *Server) grace() time.Duration { return cmp.Or(max(0, s.Grace), DefaultGrace) }

var _ Handler = HandlerFunc(nil)
