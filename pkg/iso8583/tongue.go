package iso8583

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tillworks/till/pkg/emv"
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

// tagName is the name of an EMV data object, or nothing.
func (t tongue) tagName(tag uint32) string { return emv.TagName(emv.Tag(tag), string(t)) }

func (t tongue) pick(en, zh string) string {
	if t == chinese {
		return zh
	}
	return en
}

func (t tongue) sprintf(en, zh string, args ...any) string {
	return fmt.Sprintf(t.pick(en, zh), args...)
}

// separate appends what stands between two things said, unless nothing was said since
// from.
func (t tongue) separate(dst []byte, from int) []byte {
	if len(dst) == from {
		return dst
	}
	return append(dst, t.pick(", ", "，")...)
}

// appendNext appends one more thing, with words before it; of nothing it appends nothing.
func (t tongue) appendNext(dst []byte, from int, enBefore, zhBefore, en, zh string) []byte {
	if en == "" {
		return dst
	}
	return append(append(t.separate(dst, from), t.pick(enBefore, zhBefore)...), t.pick(en, zh)...)
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
		{ErrDocument, "不是 JSON 形式的报文"},
		{ErrMasked, "仍被遮蔽:请填入原值"},
		{ErrAmount, "小数位多于币种的小数位"},
		{ErrNoCurrency, "含有小数点，但未说明币种"},
		{ErrSpec, "规范无法使用"},
	}
}
