package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/bulk"
	"github.com/tillworks/till/pkg/iso8583/detect"
)

type isoExplainOptions struct {
	out     out.Output
	in      isoInput
	unmask  unmask
	compact bool
	raw     bool
}

func newISOExplain(env *Env, runF func(context.Context, *isoExplainOptions) error) *cobra.Command {
	o := &isoExplainOptions{}
	run := either(env, runF, isoExplainRun)
	c := newLeaf(env, leaf{
		use:   "explain [HEX|FILE...]",
		short: i18n.T("Say what every field of a message is", "逐域解释报文"),
		long: i18n.T(
			"Say what every field of a message is: its name, where it stands, its bytes, its value\nand what the value means. Of a broken message everything before the fault is shown,\nthe fault, and what would repair it.\n\nThe input is hexadecimal digits in the arguments, files, or standard input; a file may\nhold hex in any form, xxd, hexdump, tcpdump, Wireshark's hex, a log of jPOS, base64, the\nbytes themselves, or a capture (pcap, pcapng), and any number of messages. What stands\nin front of a message and its dialect are found by evidence; where the evidence is thin\nit says so. With -O ndjson, files of any size are read in bounded memory.",
			"逐域解释报文：名称、位置、字节、值及其含义。报文损坏时显示错误之前的全部内容、错误\n本身以及可行的修复。\n\n输入可为参数中的十六进制数字、文件或标准输入；文件可以是任意写法的十六进制、xxd、\nhexdump、tcpdump、Wireshark 的十六进制、jPOS 日志、base64、原始字节或抓包文件\n（pcap、pcapng），报文数量不限。报文前的内容及方言按证据识别，证据不足时如实说明。\n使用 -O ndjson 时，无论文件多大，内存占用都有上限。"),
		examples: []example{
			{i18n.T("a network message: the host says that it is there", "一条网络管理报文：主机应答"), "till iso explain 081082200000020000000400000000000000112302300000000130300301"},
			{i18n.T("from a dump, one dialect only", "解析抓取的文件，限定方言"), "till iso explain dump.hex --spec iso87-bcd"},
			{i18n.T("the response code alone", "仅取应答码"), `xxd -p answer.bin | till iso explain --jq '.fields[] | select(.path == "39") | .value'`},
			{i18n.T("all messages of a capture, one short line each", "抓包中的全部报文，每条一行简要结果"), "till iso explain day.pcap --port 8583 -O ndjson --compact"},
		},
		result: iso8583.Explanation{},
		exits:  []exitCode{exitDifferences},
		run: func(ctx context.Context, args []string) error {
			o.in.words = args
			return run(ctx, o)
		},
	}, &o.out)
	bindISOInput(env, c, &o.in)
	bindUnmask(env, c, &o.unmask)
	c.Flags().BoolVar(&o.compact, "compact", false, env.Say(i18n.T(
		"with -O ndjson: values by path and the meanings of codes, nothing else", "与 -O ndjson 合用：仅按路径给出值和代码含义")))
	c.Flags().BoolVar(&o.raw, "raw", false, env.Say(i18n.T(
		"show the bytes of each field beside its value", "在值旁边显示每个域的原始字节")))
	return c
}

func isoExplainRun(ctx context.Context, env *Env, o *isoExplainOptions) error {
	if o.compact && o.out.Format() != out.NDJSON && o.out.Format() != out.JSON {
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("--compact is a form of JSON lines", "--compact 是 JSON 行的一种形式").With(),
			Hint: i18n.T("write -O ndjson --compact", "请写 -O ndjson --compact").With(),
		}
	}
	how, inputs, closing, err := o.in.start(ctx, env)
	if err != nil {
		return err
	}
	defer closing()
	if how.Unmask, err = o.unmask.granted(ctx, env, &o.out, "till iso explain"); err != nil {
		return err
	}
	how.Compact = o.compact
	totals, err := o.explain(ctx, env, how, inputs)
	if err := errors.Join(err, o.unmask.shown(ctx, env, totals.Messages)); err != nil {
		return inputProblem(err)
	}
	return isoOutcome(env, totals)
}

// explain writes the messages in the form that was asked for: lines of JSON as fast as
// they can be made, all else one by one.
func (o *isoExplainOptions) explain(ctx context.Context, env *Env, how bulk.Options, inputs []bulk.Input) (totals bulk.Totals, err error) {
	seq := o.out.Sequence(env.Screen())
	lines := o.out.Format() == out.NDJSON || o.out.Format() == out.JSON
	switch screen := seq.Screen(); {
	case lines && !o.out.WantsValue() && (o.out.Format() == out.NDJSON || !screen.Terminal):
		totals, err = bulk.Explain(ctx, screen, how, inputs...)
	case lines && o.compact:
		totals, err = bulk.Explain(ctx, pickers{seq}, how, inputs...)
	default:
		all := explainers{options: iso8583.ExplainOptions{Lang: how.Lang, Unmask: how.Unmask}}
		totals, err = bulk.Walk(ctx, how, func(m *bulk.Message) error {
			return seq.Write(isoResult(m.Explain(how.Lang, all.of(m)), o.raw))
		}, inputs...)
	}
	if err == nil {
		err = seq.End()
	}
	return totals, err
}

// pickers takes lines of JSON apart, for jq or fields that were chosen.
type pickers struct{ seq *out.Sequence }

func (p pickers) Write(lines []byte) (int, error) {
	for line := range bytes.Lines(lines) {
		if err := p.seq.Write(out.Result{Value: json.RawMessage(line)}); err != nil {
			return 0, err
		}
	}
	return len(lines), nil
}

// isoOutcome is how a command ends that has read messages: what there was, in words where
// it was more than one.
func isoOutcome(env *Env, t bulk.Totals) error {
	if t.Messages == 0 {
		return emptyInput()
	}
	if t.Messages > 1 {
		env.Note(i18n.T("%d messages: %d sound, %d broken, %d unknown, %d unreadable",
			"共 %d 条报文：完好 %d，损坏 %d，未识别 %d，无法读取 %d").With(t.Messages, t.Sound, t.Broken, t.Undetected, t.Unreadable))
	}
	if !t.AllSound() {
		return exitError{exitDifferences}
	}
	return nil
}

// isoResult is the explanation as JSON, as rows and as text, there with the bytes of each
// field if they are wanted.
func isoResult(x iso8583.Explanation, raw bool) out.Result {
	table := out.Table{Columns: append([]out.Column{{Name: "n", Head: i18n.T("NO.", "序号"), Align: cells.Right}}, isoColumns()...)}
	for _, f := range x.Fields {
		table.Rows = append(table.Rows, append([]string{fmt.Sprint(x.N)}, isoRow(f)...))
	}
	return out.Result{Value: x, Table: table, Text: func(s out.Screen) string { return isoText(s, x, isoTable(x, raw)) }}
}

// rawColumn is which of the columns of a field shows its bytes.
const rawColumn = 3

func isoColumns() []out.Column {
	return []out.Column{
		{Name: "field", Head: i18n.T("FIELD", "域")},
		{Name: "offset", Head: i18n.T("AT", "位置"), Align: cells.Right},
		{Name: "length", Head: i18n.T("BYTES", "字节"), Align: cells.Right},
		{Name: "raw", Head: i18n.T("RAW", "原始字节")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "value", Head: i18n.T("VALUE", "值")},
		{Name: "meaning", Head: i18n.T("MEANING", "含义")},
	}
}

func isoRow(f iso8583.ExplainedField) []string {
	return []string{f.Path, fmt.Sprint(f.Offset), fmt.Sprint(f.Length), f.Raw, f.Name, f.Value, f.Meaning}
}

// isoTable is the fields as people read them: of what is shown by its parts, the
// beginning is enough.
func isoTable(x iso8583.Explanation, raw bool) out.Table {
	t := out.Table{Columns: isoColumns()}
	for i, f := range x.Fields {
		if i+1 < len(x.Fields) && strings.HasPrefix(x.Fields[i+1].Path, f.Path+".") {
			f.Raw, f.Value = clip(f.Raw), clip(f.Value)
		}
		t.Rows = append(t.Rows, isoRow(f))
	}
	if raw {
		return t
	}
	t.Columns = slices.Delete(t.Columns, rawColumn, rawColumn+1)
	for i, row := range t.Rows {
		t.Rows[i] = slices.Delete(row, rawColumn, rawColumn+1)
	}
	return t
}

// clip is the beginning of a value whose parts are shown below it.
func clip(value string) string {
	const most = 24
	if len(value) <= most+3 || !utf8.ValidString(value[:most]) {
		return value
	}
	return value[:most] + "..."
}

// isoText says what the message is, lists its fields and ends with what is wrong.
func isoText(s out.Screen, x iso8583.Explanation, table out.Table) string {
	var b strings.Builder
	title := strings.TrimSpace(string(x.MTI) + " " + x.MTI.Describe(string(s.Lang)))
	if title != "" {
		b.WriteString(s.Bold(title) + "\n")
	}
	b.WriteString(isoPlace(s.Lang, x) + "\n")
	if len(x.Fields) > 0 {
		b.WriteString("\n" + table.Text(s))
	}
	for _, w := range x.Warnings {
		b.WriteString(s.Yellow(i18n.T("warning:", "警告：").In(s.Lang)) + " " + w + "\n")
	}
	if x.Error != nil {
		b.WriteString(isoFault(s, x))
	}
	return b.String()
}

// isoPlace says which message it is, where it stands and how it was read.
func isoPlace(lang i18n.Lang, x iso8583.Explanation) string {
	var parts []string
	add := func(m i18n.Message) { parts = append(parts, m.In(lang)) }
	if x.Source != "" {
		parts = append(parts, x.Source)
	}
	if x.N > 1 || x.Line > 1 || x.Source != "" {
		add(i18n.T("message %d", "第 %d 条报文").With(x.N))
	}
	if x.Line > 0 && (x.N > 1 || x.Line > 1) {
		add(i18n.T("line %d", "第 %d 行").With(x.Line))
	}
	if x.Time != "" {
		parts = append(parts, x.Time)
	}
	if x.From != "" {
		add(i18n.T("%s to %s", "%s 至 %s").With(x.From, x.To))
	}
	switch {
	case x.Dialect == "":
		add(i18n.T("not recognised", "未能识别").With())
	case x.Framing != "":
		add(i18n.T("read by %s, behind a header of %s", "按 %s 解析，报文头为 %s").With(x.Dialect, x.Framing))
	default:
		add(i18n.T("read by %s", "按 %s 解析").With(x.Dialect))
	}
	switch x.Confidence {
	case detect.Likely:
		add(i18n.T("likely, not sure: till iso detect shows why", "很可能但不确定：till iso detect 可查看依据").With())
	case detect.Guess:
		add(i18n.T("a guess: till iso detect shows why", "仅为猜测：till iso detect 可查看依据").With())
	}
	return strings.Join(parts, i18n.T(", ", "，").In(lang))
}

// isoFault says where and how a message is broken, and what would repair it.
func isoFault(s out.Screen, x iso8583.Explanation) string {
	place := i18n.T("broken at byte %d:", "在第 %d 字节损坏：").With(x.Error.Offset)
	switch {
	case x.Error.Path != "":
		place = i18n.T("broken at byte %d, field %s:", "在第 %d 字节损坏，域 %s：").With(x.Error.Offset, x.Error.Path)
	case x.Dialect == "":
		place = i18n.T("no message:", "没有报文：").With()
	}
	var b strings.Builder
	b.WriteString(s.Red(place.In(s.Lang)) + " " + x.Error.Text + "\n")
	for _, r := range x.Error.Repairs {
		what := i18n.T("would repair it:", "可修复：")
		if !r.Closes {
			what = i18n.T("to look at:", "可查看：")
		}
		b.WriteString(s.Green(what.In(s.Lang)) + " " + r.Change + "\n")
	}
	return b.String()
}
