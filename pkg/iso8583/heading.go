package iso8583

import "strconv"

// headings are the beginnings of rows of JSON, {"path":"4","name":"…","offset":, which
// are the same for every message and are made once.
type headings struct {
	recent []recentHeading // of the message before, by span: the next is often like it
	fields map[*node]heading
	tags   map[tagIn]heading
}

// recentHeading is the heading that the i-th element of a message had, and of what.
type recentHeading struct {
	node, parent *node
	tag          uint32
	heading

	place [3]int32 // offset, length and prefix of whole
	whole []byte   // the row up to the first digit of its raw bytes

	rest memory // the row from the first digit of its raw bytes on
	said memory // its meaning as a JSON string, for the short form
}

// memory is what was written of an element, and of which bytes.
type memory struct {
	mti   MTI // of the message: a code may mean another thing in another type
	bytes []byte
	text  []byte
}

// recall is what was written of these bytes.
func (m *memory) recall(x *explainer, sp *Span) (text []byte, ok bool) {
	if len(m.bytes) == 0 || m.mti != x.last {
		return nil, false
	}
	return m.text, string(m.bytes) == string(x.b.raw[sp.Offset:sp.End])
}

// keep remembers what was written of an element, unless it tells of other elements too, or
// is card data.
func (m *memory) keep(x *explainer, i int, text []byte) {
	sp := &x.b.spans[i]
	m.bytes = m.bytes[:0]
	if x.borrowed || sp.End-sp.Offset > memoryMost || sp.class() != classOpen || x.v.views[i].hidden {
		return
	}
	m.mti = x.last
	m.bytes = append(m.bytes, x.b.raw[sp.Offset:sp.End]...)
	m.text = append(m.text[:0], text...)
}

// emptied is a memory of nothing, with room for the next.
func (m *memory) emptied() memory { return memory{bytes: m.bytes[:0], text: m.text[:0]} }

// memoryMost is the most bytes of an element that is remembered.
const memoryMost = 64

// heading is one beginning, and where in it the path stands with its quotes.
type heading struct {
	text         []byte
	path, behind int
}

// tagIn is an element of BER-TLV by its field and tag, not inside a template.
type tagIn struct {
	field *node
	tag   uint32
}

// headingsMost bounds what is kept of tags, which whoever writes a message chooses.
const headingsMost = 4096

// row is the heading of an element, ready to begin a row: up to the first digit of its
// raw bytes. An element that is where it was in the message before costs nothing.
func (h *headings) row(x *explainer, i int) *recentHeading {
	sp := &x.b.spans[i]
	r := h.of(x, i)
	place := [3]int32{sp.Offset, sp.End - sp.Offset, sp.Start - sp.Offset}
	if len(r.whole) == 0 || r.place != place {
		r.place = place
		r.whole = appendPlace(append(r.whole[:0], r.text...), place)
	}
	return r
}

func appendPlace(dst []byte, place [3]int32) []byte {
	dst = strconv.AppendInt(dst, int64(place[0]), 10)
	dst = append(dst, `,"length":`...)
	dst = strconv.AppendInt(dst, int64(place[1]), 10)
	if place[2] > 0 {
		dst = append(dst, `,"prefix":`...)
		dst = strconv.AppendInt(dst, int64(place[2]), 10)
	}
	return append(dst, `,"raw":"`...)
}

// pathText is the path of the element as a JSON string.
func (h *heading) pathText() []byte { return h.text[h.path:h.behind] }

// of is the heading of an element.
func (h *headings) of(x *explainer, i int) *recentHeading {
	sp := &x.b.spans[i]
	var parent *node
	if !sp.static() {
		parent = x.b.spans[sp.parent].node
		if x.nths.of(i) > 1 || sp.tag == 0 || !x.b.spans[sp.parent].static() {
			parent = nil // the second of a tag, or inside a template: made anew
		}
	}
	for len(h.recent) <= i {
		h.recent = append(h.recent, recentHeading{})
	}
	r := &h.recent[i]
	if r.node == sp.node && r.tag == sp.tag && r.parent == parent && (sp.static() || parent != nil) {
		return r
	}
	*r = recentHeading{node: sp.node, parent: parent, tag: sp.tag, whole: r.whole[:0], rest: r.rest.emptied(), said: r.said.emptied()}
	switch {
	case sp.static():
		r.heading = kept(&h.fields, sp.node, x, i)
	case parent == nil:
		r.heading = makeHeading(x, i)
	default:
		r.heading = kept(&h.tags, tagIn{parent, sp.tag}, x, i)
	}
	return r
}

// kept is the heading of a key, made at its first use.
func kept[K comparable](in *map[K]heading, key K, x *explainer, i int) heading {
	head, ok := (*in)[key]
	if ok {
		return head
	}
	head = makeHeading(x, i)
	if *in == nil {
		*in = map[K]heading{}
	}
	if len(*in) < headingsMost {
		(*in)[key] = head
	}
	return head
}

func makeHeading(x *explainer, i int) heading {
	head := heading{text: []byte(`{"path":`), path: len(`{"path":`)}
	head.text = appendString(head.text, x.appendPath(nil, i))
	head.behind = len(head.text)
	head.text = append(head.text, `,"name":`...)
	head.text = appendName(head.text, x.name(&x.b.spans[i]))
	head.text = append(head.text, `,"offset":`...)
	return head
}

// appendPath appends the path of an element, as [Layout.AppendPath] does.
func (x *explainer) appendPath(dst []byte, i int) []byte {
	sp := &x.b.spans[i]
	if sp.static() {
		return append(dst, sp.node.path...)
	}
	dst = x.b.appendStep(append(x.appendPath(dst, int(sp.parent)), '.'), i)
	if n := x.nths.of(i); n > 1 {
		dst = strconv.AppendInt(append(dst, '#'), int64(n), 10)
	}
	return dst
}
