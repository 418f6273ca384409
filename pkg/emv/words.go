package emv

import (
	_ "embed"
	"fmt"
	"iter"
	"strings"
)

// One code a line: table, code, English, Chinese.
//
//go:embed data/codes.tsv
var codeTables string

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

// code says a code of a table, "" if the table does not hold it.
func code(table, value, lang string) string {
	for texts := range rows(codeTables, table+"\t"+value) {
		return oneOf(texts, lang)
	}
	return ""
}

// rows walks the lines of an embedded table that begin with a key and a tab, without
// both. They stand together: the first is found by searching the text as a whole.
func rows(table, key string) iter.Seq[string] {
	return func(yield func(string) bool) {
		key += "\t"
		if !strings.HasPrefix(table, key) {
			_, rest, found := strings.Cut(table, "\n"+key)
			if !found || !yield(before(rest)) {
				return
			}
			table = rest[len(before(rest))+1:]
		}
		for strings.HasPrefix(table, key) {
			line := before(table)
			if !yield(line[len(key):]) {
				return
			}
			table = table[len(line)+1:]
		}
	}
}

// before is a text up to its first newline; each line of a table ends in one.
func before(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// codeOr says a code or, where it is not known, that it is reserved.
func codeOr(table, value, lang string) string {
	if said := code(table, value, lang); said != "" {
		return said
	}
	if lang == "zh" {
		return value + "（保留）"
	}
	return value + " (reserved)"
}

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
	return codeOr("ins", fmt.Sprintf("%02X", ins), lang)
}
