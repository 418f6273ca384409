package faultscript

import (
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
)

// Finding is one thing that is wrong with a script.
type Finding struct {
	Line    int  // from 1; 0 is the script as a whole
	Warning bool // the script is usable, and hardly means what was wanted
	What    i18n.Message
	Hint    i18n.Message // what to do about it
}

// Problem is the finding as an error for users; name is the script's.
func (f Finding) Problem(name string) error {
	what := i18n.T("%s: %s", "%s：%s").With(name, f.What)
	if f.Line > 0 {
		what = i18n.T("%s, line %d: %s", "%s 第 %d 行：%s").With(name, f.Line, f.What)
	}
	return &till.Problem{Code: till.CodeUsage, What: what, Hint: f.Hint}
}

// checkHint leads to what may stand where.
func checkHint() i18n.Message {
	return i18n.T("till host script --help tells what may stand where, till host script check FILE everything that is wrong",
		"till host script --help 说明可写的内容，till host script check FILE 列出全部问题").With()
}

// shownMost is how much of a value of the file a finding repeats, in characters.
const shownMost = 40

// shown is a value as findings repeat it: short, and without what might be a card number
// with a slip in it.
func shown(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		n := digitRun(text)
		switch {
		case n >= suspectDigits:
			b.WriteString(card.Mask(text[:n]))
		case n > 0:
			b.WriteString(text[:n])
		default:
			n = max(1, strings.IndexAny(text, "0123456789"))
			if !strings.ContainsAny(text, "0123456789") {
				n = len(text)
			}
			b.WriteString(text[:n])
		}
		text = text[n:]
	}
	if short := []rune(b.String()); len(short) > shownMost {
		return string(short[:shownMost]) + "…"
	}
	return b.String()
}

// digitRun is how many bytes of digits a text begins with.
func digitRun(text string) int { return len(text) - len(strings.TrimLeft(text, "0123456789")) }
