package iso8583

import (
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// AppendJSON appends the explanation of a message as one JSON object, on one line
// without an end of line: the same bytes that encoding/json makes of [Explainer.Explain]
// with the origin in it and no HTML escaping. The schema is schema/explain.json.
func (e *Explainer) AppendJSON(dst, raw []byte, at Origin) []byte {
	err := e.spec.Decode(raw, &e.layout)
	return e.AppendLayoutJSON(dst, &e.layout, err, at)
}

// AppendLayoutJSON appends what [Explainer.AppendJSON] does, of a message that was
// decoded by the explainer's spec already, with the error that [Spec.Decode] gave.
func (e *Explainer) AppendLayoutJSON(dst []byte, l *Layout, err error, at Origin) []byte {
	x := e.open(l)
	dst = append(dst, '{')
	dst = append(at.appendMembers(dst), `"dialect":`...)
	dst = appendName(dst, e.spec.name)
	dst = append(append(append(dst, `,"mti":"`...), x.mti()...), `","fields":[`...)
	for i := range x.b.spans {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = e.appendRow(dst, i)
	}
	dst = append(dst, `],"trailing":`...)
	dst = strconv.AppendInt(dst, int64(x.b.trailing), 10)
	dst = append(dst, `,"warnings":[`...)
	for i, w := range x.warnings(nil) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendName(dst, w)
	}
	dst = append(dst, ']')
	if err != nil {
		dst = e.fault(err).appendMember(dst)
	}
	return append(dst, '}')
}

// AppendCompact appends the short form: values by path, and the meanings of those that
// are codes,
//
//	{"n":1,"offset":0,"dialect":"…","mti":"0110","fields":{"3":"000000","39":"51"},
//	 "meanings":{"3":"goods and services","39":"insufficient funds"}}
//
// masked as the long form is, with the warnings left out and the error as it is there.
func (e *Explainer) AppendCompact(dst, raw []byte, at Origin) []byte {
	err := e.spec.Decode(raw, &e.layout)
	return e.AppendLayoutCompact(dst, &e.layout, err, at)
}

// AppendLayoutCompact appends what [Explainer.AppendCompact] does, of a message that was
// decoded by the explainer's spec already, with the error that [Spec.Decode] gave.
func (e *Explainer) AppendLayoutCompact(dst []byte, l *Layout, err error, at Origin) []byte {
	x := e.openFor(l, true)
	dst = append(dst, '{')
	dst = append(at.appendMembers(dst), `"dialect":`...)
	dst = appendName(dst, e.spec.name)
	dst = append(append(append(dst, `,"mti":"`...), x.mti()...), `","fields":{`...)
	dst = e.appendValues(dst)
	dst = e.appendCodes(append(dst, '}'))
	if x.b.trailing > 0 {
		dst = append(dst, `,"trailing":`...)
		dst = strconv.AppendInt(dst, int64(x.b.trailing), 10)
	}
	if err != nil {
		dst = e.fault(err).appendMember(dst)
	}
	return append(dst, '}')
}

// appendValues appends "path":"value" of all that is no bitmap and not shown by its
// parts.
func (e *Explainer) appendValues(dst []byte) []byte {
	x, first := &e.x, true
	for i := range x.b.spans {
		sp := &x.b.spans[i]
		if sp.node == e.spec.mti || sp.node.bits || x.b.composite(i) && i+1 < len(x.b.spans) && x.b.spans[i+1].parent == int32(i) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(append(dst, e.heads.of(x, i).pathText()...), ':')
		dst = e.appendValue(dst, i)
	}
	return dst
}

// appendCodes appends the meanings of the fields that hold codes.
func (e *Explainer) appendCodes(dst []byte) []byte {
	x, start := &e.x, len(dst)
	for i := range x.b.spans {
		sp := &x.b.spans[i]
		if sp.parent >= 0 || !codedField(sp.node.num) {
			continue
		}
		before := len(dst)
		if before == start {
			dst = append(dst, `,"meanings":{`...)
		} else {
			dst = append(dst, ',')
		}
		r := e.heads.of(x, i)
		dst = append(append(dst, r.pathText()...), ':')
		said := len(dst)
		if text, ok := r.said.recall(x, sp); ok {
			dst = append(dst, text...)
		} else {
			x.borrowed = false
			dst = e.appendMeaning(dst, i)
			r.said.keep(x, i, dst[said:])
		}
		if len(dst) == said {
			dst = dst[:before]
		}
	}
	if len(dst) > start {
		dst = append(dst, '}')
	}
	return dst
}

// codedField reports a field of codes: what its value means is nowhere in its digits.
func codedField(num int) bool {
	switch num {
	case 3, 18, 19, 20, 21, 22, 24, 25, 39, 40, 49, 50, 51, 66, 70:
		return true
	}
	return false
}

// appendRow appends one element. One that is as it was in the message before is copied.
func (e *Explainer) appendRow(dst []byte, i int) []byte {
	x := &e.x
	sp := &x.b.spans[i]
	r := e.heads.row(x, i)
	dst = append(dst, r.whole...)
	if rest, ok := r.rest.recall(x, sp); ok {
		return append(dst, rest...)
	}
	from := len(dst)
	x.borrowed = false
	dst = append(dst, x.v.raw(sp)...)
	dst = append(dst, `","value":`...)
	dst = e.appendValue(dst, i)
	before := len(dst)
	dst = append(dst, `,"meaning":`...)
	said := len(dst)
	if dst = e.appendMeaning(dst, i); len(dst) == said {
		dst = dst[:before]
	}
	dst = append(dst, '}')
	r.rest.keep(x, i, dst[from:])
	return dst
}

// appendNumber appends a number that is not negative and most often small.
func appendNumber(dst []byte, n int32) []byte {
	switch {
	case n < 10:
		return append(dst, '0'+byte(n))
	case n < 100:
		return append(dst, '0'+byte(n/10), '0'+byte(n%10))
	}
	return strconv.AppendInt(dst, int64(n), 10)
}

// appendValue appends the text form of an element as a JSON string.
func (e *Explainer) appendValue(dst []byte, i int) []byte {
	x := &e.x
	if w := &x.v.views[i]; w.in == inHex {
		dst = append(dst, '"')
		dst = x.v.appendValue(dst, x.b, i)
		return append(dst, '"')
	}
	return appendString(dst, x.v.text(x.b, i))
}

// appendMeaning appends the meaning of an element as a JSON string, or nothing.
func (e *Explainer) appendMeaning(dst []byte, i int) []byte {
	x := &e.x
	start := len(dst)
	dst = x.appendMeaning(append(dst, '"'), i)
	said := dst[start+1:]
	switch {
	case len(said) == 0:
		return dst[:start]
	case plain(said):
		return append(dst, '"')
	}
	x.said = append(x.said[:0], said...)
	return appendString(dst[:start], x.said)
}

// appendMembers appends the members of an origin, each with a comma behind it.
func (o *Origin) appendMembers(dst []byte) []byte {
	if o.N != 0 {
		dst = append(dst, `"n":`...)
		dst = append(strconv.AppendInt(dst, int64(o.N), 10), ',')
	}
	dst = appendMemberUnlessEmpty(dst, "source", o.Source)
	if o.Line != 0 {
		dst = append(dst, `"line":`...)
		dst = append(strconv.AppendInt(dst, int64(o.Line), 10), ',')
	}
	dst = append(dst, `"offset":`...)
	dst = append(strconv.AppendInt(dst, o.Offset, 10), ',')
	dst = appendMemberUnlessEmpty(dst, "time", o.Time)
	dst = appendMemberUnlessEmpty(dst, "from", o.From)
	dst = appendMemberUnlessEmpty(dst, "to", o.To)
	dst = appendMemberUnlessEmpty(dst, "framing", o.Framing)
	return appendMemberUnlessEmpty(dst, "confidence", o.Confidence)
}

func appendMemberUnlessEmpty(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(append(append(dst, '"'), name...), `":`...)
	return append(appendName(dst, value), ',')
}

// appendMember appends ,"error":{…}.
func (f *ExplainedFault) appendMember(dst []byte) []byte {
	if f == nil {
		return dst
	}
	dst = append(dst, `,"error":{`...)
	dst = appendMemberUnlessEmpty(dst, "path", f.Path)
	dst = append(dst, `"offset":`...)
	dst = strconv.AppendInt(dst, int64(f.Offset), 10)
	dst = append(dst, `,"text":`...)
	return append(appendName(dst, f.Text), '}')
}

// appendString appends text as a JSON string. What a terminal could take for a command
// and what is no UTF-8 is written as \xNN, with the backslash escaped.
func appendString(dst, text []byte) []byte {
	dst = append(dst, '"')
	if plain(text) {
		return append(append(dst, text...), '"')
	}
	return append(appendStringBody(dst, text), '"')
}

// appendName is appendString of what is written once a message.
func appendName(dst []byte, name string) []byte { return appendString(dst, []byte(name)) }

// plain reports printable ASCII without a character that JSON escapes. It looks at eight
// bytes at once: what is below 0x20, equal to one of three characters, or above 0x7F has
// its highest bit set in one of the terms.
func plain(text []byte) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(text); i += 8 {
		x := binary.LittleEndian.Uint64(text[i:])
		quote, slash, del := x^ones*'"', x^ones*'\\', x^ones*0x7F
		odd := x | (x - ones*0x20) | (quote - ones) | (slash - ones) | (del - ones)
		if odd&high != 0 {
			break
		}
	}
	for _, c := range text[i:] {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

func appendStringBody(dst, text []byte) []byte {
	whole := shown(text)
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ' || c == 0x7F || c >= utf8.RuneSelf && !whole:
			dst = appendHexByte(append(dst, `\\x`...), c)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
