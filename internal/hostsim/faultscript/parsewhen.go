package faultscript

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// when reads what a message must be like.
func (p *reading) when(n node) (w When) {
	p.members(n, "when", fields{
		{"kind", func(n node) { p.each(n, "kind", func(n node) { w.Kinds = append(w.Kinds, p.kind(n)) }) }},
		{"message", func(n node) { p.each(n, "message", func(n node) { w.Messages = append(w.Messages, p.messageType(n)) }) }},
		{"processing", func(n node) {
			p.each(n, "processing", func(n node) { w.Processing = append(w.Processing, p.processing(n)) })
		}},
		{"amount", func(n node) { p.each(n, "amount", func(n node) { w.Amounts = append(w.Amounts, p.amount(n)) }) }},
		{"card", func(n node) { p.each(n, "card", func(n node) { w.Cards = append(w.Cards, p.card(n)) }) }},
		{"terminal", func(n node) { p.each(n, "terminal", func(n node) { w.Terminals = append(w.Terminals, p.terminal(n)) }) }},
		{"stan", func(n node) {
			p.each(n, "stan", func(n node) { w.STANs = append(w.STANs, p.span(n, "stan", int(till.MaxSTAN))) })
		}},
		{"from", func(n node) { w.From = p.duration(n, "from") }},
		{"until", func(n node) { w.Until = p.duration(n, "until") }},
		{"nth", func(n node) { w.Nth = p.span(n, "nth", maxCount) }},
		{"every", func(n node) { w.Every = p.count(n, "every", 1) }},
		{"chance", func(n node) { w.Chance = p.chance(n) }},
	})
	return w
}

func (p *reading) kind(n node) Kind {
	if n.kind != scalar || !slices.Contains(Kinds(), Kind(n.text)) {
		p.unknown(n, "kind", kindNames())
	}
	return Kind(n.text)
}

func kindNames() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return names
}

// messageType is four digits of a request, with x for any.
func (p *reading) messageType(n node) MessageType {
	text := strings.ToLower(n.text)
	ok := n.kind == scalar && len(text) == 4 && strings.Trim(text, "0123456789x") == ""
	if !ok || strings.Contains("13579", text[2:3]) {
		p.want(n, "message", i18n.T("the message type of a request, four digits with x for any, as 0200 or 04x0", "请求的报文类型，四位数字，x 代表任意一位，例如 0200 或 04x0").With())
	}
	return MessageType(text)
}

// processing is the first digits of a processing code.
func (p *reading) processing(n node) string {
	if n.kind != scalar || len(n.text) > 6 || !plainDigits(n.text) {
		p.want(n, "processing", i18n.T("the first digits of a processing code, as 00 or 200000", "处理码的前几位，例如 00 或 200000").With())
	}
	return n.text
}

// amount is 12.50, a range 10..20 with one end left out or none, or "*.68" for what ends
// so.
func (p *reading) amount(n node) AmountRange {
	if ending, ok := strings.CutPrefix(n.text, "*"); ok && n.kind == scalar {
		return p.ending(n, strings.Replace(ending, ".", "", 1))
	}
	low, high, ranged := strings.Cut(n.text, "..")
	if !ranged {
		high = low
	}
	r := AmountRange{Low: p.bound(low), High: p.bound(high)}
	bad := (low != "") != (r.Low != nil) || (high != "") != (r.High != nil) || r.Low == nil && r.High == nil
	if n.kind != scalar || bad || r.upsideDown() {
		p.want(n, "amount", i18n.T("an amount as 12.50, a range as 10..20, 10.. or ..20, or the last digits as \"*.68\"",
			"金额，例如 12.50；范围，例如 10..20、10.. 或 ..20；或末几位，例如 \"*.68\"").With())
	}
	return r
}

func (p *reading) ending(n node, digits string) AmountRange {
	if len(digits) > maxDigits || !plainDigits(digits) {
		p.want(n, "amount", i18n.T("the last digits of an amount as \"*.68\" or \"*5\"", "金额末几位，例如 \"*.68\" 或 \"*5\"").With())
	}
	return AmountRange{Ending: digits}
}

// bound is an amount that is not negative; nil is none.
func (p *reading) bound(text string) *Decimal {
	d, ok := parseDecimal(text)
	if !ok || d.units < 0 || strings.HasPrefix(text, "-") {
		return nil
	}
	return &d
}

// upsideDown reports a range that begins after its end.
func (r AmountRange) upsideDown() bool {
	return r.Low != nil && r.High != nil && r.Low.compareTo(*r.High) > 0
}

// card is a mask, a beginning or an end of a number.
func (p *reading) card(n node) CardMask {
	text := strings.ReplaceAll(n.text, " ", "")
	first, rest, starred := strings.Cut(text, "*")
	last := strings.TrimLeft(rest, "*")
	if n.kind == scalar && plainDigits(text) && len(text) >= fewestDigits {
		p.found = append(p.found, wholeNumber(n.line))
		return CardMask{}
	}
	if !starred && len(text) == 4 { // 1111 alone is how everybody names a card
		first, last = "", text
	}
	ok := strings.Trim(first+last, "0123456789") == "" && first+last != "" && len(first) <= 6 && len(last) <= 4
	if n.kind != scalar || !ok {
		p.want(n, "card", i18n.T("the last four digits as 1111, or first six and last four at the most, as \"411111******1111\", \"411111*\" or \"*1111\"",
			"后四位，例如 1111；或最多前六位和后四位，例如 \"411111******1111\"、\"411111*\" 或 \"*1111\"").With())
	}
	return CardMask{First: first, Last: last}
}

func (p *reading) terminal(n node) string {
	if n.kind != scalar || n.text == "" || len(n.text) > 8 {
		p.want(n, "terminal", i18n.T("a terminal number of 1 to 8 characters", "1 到 8 个字符的终端号").With())
	}
	return strings.TrimRight(n.text, " ")
}

// span is a number, or a range 3..5 or 3.. of them.
func (p *reading) span(n node, key string, most int) Span {
	first, last, ranged := strings.Cut(n.text, "..")
	s := Span{First: atoi(first), Last: atoi(last)}
	endless := ranged && last == ""
	switch {
	case endless:
		s.Last = 0
	case !ranged:
		s.Last = s.First
	}
	if n.kind != scalar || s.First < 1 || s.First > most || s.Last > most || !endless && s.Last < s.First {
		p.want(n, key, i18n.T("a number from 1 to %d, or a range as 3..5 or 3..", "1 到 %d 的数字，或范围，例如 3..5 或 3..").With(most))
		return Span{First: 1}
	}
	return s
}

// atoi is a number of plain digits; -1 is none.
func atoi(text string) int {
	if !plainDigits(text) {
		return -1
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

// chance is 15%, 0.5% or 0.15.
func (p *reading) chance(n node) Chance {
	number, percent := strings.CutSuffix(n.text, "%")
	d, ok := parseDecimal(strings.TrimSpace(number))
	digits := 6 - d.digits
	if percent {
		digits -= 2
	}
	if n.kind == scalar && ok && digits >= 0 && d.units > 0 && d.units <= int64(certain)/power(digits) {
		return Chance(d.units * power(digits))
	}
	p.want(n, "chance", i18n.T("a probability above nothing as %s, with four decimals of a percent at the most", "大于零的概率，例如 %s，百分数最多四位小数").With("15%, 0.15"))
	return certain
}
