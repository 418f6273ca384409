package iso8583

import (
	"bytes"
	"fmt"

	"github.com/moov-io/iso8583/encoding"
	moov "github.com/moov-io/iso8583/field"
	"github.com/moov-io/iso8583/prefix"
)

// appendValue appends the value of an element as its characters or, of a binary one,
// its bytes: what a field holds when how it lay on the wire is forgotten.
func appendValue(dst []byte, n *node, wire []byte, chars int) []byte {
	from := len(dst)
	switch n.coding {
	case codeBCD:
		dst = appendDigits(dst, wire, chars%2, chars)
	case codeLBCD, codeTrack:
		dst = appendDigits(dst, wire, 0, chars)
	case codeSigned:
		dst = appendDigits(append(dst, wire[0]), wire[1:], (chars-1)%2, chars-1)
	case codeEBCDIC:
		for _, c := range wire {
			dst = append(dst, n.table[c])
		}
	case codeHex:
		for i := 0; i+1 < len(wire); i += 2 {
			hi, _ := unhex(wire[i])
			lo, _ := unhex(wire[i+1])
			dst = append(dst, hi<<4|lo)
		}
	default:
		dst = append(dst, wire...)
	}
	return n.pad.strip(dst, from)
}

// appendText appends the text form: characters, or hex where the element is binary.
func appendText(dst []byte, n *node, wire []byte, chars int, tag uint32) []byte {
	if n.layout == layoutPositional {
		return appendJoined(dst, n, wire)
	}
	opaque := tag != 0 && n.layout == layoutBER // an element that the spec does not name
	if opaque || n.layout != layoutNone || (n.binary && n.coding != codeHex) {
		return appendHex(dst, wire)
	}
	if n.binary {
		return appendHex(dst, appendValue(nil, n, wire, chars))
	}
	return appendValue(dst, n, wire, chars)
}

// appendJoined appends the text forms of positional subfields one after the other.
func appendJoined(dst []byte, n *node, body []byte) []byte {
	d := decoder{raw: body}
	self := int32(0)
	d.spans = append(d.spans, Span{node: n, End: int32(len(body))})
	d.walkPositional(n, self, 0, len(body), n.prefix != prefixFixed)
	for i := range d.spans {
		sp := &d.spans[i]
		if i > 0 && sp.parent == self {
			dst = appendText(dst, sp.node, body[sp.Start:sp.End], int(sp.chars), 0)
		}
	}
	return dst
}

// appendDigits appends n nibbles as characters from '0' on, leaving out the first skip.
func appendDigits(dst, packed []byte, skip, n int) []byte {
	for i := skip; i < skip+n; i++ {
		c := packed[i/2]
		if i%2 == 0 {
			c >>= 4
		}
		dst = append(dst, '0'+c&15)
	}
	return dst
}

// packDigits packs characters from '0' on, two a byte; behind says where an odd
// number of them has its 0.
func packDigits(value []byte, behind bool) []byte {
	odd := len(value) % 2
	out := make([]byte, (len(value)+1)/2)
	for i, c := range value {
		at := i
		if !behind {
			at += odd
		}
		if at%2 == 0 {
			out[at/2] |= (c - '0') << 4
		} else {
			out[at/2] |= (c - '0') & 15
		}
	}
	return out
}

// strip takes the padding off what dst holds from a place on.
func (p pad) strip(dst []byte, from int) []byte {
	value := dst[from:]
	switch p.side {
	case -1:
		kept := bytes.TrimLeft(value, string(rune(p.char)))
		return dst[:from+copy(value, kept)]
	case 1:
		return dst[:from+len(bytes.TrimRight(value, string(rune(p.char))))]
	}
	return dst
}

// wire packs a value with its prefix, by moov.
func (n *node) wire(value []byte) ([]byte, error) {
	f := moov.NewBinary(n.spec)
	if err := f.SetBytes(value); err != nil {
		return nil, err
	}
	out, err := f.Pack()
	if err != nil {
		return nil, &Error{Path: n.path, Offset: -1, Err: ErrLength, Want: n.length, Got: len(value)}
	}
	return out, nil
}

// berPrefixer is moov's length of BER-TLV with a length of zero, which moov leaves out.
type berPrefixer struct{ prefix.Prefixer }

func (p berPrefixer) EncodeLength(most, length int) ([]byte, error) {
	if length == 0 {
		return []byte{0}, nil
	}
	return p.Prefixer.EncodeLength(most, length)
}

// packTrack packs the characters of a track two a byte, with a length in characters;
// moov has no such encoding.
func packTrack(value []byte, spec *moov.Spec) ([]byte, error) {
	return packed(packDigits(value, true), len(value), spec)
}

// packSigned packs a sign and digits as one ASCII character and BCD.
func packSigned(value []byte, spec *moov.Spec) ([]byte, error) {
	if len(value) == 0 {
		return nil, fmt.Errorf("no sign")
	}
	return packed(append(value[:1:1], packDigits(value[1:], false)...), len(value), spec)
}

func packed(body []byte, length int, spec *moov.Spec) ([]byte, error) {
	prefix, err := spec.Pref.EncodeLength(spec.Length, length)
	if err != nil {
		return nil, err
	}
	return append(prefix, body...), nil
}

// packEBCDIC packs characters by the inverse of a table.
func packEBCDIC(table *[256]byte) moov.PackerFunc {
	var inverse [256]byte
	for i, c := range table {
		inverse[c] = byte(i)
	}
	return func(value []byte, spec *moov.Spec) ([]byte, error) {
		if spec.Pad != nil {
			value = spec.Pad.Pad(value, spec.Length)
		}
		body := make([]byte, len(value))
		for i, c := range value {
			body[i] = inverse[c]
		}
		return packed(body, len(value), spec)
	}
}

// ebcdicTable is moov's EBCDIC as a table of what each byte means.
func ebcdicTable(enc encoding.Encoder) (*[256]byte, error) {
	var table [256]byte
	for i := range table {
		c, _, err := enc.Decode([]byte{byte(i)}, 1)
		if err != nil || len(c) == 0 {
			return nil, fmt.Errorf("ebcdic byte %02X: %w", i, err)
		}
		table[i] = c[0]
		if len(c) > 1 { // moov gives the second half of Latin 1 as UTF-8
			table[i] = c[0]<<6 | c[1]&0x3F
		}
	}
	return &table, nil
}
