package iso8583

import (
	"strings"

	"github.com/tillworks/till/pkg/emv"
)

// composite is what is wrong with an element as the whole of its parts.
func (v *validator) composite(i int) {
	sp := &v.b.spans[i]
	if sp.node.layout != layoutBER {
		return
	}
	if n := v.x.zeros(i); n > 0 {
		v.at(i, SeverityNote, "zeros", "%d zero bytes between the elements", "元素之间有%d个零字节", n)
	}
	if sp.Start == sp.End {
		v.at(i, SeverityWarning, "empty", "announced, and of no length", "已声明，但长度为零")
	}
	v.duplicates(i)
}

// duplicates are tags that stand more than once in an element; issuer scripts (71, 72)
// and templates may.
func (v *validator) duplicates(in int) {
	seen := map[uint32]bool{}
	for i := in + 1; i < len(v.b.spans) && v.b.spans[i].parent >= int32(in); i++ {
		sp := &v.b.spans[i]
		if sp.parent != int32(in) || sp.tag == 0 || constructed(sp.tag) {
			continue
		}
		if seen[sp.tag] {
			v.at(i, SeverityWarning, "duplicate", "the tag is there more than once", "该标签出现多次")
		}
		seen[sp.tag] = true
	}
}

// object holds a data object to its length and format in EMV (Book 3, annex A).
func (v *validator) object(i int) {
	sp := &v.b.spans[i]
	if !strings.HasPrefix(sp.node.path, "55") {
		return // tags of others
	}
	if v.longLength(sp) {
		v.at(i, SeverityNote, "length", "its length is written in more bytes than it needs", "长度占用的字节多于所需")
	}
	entry, ok := emv.Lookup(emv.Tag(sp.tag))
	if !ok {
		if !constructed(sp.tag) && !private(sp.tag) {
			v.at(i, SeverityNote, "tag", "no data object of EMV has this tag", "EMV没有定义该标签")
		}
		return
	}
	value := v.b.raw[sp.Start:sp.End]
	switch size := len(value); {
	case size == 0 && entry.Min > 0:
		v.at(i, SeverityNote, "length", "of no length", "长度为零")
		return
	case size < entry.Min || size > entry.Max:
		v.at(i, SeverityWarning, "length", "%d bytes: EMV has %d to %d", "%d字节:EMV规定为%d至%d字节", size, entry.Min, entry.Max)
		return
	}
	if at := wrongFormat(entry.Format, value); at > 0 {
		v.at(i, SeverityWarning, "content", "byte %d is not of the format %s", "第%d字节不符合格式%s", at, entry.Format)
		return
	}
	v.objectValue(i, sp.tag, value)
}

// longLength reports a length of an element that could be shorter.
func (v *validator) longLength(sp *Span) bool {
	size, head := int(sp.End-sp.Start), int(sp.Start-sp.Offset)
	return head > len(appendTLV(nil, sp.tag, make([]byte, min(size, 1<<16))))-min(size, 1<<16)
}

// private reports a tag of the private class (ISO/IEC 8825-1), which EMV leaves to the
// schemes.
func private(tag uint32) bool {
	for tag > 0xFF {
		tag >>= 8
	}
	return tag >= 0xC0
}

// wrongFormat is the first byte, from 1, that a format cannot have, or 0.
func wrongFormat(f emv.Format, value []byte) int {
	filled := false
	for i, b := range value {
		ok := true
		switch f {
		case emv.FormatNumeric:
			ok = b>>4 <= 9 && b&15 <= 9
		case emv.FormatCompressed:
			for _, nibble := range []byte{b >> 4, b & 15} {
				ok = ok && (nibble == 15 || nibble <= 9 && !filled)
				filled = filled || nibble == 15
			}
		case emv.FormatAlpha:
			ok = contentA.stranger(value[i:i+1]) == 0
		case emv.FormatAlphaNum:
			ok = contentAN.stranger(value[i:i+1]) == 0
		case emv.FormatText:
			ok = b >= ' ' && b != 0x7F
		case emv.FormatBinary, emv.FormatVariable, emv.FormatDOL, emv.FormatTemplate:
		}
		if !ok {
			return i + 1
		}
	}
	return 0
}

// objectValue holds dates, and what stands in the message a second time, to sense.
func (v *validator) objectValue(i int, tag uint32, value []byte) {
	digits := string(appendHex(nil, value))
	switch tag {
	case 0x9A, 0x5F24, 0x5F25:
		v.moment(i, "YMD", digits)
	case 0x9F21:
		v.moment(i, "hms", digits)
	case 0x5F2A:
		v.currency(i, strings.TrimPrefix(digits, "0"))
		v.same(i, strings.TrimPrefix(digits, "0"), "49")
	case 0x9F02:
		v.same(i, digits, "4")
	case 0x5A:
		v.same(i, strings.TrimRight(digits, "F"), "2")
	}
}

// same notes a data object that says other than a field of the same form.
func (v *validator) same(i int, digits, id string) {
	other := strings.TrimRight(v.text(id), "F ")
	if len(other) == len(digits) && allDigits(other) && other != digits {
		v.at(i, SeverityNote, "consistency", "says other than field %s", "与域%s不同", id)
	}
}
