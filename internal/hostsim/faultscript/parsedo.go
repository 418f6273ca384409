package faultscript

import (
	"slices"
	"strings"
	"time"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// What actions do where the script gives no number.
const (
	DefaultHold   = 10 * time.Second // of reorder: how long it waits at the most
	DefaultCopies = 2                // of duplicate
	DefaultGarble = 4                // bytes
	DefaultKeep   = 20               // bytes that truncate leaves
)

// fate reads what is to be done: a word, a word with its value, or a list of them.
func (p *reading) fate(n node) (f Fate) {
	before, line := len(p.found), n.line
	a := &actions{reading: p, fate: &f}
	if n.kind == list && len(n.items) == 0 {
		p.want(n, "do", i18n.T("an action", "动作").With())
	}
	p.each(n, "do", a.one)
	if len(p.found) == before {
		a.finish(line)
	}
	return f
}

// actions are what one rule does.
type actions struct {
	*reading
	fate *Fate
	seen []string
}

// one reads one action, or a map of several.
func (a *actions) one(n node) {
	if n.kind == mapping {
		for _, m := range n.keys {
			a.act(m.key, m.value)
		}
		return
	}
	a.act(n, node{line: n.line})
}

func (a *actions) act(word, value node) {
	known := a.known()
	i := slices.IndexFunc(known, func(f field) bool { return word.kind == scalar && f.key == word.text })
	switch {
	case i < 0:
		a.unknown(word, "do", known.names())
	case slices.Contains(a.seen, word.text):
		a.fault(word.line, i18n.T("%q is done twice", "%q 出现两次").With(word.text), i18n.Message{})
	default:
		a.seen = append(a.seen, word.text)
		known[i].read(value)
	}
}

// known are all actions, in the order of help.
func (a *actions) known() fields {
	f := a.fate
	return fields{
		{"drop", func(n node) { f.Drop = a.bare(n, "drop") }},
		{"lose", func(n node) { f.Lose = a.bare(n, "lose") }},
		{"delay", func(n node) { f.Delay = a.duration(n, "delay") }},
		{"duplicate", a.duplicate},
		{"reorder", a.reorder},
		{"garble", a.garble},
		{"truncate", a.truncate},
		{"close", a.close},
		{"down", func(n node) { f.Down = a.duration(n, "down") }},
		{"wrong", func(n node) { a.each(n, "wrong", a.wrong) }},
		{"code", a.code},
		{"rekey", func(n node) { f.Rekey = a.bare(n, "rekey") }},
		{"batch", func(n node) { f.Batch = a.batch(n) }},
		{"unsolicited", a.unsolicited},
		{"differ", a.differ},
	}
}

// bare is an action that has no value, or "true".
func (a *actions) bare(n node, word string) bool {
	if n.kind != nothing && (n.kind != scalar || n.text != "true") {
		a.want(n, word, i18n.T("no value", "无需取值").With())
	}
	return true
}

func (a *actions) duplicate(n node) {
	a.fate.Copies = DefaultCopies
	if n.kind != nothing {
		a.fate.Copies = a.upTo(n, "duplicate", 2, 100)
	}
}

func (a *actions) reorder(n node) {
	a.fate.Hold = DefaultHold
	if n.kind != nothing {
		a.fate.Hold = a.duration(n, "reorder")
	}
}

// maxFrame is more than any frame of a terminal holds, in bytes.
const maxFrame = 65535

// upTo is a whole number in bounds.
func (a *actions) upTo(n node, key string, least, most int) int {
	if v := atoi(n.text); n.kind == scalar && v >= least && v <= most {
		return v
	}
	a.want(n, key, i18n.T("a whole number from %d to %d", "%d 到 %d 的整数").With(least, most))
	return least
}

func (a *actions) garble(n node) {
	g := &a.fate.Garble
	g.Bytes = DefaultGarble
	switch n.kind {
	case nothing:
	case mapping:
		a.members(n, "garble", fields{
			{"bytes", func(n node) { g.Bytes = a.upTo(n, "bytes", 1, maxFrame) }},
			{"at", func(n node) {
				if g.Any = n.kind == scalar && n.text == "any"; !g.Any {
					g.At = a.upTo(n, "at", 0, maxFrame)
				}
			}},
		})
	case scalar, list:
		g.Bytes = a.upTo(n, "garble", 1, maxFrame)
	}
}

func (a *actions) truncate(n node) {
	t := &a.fate.Truncate
	*t = Truncate{On: true, Keep: DefaultKeep}
	switch n.kind {
	case nothing:
	case mapping:
		a.members(n, "truncate", fields{
			{"keep", func(n node) { t.Keep = a.upTo(n, "keep", 0, maxFrame) }},
			{"announce", func(n node) { t.Whole = a.oneOf(n, "announce", "rest", "whole") == "whole" }},
		})
	case scalar, list:
		t.Keep = a.upTo(n, "truncate", 0, maxFrame)
	}
}

// oneOf is one of a few words.
func (a *actions) oneOf(n node, key string, words ...string) string {
	if n.kind != scalar || !slices.Contains(words, n.text) {
		a.unknown(n, key, words)
	}
	return n.text
}

func (a *actions) close(n node) {
	a.fate.Close = Close{On: true}
	if n.kind != nothing {
		a.fate.Close.After = a.upTo(n, "close", 1, maxFrame)
	}
}

func (a *actions) wrong(n node) {
	switch a.oneOf(n, "wrong", "stan", "terminal", "amount", "mac") {
	case "stan":
		a.fate.Wrong |= WrongSTAN
	case "terminal":
		a.fate.Wrong |= WrongTerminal
	case "amount":
		a.fate.Wrong |= WrongAmount
	case "mac":
		a.fate.Wrong |= WrongMAC
	}
}

func (a *actions) code(n node) {
	if n.kind != mapping {
		a.fate.Code = a.responseCode(n)
		return
	}
	a.members(n, "code", fields{
		{"answer", func(n node) { a.fate.Code = a.responseCode(n) }},
		{"posted", func(n node) { a.fate.Posted = a.oneOf(n, "posted", "true", "false") == "true" }},
	})
	if a.fate.Code == "" {
		a.want(node{line: n.line}, "answer", i18n.T("a response code", "应答码").With())
	}
}

// responseCode is field 39: two letters or digits.
func (a *actions) responseCode(n node) string {
	text := n.text
	if n.kind == scalar && len(text) == 2 && strings.Trim(strings.ToUpper(text), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return text
	}
	a.want(n, "code", i18n.T("a response code of two characters, as 51", "两个字符的应答码，例如 51").With())
	return ""
}

func (a *actions) batch(n node) int { return a.upTo(n, "batch", 1, int(till.MaxSTAN)) }

func (a *actions) unsolicited(n node) {
	a.fate.Unsolicited = StrayAnswer
	if n.kind != nothing && a.oneOf(n, "unsolicited", "answer", "echo") == "echo" {
		a.fate.Unsolicited = HostEcho
	}
}

func (a *actions) differ(n node) {
	d := &a.fate.Differ
	switch n.kind {
	case nothing:
		d.Count = 1
	case mapping:
		a.members(n, "differ", fields{
			{"count", func(n node) { d.Count = a.signed(n) }},
			{"amount", func(n node) { d.Amount = a.difference(n) }},
		})
	case scalar, list:
		d.Amount = a.difference(n)
	}
	if *d == (Difference{}) {
		a.want(node{line: n.line}, "differ", i18n.T("a difference that is not zero", "非零的差额").With())
	}
}

func (a *actions) signed(n node) int {
	digits, negative := strings.CutPrefix(n.text, "-")
	v := atoi(digits)
	if n.kind != scalar || v < 1 || v > maxCount {
		a.want(n, "count", i18n.T("a whole number, as 1 or -1", "整数，例如 1 或 -1").With())
		return 1
	}
	if negative {
		return -v
	}
	return v
}

func (a *actions) difference(n node) Decimal {
	d, ok := parseDecimal(n.text)
	if n.kind != scalar || !ok {
		a.want(n, "differ", i18n.T("an amount, as 1.00 or -1.00", "金额，例如 1.00 或 -1.00").With())
		return Decimal{units: 1}
	}
	return d
}

// finish refuses what cannot be done together, and says what a word alone means: a host
// that goes down has not processed the request that it went down at.
func (a *actions) finish(line int) {
	for _, pair := range contradictions() {
		if slices.Contains(a.seen, pair.one) && slices.Contains(a.seen, pair.other) {
			a.fault(line, i18n.T("%s and %s contradict one another: %s", "%s 与 %s 相互矛盾：%s").With(pair.one, pair.other, pair.why),
				i18n.T("take one of them away, or make two rules of it", "请删除其中之一，或拆成两条规则").With())
		}
	}
	if slices.Equal(a.seen, []string{"down"}) {
		a.fate.Drop = true
	}
}

// contradiction is two actions of which one makes the other impossible.
type contradiction struct {
	one, other string
	why        i18n.Text
}

func contradictions() (all []contradiction) {
	dropped := i18n.T("what did not reach the host has no answer", "未到达主机的请求没有应答")
	for _, other := range []string{"lose", "duplicate", "reorder", "garble", "truncate", "wrong", "code", "rekey", "batch", "differ"} {
		all = append(all, contradiction{"drop", other, dropped})
	}
	lost := i18n.T("an answer that never goes out cannot be seen", "未发出的应答无法观察")
	for _, other := range []string{"duplicate", "reorder", "garble", "truncate", "wrong", "batch"} {
		all = append(all, contradiction{"lose", other, lost})
	}
	closed := i18n.T("nothing follows on a connection that was closed", "连接关闭后不再有数据")
	for _, other := range []string{"duplicate", "truncate"} {
		all = append(all, contradiction{"close", other, closed})
	}
	return append(all, contradiction{"truncate", "duplicate", i18n.T("what comes after half a message is its other half", "半个报文之后只能是另一半")})
}
