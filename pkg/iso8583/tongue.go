package iso8583

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
)

// tongue is a language that explanations are given in.
type tongue string

const (
	english tongue = "en"
	chinese tongue = "zh"
)

// words is the tongue of a language code: "zh" and its variants are Chinese, all else
// English.
func words(lang string) tongue {
	if strings.HasPrefix(strings.ToLower(lang), "zh") {
		return chinese
	}
	return english
}

// codesTSV holds the code tables: table, code, English, Chinese.
//
//go:embed codes.tsv
var codesTSV string

// code is the meaning of a code in a table, or nothing.
func (t tongue) code(table, code string) string {
	if strings.ContainsAny(code, "\t\n") {
		return ""
	}
	key := "\n" + table + "\t" + code + "\t"
	at := strings.Index(codesTSV, key)
	if at < 0 {
		return ""
	}
	line, _, _ := strings.Cut(codesTSV[at+len(key):], "\n")
	en, zh, _ := strings.Cut(line, "\t")
	return t.pick(en, zh)
}

// tagName is the name of an EMV data object, or nothing.
func (t tongue) tagName(tag uint32) string { return t.code("tag", string(appendTag(nil, tag))) }

func (t tongue) pick(en, zh string) string {
	if t == chinese {
		return zh
	}
	return en
}

func (t tongue) sprintf(en, zh string, args ...any) string {
	return fmt.Sprintf(t.pick(en, zh), args...)
}

// list joins what is not empty.
func (t tongue) list(parts []string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, t.pick(", ", "，"))
}

// fault is what an error of this package says.
func (t tongue) fault(err error) string {
	if t == english {
		return err.Error()
	}
	for _, f := range faultsZh() {
		if errors.Is(err, f.err) {
			return f.zh
		}
	}
	return err.Error()
}

type faultZh struct {
	err error
	zh  string
}

func faultsZh() []faultZh {
	return []faultZh{
		{ErrMTI, "报文类型不是四位数字"},
		{ErrBitmap, "位图无法读取"},
		{ErrAnnounces, "该位表示还有后续位图:由打包设置，不存放数据"},
		{ErrShort, "报文在该域中间结束"},
		{ErrTrailing, "最后一个域之后还有多余字节"},
		{ErrUndefined, "规范中没有定义"},
		{ErrPrefix, "长度前缀中有非数字"},
		{ErrLength, "长度不允许"},
		{ErrDigit, "只能是数字的位置出现了非数字"},
		{ErrCharacter, "该域不允许的字符"},
		{ErrPad, "奇数位数字的填充半字节不为空"},
		{ErrTLV, "BER-TLV 格式错误"},
		{ErrUnused, "域内有子域未使用的字节"},
		{ErrHex, "不是成对的十六进制数字"},
		{ErrPath, "没有这个元素"},
		{ErrSensitive, "敏感域不能放入可打印的类型:请用 card.PAN、card.Track2、card.Expiry 或 card.Secret"},
		{ErrType, "该类型不能存放此域"},
		{ErrSpec, "规范无法使用"},
	}
}
