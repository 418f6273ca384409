package iso8583

import (
	"bytes"
	"math/bits"
	"strconv"
	"strings"
)

// front tries what may stand in front of the message type.
func (r *repairer) front() {
	const most = 64
	for skip := 1; skip <= most && skip < len(r.raw); skip++ {
		prior := -9
		what := r.header(r.raw[:skip], len(r.raw)-skip)
		if what != "" {
			prior = -2
		}
		r.closes(hypothesis{spec: r.spec, raw: r.raw[skip:], prior: prior, say: func() string {
			if what == "" {
				return r.t.sprintf("take %s off in front: the message type is behind", "去掉前面%s:报文类型在其后", r.t.bytes(skip))
			}
			return r.t.sprintf("take %s off in front, before the message type: %s", "去掉报文类型之前的%s:%s", r.t.bytes(skip), what)
		}})
	}
}

// header says what bytes in front of a message are, or nothing.
func (r *repairer) header(head []byte, behind int) string {
	for _, h := range lengthHeaders() {
		size := h.size
		if len(head) < size {
			continue
		}
		rest := len(head) - size
		tpdu := rest == 5 && (head[size]>>4 == 6)
		value, ok := h.read(head[:size])
		if !ok || rest != 0 && !tpdu || value != behind+rest && value != behind+len(head) {
			continue
		}
		said := r.t.sprintf("a length, %s, of %d", "长度(%s),值为%d", h.name(r.t), value)
		if tpdu {
			said += r.t.pick(", and a TPDU", "和TPDU")
		}
		return said
	}
	switch {
	case len(head) == 5 && head[0]>>4 == 6:
		return r.t.pick("a TPDU", "TPDU")
	case len(head) == 1 && head[0] == 2:
		return "STX"
	case len(head) == 12 && string(head[:3]) == "ISO":
		return r.t.pick("a BASE24 header", "BASE24报头")
	case len(bytes.Trim(head, " \r\n\t\x00")) == 0:
		return r.t.pick("blanks, zeros or line ends", "空格、零或换行")
	}
	return ""
}

// tail tries bytes that were added behind the message.
func (r *repairer) tail() {
	extra := r.l.in.trailing
	if extra == 0 {
		return
	}
	keep := len(r.raw) - extra
	rest := r.raw[keep:]
	what, prior := r.padding(rest), -1
	if what == "" && r.reads(r.spec, rest) {
		what, prior = r.t.pick("another message", "另一条报文"), -1
	}
	if what == "" {
		what, prior = r.t.pick("more than the bitmap announces", "超出位图声明"), -12
	}
	r.closes(hypothesis{spec: r.spec, raw: r.raw[:keep], prior: prior, say: func() string {
		return r.t.sprintf("take %s off at the end, from byte %d: %s", "去掉末尾%s，从字节%d起:%s", r.t.bytes(extra), keep, what)
	}})
}

// padding names what only fills, or nothing.
func (r *repairer) padding(rest []byte) string {
	switch {
	case len(bytes.Trim(rest, "\r\n")) == 0:
		return r.t.pick("a line end", "换行符")
	case len(bytes.Trim(rest, " @")) == 0:
		return r.t.pick("blanks", "空格")
	case len(bytes.Trim(rest, "\x00")) == 0:
		return r.t.pick("zero bytes", "零字节")
	case len(bytes.Trim(rest, "0")) == 0:
		return r.t.pick("digits 0", "数字0")
	case len(bytes.Trim(rest, "\xFF")) == 0:
		return r.t.pick("bytes FF", "FF字节")
	case rest[0] == 3 && len(rest) <= 2:
		return r.t.pick("ETX and a check byte", "ETX和校验字节")
	}
	return ""
}

// cut says what a message lacks that ends too early: the rest of the field in which it
// ends, and the fields behind that. The rest is put in, as blanks and zeros, to see that
// nothing else is wrong.
func (r *repairer) cut() {
	if !r.isFault(ErrShort) {
		return
	}
	pos := 0
	for i := range r.l.in.spans {
		if sp := &r.l.in.spans[i]; sp.parent < 0 {
			pos = int(sp.End)
		}
	}
	s, ok := r.stopped(pos)
	switch {
	case !ok && r.stop <= 1:
		r.found = append(r.found, repair{ExplainedRepair{Change: r.t.sprintf("the message was cut off: at least %s more, it ends before its bitmap does", "报文被截断:至少还缺%s，位图尚未结束", r.t.bytes(r.fault.Want-r.fault.Got))}, 0})
		return
	case !ok || s.num > r.stop:
		return
	}
	raw := append([]byte(nil), r.raw...)
	exact := true
	if s.counted() {
		if s.chars < 0 {
			exact = false
			raw = append(raw[:s.offset], s.node.writePrefix(0)...)
			raw = raw[:max(len(raw), len(r.raw))]
			s.chars = 0
		} else if s.chars > s.node.length {
			return
		}
	} else {
		s.chars = s.node.length
	}
	raw = s.node.filled(raw, s.start+s.node.coding.size(s.chars)-len(raw))
	var lost []int
	set := r.set
	for num := set.take(); num != 0; num = set.take() {
		n := r.spec.field(num)
		if n == nil || num <= s.num {
			continue
		}
		lost = append(lost, num)
		if n.prefixSize() > 0 {
			exact = false
			raw = append(raw, n.writePrefix(0)...)
			continue
		}
		raw = n.filled(raw, n.size)
	}
	r.lacks(s, raw, lost, exact)
}

// lacks offers what a message lacks, if it closes with it.
func (r *repairer) lacks(s site, raw []byte, lost []int, exact bool) {
	missing := len(raw) - len(r.raw)
	if missing < 1 || !r.reads(r.spec, raw) && r.try.in.trailing != 0 {
		return
	}
	got := max(0, len(r.raw)-s.start)
	text := r.t.sprintf("the message was cut off: %s more", "报文被截断:还缺%s", r.t.bytes(missing))
	if !exact {
		text = r.t.sprintf("the message was cut off: at least %s more", "报文被截断:至少还缺%s", r.t.bytes(missing))
	}
	if size := s.node.coding.size(s.chars); size > got {
		text += r.t.sprintf(", %d of them of %s, which has %d of its %d", ",其中%d字节属于%s(共%[4]d字节，现有%[3]d字节)", size-got, r.fieldName(s.num), got, size)
	}
	if len(lost) > 0 {
		text += r.t.sprintf("; nothing is there of fields %s", ";缺少域%s", numberList(lost))
	}
	score := r.evidence(&r.l) - 3 - bits.Len(uint(missing/16))
	r.found = append(r.found, repair{ExplainedRepair{Change: text, Closes: exact && r.reads(r.spec, raw)}, score})
}

// filled appends bytes that an element may have.
func (n *node) filled(raw []byte, count int) []byte {
	c := byte('0')
	switch n.coding {
	case codeBCD, codeLBCD, codeTrack, codeSigned, codeBinary:
		c = 0
	case codeEBCDIC:
		c = n.character('0')
	case codeASCII, codeHex:
		c = n.character('0')
	}
	return append(raw, bytes.Repeat([]byte{c}, max(0, count))...)
}

// numberList is numbers in words: "37, 41".
func numberList(nums []int) string {
	out := make([]string, 0, len(nums))
	for _, n := range nums {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, ", ")
}
