package dialect_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// TestNetworkShapes holds what the networks write otherwise, byte by byte: a field of
// one message, and paths inside it with their values.
func TestNetworkShapes(t *testing.T) {
	tests := []struct {
		dialect, path, wire string
		values              map[string]string
	}{
		// UnionPay: 22 left-justified, 23 right-justified, 35 left-justified with D.
		{"unionpay-pos", "22", "0510", map[string]string{"22": "051"}},
		{"unionpay-pos", "23", "0001", map[string]string{"23": "001"}},
		{"unionpay-pos", "35", "21 4222222222222D31122010", map[string]string{"35": "4222222222222=3112201"}},
		{"unionpay-pos", "60", "0011 220000010010", map[string]string{"60.1": "22", "60.2": "000001", "60.3": "001", "60": "22000001001"}},
		{"unionpay-pos", "60", "0013 22000001001650", map[string]string{"60.3": "001", "60.4": "6", "60.5": "5"}},
		{"unionpay-pos", "61", "0016 0000010000421123", map[string]string{"61.1": "000001", "61.2": "000042", "61.3": "1123"}},
		{"unionpay-pos", "48", "0062 " + "0000000012500010000000000000001" + "0000000000000000000000000000001", map[string]string{
			"48.1": "000000001250", "48.2": "001", "48.5": "1", "48.10": "1",
		}},
		{"unionpay-pos", "48", "0002 12", map[string]string{"48": "12"}},
		{"unionpay-pos", "63", "0003 435550", map[string]string{"63.1": "CUP"}},
		// Visa: one byte of length that counts digits; an odd one has its 0 in front.
		{"visa-base1", "2", "0D 04222222222222", map[string]string{"2": "4222222222222"}},
		{"visa-base1", "35", "15 04222222222222D3112201", map[string]string{"35": "4222222222222=3112201"}},
		{"visa-base1", "41", "E3C5D9D4F0F0F0F1", map[string]string{"41": "TERM0001"}},
		{"visa-base1", "49", "0156", map[string]string{"49": "156"}},
		{"visa-base1", "55", "0C 01 0009 9F36020001 95 02 0000", map[string]string{"55.01.9F36": "0001", "55.01.95": "0000"}},
		{"visa-base1", "62", "11 C000000000000000 C1 0123456789012345", map[string]string{"62.1": "A", "62.2": "123456789012345"}},
		{"visa-base1", "63", "05 800000 0002", map[string]string{"63.1": "0002"}},
		{"visa-base1", "126", "0E 0040000000000000 F1F0F1F2F3F4", map[string]string{"126.10": "101234"}},
		// BASE24: tokens behind their head, with a blank behind each length.
		{"base24", "63", text("046& 0000300046! B400004 ABCD! ZZ00010 0123456789"), map[string]string{
			"63.B4": "ABCD", "63.ZZ": "0123456789", "63.0": "& 0000300046",
		}},
		{"base24", "63", text("004NOTE"), map[string]string{"63": "NOTE"}},
		{"base24", "41", text("TERM000100000000"), map[string]string{"41": "TERM000100000000"}},
		// Postilion: six digits of length, a bitmap of its own.
		{"postilion", "127", text("000032") + "4000008000000000" + text("10SWITCH_KEY") + text("0008ICC_DATA"), map[string]string{
			"127.2": "SWITCH_KEY", "127.25": "ICC_DATA",
		}},
		// Mastercard: private data subelements, unknown ones and repeated ones too.
		{"mastercard-ipm-ascii", "48", text("026" + "0023003CT1" + "0999001X" + "0999001Y"), map[string]string{
			"48.0023": "CT1", "48.0999": "X", "48.0999#2": "Y", "48": "0023003CT10999001X0999001Y",
		}},
		{"mastercard-ipm", "48", "F0F1F0 F0F0F2F3F0F0F3C3E3F1", map[string]string{"48.0023": "CT1", "48": "0023003CT1"}},
		{"mastercard-ipm-ascii", "43", text(`22A\B\C\1234567890VICAUS`), map[string]string{
			"43.1": "A", "43.2": "B", "43.3": "C", "43.4": "1234567890", "43.5": "VIC", "43.6": "AUS",
		}},
		{"mastercard-ipm-ascii", "43", text(`04NAME`), map[string]string{"43.1": "NAME", "43": "NAME"}},
		// American Express: parts behind identifiers and a bitmap.
		{"amex-gcag", "60", "F0F2F9 C1E7 C1C1C2 80000000 " + strings.Repeat("C1", 20), map[string]string{
			"60.1": "AX", "60.2": "AAB", "60.3.1": strings.Repeat("A", 20),
		}},
		{"amex-gcag", "53", "F0F4 F1F2F3F4", map[string]string{"53": "1234"}},
		// ISO 8583:2003: amounts with their currency, datasets with BER-TLV and with a bitmap.
		{"iso2003", "4", "1562000000001250", map[string]string{"4.1": "156", "4.2": "2", "4.3": "000000001250"}},
		{"iso2003", "34", "0014 01 0005 9F36020001 72 0003 400041", map[string]string{"34.01.9F36": "0001", "34.72": "400041"}},
		{"iso2003", "43", "0011 71 0008 2400 02 4142 434445", map[string]string{"43.71.2": "AB", "43.71.5": "CDE"}},
		{"iso2003", "49", "0013 71 000A 4001 10 9F36020001 9500", map[string]string{"49.71.1": "1", "49.71.TLV.9F36": "0001", "49.71.TLV.95": ""}},
	}
	for _, tt := range tests {
		spec, err := dialect.Load(tt.dialect)
		if err != nil {
			t.Fatal(err)
		}
		raw := oneField(t, spec, tt.path, tt.wire)
		m, err := spec.Unpack(raw)
		if err != nil {
			t.Errorf("%s field %s: %v", tt.dialect, tt.path, err)
			continue
		}
		for path, want := range tt.values {
			if got := m.Reveal(path); got != want || !m.Has(path) {
				t.Errorf("%s field %s: %q, want %q", tt.dialect, path, got, want)
			}
		}
		if again, err := m.Pack(); err != nil || string(again) != string(raw) {
			t.Errorf("%s field %s packed again: %x, %v, want %x", tt.dialect, tt.path, again, err, raw)
		}
	}
}

// TestPartsAreSet: what is read part by part is set part by part.
func TestPartsAreSet(t *testing.T) {
	tests := []struct {
		dialect string
		set     [][2]string
		path    string
		wire    string
	}{
		{"unionpay-pos", [][2]string{{"60.1", "22"}, {"60.2", "1"}, {"60.3", "360"}, {"60.2", "2"}}, "60", "0011 220000023600"},
		{"base24", [][2]string{{"63.B4", "ABCD"}, {"63.ZZ", "1"}, {"63.B4", "EFG"}}, "63", text("036& 0000300036! B400003 EFG! ZZ00001 1")},
		{"mastercard-ipm-ascii", [][2]string{{"48.0023", "CT1"}, {"48.0999", "X"}, {"48.0999#2", "Y"}}, "48", text("026" + "0023003CT1" + "0999001X" + "0999001Y")},
		{"mastercard-ipm", [][2]string{{"43.1", "A"}, {"43.2", "B"}}, "43", "F0F3 C1E0C2"},
		{"visa-base1", [][2]string{{"55.01.9F36", "0001"}, {"55.01.95", "0000"}}, "55", "0C 01 0009 9F36020001 95020000"},
		{"visa-base1", [][2]string{{"62.2", "123456789012345"}, {"62.1", "A"}}, "62", "11 C000000000000000 C1 0123456789012345"},
		{"iso2003", [][2]string{{"43.71.14", "Z"}, {"43.71.2", "AB"}}, "43", "0011 71 0008 2002 024142 0001 5A"},
		{"iso2003", [][2]string{{"49.71.1", "1"}, {"49.71.TLV", "9F36020001"}}, "49", "0011 71 0008 4001 10 9F36020001"},
		{"postilion", [][2]string{{"127.25", "ICC_DATA"}, {"127.2", "SWITCH_KEY"}}, "127", text("000032") + "4000008000000000" + text("10SWITCH_KEY0008ICC_DATA")},
	}
	for _, tt := range tests {
		spec, err := dialect.Load(tt.dialect)
		if err != nil {
			t.Fatal(err)
		}
		m := spec.NewMessage(mtiOf(spec))
		for _, kv := range tt.set {
			if err := m.Set(kv[0], kv[1]); err != nil {
				t.Errorf("%s: set %s: %v", tt.dialect, kv[0], err)
			}
		}
		raw, err := m.Pack()
		if want := oneField(t, spec, tt.path, tt.wire); err != nil || string(raw) != string(want) {
			t.Errorf("%s field %s: %x, %v, want %x", tt.dialect, tt.path, raw, err, want)
		}
	}
}

// TestFaultsInParts: the place and the kind of what is wrong inside a field, and the next
// field is read all the same.
func TestFaultsInParts(t *testing.T) {
	tests := []struct {
		dialect, path, wire string
		at                  string
		offset              int // from the start of the field
		err                 string
	}{
		{"unionpay-pos", "60", "0009 2200000100", "60.3", 6, "the message ends inside"},
		{"base24", "63", text("022& 0000200099! B400000 "), "63.0", 10, "length not allowed"},
		{"base24", "63", text("022& 0000200022? B400000 "), "63", 15, "character"},
		{"mastercard-ipm-ascii", "48", text("0100023009CT1"), "48.0023", 10, "the message ends inside"},
		{"iso2003", "43", "0005 71 0002 0002", "43.71.14", 7, "the message ends inside"},
		{"visa-base1", "55", "05 01 0009 9F36", "55.01", 4, "the message ends inside"},
		{"postilion", "127", text("000008") + "0000000000000001", "127.64", 14, "not defined"},
	}
	for _, tt := range tests {
		spec, err := dialect.Load(tt.dialect)
		if err != nil {
			t.Fatal(err)
		}
		raw := oneField(t, spec, tt.path, tt.wire)
		start := len(raw) - len(unspaced(t, tt.wire))
		x := spec.Explain(raw, "en")
		if x.Error == nil || x.Error.Path != tt.at || x.Error.Offset != start+tt.offset || !strings.Contains(x.Error.Text, tt.err) {
			t.Errorf("%s field %s: %+v, want %s at %d", tt.dialect, tt.path, x.Error, tt.at, start+tt.offset)
		}
	}
}

// text is the hex of characters.
func text(s string) string { return hex.EncodeToString([]byte(s)) }

func unspaced(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// mtiOf is a message type of the edition of a dialect.
func mtiOf(spec *iso8583.Spec) iso8583.MTI {
	for _, info := range dialect.Infos() {
		if info.Name == spec.Name() {
			return iso8583.MTI(info.Versions[0] + "100")
		}
	}
	return "0100"
}

// oneField is a message with one field, given as it is on the wire.
func oneField(t *testing.T, spec *iso8583.Spec, path, wire string) []byte {
	t.Helper()
	raw, err := spec.NewMessage(mtiOf(spec)).Pack()
	if err != nil {
		t.Fatal(err)
	}
	var num int
	for _, c := range path {
		num = num*10 + int(c-'0')
	}
	bits := make([]byte, 8)
	if num > 64 {
		bits = make([]byte, 16)
		bits[0] |= 0x80
	}
	bits[(num-1)/8] |= 0x80 >> ((num - 1) % 8)
	head := raw[:len(raw)-8]
	if spec.Definition().Fields["1"].Enc == "HexToASCII" {
		head, bits = raw[:len(raw)-16], []byte(strings.ToUpper(hex.EncodeToString(bits)))
	}
	return append(append(head[:len(head):len(head)], bits...), unspaced(t, wire)...)
}
