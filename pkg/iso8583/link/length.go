package link

import (
	"encoding/binary"
	"fmt"
)

// lengthHeader is one way of writing a length in front of a body.
type lengthHeader interface {
	String() string
	width() int                       // bytes of the header itself
	appendTo(to []byte, n int) []byte // n is never above what the header can say
	length(head []byte) (int, error)
}

// binary2 is two bytes, big endian.
type binary2 struct{}

func (binary2) String() string                   { return "binary2" }
func (binary2) width() int                       { return 2 }
func (binary2) appendTo(to []byte, n int) []byte { return binary.BigEndian.AppendUint16(to, uint16(n)) }
func (binary2) length(head []byte) (int, error)  { return int(binary.BigEndian.Uint16(head)), nil }

// ascii4 is four decimal digits.
type ascii4 struct{}

func (ascii4) String() string                   { return "ascii4" }
func (ascii4) width() int                       { return 4 }
func (ascii4) appendTo(to []byte, n int) []byte { return fmt.Appendf(to, "%04d", n) }

// length takes digits alone: no sign and no space, since a stream that is one byte out
// of step shows itself here and nowhere else.
func (ascii4) length(head []byte) (int, error) {
	n := 0
	for i, c := range head {
		if c < '0' || c > '9' {
			return 0, fmt.Errorf("%w: ascii4 header has no digit at position %d", ErrFrame, i+1)
		}
		n = n*10 + int(c-'0')
	}
	return n, nil
}

// binary2Self is binary2 that counts itself.
type binary2Self struct{}

func (binary2Self) String() string { return "binary2-self" }
func (binary2Self) width() int     { return 2 }
func (binary2Self) appendTo(to []byte, n int) []byte {
	return binary.BigEndian.AppendUint16(to, uint16(n+2))
}

func (binary2Self) length(head []byte) (int, error) {
	n := int(binary.BigEndian.Uint16(head))
	if n < 2 {
		return 0, fmt.Errorf("%w: binary2-self header says %d, less than its own two bytes", ErrFrame, n)
	}
	return n - 2, nil
}

// little2 is two bytes, little endian.
type little2 struct{}

func (little2) String() string { return "little2" }
func (little2) width() int     { return 2 }
func (little2) appendTo(to []byte, n int) []byte {
	return binary.LittleEndian.AppendUint16(to, uint16(n))
}
func (little2) length(head []byte) (int, error) { return int(binary.LittleEndian.Uint16(head)), nil }

// bcd2 is four packed digits.
type bcd2 struct{}

func (bcd2) String() string { return "bcd2" }
func (bcd2) width() int     { return 2 }
func (bcd2) appendTo(to []byte, n int) []byte {
	return append(to, byte(n/1000<<4|n/100%10), byte(n/10%10<<4|n%10))
}

func (bcd2) length(head []byte) (int, error) {
	n := 0
	for i, c := range head {
		if c>>4 > 9 || c&15 > 9 {
			return 0, fmt.Errorf("%w: bcd2 header has no digits in byte %d", ErrFrame, i+1)
		}
		n = n*100 + int(c>>4)*10 + int(c&15)
	}
	return n, nil
}

// hex4 is four hexadecimal characters.
type hex4 struct{}

func (hex4) String() string                   { return "hex4" }
func (hex4) width() int                       { return 4 }
func (hex4) appendTo(to []byte, n int) []byte { return fmt.Appendf(to, "%04X", n) }

func (hex4) length(head []byte) (int, error) {
	n := 0
	for i, c := range head {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | int(c-'0')
		case c >= 'A' && c <= 'F':
			n = n<<4 | int(c-'A'+10)
		case c >= 'a' && c <= 'f':
			n = n<<4 | int(c-'a'+10)
		default:
			return 0, fmt.Errorf("%w: hex4 header has no hexadecimal digit at position %d", ErrFrame, i+1)
		}
	}
	return n, nil
}

// binary4 is four bytes, big endian.
type binary4 struct{}

func (binary4) String() string                   { return "binary4" }
func (binary4) width() int                       { return 4 }
func (binary4) appendTo(to []byte, n int) []byte { return binary.BigEndian.AppendUint32(to, uint32(n)) }
func (binary4) length(head []byte) (int, error)  { return int(binary.BigEndian.Uint32(head)), nil }

// vml4 is two bytes, big endian, and two that are zero.
type vml4 struct{}

func (vml4) String() string { return "vml4" }
func (vml4) width() int     { return 4 }
func (vml4) appendTo(to []byte, n int) []byte {
	return append(binary.BigEndian.AppendUint16(to, uint16(n)), 0, 0)
}

func (vml4) length(head []byte) (int, error) {
	if head[2] != 0 || head[3] != 0 {
		return 0, fmt.Errorf("%w: vml4 header is that of a message of the link itself", ErrFrame)
	}
	return int(binary.BigEndian.Uint16(head)), nil
}

var (
	_ lengthHeader = binary2{}
	_ lengthHeader = binary2Self{}
	_ lengthHeader = little2{}
	_ lengthHeader = bcd2{}
	_ lengthHeader = ascii4{}
	_ lengthHeader = hex4{}
	_ lengthHeader = binary4{}
	_ lengthHeader = vml4{}
)
