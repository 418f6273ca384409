package iso8583

import (
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/money"
)

// meaning is what an element says, in words, or nothing. Of sensitive elements it
// tells only what a mask may show: brand, service code.
func (x *explainer) meaning(i int) string {
	sp := &x.b.spans[i]
	switch {
	case sp.node == x.spec.mti:
		return x.mti().Describe(string(x.t))
	case sp.node.bits:
		return x.bitList(sp)
	case sp.class() != classOpen:
		return x.sensitive(sp, x.b.text(i))
	case sp.parent >= 0 || sp.tag != 0:
		return ""
	}
	text := x.b.text(i)
	if sweepNode(sp.node, text, false) != text {
		return "" // a card number stands where it does not belong: say nothing of it
	}
	return x.fieldMeaning(sp.node.id, text)
}

// sensitive is what may be said of card data.
func (x *explainer) sensitive(sp *Span, text string) string {
	switch sp.class() {
	case classPAN:
		pan, err := card.ParsePAN(strings.TrimRight(text, "F"))
		if err != nil {
			return ""
		}
		return string(pan.Brand())
	case classTrack:
		track, err := card.ParseTrack2(text)
		if err != nil {
			return ""
		}
		return x.t.list([]string{string(track.PAN.Brand()), x.serviceCode(string(track.ServiceCode))})
	default:
		return x.t.pick("hidden", "已隐藏")
	}
}

// fieldMeaning is the meaning of a field of ISO 8583:1987. Each case checks the form of
// what it reads, since a spec may use a number for something else.
func (x *explainer) fieldMeaning(id, text string) string {
	switch id {
	case "3":
		return x.processing(text)
	case "4", "5", "6", "8", "28", "29", "30", "31", "82", "83", "84", "85", "86", "87", "88", "89", "97":
		return x.amount(text, x.currencyOf(id))
	case "7", "12", "13", "15", "16", "17", "73":
		return moment(id, text)
	case "9", "10":
		return rate(text)
	case "22":
		return x.entryMode(text)
	case "25":
		return x.t.code("condition", text)
	case "26":
		return x.counted("at most %s PIN digits", "密码最多%s位", text)
	case "27":
		return x.counted("%s characters in field 38", "域38为%s个字符", text)
	case "39":
		return x.t.code("response", text)
	case "40":
		return x.serviceCode(text)
	case "41":
		return x.named("terminal %s", "终端%s", text)
	case "42":
		return x.named("merchant %s", "商户%s", text)
	case "43":
		return strings.Join(strings.Fields(text), " ")
	case "49", "50", "51":
		return x.currency(text).Code()
	case "54":
		return x.balances(text)
	case "66":
		return x.t.code("settlement", text)
	case "70":
		return x.t.code("network", text)
	case "74", "75", "76", "77", "78", "79", "80", "81":
		return x.counted("%s transactions", "%s笔", text)
	case "90":
		return x.original(text)
	case "91":
		return x.t.code("file", text)
	case "95":
		return x.replacement(text)
	}
	return ""
}

// processing is field 3: transaction type, account from, account to.
func (x *explainer) processing(text string) string {
	if len(text) != 6 {
		return ""
	}
	parts := []string{x.t.code("proc", text[:2])}
	if from := text[2:4]; from != "00" {
		parts = append(parts, x.prefixed("from ", "转出:", x.t.code("account", from)))
	}
	if to := text[4:]; to != "00" {
		parts = append(parts, x.prefixed("to ", "转入:", x.t.code("account", to)))
	}
	return x.t.list(parts)
}

// entryMode is field 22 of the 1987 edition: how the number got in, and the PIN pad.
func (x *explainer) entryMode(text string) string {
	if len(text) != 3 {
		return ""
	}
	return x.t.list([]string{x.t.code("entry", text[:2]), x.t.code("pinpad", text[2:])})
}

// serviceCode is the three digits of ISO/IEC 7813.
func (x *explainer) serviceCode(text string) string {
	if len(text) != 3 {
		return ""
	}
	said := x.t.list([]string{x.t.code("service.1", text[:1]), x.t.code("service.2", text[1:2]), x.t.code("service.3", text[2:])})
	if said == "" {
		return ""
	}
	return x.t.sprintf("service code %s: %s", "服务码%s:%s", text, said)
}

// amount is minor units in major units of a currency; a sign C or D is in words.
func (x *explainer) amount(text string, c money.Currency) string {
	sign := ""
	if text != "" && (text[0] == 'C' || text[0] == 'D') {
		sign, text = x.sign(text[0]), text[1:]
	}
	minor, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return ""
	}
	said := money.New(minor, c).String()
	if c.IsZero() {
		said = x.t.sprintf("%d minor units", "%d个最小货币单位", minor)
	}
	if sign == "" {
		return said
	}
	return sign + " " + said
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
func (x *explainer) currencyOf(id string) money.Currency {
	first := "49"
	switch id {
	case "6", "8":
		first = "51"
	case "5", "29", "31", "82", "83", "84", "85", "86", "87", "88", "89", "97":
		first = "50"
	}
	c := x.currency(x.text(first))
	if c.IsZero() && len(id) == 2 && id >= "82" {
		c = x.currency(x.text("49"))
	}
	return c
}

// currency reads a currency field: three digits or three letters.
func (x *explainer) currency(text string) money.Currency {
	if len(text) != 3 {
		return money.Currency{}
	}
	c, err := money.CurrencyByNumber(text)
	if err != nil {
		c, _ = money.CurrencyByCode(text)
	}
	return c
}

// moment is a date or time with its separators.
func moment(id, text string) string {
	if !allDigits(text) {
		return ""
	}
	switch {
	case id == "7" && len(text) == 10:
		return text[:2] + "-" + text[2:4] + " " + clock(text[4:]) + " UTC"
	case id == "12" && len(text) == 6:
		return clock(text)
	case id == "73" && len(text) == 6:
		return "20" + text[:2] + "-" + text[2:4] + "-" + text[4:]
	case id != "12" && len(text) == 4:
		return text[:2] + "-" + text[2:]
	}
	return ""
}

func clock(hhmmss string) string { return hhmmss[:2] + ":" + hhmmss[2:4] + ":" + hhmmss[4:] }

// rate is a conversion rate: the first digit counts the decimals of the other seven.
func rate(text string) string {
	if len(text) != 8 || !allDigits(text) || text[0] > '7' {
		return ""
	}
	point := 8 - int(text[0]-'0')
	whole := strings.TrimLeft(text[1:point], "0")
	if whole == "" {
		whole = "0"
	}
	if point == 8 {
		return whole
	}
	return whole + "." + text[point:]
}

// counted says a number without its leading zeros.
func (x *explainer) counted(en, zh, text string) string {
	if !allDigits(text) {
		return ""
	}
	short := strings.TrimLeft(text, "0")
	if short == "" {
		short = "0"
	}
	return x.t.sprintf(en, zh, short)
}

// named says an identifier without its filling.
func (x *explainer) named(en, zh, text string) string {
	id := strings.TrimSpace(printable(text))
	if id == "" {
		return ""
	}
	return x.t.sprintf(en, zh, id)
}

// balances is field 54: up to six of account type, amount type, currency, sign, amount.
func (x *explainer) balances(text string) string {
	const size = 20
	if text == "" || len(text)%size != 0 {
		return ""
	}
	var parts []string
	for at := 0; at < len(text); at += size {
		one := text[at : at+size]
		what := x.t.code("balance", one[2:4])
		amount := x.amount(one[7:], x.currency(one[4:7]))
		if what == "" || amount == "" {
			return ""
		}
		parts = append(parts, what+" "+amount)
	}
	return x.t.list(parts)
}

// original is field 90: type, trace number, time and institutions of the message that
// this one is about.
func (x *explainer) original(text string) string {
	if !plausible90(text) || text[10:20] == "0000000000" {
		return ""
	}
	parts := []string{
		x.t.sprintf("original %s", "原交易%s", text[:4]),
		x.t.sprintf("trace number %s", "跟踪号%s", text[4:10]),
		x.t.sprintf("sent %s", "发送于%s", moment("7", text[10:20])),
	}
	for i, institution := range []string{text[20:31], text[31:]} {
		if id := strings.TrimLeft(institution, "0"); id != "" {
			parts = append(parts, x.t.pick([]string{"acquirer ", "forwarder "}[i], []string{"受理机构", "转发机构"}[i])+id)
		}
	}
	return x.t.list(parts)
}

// replacement is field 95: the amounts that the transaction really had.
func (x *explainer) replacement(text string) string {
	if len(text) != 42 {
		return ""
	}
	transaction := x.amount(text[:12], x.currencyOf("4"))
	settlement := x.amount(text[12:24], x.currencyOf("5"))
	if transaction == "" || settlement == "" {
		return ""
	}
	return x.t.sprintf("transaction %s, settlement %s", "交易金额%s,清算金额%s", transaction, settlement)
}

func (x *explainer) prefixed(en, zh, s string) string {
	if s == "" {
		return ""
	}
	return x.t.pick(en, zh) + s
}

// luhnText tests the check digit of a number that may be filled with F or blanks.
func luhnText(text string) bool { return card.Luhn(strings.TrimRight(text, "F ")) }
