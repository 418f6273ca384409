package emv

import (
	"errors"
	"fmt"
	"strings"
)

// ErrDOL is the cause of every refused data object list.
var ErrDOL = errors.New("not a data object list")

// DOLEntry is one request of a data object list: so many bytes of an object's value.
type DOLEntry struct {
	Tag    Tag
	Length int // 0 to 252 bytes
}

// DOL is a data object list: what a card wants to be told, in its order, each tag as
// often as it stands there (EMV 4.4 Book 3, 5.4). The values are handed over one behind
// the other without tags or lengths, so leaving out a repeated tag would move all that
// follow.
type DOL []DOLEntry

// ParseDOL reads the value of a PDOL, CDOL, TDOL or DDOL: tags each followed by one
// byte of length. Filling bytes are not allowed between them.
func ParseDOL(b []byte) (DOL, error) {
	dol := make(DOL, 0, len(b)/3+1)
	for pos := 0; pos < len(b); {
		tag, n, err := readTag(b[pos:])
		if err != nil {
			return nil, fmt.Errorf("%w: entry %d at offset %d: %w", ErrDOL, len(dol)+1, pos, err)
		}
		if pos+n == len(b) {
			return nil, fmt.Errorf("%w: entry %d (%s) at offset %d: no length byte", ErrDOL, len(dol)+1, tag, pos)
		}
		length := int(b[pos+n])
		if length > 252 {
			return nil, fmt.Errorf("%w: entry %d (%s) at offset %d: got length %d, want at most 252", ErrDOL, len(dol)+1, tag, pos, length)
		}
		dol = append(dol, DOLEntry{Tag: tag, Length: length})
		pos += n + 1
	}
	return dol, nil
}

// Len is the number of bytes that the list asks for.
func (d DOL) Len() int {
	n := 0
	for _, e := range d {
		n += e.Length
	}
	return n
}

// Has reports that the list asks for a tag.
func (d DOL) Has(tag Tag) bool {
	for _, e := range d {
		if e.Tag == tag {
			return true
		}
	}
	return false
}

// Fill gives the bytes that the list asks for, always Len of them. value tells the
// value of a tag and whether there is one; an object that is absent, unknown or a
// template is zeros.
//
// Where lengths differ (Book 3, 5.4): a numeric value is cut at the left or filled with
// zeros at the left; a compressed numeric one is cut at the right or filled with F at
// the right; any other is cut at the right or filled with zeros at the right.
func (d DOL) Fill(value func(Tag) ([]byte, bool)) []byte {
	out := make([]byte, 0, d.Len())
	for _, e := range d {
		v, ok := value(e.Tag)
		if !ok || e.Tag.IsConstructed() {
			v = nil
		}
		out = append(out, fit(v, e.Length, formatOf(e.Tag), ok)...)
	}
	return out
}

// Split cuts what Fill gave back into the objects asked for, in order. It is the
// card's side of the list.
func (d DOL) Split(data []byte) ([]Object, error) {
	if len(data) != d.Len() {
		return nil, fmt.Errorf("%w: got %d bytes of data, want %d for %d entries", ErrDOL, len(data), d.Len(), len(d))
	}
	out, pos := make([]Object, 0, len(d)), 0
	for _, e := range d {
		out = append(out, Object{Tag: e.Tag, Offset: pos, Value: data[pos : pos+e.Length : pos+e.Length]})
		pos += e.Length
	}
	return out, nil
}

// Append puts the coded list behind dst.
func (d DOL) Append(dst []byte) []byte {
	for _, e := range d {
		dst = append(e.Tag.Append(dst), byte(e.Length))
	}
	return dst
}

// String is the list as people write it: "9F02(6) 9F37(4)".
func (d DOL) String() string {
	parts := make([]string, len(d))
	for i, e := range d {
		parts[i] = fmt.Sprintf("%s(%d)", e.Tag, e.Length)
	}
	return strings.Join(parts, " ")
}

// fit gives a value the length that is asked for.
func fit(v []byte, length int, format Format, present bool) []byte {
	out := make([]byte, length)
	switch {
	case format == FormatNumeric && len(v) >= length:
		copy(out, v[len(v)-length:])
	case format == FormatNumeric:
		copy(out[length-len(v):], v)
	case format == FormatCompressed && present:
		for i := copy(out, v); i < length; i++ {
			out[i] = 0xFF
		}
	default:
		copy(out, v)
	}
	return out
}

func formatOf(tag Tag) Format {
	if e, ok := Lookup(tag); ok {
		return e.Format
	}
	return FormatBinary
}
