package iso8583

import (
	"bytes"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// translations try what programs do to bytes on their way.
func (r *repairer) translations() {
	r.doubledHex()
	r.lineEnds()
	r.codePages()
	r.highBits()
}

// whole tries the whole message in other bytes.
func (r *repairer) whole(raw []byte, prior int, en, zh string) {
	if raw == nil || bytes.Equal(raw, r.raw) {
		return
	}
	r.steps += len(raw) / 512
	r.closes(hypothesis{spec: r.spec, raw: raw, prior: prior, say: func() string { return r.t.pick(en, zh) }})
}

// doubledHex is a message that was written as hex once too often.
func (r *repairer) doubledHex() {
	text := bytes.Join(bytes.Fields(r.raw), nil)
	if raw, err := hex.DecodeString(string(text)); err == nil {
		r.whole(raw, -1, "the message is hex of the message: decode it once more", "报文被多转换了一次十六进制:请再解码一次")
	}
}

// lineEnds is what a transfer as text does to the bytes 0D and 0A.
func (r *repairer) lineEnds() {
	r.whole(bytes.ReplaceAll(r.raw, []byte("\r\n"), []byte("\n")), -3,
		"bytes 0A became 0D 0A (line ends were translated): take each 0D out again", "字节0A变成了0D 0A(换行被转换):请去掉这些0D")
	r.whole(bytes.ReplaceAll(r.raw, []byte("\n"), []byte("\r\n")), -9,
		"bytes 0D 0A became 0A (line ends were translated): put a 0D in front of each", "字节0D 0A变成了0A(换行被转换):请在每个0A前补上0D")
	for at, c := range r.raw[:min(len(r.raw), 64)] {
		switch c {
		case '\n':
			r.edited(at, at, []byte{'\r'}, -10, func() string {
				return r.t.sprintf("put a byte 0D in at byte %d: 0D 0A became 0A", "在字节%d处补上0D:0D 0A变成了0A", at)
			})
		case '\r':
			r.edited(at, at+1, nil, -8, func() string {
				return r.t.sprintf("take the byte 0D out at byte %d: 0A became 0D 0A", "去掉字节%d处的0D:0A变成了0D 0A", at)
			})
		}
	}
}

// codePages is a message, or its bitmap alone, that went through a code page.
func (r *repairer) codePages() {
	start, end := r.bitmapBytes()
	for _, table := range []struct{ name, means string }{{"500", ebcdic500}, {"1047", ebcdic1047}, {"037", ebcdic037()}} {
		toASCII, toEBCDIC := translated(r.raw, table.means), untranslated(r.raw, table.means)
		r.whole(toASCII, -4, "the message is in EBCDIC (code page "+table.name+"): translate it", "报文为EBCDIC(代码页"+table.name+"):请转换")
		r.whole(toEBCDIC, -4, "the message was translated from EBCDIC (code page "+table.name+"): translate it back", "报文曾由EBCDIC(代码页"+table.name+")转换:请转换回去")
		if end == 0 {
			continue
		}
		r.edited(start, end, toASCII[start:end], -5, func() string {
			return r.t.sprintf("the bitmap (bytes %d to %d) was translated to EBCDIC (code page %s): translate it back", "位图(字节%d至%d)被转换成了EBCDIC(代码页%s):请转换回去", start, end-1, table.name)
		})
		r.edited(start, end, toEBCDIC[start:end], -5, func() string {
			return r.t.sprintf("the bitmap (bytes %d to %d) was translated from EBCDIC (code page %s): translate it back", "位图(字节%d至%d)曾由EBCDIC(代码页%s)转换:请转换回去", start, end-1, table.name)
		})
	}
	if utf8.Valid(r.raw) {
		r.whole(latin1(r.raw), -2, "bytes over 7F became UTF-8: make one byte of each again", "大于7F的字节被转换成了UTF-8:请各还原为一个字节")
	}
}

// ebcdic037 is code page 037, which differs from 1047 in six places.
func ebcdic037() string {
	table := []byte(ebcdic1047)
	for from, c := range map[byte]byte{0x5F: 0xAC, 0xB0: '^', 0xBA: '[', 0xBB: ']', 0xAD: 0xDD, 0xBD: 0xA8} {
		table[from] = c
	}
	return string(table)
}

// bitmapBytes is where the bitmaps are, or should be; end is 0 where the message has no
// room for one.
func (r *repairer) bitmapBytes() (start, end int) {
	n := r.spec.bitmap
	for i := range r.l.in.spans {
		if sp := &r.l.in.spans[i]; sp.parent < 0 && sp.node == r.spec.mti {
			start = int(sp.End)
		}
	}
	end = start + n.coding.size(n.length)
	if start == 0 || end > len(r.raw) {
		return 0, 0
	}
	return start, end
}

// translated is bytes by a table of what they mean.
func translated(raw []byte, means string) []byte {
	out := make([]byte, len(raw))
	for i, c := range raw {
		out[i] = means[c]
	}
	return out
}

// untranslated is bytes by the inverse of a table.
func untranslated(raw []byte, means string) []byte {
	var inverse [256]byte
	for i := range len(means) {
		inverse[means[i]] = byte(i)
	}
	return translated(raw, string(inverse[:]))
}

// latin1 is text in UTF-8 as a byte for each character, or nil where it has one over FF
// or none over 7F.
func latin1(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for _, c := range string(raw) {
		if c > 0xFF {
			return nil
		}
		out = append(out, byte(c))
	}
	return out
}

// highBits is a bitmap that lost the highest bit of each byte: fields 1, 9, 17 and so on
// in any choice.
func (r *repairer) highBits() {
	start, end := r.bitmapBytes()
	if end == 0 || r.spec.bitmap.coding != codeBinary {
		return
	}
	if strings.IndexFunc(string(r.raw), func(c rune) bool { return c > 0x7F }) >= 0 {
		return
	}
	for choice := 1; choice < 1<<min(8, end-start); choice++ {
		by := append([]byte(nil), r.raw[start:end]...)
		var put []int
		for i := range by {
			if choice>>i&1 != 0 {
				by[i] |= 0x80
				put = append(put, 8*i+1)
			}
		}
		r.edited(start, end, by, -4-2*len(put), func() string {
			return r.t.sprintf("the highest bit of each byte was lost: set bits %s of the bitmap", "各字节最高位丢失:请设置位图第%s位", numberList(put))
		})
	}
}
