package oda_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/emv/oda/odatest"
)

// signedRaw puts any bytes between the marks of a signature and signs them: what a
// hostile or careless issuer could make.
func signedRaw(t testing.TB, k odatest.PrivateKey, block []byte) []byte {
	t.Helper()
	signed, err := k.Recover(block)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func flipped(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

// Everything that can be wrong with an issuer's certificate has an error of its own, and
// the offset is that of the byte at fault.
func TestIssuerCertificateRefused(t *testing.T) {
	c := chains()(t)
	// remade opens the certificate, changes bytes of it and signs it anew, hash and all.
	remade := func(at int, to ...byte) oda.Certificate {
		x := raise(c.ca.Public(), c.issuerCert.Signed)
		copy(x[at:], to)
		cert := c.issuerCert
		cert.Signed = rehash(t, c.ca, x, cert.Remainder, cert.Exponent)
		return cert
	}
	with := func(change func(*oda.Certificate)) oda.Certificate {
		cert := c.issuerCert
		change(&cert)
		return cert
	}
	n := c.ca.Public().Size()
	for _, x := range []struct {
		name   string
		cert   oda.Certificate
		who    oda.Holder
		cause  error
		offset int
	}{
		{"cut short", with(func(x *oda.Certificate) { x.Signed = x.Signed[1:] }), c.who, oda.ErrLength, -1},
		{"empty", oda.Certificate{}, c.who, oda.ErrLength, -1},
		{"signed by another", with(func(x *oda.Certificate) { x.Signed = signedRaw(t, c.ca, make([]byte, n)) }), c.who, oda.ErrFormat, n - 1},
		{"trailer", remade(n-1, 0xBD), c.who, oda.ErrFormat, n - 1},
		{"header", remade(0, 0x6B), c.who, oda.ErrFormat, 0},
		{"a card's certificate", remade(1, 0x04), c.who, oda.ErrFormat, 1},
		{"hash", with(func(x *oda.Certificate) {
			y := raise(c.ca.Public(), x.Signed)
			y[n-2] ^= 1
			x.Signed = signedRaw(t, c.ca, y)
		}), c.who, oda.ErrHash, -1},
		{"another remainder", with(func(x *oda.Certificate) { x.Remainder = flipped(x.Remainder, 0) }), c.who, oda.ErrHash, -1},
		{"no remainder", with(func(x *oda.Certificate) { x.Remainder = nil }), c.who, oda.ErrHash, -1},
		{"another exponent", with(func(x *oda.Certificate) { x.Exponent = []byte{3} }), c.who, oda.ErrHash, -1},
		{"another issuer", c.issuerCert, oda.Holder{PAN: pan(t, "5413330089020011"), Date: c.who.Date}, oda.ErrOwner, 2},
		{"an issuer of two digits", remade(2, 0x47, 0xFF, 0xFF, 0xFF), c.who, oda.ErrOwner, 2},
		{"over for a day", c.issuerCert, oda.Holder{PAN: c.who.PAN, Date: day(2030, 7, 1)}, oda.ErrExpired, 6},
		{"no month", remade(6, 0x13), c.who, oda.ErrExpired, 6},
		{"digits that are none", remade(6, 0xAB), c.who, oda.ErrExpired, 6},
		{"hash algorithm", remade(11, 0x02), c.who, oda.ErrAlgorithm, 11},
		{"key algorithm", remade(12, 0x07), c.who, oda.ErrAlgorithm, 12},
		{"a key longer than what is there", remade(13, 0xF0), c.who, oda.ErrLength, -1},
		{"a key of no bytes", remade(13, 0x00), c.who, oda.ErrKey, -1},
		{"a key below 512 bits", remade(13, 0x10), c.who, oda.ErrKey, -1},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := oda.RecoverIssuer(c.ca.Public(), x.cert, x.who)
			wantFault(t, err, x.cause, x.offset)
		})
	}
	if _, err := oda.RecoverIssuer(c.ca.Public(), c.issuerCert, oda.Holder{PAN: c.who.PAN, Date: day(2030, 6, 30)}); err != nil {
		t.Errorf("on its last day: %v", err)
	}
}

// A card's certificate and the one for its PINs are of one number, whole, and of the
// static data.
func TestCardCertificatesRefused(t *testing.T) {
	c := chains()(t)
	issuer := c.issuer.Public()
	late := oda.Holder{PAN: c.who.PAN, Date: day(2031, 1, 1)}
	other := oda.Holder{PAN: pan(t, "4761739001010119"), Date: c.who.Date}
	longer := oda.Holder{PAN: pan(t, testNumber+"00"), Date: c.who.Date}
	recoverICC := func(cert oda.Certificate, static string, who oda.Holder) error {
		_, err := oda.RecoverICC(issuer, cert, []byte(static), who)
		return err
	}
	recoverPIN := func(cert oda.Certificate, who oda.Holder) error {
		_, err := oda.RecoverPIN(issuer, cert, who)
		return err
	}
	static := string(c.static)
	for _, x := range []struct {
		name   string
		err    error
		cause  error
		offset int
	}{
		{"other static data", recoverICC(c.iccCert, static+".", c.who), oda.ErrHash, -1},
		{"no static data", recoverICC(c.iccCert, "", c.who), oda.ErrHash, -1},
		{"another card", recoverICC(c.iccCert, static, other), oda.ErrOwner, 2},
		{"a longer number", recoverICC(c.iccCert, static, longer), oda.ErrOwner, 2},
		{"over", recoverICC(c.iccCert, static, late), oda.ErrExpired, 12},
		{"an issuer's certificate", recoverICC(c.issuerCert, static, c.who), oda.ErrLength, -1},
		{"a PIN certificate, which covers no data", recoverICC(c.pinCert, static, c.who), oda.ErrHash, -1},
		{"a card's certificate for PINs", recoverPIN(c.iccCert, c.who), oda.ErrHash, -1},
		{"PIN: another card", recoverPIN(c.pinCert, other), oda.ErrOwner, 2},
		{"PIN: over", recoverPIN(c.pinCert, late), oda.ErrExpired, 12},
	} {
		t.Run(x.name, func(t *testing.T) { wantFault(t, x.err, x.cause, x.offset) })
	}
}

// Signatures of a card and an issuer hold for what was signed and nothing else.
func TestSignaturesRefused(t *testing.T) {
	c := chains()(t)
	asked, number := []byte{9, 9, 9, 9}, []byte{1, 2, 3, 4}
	said := oda.Cryptogram{CID: 0x80, Unpredictable: [4]byte(asked), Transaction: []byte("what was said")}
	ssad := must(c.issuer.SignStatic([2]byte{1, 2}, c.static))(t)
	sdad := must(c.icc.SignDynamic(number, asked))(t)
	sac := must(c.icc.SignCombined(number, 0x80, [8]byte{1}, said.Unpredictable, said.Transaction))(t)
	icc, issuer := c.icc.Public(), c.issuer.Public()
	static := func(signed []byte, data string) error {
		_, err := oda.VerifyStatic(issuer, signed, []byte(data))
		return err
	}
	dynamic := func(signed, asked []byte) error {
		_, err := oda.VerifyDynamic(icc, signed, asked)
		return err
	}
	combined := func(signed []byte, change func(*oda.Cryptogram)) error {
		other := said
		change(&other)
		_, err := oda.VerifyCombined(icc, signed, other)
		return err
	}
	// remade changes a byte inside a dynamic signature and signs it anew.
	remade := func(signed []byte, at int, to byte) []byte {
		x := raise(icc, signed)
		x[at] = to
		return rehash(t, c.icc, x, asked)
	}
	same := func(*oda.Cryptogram) {}
	for _, x := range []struct {
		name   string
		err    error
		cause  error
		offset int
	}{
		{"static: other data", static(ssad, "others"), oda.ErrHash, -1},
		{"static: a dynamic signature", static(sdad, string(c.static)), oda.ErrLength, -1},
		{"static: cut short", static(ssad[:5], string(c.static)), oda.ErrLength, -1},
		{"dynamic: other data asked", dynamic(sdad, number), oda.ErrHash, -1},
		{"dynamic: a static signature's length", dynamic(ssad, asked), oda.ErrLength, -1},
		{"dynamic: hash algorithm", dynamic(remade(sdad, 2, 2), asked), oda.ErrAlgorithm, 2},
		{"dynamic: no data", dynamic(remade(sdad, 3, 0), asked), oda.ErrLength, 3},
		{"dynamic: more data than there is room", dynamic(remade(sdad, 3, 0xFF), asked), oda.ErrLength, 3},
		{"dynamic: a number of one byte", dynamic(remade(sdad, 4, 1), asked), oda.ErrLength, 4},
		{"dynamic: a number of nine bytes", dynamic(remade(sdad, 4, 9), asked), oda.ErrLength, 4},
		{"dynamic: a number longer than the data", dynamic(remade(sdad, 4, 8), asked), oda.ErrLength, 4},
		{"combined: nothing behind the number", combined(sdad, same), oda.ErrLength, -1},
		{"combined: another kind", combined(sac, func(c *oda.Cryptogram) { c.CID = 0x40 }), oda.ErrCryptogram, 9},
		{"combined: another unpredictable number", combined(sac, func(c *oda.Cryptogram) { c.Unpredictable[0]++ }), oda.ErrHash, -1},
		{"combined: something else was said", combined(sac, func(c *oda.Cryptogram) { c.Transaction = nil }), oda.ErrHash, 18},
	} {
		t.Run(x.name, func(t *testing.T) { wantFault(t, x.err, x.cause, x.offset) })
	}
}

// A key that could hold a terminal up, or that no annex knows, is not used at all.
func TestKeysRefused(t *testing.T) {
	c := chains()(t)
	good := c.icc.Public()
	for name, change := range map[string]func(*oda.PublicKey){
		"no modulus":            func(k *oda.PublicKey) { k.Modulus = nil },
		"a modulus of zeros":    func(k *oda.PublicKey) { k.Modulus = make([]byte, len(k.Modulus)) },
		"an even modulus":       func(k *oda.PublicKey) { k.Modulus = flipped(k.Modulus, len(k.Modulus)-1) },
		"a modulus too long":    func(k *oda.PublicKey) { k.Modulus = bytes.Repeat([]byte{0xFF}, oda.MaxModulus+1) },
		"a modulus too short":   func(k *oda.PublicKey) { k.Modulus = bytes.Repeat([]byte{0xFF}, oda.MinModulus-1) },
		"no exponent":           func(k *oda.PublicKey) { k.Exponent = nil },
		"exponent 1":            func(k *oda.PublicKey) { k.Exponent = []byte{1} },
		"exponent 5":            func(k *oda.PublicKey) { k.Exponent = []byte{5} },
		"exponent of 256 bytes": func(k *oda.PublicKey) { k.Exponent = bytes.Repeat([]byte{0xFF}, 256) },
	} {
		t.Run(name, func(t *testing.T) {
			k := good
			change(&k)
			_, err := oda.VerifyDynamic(k, make([]byte, len(k.Modulus)), nil)
			wantFault(t, err, oda.ErrKey, -1)
			_, err = oda.EncipherPIN(k, card.NewSecret("1234"), [8]byte{}, nil)
			wantFault(t, err, oda.ErrKey, -1)
		})
	}
}

// What is no PIN is refused before anything is enciphered, and never told.
func TestPINRefused(t *testing.T) {
	key := chains()(t).pin.Public()
	for _, pin := range []string{"", "123", "1234567890123", "12a4", "12 4", "１２"} {
		_, err := oda.EncipherPIN(key, card.NewSecret(pin), [8]byte{}, nil)
		wantFault(t, err, oda.ErrPIN, -1)
		if pin != "" && strings.Contains(err.Error(), pin) {
			t.Errorf("the PIN is told: %v", err)
		}
	}
	_, err := oda.EncipherPIN(key, card.NewSecret("1234"), [8]byte{}, strings.NewReader("too few"))
	wantFault(t, err, oda.ErrPIN, -1)
	one, err1 := oda.EncipherPIN(key, card.NewSecret("1234"), [8]byte{}, nil)
	two, err2 := oda.EncipherPIN(key, card.NewSecret("1234"), [8]byte{}, nil)
	if err1 != nil || err2 != nil || bytes.Equal(one, two) {
		t.Errorf("the same PIN twice looks the same: %v, %v", err1, err2)
	}
}

// The list of a terminal says no in its own words, and a nil one has nothing.
func TestIssuerOfKeys(t *testing.T) {
	c := chains()(t)
	aid := []byte{0xA0, 0, 0, 0, 3, 0x10, 0x10}
	revoking, err := oda.NewKeys(c.keys.All(), []oda.Revocation{{RID: [5]byte(aid), Index: 0x92, Serial: [3]byte{1, 2, 3}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name  string
		keys  *oda.Keys
		aid   []byte
		index byte
		date  time.Time
		cause error
	}{
		{"good", c.keys, aid, 0x92, c.who.Date, nil},
		{"on the key's last day the certificate is over", c.keys, aid, 0x92, day(2031, 12, 31), oda.ErrExpired},
		{"the day after the key is over", c.keys, aid, 0x92, day(2032, 1, 1), oda.ErrKeyExpired},
		{"another index", c.keys, aid, 0x93, c.who.Date, oda.ErrNoKey},
		{"another scheme", c.keys, []byte{0xA0, 0, 0, 0, 4, 0x10, 0x10}, 0x92, c.who.Date, oda.ErrNoKey},
		{"no scheme", c.keys, []byte{0xA0}, 0x92, c.who.Date, oda.ErrNoKey},
		{"no keys", nil, aid, 0x92, c.who.Date, oda.ErrNoKey},
		{"revoked", revoking, aid, 0x92, c.who.Date, oda.ErrRevoked},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := x.keys.Issuer(x.aid, x.index, c.issuerCert, oda.Holder{PAN: c.who.PAN, Date: x.date})
			if !errors.Is(err, x.cause) || x.cause == nil && err != nil {
				t.Errorf("got %v, want %v", err, x.cause)
			}
		})
	}
}

// No error repeats a number.
func TestErrorsHoldNoNumber(t *testing.T) {
	c := chains()(t)
	_, err := oda.RecoverICC(c.issuer.Public(), c.iccCert, c.static, oda.Holder{PAN: pan(t, "4761739001010119"), Date: c.who.Date})
	if err == nil || strings.Contains(err.Error(), "476173") {
		t.Errorf("got %v", err)
	}
}

// wantFault wants an *Error of a cause and a place.
func wantFault(t *testing.T, err, cause error, offset int) {
	t.Helper()
	var fault *oda.Error
	if !errors.Is(err, cause) || !errors.As(err, &fault) || fault.Offset != offset {
		t.Errorf("got %v, want %v at offset %d", err, cause, offset)
	}
}

func must(b []byte, err error) func(t *testing.T) []byte {
	return func(t *testing.T) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}
