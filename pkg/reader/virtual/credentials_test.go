package virtual_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/oda"
	"github.com/tillworks/till/pkg/reader/virtual"
)

// What is wrong with a command that has to do with signatures, and where it is not in its
// turn.
func TestSignatureRefusals(t *testing.T) {
	const internal = "0088000004 01020304 00"
	for _, c := range []struct {
		name, state, command, sw string
		profile                  virtual.Profile
	}{
		{"INTERNAL AUTHENTICATE of a card without it", "initiated", internal, "6985", virtual.SDA()},
		{"INTERNAL AUTHENTICATE too early", "selected", internal, "6985", virtual.DDA()},
		{"INTERNAL AUTHENTICATE too late", "online", internal, "6985", virtual.DDA()},
		{"INTERNAL AUTHENTICATE with P2", "initiated", "0088000104 01020304 00", "6A86", virtual.DDA()},
		{"INTERNAL AUTHENTICATE of three bytes", "initiated", "0088000003 010203 00", "6700", virtual.DDA()},
		{"INTERNAL AUTHENTICATE under class 80", "initiated", "8088000004 01020304 00", "6E00", virtual.DDA()},
		{"signed GENERATE AC of a card without it", "initiated", "80AE90001D" + zeros(29) + "00", "6A86", virtual.DDA()},
		{"signed GENERATE AC too early", "selected", "80AE90001D" + zeros(29) + "00", "6985", virtual.CDA()},
		{"GENERATE AC signed in another way", "initiated", "80AE88001D" + zeros(29) + "00", "6A86", virtual.CDA()},
		{"certificates of a card without them", "initiated", "00B2011C00", "6A82", virtual.Visa()},
		{"record behind the certificates", "initiated", "00B2031C00", "6A83", virtual.DDA()},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newTerminal(t, c.profile)
			x.to(c.state)
			if _, sw := x.send(c.command); sw != c.sw {
				t.Errorf("got %s, want %s", sw, c.sw)
			}
		})
	}
}

func zeros(n int) string { return hexOf(make([]byte, n)) }

// chainOf reads a card's certificates and opens them with the keys of package oda.
func chainOf(t *testing.T, x *terminal) (objects map[emv.Tag][]byte, issuer, icc oda.Certified) {
	t.Helper()
	objects = map[emv.Tag][]byte{}
	var static []byte
	for _, place := range []string{"0114", "0214", "011C", "021C", "031C"} {
		data, sw := x.send("00B2" + place + "00")
		if sw == "6A83" {
			continue
		}
		tree, err := emv.Parse(data, emv.Strict)
		if err != nil || sw != "9000" {
			t.Fatalf("record %s: %s, %v", place, sw, err)
		}
		for _, n := range tree[1:] {
			objects[n.Tag] = n.Value
		}
		if place[2:] == "14" {
			static = append(static, tree[0].Value...)
		}
	}
	who := oda.Holder{PAN: x.app.PAN, Date: time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)}
	issuer, err := oda.TestKeys().Issuer(x.app.AID, objects[emv.TagCAKeyIndex][0], oda.Certificate{
		Signed: objects[emv.TagIssuerCertificate], Remainder: objects[emv.TagIssuerRemainder], Exponent: objects[emv.TagIssuerExponent],
	}, who)
	if err != nil {
		t.Fatal(err)
	}
	static = append(static, x.app.AIP[:]...)
	if signed := objects[emv.TagSSAD]; signed != nil {
		if dac, err := oda.VerifyStatic(issuer.Key, signed, static); err != nil || dac != [2]byte{0xDA, 0xC0} {
			t.Errorf("static data: %X, %v", dac, err)
		}
	}
	if signed := objects[emv.TagICCCertificate]; signed != nil {
		icc, err = oda.RecoverICC(issuer.Key, oda.Certificate{
			Signed: signed, Remainder: objects[emv.TagICCRemainder], Exponent: objects[emv.TagICCExponent],
		}, static, who)
		if err != nil {
			t.Fatal(err)
		}
	}
	return objects, issuer, icc
}

// The certificates of a card hold under the test authority, and say what they should.
func TestCertificates(t *testing.T) {
	for _, p := range []virtual.Profile{virtual.SDA(), virtual.DDA(), virtual.CDA()} {
		x := newTerminal(t, p)
		x.to("initiated")
		objects, issuer, icc := chainOf(t, x)
		if issuer.Key.Bits() != 1024 || issuer.Expires.Format("2006-01") != "2049-12" {
			t.Errorf("%s: issuer key of %d bits until %v", p.Name, issuer.Key.Bits(), issuer.Expires)
		}
		if static := objects[emv.TagSSAD] != nil; static != (p.Name == "sda") || icc.Key.IsZero() == !static {
			t.Errorf("%s: static data %v, key of %d bits", p.Name, static, icc.Key.Bits())
		}
	}
}

// A card with a key for PINs certifies it apart.
func TestPINCertificate(t *testing.T) {
	p := virtual.Visa()
	p.Applications[0].PINKey = true
	x := newTerminal(t, p)
	x.to("initiated")
	objects, issuer, icc := chainOf(t, x)
	if !icc.Key.IsZero() {
		t.Error("it has a key for signatures too")
	}
	pin, err := oda.RecoverPIN(issuer.Key, oda.Certificate{
		Signed: objects[emv.TagPINCertificate], Remainder: objects[emv.TagPINRemainder], Exponent: objects[emv.TagPINExponent],
	}, oda.Holder{PAN: x.app.PAN})
	if err != nil || pin.Key.Bits() != 768 {
		t.Errorf("key of %d bits, %v", pin.Key.Bits(), err)
	}
}

// What a card signs for INTERNAL AUTHENTICATE covers what was sent, in both formats.
func TestDynamicSignature(t *testing.T) {
	for _, format2 := range []bool{false, true} {
		p := virtual.DDA()
		p.Applications[0].Format2 = format2
		x := newTerminal(t, p)
		x.to("initiated")
		_, _, icc := chainOf(t, x)
		answer := x.want("9000", "0088000004 01020304 00")
		tree, err := emv.Parse(answer, emv.Strict)
		if err != nil {
			t.Fatal(err)
		}
		signed := tree.Value(emv.TagResponse1)
		if format2 {
			signed = tree.Value(emv.TagResponse2, emv.TagSignedDynamic)
		}
		number, err := oda.VerifyDynamic(icc.Key, signed, []byte{1, 2, 3, 4})
		if err != nil || len(number) != 8 {
			t.Errorf("number %X, %v", number, err)
		}
	}
}

// Both cryptograms of a payment are signed with all that was said before them; a decline
// is given in clear.
func TestSignedCryptograms(t *testing.T) {
	x := newTerminal(t, virtual.CDA())
	x.to("initiated")
	_, _, icc := chainOf(t, x)
	said := unhex(t, "0156")
	unsigned := func(answer []byte, kind byte) cryptogram {
		t.Helper()
		tree, err := emv.Parse(answer, emv.Strict)
		if err != nil || tree.Value(emv.TagResponse2, emv.TagAC) != nil {
			t.Fatalf("%v, %X", err, answer)
		}
		var covered []byte
		for _, n := range tree[1:] {
			if n.Tag != emv.TagSignedDynamic {
				covered = emv.AppendTLV(covered, n.Tag, n.Value)
			}
		}
		signed, err := oda.VerifyCombined(icc.Key, tree.Value(emv.TagResponse2, emv.TagSignedDynamic), oda.Cryptogram{
			CID: kind, Unpredictable: [4]byte(unhex(t, x.sale.unpredictable)), Transaction: slices.Concat(said, covered),
		})
		if err != nil {
			t.Fatal(err)
		}
		counter := tree.Value(emv.TagResponse2, emv.TagATC)
		return cryptogram{atc: uint16(counter[0])<<8 | uint16(counter[1]), ac: signed.AC, iad: tree.Value(emv.TagResponse2, emv.TagIAD)}
	}
	first := x.cdol(x.app.CDOL1, "", nil)
	said = append(said, unhex(t, first)...)
	arqc := unsigned(x.want("9000", acCommand("90", first)), 0x80)
	x.verify(arqc)
	second := x.cdol(x.app.CDOL2, "00", nil)
	said = append(said, unhex(t, second)...)
	x.verify(unsigned(x.want("9000", acCommand("50", second)), 0x40))

	x.card.Reset()
	x.to("initiated")
	if answer := x.want("9000", acCommand("10", first)); !bytes.HasPrefix(answer, []byte{0x80}) {
		t.Errorf("a decline is signed: %X", answer)
	}
}
