package keyblock_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/crypto/keyblock"
)

// The blocks of keys A, B and D are the examples of TR-31:2010 and 2018, annex A; the others
// are of the test suite of github.com/moov-io/tr31.
func TestUnwrapPublished(t *testing.T) {
	for _, c := range []struct{ kbpk, block, want, blocks string }{
		{"89E88CF7931444F334BD7547FC3F380C", "A0072P0TE00E0000F5161ED902807AF26F1D62263644BD24192FDB3193C730301CEE8701", "F039121BEC83D26B169BDCD5B22AAF8F", ""},
		{"B8ED59E0A279A295E9F5ED7944FD06B9", "A0112P0TE12E0200KS1400604B120F929280PB047A1BB737854CD7AF58A8A1E4506A942277EDA76EBA6BA228AF62ADDA3AD8799E8B2C8CD7", "F039121BEC83D26B169BDCD5B22AAF8F", "KS=00604B120F929280 PB="},
		{"DD7515F2BFC17F85CE48F3CA25CB21F6", "B0080P0TE00E000094B420079CC80BA3461F86FE26EFC4A3B8E4FA4C5F5341176EED7B727B8A248E", "3F419E1CB7079442AA37474C2EFBF8B8", ""},
		{"1D22BF32387C600AD97F9B97A51311AC", "B0104B0TX12S0100KS1800604B120F9292800000BB68BE8680A400D9191AD4ECE45B6E6C0D21C4738A52190E248719E24B433627", "E8BC63E5479455E26577F715D587FE68", "KS=00604B120F9292800000"},
		{"88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6", "D0144P0AE00E00002C77FA3F4A553BED6E88AE5C172A4166E3D4ACA8E2AC71C158A476FAC12C13C3829DE55D3AB54C48F4C4FEF7AC75E90FC47F1B77E7B19A73ED46E64410082557", "3F419E1CB7079442AA37474C2EFBF8B8", ""},
		{"AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBB", "C0088M3TC00E00009BC6306FC31891BF87B3148463627B1D68C603D9FAB9074E4A0D2E78D40B29905A826F5C", "CCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD", ""},
		{"AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCC", "B0096M3TC00E0000C7C6FE86A5DE769C20DCA238C52341378B484D544A9764D43963C3B2824AE56C2D07A565DD3AB342", "CCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD", ""},
	} {
		t.Run(fmt.Sprintf("%.10s", c.block), func(t *testing.T) {
			h, k, err := keyblock.Unwrap(kbpkFor(t, c.block[0], c.kbpk), c.block)
			if err != nil || strings.ToUpper(hex.EncodeToString(k.Reveal())) != c.want {
				t.Fatalf("a key of check value %s, %v", k.CheckValue(), err)
			}
			var blocks []string
			for _, o := range h.Blocks {
				blocks = append(blocks, o.ID+"="+o.Data)
			}
			if got := strings.Join(blocks, " "); got != c.blocks || h.Length != len(c.block) {
				t.Errorf("optional blocks %q, want %q; length %d", got, c.blocks, h.Length)
			}
			if read, err := keyblock.ParseHeader(c.block); err != nil || read.Usage != h.Usage {
				t.Errorf("without a key: %v", err)
			}
		})
	}
}

// Every character of a block counts: whichever is changed, the block does not open.
func TestEveryCharacterIsCovered(t *testing.T) {
	for _, version := range []byte("BCD") {
		kbpk, k, h := setup(t, version)
		h.Blocks = []keyblock.Optional{{ID: "KS", Data: "00604B120F9292800000"}}
		block := wrap(t, kbpk, h, k, keyblock.Options{})
		for i := range block {
			for _, c := range []byte{'0', '1', 'A', 'F', 'G', ' '} {
				if block[i] == c {
					continue
				}
				damaged := block[:i] + string(c) + block[i+1:]
				if _, got, err := keyblock.Unwrap(kbpk, damaged); err == nil {
					t.Fatalf("version %c: character %d may be %q: %v", version, i, c, got)
				}
			}
		}
		for i := range block {
			if _, _, err := keyblock.Unwrap(kbpk, block[:i]); !errors.Is(err, keyblock.ErrFormat) {
				t.Fatalf("version %c cut to %d: %v", version, i, err)
			}
		}
	}
}

// What is wrapped comes back, whatever the version, the cipher, the length and the
// optional blocks.
func TestRoundTrip(t *testing.T) {
	for _, version := range []byte("BCD") {
		kbpk, _, h := setup(t, version)
		for _, a := range []key.Algorithm{key.TDES, key.AES, key.HMAC} {
			for _, size := range a.Sizes() {
				for name, blocks := range map[string][]keyblock.Optional{
					"none": nil, "one": {{ID: "KS", Data: "00604B120F9292800000"}}, "empty": {{ID: "KP", Data: ""}},
					"two": {{ID: "CT", Data: "0"}, {ID: "TS", Data: "2026-11-29T17:00:00Z"}}, "long": {{ID: "CT", Data: strings.Repeat("x", 1000)}},
					"251": {{ID: "CT", Data: strings.Repeat("y", 251)}}, "252": {{ID: "CT", Data: strings.Repeat("z", 252)}},
				} {
					h.Algorithm, h.Blocks = map[key.Algorithm]byte{key.TDES: 'T', key.AES: 'A', key.HMAC: 'H'}[a], blocks
					k := must(key.Generate(a, size, random()))(t)
					block := wrap(t, kbpk, h, k, keyblock.Options{AllowWeaker: true})
					back, got, err := keyblock.Unwrap(kbpk, block)
					if err != nil || !got.Equal(k) {
						t.Fatalf("version %c, %v of %d bytes, %s: %v", version, a, size, name, err)
					}
					if back.Usage != h.Usage || back.Mode != h.Mode || back.KeyVersion != h.KeyVersion || back.Exportability != h.Exportability {
						t.Fatalf("header %+v, want %+v", back, h)
					}
					for i, o := range blocks {
						if back.Blocks[i] != o {
							t.Fatalf("optional block %d: %d characters, want %d", i, len(back.Blocks[i].Data), len(o.Data))
						}
					}
				}
			}
		}
	}
}

// A long HMAC key goes under the strongest key that there is, and under no weaker one.
func TestHMACUnderAES(t *testing.T) {
	h := keyblock.Header{Version: 'D', Usage: "M7", Algorithm: 'H', Mode: 'C', KeyVersion: "00", Exportability: 'N'}
	k := must(key.Generate(key.HMAC, 64, random()))(t)
	wrap(t, parse(t, key.AES, strings.Repeat("12", 32)), h, k, keyblock.Options{})
	if _, err := keyblock.Wrap(parse(t, key.AES, strings.Repeat("12", 24)), h, k, keyblock.Options{Random: random()}); !errors.Is(err, keyblock.ErrStrength) {
		t.Error(err)
	}
}

// A block tells nothing of the length of its key, unless that is asked for.
func TestLengthIsHidden(t *testing.T) {
	kbpk := parse(t, key.AES, strings.Repeat("88E1AB2A2E3DD38C", 4))
	h := keyblock.Header{Version: 'D', Usage: "P0", Algorithm: 'A', Mode: 'E', KeyVersion: "00", Exportability: 'E'}
	short := wrap(t, kbpk, h, parse(t, key.AES, strings.Repeat("11", 16)), keyblock.Options{})
	long := wrap(t, kbpk, h, parse(t, key.AES, strings.Repeat("11", 32)), keyblock.Options{})
	if len(short) != len(long) {
		t.Errorf("%d and %d characters", len(short), len(long))
	}
	bare := wrap(t, kbpk, h, parse(t, key.AES, strings.Repeat("11", 16)), keyblock.Options{KeyBytes: 16})
	if len(bare) != len(short)-32 {
		t.Errorf("%d characters, filled %d", len(bare), len(short))
	}
}

// The same key is another text each time, where there is room for randomness.
func TestWrapIsRandom(t *testing.T) {
	for _, version := range []byte("BCD") {
		kbpk, k, h := setup(t, version)
		r := random()
		a, b := must(keyblock.Wrap(kbpk, h, k, keyblock.Options{Random: r}))(t), must(keyblock.Wrap(kbpk, h, k, keyblock.Options{Random: r}))(t)
		if a == b {
			t.Errorf("version %c: twice the same text", version)
		}
		if _, err := keyblock.Wrap(kbpk, h, k, keyblock.Options{}); err == nil {
			t.Errorf("version %c: wrapped without randomness", version)
		}
		if _, err := keyblock.Wrap(kbpk, h, k, keyblock.Options{Random: bytes.NewReader([]byte{1})}); err == nil {
			t.Errorf("version %c: wrapped with one byte of randomness", version)
		}
	}
}

func TestWhatWrapRefuses(t *testing.T) {
	tdes, aes := parse(t, key.TDES, "0123456789ABCDEFFEDCBA9876543210"), parse(t, key.AES, strings.Repeat("1234567890ABCDEF", 2))
	long := parse(t, key.AES, strings.Repeat("12", 32))
	good := keyblock.Header{Version: 'D', Usage: "P0", Algorithm: 'A', Mode: 'E', KeyVersion: "00", Exportability: 'E'}
	change := func(f func(*keyblock.Header)) keyblock.Header { h := good; f(&h); return h }
	for name, c := range map[string]struct {
		kbpk key.Key
		h    keyblock.Header
		k    key.Key
		want error
	}{
		"A is not written":      {tdes, change(func(h *keyblock.Header) { h.Version, h.Algorithm = 'A', 'T' }), tdes, keyblock.ErrUnsupported},
		"no such version":       {tdes, change(func(h *keyblock.Header) { h.Version = 'E' }), tdes, keyblock.ErrFormat},
		"AES under TDES":        {tdes, change(func(h *keyblock.Header) { h.Version = 'B' }), aes, keyblock.ErrStrength},
		"AES-256 under AES-128": {aes, good, long, keyblock.ErrStrength},
		"TDES key for D":        {tdes, change(func(h *keyblock.Header) { h.Algorithm = 'T' }), tdes, keyblock.ErrKey},
		"AES key for B":         {aes, change(func(h *keyblock.Header) { h.Version = 'B' }), aes, keyblock.ErrKey},
		"another algorithm":     {aes, good, tdes, keyblock.ErrKey},
		"DES of two keys":       {aes, change(func(h *keyblock.Header) { h.Algorithm = 'D' }), tdes, keyblock.ErrKey},
		"RSA":                   {aes, change(func(h *keyblock.Header) { h.Algorithm = 'R' }), tdes, keyblock.ErrUnsupported},
		"no key":                {aes, good, key.Key{}, keyblock.ErrKey},
		"no protection key":     {key.Key{}, good, aes, keyblock.ErrStrength},
		"usage of one":          {aes, change(func(h *keyblock.Header) { h.Usage = "P" }), aes, keyblock.ErrFormat},
		"usage of signs":        {aes, change(func(h *keyblock.Header) { h.Usage = "P\n" }), aes, keyblock.ErrFormat},
		"no mode":               {aes, change(func(h *keyblock.Header) { h.Mode = 0 }), aes, keyblock.ErrFormat},
		"key version":           {aes, change(func(h *keyblock.Header) { h.KeyVersion = "" }), aes, keyblock.ErrFormat},
		"context":               {aes, change(func(h *keyblock.Header) { h.Context = '7' }), aes, keyblock.ErrFormat},
		"block without ID":      {aes, change(func(h *keyblock.Header) { h.Blocks = []keyblock.Optional{{}} }), aes, keyblock.ErrFormat},
		"block of line ends":    {aes, change(func(h *keyblock.Header) { h.Blocks = []keyblock.Optional{{"KS", "\r\n"}} }), aes, keyblock.ErrFormat},
		"too long":              {aes, change(func(h *keyblock.Header) { h.Blocks = []keyblock.Optional{{"KS", strings.Repeat("x", 9990)}} }), aes, keyblock.ErrFormat},
		"too many blocks":       {aes, change(func(h *keyblock.Header) { h.Blocks = make100() }), aes, keyblock.ErrFormat},
	} {
		block, err := keyblock.Wrap(c.kbpk, c.h, c.k, keyblock.Options{Random: random()})
		if !errors.Is(err, c.want) || block != "" {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func make100() []keyblock.Optional {
	return bytesOf(keyblock.Optional{ID: "KS", Data: "0000"}, 100)
}

func bytesOf(o keyblock.Optional, n int) (all []keyblock.Optional) {
	for range n {
		all = append(all, o)
	}
	return all
}

// A header that is no header: where it stops being one, and of what it is the fault.
func TestParseHeaderErrors(t *testing.T) {
	const good = "D0112P0AE00E0000DDF7B73888F22B757600010215895621B94A4E8DA57DD3E01BB66FF046A4E6B89B8F5C30BDD3A946205FDF791C3548E4"
	if _, err := keyblock.ParseHeader(good); err != nil {
		t.Fatal(err)
	}
	put := func(at int, text string) string { return good[:at] + text + good[at+len(text):] }
	for _, c := range []struct {
		block  string
		offset int
	}{
		{"", 0}, {good[:15], 15}, {good[:111], 1}, {good + "0", 1}, {put(0, "X"), 0}, {put(1, "011A"), 1}, {put(1, "-112"), 1},
		{put(12, "0A"), 12}, {put(14, "30"), 14}, {put(15, "1"), 14}, {put(20, "\x00"), 20}, {put(20, "\xFF"), 20},
		{put(12, "01") /* DD F7: a block of 247 */, 18}, {put(12, "01KS__ZZ")[:112], 14},
		{put(12, "0100KS03"), 18}, {put(12, "0100KS05"), 21}, {put(12, "0100KS00030000000"), 20}, {put(12, "0100KS000100"), 18}, {put(12, "0100KSGG"), 18},
		{put(12, "9900KS10PB10KS10"), 34},
	} {
		_, err := keyblock.ParseHeader(c.block)
		var at *keyblock.FormatError
		if !errors.As(err, &at) || !errors.Is(err, keyblock.ErrFormat) {
			t.Errorf("%.30q: %v", c.block, err)
			continue
		}
		if at.Offset != c.offset {
			t.Errorf("%.30q: offset %d, want %d: %v", c.block, at.Offset, c.offset, err)
		}
	}
}

func TestMeanings(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{keyblock.UsageMeaning("P0", "en"), "PIN encryption"}, {keyblock.UsageMeaning("P0", "zh"), "PIN 加密"},
		{keyblock.UsageMeaning("P0", "zh-CN"), "PIN 加密"}, {keyblock.UsageMeaning("10", "en"), ""},
		{keyblock.AlgorithmMeaning('T', "en"), "triple DES"}, {keyblock.ModeMeaning('X', "zh"), "派生其他密钥"},
		{keyblock.ExportabilityMeaning('N', "en"), "not"}, {keyblock.ModeMeaning('?', "en"), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// Any text is a block, or refused with an error that says why; nothing that opens under a
// key is changed by wrapping it again.
func FuzzUnwrap(f *testing.F) {
	for _, s := range []string{
		"A0072P0TE00E0000F5161ED902807AF26F1D62263644BD24192FDB3193C730301CEE8701",
		"A0112P0TE12E0200KS1400604B120F929280PB047A1BB737854CD7AF58A8A1E4506A942277EDA76EBA6BA228AF62ADDA3AD8799E8B2C8CD7",
		"B0080P0TE00E000094B420079CC80BA3461F86FE26EFC4A3B8E4FA4C5F5341176EED7B727B8A248E",
		"D0144P0AE00E00002C77FA3F4A553BED6E88AE5C172A4166E3D4ACA8E2AC71C158A476FAC12C13C3829DE55D3AB54C48F4C4FEF7AC75E90FC47F1B77E7B19A73ED46E64410082557",
		"B0040P0TE00E0100KS00020018000000000000", "D9999P0AE00E9900", "B0024P0TE00E0100KS0002FFFF", "",
	} {
		f.Add(s)
	}
	tdes, _ := key.Parse(key.TDES, "89E88CF7931444F334BD7547FC3F380C")
	aes, _ := key.Parse(key.AES, "88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6")
	f.Fuzz(func(t *testing.T, block string) {
		h, err := keyblock.ParseHeader(block)
		var at *keyblock.FormatError
		if err != nil && (!errors.As(err, &at) || at.Offset < 0 || at.Offset > len(block)) {
			t.Fatal(err)
		}
		if err == nil && h.Length != len(block) {
			t.Fatalf("length %d of %d", h.Length, len(block))
		}
		for _, kbpk := range []key.Key{tdes, aes} {
			if _, k, err := keyblock.Unwrap(kbpk, block); err == nil && k.IsZero() || err != nil && !k.IsZero() {
				t.Fatal(err)
			}
		}
	})
}

// FuzzWrap wraps any header under any key, or refuses it, and reads back what it wrote.
func FuzzWrap(f *testing.F) {
	f.Add(byte('D'), "P0", byte('A'), byte('E'), "00", byte('E'), "KS", "00604B120F9292800000", []byte("0123456789ABCDEF"))
	f.Add(byte('B'), "K0", byte('T'), byte('B'), "c1", byte('N'), "PB", "", []byte("0123456789ABCDEF"))
	tdes, _ := key.Parse(key.TDES, "89E88CF7931444F334BD7547FC3F380C")
	aes, _ := key.Parse(key.AES, "88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6")
	f.Fuzz(func(t *testing.T, version byte, usage string, algorithm, mode byte, keyVersion string, export byte, id, data string, b []byte) {
		kbpk, a := tdes, key.TDES
		if version == 'D' {
			kbpk = aes
		}
		if algorithm == 'A' {
			a = key.AES
		}
		k, err := key.New(a, b)
		if err != nil {
			return
		}
		h := keyblock.Header{Version: version, Usage: usage, Algorithm: algorithm, Mode: mode, KeyVersion: keyVersion, Exportability: export}
		if id != "" {
			h.Blocks = []keyblock.Optional{{ID: id, Data: data}}
		}
		block, err := keyblock.Wrap(kbpk, h, k, keyblock.Options{Random: random(), AllowWeaker: true})
		if err != nil {
			return
		}
		back, got, err := keyblock.Unwrap(kbpk, block)
		if err != nil || !got.Equal(k) || back.Usage != usage || back.Mode != mode {
			t.Fatalf("%q: %v", block, err)
		}
	})
}

func ExampleWrap() {
	kbpk, _ := key.Parse(key.AES, "88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6")
	pek, _ := key.Parse(key.AES, "3F419E1CB7079442AA37474C2EFBF8B8")
	block, err := keyblock.Wrap(kbpk, keyblock.Header{
		Version: 'D', Usage: "P0", Algorithm: 'A', Mode: 'E', KeyVersion: "00", Exportability: 'E',
	}, pek, keyblock.Options{Random: random()})
	fmt.Println(block[:16], len(block), err)
	// Output: D0144P0AE00E0000 144 <nil>
}

func ExampleUnwrap() {
	kbpk, _ := key.Parse(key.TDES, "DD7515F2BFC17F85CE48F3CA25CB21F6")
	h, k, err := keyblock.Unwrap(kbpk, "B0080P0TE00E000094B420079CC80BA3461F86FE26EFC4A3B8E4FA4C5F5341176EED7B727B8A248E")
	fmt.Println(keyblock.UsageMeaning(h.Usage, "en"), k, k.CheckValue(), err)
	// Output: PIN encryption [key] 57C409 <nil>
}

func BenchmarkUnwrap(b *testing.B) {
	kbpk, _ := key.Parse(key.AES, "88E1AB2A2E3DD38C1FA039A536500CC8A87AB9D62DC92C01058FA79F44657DE6")
	const block = "D0144P0AE00E00002C77FA3F4A553BED6E88AE5C172A4166E3D4ACA8E2AC71C158A476FAC12C13C3829DE55D3AB54C48F4C4FEF7AC75E90FC47F1B77E7B19A73ED46E64410082557"
	for b.Loop() {
		if _, _, err := keyblock.Unwrap(kbpk, block); err != nil {
			b.Fatal(err)
		}
	}
}

// setup is a protection key, a key and a header of a version.
func setup(t *testing.T, version byte) (kbpk, k key.Key, h keyblock.Header) {
	t.Helper()
	h = keyblock.Header{Version: version, Usage: "P0", Algorithm: 'T', Mode: 'E', KeyVersion: "12", Exportability: 'N'}
	kbpk = kbpkFor(t, version, "88E1AB2A2E3DD38C1FA039A536500CC8")
	return kbpk, parse(t, key.TDES, "0123456789ABCDEFFEDCBA9876543210"), h
}

func kbpkFor(t *testing.T, version byte, text string) key.Key {
	t.Helper()
	if version == 'D' {
		return parse(t, key.AES, text)
	}
	return parse(t, key.TDES, text)
}

func wrap(t *testing.T, kbpk key.Key, h keyblock.Header, k key.Key, o keyblock.Options) string {
	t.Helper()
	o.Random = random()
	return must(keyblock.Wrap(kbpk, h, k, o))(t)
}

// random is the same bytes in every run.
func random() io.Reader { return rand.NewChaCha8([32]byte{1}) }

func parse(t *testing.T, a key.Algorithm, text string) key.Key {
	t.Helper()
	return must(key.Parse(a, text))(t)
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
