package detect

import (
	"encoding/binary"
	"strings"
)

// lengthKind is one way of telling the length of what follows.
type lengthKind uint8

const (
	noLength    lengthKind = iota
	binary2                // two bytes, high byte first, themselves not counted
	binary2Self            // the same, themselves counted
	little2                // two bytes, low byte first
	bcd2                   // four packed digits
	ascii4                 // four ASCII digits
	hex4                   // four hexadecimal characters
	binary4                // four bytes, high byte first
	vml4                   // two bytes as binary2, then two that are zero
	stx                    // STX, four packed digits, the body, ETX, the exclusive or of all after STX
	lengthKinds
)

// headerKind is what may stand between a length and the message type.
type headerKind uint8

const (
	noHeader     headerKind = iota
	unionpay6               // 60 to 65, version, state, all packed digits
	visa22                  // 16 01 02 and the length of the whole
	base24                  // "ISO" and nine digits, ASCII
	base24EBCDIC            // the same in EBCDIC
	strange                 // up to twelve characters that nothing is known of
	headerKinds
)

// The greatest number of bytes of a header that nothing is known of, and the sizes of
// those that are known.
const (
	strangeMost  = 12
	tpduSize     = 5
	unionpaySize = 6
	visaSize     = 22
	base24Size   = 12
)

// fit is how a length agrees with the bytes there are.
type fit uint8

const (
	fitNone  fit = iota // there is no length
	fitExact            // it is the number of bytes that follow
	fitCut              // it promises more bytes than there are
	fitMore             // other bytes follow the ones that it counts
	fitWrong            // the message runs on to the end although the length counts less
)

// envelope is one way to take what stands around a message.
type envelope struct {
	length lengthKind
	fit    fit
	tpdu   bool
	header headerKind
	coding mtiCoding // of the message type at start
	size   uint8     // bytes of a strange header
	start  int       // of the message type
	end    int       // of the message
	total  int       // bytes of the whole by its length; the bytes there are where it has none
}

// same reports that two envelopes are made of the same parts.
func (e envelope) same(f envelope) bool {
	return e.length == f.length && e.tpdu == f.tpdu && e.header == f.header && e.size == f.size && e.coding == f.coding
}

// name is the parts joined with +, as package link names framings.
func (e envelope) name() string {
	var parts []string
	if e.length != noLength {
		parts = append(parts, e.length.String())
	}
	if e.tpdu {
		parts = append(parts, "tpdu")
	}
	if e.header != noHeader {
		parts = append(parts, e.header.name(int(e.size)))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, "+")
}

// envelopes calls visit with every envelope behind which a message type stands.
func envelopes(raw []byte, allowed func(envelope) bool, visit func(envelope)) {
	for kind := range lengthKinds {
		start, tail, total, ok := kind.open(raw)
		if !ok {
			continue
		}
		e := envelope{length: kind, start: start, end: len(raw) - tail, total: total}
		switch {
		case kind == noLength:
			e.fit = fitNone
		case total == len(raw):
			e.fit = fitExact
		case total > len(raw):
			e.fit, e.end = fitCut, len(raw)
		default:
			e.fit, e.end = fitMore, total-tail
		}
		only := func(found envelope) {
			counted := found.fit != fitWrong || found.start < found.total
			if counted && (allowed == nil || allowed(found)) {
				visit(found)
			}
		}
		headers(raw, e, only)
		if e.fit == fitMore && kind != stx {
			e.fit, e.end = fitWrong, len(raw)
			headers(raw, e, only)
		}
	}
}

// headers visits what may stand between a length and the message type.
func headers(raw []byte, e envelope, visit func(envelope)) {
	if e.start >= e.end {
		return
	}
	body := raw[:e.end]
	innerHeaders(body, e, visit)
	if id := body[e.start]; (id == 0x60 || id == 0x68) && e.end-e.start > tpduSize {
		e.tpdu, e.start = true, e.start+tpduSize
		innerHeaders(body, e, visit)
	}
}

func innerHeaders(body []byte, e envelope, visit func(envelope)) {
	from := e.start
	at := func(kind headerKind, size int) {
		e.header, e.start, e.size = kind, from+size, 0
		if kind == strange {
			e.size = uint8(size)
		}
		e.types(body, visit)
	}
	for kind := range strange {
		if size, ok := kind.open(body[from:], e.tpdu); ok {
			at(kind, size)
		}
	}
	if e.fit != fitNone && e.fit != fitExact {
		return
	}
	for size := 1; size <= strangeMost && from+size+4 <= len(body); size++ {
		if isStrangeHeader(body[from:from+size], body[from+size:]) {
			at(strange, size)
		}
	}
}

// types visits the envelope with each coding in which a message type stands behind it.
func (e envelope) types(body []byte, visit func(envelope)) {
	for coding := range mtiCodings {
		m, ok := mtiAt(body[e.start:], coding)
		if !ok || !m.legal() && (e.fit != fitExact || e.header == strange) {
			continue
		}
		if e.header == strange && coding == mtiBCD {
			continue
		}
		e.coding = coding
		visit(e)
	}
}

// open reads a length in front of raw: where what it counts begins, how many bytes come
// after that, and how many bytes the whole has by it.
func (k lengthKind) open(raw []byte) (start, tail, total int, ok bool) {
	if k == noLength {
		return 0, 0, len(raw), true
	}
	size := k.size()
	if len(raw) <= size {
		return 0, 0, 0, false
	}
	n := 0
	switch k {
	case binary2, binary2Self:
		n = int(binary.BigEndian.Uint16(raw))
	case little2:
		n = int(binary.LittleEndian.Uint16(raw))
	case bcd2:
		n, ok = digitsBCD(raw[:2])
	case ascii4:
		n, ok = digitsASCII(raw[:4])
	case hex4:
		n, ok = digitsHex(raw[:4])
	case binary4:
		n = int(binary.BigEndian.Uint32(raw))
	case vml4:
		n, ok = int(binary.BigEndian.Uint16(raw)), raw[2] == 0 && raw[3] == 0
	case stx:
		return openSTX(raw)
	default:
	}
	if k == binary2 || k == binary2Self || k == little2 || k == binary4 {
		ok = true
	}
	total = size + n
	if k == binary2Self {
		total = n
	}
	return size, 0, total, ok && total > size && total <= frameMost
}

// frameMost is the longest frame that a length is believed to speak of.
const frameMost = 1 << 20

const (
	byteSTX = 0x02
	byteETX = 0x03
)

// openSTX reads the frame of a till's serial line. Of a whole one the check byte must be
// right.
func openSTX(raw []byte) (start, tail, total int, ok bool) {
	n, ok := digitsBCD(raw[1:3])
	if raw[0] != byteSTX || !ok || n == 0 {
		return 0, 0, 0, false
	}
	total = 3 + n + 2
	if total <= len(raw) {
		var check byte
		for _, b := range raw[1 : total-1] {
			check ^= b
		}
		if raw[total-2] != byteETX || check != raw[total-1] {
			return 0, 0, 0, false
		}
	}
	return 3, 2, total, true
}

// size is the bytes in front of what is counted.
func (k lengthKind) size() int {
	switch k {
	case noLength:
		return 0
	case binary2, binary2Self, little2, bcd2:
		return 2
	case stx:
		return 3
	default:
		return 4
	}
}

// String is the name that package link has for it.
func (k lengthKind) String() string {
	switch k {
	case binary2:
		return "binary2"
	case binary2Self:
		return "binary2-self"
	case little2:
		return "little2"
	case bcd2:
		return "bcd2"
	case ascii4:
		return "ascii4"
	case hex4:
		return "hex4"
	case binary4:
		return "binary4"
	case vml4:
		return "vml4"
	case stx:
		return "stx"
	default:
		return "none"
	}
}
