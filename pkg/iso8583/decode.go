package iso8583

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strconv"
)

// Decode finds every element of a message in one pass, without copying a byte. The
// spans that were found before a fault stay in the layout; a fault inside a field
// whose own length is sound, as in the TLV of field 55, does not stop the pass, so
// that the fields after it are there too. The error is an *[Error], the first fault.
// Bytes after the last field are a fault.
func (s *Spec) Decode(raw []byte, into *Layout) error {
	if into.in == nil {
		into.in = &layoutBody{spans: make([]Span, 0, 64)}
	}
	if len(raw) > math.MaxInt32 {
		*into.in = layoutBody{spans: into.in.spans[:0]}
		return &Error{Offset: 0, Err: ErrLength, Want: math.MaxInt32, Got: len(raw)}
	}
	d := decoder{raw: raw, spans: into.in.spans[:0]}
	s.decode(&d)
	*into.in = layoutBody{raw: raw, spans: d.spans, trailing: d.trailing}
	if d.fault != nil {
		return d.fault
	}
	return nil
}

// decoder is one pass over one message.
type decoder struct {
	raw   []byte
	spans []Span
	fault *Error // the first one

	strict   bool // BER-TLV is nothing else
	probing  bool // inside of what may be a template
	every    bool // keep all faults
	faults   []*Error
	trailing int
}

// bitset is the bits of all bitmaps of a message or composite, bit 1 the highest of
// the first word.
type bitset [4]uint64

// decode walks the message: type, bitmaps, the fields that they announce.
func (s *Spec) decode(d *decoder) {
	pos, ok := d.element(s.mti, -1, 0, len(d.raw))
	if !ok || !d.checkMTI(s.mti) {
		return
	}
	var set bitset
	if pos, ok = d.bitmap(s.bitmap, -1, pos, len(d.raw), &set); !ok {
		return
	}
	for w, word := range set {
		for word != 0 {
			lead := bits.LeadingZeros64(word)
			word &^= 1 << (63 - lead)
			num := w*64 + lead + 1
			n := s.field(num)
			if n == nil {
				d.failed(&Error{Path: strconv.Itoa(num), Offset: pos, Err: ErrUndefined})
				return
			}
			if pos, ok = d.element(n, -1, pos, len(d.raw)); !ok {
				return
			}
		}
	}
	if d.trailing = len(d.raw) - pos; d.trailing != 0 {
		d.failed(&Error{Offset: pos, Err: ErrTrailing, Got: len(d.raw) - pos})
	}
}

// take removes the first bit that is set and gives its number, or 0.
func (b *bitset) take() int {
	for w := range b {
		if b[w] != 0 {
			lead := bits.LeadingZeros64(b[w])
			b[w] &^= 1 << (63 - lead)
			return w*64 + lead + 1
		}
	}
	return 0
}

// add makes room for one more span, and gives it to be filled: every field of it, for
// the memory may have been used before.
func (d *decoder) add() *Span {
	n := len(d.spans)
	if n == cap(d.spans) {
		d.spans = slices.Grow(d.spans, 1)
	}
	d.spans = d.spans[:n+1]
	return &d.spans[n]
}

// failed keeps the first fault, and answers false for the caller to return.
func (d *decoder) failed(e *Error) bool {
	if d.fault == nil {
		d.fault = e
	}
	if d.every {
		d.faults = append(d.faults, e)
	}
	return false
}

// checkMTI holds the span just found to four digits.
func (d *decoder) checkMTI(n *node) bool {
	sp := &d.spans[len(d.spans)-1]
	if sp.chars != 4 {
		return d.failed(&Error{Path: n.path, Offset: int(sp.Start), Err: ErrMTI})
	}
	for i, c := range d.raw[sp.Start:sp.End] {
		if n.coding == codeEBCDIC {
			c = n.table[c]
		}
		if n.coding != codeBCD && n.coding != codeLBCD && (c < '0' || c > '9') { // packed digits have been seen to be digits
			return d.failed(&Error{Path: n.path, Offset: int(sp.Start) + i, Err: ErrMTI})
		}
	}
	return d.fault == nil
}

// bitmap reads one bitmap, or as many as each announces by its first bit, into one
// span and the set of bits that are fields.
func (d *decoder) bitmap(n *node, parent int32, pos, limit int, set *bitset) (int, bool) {
	first := pos
	for at := 0; ; at += n.length {
		if at+n.length > len(set)*8 {
			return 0, d.failed(&Error{Path: n.path, Offset: pos, Err: ErrBitmap})
		}
		size := n.coding.size(n.length)
		if limit-pos < size {
			return 0, d.failed(&Error{Path: n.path, Offset: pos, Err: ErrShort, Want: size, Got: limit - pos})
		}
		for i := range n.length {
			b, bad := n.bitmapByte(d.raw, pos, i)
			if bad >= 0 {
				return 0, d.failed(&Error{Path: n.path, Offset: bad, Err: ErrBitmap})
			}
			set[(at+i)/8] |= uint64(b) << (56 - 8*((at+i)%8))
		}
		pos += size
		more := uint64(1) << (63 - at%8*8)
		if n.fixed || set[at/8]&more == 0 {
			break
		}
		set[at/8] &^= more
	}
	d.bitmapSpan(n, parent, first, pos)
	return pos, true
}

func (d *decoder) bitmapSpan(n *node, parent int32, first, end int) {
	sp := d.add()
	*sp = Span{node: n, parent: parent, Offset: int32(first), Start: int32(first), End: int32(end), chars: int32(end - first)}
}

// bitmapByte is the i-th byte of a bitmap at pos; bad is where no hex stands, or -1.
func (n *node) bitmapByte(raw []byte, pos, i int) (b byte, bad int) {
	if n.coding != codeHex {
		return raw[pos+i], -1
	}
	at := pos + 2*i
	high, low := raw[at], raw[at+1]
	if n.table != "" {
		high, low = n.table[high], n.table[low]
	}
	hi, ok := unhex(high)
	if !ok {
		return 0, at
	}
	lo, ok := unhex(low)
	if !ok {
		return 0, at + 1
	}
	return hi<<4 | lo, -1
}

// hexDigit reads a hex character in the coding of the element.
func (n *node) hexDigit(c byte) (byte, bool) {
	if n.table != "" {
		c = n.table[c]
	}
	return unhex(c)
}

func unhex(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}

// element reads one element at pos, not beyond limit, and what is inside it. It
// answers false where the place of the next element cannot be known.
func (d *decoder) element(n *node, parent int32, pos, limit int) (int, bool) {
	chars, start, size := n.length, pos, n.size
	if n.prefix != prefixFixed {
		var ok bool
		if chars, start, ok = d.length(n, pos, limit); !ok {
			return 0, false
		}
		size = n.coding.size(chars)
	}
	if limit-start < size {
		return 0, d.failed(&Error{Path: n.path, Offset: start, Err: ErrShort, Want: size, Got: limit - start})
	}
	end := start + size
	self := int32(len(d.spans))
	sp := d.add()
	sp.node, sp.tag, sp.parent, sp.chars = n, 0, parent, int32(chars)
	sp.Offset, sp.Start, sp.End = int32(pos), int32(start), int32(end)
	if n.layout != layoutNone {
		d.inside(n, self, start, end, n.prefix != prefixFixed)
	} else if n.coding != codeBinary {
		if bad := faultOf(n, d.raw[start:end], chars); bad >= 0 {
			d.misfit(n, start, bad)
		}
	}
	return end, true
}

// length reads the length of an element that is not fixed, in units of its coding, and
// where its value starts.
func (d *decoder) length(n *node, pos, limit int) (chars, start int, ok bool) {
	switch n.prefix {
	case prefixRest:
		return limit - pos, pos, true
	case prefixBER:
		chars, start = d.lengthLong(n, pos, limit)
		ok = start != 0
		if ok && n.length != 0 && chars > n.length {
			ok = d.failed(&Error{Path: n.path, Offset: pos, Err: ErrLength, Want: n.length, Got: chars})
		}
		return chars, start, ok
	default:
		return d.lengthPrefix(n, pos, limit)
	}
}

// lengthPrefix reads a length of a number of digits or bytes.
func (d *decoder) lengthPrefix(n *node, pos, limit int) (chars, start int, ok bool) {
	size := n.prefixSize()
	if limit-pos < size+int(n.gap) {
		return 0, 0, d.failed(&Error{Path: n.path, Offset: pos, Err: ErrShort, Want: size + int(n.gap), Got: limit - pos})
	}
	chars, bad := n.readPrefix(d.raw[pos : pos+size])
	if bad >= 0 {
		return 0, 0, d.failed(&Error{Path: n.path, Offset: pos + bad, Err: ErrPrefix})
	}
	if chars < 0 || chars > n.length {
		return 0, 0, d.failed(&Error{Path: n.path, Offset: pos, Err: ErrLength, Want: n.length, Got: chars})
	}
	return chars, pos + size + int(n.gap), true
}

// prefixSize is the number of bytes of the length prefix.
func (n *node) prefixSize() int {
	switch n.prefix {
	case prefixBCD:
		return (n.digits + 1) / 2
	case prefixHex:
		return 2 * n.digits
	case prefixFixed, prefixRest:
		return 0
	default:
		return n.digits
	}
}

// readPrefix reads a length; bad is the position of a byte that is no digit, or -1.
func (n *node) readPrefix(b []byte) (chars, bad int) {
	switch n.prefix {
	case prefixBCD:
		for i, c := range b {
			if c>>4 > 9 || c&15 > 9 || (i == 0 && n.digits%2 == 1 && c>>4 != 0) {
				return 0, i
			}
			chars = chars*100 + int(c>>4)*10 + int(c&15)
		}
	case prefixBinary:
		for _, c := range b {
			chars = chars<<8 | int(c)
		}
	case prefixHex:
		for i, c := range b {
			v, ok := unhex(c)
			if !ok {
				return 0, i
			}
			chars = chars<<4 | int(v)
		}
	default:
		zero := byte('0')
		if n.prefix == prefixEBCDIC {
			zero = 0xF0
		}
		for i, c := range b {
			if c-zero > 9 {
				return 0, i
			}
			chars = chars*10 + int(c-zero)
		}
	}
	return chars, -1
}

// misfit names the fault of a byte that the coding cannot have.
func (d *decoder) misfit(n *node, start, bad int) {
	err := ErrCharacter
	switch n.coding {
	case codeBCD, codeLBCD, codeTrack, codeTrackFront, codeSigned:
		err = ErrDigit
		if chars := int(d.spans[len(d.spans)-1].chars); n.padNibble(chars, bad) {
			err = ErrPad
		}
	case codeHex:
		err = ErrHex
	default:
	}
	d.failed(&Error{Path: n.path, Offset: start + bad, Err: err})
}

// padNibble reports that the byte at i holds the pad nibble of an odd number of
// digits, and that its digit is sound, so that the pad must be what is wrong.
func (n *node) padNibble(chars, i int) bool {
	if n.coding == codeBCD || n.coding == codeTrackFront {
		return chars%2 == 1 && i == 0
	}
	return chars%2 == 1 && i == chars/2
}

// faultOf is the position of the first byte that the coding of n cannot have, or -1.
func faultOf(n *node, value []byte, chars int) int {
	switch n.coding {
	case codeBinary, codeEBCDIC, codePart:
		return -1
	case codeASCII:
		return faultASCII(value)
	case codeBCD, codeLBCD:
		return faultBCD(value, chars, n.coding)
	case codeTrackFront:
		if chars%2 == 1 && value[0]>>4 != 0 {
			return 0
		}
	case codeTrack:
		if chars%2 == 1 && !blankPad(value[len(value)-1]&15) {
			return len(value) - 1
		}
	case codeSigned:
		if value[0] > 0x7F {
			return 0
		}
		if bad := faultBCD(value[1:], chars-1, codeBCD); bad >= 0 {
			return bad + 1
		}
	case codeHex:
		for i, c := range value {
			if _, ok := n.hexDigit(c); !ok {
				return i
			}
		}
	}
	return -1
}

// blankPad reports a nibble that fills an odd number of digits on the right: hosts
// write 0 or F there.
func blankPad(nibble byte) bool { return nibble == 0 || nibble == 15 }

// faultASCII looks for a byte over 127, eight or four at a time: the last loads overlap
// what was seen already.
func faultASCII(b []byte) int {
	const high = 0x8080808080808080
	n := len(b)
	switch {
	case n >= 8:
		seen := binary.LittleEndian.Uint64(b[n-8:])
		for i := 0; i+8 < n; i += 8 {
			seen |= binary.LittleEndian.Uint64(b[i:])
		}
		if seen&high == 0 {
			return -1
		}
	case n >= 4:
		if (binary.LittleEndian.Uint32(b)|binary.LittleEndian.Uint32(b[n-4:]))&(high>>32) == 0 {
			return -1
		}
	}
	return slices.IndexFunc(b, func(c byte) bool { return c > 0x7F })
}

// faultBCD looks for a nibble over 9, eight bytes at a time, and for a pad nibble
// that is not blank.
func faultBCD(b []byte, chars int, c coding) int {
	if chars%2 == 1 && c == codeBCD && b[0]>>4 != 0 {
		return 0
	}
	digits := b
	if chars%2 == 1 && c == codeLBCD {
		last := b[len(b)-1]
		if last>>4 > 9 || !blankPad(last&15) {
			// A fault before it is the first one.
			if bad := faultBCD(b[:len(b)-1], chars-1, c); bad >= 0 {
				return bad
			}
			return len(b) - 1
		}
		digits = b[:len(b)-1]
	}
	i := 0
	for ; i+8 <= len(digits); i += 8 {
		x := binary.LittleEndian.Uint64(digits[i:])
		if x>>3&(x>>2|x>>1)&0x1111111111111111 != 0 { // bit 3 with bit 2 or 1: 10 to 15
			break
		}
	}
	for ; i < len(digits); i++ {
		if digits[i]>>4 > 9 || digits[i]&15 > 9 {
			return i
		}
	}
	return -1
}
