package mac_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/crypto/mac"
)

// nistMessage is the message of the examples of NIST SP 800-38B, annex D, from which each
// takes the left part.
const nistMessage = "6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51" +
	"30C81C46A35CE411E5FBC1191A0A52EFF69F2445DF4F9B17AD2B417BE66C3710"

// The codes are those of NIST SP 800-38B, D.1 to D.3; D.1 is RFC 4493, section 4, too.
func TestCMACAESOfNIST(t *testing.T) {
	for _, c := range []struct {
		key   string
		bytes int
		want  string
	}{
		{"2B7E151628AED2A6ABF7158809CF4F3C", 0, "BB1D6929E95937287FA37D129B756746"},
		{"2B7E151628AED2A6ABF7158809CF4F3C", 16, "070A16B46B4D4144F79BDD9DD04A287C"},
		{"2B7E151628AED2A6ABF7158809CF4F3C", 40, "DFA66747DE9AE63030CA32611497C827"},
		{"2B7E151628AED2A6ABF7158809CF4F3C", 64, "51F0BEBF7E3B9D92FC49741779363CFE"},
		{"8E73B0F7DA0E6452C810F32B809079E562F8EAD2522C6B7B", 0, "D17DDF46ADAACDE531CAC483DE7A9367"},
		{"8E73B0F7DA0E6452C810F32B809079E562F8EAD2522C6B7B", 40, "8A1DE5BE2EB31AAD089A82E6EE908B0E"},
		{"603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4", 16, "28A7023F452E8F82BD4BF28D8C37C35C"},
		{"603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4", 64, "E1992190549F6ED5696A2C056C315410"},
	} {
		t.Run(fmt.Sprintf("bits=%d,bytes=%d", 4*len(c.key), c.bytes), func(t *testing.T) {
			code, err := mac.CMACAES(unhex(t, c.key), unhex(t, nistMessage)[:c.bytes])
			if err != nil || upper(code[:]) != c.want {
				t.Errorf("got %X, %v, want %s", code, err, c.want)
			}
		})
	}
}

// The codes are those of NIST SP 800-38B, D.4 (three keys) and D.5 (two).
func TestCMACTDESOfNIST(t *testing.T) {
	const three, two = "8AA83BF8CBDA10620BC1BF19FBB6CD58BC313D4A371CA8B5", "4CF15134A2850DD58A3D10BA80570D38"
	for _, c := range []struct {
		key   string
		bytes int
		want  string
	}{
		{three, 0, "B7A688E122FFAF95"}, {three, 8, "8E8F293136283797"}, {three, 20, "743DDBE0CE2DC2ED"}, {three, 32, "33E6B1092400EAE5"},
		{two, 0, "BD2EBF9A3BA00361"}, {two, 8, "4FF2AB813C53CE83"}, {two, 20, "62DD1B471902BD4E"}, {two, 32, "31B1E431DABC4EB8"},
	} {
		code, err := mac.CMACTDES(unhex(t, c.key), unhex(t, nistMessage)[:c.bytes])
		if err != nil || upper(code[:]) != c.want {
			t.Errorf("%d keys, %d bytes: got %X, %v, want %s", len(c.key)/16, c.bytes, code, err, c.want)
		}
	}
}

// narrow is a cipher whose blocks CMAC has no polynomial for.
type narrow struct{ cipher.Block }

func (narrow) BlockSize() int { return 4 }

func TestCMACRefusesOtherCiphers(t *testing.T) {
	if _, err := mac.CMAC(narrow{}, nil); !errors.Is(err, mac.ErrKey) {
		t.Errorf("blocks of 4 bytes: %v", err)
	}
	for n := range 40 {
		_, err := mac.CMACTDES(make([]byte, n), nil)
		if (err == nil) != (n == 16 || n == 24) {
			t.Errorf("CMACTDES with %d bytes: %v", n, err)
		}
		_, err = mac.CMACAES(make([]byte, n), nil)
		if (err == nil) != (n == 16 || n == 24 || n == 32) {
			t.Errorf("CMACAES with %d bytes: %v", n, err)
		}
	}
}

// The first is worked out step by step in the acceptance tests of a Chinese processor
// (github.com/solo123/pgate, test/integration/pos_mac_test.rb); that triple DES of equal
// halves is single DES gives the second.
func TestUnionPay(t *testing.T) {
	for _, c := range []struct{ key, data, want string }{
		{"2222222222222222", "1234567890ABCDEFABCDEF1234567890", "E267B6E2"},
		{"22222222222222222222222222222222", "1234567890ABCDEFABCDEF1234567890", "E267B6E2"},
		{"2222222222222222", "1234567890ABCDEFABCDEF12345678900000", "E267B6E2"}, // filled with zeros
		{"2222222222222222", "ABCDEF12345678901234567890ABCDEF", "E267B6E2"},     // the weakness that the comment names
	} {
		code, err := mac.UnionPay(unhex(t, c.key), unhex(t, c.data))
		if err != nil || string(code[:]) != c.want {
			t.Errorf("got %s, %v, want %s", code, err, c.want)
		}
	}
	if _, err := mac.UnionPay(make([]byte, 7), nil); !errors.Is(err, mac.ErrKey) {
		t.Errorf("a key of 7 bytes: %v", err)
	}
}

// X9.19 is algorithm 3 with padding method 1; the code is that of ISO/IEC 9797-1, B.4.
func TestX919(t *testing.T) {
	code, err := mac.X919(unhex(t, "0123456789ABCDEFFEDCBA9876543210"), []byte("Now is the time for it"))
	if err != nil || upper(code[:]) != "2E2B1428CC78254F" {
		t.Errorf("got %X, %v", code, err)
	}
}

// The values were computed by OpenSSL 3.0: mac CMAC over zeros, and enc -aes-128-ecb.
func TestKeyCheckValuesByCMAC(t *testing.T) {
	const aes128, aes256 = "2B7E151628AED2A6ABF7158809CF4F3C", "603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4"
	for _, c := range []struct {
		name, key, want string
		compute         func([]byte) (string, error)
	}{
		{"AES-128", aes128, "7AD386C376", mac.KeyCheckValueAES},
		{"AES-256", aes256, "1A0B2DF267", mac.KeyCheckValueAES},
		{"TDES", "0123456789ABCDEFFEDCBA9876543210", "0A82458664", mac.KeyCheckValueCMAC},
		{"AES-128 of old", aes128, "7DF76B", mac.KeyCheckValueECB},
	} {
		if got, err := c.compute(unhex(t, c.key)); err != nil || got != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.name, got, err, c.want)
		}
		if _, err := c.compute(make([]byte, 15)); !errors.Is(err, mac.ErrKey) {
			t.Errorf("%s of 15 bytes: %v", c.name, err)
		}
	}
}

func TestVerifyBytes(t *testing.T) {
	want, err := mac.CMACAES(make([]byte, 16), nil)
	if err != nil {
		t.Fatal(err)
	}
	other := want
	other[15] ^= 1
	for n := range 18 {
		got := append(bytes.Clone(want[:]), 0)[:n]
		if err := mac.VerifyBytes(want[:], got); (err == nil) != (n >= 4 && n <= 16) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if err := mac.VerifyBytes(want[:], other[:]); !errors.Is(err, mac.ErrMismatch) {
		t.Errorf("another code: %v", err)
	}
}

// Every bit of key and data matters.
func FuzzCMAC(f *testing.F) {
	f.Add(make([]byte, 16), []byte("data"), uint(3))
	f.Add(make([]byte, 16), make([]byte, 16), uint(127))
	f.Fuzz(func(t *testing.T, key, data []byte, bit uint) {
		block, err := aes.NewCipher(key)
		if err != nil {
			return
		}
		code, err := mac.CMAC(block, data)
		if err != nil || len(code) != 16 {
			t.Fatalf("%d bytes, %v", len(code), err)
		}
		if len(data) == 0 {
			return
		}
		changed := bytes.Clone(data)
		changed[bit/8%uint(len(data))] ^= 1 << (bit % 8)
		if again, _ := mac.CMAC(block, changed); bytes.Equal(code, again) {
			t.Fatal("a changed bit does not change the code")
		}
	})
}

func BenchmarkCMACAES(b *testing.B) {
	key, data := make([]byte, 16), make([]byte, 64)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mac.CMACAES(key, data); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleCMACAES() {
	key, _ := hex.DecodeString("2B7E151628AED2A6ABF7158809CF4F3C")
	code, err := mac.CMACAES(key, nil)
	fmt.Printf("%X %v\n", code, err)
	// Output: BB1D6929E95937287FA37D129B756746 <nil>
}

func ExampleUnionPay() {
	key, _ := hex.DecodeString("2222222222222222")
	message, _ := hex.DecodeString("1234567890ABCDEFABCDEF1234567890")
	code, err := mac.UnionPay(key, message)
	fmt.Printf("%s %v\n", code, err)
	// Output: E267B6E2 <nil>
}

func upper(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }
