package cli

import (
	"strings"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// chooseLang settles the language before the tree of commands is built, since every
// help text and error is in it: --lang, TILL_LANG, the configuration, LC_ALL,
// LC_MESSAGES, LANG.
func (e *Env) chooseLang() {
	e.lang = i18n.English
	for _, wish := range []string{langFlag(e.Args), e.Getenv("TILL_LANG")} {
		if lang, ok := i18n.ParseLang(wish); ok {
			e.lang = lang
			return
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := e.Getenv(name); locale != "" {
			e.lang, _ = i18n.ParseLang(locale)
			return
		}
	}
}

// langFlag is the value of --lang among arguments that nothing has parsed yet.
func langFlag(args []string) string {
	for i, a := range args {
		if a == "--" {
			return ""
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
		if v, found := strings.CutPrefix(a, "--lang="); found {
			return v
		}
	}
	return ""
}

// checkLang refuses a --lang that is no language of the program.
func checkLang(value string) error {
	if _, ok := i18n.ParseLang(value); ok || value == "" {
		return nil
	}
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("--lang %s: no such language", "--lang %s：没有这种语言").With(value),
		Hint: i18n.T("the languages are en and zh", "可用的语言：en、zh").With(),
	}
}
