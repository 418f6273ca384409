package iso8583

import (
	"errors"
	"math"
	"sort"
	"strconv"
	"strings"
)

// DifferenceKind is how an element differs between two messages.
type DifferenceKind string

// The kinds of differences.
const (
	DifferenceAdded   DifferenceKind = "added"   // only the second message has it
	DifferenceRemoved DifferenceKind = "removed" // only the first message has it
	DifferenceChanged DifferenceKind = "changed" // both have it and it is not the same
	DifferenceMoved   DifferenceKind = "moved"   // the same, at another place among its neighbours
	DifferenceRecoded DifferenceKind = "recoded" // the same, written in other bytes by the same dialect
	DifferenceUnread  DifferenceKind = "unread"  // in one message, and behind the fault of the other, which is broken
)

// Difference is one element that differs between two messages.
type Difference struct {
	Path string         `json:"path"` // "4", "55.9F26", "55.71#2" for the second of a tag
	Name string         `json:"name"` // in the language asked for
	Kind DifferenceKind `json:"kind"`
	A    *DifferentSide `json:"a,omitempty"` // in the first message; nil where it was added
	B    *DifferentSide `json:"b,omitempty"` // in the second message; nil where it was removed
	// Hidden reports that what is masked differs: A and B may look the same.
	Hidden bool   `json:"hidden,omitempty"`
	Note   string `json:"note,omitempty"` // what the values do not show, in the language asked for
}

// DifferentSide is an element in one of two messages.
type DifferentSide struct {
	Offset  int    `json:"offset"` // of its first byte in the message
	Length  int    `json:"length"` // of all its bytes
	Value   string `json:"value"`  // masked text form
	Meaning string `json:"meaning,omitempty"`
}

// Diff compares two messages, which may be in different dialects: the text forms of
// their elements by path, subfields and data objects each for itself. It goes through
// the first message and puts what only the second has where that has it. Of a broken
// message it compares what could be read, and says of what one message has and the other
// may have behind its fault that it is [DifferenceUnread]. Words are in "en" or "zh".
//
// Data objects of the same tag are matched in the order in which they stand. One that
// stands at another place among the same neighbours is [DifferenceMoved].
//
// Values are masked as in an [Explanation]. Where two values look alike because what
// differs is masked, the difference says so and tells no more.
func Diff(a []byte, as *Spec, b []byte, bs *Spec, lang string) []Difference {
	d := differ{t: words(lang), a: readSide(a, as, lang), b: readSide(b, bs, lang), same: as == bs}
	d.level(-1, -1)
	return d.out
}

// differ is one comparison in the making.
type differ struct {
	t    tongue
	a, b side
	same bool // of one dialect
	out  []Difference
}

// side is one of the messages: where everything is, and what may be shown of it.
type side struct {
	b     *layoutBody
	rows  []ExplainedField
	fault *Error
	set   bitset // fields that the bitmaps announce, all where there are none
}

func readSide(raw []byte, s *Spec, lang string) side {
	var l Layout
	sd := side{}
	_ = errors.As(s.Decode(raw, &l), &sd.fault)
	sd.b, sd.rows = l.in, s.Explain(raw, lang).Fields
	if at := bitmapIn(l.in); at != nil {
		d := decoder{raw: raw}
		d.bitmap(at.node, -1, int(at.Offset), int(at.End), &sd.set)
		return sd
	}
	sd.set = bitset{math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64}
	return sd
}

// hides reports a message that may have an element behind its fault. in is the element
// that it would stand in, or -1.
func (s side) hides(path string, in int) bool {
	if s.fault == nil {
		return false
	}
	if in >= 0 {
		return s.fault.Path == s.rows[in].Path || strings.HasPrefix(s.fault.Path, s.rows[in].Path+".")
	}
	num, err := strconv.Atoi(path)
	if err != nil || num < 1 || num > 64*len(s.set) {
		return err == nil
	}
	return s.set[(num-1)/64]&(1<<(63-(num-1)%64)) != 0
}

// bitmapIn is where the bitmaps of a message lie, or nil.
func bitmapIn(b *layoutBody) *Span {
	for i := range b.spans {
		if sp := &b.spans[i]; sp.parent < 0 && sp.node.bits {
			return sp
		}
	}
	return nil
}

// level compares what stands directly in an element of each message, or in the messages
// themselves (-1), and what is in it.
func (d *differ) level(inA, inB int) {
	as, bs := d.a.kids(inA), d.b.kids(inB)
	of := matchSteps(d.a, as, d.b, bs)
	moved := outOfOrder(of)
	both := make([]bool, len(bs))
	for _, j := range of {
		if j >= 0 {
			both[j] = true
		}
	}
	next := 0
	added := func(until int) {
		for ; next < until; next++ {
			if !both[next] {
				d.alone(DifferenceAdded, -1, bs[next], d.a.hides(d.b.rows[bs[next]].Path, inA))
			}
		}
	}
	for i, j := range of {
		switch {
		case j < 0:
			d.alone(DifferenceRemoved, as[i], -1, d.b.hides(d.a.rows[as[i]].Path, inB))
			continue
		case !moved[i]:
			added(j)
		}
		d.pair(as[i], bs[j], moved[i])
	}
	added(len(bs))
}

// pair compares an element that both messages have.
func (d *differ) pair(i, j int, moved bool) {
	found := len(d.out)
	textA, textB := d.a.b.text(i), d.b.b.text(j)
	switch {
	case d.a.b.composite(i) && d.b.b.composite(j):
		d.level(i, j)
	case textA != textB:
		d.one(DifferenceChanged, i, j)
	}
	switch {
	case len(d.out) > found:
	case moved:
		d.one(DifferenceMoved, i, j)
	case d.same && d.a.b.wire(i) != d.b.b.wire(j):
		d.one(DifferenceRecoded, i, j)
	}
}

// alone writes down an element that only one message has, as far as can be read.
func (d *differ) alone(kind DifferenceKind, i, j int, hidden bool) {
	if hidden {
		kind = DifferenceUnread
	}
	d.one(kind, i, j)
}

// one writes down a difference.
func (d *differ) one(kind DifferenceKind, i, j int) {
	diff := Difference{Kind: kind}
	if j >= 0 {
		diff.B = d.b.show(j)
		diff.Path, diff.Name = d.b.rows[j].Path, d.b.rows[j].Name
	}
	if i >= 0 {
		diff.A = d.a.show(i)
		diff.Path, diff.Name = d.a.rows[i].Path, d.a.rows[i].Name
	}
	switch kind {
	case DifferenceChanged:
		diff.Hidden = diff.A.Value == diff.B.Value
		if diff.Hidden {
			diff.Note = d.t.pick("differs in the hidden part", "隐藏部分不同")
		}
	case DifferenceMoved:
		diff.Note = d.t.pick("the same, at another place", "内容相同,位置不同")
	case DifferenceRecoded:
		diff.Note = d.t.pick("the same, in other bytes: a length, a pad or zero bytes between", "内容相同,字节不同:长度、填充或中间的零字节")
	case DifferenceUnread:
		diff.Note = d.t.pick("the other message is broken before it", "另一报文在此之前已损坏")
	case DifferenceAdded, DifferenceRemoved:
	}
	d.out = append(d.out, diff)
}

// kids are the indices of what stands directly in an element, or in the message, without
// the bitmaps: they say nothing that the fields do not.
func (s side) kids(in int) []int {
	var kids []int
	for i := in + 1; i < len(s.b.spans) && int(s.b.spans[i].parent) >= in; i++ {
		if sp := &s.b.spans[i]; int(sp.parent) == in && !sp.node.bits {
			kids = append(kids, i)
		}
	}
	return kids
}

// show is an element as it may be shown.
func (s side) show(i int) *DifferentSide {
	row := &s.rows[i]
	return &DifferentSide{Offset: row.Offset, Length: row.Length, Value: row.Value, Meaning: row.Meaning}
}

// step is the last step of the path of an element: which one it is among its siblings.
func (s side) step(i int) string {
	path := s.rows[i].Path
	return path[strings.LastIndexByte(path, '.')+1:]
}

// wire is the bytes of an element, with its tag and length.
func (b *layoutBody) wire(i int) string {
	sp := &b.spans[i]
	return string(b.raw[sp.Offset:sp.End])
}

// matchSteps gives for each of the elements as the index in bs of the one with the same
// step, or -1.
func matchSteps(a side, as []int, b side, bs []int) []int {
	at := make(map[string]int, len(bs))
	for j, kid := range bs {
		at[b.step(kid)] = j
	}
	of := make([]int, len(as))
	for i, kid := range as {
		j, ok := at[a.step(kid)]
		if !ok {
			j = -1
		}
		of[i] = j
	}
	return of
}

// outOfOrder reports which of the matches do not stand in the order of all the others:
// those outside a longest ascending run.
func outOfOrder(of []int) []bool {
	moved := make([]bool, len(of))
	tails := []int{} // tails[n] is where in of the run of n+1 ends that ends lowest
	before := make([]int, len(of))
	for i, j := range of {
		if j < 0 {
			continue
		}
		moved[i] = true
		n := sort.Search(len(tails), func(n int) bool { return of[tails[n]] > j })
		before[i] = -1
		if n > 0 {
			before[i] = tails[n-1]
		}
		if n == len(tails) {
			tails = append(tails, i)
		}
		tails[n] = i
	}
	if len(tails) == 0 {
		return moved
	}
	for i := tails[len(tails)-1]; i >= 0; i = before[i] {
		moved[i] = false
	}
	return moved
}
