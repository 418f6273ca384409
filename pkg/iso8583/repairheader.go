package iso8583

import (
	"encoding/binary"
	"errors"
	"strconv"
)

// lengthHeader is one way to write the length of a message in front of it.
type lengthHeader struct {
	size   int
	en, zh string
	read   func([]byte) (int, bool)
	write  func(int) []byte
}

func (h lengthHeader) name(t tongue) string { return t.pick(h.en, h.zh) }

// lengthHeaders are those that hosts and terminals use.
func lengthHeaders() []lengthHeader {
	digits := func(base int) func([]byte) (int, bool) {
		return func(b []byte) (int, bool) {
			n, err := strconv.ParseUint(string(b), base, 31)
			return int(n), err == nil
		}
	}
	return []lengthHeader{
		{2, "2 bytes binary", "2字节二进制", func(b []byte) (int, bool) { return int(binary.BigEndian.Uint16(b)), true },
			func(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }},
		{2, "2 bytes of packed digits", "2字节BCD", func(b []byte) (int, bool) { return digits(10)(appendHex(nil, b)) },
			func(n int) []byte { return (&node{prefix: prefixBCD, digits: 4}).writePrefix(n) }},
		{2, "2 bytes binary, low byte first", "2字节二进制(低字节在前)", func(b []byte) (int, bool) { return int(binary.LittleEndian.Uint16(b)), true },
			func(n int) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(n)) }},
		{4, "4 ASCII digits", "4位ASCII数字", digits(10),
			func(n int) []byte { return (&node{prefix: prefixASCII, digits: 4}).writePrefix(n) }},
		{4, "4 hex characters", "4位十六进制字符", digits(16),
			func(n int) []byte { return (&node{prefix: prefixHex, digits: 2}).writePrefix(n) }},
		{4, "4 bytes binary", "4字节二进制", func(b []byte) (int, bool) { return int(binary.BigEndian.Uint32(b)) & 0x7FFFFFFF, true },
			func(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }},
	}
}

// HeaderRepairs are what is wrong with the length in front of a message, raw being both:
// the message behind the header, and a TPDU between them, closes exactly, and the header
// says another length. Both kinds of lengths are known, with and without the header
// itself. A header that is right has no repairs. A message that is cut off behind a
// header that announces more has one that does not close: how much is missing.
func (s *Spec) HeaderRepairs(raw []byte, lang string) []ExplainedRepair {
	t := words(lang)
	var out []ExplainedRepair
	var l Layout
	for _, h := range lengthHeaders() {
		for _, between := range []int{0, 5} {
			start := h.size + between
			if len(raw) <= start || between > 0 && raw[h.size]>>4 != 6 {
				continue
			}
			value, ok := h.read(raw[:h.size])
			if !ok || value > 2*len(raw)+64 {
				continue // no length of this
			}
			err := s.Decode(raw[start:], &l)
			says, right := s.headerRepair(t, h, value, raw, err, &l)
			if right {
				return nil
			}
			if says != nil && mtiOf(&l).Defined() {
				out = append(out, *says)
			}
		}
	}
	return out[:min(len(out), repairMost)]
}

// headerRepair holds a header to what is behind it.
func (s *Spec) headerRepair(t tongue, h lengthHeader, value int, raw []byte, err error, l *Layout) (says *ExplainedRepair, right bool) {
	left := len(raw) - h.size
	switch {
	case err == nil:
		if value == left || value == len(raw) {
			return nil, true
		}
		by := h.write(left)
		if int64(left) > 1<<(8*min(h.size, 3))-1 || by == nil {
			return nil, false
		}
		return &ExplainedRepair{Closes: true, Change: t.sprintf("the length in front (%s) says %d and %s follow: write %s", "前面的长度(%s)为%d,实际为%s:应写%s", h.name(t), value, t.bytes(left), string(appendHex(nil, by)))}, false
	case errors.Is(err, ErrTrailing):
		end := left - l.in.trailing
		if value == end || value == end+h.size {
			return &ExplainedRepair{Closes: true, Change: t.sprintf("the message ends where the length in front (%s) says: %s behind it not of it", "报文在前面的长度(%s)所示处结束:其后%s不属于该报文", h.name(t), t.bytes(l.in.trailing))}, false
		}
	case errors.Is(err, ErrShort):
		if value > left {
			return &ExplainedRepair{Change: t.sprintf("the length in front (%s) says %d and %s follow: %s missing", "前面的长度(%s)为%d,实际为%s:缺少%s", h.name(t), value, t.bytes(left), t.bytes(value-left))}, false
		}
	}
	return nil, false
}
