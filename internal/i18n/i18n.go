// Package i18n holds what a user reads in both languages of the shop, English and
// Simplified Chinese, side by side at the place where it is said.
//
// A text cannot be written in one language only: [T] takes both, so the compiler asks
// for the second, and a test in internal/tidy compares the verbs of the two.
// docs/design says why this and not a catalogue of keys.
package i18n

import (
	"fmt"
	"strings"
)

// Lang is a language that the program speaks.
type Lang string

// The languages.
const (
	English Lang = "en"
	Chinese Lang = "zh"
)

// ParseLang reads a language or a POSIX locale: "zh", "zh_CN.UTF-8", "en-GB". What
// it does not know is English, ok false.
func ParseLang(s string) (Lang, bool) {
	low := strings.ToLower(s)
	switch {
	case strings.HasPrefix(low, "zh"), low == "cn", low == "chinese":
		return Chinese, true
	case strings.HasPrefix(low, "en"), low == "english":
		return English, true
	}
	return English, false
}

// Text is one message in both languages, each a format of package fmt. Where the
// languages order their arguments differently, use indexes (%[2]s).
type Text struct{ en, zh string }

// T makes a Text: T("Approved", "已批准").
func T(en, zh string) Text { return Text{en: en, zh: zh} }

// Same makes a Text that is the same in every language: a number, a code, a name.
func Same(s string) Text { return Text{en: s, zh: s} }

// Pair makes a Text of what a package outside of internal has in both languages already.
// What this program itself says is a T, whose two sides stand in the source.
func Pair(en, zh string) Text { return Text{en: en, zh: zh} }

// Join puts texts one behind the other.
func Join(texts ...Text) Text {
	var all Text
	for _, t := range texts {
		all.en, all.zh = all.en+t.en, all.zh+t.zh
	}
	return all
}

// In is the text in a language, unformatted.
func (t Text) In(l Lang) string {
	if l == Chinese {
		return t.zh
	}
	return t.en
}

// IsZero reports an empty text.
func (t Text) IsZero() bool { return t == Text{} }

// With makes a message of the text and its arguments. An argument that is itself a
// Text or a Message is said in the language of the whole.
func (t Text) With(args ...any) Message { return Message{text: t, args: args} }

// Message is a text with its arguments, said when the language is known.
type Message struct {
	text Text
	args []any
}

// In says the message in a language.
func (m Message) In(l Lang) string {
	if len(m.args) == 0 {
		return m.text.In(l)
	}
	args := make([]any, len(m.args))
	for i, a := range m.args {
		switch v := a.(type) {
		case Text:
			args[i] = v.In(l)
		case Message:
			args[i] = v.In(l)
		default:
			args[i] = a
		}
	}
	return fmt.Sprintf(m.text.In(l), args...)
}

// IsZero reports an empty message.
func (m Message) IsZero() bool { return m.text.IsZero() }

// String is the English; it is what errors and tests show.
func (m Message) String() string { return m.In(English) }
