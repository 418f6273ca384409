package link_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
)

// replier is a Replier of a function; its ServeISO must not be called.
type replier func(ctx context.Context, req *iso8583.Message, w *link.ReplyWriter) error

func (f replier) ServeISO(context.Context, *iso8583.Message) (*iso8583.Message, error) {
	return nil, errors.New("a replier was asked for its answer")
}

func (f replier) Reply(ctx context.Context, req *iso8583.Message, w *link.ReplyWriter) error {
	return f(ctx, req, w)
}

// replying serves a replier that is also given the answer that a host would give.
func replying(t *testing.T, report func(error), reply func(answer *iso8583.Message, w *link.ReplyWriter) error) (addr string, sent *inbox[int]) {
	t.Helper()
	sent = &inbox[int]{}
	host := linktest.Approver(spec(t))
	server := &link.Server{
		Spec: spec(t), Framing: link.Binary2(), Report: report,
		Tap: func(d link.Direction, body []byte) {
			if d == link.Sent {
				sent.put(len(body))
			}
		},
		Handler: replier(func(ctx context.Context, req *iso8583.Message, w *link.ReplyWriter) error {
			answer, err := host.ServeISO(ctx, req)
			if err != nil {
				return err
			}
			return reply(answer, w)
		}),
	}
	return serve(t, server), sent
}

func unreported(t *testing.T) func(error) {
	return func(err error) { t.Errorf("reported: %v", err) }
}

// dialReplier connects with inboxes for what answers nothing.
func dialReplier(t *testing.T, addr string) (c *link.Client, strays *inbox[string], garbled *inbox[error]) {
	t.Helper()
	strays, garbled = &inbox[string]{}, &inbox[error]{}
	c, err := link.Dial(soon(t), addr, link.ClientConfig{
		Spec: spec(t), Framing: link.Binary2(), Garbled: garbled.put,
		Unmatched: func(m *iso8583.Message) { strays.put(string(m.MTI()) + m.Value("11")) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, strays, garbled
}

func TestReplierSendsSeveral(t *testing.T) {
	noLeaks(t)
	addr, sent := replying(t, unreported(t), func(answer *iso8583.Message, w *link.ReplyWriter) error {
		return errors.Join(w.Send(answer), w.Send(answer))
	})
	client, strays, _ := dialReplier(t, addr)
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1)); err != nil {
		t.Fatal(err)
	}
	if got := strays.await(t, 1); got[0] != "0210000001" {
		t.Errorf("unmatched is %v", got)
	}
	if n := len(sent.all()); n != 2 {
		t.Errorf("the tap saw %d messages, want 2", n)
	}
}

func TestReplierIsSilent(t *testing.T) {
	noLeaks(t)
	addr, _ := replying(t, unreported(t), func(*iso8583.Message, *link.ReplyWriter) error { return nil })
	client, _, _ := dialReplier(t, addr)
	if _, err := client.RoundTrip(within(t, unanswered), request(t, "0200", "TERM0001", 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want a deadline", err)
	}
}

// A body that is no message costs that message; the connection goes on.
func TestReplierSendsAnyBody(t *testing.T) {
	noLeaks(t)
	addr, _ := replying(t, unreported(t), func(answer *iso8583.Message, w *link.ReplyWriter) error {
		return errors.Join(w.SendBody([]byte("no message")), w.Send(answer))
	})
	client, _, garbled := dialReplier(t, addr)
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1)); err != nil {
		t.Fatal(err)
	}
	garbled.await(t, 1)
}

// Half a frame and then the end of the connection, of which the server says nothing.
func TestReplierHangsUpMidFrame(t *testing.T) {
	noLeaks(t)
	addr, sent := replying(t, unreported(t), func(answer *iso8583.Message, w *link.ReplyWriter) error {
		body, err := answer.Pack()
		if err != nil {
			return err
		}
		frame, err := w.Frame(body)
		if err != nil {
			return err
		}
		if !bytes.HasSuffix(frame, body) || len(frame) != len(body)+2 {
			t.Errorf("a frame of %d bytes around %d", len(frame), len(body))
		}
		defer w.Hangup()
		return w.SendRaw(frame[:20])
	})
	client, _, garbled := dialReplier(t, addr)
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1)); !errors.Is(err, link.ErrLinkLost) {
		t.Errorf("got %v, want a lost link", err)
	}
	garbled.await(t, 1)
	if n := len(sent.all()); n != 0 {
		t.Errorf("the tap saw %d messages, want none: half of one is none", n)
	}
}

// The error of a replier is reported with its request, and what was sent has gone.
func TestReplierFails(t *testing.T) {
	noLeaks(t)
	var reported inbox[error]
	failure := errors.New("the ledger is full")
	addr, _ := replying(t, reported.put, func(answer *iso8583.Message, w *link.ReplyWriter) error {
		return errors.Join(w.Send(answer), failure)
	})
	client, _, _ := dialReplier(t, addr)
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1)); err != nil {
		t.Fatal(err)
	}
	if got := reported.await(t, 1); !errors.Is(got[0], failure) {
		t.Errorf("reported %v", got)
	}
}

// twice answers everything two times, as a host does whose line echoes.
type twice struct{ link.Handler }

// Reply implements link.Replier.
func (h twice) Reply(ctx context.Context, req *iso8583.Message, w *link.ReplyWriter) error {
	answer, err := h.ServeISO(ctx, req)
	if err != nil || answer == nil {
		return err
	}
	return errors.Join(w.Send(answer), w.Send(answer))
}

// A host for tests says everything twice.
func ExampleReplier() {
	spec, err := dialect.ISO87ASCII()
	if err != nil {
		fmt.Println(err)
		return
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &link.Server{Spec: spec, Framing: link.Binary2(), Handler: twice{linktest.Approver(spec)}}
	go func() { _ = server.Serve(context.Background(), ln) }()
	defer func() { _ = server.Close() }()

	echoes := make(chan iso8583.MTI, 1)
	client, err := link.Dial(context.Background(), ln.Addr().String(), link.ClientConfig{
		Spec: spec, Framing: link.Binary2(), Unmatched: func(m *iso8583.Message) { echoes <- m.MTI() },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()

	sale := spec.NewMessage("0200")
	_ = sale.Set("11", "000001")
	_ = sale.Set("41", "TERM0001")
	answer, err := client.RoundTrip(context.Background(), sale)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("answer:", answer.MTI(), answer.Value("39"))
	fmt.Println("and once more, for nobody:", <-echoes)
	// Output:
	// answer: 0210 00
	// and once more, for nobody: 0210
}
