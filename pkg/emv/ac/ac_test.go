package ac_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/mac"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
)

// testMDK is the public test key of Visa's test cards; testPAN lies in their test BIN.
const (
	testMDK = "2315208C9110AD402315208C9110AD40"
	testPAN = "4761739001010010"
)

// The first two cryptograms were computed by pyemv 1.7 (tools.ac and kd) for a card of
// this number and key; the check covers derivation by option A, data, padding and MAC.
func TestVisaCVN10FromNumberAndMasterKey(t *testing.T) {
	icc := masterKey(t)
	for _, c := range []struct{ terminal, atc, arqc string }{
		{"000000001234000000000000052880800010000978261123004DA5FF32", "0042", "5C72AAE433B580A7"},
		{"000000001234000000000000052880800000000978261123001959AE6F", "0043", "F9329C884759C975"},
	} {
		in := ac.Input{Terminal: unhex(t, c.terminal), AIP: [2]byte{0x18, 0x00}, ATC: atc(t, c.atc), IAD: unhex(t, "06010A03A00000")}
		got, err := ac.ARQC(ac.CVN10, icc, in)
		if err != nil {
			t.Fatal(err)
		}
		if upper(got[:]) != c.arqc {
			t.Errorf("ATC %s: got %s, want %s", c.atc, upper(got[:]), c.arqc)
		}
		if err := ac.VerifyARQC(ac.CVN10, icc, in, unhex(t, c.arqc)); err != nil {
			t.Errorf("ATC %s: %v", c.atc, err)
		}
	}
}

// From pyemv tests/test_cvn_hsm.py, test_visa_cvn10 and test_visa_cvn18: the card's
// master key 154F349D…, session key of ATC 001C, cryptograms and answers.
func TestVisaVersions(t *testing.T) {
	icc := key(t, "154F349D8585CB7F6B0798E9839B10C1")
	in := ac.Input{
		Terminal: unhex(t, "0000000040000000000000000124800004800001241911050152BF4585"),
		AIP:      [2]byte{0x18, 0x00}, ATC: 0x001C,
	}
	for _, c := range []struct {
		cvn             ac.CVN
		iad, arqc, auth string
		update          ac.StatusUpdate
	}{
		{ac.CVN10, "06010A03A06010", "29CCA15AE665FA2E", "28993816AFAE4AEB3030", ac.Approve()},
		{ac.CVN18, "06011203A0B800", "7A788EA6B8A3E733", "9AF514C100000000", ac.Decline()},
	} {
		t.Run(c.cvn.String(), func(t *testing.T) {
			in.IAD = unhex(t, c.iad)
			if v, ok := ac.DetectCVN(in.IAD); !ok || v != c.cvn {
				t.Errorf("detected %v, %v", v, ok)
			}
			arqc, err := ac.ARQC(c.cvn, icc, in)
			if err != nil || upper(arqc[:]) != c.arqc {
				t.Errorf("cryptogram %X, %v, want %s", arqc, err, c.arqc)
			}
			auth, err := ac.IssuerAuthData(c.cvn, icc, in, arqc, "00", c.update)
			if err != nil || upper(auth) != c.auth {
				t.Errorf("issuer authentication data %X, %v, want %s", auth, err, c.auth)
			}
			if _, _, err := ac.VerifyIssuerAuthData(c.cvn, icc, in, arqc, auth); err != nil {
				t.Errorf("the card refuses it: %v", err)
			}
		})
	}
}

// From pyemv tests/test_kd_hsm.py, test_ac_hsm.py and test_cvn_hsm.py.
func TestCommonSessionKey(t *testing.T) {
	for _, c := range []struct{ icc, r, want string }{
		{"94F867167C64EF3EEAB0CB627A7A3480", "7A788EA6B8A3E733", "B97A1C1FCE087C3B6820B52F62AB7667"},
		{"154F349D8585CB7F6B0798E9839B10C1", "001C0000ABCDEF12", "5D8F37BCD9E5DA68048CDFA2EA255D9E"},
		{"F84315C7B95BD3B0C74694922C3808B0", "1234567890123456", "3E736BF8D37664348A04E3ABE00DEFC1"},
		{"2608BAA2378C92DAE0948A97E0CD230B", "001C000000000000", "512CE0EC80A45DAB49D5B59492E59BD9"},
	} {
		got, err := ac.SessionKeyFor(key(t, c.icc), [8]byte(unhex(t, c.r)))
		if err != nil || !got.Equal(key(t, c.want)) {
			t.Errorf("session key for %s under %s: check value %s, %v, want that of %s", c.r, c.icc, got.CheckValue(), err, c.want)
		}
	}
	counter, err := ac.SessionKey(key(t, "2608BAA2378C92DAE0948A97E0CD230B"), 0x001C)
	if err != nil || !counter.Equal(key(t, "512CE0EC80A45DAB49D5B59492E59BD9")) {
		t.Errorf("session key for counter 001C: %v", err)
	}
}

// From pyemv tests/test_ac_hsm.py (test_generate_ac_emv_arpc1, the Visa padding of the
// same data, test_generate_arpc2) and test_kd_hsm.py.
func TestGenerateAndARPC(t *testing.T) {
	session := key(t, "3E736BF8D37664348A04E3ABE00DEFC1")
	data := unhex(t, "0123456789ABCDEF0123456789ABCDEF")
	for padding, want := range map[mac.Padding]string{mac.Method1: "922F3E83125EB46B", mac.Method2: "4B46013359B7A58B"} {
		if got, err := ac.Generate(session, data, padding); err != nil || upper(got[:]) != want {
			t.Errorf("padding %d: got %X, %v, want %s", padding, got, err, want)
		}
	}
	arqc := [8]byte(unhex(t, "4B46013359B7A58B"))
	if got, err := ac.ARPC2(session, arqc, ac.Decline(), unhex(t, "1234567890ABCDEF")); err != nil || upper(got[:]) != "4962B76C" {
		t.Errorf("method 2 with proprietary data: %X, %v, want 4962B76C", got, err)
	}
	one, err := ac.ARPC1(key(t, "F84315C7B95BD3B0C74694922C3808B0"), [8]byte(unhex(t, "2E141C6BC4A20DA8")), "\x00\x00")
	if err != nil || upper(one[:]) != "16A49AAB314B9262" {
		t.Errorf("method 1: %X, %v, want 16A49AAB314B9262", one, err)
	}
}

func TestFromICC(t *testing.T) {
	var b emv.Builder
	for _, o := range []struct {
		tag   emv.Tag
		value string
	}{
		{emv.TagAC, "5C72AAE433B580A7"},
		{emv.TagAmount, "000000001234"},
		{emv.TagAmountOther, "000000000000"},
		{emv.TagTerminalCountry, "0528"},
		{emv.TagTVR, "8080001000"},
		{emv.TagCurrency, "0978"},
		{emv.TagTransactionDate, "261123"},
		{emv.TagTransactionType, "00"},
		{emv.TagUnpredictableNumber, "4DA5FF32"},
		{emv.TagAIP, "1800"},
		{emv.TagATC, "0042"},
		{emv.TagIAD, "06010A03A00000"},
	} {
		b.Add(o.tag, unhex(t, o.value))
	}
	in, err := ac.FromICC(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := ac.VerifyARQC(ac.CVN10, masterKey(t), in, unhex(t, "5C72AAE433B580A7")); err != nil {
		t.Error(err)
	}
	in.Terminal[5]++
	if err := ac.VerifyARQC(ac.CVN10, masterKey(t), in, unhex(t, "5C72AAE433B580A7")); !errors.Is(err, ac.ErrCryptogram) {
		t.Errorf("another amount: %v, want ErrCryptogram", err)
	}
}

func TestFromICCNamesWhatIsMissing(t *testing.T) {
	_, err := ac.FromICC(unhex(t, "9F0206000000001234"))
	if !errors.Is(err, ac.ErrInput) || !strings.Contains(err.Error(), "9F03") {
		t.Errorf("got %v, want ErrInput that names 9F03", err)
	}
	_, err = ac.FromICC(unhex(t, "9F02FF"))
	var syntax *emv.SyntaxError
	if !errors.Is(err, ac.ErrInput) || !errors.As(err, &syntax) {
		t.Errorf("got %v, want ErrInput over a syntax error", err)
	}
}

func TestRefusals(t *testing.T) {
	icc, pan := masterKey(t), testCard(t)
	for name, refuse := range map[string]func() error{
		"short issuer key": func() error { _, err := ac.ICCMasterKey(make([]byte, 15), pan, "01"); return err },
		"no number":        func() error { _, err := ac.ICCMasterKey(make([]byte, 16), card.PAN{}, "01"); return err },
		"sequence number":  func() error { _, err := ac.ICCMasterKeyB(make([]byte, 16), pan, "1"); return err },
		"key of 8 bytes":   func() error { _, err := ac.NewKey(make([]byte, 8)); return err },
		"no master key":    func() error { _, err := ac.SessionKey(ac.Key{}, 1); return err },
		"no session key":   func() error { _, err := ac.Generate(ac.Key{}, nil, mac.Method1); return err },
		"no key for ARPC":  func() error { _, err := ac.ARPC1(ac.Key{}, [8]byte{}, "00"); return err },
		"no key for ARQC":  func() error { _, err := ac.ARQC(ac.CVN18, ac.Key{}, ac.Input{}); return err },
		"response code":    func() error { _, err := ac.ARPC1(icc, [8]byte{}, "000"); return err },
		"proprietary data": func() error { _, err := ac.ARPC2(icc, [8]byte{}, ac.Approve(), make([]byte, 9)); return err },
		"unknown version":  func() error { _, err := ac.ARQC(0x999, icc, ac.Input{}); return err },
		"no IAD for 10":    func() error { _, err := ac.ARQC(ac.CVN10, icc, ac.Input{}); return err },
		"no IAD for 18":    func() error { _, err := ac.ARQC(ac.CVN18, icc, ac.Input{}); return err },
		"answer of 9 bytes": func() error {
			_, _, err := ac.VerifyIssuerAuthData(ac.CVN10, icc, ac.Input{ATC: 1}, [8]byte{}, make([]byte, 9))
			return err
		},
		"answer of 7 bytes": func() error {
			_, _, err := ac.VerifyIssuerAuthData(ac.CVN18, icc, ac.Input{ATC: 1}, [8]byte{}, make([]byte, 7))
			return err
		},
		"answer of a stranger": func() error {
			_, _, err := ac.VerifyIssuerAuthData(ac.CVN18, icc, ac.Input{ATC: 1}, [8]byte{}, make([]byte, 8))
			return err
		},
		"cryptogram cut short": func() error {
			return ac.VerifyARQC(ac.CVN10, icc, ac.Input{IAD: make([]byte, 7)}, make([]byte, 4))
		},
	} {
		err := refuse()
		if err == nil {
			t.Errorf("%s: not refused", name)
			continue
		}
		if !errors.Is(err, ac.ErrKey) && !errors.Is(err, ac.ErrInput) && !errors.Is(err, ac.ErrCVN) && !errors.Is(err, ac.ErrCryptogram) {
			t.Errorf("%s: %v has no cause of this package", name, err)
		}
	}
}

// Options A and B are the same up to 16 digits, and no sequence number is "00".
func TestDerivationOptions(t *testing.T) {
	mdk, pan := unhex(t, testMDK), testCard(t)
	a, errA := ac.ICCMasterKey(mdk, pan, "")
	b, errB := ac.ICCMasterKeyB(mdk, pan, "00")
	if errA != nil || errB != nil || !a.Equal(b) {
		t.Errorf("16 digits: A %s %v, B %s %v", a.CheckValue(), errA, b.CheckValue(), errB)
	}
	long, err := card.ParsePAN("6205500000000000004") // UnionPay's published test number of 19 digits
	if err != nil {
		t.Fatal(err)
	}
	a, _ = ac.ICCMasterKey(mdk, long, "00")
	b, _ = ac.ICCMasterKeyB(mdk, long, "00")
	if a.Equal(b) || a.IsZero() || b.IsZero() {
		t.Errorf("19 digits: A %s, B %s, want two keys", a.CheckValue(), b.CheckValue())
	}
}

func TestKeysCannotBePrinted(t *testing.T) {
	k := key(t, testMDK)
	holder := struct {
		Open   ac.Key
		hidden ac.Key
	}{k, k}
	var said strings.Builder
	for _, verb := range strings.Split("v +v #v s q d x X b o U t c p", " ") {
		fmt.Fprintf(&said, "%"+verb+" %"+verb+" ", k, holder)
	}
	j, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewTextHandler(&said, nil)).Info("key", "k", k, "holder", holder)
	slog.New(slog.NewJSONHandler(&said, nil)).Info("key", "k", k, "holder", holder)
	said.Write(j)
	for _, leak := range []string{"2315208C", "35 21 32 140", "0x23, 0x15", "#\\x15"} {
		if strings.Contains(strings.ToUpper(said.String()), strings.ToUpper(leak)) {
			t.Errorf("the key shows as %q in %s", leak, said.String())
		}
	}
}

// The check value is that of the bytes, and the only thing that a key tells of them.
func TestCheckValue(t *testing.T) {
	want, err := mac.KeyCheckValue(unhex(t, testMDK))
	if got := key(t, testMDK).CheckValue(); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	var none ac.Key
	if none.CheckValue() != "" || none.String() != "" || !none.IsZero() || none.Equal(key(t, testMDK)) || !none.Equal(ac.Key{}) {
		t.Error("the zero key is not nothing")
	}
}

// DES ignores parity bits, and so does the comparison of keys.
func TestEqualIgnoresParity(t *testing.T) {
	if !key(t, "00000000000000000000000000000000").Equal(key(t, "01010101010101010101010101010101")) {
		t.Error("keys that differ in parity alone differ")
	}
	if key(t, "00000000000000000000000000000000").Equal(key(t, "02000000000000000000000000000000")) {
		t.Error("two keys are equal")
	}
}

func TestDetectCVN(t *testing.T) {
	for iad, want := range map[string]ac.CVN{
		"06010A03A00000": ac.CVN10, "06011203A00000": ac.CVN18, "0601120312345678": ac.CVN18, // with discretionary data behind
		"06011603A00000": 0, "05010A03A000": 0, "07010A03A00000": 0, "0110A00000": 0, "": 0,
	} {
		if got, ok := ac.DetectCVN(unhex(t, iad)); ok != (want != 0) || ok && got != want {
			t.Errorf("%q: %v, %v, want %v", iad, got, ok, want)
		}
	}
}

// A card whose number has fewer than 16 digits with its sequence number is filled with
// zeros at the left.
func TestShortNumber(t *testing.T) {
	short, err := card.ParsePAN("4222222222222") // 13 digits, a published test number
	if err != nil {
		t.Fatal(err)
	}
	a, errA := ac.ICCMasterKey(unhex(t, testMDK), short, "01")
	b, errB := ac.ICCMasterKeyB(unhex(t, testMDK), short, "01")
	if errA != nil || errB != nil || !a.Equal(b) || a.Equal(masterKey(t)) {
		t.Errorf("A %s %v, B %s %v", a.CheckValue(), errA, b.CheckValue(), errB)
	}
}

func TestStatusUpdate(t *testing.T) {
	if !ac.Approve().Approves() || ac.Decline().Approves() {
		t.Error("the approval bit is not where it should be")
	}
	icc := masterKey(t)
	auth, err := ac.IssuerAuthData(ac.CVN18, icc, ac.Input{ATC: 1}, [8]byte{1}, "00", ac.Approve())
	if err != nil {
		t.Fatal(err)
	}
	_, update, err := ac.VerifyIssuerAuthData(ac.CVN18, icc, ac.Input{ATC: 1}, [8]byte{1}, auth)
	if err != nil || !update.Approves() {
		t.Errorf("%v, %v", update, err)
	}
	for i := range auth {
		auth[i] ^= 0x10
		if _, _, err := ac.VerifyIssuerAuthData(ac.CVN18, icc, ac.Input{ATC: 1}, [8]byte{1}, auth); !errors.Is(err, ac.ErrCryptogram) {
			t.Errorf("byte %d changed: %v", i, err)
		}
		auth[i] ^= 0x10
	}
}

func FuzzFromICC(f *testing.F) {
	f.Add([]byte{0x9F, 0x02, 0x06, 0, 0, 0, 0, 0x12, 0x34})
	f.Fuzz(func(t *testing.T, icc []byte) {
		in, err := ac.FromICC(icc)
		if err != nil {
			return
		}
		k, _ := ac.NewKey(make([]byte, 16))
		for _, v := range []ac.CVN{ac.CVN10, ac.CVN18} {
			code, err := ac.ARQC(v, k, in)
			if err == nil && ac.VerifyARQC(v, k, in, code[:]) != nil {
				t.Fatal("a cryptogram does not verify itself")
			}
		}
	})
}

func BenchmarkVerifyARQC(b *testing.B) {
	k, _ := ac.NewKey(make([]byte, 16))
	in := ac.Input{Terminal: make([]byte, 29), IAD: make([]byte, 7)}
	code, _ := ac.ARQC(ac.CVN18, k, in)
	b.ReportAllocs()
	for b.Loop() {
		if err := ac.VerifyARQC(ac.CVN18, k, in, code[:]); err != nil {
			b.Fatal(err)
		}
	}
}

func Example() {
	mdk, _ := hex.DecodeString("2315208C9110AD402315208C9110AD40")
	pan, _ := card.ParsePAN("4761739001010010")
	icc, _ := ac.ICCMasterKey(mdk, pan, "01")

	terminal, _ := hex.DecodeString("000000001234000000000000052880800010000978261123004DA5FF32")
	iad, _ := hex.DecodeString("06010A03A00000")
	in := ac.Input{Terminal: terminal, AIP: [2]byte{0x18, 0x00}, ATC: 0x0042, IAD: iad}

	arqc, _ := ac.ARQC(ac.CVN10, icc, in)
	fmt.Printf("%X\n", arqc)
	fmt.Println(icc, ac.VerifyARQC(ac.CVN10, icc, in, arqc[:]))
	fmt.Println(ac.VerifyARQC(ac.CVN10, icc, in, make([]byte, 8)))
	// Output:
	// 5C72AAE433B580A7
	// [key] <nil>
	// cryptogram does not match
}

func masterKey(t *testing.T) ac.Key {
	t.Helper()
	k, err := ac.ICCMasterKey(unhex(t, testMDK), testCard(t), "01")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func testCard(t *testing.T) card.PAN {
	t.Helper()
	pan, err := card.ParsePAN(testPAN)
	if err != nil {
		t.Fatal(err)
	}
	return pan
}

func key(t *testing.T, s string) ac.Key {
	t.Helper()
	k, err := ac.NewKey(unhex(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func atc(t *testing.T, s string) uint16 {
	t.Helper()
	b := unhex(t, s)
	return uint16(b[0])<<8 | uint16(b[1])
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func upper(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
