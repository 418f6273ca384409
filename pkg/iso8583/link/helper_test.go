package link_test

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
)

// patience is how long a test waits for what must happen; no test waits that long for
// what must not.
const patience = 10 * time.Second

func spec(t testing.TB) *iso8583.Spec {
	t.Helper()
	s, err := dialect.ISO87ASCII()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// request is a message with the two fields that answers are matched by, and an amount.
func request(t testing.TB, mti iso8583.MTI, terminal string, stan int) *iso8583.Message {
	t.Helper()
	m := spec(t).NewMessage(mti)
	set(t, m, "4", "000000001250")
	set(t, m, "11", fmt.Sprintf("%06d", stan))
	set(t, m, "41", terminal)
	return m
}

func set(t testing.TB, m *iso8583.Message, path, value string) {
	t.Helper()
	if err := m.Set(path, value); err != nil {
		t.Fatalf("set field %s: %v", path, err)
	}
}

// soon is a context with a deadline that no sound test reaches.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// unanswered is how long a request waits that gets no answer: long enough that it is on the
// wire by then, on a busy machine too.
const unanswered = 300 * time.Millisecond

// within is a context whose deadline the test means to pass.
func within(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// dial connects to a host with a configuration that change has had a look at.
func dial(t testing.TB, h *linktest.Host, change func(*link.ClientConfig)) *link.Client {
	t.Helper()
	cfg := h.ClientConfig()
	if change != nil {
		change(&cfg)
	}
	c, err := link.Dial(soon(t), h.Addr(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// serve runs a server on a port of loopback for the length of the test.
func serve(t testing.TB, s *link.Server) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(context.Background(), ln) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the server: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return ln.Addr().String()
}

// inbox collects what a callback is given.
type inbox[T any] struct {
	mu  sync.Mutex
	got []T
}

func (b *inbox[T]) put(v T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, v)
}

func (b *inbox[T]) all() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]T(nil), b.got...)
}

// await waits until n have come.
func (b *inbox[T]) await(t testing.TB, n int) []T {
	t.Helper()
	eventually(t, fmt.Sprintf("%d of %T", n, *new(T)), func() bool { return len(b.all()) >= n })
	return b.all()
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}

// noLeaks fails the test if goroutines of this package outlive everything that the
// test closed. It must be called first, so that it looks last.
func noLeaks(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		if t.Failed() {
			return
		}
		var stacks string
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if stacks = goroutines(); stacks == "" {
				return
			}
		}
		t.Errorf("goroutines are left:\n%s", stacks)
	})
}

// goroutines are the stacks of the goroutines of this package and linktest, without
// those of the tests themselves.
func goroutines() string {
	buf := make([]byte, 1<<20)
	all := string(buf[:runtime.Stack(buf, true)])
	var ours []string
	for stack := range strings.SplitSeq(all, "\n\n") {
		if strings.Contains(stack, "iso8583/link") && !strings.Contains(stack, "testing.tRunner") {
			ours = append(ours, stack)
		}
	}
	return strings.Join(ours, "\n\n")
}
