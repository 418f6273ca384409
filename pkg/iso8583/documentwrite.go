package iso8583

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Assemble makes the message of a document, to the byte the one that the document was
// made of as long as nothing in it was changed. Values are held to the spec; the error is
// an *[Error] with the path and without the value, [ErrMasked] where a value is still
// hidden.
func (s *Spec) Assemble(d Document) ([]byte, error) {
	c := d.body()
	if err := c.checkMasked(); err != nil {
		return nil, err
	}
	rest, err := unhexAt("rest", c.rest.clear)
	if err != nil {
		return nil, err
	}
	if c.mti == "" {
		if len(c.fields) == 0 && len(rest) > 0 {
			return rest, nil // nothing of it could be read
		}
		return nil, &Error{Path: "0", Offset: -1, Err: ErrMTI}
	}
	out, err := s.head(c)
	if err != nil {
		return nil, err
	}
	for _, num := range c.numbers() {
		wire, err := s.assembleField(c, num)
		if err != nil {
			return nil, err
		}
		out = append(out, wire...)
	}
	return append(out, rest...), nil
}

// Message makes a Message of a document. What only bytes can keep ("raw", "rest") is not
// in it.
func (s *Spec) Message(d Document) (*Message, error) {
	c := d.body()
	if err := c.checkMasked(); err != nil {
		return nil, err
	}
	m := s.NewMessage(c.mti)
	for _, num := range c.numbers() {
		n, err := s.fieldAt(num)
		if err != nil {
			return nil, err
		}
		list := c.of(num)
		if err := m.in.setAll(n, list); err == nil {
			continue
		}
		wire, err := s.assembleField(c, num)
		if err != nil {
			return nil, err
		}
		m.in.put(n, n.inner(wire))
	}
	return m, nil
}

// checkMasked refuses what is still hidden.
func (c *documentBody) checkMasked() error {
	for _, e := range c.fields {
		if c.isMasked(e) {
			return &Error{Path: e.path, Offset: -1, Err: ErrMasked}
		}
	}
	for _, e := range c.raw {
		if strings.Contains(e.clear, "*") {
			return &Error{Path: "raw " + e.path, Offset: -1, Err: ErrMasked}
		}
	}
	if strings.Contains(c.rest.clear, "*") {
		return &Error{Path: "rest", Offset: -1, Err: ErrMasked}
	}
	return nil
}

// numbers are the numbers of the fields that are there, ascending.
func (c *documentBody) numbers() []string {
	var nums []string
	for _, e := range c.fields {
		if first, _ := cutPath(e.path); !slices.Contains(nums, first) {
			nums = append(nums, first)
		}
	}
	slices.SortFunc(nums, compareKeys)
	return nums
}

// of are the entries of one field.
func (c *documentBody) of(num string) []entry {
	var list []entry
	for _, e := range c.fields {
		if first, _ := cutPath(e.path); first == num {
			list = append(list, e)
		}
	}
	return list
}

// fieldAt is the node of a field number.
func (s *Spec) fieldAt(num string) (*node, error) {
	n, _, err := (&messageBody{spec: s}).find(num)
	return n, err
}

// head is the message type and the bitmaps. The bytes of a bitmap that were kept count
// where they announce the fields that are there, or where the message was broken.
func (s *Spec) head(c *documentBody) ([]byte, error) {
	nums := c.numbers()
	for _, num := range nums {
		if _, err := s.fieldAt(num); err != nil {
			return nil, err
		}
	}
	mti, err := s.mti.wire([]byte(c.mti))
	if err != nil {
		return nil, &Error{Path: "0", Offset: -1, Err: ErrMTI}
	}
	if kept, err := c.kept("0"); err != nil {
		return nil, err
	} else if kept != nil && s.mti.says(kept, []entry{{path: "0", clear: string(c.mti)}}) {
		mti = kept
	}
	bits, err := s.bitmapFor(nums)
	if err != nil {
		return nil, err
	}
	kept, err := c.kept("1")
	if err != nil {
		return nil, err
	}
	if kept != nil && (c.broken || slices.Equal(s.announced(kept), nums)) {
		bits = kept
	}
	return append(mti, bits...), nil
}

// kept are the bytes of a field that the document keeps, or nil.
func (c *documentBody) kept(path string) ([]byte, error) {
	i := slices.IndexFunc(c.raw, func(e entry) bool { return e.path == path })
	if i < 0 {
		return nil, nil
	}
	return unhexAt(path, c.raw[i].clear)
}

// assembleField is one field on the wire: as it was kept where that says what the
// values say, else made of the values.
func (s *Spec) assembleField(c *documentBody, num string) ([]byte, error) {
	n, err := s.fieldAt(num)
	if err != nil {
		return nil, err
	}
	list := c.of(num)
	kept, err := c.kept(num)
	if err != nil {
		return nil, err
	}
	if kept != nil && n.says(kept, list) {
		return kept, nil
	}
	return n.assemble(list)
}

// assemble is the field made of its values.
func (n *node) assemble(list []entry) ([]byte, error) {
	m := &messageBody{}
	if err := m.setAll(n, list); err != nil {
		return nil, err
	}
	return n.wire(m.cells[0].value)
}

// says reports bytes of a field that hold the values.
func (n *node) says(wire []byte, list []entry) bool {
	d := decoder{raw: wire}
	end, ok := d.element(n, -1, 0, len(wire))
	if !ok || end != len(wire) {
		return false
	}
	r := documentReader{b: &layoutBody{raw: wire, spans: d.spans}, v: veil{lifted: true}}
	r.v.cover(r.b)
	return slices.EqualFunc(r.entries(0), list, func(a, b entry) bool { return a.path == b.path && a.clear == b.clear })
}

// announced are the fields that the bytes of bitmaps announce, nil where they are none.
func (s *Spec) announced(wire []byte) []string {
	d := decoder{raw: wire}
	var set bitset
	end, ok := d.bitmap(s.bitmap, -1, 0, len(wire), &set)
	if !ok || end != len(wire) {
		return nil
	}
	var nums []string
	for num := set.take(); num != 0; num = set.take() {
		nums = append(nums, strconv.Itoa(num))
	}
	return nums
}

// bitmapFor is the bitmaps that announce fields: as many as the highest number needs.
func (s *Spec) bitmapFor(nums []string) ([]byte, error) {
	size := s.bitmap.length
	bits := make([]byte, size)
	for _, text := range nums {
		num, _ := strconv.Atoi(text) // has been found in the spec
		for at := (num - 1) / 8; at >= len(bits); {
			if s.bitmap.fixed {
				return nil, &Error{Path: text, Offset: -1, Err: ErrBitmap}
			}
			bits[len(bits)-size] |= 0x80
			bits = append(bits, make([]byte, size)...)
		}
		bits[(num-1)/8] |= 0x80 >> ((num - 1) % 8)
	}
	return s.bitmap.encoder().Encode(bits)
}

// unhex reads hex at the place of an element.
func (n *node) unhex(text string) ([]byte, error) { return unhexAt(n.path, text) }

func unhexAt(path, text string) ([]byte, error) {
	b, err := hex.DecodeString(text)
	if err != nil {
		return nil, &Error{Path: path, Offset: -1, Err: ErrHex}
	}
	return b, nil
}
