package iso8583

import "bytes"

// appendValue appends the value of an element as its characters or, of a binary one,
// its bytes: what a field holds when how it lay on the wire is forgotten.
func appendValue(dst []byte, n *node, wire []byte, chars int) []byte {
	from := len(dst)
	return n.pad.strip(appendCoded(dst, n, wire, chars), from)
}

// appendCoded appends the value with what fills it up to its length.
func appendCoded(dst []byte, n *node, wire []byte, chars int) []byte {
	switch n.coding {
	case codeBCD, codeTrackFront:
		dst = appendDigits(dst, wire, chars%2, chars)
	case codePart:
		dst = appendDigits(dst, wire, int(n.skip), chars)
	case codeLBCD, codeTrack:
		dst = appendDigits(dst, wire, 0, chars)
	case codeSigned:
		dst = appendDigits(append(dst, wire[0]), wire[1:], (chars-1)%2, chars-1)
	case codeEBCDIC:
		for _, c := range wire {
			dst = append(dst, n.table[c])
		}
	case codeHex:
		for i := 0; i+1 < len(wire); i += 2 {
			hi, _ := n.hexDigit(wire[i])
			lo, _ := n.hexDigit(wire[i+1])
			dst = append(dst, hi<<4|lo)
		}
	default:
		dst = append(dst, wire...)
	}
	return dst
}

// appendText appends the text form: characters, or hex where the element is binary.
func appendText(dst []byte, n *node, wire []byte, chars int, tag uint32) []byte {
	switch {
	case n.layout == layoutPositional:
		return appendJoined(dst, n, wire)
	case n.letters:
		return appendCoded(dst, n, wire, chars)
	}
	if n.layout != layoutNone && n.layout != layoutCut || (n.binary && n.coding != codeHex) {
		return appendHex(dst, wire)
	}
	if n.binary {
		return appendHex(dst, appendValue(nil, n, wire, chars))
	}
	return appendValue(dst, n, wire, chars)
}

// appendJoined appends the text forms of positional subfields one after the other.
func appendJoined(dst []byte, n *node, body []byte) []byte {
	d := decoder{raw: body}
	self := int32(0)
	d.spans = append(d.spans, Span{node: n, End: int32(len(body))})
	d.walkPositional(n, self, 0, len(body), n.prefix != prefixFixed)
	for i := range d.spans {
		sp := &d.spans[i]
		if i > 0 && sp.parent == self {
			dst = appendText(dst, sp.node, body[sp.Start:sp.End], int(sp.chars), 0)
		}
	}
	return dst
}

// appendDigits appends n nibbles as characters from '0' on, leaving out the first skip.
func appendDigits(dst, packed []byte, skip, n int) []byte {
	for i := skip; i < skip+n; i++ {
		c := packed[i/2]
		if i%2 == 0 {
			c >>= 4
		}
		dst = append(dst, '0'+c&15)
	}
	return dst
}

// packDigits packs characters from '0' on, two a byte; behind says where an odd
// number of them has its 0.
func packDigits(value []byte, behind bool) []byte {
	odd := len(value) % 2
	out := make([]byte, (len(value)+1)/2)
	for i, c := range value {
		at := i
		if !behind {
			at += odd
		}
		if at%2 == 0 {
			out[at/2] |= (c - '0') << 4
		} else {
			out[at/2] |= (c - '0') & 15
		}
	}
	return out
}

// strip takes the padding off what dst holds from a place on.
func (p pad) strip(dst []byte, from int) []byte {
	value := dst[from:]
	switch p.side {
	case -1:
		kept := bytes.TrimLeft(value, string(rune(p.char)))
		return dst[:from+copy(value, kept)]
	case 1:
		return dst[:from+len(bytes.TrimRight(value, string(rune(p.char))))]
	}
	return dst
}
