package iso8583

// lengths tries the length of each variable field up to the fault: coded otherwise, of
// another number of digits, counting other things, or wrong.
func (r *repairer) lengths() {
	r.allLengths()
	read := map[prefixing]int{} // how many lengths of a coding were read as the spec has it
	for _, s := range r.sites() {
		if s.counted() {
			r.recoded(s, read[s.node.prefix] > 0)
			r.counting(s)
			read[s.node.prefix]++
		}
	}
	for _, s := range r.sites() {
		if s.counted() && s.chars >= 0 {
			r.offBy(s)
		}
	}
}

// prefixings are the ways in which a length may be coded.
func prefixings() []prefixing {
	return []prefixing{prefixBCD, prefixBinary, prefixASCII, prefixEBCDIC, prefixHex}
}

// prefixName is how a length is coded, in words.
func (t tongue) prefixName(p prefixing) string {
	switch p {
	case prefixBCD:
		return t.pick("packed digits", "压缩BCD")
	case prefixBinary:
		return t.pick("a binary number", "二进制")
	case prefixHex:
		return t.pick("hex characters", "十六进制字符")
	case prefixEBCDIC:
		return t.pick("EBCDIC digits", "EBCDIC数字")
	default:
		return t.pick("ASCII digits", "ASCII数字")
	}
}

// allLengths tries the lengths of all fields of one coding in another, or all counting
// otherwise.
func (r *repairer) allLengths() {
	for _, was := range prefixings() {
		for _, is := range prefixings() {
			if is == was {
				continue
			}
			of := func(n *node) bool { return n.prefix == was }
			r.underAll(-4, of, func(n *node) { n.prefix = is }, func() string {
				return r.t.sprintf("read every length as %s, not as %s", "所有长度按%s读取，而不是%s", r.t.prefixName(is), r.t.prefixName(was))
			})
			// A binary or hex byte holds what three digits do.
			fewer := func(n *node) { n.prefix, n.digits = is, map[int]int{1: 1, 2: 1, 3: 2, 4: 2}[n.digits] }
			r.underAll(-5, of, fewer, func() string {
				return r.t.sprintf("read every length as %s of fewer bytes, not as %s", "所有长度按较少字节的%s读取，而不是%s", r.t.prefixName(is), r.t.prefixName(was))
			})
		}
	}
	for _, c := range r.counts() {
		r.countingAll(c)
	}
}

// recoded tries the length of one field in another coding, and of other digits. Where
// others of its coding were sound it is less likely.
func (r *repairer) recoded(s site, others bool) {
	for _, is := range prefixings() {
		for digits := 1; digits <= 4; digits++ {
			prior := -5
			switch {
			case is == s.node.prefix && digits == s.node.digits:
				continue
			case is != s.node.prefix && digits != s.node.digits:
				prior = -9
			case is != s.node.prefix && is == prefixHex:
				prior = -8
			case is == s.node.prefix:
				prior = -7
			}
			if others {
				prior -= 3
			}
			r.under(s, prior, func(n *node) { n.prefix, n.digits = is, digits }, func() string {
				return r.t.sprintf("%s, byte %d: read the length as %d of %s, not as %d of %s", "%s,字节%d:长度按%d位%s读取，而不是%d位%s",
					r.fieldName(s.num), s.offset, digits, r.t.prefixName(is), s.node.digits, r.t.prefixName(s.node.prefix))
			})
		}
	}
}

// count is another thing that a length may count.
type count struct {
	of     func(n *node, chars int) int // the length in the units of the spec, or -1
	prior  int
	en, zh string
}

// counts are what lengths count by mistake.
func (r *repairer) counts() []count {
	packed := func(n *node) bool { return n.coding == codeBCD || n.coding == codeLBCD || n.coding == codeTrack }
	return []count{
		{func(n *node, chars int) int {
			if !packed(n) {
				return -1
			}
			return 2 * chars
		}, -4, "the length counts bytes, not digits", "长度按字节计，而不是按位数计"},
		{func(n *node, chars int) int {
			if !packed(n) {
				return -1
			}
			return 2*chars - 1
		}, -6, "the length counts bytes, not digits, of an odd number", "长度按字节计，而不是按位数(奇数)计"},
		{func(n *node, chars int) int {
			if packed(n) || chars%2 != 0 {
				return -1
			}
			return chars / 2
		}, -5, "the length counts hex digits, not bytes", "长度按十六进制位数计，而不是按字节计"},
		{func(n *node, chars int) int { return chars - n.prefixSize() }, -5, "the length counts itself", "长度包含自身"},
		{func(n *node, chars int) int { return chars + n.prefixSize() }, -8, "the length should count itself, and the spec says it does not", "长度应包含自身，而规范规定不包含"},
	}
}

// counting tries the length of one field as one of other things.
func (r *repairer) counting(s site) {
	if s.chars < 0 {
		return
	}
	for _, c := range r.counts() {
		by := s.node.writePrefix(c.of(s.node, s.chars))
		if by == nil {
			continue
		}
		r.edited(s.offset, s.offset+s.node.prefixSize(), by, c.prior, func() string {
			return r.t.sprintf("%s, byte %d: "+c.en+" (%d, not %d)", "%s,字节%d:"+c.zh+"(%d,不是%d)", r.fieldName(s.num), s.offset, c.of(s.node, s.chars), s.chars)
		})
	}
}

// countingAll tries the lengths of all fields as one of other things: field by field, as
// each is found behind the one before it.
func (r *repairer) countingAll(c count) {
	raw := append([]byte(nil), r.raw...)
	changed, after := 0, 1
	for range 64 {
		at, n, chars, ok := r.nextCounted(raw, after)
		if !ok {
			break
		}
		after = n.num
		if by := n.writePrefix(c.of(n, chars)); by != nil {
			copy(raw[at:], by)
			changed++
		}
	}
	if changed < 2 {
		return
	}
	r.closes(hypothesis{spec: r.spec, raw: raw, prior: c.prior + 1, say: func() string {
		return r.t.sprintf("every field with a length: "+c.en, "所有变长域:"+c.zh)
	}})
}

// nextCounted is the first field behind another that has a length in front.
func (r *repairer) nextCounted(raw []byte, after int) (at int, n *node, chars int, ok bool) {
	r.steps += 1 + len(raw)/512
	if r.steps > stepsMost {
		return 0, nil, 0, false
	}
	_ = r.spec.Decode(raw, &r.try)
	pos := 0
	for i := range r.try.in.spans {
		sp := &r.try.in.spans[i]
		if sp.parent >= 0 {
			continue
		}
		pos = int(sp.End)
		if n := r.spec.field(sp.node.num); n != nil && n.num > after && n.num > 1 && n.prefixSize() > 0 {
			return int(sp.Offset), n, int(sp.chars), true
		}
	}
	set := r.set
	for i := range r.try.in.spans {
		if sp := &r.try.in.spans[i]; sp.parent < 0 {
			set.clear(sp.node.num)
		}
	}
	num := set.take()
	n = r.spec.field(num)
	if num == 0 || n == nil || num <= after || n.prefixSize() == 0 || pos+n.prefixSize() > len(raw) {
		return 0, nil, 0, false
	}
	chars, bad := n.readPrefix(raw[pos : pos+n.prefixSize()])
	return pos, n, chars, bad < 0
}

// offBy tries other numbers in the length of one field: near ones, and with its digits
// in other places.
func (r *repairer) offBy(s site) {
	const near = 40
	tries := make([]int, 0, 2*near+2)
	for by := 1; by <= near; by++ {
		tries = append(tries, s.chars-by, s.chars+by)
	}
	tries = append(tries, turned(s.chars, s.node.digits), s.chars*10, s.chars/10)
	for i, chars := range tries {
		by := s.node.writePrefix(chars)
		if by == nil || chars == s.chars || chars > s.node.length {
			continue
		}
		prior := -8
		switch {
		case i < 2:
			prior = -5
		case i >= 2*near:
			prior = -7
		}
		r.edited(s.offset, s.offset+s.node.prefixSize(), by, prior, func() string {
			return r.t.sprintf("%s, byte %d: the length is %d, not %d", "%s,字节%d:长度应为%d,不是%d", r.fieldName(s.num), s.offset, chars, s.chars)
		})
	}
}

// turned is a number of some digits with the last two in each other's place.
func turned(n, digits int) int {
	if digits < 2 {
		return -1
	}
	return n/100*100 + n%10*10 + n/10%10
}

// writePrefix is a length as the prefix of an element, or nil where it has no room.
func (n *node) writePrefix(chars int) []byte {
	if chars < 0 || n.prefixSize() == 0 {
		return nil
	}
	out := make([]byte, n.prefixSize())
	for i := len(out) - 1; i >= 0; i-- {
		switch n.prefix {
		case prefixBCD:
			out[i] = byte(chars/10%10<<4 | chars%10)
			chars /= 100
		case prefixBinary:
			out[i] = byte(chars)
			chars >>= 8
		case prefixHex:
			out[i] = hexPairs[2*(chars&15)+1]
			chars >>= 4
		case prefixEBCDIC:
			out[i] = 0xF0 + byte(chars%10)
			chars /= 10
		default:
			out[i] = '0' + byte(chars%10)
			chars /= 10
		}
	}
	if chars != 0 || n.prefix == prefixBCD && n.digits%2 == 1 && out[0]>>4 != 0 {
		return nil
	}
	return out
}
