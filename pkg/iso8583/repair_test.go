package iso8583_test

import (
	"strings"
	"testing"

	"github.com/tillworks/till/pkg/iso8583"
)

// sound is messages with nothing wrong.
func sound(tb testing.TB, spec *iso8583.Spec) map[string][]byte {
	tb.Helper()
	out := map[string][]byte{}
	for name, raw := range explained(tb, spec) {
		var l iso8583.Layout
		if spec.Decode(raw, &l) == nil {
			out[name] = raw
		}
	}
	return out
}

// TestNoRepairOfTheSound: what is not broken is not repaired.
func TestNoRepairOfTheSound(t *testing.T) {
	for _, spec := range []*iso8583.Spec{ascii(t), bcd(t)} {
		for name, raw := range sound(t, spec) {
			if got := spec.Repairs(raw, "en"); len(got) != 0 {
				t.Errorf("%s %s: %+v", spec.Name(), name, got)
			}
		}
	}
}

// TestRepairs breaks a message in one place; the undoing must be the first repair.
func TestRepairs(t *testing.T) {
	spec := bcd(t)
	sale := pack(t, spec, "0100", authorization())
	tests := []struct {
		name   string
		damage func([]byte) []byte
		want   string
	}{
		{"bit missing", func(b []byte) []byte { b[4] &^= 0x02; return b }, "set bit 23 of the bitmap (byte 4: "},
		{"bit too many", func(b []byte) []byte { b[5] |= 0x40; return b }, "clear bit 26 of the bitmap (byte 5: "},
		{"padding", func(b []byte) []byte { return append(b, 0, 0, 0) }, "take 3 bytes off at the end, from byte "},
		{"length in front", func(b []byte) []byte { return append([]byte{byte(len(b) >> 8), byte(len(b))}, b...) }, "take 2 bytes off in front, before the message type: a length, 2 bytes binary, of "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := tt.damage(append([]byte(nil), sale...))
			got := spec.Repairs(raw, "en")
			if len(got) == 0 || !strings.HasPrefix(got[0].Change, tt.want) || !got[0].Closes {
				t.Errorf("got %+v, want %s first", got, tt.want)
			}
		})
	}
}
