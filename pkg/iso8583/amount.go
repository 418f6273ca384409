package iso8583

import (
	"strconv"

	"github.com/tillworks/till/pkg/isocode"
	"github.com/tillworks/till/pkg/money"
)

// appendAmounts appends the meaning of a field of amounts, one or two of them.
func (x *explainer) appendAmounts(dst []byte, num int, text []byte, c money.Currency) []byte {
	switch {
	case num == 95:
		return x.appendReplacement(dst, text)
	case num == 30 && len(text) == 24: // from the 1993 edition on
		return x.appendPair(dst, text)
	case num == 28 && (len(text) == 6 && x.version() == '1' || x.version() == '2'): // the date of reconciliation
		return appendMoment(dst, 15, text)
	case len(text) == 10 && num >= 82 && num <= 85:
		return x.appendCounted(dst, "", " transactions", "", "笔", text)
	case len(text) == 16 && num <= 6: // from the 2003 edition on: currency, decimals, amount
		return x.appendAmount(dst, text[4:], currencyIn(text[:3]))
	case num == 29 && len(text) == 3: // from the 1993 edition on, a number
		return dst
	}
	return x.appendAmount(dst, text, c)
}

// appendAmount appends minor units in major units of a currency; a sign C or D is in
// words.
func (x *explainer) appendAmount(dst, text []byte, c money.Currency) []byte {
	from := len(dst)
	if len(text) > 0 && (text[0] == 'C' || text[0] == 'D') {
		dst = append(append(dst, x.sign(text[0])...), ' ')
		text = text[1:]
	}
	minor, ok := minorUnits(text)
	switch {
	case !ok:
		return dst[:from]
	case c.IsZero():
		return append(strconv.AppendInt(dst, minor, 10), x.t.pick(" minor units", "个最小货币单位")...)
	}
	return money.New(minor, c).Append(dst)
}

// minorUnits reads digits as a number. More than 18 may not fit.
func minorUnits(text []byte) (minor int64, ok bool) {
	if len(text) == 0 || len(text) > 18 {
		return 0, false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		minor = minor*10 + int64(c-'0')
	}
	return minor, true
}

func (x *explainer) sign(c byte) string {
	if c == 'D' {
		return x.t.pick("debit", "借记")
	}
	return x.t.pick("credit", "贷记")
}

// currencyOf is the currency of an amount field: of the transaction, of settlement, or
// of the cardholder's bill; where a message has no settlement currency its totals are
// in that of the transaction.
func (x *explainer) currencyOf(num int) money.Currency {
	switch num {
	case 6, 8:
		return x.currencyField(51)
	case 5, 29, 31:
		return x.currencyField(50)
	case 82, 83, 84, 85, 86, 87, 88, 89, 97, 105, 106:
		if c := x.currencyField(50); !c.IsZero() {
			return c
		}
	}
	return x.currencyField(49)
}

// currencyField is the currency that a field of the message names, or none.
func (x *explainer) currencyField(num int) money.Currency {
	x.borrowed = true
	for i := range x.b.spans {
		sp := &x.b.spans[i]
		if sp.parent >= 0 || sp.node.num != num {
			continue
		}
		return currencyIn(x.v.text(x.b, i))
	}
	return money.Currency{}
}

// currencyIn reads a currency: three digits or three letters.
func currencyIn(text []byte) money.Currency {
	if len(text) != 3 {
		return money.Currency{}
	}
	if !isDigits(text) {
		c, _ := money.CurrencyByCode(string(text))
		return c
	}
	c, _ := money.CurrencyNumbered(int(text[0]-'0')*100 + int(text[1]-'0')*10 + int(text[2]-'0'))
	return c
}

// appendRate appends a conversion rate: the first digit counts the decimals of the other
// seven.
func appendRate(dst, text []byte) []byte {
	if len(text) != 8 || !isDigits(text) || text[0] > '7' {
		return dst
	}
	point := 8 - int(text[0]-'0')
	if point == 1 {
		dst = append(dst, '0')
	} else {
		dst = append(dst, short(text[1:point])...)
	}
	if point == 8 {
		return dst
	}
	return append(append(dst, '.'), text[point:]...)
}

// appendBalances appends field 54: up to six of account type, amount type, currency,
// sign, amount.
func (x *explainer) appendBalances(dst, text []byte) []byte {
	const size = 20
	from := len(dst)
	if len(text)%size != 0 {
		return dst
	}
	for at := 0; at < len(text); at += size {
		one := text[at : at+size]
		en, zh := sayAmount(one[2:4])
		dst = append(append(x.t.separate(dst, from), x.t.pick(en, zh)...), ' ')
		said := len(dst)
		if dst = x.appendAmount(dst, one[7:], currencyIn(one[4:7])); en == "" || len(dst) == said {
			return dst[:from]
		}
	}
	return dst
}

// appendReplacement appends field 95: the amounts that the transaction really had.
func (x *explainer) appendReplacement(dst, text []byte) []byte {
	if len(text) != 42 {
		return dst
	}
	return x.appendPair(dst, text[:24])
}

// appendPair appends two amounts of twelve digits: of the transaction, of settlement.
func (x *explainer) appendPair(dst, text []byte) []byte {
	from := len(dst)
	for i, what := range [2]string{x.t.pick("transaction ", "交易金额"), x.t.pick("settlement ", "清算金额")} {
		dst = append(x.t.separate(dst, from), what...)
		said := len(dst)
		if dst = x.appendAmount(dst, text[12*i:12*i+12], x.currencyOf(4+i)); len(dst) == said {
			return dst[:from]
		}
	}
	return dst
}

// appendCurrency appends the currency that three digits or letters name.
func (x *explainer) appendCurrency(dst, text []byte) []byte {
	if len(text) == 3 && !isDigits(text) {
		c := currencyIn(text)
		if c.IsZero() {
			return dst
		}
		var number [3]byte
		text = c.AppendNumber(number[:0])
	}
	en, zh := isocode.Currency(text)
	return append(dst, x.t.pick(en, zh)...)
}
