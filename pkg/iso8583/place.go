package iso8583

// Number is the number of the field that the i-th element is: 0 the MTI, 1 the bitmaps.
// It is -1 where the element is a part of a field.
func (l *Layout) Number(i int) int {
	sp := &l.in.spans[i]
	if sp.parent >= 0 {
		return -1
	}
	return sp.node.num
}

// Tag is the BER-TLV tag of the i-th element, or 0 where it is none.
func (l *Layout) Tag(i int) uint32 {
	sp := &l.in.spans[i]
	if sp.node.tagged {
		return 0
	}
	return sp.tag
}
