package iso8583

import (
	"errors"
	"strconv"
	"strings"
)

// Explanation is a message laid open for people and for programs: every element with
// its place, its bytes and what they say. Nothing in it shows card data: values and
// raw bytes are masked by class and swept for card numbers.
type Explanation struct {
	N        int              `json:"n,omitempty"`       // which message of an input it is, from 1; set by whoever reads several
	Offset   int              `json:"offset"`            // where the message starts in that input
	Framing  string           `json:"framing,omitempty"` // what was around it; set by whoever took it off
	Dialect  string           `json:"dialect"`           // name of the spec
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
	Path   string `json:"path,omitempty"`
	Offset int    `json:"offset"`
	Text   string `json:"text"`
}

// Explain says what every byte of a message is, in "en" or "zh". It never fails: of a
// broken message it gives everything before the fault, what follows a fault whose
// field has a sound length of its own, and the fault.
func (s *Spec) Explain(raw []byte, lang string) Explanation {
	var l Layout
	err := s.Decode(raw, &l)
	x := explainer{t: words(lang), l: &l, b: l.in, spec: s}
	out := Explanation{Dialect: s.name, MTI: x.mti(), Fields: x.fields(), Trailing: l.in.trailing, Warnings: x.warnings()}
	var fault *Error
	if errors.As(err, &fault) {
		out.Error = &ExplainedFault{Path: fault.Path, Offset: fault.Offset, Text: fault.In(lang)}
	}
	return out
}

// explainer is one explanation in the making.
type explainer struct {
	t    tongue
	l    *Layout
	b    *layoutBody
	spec *Spec
}

// mti is the message type, where one could be read.
func (x *explainer) mti() MTI {
	if x.l.Len() == 0 {
		return ""
	}
	m, err := ParseMTI(x.b.text(0))
	if err != nil {
		return ""
	}
	return m
}

// fields are the rows, in the order of the bytes.
func (x *explainer) fields() []ExplainedField {
	rows := make([]ExplainedField, 0, x.l.Len())
	for i := range x.l.Len() {
		rows = append(rows, x.row(i))
	}
	return rows
}

func (x *explainer) row(i int) ExplainedField {
	sp := &x.b.spans[i]
	return ExplainedField{
		Path:    x.l.Path(i),
		Name:    x.name(sp),
		Offset:  int(sp.Offset),
		Length:  int(sp.End - sp.Offset),
		Prefix:  int(sp.Start - sp.Offset),
		Raw:     x.b.rawHex(i),
		Value:   printable(x.b.masked(i, true)),
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

// text is the clear text form of a field of the message, or nothing.
func (x *explainer) text(path string) string {
	for i := range x.b.spans {
		if sp := &x.b.spans[i]; sp.parent < 0 && sp.node.path == path {
			return x.b.text(i)
		}
	}
	return ""
}

// warnings are what is odd.
func (x *explainer) warnings() []string {
	out := []string{}
	if m := x.mti(); m != "" && !m.Defined() {
		out = append(out, x.t.pick("field 0: the standard defines no such message type", "域0:标准没有定义该报文类型"))
	}
	for i := range x.l.Len() {
		out = append(out, x.oddities(i)...)
	}
	return out
}

// oddities are the warnings of one element.
func (x *explainer) oddities(i int) []string {
	sp := &x.b.spans[i]
	var out []string
	add := func(en, zh string, args ...any) {
		args = append([]any{x.l.Path(i)}, args...)
		out = append(out, x.t.sprintf("field %s: "+en, "域%s:"+zh, args...))
	}
	if sp.node.layout == layoutNone && sp.node != x.spec.mti {
		if at := sp.node.content.stranger([]byte(x.b.text(i))); at > 0 {
			add("character %d is not of the kind the field holds", "第%d个字符不属于该域的类型", at)
		}
	}
	if declared := x.spec.field(sp.node.num); declared != nil && sp.node == declared.plain {
		add("text, not BER-TLV", "是文本，不是BER-TLV")
	}
	if sp.class() == classPAN && !luhnText(x.b.text(i)) {
		add("the check digit does not fit", "校验位不符")
	}
	if sp.opaque() && !constructed(sp.tag) && x.b.occurrence(i) == 2 {
		add("the tag is there more than once", "该标签出现多次")
	}
	if sp.node.layout == layoutBER && sp.tag == 0 {
		if n := x.zeros(i); n > 0 {
			add("%d zero bytes between the elements", "元素之间有%d个零字节", n)
		}
	}
	return out
}

// zeros counts the bytes of a BER-TLV field that no element takes, where all are zero.
func (x *explainer) zeros(i int) int {
	sp := &x.b.spans[i]
	count := int(sp.End - sp.Start)
	end := sp.Start
	for j := i + 1; j < len(x.b.spans) && x.b.spans[j].parent >= int32(i); j++ {
		if kid := &x.b.spans[j]; kid.parent == int32(i) {
			count -= int(kid.End - kid.Offset)
			end = kid.End
		}
	}
	if strings.Trim(string(x.b.raw[end:sp.End]), "\x00") != "" {
		return 0 // the rest is a fault, told as one
	}
	return count
}

// constructed reports a tag of a template.
func constructed(tag uint32) bool {
	for tag > 0xFF {
		tag >>= 8
	}
	return tag&0x20 != 0
}

// bitList is the fields that the bitmaps announce: "2, 3, 4".
func (x *explainer) bitList(sp *Span) string {
	d := decoder{raw: x.b.raw}
	var set bitset
	d.bitmap(sp.node, -1, int(sp.Offset), int(sp.End), &set)
	var nums []string
	for num := set.take(); num != 0; num = set.take() {
		nums = append(nums, strconv.Itoa(num))
	}
	return strings.Join(nums, " ")
}
