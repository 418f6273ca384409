package iso8583

// walkBER takes the BER-TLV elements of ISO/IEC 8825-1 as EMV uses them: in order,
// with duplicates, zero bytes between them skipped (EMV 4.4 Book 3, annex B), and
// into constructed ones.
func (d *decoder) walkBER(n *node, self int32, pos, end int) {
	d.berElements(n, self, pos, end, 0)
}

// berDepthMost bounds the nesting of templates that is looked into.
const berDepthMost = 8

// berElements takes the elements from pos to end. It answers false at the first fault.
func (d *decoder) berElements(n *node, parent int32, pos, end, depth int) bool {
	for pos < end {
		if d.raw[pos] == 0 {
			pos++
			continue
		}
		tag, at, ok := d.tagBER(n.path, pos, end)
		if !ok {
			return false
		}
		if depth == 0 {
			if kid := n.kidByTag(tag); kid != nil {
				if pos, ok = d.berDeclared(kid, tag, parent, pos, at, end); !ok {
					return false
				}
				continue
			}
			if !n.tag.skip {
				return d.failed(&Error{Path: n.path + "." + string(appendTag(nil, tag)), Offset: pos, Err: ErrUndefined})
			}
		}
		size, start, ok := d.lengthBER(n.path, at, end)
		if !ok {
			return false
		}
		if end-start < size {
			return d.failed(&Error{Path: n.path + "." + string(appendTag(nil, tag)), Offset: at, Err: ErrShort, Want: size, Got: end - start})
		}
		self := int32(len(d.spans))
		d.spans = append(d.spans, Span{node: n, tag: tag, parent: parent, Offset: int32(pos), Start: int32(start), End: int32(start + size), chars: int32(size)})
		if d.raw[pos]&0x20 != 0 && depth < berDepthMost {
			d.constructed(n, self, start, start+size, depth+1)
		}
		pos = start + size
	}
	return true
}

// berDeclared takes an element that the spec names, by its own prefix and coding.
func (d *decoder) berDeclared(kid *node, tag uint32, parent int32, pos, at, end int) (int, bool) {
	self := len(d.spans)
	next, ok := d.element(kid, parent, at, end)
	if !ok {
		return 0, false
	}
	d.spans[self].Offset, d.spans[self].tag = int32(pos), tag
	return next, true
}

// constructed looks into a template. One that does not hold TLV is left as it is:
// a private tag may have the bit of a template by chance.
func (d *decoder) constructed(n *node, self int32, pos, end, depth int) {
	fault, count := d.fault, len(d.spans)
	if !d.berElements(n, self, pos, end, depth) {
		d.fault, d.spans = fault, d.spans[:count]
	}
}

// tagBER reads a tag of up to four bytes.
func (d *decoder) tagBER(path string, pos, end int) (tag uint32, next int, ok bool) {
	tag = uint32(d.raw[pos])
	if tag&0x1F != 0x1F {
		return tag, pos + 1, true
	}
	for next = pos + 1; next < end && next < pos+4; next++ {
		tag = tag<<8 | uint32(d.raw[next])
		if d.raw[next]&0x80 == 0 {
			return tag, next + 1, true
		}
	}
	return 0, 0, d.failed(&Error{Path: path, Offset: pos, Err: ErrTLV})
}

// lengthBER reads a definite length of up to three bytes after the first, 16 MB.
func (d *decoder) lengthBER(path string, pos, end int) (size, next int, ok bool) {
	if pos >= end {
		return 0, 0, d.failed(&Error{Path: path, Offset: pos, Err: ErrShort, Want: 1})
	}
	first := d.raw[pos]
	if first < 0x80 {
		return int(first), pos + 1, true
	}
	count := int(first & 0x7F)
	if count == 0 || count > 3 || end-pos-1 < count {
		return 0, 0, d.failed(&Error{Path: path, Offset: pos, Err: ErrTLV})
	}
	for _, b := range d.raw[pos+1 : pos+1+count] {
		size = size<<8 | int(b)
	}
	return size, pos + 1 + count, true
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
	d := decoder{raw: b}
	got, next, ok := d.tagBER("", 0, len(b))
	return tag, ok && got == tag && next == len(b) && tag != 0
}
