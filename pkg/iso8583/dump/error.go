package dump

import (
	"errors"
	"fmt"
	"strings"
)

// What can be wrong; match with errors.Is. No error of this package holds anything of
// what stands in the input.
var (
	ErrFormat  = errors.New("no such format")
	ErrHex     = errors.New("not a hex digit")
	ErrOddHex  = errors.New("odd number of hex digits")
	ErrBase64  = errors.New("not base64")
	ErrTooLong = errors.New("longer than a record may be")
	ErrNoBytes = errors.New("fields of a message without its bytes: set the logger of the channel to hexdumps, or capture the connection")
	ErrCut     = errors.New("the input ends in the middle")
	ErrCapture = errors.New("not a capture that can be read")
	ErrPacket  = errors.New("length of a packet that no capture has")
	ErrLink    = errors.New("link layer that cannot be read")
	ErrNothing = errors.New("nothing in the input that is of this format")
)

// Error is a fault at a place of the input. It never holds what stands there, so that
// it can be logged.
type Error struct {
	Line   int   // from 1; 0 where the format has no lines
	Column int   // byte of the line, from 1; 0 for the whole line
	Offset int64 // byte of the input where the fault lies, from 0
	Err    error // one of the errors of this package, or that of the reader of the input
	Want   int64 // with Got, the figures of the fault where it has any: bytes, digits or characters
	Got    int64
}

// Error says the place, the fault and its figures, in English.
func (e *Error) Error() string { return e.place(false) + ": " + e.In("en") }

// Unwrap gives the fault to errors.Is.
func (e *Error) Unwrap() error { return e.Err }

// Place says where the fault lies, in "en" or "zh".
func (e *Error) Place(lang string) string { return e.place(isChinese(lang)) }

func (e *Error) place(zh bool) string {
	switch {
	case e.Line > 0 && e.Column > 0:
		return pick(zh, "line %d, column %d", "第%d行第%d列", e.Line, e.Column)
	case e.Line > 0:
		return pick(zh, "line %d", "第%d行", e.Line)
	}
	return pick(zh, "byte %d", "第%d字节", e.Offset)
}

// In says the fault without its place, in "en" or "zh".
func (e *Error) In(lang string) string {
	zh := isChinese(lang)
	text := e.Err.Error()
	if zh {
		text = chinese(e.Err)
	}
	if figures := e.figures(zh); figures != "" {
		text += pick(zh, ": ", "：") + figures
	}
	return text
}

// figures are Want and Got in words, where the fault has them.
func (e *Error) figures(zh bool) string {
	switch {
	case errors.Is(e.Err, ErrTooLong), errors.Is(e.Err, ErrPacket):
		return pick(zh, "at most %d bytes, got %d or more", "最多%d字节，实为%d字节或更多", e.Want, e.Got)
	case errors.Is(e.Err, ErrOddHex):
		return pick(zh, "%d digits", "%d个数字", e.Got)
	case errors.Is(e.Err, ErrCut):
		return pick(zh, "want %d bytes, got %d", "需要%d字节，只有%d字节", e.Want, e.Got)
	case errors.Is(e.Err, ErrLink):
		return pick(zh, "link type %d", "链路类型%d", e.Got)
	case errors.Is(e.Err, ErrHex), errors.Is(e.Err, ErrBase64):
		return kind(zh, byte(e.Got))
	}
	return ""
}

// kind says what kind of character stands where a digit was wanted, and not which.
func kind(zh bool, c byte) string {
	switch {
	case c == 0:
		return ""
	case c >= 0x80:
		return pick(zh, "a byte above 127", "大于127的字节")
	case c < ' ' || c == 0x7F:
		return pick(zh, "a control character", "控制字符")
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		return pick(zh, "a letter", "字母")
	case c >= '0' && c <= '9':
		return pick(zh, "a digit", "数字")
	}
	return pick(zh, "a sign", "符号")
}

func pick(zh bool, en, cn string, args ...any) string {
	if zh {
		en = cn
	}
	return fmt.Sprintf(en, args...)
}

// isChinese takes "zh" and its variants for Chinese and all else for English.
func isChinese(lang string) bool { return strings.HasPrefix(strings.ToLower(lang), "zh") }

// chinese is what an error says in Chinese.
func chinese(err error) string {
	for _, f := range []struct {
		err  error
		text string
	}{
		{ErrFormat, "没有这种格式"},
		{ErrHex, "不是十六进制数字"},
		{ErrOddHex, "十六进制数字的个数为奇数"},
		{ErrBase64, "不是 base64"},
		{ErrTooLong, "超过一条记录的最大长度"},
		{ErrNoBytes, "只有报文的域而没有原始字节：请让通道的日志输出十六进制转储，或抓取连接的数据包"},
		{ErrCut, "输入在中间结束"},
		{ErrCapture, "无法读取的抓包文件"},
		{ErrPacket, "数据包长度不合理"},
		{ErrLink, "无法读取的链路层"},
		{ErrNothing, "输入中没有这种格式的内容"},
	} {
		if errors.Is(err, f.err) {
			return f.text
		}
	}
	return err.Error()
}

var _ error = (*Error)(nil)
