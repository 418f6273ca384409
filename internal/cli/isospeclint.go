package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/iso8583/specfile"
)

type isoSpecsLintOptions struct {
	out  out.Output
	file string
}

// isoFinding is one thing that is wrong with a spec file.
type isoFinding struct {
	Severity specfile.Severity `json:"severity"`
	Path     string            `json:"path,omitempty"`
	Line     int               `json:"line,omitempty"`
	Column   int               `json:"column,omitempty"`
	Class    string            `json:"class,omitempty"` // of jPOS
	Text     string            `json:"text"`
}

func newISOSpecsLint(env *Env, runF func(context.Context, *isoSpecsLintOptions) error) *cobra.Command {
	o := &isoSpecsLintOptions{}
	return newLeaf(env, leaf{
		use:   "lint FILE",
		short: i18n.T("Say what is wrong with a spec file, and where", "指出规范文件的问题及位置"),
		long: i18n.T(
			"Say what is wrong with a spec file: errors keep it from being loaded, warnings are what\nnobody may have meant. Each has its line and its field. FILE is - for standard input.\n\nThe command ends with 7 where there is an error.",
			"指出规范文件的问题：错误会使其无法载入，警告可能并非本意。每条均给出行号和所在的域。FILE 为 -\n表示标准输入。\n\n存在错误时以 7 退出。"),
		examples: []example{{i18n.T("before a spec is used", "使用规范之前"), "till iso specs lint mine.yaml"}},
		result:   []isoFinding{},
		exits:    []exitCode{exitDifferences},
		run:      runWith(either(env, runF, isoSpecsLintRun), o, &o.file),
	}, &o.out)
}

// maxSpecFile is more than any spec: those of jPOS take some 100 kB.
const maxSpecFile = 8 << 20

func isoSpecsLintRun(ctx context.Context, env *Env, o *isoSpecsLintOptions) error {
	raw, err := readInput(ctx, env, o.file, maxSpecFile)
	if err != nil {
		return err
	}
	found := findingsOf(specfile.Lint(raw, o.file), env)
	text := func(s out.Screen) string {
		if len(found) == 0 {
			return s.Green(i18n.T("nothing is wrong with %s", "%s 没有问题").With(o.file).In(s.Lang))
		}
		return findingsText(s, o.file, found)
	}
	if err := env.Write(&o.out, out.Result{Value: found, Text: text}); err != nil || !haveErrors(found) {
		return err
	}
	return exitError{exitDifferences}
}

func findingsOf(list []specfile.Finding, env *Env) []isoFinding {
	found := []isoFinding{}
	for _, f := range list {
		found = append(found, isoFinding{f.Severity, f.Path, f.Line, f.Column, f.Class, f.In(string(env.lang))})
	}
	return found
}

func haveErrors(found []isoFinding) bool {
	for _, f := range found {
		if f.Severity == specfile.SeverityError {
			return true
		}
	}
	return false
}

// findingsText is a line for each finding, as compilers write them.
func findingsText(s out.Screen, file string, found []isoFinding) string {
	var b strings.Builder
	for _, f := range found {
		mark := s.Yellow(i18n.T("warning", "警告").In(s.Lang))
		if f.Severity == specfile.SeverityError {
			mark = s.Red(i18n.T("error", "错误").In(s.Lang))
		}
		b.WriteString(file)
		if f.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", f.Line, f.Column)
		}
		b.WriteString(": " + mark + ": ")
		if f.Path != "" {
			b.WriteString(i18n.T("field %s: ", "域 %s：").With(f.Path).In(s.Lang))
		}
		b.WriteString(f.Text + "\n")
	}
	return b.String()
}
