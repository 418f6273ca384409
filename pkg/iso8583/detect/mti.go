package detect

// mtiCoding is how the four digits of a message type are written.
type mtiCoding uint8

const (
	mtiASCII mtiCoding = iota
	mtiEBCDIC
	mtiBCD
	mtiCodings
)

// parseCoding reads the coding as package dialect names it.
func parseCoding(s string) (mtiCoding, bool) {
	switch s {
	case "ascii", "ASCII":
		return mtiASCII, true
	case "ebcdic", "EBCDIC", "EBCDIC1047":
		return mtiEBCDIC, true
	case "bcd", "BCD", "LBCD", "Binary":
		return mtiBCD, true
	}
	return 0, false
}

// size is the bytes of a message type.
func (c mtiCoding) size() int {
	if c == mtiBCD {
		return 2
	}
	return 4
}

// mti is the four digits of a message type as numbers.
type mti [4]uint8

// mtiAt reads a message type at the beginning of b.
func mtiAt(b []byte, c mtiCoding) (m mti, ok bool) {
	if len(b) < c.size() {
		return m, false
	}
	if c == mtiBCD {
		m = mti{b[0] >> 4, b[0] & 15, b[1] >> 4, b[1] & 15}
	} else {
		zero := byte('0')
		if c == mtiEBCDIC {
			zero = 0xF0
		}
		for i := range m {
			m[i] = b[i] - zero
		}
	}
	return m, m[0] <= 9 && m[1] <= 9 && m[2] <= 9 && m[3] <= 9
}

// legal reports that the standard gives each digit a meaning (ISO 8583:2003, 5.1).
func (m mti) legal() bool {
	version := m[0] <= 2 || m[0] == 8 || m[0] == 9
	return version && m[1] >= 1 && m[1] <= 8 && m[2] <= 7 && m[3] <= 5
}

// usual reports one of the types that networks do use: requests, advices,
// notifications and their answers, of any origin.
func (m mti) usual() bool { return m.legal() && m[0] <= 2 && m[2] <= 4 }

// version is the first digit as a character.
func (m mti) version() byte { return '0' + m[0] }

func (m mti) isResponse() bool { return m[2]%2 == 1 }

// digitsASCII reads digits.
func digitsASCII(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// digitsBCD reads packed digits.
func digitsBCD(b []byte) (n int, ok bool) {
	for _, c := range b {
		if c>>4 > 9 || c&15 > 9 {
			return 0, false
		}
		n = n*100 + int(c>>4)*10 + int(c&15)
	}
	return n, true
}

// digitsHex reads hexadecimal characters.
func digitsHex(b []byte) (n int, ok bool) {
	for _, c := range b {
		v := unhex(c)
		if v > 15 {
			return 0, false
		}
		n = n<<4 | int(v)
	}
	return n, true
}

// unhex is the value of a hexadecimal character, or 255.
func unhex(c byte) uint8 {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}
