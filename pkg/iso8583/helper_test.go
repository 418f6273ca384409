package iso8583_test

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	moov "github.com/moov-io/iso8583"
	"github.com/moov-io/iso8583/encoding"
	"github.com/moov-io/iso8583/field"
	"github.com/moov-io/iso8583/prefix"
	"github.com/moov-io/iso8583/sort"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

func ascii(tb testing.TB) *iso8583.Spec { return load(tb, "iso87-ascii") }
func bcd(tb testing.TB) *iso8583.Spec   { return load(tb, "iso87-bcd") }

func load(tb testing.TB, name string) *iso8583.Spec {
	tb.Helper()
	s, err := dialect.Load(name)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func exported(tb testing.TB, s *iso8583.Spec) []byte {
	tb.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// authorization is a chip authorization with every kind of field that a shop sends.
func authorization() [][2]string {
	return [][2]string{
		{"2", "4761739001010010"}, {"3", "000000"}, {"4", "000000001250"}, {"7", "1123024011"},
		{"11", "000042"}, {"12", "104011"}, {"13", "1123"}, {"14", "3112"}, {"18", "5411"},
		{"22", "051"}, {"23", "001"}, {"25", "00"}, {"32", "12345678901"},
		{"35", "4761739001010010=31122011143804400000"},
		{"37", "632702000042"}, {"41", "TERM0001"}, {"42", "123456789012345"},
		{"43", "CORNER SHOP              SHANGHAI     CN"}, {"49", "156"}, {"52", "0123456789ABCDEF"},
		{"55", icc()},
	}
}

// icc is 20 data objects in the order in which a terminal sends them.
func icc() string {
	return "9F2608A1B2C3D4E5F60718" + "9F2701" + "80" + "9F1007" + "06010A03A00000" + "9F3704" + "1A2B3C4D" +
		"9F3602" + "0001" + "9505" + "8000048000" + "9A03" + "261123" + "9C01" + "00" + "9F0206" + "000000001250" +
		"5F2A02" + "0156" + "8202" + "3800" + "9F1A02" + "0156" + "9F0306" + "000000000000" + "9F3303" + "E0F8C8" +
		"9F3403" + "1E0300" + "9F3501" + "22" + "8407" + "A0000000031010" + "9F0902" + "008C" + "9F4104" + "00000042" + "5F3401" + "01"
}

// oracleOf is the same dialect in moov's own terms, with the hooks that its JSON cannot
// carry: tracks packed two characters a byte.
func oracleOf(tb testing.TB, s *iso8583.Spec) *moov.MessageSpec {
	tb.Helper()
	out := &moov.MessageSpec{Name: s.Name(), Fields: map[int]field.Field{}}
	for key, f := range s.Definition().Fields {
		num, err := strconv.Atoi(key)
		if err != nil {
			tb.Fatal(err)
		}
		out.Fields[num] = oracleField(tb, f)
	}
	return out
}

// blind says why moov cannot look into a composite, which it then reads as a whole.
func blind(f *iso8583.Field) string {
	switch {
	case f.Enc != "":
		return "moov has no parts of a packed number"
	case f.Tag != nil && f.Tag.Delimiter != "":
		return "moov has no parts that end at a delimiter"
	case f.Tag != nil && f.Tag.Tokens:
		return "moov has no head, no eye-catcher and no blank around tags and lengths"
	case f.Bitmap != nil && f.Bitmap.Dataset:
		return "moov has no bitmap of a dataset"
	}
	return ""
}

func oracleField(tb testing.TB, f *iso8583.Field) field.Field {
	tb.Helper()
	spec := &field.Spec{Length: f.Length, Description: f.Description, Pref: oraclePrefix(tb, f.Prefix), DisableAutoExpand: f.DisableAutoExpand}
	switch {
	case f.Type == "Composite" && blind(f) == "":
		return oracleComposite(tb, f, spec)
	case f.Type == "Composite" && f.Enc == "":
		spec.Enc = encoding.Binary
		return field.NewBinary(spec)
	case f.Type == "Bitmap":
		spec.Enc = oracleEncoding(tb, f)
		return field.NewBitmap(spec)
	case f.Type == "Binary":
		spec.Enc = oracleEncoding(tb, f)
		return field.NewBinary(spec)
	}
	spec.Enc = oracleEncoding(tb, f)
	if f.Content == "z" && (f.Enc == "LBCD" || f.Enc == "BCD") {
		spec.Unpacker = unpackTrack(f.Enc == "BCD")
	}
	return field.NewString(spec)
}

func oracleComposite(tb testing.TB, f *iso8583.Field, spec *field.Spec) field.Field {
	tb.Helper()
	spec.Subfields = map[string]field.Field{}
	for key, sub := range f.Subfields {
		spec.Subfields[key] = oracleField(tb, sub)
	}
	if f.Bitmap != nil {
		spec.Bitmap = oracleField(tb, f.Bitmap).(*field.Bitmap)
		return field.NewComposite(spec)
	}
	spec.Tag = &field.TagSpec{
		Length: f.Tag.Length, Sort: sort.StringsByInt, SkipUnknownTLVTags: f.Tag.SkipUnknownTLVTags, StoreUnknownTLVTags: f.Tag.StoreUnknownTLVTags,
	}
	switch f.Tag.Enc {
	case "":
	case "BerTLVTag":
		spec.Tag.Enc, spec.Tag.Sort = encoding.BerTLVTag, sort.StringsByHex
	default:
		spec.Tag.Enc = oracleEncoding(tb, &iso8583.Field{Enc: f.Tag.Enc})
		spec.Tag.PrefUnknownTLV = oraclePrefix(tb, f.Tag.PrefUnknownTLV)
	}
	return field.NewComposite(spec)
}

// unpackTrack reads nibbles as the characters '0' to '?'.
func unpackTrack(front bool) field.UnpackerFunc {
	return func(data []byte, spec *field.Spec) ([]byte, int, error) {
		chars, head, err := spec.Pref.DecodeLength(spec.Length, data)
		if err != nil {
			return nil, 0, err
		}
		b, n, err := encoding.Binary.Decode(data[head:], (chars+1)/2)
		if err != nil {
			return nil, 0, err
		}
		var out []byte
		for _, c := range b {
			out = append(out, '0'+c>>4, '0'+c&15)
		}
		if front {
			return out[len(out)-chars:], head + n, nil
		}
		return out[:chars], head + n, nil
	}
}

func oracleEncoding(tb testing.TB, f *iso8583.Field) encoding.Encoder {
	tb.Helper()
	switch f.Enc {
	case "ASCII":
		return encoding.ASCII
	case "BCD":
		return encoding.BCD
	case "LBCD":
		return encoding.LBCD
	case "Binary":
		return encoding.Binary
	case "EBCDIC":
		return encoding.EBCDIC
	case "HexToASCII":
		return encoding.BytesToASCIIHex
	case "ASCIIToHex":
		return encoding.ASCIIHexToBytes
	}
	tb.Fatalf("no oracle for encoding %q", f.Enc)
	return nil
}

func oraclePrefix(tb testing.TB, s string) prefix.Prefixer {
	tb.Helper()
	switch s {
	case "BerTLV":
		return prefix.BerTLV
	case "None.Fixed":
		return prefix.None.Fixed
	}
	family, ls, _ := strings.Cut(s, ".")
	set := map[string]prefix.Prefixers{"ASCII": prefix.ASCII, "BCD": prefix.BCD, "Hex": prefix.Hex, "Binary": prefix.Binary, "EBCDIC": prefix.EBCDIC}[family]
	i := slices.Index([]string{"Fixed", "L", "LL", "LLL", "LLLL", "LLLLL", "LLLLLL"}, ls)
	if i < 0 {
		tb.Fatalf("no oracle for prefix %q", s)
	}
	return []prefix.Prefixer{set.Fixed, set.L, set.LL, set.LLL, set.LLLL, set.LLLLL, set.LLLLLL}[i]
}
