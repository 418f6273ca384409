package oda_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/emv/oda/odatest"
)

// testNumber is a published number for tests.
const testNumber = "4761739001010010"

func pan(t testing.TB, digits string) card.PAN {
	t.Helper()
	p, err := card.ParsePAN(digits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 12, 0, 0, 0, time.UTC) }

// keyPair makes the same key of a label every time.
func keyPair(t testing.TB, label string, bits int, exponent int64) odatest.PrivateKey {
	t.Helper()
	count := uint32(0)
	next := func() *big.Int {
		for {
			var b []byte
			for len(b) < bits/16 {
				sum := sha256.Sum256(binary.BigEndian.AppendUint32([]byte(label), count))
				b, count = append(b, sum[:]...), count+1
			}
			b = b[:bits/16]
			b[0] |= 0xC0
			b[len(b)-1] |= 1
			p := new(big.Int).SetBytes(b)
			if new(big.Int).Mod(p, big.NewInt(exponent)).Int64() != 1 && p.ProbablyPrime(8) {
				return p
			}
		}
	}
	one := big.NewInt(1)
	p, q := next(), next()
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	e := big.NewInt(exponent)
	k, err := odatest.NewPrivateKey(new(big.Int).Mul(p, q).Bytes(), new(big.Int).ModInverse(e, phi).Bytes(), e.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// chain is an authority, an issuer and a card that trust in a row.
type chain struct {
	ca, issuer, icc, pin         odatest.PrivateKey
	issuerCert, iccCert, pinCert oda.Certificate
	static                       []byte
	keys                         *oda.Keys
	who                          oda.Holder
}

// chains are made once: primes take time.
var chains = sync.OnceValue(func() func(t testing.TB) chain {
	var mu sync.Mutex
	var made *chain
	return func(t testing.TB) chain {
		mu.Lock()
		defer mu.Unlock()
		if made == nil {
			c := newChain(t)
			made = &c
		}
		return *made
	}
})

func newChain(t testing.TB) chain {
	t.Helper()
	c := chain{
		ca: keyPair(t, "ca", 1152, 3), issuer: keyPair(t, "issuer", 1024, 65537),
		icc: keyPair(t, "icc", 896, 3), pin: keyPair(t, "pin", 768, 3),
		static: []byte("static data to be authenticated"), who: oda.Holder{PAN: pan(t, testNumber), Date: day(2026, 11, 29)},
	}
	terms := odatest.Terms{Expires: day(2030, 6, 1), Serial: [3]byte{1, 2, 3}}
	var wrong [3]error
	c.issuerCert, wrong[0] = c.ca.CertifyIssuer(c.issuer.Public(), c.who.PAN, terms)
	c.iccCert, wrong[1] = c.issuer.CertifyICC(c.icc.Public(), c.who.PAN, c.static, terms)
	c.pinCert, wrong[2] = c.issuer.CertifyPIN(c.pin.Public(), c.who.PAN, terms)
	for _, err := range wrong {
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	c.keys, err = oda.NewKeys([]oda.CAKey{{
		RID: [5]byte{0xA0, 0, 0, 0, 3}, Index: 0x92, Key: c.ca.Public(), Expires: day(2031, 12, 31), Origin: "this test",
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// raise is the public operation of RSA, for looking into signatures.
func raise(k oda.PublicKey, block []byte) []byte {
	n, e, m := new(big.Int).SetBytes(k.Modulus), new(big.Int).SetBytes(k.Exponent), new(big.Int).SetBytes(block)
	return m.Exp(m, e, n).FillBytes(make([]byte, len(k.Modulus)))
}

// rehash gives what is inside a signature its right hash again and signs it.
func rehash(t testing.TB, k odatest.PrivateKey, x []byte, outside ...[]byte) []byte {
	t.Helper()
	n := len(x)
	h := sha1.New()
	h.Write(x[1 : n-21])
	for _, b := range outside {
		h.Write(b)
	}
	copy(x[n-21:], h.Sum(nil))
	signed, err := k.Recover(x)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}
