package cli

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
)

type completionOptions struct {
	out   out.Output
	shell string
	root  *cobra.Command
}

// completion is a shell's completion script.
type completion struct {
	Shell  string `json:"shell"`
	Script string `json:"script"`
}

// shells are those that there is a script for.
func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

func newCompletion(env *Env, runF func(context.Context, *completionOptions) error) *cobra.Command {
	o := &completionOptions{}
	run := either(env, runF, completionRun)
	var c *cobra.Command
	c = newLeaf(env, leaf{
		use:   "completion SHELL",
		short: i18n.T("Print the completion script of a shell", "输出 shell 的补全脚本"),
		long: i18n.T(
			"Print the script that lets bash, zsh, fish or powershell complete commands, flags,\nfields of --json and names of settings.",
			"输出补全脚本，使 bash、zsh、fish 或 powershell 可以补全命令、标志、--json 的字段\n和设置的名称。"),
		examples: []example{
			{i18n.T("for this bash alone", "仅对当前 bash 生效"), "source <(till completion bash)"},
			{i18n.T("for every fish", "对所有 fish 生效"), "till completion fish -o ~/.config/fish/completions/till.fish"},
		},
		result: completion{},
		run: func(ctx context.Context, args []string) error {
			o.shell, o.root = args[0], c.Root()
			return run(ctx, o)
		},
	}, &o.out)
	c.ValidArgsFunction = cobra.FixedCompletions(shells(), cobra.ShellCompDirectiveNoFileComp)
	return c
}

func completionRun(_ context.Context, env *Env, o *completionOptions) error {
	if !slices.Contains(shells(), o.shell) {
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("there is no script for %s", "没有 %s 的补全脚本").With(o.shell),
			Hint: i18n.T("the shells are %s", "支持的 shell：%s").With(strings.Join(shells(), ", ")),
		}
	}
	var script bytes.Buffer
	if err := writeCompletion(o.root, o.shell, &script); err != nil {
		return err
	}
	return env.Write(&o.out, out.Result{
		Value: completion{Shell: o.shell, Script: script.String()},
		Text:  func(out.Screen) string { return script.String() },
	})
}

func writeCompletion(root *cobra.Command, shell string, script *bytes.Buffer) error {
	switch shell {
	case "zsh":
		return root.GenZshCompletion(script)
	case "fish":
		return root.GenFishCompletion(script, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(script)
	}
	return root.GenBashCompletionV2(script, true)
}
