package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

type manOptions struct {
	out  out.Output
	dir  string
	root *cobra.Command
}

// manPage is one manual page that was written.
type manPage struct {
	Command string `json:"command"`
	File    string `json:"file"`
}

func newMan(env *Env, runF func(context.Context, *manOptions) error) *cobra.Command {
	o := &manOptions{}
	run := either(env, runF, manRun)
	var c *cobra.Command
	c = newLeaf(env, leaf{
		use:   "man DIR",
		short: i18n.T("Write the manual pages into a folder", "将手册页写入文件夹"),
		long: i18n.T(
			"Write a manual page of section 1 for every command into a folder, made of what\n--help shows, in the language of --lang.",
			"为每个命令在文件夹中写入一个第 1 节手册页，内容与 --help 相同，语言由 --lang 决定。"),
		examples: []example{
			{i18n.T("install them for the user", "为当前用户安装"), "till man ~/.local/share/man/man1"},
			{i18n.T("in Chinese", "中文手册"), "till man --lang zh ~/.local/share/man/zh_CN/man1"},
		},
		result: []manPage{},
		run: func(ctx context.Context, args []string) error {
			o.dir, o.root = args[0], c.Root()
			return run(ctx, o)
		},
	}, &o.out)
	return c
}

func manRun(_ context.Context, env *Env, o *manOptions) error {
	if err := os.MkdirAll(o.dir, 0o755); err != nil { //nolint:gosec // manual pages are for every user of the machine
		return &till.Problem{
			Code: till.CodeFailure, What: i18n.T("%s cannot be made", "无法创建 %s").With(o.dir), Cause: err,
			Hint: i18n.T("name a folder that you may write to", "请指定可写的文件夹").With(),
		}
	}
	var pages []manPage
	table := out.Table{Columns: []out.Column{
		{Name: "command", Head: i18n.T("COMMAND", "命令")}, {Name: "file", Head: i18n.T("FILE", "文件")},
	}}
	for _, c := range walk(o.root) {
		file := filepath.Join(o.dir, strings.ReplaceAll(c.CommandPath(), " ", "-")+".1")
		if err := os.WriteFile(file, []byte(pageOf(env, c).roff(env.lang)), 0o644); err != nil { //nolint:gosec // as above
			return err
		}
		pages = append(pages, manPage{Command: c.CommandPath(), File: file})
		table.Rows = append(table.Rows, []string{c.CommandPath(), file})
	}
	return env.Write(&o.out, out.Result{Value: pages, Table: table})
}

// walk is a command and all that people are told of below it.
func walk(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		if isShown(sub) {
			all = append(all, walk(sub)...)
		}
	}
	return all
}

// roff is the page for man, by the macros of man(7). It carries no date, so that the
// same commands make the same bytes.
func (p page) roff(lang i18n.Lang) string {
	var b strings.Builder
	name := strings.ReplaceAll(p.path, " ", "-")
	fmt.Fprintf(&b, ".TH %q 1 \"\" \"till\" \"till\"\n", strings.ToUpper(name))
	roffSection(&b, i18n.T("NAME", "名称").In(lang), escapeRoff(name)+` \- `+escapeRoff(p.short))
	roffSection(&b, i18n.T("SYNOPSIS", "用法").In(lang), `\fB`+escapeRoff(p.usage)+`\fR`)
	roffSection(&b, i18n.T("DESCRIPTION", "说明").In(lang), escapeRoff(p.long))
	roffEntries(&b, i18n.T("COMMANDS", "命令").In(lang), p.commands)
	roffEntries(&b, i18n.T("FLAGS", "标志").In(lang), p.flags)
	roffEntries(&b, i18n.T("GLOBAL FLAGS", "全局标志").In(lang), p.globals)
	if p.fields != "" {
		roffSection(&b, i18n.T("JSON FIELDS", "JSON 字段").In(lang), escapeRoff(p.fields))
	}
	roffEntries(&b, i18n.T("EXIT STATUS", "退出状态").In(lang), p.exits)
	if len(p.examples) > 0 {
		roffSection(&b, i18n.T("EXAMPLES", "示例").In(lang), ".nf\n"+escapeRoff(strings.Join(p.examples, "\n"))+"\n.fi")
	}
	return b.String()
}

func roffSection(b *strings.Builder, head, text string) {
	fmt.Fprintf(b, ".SH %s\n%s\n", escapeRoff(head), text)
}

func roffEntries(b *strings.Builder, head string, entries []entry) {
	if len(entries) == 0 {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", escapeRoff(head))
	for _, e := range entries {
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR\n%s\n", escapeRoff(strings.TrimSpace(e.term)), escapeRoff(e.meaning))
	}
}

// escapeRoff keeps text from being read as a request: backslashes, hyphens that must
// stay hyphens, and a dot or an apostrophe at the start of a line.
func escapeRoff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
