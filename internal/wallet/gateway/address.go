package gateway

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// parseAddress reads the address of a gateway: https, or http on this machine.
func parseAddress(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, badAddress(text, errors.New("it is no URL"))
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, badAddress(text, errors.New("want a scheme, a host and at most a port and a path"))
	case u.Scheme == "https":
		return u, nil
	case u.Scheme == "http" && isLoopback(u.Hostname()):
		return u, nil
	}
	return nil, badAddress(text, errors.New("want https, or http on the loopback"))
}

// isLoopback reports a name that means this machine. What localhost resolves to is
// looked at again when the connection is made.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// newHTTP makes the client for an address. It follows no redirects: an answer from
// somewhere else is no answer, and a payment code must not travel on.
func newHTTP(base *url.URL) *http.Client {
	dialer := &net.Dialer{}
	transport := &http.Transport{
		DialContext:        dialer.DialContext,
		DisableCompression: true, // what is signed is what is on the wire
		MaxIdleConns:       4,
		IdleConnTimeout:    time.Minute,
	}
	if base.Scheme == "http" {
		dialer.Control = onlyLoopback
	} else {
		transport.Proxy = http.ProxyFromEnvironment
		transport.ForceAttemptHTTP2 = true
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// onlyLoopback refuses a connection in clear to another machine, whatever a name
// resolved to.
func onlyLoopback(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err == nil && isLoopback(host) {
		return nil
	}
	return errors.New("an address that is not on this machine, in clear")
}
