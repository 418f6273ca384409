package faultscript_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// parse is a script that must be sound.
func parse(t testing.TB, text string) *faultscript.Script {
	t.Helper()
	s, found := faultscript.Parse([]byte(text))
	for _, f := range found {
		t.Errorf("line %d: %s", f.Line, f.What)
	}
	if s == nil {
		t.Fatalf("no script of:\n%s", text)
	}
	return s
}

// Every shipped script is sound, and says what it is for in both languages.
func TestExamples(t *testing.T) {
	if n := len(faultscript.Examples()); n < 15 {
		t.Fatalf("%d scripts are shipped", n)
	}
	for _, name := range faultscript.Examples() {
		t.Run(name, func(t *testing.T) {
			text, err := faultscript.Example(name)
			if err != nil {
				t.Fatal(err)
			}
			s := parse(t, string(text))
			if en, zh := s.About.In(i18n.English), s.About.In(i18n.Chinese); en == "" || zh == "" || en == zh {
				t.Errorf("about: %q, %q", en, zh)
			}
		})
	}
	if _, err := faultscript.Example("none"); err == nil {
		t.Error("a script that is not shipped has a text")
	}
}

// What is wrong is told with its line, what stands there, what should, and what to do, in
// both languages.
func TestFindings(t *testing.T) {
	for name, c := range map[string]struct {
		script  string
		line    int
		what    string
		hint    string // empty is any
		warning bool
	}{
		"no text":           {"", 1, "the script is nothing, want keys and values: about, seed, rules", "", false},
		"no rules":          {"about: x", 1, "the script has no rules", "", false},
		"unknown key":       {"rule: []", 1, `the script: "rule" is none of about, seed, rules`, `did you mean "rules"?`, false},
		"twice":             {"seed: 1\nseed: 2\nrules: [{do: lose}]", 2, `has "seed" twice`, "", false},
		"seed":              {"seed: x\nrules: [{do: lose}]", 1, `seed is "x", want a whole number`, "", false},
		"rules no list":     {"rules: lose", 1, `rules is "lose", want a list`, "", false},
		"rule no map":       {"rules: [lose]", 1, `rule 1 is "lose", want keys and values`, "", false},
		"no action":         {"rules:\n  - when: {kind: sale}", 2, `rule 1 does nothing: it has no "do"`, "do: lose", false},
		"empty action":      {"rules:\n  - do: []", 2, "do is a list, want an action", "", false},
		"unknown action":    {"rules:\n  - do: loose", 2, `do: "loose" is none of drop, lose, delay`, `did you mean "lose"?`, false},
		"action twice":      {"rules:\n  - do: [lose, lose]", 2, `"lose" is done twice`, "", false},
		"value of lose":     {"rules:\n  - do: {lose: 3}", 2, `lose is "3", want no value`, "", false},
		"delay":             {"rules:\n  - do: {delay: 2}", 2, `delay is "2", want a time with its unit`, "", false},
		"negative delay":    {"rules:\n  - do: {delay: -2s}", 2, "delay is", "", false},
		"long delay":        {"rules:\n  - do: {delay: 25h}", 2, "up to 24h", "", false},
		"duplicate":         {"rules:\n  - do: {duplicate: 1}", 2, `duplicate is "1", want a whole number from 2 to 100`, "", false},
		"garble":            {"rules:\n  - do: {garble: {bites: 4}}", 2, `garble: "bites" is none of bytes, at`, `"bytes"`, false},
		"garble at":         {"rules:\n  - do: {garble: {at: -1}}", 2, `at is "-1", want a whole number from 0`, "", false},
		"truncate":          {"rules:\n  - do: {truncate: {announce: all}}", 2, `announce: "all" is none of rest, whole`, "", false},
		"close":             {"rules:\n  - do: {close: 0}", 2, `close is "0", want a whole number from 1`, "", false},
		"wrong":             {"rules:\n  - do: {wrong: [stan, rrn]}", 2, `wrong: "rrn" is none of stan, terminal, amount, mac`, "", false},
		"code":              {"rules:\n  - do: {code: 051}", 2, `code is "051", want a response code of two characters`, "", false},
		"code without":      {"rules:\n  - do: {code: {posted: true}}", 2, "answer is nothing, want a response code", "", false},
		"batch":             {"rules:\n  - do: {batch: 1000000}", 2, "batch is", "", false},
		"unsolicited":       {"rules:\n  - do: {unsolicited: sale}", 2, `unsolicited: "sale" is none of answer, echo`, "", false},
		"differ":            {"rules:\n  - do: {differ: {count: 0}}", 2, `count is "0", want a whole number, as 1 or -1`, "", false},
		"differ by nothing": {"rules:\n  - do: {differ: 0}", 2, "want a difference that is not zero", "", false},
		"contradiction":     {"rules:\n  - do: [drop, {code: 51}]", 2, "drop and code contradict one another", "two rules", false},
		"unknown condition": {"rules:\n  - {when: {pan: 1}, do: lose}", 2, `when: "pan" is none of kind, message`, "", false},
		"kind":              {"rules:\n  - {when: {kind: sales}, do: lose}", 2, `kind: "sales" is none of sale,`, `did you mean "sale"?`, false},
		"no kind":           {"rules:\n  - {when: {kind: []}, do: lose}", 2, "kind is a list, want at least one value", "", false},
		"message":           {"rules:\n  - {when: {message: 200}, do: lose}", 2, `message is "200", want the message type of a request`, "", false},
		"response":          {"rules:\n  - {when: {message: 0210}, do: lose}", 2, `message is "0210", want the message type of a request`, "", false},
		"processing":        {"rules:\n  - {when: {processing: sale}, do: lose}", 2, `processing is "sale", want the first digits`, "", false},
		"amount":            {"rules:\n  - {when: {amount: 12,50}, do: lose}", 2, `when: "50" is none of`, "", false},
		"amount upside":     {"rules:\n  - {when: {amount: 20..10}, do: lose}", 2, `amount is "20..10", want an amount as 12.50, a range`, "", false},
		"amount unbound":    {"rules:\n  - {when: {amount: ..}, do: lose}", 2, `amount is "..", want`, "", false},
		"negative amount":   {"rules:\n  - {when: {amount: -1}, do: lose}", 2, `amount is "-1", want`, "", false},
		"amount ending":     {"rules:\n  - {when: {amount: \"*x\"}, do: lose}", 2, `amount is "*x", want the last digits`, "", false},
		"bare star":         {"rules:\n  - {when: {amount: *.68}, do: lose}", 2, "begins with * and has no quotes", `"*.68"`, false},
		"card":              {"rules:\n  - {when: {card: 41111111*}, do: lose}", 2, `card is "41111111*", want the last four digits`, "", false},
		"card of letters":   {"rules:\n  - {when: {card: visa}, do: lose}", 2, `card is "visa", want`, "", false},
		"terminal":          {"rules:\n  - {when: {terminal: TILLLAB12}, do: lose}", 2, "want a terminal number of 1 to 8 characters", "", false},
		"stan":              {"rules:\n  - {when: {stan: 0}, do: lose}", 2, `stan is "0", want a number from 1 to 999999`, "", false},
		"stan upside":       {"rules:\n  - {when: {stan: 5..3}, do: lose}", 2, `stan is "5..3", want`, "", false},
		"nth":               {"rules:\n  - {when: {nth: first}, do: lose}", 2, `nth is "first", want a number`, "", false},
		"every":             {"rules:\n  - {when: {every: 0}, do: lose}", 2, `every is "0", want a whole number from 1`, "", false},
		"times":             {"rules:\n  - {times: -1, do: lose}", 2, `times is "-1", want a whole number from 1`, "", false},
		"chance":            {"rules:\n  - {when: {chance: 120%}, do: lose}", 2, `chance is "120%", want a probability`, "", false},
		"no chance":         {"rules:\n  - {when: {chance: 0}, do: lose}", 2, `chance is "0", want a probability above nothing`, "", false},
		"fine chance":       {"rules:\n  - {when: {chance: 0.00001%}, do: lose}", 2, "four decimals of a percent", "", false},
		"from":              {"rules:\n  - {when: {from: now}, do: lose}", 2, `from is "now", want a time`, "", false},
		"no YAML":           {"rules: [", 1, "this is not YAML", "", false},
		"anchor":            {"rules: &a []", 1, "has no place in a script", "", false},
		"documents":         {"rules: [{do: lose}]\n---\nrules: []", 2, "has no place in a script", "", false},
		"deep":              {"rules: [[[[[[[[[[[]]]]]]]]]]]", 1, "more than 8 deep", "", false},
		"long":              {strings.Repeat("#", 70_000), 0, "70000 bytes, at most 65536 are read", "", false},

		"shadowed":       {"rules:\n  - {when: {kind: sale}, do: lose}\n  - {when: {kind: sale, amount: 5..}, do: drop}", 3, "rule 2 can never match: rule 1 in line 2 takes all of its messages", "times", true},
		"never together": {"rules:\n  - {when: {kind: sale, message: 04x0}, do: lose}", 2, "no message of that type is of that kind", "", true},
		"processing of":  {"rules:\n  - {when: {kind: refund, processing: 00}, do: lose}", 2, "that kind has another processing code", "", true},
		"window":         {"rules:\n  - {when: {from: 10s, until: 5s}, do: lose}", 2, "it begins at 10s and ends at 5s", "", true},
		"no amount":      {"rules:\n  - {when: {kind: [echo, sign_on], amount: 5}, do: lose}", 2, "messages of that kind have no amount", "", true},
		"no card":        {"rules:\n  - {when: {kind: reconcile, card: 1111}, do: lose}", 2, "messages of that kind have no card number", "", true},
		"nth of every":   {"rules:\n  - {when: {nth: 3, every: 2}, do: lose}", 2, "none of its nth is one of every 2", "", true},
		"unseen batch":   {"rules:\n  - {when: {kind: sale}, do: {batch: 9}}", 2, `"batch" shows in nothing but sign_on`, "{kind: sign_on}", true},
		"unseen differ":  {"rules:\n  - {do: differ}", 2, `"differ" shows in nothing but reconcile`, "", true},
		"unseen amount":  {"rules:\n  - {when: {kind: echo}, do: {wrong: amount}}", 2, `"wrong: amount" shows in nothing but sale`, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			s, found := faultscript.Parse([]byte(c.script))
			if len(found) == 0 {
				t.Fatal("nothing was found")
			}
			f := found[0]
			if f.Line != c.line || !strings.Contains(f.What.String(), c.what) || !strings.Contains(f.Hint.String(), c.hint) || f.Warning != c.warning {
				t.Errorf("line %d, warning %v: %s; %s\nwant line %d, warning %v: %s; %s", f.Line, f.Warning, f.What, f.Hint, c.line, c.warning, c.what, c.hint)
			}
			if (s != nil) != c.warning {
				t.Errorf("script %v, want one only where there are warnings alone", s)
			}
			if f.Hint.IsZero() || f.What.In(i18n.Chinese) == f.What.String() {
				t.Errorf("not told in both languages, or not what to do: %s; %s", f.What.In(i18n.Chinese), f.Hint)
			}
			var problem *till.Problem
			if !errors.As(f.Problem("x.yaml"), &problem) || problem.Code != till.CodeUsage {
				t.Errorf("%v is no usage problem", f.Problem("x.yaml"))
			}
		})
	}
}

// Everything that is wrong is found at once.
func TestFindingsAll(t *testing.T) {
	_, found := faultscript.Parse([]byte("seed: x\nrules:\n  - {when: {kind: sal, nth: 0}, do: [los, {delay: 3}]}\n  - {}"))
	if len(found) != 6 {
		t.Errorf("%d findings, want 6: %v", len(found), found)
	}
}

// A whole card number is refused wherever it stands, and not repeated.
func TestCardNumbersAreRefused(t *testing.T) {
	for _, number := range []string{"4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "378282246310005", "6205500000000000004"} {
		for name, script := range map[string]string{
			"card":    "rules:\n  - when: {card: %}\n    do: lose",
			"comment": "# %\nrules: [{do: lose}]",
			"about":   "about: card % of the boss\nrules: [{do: lose}]",
			"name":    "rules:\n  - {name: \"%\", do: lose}",
			"broken":  "rules: [{{%",
		} {
			s, found := faultscript.Parse([]byte(strings.ReplaceAll(script, "%", number)))
			if s != nil || len(found) == 0 || !strings.Contains(found[0].What.String(), "full card number") {
				t.Errorf("%s: %s was taken: %v", name, number, found)
			}
			for _, f := range found {
				if strings.Contains(f.What.String()+f.Hint.String(), number) {
					t.Errorf("%s: %s is repeated", name, number)
				}
			}
		}
	}
}

// A number with a slip in it is no number that could be refused as one, and is masked.
func TestSlippedNumberIsMasked(t *testing.T) {
	for _, script := range []string{
		"rules: [{when: {card: 4111111111111112}, do: lose}]",
		"rules: [{when: {terminal: 4111111111111112}, do: lose}]",
		"rules: [{when: {amount: 4111111111111112}, do: lose}]",
		"rules: [{when: {x4111111111111112: 1}, do: lose}]",
	} {
		s, found := faultscript.Parse([]byte(script))
		if s != nil || len(found) == 0 {
			t.Errorf("%s: taken", script)
		}
		for _, f := range found {
			if strings.Contains(f.What.String(), "1111111111") {
				t.Errorf("%s: %s", script, f.What)
			}
		}
	}
}

// FuzzParse holds that no text ends the program, that what is read says what it does, and
// that what is found has a text in both languages and what to do.
func FuzzParse(f *testing.F) {
	for _, name := range faultscript.Examples() {
		text, err := faultscript.Example(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("rules:\n  - {when: {kind: [sale, void], message: 02x0, processing: 00, amount: [1..2, \"*.5\"], card: 1111, terminal: A, stan: 1.., from: 1s, until: 2s, nth: 3, every: 2, chance: 0.5}, times: 2, do: [{delay: 1s}, close]}"))
	f.Add([]byte("rules: [{do: {garble: {bytes: 4, at: any}, code: {answer: \"05\", posted: true}, wrong: [stan, mac]}}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, found := faultscript.Parse(data)
		for _, finding := range found {
			if finding.What.String() == "" || finding.What.In(i18n.Chinese) == "" || finding.Hint.IsZero() {
				t.Errorf("an empty finding: %+v", finding)
			}
			if s != nil && !finding.Warning {
				t.Errorf("a script in spite of %s", finding.What)
			}
		}
		if s == nil {
			if len(found) == 0 {
				t.Error("no script, and nothing is wrong")
			}
			return
		}
		for _, r := range s.Rules {
			if r.Words().String() == "" || r.Words().In(i18n.Chinese) == "" {
				t.Error("a rule without words")
			}
		}
		p := faultscript.NewPlayer(s)
		for range 3 {
			p.Decide(sale(1250))
		}
	})
}

// The page names every script, kind and action that there is.
func TestDocumentation(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "fault-scripts.md"))
	if err != nil {
		t.Fatal(err)
	}
	words := faultscript.Examples()
	for _, k := range faultscript.Kinds() {
		words = append(words, string(k))
	}
	for _, w := range words {
		if !strings.Contains(string(page), "`"+w+"`") {
			t.Errorf("docs/fault-scripts.md does not name %q", w)
		}
	}
}
