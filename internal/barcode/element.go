package barcode

import (
	"strconv"
	"strings"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// Element is one element of an element string.
type Element struct {
	AI    string // application identifier, two to four digits
	Value string
}

// Date is a date of an element string, YYMMDD; the day 00 is the last of the month. The
// zero Date is none.
type Date string

// Day is the day of the date, with the century that brings it nearest to a year: up to 49
// years before or 50 years after (GS1 General Specifications, 7.12). Zero is no date.
func (d Date) Day(year int) till.Day {
	if len(d) != 6 || !isDigits(string(d)) {
		return 0
	}
	yy, month, day := int(d[0]-'0')*10+int(d[1]-'0'), int(d[2]-'0')*10+int(d[3]-'0'), int(d[4]-'0')*10+int(d[5]-'0')
	full := year - year%100 + yy
	switch ahead := full - year; {
	case ahead >= 51:
		full -= 100
	case ahead <= -50:
		full += 100
	}
	if day == 0 {
		day = time.Date(full, time.Month(month)+1, 0, 12, 0, 0, 0, time.UTC).Day()
	}
	return till.DayOf(full, time.Month(month), day)
}

// separator ends an element of variable length: FNC1 as a scanner sends it.
const separator = '\x1d'

// aiRule is how long the value of an application identifier is and what stands in it. An
// n at the end of the identifier is the number of decimals.
type aiRule struct {
	ai    string
	fixed int  // characters; 0 is variable
	most  int  // characters of a variable one
	alnum bool // else digits
}

// aiRules are the identifiers that a shop meets (GS1 General Specifications, figure
// 3.2-1).
func aiRules() []aiRule {
	return []aiRule{
		{ai: "00", fixed: 18}, // of a pallet
		{ai: "01", fixed: 14}, // GTIN
		{ai: "02", fixed: 14}, // GTIN of what is inside
		{ai: "10", most: 20, alnum: true},
		{ai: "11", fixed: 6}, {ai: "12", fixed: 6}, {ai: "13", fixed: 6},
		{ai: "15", fixed: 6}, {ai: "16", fixed: 6}, {ai: "17", fixed: 6}, // dates
		{ai: "20", fixed: 2},
		{ai: "21", most: 20, alnum: true}, {ai: "22", most: 20, alnum: true},
		{ai: "30", most: 8}, {ai: "37", most: 8},
		{ai: "240", most: 30, alnum: true}, {ai: "241", most: 30, alnum: true},
		{ai: "310n", fixed: 6},
		{ai: "392n", most: 15},
	}
}

// ruleOf finds the rule of the identifier that a text begins with.
func ruleOf(text string) (rule aiRule, ai string, ok bool) {
	for _, r := range aiRules() {
		stem, decimals := strings.CutSuffix(r.ai, "n")
		switch {
		case !strings.HasPrefix(text, stem):
		case !decimals:
			return r, r.ai, true
		case len(text) > len(stem) && text[len(stem)] >= '0' && text[len(stem)] <= '9':
			return r, text[:len(stem)+1], true
		}
	}
	return aiRule{}, "", false
}

// isElements reports an element string: by the symbology, by a separator or brackets in
// it, or by a GTIN's identifier before more digits than any other code has.
func isElements(symbology, text string) bool {
	switch symbology {
	case "]C1", "]e0", "]d2", "]Q3", "]J1":
		return true
	}
	return strings.ContainsRune(text, separator) || nextBracket(text) == 0 ||
		len(text) > 15 && strings.HasPrefix(text, "01") && isDigits(text[:16]) && checkDigit(text[2:15]) == text[15]
}

// parseElements reads an element string, as scanned or with its identifiers in brackets
// as they are printed below the bars.
func parseElements(text string) (Code, error) {
	c := Code{Kind: GS1, Text: text}
	cut := nextScanned
	if strings.HasPrefix(text, "(") {
		cut = nextPrinted
	}
	for at := 0; at < len(text); {
		if text[at] == separator {
			at++
			continue
		}
		e, length, why := cut(text[at:])
		if why.IsZero() {
			why = c.add(e)
		}
		if !why.IsZero() {
			return Code{}, badElement(text, at, why)
		}
		at += length
	}
	if c.GTIN == "" {
		return Code{}, badElement(text, 0, i18n.T("no (01) is in it, so it names no article", "缺少 (01)，未指明商品").With())
	}
	return c, nil
}

// nextScanned cuts the first element off a scanned string.
func nextScanned(text string) (Element, int, i18n.Message) {
	rule, ai, ok := ruleOf(text)
	if !ok {
		return Element{}, 0, unknownAI(text)
	}
	rest := text[len(ai):]
	length := rule.fixed
	if length == 0 {
		length = len(rest)
		if i := strings.IndexByte(rest, separator); i >= 0 {
			length = i
		}
	}
	if length > len(rest) {
		return Element{}, 0, shortElement(ai, len(rest), length)
	}
	e := Element{ai, rest[:length]}
	return e, len(ai) + length, rule.check(e)
}

// nextPrinted cuts the first element off a string with its identifiers in brackets.
func nextPrinted(text string) (Element, int, i18n.Message) {
	ai, rest, ok := strings.Cut(strings.TrimPrefix(text, "("), ")")
	rule, known, found := ruleOf(ai)
	if !ok || text[0] != '(' || !found || known != ai {
		return Element{}, 0, unknownAI(text)
	}
	value := rest[:nextBracket(rest)]
	e := Element{ai, value}
	return e, len(ai) + 2 + len(value), rule.check(e)
}

// nextBracket is where the next identifier in brackets begins: two to four digits. Any
// other bracket is part of a value.
func nextBracket(text string) int {
	for i := range len(text) {
		if text[i] != '(' {
			continue
		}
		ai, _, ok := strings.Cut(text[i+1:], ")")
		if ok && isDigits(ai) && len(ai) >= 2 && len(ai) <= 4 {
			return i
		}
	}
	return len(text)
}

func unknownAI(text string) i18n.Message {
	return i18n.T("%q is no application identifier that till knows", "%q 不是 till 支持的应用标识符").With(shown(text[:min(4, len(text))]))
}

func shortElement(ai string, got, want int) i18n.Message {
	return i18n.T("(%s) has %d characters, want %d", "(%s) 有 %d 个字符，应为 %d").With(ai, got, want)
}

// check tells what is wrong with the length and the characters of a value.
func (r aiRule) check(e Element) i18n.Message {
	switch {
	case r.fixed > 0 && len(e.Value) != r.fixed:
		return shortElement(e.AI, len(e.Value), r.fixed)
	case r.fixed == 0 && (len(e.Value) == 0 || len(e.Value) > r.most):
		return i18n.T("(%s) has %d characters, want 1 to %d", "(%s) 有 %d 个字符，应为 1 至 %d").With(e.AI, len(e.Value), r.most)
	case !r.alnum && !isDigits(e.Value):
		return i18n.T("(%s) holds something other than digits", "(%s) 含有非数字字符").With(e.AI)
	case r.alnum && strings.ContainsFunc(e.Value, func(c rune) bool { return c < '!' || c > '~' }):
		return i18n.T("(%s) holds a character that an element cannot", "(%s) 含有不允许的字符").With(e.AI)
	}
	return i18n.Message{}
}

// add takes an element in, and what it means.
func (c *Code) add(e Element) i18n.Message {
	for _, before := range c.Elements {
		if before.AI == e.AI {
			return i18n.T("(%s) is there twice", "(%s) 重复出现").With(e.AI)
		}
	}
	c.Elements = append(c.Elements, e)
	switch e.AI {
	case "01", "02", "00":
		return c.addNumber(e)
	case "11", "12", "13", "15", "16", "17":
		return c.addDate(e)
	case "10":
		c.Lot = e.Value
	case "21":
		c.Serial = e.Value
	case "30":
		c.Count, _ = strconv.ParseInt(e.Value, 10, 64)
	}
	switch e.AI[:min(3, len(e.AI))] {
	case "310":
		return c.addWeight(e)
	case "392":
		return c.addPrice(e)
	}
	return i18n.Message{}
}

func (c *Code) addNumber(e Element) i18n.Message {
	last := len(e.Value) - 1
	if want := checkDigit(e.Value[:last]); e.Value[last] != want {
		return i18n.T("the check digit of (%s) is %c, want %c", "(%s) 的校验位为 %c，应为 %c").With(e.AI, e.Value[last], want)
	}
	if strings.Trim(e.Value, "0") == "" {
		return i18n.T("(%s) is nothing but zeros", "(%s) 全为零").With(e.AI)
	}
	if e.AI == "01" {
		c.GTIN = e.Value
	}
	return i18n.Message{}
}

// addDate refuses a date that no calendar has.
func (c *Code) addDate(e Element) i18n.Message {
	day := e.Value
	if strings.HasSuffix(day, "00") {
		day = day[:4] + "01"
	}
	if _, err := time.Parse("060102", day); err != nil {
		return i18n.T("(%s) is no date: %s, want YYMMDD", "(%s) 不是日期：%s，应为 YYMMDD").With(e.AI, e.Value)
	}
	if e.AI == "17" {
		c.Expires = Date(e.Value)
	}
	return i18n.Message{}
}

// addWeight takes a net weight of the kilogram with up to three decimals, which is what
// the shop's books hold; more are taken only where they are zeros.
func (c *Code) addWeight(e Element) i18n.Message {
	n, _ := strconv.ParseInt(e.Value, 10, 64)
	decimals := int(e.AI[3] - '0')
	for ; decimals < 3; decimals++ {
		n *= 10
	}
	for ; decimals > 3; decimals-- {
		if n%10 != 0 {
			return i18n.T("(%s) weighs finer than a gram: %s", "(%s) 精度小于一克：%s").With(e.AI, e.Value)
		}
		n /= 10
	}
	c.Weight = till.Quantity(n)
	return i18n.Message{}
}

func (c *Code) addPrice(e Element) i18n.Message {
	n, err := strconv.ParseInt(e.Value, 10, 64)
	if err != nil {
		return i18n.T("(%s) is no sum of money", "(%s) 不是金额").With(e.AI)
	}
	c.Price = Price{Digits: n, Decimals: int(e.AI[3] - '0')}
	return i18n.Message{}
}
