package faultscript

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/nearest"
)

// maxRules is how many rules a script may have.
const maxRules = 500

// Parse reads a script. What is wrong with it comes with its lines; a script with a
// finding that is no warning is not to be used, and nil.
func Parse(data []byte) (*Script, []Finding) {
	if found := refuseNumbers(string(data)); len(found) > 0 {
		return nil, found
	}
	root, bad := parseYAML(string(data))
	if bad != nil {
		return nil, []Finding{*bad}
	}
	p := &reading{}
	s := p.script(root)
	if len(p.found) > 0 {
		return nil, p.found
	}
	return s, s.lint()
}

// reading makes a script of nodes and collects what is wrong.
type reading struct{ found []Finding }

func (p *reading) fault(line int, what, hint i18n.Message) {
	if hint.IsZero() {
		hint = checkHint()
	}
	p.found = append(p.found, Finding{Line: line, What: what, Hint: hint})
}

// want says what a key must hold and what it does.
func (p *reading) want(n node, key string, want i18n.Message) {
	got := i18n.T("%q", "%q").With(shown(n.text))
	switch n.kind {
	case nothing:
		got = i18n.T("nothing", "空值").With()
	case list:
		got = i18n.T("a list", "列表").With()
	case mapping:
		got = i18n.T("keys and values", "键值").With()
	case scalar:
	}
	p.fault(n.line, i18n.T("%s is %s, want %s", "%s 为 %s，应为 %s").With(key, got, want), i18n.Message{})
}

// fields are the keys that a map may have, with who reads each.
type fields []field

type field struct {
	key  string
	read func(node)
}

// members reads a map by its keys: each once, and none that is not known.
func (p *reading) members(n node, place string, known fields) {
	if n.kind != mapping {
		p.want(n, place, i18n.T("keys and values: %s", "键值：%s").With(strings.Join(known.names(), ", ")))
		return
	}
	var seen []string
	for _, m := range n.keys {
		i := slices.IndexFunc(known, func(f field) bool { return f.key == m.key.text })
		switch {
		case i < 0:
			p.unknown(m.key, place, known.names())
		case slices.Contains(seen, m.key.text):
			p.fault(m.key.line, i18n.T("%s has %q twice", "%s 中 %q 出现两次").With(place, m.key.text), i18n.Message{})
		default:
			seen = append(seen, m.key.text)
			known[i].read(m.value)
		}
	}
}

func (f fields) names() []string {
	var names []string
	for _, field := range f {
		names = append(names, field.key)
	}
	return names
}

// unknown is a word that is none of those that may stand there.
func (p *reading) unknown(n node, place string, known []string) {
	what := i18n.T("%s: %q is none of %s", "%s：%q 不在可用值之中：%s").With(place, shown(n.text), strings.Join(known, ", "))
	hint := i18n.Message{}
	if meant := nearest.Of(n.text, known); meant != "" {
		hint = i18n.T("did you mean %q?", "是否指 %q？").With(meant)
	}
	p.fault(n.line, what, hint)
}

func (p *reading) script(n node) *Script {
	s := &Script{}
	p.members(n, "the script", fields{
		{"about", func(n node) { s.About = p.about(n) }},
		{"seed", func(n node) {
			seed, err := strconv.ParseUint(n.text, 10, 64)
			if n.kind != scalar || err != nil {
				p.want(n, "seed", i18n.T("a whole number", "整数").With())
			}
			s.Seed = seed
		}},
		{"rules", func(n node) { s.Rules = p.rules(n) }},
	})
	if len(s.Rules) == 0 && len(p.found) == 0 {
		p.fault(max(1, n.line), i18n.T("the script has no rules", "脚本没有规则").With(), i18n.Message{})
	}
	return s
}

// about is one text for both languages, or one for each.
func (p *reading) about(n node) i18n.Text {
	if n.kind == scalar {
		return i18n.Same(n.text)
	}
	var en, zh string
	p.members(n, "about", fields{
		{"en", func(n node) { en = p.word(n, "en") }},
		{"zh", func(n node) { zh = p.word(n, "zh") }},
	})
	return i18n.Pair(en, zh)
}

// word is any text on one line.
func (p *reading) word(n node, key string) string {
	if n.kind != scalar || n.text == "" {
		p.want(n, key, i18n.T("a text", "文本").With())
	}
	return n.text
}

func (p *reading) rules(n node) (rules []Rule) {
	if n.kind != list || len(n.items) > maxRules {
		p.want(n, "rules", i18n.T("a list of at most %d rules", "最多 %d 条规则的列表").With(maxRules))
		return nil
	}
	for i, item := range n.items {
		rules = append(rules, p.rule(item, i+1))
	}
	return rules
}

func (p *reading) rule(n node, number int) Rule {
	r := Rule{Name: fmt.Sprintf("rule %d", number), Line: n.line}
	before := len(p.found)
	done := false
	p.members(n, r.Name, fields{
		{"name", func(n node) { r.Name = p.word(n, "name") }},
		{"when", func(n node) { r.When = p.when(n) }},
		{"times", func(n node) { r.Times = p.count(n, "times", 1) }},
		{"do", func(n node) { done, r.Fate = true, p.fate(n) }},
	})
	if !done && len(p.found) == before {
		p.fault(n.line, i18n.T("%s does nothing: it has no \"do\"", "%s 没有任何动作：缺少 \"do\"").With(r.Name),
			i18n.T("say what is to be done, as in do: lose", "请说明要做什么，例如 do: lose").With())
	}
	r.Fate.Rule = r.Name
	return r
}

// maxCount is more than any count in a script.
const maxCount = 1_000_000

// count is a whole number from least on.
func (p *reading) count(n node, key string, least int) int {
	v, err := strconv.Atoi(n.text)
	if n.kind != scalar || err != nil || v < least || v > maxCount || !plainDigits(n.text) {
		p.want(n, key, i18n.T("a whole number from %d to %d", "%d 到 %d 的整数").With(least, maxCount))
		return least
	}
	return v
}

func plainDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// maxDuration is longer than any test runs.
const maxDuration = 24 * time.Hour

// duration is a time with its unit, more than nothing.
func (p *reading) duration(n node, key string) time.Duration {
	d, err := time.ParseDuration(n.text)
	if n.kind != scalar || err != nil || d <= 0 || d > maxDuration {
		p.want(n, key, i18n.T("a time with its unit, as 500ms, 2s or 1m30s, up to 24h", "带单位的时间，例如 500ms、2s 或 1m30s，最长 24h").With())
		return 0
	}
	return d
}

// each reads one value, or every value of a list.
func (p *reading) each(n node, key string, read func(node)) {
	if n.kind != list {
		read(n)
		return
	}
	if len(n.items) == 0 {
		p.want(n, key, i18n.T("at least one value", "至少一个值").With())
	}
	for _, item := range n.items {
		read(item)
	}
}
