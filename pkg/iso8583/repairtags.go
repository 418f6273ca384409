package iso8583

// objects tries the lengths of data objects in a field of BER-TLV that does not come out.
func (r *repairer) objects() {
	first, rest := cutPath(r.fault.Path)
	if rest == "" && !r.isFault(ErrTLV, ErrShort) {
		return
	}
	field := r.l.Find(first)
	if field < 0 || r.l.in.spans[field].node.layout != layoutBER {
		return
	}
	whole := &r.l.in.spans[field]
	pos := int(whole.Start)
	for i := field + 1; i < r.l.Len(); i++ {
		sp := &r.l.in.spans[i]
		if int(sp.parent) != field {
			continue
		}
		pos = int(sp.End)
		r.objectLength(int(sp.Start)-1, int(whole.End), sp.tag)
	}
	if at := r.fault.Offset; at >= pos && at < int(whole.End) {
		r.objectLength(at, int(whole.End), 0)
	}
}

// objectLength tries one byte as other lengths.
func (r *repairer) objectLength(at, end int, tag uint32) {
	if at < 0 || at >= end || r.raw[at] >= 0x80 {
		return
	}
	was := int(r.raw[at])
	tries := []int{end - at - 1}
	for by := 1; by <= 12; by++ {
		tries = append(tries, was-by, was+by)
	}
	for i, size := range tries {
		if size < 0 || size > 0x7F || size == was || i > 0 && size == tries[0] {
			continue
		}
		prior := -7
		if size == was-1 || size == was+1 {
			prior = -5
		}
		r.edited(at, at+1, []byte{byte(size)}, prior, func() string {
			name := r.t.tagName(tag)
			if name == "" {
				return r.t.sprintf("byte %d: the length of the data object is %d, not %d", "字节%d:数据对象的长度应为%d,不是%d", at, size, was)
			}
			return r.t.sprintf("byte %d: the length of %s (%s) is %d, not %d", "字节%d:%s(%s)的长度应为%d,不是%d", at, string(appendTag(nil, tag)), name, size, was)
		})
	}
}
