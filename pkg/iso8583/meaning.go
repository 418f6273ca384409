package iso8583

import (
	"strings"

	"github.com/tillworks/till/pkg/isocode"
)

// Meanings are appended and allocate nothing: whoever explains a file explains millions.
// What cannot be read in the way that its field asks for, and a code that no public table
// holds, has no meaning; nothing is guessed.

// appendMeaning appends what an element says, in words, or nothing. Of sensitive elements
// it tells only what a mask may show: brand, service code.
func (x *explainer) appendMeaning(dst []byte, i int) []byte {
	sp := &x.b.spans[i]
	n := sp.node
	switch {
	case n == x.spec.mti:
		return x.t.appendMTI(dst, x.clear(i))
	case n.bits:
		return x.appendBitList(dst, sp)
	case sp.class() != classOpen:
		return x.appendSensitive(dst, sp.class(), i)
	case sp.tag != 0:
		return x.appendObject(dst, i)
	case n.layout == layoutBER || x.hidden(i):
		return dst // a card number stands where it does not belong: say nothing of it
	case sp.parent >= 0:
		return x.appendPart(dst, n.path, i)
	}
	return x.appendField(dst, n.num, i)
}

// meaning is what an element says, or "".
func (x *explainer) meaning(i int) string { return string(x.appendMeaning(nil, i)) }

// appendField appends the meaning of a field of the message. Each case checks the form of
// what it reads: editions differ in it, and a spec may use a number for something else.
func (x *explainer) appendField(dst []byte, num, i int) []byte {
	if x.version() == '2' && !sameIn2003(num) {
		return dst
	}
	switch num {
	case 3, 18, 22, 24, 25, 26, 39, 40, 49, 50, 51, 66, 70, 91:
		return x.appendCoded(dst, num, x.clear(i))
	case 4, 5, 6, 8, 28, 29, 30, 31, 82, 83, 84, 85, 86, 87, 88, 89, 95, 97, 105, 106:
		c := x.currencyOf(num)
		return x.appendAmounts(dst, num, x.clear(i), c)
	case 7, 12, 13, 15, 16, 17, 73:
		return appendMoment(dst, num, x.clear(i))
	case 9, 10:
		return appendRate(dst, x.clear(i))
	case 19, 20, 21, 68, 69, 92:
		return x.appendCode(dst, isocode.Country, x.clear(i))
	case 54:
		return x.appendBalances(dst, x.clear(i))
	case 53:
		return x.appendSecurity(dst, x.clear(i))
	case 56, 90:
		return x.appendOriginal(dst, x.clear(i))
	case 60:
		return x.appendPrivate60(dst, x.clear(i))
	}
	return x.appendPlain(dst, num, x.clear(i))
}

// sameIn2003 reports a field that the 2003 edition did not give to something else.
func sameIn2003(num int) bool {
	switch num {
	case 3, 4, 5, 6, 7, 9, 10, 12, 13, 15, 16, 17, 19, 20, 22, 23, 24, 25, 26, 28, 39, 40, 41, 42, 73:
		return true
	}
	return false
}

// appendCoded appends the meaning of a field of codes.
func (x *explainer) appendCoded(dst []byte, num int, text []byte) []byte {
	switch num {
	case 3:
		return x.appendProcessing(dst, text)
	case 18:
		return x.appendCode(dst, isocode.Category, text)
	case 22:
		return x.appendEntryMode(dst, text)
	case 24:
		if v := x.version(); v == '1' || v == '2' {
			return x.appendCode(dst, sayFunctionCode, text)
		}
		return dst // in the 1987 edition a network's own number
	case 25:
		return x.appendCondition(dst, text)
	case 26:
		if len(text) == 4 {
			return x.appendCode(dst, isocode.Category, text)
		}
		return x.appendCounted(dst, "at most ", " PIN digits", "密码最多", "位", text)
	case 39:
		return x.appendResponse(dst, text)
	case 40:
		return x.appendServiceCode(dst, len(dst), text)
	case 49, 50, 51:
		return x.appendCurrency(dst, text)
	case 66:
		return x.appendCode(dst, saySettlement, text)
	case 70:
		switch x.version() {
		case '0':
			return x.appendCode(dst, sayNetwork, text)
		case '1':
			return x.appendCode(dst, isocode.Country, text)
		}
	case 91:
		if len(text) == 3 {
			return x.appendCode(dst, isocode.Country, text)
		}
		return x.appendCode(dst, sayFile, text)
	}
	return dst
}

// appendPlain appends the meaning of what is no code: numbers, names.
func (x *explainer) appendPlain(dst []byte, num int, text []byte) []byte {
	switch num {
	case 23:
		return x.appendCounted(dst, "sequence number ", "", "序列号", "", text)
	case 27:
		return x.appendCounted(dst, "", " characters in field 38", "域38为", "个字符", text)
	case 41:
		return x.appendNamed(dst, "terminal ", "终端", text)
	case 42:
		return x.appendNamed(dst, "merchant ", "商户", text)
	case 43:
		return appendWords(dst, text)
	case 74, 75, 76, 77, 78, 79, 80, 81, 107, 108:
		return x.appendCounted(dst, "", " transactions", "", "笔", text)
	}
	return dst
}

// appendPart appends the meaning of a subfield whose field the standard divides.
func (x *explainer) appendPart(dst []byte, path string, i int) []byte {
	text := x.clear(i)
	switch path {
	case "3.1":
		return x.appendCode(dst, x.spec.processing(), text)
	case "3.2", "3.3":
		return x.appendCode(dst, sayAccount, text)
	case "60.1", "60.2", "60.3", "60.4", "60.5":
		return x.appendPart60(dst, path[3], text)
	case "48.5", "48.10", "63.1":
		return x.appendPartUnionpay(dst, path, text)
	case "4.1", "5.1", "6.1":
		return x.appendCurrency(dst, text)
	}
	if position, ok := strings.CutPrefix(path, "22."); ok {
		return x.appendEntryPart(dst, position, text)
	}
	return dst
}

// version is the first digit of the message type, which tells the edition; 0 where there
// is none.
func (x *explainer) version() byte {
	if len(x.b.spans) == 0 || x.b.spans[0].node != x.spec.mti {
		return 0
	}
	text := x.v.text(x.b, 0)
	if len(text) != 4 {
		return 0
	}
	return text[0]
}

// appendProcessing appends field 3: type of transaction, account from, account to.
func (x *explainer) appendProcessing(dst, text []byte) []byte {
	if len(text) != 6 {
		return dst
	}
	from := len(dst)
	en, zh := x.spec.processing()(text[:2])
	dst = append(dst, x.t.pick(en, zh)...)
	if string(text[2:4]) != "00" {
		en, zh = sayAccount(text[2:4])
		dst = x.t.appendNext(dst, from, "from ", "转出:", en, zh)
	}
	if string(text[4:]) != "00" {
		en, zh = sayAccount(text[4:])
		dst = x.t.appendNext(dst, from, "to ", "转入:", en, zh)
	}
	return dst
}

// appendCondition appends field 25: a condition of two digits in the 1987 edition, a
// reason of four from 1993 on.
func (x *explainer) appendCondition(dst, text []byte) []byte {
	switch {
	case len(text) == 4:
		return x.appendCode(dst, sayReason, text)
	case x.spec.network == networkUnionpay:
		return x.appendCode(dst, sayConditionUnionpay, text)
	}
	return x.appendCode(dst, sayCondition, text)
}

// appendResponse appends field 39: two characters in the 1987 edition, which networks
// fill in ways of their own, three digits in that of 1993 and four in that of 2003.
func (x *explainer) appendResponse(dst, text []byte) []byte {
	switch len(text) {
	case 2:
		return x.appendCode(dst, x.spec.responses(), text)
	case 3:
		return x.appendCode(dst, x.spec.actions(), text)
	case 4:
		return x.appendCode(dst, sayAction2003, text)
	}
	return dst
}

// appendCode appends what a table says of a code.
func (x *explainer) appendCode(dst []byte, table func([]byte) (en, zh string), text []byte) []byte {
	en, zh := table(text)
	return append(dst, x.t.pick(en, zh)...)
}

// appendCounted appends a number without its leading zeros, between words.
func (x *explainer) appendCounted(dst []byte, en, en2, zh, zh2 string, text []byte) []byte {
	if len(text) == 0 || !isDigits(text) {
		return dst
	}
	return append(append(append(dst, x.t.pick(en, zh)...), short(text)...), x.t.pick(en2, zh2)...)
}

// short is digits without the zeros that lead them.
func short(digits []byte) []byte {
	for len(digits) > 1 && digits[0] == '0' {
		digits = digits[1:]
	}
	return digits
}

// appendNamed appends an identifier without its filling.
func (x *explainer) appendNamed(dst []byte, en, zh string, text []byte) []byte {
	from := len(dst)
	dst = append(dst, x.t.pick(en, zh)...)
	named := len(dst)
	if dst = appendWords(dst, text); len(dst) == named {
		return dst[:from]
	}
	return dst
}

// appendWords appends printable text with single blanks between its words.
func appendWords(dst, text []byte) []byte {
	from := len(dst)
	blank := false
	for _, c := range text {
		switch {
		case c == ' ':
			blank = len(dst) > from
			continue
		case c < ' ' || c > '~':
			return dst[:from]
		case blank:
			dst = append(dst, ' ')
		}
		blank = false
		dst = append(dst, c)
	}
	return dst
}

// isDigits reports ASCII digits alone; of nothing it is true.
func isDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
