package dump_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583/dump"
)

func TestDecodeHexLine(t *testing.T) {
	for _, tt := range []struct{ name, line, want string }{
		{"empty", "", ""},
		{"plain", "0200F238", "0200f238"},
		{"small letters", "deadBEEF00", "deadbeef00"},
		{"spaced", "02 00 f2 38", "0200f238"},
		{"words", "0200 F238 44C0", "0200f23844c0"},
		{"colons", "02:00:f2:38", "0200f238"},
		{"dashes", "02-00-F2-38", "0200f238"},
		{"commas", "02,00, F2,38,", "0200f238"},
		{"tabs", "\t02\t00\t", "0200"},
		{"one prefix", "0x0200F238", "0200f238"},
		{"a prefix each", "0x02, 0x00, 0XF2", "0200f2"},
		{"one digit behind a prefix", "0x2, 0x0, 0xF2", "0200f2"},
		{"one digit at the end", "0xF2,0x2", "f202"},
		{"escapes", `\x02\x00\xF2`, "0200f2"},
		{"every digit", "0123456789abcdefABCDEF", "0123456789abcdefabcdef"},
		{"beside words of eight", "0200F2380011223344556677 88", "0200f238001122334455667788"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := dump.DecodeHexLine([]byte("kept"), []byte(tt.line))
			if err != nil {
				t.Fatal(err)
			}
			if want := "kept" + string(unhex(t, tt.want)); string(got) != want {
				t.Errorf("got %x, want %x", got, want)
			}
		})
	}
}

func TestDecodeHexLineFaults(t *testing.T) {
	for _, tt := range []struct {
		name, line string
		err        error
		column     int
		text       string
	}{
		{"a letter", "0200G238", dump.ErrHex, 5, "a letter"},
		{"a letter in words of eight", "0200F2380200F23Z", dump.ErrOddHex, 15, "15 digits"},
		{"a sign", "0200*238", dump.ErrHex, 5, "a sign"},
		{"a control character", "0200\x02238", dump.ErrHex, 5, "a control character"},
		{"a byte above 127", "0200\xE9238", dump.ErrHex, 5, "a byte above 127"},
		{"half a pair", "0200F", dump.ErrOddHex, 5, "5 digits"},
		{"half a pair within", "02 0 F2", dump.ErrOddHex, 4, "5 digits"},
		{"a prefix without digits", "0200 0x", dump.ErrOddHex, 6, "5 digits"},
		{"next to the digits", "0200/238", dump.ErrHex, 5, "a sign"},
		{"next to the digits, above", "0200:;@8", dump.ErrHex, 7, "a sign"},
		{"next to the letters", "0200`AAA", dump.ErrHex, 5, "a sign"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := dump.DecodeHexLine([]byte("kept"), []byte(tt.line))
			var e *dump.Error
			if !errors.As(err, &e) || !errors.Is(err, tt.err) || e.Column != tt.column {
				t.Fatalf("got %#v, want %v at column %d", err, tt.err, tt.column)
			}
			if string(got) != "kept" {
				t.Errorf("dst has become %q", got)
			}
			if !strings.Contains(e.In("en"), tt.text) {
				t.Errorf("got %q, want it to say %q", e.In("en"), tt.text)
			}
		})
	}
}

// Every pair of bytes is read as encoding/hex reads it, in a word of eight and outside.
func TestDecodeHexLineAgrees(t *testing.T) {
	for hi := range 256 {
		for lo := range 256 {
			pair := []byte{byte(hi), byte(lo)}
			line := append([]byte("00112233"), append(pair, "445566"...)...)
			want, err := hex.DecodeString(string(line))
			got, mine := dump.DecodeHexLine(nil, line)
			if err == nil && (mine != nil || !bytes.Equal(got, want)) {
				t.Fatalf("%q: got %x, %v, want %x", pair, got, mine, want)
			}
			if err != nil && mine == nil && !strings.ContainsAny(string(pair), " \t:,;-") && pair[1]|0x20 != 'x' {
				t.Fatalf("%q: taken for hex", pair)
			}
		}
	}
}

func TestDecodeHexLineAllocatesNothing(t *testing.T) {
	line := []byte(strings.Repeat("0200F238", 40))
	dst := make([]byte, 0, len(line))
	if n := testing.AllocsPerRun(100, func() { dump.DecodeHexLine(dst, line) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestHexInLine(t *testing.T) {
	const m = "0800822000000000000004000000000000001123101112000042"
	for _, tt := range []struct{ name, line, want string }{
		{"behind time and level", "2026-11-23 10:11:12.345 DEBUG > " + m, m},
		{"behind a prompt", "$ echo " + m, m},
		{"in quotes", `{"time":"2026-11-23T10:11:12Z","raw":"` + m + `"}`, m},
		{"before a remark", m + "  # echo", m},
		{"before a length", m + " (26 bytes)", m},
		{"spaced", "sent: 08 00 82 20 00 00 00 00 00 00 04 00", "08 00 82 20 00 00 00 00 00 00 04 00"},
		{"of a C array", "char m[] = {0x08, 0x00, 0x82, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};", "0x08, 0x00, 0x82, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00"},
		{"of Python", `b'\x08\x00\x82\x20\x00\x00\x00\x00\x00\x00\x04\x00'`, `\x08\x00\x82\x20\x00\x00\x00\x00\x00\x00\x04\x00`},
		{"the longest of two", "550e8400e29b41d4a716446655440000 " + m, m},
		{"behind Chinese", "发送报文：" + m, m},
		{"a message in characters", "0800822000000000000004000000000000001123101112000042 SHOP", ""},
		{"characters glued to it", "08008220000000000000040000000000000011231011TERM", ""},
		{"one wrong sign in the middle", m + "*" + m, ""},
		{"one wrong sign near the end", "> " + m + "*" + m[:8], ""},
		{"behind an identifier and a bar", "550e8400 | " + m, m},
		{"characters, and digits apart in them", m[:40] + "TERM0001 SHOP " + m, ""},
		{"too short", "thread 0123456789 done", ""},
		{"an odd number of digits", "sent " + m + "0", ""},
		{"a time alone", "2026-11-23 10:11:12.345678901", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(dump.HexInLine([]byte(tt.line))); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func BenchmarkDecodeHexLine(b *testing.B) {
	for name, line := range map[string]string{
		"plain":  strings.Repeat("0200F238c4", 74),
		"spaced": strings.Repeat("02 00 F2 38 c4 ", 50),
	} {
		b.Run(name, func(b *testing.B) {
			text := []byte(line)
			dst := make([]byte, 0, len(text))
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := dump.DecodeHexLine(dst, text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}
