package iso8583

import "bytes"

// warnings appends what is odd and stopped nothing, in the order of the bytes.
func (x *explainer) warnings(to []string) []string {
	if m := x.mti(); m != "" && !m.Defined() {
		to = append(to, x.t.pick("field 0: the standard defines no such message type", "域0:标准没有定义该报文类型"))
	}
	for i := range x.b.spans {
		to = x.oddities(to, i)
	}
	return to
}

// oddities appends the warnings of one element.
func (x *explainer) oddities(to []string, i int) []string {
	sp := &x.b.spans[i]
	n := sp.node
	if n.layout == layoutNone && n.content != contentAny && n != x.spec.mti && !n.digitsAlone() {
		if at := n.content.stranger(x.clear(i)); at > 0 {
			to = append(to, x.warning(i, "character %d is not of the kind the field holds", "第%d个字符不属于该域的类型", at))
		}
	}
	switch {
	case !n.instead:
	case n.binary:
		to = append(to, x.warning(i, "bytes, not BER-TLV", "是字节，不是BER-TLV"))
	case n.tokens:
		to = append(to, x.warning(i, "text, not tokens", "是文本，不是令牌"))
	default:
		to = append(to, x.warning(i, "text, not BER-TLV", "是文本，不是BER-TLV"))
	}
	if sp.class() == classPAN && sp.End > sp.Start && !luhnText(x.clear(i)) {
		to = append(to, x.warning(i, "the check digit does not fit", "校验位不符"))
	}
	if sp.opaque() && x.nths.of(i) == 2 && !constructed(sp.tag) {
		to = append(to, x.warning(i, "the tag is there more than once", "该标签出现多次"))
	}
	if n.layout == layoutBER && !sp.opaque() {
		if zeros := x.zeros(i); zeros > 0 {
			to = append(to, x.warning(i, "%d zero bytes between the elements", "元素之间有%d个零字节", zeros))
		}
	}
	return to
}

// digitsAlone reports an element of digits whose coding can hold nothing else, so that
// what is no digit in it is a fault and not an oddity.
func (n *node) digitsAlone() bool {
	return n.content == contentN && (n.coding == codeBCD || n.coding == codeLBCD)
}

// warning is one, with its place.
func (x *explainer) warning(i int, en, zh string, args ...any) string {
	return x.t.sprintf("field %s: "+en, "域%s:"+zh, append([]any{x.l.Path(i)}, args...)...)
}

// zeros counts the bytes of a BER-TLV field that no element takes, where all are zero.
func (x *explainer) zeros(i int) int {
	sp := &x.b.spans[i]
	count := int(sp.End - sp.Start)
	end := sp.Start
	for j := i + 1; j < len(x.b.spans) && x.b.spans[j].parent >= int32(i); j++ {
		if kid := &x.b.spans[j]; kid.parent == int32(i) {
			count -= int(kid.End - kid.Offset)
			end = kid.End
		}
	}
	if len(bytes.Trim(x.b.raw[end:sp.End], "\x00")) > 0 {
		return 0 // the rest is a fault, told as one
	}
	return count
}

// constructed reports a tag of a template.
func constructed(tag uint32) bool {
	for tag > 0xFF {
		tag >>= 8
	}
	return tag&0x20 != 0
}
