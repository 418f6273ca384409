package bulk

import (
	"errors"
	"strconv"

	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dump"
)

// Message is one message of an input, or a run of bytes in which none was found, or a
// place of the input that gives no bytes. It is valid until the next.
type Message struct {
	Origin iso8583.Origin
	Data   []byte          // the bytes, with what was around the message; nil where Fault tells why
	Raw    []byte          // the message alone; all of Data where none was found
	Match  detect.Match    // what it was found to be
	Layout *iso8583.Layout // its elements, by Match.Spec
	Nanos  int64           // time since 1970 in nanoseconds, 0 where none is known

	Partial bool  // the bytes end before the message does
	Want    int   // bytes that Data would have if it were whole, where that is known
	Lost    int64 // bytes that are known to be missing before it
	Length  int   // of a run of bytes of which nothing is known and Data is the beginning; else that of Data
	Fault   error // of the input, a *dump.Error

	// Unframed is the framing that Options name and that is not there.
	Unframed string
	// Header is what is wrong with the length in front of a message that is sound.
	Header []iso8583.ExplainedRepair

	oddDigits bool // Data is hexadecimal digits as they were typed, an odd number of them
}

// Sound reports a message that was read to its last byte without a fault.
func (m *Message) Sound() bool {
	return m.Fault == nil && m.Match.Spec != nil && m.Match.Err == nil && !m.Partial && len(m.Header) == 0
}

// state is how the message counts.
func (m *Message) state() state {
	switch {
	case m.Fault != nil:
		return unreadable
	case m.Match.Spec == nil:
		return undetected
	case m.Sound():
		return sound
	default:
		return broken
	}
}

// count counts the message.
func (m *Message) count(t *Totals) {
	t.Messages++
	switch m.state() {
	case sound:
		t.Sound++
	case broken:
		t.Broken++
	case undetected:
		t.Undetected++
	case unreadable:
		t.Unreadable++
	}
}

// Why is what is wrong with a message of which the dialect says nothing, in "en" or
// "zh": bytes that were not read or not recognised, and messages that are not whole.
// It is nil where the decoder tells.
func (m *Message) Why(lang string) *iso8583.ExplainedFault {
	say := func(offset int, en, zh string) *iso8583.ExplainedFault {
		return &iso8583.ExplainedFault{Offset: offset, Text: pick(lang, en, zh)}
	}
	var fault *dump.Error
	switch {
	case errors.As(m.Fault, &fault):
		text := fault.Place(lang) + ": " + fault.In(lang)
		return say(0, text, text)
	case m.Fault != nil:
		return say(0, m.Fault.Error(), m.Fault.Error())
	case m.Match.Spec == nil && m.oddDigits:
		return say(0, "an odd number of hexadecimal digits: one is missing or too many", "十六进制数字为奇数个：缺少或多出一位")
	case m.Match.Spec == nil && m.Partial:
		return say(len(m.Data), "the input ends inside a message", "输入在报文中间结束")
	case m.Match.Spec == nil && m.Length > len(m.Data):
		n := strconv.Itoa(m.Length)
		return say(0, "no known framing and dialect explain these "+n+" bytes", "没有已知的封装和方言能够解释这"+n+"个字节")
	case m.Match.Spec == nil:
		return say(0, "no known framing and dialect explain these bytes", "没有已知的封装和方言能够解释这些字节")
	case len(m.Header) > 0:
		x := say(0, "the length in front of the message is not its length", "报文前的长度与报文不符")
		x.Repairs = m.Header
		return x
	case m.Match.Err == nil && m.Partial:
		return say(len(m.Raw), "the input ends inside the message", "输入在报文中间结束")
	}
	return nil
}

// Explain is the whole explanation of a message, in "en" or "zh", with the repairs of a
// broken one. The explainer is one of the message's spec; nil where no message was found,
// of which there is an explanation without fields and with an error.
func (m *Message) Explain(lang string, e *iso8583.Explainer) iso8583.Explanation {
	x := iso8583.Explanation{Fields: []iso8583.ExplainedField{}, Warnings: []string{}}
	if e != nil {
		x = e.Explain(m.Raw)
	}
	x.Origin = m.Origin
	x.Warnings = append(x.Warnings, m.doubts(lang)...)
	switch why := m.Why(lang); {
	case why != nil:
		x.Error = why
	case x.Error != nil:
		x.Error.Repairs = m.repairs(lang)
	}
	return x
}

// repairs are those of the message, and of what stands in front of it.
func (m *Message) repairs(lang string) []iso8583.ExplainedRepair {
	repairs := m.Match.Spec.Repairs(m.Raw, lang)
	if m.Match.Framing == "none" {
		return repairs
	}
	return append(repairs, m.Match.Spec.HeaderRepairs(m.Data, lang)...)
}

// doubts are what is odd about how the bytes came to be taken for a message.
func (m *Message) doubts(lang string) []string {
	var doubts []string
	if m.Match.Spec != nil && m.oddDigits {
		doubts = append(doubts, pick(lang, "an odd number of hexadecimal digits: taken for the characters of a message", "十六进制数字为奇数个：按报文字符处理"))
	}
	if m.Unframed != "" {
		doubts = append(doubts, pick(lang, "no "+m.Unframed+" stands in front: read from the first byte", "前面没有 "+m.Unframed+"：从第一个字节开始解析"))
	}
	return doubts
}

// oddHex reports characters that are hexadecimal digits, an odd number of them.
func oddHex(data []byte) bool {
	if len(data)%2 == 0 {
		return false
	}
	for _, c := range data {
		if (c < '0' || c > '9') && (c < 'A' || c > 'F') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func pick(lang, en, zh string) string {
	if isChinese(lang) {
		return zh
	}
	return en
}
