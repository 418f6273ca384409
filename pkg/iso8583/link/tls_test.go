package link_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/iso8583/link"
	"github.com/tillworks/till/pkg/iso8583/link/linktest"
)

func TestTLS(t *testing.T) {
	noLeaks(t)
	serverTLS, clientTLS := linktest.Certificates(t)
	server := approving(t)
	server.TLS = serverTLS
	addr := serve(t, server)
	client, err := link.Dial(soon(t), addr, link.ClientConfig{Spec: spec(t), Framing: link.Binary2(), TLS: clientTLS})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	for stan := 1; stan <= 3; stan++ {
		if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", stan)); err != nil {
			t.Error(err)
		}
	}
	if clientTLS.ServerName != "" {
		t.Error("the caller's configuration was changed")
	}
}

func TestTLSOfLinktest(t *testing.T) {
	noLeaks(t)
	serverTLS, clientTLS := linktest.Certificates(t)
	host := linktest.NewHost(t, linktest.Config{TLS: serverTLS}, linktest.Answer(), linktest.HalfFrame(9))
	client := dial(t, host, func(cfg *link.ClientConfig) { cfg.TLS = clientTLS })
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 1)); err != nil {
		t.Error(err)
	}
	if _, err := client.RoundTrip(soon(t), request(t, "0200", "TERM0001", 2)); !errors.Is(err, link.ErrLinkLost) {
		t.Errorf("half a frame: %v, want ErrLinkLost", err)
	}
}

// Each of these must fail, on whichever side is the first to notice.
func TestTLSRefuses(t *testing.T) {
	serverTLS, clientTLS := linktest.Certificates(t)
	_, stranger := linktest.Certificates(t)
	for _, tt := range []struct {
		name   string
		client *tls.Config
		want   string
	}{
		{"host of another authority", &tls.Config{Certificates: clientTLS.Certificates, RootCAs: stranger.RootCAs}, "unknown authority"},
		{"host of another name", &tls.Config{Certificates: clientTLS.Certificates, RootCAs: clientTLS.RootCAs, ServerName: "bank.example"}, "bank.example"},
		{"terminal without a certificate", &tls.Config{RootCAs: clientTLS.RootCAs}, "certificate required"},
		{"terminal of another authority", &tls.Config{RootCAs: clientTLS.RootCAs, Certificates: stranger.Certificates}, ""},
		{"old version", &tls.Config{RootCAs: clientTLS.RootCAs, MinVersion: tls.VersionTLS11}, "want 1.2 or later"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			noLeaks(t)
			var reports inbox[error]
			server := approving(t)
			server.TLS = serverTLS
			server.Report = reports.put
			client, err := link.Dial(soon(t), serve(t, server), link.ClientConfig{Spec: spec(t), Framing: link.Binary2(), TLS: tt.client})
			if err == nil { // with TLS 1.3 a client learns of its refusal by the first read
				defer func() { _ = client.Close() }()
				<-client.Done()
				err = client.Err()
			} else if !errors.Is(err, link.ErrNotSent) {
				t.Errorf("dial: %v, want ErrNotSent", err)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if tt.name != "old version" {
				reports.await(t, 1)
			}
		})
	}
}

func TestTLSToPlainServer(t *testing.T) {
	_, clientTLS := linktest.Certificates(t)
	var reports inbox[error]
	server := approving(t)
	server.MaxFrame = 512
	server.Report = reports.put
	_, err := link.Dial(soon(t), serve(t, server), link.ClientConfig{Spec: spec(t), Framing: link.Binary2(), TLS: clientTLS})
	if !errors.Is(err, link.ErrNotSent) {
		t.Errorf("got %v, want ErrNotSent", err)
	}
	if got := reports.await(t, 1); !errors.Is(got[0], link.ErrFrame) {
		t.Errorf("the server reports %v, want ErrFrame", got)
	}
}

func TestServerTLSTimesOut(t *testing.T) {
	noLeaks(t)
	serverTLS, _ := linktest.Certificates(t)
	var reports inbox[error]
	server := approving(t)
	server.TLS = serverTLS
	server.HandshakeTimeout = 20 * time.Millisecond
	server.Report = reports.put
	conn, err := net.Dial("tcp", serve(t, server))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if got := reports.await(t, 1); !errors.Is(got[0], context.DeadlineExceeded) {
		t.Errorf("reported: %v, want the deadline of the handshake", got)
	}
}

func TestServerTLSVersion(t *testing.T) {
	serverTLS, _ := linktest.Certificates(t)
	serverTLS.MinVersion = tls.VersionTLS10
	server := approving(t)
	server.TLS = serverTLS
	if err := server.Serve(context.Background(), listen(t)); err == nil || !strings.Contains(err.Error(), "want 1.2 or later") {
		t.Errorf("got %v", err)
	}
}

// Unverified TLS is for the lab on one machine.
func TestTLSUnverified(t *testing.T) {
	serverTLS, _ := linktest.Certificates(t)
	serverTLS.ClientAuth = tls.NoClientCert
	server := approving(t)
	server.TLS = serverTLS
	addr := serve(t, server)
	pinned := func(tls.ConnectionState) error { return nil }
	byChain := func([][]byte, [][]*x509.Certificate) error { return nil }
	for _, tt := range []struct {
		name   string
		remote string
		cfg    *tls.Config
		ok     bool
	}{
		{"loopback", "127.0.0.1", &tls.Config{InsecureSkipVerify: true}, true},
		{"elsewhere", "192.0.2.1", &tls.Config{InsecureSkipVerify: true}, false},
		{"elsewhere and pinned", "192.0.2.1", &tls.Config{InsecureSkipVerify: true, VerifyConnection: pinned}, true},
		{"elsewhere and checked by the caller", "192.0.2.1", &tls.Config{InsecureSkipVerify: true, VerifyPeerCertificate: byChain}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, err := link.Dial(soon(t), addr, link.ClientConfig{
				Spec: spec(t), Framing: link.Binary2(), TLS: tt.cfg,
				DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
					conn, err := new(net.Dialer).DialContext(ctx, network, addr)
					return placedConn{conn, tt.remote}, err
				},
			})
			if (err == nil) != tt.ok {
				t.Errorf("dial: %v, want success %v", err, tt.ok)
			}
			if err == nil {
				_ = client.Close()
			} else if !strings.Contains(err.Error(), "would not be verified") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// placedConn says that its other side is elsewhere.
type placedConn struct {
	net.Conn
	ip string
}

func (c placedConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(c.ip), Port: 5000} }
