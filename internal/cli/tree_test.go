package cli

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/i18n"
)

// tree is the whole tree of commands in a language.
func tree(t *testing.T, lang i18n.Lang) *cobra.Command {
	t.Helper()
	con := newConsole(t)
	con.lang = lang
	root := newRoot(con.Env)
	root.InitDefaultHelpCmd()
	return root
}

// eachCommand calls f with every command in both languages.
func eachCommand(t *testing.T, f func(t *testing.T, en, zh *cobra.Command)) {
	t.Helper()
	english, chinese := walk(tree(t, i18n.English)), walk(tree(t, i18n.Chinese))
	if len(english) != len(chinese) {
		t.Fatalf("%d commands in English, %d in Chinese", len(english), len(chinese))
	}
	for i, en := range english {
		t.Run(strings.ReplaceAll(en.CommandPath(), " ", "_"), func(t *testing.T) { f(t, en, chinese[i]) })
	}
}

func isLeaf(c *cobra.Command) bool { return !c.HasSubCommands() }

// Every leaf has the flags of the output layer, every command the global ones.
func TestFlagsOfEveryCommand(t *testing.T) {
	eachCommand(t, func(t *testing.T, c, _ *cobra.Command) {
		for _, name := range []string{"data", "lang", "no-color", "no-input", "help"} {
			if c.InheritedFlags().Lookup(name) == nil && c.PersistentFlags().Lookup(name) == nil {
				t.Errorf("no --%s", name)
			}
		}
		for _, name := range []string{"json", "jq", "output", "out"} {
			if isLeaf(c) && c.Flags().Lookup(name) == nil {
				t.Errorf("no --%s: make it with newLeaf", name)
			}
		}
	})
}

// Every command says in both languages what it is.
func TestWordsOfEveryCommand(t *testing.T) {
	eachCommand(t, func(t *testing.T, en, zh *cobra.Command) {
		bothLanguages(t, "short", en.Short, zh.Short)
		bothLanguages(t, "long", en.Long, zh.Long)
		if strings.HasSuffix(en.Short, ".") || strings.HasSuffix(zh.Short, "。") {
			t.Error("short is no sentence: no full stop")
		}
		if isLeaf(en) {
			bothLanguages(t, "example", en.Example, zh.Example)
		}
		en.Flags().VisitAll(func(f *pflag.Flag) {
			bothLanguages(t, "--"+f.Name, f.Usage, zh.Flags().Lookup(f.Name).Usage)
			_, enUsage := pflag.UnquoteUsage(f)
			if enUsage == "" || unicode.IsUpper(rune(enUsage[0])) && !strings.HasPrefix(enUsage, "JSON") {
				t.Errorf("--%s: usage %q begins with a capital, or there is none", f.Name, enUsage)
			}
		})
	})
}

func bothLanguages(t *testing.T, what, en, zh string) {
	t.Helper()
	if en == "" || strings.ContainsFunc(en, isHan) {
		t.Errorf("%s in English is %q", what, en)
	}
	if !strings.ContainsFunc(zh, isHan) {
		t.Errorf("%s in Chinese is %q", what, zh)
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// The examples of help are commands that parse.
func TestExamplesParse(t *testing.T) {
	eachCommand(t, func(t *testing.T, c, _ *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			command, ok := strings.CutPrefix(strings.TrimSpace(line), "$ ")
			if !ok {
				continue
			}
			i := strings.Index(command, "till ")
			if i < 0 {
				t.Errorf("%q does not call till", command)
				continue
			}
			words := shellWords(command[i+len("till "):])
			root := tree(t, i18n.English)
			found, rest, err := root.Find(words)
			if err != nil || found.CommandPath() != c.CommandPath() {
				t.Errorf("%q is for %q (%v)", command, found.CommandPath(), err)
				continue
			}
			if err := found.ParseFlags(rest); err != nil {
				t.Errorf("%q: %v", command, err)
			}
			if err := checkArgs(found, found.Flags().Args()); err != nil {
				t.Errorf("%q: %v", command, err)
			}
		}
	})
}

// shellWords splits a command as a shell does, up to a pipe or a closing bracket;
// quotes hold words together.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	quote := rune(0)
	for _, r := range line + " " {
		switch {
		case quote == 0 && (r == '|' || r == ')' || r == '>'):
			if word.Len() > 0 {
				words = append(words, word.String())
			}
			return words
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case r == quote:
			quote = 0
		case quote == 0 && r == ' ':
			if word.Len() > 0 {
				words = append(words, word.String())
				word.Reset()
			}
		default:
			word.WriteRune(r)
		}
	}
	return words
}

// Help has its sections in both languages, fits 80 cells and ends with the exit codes.
func TestHelpOfEveryCommand(t *testing.T) {
	eachCommand(t, func(t *testing.T, c, _ *cobra.Command) {
		for lang, heads := range map[string][]string{
			"en": {"USAGE", "GLOBAL FLAGS", "EXIT STATUS", "EXAMPLES"},
			"zh": {"用法", "全局标志", "退出状态", "示例"},
		} {
			con := newConsole(t)
			args := append(strings.Fields(c.CommandPath())[1:], "--help", "--lang", lang)
			if code := con.till(args...); code != exitDone || con.err.Len() > 0 {
				t.Fatalf("exit %d, stderr %q", code, con.err.String())
			}
			help := con.out.String()
			if !isLeaf(c) {
				heads = heads[:2]
			}
			for _, head := range heads {
				if !strings.Contains(help, "\n"+head+"\n") {
					t.Errorf("%s: no section %s", lang, head)
				}
			}
			if strings.Contains(help, "\x1b") || strings.Contains(help, "%!") {
				t.Errorf("%s: an escape or a broken verb in\n%s", lang, help)
			}
			for line := range strings.Lines(help) {
				if width := cells.Width(strings.TrimSuffix(line, "\n")); width > 100 {
					t.Errorf("%s: a line of %d cells: %s", lang, width, line)
				}
			}
		}
	})
}

// The JSON fields that help names are those that --json takes.
func TestFieldsOfEveryLeaf(t *testing.T) {
	eachCommand(t, func(t *testing.T, c, _ *cobra.Command) {
		if !isLeaf(c) {
			return
		}
		fields := strings.Split(c.Annotations[fieldsNote], ", ")
		if len(fields) == 0 || fields[0] == "" {
			t.Fatal("no fields: give the leaf a result")
		}
		for _, f := range fields {
			if f != strings.ToLower(f) || strings.ContainsAny(f, " -") {
				t.Errorf("field %q is not in snake case", f)
			}
		}
		if ends := exitsOf(c); !slices.Contains(ends, exitUsage) || !slices.Contains(ends, exitInterrupted) {
			t.Errorf("exit codes %v", ends)
		}
	})
}

// An unknown field is refused before the command does anything, whatever it does.
func TestUnknownFieldOfEveryLeaf(t *testing.T) {
	eachCommand(t, func(t *testing.T, c, _ *cobra.Command) {
		if !isLeaf(c) {
			return
		}
		con := newConsole(t)
		args := strings.Fields(c.CommandPath())[1:]
		for _, name := range strings.Fields(c.Use)[1:] {
			if !strings.HasPrefix(name, "[") {
				args = append(args, "x")
			}
		}
		code := con.till(append(args, "--json=no_such_field")...)
		if code != exitUsage || !strings.Contains(con.err.String(), c.Annotations[fieldsNote]) || con.out.Len() > 0 {
			t.Errorf("exit %d, stderr %q, stdout %q", code, con.err.String(), con.out.String())
		}
	})
}
