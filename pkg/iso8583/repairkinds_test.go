package iso8583_test

import (
	"bytes"
	mathbits "math/bits"
	"slices"
	"strings"
	"testing"

	"github.com/moov-io/iso8583/encoding"

	"github.com/tillworks/till/pkg/iso8583"
)

// changed is a dialect with some of its fields coded otherwise.
func changed(tb testing.TB, s *iso8583.Spec, change func(path string, f *iso8583.Field)) *iso8583.Spec {
	tb.Helper()
	def := s.Definition()
	fields := iso8583.Fields{}
	for path, f := range def.Fields {
		c := *f
		change(path, &c)
		fields[path] = &c
	}
	def.Fields = fields
	return must(iso8583.NewSpec(def))
}

// offered finds a repair that begins in one way, and its place.
func offered(repairs []iso8583.ExplainedRepair, want string) int {
	return slices.IndexFunc(repairs, func(r iso8583.ExplainedRepair) bool { return strings.HasPrefix(r.Change, want) && r.Closes })
}

// TestRepairsOfDialects reads what one dialect wrote as another: what is coded otherwise
// must be among the repairs.
func TestRepairsOfDialects(t *testing.T) {
	const counted = "read every length as "
	tests := []struct {
		name   string
		read   *iso8583.Spec
		change func(path string, f *iso8583.Field)
		want   string
	}{
		{"binary lengths", bcd(t), func(_ string, f *iso8583.Field) {
			f.Prefix = strings.NewReplacer("BCD.LLL", "Binary.LL", "BCD.LL", "Binary.L").Replace(f.Prefix)
		}, counted + "a binary number of fewer bytes, not as packed digits"},
		{"lengths in characters", bcd(t), func(_ string, f *iso8583.Field) { f.Prefix = strings.Replace(f.Prefix, "BCD.L", "ASCII.L", 1) }, counted + "ASCII digits, not as packed digits"},
		{"packed lengths", ascii(t), func(_ string, f *iso8583.Field) { f.Prefix = strings.Replace(f.Prefix, "ASCII.L", "BCD.L", 1) }, counted + "packed digits, not as ASCII digits"},
		{"justified to the left", bcd(t), func(_ string, f *iso8583.Field) {
			if f.Enc == "BCD" && f.Length%2 == 1 && f.Prefix == "BCD.Fixed" {
				f.Enc = "LBCD"
			}
		}, "every fixed field of an odd number of digits: its digits have the pad nibble behind"},
		{"a bitmap of bytes", ascii(t), func(path string, f *iso8583.Field) {
			if path == "1" {
				f.Enc = "Binary"
			}
		}, "read the bitmap as 8 bytes, not as hex characters"},
		{"a bitmap in hex", bcd(t), func(path string, f *iso8583.Field) {
			if path == "1" {
				f.Enc = "HexToASCII"
			}
		}, "read the bitmap as 16 hex characters, not as bytes"},
		{"a bitmap of 128 bits", ascii(t), func(path string, f *iso8583.Field) {
			if path == "1" {
				f.Length, f.DisableAutoExpand = 16, true
			}
		}, "read a bitmap of 128 bits though bit 1 is not set"},
		{"one field packed", ascii(t), func(path string, f *iso8583.Field) {
			if path == "22" {
				f.Enc = "BCD"
			}
		}, "field 22 (Point of service entry mode), byte 90: packed digits, not characters"},
		{"one field of bytes", ascii(t), func(path string, f *iso8583.Field) {
			if path == "52" {
				f.Enc = "Binary"
			}
		}, "field 52 (Personal identification number data), byte 228: bytes, not hex characters"},
		{"a length of one digit more", ascii(t), func(path string, f *iso8583.Field) {
			if path == "35" {
				f.Prefix = "ASCII.LLL"
			}
		}, "field 35 (Track 2 data), byte 111: read the length as 3 of ASCII digits, not as 2 of ASCII digits"},
		{"a length of one digit less", ascii(t), func(path string, f *iso8583.Field) {
			if path == "2" {
				f.Prefix = "Hex.L"
			}
		}, "field 2 (Primary account number), byte 20: read the length as 1 of hex characters, not as 2 of ASCII digits"},
		{"a field longer than the spec says", ascii(t), func(path string, f *iso8583.Field) {
			if path == "22" {
				f.Length = 4
			}
		}, "field 22 (Point of service entry mode), byte 90: it has 4 bytes here, not 3"},
		{"a length in front of a fixed field", ascii(t), func(path string, f *iso8583.Field) {
			if path == "37" {
				f.Prefix, f.Length = "ASCII.LL", 99
			}
		}, "field 37 (Retrieval reference number), byte 150: it has a length in front, two of ASCII digits"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fields := authorization()
			switch tt.name {
			case "a field longer than the spec says":
				fields = append(fields, [2]string{"22", "0510"})
			case "justified to the left":
				fields = append(fields, [2]string{"22", "901"}, [2]string{"23", "101"})
			}
			raw := pack(t, changed(t, tt.read, tt.change), "0100", fields)
			if got := tt.read.Repairs(raw, "en"); offered(got, tt.want) < 0 {
				t.Errorf("got %+v\nwant %s", got, tt.want)
			}
		})
	}
}

// TestRepairsOfBitmaps breaks the bitmap of a message as programs do.
func TestRepairsOfBitmaps(t *testing.T) {
	spec := load(t, "iso87-ascii-binbmp")
	fields := [][2]string{
		{"2", "4761739001010010"}, {"3", "000000"}, {"4", "1250"}, {"7", "1123024011"}, {"9", "61000000"}, {"11", "42"}, {"12", "104011"},
		{"13", "1123"}, {"22", "051"}, {"25", "00"}, {"37", "632702000042"}, {"41", "TERM0001"}, {"42", "123456789012345"}, {"49", "156"},
	}
	sale := pack(t, spec, "0100", fields)
	bitmap := sale[4:12]
	each := func(f func(i int, b []byte)) []byte {
		out := bytes.Clone(bitmap)
		for i := range out {
			f(i, out)
		}
		return out
	}
	tests := []struct {
		name   string
		bitmap []byte
		want   string
	}{
		{"bytes swapped", each(func(i int, b []byte) {
			if i == 1 {
				b[0], b[1] = b[1], b[0]
			}
		}), "bytes 4 and 5 of the message, of the bitmap, in each other's place"},
		{"bits turned round", each(func(i int, b []byte) { b[i] = mathbits.Reverse8(b[i]) }), "the bits of each byte of the bitmap from the other end"},
		{"bytes turned round", each(func(i int, b []byte) { b[i] = bitmap[7-i] }), "the bytes of the bitmap from the other end"},
		{"nibbles swapped", each(func(i int, b []byte) { b[i] = b[i]<<4 | b[i]>>4 }), "the halves of each byte of the bitmap in each other's place"},
		{"counted from 0", each(func(i int, b []byte) {
			b[i] <<= 1
			if i < 7 {
				b[i] |= bitmap[i+1] >> 7
			}
		}), "every bit of the bitmap one place on: it counts from 0"},
		{"high bits lost", each(func(i int, b []byte) { b[i] &= 0x7F }), "the highest bit of each byte was lost: set bits 9, 25, 41, 49 of the bitmap"},
		{"UTF-8", []byte(string([]rune{rune(bitmap[0]), rune(bitmap[1]), rune(bitmap[2]), rune(bitmap[3]), rune(bitmap[4]), rune(bitmap[5]), rune(bitmap[6]), rune(bitmap[7])})), "bytes over 7F became UTF-8"},
		{"a bit in the next byte", each(func(i int, b []byte) {
			if i == 4 {
				b[i] &^= 0x08
				b[i+1] |= 0x08
			}
		}), "bit 37 of the bitmap in place of bit 45 "},
		{"code page", translate(bitmap), "the bitmap (bytes 4 to 11) was translated from EBCDIC (code page 500): translate it back"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := slices.Concat(sale[:4], tt.bitmap, sale[12:])
			if got := spec.Repairs(raw, "en"); offered(got, tt.want) < 0 {
				t.Errorf("got %+v\nwant %s", got, tt.want)
			}
		})
	}
}

// translate runs bytes through moov's table, which is not ours.
func translate(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = ebcdicMeans(c)
	}
	return out
}

// TestRepairsInside: a bitmap in a field has bits too, and so have lengths in it.
func TestRepairsInside(t *testing.T) {
	text := func(n int) *iso8583.Field {
		return &iso8583.Field{Type: "String", Enc: "ASCII", Length: n, Prefix: "ASCII.Fixed", Content: "an"}
	}
	spec := changed(t, ascii(t), func(path string, f *iso8583.Field) {
		if path == "127" {
			*f = iso8583.Field{Type: "Composite", Length: 999, Prefix: "ASCII.LLL",
				Bitmap:    &iso8583.Field{Type: "Bitmap", Enc: "Binary", Length: 8, Prefix: "Binary.Fixed", DisableAutoExpand: true},
				Subfields: iso8583.Fields{"2": text(4), "3": text(6), "5": text(8)}}
		}
	})
	raw := pack(t, spec, "0800", [][2]string{{"7", "1123024011"}, {"11", "1"}, {"70", "301"}, {"127.2", "ABCD"}, {"127.5", "EFGH1234"}})
	at := bytes.Index(raw, []byte("ABCD")) - 8
	raw[at] |= 0x20
	want := "clear bit 3 of the bitmap in field 127 (byte "
	if got := spec.Repairs(raw, "en"); offered(got, want) < 0 {
		t.Errorf("got %+v\nwant %s", got, want)
	}
}

// TestHeaderRepairs holds the length in front of a message to what follows.
func TestHeaderRepairs(t *testing.T) {
	spec := bcd(t)
	m := pack(t, spec, "0800", [][2]string{{"7", "1123024011"}, {"11", "1"}, {"70", "301"}})
	n := byte(len(m))
	tpdu := []byte{0x60, 0, 3, 0, 0}
	tests := []struct {
		name   string
		head   []byte
		raw    []byte
		want   string
		closes bool
	}{
		{"right", []byte{0, n}, m, "", false},
		{"right, with itself", []byte{0, n + 2}, m, "", false},
		{"right, in characters", []byte("0028"), m, "", false},
		{"right, with a TPDU", append([]byte{0, n + 5}, tpdu...), m, "", false},
		{"too great", []byte{0, n + 1}, m, "the length in front (2 bytes binary) says 29 and 28 bytes follow: write 001C", true},
		{"too small", append([]byte{0, n}, tpdu...), m, "the length in front (2 bytes binary) says 28 and 33 bytes follow: write 0021", true},
		{"cut off", []byte{0, n}, m[:20], "the length in front (2 bytes binary) says 28 and 20 bytes follow: 8 bytes missing", false},
		{"more behind", []byte{0, n}, append(bytes.Clone(m), 0, 0), "the message ends where the length in front (2 bytes binary) says: 2 bytes behind it not of it", true},
		{"no message", []byte{0, 4}, []byte("nope"), "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := spec.HeaderRepairs(append(bytes.Clone(tt.head), tt.raw...), "en")
			if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) == 0 || got[0].Change != tt.want || got[0].Closes != tt.closes) {
				t.Errorf("got %+v, want %s", got, tt.want)
			}
		})
	}
}

// ebcdicMeans is the ISO 8859-1 character of a byte of code page 500.
func ebcdicMeans(c byte) byte {
	text, _, _ := encoding.EBCDIC.Decode([]byte{c}, 1)
	return text[0]
}
