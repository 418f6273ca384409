package iso8583

// node is one element of a compiled spec: all that the decoder asks about it, without
// a map or an interface in the way.
type node struct {
	// What every message asks, first and within one line of the cache.
	coding coding
	prefix prefixing
	layout layout
	class  class
	binary bool     // the text form is hex
	bits   bool     // a bitmap
	fixed  bool     // a bitmap that does not expand
	gap    uint8    // bytes between the length prefix and the value
	digits int      // of the length prefix
	length int      // exact or greatest, in the units of coding
	size   int      // of a fixed element, in bytes
	kids   []*node  // in order; by tag, ascending, where they have tags
	tags   []uint32 // of layoutBER and layoutTagged: the tags of kids
	table  string   // of codeEBCDIC, and of codeHex in EBCDIC: what each of 256 bytes means

	path, id string // "4" and "4", "127.2" and "2", "55.9F26" and "9F26"
	en, zh   string
	num      int // of a field of the message
	exact    int // of layoutCut: the digits of all parts, where it has parts only then
	pad      pad
	content  content
	skip     uint8  // of codePart: nibbles before its first digit
	tagged   bool   // told apart by a tag that is no BER: its spans have a tag, too
	loose    bool   // inside of such an element
	letters  bool   // of a composite whose bytes are characters by coding
	dataset  bool   // of a bitmap: that of a dataset
	instead  bool   // a plain one, see there
	tokens   bool   // one instead of tokens
	ber      uint32 // the own tag of a kid
	tag      *tagging
	bitmap   *node // of layoutBitmap
	rest     *node // of layoutBitmap with that of a dataset: the BER-TLV behind the elements
	plain    *node // of layoutBER and of tokens: the element if it holds something else
	element  *node // of layoutBER: what elements that the spec does not declare are
	twin     *node // of layoutCut: the same over characters
	bare     *node // of a field of the message by itself: see unwired
}

// coding is how characters become bytes.
type coding uint8

const (
	codeASCII      coding = iota
	codeBinary            // a byte for a byte
	codeHex               // two hex characters a byte
	codeBCD               // two digits a byte, odd: 0 in front
	codeLBCD              // two digits a byte, odd: 0 or F behind
	codeTrack             // as LBCD with the 16 characters '0' to '?' of ISO/IEC 7811-2 track 2
	codeTrackFront        // as BCD with those characters
	codePart              // digits from node.skip nibbles on, in the bytes of a larger number
	codeSigned            // one ASCII character, then BCD
	codeEBCDIC            // by node.table
)

// size is the number of bytes that n characters take.
func (c coding) size(n int) int {
	switch c {
	case codeBCD, codeLBCD, codeTrack, codeTrackFront:
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
	layoutCut   // positional, cut out of the digits of one number
	layoutSplit // positional, those of no length up to a delimiter
)

// pad is what a spec strips and adds: side is -1 left, 1 right, 0 none.
type pad struct {
	side int8
	char byte
}

// tagging is how subfields are told apart: by tags, by bits, by what ends them.
type tagging struct {
	byBit   []*node // of layoutBitmap: kids by their number
	node    *node   // of layoutTagged: the tag as an element
	skip    bool    // take tags that the spec does not name
	unknown *node   // of layoutTagged: the value of such a tag
	bytes   *node   // of datasets: the value of one of bits that the spec does not name
	head    *node   // of tokens: what they start with
	lead    string  // of tokens: what stands in front of each tag
	delim   byte    // of layoutSplit, as it is on the wire
}

// size is the number of bytes of a tag, with what stands in front of it.
func (t *tagging) size() int { return len(t.lead) + t.node.coding.size(t.node.length) }

// key is a tag as a number: its bytes, or of a longer one a sum of them.
func (t *tagging) key(wire []byte) uint32 {
	var key uint32
	if len(wire) <= 4 {
		for _, c := range wire {
			key = key<<8 | uint32(c)
		}
		return key
	}
	for _, c := range wire {
		key = (key ^ uint32(c)) * 16777619
	}
	return key
}

// appendID appends the id of a subfield as the spec writes it.
func (t *tagging) appendID(dst, wire []byte) []byte {
	return appendText(dst, t.node, wire[len(t.lead):t.size()], t.node.length, 0)
}

// kidByTag is the subfield of a tag, or nil.
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

// kidByBit is the subfield of a bit, or nil.
func (n *node) kidByBit(num int) *node {
	if num < len(n.tag.byBit) {
		return n.tag.byBit[num]
	}
	return nil
}

// whole reports an element whose value is its characters, not the bytes of its parts.
func (n *node) whole() bool { return n.layout == layoutNone || n.layout == layoutCut }

// isText reports that the element has characters, not bytes, as its text form.
func (n *node) isText() bool { return n.layout == layoutNone && !n.binary }

// name is the name in a language.
func (n *node) name(t tongue) string {
	if t == chinese && n.zh != "" {
		return n.zh
	}
	return n.en
}
