package oda_test

import (
	"errors"
	"testing"

	"github.com/tillworks/till/pkg/emv/oda"
)

// Any text is a list of keys or a typed error with a line; a list that was read has whole
// keys alone.
func FuzzParseKeys(f *testing.F) {
	f.Add([]byte(entryOf(chains()(f).keys.All()[0])))
	f.Add([]byte("revoked A000000003 92 010203\nkey A000000003 92\n test\n"))
	f.Add([]byte("key A000000003 92\nmodulus\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := oda.ParseKeys(text)
		var fault *oda.FileError
		var other *oda.Error
		switch {
		case errors.As(err, &fault):
			if fault.Line < 1 {
				t.Errorf("no line: %v", err)
			}
		case err != nil && !errors.As(err, &other):
			t.Errorf("error of type %T", err)
		}
		for _, k := range keys.All() {
			if k.Key.Bits() < 8*oda.MinModulus || k.Expires.IsZero() || k.Origin == "" {
				t.Errorf("a key is not whole: %+v", k)
			}
		}
	})
}

// Whatever stands inside the signatures of a hostile issuer or card, reading it ends in
// a key, a number or a typed error.
func FuzzRecovery(f *testing.F) {
	c := chains()(f)
	for _, k := range []oda.Certificate{c.issuerCert, c.iccCert, c.pinCert} {
		f.Add(raise(c.issuer.Public(), k.Signed), k.Remainder, k.Exponent)
	}
	sdad, err := c.icc.SignDynamic([]byte{1, 2}, []byte{3})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raise(c.icc.Public(), sdad), []byte{3}, []byte{3})
	key := c.issuer
	n := key.Public().Size()
	f.Fuzz(func(t *testing.T, inside, remainder, exponent []byte) {
		block := make([]byte, n)
		copy(block, inside)
		block[0], block[n-1] = 0x6A, 0xBC // what is less than the modulus, with marks
		signed := rehash(t, key, block, remainder, exponent)
		cert := oda.Certificate{Signed: signed, Remainder: remainder, Exponent: exponent}
		errs := make([]error, 6)
		_, errs[0] = oda.RecoverIssuer(key.Public(), cert, c.who)
		_, errs[1] = oda.RecoverICC(key.Public(), cert, nil, c.who)
		_, errs[2] = oda.RecoverPIN(key.Public(), cert, c.who)
		_, errs[3] = oda.VerifyStatic(key.Public(), signed, append(remainder[:len(remainder):len(remainder)], exponent...))
		_, errs[4] = oda.VerifyDynamic(key.Public(), signed, append(remainder[:len(remainder):len(remainder)], exponent...))
		_, errs[5] = oda.VerifyCombined(key.Public(), signed, oda.Cryptogram{})
		for _, err := range errs {
			var fault *oda.Error
			if err != nil && !errors.As(err, &fault) {
				t.Errorf("error of type %T: %v", err, err)
			}
		}
	})
}
