package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
)

// page is the help of one command: what the screen and the manual both show.
type page struct {
	path     string
	short    string
	long     string
	usage    string
	commands []entry
	examples []string
	flags    []entry
	globals  []entry
	fields   string
	exits    []entry
}

// entry is a term and what it means.
type entry struct{ term, meaning string }

// pageOf gathers the help of a command.
func pageOf(env *Env, c *cobra.Command) page {
	p := page{
		path: c.CommandPath(), short: c.Short, long: c.Long, usage: usageLine(env, c),
		flags: flagEntries(c.LocalNonPersistentFlags()), globals: flagEntries(c.Root().PersistentFlags()),
		fields: c.Annotations[fieldsNote],
	}
	if c.Example != "" {
		p.examples = strings.Split(c.Example, "\n")
	}
	for _, sub := range c.Commands() {
		if isShown(sub) {
			p.commands = append(p.commands, entry{sub.Name(), sub.Short})
		}
	}
	for _, e := range exitsOf(c) {
		p.exits = append(p.exits, entry{fmt.Sprint(int(e)), env.Say(e.meaning())})
	}
	return p
}

// isShown reports a command that people are told of. Cobra does not count the help
// command among the available ones.
func isShown(c *cobra.Command) bool { return c.IsAvailableCommand() || c.Name() == "help" }

func usageLine(env *Env, c *cobra.Command) string {
	if c.HasSubCommands() {
		return c.CommandPath() + " " + env.Say(i18n.T("COMMAND", "命令"))
	}
	return c.UseLine() + " " + env.Say(i18n.T("[flags]", "[标志]"))
}

// flagEntries lists flags as "-o, --out FILE" with their usages.
func flagEntries(flags *pflag.FlagSet) []entry {
	var entries []entry
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		entries = append(entries, entry{flagTerm(f, value), usage})
	})
	return entries
}

func flagTerm(f *pflag.Flag, value string) string {
	term := "    --" + f.Name
	if f.Shorthand != "" {
		term = "-" + f.Shorthand + ", --" + f.Name
	}
	switch {
	case f.Value.Type() == "bool":
		return term
	case f.NoOptDefVal != "":
		return term + "[=" + value + "]"
	}
	return term + " " + value
}

// showHelp prints a command's help on stdout.
func showHelp(env *Env, c *cobra.Command) {
	s := env.Screen()
	_ = new(out.Output).Write(s, out.Result{Text: pageOf(env, c).text})
}

// text is the page as the screen shows it.
func (p page) text(s out.Screen) string {
	var b strings.Builder
	b.WriteString(p.long + "\n")
	section(&b, s, i18n.T("USAGE", "用法"), []string{p.usage})
	section(&b, s, i18n.T("COMMANDS", "命令"), aligned(p.commands, s.Width))
	section(&b, s, i18n.T("EXAMPLES", "示例"), p.examples)
	section(&b, s, i18n.T("FLAGS", "标志"), aligned(p.flags, s.Width))
	section(&b, s, i18n.T("GLOBAL FLAGS", "全局标志"), aligned(p.globals, s.Width))
	if p.fields != "" {
		section(&b, s, i18n.T("JSON FIELDS", "JSON 字段"), cells.Wrap(p.fields, s.Width-2))
	}
	section(&b, s, i18n.T("EXIT STATUS", "退出状态"), aligned(p.exits, s.Width))
	return b.String()
}

func section(b *strings.Builder, s out.Screen, head i18n.Text, lines []string) {
	if len(lines) == 0 {
		return
	}
	b.WriteString("\n" + s.Bold(head.In(s.Lang)) + "\n")
	for _, line := range lines {
		b.WriteString("  " + line + "\n")
	}
}

// aligned sets the meanings in a column behind the terms, wrapped to the width.
func aligned(entries []entry, width int) []string {
	terms := 0
	for _, e := range entries {
		terms = max(terms, cells.Width(e.term))
	}
	var lines []string
	for _, e := range entries {
		term := e.term
		for _, part := range cells.Wrap(e.meaning, max(20, width-terms-4)) {
			lines = append(lines, strings.TrimRight(cells.Pad(term, terms, cells.Left)+"  "+part, " "))
			term = ""
		}
	}
	return lines
}

// newHelp is `till help [COMMAND...]`, and the topics below it.
func newHelp(env *Env) *cobra.Command {
	c := newGroup(env, group{
		use:      "help",
		short:    i18n.T("Help about a command or a topic", "查看命令或主题的帮助"),
		long:     i18n.T("Help about a command, as in till help version, or about one of the topics below.", "查看某个命令的帮助，例如 till help version，或下列主题。"),
		commands: []*cobra.Command{newHelpExitCodes(env, nil)},
	})
	c.RunE = func(c *cobra.Command, args []string) error {
		about := c.Root()
		for _, name := range args {
			i := slices.IndexFunc(about.Commands(), func(sub *cobra.Command) bool { return sub.Name() == name })
			if i < 0 {
				return unknownCommand(about, name)
			}
			about = about.Commands()[i]
		}
		showHelp(env, about)
		return nil
	}
	return c
}

type helpExitCodesOptions struct{ out out.Output }

// exitRow is one exit code as `till help exit-codes` shows it.
type exitRow struct {
	Exit    int    `json:"exit"`
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
}

func newHelpExitCodes(env *Env, runF func(context.Context, *helpExitCodesOptions) error) *cobra.Command {
	o := &helpExitCodesOptions{}
	return newLeaf(env, leaf{
		use:   "exit-codes",
		short: i18n.T("What the exit codes of every command mean", "各命令退出码的含义"),
		long:  i18n.T("Every command ends with one of these codes. They never change their meaning, so a\nscript may branch on them.", "每个命令都以下列退出码之一结束。其含义永不改变，脚本可以据此分支。"),
		examples: []example{
			{i18n.T("what does 6 mean?", "6 是什么意思？"), "till help exit-codes"},
			{i18n.T("the codes for a program", "供程序读取的退出码"), "till help exit-codes --json"},
		},
		result: []exitRow{},
		run:    runWith(either(env, runF, helpExitCodesRun), o),
	}, &o.out)
}

func helpExitCodesRun(_ context.Context, env *Env, o *helpExitCodesOptions) error {
	var rows []exitRow
	table := out.Table{Columns: []out.Column{
		{Name: "exit", Head: i18n.T("EXIT", "退出码"), Align: cells.Right},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "meaning", Head: i18n.T("MEANING", "含义")},
	}}
	for _, e := range exitCodes() {
		row := exitRow{Exit: int(e), Name: e.name(), Meaning: env.Say(e.meaning())}
		rows = append(rows, row)
		table.Rows = append(table.Rows, []string{fmt.Sprint(row.Exit), row.Name, row.Meaning})
	}
	return env.Write(&o.out, out.Result{Value: rows, Table: table})
}
