package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

// leaf is what a command says of itself and does.
type leaf struct {
	use      string // "refund ID [AMOUNT]": the arguments named here are those it takes
	short    i18n.Text
	long     i18n.Text
	examples []example
	result   any        // zero value of what --json shows; its fields can be chosen
	exits    []exitCode // the ways to end beside done, failure, usage and interrupted
	run      func(ctx context.Context, args []string) error
}

// example is one line of the help's examples and what it is for.
type example struct {
	what    i18n.Text
	command string // without the prompt
}

// newLeaf makes a command that does something. It has the output flags, which are
// checked before run is called, so that nothing is done whose result could not be
// shown.
func newLeaf(env *Env, l leaf, o *out.Output) *cobra.Command {
	c := &cobra.Command{
		Use:                   l.use,
		Short:                 env.Say(l.short),
		Long:                  env.Say(l.long),
		Example:               exampleText(env, l.examples),
		DisableFlagsInUseLine: true,
		Args:                  checkArgs,
		Annotations:           map[string]string{},
	}
	o.Bind(c.Flags(), env.lang)
	annotate(c, l)
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		if err := checkLang(env.globals.lang); err != nil {
			return err
		}
		if err := o.Check(l.result); err != nil {
			return err
		}
		if id := c.Flags().Lookup("id"); id != nil && id.Changed && id.Value.String() == "" {
			return emptyFlag("--id")
		}
		defer func() { err = errors.Join(err, o.Close()) }()
		return l.run(c.Context(), args)
	}
	_ = c.RegisterFlagCompletionFunc("json", completeFields(out.Fields(l.result)))
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(o.Formats(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

// emptyFlag refuses a flag that was given nothing, as by a script's empty variable: what
// it would have prevented may be a second payment.
func emptyFlag(flag string) error {
	return &till.Problem{
		Code: till.CodeUsage, What: i18n.T("%s is empty; nothing was done", "%s 为空；未执行任何操作").With(flag),
		Hint: i18n.T("fill it in, or leave the flag out", "请填写，或去掉该标志").With(),
	}
}

// runWith is the run of a leaf whose arguments are single words: each is put where the
// options keep it, one that is left out changes nothing there, and run is called.
func runWith[O any](run func(context.Context, *O) error, o *O, words ...*string) func(context.Context, []string) error {
	return func(ctx context.Context, args []string) error {
		for i, arg := range args {
			*words[i] = arg
		}
		return run(ctx, o)
	}
}

// group is a command that holds others.
type group struct {
	use      string
	short    i18n.Text
	long     i18n.Text
	commands []*cobra.Command
}

// newGroup makes a command that holds others; alone it shows its help.
func newGroup(env *Env, g group) *cobra.Command {
	c := &cobra.Command{
		Use:                   g.use,
		Short:                 env.Say(g.short),
		Long:                  env.Say(g.long),
		DisableFlagsInUseLine: true,
		Args:                  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			showHelp(env, c)
			return nil
		},
	}
	c.AddCommand(g.commands...)
	return c
}

// The annotations of a leaf, read by help and the manual pages.
const (
	fieldsNote = "till.fields"
	exitsNote  = "till.exits"
)

func annotate(c *cobra.Command, l leaf) {
	c.Annotations[fieldsNote] = strings.Join(out.Fields(l.result), ", ")
	ends := append([]exitCode{exitDone, exitFailure, exitUsage}, l.exits...)
	names := make([]string, 0, len(ends)+1)
	for _, e := range append(ends, exitInterrupted) {
		names = append(names, e.name())
	}
	c.Annotations[exitsNote] = strings.Join(names, " ")
}

// exitsOf are the exit codes of a leaf, in order; a group has none.
func exitsOf(c *cobra.Command) []exitCode {
	var ends []exitCode
	for _, e := range exitCodes() {
		for _, name := range strings.Fields(c.Annotations[exitsNote]) {
			if e.name() == name {
				ends = append(ends, e)
			}
		}
	}
	return ends
}

// exampleText lays examples out: a comment line and the command behind a prompt.
func exampleText(env *Env, examples []example) string {
	lines := make([]string, 0, 2*len(examples))
	for _, e := range examples {
		lines = append(lines, "# "+env.Say(e.what), "$ "+e.command)
	}
	return strings.Join(lines, "\n")
}

// checkArgs counts the arguments against the line that help shows: "refund ID [AMOUNT]"
// takes one or two, a name that ends in "..." any number more.
func checkArgs(c *cobra.Command, args []string) error {
	use := c.UseLine()
	names := strings.Fields(c.Use)[1:]
	least, most := 0, len(names)
	for _, n := range names {
		if !strings.HasPrefix(n, "[") {
			least++
		}
		if strings.HasSuffix(strings.Trim(n, "[]"), "...") {
			most = len(args)
		}
	}
	switch {
	case len(args) < least:
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%s is missing", "缺少 %s").With(names[len(args)]),
			Hint: i18n.T("the whole command is: %s", "完整的命令：%s").With(use),
		}
	case len(args) > most:
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%q is one argument too many", "多余的参数 %q").With(args[most]),
			Hint: i18n.T("the whole command is: %s\na flag's value stands behind =, as in --json=id", "完整的命令：%s\n标志的值写在 = 之后，例如 --json=id").With(use),
		}
	}
	return nil
}

// completeFields completes the last of the names behind --json=.
func completeFields(fields []string) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := ""
		if i := strings.LastIndexByte(typed, ','); i >= 0 {
			before = typed[:i+1]
		}
		offers := make([]string, len(fields))
		for i, f := range fields {
			offers[i] = before + f
		}
		return offers, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}
