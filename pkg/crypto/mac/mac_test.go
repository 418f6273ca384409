package mac_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/crypto/mac"
)

// The codes are those of ISO/IEC 9797-1:2011, annex B.2 and B.4 (DES, key
// 0123456789ABCDEF, second key FEDCBA9876543210); the first of algorithm 1 is also
// the last block of the CBC example of FIPS PUB 81, table C1.
func TestISO9797AnnexB(t *testing.T) {
	const (
		one = "Now is the time for all "
		two = "Now is the time for it"
	)
	for _, c := range []struct {
		algorithm int
		data      string
		padding   mac.Padding
		want      string
	}{
		{1, one, mac.Method1, "70A30640CC76DD8B"},
		{1, one, mac.Method2, "10E1F0F108341B6D"},
		{1, two, mac.Method1, "E45B3AD2B7CC0856"},
		{1, two, mac.Method2, "A924C72136149211"},
		{3, one, mac.Method1, "A1C72E74EA3FA9B6"},
		{3, one, mac.Method2, "E9086230CA3BE796"},
		{3, two, mac.Method1, "2E2B1428CC78254F"},
		{3, two, mac.Method2, "5A692CE64F404145"},
	} {
		t.Run(fmt.Sprintf("algorithm=%d,bytes=%d,padding=%d", c.algorithm, len(c.data), c.padding), func(t *testing.T) {
			key := unhex(t, "0123456789ABCDEF")
			compute := mac.Algorithm1
			if c.algorithm == 3 {
				key, compute = unhex(t, "0123456789ABCDEFFEDCBA9876543210"), mac.Algorithm3
			}
			got, err := compute(key, []byte(c.data), c.padding)
			if err != nil {
				t.Fatal(err)
			}
			if text := strings.ToUpper(hex.EncodeToString(got[:])); text != c.want {
				t.Errorf("got %s, want %s", text, c.want)
			}
		})
	}
}

func TestPad(t *testing.T) {
	for _, c := range []struct {
		data    string
		padding mac.Padding
		want    string
	}{
		{"", mac.Method1, "0000000000000000"},
		{"", mac.Method2, "8000000000000000"},
		{"01", mac.Method1, "0100000000000000"},
		{"01020304050607", mac.Method2, "0102030405060780"},
		{"0102030405060708", mac.Method1, "0102030405060708"},
		{"0102030405060708", mac.Method2, "01020304050607088000000000000000"},
		{"010203040506070809", mac.Method1, "01020304050607080900000000000000"},
	} {
		if got := hex.EncodeToString(mac.Pad(unhex(t, c.data), c.padding)); got != c.want {
			t.Errorf("Pad(%q, %d) = %s, want %s", c.data, c.padding, got, c.want)
		}
	}
}

func TestPadLeavesItsInputAlone(t *testing.T) {
	backing := bytes.Repeat([]byte{0xAA}, 16)
	mac.Pad(backing[:5], mac.Method2)
	if !bytes.Equal(backing, bytes.Repeat([]byte{0xAA}, 16)) {
		t.Errorf("the bytes behind the data were written: %x", backing)
	}
}

// Algorithm 3 over one key repeated is algorithm 1 under that key: the last block is
// deciphered and enciphered under the same key.
func TestAlgorithm3UnderOneKeyIsAlgorithm1(t *testing.T) {
	key := unhex(t, "0123456789ABCDEF")
	for n := range 40 {
		data := bytes.Repeat([]byte{byte(n)}, n)
		one, err1 := mac.Algorithm1(key, data, mac.Method2)
		three, err3 := mac.Algorithm3(append(key[:8:8], key...), data, mac.Method2)
		if err1 != nil || err3 != nil {
			t.Fatal(err1, err3)
		}
		if one != three {
			t.Errorf("%d bytes: algorithm 1 %x, algorithm 3 %x", n, one, three)
		}
	}
}

// Triple DES under one key repeated is single DES under it, so the first two agree.
func TestKeyCheckValue(t *testing.T) {
	for _, c := range []struct{ key, want string }{
		{"0123456789ABCDEF", "D5D44F"}, // NBS SP 500-20: zeros under this key give D5D44FF720683D0D
		{"0123456789ABCDEF0123456789ABCDEF", "D5D44F"},
		{"0123456789ABCDEFFEDCBA9876543210", "08D7B4"},
		{"0123456789ABCDEFFEDCBA98765432100123456789ABCDEF", "08D7B4"},
	} {
		got, err := mac.KeyCheckValue(unhex(t, c.key))
		if err != nil || got != c.want {
			t.Errorf("KeyCheckValue(%s) = %s, %v, want %s", c.key, got, err, c.want)
		}
	}
}

func TestKeysOfOtherLengthsAreRefused(t *testing.T) {
	for n := range 33 {
		key := bytes.Repeat([]byte{0x5A}, n)
		if _, err := mac.Algorithm3(key, nil, mac.Method2); (err == nil) != (n == 16) {
			t.Errorf("algorithm 3 with %d bytes: %v", n, err)
		}
		_, err := mac.Algorithm1(key, nil, mac.Method2)
		if (err == nil) != (n == 8 || n == 16 || n == 24) {
			t.Errorf("algorithm 1 with %d bytes: %v", n, err)
		}
		if err != nil && (!errors.Is(err, mac.ErrKey) || strings.Contains(strings.ToUpper(err.Error()), "5A5A")) {
			t.Errorf("refusal of %d bytes: %v", n, err)
		}
	}
}

func TestVerify(t *testing.T) {
	want := [8]byte{1, 2, 3, 4, 5, 6, 7, 8}
	for _, c := range []struct {
		got  []byte
		fits bool
	}{
		{[]byte{1, 2, 3, 4, 5, 6, 7, 8}, true},
		{[]byte{1, 2, 3, 4}, true},
		{[]byte{1, 2, 3}, false},
		{[]byte{1, 2, 3, 5}, false},
		{[]byte{1, 2, 3, 4, 5, 6, 7, 9}, false},
		{[]byte{1, 2, 3, 4, 5, 6, 7, 8, 0}, false},
		{nil, false},
	} {
		if err := mac.Verify(want, c.got); (err == nil) != c.fits || (err != nil && !errors.Is(err, mac.ErrMismatch)) {
			t.Errorf("Verify(%x) = %v, want fits %v", c.got, err, c.fits)
		}
	}
}

func FuzzAlgorithm3(f *testing.F) {
	f.Add(make([]byte, 16), []byte("Now is the time"))
	f.Fuzz(func(t *testing.T, key, data []byte) {
		code, err := mac.Algorithm3(key, data, mac.Method2)
		if (err == nil) != (len(key) == 16) {
			t.Fatalf("key of %d bytes: %v", len(key), err)
		}
		if err == nil && mac.Verify(code, code[:4]) != nil {
			t.Fatal("a code does not verify itself")
		}
	})
}

func BenchmarkAlgorithm3(b *testing.B) {
	key, data := make([]byte, 16), make([]byte, 40)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mac.Algorithm3(key, data, mac.Method2); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleAlgorithm3() {
	key, _ := hex.DecodeString("0123456789ABCDEFFEDCBA9876543210")
	code, err := mac.Algorithm3(key, []byte("Now is the time for it"), mac.Method2)
	fmt.Printf("%X %v\n", code, err)
	// Output: 5A692CE64F404145 <nil>
}

func ExampleKeyCheckValue() {
	key, _ := hex.DecodeString("0123456789ABCDEFFEDCBA9876543210")
	fmt.Println(mac.KeyCheckValue(key))
	// Output: 08D7B4 <nil>
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
