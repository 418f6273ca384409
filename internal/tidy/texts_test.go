package tidy

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// Every text that a user reads is said in both languages, with the same verbs for the
// same arguments.
func TestTexts(t *testing.T) {
	texts := 0
	for _, f := range goFiles(t) {
		if f.test || f.pkg == "internal/i18n" {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !isCallOf(call, "i18n", "T") {
				return true
			}
			texts++
			if len(call.Args) != 2 {
				t.Errorf("%s: i18n.T takes the English and the Chinese", f.at(call))
				return true
			}
			en, ok1 := literal(call.Args[0])
			zh, ok2 := literal(call.Args[1])
			if !ok1 || !ok2 {
				t.Errorf("%s: i18n.T takes string literals, so that both languages stand side by side", f.at(call))
				return true
			}
			for _, fault := range pairFaults(en, zh) {
				t.Errorf("%s: %s in %q, %q", f.at(call), fault, en, zh)
			}
			return true
		})
	}
	if texts == 0 {
		t.Error("no text found: the test looks at the wrong thing")
	}
}

// pairFaults tells what is wrong with the two sides of a text.
func pairFaults(en, zh string) []string {
	var faults []string
	if en == "" || zh == "" {
		faults = append(faults, "an empty side")
	}
	if strings.ContainsFunc(en, isHan) {
		faults = append(faults, "Chinese on the English side")
	}
	if hasWords(en) && !strings.ContainsFunc(zh, isHan) {
		faults = append(faults, "no Chinese on the Chinese side")
	}
	if !slices.Equal(verbs(en), verbs(zh)) {
		faults = append(faults, "different verbs")
	}
	if strings.ContainsAny(en, "\u2014\u2013") || strings.Contains(zh, "\u2014\u2014") {
		faults = append(faults, "a long dash")
	}
	return faults
}

func TestPairFaults(t *testing.T) {
	for _, c := range []struct {
		en, zh string
		faults int
	}{
		{"approved", "已批准", 0},
		{"%s", "%s", 0},
		{"%d MiB", "%d MiB", 0},
		{"%s has %d rows", "%s 有 %d 行", 0},
		{"%s has %d rows", "%[2]d 行在 %[1]s 中", 0},
		{"%5.2f%% of %q", "%q 的 %5.2f%%", 1},
		{"approved", "approved", 1},
		{"approved", "", 2},
		{"已批准", "已批准", 1},
		{"%s has %d rows", "%s 有行", 1},
		{"a \u2014 b or more", "甲乙丙丁", 1},
	} {
		if got := pairFaults(c.en, c.zh); len(got) != c.faults {
			t.Errorf("%q, %q: %v, want %d faults", c.en, c.zh, got, c.faults)
		}
	}
}

// hasWords reports text with a word to translate: four letters in a row outside verbs.
func hasWords(text string) bool {
	plain := regexp.MustCompile(`%[^a-zA-Z%]*[a-zA-Z%]`).ReplaceAllString(text, "")
	return regexp.MustCompile(`[a-z]{4}`).MatchString(plain)
}

// verbs are the verbs of a format, each with the number of the argument it shows, in
// the order of the arguments.
func verbs(format string) []string {
	var list []string
	next := 1
	for _, m := range regexp.MustCompile(`%[-+# 0-9.]*(?:\[(\d+)\])?[-+# 0-9.]*([a-zA-Z%])`).FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		list = append(list, strconv.Itoa(next)+m[2])
		next++
	}
	slices.Sort(list)
	return list
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func isCallOf(call *ast.CallExpr, pkg, name string) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == name && isName(sel.X, pkg)
}

// literal is the value of a string literal, or of literals joined with +.
func literal(e ast.Expr) (string, bool) {
	switch v := e.(type) {
	case *ast.BasicLit:
		if v.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(v.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		x, ok1 := literal(v.X)
		y, ok2 := literal(v.Y)
		return x + y, ok1 && ok2 && v.Op == token.ADD
	}
	return "", false
}
