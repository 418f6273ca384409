package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/specfile"
)

// yamlForm is a whole spec as YAML, beside the formats that every command has. As JSON
// it is whole too, so that a file which ends in .json is one that loads; fields of it can
// be chosen all the same.
const yamlForm out.Format = "yaml"

// specWriters write a whole spec.
func specWriters(spec *iso8583.Spec) map[out.Format]func(out.Screen) error {
	whole := func(write func(*iso8583.Spec) ([]byte, error)) func(out.Screen) error {
		return func(s out.Screen) error {
			raw, err := write(spec)
			if err != nil {
				return err
			}
			return writeText(s, strings.TrimRight(string(raw), "\n")+"\n")
		}
	}
	return map[out.Format]func(out.Screen) error{out.JSON: whole(specfile.JSON), yamlForm: whole(specfile.YAML)}
}

type isoSpecsShowOptions struct {
	out  out.Output
	name string
}

// isoSpecField is one field of a spec.
type isoSpecField struct {
	Path     string `json:"path"`
	Name     string `json:"name"`
	Takes    string `json:"takes"` // in the notation of the standard: "n 12", "ans ..99"
	Type     string `json:"type"`
	Encoding string `json:"encoding,omitempty"`
	Prefix   string `json:"prefix"`
	Class    string `json:"class,omitempty"` // of data that is masked
}

func newISOSpecsShow(env *Env, runF func(context.Context, *isoSpecsShowOptions) error) *cobra.Command {
	o := &isoSpecsShowOptions{}
	o.out.Also(yamlForm)
	c := newLeaf(env, leaf{
		use:   "show NAME|FILE",
		short: i18n.T("Show the fields of a spec", "查看规范的各域"),
		long: i18n.T(
			"Show the fields of a dialect, or of the spec in a file: what each takes, how it is\ncoded, how its length is told. -O json prints the whole spec as JSON and -O yaml as\nYAML, both as files that load again and that moov-io/iso8583 loads where it can express\nthem; --json=FIELDS chooses of the rows.",
			"查看某个方言或文件中规范的各域：格式、编码及长度表示。-O json 以 JSON、-O yaml 以 YAML 输出\n完整规范，均可重新载入；moov-io/iso8583 能表达的内容亦可由其载入。--json=FIELDS 则选取表中各列。"),
		examples: []example{
			{i18n.T("the fields of a dialect", "某个方言的各域"), "till iso specs show iso87-bcd"},
			{i18n.T("to begin a spec of your own with", "作为自有规范的起点"), "till iso specs show iso87-bcd -O yaml -o mine.yaml"},
		},
		result: []isoSpecField{},
		run:    runWith(either(env, runF, isoSpecsShowRun), o, &o.name),
	}, &o.out)
	c.ValidArgs = dialect.Names()
	return c
}

func isoSpecsShowRun(_ context.Context, env *Env, o *isoSpecsShowOptions) error {
	spec, err := specByName(o.name)
	if err != nil {
		return err
	}
	rows := specFields(spec, string(env.lang))
	table := out.Table{Columns: []out.Column{
		{Name: "path", Head: i18n.T("FIELD", "域")},
		{Name: "takes", Head: i18n.T("TAKES", "格式")},
		{Name: "encoding", Head: i18n.T("CODED", "编码")},
		{Name: "prefix", Head: i18n.T("LENGTH", "长度")},
		{Name: "class", Head: i18n.T("CLASS", "类别")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
	}}
	for _, f := range rows {
		table.Rows = append(table.Rows, []string{f.Path, f.Takes, f.Encoding, f.Prefix, f.Class, f.Name})
	}
	return env.Write(&o.out, out.Result{Value: rows, Table: table, Writers: specWriters(spec)})
}

// specFields are the fields of a spec with their subfields, in order.
func specFields(spec *iso8583.Spec, lang string) []isoSpecField {
	fields := spec.Definition().Fields
	rows := appendSpecField(nil, spec, "0", fields["0"], lang)
	rows = appendSpecField(rows, spec, "1", fields["1"], lang)
	for _, num := range spec.FieldNumbers() {
		id := strconv.Itoa(num)
		rows = appendSpecField(rows, spec, id, fields[id], lang)
	}
	return rows
}

func appendSpecField(rows []isoSpecField, spec *iso8583.Spec, path string, f *iso8583.Field, lang string) []isoSpecField {
	if f == nil {
		return rows
	}
	name := spec.FieldName(path, lang)
	rows = append(rows, isoSpecField{Path: path, Name: name, Takes: notation(f), Type: f.Type, Encoding: f.Enc, Prefix: f.Prefix, Class: f.Class})
	if f.Content == "x+n" {
		return rows // its parts are one value
	}
	for _, id := range f.Subfields.Keys() {
		rows = appendSpecField(rows, spec, path+"."+id, f.Subfields[id], lang)
	}
	return rows
}
