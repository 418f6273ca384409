package iso8583

import (
	"fmt"
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
	if n.bare != nil {
		return n.bare
	}
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
	name, nth := cutCount(first)
	tag, _ := parseTag(name)
	for j := i + 1; j < len(b.spans) && b.spans[j].parent >= int32(i); j++ {
		sp := &b.spans[j]
		if sp.parent != int32(i) {
			continue
		}
		if sp.tag == 0 && sp.node.id == first {
			return b.at(j, rest)
		}
		if sp.tag != 0 && b.stepIs(j, name, tag) {
			if nth--; nth == 0 {
				return b.at(j, rest)
			}
		}
	}
	return 0, false
}

// stepIs reports that a tagged element is of a tag.
func (b *layoutBody) stepIs(i int, id string, tag uint32) bool {
	sp := &b.spans[i]
	if !sp.node.tagged {
		return sp.tag == tag
	}
	var buf [16]byte
	return string(b.appendStep(buf[:0], i)) == id
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
	case layoutCut:
		return n.twin.withKid(body, path, value)
	case layoutPositional, layoutBitmap, layoutTagged, layoutSplit:
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
	if leaf.coding != codeBinary {
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

// part is one subfield of a composite on the wire, without its tag.
type part struct {
	id   string
	node *node
	wire []byte
}

// withKid rebuilds a composite of subfields with one of them set.
func (n *node) withKid(body []byte, path string, value func(*node) ([]byte, error)) ([]byte, error) {
	first, rest := cutPath(path)
	parts := n.parts(body)
	i, err := n.partOf(parts, first)
	if err != nil {
		return nil, err
	}
	kid := n.named(parts, i, first)
	if kid == nil {
		return nil, &Error{Path: n.path + "." + path, Offset: -1, Err: ErrUndefined}
	}
	v, err := n.kidValue(kid, parts, i, rest, value)
	if err != nil {
		return nil, err
	}
	wire, err := kid.wire(v)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		id, _ := cutCount(first)
		i = len(parts)
		parts = append(parts, part{id: id, node: kid})
	}
	parts[i].wire = wire
	return n.join(parts)
}

// partOf is the index of a step ("9", "B4#2") in the parts, or -1 for one that is to come
// behind them.
func (n *node) partOf(parts []part, step string) (int, error) {
	if n.layout != layoutTagged {
		return slices.IndexFunc(parts, func(p part) bool { return p.id == step }), nil
	}
	id, nth := cutCount(step)
	for i, p := range parts {
		if p.id == id {
			if nth--; nth == 0 {
				return i, nil
			}
		}
	}
	if nth != 1 {
		return 0, &Error{Path: n.path + "." + step, Offset: -1, Err: ErrPath}
	}
	return -1, nil
}

// named is the subfield of a step: of a part that is there, one that the spec names, or
// one whose tag the spec does not name; nil where there can be none.
func (n *node) named(parts []part, i int, step string) *node {
	if i >= 0 {
		return parts[i].node
	}
	id, _ := cutCount(step)
	if kid := n.kid(id); kid != nil {
		return kid
	}
	if n.layout == layoutBitmap && n.rest != nil && id == n.rest.id {
		return n.rest
	}
	if n.layout != layoutTagged || !n.tag.skip {
		return nil
	}
	wire, err := n.tag.node.parse(id)
	if err == nil {
		wire, err = n.tag.node.wire(wire)
	}
	switch {
	case err != nil:
		return nil
	case n.tag.bytes != nil && wire[0] > tlvDatasetMost:
		return n.tag.bytes
	}
	return n.tag.unknown
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
	body, err := kid.with(old, rest, value)
	if err != nil {
		return nil, err
	}
	if most := kid.length; len(body) > most && most > 0 {
		return nil, &Error{Path: kid.path, Offset: -1, Err: ErrLength, Want: most, Got: len(body)}
	}
	return body, nil
}

// parts are the subfields of a composite, without their tags.
func (n *node) parts(body []byte) []part {
	var parts []part
	d := n.decodeBody(body, true)
	b := layoutBody{raw: d.raw, spans: d.spans}
	for i := 1; i < len(d.spans); i++ {
		sp := &d.spans[i]
		if sp.parent != 0 || sp.node == n.bitmap || n.tag != nil && sp.node == n.tag.head {
			continue
		}
		from := int(sp.Offset)
		if n.layout == layoutTagged {
			from += n.tag.size()
		}
		parts = append(parts, part{id: string(b.appendStep(nil, i)), node: sp.node, wire: d.raw[from:sp.End]})
	}
	return parts
}

// join makes the body of a composite of its parts. Positional subfields must be there
// from the first to the last that is set.
func (n *node) join(parts []part) ([]byte, error) {
	if n.layout != layoutTagged {
		slices.SortFunc(parts, func(a, b part) int { return compareKeys(a.id, b.id) })
	}
	body, err := n.joinHead(parts)
	if err != nil {
		return nil, err
	}
	for i, p := range parts {
		switch n.layout {
		case layoutPositional, layoutSplit:
			if n.kids[i].id != p.id {
				return nil, &Error{Path: n.kids[i].path, Offset: -1, Err: ErrPath}
			}
			if n.layout == layoutSplit && i > 0 && n.kids[i-1].prefix == prefixRest {
				body = append(body, n.tag.delim)
			}
		case layoutTagged:
			if body, err = n.appendTag(body, p.id); err != nil {
				return nil, err
			}
		default:
		}
		body = append(body, p.wire...)
	}
	if n.tag != nil && n.tag.head != nil {
		body = fmt.Appendf(nil, "& %05d%05d%s", len(parts)+1, len(body)+n.tag.head.length, body)
	}
	return body, nil
}

// appendTag appends a tag as it is on the wire.
func (n *node) appendTag(body []byte, id string) ([]byte, error) {
	tag, err := n.tag.node.parse(id)
	if err != nil {
		return nil, err
	}
	wire, err := n.tag.node.wire(tag)
	return append(append(body, n.tag.lead...), wire...), err
}

// joinHead is what stands in front of the parts: the bitmap of those that have one.
func (n *node) joinHead(parts []part) ([]byte, error) {
	switch {
	case n.layout != layoutBitmap:
		return nil, nil
	case n.bitmap.dataset:
		return n.datasetBitmapOf(parts)
	}
	return n.bitmapOf(parts)
}

// datasetBitmapOf is the bitmap of a dataset: elements lie behind its first bit, and
// what BER-TLV follows is the last bit of all.
func (n *node) datasetBitmapOf(parts []part) ([]byte, error) {
	most, tlv := 0, false
	var set bitset
	for _, p := range parts {
		if p.node == n.rest {
			tlv = true
			continue
		}
		num, _ := strconv.Atoi(p.id)
		if num < 1 || num > datasetMost {
			return nil, &Error{Path: n.path + "." + p.id, Offset: -1, Err: ErrBitmap}
		}
		set.put(num)
		most = max(most, num)
	}
	size := 2
	for room := 14; room < most; room += 7 {
		size++
	}
	bits := make([]byte, size)
	for num := set.take(); num != 0; num = set.take() {
		at := num // the first bit of the bitmap, and of each further byte, is none
		if num > 15 {
			at += 1 + (num-16)/7
		}
		bits[at/8] |= 0x80 >> (at % 8)
	}
	if size > 2 {
		bits[0] |= 0x80
	}
	for i := 2; i < size-1; i++ {
		bits[i] |= 0x80
	}
	if tlv {
		bits[size-1] |= 1
	}
	return bits, nil
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
	return n.bitmap.encoder().Encode(bits)
}

// without is the body of a composite with one element taken out.
func (n *node) without(body []byte, path string) []byte {
	if n.layout == layoutBER {
		return n.withoutTag(body, path)
	}
	if n.layout == layoutCut {
		return n.twin.without(body, path)
	}
	first, rest := cutPath(path)
	parts := n.parts(body)
	i, err := n.partOf(parts, first)
	if i < 0 || err != nil {
		return body
	}
	if rest == "" {
		parts = slices.Delete(parts, i, i+1)
	} else {
		kid := parts[i].node
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
	body := wire[d.spans[0].Start:d.spans[0].End]
	if n.layout == layoutCut {
		return appendValue(nil, n, body, int(d.spans[0].chars))
	}
	return body
}
