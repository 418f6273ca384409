package dump

import (
	"encoding/binary"
	"slices"
)

// DecodeHexLine appends the bytes that a line of hex digits stands for to dst. Pairs of
// digits may be separated by blanks, ':', ',', '-' or ';' and led by "0x" or "\x"; a
// "0x" may be followed by a single digit. Anything else is an *[Error] with its column,
// and dst is then returned as it was. An empty line gives no bytes.
//
// It is what is to be called on each line of a [Block]: it allocates nothing while dst
// has room.
func DecodeHexLine(dst, line []byte) ([]byte, error) {
	start := len(dst)
	out, at, digits := appendHex(dst, line)
	if at == len(line) {
		return out, nil
	}
	e := &Error{Column: at + 1, Err: ErrHex, Got: int64(line[at])}
	if digits {
		e.Err, e.Got = ErrOddHex, int64(countDigits(line))
	}
	return dst[:start], e
}

// appendHex decodes as far as it can: at is the first byte that does not fit, and odd
// says that it does not because it is half a pair.
func appendHex(dst, line []byte) (out []byte, at int, odd bool) {
	i := 0
	for i < len(line) {
		if len(line)-i >= 8 {
			var n int
			dst, n = appendEights(dst, line[i:])
			i += n
		}
		for i+2 < len(line) && isSeparator(line[i+2]) {
			hi, lo := nibble(line[i]), nibble(line[i+1])
			if hi|lo > 15 {
				break
			}
			dst = append(dst, hi<<4|lo)
			i += 3
		}
		switch rest := line[i:]; {
		case len(rest) == 0:
		case isSeparator(rest[0]):
			i++
		case isPrefix(rest):
			i += 2
			if len(rest) == 3 || nibble(rest[3]) > 15 {
				dst = append(dst, nibble(rest[2]))
				i++
			}
		case nibble(rest[0]) > 15:
			return dst, i, false
		case len(rest) == 1 || nibble(rest[1]) > 15:
			return dst, i, true
		default:
			dst = append(dst, nibble(rest[0])<<4|nibble(rest[1]))
			i += 2
		}
	}
	return dst, i, false
}

// appendEights decodes digits at the beginning of line, eight at a time, and says how
// many. The eight are looked at in one word: a sum sets the high bit of each byte that
// is at least a bound, as long as no byte has it set already.
func appendEights(dst, line []byte) ([]byte, int) {
	const ones = 0x0101010101010101
	const high = 0x80 * ones
	at := len(dst)
	dst = slices.Grow(dst, len(line)/2)[:at+len(line)/2]
	n := 0
	for ; len(line)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(line[n:])
		lower := x | 0x20*ones
		digit := (x + (0x80-'0')*ones) &^ (x + (0x80-'9'-1)*ones)
		letter := (lower + (0x80-'a')*ones) &^ (lower + (0x80-'f'-1)*ones)
		if ((digit|letter)&^x)&high != high {
			break
		}
		v := x&(0x0F*ones) + x>>6&ones*9
		v = (v<<4 | v>>8) & 0x00FF00FF00FF00FF
		v = (v | v>>8) & 0x0000FFFF0000FFFF
		binary.LittleEndian.PutUint32(dst[at:], uint32(v|v>>16))
		at += 4
	}
	return dst[:at], n
}

// nibble is the value of a hex digit, or 255.
func nibble(c byte) byte { return nibbles[c] }

// nibbles has the value of every byte as a hex digit.
const nibbles = "" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\x0A\x0B\x0C\x0D\x0E\x0F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\x0A\x0B\x0C\x0D\x0E\x0F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" +
	"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"

// isSeparator reports a byte that may stand between pairs of digits.
func isSeparator(c byte) bool {
	switch c {
	case ' ', '\t', ':', ',', '-', ';':
		return true
	}
	return false
}

// isPrefix reports "0x" or "\x" with a digit behind it.
func isPrefix(s []byte) bool {
	return len(s) > 2 && s[1]|0x20 == 'x' && (s[0] == '0' || s[0] == '\\') && nibble(s[2]) <= 15
}

func countDigits(line []byte) int {
	n := 0
	for _, c := range line {
		if nibble(c) <= 15 {
			n++
		}
	}
	return n
}
