package emv

import (
	"errors"
	"fmt"
)

// The causes of a [SyntaxError].
var (
	// ErrTag: a tag field of more than four bytes, or a zero byte where a tag must be.
	ErrTag = errors.New("not a tag of one to four bytes")
	// ErrLength: a length field of more than four bytes behind its first.
	ErrLength = errors.New("length field of more than five bytes")
	// ErrIndefinite: the length byte 80, which EMV does not allow (Book 3, annex B2).
	ErrIndefinite = errors.New("indefinite length")
	// ErrTruncated: the bytes end before the object does.
	ErrTruncated = errors.New("bytes end inside the object")
	// ErrDepth: templates nested deeper than MaxDepth.
	ErrDepth = errors.New("templates nested too deep")
)

// SyntaxError says where bytes stop being BER-TLV. It never holds a value.
type SyntaxError struct {
	// Offset is the position of the object's first byte from the start of the whole
	// input, from 0.
	Offset int
	// Tag is the object's tag, zero if the tag itself could not be read.
	Tag Tag
	// Want and Got are the length in bytes that the object claims for its value and
	// what is there, where the cause is ErrTruncated.
	Want, Got int
	// Err is one of the causes above.
	Err error
}

// Error implements error.
func (e *SyntaxError) Error() string {
	at := fmt.Sprintf("data object at offset %d", e.Offset)
	if e.Tag != 0 {
		at = fmt.Sprintf("data object %s at offset %d", e.Tag, e.Offset)
	}
	if e.Want > 0 {
		return fmt.Sprintf("%s: %v: got %d bytes of value, want %d", at, e.Err, e.Got, e.Want)
	}
	return fmt.Sprintf("%s: %v", at, e.Err)
}

// Unwrap gives the cause.
func (e *SyntaxError) Unwrap() error { return e.Err }

// Mode says how a [Reader] takes bytes that are not quite BER-TLV.
type Mode uint8

// The modes.
const (
	// Strict takes what EMV 4.4 Book 3 annex B allows: 00 as filling between objects,
	// lengths of up to five bytes, whether or not a shorter form would do.
	Strict Mode = iota
	// Lenient also skips FF between objects, as cards in the field have it behind
	// erased data, and keeps what it can of the rest: see [Parse].
	Lenient
)

// Object is one data object where it lies: Value is part of the input, not a copy.
type Object struct {
	Tag    Tag
	Offset int // of the first byte of the tag, from the start of the whole input
	Header int // length of tag and length field together, in bytes
	Value  []byte
}

// End is the offset behind the last byte of the value.
func (o Object) End() int { return o.Offset + o.Header + len(o.Value) }

// Reader walks the data objects of one level without allocating. It reads any bytes
// without a panic, whatever lengths they claim.
//
//	r := emv.NewReader(b)
//	for r.Next() {
//		use(r.Object())
//	}
//	return r.Err()
type Reader struct {
	data []byte
	base int // offset of data[0] in the whole input
	pos  int
	mode Mode
	obj  Object
	err  *SyntaxError
}

// NewReader walks b strictly.
func NewReader(b []byte) Reader { return Reader{data: b} }

// NewLenientReader walks b in [Lenient] mode.
func NewLenientReader(b []byte) Reader { return Reader{data: b, mode: Lenient} }

// Inside walks the objects within a constructed object, in the mode of r and with
// offsets from the same start.
func (r *Reader) Inside(o Object) Reader {
	return Reader{data: o.Value, base: o.Offset + o.Header, mode: r.mode}
}

// Next moves to the next object and reports whether there is one. After a false, Err
// tells the end from a fault.
func (r *Reader) Next() bool {
	if r.err != nil {
		return false
	}
	if r.readShort() {
		return true
	}
	r.skipFilling()
	if r.pos >= len(r.data) {
		return false
	}
	return r.read()
}

// readShort takes the object at pos if it is what nearly all are: whole, with a tag of one or
// two bytes and a length of one. It leaves all else to read.
func (r *Reader) readShort() bool {
	d := r.data[r.pos:]
	if len(d) < 3 || d[0] == 0x00 || d[0] == 0xFF {
		return false
	}
	tag, header := Tag(d[0]), 2
	if d[0]&0x1F == 0x1F {
		if d[1]&0x80 != 0 {
			return false
		}
		tag, header = tag<<8|Tag(d[1]), 3
	}
	end := header + int(d[header-1])
	if end >= header+0x80 || end > len(d) {
		return false
	}
	r.obj = Object{Tag: tag, Offset: r.base + r.pos, Header: header, Value: d[header:end:end]}
	r.pos += end
	return true
}

// Object is the one that Next moved to.
func (r *Reader) Object() Object { return r.obj }

// Err is nil at the regular end of the input, else a *SyntaxError.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// torn is the template that the input ends in, if that is the fault.
func (r *Reader) torn() (Object, bool) {
	return r.obj, r.err != nil && r.err.Want > 0 && r.err.Tag.IsConstructed()
}

// Rest is what was not read: after a fault, the bytes from the object at fault on.
func (r *Reader) Rest() []byte { return r.data[r.pos:] }

// read takes the object at pos.
func (r *Reader) read() bool {
	tag, n, err := readTag(r.data[r.pos:])
	if err != nil {
		return r.fail(0, err)
	}
	size, m, err := readLength(r.data[r.pos+n:])
	if err != nil {
		return r.fail(tag, err)
	}
	start := r.pos + n + m
	if there := len(r.data) - start; size > there {
		r.fail(tag, ErrTruncated)
		r.err.Want, r.err.Got = size, there
		r.obj = Object{Tag: tag, Offset: r.base + r.pos, Header: n + m, Value: r.data[start:]}
		return false
	}
	r.obj = Object{Tag: tag, Offset: r.base + r.pos, Header: n + m, Value: r.data[start : start+size : start+size]}
	r.pos = start + size
	return true
}

func (r *Reader) fail(tag Tag, err error) bool {
	r.err = &SyntaxError{Offset: r.base + r.pos, Tag: tag, Err: err}
	return false
}

// skipFilling passes over 00, and in lenient mode over FF. FF may also begin a private
// tag (FF81..): it is filling when another FF follows, or when no whole object begins
// there.
func (r *Reader) skipFilling() {
	for start := r.pos; r.pos < len(r.data); r.pos++ {
		switch c := r.data[r.pos]; {
		case c == 0x00:
		case c == 0xFF && r.mode == Lenient && (r.pos > start && r.data[r.pos-1] == 0xFF || r.isFilling()):
		default:
			return
		}
	}
}

func (r *Reader) isFilling() bool {
	rest := r.data[r.pos:]
	if len(rest) == 1 || rest[1] == 0xFF {
		return true
	}
	_, n, err := readTag(rest)
	if err != nil {
		return true
	}
	size, m, err := readLength(rest[n:])
	return err != nil || size > len(rest)-n-m
}

// readLength reads the length field at the start of b and gives the length it says
// and its own. A length is at most 2^32-1, so it cannot overflow an int of 64 bits;
// on 32 bits a length over 2^31-1 is refused as truncated.
func readLength(b []byte) (size, n int, err error) {
	if len(b) == 0 {
		return 0, 0, ErrTruncated
	}
	if b[0] < 0x80 {
		return int(b[0]), 1, nil
	}
	n = int(b[0] & 0x7F)
	switch {
	case n == 0:
		return 0, 0, ErrIndefinite
	case n > 4:
		return 0, 0, ErrLength
	case n >= len(b):
		return 0, 0, ErrTruncated
	}
	var long uint64
	for _, c := range b[1 : 1+n] {
		long = long<<8 | uint64(c)
	}
	if long > 1<<31-1 {
		return 0, 0, ErrTruncated
	}
	return int(long), 1 + n, nil
}
