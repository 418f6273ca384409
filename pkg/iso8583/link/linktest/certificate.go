package linktest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"
)

// Certificates makes, for one test, an authority and a certificate of it for each side:
// server for Config.TLS or link.Server, client for link.ClientConfig. Both demand and
// verify the certificate of the other, and server's is for 127.0.0.1, ::1 and
// localhost. The keys live in memory.
func Certificates(t testing.TB) (server, client *tls.Config) {
	t.Helper()
	authority := certificate(t, "linktest authority", nil)
	roots := x509.NewCertPool()
	roots.AddCert(authority.Leaf)
	server = &tls.Config{
		Certificates: []tls.Certificate{certificate(t, "linktest host", &authority)},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    roots,
	}
	client = &tls.Config{
		Certificates: []tls.Certificate{certificate(t, "linktest terminal", &authority)},
		RootCAs:      roots,
	}
	return server, client
}

// certificate makes a key and its certificate, signed by issuer, or by itself as an
// authority where there is none.
func certificate(t testing.TB, name string, issuer *tls.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatalf("linktest: key of %s: %v", name, err)
	}
	template := certificateTemplate(t, name)
	parent, signer := template, key
	if issuer == nil {
		template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign
	} else {
		parent, signer = issuer.Leaf, issuer.PrivateKey.(*ecdsa.PrivateKey)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatalf("linktest: certificate of %s: %v", name, err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatalf("linktest: certificate of %s: %v", name, err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// certificateTemplate is good for a day around now and for either side of loopback.
func certificateTemplate(t testing.TB, name string) *x509.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatalf("linktest: serial number of %s: %v", name, err)
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(23 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		DNSNames:              []string{"localhost"},
	}
}
