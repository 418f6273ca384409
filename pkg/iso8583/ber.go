package iso8583

// walkBER takes the BER-TLV elements of ISO/IEC 8825-1 as EMV uses them: in order,
// with duplicates, zero bytes between them skipped (EMV 4.4 Book 3, annex B), and
// into constructed ones. Field 55 was free text before EMV took it, and some hosts
// still write text there: characters alone that make no TLV are taken as that, and
// where the spec says so bytes of which not even the first element is sound.
func (d *decoder) walkBER(n *node, self int32, pos, end int) {
	fault, count, kept := d.fault, len(d.spans), len(d.faults)
	if d.berElements(n, self, pos, end, 0) || d.strict || n.plain == nil {
		return
	}
	if n.plain.binary && len(d.spans) > count || !n.plain.binary && contentANS.stranger(d.raw[pos:end]) > 0 {
		return
	}
	d.fault, d.spans, d.faults = fault, d.spans[:count], d.faults[:kept]
	d.spans[self].node = n.plain
}

// berDepthMost bounds the nesting of templates that is looked into.
const berDepthMost = 8

// berElements takes the elements from pos to end. It answers false at the first fault.
func (d *decoder) berElements(n *node, parent int32, pos, end, depth int) bool {
	raw := d.raw[:end]
	for pos < end {
		if raw[pos] == 0 {
			pos++
			continue
		}
		tag, at := uint32(raw[pos]), pos+1
		if tag&0x1F == 0x1F {
			if at < end && raw[at] < 0x80 { // two bytes, as most tags of EMV
				tag, at = tag<<8|uint32(raw[at]), at+1
			} else if tag, at = d.tagLong(n, pos, end); at == 0 {
				return false
			}
		}
		if depth == 0 && (len(n.kids) > 0 || !n.tag.skip) {
			next, known := d.berDeclared(n, tag, parent, pos, at, end)
			if next < 0 {
				return false
			}
			if known {
				pos = next
				continue
			}
		}
		size, start := 0, at+1
		if at < end && raw[at] < 0x80 {
			size = int(raw[at])
		} else if size, start = d.lengthLong(n, at, end); start == 0 {
			return false
		}
		if end-start < size {
			return d.broken(n, tag, Error{Offset: at, Err: ErrShort, Want: size, Got: end - start})
		}
		self := int32(len(d.spans))
		sp := d.add()
		sp.node, sp.tag, sp.parent, sp.chars = n.element, tag, parent, int32(size)
		sp.Offset, sp.Start, sp.End = int32(pos), int32(start), int32(start+size)
		if raw[pos]&0x20 != 0 && depth < berDepthMost {
			d.constructed(n, self, start, start+size, depth+1)
		}
		pos = start + size
	}
	return true
}

// berDeclared takes an element that the spec names, by its own prefix and coding. Of
// one that it does not name, known is false; next is -1 at a fault.
func (d *decoder) berDeclared(n *node, tag uint32, parent int32, pos, at, end int) (next int, known bool) {
	kid := n.kidByTag(tag)
	switch {
	case kid == nil && n.tag.skip:
		return pos, false
	case kid == nil:
		d.broken(n, tag, Error{Offset: pos, Err: ErrUndefined})
		return -1, false
	}
	self := len(d.spans)
	next, ok := d.element(kid, parent, at, end)
	if !ok {
		return -1, false
	}
	d.spans[self].Offset, d.spans[self].tag = int32(pos), tag
	return next, true
}

// constructed looks into a template. One that does not hold TLV is left as it is:
// a private tag may have the bit of a template by chance.
func (d *decoder) constructed(n *node, self int32, pos, end, depth int) {
	count, before := len(d.spans), d.probing
	d.probing = true
	if !d.berElements(n, self, pos, end, depth) {
		d.spans = d.spans[:count]
	}
	d.probing = before
}

// broken keeps a fault of BER-TLV, with its path; in a template, which need not be one,
// it is not even made.
func (d *decoder) broken(n *node, tag uint32, e Error) bool {
	if d.probing {
		return false
	}
	fault := e
	if fault.Path = n.path; tag != 0 {
		fault.Path += "." + string(appendTag(nil, tag))
	}
	return d.failed(&fault)
}

// tagLong reads a tag of two to four bytes; next is 0 at a fault.
func (d *decoder) tagLong(n *node, pos, end int) (tag uint32, next int) {
	tag = uint32(d.raw[pos])
	for next = pos + 1; next < end && next < pos+4; next++ {
		tag = tag<<8 | uint32(d.raw[next])
		if d.raw[next]&0x80 == 0 {
			return tag, next + 1
		}
	}
	d.broken(n, 0, Error{Offset: pos, Err: ErrTLV})
	return 0, 0
}

// lengthLong reads a definite length, of up to three bytes after the first (16 MB);
// next is 0 at a fault.
func (d *decoder) lengthLong(n *node, pos, end int) (size, next int) {
	if pos >= end {
		d.broken(n, 0, Error{Offset: pos, Err: ErrShort, Want: 1})
		return 0, 0
	}
	if d.raw[pos] < 0x80 {
		return int(d.raw[pos]), pos + 1
	}
	count := int(d.raw[pos] & 0x7F)
	if count == 0 || count > 3 || end-pos-1 < count {
		d.broken(n, 0, Error{Offset: pos, Err: ErrTLV})
		return 0, 0
	}
	for _, b := range d.raw[pos+1 : pos+1+count] {
		size = size<<8 | int(b)
	}
	return size, pos + 1 + count
}

// appendTLV appends one element with the shortest definite length.
func appendTLV(dst []byte, tag uint32, value []byte) []byte {
	dst = appendTagBytes(dst, tag)
	switch n := len(value); {
	case n < 0x80:
		dst = append(dst, byte(n))
	case n <= 0xFF:
		dst = append(dst, 0x81, byte(n))
	default:
		dst = append(dst, 0x82, byte(n>>8), byte(n))
	}
	return append(dst, value...)
}

func appendTagBytes(dst []byte, tag uint32) []byte {
	for shift := 24; shift >= 0; shift -= 8 {
		if tag>>shift != 0 || shift == 0 {
			dst = append(dst, byte(tag>>shift))
		}
	}
	return dst
}

// parseTag reads the hex of one whole BER tag.
func parseTag(s string) (uint32, bool) {
	var tag uint32
	if len(s) < 2 || len(s) > 8 || len(s)%2 != 0 {
		return 0, false
	}
	for i := range len(s) {
		v, ok := unhex(s[i])
		if !ok {
			return 0, false
		}
		tag = tag<<4 | uint32(v)
	}
	b := appendTagBytes(nil, tag)
	if b[0]&0x1F != 0x1F {
		return tag, len(b) == 1 && tag != 0
	}
	d := decoder{raw: b}
	_, next := d.tagLong(&node{}, 0, len(b))
	return tag, next == len(b)
}
