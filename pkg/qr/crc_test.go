package qr

import "testing"

// The check of CRC-16/CCITT-FALSE in the catalogues of CRCs, and the text of nothing.
func TestChecksum(t *testing.T) {
	for text, want := range map[string]uint16{"123456789": 0x29B1, "": 0xFFFF} {
		if got := checksum(text); got != want {
			t.Errorf("checksum(%q) = %04X, want %04X", text, got, want)
		}
	}
	for crc, want := range map[uint16]string{0: "0000", 0xD7: "00D7", 0xABCD: "ABCD"} {
		got, ok := parseHex(hexDigits(crc))
		if hexDigits(crc) != want || !ok || got != crc {
			t.Errorf("%04X is %q and back %04X", crc, hexDigits(crc), got)
		}
	}
}
