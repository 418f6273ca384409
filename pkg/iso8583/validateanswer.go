package iso8583

import "strings"

// ValidateAnswer says what is wrong with an answer as the answer to a request of the
// same dialect: its type, the fields that it must echo (11, and 3, 4, 7, 41 and 42 where
// both have them; ISO 8583:1987, 4.1.3), and its response code. Offsets are those of the
// answer. It does not validate either message by itself.
func (s *Spec) ValidateAnswer(request, answer []byte, lang string) []Complaint {
	q, a := s.validator(request, lang), s.validator(answer, lang)
	switch want := q.mti.Response(); {
	case q.mti == "" || a.mti == "":
		a.add(Complaint{Path: "0", Severity: SeverityError, Rule: "mti", Text: a.t.pick("no message type in the request or in the answer", "请求或应答中没有报文类型")})
		return a.out
	case !q.mti.IsRequest():
		a.at(a.top["0"], SeverityError, "mti", "%s is no request", "%s不是请求", string(q.mti))
	case a.mti != want && !answersRepeat(a.mti, want):
		a.at(a.top["0"], SeverityError, "mti", "the answer to %s is %s, not %s", "%s的应答是%s,不是%s", string(q.mti), string(want), string(a.mti))
	}
	for _, id := range []string{"3", "4", "7", "11", "41", "42"} {
		a.echoes(q, id)
	}
	if _, ok := a.top["39"]; !ok && a.defined("39") {
		a.add(Complaint{Path: "39", Offset: -1, Severity: SeverityError, Rule: "presence", Text: a.t.pick("an answer must have a response code", "应答必须有应答码")})
	}
	return a.sorted()
}

// answersRepeat reports a host that keeps the repeat in its answer: 0431 for 0430.
func answersRepeat(got, want MTI) bool {
	return len(got) == 4 && got[:3] == want[:3] && got[3] == want[3]+1
}

// validator is a message that was read, and no complaint yet.
func (s *Spec) validator(raw []byte, lang string) *validator {
	v := &validator{t: words(lang), spec: s, lang: lang}
	_ = s.Decode(raw, &v.l)
	v.read(&decoder{raw: v.l.in.raw, spans: v.l.in.spans})
	return v
}

// echoes holds a field of the answer to that of the request. An amount may be less than
// was asked for, as in a partial approval.
func (v *validator) echoes(q *validator, id string) {
	_, asked := q.top[id]
	i, answered := v.top[id]
	switch {
	case !asked:
	case !answered && id == "11":
		v.add(Complaint{Path: id, Offset: -1, Severity: SeverityError, Rule: "echo", Text: v.t.pick("the request has it, the answer has not", "请求中有而应答中没有")})
	case !answered:
		v.add(Complaint{Path: id, Offset: -1, Severity: SeverityWarning, Rule: "echo", Text: v.t.pick("the request has it, the answer has not", "请求中有而应答中没有")})
	case trimmed(q.text(id)) == trimmed(v.text(id)):
	case id == "4" && v.text(id) < q.text(id):
		v.at(i, SeverityNote, "echo", "less than the request asks for", "小于请求金额")
	case id == "7":
		v.at(i, SeverityWarning, "echo", "not that of the request", "与请求不同")
	default:
		v.at(i, SeverityError, "echo", "not that of the request", "与请求不同")
	}
}

// trimmed is a text without the blanks that fill it.
func trimmed(text string) string { return strings.TrimSpace(text) }
