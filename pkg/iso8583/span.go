package iso8583

import (
	"encoding/binary"
	"slices"
	"strconv"
)

// Span is where one element lies: bytes Offset to End of the message, of which Start
// to End are the value and those before it the tag and the length prefix.
type Span struct {
	node   *node
	tag    uint32 // of a BER-TLV element
	parent int32
	Offset int32
	Start  int32
	End    int32
	chars  int32 // in units of the coding
}

// Layout is where everything in one message lies, in the order of the bytes. A Layout
// that is used again keeps its memory, and decoding into it allocates nothing. It
// refers to the message and must not outlive a change of it. Like a Message it cannot
// be printed.
//
// The zero Layout is ready to use; it is not safe for concurrent use.
type Layout struct {
	_  [0]func()
	in *layoutBody
}

// layoutBody is apart from Layout for the reason that card.Secret holds a pointer:
// fmt reads unexported fields by reflection.
type layoutBody struct {
	raw      []byte
	spans    []Span
	trailing int   // bytes after the last field
	shade    *veil // what may be shown, once somebody asked; see [layoutBody.veil]
}

// Len is the number of elements.
func (l *Layout) Len() int {
	if l.in == nil {
		return 0
	}
	return len(l.in.spans)
}

// At is the i-th element.
func (l *Layout) At(i int) Span { return l.in.spans[i] }

// Path is the path of the i-th element: "4", "55.9F26". The second and later ones of
// the same tag in the same place have "#2" and so on after it.
func (l *Layout) Path(i int) string { return string(l.AppendPath(nil, i)) }

// AppendPath appends the path of the i-th element.
func (l *Layout) AppendPath(dst []byte, i int) []byte {
	sp := &l.in.spans[i]
	if sp.static() {
		return append(dst, sp.node.path...)
	}
	dst = l.in.appendStep(append(l.AppendPath(dst, int(sp.parent)), '.'), i)
	if n := l.in.occurrence(i); sp.tag != 0 && n > 1 {
		dst = strconv.AppendInt(append(dst, '#'), int64(n), 10)
	}
	return dst
}

// Find is the index of a path, or -1.
func (l *Layout) Find(path string) int {
	var buf [32]byte
	for i := range l.Len() {
		if string(l.AppendPath(buf[:0], i)) == path {
			return i
		}
	}
	return -1
}

// Field is the index of a field of the message by its number, 0 the message type and 1
// the bitmaps; -1 where it is not there. Fields inside others are found by [Layout.Find].
func (l *Layout) Field(num int) int {
	for i := range l.Len() {
		if sp := &l.in.spans[i]; sp.parent < 0 && sp.node.num == num {
			return i
		}
	}
	return -1
}

// AppendOpen appends the text form of the i-th element if its class is not card data, as
// of a trace number or a response code. It does not look at what stands there: a program
// that shows it masks what could be a number, or takes [Layout.AppendMasked], which does.
func (l *Layout) AppendOpen(dst []byte, i int) []byte {
	if l.in.spans[i].class() != classOpen {
		return dst
	}
	return l.AppendReveal(dst, i)
}

// AppendReveal appends the text form of the i-th element in the clear. Whoever calls
// it must be on the list in internal/tidy; [Layout.AppendMasked] is for all others.
func (l *Layout) AppendReveal(dst []byte, i int) []byte {
	sp := &l.in.spans[i]
	return appendText(dst, sp.node, l.in.raw[sp.Start:sp.End], int(sp.chars), sp.tag)
}

// AppendMasked appends the text form of the i-th element, masked where it is or holds
// card data.
func (l *Layout) AppendMasked(dst []byte, i int) []byte {
	return append(dst, l.in.masked(i, true)...)
}

// static reports an element whose path is that of its node: no tag stands in it that may
// be there more than once.
func (sp *Span) static() bool { return sp.tag == 0 && !sp.node.loose }

// appendStep appends the last step of the path of the i-th element, without its number.
func (b *layoutBody) appendStep(dst []byte, i int) []byte {
	sp := &b.spans[i]
	switch {
	case sp.node.tagged:
		tag := b.spans[sp.parent].node.tag
		return tag.appendID(dst, b.raw[sp.Offset:])
	case sp.tag != 0:
		return appendTag(dst, sp.tag)
	}
	return append(dst, sp.node.id...)
}

// occurrence counts the elements before i with its tag and parent, from 1.
func (b *layoutBody) occurrence(i int) int {
	n, spans := 1, b.spans
	for j := int(spans[i].parent) + 1; j < i; j++ {
		if spans[j].parent == spans[i].parent && spans[j].tag == spans[i].tag {
			n++
		}
	}
	return n
}

// appendTag appends a BER tag as upper-case hex.
func appendTag(dst []byte, tag uint32) []byte {
	n := 4
	for n > 1 && tag>>(8*(n-1)) == 0 {
		n--
	}
	for i := n - 1; i >= 0; i-- {
		dst = appendHexByte(dst, byte(tag>>(8*i)))
	}
	return dst
}

// hexPairs is the hex of every byte, one after the other.
const hexPairs = "" +
	"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F" +
	"202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F" +
	"404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F" +
	"606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F" +
	"808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9F" +
	"A0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF" +
	"C0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF" +
	"E0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF"

func appendHexByte(dst []byte, b byte) []byte {
	return append(dst, hexPairs[2*int(b)], hexPairs[2*int(b)+1])
}

// appendHex appends the hex of bytes, four of them at once: the nibbles are spread over
// eight bytes, and those above 9 are moved on to the letters.
func appendHex(dst, b []byte) []byte {
	at := len(dst)
	dst = slices.Grow(dst, 2*len(b))[:at+2*len(b)]
	writeHex(dst[at:], b)
	return dst
}

// writeHex writes the hex of bytes over a place that is twice as long.
func writeHex(out, b []byte) {
	i := 0
	for ; i+4 <= len(b); i += 4 {
		x := uint64(binary.BigEndian.Uint32(b[i:]))
		x = (x | x<<16) & 0x0000FFFF0000FFFF
		x = (x | x<<8) & 0x00FF00FF00FF00FF
		x = (x | x<<4) & 0x0F0F0F0F0F0F0F0F
		letters := (x + 0x0606060606060606) >> 4 & 0x0101010101010101
		binary.BigEndian.PutUint64(out[2*i:], x+0x3030303030303030+letters*('A'-'9'-1))
	}
	for ; i < len(b); i++ {
		out[2*i], out[2*i+1] = hexPairs[2*int(b[i])], hexPairs[2*int(b[i])+1]
	}
}
