package iso8583

import (
	moov "github.com/moov-io/iso8583/field"
)

// node is one element of a compiled spec: all that the decoder asks about it, without
// a map or an interface in the way.
type node struct {
	// What every message asks, first and within one line of the cache.
	coding coding
	prefix prefixing
	layout layout
	class  class
	binary bool       // the text form is hex
	bits   bool       // a bitmap
	fixed  bool       // a bitmap that does not expand
	digits int        // of the length prefix
	length int        // exact or greatest, in the units of coding
	size   int        // of a fixed element, in bytes
	kids   []*node    // in order; of layoutBER by tag, ascending
	tags   []uint32   // of layoutBER: the tags of kids
	table  *[256]byte // from EBCDIC

	path, id string // "4" and "4", "127.2" and "2", "55.9F26" and "9F26"
	num      int    // of a field of the message
	en, zh   string
	pad      pad
	content  content
	ber      uint32 // the own tag of a kid of layoutBER
	tag      *tagging
	bitmap   *node // of layoutBitmap
	plain    *node // of layoutBER: the element if it holds text
	spec     *moov.Spec
}

// coding is how characters become bytes.
type coding uint8

const (
	codeASCII  coding = iota
	codeBinary        // a byte for a byte
	codeHex           // two hex characters a byte
	codeBCD           // two digits a byte, odd: 0 in front
	codeLBCD          // two digits a byte, odd: 0 or F behind
	codeTrack         // as LBCD with the 16 characters '0' to '?' of ISO/IEC 7811-2 track 2
	codeSigned        // one ASCII character, then BCD
	codeEBCDIC        // by node.table
)

// size is the number of bytes that n characters take.
func (c coding) size(n int) int {
	switch c {
	case codeBCD, codeLBCD, codeTrack:
		return (n + 1) / 2
	case codeSigned:
		return 1 + n/2
	case codeHex:
		return 2 * n
	default:
		return n
	}
}

// prefixing is how the length of a value is told.
type prefixing uint8

const (
	prefixFixed prefixing = iota
	prefixRest            // the value takes all that is left
	prefixASCII
	prefixBCD
	prefixHex
	prefixEBCDIC
	prefixBinary
	prefixBER
)

// layout is how the subfields of a composite follow each other.
type layout uint8

const (
	layoutNone layout = iota
	layoutPositional
	layoutBitmap
	layoutTagged
	layoutBER
)

// pad is what a spec strips and adds: side is -1 left, 1 right, 0 none.
type pad struct {
	side int8
	char byte
}

// tagging is how the tags of layoutTagged and layoutBER are read.
type tagging struct {
	node    *node // of layoutTagged: the tag as an element
	skip    bool  // take tags that the spec does not name
	unknown *node // of layoutTagged: the value of such a tag
}

// read is the id of a subfield as the spec writes it.
func (t *tagging) read(wire []byte) string {
	return string(appendText(nil, t.node, wire, t.node.length, 0))
}

// size is the number of bytes of a tag.
func (t *tagging) size() int { return t.node.coding.size(t.node.length) }

// kidByTag is the subfield of a BER tag, or nil.
func (n *node) kidByTag(tag uint32) *node {
	lo, hi := 0, len(n.tags)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if n.tags[mid] < tag {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(n.tags) && n.tags[lo] == tag {
		return n.kids[lo]
	}
	return nil
}

// kid is the subfield of an id, or nil.
func (n *node) kid(id string) *node {
	for _, k := range n.kids {
		if k.id == id {
			return k
		}
	}
	return nil
}

// renamed is the node under another id, for a tag that the spec does not name.
func (n *node) renamed(path, id string) *node {
	c := *n
	c.path, c.id = path+"."+id, id
	return &c
}

// isText reports that the element has characters, not bytes, as its text form.
func (n *node) isText() bool { return n.layout == layoutNone && !n.binary }

// name is the name in a language.
func (n *node) name(t tongue) string {
	if t == chinese && n.zh != "" {
		return n.zh
	}
	return n.en
}
