package iso8583

import (
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/isocode"
	"github.com/tillworks/till/pkg/money"
)

// appendObject appends what an EMV data object says. Amounts are in the currency that
// stands beside them, or in that of the message.
func (x *explainer) appendObject(dst []byte, i int) []byte {
	sp := &x.b.spans[i]
	if x.b.composite(i) || x.hidden(i) || !sp.opaque() && (sp.node.coding == codeHex || sp.node.coding == codeEBCDIC) {
		return dst
	}
	tag, value := emv.Tag(sp.tag), x.b.raw[sp.Start:sp.End]
	var c money.Currency
	switch tag {
	case emv.TagAmount, emv.TagAmountOther:
		c = x.objectCurrency(i)
	case emv.TagCurrency, emv.TagApplicationCurrency, emv.TagTerminalCountry, emv.TagIssuerCountry, emv.TagServiceCode, emv.TagMCC:
		return x.appendNumbered(dst, tag, value)
	}
	return emv.AppendMeaning(dst, tag, value, c, string(x.t))
}

// objectCurrency is the transaction currency (5F2A) beside a data object, or that of the
// message.
func (x *explainer) objectCurrency(i int) money.Currency {
	x.borrowed = true
	parent := x.b.spans[i].parent
	for j := int(parent) + 1; j < len(x.b.spans) && x.b.spans[j].parent >= parent; j++ {
		if sp := &x.b.spans[j]; sp.parent == parent && sp.tag == uint32(emv.TagCurrency) {
			return packedCurrency(x.b.raw[sp.Start:sp.End])
		}
	}
	return x.currencyField(49)
}

// packedCurrency reads a currency number in two bytes.
func packedCurrency(value []byte) money.Currency {
	if len(value) != 2 || value[0] > 9 {
		return money.Currency{}
	}
	var buf [4]byte
	return currencyIn(appendHex(buf[:0], value)[1:])
}

// appendNumbered appends what data objects say that hold a number of another standard in
// two bytes.
func (x *explainer) appendNumbered(dst []byte, tag emv.Tag, value []byte) []byte {
	if len(value) != 2 {
		return dst
	}
	var buf [4]byte
	digits := appendHex(buf[:0], value)
	if tag == emv.TagMCC {
		en, zh := isocode.Category(digits)
		return append(dst, x.t.pick(en, zh)...)
	}
	if digits[0] != '0' {
		return dst
	}
	var en, zh string
	switch tag {
	case emv.TagTerminalCountry, emv.TagIssuerCountry:
		en, zh = isocode.Country(digits[1:])
	case emv.TagServiceCode:
		return x.appendServiceCode(dst, len(dst), digits[1:])
	default:
		en, zh = isocode.Currency(digits[1:])
	}
	return append(dst, x.t.pick(en, zh)...)
}
