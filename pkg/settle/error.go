package settle

import (
	"errors"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/tillworks/till/pkg/money"
)

// What can be wrong with a row; match with errors.Is. Reading goes on after each.
var (
	ErrAmount   = errors.New("not an amount")
	ErrDecimals = errors.New("amount is not exact in minor units of its currency")
	ErrOverflow = errors.New("amount does not fit 64 bits of minor units")
	ErrSign     = errors.New("sign contradicts the type")
	ErrNet      = errors.New("net is not gross less fee")
	ErrCurrency = errors.New("not a currency of ISO 4217")
	ErrDate     = errors.New("not a date of the format")
	ErrType     = errors.New("no rule says what type of record this is")
	ErrMissing  = errors.New("a cell that must not be empty is empty")
	ErrColumns  = errors.New("wrong number of cells")
	ErrWidth    = errors.New("wrong length of a fixed-width row")
	ErrGap      = errors.New("no blank between two fields of fixed width")
	ErrQuote    = errors.New("quoted cell does not end where it should")
	ErrLong     = errors.New("row or cell too long")
	ErrEncoding = errors.New("bytes that the encoding does not have")
	ErrBinary   = errors.New("zero byte in a text file")
	ErrFormula  = errors.New("formula in a cell")
	ErrAfterEnd = errors.New("row after the end of the file's rows")
)

// What can be wrong with a whole file, a spec or a match; match with errors.Is.
var (
	ErrEmpty     = errors.New("file holds no byte")
	ErrHeader    = errors.New("no header line of the format")
	ErrTruncated = errors.New("file ends before its own end mark")
	ErrTotals    = errors.New("file disagrees with its own totals")
	ErrSpec      = errors.New("spec not usable")
	ErrRules     = errors.New("rules not usable")
	ErrTooMany   = errors.New("too many differences for files of the same day")
	ErrChanged   = errors.New("file changed while it was being matched")
)

// RowError is a fault at a place of a file. It never holds the digits of a long number,
// so that it can be logged.
type RowError struct {
	Source
	Column string // the cell by its header, field or position; empty for the whole row
	Err    error  // one of the errors of this package
	Detail Text   // got and want, where the fault has them
}

// Error says the place, the fault and its figures.
func (e *RowError) Error() string {
	return e.place() + ": " + e.In("en")
}

// In says the fault without its place, in "en" or "zh".
func (e *RowError) In(lang string) string {
	s := faultIn(e.Err, lang)
	if e.Column != "" {
		s = e.Column + ": " + s
	}
	if d := e.Detail.In(lang); d != "" {
		s += ": " + d
	}
	return s
}

func (e *RowError) place() string {
	return fmt.Sprintf("%s at byte %d", e.Source, e.Offset)
}

// Unwrap gives the fault to errors.Is.
func (e *RowError) Unwrap() error { return e.Err }

// TotalsError is a file whose rows are not what its own totals say, or that has no
// totals where its format has them.
type TotalsError struct {
	Source                  // of the totals line; the end of the file where there is none
	Name     string         // of the total as the file writes it, or the measure
	Currency money.Currency // zero of a count
	Got      int64          // of the rows as they were read: minor units, or a count
	Want     int64          // what the file says
	Unread   int            // rows that had to be left out, and may be the reason
	Err      error          // ErrTotals or ErrTruncated
	Digest   bool           // the bytes before the line are not those that the file was closed over
}

// Error says the place, the total, got and want.
func (e *TotalsError) Error() string { return e.Source.String() + ": " + e.In("en") }

// In says the fault without its place, in "en" or "zh".
func (e *TotalsError) In(lang string) string {
	s := faultIn(e.Err, lang)
	if e.Name != "" {
		s += ": " + e.Name
	}
	if d := e.figures().In(lang); d != "" {
		s += ": " + d
	}
	return s
}

func (e *TotalsError) figures() Text {
	if e.Digest {
		return Text{"the bytes are not those that were signed off", "字节内容与校验值不符"}
	}
	if !errors.Is(e.Err, ErrTotals) {
		return Text{}
	}
	got, want := strconv.FormatInt(e.Got, 10), strconv.FormatInt(e.Want, 10)
	if !e.Currency.IsZero() {
		got, want = money.New(e.Got, e.Currency).String(), money.New(e.Want, e.Currency).String()
	}
	t := textf("rows give %s, the file says %s", "各行合计%s,文件所述%s", got, want)
	if e.Unread > 0 {
		u := textf(" (%d rows could not be read)", "(有%d行无法读取)", e.Unread)
		t.EN, t.ZH = t.EN+u.EN, t.ZH+u.ZH
	}
	return t
}

// Unwrap gives the fault to errors.Is.
func (e *TotalsError) Unwrap() error { return e.Err }

// SpecError is a fault in the text of a spec or of rules, with its line.
type SpecError struct {
	Name   string // of the spec, where it could be read
	Line   int    // from 1; 0 where no line is to blame
	Err    error  // ErrSpec or ErrRules
	Detail Text
}

// Error says the line and the fault.
func (e *SpecError) Error() string { return e.In("en") }

// In says the fault in "en" or "zh".
func (e *SpecError) In(lang string) string {
	s := faultIn(e.Err, lang)
	if e.Name != "" {
		s = e.Name + ": " + s
	}
	if e.Line > 0 {
		s += textf(": line %d", ":第%d行", e.Line).In(lang)
	}
	return s + ": " + e.Detail.In(lang)
}

// Unwrap gives the fault to errors.Is.
func (e *SpecError) Unwrap() error { return e.Err }

// faultIn is what an error of this package says in a language.
func faultIn(err error, lang string) string {
	if isChinese(lang) {
		for _, f := range faultsZH() {
			if errors.Is(err, f.err) {
				return f.zh
			}
		}
	}
	return err.Error()
}

type faultZH struct {
	err error
	zh  string
}

func faultsZH() []faultZH {
	return []faultZH{
		{ErrAmount, "不是金额"},
		{ErrDecimals, "金额无法精确到该币种的最小单位"},
		{ErrOverflow, "金额超出64位最小单位的范围"},
		{ErrSign, "正负号与类型矛盾"},
		{ErrNet, "净额不等于总额减手续费"},
		{ErrCurrency, "不是 ISO 4217 的币种"},
		{ErrDate, "不是该格式的日期"},
		{ErrType, "没有规则说明这一行的类型"},
		{ErrMissing, "不允许为空的单元格为空"},
		{ErrColumns, "单元格数量不对"},
		{ErrWidth, "定长行的长度不对"},
		{ErrGap, "两个定长字段之间没有空格"},
		{ErrQuote, "带引号的单元格没有正确结束"},
		{ErrLong, "行或单元格过长"},
		{ErrEncoding, "该编码中不存在的字节"},
		{ErrBinary, "文本文件中有零字节"},
		{ErrFormula, "单元格中有公式"},
		{ErrAfterEnd, "文件各行结束之后还有行"},
		{ErrEmpty, "文件为空"},
		{ErrHeader, "没有该格式的表头行"},
		{ErrTruncated, "文件在自己的结束标记之前结束"},
		{ErrTotals, "文件与自己的合计不符"},
		{ErrSpec, "格式说明无法使用"},
		{ErrRules, "规则无法使用"},
		{ErrTooMany, "差异过多,不像同一天的文件"},
		{ErrChanged, "文件在对账过程中被改动"},
	}
}

// quote is a text that was refused as an error may show it: short, and with fewer digits
// than any card number has.
func quote(s string) string {
	digits := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	if digits >= 8 || len(s) > 40 {
		return fmt.Sprintf("text of %d characters", utf8.RuneCountInString(s))
	}
	return strconv.Quote(s)
}

var (
	_ error = (*RowError)(nil)
	_ error = (*TotalsError)(nil)
	_ error = (*SpecError)(nil)
)
