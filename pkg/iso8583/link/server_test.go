package link_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
)

func approving(t testing.TB) *link.Server {
	t.Helper()
	return &link.Server{Spec: spec(t), Framing: link.Binary2(), Handler: linktest.Approver(spec(t))}
}

func dialServer(t testing.TB, addr string, framing link.Framing) *link.Client {
	t.Helper()
	client, err := link.Dial(soon(t), addr, link.ClientConfig{Spec: spec(t), Framing: framing})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestServer(t *testing.T) {
	for name, framing := range framings(t) {
		t.Run(name, func(t *testing.T) {
			noLeaks(t)
			server := approving(t)
			server.Framing = framing
			client := dialServer(t, serve(t, server), framing)
			answer, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1))
			if err != nil || answer.Value("39") != "00" {
				t.Errorf("got %v, %v", answer, err)
			}
		})
	}
}

// Many at once, over few connections and many, and everybody gets his own.
func TestServerConcurrently(t *testing.T) {
	for _, connections := range []int{1, 20} {
		t.Run(fmt.Sprintf("connections=%d", connections), func(t *testing.T) {
			noLeaks(t)
			const requests = 200
			addr := serve(t, approving(t))
			var clients []*link.Client
			for range connections {
				clients = append(clients, dialServer(t, addr, link.Binary2()))
			}
			var wg sync.WaitGroup
			for i := range requests {
				wg.Go(func() {
					terminal, stan := fmt.Sprintf("TERM%04d", i%7), i/7+1
					answer, err := clients[i%connections].RoundTrip(soon(t), request(t, "0200", terminal, stan))
					if err != nil {
						t.Error(err)
						return
					}
					if got := strings.TrimSpace(answer.Value("41")) + answer.Value("11"); got != fmt.Sprintf("%s%06d", terminal, stan) {
						t.Errorf("%s %d got the answer of %s", terminal, stan, got)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestServerConcurrencyIsBounded(t *testing.T) {
	noLeaks(t)
	var atWork, most atomic.Int64
	release := make(chan struct{})
	server := approving(t)
	server.Concurrency = 3
	approver := server.Handler
	server.Handler = link.HandlerFunc(func(ctx context.Context, req *iso8583.Message) (*iso8583.Message, error) {
		n := atWork.Add(1)
		for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
		}
		<-release
		atWork.Add(-1)
		return approver.ServeISO(ctx, req)
	})
	client := dialServer(t, serve(t, server), link.Binary2())
	var wg sync.WaitGroup
	for stan := 1; stan <= 12; stan++ {
		wg.Go(func() {
			if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", stan)); err != nil {
				t.Error(err)
			}
		})
	}
	eventually(t, "three at work", func() bool { return atWork.Load() == 3 })
	time.Sleep(20 * time.Millisecond) // a fourth would have come by now
	close(release)
	wg.Wait()
	if most.Load() != 3 {
		t.Errorf("%d at work at once, want 3", most.Load())
	}
}

func TestServerSilence(t *testing.T) {
	noLeaks(t)
	var reports inbox[error]
	failure := errors.New("the ledger is locked")
	server := approving(t)
	server.Report = reports.put
	server.Handler = link.HandlerFunc(func(_ context.Context, req *iso8583.Message) (*iso8583.Message, error) {
		if req.Value("11") == "000001" {
			return nil, nil
		}
		return req, failure
	})
	client := dialServer(t, serve(t, server), link.Binary2())
	for stan := 1; stan <= 2; stan++ {
		if _, err := client.RoundTrip(within(t, unanswered), request(t, "0200", "TERM0001", stan)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("request %d: %v, want silence", stan, err)
		}
	}
	if got := reports.await(t, 1); !errors.Is(got[0], failure) || !strings.Contains(got[0].Error(), "000002") {
		t.Errorf("reported: %v, want the error of the second alone", got)
	}
}

// A request that ends early, at every byte, reaches no handler and is reported.
func TestHalfRequestAtEveryByte(t *testing.T) {
	noLeaks(t)
	var reports inbox[error]
	server := approving(t)
	server.Report = reports.put
	server.Handler = link.HandlerFunc(func(context.Context, *iso8583.Message) (*iso8583.Message, error) {
		t.Error("the handler was called")
		return nil, nil
	})
	addr := serve(t, server)
	frame := wireOf(t, request(t, "0200", "TERM0001", 1))
	for n := range len(frame) {
		before := len(reports.all())
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(frame[:n]); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if answer, err := io.ReadAll(conn); err != nil || len(answer) > 0 {
			t.Errorf("after %d bytes of %d: answered %q, %v", n, len(frame), answer, err)
		}
		_ = conn.Close()
		if n == 0 {
			continue // who hangs up between messages is not to blame
		}
		if got := reports.await(t, before+1); !errors.Is(got[before], io.ErrUnexpectedEOF) {
			t.Errorf("after %d bytes of %d: reported %v", n, len(frame), got[before])
		}
	}
	if got := len(reports.all()); got != len(frame)-1 {
		t.Errorf("%d reports, want %d", got, len(frame)-1)
	}
}

// What is no message costs its sender nothing but the answer.
func TestServerGarbage(t *testing.T) {
	noLeaks(t)
	var reports inbox[error]
	server := approving(t)
	server.Framing = link.TPDU(link.Binary2(), [5]byte{0x60})
	server.Report = reports.put
	conn, err := net.Dial("tcp", serve(t, server))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	var wire bytes.Buffer
	wire.WriteString("\x00\x02hi")                     // a frame without a tpdu
	wire.WriteString("\x00\x07\x60\x00\x00\x00\x00hi") // a tpdu without a message
	wire.WriteString("\x00\x00")                       // a keep-alive
	terminal := link.TPDU(link.Binary2(), [5]byte{0x60, 0x12, 0x34, 0x56, 0x78})
	body, err := request(t, "0200", "TERM0001", 1).Pack()
	if err != nil {
		t.Fatal(err)
	}
	if err := terminal.WriteFrame(&wire, body); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(wire.Bytes()); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	head, err := r.Peek(7)
	if err != nil {
		t.Fatal(err)
	}
	if want := unhex(t, "6056781234"); !bytes.Equal(head[2:], want) {
		t.Errorf("the answer's tpdu is %X, want the request's exchanged: %X", head[2:], want)
	}
	if body, err = terminal.ReadFrame(r); err != nil {
		t.Fatal(err)
	}
	if answer, err := spec(t).Unpack(body); err != nil || answer.MTI() != "0210" {
		t.Errorf("the request behind the garbage: %v, %v", answer, err)
	}
	if got := reports.all(); len(got) != 2 || !errors.Is(got[0], link.ErrFrameSkipped) || !strings.HasPrefix(got[1].Error(), conn.LocalAddr().String()) {
		t.Errorf("reported: %v, want the frame without a tpdu and the tpdu without a message, with their sender", got)
	}
}

// The frame that announces too much is refused before it is waited for.
func TestServerMaxFrame(t *testing.T) {
	noLeaks(t)
	var reports inbox[error]
	server := approving(t)
	server.MaxFrame = 512
	server.Report = reports.put
	conn, err := net.Dial("tcp", serve(t, server))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write([]byte{0x02, 0x01}); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(conn); err != nil || len(rest) > 0 {
		t.Errorf("got %q, %v, want the connection closed", rest, err)
	}
	if got := reports.await(t, 1); !errors.Is(got[0], link.ErrFrame) {
		t.Errorf("reported: %v", got)
	}
}

// Closing lets what was begun come to its end, and its answer go out.
func TestServerClosesGracefully(t *testing.T) {
	for name, end := range map[string]func(*link.Server, context.CancelFunc){
		"by Close":   func(s *link.Server, _ context.CancelFunc) { go func() { _ = s.Close() }() },
		"by context": func(_ *link.Server, cancel context.CancelFunc) { cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			noLeaks(t)
			begun, release := make(chan struct{}), make(chan struct{})
			server := approving(t)
			server.Grace = time.Hour // idle connections must not need it
			approver := server.Handler
			server.Handler = link.HandlerFunc(func(ctx context.Context, req *iso8583.Message) (*iso8583.Message, error) {
				close(begun)
				<-release
				if ctx.Err() != nil {
					t.Error("the handler's context ended within the grace")
				}
				return approver.ServeISO(ctx, req)
			})
			ln := listen(t)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			served := make(chan error, 1)
			go func() { served <- server.Serve(ctx, ln) }()
			client := dialServer(t, ln.Addr().String(), link.Binary2())
			answered := make(chan error, 1)
			go func() {
				_, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1))
				answered <- err
			}()
			<-begun
			end(server, cancel)
			eventually(t, "the listener to close", func() bool {
				conn, err := net.Dial("tcp", ln.Addr().String())
				if err == nil {
					_ = conn.Close()
				}
				return err != nil
			})
			select {
			case err := <-served:
				t.Fatalf("Serve returned %v before its handler did", err)
			case <-time.After(20 * time.Millisecond):
			}
			close(release)
			if err := <-answered; err != nil {
				t.Errorf("the request at work: %v", err)
			}
			if err := <-served; err != nil {
				t.Errorf("Serve returned %v", err)
			}
			<-client.Done()
		})
	}
}

// Grace ends: the handler is told by its context, and its connection is cut, whether
// or not the handler heeds it.
func TestServerGraceEnds(t *testing.T) {
	noLeaks(t)
	begun, release := make(chan struct{}), make(chan struct{})
	server := approving(t)
	server.Grace = 20 * time.Millisecond
	server.Handler = link.HandlerFunc(func(ctx context.Context, _ *iso8583.Message) (*iso8583.Message, error) {
		close(begun)
		<-ctx.Done()
		<-release
		return nil, ctx.Err()
	})
	ln := listen(t)
	served := make(chan error, 1)
	go func() { served <- server.Serve(context.Background(), ln) }()
	client := dialServer(t, ln.Addr().String(), link.Binary2())
	lost := make(chan error, 1)
	go func() {
		_, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1))
		lost <- err
	}()
	<-begun
	closed := make(chan error, 1)
	go func() { closed <- server.Close() }()
	if err := <-lost; !errors.Is(err, link.ErrLinkLost) {
		t.Errorf("the client got %v, want ErrLinkLost", err)
	}
	select {
	case <-closed:
		t.Error("Close returned before the handler did")
	case <-time.After(10 * time.Millisecond):
	}
	close(release)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve returned %v", err)
	}
}

// Two sides that answer each other's answers would go on for ever.
func TestServerAnswersNoAnswer(t *testing.T) {
	noLeaks(t)
	var reports inbox[error]
	server := approving(t)
	server.Report = reports.put
	client := dialServer(t, serve(t, server), link.Binary2())
	if err := client.Send(soon(t), request(t, "0810", "TERM0001", 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 2)); err != nil {
		t.Error(err)
	}
	if got := reports.all(); len(got) != 1 || !strings.Contains(got[0].Error(), "0810 is no request") {
		t.Errorf("reported: %v", got)
	}
}

// A request that was read and never begun is not begun by a server that closes.
func TestServerBeginsNothingWhenClosing(t *testing.T) {
	noLeaks(t)
	release := make(chan struct{})
	var read, begun atomic.Int32
	server := approving(t)
	server.Concurrency = 1
	server.Tap = func(d link.Direction, _ []byte) {
		if d == link.Received {
			read.Add(1)
		}
	}
	server.Handler = link.HandlerFunc(func(context.Context, *iso8583.Message) (*iso8583.Message, error) {
		begun.Add(1)
		<-release
		return nil, nil
	})
	client := dialServer(t, serve(t, server), link.Binary2())
	for stan := 1; stan <= 2; stan++ {
		if err := client.Send(soon(t), request(t, "0200", "TERM0001", stan)); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "both to be read and one begun", func() bool { return read.Load() == 2 && begun.Load() == 1 })
	closed := make(chan error, 1)
	go func() { closed <- server.Close() }()
	time.Sleep(20 * time.Millisecond) // for Close to reach the one that waits
	close(release)
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if begun.Load() != 1 {
		t.Error("the second was begun")
	}
}

// What a terminal asked for is done, whether or not it is there to hear of it.
func TestServerOutlivesItsClient(t *testing.T) {
	noLeaks(t)
	begun, gone, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	server := approving(t)
	server.Handler = link.HandlerFunc(func(ctx context.Context, _ *iso8583.Message) (*iso8583.Message, error) {
		close(begun)
		<-gone
		done <- ctx.Err()
		return nil, nil
	})
	client := dialServer(t, serve(t, server), link.Binary2())
	go func() { _, _ = client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1)) }()
	<-begun
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	close(gone)
	if err := <-done; err != nil {
		t.Errorf("the handler's context: %v, want none", err)
	}
}

func TestServerStaysClosed(t *testing.T) {
	server := approving(t)
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	ln := listen(t)
	if err := server.Serve(context.Background(), ln); err != nil {
		t.Errorf("Serve after Close: %v", err)
	}
	if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("its listener: %v, want it closed", err)
	}
}

func TestServerConfiguration(t *testing.T) {
	for want, change := range map[string]func(*link.Server){
		"lacks a spec":    func(s *link.Server) { s.Spec = nil },
		"lacks a framing": func(s *link.Server) { s.Framing = nil },
		"lacks a handler": func(s *link.Server) { s.Handler = nil },
	} {
		server := approving(t)
		change(server)
		if err := server.Serve(context.Background(), listen(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// A listener that fails is tried again for a while, and then given up.
func TestServerAccept(t *testing.T) {
	for _, tt := range []struct {
		failures int
		want     error
	}{{3, nil}, {1000, errBroken}} {
		t.Run(fmt.Sprintf("failures=%d", tt.failures), func(t *testing.T) {
			noLeaks(t)
			var reports inbox[error]
			server := approving(t)
			server.Report = reports.put
			ln := &failingListener{Listener: listen(t), failures: tt.failures}
			served := make(chan error, 1)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			go func() { served <- server.Serve(ctx, ln) }()
			if tt.want == nil {
				client := dialServer(t, ln.Addr().String(), link.Binary2())
				if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1)); err != nil {
					t.Error(err)
				}
				cancel()
			}
			if err := <-served; !errors.Is(err, tt.want) {
				t.Errorf("Serve returned %v, want %v", err, tt.want)
			}
			if got := reports.all(); len(got) != min(tt.failures, 9) || !errors.Is(got[0], errBroken) {
				t.Errorf("%d reports: %v", len(got), got)
			}
		})
	}
}

func TestServerTap(t *testing.T) {
	var seen []string
	var inside atomic.Int32
	server := approving(t)
	server.Tap = func(d link.Direction, body []byte) {
		if inside.Add(1) != 1 {
			t.Error("the tap is called twice at a time")
		}
		time.Sleep(time.Millisecond)
		seen = append(seen, d.String()+" "+string(body[:4]))
		inside.Add(-1)
	}
	addr := serve(t, server)
	var wg sync.WaitGroup
	for i := range 8 {
		client := dialServer(t, addr, link.Binary2())
		wg.Go(func() {
			if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", i+1)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	count := map[string]int{}
	for _, s := range seen {
		count[s]++
	}
	if count["received 0200"] != 8 || count["sent 0210"] != 8 || len(seen) != 16 {
		t.Errorf("the tap saw %v", count)
	}
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	return ln
}

type failingListener struct {
	net.Listener
	failures int
}

func (l *failingListener) Accept() (net.Conn, error) {
	if l.failures > 0 {
		l.failures--
		return nil, errBroken
	}
	return l.Listener.Accept()
}
