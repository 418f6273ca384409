package iso8583_test

import (
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// every is all dialects that ship.
func every(tb testing.TB) []*iso8583.Spec {
	tb.Helper()
	var specs []*iso8583.Spec
	for _, name := range dialect.Names() {
		specs = append(specs, load(tb, name))
	}
	return specs
}

// alphabets are the characters of each content of the standard.
func alphabet(content string) string {
	const digits, letters = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	switch content {
	case "n":
		return digits
	case "a":
		return letters
	case "an":
		return digits + letters
	case "ns":
		return digits + " !#$%&()*+,-./:;<=>?"
	case "z":
		return "0123456789:;<=>?"
	}
	return digits + letters + " !\"#$%&'()*+,-./:;<=>?@[]^_{|}~"
}

// sample is a message of a dialect.
func sample(tb testing.TB, spec *iso8583.Spec) []byte {
	tb.Helper()
	return drawn(tb, spec, 1)
}

// drawn is one of the messages that can be drawn.
func drawn(tb testing.TB, spec *iso8583.Spec, seed int) []byte {
	tb.Helper()
	raw, err := rapid.Custom(func(t *rapid.T) *iso8583.Message { return drawMessage(t, spec) }).Example(seed).Pack()
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// drawMessage draws a message of a dialect with any of its fields, each valid.
func drawMessage(t *rapid.T, spec *iso8583.Spec) *iso8583.Message {
	mti := rapid.StringMatching(`[012][1-8][0-4][0-5]`).Draw(t, "mti")
	m := spec.NewMessage(iso8583.MTI(mti))
	nums := spec.FieldNumbers()
	for range rapid.IntRange(0, 30).Draw(t, "count") {
		num := rapid.SampledFrom(nums).Draw(t, "field")
		path := strconv.Itoa(num)
		m.Unset(path)
		drawField(t, m, path, spec.Definition().Fields[path])
	}
	return m
}

// drawField sets an element, or parts of it.
func drawField(t *rapid.T, m *iso8583.Message, path string, f *iso8583.Field) {
	switch {
	case f.Type != "Composite" || f.Content == "x+n" || f.Enc != "" || f.Tag != nil && f.Tag.Enc == "BerTLVTag" || inOne(f):
		if err := m.Set(path, drawValue(t, f)); err != nil {
			t.Fatalf("a drawn value of field %s is refused: %v", path, err)
		}
	case f.Bitmap != nil || f.Tag.Enc != "" || f.Tag.Tokens:
		for _, key := range drawKeys(t, f) {
			drawField(t, m, path+"."+key, f.Subfields[key])
		}
	default:
		keys := inOrder(f.Subfields)
		for _, key := range keys[:rapid.IntRange(1, len(keys)).Draw(t, "parts")] {
			drawField(t, m, path+"."+key, f.Subfields[key])
		}
	}
}

// drawKeys draws which parts are there.
func drawKeys(t *rapid.T, f *iso8583.Field) []string {
	keys := inOrder(f.Subfields)
	return rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 1, min(len(keys), 6), rapid.ID).Draw(t, "keys")
}

// inOrder are the keys of parts by number.
func inOrder(fields iso8583.Fields) []string {
	return slices.SortedFunc(maps.Keys(fields), func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
}

// inOne reports positional parts of fixed length in a whole of fixed length, which are set
// by the text of all.
func inOne(f *iso8583.Field) bool {
	return f.Type == "Composite" && f.Tag != nil && f.Tag.Enc == "" && strings.HasSuffix(f.Prefix, ".Fixed") && f.Prefix != "None.Fixed"
}

// drawValue draws the text form of a field.
func drawValue(t *rapid.T, f *iso8583.Field) string {
	switch {
	case f.Content == "x+n":
		return rapid.SampledFrom([]string{"C", "D"}).Draw(t, "sign") + drawText(t, "n", signedDigits(f), signedDigits(f))
	case f.Type == "Composite" && f.Enc != "":
		return drawCut(t, f)
	case inOne(f):
		var out string
		for _, key := range inOrder(f.Subfields) {
			out += drawValue(t, f.Subfields[key])
		}
		return out
	case f.Type == "Composite":
		return drawTLV(t)
	case f.Type == "Binary":
		least := f.Length
		if !strings.HasSuffix(f.Prefix, ".Fixed") {
			least = 0
		}
		return strings.ToUpper(hex.EncodeToString(rapid.SliceOfN(rapid.Byte(), least, f.Length).Draw(t, "bytes")))
	case f.Prefix == "None.Fixed":
		return drawText(t, f.Content, 1, 20)
	case strings.HasSuffix(f.Prefix, ".Fixed"):
		return drawText(t, f.Content, f.Length, f.Length)
	}
	return drawText(t, f.Content, 0, min(f.Length, 60))
}

// drawCut draws the digits of a packed number: of all parts or, where there may be fewer,
// of some.
func drawCut(t *rapid.T, f *iso8583.Field) string {
	keys := inOrder(f.Subfields)
	count := len(keys)
	if !strings.HasSuffix(f.Prefix, ".Fixed") && !f.Tag.Exact {
		count = rapid.IntRange(1, count).Draw(t, "parts")
	}
	size := 0
	for _, key := range keys[:count] {
		size += f.Subfields[key].Length
	}
	if f.Tag.Exact && rapid.Bool().Draw(t, "other length") {
		size = rapid.IntRange(0, 100).Draw(t, "length")
	}
	return drawText(t, "n", size, size)
}

// signedDigits is the number of digits of x+n, in either dialect.
func signedDigits(f *iso8583.Field) int {
	if f.Type == "Composite" {
		return f.Subfields["2"].Length
	}
	return f.Length - 1
}

func drawText(t *rapid.T, content string, least, most int) string {
	chars := []rune(alphabet(content))
	return rapid.StringOfN(rapid.SampledFrom(chars), least, most, -1).Draw(t, "text")
}

// drawTLV draws BER-TLV with duplicates, unknown tags and zero bytes.
func drawTLV(t *rapid.T) string {
	tags := []string{"9F26", "9F27", "9F36", "95", "5F2A", "82", "71", "DF8129", "9F10"}
	var out []byte
	for range rapid.IntRange(0, 8).Draw(t, "elements") {
		tag := rapid.SampledFrom(tags).Draw(t, "tag")
		most := 20
		if tag == "9F26" {
			most = 8
		}
		value := rapid.SliceOfN(rapid.Byte(), 0, most).Draw(t, "value")
		b, _ := hex.DecodeString(tag)
		out = append(append(append(out, b...), byte(len(value))), value...)
	}
	return strings.ToUpper(hex.EncodeToString(out))
}

// TestRoundTrip: what is packed and read is the same message, packed again the same
// bytes.
func TestRoundTrip(t *testing.T) {
	for _, spec := range every(t) {
		t.Run(spec.Name(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := drawMessage(t, spec)
				raw, err := m.Pack()
				if err != nil {
					t.Fatal(err)
				}
				got, err := spec.Unpack(raw)
				if err != nil {
					t.Fatalf("unpack what was packed: %v\n%x", err, raw)
				}
				for _, path := range m.Fields() {
					if got.Reveal(path) != m.Reveal(path) {
						t.Fatalf("field %s: got %q, want %q", path, got.Reveal(path), m.Reveal(path))
					}
				}
				again, err := got.Pack()
				if err != nil || string(again) != string(raw) {
					t.Fatalf("packed again: %x, %v, want %x", again, err, raw)
				}
			})
		})
	}
}
