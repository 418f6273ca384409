package iso8583_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillworks/till/pkg/iso8583"
)

// secrets are numbers that the schemes publish for testing, of every length and brand.
func secretNumbers() []string {
	return []string{
		"4761739001010010", "5413330089010434", "4111111111111111", "4222222222222", "378282246310005",
		"6011111111111117", "3530111333300000", "30569309025904", "6205500000000000004", "2223003122003222",
	}
}

// outputs is all that a message and its explanation give to whoever prints, logs or
// serializes them, and the errors of its broken forms.
func outputs(spec *iso8583.Spec, m *iso8583.Message, raw []byte) string {
	var out bytes.Buffer
	holder := struct {
		hidden  *iso8583.Message
		byValue iso8583.Message
		Shown   *iso8583.Message
	}{m, *m, m}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		fmt.Fprintf(&out, verb+"\n", m)
		fmt.Fprintf(&out, verb+"\n", *m)
		fmt.Fprintf(&out, verb+"\n", holder)
	}
	writeJSON(&out, m, *m, holder)
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("message", "m", m, "v", *m, "holder", holder)
	}
	var l iso8583.Layout
	_ = spec.Decode(raw, &l)
	fmt.Fprintf(&out, "%v %+v %#v\n", l, &l, l)
	for i := range l.Len() {
		fmt.Fprintf(&out, "%+v %s\n", l.At(i), l.AppendMasked(nil, i))
	}
	for _, lang := range []string{"en", "zh"} {
		writeJSON(&out, spec.Explain(raw, lang))
		for cut := range raw {
			x := spec.Explain(raw[:cut], lang)
			fmt.Fprintf(&out, "%+v\n", x.Error)
			if cut%7 == 0 {
				writeJSON(&out, x)
			}
		}
	}
	_, err := spec.Unpack(append(raw[:len(raw):len(raw)], raw...))
	fmt.Fprintf(&out, "%v %+v\n", err, err)
	return out.String()
}

func writeJSON(out *bytes.Buffer, values ...any) {
	for _, v := range values {
		b, err := json.Marshal(v)
		fmt.Fprintf(out, "%s %v\n", b, err)
	}
}

// leaked reports whether a secret can be seen in an output, as it is or as hex.
func leaked(out, secret string) bool {
	upper := strings.ToUpper(out)
	return strings.Contains(upper, strings.ToUpper(secret)) || strings.Contains(upper, strings.ToUpper(hex.EncodeToString([]byte(secret))))
}

// TestNoCardNumberLeaks puts a card number into any field that can hold one, alone or
// among other digits and letters, and looks for it in every output.
func TestNoCardNumberLeaks(t *testing.T) {
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		t.Run(spec.Name(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				pan := rapid.SampledFrom(secretNumbers()).Draw(t, "pan")
				path, value := drawHidingPlace(t, spec, pan)
				m := spec.NewMessage("0200")
				if err := m.Set(path, value); err != nil {
					t.Fatal(err)
				}
				raw, err := m.Pack()
				if err != nil {
					t.Fatal(err)
				}
				if leaked(outputs(spec, m, raw), pan) {
					t.Fatalf("field %s: the card number can be seen", path)
				}
			})
		})
	}
}

// drawHidingPlace draws a field and a value of it that holds the number.
func drawHidingPlace(t *rapid.T, spec *iso8583.Spec, pan string) (path, value string) {
	for {
		num := rapid.SampledFrom(spec.FieldNumbers()).Draw(t, "field")
		path = strconv.Itoa(num)
		f := spec.Definition().Fields[path]
		switch {
		case f.Type == "Binary":
			continue // eight bytes hold a block, not a number
		case num == 55:
			return path, drawTagHolding(t, pan)
		case f.Content == "x+n" && signedDigits(f) < len(pan):
			continue
		case f.Content == "x+n":
			return path, "C" + strings.Repeat("0", signedDigits(f)-len(pan)) + pan
		case f.Length < len(pan):
			continue
		}
		before := rapid.IntRange(0, min(12, f.Length-len(pan))).Draw(t, "before")
		after := 0
		if strings.HasSuffix(f.Prefix, ".Fixed") {
			after = f.Length - len(pan) - before
		}
		filling := "0"
		if f.Content != "n" && f.Content != "ns" && f.Content != "z" && num != 95 {
			filling = rapid.SampledFrom([]string{" ", "A", "7", "0"}).Draw(t, "filling")
		}
		return path, strings.Repeat(filling, before) + pan + strings.Repeat(filling, after)
	}
}

// drawTagHolding draws BER-TLV with the number packed or as characters, in known,
// unknown and nested elements.
func drawTagHolding(t *rapid.T, pan string) string {
	value := []byte(pan)
	if rapid.Bool().Draw(t, "packed") {
		value, _ = hex.DecodeString(pan + strings.Repeat("F", len(pan)%2))
	}
	tag := rapid.SampledFrom([]string{"5A", "DF21", "9F10", "9F4E", "57", "9F6B"}).Draw(t, "tag")
	item := fmt.Sprintf("%s%02X%X", tag, len(value), value)
	if rapid.Bool().Draw(t, "nested") {
		item = fmt.Sprintf("70%02X%s", len(item)/2, item)
	}
	return "9F360200019F370411223344" + item
}

// TestNoTrackLeaks looks for what follows the number on a track, and for the blocks
// of a PIN.
func TestNoTrackLeaks(t *testing.T) {
	const track2, track1 = "4761739001010010=31122015678901234567", "B4761739001010010^TESTCARD/VISA^31122015678901234567"
	const secret, pin = "5678901234567", "FEDCBA9876543210"
	tests := []struct{ path, value, secret string }{
		{"35", track2, secret},
		{"35", track2, "3112201"},
		{"45", track1, secret},
		{"45", track1, "TESTCARD"},
		{"36", "01" + "4761739001010010" + "=" + strings.Repeat("7", 40), "7777777"},
		{"48", track2, secret},
		{"62", "swiped " + track2, secret},
		{"63", track1, secret},
		{"62", "\x00\x01" + track2, secret},
		{"62", "\x00\x01" + track1, secret},
		{"62", "\x00\x47\x61\x73\x90\x01\x01\x00\x10\xD3\x11\x22\x01\x56\x78\x90\x12\x34\x56\x7F", secret},
		{"62", "\x00\xF4\xF7\xF6\xF1\xF7\xF3\xF9\xF0\xF0\xF1\xF0\xF1\xF0\xF0\xF1\xF0\x7E\xF3\xF1\xF1\xF2\xF2\xF0\xF1", "F3F1F1F2F2F0F1"},
		{"55", "DF0125" + hex.EncodeToString([]byte(track2)), secret},
		{"52", pin, pin},
		{"14", "3112", "14=3112"},
		{"55", "5713" + "4761739001010010D31122015678901234567F", secret},
		{"55", "5F24033112" + "31", "311231"},
		{"55", "5F2008" + hex.EncodeToString([]byte("TESTCARD")), hex.EncodeToString([]byte("TESTCARD"))},
		{"55", "9F2008" + pin, pin},
		{"55", "9908" + pin, pin},
		{"55", "700A9908" + pin, pin},
	}
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		for _, tt := range tests {
			m := spec.NewMessage("0200")
			if err := m.Set(tt.path, tt.value); err != nil {
				t.Fatalf("%s: %v", tt.path, err)
			}
			raw, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			if leaked(outputs(spec, m, raw), tt.secret) {
				t.Errorf("%s: field %s shows what it must hide", spec.Name(), tt.path)
			}
		}
	}
}

// TestValueIsMasked: the accessor masks by class too, and Bytes and a plain string do
// not get around it.
func TestValueIsMasked(t *testing.T) {
	m := ascii(t).NewMessage("0200")
	for path, value := range map[string]string{
		"2": "4761739001010010", "35": "4761739001010010=31122015678901234567", "52": "0123456789ABCDEF", "14": "3112",
		"102": "4761739001010010", "55": "5A08476173900101001057104761739001010010D31122015678901F9F260801020304050607085F340101",
	} {
		if err := m.Set(path, value); err != nil {
			t.Fatal(path, err)
		}
	}
	want := map[string]string{
		"2": "476173******0010", "35": "476173******0010=********************", "52": "****************", "14": "****",
		"102": "476173******0010", "55.5A": "476173******0010", "55.57": "476173******0010D***************", "55.9F26": "0102030405060708",
		"55": "5A08476173******00105710476173******0010D***************9F260801020304050607085F340101",
	}
	for path, value := range want {
		if got := m.Value(path); got != value {
			t.Errorf("value of %s: got %q, want %q", path, got, value)
		}
	}
	for _, path := range []string{"2", "35", "52", "14", "55.5A", "55.57"} {
		if b := m.Bytes(path); b != nil {
			t.Errorf("bytes of %s are given: %d of them", path, len(b))
		}
	}
}
