package reports

import (
	"fmt"
	"strings"
)

// Text is a text for people in both languages.
type Text struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// Same is a text that is the same in both languages, such as a name.
func Same(s string) Text { return Text{EN: s, ZH: s} }

// In is the text in a language: "zh" and its variants are Chinese, all else English. A
// side that is missing is said in the other language.
func (t Text) In(lang string) string {
	if IsChinese(lang) && t.ZH != "" || t.EN == "" {
		return t.ZH
	}
	return t.EN
}

// String is the English text.
func (t Text) String() string { return t.In("en") }

// IsZero reports a text that says nothing.
func (t Text) IsZero() bool { return t == Text{} }

// IsChinese reports a language whose texts are Chinese: "zh" and its variants.
func IsChinese(lang string) bool { return strings.HasPrefix(strings.ToLower(lang), "zh") }

// textf formats both languages with the same arguments; a Text among them is said in
// each.
func textf(en, zh string, args ...any) Text {
	return Text{EN: fmt.Sprintf(en, argsIn("en", args)...), ZH: fmt.Sprintf(zh, argsIn("zh", args)...)}
}

func argsIn(lang string, args []any) []any {
	said := make([]any, len(args))
	for i, a := range args {
		said[i] = a
		if t, ok := a.(Text); ok {
			said[i] = t.In(lang)
		}
	}
	return said
}
