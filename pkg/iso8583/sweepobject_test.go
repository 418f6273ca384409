package iso8583_test

import (
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
)

// TestChipDataInPrivateFields: chip data in a field that the spec calls bytes, or inside
// an element of its own, is masked object by object; bytes that are no TLV to the last
// are left to be read.
func TestChipDataInPrivateFields(t *testing.T) {
	tests := []struct{ path, value, want string }{
		{"55", "DF21" + "0C" + "9908FEDCBA98765432105A00", "DF21" + "0C" + "9908****************5A00"},
		{"55", "DF21" + "0E" + "700C9908FEDCBA98765432109F00", "DF21" + "0E" + "700C9908****************9F00"},
		{"55", "DF21" + "0D" + "9908FEDCBA987654321000009C", "DF21" + "0D" + "9908FEDCBA987654321000009C"},
		{"62", "\x99\x08\xFE\xDC\xBA\x98\x76\x54\x32\x10\x9C\x01\x00", "0x9908****************9C0100"},
		{"62", "\x70\x0A\x99\x08\xFE\xDC\xBA\x98\x76\x54\x32\x10", "0x700A9908****************"},
		{"62", "\x5F\x20\x03\x41\x2F\x42\x9C\x01\x00", "0x5F2003******9C0100"},
	}
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		for _, tt := range tests {
			raw := pack(t, spec, "0200", [][2]string{{"11", "1"}, {tt.path, tt.value}})
			for _, f := range spec.Explain(raw, "en").Fields {
				if f.Path == tt.path && f.Value != tt.want {
					t.Errorf("%s field %s: %s, want %s", spec.Name(), tt.path, f.Value, tt.want)
				}
				if f.Path == tt.path && strings.Count(f.Raw, "*") != strings.Count(tt.want, "*") {
					t.Errorf("%s field %s: raw %s", spec.Name(), tt.path, f.Raw)
				}
			}
		}
	}
}
