package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/specfile"
)

type isoSpecsImportOptions struct {
	out     out.Output
	file    string
	name    string
	lenient bool
}

// isoImported is a spec that was imported, and what became of it.
type isoImported struct {
	Name     string             `json:"name"`
	Format   specfile.Format    `json:"format"`
	Fields   int                `json:"fields"`
	Header   int                `json:"header,omitempty"` // bytes in front of the message type that are no field
	Findings []isoFinding       `json:"findings"`
	Spec     iso8583.Definition `json:"spec"`
}

func newISOSpecsImport(env *Env, runF func(context.Context, *isoSpecsImportOptions) error) *cobra.Command {
	o := &isoSpecsImportOptions{}
	o.out.Also(yamlForm)
	c := newLeaf(env, leaf{
		use:   "import FILE",
		short: i18n.T("Make a spec of a jPOS packager", "将 jPOS packager 转换为规范"),
		long: i18n.T(
			"Make a spec of the XML of a jPOS GenericPackager, or of another spec file, and print it\nas JSON, or with -O yaml as YAML. Nothing that the file names is fetched or run. What\ncould not be taken over is told on standard error, with field and class; with --lenient\nsuch fields are left out, without it they are errors.",
			"将 jPOS GenericPackager 的 XML 或其他规范文件转换为规范，以 JSON 输出，或用 -O yaml 以 YAML\n输出。文件中引用的内容既不下载也不执行。无法转换的部分连同域和类在标准错误输出上说明；\n使用 --lenient 时略去这些域，否则视为错误。"),
		examples: []example{
			{i18n.T("a packager of jPOS", "jPOS 的 packager"), "till iso specs import iso87ascii.xml -o mine.json"},
			{i18n.T("without the fields that have no counterpart", "略去没有对应的域"), "till iso specs import private.xml --lenient -O yaml"},
		},
		result: isoImported{},
		exits:  []exitCode{exitDifferences},
		run:    runWith(either(env, runF, isoSpecsImportRun), o, &o.file),
	}, &o.out)
	c.Flags().StringVar(&o.name, "name", "", env.Say(i18n.T("call the spec `NAME`; default: what the file says, or its own name", "规范名称 `NAME`；默认为文件中的名称或文件名")))
	c.Flags().BoolVar(&o.lenient, "lenient", false, env.Say(i18n.T("leave out fields that have no counterpart", "略去没有对应的域")))
	return c
}

func isoSpecsImportRun(ctx context.Context, env *Env, o *isoSpecsImportOptions) error {
	raw, err := readInput(ctx, env, o.file, maxSpecFile)
	if err != nil {
		return err
	}
	name := o.name
	if name == "" {
		name = specFileName(o.file)
	}
	spec, report, err := specfile.Read(raw, specfile.Options{Name: name, Lenient: o.lenient})
	if err == nil && o.name != "" {
		def := spec.Definition()
		def.Name = o.name
		spec, err = iso8583.NewSpec(def)
	}
	found := findingsOf(report.Findings, env)
	if err != nil {
		return importProblem(env, o.file, found)
	}
	for line := range strings.Lines(findingsText(env.screen(env.Err), o.file, found)) {
		env.Note(i18n.T("%s", "%s").With(strings.TrimSuffix(line, "\n")))
	}
	made := isoImported{Name: spec.Name(), Format: report.Format, Fields: report.Fields, Header: report.Header, Findings: found, Spec: spec.Definition()}
	writers := specWriters(spec)
	writers[out.Text] = writers[out.JSON]
	return env.Write(&o.out, out.Result{Value: made, Writers: writers})
}

// importProblem lists what keeps a file from being a spec.
func importProblem(env *Env, file string, found []isoFinding) error {
	for line := range strings.Lines(findingsText(env.screen(env.Err), file, found)) {
		env.Note(i18n.T("%s", "%s").With(strings.TrimSuffix(line, "\n")))
	}
	hint := i18n.T("till iso specs lint %s lists the same as JSON with --json", "till iso specs lint %s 加 --json 可以 JSON 列出").With(file)
	for _, f := range found {
		if f.Class != "" {
			hint = i18n.T("--lenient leaves such fields out; write them yourself in the spec that comes of it", "--lenient 可略去此类域；随后在生成的规范中自行补写").With()
		}
	}
	return &till.Problem{Code: till.CodeDifference, What: i18n.T("%s was not imported", "%s 未能导入").With(file), Hint: hint}
}
