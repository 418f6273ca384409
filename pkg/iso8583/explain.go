package iso8583

import (
	"errors"
	"math/bits"
)

// Origin is where a message came from and what was around it, told by whoever read it.
type Origin struct {
	N          int    `json:"n,omitempty"`      // which message of the input it is, from 1
	Source     string `json:"source,omitempty"` // the file, where there are several
	Line       int    `json:"line,omitempty"`   // of a text, from 1
	Offset     int64  `json:"offset"`           // of its first byte in the input, in bytes
	Time       string `json:"time,omitempty"`   // of a capture or a log, RFC 3339
	From       string `json:"from,omitempty"`   // address and port of a capture
	To         string `json:"to,omitempty"`
	Framing    string `json:"framing,omitempty"`    // what was taken off in front: "binary2+tpdu"
	Confidence string `json:"confidence,omitempty"` // of a dialect that was found: sure, likely or guess
}

// Explanation is a message laid open for people and for programs: every element with
// its place, its bytes and what they say. Nothing in it shows card data: values and
// raw bytes are masked by class and swept for card numbers.
type Explanation struct {
	Origin
	Dialect  string           `json:"dialect"` // name of the spec
	MTI      MTI              `json:"mti"`
	Fields   []ExplainedField `json:"fields"`
	Trailing int              `json:"trailing"` // bytes after the last field
	Warnings []string         `json:"warnings"` // what is odd and stopped nothing, in the language asked for
	Error    *ExplainedFault  `json:"error,omitempty"`
}

// ExplainedField is one element: field "0" is the MTI, "1" the bitmaps.
type ExplainedField struct {
	Path    string `json:"path"`              // "4", "55", "55.9F26"
	Name    string `json:"name"`              // in the language asked for
	Offset  int    `json:"offset"`            // of its first byte, tag and length prefix included
	Length  int    `json:"length"`            // of all its bytes
	Prefix  int    `json:"prefix,omitempty"`  // how many of them are tag and length prefix
	Raw     string `json:"raw"`               // the bytes as hex, masked with '*'
	Value   string `json:"value"`             // text form, masked with '*'; bytes that are no text as 0x and hex
	Meaning string `json:"meaning,omitempty"` // the value in words, in the language asked for
}

// ExplainedFault is the first fault.
type ExplainedFault struct {
	Path    string            `json:"path,omitempty"`
	Offset  int               `json:"offset"`
	Text    string            `json:"text"`
	Repairs []ExplainedRepair `json:"repairs,omitempty"` // from [Spec.Repairs]; set by whoever wants them
}

// ExplainedRepair is a change under which a broken message was tried again.
type ExplainedRepair struct {
	Change string `json:"change"` // what to change and where, in words, places and figures
	Closes bool   `json:"closes"` // the whole message then closes exactly
}

// Explain says what every byte of a message is, in "en" or "zh". It never fails: of a
// broken message it gives everything before the fault, what follows a fault whose
// field has a sound length of its own, and the fault. Whoever explains many messages
// makes one [Explainer].
func (s *Spec) Explain(raw []byte, lang string) Explanation {
	return s.NewExplainer(ExplainOptions{Lang: lang}).Explain(raw)
}

// ExplainOptions says how messages are explained. The zero value is English and masked.
type ExplainOptions struct {
	// Lang is "en" or "zh".
	Lang string
	// Unmask shows card data in the clear, for the analysis of faults by whoever may see
	// it. It changes nothing but what is hidden.
	Unmask bool
}

// Explainer explains message after message of one spec and keeps its memory: once it
// has seen what messages hold, [Explainer.AppendJSON] allocates nothing. It is not safe
// for concurrent use; each goroutine makes its own.
type Explainer struct {
	spec   *Spec
	t      tongue
	unmask bool
	layout Layout

	x     explainer
	heads headings
}

// NewExplainer makes an explainer of the spec's messages.
func (s *Spec) NewExplainer(o ExplainOptions) *Explainer {
	return &Explainer{spec: s, t: words(o.Lang), unmask: o.Unmask}
}

// Explain says what every byte of a message is, as [Spec.Explain] does.
func (e *Explainer) Explain(raw []byte) Explanation {
	err := e.spec.Decode(raw, &e.layout)
	x := e.open(&e.layout)
	return Explanation{
		Dialect: e.spec.name, MTI: x.mti(), Fields: e.fields(), Trailing: x.b.trailing,
		Warnings: x.warnings([]string{}), Error: e.fault(err),
	}
}

// AppendMeaning appends what the i-th element of a layout of the explainer's spec says,
// in words; nothing where there is nothing to say.
func (e *Explainer) AppendMeaning(dst []byte, l *Layout, i int) []byte {
	return e.open(l).appendMeaning(dst, i)
}

// open readies the explainer for one layout of its spec.
func (e *Explainer) open(l *Layout) *explainer { return e.openFor(l, false) }

// openFor readies the explainer, for texts alone if nobody asks for bytes.
func (e *Explainer) openFor(l *Layout, textsOnly bool) *explainer {
	x := &e.x
	if l.in == nil {
		l = &Layout{in: &layoutBody{}} // nothing was decoded into it
	}
	x.t, x.l, x.b, x.spec = e.t, l, l.in, e.spec
	x.v.lifted, x.v.textsOnly = e.unmask, textsOnly
	x.v.cover(x.b)
	x.nths.number(x.b)
	return x
}

// fault is what stopped the decoder, or nil.
func (e *Explainer) fault(err error) *ExplainedFault {
	var fault *Error
	if !errors.As(err, &fault) {
		return nil
	}
	return &ExplainedFault{Path: fault.Path, Offset: fault.Offset, Text: fault.In(string(e.t))}
}

// explainer is one explanation in the making.
type explainer struct {
	t    tongue
	l    *Layout
	b    *layoutBody
	spec *Spec
	v    veil
	nths nths
	last MTI    // of the message before
	buf  []byte // scratch: a text form
	said []byte // scratch: a meaning

	borrowed bool // the last meaning says something of another element too
}

// mti is the message type, where one could be read.
func (x *explainer) mti() MTI {
	if x.l.Len() == 0 {
		return ""
	}
	text := x.v.text(x.b, 0)
	if string(text) == string(x.last) {
		return x.last // the type of the message before, without a new string
	}
	if len(text) != 4 || !digitsOnly(text) {
		return ""
	}
	x.last = MTI(text)
	return x.last
}

// fields are the rows, in the order of the bytes.
func (e *Explainer) fields() []ExplainedField {
	rows := make([]ExplainedField, 0, e.x.l.Len())
	for i := range e.x.l.Len() {
		rows = append(rows, e.x.row(i))
	}
	return rows
}

func (x *explainer) row(i int) ExplainedField {
	sp := &x.b.spans[i]
	return ExplainedField{
		Path:    string(x.appendPath(nil, i)),
		Name:    x.name(sp),
		Offset:  int(sp.Offset),
		Length:  int(sp.End - sp.Offset),
		Prefix:  int(sp.Start - sp.Offset),
		Raw:     string(x.v.raw(sp)),
		Value:   printable(string(x.v.appendValue(nil, x.b, i))),
		Meaning: x.meaning(i),
	}
}

// name is the name of an element; a tag that EMV does not define has none.
func (x *explainer) name(sp *Span) string {
	if !sp.opaque() {
		return sp.node.name(x.t)
	}
	if name := x.t.tagName(sp.tag); name != "" {
		return name
	}
	return x.t.pick("Unknown tag", "未知标签")
}

// clear is the text form of an element as it is, valid until the next call.
func (x *explainer) clear(i int) []byte {
	if !x.v.views[i].hidden && !x.v.views[i].prefixed {
		return x.v.text(x.b, i)
	}
	sp := &x.b.spans[i]
	x.buf = appendText(x.buf[:0], sp.node, x.b.raw[sp.Start:sp.End], int(sp.chars), sp.tag)
	return x.buf
}

// appendBitList appends the fields that the bitmaps announce: "2 3 4". The first bit of
// each announces the next.
func (x *explainer) appendBitList(dst []byte, sp *Span) []byte {
	n, from, first := sp.node, len(dst), 0
	if n.dataset {
		return x.appendDatasetList(dst, sp)
	}
	for pos := int(sp.Start); pos < int(sp.End); pos += n.coding.size(n.length) {
		for i := range n.length {
			b, _ := n.bitmapByte(x.b.raw, pos, i)
			if i == 0 && !n.fixed {
				b &= 0x7F
			}
			for ; b != 0; b &= 0x7F >> bits.LeadingZeros8(b) {
				if len(dst) > from {
					dst = append(dst, ' ')
				}
				dst = appendNumber(dst, int32(first+8*i+bits.LeadingZeros8(b)+1))
			}
		}
		first += 8 * n.length
	}
	return dst
}

// appendDatasetList appends the elements that the bitmap of a dataset announces: every
// bit is one but the first of the two bytes and of each byte after them, which say that
// another follows, and the last of all.
func (x *explainer) appendDatasetList(dst []byte, sp *Span) []byte {
	from, num := len(dst), int32(0)
	for pos := sp.Start; pos < sp.End; pos++ {
		b := x.b.raw[pos]
		for bit := range 8 {
			more := bit == 0 && pos != sp.Start+1
			last := bit == 7 && pos == sp.End-1
			if more || last {
				continue
			}
			num++
			if b<<bit&0x80 == 0 {
				continue
			}
			if len(dst) > from {
				dst = append(dst, ' ')
			}
			dst = appendNumber(dst, num)
		}
	}
	return dst
}

// hidden reports that a card number stands in an element whose class tells of none.
func (x *explainer) hidden(i int) bool { return x.v.views[i].hidden }
