package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tillworks/till/internal/i18n"
)

// Every command that a text names is there, with the flags that stand beside it: a
// next step that does not exist is worse than none.
func TestCommandsNamedInTexts(t *testing.T) {
	root := tree(t, i18n.English)
	seen := 0
	eachText(t, "..", func(where token.Position, text string) {
		for _, words := range commandsIn(text) {
			seen++
			if complaint := wrongCommand(root, words); complaint != "" {
				t.Errorf("%s: till %s: %s", where, strings.Join(words, " "), complaint)
			}
		}
	})
	if seen < 500 {
		t.Errorf("%d commands found in the texts, want hundreds: the search is broken", seen)
	}
}

func TestWrongCommandsInTextsAreFound(t *testing.T) {
	root := tree(t, i18n.English)
	for text, want := range map[string]string{
		"till stock list shows them":                  "",
		"till txn resolve, till store verify":         "",
		"till tax set and then till item edit --unit": "",
		"用 till stock list 查看":                        "",
		"sales: till sell sells":                      "",
		"till help version":                           "",
		"till report --verify tells":                  "",
		"till report %s --compare prev":               "",
		"till sell --hold LABEL puts it aside":        "",
		"the till asks the gateway":                   "",
		"the till itself, see till stocks list":       `there is no command "stocks"`,
		"till tax add makes another":                  `it has no command "add"`,
		"try till sale list --limits 0":               "it has no flag --limits",
	} {
		got := ""
		for _, words := range commandsIn(text) {
			if got = wrongCommand(root, words); got != "" {
				break
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// eachText calls f with every string of the program's code below dir, tests aside.
func eachText(t *testing.T, dir string, f func(where token.Position, text string)) {
	t.Helper()
	files := token.NewFileSet()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					f(files.Position(lit.Pos()), text)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// commandsIn lists the words behind each "till" of a text, up to the first mark, leaving
// out where it is a thing or the program itself: "the till asks", "which till knows".
func commandsIn(text string) [][]string {
	named := regexp.MustCompile(`(\S* ?)\btill ([a-z][^,;:()。，；：、（）\n]*)`)
	things := []string{"the", "a", "this", "each", "other", "another", "every", "no", "that", "which", "of", "in", "and", "at"}
	var out [][]string
	for text != "" {
		m := named.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		before, behind := strings.Trim(text[m[2]:m[3]], `"' `), text[m[4]:m[5]]
		if i := strings.Index(behind, "till "); i > 0 {
			behind = behind[:i]
		}
		words := strings.Fields(behind)
		isNote := strings.HasSuffix(text[m[2]:m[3]], `"`) // the words of somebody, as in --note "till was down"
		if !isNote && !slices.Contains(things, strings.ToLower(before)) {
			out = append(out, words)
		}
		text = text[m[4]:]
	}
	return out
}

// wrongCommand says what is wrong with the words behind "till", or "".
func wrongCommand(root *cobra.Command, words []string) string {
	c := root
	for i, word := range words {
		word = strings.TrimRight(word, ".'\"")
		name, isFlag := strings.CutPrefix(word, "--")
		switch {
		case isFlag:
			return wrongFlags(c, words[i:])
		case strings.HasPrefix(word, "%") && c.HasSubCommands() || c.Name() == "help":
			return "" // known only when the text is said
		case !c.HasSubCommands():
			return wrongFlags(c, words[i:])
		case child(c, name) == nil && c == root:
			return "there is no command " + strconv.Quote(name)
		case child(c, name) == nil:
			return "it has no command " + strconv.Quote(name)
		}
		c = child(c, name)
	}
	return ""
}

func wrongFlags(c *cobra.Command, words []string) string {
	for _, word := range words {
		name, isFlag := strings.CutPrefix(strings.TrimRight(word, ".'\""), "--")
		name, _, _ = strings.Cut(name, "=")
		if isFlag && name != "" && findFlag(c, name) == nil {
			return "it has no flag --" + name
		}
	}
	return ""
}

func child(c *cobra.Command, name string) *cobra.Command {
	for _, sub := range c.Commands() {
		if sub.Name() == name {
			return sub
		}
	}
	return nil
}

func findFlag(c *cobra.Command, name string) *pflag.Flag {
	if f := c.Flags().Lookup(name); f != nil {
		return f
	}
	return c.InheritedFlags().Lookup(name)
}
