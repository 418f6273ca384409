package key_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/crypto/key"
)

const double = "0123456789ABCDEFFEDCBA9876543210"

func TestParse(t *testing.T) {
	for _, c := range []struct {
		algorithm key.Algorithm
		text      string
		bits      int // 0: refused
		kcv       string
	}{
		{key.TDES, "0123456789ABCDEF", 64, "D5D44F"}, // NBS SP 500-20
		{key.TDES, double, 128, "08D7B4"},
		{key.TDES, "0123 4567 89ab cdef\nFE:DC:BA:98-76-54-32-10\n", 128, "08D7B4"},
		{key.TDES, double + "0123456789ABCDEF", 192, "08D7B4"},
		{key.AES, "2B7E151628AED2A6ABF7158809CF4F3C", 128, "7AD386C376"}, // OpenSSL 3.0: mac CMAC over a block of zeros
		{key.HMAC, double, 128, ""},
		{key.TDES, double[:30], 0, ""},
		{key.AES, double[:16], 0, ""},
		{key.TDES, double[:15], 0, ""},
		{key.TDES, double[:31] + "G", 0, ""},
		{key.TDES, "", 0, ""},
		{0, double, 0, ""},
	} {
		k, err := key.Parse(c.algorithm, c.text)
		if err != nil {
			if c.bits != 0 || !errors.Is(err, key.ErrKey) || strings.Contains(err.Error(), "0123") {
				t.Errorf("%v of %d characters: %v", c.algorithm, len(c.text), err)
			}
			continue
		}
		if k.Bits() != c.bits || k.Algorithm() != c.algorithm || k.CheckValue() != c.kcv {
			t.Errorf("%v of %d characters: %d bits, check value %s, want %d and %s", k.Algorithm(), len(c.text), k.Bits(), k.CheckValue(), c.bits, c.kcv)
		}
	}
}

// No verb, no encoder and no logger shows a key, not inside other things either.
func TestKeyCannotBePrinted(t *testing.T) {
	k := parse(t, key.TDES, double)
	type holder struct {
		K key.Key
		k key.Key
		p *key.Key
	}
	h := holder{K: k, k: k, p: &k}
	var said strings.Builder
	for _, verb := range strings.Split("v +v #v s q x X d b o c U t e f g p T 20s -20s .3s", " ") {
		fmt.Fprintf(&said, "%"+verb+"|%"+verb+"|%"+verb+"|%"+verb+"\n", k, &k, h, &h)
		fmt.Fprintf(&said, "%"+verb+"\n", []any{k, h, map[string]any{"k": k}})
	}
	raw, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	said.Write(raw)
	slog.New(slog.NewTextHandler(&said, nil)).Info("key", "k", k, "h", h)
	slog.New(slog.NewJSONHandler(&said, nil)).Info("key", "k", k, "h", h)
	fmt.Fprint(&said, fmt.Errorf("with %v", k))
	text := strings.ToUpper(said.String())
	for _, form := range []string{"0123456789ABCDEF", "01 23 45", "1, 35, 69", "1 35 69", string(k.Reveal()[:8]), "ASNFZ4MRQ"} {
		if strings.Contains(text, strings.ToUpper(form)) {
			t.Errorf("%q was shown", form)
		}
	}
	if !strings.Contains(said.String(), "[key]") {
		t.Error("nothing was formatted")
	}
}

func TestEqual(t *testing.T) {
	k := parse(t, key.TDES, double)
	for _, c := range []struct {
		algorithm key.Algorithm
		text      string
		want      bool
	}{
		{key.TDES, double, true},
		{key.TDES, "0022446688AACCEEFFDDBB9977553311", true}, // other parity bits
		{key.TDES, "0323456789ABCDEFFEDCBA9876543210", false},
		{key.AES, double, false},
		{key.TDES, double + double[:16], false},
	} {
		if other := parse(t, c.algorithm, c.text); k.Equal(other) != c.want || other.Equal(k) != c.want {
			t.Errorf("%v of %d bits: want %v", c.algorithm, other.Bits(), c.want)
		}
	}
	if !(key.Key{}).Equal(key.Key{}) || k.Equal(key.Key{}) {
		t.Error("the zero key equals itself alone")
	}
}

func TestParity(t *testing.T) {
	even := parse(t, key.TDES, "0022446688AACCEEFFDDBB9977553311")
	odd := even.WithOddParity()
	if even.HasOddParity() || !odd.HasOddParity() || !even.Equal(odd) || odd.CheckValue() != even.CheckValue() {
		t.Errorf("even %v, odd %v", even.HasOddParity(), odd.HasOddParity())
	}
	if got := fmt.Sprintf("%X", odd.Reveal()); got != double {
		t.Errorf("got %s", got)
	}
	aes := parse(t, key.AES, "00000000000000000000000000000000")
	if !aes.HasOddParity() || !bytes.Equal(aes.WithOddParity().Reveal(), aes.Reveal()) {
		t.Error("AES has no parity")
	}
}

func TestCombine(t *testing.T) {
	a, b, c := parse(t, key.TDES, double), parse(t, key.TDES, "11111111111111112222222222222222"), parse(t, key.TDES, "00000000000000FF00000000000000FF")
	sum, err := key.Combine(a, b, c)
	if err != nil || fmt.Sprintf("%X", sum.Reveal()) != "1032547698BADC01DCFE98BA547610CD" {
		t.Errorf("got a key of check value %s, %v", sum.CheckValue(), err)
	}
	for name, parts := range map[string][]key.Key{
		"none": {}, "one": {a}, "zero": {a, {}}, "length": {a, parse(t, key.TDES, double[:16])}, "algorithm": {a, parse(t, key.AES, double)},
	} {
		if _, err := key.Combine(parts...); !errors.Is(err, key.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIsWeak(t *testing.T) {
	for text, want := range map[string]bool{
		double[:16]:                      true,
		double[:16] + double[:16]:        true,
		double[:16] + "0022446688AACCEE": true, // the same but for parity
		double:                           false,
		double + double[:16]:             false,
		double[:16] + double[:16] + "00112233445566FF": true,
		double + double[16:]:                           true,
	} {
		if got := parse(t, key.TDES, text).IsWeak(); got != want {
			t.Errorf("a key of %d digits: weak %v, want %v", len(text), got, want)
		}
	}
}

func TestGenerate(t *testing.T) {
	random := bytes.NewReader(bytes.Repeat([]byte{0x5A, 0x01}, 40))
	k, err := key.Generate(key.TDES, 16, random)
	if err != nil || !k.HasOddParity() || k.Len() != 16 {
		t.Errorf("%d bytes, odd %v, %v", k.Len(), k.HasOddParity(), err)
	}
	if k, err := key.Generate(key.AES, 32, random); err != nil || k.Len() != 32 {
		t.Errorf("%d bytes, %v", k.Len(), err)
	}
	if _, err := key.Generate(key.AES, 8, random); !errors.Is(err, key.ErrKey) {
		t.Errorf("AES of 8 bytes: %v", err)
	}
	if _, err := key.Generate(key.AES, 32, bytes.NewReader(make([]byte, 31))); err == nil {
		t.Error("a key was made of too little randomness")
	}
}

func TestBlock(t *testing.T) {
	for _, c := range []struct {
		algorithm key.Algorithm
		bytes     int
		size      int // 0: none
	}{{key.TDES, 8, 8}, {key.TDES, 16, 8}, {key.TDES, 24, 8}, {key.AES, 16, 16}, {key.AES, 24, 16}, {key.AES, 32, 16}, {key.HMAC, 32, 0}} {
		k, err := key.New(c.algorithm, make([]byte, c.bytes))
		if err != nil {
			t.Fatal(err)
		}
		block, err := k.Block()
		if (err == nil) != (c.size > 0) || err == nil && block.BlockSize() != c.size {
			t.Errorf("%v of %d bytes: %v", c.algorithm, c.bytes, err)
		}
	}
	if _, err := (key.Key{}).Block(); !errors.Is(err, key.ErrKey) {
		t.Errorf("the zero key: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(uint8(1), double)
	f.Add(uint8(2), "2B 7E 15 16")
	f.Add(uint8(1), "ＡＢ")
	f.Fuzz(func(t *testing.T, a uint8, text string) {
		k, err := key.Parse(key.Algorithm(a), text)
		if err != nil {
			if !errors.Is(err, key.ErrKey) {
				t.Fatal(err)
			}
			return
		}
		again, err := key.New(k.Algorithm(), k.Reveal())
		if err != nil || !again.Equal(k) {
			t.Fatalf("not read back: %v", err)
		}
	})
}

func parse(t *testing.T, a key.Algorithm, text string) key.Key {
	t.Helper()
	k, err := key.Parse(a, text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func ExampleParse() {
	k, err := key.Parse(key.TDES, "0123456789ABCDEF FEDCBA9876543210")
	fmt.Println(k, k.CheckValue(), k.Bits(), err)
	// Output: [key] 08D7B4 128 <nil>
}

func ExampleCombine() {
	first, _ := key.Parse(key.TDES, "11111111111111112222222222222222")
	second, _ := key.Parse(key.TDES, "1032547698BADCFEDCFE98BA54761032")
	k, err := key.Combine(first, second)
	fmt.Println(k.CheckValue(), err)
	// Output: 08D7B4 <nil>
}
