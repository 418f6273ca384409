package iso8583

// codings tries fields whose value is coded otherwise than the spec says: justified to
// the other side, packed or not, or of another length.
func (r *repairer) codings() {
	r.bitmapCoding()
	r.justification()
	for _, s := range r.sites() {
		r.packed(s)
		r.sized(s)
	}
}

// bitmapCoding tries a bitmap in hex where the spec has bytes, the reverse, and one that
// always has 16 bytes.
func (r *repairer) bitmapCoding() {
	was := r.spec.bitmap
	try := func(prior int, change func(*node), say func() string) {
		n := *was
		change(&n)
		n.size = n.coding.size(n.length)
		r.alt.bitmap = &n
		r.closes(hypothesis{spec: r.alt, raw: r.raw, prior: prior, say: say})
		r.alt.bitmap = was
	}
	if was.coding == codeHex {
		try(-4, func(n *node) { n.coding = codeBinary }, func() string {
			return r.t.sprintf("read the bitmap as %d bytes, not as hex characters", "位图按%d字节读取，而不是十六进制字符", was.length)
		})
	} else {
		try(-4, func(n *node) { n.coding = codeHex }, func() string {
			return r.t.sprintf("read the bitmap as %d hex characters, not as bytes", "位图按%d个十六进制字符读取，而不是字节", 2*was.length)
		})
	}
	if was.length == 8 {
		try(-5, func(n *node) { n.length, n.fixed = 16, true }, func() string {
			return r.t.pick("read a bitmap of 128 bits though bit 1 is not set", "即使第1位未设置，也按128位位图读取")
		})
	}
}

// justification tries an odd number of digits with its pad nibble at the other end.
func (r *repairer) justification() {
	other := map[coding]coding{codeBCD: codeLBCD, codeLBCD: codeBCD}
	side := func(c coding) string {
		if c == codeBCD {
			return r.t.pick("in front (to the right)", "在前(右对齐)")
		}
		return r.t.pick("behind (to the left)", "在后(左对齐)")
	}
	for _, was := range []coding{codeBCD, codeLBCD} {
		for _, fixed := range []bool{true, false} {
			of := func(n *node) bool {
				return n.coding == was && n.layout == layoutNone && (n.prefix == prefixFixed) == fixed && (!fixed || n.length%2 == 1)
			}
			kind := r.t.pick("every field with a length", "所有变长域")
			if fixed {
				kind = r.t.pick("every fixed field of an odd number of digits", "所有奇数位定长域")
			}
			r.underAll(-3, of, func(n *node) { n.coding = other[was] }, func() string {
				return r.t.sprintf("%s: its digits have the pad nibble %s, not %s", "%s:填充半字节%s,不是%s", kind, side(other[was]), side(was))
			})
		}
	}
	for _, s := range r.sites() {
		if is, ok := other[s.node.coding]; ok && s.node.layout == layoutNone {
			r.under(s, -4, func(n *node) { n.coding = is }, func() string {
				return r.t.sprintf("%s, byte %d: its digits have the pad nibble %s, not %s", "%s,字节%d:填充半字节%s,不是%s", r.fieldName(s.num), s.start, side(is), side(s.node.coding))
			})
		}
	}
}

// packed tries digits as characters where the spec packs them and the reverse, and bytes
// as hex characters.
func (r *repairer) packed(s site) {
	if s.node.layout != layoutNone {
		return
	}
	try := func(prior int, is coding, en, zh string) {
		r.under(s, prior, func(n *node) { n.coding = is }, func() string {
			return r.t.sprintf("%s, byte %d: "+en, "%s,字节%d:"+zh, r.fieldName(s.num), s.offset)
		})
	}
	switch s.node.coding {
	case codeBCD, codeLBCD, codeTrack:
		try(-6, codeASCII, "characters, not packed digits", "是字符，不是压缩数字")
	case codeASCII:
		if s.node.content == contentN || s.node.content == contentAN || s.node.content == contentTrack {
			try(-7, codeBCD, "packed digits, not characters", "是压缩数字，不是字符")
			try(-8, codeLBCD, "packed digits to the left, not characters", "是左对齐压缩数字，不是字符")
		}
	case codeHex:
		try(-5, codeBinary, "bytes, not hex characters", "是字节，不是十六进制字符")
	case codeBinary:
		if s.node.binary {
			try(-5, codeHex, "hex characters, not bytes", "是十六进制字符，不是字节")
		}
	case codeSigned, codeEBCDIC:
	}
}

// sized tries a fixed field that is a byte or two longer or shorter than the spec says,
// or has a length in front.
func (r *repairer) sized(s site) {
	n := s.node
	if n.prefix != prefixFixed || n.layout != layoutNone {
		return
	}
	per := max(1, 2*n.coding.size(8)/8) // bytes of two characters
	step := 2
	if per >= 2 {
		step = 1
	}
	for _, by := range []int{-1, 1, -2, 2} {
		length := n.length + by*step
		if length < 1 {
			continue
		}
		size := n.coding.size(length)
		prior := -7
		if by%2 == 0 {
			prior = -9
		}
		r.under(s, prior, func(n *node) { n.length = length }, func() string {
			return r.t.sprintf("%s, byte %d: it has %s here, not %d: %s", "%s,字节%d:此处为%s，不是%d字节:%s", r.fieldName(s.num), s.offset, r.t.bytes(size), n.size, r.sizeReason(size < n.size))
		})
	}
	for _, p := range []prefixing{prefixASCII, prefixBCD, prefixBinary} {
		counted := *n
		counted.prefix, counted.digits, counted.length = p, 2, 99
		prior := -11
		if size := counted.prefixSize(); s.offset+size <= len(r.raw) {
			if chars, bad := counted.readPrefix(r.raw[s.offset : s.offset+size]); bad < 0 && chars == n.length {
				prior = -5 // it says the very length that the field has
			}
		}
		r.under(s, prior, func(n *node) { *n = counted }, func() string {
			return r.t.sprintf("%s, byte %d: it has a length in front, two of %s", "%s,字节%d:前面有长度，两位%s", r.fieldName(s.num), s.offset, r.t.prefixName(p))
		})
	}
}

func (r *repairer) sizeReason(less bool) string {
	if less {
		return r.t.pick("something was lost, or the spec says otherwise than the sender", "有字节丢失，或规范与发送方不一致")
	}
	return r.t.pick("something was put in, or the spec says otherwise than the sender", "有多余字节，或规范与发送方不一致")
}
