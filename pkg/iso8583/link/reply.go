package link

import (
	"context"
	"fmt"
	"net"

	"github.com/tillworks/till/pkg/iso8583"
)

// Replier is a Handler that sends its answers itself: none, one or several, bytes that
// are no message, half a frame, the end of the connection. Hosts for tests need that;
// others are better off with ServeISO alone. Where Server.Handler is a Replier, Reply is
// called in the place of ServeISO, which is for those who have no connection to offer.
type Replier interface {
	Handler

	// Reply does with req what it will and writes to w. What is true of ServeISO is
	// true of it: of its context, its request and its error, except that an error says
	// nothing of what was written before.
	Reply(ctx context.Context, req *iso8583.Message, w *ReplyWriter) error
}

// ReplyWriter writes to the terminal that a request came from. It is good until Reply
// returns. Each of its calls writes a whole piece, with nothing of other answers on the
// connection in between; a write that fails ends the connection.
type ReplyWriter struct {
	conn  *serverConn
	route Framing
	work  context.Context // bounds a write beside the caller's
}

// Send writes a message, framed and addressed as an answer of Handler.ServeISO is. It
// may be called many times, also with messages that nobody asked for.
func (w *ReplyWriter) Send(m *iso8583.Message) error {
	body, err := m.Pack()
	if err != nil {
		return fmt.Errorf("pack answer: %w", err)
	}
	return w.SendBody(body)
}

// SendBody writes a frame whose body is these bytes, whatever they are. The Tap of the
// server sees them.
func (w *ReplyWriter) SendBody(body []byte) error {
	frame, err := w.Frame(body)
	if err != nil {
		return err
	}
	return w.conn.write(w.work, body, frame)
}

// Frame is the frame in which SendBody would write body: its length, the addresses of
// the way back, the body.
func (w *ReplyWriter) Frame(body []byte) ([]byte, error) {
	frame, err := framed(w.route, body)
	if err != nil {
		return nil, fmt.Errorf("frame answer: %w", err)
	}
	return frame, nil
}

// SendRaw writes bytes as they are, without a frame around them. The Tap of the server
// does not see them: they need not be a message.
func (w *ReplyWriter) SendRaw(raw []byte) error { return w.conn.write(w.work, nil, raw) }

// RemoteAddr is where the terminal, or the concentrator before it, is.
func (w *ReplyWriter) RemoteAddr() net.Addr { return w.conn.wire.RemoteAddr() }

// Hangup ends the connection, and with it every other request of it that waits for its
// answer. What was written before has left; the server reads no more from it.
func (w *ReplyWriter) Hangup() {
	w.conn.hungUp.Store(true)
	_ = w.conn.wire.Close() // a second closing is what its error would tell
}
