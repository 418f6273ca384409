package qr

// checksum is CRC-16/CCITT-FALSE: polynomial 1021, start FFFF, nothing reflected (ISO/IEC
// 13239 as EMVCo MPM v1.1, 4.7.3 uses it). It folds a byte at a time without a table,
// since 208 bytes are not worth one.
func checksum(text string) uint16 {
	crc := uint16(0xFFFF)
	for i := range len(text) {
		x := crc>>8 ^ uint16(text[i])
		x ^= x >> 4
		crc = crc<<8 ^ x<<12 ^ x<<5 ^ x
	}
	return crc
}

// hexDigits are the four upper-case digits of a check value, zeros in front.
func hexDigits(crc uint16) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{digits[crc>>12], digits[crc>>8&15], digits[crc>>4&15], digits[crc&15]})
}

// parseHex reads four hexadecimal digits in either case.
func parseHex(s string) (crc uint16, ok bool) {
	if len(s) != 4 {
		return 0, false
	}
	for i := range len(s) {
		switch d := s[i]; {
		case d >= '0' && d <= '9':
			crc = crc<<4 | uint16(d-'0')
		case d >= 'A' && d <= 'F':
			crc = crc<<4 | uint16(d-'A'+10)
		case d >= 'a' && d <= 'f':
			crc = crc<<4 | uint16(d-'a'+10)
		default:
			return 0, false
		}
	}
	return crc, true
}
