package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/hostsim/faultscript"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/nearest"
	"github.com/tillworks/till/internal/till"
)

func newHostScript(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "script",
		short: i18n.T("List, show and check fault scripts", "列出、查看和检查故障脚本"),
		long: i18n.Join(i18n.T(
			"A fault script has the simulated host go wrong: till host serve --script FILE. Its rules\nsay which messages, and what becomes of them:\n\n",
			"故障脚本使模拟主机出错：till host serve --script FILE。规则说明涉及哪些报文以及如何处理：\n\n"),
			i18n.Same(scriptSample), i18n.T(
				"\nThe first rule that a message meets decides. A rule counts the messages that meet its\nconditions, whether or not another decided; chance comes from the seed, so that a run\ncan be repeated. Of a list of values one must be met.\n\nwhen:",
				"\n由第一条匹配的规则决定。每条规则都对符合其条件的报文计数，无论是否由其他规则决定；随机性\n取自种子，因此可以重现。值为列表时，满足其一即可。\n\nwhen："),
			conditionTable(), i18n.T("\n\ndo, a word, a word with its value, or a list of them:", "\n\ndo，可为一个动作、带值的动作或动作列表："), actionTable()),
		commands: []*cobra.Command{newHostScriptList(env, nil), newHostScriptShow(env, nil), newHostScriptCheck(env, nil)},
	})
}

// scriptSample is a script with something of everything.
const scriptSample = `  about: a bad afternoon
  seed: 7
  rules:
    - name: first sale
      when: {kind: sale, nth: 1}
      do: lose
    - name: noise
      when: {chance: 5%, from: 10s}
      times: 3
      do: [{delay: 500ms}, garble]
`

// scriptWord is a word of scripts and what it means.
type scriptWord struct {
	word string
	what i18n.Text
}

func scriptTable(words []scriptWord) i18n.Text {
	table := i18n.Same("")
	for _, w := range words {
		table = i18n.Join(table, i18n.Same(fmt.Sprintf("\n  %-22s  ", w.word)), w.what)
	}
	return table
}

func conditionTable() i18n.Text {
	kinds := make([]string, 0, len(faultscript.Kinds()))
	for _, k := range faultscript.Kinds() {
		kinds = append(kinds, string(k))
	}
	return i18n.Join(scriptTable([]scriptWord{
		{"kind: sale", i18n.T("what is asked for: see below", "交易种类：见下")},
		{"message: 04x0", i18n.T("the message type, x for any digit", "报文类型，x 代表任意数字")},
		{"processing: 00", i18n.T("the first digits of field 3", "域 3 的前几位")},
		{"amount: 12.50", i18n.T("or 10..20, 100.., ..5, or the last digits: \"*.68\"", "或 10..20、100..、..5，或末几位：\"*.68\"")},
		{"card: 1111", i18n.T("or \"411111******1111\", \"411111*\"; never a whole number", "或 \"411111******1111\"、\"411111*\"；不得写完整卡号")},
		{"terminal: TILLLAB1", i18n.T("field 41", "域 41")},
		{"stan: 17", i18n.T("or 10..20: field 11", "或 10..20：域 11")},
		{"from: 10s, until: 1m", i18n.T("since the host began to serve", "自主机开始服务起")},
		{"nth: 3", i18n.T("or 3..5, 3..: of those that meet all of the above", "或 3..5、3..：符合以上条件的第几笔")},
		{"every: 5", i18n.T("one in five of them", "每五笔一次")},
		{"chance: 15%", i18n.T("each of them with this probability", "每笔按此概率")},
	}), i18n.T("\n\nThe kinds: ", "\n\n种类："), i18n.Same(wrapWords(kinds)))
}

// wrapWords puts words on lines of at most 80 columns.
func wrapWords(words []string) string {
	var b strings.Builder
	column := len("The kinds: ")
	for i, w := range words {
		if i > 0 {
			b.WriteString(",")
			if column += len(w) + 2; column > 80 {
				b.WriteString("\n ")
				column = len(w) + 2
			}
			b.WriteString(" ")
		}
		b.WriteString(w)
	}
	return b.String()
}

func actionTable() i18n.Text {
	return scriptTable([]scriptWord{
		{"drop", i18n.T("the request never reaches the host", "请求未到达主机")},
		{"lose", i18n.T("it is processed, and the answer lost", "已处理，应答丢失")},
		{"delay: 2s", i18n.T("the answer waits", "应答延迟")},
		{"duplicate: 3", i18n.T("the answer comes three times", "应答发送三次")},
		{"reorder: 5s", i18n.T("it waits until another has gone, so long at most", "应答等另一应答先发出，最多等这么久")},
		{"garble: 4", i18n.T("bytes are flipped; {bytes: 4, at: 30}, or at: any", "翻转字节；{bytes: 4, at: 30}，或 at: any")},
		{"truncate: 20", i18n.T("the message is cut; or {keep: 20, announce: whole}", "截断报文；或 {keep: 20, announce: whole}")},
		{"close: 10", i18n.T("the connection ends, after bytes of the answer or none", "连接关闭，可在发出应答的若干字节后")},
		{"down: 5s", i18n.T("every connection is cut, new ones are refused", "切断所有连接并拒绝新连接")},
		{"wrong: [stan, mac]", i18n.T("stan, terminal, amount or mac of the answer", "应答的流水号、终端号、金额或 MAC 有误")},
		{"code: 51", i18n.T("answered so, unprocessed; {answer: 51, posted: true}", "不处理即应答；{answer: 51, posted: true}")},
		{"rekey", i18n.T("the host has changed the terminal's working keys", "主机已更换终端工作密钥")},
		{"batch: 900", i18n.T("another batch number in the answer to a sign-on", "签到应答中给出其他批次号")},
		{"unsolicited: echo", i18n.T("or answer: a message that nobody asked for comes first", "或 answer：先发送一条无人请求的报文")},
		{"differ: 1.00", i18n.T("the host's totals differ; {count: 1, amount: 1.00}", "主机总计不同；{count: 1, amount: 1.00}")},
	})
}

type hostScriptListOptions struct{ out out.Output }

// hostScriptView is a shipped script.
type hostScriptView struct {
	Name  string `json:"name"`
	About string `json:"about"` // in the language of the command
	Rules int    `json:"rules"`
}

func newHostScriptList(env *Env, runF func(context.Context, *hostScriptListOptions) error) *cobra.Command {
	o := &hostScriptListOptions{}
	return newLeaf(env, leaf{
		use:   "list",
		short: i18n.T("List the fault scripts that are shipped", "列出随程序提供的故障脚本"),
		long: i18n.T(
			"List the fault scripts that are shipped. Each can be served by its name, and is a start\nfor one of your own: till host script show NAME.",
			"列出随程序提供的故障脚本。每个都可按名称使用，也可作为自编脚本的起点：till host script show\nNAME。"),
		examples: []example{
			{i18n.T("all of them", "全部脚本"), "till host script list"},
			{i18n.T("what happens in one", "其中之一的说明"), `till host script list --jq '.[] | select(.name == "lost-answer") | .about'`},
		},
		result: []hostScriptView{},
		run:    runWith(either(env, runF, hostScriptListRun), o),
	}, &o.out)
}

func hostScriptListRun(ctx context.Context, env *Env, o *hostScriptListOptions) error {
	views := []hostScriptView{}
	table := out.Table{Columns: []out.Column{
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "about", Head: i18n.T("WHAT HAPPENS", "说明")},
	}}
	for _, name := range faultscript.Examples() {
		s, err := hostScript(ctx, env, name)
		if err != nil {
			return err
		}
		v := hostScriptView{Name: name, About: env.Say(s.About), Rules: len(s.Rules)}
		views = append(views, v)
		table.Rows = append(table.Rows, []string{v.Name, v.About})
	}
	return env.Write(&o.out, out.Result{Value: views, Table: table})
}

type hostScriptShowOptions struct {
	out  out.Output
	name string
}

// hostScriptText is a shipped script as it stands.
type hostScriptText struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

func newHostScriptShow(env *Env, runF func(context.Context, *hostScriptShowOptions) error) *cobra.Command {
	o := &hostScriptShowOptions{}
	return newLeaf(env, leaf{
		use:   "show NAME",
		short: i18n.T("Show a shipped fault script", "显示随程序提供的故障脚本"),
		long: i18n.T(
			"Show the text of a shipped fault script, to be saved and changed.",
			"显示随程序提供的故障脚本全文，可保存后修改。"),
		examples: []example{{i18n.T("a start for a script of your own", "作为自编脚本的起点"), "till host script show lost-answer > mine.yaml"}},
		result:   hostScriptText{},
		run:      runWith(either(env, runF, hostScriptShowRun), o, &o.name),
	}, &o.out)
}

func hostScriptShowRun(_ context.Context, env *Env, o *hostScriptShowOptions) error {
	text, err := faultscript.Example(o.name)
	if err != nil {
		return unknownScript(o.name)
	}
	v := hostScriptText{Name: o.name, Text: string(text)}
	return env.Write(&o.out, out.Result{Value: v, Text: func(out.Screen) string { return v.Text }})
}

type hostScriptCheckOptions struct {
	out  out.Output
	file string
}

// hostScriptCheck is what a script does and what is wrong with it.
type hostScriptCheck struct {
	About    string              `json:"about,omitempty"`
	Rules    []hostScriptRule    `json:"rules"`
	Findings []hostScriptFinding `json:"findings"`
}

// hostScriptRule is a rule in words.
type hostScriptRule struct {
	Line int    `json:"line"`
	Name string `json:"name"`
	Does string `json:"does"` // in the language of the command
}

// hostScriptFinding is one thing that is wrong.
type hostScriptFinding struct {
	Severity string `json:"severity"` // error, warning
	Line     int    `json:"line,omitempty"`
	Text     string `json:"text"`
	Hint     string `json:"hint"`
}

func newHostScriptCheck(env *Env, runF func(context.Context, *hostScriptCheckOptions) error) *cobra.Command {
	o := &hostScriptCheckOptions{}
	return newLeaf(env, leaf{
		use:   "check FILE",
		short: i18n.T("Say what a fault script does, and what is wrong with it", "说明故障脚本的作用并指出问题"),
		long: i18n.T(
			"Say in words what each rule of a fault script does. Errors keep it from being used;\nwarnings are rules that can never match and actions that nobody can see. FILE is the\nname of a shipped script too, or - for standard input.\n\nThe command ends with 7 where anything is found.",
			"用文字说明故障脚本每条规则的作用。错误会使其无法使用；警告是永远不会匹配的规则和无法观察到\n的动作。FILE 也可为随程序提供的脚本名称，或 - 表示标准输入。\n\n发现问题时以 7 退出。"),
		examples: []example{{i18n.T("before a script is used", "使用脚本之前"), "till host script check mine.yaml"}},
		result:   hostScriptCheck{},
		exits:    []exitCode{exitDifferences},
		run:      runWith(either(env, runF, hostScriptCheckRun), o, &o.file),
	}, &o.out)
}

func hostScriptCheckRun(ctx context.Context, env *Env, o *hostScriptCheckOptions) error {
	raw, err := scriptText(ctx, env, o.file)
	if err != nil {
		return err
	}
	s, found := faultscript.Parse(raw)
	check := hostScriptCheck{Rules: []hostScriptRule{}, Findings: []hostScriptFinding{}}
	if s != nil {
		check.About = env.Say(s.About)
		for _, r := range s.Rules {
			check.Rules = append(check.Rules, hostScriptRule{Line: r.Line, Name: r.Name, Does: r.Words().In(env.Lang())})
		}
	}
	for _, f := range found {
		v := hostScriptFinding{Severity: "error", Line: f.Line, Text: f.What.In(env.Lang()), Hint: f.Hint.In(env.Lang())}
		if f.Warning {
			v.Severity = "warning"
		}
		check.Findings = append(check.Findings, v)
	}
	text := func(screen out.Screen) string { return check.text(screen, o.file) }
	if err := env.Write(&o.out, out.Result{Value: check, Text: text}); err != nil || len(found) == 0 {
		return err
	}
	return exitError{exitDifferences}
}

// text is a line for each rule and each finding.
func (c hostScriptCheck) text(s out.Screen, file string) string {
	var b strings.Builder
	if c.About != "" {
		b.WriteString(c.About + "\n\n")
	}
	for _, r := range c.Rules {
		fmt.Fprintf(&b, "%s: %s\n", r.Name, r.Does)
	}
	for _, f := range c.Findings {
		mark := s.Red(i18n.T("error", "错误").In(s.Lang))
		if f.Severity == "warning" {
			mark = s.Yellow(i18n.T("warning", "警告").In(s.Lang))
		}
		where := file
		if f.Line > 0 {
			where = fmt.Sprintf("%s:%d", file, f.Line)
		}
		fmt.Fprintf(&b, "%s: %s: %s\n  %s\n", where, mark, f.Text, f.Hint)
	}
	if len(c.Findings) == 0 {
		b.WriteString("\n" + s.Green(i18n.T("nothing is wrong with %s", "%s 没有问题").With(file).In(s.Lang)) + "\n")
	}
	return b.String()
}

// maxScript is more than a script may have, so that it is told so in its own words.
const maxScript = 1 << 20

// scriptText is the text of a script by the name that it is shipped under, or of a file.
func scriptText(ctx context.Context, env *Env, name string) ([]byte, error) {
	if slices.Contains(faultscript.Examples(), name) {
		return faultscript.Example(name)
	}
	if name != "-" && !strings.ContainsAny(name, `./\`) {
		return nil, unknownScript(name)
	}
	return readInput(ctx, env, name, maxScript)
}

func unknownScript(name string) error {
	hint := i18n.T("till host script list lists them; a file has a dot or a slash in its name, as ./mine.yaml", "till host script list 列出全部；文件名须含点或斜杠，例如 ./mine.yaml").With()
	if meant := nearest.Of(name, faultscript.Examples()); meant != "" {
		hint = i18n.T("did you mean %q? till host script list lists them", "是否指 %q？till host script list 列出全部").With(meant)
	}
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("no fault script %q is shipped", "没有名为 %q 的故障脚本").With(name), Hint: hint,
	}
}

// hostScript is a script that can be used. Of one that cannot the first fault is told;
// what may not have been meant is told on the way.
func hostScript(ctx context.Context, env *Env, name string) (*faultscript.Script, error) {
	raw, err := scriptText(ctx, env, name)
	if err != nil {
		return nil, err
	}
	s, found := faultscript.Parse(raw)
	if s == nil {
		return nil, found[0].Problem(name)
	}
	for _, f := range found {
		env.Note(i18n.T("%s, line %d: %s", "%s 第 %d 行：%s").With(name, f.Line, f.What))
	}
	return s, nil
}
