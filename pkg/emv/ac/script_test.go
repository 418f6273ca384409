package ac_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
)

// scriptKeys are those of pyemv tests/test_cvn_hsm.py.
func scriptKeys(t testing.TB, v ac.CVN) ac.ScriptKeys {
	t.Helper()
	make := func(s string) ac.Key {
		b := must(t, s)
		if v.UsesAES() {
			k, _ := ac.NewAESKey(b)
			return k
		}
		k, _ := ac.NewKey(b)
		return k
	}
	return ac.ScriptKeys{
		Integrity:       make("94F867167C64EF3EEAB0CB627A7A3480"),
		Confidentiality: make("19296D4CD626859E8AADDF0B2AAB8FEA"),
		Cryptogram:      make("154F349D8585CB7F6B0798E9839B10C1"),
	}
}

func must(t testing.TB, s string) []byte {
	t.Helper()
	var b []byte
	if _, err := fmt.Sscanf(s, "%x", &b); err != nil {
		t.Fatal(err)
	}
	return b
}

func messenger(t testing.TB, v ac.CVN, arqc [8]byte) *ac.Messenger {
	t.Helper()
	m, err := ac.NewMessenger(v, scriptKeys(t, v), 0x001C, arqc)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// From pyemv tests/test_cvn_hsm.py: a PIN change of every kind.
func TestChangePIN(t *testing.T) {
	for _, c := range []struct {
		v             ac.CVN
		arqc, current string
		want          string
	}{
		{ac.CVN10, "29CCA15AE665FA2E", "", "8424000218BB221AF527377A2811D2B6EBC396A9391A965A5CB2CE62DA"},
		{ac.CVN10, "29CCA15AE665FA2E", "8888", "84240001182EE025E554BCD87E11D2B6EBC396A939C4A8393B57DD2F3F"},
		{ac.CVN18, "7A788EA6B8A3E733", "8888", "84240001182EE025E554BCD87E11D2B6EBC396A9390FB94A4E4EC10F41"},
		{ac.MChip17, "EAE8A620A75648D8", "", "84240002108661C474E4940A4378390C64CB96756E"},
		{ac.MChip20, "CD29615D6452E70E", "", "84240002107647E71F85AA6A35AE4B4E838666773D"},
	} {
		arqc := [8]byte(must(t, c.arqc))
		apdu, err := messenger(t, c.v, arqc).ChangePIN(card.NewSecret("9999"), card.NewSecret(c.current))
		if err != nil || upper(apdu) != c.want {
			t.Errorf("%s: %X, %v, want %s", c.v, apdu, err, c.want)
		}
		icc := messenger(t, c.v, arqc)
		order, err := icc.Open(apdu)
		if err != nil {
			t.Errorf("%s: the card: %v", c.v, err)
			continue
		}
		if pin, err := icc.NewPIN(order, card.NewSecret(c.current)); err != nil || !pin.Equal(card.NewSecret("9999")) {
			t.Errorf("%s: the card reads another PIN: %v", c.v, err)
		}
	}
}

// Whatever one side seals the other opens, command after command, for every version.
// Out of their order, twice, or for another cryptogram they do not open, where the
// version binds them to it.
func TestScriptsOfEveryVersion(t *testing.T) {
	commands := []ac.Command{
		{Instruction: ac.ApplicationBlock},
		{Instruction: ac.PutData, P1: 0x9F, P2: 0x23, Data: []byte{5}},
		{Instruction: ac.PINChange, P2: 2, Secret: true, Data: must(t, "241234FFFFFFFFFF")},
		{Instruction: ac.UpdateRecord, P1: 1, P2: 0x0C, Data: bytes.Repeat([]byte{0x70}, 100)},
	}
	for _, v := range ac.Versions() {
		issuer, icc := messenger(t, v, [8]byte{1, 2, 3}), messenger(t, v, [8]byte{1, 2, 3})
		var sealed [][]byte
		for _, c := range commands {
			apdu, err := issuer.Seal(c)
			if err != nil {
				t.Fatalf("%s: %v", v, err)
			}
			sealed = append(sealed, apdu)
			got, err := icc.Open(apdu)
			if err != nil || got.Instruction != c.Instruction || got.P1 != c.P1 || got.P2 != c.P2 || !bytes.Equal(got.Data, c.Data) || got.Secret != c.Secret {
				t.Errorf("%s: %+v opens as %+v, %v", v, c, got, err)
			}
		}
		other := messenger(t, v, [8]byte{1, 2, 3, 4})
		if _, err := other.Open(sealed[0]); !errors.Is(err, ac.ErrCryptogram) {
			t.Errorf("%s: a command for another cryptogram: %v", v, err)
		}
		late := messenger(t, v, [8]byte{1, 2, 3})
		_, err := late.Open(sealed[1])
		if ordered := slices.Contains([]ac.Scheme{ac.Mastercard, ac.CCD}, v.Scheme()); errors.Is(err, ac.ErrCryptogram) != ordered {
			t.Errorf("%s: the second command first: %v", v, err)
		}
	}
}

// Mastercard counts the number that stands for the cryptogram up for each command.
func TestMastercardCountsUp(t *testing.T) {
	m := messenger(t, ac.MChip16, [8]byte{7: 0xFF})
	block := ac.Command{Instruction: ac.ApplicationBlock}
	if _, err := m.Seal(block); err != nil {
		t.Fatal(err)
	}
	second, err := m.Seal(block)
	first, err2 := messenger(t, ac.MChip16, [8]byte{6: 1}).Seal(block)
	if err := errors.Join(err, err2); err != nil || !bytes.Equal(first, second) {
		t.Errorf("%X and %X, %v", second, first, err)
	}
}

// A refused command leaves the card where it was: the right one still opens.
func TestRefusedCommandChangesNothing(t *testing.T) {
	for _, v := range ac.Versions() {
		issuer, icc := messenger(t, v, [8]byte{1}), messenger(t, v, [8]byte{1})
		apdu, err := issuer.Seal(ac.Command{Instruction: ac.PutData, P1: 0x9F, P2: 0x23, Data: []byte{5}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range apdu {
			bad := bytes.Clone(apdu)
			bad[i] ^= 0x01
			if _, err := icc.Open(bad); !errors.Is(err, ac.ErrCryptogram) && !errors.Is(err, ac.ErrScript) {
				t.Errorf("%s: byte %d changed: %v", v, i, err)
			}
		}
		for n := range apdu {
			if _, err := icc.Open(apdu[:n]); !errors.Is(err, ac.ErrScript) {
				t.Errorf("%s: cut to %d bytes: %v", v, n, err)
			}
		}
		if _, err := icc.Open(apdu); err != nil {
			t.Errorf("%s: the right command after the wrong ones: %v", v, err)
		}
	}
}

func TestScriptRefusals(t *testing.T) {
	none := card.Secret{}
	visa, mchip := messenger(t, ac.CVN10, [8]byte{}), messenger(t, ac.MChip16, [8]byte{})
	keyless, err := ac.NewMessenger(ac.CVN10, ac.ScriptKeys{
		Integrity: scriptKeys(t, ac.CVN10).Integrity, Confidentiality: scriptKeys(t, ac.CVN10).Confidentiality,
	}, 1, [8]byte{})
	if err != nil {
		t.Fatal(err)
	}
	newPIN := func(m *ac.Messenger, c ac.Command) error { _, err := m.NewPIN(c, none); return err }
	change := func(m *ac.Messenger, pin, current string) error {
		_, err := m.ChangePIN(card.NewSecret(pin), card.NewSecret(current))
		return err
	}
	for name, c := range map[string]struct{ got, want error }{
		"unknown version":          {second(ac.NewMessenger(0x999, ac.ScriptKeys{}, 1, [8]byte{})), ac.ErrCVN},
		"data of 250 bytes":        {second(visa.Seal(ac.Command{Instruction: ac.PutData, Data: make([]byte, 250)})), ac.ErrScript},
		"a PIN of three":           {change(visa, "123", ""), ac.ErrScript},
		"a PIN of thirteen":        {change(mchip, "1234567890123", ""), ac.ErrScript},
		"a PIN of letters":         {change(visa, "12a4", ""), ac.ErrScript},
		"a current PIN that is no": {change(visa, "1234", "x"), ac.ErrScript},
		"M/Chip with a current":    {change(mchip, "1234", "4321"), ac.ErrScript},
		"Visa without its key":     {change(keyless, "1234", ""), ac.ErrKey},
		"another instruction":      {newPIN(visa, ac.Command{Instruction: ac.PutData, P2: 2, Data: make([]byte, 8)}), ac.ErrScript},
		"a block of seven":         {newPIN(visa, ac.Command{Instruction: ac.PINChange, P2: 2, Data: make([]byte, 7)}), ac.ErrScript},
		"a block of format 0":      {newPIN(mchip, ac.Command{Instruction: ac.PINChange, P2: 2, Data: must(t, "041234FFFFFFFFFF")}), ac.ErrScript},
		"a filler that is none":    {newPIN(mchip, ac.Command{Instruction: ac.PINChange, P2: 2, Data: must(t, "241234FFFFFFFFF0")}), ac.ErrScript},
		"CVC3 of no track":         {second(ac.CVC3(key(t, testMDK), nil, 1, [4]byte{})), ac.ErrInput},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}

// From pyemv tests/test_cvv_hsm.py, test_generate_cvc3_track2, for the card's key that
// follows there.
func TestCVC3(t *testing.T) {
	track := must(t, "5123456789012345D35121010000000000000F")
	if got, err := ac.CVC3(key(t, "6D6425FB9401C21AA1F80451AB85DA3B"), track, 0x005E, [4]byte{0, 0, 0x08, 0x99}); err != nil || got != "29488" {
		t.Errorf("got %s, %v, want 29488", got, err)
	}
}

func FuzzOpen(f *testing.F) {
	for i, v := range ac.Versions() {
		m := messenger(f, v, [8]byte{1})
		apdu, err := m.ChangePIN(card.NewSecret("1234"), card.Secret{})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(i), apdu)
		f.Add(byte(i), []byte{0x84, 0x24, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8})
	}
	f.Fuzz(func(t *testing.T, version byte, apdu []byte) {
		v := ac.Versions()[int(version)%len(ac.Versions())]
		before := bytes.Clone(apdu)
		c, err := messenger(t, v, [8]byte{1}).Open(apdu)
		if !bytes.Equal(before, apdu) {
			t.Fatal("the command was changed")
		}
		if err != nil {
			if !errors.Is(err, ac.ErrCryptogram) && !errors.Is(err, ac.ErrScript) {
				t.Fatalf("%v has no cause of this package", err)
			}
			return
		}
		if _, err := messenger(t, v, [8]byte{1}).Seal(c); err != nil {
			t.Fatalf("what was opened cannot be sealed: %v", err)
		}
	})
}

func TestDetect(t *testing.T) {
	visa, mastercard, interac, jcb := must(t, "A0000000031010"), must(t, "A0000000041010"), must(t, "A0000002771010"), must(t, "A0000000651010")
	mchip := "0111A00003220000000000000000000322FF"
	ccd := "0FA501A23000000000000000000000000F000000000000000000000000000000"
	for _, c := range []struct {
		aid  []byte
		iad  string
		want ac.CVN
	}{
		{visa, "06011103A00000", ac.CVN17},
		{visa, "06010A03A00000", ac.CVN10},
		{visa, "06011203A00000", ac.CVN18},
		{visa, "1F2201A0000000" + "00000000000000000000000000000000000000000000000000", ac.CVN22},
		{visa, "1F4A01A0000000" + "00000000000000000000000000000000000000000000000000", 0},
		{nil, mchip, ac.MChip17},
		{mastercard, mchip, ac.MChip17},
		{mastercard, "0110" + mchip[4:], ac.MChip16},
		{mastercard, "0114" + mchip[4:], ac.MChip20},
		{mastercard, "0115" + mchip[4:] + "0000", ac.MChip21},
		{mastercard, "0118" + mchip[4:], 0},
		{visa, mchip, 0},
		{mastercard, "06011103A00000", 0},
		{interac, "1501850440B100000000B00000000000000000000000", ac.Interac133},
		{visa, "1501850440B100000000B00000000000000000000000", 0},
		{jcb, ccd, ac.CCDTDES},
		{mastercard, ccd, ac.CCDTDES},
		{jcb, "0FA6" + ccd[4:], ac.CCDAES},
		{jcb, "0FA7" + ccd[4:], 0},
		{jcb, "06010A03A00000", 0},
		{nil, "", 0},
	} {
		got, ok := ac.Detect(c.aid, must2(t, c.iad))
		if ok != (c.want != 0) || ok && got != c.want {
			t.Errorf("%X %s: %v, %v, want %v", c.aid, c.iad, got, ok, c.want)
		}
	}
}

// must2 is must that takes nothing too.
func must2(t *testing.T, s string) []byte {
	t.Helper()
	if s == "" {
		return nil
	}
	return must(t, s)
}

func TestVersionsByName(t *testing.T) {
	for v, want := range map[ac.CVN]string{
		ac.CVN10: "Visa CVN10", ac.CVN22: "Visa CVN22", ac.MChip17: "M/Chip CVN17", ac.Interac133: "Interac CVN133",
		ac.CCDTDES: "CCD TDES", ac.CCDAES: "CCD AES", 0x907: "scheme 9 CVN7",
	} {
		if v.String() != want {
			t.Errorf("got %s, want %s", v, want)
		}
	}
}

// What a card says within its last cryptogram of the issuer's.
func TestIssuerAuthentication(t *testing.T) {
	for _, c := range []struct {
		iad  string
		want emv.IssuerAuth
	}{
		{"011160100300000000000000000000000000", emv.IssuerAuthPassed},
		{"011160100300040000000000000000000000", emv.IssuerAuthFailed},
		{"011160000300000000000000000000000000", emv.IssuerAuthNone},
		{"0FA501603000000000000000000000000F000000000000000000000000000000", emv.IssuerAuthPassed},
		{"0FA501623000000000000000000000000F000000000000000000000000000000", emv.IssuerAuthNone},
		{"0FA501613000000000000000000000000F000000000000000000000000000000", emv.IssuerAuthFailed},
		{"06010A03680000", emv.IssuerAuthFailed},
		{"06010A03600000", emv.IssuerAuthNone},
		{"01", emv.IssuerAuthNone},
	} {
		if got := ac.IssuerAuthentication(nil, must(t, c.iad)); got != c.want {
			t.Errorf("%s: %v, want %v", c.iad, got, c.want)
		}
	}
}

// The card status update goes into M/Chip's response code as far as that can say it.
func TestMChipResponseCode(t *testing.T) {
	icc := masterKey(t)
	for update, want := range map[ac.StatusUpdate]struct {
		code string
		back ac.StatusUpdate
	}{
		ac.Approve():             {"0010", ac.Approve()},
		ac.Decline():             {"0000", ac.Decline()},
		{0x03, 0x9A, 0, 0}:       {"031E", ac.StatusUpdate{0x03, 0x9A, 0, 0}},
		{0x00, 0xE0, 0x00, 0xFF}: {"0010", ac.Approve()}, // it cannot block
	} {
		auth, err := ac.IssuerAuthData(ac.MChip16, icc, ac.Input{ATC: 1}, [8]byte{1}, "00", update)
		if err != nil || len(auth) != 10 || upper(auth[8:]) != want.code {
			t.Errorf("%X: %X, %v, want %s at its end", update, auth, err, want.code)
			continue
		}
		if _, back, err := ac.VerifyIssuerAuthData(ac.MChip16, icc, ac.Input{ATC: 1}, [8]byte{1}, auth); err != nil || back != want.back {
			t.Errorf("%X: the card reads %X, %v", update, back, err)
		}
	}
	if n, ok := (ac.StatusUpdate{0x03, 0x10}).PINTries(); n != 3 || !ok {
		t.Errorf("PIN tries %d, %v", n, ok)
	}
}

// An issuer changes a card's PIN; the card opens the command.
func ExampleMessenger() {
	mdk, _ := hex.DecodeString("2315208C9110AD402315208C9110AD40") // one key for all three, in an example alone
	pan, _ := card.ParsePAN("5413330089020011")
	icc, _ := ac.MasterKey(ac.MChip17, mdk, pan, "01")
	keys := ac.ScriptKeys{Integrity: icc, Confidentiality: icc, Cryptogram: icc}
	arqc := [8]byte{0xEA, 0xE8, 0xA6, 0x20, 0xA7, 0x56, 0x48, 0xD8}

	issuer, _ := ac.NewMessenger(ac.MChip17, keys, 0x001C, arqc)
	command, _ := issuer.ChangePIN(card.NewSecret("4321"), card.Secret{})

	chip, _ := ac.NewMessenger(ac.MChip17, keys, 0x001C, arqc)
	order, err := chip.Open(command)
	pin, _ := chip.NewPIN(order, card.Secret{})
	fmt.Printf("%X %d bytes, opened: %v\n", command[:5], len(command), err)
	fmt.Println(pin.Equal(card.NewSecret("4321")), pin)
	// Output:
	// 8424000210 21 bytes, opened: <nil>
	// true [hidden]
}
