package iso8583_test

import (
	"encoding/hex"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/iso8583"
)

// alphabets are the characters of each content of the standard.
func alphabet(content string) string {
	const digits, letters = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	switch content {
	case "n":
		return digits
	case "an":
		return digits + letters
	case "ns":
		return digits + " !#$%&()*+,-./:;<=>?"
	case "z":
		return "0123456789:;<=>?"
	}
	return digits + letters + " !\"#$%&'()*+,-./:;<=>?@[]^_{|}~"
}

// drawMessage draws a message of a dialect with any of its fields, each valid.
func drawMessage(t *rapid.T, spec *iso8583.Spec) *iso8583.Message {
	mti := rapid.StringMatching(`0[1-8][0-4][0-5]`).Draw(t, "mti")
	m := spec.NewMessage(iso8583.MTI(mti))
	nums := spec.FieldNumbers()
	for range rapid.IntRange(0, 30).Draw(t, "count") {
		num := rapid.SampledFrom(nums).Draw(t, "field")
		path := strconv.Itoa(num)
		if err := m.Set(path, drawValue(t, spec.Definition().Fields[path])); err != nil {
			t.Fatalf("a drawn value of field %s is refused: %v", path, err)
		}
	}
	return m
}

// drawValue draws the text form of a field.
func drawValue(t *rapid.T, f *iso8583.Field) string {
	switch {
	case f.Content == "x+n":
		return rapid.SampledFrom([]string{"C", "D"}).Draw(t, "sign") + drawText(t, "n", signedDigits(f), signedDigits(f))
	case f.Type == "Composite":
		return drawTLV(t)
	case f.Type == "Binary":
		return strings.ToUpper(hex.EncodeToString(rapid.SliceOfN(rapid.Byte(), f.Length, f.Length).Draw(t, "bytes")))
	case strings.HasSuffix(f.Prefix, ".Fixed"):
		return drawText(t, f.Content, f.Length, f.Length)
	}
	return drawText(t, f.Content, 0, min(f.Length, 60))
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
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		t.Run(spec.Name(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := drawMessage(t, spec)
				raw, err := m.Pack()
				if err != nil {
					t.Fatal(err)
				}
				got, err := spec.Unpack(raw)
				if err != nil {
					t.Fatalf("unpack what was packed: %v", err)
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
