package linktest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
)

// What a fate puts on the wire is looked at here without link.Client, whose opinion of
// it is another test's.
func TestFates(t *testing.T) {
	var counted atomic.Int64
	counter := link.HandlerFunc(func(ctx context.Context, req *iso8583.Message) (*iso8583.Message, error) {
		counted.Add(1)
		return linktest.Approver(spec(t)).ServeISO(ctx, req)
	})
	decline := link.HandlerFunc(func(ctx context.Context, req *iso8583.Message) (*iso8583.Message, error) {
		answer, err := linktest.Approver(spec(t)).ServeISO(ctx, req)
		if err == nil {
			err = answer.Set("39", "05")
		}
		return answer, err
	})
	nothing := link.HandlerFunc(func(context.Context, *iso8583.Message) (*iso8583.Message, error) { return nil, nil })
	for _, tt := range []struct {
		fate    linktest.Fate
		name    string
		answers string // each "type 4 11 39 41"
		closes  bool
		handled bool
	}{
		{linktest.Fate{}, "answer", "0210 1250 000001 00 TERM0001", false, true},
		{linktest.Answer(), "answer", "0210 1250 000001 00 TERM0001", false, true},
		{linktest.AnswerWith(decline), "answer of another handler", "0210 1250 000001 05 TERM0001", false, false},
		{linktest.AnswerWith(nothing), "answer of another handler", "", false, false},
		{linktest.Silence(), "silence", "", false, false},
		{linktest.LoseAnswer(), "lost answer", "", false, true},
		{linktest.Delay(time.Millisecond, linktest.Answer()), "after 1ms answer", "0210 1250 000001 00 TERM0001", false, true},
		{linktest.Close(), "close", "", true, false},
		{linktest.CloseAnswered(), "close in place of the answer", "", true, true},
		{linktest.Duplicate(), "duplicate", "0210 1250 000001 00 TERM0001, 0210 1250 000001 00 TERM0001", false, true},
		{linktest.Unsolicited(request(t, "0800", 7)), "1 unsolicited messages", "0800 1250 000007  TERM0001, 0210 1250 000001 00 TERM0001", false, true},
		{linktest.OtherSTAN(), "other trace number", "0210 1250 000002 00 TERM0001", false, true},
		{linktest.OtherAmount(), "other amount", "0210 1251 000001 00 TERM0001", false, true},
		{linktest.OtherTerminal(), "other terminal", "0210 1250 000001 00 TERM0009", false, true},
		{linktest.Alter("declined", func(m *iso8583.Message) error { return m.Set("39", "51") }), "declined", "0210 1250 000001 51 TERM0001", false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			counted.Store(0)
			host := linktest.NewHost(t, linktest.Config{Handler: counter}, tt.fate)
			conn := ask(t, host, request(t, "0200", 1))
			want := 0
			if tt.answers != "" {
				want = strings.Count(tt.answers, ",") + 1
			}
			var got []string
			for range want {
				got = append(got, answer(t, conn))
			}
			if strings.Join(got, ", ") != tt.answers {
				t.Errorf("answered %q, want %q", got, tt.answers)
			}
			if tt.closes != closed(t, conn) {
				t.Errorf("closed the connection: %v, want %v", !tt.closes, tt.closes)
			}
			host.Settle()
			if tt.handled != (counted.Load() == 1) {
				t.Errorf("the handler was called %d times, want it called: %v", counted.Load(), tt.handled)
			}
			if r := host.Await(1)[0]; r.Fate != tt.name || r.Conn != 1 || r.Message.MTI() != "0200" || r.Err != nil {
				t.Errorf("recorded %+v, want the fate %q", r, tt.name)
			}
		})
	}
}

func TestHalfFrameLengths(t *testing.T) {
	whole := len(frame(t, approved(t)))
	for _, n := range []int{-1, 0, 1, 2, 3, whole - 1, whole, 1000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			host := linktest.NewHost(t, linktest.Config{}, linktest.HalfFrame(n))
			got, err := io.ReadAll(ask(t, host, request(t, "0200", 1)))
			if want := max(0, min(n, whole-1)); err != nil || len(got) != want {
				t.Errorf("%d bytes of %d came, %v, want %d", len(got), whole, err, want)
			}
		})
	}
}

func TestGarbageAndNoise(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{}, linktest.Garbage(), linktest.Noise([]byte("noise")))
	conn := ask(t, host, request(t, "0200", 1))
	body, err := link.Binary2().ReadFrame(conn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := spec(t).Unpack(body); err == nil {
		t.Error("garbage is a message")
	}
	if _, err := conn.Write(frame(t, request(t, "0200", 2))); err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 5)
	if _, err := io.ReadFull(conn, noise); err != nil || string(noise) != "noise" {
		t.Errorf("noise is %q, %v", noise, err)
	}
}

// A request that is held back holds up none behind it.
func TestHold(t *testing.T) {
	release := make(chan struct{})
	host := linktest.NewHost(t, linktest.Config{}, linktest.Hold(release, linktest.Answer()))
	conn := ask(t, host, request(t, "0200", 1))
	if _, err := conn.Write(frame(t, request(t, "0200", 2))); err != nil {
		t.Fatal(err)
	}
	if got := answer(t, conn); !strings.Contains(got, "000002") {
		t.Errorf("first came %q", got)
	}
	close(release)
	if got := answer(t, conn); !strings.Contains(got, "000001") {
		t.Errorf("then came %q", got)
	}
}

func TestOn(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{}, linktest.OtherSTAN())
	host.On("0400", linktest.OtherAmount(), linktest.Duplicate())
	host.Then(linktest.OtherTerminal())
	var conn net.Conn
	var fates []string
	for i, mti := range []iso8583.MTI{"0400", "0200", "0400", "0800", "0400"} {
		if conn == nil {
			conn = ask(t, host, request(t, mti, 1))
		} else if _, err := conn.Write(frame(t, request(t, mti, 1))); err != nil {
			t.Fatal(err)
		}
		fates = append(fates, host.Await(i + 1)[i].Fate)
	}
	if got, want := strings.Join(fates, ", "), "other amount, other trace number, duplicate, other terminal, answer"; got != want {
		t.Errorf("the fates were %s, want %s", got, want)
	}
}

func TestRefuseAcceptDrop(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{})
	conn := ask(t, host, request(t, "0200", 1))
	host.Refuse()
	host.Refuse()
	if extra, err := net.Dial("tcp", host.Addr()); err == nil {
		_ = extra.Close()
		t.Error("a connection was accepted")
	}
	if got := answer(t, conn); got == "" {
		t.Error("the open connection was not served")
	}
	host.Drop()
	if !closed(t, conn) {
		t.Error("the open connection was not dropped")
	}
	host.Accept()
	host.Accept()
	if got := answer(t, ask(t, host, request(t, "0200", 2))); got == "" {
		t.Error("not served after Accept")
	}
}

func TestRecordsWhatCannotBeRead(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{Framing: link.ASCII4()}, linktest.Answer())
	for i, tt := range []struct {
		wire string
		want error
	}{{"0004nope", iso8583.ErrMTI}, {"12", io.ErrUnexpectedEOF}, {"x800", link.ErrFrame}} {
		conn := dial(t, host)
		if _, err := io.WriteString(conn, tt.wire); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		r := host.Await(i + 1)[i]
		if r.Err == nil || r.Message != nil || !errors.Is(r.Err, tt.want) {
			t.Errorf("%q was recorded as %v, %v, want %v", tt.wire, r.Message, r.Err, tt.want)
		}
	}
	conn := dial(t, host) // what cannot be read meets no step: this does
	if err := link.ASCII4().WriteFrame(conn, body(t, request(t, "0200", 1))); err != nil {
		t.Fatal(err)
	}
	host.Await(4)
}

// Unplayed steps, and faults of the script, fail the test that they belong to.
func TestVerify(t *testing.T) {
	inner := &recordingTB{TB: t}
	host := linktest.NewHost(inner, linktest.Config{}, linktest.Answer(), linktest.Silence())
	host.On("0400", linktest.Duplicate())
	conn := ask(t, host, request(t, "0200", 1))
	answer(t, conn)
	host.Verify()
	got := strings.Join(inner.errors(), "\n")
	want := "linktest: no request met the step \"silence\"\nlinktest: no request met the step \"duplicate\" for a 0400"
	if got != want {
		t.Errorf("the inner test was told\n%s\nwant\n%s", got, want)
	}
	inner.cleanUp()
	if n := len(inner.errors()); n != 4 {
		t.Errorf("at its end the inner test has %d errors, want those of Verify again", n)
	}
}

func TestFaultsOfTheScript(t *testing.T) {
	failure := errors.New("the ledger is locked")
	failing := link.HandlerFunc(func(context.Context, *iso8583.Message) (*iso8583.Message, error) { return nil, failure })
	for name, fate := range map[string]linktest.Fate{
		"the ledger is locked":     linktest.AnswerWith(failing),
		"no field 41 to change":    linktest.OtherTerminal(),
		"no number in field 4 to":  linktest.OtherAmount(),
		"no number in field 11 to": linktest.OtherSTAN(),
		"a change that went wrong": linktest.Alter("bad", func(*iso8583.Message) error { return errors.New("a change that went wrong") }),
	} {
		t.Run(name, func(t *testing.T) {
			inner := &recordingTB{TB: t}
			bare := link.HandlerFunc(func(_ context.Context, req *iso8583.Message) (*iso8583.Message, error) {
				return spec(t).NewMessage(req.MTI().Response()), nil
			})
			host := linktest.NewHost(inner, linktest.Config{Handler: bare}, fate)
			ask(t, host, request(t, "0200", 1))
			for end := time.Now().Add(10 * time.Second); len(inner.errors()) == 0 && time.Now().Before(end); {
				time.Sleep(time.Millisecond)
			}
			inner.cleanUp()
			if got := inner.errors(); len(got) != 1 || !strings.Contains(got[0], name) {
				t.Errorf("the inner test was told %q, want %q", got, name)
			}
		})
	}
}

// A response is recorded and met by nothing: two sides that answer each other's
// answers would go on for ever.
func TestResponsesMeetNoFate(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{}, linktest.OtherSTAN())
	conn := ask(t, host, request(t, "0810", 1))
	if r := host.Await(1)[0]; r.Message.MTI() != "0810" || r.Fate != "" {
		t.Errorf("recorded %+v", r)
	}
	if _, err := conn.Write(frame(t, request(t, "0200", 2))); err != nil {
		t.Fatal(err)
	}
	if got := answer(t, conn); !strings.Contains(got, "000003") {
		t.Errorf("the request behind it was answered %q", got)
	}
}

func TestApprover(t *testing.T) {
	for _, tt := range []struct{ request, want iso8583.MTI }{{"0100", "0110"}, {"0200", "0210"}, {"0401", "0410"}, {"0500", "0510"}, {"0800", "0810"}} {
		got, err := linktest.Approver(spec(t)).ServeISO(context.Background(), request(t, tt.request, 1))
		if err != nil {
			t.Fatal(err)
		}
		approval, balance := tt.request.Class() <= '2', tt.request.Class() == '5'
		if got.MTI() != tt.want || got.Value("39") != "00" || got.Has("38") != approval || got.Has("37") != approval || got.Has("66") != balance {
			t.Errorf("%s is answered by a %s with %v", tt.request, got.MTI(), got.Fields())
		}
	}
}

func spec(t testing.TB) *iso8583.Spec {
	t.Helper()
	s, err := dialect.ISO87ASCII()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func request(t testing.TB, mti iso8583.MTI, stan int) *iso8583.Message {
	t.Helper()
	m := spec(t).NewMessage(mti)
	for path, value := range map[string]string{"4": "000000001250", "11": fmt.Sprintf("%06d", stan), "41": "TERM0001"} {
		if err := m.Set(path, value); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func approved(t testing.TB) *iso8583.Message {
	t.Helper()
	m, err := linktest.Approver(spec(t)).ServeISO(context.Background(), request(t, "0200", 1))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func body(t testing.TB, m *iso8583.Message) []byte {
	t.Helper()
	b, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func frame(t testing.TB, m *iso8583.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := link.Binary2().WriteFrame(&b, body(t, m)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func dial(t testing.TB, h *linktest.Host) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", h.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// ask connects and sends one request.
func ask(t testing.TB, h *linktest.Host, m *iso8583.Message) net.Conn {
	t.Helper()
	conn := dial(t, h)
	if _, err := conn.Write(frame(t, m)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// answer reads one message: its type, amount, trace number, response code, terminal.
func answer(t testing.TB, conn net.Conn) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	raw, err := link.Binary2().ReadFrame(conn)
	if err != nil {
		t.Fatal(err)
	}
	m, err := spec(t).Unpack(raw)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join([]string{string(m.MTI()), strings.TrimLeft(m.Value("4"), "0"), m.Value("11"), m.Value("39"), m.Value("41")}, " ")
}

// closed tells whether the other side has closed the connection; bytes on it are a
// fault.
func closed(t testing.TB, conn net.Conn) bool {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(30 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	n, err := conn.Read(make([]byte, 1))
	if n > 0 {
		t.Error("there is more on the connection")
	}
	var timeout net.Error
	return !errors.As(err, &timeout) || !timeout.Timeout()
}
