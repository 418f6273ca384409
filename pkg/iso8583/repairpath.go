package iso8583

import (
	"cmp"
	"slices"
)

// pathsMost bounds the ways through the data that are followed at a time.
const pathsMost = 24

// way is one way through the data of a message: fields that were taken, and where the
// next one starts.
type way struct {
	set     bitset
	pos     int
	score   int // in bits
	changed int // bits of the bitmap that it needs otherwise
}

// ways looks for the fields that the data holds, whatever the bitmap says: field by
// field it is taken where it can be read, or left out, and the best ways are followed.
// Each bit that is not as in the bitmap counts against a way.
func (r *repairer) ways() {
	all, ok := r.bitmap()
	if !ok || all.count() > 128 {
		return
	}
	for i, b := range all.parts() {
		less := 0
		if i > 0 { // the first bitmap alone: its first bit must be wrong
			b.toggle(1)
			less = 1
		}
		r.waysFrom(b, less)
		if i > 0 {
			b.toggle(1)
		}
	}
}

// waysFrom follows the data from behind the bitmaps on.
func (r *repairer) waysFrom(b bitmapCopy, changed int) {
	open, next := make([]way, 0, 2*pathsMost), make([]way, 0, 2*pathsMost)
	open = append(open, way{pos: b.end, changed: changed})
	mti := mtiOf(&r.l)
	for num := 2; num <= b.count(); num++ {
		n := r.spec.field(num)
		if n == nil || r.spec.announces(num) {
			continue
		}
		open, next = r.follow(open, next[:0], n, mti, b.has(num)), open
	}
	for _, w := range open {
		if w.pos == len(r.raw) && w.changed >= 2 {
			r.fits(b, w)
		}
	}
}

// follow takes a field, or leaves it out, on each way; next is memory for the answer.
func (r *repairer) follow(open, next []way, n *node, mti MTI, announced bool) []way {
	const perBit = 5
	for _, w := range open {
		in, out := len(next), len(next)+1
		next = append(next, w, w)
		wrong := &next[in]
		if announced {
			wrong = &next[out]
		}
		wrong.score, wrong.changed = wrong.score-perBit, wrong.changed+1
		if !r.take(&next[in], n, mti) {
			next[in] = next[out]
			next = next[:out]
		}
	}
	slices.SortStableFunc(next, func(a, b way) int { return cmp.Compare(b.score, a.score) })
	kept := next[:0]
	for _, w := range next {
		if len(kept) < pathsMost && !slices.ContainsFunc(kept, func(k way) bool { return k.pos == w.pos }) {
			kept = append(kept, w)
		}
	}
	return kept
}

// take reads a field on a way.
func (r *repairer) take(w *way, n *node, mti MTI) bool {
	r.steps++
	if r.steps > stepsMost {
		return false
	}
	d := decoder{raw: r.raw, spans: r.spare[:0]}
	end, ok := d.element(n, -1, w.pos, len(r.raw))
	r.spare = d.spans
	if !ok || d.fault != nil {
		return false
	}
	if n.layout == layoutNone {
		r.body.raw, r.body.spans = r.raw, d.spans
		text := r.body.text(0)
		if n.content.stranger([]byte(text)) > 0 && !oldSeparator(n, text) {
			if n.content == contentN {
				return false
			}
			w.score -= 8
		}
		if form := momentOf(n.num, mti.Version(), len(text)); form != "" && allDigits(text) && unreal(form, text) != 0 && unreal(form, text) != 'z' {
			return false
		}
		w.score += usual(n.num) + fieldEvidence(n.num, mti, text)
	}
	for i := range d.spans[1:] {
		w.score += tagEvidence(&d.spans[i+1])
	}
	w.set.put(n.num)
	w.pos = end
	return true
}

// fits tries the bitmap of a way.
func (r *repairer) fits(b bitmapCopy, w way) {
	var more, less []int
	for num := 2; num <= b.count(); num++ {
		want := w.set.has(num)
		switch {
		case r.spec.announces(num) || want == b.has(num):
		case want:
			more = append(more, num)
		default:
			less = append(less, num)
		}
	}
	changed := slices.Concat(more, less)
	for _, num := range changed {
		b.toggle(num)
	}
	start, end := b.start, b.end
	r.closes(hypothesis{spec: r.spec, raw: b.raw, prior: -4 - 3*len(changed), say: func() string {
		text := r.t.sprintf("the bitmap that fits the data (bytes %d to %d) is %s", "与数据相符的位图(字节%d至%d)为%s", start, end-1, b.hex())
		if len(more) > 0 {
			text += r.t.sprintf("; there and not announced: fields %s", ";存在但未声明的域:%s", numberList(more))
		}
		if len(less) > 0 {
			text += r.t.sprintf("; announced and not there: fields %s", ";已声明但不存在的域:%s", numberList(less))
		}
		return text
	}})
	for _, num := range changed {
		b.toggle(num)
	}
}

// hex is the bytes of the bitmaps.
func (b bitmapCopy) hex() string {
	var out []byte
	for place := b.start; place < b.end; place += b.width() {
		out = appendHexByte(out, b.byteAt(place))
	}
	return string(out)
}
