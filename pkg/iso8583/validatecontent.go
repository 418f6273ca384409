package iso8583

import (
	"strings"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// element holds one element to what may stand in it.
func (v *validator) element(i int) {
	sp := &v.b.spans[i]
	switch {
	case sp.node == v.spec.mti || sp.node.bits:
		return
	case sp.opaque():
		v.object(i)
		return
	case sp.node.layout != layoutNone:
		v.composite(i)
		return
	}
	text := v.b.text(i)
	if at := sp.node.content.stranger([]byte(text)); at > 0 && oldSeparator(sp.node, text) {
		v.at(i, SeverityNote, "content", "the separator is D: the standard has = in characters", "分隔符为D:标准的字符形式为=")
	} else if at > 0 {
		v.at(i, SeverityError, "content", "character %d is not of the kind the field holds", "第%d个字符不属于该域的类型", at)
		return
	}
	v.padding(i, text)
	if sp.tag != 0 {
		v.object(i)
	}
	if num := v.number(i); num > 0 {
		v.field(i, num, text)
	}
}

// padding is about values of nothing and about blanks on the wrong side.
func (v *validator) padding(i int, text string) {
	n := v.b.spans[i].node
	switch {
	case text == "" && n.prefix != prefixFixed && v.b.spans[i].parent < 0:
		v.at(i, SeverityWarning, "empty", "announced, and of no length", "已声明，但长度为零")
		v.hint("leave the field out, and its bit", "请省去该域及其位")
	case n.prefix == prefixFixed && n.content == contentANS && strings.HasPrefix(text, " ") && strings.TrimSpace(text) != "":
		v.at(i, SeverityNote, "padding", "justified to the right with blanks: text is justified to the left", "前面以空格填充:文本应左对齐")
	}
}

// field is what is particular to one field of the message.
func (v *validator) field(i, num int, text string) {
	if p := momentOf(num, v.mti.Version(), len(text)); p != "" && text != "" {
		v.moment(i, p, text)
		return
	}
	switch num {
	case 2:
		v.number2(i, text)
	case 3, 18, 19, 20, 21, 22, 24, 25, 39, 49, 50, 51, 66, 68, 69, 70:
		v.coded(i, num, text)
	case 4:
		v.amount(i)
	case 35:
		v.track2(i, text)
	case 54:
		v.additional(i, text)
	case 90:
		v.original(i, text)
	}
}

// number2 is the card number: its length (ISO/IEC 7812-1) and its check digit.
func (v *validator) number2(i int, text string) {
	number := strings.TrimRight(text, "F ")
	switch {
	case text == "":
	case len(number) < 8 || !allDigits(number):
		v.at(i, SeverityWarning, "pan", "%d digits are no card number", "%d位数字不是卡号", len(number))
	case !card.Luhn(number):
		v.at(i, SeverityWarning, "luhn", "the check digit does not fit", "校验位不符")
		v.hint("a wrong digit, or a token in place of the number", "可能有误码，或以令牌代替了卡号")
	}
}

// coded is a field that holds a code which the tables should know.
func (v *validator) coded(i, num int, text string) {
	if !codedForm(num, len(text)) || num == 24 && v.mti.Version() == '0' || v.x.hidden(i) || v.x.meaning(i) != "" {
		return
	}
	switch num {
	case 19, 20, 21, 68, 69:
		v.at(i, SeverityWarning, "country", "no country of ISO 3166-1", "不是ISO 3166-1国家或地区")
	case 49, 50, 51:
		v.at(i, SeverityWarning, "currency", "no currency of ISO 4217", "不是ISO 4217货币")
	default:
		v.at(i, SeverityWarning, "code", "no table has this code", "代码表中没有该代码")
		v.hint("a private code of the network, or bytes of another field", "可能是网络自定义代码，或是其他域的字节")
	}
}

// codedForm reports a length that the code of a field has in an edition: what has
// another is of a spec of its own, and nothing is known of its codes.
func codedForm(num, length int) bool {
	switch num {
	case 3:
		return length == 6
	case 18:
		return length == 4
	case 22:
		return length == 3 || length == 12
	case 25:
		return length == 2 || length == 4
	case 39:
		return length >= 2 && length <= 4
	case 66:
		return length == 1
	default:
		return length == 3
	}
}

// amount needs a currency, unless the spec has none.
func (v *validator) amount(i int) {
	if _, ok := v.top["49"]; ok || v.spec.field(49) == nil || v.mti.IsResponse() {
		return
	}
	v.at(i, SeverityNote, "currency", "an amount, and no field 49 that says in which currency", "有金额，但没有说明货币的域49")
}

func (v *validator) currency(i int, text string) {
	if len(text) != 3 {
		return
	}
	if _, err := money.CurrencyByNumber(text); err == nil {
		return
	}
	if _, err := money.CurrencyByCode(text); err != nil {
		v.at(i, SeverityWarning, "currency", "no currency of ISO 4217", "不是ISO 4217货币")
	}
}

// track2 holds a track to ISO/IEC 7813, and to the number and the date that stand
// elsewhere in the message.
func (v *validator) track2(i int, text string) {
	if text == "" {
		return
	}
	track, err := card.ParseTrack2(strings.TrimRight(text, "?F"))
	if err != nil {
		v.at(i, SeverityWarning, "track", "not a number, a separator, a date and a service code", "不是由卡号、分隔符、有效期和服务码组成")
		return
	}
	number := strings.TrimRight(v.text("2"), "F ")
	if pan, err := card.ParsePAN(number); err == nil && !pan.Equal(track.PAN) {
		v.at(i, SeverityWarning, "track", "its number is not that of field 2", "其卡号与域2不同")
	}
}

// additional is field 54: amounts of 20 characters each.
func (v *validator) additional(i int, text string) {
	if len(text)%20 != 0 {
		v.at(i, SeverityWarning, "amounts", "%d characters: additional amounts have 20 each", "%d个字符:每个附加金额应为20个字符", len(text))
	}
}

// original is field 90.
func (v *validator) original(i int, text string) {
	if len(text) == 42 && allDigits(text) && strings.Trim(text, "0") != "" && !plausible90([]byte(text)) {
		v.at(i, SeverityWarning, "original", "not a message type, a trace number and a time", "不是由报文类型、跟踪号和时间组成")
	}
}
