package iso8583

import "errors"

// site is a field of the broken message, or where one should be.
type site struct {
	num        int
	node       *node
	offset     int // of its length prefix, or of its value
	start, end int // of its value; end is 0 where that could not be read
	chars      int // its length as it was read, or -1
}

// sites are the fields up to the first fault, in order: a change behind it cannot help.
// The last one is that at which the decoder stopped.
func (r *repairer) sites() []site {
	var sites []site
	end := 0
	for i := range r.l.in.spans {
		sp := &r.l.in.spans[i]
		if sp.parent >= 0 {
			continue
		}
		end = int(sp.End)
		n := sp.node
		if declared := r.spec.field(n.num); declared != nil {
			n = declared // a field 55 that was taken for text is BER-TLV all the same
		}
		if n.num > 1 && n.num <= r.stop && n != r.spec.mti && !n.bits {
			sites = append(sites, site{num: n.num, node: n, offset: int(sp.Offset), start: int(sp.Start), end: end, chars: int(sp.chars)})
		}
	}
	if stopped, ok := r.stopped(end); ok && stopped.num <= r.stop {
		sites = append(sites, stopped)
	}
	return sites
}

// stopped is the field that could not be taken, at pos.
func (r *repairer) stopped(pos int) (site, bool) {
	if pos == 0 || bitmapIn(r.l.in) == nil {
		return site{}, false
	}
	set := r.set
	for i := range r.l.in.spans {
		if sp := &r.l.in.spans[i]; sp.parent < 0 {
			set.clear(sp.node.num)
		}
	}
	num := set.take()
	n := r.spec.field(num)
	if num == 0 || n == nil {
		return site{}, false
	}
	s := site{num: num, node: n, offset: pos, start: pos + n.prefixSize(), chars: -1}
	if size := n.prefixSize(); size > 0 && pos+size <= len(r.raw) {
		if chars, bad := n.readPrefix(r.raw[pos : pos+size]); bad < 0 && chars >= 0 && chars <= 1<<20 {
			s.chars = chars
		}
	}
	return s, true
}

// clear takes a bit out.
func (b *bitset) clear(num int) {
	if num > 0 && num <= 64*len(b) {
		b[(num-1)/64] &^= 1 << (63 - (num-1)%64)
	}
}

// has reports a bit that is set.
func (b *bitset) has(num int) bool {
	return num > 0 && num <= 64*len(b) && b[(num-1)/64]&(1<<(63-(num-1)%64)) != 0
}

// counted reports a field with a length of digits or bytes in front.
func (s site) counted() bool { return s.node.prefixSize() > 0 }

// variant is the spec in a copy whose fields may be changed.
func (s *Spec) variant() *Spec {
	return &Spec{name: s.name, mti: s.mti, bitmap: s.bitmap, fields: s.fields, def: s.def}
}

// under tries a field that is coded otherwise.
func (r *repairer) under(s site, prior int, change func(*node), say func() string) {
	n := *s.node
	change(&n)
	n.size = n.coding.size(n.length)
	r.alt.fields[s.num] = &n
	r.closes(hypothesis{spec: r.alt, raw: r.raw, prior: prior, say: say})
	r.alt.fields[s.num] = r.spec.fields[s.num]
}

// underAll tries all fields of a kind coded otherwise. It is left out where the message
// has less than two of them, since one alone was tried by itself.
func (r *repairer) underAll(prior int, of func(*node) bool, change func(*node), say func() string) {
	count := 0
	for i := range r.l.in.spans {
		if sp := &r.l.in.spans[i]; sp.parent < 0 && sp.node.num > 1 && of(sp.node) {
			count++
		}
	}
	for set := r.set; count < 2; {
		num := set.take()
		if num == 0 {
			return
		}
		if n := r.spec.field(num); n != nil && of(n) {
			count++
		}
	}
	all := r.spec.variant()
	for num, n := range all.fields {
		if n == nil || num < 2 || !of(n) {
			continue
		}
		c := *n
		change(&c)
		c.size = c.coding.size(c.length)
		all.fields[num] = &c
	}
	r.closes(hypothesis{spec: all, raw: r.raw, prior: prior, say: say})
}

// edited tries the message with some of its bytes replaced by others.
func (r *repairer) edited(from, to int, by []byte, prior int, say func() string) bool {
	r.scratch = append(append(append(r.scratch[:0], r.raw[:from]...), by...), r.raw[to:]...)
	return r.closes(hypothesis{spec: r.spec, raw: r.scratch, prior: prior, say: say})
}

// isFault reports what the first fault is.
func (r *repairer) isFault(errs ...error) bool {
	for _, err := range errs {
		if errors.Is(r.fault.Err, err) {
			return true
		}
	}
	return false
}
