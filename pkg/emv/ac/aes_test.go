package ac_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/emv/ac"
)

// The keys of FIPS 197 and SP 800-38A as issuer's keys; what follows from them was
// computed with OpenSSL (aes-128-ecb, aes-192-ecb, aes-256-ecb and mac CMAC) by the
// formulas of EMV 4.4 Book 2, A1.4.3, A1.3.1, A1.2.2 and 8.2.2.
const (
	aesMDK128 = "2B7E151628AED2A6ABF7158809CF4F3C"
	aesMDK192 = "8E73B0F7DA0E6452C810F32B809079E562F8EAD2522C6B7B"
	aesMDK256 = "603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4"
	aesICC128 = "7860A7D29BE0C11BCE43ED6DD5E91AB5"
)

func TestAESKeys(t *testing.T) {
	for _, c := range []struct{ mdk, icc, session string }{
		{aesMDK128, aesICC128, "6FCE8B82D72D5CF2615CE762CBCC7E45"},
		{aesMDK192, "E1F889840E0858D7CB94CBCF2448D94B4DF64BBEE9311BC5", ""},
		{
			aesMDK256, "65D140D8BAC6AD1B738319D7E167A7EFAA8D1DBCDCC493AFA7FE5E0BE7DBDB1B",
			"D93807D04950FFADB1C3BAA1B699CA44B48F8306DBCF0053B79CE0012C29BA14",
		},
	} {
		icc, err := ac.ICCMasterKeyC(unhex(t, c.mdk), testCard(t), "01")
		if err != nil || !icc.Equal(aesKey(t, c.icc)) {
			t.Errorf("%d bytes: the card's key has check value %s, %v", len(c.mdk)/2, icc.CheckValue(), err)
		}
		if c.session == "" {
			continue
		}
		session, err := ac.SessionKey(icc, 0x0042)
		if err != nil || !session.Equal(aesKey(t, c.session)) {
			t.Errorf("%d bytes: the session key has check value %s, %v", len(c.mdk)/2, session.CheckValue(), err)
		}
	}
	if got := aesKey(t, aesICC128).CheckValue(); got != "5293C5" {
		t.Errorf("check value %s, want 5293C5", got)
	}
}

func TestCommonCoreWithAES(t *testing.T) {
	in := ac.Input{
		Terminal: unhex(t, "000000001234000000000000052880800010000978261123004DA5FF32"), AIP: [2]byte{0x1C, 0x00}, ATC: 0x0042,
		IAD: unhex(t, "0FA601A23000000000000000000000000F"+strings.Repeat("00", 15)),
	}
	v, ok := ac.DetectCVN(in.IAD)
	if !ok || v != ac.CCDAES {
		t.Fatalf("detected %v, %v", v, ok)
	}
	icc, err := ac.MasterKey(v, unhex(t, aesMDK128), testCard(t), "01")
	if err != nil {
		t.Fatal(err)
	}
	arqc, err := ac.ARQC(v, icc, in)
	if err != nil || upper(arqc[:]) != "F9D9BF1A5CEF2D86" {
		t.Errorf("cryptogram %X, %v", arqc, err)
	}
	auth, err := ac.IssuerAuthData(v, icc, in, arqc, "00", ac.Approve())
	if err != nil || upper(auth) != "96CEE19800800000" {
		t.Errorf("issuer authentication data %X, %v", auth, err)
	}
}

// A key of one cipher serves no version of the other, and is not equal to it.
func TestCiphersAreNotMixed(t *testing.T) {
	tdes, aes := key(t, aesICC128), aesKey(t, aesICC128)
	if tdes.Equal(aes) || aes.Equal(tdes) || tdes.IsAES() || !aes.IsAES() {
		t.Error("a triple DES key passes for an AES key of the same bytes")
	}
	for name, err := range map[string]error{
		"version 10 with AES":         second(ac.ARQC(ac.CVN10, aes, ac.Input{IAD: make([]byte, 7)})),
		"Common Core AES with DES":    second(ac.ARQC(ac.CCDAES, tdes, ac.Input{IAD: make([]byte, 32)})),
		"ARPC method 1 with AES":      second(ac.ARPC1(aes, [8]byte{}, "00")),
		"Visa's script key with AES":  second(ac.VisaScriptKey(aes, 1)),
		"CVC3 with AES":               second(ac.CVC3(aes, []byte{1}, 1, [4]byte{})),
		"an AES key of 15 bytes":      second(ac.NewAESKey(make([]byte, 15))),
		"option C with 17 bytes":      second(ac.ICCMasterKeyC(make([]byte, 17), testCard(t), "01")),
		"option C without sequence":   second(ac.ICCMasterKeyC(make([]byte, 16), testCard(t), "x")),
		"issuer's answer with wrong":  second(ac.IssuerAuthData(ac.CVN18, aes, ac.Input{}, [8]byte{}, "00", ac.Approve())),
		"scripts with keys of AES":    second(ac.NewMessenger(ac.CVN10, ac.ScriptKeys{Integrity: aes, Confidentiality: aes}, 1, [8]byte{})),
		"scripts without a second":    second(ac.NewMessenger(ac.CVN10, ac.ScriptKeys{Integrity: tdes}, 1, [8]byte{})),
		"a master key of the version": second(ac.MasterKey(ac.CCDAES, make([]byte, 8), testCard(t), "01")),
	} {
		if !errors.Is(err, ac.ErrKey) {
			t.Errorf("%s: %v, want ErrKey", name, err)
		}
	}
}

func TestAESKeysCannotBePrinted(t *testing.T) {
	k := aesKey(t, aesICC128)
	j, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprintf("%v %+v %#v %s %x %d %q", k, struct{ k ac.Key }{k}, k, k, k, k, k) + string(j)
	if strings.Contains(strings.ToUpper(said), "7860A7") || strings.Contains(said, "120 96 167") {
		t.Errorf("the key shows in %s", said)
	}
}

func second[T any](_ T, err error) error { return err }

func aesKey(t *testing.T, s string) ac.Key {
	t.Helper()
	k, err := ac.NewAESKey(unhex(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return k
}
