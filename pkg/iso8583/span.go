package iso8583

import (
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
	trailing int // bytes after the last field
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
	if sp.tag == 0 {
		return append(dst, sp.node.path...)
	}
	dst = appendTag(append(l.AppendPath(dst, int(sp.parent)), '.'), sp.tag)
	if n := l.in.occurrence(i); n > 1 {
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

// AppendReveal appends the text form of the i-th element in the clear. Whoever calls
// it must be on the list in internal/tidy; [Layout.AppendMasked] is for all others.
func (l *Layout) AppendReveal(dst []byte, i int) []byte {
	sp := &l.in.spans[i]
	return appendText(dst, sp.node, l.in.raw[sp.Start:sp.End], int(sp.chars), sp.tag)
}

// AppendMasked appends the text form of the i-th element, masked where it is or holds
// card data.
func (l *Layout) AppendMasked(dst []byte, i int) []byte {
	return append(dst, maskedText(l, i)...)
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

const hexDigits = "0123456789ABCDEF"

func appendHexByte(dst []byte, b byte) []byte {
	return append(dst, hexDigits[b>>4], hexDigits[b&15])
}

func appendHex(dst, b []byte) []byte {
	for _, c := range b {
		dst = appendHexByte(dst, c)
	}
	return dst
}
