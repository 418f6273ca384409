package iso8583

// objects marks, in the hex of bytes that are BER-TLV from the first to the last, the
// values of the data objects that carry card data: a private field may hold chip data that
// the spec knows nothing of.
func (w *sweep) objects(hex []byte) {
	before := len(w.found)
	if !w.objectsIn(hex, 0, 0) {
		w.found = w.found[:before]
	}
}

// objectsIn marks what is in a template. It reports whether the bytes were BER-TLV alone.
func (w *sweep) objectsIn(hex []byte, at, depth int) bool {
	r := hexReader{hex: hex}
	for r.more() {
		first, ok := r.next()
		if first == 0 && ok {
			continue // between elements
		}
		tag, ok := r.tag(first)
		size, fits := r.size()
		if !ok || !fits {
			return false
		}
		from := r.at
		r.at += 2 * size
		switch {
		case classOfTag(tag) != classOpen:
			w.found = append(w.found, stretch{at + from, at + r.at})
		case first&0x20 != 0 && depth < berDepthMost:
			w.objectsIn(hex[from:r.at], at+from, depth+1)
		}
	}
	return true
}

// hexReader reads bytes from their hex.
type hexReader struct {
	hex []byte
	at  int
}

func (r *hexReader) more() bool { return r.at+1 < len(r.hex) }

func (r *hexReader) next() (b byte, ok bool) {
	if !r.more() {
		return 0, false
	}
	hi, ok1 := unhex(r.hex[r.at])
	lo, ok2 := unhex(r.hex[r.at+1])
	r.at += 2
	return hi<<4 | lo, ok1 && ok2
}

// tag reads the rest of a tag of up to four bytes.
func (r *hexReader) tag(first byte) (tag uint32, ok bool) {
	tag = uint32(first)
	if first&0x1F != 0x1F {
		return tag, true
	}
	for range 3 {
		b, ok := r.next()
		if tag = tag<<8 | uint32(b); !ok || b&0x80 == 0 {
			return tag, ok
		}
	}
	return 0, false
}

// size reads a definite length that what is left can hold.
func (r *hexReader) size() (size int, ok bool) {
	b, ok := r.next()
	if b < 0x80 {
		return int(b), ok && r.at+2*int(b) <= len(r.hex)
	}
	if b == 0x80 || b > 0x83 {
		return 0, false
	}
	for range b & 0x7F {
		c, more := r.next()
		size, ok = size<<8|int(c), ok && more
	}
	return size, ok && r.at+2*size <= len(r.hex)
}
