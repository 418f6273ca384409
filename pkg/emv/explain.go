package emv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/tillworks/till/pkg/money"
)

// Element is one data object in words.
type Element struct {
	// Offset is the position of the object's first byte in the input, Length that of
	// its value in bytes, Depth how many templates lie around it.
	Offset, Length, Depth int
	// Tag is zero for bytes that belong to no object.
	Tag  Tag
	Name string
	// Value is the value in hexadecimal, sensitive parts as asterisks; empty for a
	// template whose objects follow.
	Value string
	// Meaning says the value in words, one line each; none where the bytes say it all.
	Meaning []string
	// Warning says what is not as it should be.
	Warning string
}

// Explain says BER-TLV in words, in English or, for "zh", in Chinese. It never fails:
// what comes before a fault is explained, and the fault is a Warning on the template
// around it or on an Element without a tag. Sensitive values are masked.
func Explain(tlv []byte, lang string) []Element {
	tree, _ := Parse(tlv, Lenient)
	x := explainer{lang: lang, currency: treeCurrency(tree)}
	elements := make([]Element, 0, len(tree))
	for i, n := range tree {
		elements = append(elements, x.element(n, i != n.Last))
	}
	return elements
}

// ExplainValue says the value of one tag in words, without its neighbours: amounts
// stay digits, since their currency is another object.
func ExplainValue(tag Tag, value []byte, lang string) []string {
	x := explainer{lang: lang}
	return x.meaning(tag, value)
}

// treeCurrency is the transaction's currency, where the dump says it.
func treeCurrency(tree Tree) money.Currency {
	for _, n := range tree {
		if n.Tag == TagCurrency && len(n.Value) == 2 {
			c, _ := money.CurrencyByNumber(upperHex(n.Value))
			return c
		}
	}
	return money.Currency{}
}

type explainer struct {
	lang     string
	currency money.Currency
}

func (x explainer) element(n Node, hasChildren bool) Element {
	e := Element{Offset: n.Offset, Length: len(n.Value), Depth: n.Depth, Tag: n.Tag, Name: x.name(n)}
	if n.Warning != nil {
		e.Warning = x.fault(n.Warning)
	}
	if hasChildren {
		return e
	}
	e.Value = maskNode(n)
	if entry, known := Lookup(n.Tag); known && entry.Format != FormatTemplate {
		e.Meaning = x.meaning(n.Tag, n.Value)
		e.Warning = joinWarnings(e.Warning, x.lengthWarning(entry, len(n.Value)))
	}
	return e
}

func (x explainer) name(n Node) string {
	if n.IsRest() {
		return pick(x.lang, "Bytes that are no data object", "无法识别为数据对象的字节")
	}
	if entry, known := Lookup(n.Tag); known {
		return entry.Name(x.lang)
	}
	return pick(x.lang, "Unknown tag", "未知标签")
}

func (x explainer) fault(err error) string {
	var fault *SyntaxError
	if x.lang != "zh" || !errors.As(err, &fault) {
		return err.Error()
	}
	said := fmt.Sprintf("偏移 %d 处的数据对象", fault.Offset)
	if fault.Tag != 0 {
		said += " " + fault.Tag.String()
	}
	said += "：" + faultChinese(fault.Err)
	if fault.Want > 0 {
		said += fmt.Sprintf("：实际 %d 字节，应为 %d 字节", fault.Got, fault.Want)
	}
	return said
}

func faultChinese(cause error) string {
	for _, c := range [...]struct {
		cause error
		said  string
	}{
		{ErrTruncated, "数据不完整"},
		{ErrIndefinite, "不允许不定长度"},
		{ErrLength, "长度域超过五个字节"},
		{ErrDepth, "模板嵌套过深"},
		{ErrTag, "不是一至四个字节的标签"},
	} {
		if errors.Is(cause, c.cause) {
			return c.said
		}
	}
	return cause.Error()
}

func (x explainer) lengthWarning(e Entry, n int) string {
	if n >= e.Min && n <= e.Max {
		return ""
	}
	if e.Min == e.Max {
		return fmt.Sprintf(pick(x.lang, "got %d bytes, want %d", "实际 %d 字节，应为 %d 字节"), n, e.Min)
	}
	return fmt.Sprintf(pick(x.lang, "got %d bytes, want %d to %d", "实际 %d 字节，应为 %d 至 %d 字节"), n, e.Min, e.Max)
}

func joinWarnings(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// meaning is one value in words.
func (x explainer) meaning(tag Tag, v []byte) []string {
	if said := Bits(tag, v, x.lang); said != nil {
		return said
	}
	e, known := Lookup(tag)
	if !known || e.IsSensitive() || len(v) == 0 {
		return nil
	}
	switch {
	case e.Format == FormatDOL:
		return x.dol(v)
	case len(v) < e.Min || len(v) > e.Max:
		return nil
	}
	if said := x.special(tag, v); said != "" {
		return strings.Split(said, "\n")
	}
	if isText(e.Format) && isPrintable(v) {
		return []string{strconv.Quote(latin1(v))}
	}
	return nil
}

// special says the tags that have a meaning of their own, "" for the others.
func (x explainer) special(tag Tag, v []byte) string {
	switch tag {
	case TagAFL:
		return x.afl(v)
	case TagCVMList:
		return x.cvmList(v)
	case TagCVMResults:
		return CVMResults(v).Text(x.lang)
	case TagARC:
		return strconv.Quote(latin1(v)) + " " + codeOr("8A", latin1(v), x.lang)
	case TagTransactionType, TagTerminalType, TagEntryMode:
		return codeOr(tag.String(), upperHex(v), x.lang)
	case TagTransactionDate, TagExpiry, TagEffective:
		return date(v)
	case TagTransactionTime:
		return clock(v)
	case TagAmount, TagAmountOther:
		return x.amount(v)
	case TagCurrency, TagApplicationCurrency:
		return currencyName(v)
	case TagATC, TagLastOnlineATC:
		return strconv.Itoa(int(binary.BigEndian.Uint16(v)))
	case TagDFName, TagApplicationID, TagTerminalAID:
		return SchemeOf(v)
	case TagPriority:
		return x.priority(v[0])
	case TagSFI:
		return fmt.Sprintf(pick(x.lang, "File %d", "文件 %d"), v[0]&0x1F)
	default:
		return ""
	}
}

func (x explainer) dol(v []byte) []string {
	dol, err := ParseDOL(v)
	if err != nil {
		return []string{err.Error()}
	}
	said := make([]string, len(dol))
	for i, e := range dol {
		name := pick(x.lang, "Unknown tag", "未知标签")
		if entry, known := Lookup(e.Tag); known {
			name = entry.Name(x.lang)
		}
		said[i] = fmt.Sprintf("%s %s (%d)", e.Tag, name, e.Length)
	}
	return said
}

func (x explainer) afl(v []byte) string {
	entries, err := ParseAFL(v)
	if err != nil {
		return err.Error()
	}
	said := make([]string, len(entries))
	for i, e := range entries {
		said[i] = e.Text(x.lang)
	}
	return strings.Join(said, "\n")
}

func (x explainer) cvmList(v []byte) string {
	list, err := ParseCVMList(v)
	if err != nil {
		return err.Error()
	}
	var said []string
	if list.X != 0 || list.Y != 0 {
		said = append(said, fmt.Sprintf(pick(x.lang, "Amounts X %d and Y %d (minor units of the application currency)", "金额 X %d，Y %d（应用货币最小单位）"), list.X, list.Y))
	}
	for _, r := range list.Rules {
		said = append(said, r.Text(x.lang))
	}
	return strings.Join(said, "\n")
}

func (x explainer) amount(v []byte) string {
	minor, err := strconv.ParseInt(upperHex(v), 10, 64)
	if err != nil {
		return ""
	}
	if x.currency.IsZero() {
		return fmt.Sprintf(pick(x.lang, "%d minor units", "%d（最小货币单位）"), minor)
	}
	return money.New(minor, x.currency).String()
}

func (x explainer) priority(b byte) string {
	said := fmt.Sprintf(pick(x.lang, "Priority %d", "优先级 %d"), b&0x0F)
	if b&0x0F == 0 {
		said = pick(x.lang, "No priority", "无优先级")
	}
	if b&0x80 != 0 {
		said += pick(x.lang, "; only after the cardholder confirms", "；须经持卡人确认")
	}
	return said
}

// SchemeOf is the payment scheme that an application identifier belongs to, by its
// registered prefix (ISO/IEC 7816-5), "" if it is not one of those known here.
func SchemeOf(aid []byte) string {
	id := upperHex(aid)
	for _, s := range [...]struct{ prefix, name string }{
		{"A000000003", "Visa"},
		{"A0000000043060", "Maestro"},
		{"A000000004", "Mastercard"},
		{"A000000025", "American Express"},
		{"A000000065", "JCB"},
		{"A000000152", "Discover"},
		{"A000000277", "Interac"},
		{"A000000333", "UnionPay"},
	} {
		if strings.HasPrefix(id, s.prefix) {
			return s.name
		}
	}
	return ""
}

func currencyName(v []byte) string {
	c, err := money.CurrencyByNumber(upperHex(v))
	if err != nil {
		return ""
	}
	return c.Code()
}

// date is YYMMDD as a calendar date, years as Book 4, 6.7.3 places them.
func date(v []byte) string {
	d, ok := parseDate(v)
	if !ok {
		return ""
	}
	return d.String()
}

func clock(v []byte) string {
	s := upperHex(v)
	return s[:2] + ":" + s[2:4] + ":" + s[4:]
}

func isText(f Format) bool {
	return f == FormatAlpha || f == FormatAlphaNum || f == FormatText
}

// isPrintable reports text of ISO 8859-1 without control characters.
func isPrintable(b []byte) bool {
	for _, c := range b {
		if c < 0x20 || c >= 0x7F && c < 0xA0 {
			return false
		}
	}
	return true
}

// latin1 is ISO 8859-1 as UTF-8: each byte is the code point of its number.
func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}
