package iso8583

import "slices"

// nths says of each element of BER-TLV which of its tag it is in its place, from 1: the
// second 71 of a field 55 has the path "55.71#2".
type nths struct {
	counts []int32
	seen   map[siblings]int32
}

// siblings are the elements of one tag in one place.
type siblings struct {
	parent int32
	tag    uint32
}

// searchMost is up to how many elements it is faster to search for a tag than to keep
// count of it.
const searchMost = 96

// number counts the elements of a layout, in a time that grows with their number alone.
func (n *nths) number(b *layoutBody) {
	n.counts = n.counts[:0]
	if len(b.spans) > searchMost {
		n.numberMany(b)
		return
	}
	n.counts = slices.Grow(n.counts, len(b.spans))[:len(b.spans)]
	met := uint64(0) // tags that may have been there, a bit for many
	for i := range b.spans {
		sp := &b.spans[i]
		n.counts[i] = 0
		if sp.tag == 0 {
			continue
		}
		n.counts[i] = 1
		if bit := uint64(1) << (sp.tag * 0x9E3779B1 >> 26); met&bit == 0 {
			met |= bit
			continue
		}
		for j := i - 1; j > int(sp.parent); j-- {
			if b.spans[j].tag == sp.tag && b.spans[j].parent == sp.parent {
				n.counts[i] = n.counts[j] + 1
				break
			}
		}
	}
}

func (n *nths) numberMany(b *layoutBody) {
	if n.seen == nil {
		n.seen = map[siblings]int32{}
	}
	clear(n.seen)
	for i := range b.spans {
		sp := &b.spans[i]
		count := int32(0)
		if sp.tag != 0 {
			who := siblings{sp.parent, sp.tag}
			count = n.seen[who] + 1
			n.seen[who] = count
		}
		n.counts = append(n.counts, count)
	}
}

// of is which of its tag an element is; 0 where it has none.
func (n *nths) of(i int) int { return int(n.counts[i]) }
