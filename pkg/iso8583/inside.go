package iso8583

import (
	"slices"
	"strconv"
)

// lookup finds an element of the message: a decoded body and the index in it.
func (c *messageBody) lookup(path string) (*layoutBody, int, bool) {
	n, rest, err := c.find(path)
	if err != nil {
		return nil, 0, false
	}
	cell := c.cell(n)
	if cell == nil {
		return nil, 0, false
	}
	b := cell.body()
	i, ok := b.at(0, rest)
	return b, i, ok
}

// body is the cell as the decoder would see its value.
func (c *cell) body() *layoutBody {
	if c.node.layout == layoutNone {
		return &layoutBody{raw: c.value, spans: []Span{{node: c.node.unwired(), parent: -1, End: int32(len(c.value)), chars: int32(len(c.value))}}}
	}
	d := c.node.decodeBody(c.value, false)
	return &layoutBody{raw: d.raw, spans: d.spans}
}

// unwired is the node with the value itself as its coding.
func (n *node) unwired() *node {
	c := *n
	c.coding, c.pad = codeBinary, pad{}
	return &c
}

// at finds a path inside the span i.
func (b *layoutBody) at(i int, path string) (int, bool) {
	if path == "" {
		return i, true
	}
	first, rest := cutPath(path)
	tag, nth, isTag := parseStep(first)
	for j := i + 1; j < len(b.spans) && b.spans[j].parent >= int32(i); j++ {
		sp := &b.spans[j]
		if sp.parent != int32(i) {
			continue
		}
		if sp.tag == 0 && sp.node.id == first {
			return b.at(j, rest)
		}
		if sp.tag != 0 && isTag && sp.tag == tag {
			if nth--; nth == 0 {
				return b.at(j, rest)
			}
		}
	}
	return 0, false
}

// bytes are the bytes or characters of the i-th span, copied.
func (b *layoutBody) bytes(i int) []byte {
	sp := &b.spans[i]
	wire := b.raw[sp.Start:sp.End]
	if sp.opaque() || sp.node.layout != layoutNone {
		return append([]byte{}, wire...)
	}
	return appendValue([]byte{}, sp.node, wire, int(sp.chars))
}

// putInside sets one element inside a composite field.
func (c *messageBody) putInside(n *node, path string, value func(*node) ([]byte, error)) error {
	var old []byte
	if cell := c.cell(n); cell != nil {
		old = cell.value
	}
	body, err := n.with(old, path, value)
	if err != nil {
		return err
	}
	if len(body) > n.length && n.length > 0 {
		return &Error{Path: n.path, Offset: -1, Err: ErrLength, Want: n.length, Got: len(body)}
	}
	if err := n.checkBody(body); err != nil {
		return err
	}
	c.put(n, body)
	return nil
}

// with is the body of a composite with one element in it set.
func (n *node) with(body []byte, path string, value func(*node) ([]byte, error)) ([]byte, error) {
	switch n.layout {
	case layoutBER:
		return n.withTag(body, path, value)
	case layoutPositional, layoutBitmap, layoutTagged:
		return n.withKid(body, path, value)
	default:
		return nil, &Error{Path: n.path + "." + path, Offset: -1, Err: ErrPath}
	}
}

// withTag replaces an element of BER-TLV where it stands, or appends it. Elements
// inside templates are not set: the template is.
func (n *node) withTag(body []byte, path string, value func(*node) ([]byte, error)) ([]byte, error) {
	full := n.path + "." + path
	tag, nth, ok := parseStep(path)
	if !ok {
		return nil, &Error{Path: full, Offset: -1, Err: ErrPath}
	}
	leaf := n.kidByTag(tag)
	if leaf == nil && !n.tag.skip {
		return nil, &Error{Path: full, Offset: -1, Err: ErrUndefined}
	}
	if leaf == nil {
		leaf = &node{path: full, id: path, binary: true, coding: codeBinary, prefix: prefixBER}
	}
	v, err := value(leaf)
	if err != nil {
		return nil, err
	}
	item := appendTLV(nil, tag, v)
	if leaf.spec != nil && leaf.coding != codeBinary {
		wire, err := leaf.wire(v)
		if err != nil {
			return nil, err
		}
		item = append(appendTagBytes(nil, tag), wire...)
	}
	b := (&cell{node: n, value: body}).body()
	if i, ok := b.at(0, path); ok {
		return slices.Concat(body[:b.spans[i].Offset], item, body[b.spans[i].End:]), nil
	}
	if nth > 1 {
		if _, before := b.at(0, path[:len(path)-len("#")-len(strconv.Itoa(nth))]+"#"+strconv.Itoa(nth-1)); !before {
			return nil, &Error{Path: full, Offset: -1, Err: ErrPath}
		}
	}
	return slices.Concat(body, item), nil
}

// part is one subfield of a composite on the wire.
type part struct {
	id   string
	wire []byte
}

// withKid rebuilds a composite of subfields with one of them set.
func (n *node) withKid(body []byte, path string, value func(*node) ([]byte, error)) ([]byte, error) {
	first, rest := cutPath(path)
	kid := n.kid(first)
	if kid == nil {
		return nil, &Error{Path: n.path + "." + path, Offset: -1, Err: ErrUndefined}
	}
	parts := n.parts(body)
	i := slices.IndexFunc(parts, func(p part) bool { return p.id == first })
	v, err := n.kidValue(kid, parts, i, rest, value)
	if err != nil {
		return nil, err
	}
	wire, err := kid.wire(v)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		i = len(parts)
		parts = append(parts, part{id: first})
	}
	parts[i].wire = wire
	return n.join(parts)
}

// kidValue is the new value of a subfield: given, or an old one with a part of it set.
func (n *node) kidValue(kid *node, parts []part, i int, rest string, value func(*node) ([]byte, error)) ([]byte, error) {
	if rest == "" {
		return value(kid)
	}
	var old []byte
	if i >= 0 {
		old = kid.inner(parts[i].wire)
	}
	return kid.with(old, rest, value)
}

// parts are the subfields of a composite, without their tags.
func (n *node) parts(body []byte) []part {
	var parts []part
	d := n.decodeBody(body, true)
	for i := 1; i < len(d.spans); i++ {
		sp := &d.spans[i]
		if sp.parent != 0 || sp.node == n.bitmap {
			continue
		}
		from := int(sp.Offset)
		if n.layout == layoutTagged {
			from += n.tag.size()
		}
		parts = append(parts, part{id: sp.node.id, wire: d.raw[from:sp.End]})
	}
	return parts
}

// join makes the body of a composite of its parts. Positional subfields must be there
// from the first to the last that is set.
func (n *node) join(parts []part) ([]byte, error) {
	if n.layout != layoutTagged {
		slices.SortFunc(parts, func(a, b part) int { return compareKeys(a.id, b.id) })
	}
	var body []byte
	if n.layout == layoutBitmap {
		bits, err := n.bitmapOf(parts)
		if err != nil {
			return nil, err
		}
		body = bits
	}
	for i, p := range parts {
		if n.layout == layoutPositional && n.kids[i].id != p.id {
			return nil, &Error{Path: n.kids[i].path, Offset: -1, Err: ErrPath}
		}
		if n.layout == layoutTagged {
			tag, err := n.tag.node.wire([]byte(p.id))
			if err != nil {
				return nil, err
			}
			body = append(body, tag...)
		}
		body = append(body, p.wire...)
	}
	return body, nil
}

// bitmapOf is the bitmap of a composite.
func (n *node) bitmapOf(parts []part) ([]byte, error) {
	bits := make([]byte, n.bitmap.length)
	for _, p := range parts {
		num, _ := strconv.Atoi(p.id)
		if num < 1 || num > 8*len(bits) {
			return nil, &Error{Path: n.path + "." + p.id, Offset: -1, Err: ErrBitmap}
		}
		bits[(num-1)/8] |= 0x80 >> ((num - 1) % 8)
	}
	if n.bitmap.coding == codeHex {
		return appendHex(nil, bits), nil
	}
	return bits, nil
}

// without is the body of a composite with one element taken out.
func (n *node) without(body []byte, path string) []byte {
	if n.layout == layoutBER {
		return n.withoutTag(body, path)
	}
	first, rest := cutPath(path)
	parts := n.parts(body)
	i := slices.IndexFunc(parts, func(p part) bool { return p.id == first })
	if i < 0 {
		return body
	}
	if rest == "" {
		parts = slices.Delete(parts, i, i+1)
	} else if kid := n.kid(first); kid != nil {
		wire, err := kid.wire(kid.without(kid.inner(parts[i].wire), rest))
		if err != nil {
			return body
		}
		parts[i].wire = wire
	}
	if kept, err := n.join(parts); err == nil {
		return kept
	}
	return body // a positional subfield in the middle cannot be taken out
}

// withoutTag takes one element out of BER-TLV; those inside templates stay.
func (n *node) withoutTag(body []byte, path string) []byte {
	b := (&cell{node: n, value: body}).body()
	i, ok := b.at(0, path)
	if !ok || b.spans[i].parent != 0 {
		return body
	}
	return slices.Concat(body[:b.spans[i].Offset], body[b.spans[i].End:])
}

// inner is the value in the wire form of an element.
func (n *node) inner(wire []byte) []byte {
	d := &decoder{raw: wire}
	if _, ok := d.element(n, -1, 0, len(wire)); !ok {
		return nil
	}
	return wire[d.spans[0].Start:d.spans[0].End]
}
