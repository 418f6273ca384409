package link_test

import (
	"bytes"
	"context"
	"crypto/tls"
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

func TestRoundTrip(t *testing.T) {
	for name, framing := range framings(t) {
		t.Run(name, func(t *testing.T) {
			noLeaks(t)
			host := linktest.NewHost(t, linktest.Config{Framing: framing})
			client := dial(t, host, nil)
			for stan := 1; stan <= 3; stan++ {
				answer, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", stan))
				if err != nil {
					t.Fatal(err)
				}
				if answer.MTI() != "0210" || answer.Value("39") != "00" || answer.Value("11") != fmt.Sprintf("%06d", stan) {
					t.Errorf("answer %s with 39 %s and 11 %s", answer.MTI(), answer.Value("39"), answer.Value("11"))
				}
			}
		})
	}
}

// The fault of the usual multiplexer: two terminals count their trace numbers alone,
// meet at the same one, and one gets the other's answer.
func TestTwoTerminalsOneSTAN(t *testing.T) {
	noLeaks(t)
	release := make(chan struct{})
	host := linktest.NewHost(t, linktest.Config{}, linktest.Hold(release, linktest.Answer()))
	client := dial(t, host, nil)

	var wg sync.WaitGroup
	ask := func(terminal string) {
		answer, err := client.RoundTrip(soon(t), request(t, "0200", terminal, 123))
		if err != nil {
			t.Error(err)
			return
		}
		if got := strings.TrimSpace(answer.Value("41")); got != terminal {
			t.Errorf("terminal %s got the answer of %s", terminal, got)
		}
	}
	wg.Go(func() { ask("TERM0001") })
	host.Await(1)
	wg.Go(func() { ask("TERM0002") })
	host.Await(2)
	close(release)
	wg.Wait()
}

// What tells requests apart and what does not.
func TestMatching(t *testing.T) {
	for _, tt := range []struct {
		name   string
		first  [2]string // message type, terminal
		second [2]string
		want   error
	}{
		{"same again", [2]string{"0200", "TERM0001"}, [2]string{"0200", "TERM0001"}, link.ErrInFlight},
		{"a repeat of it", [2]string{"0400", "TERM0001"}, [2]string{"0401", "TERM0001"}, link.ErrInFlight},
		{"an advice of its class", [2]string{"0200", "TERM0001"}, [2]string{"0220", "TERM0001"}, link.ErrInFlight},
		{"padded otherwise", [2]string{"0200", "TERM1"}, [2]string{"0200", "TERM1   "}, link.ErrInFlight},
		{"other class", [2]string{"0200", "TERM0001"}, [2]string{"0400", "TERM0001"}, nil},
		{"other version", [2]string{"0200", "TERM0001"}, [2]string{"1200", "TERM0001"}, nil},
		{"other terminal", [2]string{"0200", "TERM0001"}, [2]string{"0200", "TERM0002"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			noLeaks(t)
			release := make(chan struct{})
			host := linktest.NewHost(t, linktest.Config{}, linktest.Hold(release, linktest.Answer()))
			client := dial(t, host, nil)
			var wg sync.WaitGroup
			wg.Go(func() {
				if _, err := client.RoundTrip(soon(t), request(t, iso8583.MTI(tt.first[0]), tt.first[1], 1)); err != nil {
					t.Errorf("the first: %v", err)
				}
			})
			host.Await(1)
			_, err := client.RoundTrip(soon(t), request(t, iso8583.MTI(tt.second[0]), tt.second[1], 1))
			if !errors.Is(err, tt.want) || errors.Is(err, link.ErrNotSent) != (tt.want != nil) {
				t.Errorf("the second: %v, want %v", err, tt.want)
			}
			close(release)
			wg.Wait()
		})
	}
}

func TestKeyIsFreeAgain(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{}, linktest.Answer(), linktest.Silence())
	client := dial(t, host, nil)
	req := request(t, "0200", "TERM0001", 1)
	if _, err := client.RoundTrip(soon(t), req); err != nil {
		t.Fatal(err)
	}
	if _, err := client.RoundTrip(within(t, unanswered), req); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("after an answer: %v, want a deadline", err)
	}
	if _, err := client.RoundTrip(soon(t), req); err != nil {
		t.Errorf("after a deadline: %v", err)
	}
}

func TestNoAnswerInTime(t *testing.T) {
	noLeaks(t)
	host := linktest.NewHost(t, linktest.Config{}, linktest.Silence())
	client := dial(t, host, nil)
	_, err := client.RoundTrip(within(t, unanswered), request(t, "0200", "TERM0001", 1))
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, link.ErrNotSent) || errors.Is(err, link.ErrLinkLost) {
		t.Errorf("got %v, want the deadline alone", err)
	}
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 2)); err != nil {
		t.Errorf("the link after it: %v", err)
	}
}

func TestCancelWhileWaiting(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{}, linktest.Silence())
	client := dial(t, host, nil)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		_, err := client.RoundTrip(ctx, request(t, "0200", "TERM0001", 1))
		ended <- err
	}()
	host.Await(1)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) || errors.Is(err, link.ErrNotSent) {
		t.Errorf("got %v, want context.Canceled without ErrNotSent", err)
	}
}

// Everything that is no answer to a request in flight goes to the owner, once.
func TestUnmatched(t *testing.T) {
	late := make(chan struct{})
	for _, tt := range []struct {
		name string
		fate linktest.Fate
		want []string // type, terminal, trace number
	}{
		{"late answer", linktest.Hold(late, linktest.Answer()), []string{"0210 TERM0001 000001"}},
		{"late and twice", linktest.Hold(late, linktest.Duplicate()), []string{"0210 TERM0001 000001", "0210 TERM0001 000001"}},
		{"other trace number", linktest.OtherSTAN(), []string{"0210 TERM0001 000002"}},
		{"other terminal", linktest.OtherTerminal(), []string{"0210 TERM0009 000001"}},
		{"other class", linktest.Alter("other class", func(m *iso8583.Message) error { m.SetMTI("0410"); return nil }), []string{"0410 TERM0001 000001"}},
		{"a request under our key", linktest.Alter("request", func(m *iso8583.Message) error { m.SetMTI("0200"); return nil }), []string{"0200 TERM0001 000001"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			noLeaks(t)
			host := linktest.NewHost(t, linktest.Config{}, tt.fate)
			var owner inbox[string]
			client := dial(t, host, func(cfg *link.ClientConfig) {
				cfg.Unmatched = func(m *iso8583.Message) {
					owner.put(fmt.Sprintf("%s %s %s", m.MTI(), strings.TrimSpace(m.Value("41")), m.Value("11")))
				}
			})
			ctx, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			ended := make(chan error, 1)
			go func() {
				_, err := client.RoundTrip(ctx, request(t, "0200", "TERM0001", 1))
				ended <- err
			}()
			host.Await(1)
			if !strings.HasPrefix(tt.name, "late") {
				owner.await(t, len(tt.want)) // while it waits
			}
			giveUp()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want that it waited until it was given up", err)
			}
			if strings.HasPrefix(tt.name, "late") {
				late <- struct{}{}
			}
			if got := owner.await(t, len(tt.want)); fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("the owner got %q, want %q", got, tt.want)
			}
			if err := client.Close(); err != nil {
				t.Error(err)
			}
			if got := owner.all(); len(got) != len(tt.want) {
				t.Errorf("by the end the owner has %q", got)
			}
		})
	}
}

func TestDuplicateAnswer(t *testing.T) {
	noLeaks(t)
	host := linktest.NewHost(t, linktest.Config{}, linktest.Duplicate())
	var owner inbox[iso8583.MTI]
	client := dial(t, host, func(cfg *link.ClientConfig) {
		cfg.Unmatched = func(m *iso8583.Message) { owner.put(m.MTI()) }
	})
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1)); err != nil {
		t.Fatal(err)
	}
	owner.await(t, 1)
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 2)); err != nil {
		t.Fatal(err)
	}
	if got := owner.all(); len(got) != 1 || got[0] != "0210" {
		t.Errorf("the owner got %v, want the second answer once", got)
	}
}

// Under deadlines that fall where the answers do, each answer goes to one place.
func TestEveryAnswerGoesSomewhereOnce(t *testing.T) {
	noLeaks(t)
	const requests = 400
	approver := linktest.Approver(spec(t))
	host := linktest.NewHost(t, linktest.Config{
		Handler: link.HandlerFunc(func(ctx context.Context, req *iso8583.Message) (*iso8583.Message, error) {
			time.Sleep(2 * time.Millisecond)
			return approver.ServeISO(ctx, req)
		}),
	})
	var owner, answered inbox[string]
	var sent atomic.Int64
	client := dial(t, host, func(cfg *link.ClientConfig) {
		cfg.Unmatched = func(m *iso8583.Message) { owner.put(m.Value("11")) }
		cfg.Tap = func(d link.Direction, _ []byte) {
			if d == link.Sent {
				sent.Add(1)
			}
		}
	})
	var wg sync.WaitGroup
	for stan := 1; stan <= requests; stan++ {
		wg.Go(func() {
			wait := time.Duration(1000+stan*137%20000) * time.Microsecond
			answer, err := client.RoundTrip(within(t, wait), request(t, "0200", "TERM0001", stan))
			if err == nil {
				answered.put(answer.Value("11"))
			}
		})
	}
	wg.Wait()
	eventually(t, "every answer", func() bool {
		return len(owner.all())+len(answered.all()) >= int(sent.Load())
	})
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	seen := map[string]int{}
	for _, stan := range append(owner.all(), answered.all()...) {
		seen[stan]++
	}
	for stan, n := range seen {
		if n != 1 {
			t.Errorf("the answer to %s went to %d places", stan, n)
		}
	}
	t.Logf("%d sent, %d answered in time, %d late", sent.Load(), len(answered.all()), len(owner.all()))
}

func TestGarbage(t *testing.T) {
	noLeaks(t)
	host := linktest.NewHost(t, linktest.Config{}, linktest.Garbage())
	var owner inbox[error]
	client := dial(t, host, func(cfg *link.ClientConfig) {
		cfg.Garbled = owner.put
		cfg.Unmatched = func(m *iso8583.Message) { t.Errorf("garbage was handed over as a %s", m.MTI()) }
	})
	if _, err := client.RoundTrip(within(t, unanswered), request(t, "0200", "TERM0001", 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want a deadline: garbage is no answer", err)
	}
	owner.await(t, 1)
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 2)); err != nil {
		t.Errorf("the link after it: %v", err)
	}
}

// Bytes that are no frame leave no place at which the next one could begin.
func TestNoise(t *testing.T) {
	noLeaks(t)
	host := linktest.NewHost(t, linktest.Config{Framing: link.ASCII4()}, linktest.Noise([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")))
	var owner inbox[error]
	client := dial(t, host, func(cfg *link.ClientConfig) { cfg.Garbled = owner.put })
	_, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1))
	if !errors.Is(err, link.ErrLinkLost) || !errors.Is(err, link.ErrFrame) {
		t.Errorf("got %v, want ErrLinkLost for ErrFrame", err)
	}
	if got := owner.await(t, 1); !errors.Is(got[0], link.ErrFrame) {
		t.Errorf("the owner got %v, want ErrFrame", got)
	}
}

func TestHostGoesAway(t *testing.T) {
	for name, fate := range map[string]linktest.Fate{"close": linktest.Close(), "close in place of the answer": linktest.CloseAnswered()} {
		t.Run(name, func(t *testing.T) {
			noLeaks(t)
			host := linktest.NewHost(t, linktest.Config{}, fate)
			client := dial(t, host, nil)
			_, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1))
			if !errors.Is(err, link.ErrLinkLost) || errors.Is(err, link.ErrNotSent) {
				t.Errorf("in flight: %v, want ErrLinkLost", err)
			}
			<-client.Done()
			if !errors.Is(client.Err(), io.EOF) {
				t.Errorf("the link says %v, want io.EOF", client.Err())
			}
			_, err = client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 2))
			if !errors.Is(err, link.ErrNotSent) || errors.Is(err, link.ErrLinkLost) {
				t.Errorf("afterwards: %v, want ErrNotSent", err)
			}
		})
	}
}

// The host dies in the middle of its answer, at every byte of it.
func TestHalfAnswerAtEveryByte(t *testing.T) {
	for _, name := range []string{"binary2", "ascii4+tpdu"} {
		t.Run(name, func(t *testing.T) {
			noLeaks(t)
			framing, err := link.FramingByName(name)
			if err != nil {
				t.Fatal(err)
			}
			var whole int
			host := linktest.NewHost(t, linktest.Config{Framing: framing})
			probe := dial(t, host, func(cfg *link.ClientConfig) {
				cfg.Tap = func(d link.Direction, body []byte) { whole = len(body) }
			})
			if _, err := probe.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1)); err != nil {
				t.Fatal(err)
			}
			for n := range whole + 2 { // and a header's worth, so that the last cut is within the frame
				host.Then(linktest.HalfFrame(n))
				client := dial(t, host, nil)
				answer, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1))
				if !errors.Is(err, link.ErrLinkLost) || answer != nil {
					t.Errorf("cut after %d bytes: %v, %v, want ErrLinkLost", n, answer, err)
				}
				if err := client.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestKillInFlight(t *testing.T) {
	noLeaks(t)
	const requests = 50
	host := linktest.NewHost(t, linktest.Config{})
	client := dial(t, host, nil)
	var wg sync.WaitGroup
	for stan := 1; stan <= requests; stan++ {
		host.Then(linktest.Silence())
		wg.Go(func() {
			if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", stan)); !errors.Is(err, link.ErrLinkLost) {
				t.Errorf("request %d: %v, want ErrLinkLost", stan, err)
			}
		})
	}
	host.Await(requests)
	host.Drop()
	wg.Wait()
}

func TestCloseInFlight(t *testing.T) {
	noLeaks(t)
	host := linktest.NewHost(t, linktest.Config{}, linktest.Silence())
	var tapped atomic.Int32
	client := dial(t, host, func(cfg *link.ClientConfig) {
		cfg.Tap = func(link.Direction, []byte) { tapped.Add(1) }
	})
	ended := make(chan error, 1)
	go func() {
		_, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1))
		ended <- err
	}()
	host.Await(1)
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	err := <-ended
	if !errors.Is(err, link.ErrLinkLost) || !errors.Is(err, net.ErrClosed) {
		t.Errorf("in flight: %v, want ErrLinkLost for net.ErrClosed", err)
	}
	for range 2 {
		if err := client.Close(); err != nil {
			t.Errorf("closed again: %v", err)
		}
	}
	if err := client.Send(soon(t), request(t, "0810", "TERM0001", 1)); !errors.Is(err, link.ErrNotSent) || !errors.Is(err, net.ErrClosed) {
		t.Errorf("sent afterwards: %v, want ErrNotSent for net.ErrClosed", err)
	}
	if n := tapped.Load(); n != 1 {
		t.Errorf("the tap saw %d messages, want the one that left", n)
	}
	_, err = client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1))
	if !errors.Is(err, link.ErrNotSent) || !errors.Is(err, net.ErrClosed) {
		t.Errorf("afterwards: %v, want ErrNotSent for net.ErrClosed", err)
	}
}

func TestNothingSent(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{})
	client := dial(t, host, func(cfg *link.ClientConfig) { cfg.MaxFrame = 200 })
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	long := request(t, "0200", "TERM0001", 1)
	set(t, long, "63", strings.Repeat("x", 200))
	noSTAN := request(t, "0200", "TERM0001", 1)
	noSTAN.Unset("11")
	for _, tt := range []struct {
		name string
		ctx  context.Context
		req  *iso8583.Message
		also error
	}{
		{"a context that has ended", ended, request(t, "0200", "TERM0001", 1), context.Canceled},
		{"a response", soon(t), request(t, "0210", "TERM0001", 1), nil},
		{"no trace number", soon(t), noSTAN, nil},
		{"no type", soon(t), request(t, "", "TERM0001", 1), nil},
		{"too long", soon(t), long, link.ErrFrame},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := client.RoundTrip(tt.ctx, tt.req)
			if !errors.Is(err, link.ErrNotSent) || tt.also != nil && !errors.Is(err, tt.also) {
				t.Errorf("got %v, want ErrNotSent and %v", err, tt.also)
			}
		})
	}
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1)); err != nil {
		t.Errorf("the link after all this: %v", err)
	}
	if got := host.Received(); len(got) != 1 {
		t.Errorf("the host received %d messages, want the last alone", len(got))
	}
}

func TestHostIsDown(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{})
	host.Refuse()
	if _, err := link.Dial(soon(t), host.Addr(), host.ClientConfig()); !errors.Is(err, link.ErrNotSent) {
		t.Errorf("refused: %v, want ErrNotSent", err)
	}
	host.Accept()
	dial(t, host, nil)
}

func TestDialConfiguration(t *testing.T) {
	for _, cfg := range []link.ClientConfig{{}, {Spec: spec(t)}, {Framing: link.Binary2()}} {
		if _, err := link.Dial(soon(t), "127.0.0.1:1", cfg); err == nil || !strings.Contains(err.Error(), "lacks a spec or a framing") {
			t.Errorf("got %v", err)
		}
	}
}

// The host asks too: its echo test comes in by Unmatched and goes out by Send, from the
// callback itself, and the callback may even have a conversation.
func TestOwnerMayAnswerAndAsk(t *testing.T) {
	noLeaks(t)
	host := linktest.NewHost(t, linktest.Config{})
	done := make(chan error, 1)
	var client *link.Client
	ready := make(chan struct{})
	client = dial(t, host, func(cfg *link.ClientConfig) {
		cfg.Unmatched = func(m *iso8583.Message) {
			<-ready // client is set
			if err := client.Send(soon(t), request(t, m.MTI().Response(), "TERM0001", 9)); err != nil {
				done <- err
				return
			}
			_, err := client.RoundTrip(soon(t), request(t, "0800", "TERM0001", 10))
			done <- err
		}
	})
	close(ready)
	eventually(t, "the connection", func() bool { return host.Connections() == 1 })
	host.Push(request(t, "0800", "TERM0001", 9))
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := host.Received(); len(got) != 2 || got[0].Message.MTI() != "0810" || got[1].Message.MTI() != "0800" {
		t.Errorf("the host received %v", got)
	}
}

// Close returns when the owner's callbacks have, and not before.
func TestCloseWaitsForTheOwner(t *testing.T) {
	noLeaks(t)
	host := linktest.NewHost(t, linktest.Config{}, linktest.OtherSTAN())
	begun, told := make(chan struct{}), false
	client := dial(t, host, func(cfg *link.ClientConfig) {
		cfg.Unmatched = func(*iso8583.Message) {
			close(begun)
			time.Sleep(20 * time.Millisecond)
			told = true
		}
	})
	if err := client.Send(soon(t), request(t, "0200", "TERM0001", 1)); err != nil {
		t.Fatal(err)
	}
	<-begun
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	if !told {
		t.Error("Close returned while the owner was being told")
	}
}

// A context that ends as its request has just been written leaves nothing behind that
// the next request would meet.
func TestContextEndsWithTheWrite(t *testing.T) {
	noLeaks(t)
	host := linktest.NewHost(t, linktest.Config{}, linktest.Silence())
	var written func()
	client := dial(t, host, func(cfg *link.ClientConfig) {
		cfg.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			return &hookedConn{Conn: conn, writing: func() {}, written: func() { written() }}, err
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	written = func() {
		cancel()
		time.Sleep(10 * time.Millisecond) // for what the end of a context sets off
	}
	if _, err := client.RoundTrip(ctx, request(t, "0200", "TERM0001", 1)); !errors.Is(err, context.Canceled) || errors.Is(err, link.ErrNotSent) {
		t.Errorf("got %v, want context.Canceled without ErrNotSent", err)
	}
	written = func() {}
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 2)); err != nil {
		t.Errorf("the next: %v", err)
	}
}

// An answer that is here when the context ends is the caller's.
func TestAnswerBeatsTheDeadline(t *testing.T) {
	noLeaks(t)
	host := linktest.NewHost(t, linktest.Config{})
	received := make(chan struct{}, 1)
	var written func()
	client := dial(t, host, func(cfg *link.ClientConfig) {
		cfg.Unmatched = func(m *iso8583.Message) { t.Errorf("%s went to the owner", m.Value("11")) }
		cfg.Tap = func(d link.Direction, _ []byte) {
			if d == link.Received {
				received <- struct{}{}
			}
		}
		cfg.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			return &hookedConn{Conn: conn, writing: func() {}, written: func() { written() }}, err
		}
	})
	for stan := 1; stan <= 20; stan++ { // both are ready; which is seen first is chance
		ctx, cancel := context.WithCancel(context.Background())
		written = func() {
			<-received
			time.Sleep(2 * time.Millisecond) // the tap saw it; now it is given to its flight
			cancel()
		}
		if _, err := client.RoundTrip(ctx, request(t, "0200", "TERM0001", stan)); err != nil {
			t.Errorf("request %d: %v", stan, err)
		}
	}
}

// A context that ends as the write begins does not end the write: it would take down the
// link of everybody else.
func TestContextEndsBeforeTheWrite(t *testing.T) {
	noLeaks(t)
	host := linktest.NewHost(t, linktest.Config{}, linktest.Silence())
	var writing func()
	client := dial(t, host, func(cfg *link.ClientConfig) {
		cfg.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			return &hookedConn{Conn: conn, writing: func() { writing() }, written: func() {}}, err
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	writing = func() {
		cancel()
		time.Sleep(10 * time.Millisecond) // for what the end of a context sets off
	}
	if _, err := client.RoundTrip(ctx, request(t, "0200", "TERM0001", 1)); !errors.Is(err, context.Canceled) || errors.Is(err, link.ErrLinkLost) {
		t.Errorf("got %v, want context.Canceled without ErrLinkLost", err)
	}
	writing = func() {}
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 2)); err != nil {
		t.Errorf("the next: %v", err)
	}
}

// hookedConn does something before and after each write.
type hookedConn struct {
	net.Conn
	writing, written func()
}

func (c *hookedConn) Write(p []byte) (int, error) {
	c.writing()
	n, err := c.Conn.Write(p)
	c.written()
	return n, err
}

// A write that fails before a byte is out is told from one that fails after, with TLS on
// the connection as without.
func TestHowFarAWriteGot(t *testing.T) {
	serverTLS, clientTLS := linktest.Certificates(t)
	for _, tt := range []struct {
		name string
		lets int // bytes that the connection lets out before it breaks
		want error
	}{
		{"not a byte", 0, link.ErrNotSent},
		{"one byte", 1, link.ErrLinkLost},
		{"all but the end", 20, link.ErrLinkLost},
	} {
		t.Run(tt.name, func(t *testing.T) {
			breakWrite(t, linktest.Config{}, nil, tt.lets, tt.want)
		})
		t.Run(tt.name+" of TLS", func(t *testing.T) {
			breakWrite(t, linktest.Config{TLS: serverTLS}, clientTLS, tt.lets, tt.want)
		})
	}
}

// breakWrite has one request in flight and lets so many bytes out of the next.
func breakWrite(t *testing.T, speaks linktest.Config, ours *tls.Config, lets int, want error) {
	t.Helper()
	noLeaks(t)
	host := linktest.NewHost(t, speaks, linktest.Silence())
	var broken *breakingConn
	client := dial(t, host, func(cfg *link.ClientConfig) {
		cfg.TLS = ours
		cfg.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			broken = &breakingConn{Conn: conn}
			broken.lets.Store(1 << 20)
			return broken, err
		}
	})
	var wg sync.WaitGroup
	wg.Go(func() { // it was sent whole: what happens to the other does not make it unsent
		_, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1))
		if !errors.Is(err, link.ErrLinkLost) || errors.Is(err, link.ErrNotSent) || errors.Is(err, errBroken) {
			t.Errorf("the one in flight: %v, want ErrLinkLost alone", err)
		}
	})
	host.Await(1)
	broken.lets.Store(int64(lets))
	_, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 2))
	if !errors.Is(err, want) || !errors.Is(err, errBroken) || errors.Is(err, link.ErrNotSent) == errors.Is(err, link.ErrLinkLost) {
		t.Errorf("got %v, want %v", err, want)
	}
	wg.Wait()
}

var errBroken = errors.New("the cable is cut")

// breakingConn lets so many bytes of a write out, and breaks over the rest.
type breakingConn struct {
	net.Conn
	lets atomic.Int64
}

func (c *breakingConn) Write(p []byte) (int, error) {
	lets := int(c.lets.Load())
	if lets >= len(p) {
		return c.Conn.Write(p)
	}
	n, err := c.Conn.Write(p[:lets])
	return n, errors.Join(err, errBroken)
}

// A host that reads nothing fills the buffers between. A deadline ends the write, of
// which it may never be said that nothing was sent; of those behind it it must be.
func TestHostReadsNothing(t *testing.T) {
	noLeaks(t)
	ours, theirs := net.Pipe()
	defer func() { _ = theirs.Close() }()
	writing := make(chan struct{})
	client, err := link.Dial(soon(t), "pipe", link.ClientConfig{
		Spec: spec(t), Framing: link.Binary2(),
		Tap:         func(link.Direction, []byte) { close(writing) },
		DialContext: func(context.Context, string, string) (net.Conn, error) { return ours, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := client.RoundTrip(ctx, request(t, "0200", "TERM0001", 1))
		if !errors.Is(err, link.ErrLinkLost) || !errors.Is(err, context.Canceled) || errors.Is(err, link.ErrNotSent) {
			t.Errorf("being written: %v, want ErrLinkLost for the cancel", err)
		}
	})
	<-writing
	_, err = client.RoundTrip(within(t, 10*time.Millisecond), request(t, "0200", "TERM0001", 2))
	if !errors.Is(err, link.ErrNotSent) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("behind it: %v, want ErrNotSent for the deadline", err)
	}
	cancel()
	wg.Wait()
	<-client.Done()
}

func TestTap(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{Framing: link.TPDU(link.Binary2(), [5]byte{0x60})})
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { at = at.Add(time.Second); return at }
	var frames []link.Frame
	client := dial(t, host, func(cfg *link.ClientConfig) {
		cfg.Tap = link.Stamp(clock, func(f link.Frame) { frames = append(frames, f) })
	})
	req := request(t, "0200", "TERM0001", 1)
	if _, err := client.RoundTrip(soon(t), req); err != nil {
		t.Fatal(err)
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if len(frames) != 2 || frames[0].Direction != link.Sent || frames[1].Direction != link.Received {
		t.Fatalf("the tap saw %v, want one sent and one received", frames)
	}
	packed, err := req.Pack()
	if err != nil {
		t.Fatal(err)
	}
	if string(frames[0].Bytes()) != string(packed) {
		t.Errorf("the tap saw %d bytes, want the message of %d without its framing", len(frames[0].Bytes()), len(packed))
	}
	if got := frames[1].At.Sub(frames[0].At); got != time.Second {
		t.Errorf("%v between them by the clock, want 1s", got)
	}
}

// A frame that was tapped holds card data, and nothing prints it by accident.
func TestFrameDoesNotPrint(t *testing.T) {
	var frame link.Frame
	link.Stamp(time.Now, func(f link.Frame) { frame = f })(link.Sent, []byte("4111111111111111"))
	type wrapper struct{ f link.Frame }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X"} {
		for _, v := range []any{frame, &frame, wrapper{frame}, []link.Frame{frame}} {
			got := fmt.Sprintf(verb, v)
			for _, clear := range []string{"4111", "34 31 31", "343131", "52 49 49", "0x34"} {
				if strings.Contains(got, clear) {
					t.Errorf("%s of %T prints %s", verb, v, got)
				}
			}
		}
	}
	if got := fmt.Sprint(frame); got != "sent, 16 bytes" {
		t.Errorf("it prints %q", got)
	}
}

func TestKeepAlive(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{}, linktest.Noise([]byte{0, 0}))
	client := dial(t, host, func(cfg *link.ClientConfig) {
		cfg.Garbled = func(err error) { t.Errorf("an empty frame is reported: %v", err) }
		cfg.Tap = func(_ link.Direction, body []byte) {
			if len(body) == 0 {
				t.Error("an empty frame is tapped")
			}
		}
	})
	if _, err := client.RoundTrip(within(t, unanswered), request(t, "0200", "TERM0001", 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an empty frame for an answer: %v", err)
	}
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 2)); err != nil {
		t.Errorf("the link after it: %v", err)
	}
}

func TestSkippedFrameIsNoAnswer(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{Framing: link.TPDU(link.Binary2(), [5]byte{0x60})}, linktest.Noise([]byte("\x00\x02hi")))
	var owner inbox[error]
	client := dial(t, host, func(cfg *link.ClientConfig) { cfg.Garbled = owner.put })
	if _, err := client.RoundTrip(within(t, unanswered), request(t, "0200", "TERM0001", 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a frame without a tpdu for an answer: %v", err)
	}
	if got := owner.await(t, 1); !errors.Is(got[0], link.ErrFrameSkipped) {
		t.Errorf("the owner got %v", got)
	}
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 2)); err != nil {
		t.Errorf("the link after it: %v", err)
	}
}

// Whatever a host says, what a caller gets is an answer to what he asked, or none.
func FuzzClient(f *testing.F) {
	messages := spec(f)
	answer := request(f, "0210", "TERM0001", 1)
	other := request(f, "0210", "TERM0002", 1)
	f.Add(wireOf(f, answer))
	f.Add(append(wireOf(f, other), wireOf(f, answer)...))
	f.Add(append(wireOf(f, answer), wireOf(f, answer)...))
	f.Add(append([]byte("\x00\x00\x00\x03abc"), wireOf(f, answer)[:30]...))
	f.Fuzz(func(t *testing.T, said []byte) {
		ours, theirs := net.Pipe()
		client, err := link.Dial(context.Background(), "pipe", link.ClientConfig{
			Spec: messages, Framing: link.Binary2(),
			Unmatched:   func(m *iso8583.Message) { _ = m.Value("11") },
			Garbled:     func(err error) { _ = err.Error() },
			DialContext: func(context.Context, string, string) (net.Conn, error) { return ours, nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_, _ = link.Binary2().ReadFrame(theirs)
			_, _ = theirs.Write(said)
			_ = theirs.Close()
		}()
		got, err := client.RoundTrip(context.Background(), request(t, "0200", "TERM0001", 1))
		if err == nil && (got.Value("11") != "000001" || strings.TrimSpace(got.Value("41")) != "TERM0001" || got.MTI().Class() != '2' || !got.MTI().IsResponse()) {
			t.Errorf("a %s of %q, %s came for an answer", got.MTI(), got.Value("41"), got.Value("11"))
		}
		if err != nil && !errors.Is(err, link.ErrLinkLost) {
			t.Errorf("got %v, want ErrLinkLost", err)
		}
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
}

// wireOf is a message in its frame.
func wireOf(t testing.TB, m *iso8583.Message) []byte {
	t.Helper()
	body, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	var frame bytes.Buffer
	if err := link.Binary2().WriteFrame(&frame, body); err != nil {
		t.Fatal(err)
	}
	return frame.Bytes()
}
