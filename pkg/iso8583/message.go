package iso8583

import (
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/moov-io/iso8583"
)

// Message is the content of one message of a dialect: its type and its fields by
// path. Paths are those of the spec: "4" a field, "127.2" a subfield, "55.9F26" an
// element of BER-TLV, "55.9F26#2" the second one of that tag.
//
// A Message gives masks to everything that formats it. It is not safe for concurrent
// use.
type Message struct {
	_  [0]func()
	in *messageBody
}

// messageBody is apart from Message for the reason that card.Secret holds a pointer:
// fmt reads unexported fields by reflection and would find the values.
type messageBody struct {
	spec  *Spec
	mti   MTI
	cells []cell // by number

	covered []byte // of a message as it was unpacked, where it ends in a code: all before that
}

// cell is one field of the message: its value as characters or bytes, or the bytes of
// a composite as they lie on the wire, so that order, duplicates and lengths of TLV
// stay what they were.
type cell struct {
	node  *node
	value []byte
}

// NewMessage is a message with a type and no fields.
func (s *Spec) NewMessage(mti MTI) *Message {
	return &Message{in: &messageBody{spec: s, mti: mti}}
}

// Unpack reads a message in one pass. On error, an *[Error] with the first fault, the
// message is not nil: it holds the fields that could be read.
func (s *Spec) Unpack(raw []byte) (*Message, error) {
	var l Layout
	err := s.Decode(raw, &l)
	m := s.NewMessage("")
	m.in.load(l.in)
	return m, err
}

// load takes the fields out of a decoded message. Their values share one piece of
// memory that is not the caller's.
func (c *messageBody) load(b *layoutBody) {
	arena := make([]byte, 0, 2*len(b.raw))
	c.cells = make([]cell, 0, len(b.spans))
	for i := range b.spans {
		sp := &b.spans[i]
		if sp.parent >= 0 || sp.node == c.spec.bitmap {
			continue
		}
		from := len(arena)
		wire := b.raw[sp.Start:sp.End]
		if sp.node.whole() {
			arena = appendValue(arena, sp.node, wire, int(sp.chars))
		} else {
			arena = append(arena, wire...)
		}
		value := arena[from:len(arena):len(arena)]
		if sp.node == c.spec.mti {
			if len(value) == 4 && allDigits(string(value)) {
				c.mti = MTI(value)
			}
			continue
		}
		c.cells = append(c.cells, cell{node: sp.node, value: value})
	}
	c.cover(b)
}

// MTI is the message type.
func (m *Message) MTI() MTI { return m.in.mti }

// SetMTI sets the message type.
func (m *Message) SetMTI(mti MTI) { m.in.mti, m.in.covered = mti, nil }

// Spec is the dialect of the message.
func (m *Message) Spec() *Spec { return m.in.spec }

// Set sets an element from its text form: characters, or hex for a binary one and for
// BER-TLV. The text is held to the spec at once: characters, length, definition; the
// error is an *[Error] without the value. Digits are filled with zeros in front and
// free text with blanks behind up to a fixed length where the spec tells the content
// (Set("11", "42") gives 000042). Of an element of BER-TLV that is there the value is
// replaced in its place; a new one goes to the end.
func (m *Message) Set(path, value string) error {
	path = canonical(path)
	if path == "0" {
		mti, err := ParseMTI(value)
		if err == nil {
			m.SetMTI(mti)
		}
		return err
	}
	n, rest, err := m.in.find(path)
	if err != nil {
		return err
	}
	if rest == "" {
		body, err := n.parse(value)
		if err != nil {
			return err
		}
		m.in.put(n, body)
		return nil
	}
	return m.in.putInside(n, rest, func(leaf *node) ([]byte, error) { return leaf.parse(value) })
}

// SetBytes sets a binary element (52, 55, 64, an element of BER-TLV) from its bytes,
// which are copied. BER-TLV must be well formed.
func (m *Message) SetBytes(path string, b []byte) error {
	path = canonical(path)
	n, rest, err := m.in.find(path)
	if err != nil {
		return err
	}
	if rest == "" {
		body, err := n.parseBytes(b)
		if err != nil {
			return err
		}
		m.in.put(n, body)
		return nil
	}
	return m.in.putInside(n, rest, func(leaf *node) ([]byte, error) { return leaf.parseBytes(b) })
}

// Has reports that an element is there.
func (m *Message) Has(path string) bool {
	path = canonical(path)
	if path == "0" {
		return m.in.mti != ""
	}
	n, rest, err := m.in.find(path)
	switch {
	case err != nil:
		return false
	case rest == "":
		return m.in.cell(n) != nil
	}
	_, _, ok := m.in.lookup(path)
	return ok
}

// Unset takes an element out. One that is not there is no matter; one inside a
// template of BER-TLV, or a positional subfield with others behind it, stays.
func (m *Message) Unset(path string) {
	path = canonical(path)
	first, rest := cutPath(path)
	m.in.covered = nil
	i := slices.IndexFunc(m.in.cells, func(c cell) bool { return c.node.id == first })
	switch {
	case i < 0:
	case rest == "":
		m.in.cells = slices.Delete(m.in.cells, i, i+1)
	default:
		m.in.cells[i].value = m.in.cells[i].node.without(m.in.cells[i].value, rest)
	}
}

// Value is the text form of an element, masked by the class of its field: a card
// number with its first six and last four digits, a PIN block not at all. What the
// spec does not class is given as it is; see [Message.Format] for output. An element
// that is not there is "".
func (m *Message) Value(path string) string {
	path = canonical(path)
	if path == "0" {
		return string(m.in.mti)
	}
	b, i, ok := m.in.lookup(path)
	if !ok {
		return ""
	}
	return b.masked(i, false)
}

// Reveal is the text form of an element in the clear. Whoever calls it must be on the
// list in internal/tidy.
func (m *Message) Reveal(path string) string {
	path = canonical(path)
	if path == "0" {
		return string(m.in.mti)
	}
	b, i, ok := m.in.lookup(path)
	if !ok {
		return ""
	}
	return b.text(i)
}

// Bytes is a copy of the bytes of a binary element (55, 64, an element of BER-TLV) or
// the characters of another; nil if it is not there. A sensitive element (52, 55.5A)
// gives nil: unmarshal it into a card.Secret, or Reveal it.
func (m *Message) Bytes(path string) []byte {
	b, i, ok := m.in.lookup(canonical(path))
	if !ok || b.spans[i].class() != classOpen {
		return nil
	}
	return b.bytes(i)
}

// Fields are the numbers of the fields that are there, ascending, without the MTI and
// the bitmap.
func (m *Message) Fields() []string {
	paths := make([]string, 0, len(m.in.cells))
	for _, c := range m.in.cells {
		paths = append(paths, c.node.id)
	}
	return paths
}

// Clone is a copy that shares nothing with m that can change.
func (m *Message) Clone() *Message {
	c := &messageBody{spec: m.in.spec, mti: m.in.mti, cells: slices.Clone(m.in.cells), covered: m.in.covered}
	for i := range c.cells {
		c.cells[i].value = slices.Clone(c.cells[i].value)
	}
	return &Message{in: c}
}

// Pack gives the bytes of the message, packed by moov-io/iso8583: type, bitmaps (a
// second one only where a field over 64 is there), fields in order.
func (m *Message) Pack() ([]byte, error) {
	if _, err := ParseMTI(string(m.in.mti)); err != nil {
		return nil, err
	}
	out := iso8583.NewMessage(m.in.spec.packer())
	out.MTI(string(m.in.mti))
	for _, c := range m.in.cells {
		if err := out.BinaryField(c.node.num, c.value); err != nil {
			return nil, &Error{Path: c.node.path, Offset: -1, Err: ErrUndefined}
		}
	}
	raw, err := out.Pack()
	if err != nil {
		return nil, m.in.unpackable()
	}
	return raw, nil
}

// unpackable finds which field moov could not pack. Its own error is not used: it may
// quote the value.
func (c *messageBody) unpackable() error {
	for i := range c.cells {
		if _, err := c.cells[i].node.wire(c.cells[i].value); err != nil {
			return err
		}
	}
	return &Error{Path: "0", Offset: -1, Err: ErrMTI}
}

// find is the node of the field of a path, and the path inside it.
func (c *messageBody) find(path string) (*node, string, error) {
	first, rest := cutPath(path)
	num, err := strconv.Atoi(first)
	if err != nil || num < 2 || num > fieldMost || strconv.Itoa(num) != first {
		return nil, "", &Error{Path: path, Offset: -1, Err: ErrPath}
	}
	n := c.spec.fields[num]
	if n == nil {
		return nil, "", &Error{Path: path, Offset: -1, Err: ErrUndefined}
	}
	if c.spec.announces(num) {
		return nil, "", &Error{Path: path, Offset: -1, Err: ErrAnnounces}
	}
	return n, rest, nil
}

// put sets the value of a field.
func (c *messageBody) put(n *node, value []byte) {
	c.covered = nil
	i, found := slices.BinarySearchFunc(c.cells, n.num, func(c cell, num int) int { return c.node.num - num })
	if found {
		c.cells[i] = cell{node: n, value: value}
		return
	}
	c.cells = slices.Insert(c.cells, i, cell{node: n, value: value})
}

// cell is the cell of a field, or nil.
func (c *messageBody) cell(n *node) *cell {
	for i := range c.cells {
		if c.cells[i].node.num == n.num {
			return &c.cells[i]
		}
	}
	return nil
}

// parse reads the text form of an element into its value.
func (n *node) parse(text string) ([]byte, error) {
	switch {
	case n.layout == layoutPositional:
		return n.parseJoined(text)
	case n.letters:
		return n.parseLetters(text)
	case n.isText(), n.layout == layoutCut:
		return n.parseBytes([]byte(text))
	}
	b, err := hex.DecodeString(text)
	if err != nil {
		return nil, &Error{Path: n.path, Offset: -1, Err: ErrHex}
	}
	return n.parseBytes(b)
}

// parseBytes checks the characters or bytes of an element, and gives a copy.
func (n *node) parseBytes(b []byte) ([]byte, error) {
	if n.whole() {
		if err := n.checkCharacters(b); err != nil {
			return nil, err
		}
		value := slices.Clone(n.fill(b))
		if err := n.checkLength(value); err != nil || n.layout == layoutNone {
			return value, err
		}
		return value, n.checkBody(value)
	}
	value := slices.Clone(b)
	if len(value) > n.length && n.length > 0 {
		return nil, &Error{Path: n.path, Offset: -1, Err: ErrLength, Want: n.length, Got: len(value)}
	}
	return value, n.checkBody(value)
}

// checkBody holds the body of a composite to its spec.
func (n *node) checkBody(body []byte) error {
	d := n.decodeBody(body, true)
	if d.fault == nil {
		return nil
	}
	d.fault.Offset = -1
	return d.fault
}

// parseJoined cuts a text into positional subfields of fixed length.
func (n *node) parseJoined(text string) ([]byte, error) {
	var body []byte
	for _, kid := range n.kids {
		if text == "" && n.prefix != prefixFixed {
			break
		}
		size := min(kid.length, len(text))
		if kid.prefix != prefixFixed || !kid.isText() {
			return nil, &Error{Path: n.path, Offset: -1, Err: ErrType}
		}
		value, err := kid.parse(text[:size])
		if err != nil {
			return nil, err
		}
		wire, err := kid.wire(value)
		if err != nil {
			return nil, err
		}
		body, text = append(body, wire...), text[size:]
	}
	if text != "" {
		return nil, &Error{Path: n.path, Offset: -1, Err: ErrLength, Want: n.length, Got: n.length + len(text)}
	}
	return body, nil
}

// parseLetters reads the characters of a composite of characters.
func (n *node) parseLetters(text string) ([]byte, error) {
	if n.coding == codeEBCDIC {
		return n.parseBytes(toEBCDIC(n.table, []byte(text)))
	}
	return n.parseBytes([]byte(text))
}

// decodeBody decodes what is inside a composite, and of one packed number its digits.
func (n *node) decodeBody(body []byte, strict bool) *decoder {
	switch {
	case n.layout == layoutCut && n.exact > 0 && len(body) != n.exact:
		n = n.plain.unwired()
	case n.layout == layoutCut:
		n = n.twin
	}
	d := &decoder{raw: body, strict: strict}
	d.spans = append(d.spans, Span{node: n, parent: -1, End: int32(len(body)), chars: int32(len(body))})
	if n.layout != layoutNone {
		d.inside(n, 0, 0, len(body), n.prefix != prefixFixed)
	}
	return d
}
