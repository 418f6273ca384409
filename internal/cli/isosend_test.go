package cli

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
)

// sendTo sends a sale to a host and returns what became of it.
func sendTo(t *testing.T, con *console, addr string, args ...string) (exitCode, isoSent) {
	t.Helper()
	con.Now = time.Now
	code := con.till(append([]string{"iso", "send", addr, "0200", "2=4111111111111111", "4=12.50", "11=42", "41=TERM0001", "49=156", "--json"}, args...)...)
	var sent isoSent
	if con.out.Len() > 0 {
		if err := json.Unmarshal(con.out.Bytes(), &sent); err != nil {
			t.Fatal(err)
		}
	}
	return code, sent
}

func TestISOSend(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{})
	con := newConsole(t)
	code, sent := sendTo(t, con, host.Addr(), "--expect", "39=00", "--expect", "mti=0210", "--expect", "4=12.50", "--expect", "38")
	if code != exitDone || sent.Sent != 1 || sent.Failed != 0 || sent.Answer == nil || sent.Answer.MTI != "0210" || sent.Framing != "binary2" || sent.TLS != "" {
		t.Errorf("exit %d, %+v, stderr %q", code, sent, con.err.String())
	}
	for _, e := range sent.Expected {
		if !e.OK {
			t.Errorf("%s: got %q, want %q", e.Path, e.Got, e.Want)
		}
	}
	if strings.Contains(con.out.String(), "4111111111111111") {
		t.Error("the answer shows a card number")
	}
}

// An answer that is not what was expected ends with 7, and says what it was.
func TestISOSendUnexpected(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{}, linktest.Alter("decline", func(m *iso8583.Message) error { return m.Set("39", "51") }))
	con := newConsole(t)
	code, sent := sendTo(t, con, host.Addr(), "--expect", "39=00", "--expect", "55.8A")
	if code != exitDifferences || sent.Failed != 1 || sent.Expected[0] != (isoExpected{Path: "39", Want: "00", Got: "51"}) || sent.Expected[1].OK {
		t.Errorf("exit %d, %+v", code, sent)
	}
}

// Many are sent one after the other with trace numbers that count up, past the last.
func TestISOSendCount(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{}, linktest.Answer(), linktest.Alter("malfunction", func(m *iso8583.Message) error { return m.Set("39", "96") }))
	con := newConsole(t)
	code, sent := sendTo(t, con, host.Addr(), "--count", "3", "11=999999", "--expect", "39=00")
	if code != exitDifferences || sent.Sent != 3 || sent.Failed != 1 || sent.Times.Count != 3 || sent.Times.Most < sent.Times.Median {
		t.Errorf("exit %d, %+v, %s", code, sent, con.err.String())
	}
	var traces []string
	for _, r := range host.Received() {
		traces = append(traces, r.Message.Value("11"))
	}
	if got := strings.Join(traces, " "); got != "999999 000001 000002" {
		t.Errorf("trace numbers %s", got)
	}
}

// Bytes that were given go as they are: here a second bitmap of nothing, in lower case.
func TestISOSendBytes(t *testing.T) {
	seen := &seeing{Framing: link.Binary2(), frames: make(chan []byte, 1)}
	host := linktest.NewHost(t, linktest.Config{Framing: seen})
	con := newConsole(t)
	con.Now = time.Now
	given := "0800" + "a020000000800000" + strings.Repeat("0", 16) + "000000" + "000042" + "TERM0001"
	if code := con.till("iso", "send", host.Addr(), hex.EncodeToString([]byte(given)), "--json"); code != exitDone {
		t.Fatalf("exit %d: %s", code, con.err.String())
	}
	if got := <-seen.frames; string(got) != given {
		t.Errorf("arrived as %q", got)
	}
}

// seeing is a framing that keeps what is read.
type seeing struct {
	link.Framing
	frames chan []byte
}

func (s *seeing) ReadFrame(r io.Reader) ([]byte, error) {
	body, err := s.Framing.ReadFrame(r)
	if err == nil {
		s.frames <- bytes.Clone(body)
	}
	return body, err
}

// Without an answer the exit is 1, and it is said whether the host may have the message.
func TestISOSendWithoutAnswer(t *testing.T) {
	host := linktest.NewHost(t, linktest.Config{}, linktest.Silence(), linktest.Close(), linktest.OtherSTAN())
	con := newConsole(t)
	for _, want := range []string{"no answer within 50ms; the host may have the message", "the connection broke before an answer came", "a message came that is not the answer"} {
		code, _ := sendTo(t, con, host.Addr(), "--timeout", "50ms")
		if code != exitFailure || !strings.Contains(con.err.String(), want) {
			t.Errorf("exit %d: %s, want %q", code, con.err.String(), want)
		}
	}
	host.Refuse()
	if code, _ := sendTo(t, con, host.Addr()); code != exitFailure || !strings.Contains(con.err.String(), "nothing was sent") {
		t.Errorf("exit %d: %s", code, con.err.String())
	}
}

// TLS in both directions, and what is refused of it.
func TestISOSendTLS(t *testing.T) {
	web := httptest.NewTLSServer(nil) // for its certificate, which is for 127.0.0.1 and signs itself
	defer web.Close()
	pair := web.TLS.Certificates[0]
	host := linktest.NewHost(t, linktest.Config{TLS: &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAnyClientCert}})
	dir := t.TempDir()
	ca, cert := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "terminal.pem")
	writePEM(t, ca, &pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, cert, &pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, &pem.Block{Type: "PRIVATE KEY", Bytes: key})
	con := newConsole(t)
	code, sent := sendTo(t, con, host.Addr(), "--ca", ca, "--cert", cert)
	if code != exitDone || !strings.HasPrefix(sent.TLS, "TLS 1.") || sent.Secure <= 0 {
		t.Errorf("exit %d, %+v: %s", code, sent, con.err.String())
	}
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"authority not known": {[]string{"--tls"}, "--ca FILE names the authority"},
		"another name":        {[]string{"--ca", ca, "--cert", cert, "--server-name", "bank.example"}, "--server-name NAME says"},
		"no certificate file": {[]string{"--ca", filepath.Join(dir, "nosuch")}, "cannot be read"},
		"no certificate":      {[]string{"--ca", ca, "--cert", ca}, "cannot be used"},
		"nothing in the file": {[]string{"--ca", os.DevNull}, "holds no certificate"},
	} {
		if code, _ := sendTo(t, con, host.Addr(), tt.args...); code == exitDone || !strings.Contains(con.err.String(), tt.want) {
			t.Errorf("%s: exit %d: %s", name, code, con.err.String())
		}
	}
}

func writePEM(t *testing.T, path string, blocks ...*pem.Block) {
	t.Helper()
	var text []byte
	for _, b := range blocks {
		text = append(text, pem.EncodeToMemory(b)...)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
