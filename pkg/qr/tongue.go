package qr

import (
	_ "embed"
	"fmt"
	"strings"
)

// tongue is a language that explanations are given in.
type tongue string

const (
	english tongue = "en"
	chinese tongue = "zh"
)

// tongueOf is the tongue of a language code: "zh" and its variants are Chinese, all else
// English.
func tongueOf(lang string) tongue {
	if strings.HasPrefix(strings.ToLower(lang), "zh") {
		return chinese
	}
	return english
}

// wordsTSV holds names, meanings and faults: a key, English, Chinese. A text may show
// two figures, %[1]d what was wanted and %[2]d what was got.
//
//go:embed words.tsv
var wordsTSV string

// word is the text of a key, or nothing.
func (t tongue) word(key string) string {
	if strings.ContainsAny(key, "\t\n") {
		return ""
	}
	key = "\n" + key + "\t"
	at := strings.Index(wordsTSV, key)
	if at < 0 {
		return ""
	}
	line, _, _ := strings.Cut(wordsTSV[at+len(key):], "\n")
	en, zh, _ := strings.Cut(line, "\t")
	if t == chinese {
		return zh
	}
	return en
}

// wordOr is the text of a key, or another where there is none.
func (t tongue) wordOr(key, other string) string {
	if w := t.word(key); w != "" {
		return w
	}
	return other
}

// fault is a fault in words with its figures.
func (t tongue) fault(f Fault, want, got int) string {
	text := t.wordOr("fault."+string(f), string(f))
	if strings.ContainsRune(text, '%') {
		return fmt.Sprintf(text, want, got)
	}
	return text
}
