package iso8583

import (
	"bytes"
	"slices"
)

// veil is what may be shown of the elements of one layout: their text forms and the
// bytes of the message as hex, with asterisks over card data. What is hidden in one
// place is hidden in all: a text and the hex of its bytes, a subfield and the composite
// around it. A veil that is used again keeps its memory and allocates nothing.
type veil struct {
	classOnly bool // hide by class alone, without looking for numbers elsewhere
	lifted    bool // hide nothing
	textsOnly bool // nobody asks for the bytes of what is text

	hex   []byte // the bytes of the message, two characters each
	texts []byte // text forms that are neither bytes nor hex of the message
	views []view // by span
	sweep sweep
}

// view is where the text form of a span stands.
type view struct {
	from, to int32
	in       place
	hidden   bool // something of it is behind asterisks
	prefixed bool // shown as 0x and hex: bytes in a text field that are no text
}

// place is what the text form of a span is a part of.
type place uint8

const (
	inMessage place = iota
	inHex
	inTexts
)

// cover looks at every span, the inner ones before what is around them.
func (v *veil) cover(b *layoutBody) {
	v.writeBytes(b)
	v.texts = v.texts[:0]
	if n := len(b.spans); cap(v.views) < n {
		v.views = make([]view, n, n+n/2)
	} else {
		v.views = v.views[:n]
	}
	for i := len(b.spans) - 1; i >= 0; i-- {
		if b.composite(i) {
			v.coverComposite(b, i)
		} else {
			v.coverLeaf(b, i)
		}
	}
}

// writeBytes writes the bytes of the message down as hex; with textsOnly those of fields
// that are shown as characters are left out.
func (v *veil) writeBytes(b *layoutBody) {
	size := 2 * b.extent()
	v.hex = slices.Grow(v.hex[:0], size)[:size]
	if !v.textsOnly {
		writeHex(v.hex, b.raw[:size/2])
		return
	}
	for i := range b.spans {
		if sp := &b.spans[i]; sp.parent < 0 && (sp.node.layout != layoutNone || !sp.node.isCharacters()) {
			writeHex(v.hex[2*sp.Offset:], b.raw[sp.Offset:sp.End])
		}
	}
}

// isCharacters reports a text form that is the bytes themselves.
func (n *node) isCharacters() bool { return !n.binary && n.coding == codeASCII }

// extent is where the last element ends; the bytes after it are not shown.
func (b *layoutBody) extent() int {
	end := int32(0)
	for i := range b.spans {
		end = max(end, b.spans[i].End)
	}
	return int(end)
}

// text is the text form of a span, as it may be shown; of bytes that are no text, and
// of composites, hex. It is valid until the veil covers something else.
func (v *veil) text(b *layoutBody, i int) []byte {
	w := &v.views[i]
	switch w.in {
	case inHex:
		return v.hex[w.from:w.to]
	case inTexts:
		return v.texts[w.from:w.to]
	default:
		return b.raw[w.from:w.to]
	}
}

// appendValue appends the text form of a span as it may be shown.
func (v *veil) appendValue(dst []byte, b *layoutBody, i int) []byte {
	if v.views[i].prefixed {
		dst = append(dst, "0x"...)
	}
	return append(dst, v.text(b, i)...)
}

// raw is the hex of all bytes of a span, its tag and length prefix with it.
func (v *veil) raw(sp *Span) []byte { return v.hex[2*sp.Offset : 2*sp.End] }

// value is the hex of the value of a span.
func (v *veil) value(sp *Span) []byte { return v.hex[2*sp.Start : 2*sp.End] }

// coverLeaf finds the text form of an element and hides what must not be seen.
func (v *veil) coverLeaf(b *layoutBody, i int) {
	sp, w := &b.spans[i], &v.views[i]
	lead := v.find(b, i)
	class := sp.class()
	if class != classOpen && !v.lifted {
		v.own(b, i)
		maskClass(class, v.text(b, i))
		w.hidden = true
		v.carry(sp, v.text(b, i), lead)
		return
	}
	if v.classOnly {
		return
	}
	if sp.node.bytesAsText() && !sp.opaque() && !shown(v.text(b, i)) {
		*w = view{from: 2 * sp.Start, to: 2 * sp.End, in: inHex, prefixed: true}
	}
	if v.lifted {
		return
	}
	v.sweep.node(sp.node, v.text(b, i), sp.opaque() || w.prefixed)
	if len(v.sweep.found) == 0 {
		return
	}
	v.own(b, i)
	w.hidden = true
	text := v.text(b, i)
	for _, s := range v.sweep.found {
		stars(text[s.from:s.to])
	}
	if !w.prefixed {
		v.carry(sp, text, lead)
	}
}

// find points the view of an element at its text form, and gives how many characters
// of padding stand in front of it on the wire.
func (v *veil) find(b *layoutBody, i int) (lead int) {
	sp, w := &b.spans[i], &v.views[i]
	n := sp.node
	switch {
	case sp.opaque() || n.binary && n.coding != codeHex || n.layout != layoutNone:
		*w = view{from: 2 * sp.Start, to: 2 * sp.End, in: inHex}
	case n.pad.side == 0 && !n.binary && (n.coding == codeASCII || n.coding == codeBinary):
		*w = view{from: sp.Start, to: sp.End, in: inMessage}
	case n.pad.side == 0 && n.coding == codeBCD:
		*w = view{from: 2*sp.Start + sp.chars%2, to: 2 * sp.End, in: inHex}
	case n.pad.side == 0 && n.coding == codeLBCD:
		*w = view{from: 2 * sp.Start, to: 2*sp.Start + sp.chars, in: inHex}
	default:
		from := len(v.texts)
		v.texts = appendCoded(v.texts, n, b.raw[sp.Start:sp.End], int(sp.chars))
		if n.binary {
			v.texts = hexInPlace(v.texts, from)
		}
		*w = view{from: int32(from), to: int32(len(v.texts)), in: inTexts}
		lead = w.strip(n.pad, v.texts)
	}
	return lead
}

// hexInPlace turns the bytes from a place on into their hex.
func hexInPlace(text []byte, from int) []byte {
	size := len(text) - from
	text = slices.Grow(text, size)[:from+2*size]
	for i := size - 1; i >= 0; i-- {
		c := int(text[from+i])
		text[from+2*i], text[from+2*i+1] = hexPairs[2*c], hexPairs[2*c+1]
	}
	return text
}

// strip takes the padding off a text form.
func (w *view) strip(p pad, texts []byte) (lead int) {
	switch p.side {
	case -1:
		for w.from < w.to && texts[w.from] == p.char {
			w.from++
			lead++
		}
	case 1:
		for w.to > w.from && texts[w.to-1] == p.char {
			w.to--
		}
	}
	return lead
}

// own gives an element a text form of its own that can be written on: what lies in the
// message is copied. Hex is the veil's already.
func (v *veil) own(b *layoutBody, i int) {
	w := &v.views[i]
	if w.in != inMessage {
		return
	}
	from := len(v.texts)
	v.texts = append(v.texts, b.raw[w.from:w.to]...)
	w.from, w.to, w.in = int32(from), int32(len(v.texts)), inTexts
}

// carry puts the asterisks of a text form over the hex of its bytes.
func (v *veil) carry(sp *Span, text []byte, lead int) {
	n := sp.node
	if v.textsOnly && n.layout == layoutNone && n.isCharacters() {
		return
	}
	hex := v.value(sp)
	at, width := 2*lead, 2
	switch {
	case sp.opaque() || n.layout != layoutNone || n.binary && n.coding != codeHex || n.coding == codeLBCD || n.coding == codeTrack:
		at, width = lead, 1
	case n.coding == codeBCD, n.coding == codeTrackFront:
		at, width = lead+int(sp.chars)%2, 1
	case n.coding == codePart:
		at, width = lead+int(n.skip), 1
	case n.coding == codeSigned:
		at, width = lead+1+int(sp.chars-1)%2, 1
	}
	for i, c := range text {
		if c != '*' {
			continue
		}
		for k := range width {
			if j := at + i*width + k; j < len(hex) {
				hex[j] = '*'
			}
		}
	}
}

// coverComposite hides, of an element that has others in it, what its own class or the
// whole of its bytes ask for: its parts are covered already.
func (v *veil) coverComposite(b *layoutBody, i int) {
	sp, w := &b.spans[i], &v.views[i]
	*w = view{from: 2 * sp.Start, to: 2 * sp.End, in: inHex}
	if !v.lifted {
		v.hideComposite(b, i)
	}
	switch {
	case sp.opaque():
	case sp.node.layout == layoutPositional, sp.node.layout == layoutCut:
		v.join(b, i)
	case sp.node.letters:
		v.spell(b, i)
	}
}

func (v *veil) hideComposite(b *layoutBody, i int) {
	sp := &b.spans[i]
	if sp.class() != classOpen {
		stars(v.value(sp))
		return
	}
	v.hideUnread(b, i)
	if v.classOnly || sp.node.layout == layoutBER {
		return
	}
	v.sweep.found = v.sweep.found[:0]
	if v.sweep.strict = true; sp.node.packed() {
		v.sweep.text(v.value(sp), 0)
	}
	v.sweep.strict = false
	v.sweep.zoned(v.value(sp), 0)
	for _, s := range v.sweep.found {
		stars(v.value(sp)[s.from:s.to])
	}
}

// packed reports subfields one behind the other, some of them in packed digits: a number
// may lie over two of them.
func (n *node) packed() bool {
	return n.layout == layoutCut || n.layout == layoutPositional && slices.ContainsFunc(n.kids, func(k *node) bool {
		return k.coding == codeBCD || k.coding == codeLBCD
	})
}

// hideUnread hides what no part could be made of, unless it is zeros.
func (v *veil) hideUnread(b *layoutBody, i int) {
	sp := &b.spans[i]
	end := sp.Start
	for j := i + 1; j < len(b.spans) && b.spans[j].parent >= int32(i); j++ {
		if b.spans[j].parent == int32(i) {
			end = b.spans[j].End
		}
	}
	if rest := b.raw[end:sp.End]; len(bytes.Trim(rest, "\x00")) > 0 {
		stars(v.hex[2*end : 2*sp.End])
	}
}

// spell is the characters of a composite of characters, with asterisks where its bytes
// have them.
func (v *veil) spell(b *layoutBody, i int) {
	sp, w := &b.spans[i], &v.views[i]
	from := len(v.texts)
	v.texts = appendText(v.texts, sp.node, b.raw[sp.Start:sp.End], int(sp.chars), sp.tag)
	*w = view{from: int32(from), to: int32(len(v.texts)), in: inTexts}
	text, hex := v.text(b, i), v.value(sp)
	for j := range text {
		if hex[2*j] == '*' {
			text[j], w.hidden = '*', true
		}
	}
}

// join is the text forms of positional subfields one after the other, looked at as one
// text: a number may lie over two of them.
func (v *veil) join(b *layoutBody, i int) {
	sp, w := &b.spans[i], &v.views[i]
	from := len(v.texts)
	for j := i + 1; j < len(b.spans) && b.spans[j].parent >= int32(i); j++ {
		if b.spans[j].parent == int32(i) {
			v.texts = v.appendValue(v.texts, b, j)
			w.hidden = w.hidden || v.views[j].hidden
		}
	}
	w.from, w.to, w.in = int32(from), int32(len(v.texts)), inTexts
	text := v.text(b, i)
	switch {
	case v.lifted:
	case sp.class() != classOpen:
		stars(text)
		w.hidden = true
	case !v.classOnly:
		v.sweep.strict, v.sweep.found = false, v.sweep.found[:0]
		v.sweep.text(text, 0)
		for _, s := range v.sweep.found {
			stars(text[s.from:s.to])
			w.hidden = true
		}
	}
}

// bytesAsText reports characters that the coding takes as bytes, of whatever kind.
func (n *node) bytesAsText() bool { return n.isText() && n.coding == codeBinary }

// opaque reports an element of BER-TLV that the spec does not declare.
func (sp *Span) opaque() bool { return sp.tag != 0 && sp.node.layout == layoutBER && !sp.node.tagged }

// composite reports that the i-th span is shown by its parts: a composite, or a
// template within BER-TLV.
func (b *layoutBody) composite(i int) bool {
	sp := &b.spans[i]
	if sp.opaque() {
		return i+1 < len(b.spans) && b.spans[i+1].parent == int32(i)
	}
	return sp.node.layout != layoutNone
}

// text is the text form of the i-th span in the clear.
func (b *layoutBody) text(i int) string {
	sp := &b.spans[i]
	return string(appendText(nil, sp.node, b.raw[sp.Start:sp.End], int(sp.chars), sp.tag))
}

// veil is what may be shown of the layout, made once.
func (b *layoutBody) veil() *veil {
	if b.shade == nil {
		b.shade = &veil{}
		b.shade.cover(b)
	}
	return b.shade
}

// masked is the text form of the i-th span as it may be shown: masked by class, and
// with swept also where a card number stands in it that no class tells of.
func (b *layoutBody) masked(i int, swept bool) string {
	v := &veil{classOnly: true}
	if swept {
		v = b.veil()
	} else {
		v.cover(b)
	}
	return string(v.appendValue(nil, b, i))
}
