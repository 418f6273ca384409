package iso8583

import (
	"bytes"
	"strconv"
)

// inside walks a composite by its layout. Its faults do not stop the message.
func (d *decoder) inside(n *node, self int32, pos, end int, variable bool) {
	switch n.layout {
	case layoutBER:
		d.walkBER(n, self, pos, end)
	case layoutPositional:
		d.walkPositional(n, self, pos, end, variable)
	case layoutBitmap:
		d.walkBitmap(n, self, pos, end, variable)
	case layoutTagged:
		d.walkTagged(n, self, pos, end)
	case layoutSplit:
		d.walkSplit(n, self, pos, end)
	case layoutCut:
		d.digits(n, self, pos, end, int(d.spans[self].chars))
	case layoutNone:
	}
}

// walkPositional takes the subfields in their order; of a variable composite the last
// ones may be missing.
func (d *decoder) walkPositional(n *node, self int32, pos, end int, variable bool) {
	if variable && pos == end {
		return
	}
	for _, kid := range n.kids {
		var ok bool
		if pos, ok = d.element(kid, self, pos, end); !ok {
			return
		}
		if variable && pos == end {
			return
		}
	}
	d.unused(n, pos, end)
}

// walkSplit takes subfields of which those without a length end at a delimiter, and the
// last one takes what is left. The last ones may be missing.
func (d *decoder) walkSplit(n *node, self int32, pos, end int) {
	for i, kid := range n.kids {
		if pos == end {
			return
		}
		stop, next := end, end
		if kid.prefix == prefixRest && i+1 < len(n.kids) {
			if at := bytes.IndexByte(d.raw[pos:end], n.tag.delim); at >= 0 {
				stop, next = pos+at, pos+at+1
			}
		}
		if kid.prefix == prefixRest && kid.length > 0 && stop-pos > kid.length {
			d.failed(&Error{Path: kid.path, Offset: pos, Err: ErrLength, Want: kid.length, Got: stop - pos})
		}
		behind, ok := d.element(kid, self, pos, stop)
		if !ok {
			return
		}
		if pos = behind; kid.prefix == prefixRest {
			pos = next
		}
	}
	d.unused(n, pos, end)
}

// digits takes the parts of one packed number.
func (d *decoder) digits(n *node, self int32, start, end, chars int) {
	if bad := faultOf(n, d.raw[start:end], chars); bad >= 0 {
		d.misfit(n, start, bad)
	}
	if n.exact > 0 && chars != n.exact {
		d.spans[self].node = n.plain
		return
	}
	at, last := 0, chars // in nibbles
	if n.coding == codeBCD {
		at, last = chars%2, chars+chars%2
	}
	for _, kid := range n.kids {
		if at == last && n.prefix != prefixFixed {
			return
		}
		size := kid.length
		if kid.prefix == prefixRest {
			size = last - at
		}
		if last-at < size {
			d.failed(&Error{Path: kid.path, Offset: start + at/2, Err: ErrShort, Want: (size + 1) / 2, Got: end - start - at/2})
			return
		}
		sp := d.add()
		*sp = Span{node: kid, parent: self, Offset: int32(start + at/2), Start: int32(start + at/2), End: int32(start + (at+size+1)/2), chars: int32(size)}
		at += size
	}
	d.unused(n, start+(at+1)/2, end)
}

// walkBitmap takes the subfields that a bitmap announces.
func (d *decoder) walkBitmap(n *node, self int32, pos, end int, variable bool) {
	if variable && pos == end {
		return
	}
	var set bitset
	var ok, more bool
	if n.bitmap.dataset {
		pos, more, ok = d.datasetBitmap(n.bitmap, self, pos, end, &set)
	} else {
		pos, ok = d.bitmap(n.bitmap, self, pos, end, &set)
	}
	if !ok {
		return
	}
	for num := set.take(); num != 0; num = set.take() {
		kid := n.kidByBit(num)
		if kid == nil {
			d.failed(&Error{Path: n.path + "." + strconv.Itoa(num), Offset: pos, Err: ErrUndefined})
			return
		}
		if pos, ok = d.element(kid, self, pos, end); !ok {
			return
		}
	}
	if more {
		if pos, ok = d.element(n.rest, self, pos, end); !ok {
			return
		}
	}
	d.unused(n, pos, end)
}

// datasetBitmap reads the bitmap of a dataset (ISO 8583:2003, 4.5): two bytes, and one
// more as long as the first bit of the last ones is set. What is no such bit is an
// element, from 1, but for the last bit of all: BER-TLV follows.
func (d *decoder) datasetBitmap(n *node, self int32, pos, end int, set *bitset) (next int, tlv, ok bool) {
	first, num, size := pos, 1, 2
	for {
		if end-pos < size {
			return 0, false, d.failed(&Error{Path: n.path, Offset: pos, Err: ErrShort, Want: size, Got: end - pos})
		}
		word, width := uint16(d.raw[pos]), 8
		if size == 2 {
			word, width = word<<8|uint16(d.raw[pos+1]), 16
		}
		pos += size
		more := word>>(width-1) != 0
		if width--; !more { // the last bit is no element
			tlv = word&1 != 0
			word >>= 1
			width--
		}
		for i := width - 1; i >= 0; i-- {
			if word>>i&1 != 0 {
				set.put(num)
			}
			num++
		}
		if !more {
			break
		}
		if size = 1; num > datasetMost {
			return 0, false, d.failed(&Error{Path: n.path, Offset: pos, Err: ErrBitmap})
		}
	}
	d.bitmapSpan(n, self, first, pos)
	return pos, tlv, true
}

// datasetMost bounds the elements of a dataset.
const datasetMost = 128

// put sets the bit of a number.
func (b *bitset) put(num int) { b[(num-1)/64] |= 1 << (63 - (num-1)%64) }

// walkTagged takes subfields by tags that are not BER-TLV.
func (d *decoder) walkTagged(n *node, self int32, pos, end int) {
	if n.tag.head != nil {
		var ok bool
		if pos, ok = d.tokenHead(n, self, pos, end); !ok {
			return
		}
	}
	size := n.tag.size()
	for pos < end {
		if end-pos < size {
			d.failed(&Error{Path: n.path, Offset: pos, Err: ErrShort, Want: size, Got: end - pos})
			return
		}
		wire := d.raw[pos+len(n.tag.lead) : pos+size]
		if string(d.raw[pos:pos+len(n.tag.lead)]) != n.tag.lead {
			d.failed(&Error{Path: n.path, Offset: pos, Err: ErrCharacter})
			return
		}
		if bad := faultOf(n.tag.node, wire, n.tag.node.length); bad >= 0 {
			d.failed(&Error{Path: n.path, Offset: pos + len(n.tag.lead) + bad, Err: ErrCharacter})
			return
		}
		key := n.tag.key(wire)
		kid := n.kidByTag(key)
		switch {
		case kid != nil:
		case !n.tag.skip:
			d.failed(&Error{Path: n.path, Offset: pos, Err: ErrUndefined})
			return
		case n.tag.bytes != nil && wire[0] > tlvDatasetMost:
			kid = n.tag.bytes
		default:
			kid = n.tag.unknown
		}
		at := len(d.spans)
		next, ok := d.element(kid, self, pos+size, end)
		if !ok {
			return
		}
		d.spans[at].Offset, d.spans[at].tag = int32(pos), max(key, 1)
		pos = next
	}
}

// tlvDatasetMost is the last identifier of a dataset of BER-TLV; those after it have a
// bitmap (ISO 8583:2003, 4.5).
const tlvDatasetMost = 0x70

// tokenHead reads what BASE24 tokens start with. Characters of any other kind in their
// place are taken as that.
func (d *decoder) tokenHead(n *node, self int32, pos, end int) (int, bool) {
	if end-pos < 2 || d.raw[pos] != '&' || d.raw[pos+1] != ' ' {
		if pos < end && !d.strict {
			d.spans[self].node = n.plain
		}
		return end, false
	}
	next, ok := d.element(n.tag.head, self, pos, end)
	if !ok {
		return 0, false
	}
	total := 0
	for i, c := range d.raw[pos+2 : next] {
		if c < '0' || c > '9' {
			return 0, d.failed(&Error{Path: n.tag.head.path, Offset: pos + 2 + i, Err: ErrDigit})
		}
		if i >= 5 {
			total = total*10 + int(c-'0')
		}
	}
	if total != end-pos {
		d.failed(&Error{Path: n.tag.head.path, Offset: pos + 7, Err: ErrLength, Want: end - pos, Got: total})
	}
	return next, true
}

func (d *decoder) unused(n *node, pos, end int) {
	if pos < end {
		d.failed(&Error{Path: n.path, Offset: pos, Err: ErrUnused, Got: end - pos})
	}
}
