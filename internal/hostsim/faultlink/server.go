package faultlink

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
)

// Host answers requests under orders, as [hostsim.Host] does.
type Host interface {
	ServeOrdered(ctx context.Context, req *iso8583.Message, o hostsim.Orders) (*iso8583.Message, error)
}

// Fates decides what becomes of each message. It is called from many goroutines at once,
// once for each request, in the order in which they are taken up.
type Fates interface {
	Decide(m faultscript.Message) faultscript.Fate
}

// FatesFunc is a function as Fates.
type FatesFunc func(m faultscript.Message) faultscript.Fate

// Decide calls f.
func (f FatesFunc) Decide(m faultscript.Message) faultscript.Fate { return f(m) }

// Config says whose answers meet which fates. Host and Fates must be set, and Spec and
// Framing for Serve; everything else may be left zero.
type Config struct {
	Host    Host
	Fates   Fates
	Spec    *iso8583.Spec
	Framing link.Framing

	// Listen opens the listener again when the host comes back from being down. Nil
	// listens by TCP at the address of the first one.
	Listen func(ctx context.Context) (net.Listener, error)

	// Since is the time since the host began to serve, for the windows of rules. Nil
	// counts from New.
	Since func() time.Duration

	// Sleep waits for a delay, or until ctx ends, of which it returns the error. Nil
	// waits by a timer.
	Sleep func(ctx context.Context, d time.Duration) error

	// Told gets each fault when it is done, the moment before its answer leaves if it
	// does. It is called from many goroutines at once; nil drops them.
	Told func(Done)

	// Report gets what went wrong beside the faults, as link.Server.Report does. What
	// the faults broke themselves is not told.
	Report func(error)
}

// Done is a fault that was done. It holds no card number that prints.
type Done struct {
	Message faultscript.Message
	Fate    faultscript.Fate
	NoMAC   bool // its MAC was to be wrong, and the answer has none
}

// Server is a host between whose answers and whose terminals there are faults. It is
// safe for concurrent use.
type Server struct {
	cfg  Config
	turn turn

	mu   sync.Mutex
	gate *gate // while Serve runs
}

// New makes a server.
func New(cfg Config) *Server {
	if cfg.Since == nil {
		begun := time.Now()
		cfg.Since = func() time.Duration { return time.Since(begun) }
	}
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	if cfg.Told == nil {
		cfg.Told = func(Done) {}
	}
	if cfg.Report == nil {
		cfg.Report = func(error) {}
	}
	return &Server{cfg: cfg}
}

// Serve answers the terminals that connect to ln until ctx ends, and closes ln. Delays
// end with ctx, and their answers are lost. A Server serves one listener at a time.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	g := newGate(ctx, ln, s.cfg)
	s.mu.Lock()
	s.gate = g
	s.mu.Unlock()
	server := &link.Server{Spec: s.cfg.Spec, Framing: s.cfg.Framing, Handler: &replier{server: s, ctx: ctx}, Report: s.report}
	return server.Serve(ctx, g)
}

// Down cuts every connection and refuses new ones for so long. It does nothing where
// Serve does not run.
func (s *Server) Down(d time.Duration) {
	s.mu.Lock()
	g := s.gate
	s.mu.Unlock()
	if g != nil {
		g.down(d)
	}
}

// report leaves out what the faults broke themselves.
func (s *Server) report(err error) {
	if !errors.Is(err, net.ErrClosed) {
		s.cfg.Report(err)
	}
}

// ServeISO answers a message where there is no connection. An answer that the connection
// would have spoilt or cut is no answer.
func (s *Server) ServeISO(ctx context.Context, req *iso8583.Message) (*iso8583.Message, error) {
	w := &handed{spec: req.Spec()}
	err := s.Reply(ctx, req, w)
	return w.answer, err
}

// Reply decides the fate of a request and plays it.
func (s *Server) Reply(ctx context.Context, req *iso8583.Message, w Wire) error {
	m := Describe(req)
	m.At = s.cfg.Since()
	return s.Play(ctx, req, s.cfg.Fates.Decide(m), w)
}

// replier is the server as the handler of a link: its waiting ends with the serving, and
// not only when a closing link has run out of patience.
type replier struct {
	server *Server
	ctx    context.Context //nolint:containedctx // of the one call to Serve that it is made in
}

// ServeISO implements link.Handler.
func (r *replier) ServeISO(ctx context.Context, req *iso8583.Message) (*iso8583.Message, error) {
	return r.server.ServeISO(ctx, req)
}

// Reply implements link.Replier.
func (r *replier) Reply(ctx context.Context, req *iso8583.Message, w *link.ReplyWriter) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(r.ctx, cancel)()
	return r.server.Reply(ctx, req, w)
}

// sleep waits by a timer.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var (
	_ Fates        = FatesFunc(nil)
	_ Host         = (*hostsim.Host)(nil)
	_ link.Replier = (*replier)(nil)
	_ link.Handler = (*Server)(nil)
	_ Wire         = (*link.ReplyWriter)(nil)
)
