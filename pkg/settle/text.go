package settle

import (
	"fmt"
	"strings"
)

// Text is a text for people in both languages.
type Text struct {
	EN string `json:"en" yaml:"en"`
	ZH string `json:"zh" yaml:"zh"`
}

// In is the text in a language: "zh" and its variants are Chinese, all else English.
func (t Text) In(lang string) string {
	if isChinese(lang) {
		return t.ZH
	}
	return t.EN
}

// String is the English text.
func (t Text) String() string { return t.EN }

func isChinese(lang string) bool { return strings.HasPrefix(strings.ToLower(lang), "zh") }

// textf formats both languages with the same arguments; an argument that is a Text, or
// has a name in both languages, is said in each.
func textf(en, zh string, args ...any) Text {
	return Text{EN: fmt.Sprintf(en, argsIn("en", args)...), ZH: fmt.Sprintf(zh, argsIn("zh", args)...)}
}

func argsIn(lang string, args []any) []any {
	said := make([]any, len(args))
	for i, a := range args {
		said[i] = a
		if t, ok := a.(interface{ In(string) string }); ok {
			said[i] = t.In(lang)
		}
	}
	return said
}

// joinText puts texts one after another with a separator of each language.
func joinText(parts []Text, en, zh string) Text {
	var e, z []string
	for _, p := range parts {
		e, z = append(e, p.EN), append(z, p.ZH)
	}
	return Text{EN: strings.Join(e, en), ZH: strings.Join(z, zh)}
}
