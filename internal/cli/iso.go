package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

func newISO(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "iso",
		short: i18n.T("Work with ISO 8583 messages", "处理 ISO 8583 报文"),
		long: i18n.T(
			"Work with ISO 8583 messages as hosts and terminals send them. Card numbers, tracks\nand PIN blocks are masked in whatever is shown.",
			"处理主机与终端之间收发的 ISO 8583 报文。显示时卡号、磁道和 PIN 块均被遮蔽。"),
		commands: []*cobra.Command{newISOExplain(env, nil)},
	})
}

type isoExplainOptions struct {
	out  out.Output
	hex  string // "" is the file
	file string // "-" is stdin
	spec string // "" tries every dialect
}

func newISOExplain(env *Env, runF func(context.Context, *isoExplainOptions) error) *cobra.Command {
	o := &isoExplainOptions{}
	run := either(env, runF, isoExplainRun)
	c := newLeaf(env, leaf{
		use:   "explain [HEX...]",
		short: i18n.T("Say what every field of a message is", "逐域解释报文"),
		long: i18n.T(
			"Say what every field of a message is: its name, where it stands, its value and what\nthe value means. Of a broken message everything before the fault is shown, and the\nfault. The message comes as hexadecimal digits in the arguments, from a file or from\nstandard input; a file may hold hexadecimal digits or the bytes themselves. A length\nor a TPDU in front of the message is recognised, and so is the dialect.",
			"逐域解释报文：名称、位置、值及其含义。报文损坏时显示错误之前的全部内容及错误本身。\n报文可由参数给出（十六进制），或来自文件、标准输入；文件内容可为十六进制文本或\n原始字节。报文前的长度或 TPDU 以及方言均自动识别。"),
		examples: []example{
			{i18n.T("a network message: the host says that it is there", "一条网络管理报文：主机应答"), "till iso explain 081082200000020000000400000000000000112302300000000130300301"},
			{i18n.T("from a dump, one dialect only", "解析抓取的文件，限定方言"), "till iso explain --file dump.hex --spec iso87-bcd"},
			{i18n.T("the response code alone", "仅取应答码"), `xxd -p answer.bin | till iso explain --jq '.fields[] | select(.path == "39") | .value'`},
		},
		result: iso8583.Explanation{},
		exits:  []exitCode{exitDifferences},
		run: func(ctx context.Context, args []string) error {
			o.hex = strings.Join(args, "")
			return run(ctx, o)
		},
	}, &o.out)
	c.Flags().StringVar(&o.file, "file", "-", env.Say(i18n.T(
		"read the message from a `FILE`, - is standard input", "从 `FILE` 读取报文，- 表示标准输入")))
	c.Flags().StringVar(&o.spec, "spec", "", env.Say(i18n.T(
		"read it by one dialect or a `SPEC` in a JSON file; without it every dialect is tried", "只按某个方言或 JSON 文件 `SPEC` 解析；默认尝试所有方言")))
	_ = c.RegisterFlagCompletionFunc("spec", cobra.FixedCompletions(dialect.Names(), cobra.ShellCompDirectiveDefault))
	return c
}

// maxDump is more than any message: a length of two bytes can tell of 65,535, and
// hexadecimal with spaces takes three characters a byte.
const maxDump = 1 << 20

func isoExplainRun(ctx context.Context, env *Env, o *isoExplainOptions) error {
	specs, err := specsByName(o.spec)
	if err != nil {
		return err
	}
	dump := []byte(o.hex)
	if o.hex == "" {
		if dump, err = readInput(ctx, env, o.file, maxDump); err != nil {
			return err
		}
	}
	readings, err := readingsOf(dump, o.hex != "")
	if err != nil {
		return err
	}
	best := explainBest(specs, readings, string(env.lang))
	if err := env.Write(&o.out, isoResult(best)); err != nil {
		return err
	}
	if best.Error != nil {
		return exitError{exitDifferences}
	}
	return nil
}

// specsByName are the specs that a name stands for: every dialect for none, a dialect,
// or the JSON file of somebody else's.
func specsByName(name string) ([]*iso8583.Spec, error) {
	if strings.HasSuffix(name, ".json") {
		spec, err := specOfFile(name)
		return []*iso8583.Spec{spec}, err
	}
	names := dialect.Names()
	if name != "" {
		names = []string{name}
	}
	specs := make([]*iso8583.Spec, len(names))
	for i, n := range names {
		spec, err := dialect.Load(n)
		if err != nil {
			return nil, &till.Problem{
				Code: till.CodeUsage, What: i18n.T("there is no dialect %q", "没有方言 %q").With(n),
				Hint: i18n.T("the dialects are %s; a spec of your own is a file that ends in .json", "可用的方言：%s；自有规范请使用 .json 文件").With(strings.Join(dialect.Names(), ", ")),
			}
		}
		specs[i] = spec
	}
	return specs, nil
}

func specOfFile(path string) (*iso8583.Spec, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	spec, err := iso8583.LoadSpec(raw)
	if err != nil {
		return nil, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%s is no spec", "%s 不是有效的规范").With(path), Cause: err,
			Hint: i18n.T("a spec is the JSON that moov-io/iso8583 writes", "规范应为 moov-io/iso8583 导出的 JSON").With(),
		}
	}
	return spec, nil
}

// isoResult is the explanation as JSON, as rows and as text.
func isoResult(x iso8583.Explanation) out.Result {
	table := out.Table{Columns: []out.Column{
		{Name: "field", Head: i18n.T("FIELD", "域")},
		{Name: "offset", Head: i18n.T("AT", "位置"), Align: cells.Right},
		{Name: "length", Head: i18n.T("BYTES", "字节"), Align: cells.Right},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "value", Head: i18n.T("VALUE", "值")},
		{Name: "meaning", Head: i18n.T("MEANING", "含义")},
	}}
	for _, f := range x.Fields {
		table.Rows = append(table.Rows, []string{f.Path, fmt.Sprint(f.Offset), fmt.Sprint(f.Length), f.Name, f.Value, f.Meaning})
	}
	return out.Result{Value: x, Table: table, Text: func(s out.Screen) string { return isoText(s, x, table) }}
}

// isoText says what the message is, lists its fields and ends with what is wrong.
func isoText(s out.Screen, x iso8583.Explanation, table out.Table) string {
	var b strings.Builder
	b.WriteString(s.Bold(strings.TrimSpace(string(x.MTI)+" "+x.MTI.Describe(string(s.Lang)))) + "\n")
	by := i18n.T("read by %s", "按 %s 解析").With(x.Dialect)
	if x.Framing != "" {
		by = i18n.T("read by %s, behind a header of %s", "按 %s 解析，报文头为 %s").With(x.Dialect, x.Framing)
	}
	b.WriteString(by.In(s.Lang) + "\n\n" + table.Text(s))
	for _, w := range x.Warnings {
		b.WriteString(s.Yellow(i18n.T("warning:", "警告：").In(s.Lang)) + " " + w + "\n")
	}
	if x.Error != nil {
		place := i18n.T("broken at byte %d:", "在第 %d 字节损坏：").With(x.Error.Offset)
		if x.Error.Path != "" {
			place = i18n.T("broken at byte %d, field %s:", "在第 %d 字节损坏，域 %s：").With(x.Error.Offset, x.Error.Path)
		}
		b.WriteString(s.Red(place.In(s.Lang)) + " " + x.Error.Text + "\n")
	}
	return b.String()
}
