package iso8583

import "strings"

// flips tries a bit of the bitmap too many or too few.
func (r *repairer) flips() {
	b, ok := r.bitmap()
	if !ok {
		return
	}
	for num := 1; num <= b.count(); num++ {
		if num <= r.stop {
			r.flip(b, num)
		}
	}
	r.inner()
}

// inner tries the bits of a bitmap in the field of the fault.
func (r *repairer) inner() {
	first, rest := cutPath(r.fault.Path)
	for i := range r.l.in.spans {
		sp := &r.l.in.spans[i]
		if sp.parent < 0 || !sp.node.bits || rest == "" && !r.isFault(ErrUnused, ErrShort) || !strings.HasPrefix(r.l.Path(i), first+".") {
			continue
		}
		b := bitmapOf(r.raw, sp)
		for num := 1; num <= b.count(); num++ {
			was := b.has(num)
			b.toggle(num)
			r.closes(hypothesis{spec: r.spec, raw: b.raw, prior: -3, say: func() string {
				if was {
					return r.t.sprintf("clear bit %d of the bitmap in field %s (byte %d): it is announced and not there", "清除域%[2]s中位图第%[1]d位(字节%[3]d):已声明但不存在", num, first, b.place(num))
				}
				return r.t.sprintf("set bit %d of the bitmap in field %s (byte %d): it is there and not announced", "设置域%[2]s中位图第%[1]d位(字节%[3]d):存在但未声明", num, first, b.place(num))
			}})
			b.toggle(num)
		}
	}
}

// moves tries a bit in the place of another, and all of them in other places.
func (r *repairer) moves() {
	b, ok := r.bitmap()
	if !ok {
		return
	}
	for _, b := range b.parts() {
		r.swapBytes(b)
		r.renumbered(b)
	}
	for _, near := range []bool{true, false} {
		if !near && len(r.found) > 0 {
			return
		}
		for from := 1; from <= b.count(); from++ {
			if !b.has(from) || r.spec.announces(from) {
				continue
			}
			for to := 1; to <= b.count(); to++ {
				if near != neighbours(from, to) || b.has(to) || min(from, to) > r.stop || r.spec.field(to) == nil || r.spec.announces(to) {
					continue
				}
				r.move(b, from, to)
			}
		}
	}
}

// neighbours reports places that a program counting from 0, or in the wrong byte, takes
// for each other.
func neighbours(a, b int) bool { return max(a-b, b-a) == 1 || max(a-b, b-a) == 8 }

// parts are all bitmaps and, where there is more than one, the first by itself: the bit
// that announces the next may be wrong.
func (b bitmapCopy) parts() []bitmapCopy {
	first := b
	first.end = b.start + b.node.coding.size(b.node.length)
	if first.end >= b.end {
		return []bitmapCopy{b}
	}
	return []bitmapCopy{b, first}
}

// bitmap is the bitmaps in a copy of the message, where they could be read.
func (r *repairer) bitmap() (bitmapCopy, bool) {
	at := bitmapIn(r.l.in)
	if at == nil || r.isFault(ErrMTI) {
		return bitmapCopy{}, false
	}
	return bitmapOf(r.raw, at), true
}

// renumbered tries all bits one place on or back, and counted from the other end of
// their byte or of the bitmap.
func (r *repairer) renumbered(b bitmapCopy) {
	n := b.count()
	set := make([]bool, n+1)
	for num := 1; num <= n; num++ {
		set[num] = b.has(num)
	}
	for _, way := range []struct {
		from   func(int) int
		en, zh string
	}{
		{func(num int) int { return num - 1 }, "every bit of the bitmap one place on: it counts from 0", "位图各位后移一位:它从0计数"},
		{func(num int) int { return num + 1 }, "every bit of the bitmap one place back", "位图各位前移一位"},
		{func(num int) int { return (num-1)/8*8 + 8 - (num-1)%8 }, "the bits of each byte of the bitmap from the other end", "位图每字节内的位序颠倒"},
		{func(num int) int { return n + 1 - num }, "the bits of the whole bitmap from the other end", "整个位图的位序颠倒"},
		{func(num int) int { return n - (num-1)/8*8 - 7 + (num-1)%8 }, "the bytes of the bitmap from the other end", "位图的字节序颠倒"},
		{func(num int) int { return (num-1)/8*8 + ((num-1)%8+4)%8 + 1 }, "the halves of each byte of the bitmap in each other's place", "位图每字节的高低半字节互换"},
	} {
		for num := 1; num <= n; num++ {
			from := way.from(num)
			if want := from >= 1 && from <= n && set[from]; want != b.has(num) {
				b.toggle(num)
			}
		}
		r.closes(hypothesis{spec: r.spec, raw: b.raw, prior: -6, say: func() string { return r.t.pick(way.en, way.zh) }})
		for num := 1; num <= n; num++ {
			if set[num] != b.has(num) {
				b.toggle(num)
			}
		}
	}
}

// bitmapCopy is the bitmaps of a message in a copy of it.
type bitmapCopy struct {
	raw        []byte
	start, end int
	node       *node
}

func bitmapOf(raw []byte, sp *Span) bitmapCopy {
	return bitmapCopy{raw: append([]byte(nil), raw...), start: int(sp.Start), end: int(sp.End), node: sp.node}
}

// count is the number of bits.
func (b bitmapCopy) count() int { return 8 * (b.end - b.start) / b.width() }

// width is the bytes of the message that a byte of the bitmap takes.
func (b bitmapCopy) width() int { return b.node.coding.size(1) }

// place is where in the message the byte of a bit lies.
func (b bitmapCopy) place(num int) int { return b.start + (num-1)/8*b.width() }

func (b bitmapCopy) byteAt(place int) byte {
	c, _ := b.node.bitmapByte(b.raw, place, 0)
	return c
}

func (b bitmapCopy) put(place int, c byte) {
	if b.node.coding != codeHex {
		b.raw[place] = c
		return
	}
	pair := appendHexByte(b.raw[:place], c)[place:]
	for i, digit := range pair {
		pair[i] = b.node.character(digit)
	}
}

// character is how an element writes an ASCII character.
func (n *node) character(c byte) byte {
	if at := strings.IndexByte(n.table, c); n.table != "" && at >= 0 {
		return byte(at)
	}
	return c
}

func (b bitmapCopy) has(num int) bool { return b.byteAt(b.place(num))&mask(num) != 0 }

func (b bitmapCopy) toggle(num int) { b.put(b.place(num), b.byteAt(b.place(num))^mask(num)) }

// mask is a bit in its byte, bit 1 the highest.
func mask(num int) byte { return 0x80 >> ((num - 1) % 8) }

// flip tries a bit that is set, or not, by mistake.
func (r *repairer) flip(b bitmapCopy, num int) {
	was, place, before := b.has(num), b.place(num), b.byteAt(b.place(num))
	b.toggle(num)
	after := b.byteAt(place)
	say := func() string {
		bytes := r.t.sprintf("byte %d: %02X becomes %02X", "字节%d:%02X改为%02X", place, before, after)
		switch {
		case r.spec.announces(num) && was:
			return r.t.sprintf("clear bit %d of the bitmap (%s): no further bitmap is there", "清除位图第%d位(%s):没有后续位图", num, bytes)
		case r.spec.announces(num):
			return r.t.sprintf("set bit %d of the bitmap (%s): a further bitmap follows", "设置位图第%d位(%s):后面还有位图", num, bytes)
		case was:
			return r.t.sprintf("clear bit %d of the bitmap (%s): %s is announced and not there", "清除位图第%d位(%s):%s已声明但不存在", num, bytes, r.fieldName(num))
		}
		return r.t.sprintf("set bit %d of the bitmap (%s): %s is there and not announced", "设置位图第%d位(%s):%s存在但未声明", num, bytes, r.fieldName(num))
	}
	r.closes(hypothesis{spec: r.spec, raw: b.raw, prior: -3, say: say})
	b.toggle(num)
}

// move tries a bit in the place of another. Neighbours, and places that a program
// counting from the wrong end or in the wrong byte takes for each other, are likelier.
func (r *repairer) move(b bitmapCopy, from, to int) {
	b.toggle(from)
	b.toggle(to)
	prior := -14
	if neighbours(from, to) {
		prior = -6
	}
	r.closes(hypothesis{spec: r.spec, raw: b.raw, prior: prior, say: func() string {
		return r.t.sprintf("bit %d of the bitmap in place of bit %d (bytes %d and %d): %s is there, %s is not",
			"位图应为第%d位而不是第%d位(字节%d和%d):存在%s,不存在%s", to, from, b.place(to), b.place(from), r.fieldName(to), r.fieldName(from))
	}})
	b.toggle(from)
	b.toggle(to)
}

// swapBytes tries bytes of the bitmap in each other's places, and all turned round.
func (r *repairer) swapBytes(b bitmapCopy) {
	n := b.count() / 8
	for i := range n {
		for j := i + 1; j < n; j++ {
			p, q := b.start+i*b.width(), b.start+j*b.width()
			x, y := b.byteAt(p), b.byteAt(q)
			if x == y {
				continue
			}
			b.put(p, y)
			b.put(q, x)
			prior := -14
			if j == i+1 {
				prior = -8
			}
			r.closes(hypothesis{spec: r.spec, raw: b.raw, prior: prior, say: func() string {
				return r.t.sprintf("bytes %d and %d of the message, of the bitmap, in each other's place", "报文第%d和第%d字节(位图)互换", p, q)
			}})
			b.put(p, x)
			b.put(q, y)
		}
	}
}
