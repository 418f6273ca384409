package pinblock_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/crypto/pinblock"
)

const testPAN = "4111111111111111"

// The block of ISO-0 for PIN 1234 and number 4012345678909 is that of ANSI X9.24-1:2009,
// A.4.1, and the one of ISO-2 that of EMV 4.4 Book 3, 6.5.12.
func TestClearBlocks(t *testing.T) {
	for _, c := range []struct {
		format    pinblock.Format
		pin, pan  string
		random    string // hex, as it is drawn
		want      string
		explained string
	}{
		{pinblock.ISO0, "1234", "4012345678909", "", "041274EDCBA9876F", "X9.24-1:2009 A.4.1"},
		{pinblock.ISO0, "123456789012", testPAN, "", "0C122547698103EE", "the longest PIN"},
		{pinblock.ISO1, "1234", "", "0123456789ABCDEF0011", "1412341357 9BDF01", "random digits are the low ones of each byte"},
		{pinblock.ISO2, "1234", "", "", "241234FFFFFFFFFF", "Book 3, 6.5.12"},
		{pinblock.ISO2, "123456", "", "", "26123456FFFFFFFF", "a PIN of six digits"},
		{pinblock.ISO3, "1234", testPAN, "000102030405060708090A", "341225BADCFEBADC", "fill of A to F over the number"},
		{pinblock.ISO4, "1234", testPAN, "000102030405060708090A0B0C0D0E0F", "441234AAAAAAAAAA0123456789ABCDEF", "the PIN field alone"},
	} {
		t.Run(c.format.String()+"/"+c.explained, func(t *testing.T) {
			got, err := pinblock.Encode(c.format, card.NewSecret(c.pin), number(t, c.pan), bytes.NewReader(unhex(t, c.random)))
			if err != nil {
				t.Fatal(err)
			}
			if text, want := upper(got), strings.ReplaceAll(c.want, " ", ""); text != want {
				t.Errorf("got %s, want %s", text, want)
			}
			pin, err := pinblock.Decode(c.format, got, number(t, c.pan))
			if err != nil || !pin.Equal(card.NewSecret(c.pin)) {
				t.Errorf("read back: %v", err)
			}
		})
	}
}

// From ANSI X9.24-1:2009, A.4.1: the first PIN block of the sample sequence, under the
// PIN key of its transaction.
func TestEncipheredISO0(t *testing.T) {
	pek := tdes(t, "042666B49184CF5C68DE9628D0397B36") // current key of KSN …E00001 with the PIN variant
	got, err := pinblock.Encipher(pinblock.ISO0, pek, card.NewSecret("1234"), number(t, "4012345678909"), nil)
	if err != nil || hexOf(got) != "1B9C1845EB993A7A" {
		t.Errorf("got %X, %v", got, err)
	}
}

// The first is the example of the Rust crate soft-aes (iso9564 format 4), whose random
// digits are all F; the others are of its tests and are read only.
func TestEncipheredISO4(t *testing.T) {
	k := parse(t, key.AES, "00112233445566778899AABBCCDDEEFF")
	got, err := pinblock.Encipher(pinblock.ISO4, k, card.NewSecret("1234"), number(t, "1234567890123456789"), bytes.NewReader(bytes.Repeat([]byte{0xFF}, 16)))
	if err != nil || hexOf(got) != "28B41FDDD29B743E93124BD8E32D921E" {
		t.Errorf("got %X, %v", got, err)
	}
	for _, c := range []struct{ block, pan, pin string }{
		{"28B41FDDD29B743E93124BD8E32D921E", "1234567890123456789", "1234"},
		{"847A0209C659E4C4A79CA6A2A2217D31", "123456789012345678", "123456"},
		{"018BFEC8B5EF60181A327AD8325A2BA4", "1234567890123456789", "12345678"},
	} {
		pin, err := pinblock.Decipher(pinblock.ISO4, k, unhex(t, c.block), number(t, c.pan))
		if err != nil || pin.Reveal() != c.pin {
			t.Errorf("%s: a PIN of %d digits, %v", c.block, pin.Len(), err)
		}
	}
}

// Every format gives back what went in, for every length of PIN and of card number, and
// nothing under another key or, where it is bound, with another card.
func TestRoundTrip(t *testing.T) {
	random := rand.NewChaCha8([32]byte{7})
	for _, f := range []pinblock.Format{pinblock.ISO0, pinblock.ISO1, pinblock.ISO3, pinblock.ISO4} {
		k, other := keysOf(t, f)
		for pinLength := 4; pinLength <= 12; pinLength++ {
			for panLength := 13; panLength <= 19; panLength++ {
				pin := card.NewSecret("908172635440"[:pinLength])
				pan := number(t, "4000000000000000000"[:panLength])
				block, err := pinblock.Encipher(f, k, pin, pan, random)
				if err != nil || len(block) != f.Size() {
					t.Fatalf("%v: %d bytes, %v", f, len(block), err)
				}
				if got, err := pinblock.Decipher(f, k, block, pan); err != nil || !got.Equal(pin) {
					t.Fatalf("%v, PIN of %d, number of %d: %v", f, pinLength, panLength, err)
				}
				if got, err := pinblock.Decipher(f, other, block, pan); err == nil && got.Equal(pin) {
					t.Fatalf("%v opens under another key", f)
				}
				if got, err := pinblock.Decipher(f, k, block, number(t, "5000000000000000090"[19-panLength:])); f.BindsCard() && err == nil && got.Equal(pin) {
					t.Fatalf("%v opens with another card", f)
				}
			}
		}
	}
}

// Two blocks of one PIN look alike only where the format has no randomness.
func TestRandomness(t *testing.T) {
	for f, fresh := range map[pinblock.Format]bool{pinblock.ISO0: false, pinblock.ISO1: true, pinblock.ISO3: true, pinblock.ISO4: true} {
		random, pan := rand.NewChaCha8([32]byte{7}), number(t, testPAN)
		k, _ := keysOf(t, f)
		a, err := pinblock.Encipher(f, k, card.NewSecret("1234"), pan, random)
		b, err2 := pinblock.Encipher(f, k, card.NewSecret("1234"), pan, random)
		if err != nil || err2 != nil || bytes.Equal(a, b) == fresh {
			t.Errorf("%v: %v, %v, equal %v", f, err, err2, bytes.Equal(a, b))
		}
		if _, err := pinblock.Encipher(f, k, card.NewSecret("1234"), pan, bytes.NewReader(nil)); (err != nil) != fresh {
			t.Errorf("%v without randomness: %v", f, err)
		}
	}
}

// The translations that ISO 9564-1 and PCI PIN Security allow, and no other.
func TestTranslate(t *testing.T) {
	pan, other := number(t, testPAN), number(t, "4012888888881881")
	for from := pinblock.ISO0; from <= pinblock.ISO4; from++ {
		for to := pinblock.ISO0; to <= pinblock.ISO4; to++ {
			allowed := from != pinblock.ISO2 && to != pinblock.ISO2 && (from == pinblock.ISO1 || to != pinblock.ISO1)
			random := rand.NewChaCha8([32]byte{7})
			fromKey, _ := keysOf(t, from)
			_, toKey := keysOf(t, to)
			block := make([]byte, from.Size())
			if from != pinblock.ISO2 {
				var err error
				if block, err = pinblock.Encipher(from, fromKey, card.NewSecret("9081726"), pan, random); err != nil {
					t.Fatal(err)
				}
			}
			there := pinblock.Side{Format: to, Key: toKey, PAN: pan}
			got, err := pinblock.Translate(block, pinblock.Side{Format: from, Key: fromKey, PAN: pan}, there, random)
			if !allowed {
				if !errors.Is(err, pinblock.ErrTranslation) || got != nil {
					t.Errorf("%v to %v: %v", from, to, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%v to %v: %v", from, to, err)
				continue
			}
			if pin, err := pinblock.Decipher(to, toKey, got, pan); err != nil || pin.Reveal() != "9081726" {
				t.Errorf("%v to %v: what arrives is another PIN: %v", from, to, err)
			}
			there.PAN = other
			if _, err := pinblock.Translate(block, pinblock.Side{Format: from, Key: fromKey, PAN: pan}, there, random); from.BindsCard() && !errors.Is(err, pinblock.ErrTranslation) {
				t.Errorf("%v to %v of another card: %v", from, to, err)
			}
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	des, aes := tdes(t, "0123456789ABCDEFFEDCBA9876543210"), parse(t, key.AES, "0123456789ABCDEFFEDCBA9876543210")
	pan, random := number(t, testPAN), rand.NewChaCha8([32]byte{7})
	for name, c := range map[string]struct {
		format pinblock.Format
		key    key.Key
		pin    string
		pan    card.PAN
		want   error
	}{
		"PIN of 3":           {pinblock.ISO0, des, "123", pan, pinblock.ErrPIN},
		"PIN of 13":          {pinblock.ISO0, des, "1234567890123", pan, pinblock.ErrPIN},
		"PIN of letters":     {pinblock.ISO0, des, "12A4", pan, pinblock.ErrPIN},
		"no PIN":             {pinblock.ISO1, des, "", pan, pinblock.ErrPIN},
		"no number":          {pinblock.ISO0, des, "1234", card.PAN{}, pinblock.ErrPAN},
		"number of 12":       {pinblock.ISO3, des, "1234", number(t, "123456789012"), pinblock.ErrPAN},
		"no number for 4":    {pinblock.ISO4, aes, "1234", card.PAN{}, pinblock.ErrPAN},
		"AES for 0":          {pinblock.ISO0, aes, "1234", pan, pinblock.ErrKey},
		"TDES for 4":         {pinblock.ISO4, des, "1234", pan, pinblock.ErrKey},
		"single DES":         {pinblock.ISO0, tdes(t, "0123456789ABCDEF"), "1234", pan, pinblock.ErrKey},
		"no key":             {pinblock.ISO0, key.Key{}, "1234", pan, pinblock.ErrKey},
		"ISO-2 under a key":  {pinblock.ISO2, des, "1234", pan, pinblock.ErrFormat},
		"a format of others": {pinblock.Format(5), des, "1234", pan, pinblock.ErrFormat},
	} {
		block, err := pinblock.Encipher(c.format, c.key, card.NewSecret(c.pin), c.pan, random)
		if !errors.Is(err, c.want) || block != nil || strings.Contains(err.Error(), "1234") {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for _, b := range [][]byte{nil, make([]byte, 7), make([]byte, 16)} {
		if _, err := pinblock.Decipher(pinblock.ISO0, des, b, pan); !errors.Is(err, pinblock.ErrBlock) {
			t.Errorf("a block of %d bytes: %v", len(b), err)
		}
	}
}

// A clear block with a digit wrong anywhere is none: control, length, PIN, fill.
func TestDecodeChecksEveryDigit(t *testing.T) {
	for _, c := range []struct {
		format pinblock.Format
		block  string
		fits   bool
	}{
		{pinblock.ISO2, "241234FFFFFFFFFF", true}, {pinblock.ISO2, "2C123456789012FF", true},
		{pinblock.ISO2, "141234FFFFFFFFFF", false}, {pinblock.ISO2, "231234FFFFFFFFFF", false}, {pinblock.ISO2, "2D1234567890123F", false},
		{pinblock.ISO2, "24123AFFFFFFFFFF", false}, {pinblock.ISO2, "241234FFFFFFFFF0", false}, {pinblock.ISO2, "2F1234FFFFFFFFFF", false},
		{pinblock.ISO2, "241234EFFFFFFFFF", false}, {pinblock.ISO1, "1412340000000000", true}, {pinblock.ISO1, "1312340000000000", false},
		{pinblock.ISO4, "441234AAAAAAAAAA0123456789ABCDEF", true}, {pinblock.ISO4, "441234AAAAAAAAAB0123456789ABCDEF", false},
		{pinblock.ISO4, "041234AAAAAAAAAA0123456789ABCDEF", false}, {pinblock.Format(9), "941234FFFFFFFFFF", false},
	} {
		_, err := pinblock.Decode(c.format, card.NewSecret(string(unhex(t, c.block))), number(t, testPAN))
		if (err == nil) != c.fits {
			t.Errorf("%v %s: %v", c.format, c.block, err)
		}
	}
}

func TestParseFormat(t *testing.T) {
	for text, want := range map[string]int{"0": 0, "ISO-0": 0, "iso 3": 3, "ISO4": 4, " ISO-2 ": 2, "ISO-5": -1, "": -1, "ISO": -1, "ISO-00": -1, "VISA-1": -1} {
		got, err := pinblock.ParseFormat(text)
		if (err != nil) != (want < 0) || err == nil && int(got) != want || err != nil && !errors.Is(err, pinblock.ErrFormat) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

// Any bytes are a block of a PIN that makes the same block again, or are refused.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"\x24\x12\x34\xFF\xFF\xFF\xFF\xFF", "\x04\x12\x25\xEE\xEE\xEE\xEE\xEE", "", "\x44\x12\x34\xAA\xAA\xAA\xAA\xAA01234567"} {
		for format := range 6 {
			f.Add(byte(format), []byte(s))
		}
	}
	pan, err := card.ParsePAN(testPAN)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, format byte, block []byte) {
		pin, err := pinblock.Decode(pinblock.Format(format), card.NewSecret(string(block)), pan)
		if err != nil {
			if !pin.IsZero() || !errors.Is(err, pinblock.ErrBlock) && !errors.Is(err, pinblock.ErrFormat) {
				t.Fatal(err)
			}
			return
		}
		again, err := pinblock.Encode(pinblock.Format(format), pin, pan, rand.NewChaCha8([32]byte{}))
		if err != nil {
			t.Fatal(err)
		}
		back, err := pinblock.Decode(pinblock.Format(format), again, pan)
		if err != nil || !back.Equal(pin) {
			t.Fatal(err)
		}
	})
}

func ExampleTranslate() {
	pan, _ := card.ParsePAN("4111111111111111")
	terminal, _ := key.Parse(key.TDES, "0123456789ABCDEFFEDCBA9876543210")
	network, _ := key.Parse(key.TDES, "89E88CF7931444F334BD7547FC3F380C")
	block, _ := pinblock.Encipher(pinblock.ISO0, terminal, card.NewSecret("1234"), pan, nil)
	block, err := pinblock.Translate(block,
		pinblock.Side{Format: pinblock.ISO0, Key: terminal, PAN: pan},
		pinblock.Side{Format: pinblock.ISO0, Key: network, PAN: pan}, nil)
	pin, _ := pinblock.Decipher(pinblock.ISO0, network, block, pan)
	fmt.Println(pin, pin.Len(), err)
	// Output: [hidden] 4 <nil>
}

// keysOf are two keys that a format takes.
func keysOf(t *testing.T, f pinblock.Format) (k, other key.Key) {
	t.Helper()
	a := key.TDES
	if f == pinblock.ISO4 {
		a = key.AES
	}
	return parse(t, a, "0123456789ABCDEFFEDCBA9876543210"), parse(t, a, "89E88CF7931444F334BD7547FC3F380C")
}

func upper(s card.Secret) string { return hexOf([]byte(s.Reveal())) }

func hexOf(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

func number(t *testing.T, digits string) card.PAN {
	t.Helper()
	if digits == "" {
		return card.PAN{}
	}
	pan, err := card.ParsePAN(digits)
	if err != nil {
		t.Fatal(err)
	}
	return pan
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func tdes(t *testing.T, text string) key.Key { t.Helper(); return parse(t, key.TDES, text) }

func parse(t *testing.T, a key.Algorithm, text string) key.Key {
	t.Helper()
	k, err := key.Parse(a, text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func ExampleEncode() {
	pan, _ := card.ParsePAN("4012345678909")
	block, err := pinblock.Encode(pinblock.ISO0, card.NewSecret("1234"), pan, nil)
	fmt.Println(block, block.Len(), err)
	// Output: [hidden] 8 <nil>
}
