package emv

import (
	_ "embed"
	"fmt"
	"strings"
)

// One status word a line, X for any hexadecimal digit: word, English, Chinese.
//
//go:embed data/status.tsv
var statusTable string

// StatusWord says what SW1 SW2 means (ISO/IEC 7816-4, EMV 4.4 Book 3, 6.3.5), in
// English or, for "zh", in Chinese. A word that is not known is said as such.
func StatusWord(sw uint16, lang string) string {
	word := fmt.Sprintf("%04X", sw)
	for line := range strings.Lines(statusTable) {
		pattern, texts, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if strings.TrimRight(pattern, "X") != word[:len(strings.TrimRight(pattern, "X"))] {
			continue
		}
		text := strings.TrimSuffix(oneOf(texts, lang), "X")
		if pattern == "63CX" {
			return fmt.Sprintf("%s%d", text, sw&0x0F)
		}
		return text
	}
	if lang == "zh" {
		return "未知状态字"
	}
	return "Status word not known"
}

// coded is what a table says of a code in a language or, where it does not hold it, that
// it is reserved.
func coded(table func([]byte) (en, zh string), code, lang string) string {
	if en, zh := table([]byte(code)); en != "" {
		return pick(lang, en, zh)
	}
	return code + pick(lang, " (reserved)", "（保留）")
}

// appendCoded is [coded] of a code of one byte that a table was asked for, appended.
func appendCoded(dst []byte, en, zh string, code byte, lang string) []byte {
	if en != "" {
		return append(dst, pick(lang, en, zh)...)
	}
	return append(append(dst, hexDigits[code>>4], hexDigits[code&15]), pick(lang, " (reserved)", "（保留）")...)
}

const hexDigits = "0123456789ABCDEF"

// oneOf picks from two texts with a tab between, English first.
func oneOf(texts, lang string) string {
	en, zh, _ := strings.Cut(texts, "\t")
	if lang == "zh" {
		return zh
	}
	return en
}

// pick is the text of a language.
func pick(lang, en, zh string) string {
	if lang == "zh" {
		return zh
	}
	return en
}

// commandName is the name of a command by its instruction byte.
func commandName(ins byte, lang string) string {
	return coded(sayInstruction, fmt.Sprintf("%02X", ins), lang)
}
