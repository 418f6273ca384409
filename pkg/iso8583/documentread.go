package iso8583

import (
	"slices"
	"strings"
)

// Document is a message as data. On error, an *[Error] with the first fault, it holds
// all that could be read and the bytes after it, so that it still gives back the whole.
func (s *Spec) Document(raw []byte) (Document, error) {
	var l Layout
	err := s.Decode(raw, &l)
	r := documentReader{spec: s, b: l.in, to: &documentBody{dialect: s.name}}
	r.v.cover(l.in)
	if end := r.read(); end < len(raw) {
		r.to.rest, r.to.broken = hiddenEntry("rest", string(appendHex(nil, raw[end:]))), true
	}
	return Document{in: r.to}, err
}

// documentReader makes a document of one decoded message.
type documentReader struct {
	spec *Spec
	b    *layoutBody
	v    veil
	to   *documentBody
}

// read takes the fields, and tells where the last one ends.
func (r *documentReader) read() (end int) {
	for i := range r.b.spans {
		sp := &r.b.spans[i]
		if sp.parent >= 0 {
			continue
		}
		switch sp.node {
		case r.spec.mti:
			mti, err := ParseMTI(r.b.text(i))
			if err != nil {
				return 0
			}
			r.to.mti = mti
			made, err := r.spec.mti.wire([]byte(mti))
			r.keep(i, made, err)
		case r.spec.bitmap:
		default:
			list := r.entries(i)
			r.to.fields = append(r.to.fields, list...)
			made, err := r.spec.fields[sp.node.num].assemble(list)
			r.keep(i, made, err)
		}
		end = int(sp.End)
	}
	r.keepBitmap()
	return end
}

// keep notes the bytes of a field that do not follow from its values.
func (r *documentReader) keep(i int, made []byte, err error) {
	sp := &r.b.spans[i]
	wire := r.b.raw[sp.Offset:sp.End]
	if err == nil && slices.Equal(made, wire) {
		return
	}
	r.to.raw = append(r.to.raw, entry{path: sp.node.path, clear: string(appendHex(nil, wire)), mask: string(r.v.raw(sp))})
}

// keepBitmap notes bitmaps that do not follow from the fields that are there.
func (r *documentReader) keepBitmap() {
	spans := r.b.spans
	i := slices.IndexFunc(spans, func(sp Span) bool { return sp.parent < 0 && sp.node == r.spec.bitmap })
	var wire []byte
	if i >= 0 {
		wire = r.b.raw[spans[i].Offset:spans[i].End]
	}
	nums := r.to.numbers()
	if made, err := r.spec.bitmapFor(nums); err == nil && slices.Equal(made, wire) {
		return
	}
	hex := string(appendHex(nil, wire))
	r.to.raw = append(r.to.raw, entry{"1", hex, hex})
	r.to.broken = r.to.broken || !slices.Equal(r.spec.announced(wire), nums)
}

// entries are the paths and values of a field: one, or those of its parts where the field
// can be put together of them.
func (r *documentReader) entries(i int) []entry {
	sp := &r.b.spans[i]
	if sp.node.layout == layoutNone {
		return []entry{r.entry(i)}
	}
	list := r.parts(i, nil)
	if len(list) > 0 && distinct(list) && sp.node.takes(list) {
		return list
	}
	if sp.node.whole() {
		return []entry{r.entry(i)}
	}
	return []entry{r.whole(sp.node.path, sp)}
}

// parts are the leaves of a composite. Of BER-TLV only the outermost elements are, for
// what is in a template is not set apart from it.
func (r *documentReader) parts(i int, list []entry) []entry {
	spans := r.b.spans
	n := spans[i].node
	for j := i + 1; j < len(spans) && spans[j].parent >= int32(i); j++ {
		kid := &spans[j]
		switch {
		case kid.parent != int32(i) || kid.node == n.bitmap || n.tag != nil && kid.node == n.tag.head:
		case kid.node.layout == layoutNone || n.layout == layoutBER:
			list = append(list, r.entry(j))
		default:
			list = r.parts(j, list)
		}
	}
	return list
}

// entry is one element with its value.
func (r *documentReader) entry(i int) entry {
	sp := &r.b.spans[i]
	path := (&Layout{in: r.b}).Path(i)
	switch {
	case !sp.node.whole():
		return r.whole(path, sp)
	case !sp.node.isText():
		return entry{path, r.b.text(i), string(r.v.appendValue(nil, r.b, i))}
	}
	text, mask := r.b.text(i), string(r.v.appendValue(nil, r.b, i))
	switch {
	case shown([]byte(text)) && !strings.HasPrefix(text, "0x"):
		return entry{path, text, mask}
	case r.v.views[i].prefixed:
		return entry{path, "0x" + string(appendHex(nil, []byte(text))), mask}
	}
	return entry{path, "0x" + string(appendHex(nil, []byte(text))), "0x" + hexMask(text, mask)}
}

// whole is an element as the hex of its value.
func (r *documentReader) whole(path string, sp *Span) entry {
	return entry{path, string(appendHex(nil, r.b.raw[sp.Start:sp.End])), string(r.v.value(sp))}
}

// hexMask is the hex of a text with asterisks wherever its mask has one.
func hexMask(text, mask string) string {
	hex := appendHex(nil, []byte(text))
	for i := range len(mask) {
		if mask[i] == '*' && 2*i+1 < len(hex) {
			hex[2*i], hex[2*i+1] = '*', '*'
		}
	}
	return string(hex)
}

// distinct reports that no path is there twice.
func distinct(list []entry) bool {
	seen := map[string]bool{}
	for _, e := range list {
		if seen[e.path] {
			return false
		}
		seen[e.path] = true
	}
	return true
}

// takes reports that a field can be set part by part.
func (n *node) takes(list []entry) bool {
	m := &messageBody{}
	return m.setAll(n, list) == nil
}

// setAll sets the entries of one field.
func (c *messageBody) setAll(n *node, list []entry) error {
	for _, e := range list {
		_, rest := cutPath(e.path)
		if err := c.setEntry(n, rest, e.clear); err != nil {
			return err
		}
	}
	return nil
}

// setEntry sets one element of a field from the text of a document.
func (c *messageBody) setEntry(n *node, rest, text string) error {
	if rest != "" {
		return c.putInside(n, rest, func(leaf *node) ([]byte, error) { return leaf.parseShown(text) })
	}
	value, err := n.parseShown(text)
	if err == nil {
		c.put(n, value)
	}
	return err
}

// parseShown reads a value as a document has it. Characters are taken as the coding can
// carry them, whatever kind the field should hold; a composite is its bytes as hex.
func (n *node) parseShown(text string) ([]byte, error) {
	digits, escaped := strings.CutPrefix(text, "0x")
	switch {
	case !n.whole():
		bytes, err := n.unhex(text)
		if err != nil {
			return nil, err
		}
		return n.parseBytes(bytes)
	case !n.isText() || !escaped:
		return n.parse(text)
	}
	bytes, err := n.unhex(digits)
	if err != nil {
		return nil, err
	}
	return n.parseBytes(bytes)
}
