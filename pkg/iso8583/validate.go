package iso8583

import (
	"errors"
	"math"
	"strconv"
)

// Severity is how bad what a [Complaint] says is.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // a host refuses the message or reads it wrongly
	SeverityWarning Severity = "warning" // the standard has it otherwise, and hosts may
	SeverityNote    Severity = "note"    // worth a look
)

// Complaint is one thing that is wrong with a message. It holds places and figures and
// never a value.
type Complaint struct {
	Path     string   `json:"path,omitempty"` // of the element; empty for the whole message
	Offset   int      `json:"offset"`         // byte of the message, from 0; -1 for what is not there
	Severity Severity `json:"severity"`
	Rule     string   `json:"rule"`           // which rule it breaks, one word for programs: "content", "date", "presence"
	Text     string   `json:"text"`           // what is wrong, in the language asked for
	Hint     string   `json:"hint,omitempty"` // what to look at, in the language asked for
}

// ValidateOptions are how a message is validated.
type ValidateOptions struct {
	// Strict also holds the message to the fields that its type must, should and must
	// not have: those of the spec for that type, or else of the edition of the standard.
	Strict bool
	// Lang is the language of the complaints, "en" or "zh".
	Lang string
}

// complaintMost bounds the complaints about one message.
const complaintMost = 1000

// Validate says everything that is wrong with a message, in the order of its bytes: all
// faults of decoding, not only the first, characters that a field may not hold, dates
// and times that do not exist, check digits, codes and currencies that are not known,
// data objects of field 55 of another length or format than EMV gives them, duplicates
// and padding. It is empty where nothing is.
func (s *Spec) Validate(raw []byte, o ValidateOptions) []Complaint {
	v := validator{t: words(o.Lang), spec: s, lang: o.Lang}
	if len(raw) > math.MaxInt32 {
		v.fault(&Error{Offset: 0, Err: ErrLength, Want: math.MaxInt32, Got: len(raw)})
		return v.out
	}
	d := decoder{raw: raw, every: true}
	s.decode(&d)
	v.read(&d)
	v.x = s.NewExplainer(ExplainOptions{Lang: o.Lang}).open(&v.l)
	for _, e := range d.faults {
		v.fault(e)
	}
	v.message()
	for i := range v.b.spans {
		v.element(i)
	}
	if o.Strict {
		v.presence()
	}
	return v.sorted()
}

// validator is one validation in the making.
type validator struct {
	t    tongue
	lang string
	spec *Spec
	l    Layout
	b    *layoutBody
	x    *explainer
	mti  MTI
	top  map[string]int // index of each field of the message
	out  []Complaint
}

// read takes over what was decoded.
func (v *validator) read(d *decoder) {
	v.b = &layoutBody{raw: d.raw, spans: d.spans, trailing: d.trailing}
	v.l.in = v.b
	v.top = map[string]int{}
	for i := range v.b.spans {
		if sp := &v.b.spans[i]; sp.parent < 0 && !sp.node.bits {
			v.top[sp.node.id] = i
		}
	}
	if at, ok := v.top["0"]; ok {
		v.mti, _ = ParseMTI(v.b.text(at))
	}
}

// add writes down a complaint.
func (v *validator) add(c Complaint) {
	if len(v.out) < complaintMost {
		v.out = append(v.out, c)
	}
}

// at complains about an element.
func (v *validator) at(i int, s Severity, rule, en, zh string, args ...any) {
	if len(v.out) < complaintMost {
		v.add(Complaint{Path: v.l.Path(i), Offset: int(v.b.spans[i].Offset), Severity: s, Rule: rule, Text: v.t.sprintf(en, zh, args...)})
	}
}

// hint says what to look at about the last complaint.
func (v *validator) hint(en, zh string) {
	if n := len(v.out); n > 0 && n < complaintMost {
		v.out[n-1].Hint = v.t.pick(en, zh)
	}
}

// text is the clear text form of a field of the message, or nothing.
func (v *validator) text(id string) string {
	if i, ok := v.top[id]; ok {
		return v.b.text(i)
	}
	return ""
}

// fault is a fault of decoding as a complaint.
func (v *validator) fault(e *Error) {
	v.add(Complaint{Path: e.Path, Offset: e.Offset, Severity: SeverityError, Rule: "decode", Text: e.In(v.lang), Hint: v.faultHint(e.Err)})
}

// faultHint is what to look at when a message does not decode.
func (v *validator) faultHint(err error) string {
	for _, h := range []struct {
		err    error
		en, zh string
	}{
		{ErrMTI, "a length or a header may stand in front of the message", "报文前面可能有长度或报头"},
		{ErrBitmap, "the bitmap may be bytes where the spec wants hex, or hex where it wants bytes", "位图可能是字节而规范要求十六进制字符,或者相反"},
		{ErrShort, "cut off, a length that is too great, or a bit of the bitmap that is set by mistake", "报文被截断、长度偏大，或位图中有误设的位"},
		{ErrTrailing, "padding, a second message, or a bit of the bitmap that is missing", "填充、另一条报文，或位图中缺少的位"},
		{ErrUndefined, "a bit that is set by mistake, or a field that the spec should define", "误设的位，或规范应当定义的域"},
		{ErrPrefix, "a field before it may be longer or shorter than the spec says", "前面的域可能比规范规定的更长或更短"},
		{ErrLength, "a field before it may be longer or shorter than the spec says, or the length be coded otherwise", "前面的域可能比规范规定的更长或更短，或长度编码方式不同"},
		{ErrPad, "the digits may be justified to the other side", "数字可能按另一侧对齐"},
		{ErrTLV, "the length of the field, or of a data object before it, may be wrong", "该域或前面某个数据对象的长度可能有误"},
	} {
		if errors.Is(err, h.err) {
			return v.t.pick(h.en, h.zh)
		}
	}
	return ""
}

// message is what is wrong with the message as a whole.
func (v *validator) message() {
	at, ok := v.top["0"]
	if ok && v.mti != "" && !v.mti.Defined() {
		v.at(at, SeverityWarning, "mti", "the standard defines no such message type", "标准没有定义该报文类型")
	}
}

// number is the number of a field of the message, or -1 for a part of one.
func (v *validator) number(i int) int {
	sp := &v.b.spans[i]
	if sp.parent >= 0 {
		return -1
	}
	n, err := strconv.Atoi(sp.node.id)
	if err != nil {
		return -1
	}
	return n
}
