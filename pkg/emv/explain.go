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
	// Header is the length of tag and length field together, in bytes.
	Header int
	// Tag is zero for bytes that belong to no object.
	Tag  Tag
	Name string
	// Scheme is the payment scheme whose meaning of the tag this is, empty for the common one.
	Scheme string
	// Value is the value in hexadecimal, sensitive parts as asterisks; empty for a
	// template whose objects follow.
	Value string
	// Meaning says the value in words, one line each; none where the bytes say it all.
	Meaning []string
	// Bits is the whole bit table of the tag over the value, set and not set, and behind it
	// the bits that are set and reserved; nil for a tag that has none. See [FlagsFor].
	Bits []Flag
	// Warning says what is not as it should be.
	Warning string
}

// Explain says BER-TLV in words, in English or, for "zh", in Chinese. It never fails:
// what comes before a fault is explained, and the fault is a Warning on the template
// around it or on an Element without a tag. Sensitive values are masked. Tags that schemes
// use in their own ways are read as the scheme of the dump means them, if it names one
// application (4F, 84 or 9F06).
func Explain(tlv []byte, lang string) []Element { return ExplainOptions{Lang: lang}.Explain(tlv) }

// ExplainValue says the value of one tag in words, without its neighbours: amounts
// stay digits, since their currency is another object.
func ExplainValue(tag Tag, value []byte, lang string) []string {
	return ExplainOptions{Lang: lang}.ExplainValue(tag, value).Meaning
}

// ExplainOptions say how data objects are explained.
type ExplainOptions struct {
	// Lang is "en" or "zh"; anything else is English.
	Lang string
	// AID is the identifier of the application whose data it is, for tags that schemes use
	// in their own ways. Without it the dump is asked.
	AID []byte
	// Unmask shows card numbers, tracks, names and PIN data in clear. It is for those who
	// have said in so many words that they want to see them.
	Unmask bool
}

// Explain says BER-TLV in words, as [Explain] does.
func (o ExplainOptions) Explain(tlv []byte) []Element {
	tree, _ := Parse(tlv, Lenient)
	x := explainer{lang: o.Lang, currency: treeCurrency(tree, TagCurrency), cardCurrency: treeCurrency(tree, TagApplicationCurrency), scheme: o.scheme(tree), unmask: o.Unmask}
	elements := make([]Element, 0, len(tree))
	for i, n := range tree {
		elements = append(elements, x.element(n, i != n.Last))
	}
	return elements
}

// ExplainValue says the value of one tag. The element has the offset 0; the value of a
// template is said as bytes.
func (o ExplainOptions) ExplainValue(tag Tag, value []byte) Element {
	x := explainer{lang: o.Lang, scheme: o.scheme(nil), unmask: o.Unmask}
	return x.element(Node{Object: Object{Tag: tag, Value: value}}, false)
}

// scheme is the scheme of the application that was named, or of all that the tree names if
// they agree.
func (o ExplainOptions) scheme(tree Tree) string {
	if len(o.AID) > 0 {
		return SchemeOf(o.AID)
	}
	found := ""
	for _, n := range tree {
		if n.Tag != TagApplicationID && n.Tag != TagDFName && n.Tag != TagTerminalAID {
			continue
		}
		scheme := SchemeOf(n.Value)
		if found != "" && scheme != "" && scheme != found {
			return ""
		}
		if scheme != "" {
			found = scheme
		}
	}
	return found
}

// treeCurrency is the currency that a tag of the dump names, the first if there are more.
func treeCurrency(tree Tree, tag Tag) money.Currency {
	for _, n := range tree {
		if n.Tag == tag && len(n.Value) == 2 {
			c, _ := money.CurrencyByNumber(upperHex(n.Value))
			return c
		}
	}
	return money.Currency{}
}

type explainer struct {
	lang         string
	currency     money.Currency // of the transaction
	cardCurrency money.Currency // of the application on the card
	scheme       string         // whose meaning of a tag holds, "" for none
	unmask       bool
}

func (x explainer) element(n Node, hasChildren bool) Element {
	e := Element{Offset: n.Offset, Header: n.Header, Length: len(n.Value), Depth: n.Depth, Tag: n.Tag, Name: x.name(n)}
	if n.Warning != nil {
		e.Warning = x.fault(n.Warning)
	}
	if hasChildren {
		return e
	}
	e.Value = x.value(n)
	if entry, known := lookupScheme(n.Tag, x.scheme); known && entry.Format != FormatTemplate {
		e.Scheme = entry.Scheme
		e.Meaning = x.meaning(n.Tag, n.Value)
		e.Bits = gridOf(tableFor(n.Tag, x.scheme), n.Value)
		e.Warning = joinWarnings(e.Warning, x.lengthWarning(entry, len(n.Value)))
	}
	return e
}

// value is a value in hexadecimal, masked unless it is wanted in clear. What the common
// meaning of a tag calls sensitive stays so where a scheme means something harmless, unless
// the value is too short for a card number.
func (x explainer) value(n Node) string {
	const shortest = 7 // bytes of a card number of 13 digits
	entry, _ := lookupScheme(n.Tag, x.scheme)
	harmless := entry.Scheme != "" && !entry.IsSensitive() && len(n.Value) < shortest
	if x.unmask || harmless {
		return upperHex(n.Value)
	}
	return maskNode(n)
}

func (x explainer) name(n Node) string {
	if n.IsRest() {
		return pick(x.lang, "Bytes that are no data object", "无法识别为数据对象的字节")
	}
	if entry, known := lookupScheme(n.Tag, x.scheme); known {
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
	if table := tableFor(tag, x.scheme); table == flagsAmexMode {
		return flagsSaid(table, v, x.lang) // the other bits are those of the terminal type
	} else if table != 0 {
		return bitsIn(table, v, x.lang)
	}
	e, known := lookupScheme(tag, x.scheme)
	if !known || len(v) == 0 {
		return nil
	}
	switch {
	case e.IsSensitive():
		return x.hidden(tag, v)
	case e.Format == FormatDOL || tag == tagAuthenticationData && x.isUDOL(v):
		return x.dol(v)
	case len(v) < e.Min || len(v) > e.Max:
		return nil
	}
	if said := x.parts(e, v); said != nil {
		return said
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
		return strconv.Quote(latin1(v)) + " " + coded(sayResponseCode, latin1(v), x.lang)
	case TagTransactionType:
		return coded(sayTransactionType, upperHex(v), x.lang)
	case TagTerminalType:
		return coded(sayTerminalType, upperHex(v), x.lang)
	case TagEntryMode:
		return coded(sayEntryMode, upperHex(v), x.lang)
	case TagTransactionDate, TagExpiry, TagEffective:
		return date(v)
	case TagTransactionTime:
		return clock(v)
	case TagAmount, TagAmountOther:
		return x.amount(v)
	case TagCurrency, TagApplicationCurrency, tagTransactionReferenceCurrency:
		return x.currencyName(v)
	case TagATC, TagLastOnlineATC:
		return strconv.Itoa(int(binary.BigEndian.Uint16(v)))
	case TagDFName, TagApplicationID, TagTerminalAID:
		return SchemeOf(v)
	case TagIAD:
		return strings.ReplaceAll(string(appendIAD(nil, v, x.scheme, x.lang)), pick(x.lang, "; ", "；"), "\n")
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
		if entry, known := lookupScheme(e.Tag, x.scheme); known {
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
		said = append(said, x.limits(list))
	}
	for _, r := range list.Rules {
		said = append(said, r.Text(x.lang))
	}
	return strings.Join(said, "\n")
}

// limits says the amounts X and Y of a list, in the currency of the application where the
// dump names it.
func (x explainer) limits(list CVMList) string {
	if x.cardCurrency.IsZero() {
		return fmt.Sprintf(pick(x.lang, "Amounts X %d and Y %d (minor units of the application currency)", "金额 X %d，Y %d（应用货币最小单位）"), list.X, list.Y)
	}
	return fmt.Sprintf(pick(x.lang, "Amounts X %s and Y %s", "金额 X %s，Y %s"), x.minor(int64(list.X), x.cardCurrency), x.minor(int64(list.Y), x.cardCurrency))
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
