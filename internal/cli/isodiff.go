package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/iso8583"
)

type isoDiffOptions struct {
	out     out.Output
	unmask  unmask
	reading isoReading
	a, b    string // files, "-" is stdin, or hexadecimal digits
}

// isoDiff is what differs between two messages.
type isoDiff struct {
	A           isoSide              `json:"a"`
	B           isoSide              `json:"b"`
	Differences []iso8583.Difference `json:"differences"`
}

// isoSide is how one of the messages was read.
type isoSide struct {
	MTI     iso8583.MTI `json:"mti"`
	Dialect string      `json:"dialect"`
	Framing string      `json:"framing,omitempty"`
	Length  int         `json:"length"` // bytes of the message
}

func newISODiff(env *Env, runF func(context.Context, *isoDiffOptions) error) *cobra.Command {
	o := &isoDiffOptions{}
	c := newLeaf(env, leaf{
		use:   "diff A B",
		short: i18n.T("Say what differs between two messages", "逐域比较两条报文"),
		long: i18n.T(
			"Compare two messages field by field, the data objects of field 55 each for itself in\nthe order in which they stand. A and B are files, - for standard input, or hexadecimal\ndigits. The two may be in different dialects: values are compared, not bytes; what is\nwritten in other bytes by the same dialect is told too. Values are masked; where only\nwhat is masked differs, that is said.",
			"逐域比较两条报文，域 55 的数据对象按其顺序逐个比较。A、B 可为文件、-（标准输入）或十六进制\n数字。两者可为不同方言：比较的是值而非字节；同一方言中字节写法不同也会指出。值会被遮蔽，\n若仅被遮蔽部分不同亦会说明。"),
		examples: []example{
			{i18n.T("a request and its repeat", "请求与其重发"), "till iso diff first.hex second.hex"},
			{i18n.T("which fields changed, for a script", "列出变化的域，供脚本使用"), "till iso diff first.hex second.hex --jq '.differences[].path'"},
		},
		result: isoDiff{},
		exits:  []exitCode{exitDifferences},
		run:    runWith(either(env, runF, isoDiffRun), o, &o.a, &o.b),
	}, &o.out)
	bindISOReading(env, c, &o.reading)
	bindUnmask(env, c, &o.unmask)
	return c
}

func isoDiffRun(ctx context.Context, env *Env, o *isoDiffOptions) error {
	a, err := o.message(ctx, env, o.a)
	if err != nil {
		return err
	}
	b, err := o.message(ctx, env, o.b)
	if err != nil {
		return err
	}
	clear, err := o.unmask.granted(ctx, env, &o.out, "till iso diff")
	if err != nil {
		return err
	}
	lang := string(env.lang)
	found := isoDiff{A: sideOf(a), B: sideOf(b), Differences: iso8583.Diff(a.body(), a.spec, b.body(), b.spec, lang)}
	if found.Differences == nil {
		found.Differences = []iso8583.Difference{}
	}
	if clear {
		uncover(found.Differences, a, b, lang)
	}
	err = env.Write(&o.out, diffResult(found))
	if err = errors.Join(err, o.unmask.shown(ctx, env, 2)); err != nil || len(found.Differences) == 0 {
		return err
	}
	return exitError{exitDifferences}
}

// message reads one of the two: a file that is there, or digits.
func (o *isoDiffOptions) message(ctx context.Context, env *Env, name string) (isoMessage, error) {
	in := isoInput{isoReading: o.reading, words: []string{name}}
	return in.one(ctx, env)
}

func sideOf(m isoMessage) isoSide {
	framing, _, _ := m.around()
	return isoSide{MTI: typeOf(m.spec, m.body()), Dialect: m.spec.Name(), Framing: framing, Length: len(m.body())}
}

// typeOf is the type of a message, where one can be read.
func typeOf(spec *iso8583.Spec, raw []byte) iso8583.MTI {
	doc, _ := spec.Document(raw) // of a broken one too
	return doc.MTI()
}

// uncover puts the values in clear in the place of the masked ones.
func uncover(list []iso8583.Difference, a, b isoMessage, lang string) {
	clearA, clearB := clearValues(a, lang), clearValues(b, lang)
	for i := range list {
		if list[i].A != nil {
			list[i].A.Value = clearA[list[i].Path]
		}
		if list[i].B != nil {
			list[i].B.Value = clearB[list[i].Path]
		}
	}
}

func clearValues(m isoMessage, lang string) map[string]string {
	values := map[string]string{}
	x := m.spec.NewExplainer(iso8583.ExplainOptions{Lang: lang, Unmask: true}).Explain(m.body())
	for _, f := range x.Fields {
		values[f.Path] = f.Value
	}
	return values
}

// diffResult is the differences as JSON, as rows and as text.
func diffResult(found isoDiff) out.Result {
	table := out.Table{Columns: []out.Column{
		{Name: "path", Head: i18n.T("FIELD", "域")},
		{Name: "kind", Head: i18n.T("KIND", "类别")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "a", Head: i18n.Same("A")},
		{Name: "b", Head: i18n.Same("B")},
		{Name: "note", Head: i18n.T("NOTE", "说明")},
	}}
	for _, d := range found.Differences {
		row := []string{d.Path, string(d.Kind), d.Name, "", "", d.Note}
		if d.A != nil {
			row[3] = d.A.Value
		}
		if d.B != nil {
			row[4] = d.B.Value
		}
		table.Rows = append(table.Rows, row)
	}
	return out.Result{Value: found, Table: table, Text: func(s out.Screen) string { return diffText(s, found, table) }}
}

func diffText(s out.Screen, found isoDiff, table out.Table) string {
	head := sideText(s, "A", found.A) + sideText(s, "B", found.B)
	if len(found.Differences) == 0 {
		return head + i18n.T("they say the same", "两者内容相同").In(s.Lang) + "\n"
	}
	return head + "\n" + table.Text(s)
}

func sideText(s out.Screen, name string, side isoSide) string {
	what := strings.TrimSpace(string(side.MTI) + " " + side.MTI.Describe(string(s.Lang)))
	return s.Bold(name+": "+what) + i18n.T(", %d bytes of %s\n", "，%d 字节，方言 %s\n").With(side.Length, side.Dialect).In(s.Lang)
}
