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
	for _, wish := range []func() string{e.langFlag, e.langSetting} {
		if lang, ok := i18n.ParseLang(wish()); ok {
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
func (e *Env) langFlag() string {
	for i, a := range e.Args {
		if a == "--" {
			return ""
		}
		if a == "--lang" && i+1 < len(e.Args) {
			return e.Args[i+1]
		}
		if v, found := strings.CutPrefix(a, "--lang="); found {
			return v
		}
	}
	return ""
}

// langSetting is the language by TILL_LANG or a configuration file. A file that cannot
// be read is no matter here: the command that needs it will say so, in the language
// of the system.
func (e *Env) langSetting() string {
	layers, err := e.Layers()
	if err != nil {
		return ""
	}
	s, _ := layers.Setting("lang")
	return s.Value
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

// locale is the locale of the terminal, as the system's own programs choose it.
func (e *Env) locale() string {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := e.Getenv(name); v != "" {
			return v
		}
	}
	return ""
}
