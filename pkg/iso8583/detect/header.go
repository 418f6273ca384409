package detect

import (
	"encoding/binary"
	"strconv"
)

// open reads a header that is known, behind a TPDU or not: its size, where it is one.
func (k headerKind) open(body []byte, tpdu bool) (size int, ok bool) {
	switch k {
	case noHeader:
		return 0, true
	case unionpay6:
		return unionpaySize, isUnionPay(body, tpdu)
	case visa22:
		return visaSize, isVisa(body)
	case base24:
		return base24Size, isBASE24(body, "ISO", '0')
	case base24EBCDIC:
		return base24Size, isBASE24(body, "\xC9\xE2\xD6", 0xF0)
	default:
		return 0, false
	}
}

// isUnionPay reports six bytes of packed digits as terminals of UnionPay's acquirers
// write them behind a TPDU: the kind of application 60 to 69, the version, the terminal's
// state and what is asked of it, and the version's second part. Without a TPDU the version
// must be one that was ever in use.
func isUnionPay(body []byte, tpdu bool) bool {
	if len(body) <= unionpaySize || body[0]>>4 != 6 {
		return false
	}
	if version := body[1]; !tpdu && (version < 0x20 || version > 0x39) {
		return false
	}
	_, ok := digitsBCD(body[:unionpaySize])
	return ok
}

// isVisa reports the 22 bytes of BASE I and V.I.P.: their own number, a format, the
// format of the text, and in two bytes the length of header and message.
func isVisa(body []byte) bool {
	if len(body) <= visaSize || body[0] != visaSize || body[1] == 0 || body[1] > 2 || body[2] == 0 || body[2] > 2 {
		return false
	}
	_, packed := digitsBCD(body[5:11]) // the stations
	return packed
}

// visaTotal is the length that a header of Visa tells, itself counted.
func visaTotal(body []byte) int { return int(binary.BigEndian.Uint16(body[3:])) }

// isBASE24 reports "ISO", a product, a release, a status and who made the message and who
// answers it: nine digits, the last of which may be letters.
func isBASE24(body []byte, iso string, zero byte) bool {
	if len(body) <= base24Size || string(body[:3]) != iso {
		return false
	}
	for _, c := range body[3:base24Size] {
		if c-zero > 9 {
			return false
		}
	}
	return true
}

// isStrangeHeader reports characters of the coding of the message type behind them. A
// digit next to the type makes both doubtful, and so does what is not all characters.
func isStrangeHeader(header, rest []byte) bool {
	if _, ok := mtiAt(rest, mtiASCII); ok {
		return allBytes(header, isPrintASCII)
	}
	if _, ok := mtiAt(rest, mtiEBCDIC); ok {
		return allBytes(header, isPrintEBCDIC)
	}
	return false
}

func allBytes(b []byte, is func(byte) bool) bool {
	for _, c := range b {
		if !is(c) {
			return false
		}
	}
	return true
}

func isPrintASCII(c byte) bool { return c >= ' ' && c <= '~' }

// isPrintEBCDIC reports a blank, a letter, a digit or a mark of EBCDIC.
func isPrintEBCDIC(c byte) bool {
	low := c & 15
	switch c >> 4 {
	case 0xF:
		return low <= 9
	case 0xC, 0xD:
		return low >= 1 && low <= 9
	case 0xE:
		return low >= 2 && low <= 9
	case 0x8, 0x9:
		return low >= 1 && low <= 9
	case 0xA:
		return low >= 1 && low <= 9
	case 0x4, 0x5, 0x6, 0x7:
		return c == 0x40 || low >= 0xA || c == 0x50 || c == 0x60 || c == 0x61
	}
	return false
}

// name is the name of a header of a size.
func (k headerKind) name(size int) string {
	switch k {
	case unionpay6:
		return "unionpay6"
	case visa22:
		return "visa22"
	case base24:
		return "base24"
	case base24EBCDIC:
		return "base24-ebcdic"
	case strange:
		return "header" + strconv.Itoa(size)
	default:
		return ""
	}
}
