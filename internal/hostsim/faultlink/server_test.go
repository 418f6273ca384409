package faultlink_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/internal/hostsim"
	"github.com/tillworks/till/internal/hostsim/faultlink"
	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
)

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

// approver is a host that approves and counts what reached it.
type approver struct {
	link.Handler
	mu     sync.Mutex
	seen   []iso8583.MTI
	orders []hostsim.Orders
}

func (a *approver) ServeOrdered(ctx context.Context, req *iso8583.Message, o hostsim.Orders) (*iso8583.Message, error) {
	a.mu.Lock()
	a.seen, a.orders = append(a.seen, req.MTI()), append(a.orders, o)
	a.mu.Unlock()
	answer, err := a.Handler.ServeISO(ctx, req)
	if err == nil && o.Alter != nil {
		err = o.Alter(answer)
	}
	return answer, err
}

func (a *approver) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.seen)
}

// rig is a host with faults and what it told.
type rig struct {
	*faultlink.Server
	host *approver
	addr string
	mu   sync.Mutex
	done []faultlink.Done
}

func spec(t testing.TB) *iso8583.Spec {
	t.Helper()
	s, err := dialect.ISO87ASCII()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serve starts a host that gives the messages these fates one after the other, and then
// none.
func serve(t *testing.T, fates ...faultscript.Fate) *rig {
	t.Helper()
	r := &rig{host: &approver{Handler: linktest.Approver(spec(t))}}
	r.Server = faultlink.New(faultlink.Config{
		Host: r.host, Spec: spec(t), Framing: link.Binary2(),
		Fates: faultlink.FatesFunc(func(faultscript.Message) (f faultscript.Fate) {
			r.mu.Lock()
			defer r.mu.Unlock()
			if len(fates) > 0 {
				f, fates = fates[0], fates[1:]
			}
			return f
		}),
		Told: func(d faultlink.Done) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.done = append(r.done, d)
		},
		Report: func(err error) { t.Errorf("reported: %v", err) },
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.addr = ln.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- r.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return r
}

// till is a client and what it got that answers nothing.
type terminal struct {
	*link.Client
	strays  chan *iso8583.Message
	garbled chan error
}

func dial(t *testing.T, addr string) *terminal {
	t.Helper()
	c := &terminal{strays: make(chan *iso8583.Message, 16), garbled: make(chan error, 16)}
	var err error
	c.Client, err = link.Dial(within(t, patience), addr, link.ClientConfig{
		Spec: spec(t), Framing: link.Binary2(),
		Unmatched: func(m *iso8583.Message) { c.strays <- m },
		Garbled:   func(err error) { c.garbled <- err },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func within(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func sale(t testing.TB, terminal string, stan int) *iso8583.Message {
	t.Helper()
	m := spec(t).NewMessage("0200")
	for path, value := range map[string]string{"3": "000000", "4": "000000001250", "11": fmt.Sprintf("%06d", stan), "41": terminal, "49": "978"} {
		if err := m.Set(path, value); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// ask sends a sale and waits for its answer for a time that a missing one takes whole.
func (c *terminal) ask(t *testing.T, stan int, d time.Duration) (*iso8583.Message, error) {
	t.Helper()
	return c.RoundTrip(within(t, d), sale(t, "TILLLAB1", stan))
}

const moment = 50 * time.Millisecond // how long a test waits for what must not come

func TestServe(t *testing.T) {
	for name, c := range map[string]struct {
		fate    faultscript.Fate
		asked   int // how often the host was
		silence bool
		want    error // of the request, nil for any
		check   func(*testing.T, *rig, *terminal)
	}{
		"nothing": {asked: 1},
		"drop":    {fate: faultscript.Fate{Drop: true}, silence: true, want: context.DeadlineExceeded},
		"lose":    {fate: faultscript.Fate{Lose: true}, asked: 1, silence: true, want: context.DeadlineExceeded},
		"delay": {fate: faultscript.Fate{Delay: 2 * moment}, asked: 1, silence: true, want: context.DeadlineExceeded,
			check: func(t *testing.T, _ *rig, c *terminal) { wantStray(t, c, "0210", "000001") }},
		"duplicate": {fate: faultscript.Fate{Copies: 3}, asked: 1, check: func(t *testing.T, _ *rig, c *terminal) {
			wantStray(t, c, "0210", "000001")
			wantStray(t, c, "0210", "000001")
		}},
		"garble": {fate: faultscript.Fate{Garble: faultscript.Garble{Bytes: 4}}, asked: 1, silence: true, want: context.DeadlineExceeded,
			check: func(t *testing.T, _ *rig, c *terminal) { wantGarbled(t, c) }},
		"truncate": {fate: faultscript.Fate{Truncate: faultscript.Truncate{On: true, Keep: 30}}, asked: 1, silence: true, want: context.DeadlineExceeded,
			check: func(t *testing.T, _ *rig, c *terminal) { wantGarbled(t, c) }},
		"announced whole": {fate: faultscript.Fate{Truncate: faultscript.Truncate{On: true, Keep: 30, Whole: true}}, asked: 1, silence: true, want: context.DeadlineExceeded},
		"close":           {fate: faultscript.Fate{Close: faultscript.Close{On: true}}, asked: 1, silence: true, want: link.ErrLinkLost},
		"close dropped":   {fate: faultscript.Fate{Drop: true, Close: faultscript.Close{On: true}}, silence: true, want: link.ErrLinkLost},
		"close mid-frame": {fate: faultscript.Fate{Close: faultscript.Close{On: true, After: 10}}, asked: 1, silence: true, want: link.ErrLinkLost,
			check: func(t *testing.T, _ *rig, c *terminal) { wantGarbled(t, c) }},
		"wrong stan": {fate: faultscript.Fate{Wrong: faultscript.WrongSTAN}, asked: 1, silence: true, want: context.DeadlineExceeded,
			check: func(t *testing.T, _ *rig, c *terminal) { wantStray(t, c, "0210", "000002") }},
		"stray answer": {fate: faultscript.Fate{Unsolicited: faultscript.StrayAnswer}, asked: 1,
			check: func(t *testing.T, _ *rig, c *terminal) { wantStray(t, c, "0210", "000002") }},
		"host's echo": {fate: faultscript.Fate{Unsolicited: faultscript.HostEcho}, asked: 1,
			check: func(t *testing.T, _ *rig, c *terminal) { wantStray(t, c, "0800", "000001") }},
		"down": {fate: faultscript.Fate{Drop: true, Down: time.Hour}, silence: true, want: link.ErrLinkLost,
			check: func(t *testing.T, r *rig, _ *terminal) {
				if _, err := link.Dial(within(t, patience), r.addr, link.ClientConfig{Spec: spec(t), Framing: link.Binary2()}); err == nil {
					t.Error("a host that is down takes connections")
				}
			}},
	} {
		t.Run(name, func(t *testing.T) {
			r := serve(t, c.fate)
			client := dial(t, r.addr)
			wait := patience
			if c.silence && errors.Is(c.want, context.DeadlineExceeded) {
				wait = moment
			}
			answer, err := client.ask(t, 1, wait)
			if c.silence != (err != nil) || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("answer %v, error %v; want silence %v, %v", answer, err, c.silence, c.want)
			}
			if c.check != nil {
				c.check(t, r, client)
			}
			if got := r.host.count(); got != c.asked {
				t.Errorf("the host was asked %d times, want %d", got, c.asked)
			}
		})
	}
}

func wantStray(t *testing.T, c *terminal, mti iso8583.MTI, stan string) {
	t.Helper()
	select {
	case m := <-c.strays:
		if m.MTI() != mti || m.Value("11") != stan {
			t.Errorf("got a %s of %s, want a %s of %s", m.MTI(), m.Value("11"), mti, stan)
		}
	case <-time.After(patience):
		t.Errorf("no %s of %s came", mti, stan)
	}
}

func wantGarbled(t *testing.T, c *terminal) {
	t.Helper()
	select {
	case <-c.garbled:
	case <-time.After(patience):
		t.Error("nothing garbled came")
	}
}

// A held answer goes after the one that overtakes it.
func TestReorder(t *testing.T) {
	r := serve(t, faultscript.Fate{Hold: patience})
	client := dial(t, r.addr)
	first := make(chan time.Time, 1)
	go func() {
		if _, err := client.RoundTrip(within(t, patience), sale(t, "TILLLAB1", 1)); err != nil {
			t.Error(err)
		}
		first <- time.Now()
	}()
	for r.host.count() == 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(moment)
	select {
	case <-first:
		t.Fatal("the held answer did not wait")
	default:
	}
	if _, err := client.RoundTrip(within(t, patience), sale(t, "TILLLAB2", 1)); err != nil {
		t.Fatal(err)
	}
	<-first
}

// A held answer that nobody overtakes goes when its time is over.
func TestReorderAlone(t *testing.T) {
	r := serve(t, faultscript.Fate{Hold: moment})
	if _, err := dial(t, r.addr).ask(t, 1, patience); err != nil {
		t.Error(err)
	}
}

// The host comes back at the same address.
func TestDownAndUp(t *testing.T) {
	r := serve(t, faultscript.Fate{Drop: true, Down: 2 * moment})
	if _, err := dial(t, r.addr).ask(t, 1, patience); !errors.Is(err, link.ErrLinkLost) {
		t.Errorf("got %v, want a lost link", err)
	}
	end := time.Now().Add(patience)
	for {
		client, err := link.Dial(within(t, patience), r.addr, link.ClientConfig{Spec: spec(t), Framing: link.Binary2()})
		if err == nil {
			defer func() { _ = client.Close() }()
			if _, err := client.RoundTrip(within(t, patience), sale(t, "TILLLAB1", 2)); err != nil {
				t.Error(err)
			}
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// A host that is told to end while it is down ends, however often that is tried.
func TestEndsWhileDown(t *testing.T) {
	for range 50 {
		r := serve(t)
		client := dial(t, r.addr)
		if _, err := client.ask(t, 1, patience); err != nil {
			t.Fatal(err)
		}
		r.Down(time.Hour)
	}
}
