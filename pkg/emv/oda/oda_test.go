package oda_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv/oda"
)

// A whole chain holds: what was signed comes back, and the keys are those certified.
func TestChainHolds(t *testing.T) {
	c := chains()(t)
	issuer, err := c.keys.Issuer([]byte{0xA0, 0, 0, 0, 3, 0x10, 0x10}, 0x92, c.issuerCert, c.who)
	if err != nil || !bytes.Equal(issuer.Key.Modulus, c.issuer.Public().Modulus) || issuer.Serial != [3]byte{1, 2, 3} {
		t.Fatalf("issuer: %v", err)
	}
	if want := time.Date(2030, 6, 30, 0, 0, 0, 0, time.UTC); !issuer.Expires.Equal(want) {
		t.Errorf("expires %v, want %v", issuer.Expires, want)
	}
	icc, err := oda.RecoverICC(issuer.Key, c.iccCert, c.static, c.who)
	if err != nil || !bytes.Equal(icc.Key.Modulus, c.icc.Public().Modulus) {
		t.Fatalf("card: %v", err)
	}
	pin, err := oda.RecoverPIN(issuer.Key, c.pinCert, c.who)
	if err != nil || !bytes.Equal(pin.Key.Modulus, c.pin.Public().Modulus) {
		t.Fatalf("PIN: %v", err)
	}
	ssad, err := c.issuer.SignStatic([2]byte{0xDA, 0xC0}, c.static)
	if err != nil {
		t.Fatal(err)
	}
	if dac, err := oda.VerifyStatic(issuer.Key, ssad, c.static); err != nil || dac != [2]byte{0xDA, 0xC0} {
		t.Errorf("static: %X, %v", dac, err)
	}
	sdad, err := c.icc.SignDynamic([]byte{1, 2, 3}, []byte{9, 9, 9, 9})
	if err != nil {
		t.Fatal(err)
	}
	if number, err := oda.VerifyDynamic(icc.Key, sdad, []byte{9, 9, 9, 9}); err != nil || !bytes.Equal(number, []byte{1, 2, 3}) {
		t.Errorf("dynamic: %X, %v", number, err)
	}
	said := oda.Cryptogram{CID: 0x80, Unpredictable: [4]byte{9, 9, 9, 9}, Transaction: []byte("all that was said")}
	sdad, err = c.icc.SignCombined([]byte{1, 2, 3, 4}, 0x80, [8]byte{8, 7, 6}, said.Unpredictable, said.Transaction)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := oda.VerifyCombined(icc.Key, sdad, said); err != nil || got.AC != [8]byte{8, 7, 6} || !bytes.Equal(got.Number, []byte{1, 2, 3, 4}) {
		t.Errorf("combined: %X, %v", got, err)
	}
}

// An enciphered PIN opens with the private key alone, to the layout of Book 2, table 25.
func TestEncipherPIN(t *testing.T) {
	c := chains()(t)
	challenge := [8]byte{1, 2, 3, 4, 5, 6, 7, 8}
	fill := bytes.Repeat([]byte{0x5A}, c.pin.Public().Size()-17)
	enciphered, err := oda.EncipherPIN(c.pin.Public(), card.NewSecret("12345"), challenge, bytes.NewReader(fill))
	if err != nil {
		t.Fatal(err)
	}
	open, err := c.pin.Recover(enciphered)
	want := append(unhex(t, "7F 2512345FFFFFFFFF 0102030405060708"), fill...)
	if err != nil || !bytes.Equal(open, want) {
		t.Errorf("opened %X, %v, want %X", open, err, want)
	}
}
