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

	"github.com/tillworks/till/pkg/iso8583"
)

// ClientConfig says how to speak to a host. Spec and Framing must be set; everything
// else may be left zero.
type ClientConfig struct {
	Spec    *iso8583.Spec // how answers are read; requests pack by their own
	Framing Framing

	// TLS, if set, is spoken from the first byte. Its ServerName is the host of the
	// address where it is empty. Versions below 1.2 are refused, and so is
	// InsecureSkipVerify to anything but loopback, unless VerifyConnection or
	// VerifyPeerCertificate checks the certificate in its place.
	TLS *tls.Config

	// MaxFrame is the longest frame body taken and sent, in bytes; 0 is
	// DefaultMaxFrame.
	MaxFrame int

	// Unmatched gets every message that is the answer to no request in flight: late
	// answers, second answers, answers for another terminal, and what the host says
	// of itself. Each comes once. Nil drops them.
	//
	// Unmatched and Garbled are called in the order of arrival, from one goroutine
	// that is neither the reader's nor a caller's: they may call RoundTrip and Send,
	// and must not call Close, which waits for them. Where an owner is so slow that 64
	// more have come, the reading waits for it, and answers with it.
	Unmatched func(*iso8583.Message)

	// Garbled gets an error for every frame that holds no message of Spec, and for
	// bytes that are no frame; the latter end the link. Neither is an answer to
	// anything. The error holds no value of any field. Nil drops them.
	Garbled func(error)

	// Tap sees each message, in clear, as it is about to be written and as it was
	// read, without its framing: see "Taps" in the package documentation. It is
	// called from one goroutine at a time, in the order of the wire for each
	// direction, and the link waits for it. It must not change the bytes.
	Tap func(Direction, []byte)

	// DialContext, if set, makes the connection in the place of a net.Dialer: for a
	// source address, a proxy, a test. What its Write returns is relied on to tell
	// ErrNotSent from ErrLinkLost.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Client is one connection to a host, shared by any number of goroutines. When the
// connection breaks the Client is done for: its owner, who knows what was in flight,
// dials another.
type Client struct {
	cfg     ClientConfig
	framing Framing
	wire    *wire
	flights flights
	tap     tap
	down    chan struct{}
	strays  chan stray
	done    sync.WaitGroup
}

// stray is something read that no caller of RoundTrip gets.
type stray struct {
	message *iso8583.Message // nil: err says what was read
	err     error
}

// strayRoom is how many strays wait for their owner before the reader waits too.
const strayRoom = 64

// Dial connects to addr, a host and port of TCP, within ctx, and completes the TLS
// handshake if there is to be one. No request having been made, its errors wrap
// ErrNotSent. The Client must be closed.
func Dial(ctx context.Context, addr string, cfg ClientConfig) (*Client, error) {
	if cfg.Spec == nil || cfg.Framing == nil {
		return nil, fmt.Errorf("%w: dial %s: the configuration lacks a spec or a framing", ErrNotSent, addr)
	}
	w, err := dialWire(ctx, addr, cfg)
	if err != nil {
		return nil, fmt.Errorf("%w: dial %s: %w", ErrNotSent, addr, err)
	}
	c := &Client{
		cfg:     cfg,
		framing: Limit(cfg.Framing, cfg.MaxFrame),
		wire:    w,
		tap:     tap{fn: cfg.Tap},
		down:    make(chan struct{}),
		strays:  make(chan stray, strayRoom),
	}
	c.done.Go(c.read)
	c.done.Go(c.handOver)
	return c, nil
}

// RoundTrip sends a request and returns its answer: the message whose MTI is a
// response of the same version and class, and whose fields 41 and 11 are the
// request's. What else the answer says is not looked at.
//
// The request must be a request by its MTI, have a field 11, and not change while
// RoundTrip runs. Without an answer the error is one of
//
//   - ErrNotSent: not one byte left. Beside it stands why: ErrInFlight, the context's
//     error, net.ErrClosed after Close, what broke the link earlier, or the field that
//     does not pack.
//   - ErrLinkLost: the link broke after the writing began. The host may have it.
//   - the context's error, without ErrNotSent: it was written whole, and no answer came
//     in time. The host may have it; an answer that comes later goes to Unmatched.
//
// RoundTrip returns when ctx ends, and at most a second later where the host takes no
// bytes just then: the link is then given up.
//
// A key is free again when RoundTrip has returned. Only a repeat of the same message
// should use it again: a late answer to the first is then taken for the repeat's.
func (c *Client) RoundTrip(ctx context.Context, req *iso8583.Message) (*iso8583.Message, error) {
	k := keyOf(req)
	answer, err := c.exchange(ctx, k, req)
	if err != nil {
		return nil, fmt.Errorf("%v: %w", k, err)
	}
	return answer, nil
}

// Send writes a message and waits for nothing: an answer to what the host asked by
// itself, such as its echo test. Errors are as for RoundTrip.
func (c *Client) Send(ctx context.Context, m *iso8583.Message) error {
	body, err := m.Pack()
	if err == nil {
		err = c.write(ctx, body)
	} else {
		err = fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	if err != nil {
		return fmt.Errorf("%v: %w", keyOf(m), err)
	}
	return nil
}

// Close ends the link. Requests in flight get ErrLinkLost. It returns when both
// goroutines of the Client have ended and every stray has been handed over; it may be
// called often and from anywhere but the owner's callbacks.
func (c *Client) Close() error {
	err := c.fail(net.ErrClosed)
	c.done.Wait()
	return err
}

// Done is closed when the link is down, by Close or because it broke.
func (c *Client) Done() <-chan struct{} { return c.down }

// Err is why the link is down, nil while it is up: net.ErrClosed after Close.
func (c *Client) Err() error { return c.flights.cause() }

// exchange is RoundTrip without the name of the request in its errors.
func (c *Client) exchange(ctx context.Context, k key, req *iso8583.Message) (*iso8583.Message, error) {
	body, err := packRequest(k, req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	fl, err := c.flights.start(k)
	if err != nil {
		return nil, err
	}
	if err := c.write(ctx, body); err != nil {
		return c.settle(k, fl, err)
	}
	select {
	case out := <-fl:
		return out.answer, out.err
	case <-ctx.Done():
		return c.settle(k, fl, fmt.Errorf("no answer: %w", ctx.Err()))
	}
}

// settle ends a flight with err, unless its answer won the race: an answer that was
// taken off the wire for this request goes to its caller and to nobody else.
func (c *Client) settle(k key, fl flight, err error) (*iso8583.Message, error) {
	if c.flights.forget(k, fl) {
		return nil, err
	}
	if out := <-fl; out.answer != nil {
		return out.answer, nil
	}
	return nil, err
}

// packRequest refuses what could never be matched with an answer.
func packRequest(k key, req *iso8583.Message) ([]byte, error) {
	if !req.MTI().IsRequest() {
		return nil, fmt.Errorf("message type %s is no request", req.MTI())
	}
	if k.stan == "" {
		return nil, errors.New("no field 11: an answer could not be told from others")
	}
	return req.Pack()
}

// write frames a message and sends it. A write that fails ends the link.
func (c *Client) write(ctx context.Context, body []byte) error {
	frame, err := framed(c.framing, body)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	if err := c.wire.lock(ctx); err != nil {
		return fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	defer c.wire.unlock()
	if err := cmp.Or(c.Err(), ctx.Err()); err != nil {
		return fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	c.tap.see(Sent, body)
	err = c.wire.send(ctx, frame)
	if err != nil {
		// As text: what this request may say of itself is not true of the others.
		_ = c.fail(fmt.Errorf("a write failed: %v", err)) //nolint:errorlint // not wrapped on purpose, see above
	}
	return err
}

// read is the reader goroutine: it alone takes frames off the wire.
func (c *Client) read() {
	defer close(c.strays)
	r := bufio.NewReader(c.wire)
	for {
		body, err := c.framing.ReadFrame(r)
		switch {
		case err == nil:
			c.receive(body)
		case errors.Is(err, ErrFrameSkipped):
			c.strays <- stray{err: err}
		default:
			c.hangUp(err)
			return
		}
	}
}

// receive takes one message to whom it belongs.
func (c *Client) receive(body []byte) {
	if len(body) == 0 {
		return // a keep-alive
	}
	c.tap.see(Received, body)
	m, err := c.cfg.Spec.Unpack(body)
	if err != nil {
		c.strays <- stray{err: fmt.Errorf("message of %d bytes: %w", len(body), err)}
		return
	}
	if m.MTI().IsResponse() && c.flights.land(keyOf(m), m) {
		return
	}
	c.strays <- stray{message: m}
}

// hangUp ends the link for what the reader met: the host's end of it, a fault of the
// connection, or bytes that are no whole frame, which the owner is told of.
func (c *Client) hangUp(err error) {
	garbled := errors.Is(err, ErrFrame) || errors.Is(err, io.ErrUnexpectedEOF)
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("closed by the other side: %w", err)
	}
	_ = c.fail(err)
	if garbled {
		c.strays <- stray{err: err}
	}
}

// fail takes the link down, once.
func (c *Client) fail(cause error) error {
	if !c.flights.ground(cause) {
		return nil
	}
	close(c.down)
	if err := c.wire.Close(); err != nil {
		return fmt.Errorf("close link: %w", err)
	}
	return nil
}

// handOver is the goroutine of the owner's callbacks.
func (c *Client) handOver() {
	for s := range c.strays {
		switch {
		case s.message != nil && c.cfg.Unmatched != nil:
			c.cfg.Unmatched(s.message)
		case s.message == nil && c.cfg.Garbled != nil:
			c.cfg.Garbled(s.err)
		}
	}
}

// dialWire makes the connection, with TLS on it if there is to be any.
func dialWire(ctx context.Context, addr string, cfg ClientConfig) (*wire, error) {
	dial := cfg.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	conn, err := dial(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	w := newWire(conn)
	if cfg.TLS == nil {
		return w, nil
	}
	if err := w.encrypt(ctx, addr, cfg.TLS); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return w, nil
}

// encrypt puts the client's side of TLS on the wire.
func (w *wire) encrypt(ctx context.Context, addr string, cfg *tls.Config) error {
	if err := checkTLS(cfg, w.raw.RemoteAddr()); err != nil {
		return err
	}
	if cfg.ServerName == "" {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return fmt.Errorf("tls: name of the server: %w", err)
		}
		cfg = cfg.Clone()
		cfg.ServerName = host
	}
	conn := tls.Client(w.raw, cfg)
	if err := conn.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("tls handshake: %w", err)
	}
	w.Conn = conn
	return nil
}
