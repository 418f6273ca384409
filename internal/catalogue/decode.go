package catalogue

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// Encodings are the names that Options.Encoding takes.
func Encodings() []string { return []string{"utf-8", "gb18030", "utf-16", "windows-1252"} }

// decode is the text of a file and the name of its encoding. A byte order mark says what
// it is; UTF-8 is known by its form; what is left is GB18030 where its characters look
// like Chinese, as a spreadsheet in China saves it. Anything else is refused.
func decode(raw []byte, asked string) (text, name string, err error) {
	if asked != "" {
		return decodeAs(raw, asked)
	}
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return decodeAs(raw, "utf-16")
	case utf8.Valid(raw):
		return strings.TrimPrefix(string(raw), "\ufeff"), "utf-8", nil
	case looksChinese(raw):
		return decodeAs(raw, "gb18030")
	}
	return "", "", unknownEncoding()
}

func decodeAs(raw []byte, name string) (string, string, error) {
	var enc encoding.Encoding
	switch name {
	case "utf-8":
		enc = unicode.UTF8BOM
		if !utf8.Valid(raw) {
			return "", "", notEncoded(name)
		}
	case "gb18030":
		enc = simplifiedchinese.GB18030
	case "utf-16":
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "windows-1252":
		enc = charmap.Windows1252
	default:
		return "", "", noEncoding(name)
	}
	text, err := enc.NewDecoder().Bytes(raw)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return "", "", notEncoded(name)
	}
	return strings.TrimPrefix(string(text), "\ufeff"), name, nil
}

// looksChinese reports bytes that read as GB18030, nearly all of whose characters beyond
// ASCII lie in GB 2312: both bytes high. Western text in one byte a letter has hardly any
// such pair.
func looksChinese(raw []byte) bool {
	both, all := 0, 0
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] < 0x80 {
			continue
		}
		all++
		if raw[i+1] >= 0xa1 {
			both++
		}
		i++
	}
	return both*10 >= all*9
}

func unknownEncoding() error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the file is neither UTF-8 nor GB18030", "文件编码既不是 UTF-8 也不是 GB18030").With(),
		Hint: i18n.T("save it as \"CSV UTF-8\", or name its encoding with --encoding: %s", "请另存为 \"CSV UTF-8\"，或用 --encoding 指定编码：%s").With(strings.Join(Encodings(), ", ")),
	}
}

func noEncoding(name string) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("%q is no encoding that is known", "不支持编码 %q").With(name),
		Hint: i18n.T("name one of them with --encoding: %s", "请用 --encoding 指定编码：%s").With(strings.Join(Encodings(), ", ")),
	}
}

func notEncoded(name string) error {
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the file holds bytes that are not %s", "文件含有不属于 %s 编码的字节").With(name),
		Hint: i18n.T("save it as \"CSV UTF-8\"", "请另存为 \"CSV UTF-8\"").With(),
	}
}
