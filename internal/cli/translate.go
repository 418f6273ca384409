package cli

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/nearest"
	"github.com/tillworks/till/internal/till"
)

// translate makes the user's problem of what cobra and pflag say, which is English
// only and names no next step. Errors of our own pass as they are.
func translate(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var needs *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(c, unknown)
	case errors.As(err, &needs):
		return usageProblem(c, i18n.T("%s needs a value", "%s 需要一个值").With(flagName(needs.GetFlag())))
	case errors.As(err, &invalid):
		return usageProblem(c, i18n.T("%q is no value for %s, which takes %s", "%q 不是 %s 的有效值，应为 %s").With(
			invalid.GetValue(), flagName(invalid.GetFlag()), kindOf(invalid.GetFlag())))
	case errors.As(err, &syntax):
		return usageProblem(c, i18n.T("%q is no flag", "%q 不是标志").With(syntax.GetSpecifiedFlag()))
	}
	return err
}

// usageProblem is a usage error of a command; the hint is where its help is.
func usageProblem(c *cobra.Command, what i18n.Message) error {
	return &till.Problem{
		Code: till.CodeUsage, What: what,
		Hint: i18n.T("%s --help shows what it takes", "%s --help 显示其用法").With(c.CommandPath()),
	}
}

// unknownFlag is a flag that the command does not have. Behind a command that does not
// exist either, the command is what was misspelt: till vresion --json.
func unknownFlag(c *cobra.Command, err *pflag.NotExistError) error {
	if typed := c.Flags().Arg(0); c.HasSubCommands() && typed != "" {
		return unknownCommand(c, typed)
	}
	name := "--" + err.GetSpecifiedName()
	if err.GetSpecifiedShortnames() != "" {
		name = "-" + err.GetSpecifiedName()
	}
	what := i18n.T("%s has no flag %s", "%s 没有标志 %s").With(c.CommandPath(), name)
	if n := err.GetSpecifiedName(); n != "" && n[0] >= '0' && n[0] <= '9' {
		what = i18n.T("-%s… is negative: an amount is positive", "-%s… 为负数：金额须为正数").With(n)
	}
	if near := nearestFlag(c, err.GetSpecifiedName()); near != "" {
		return &till.Problem{Code: till.CodeUsage, What: what, Hint: didYouMean("--" + near)}
	}
	return usageProblem(c, what)
}

func unknownCommand(c *cobra.Command, name string) error {
	what := i18n.T("%s has no command %q", "%s 没有命令 %q").With(c.CommandPath(), name)
	var names []string
	for _, sub := range c.Commands() {
		if isShown(sub) {
			names = append(names, sub.Name())
		}
	}
	if near := nearest.Of(name, names); near != "" {
		return &till.Problem{Code: till.CodeUsage, What: what, Hint: didYouMean(c.CommandPath() + " " + near)}
	}
	return usageProblem(c, what)
}

func didYouMean(what string) i18n.Message {
	return i18n.T("did you mean %s?", "您是否想输入 %s？").With(what)
}

func nearestFlag(c *cobra.Command, name string) string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return nearest.Of(name, names)
}

// flagName is a flag as the user writes it.
func flagName(f *pflag.Flag) string {
	if f == nil {
		return "--"
	}
	return "--" + f.Name
}

// kindOf says what a flag's value must be.
func kindOf(f *pflag.Flag) i18n.Text {
	switch f.Value.Type() {
	case "int", "int64", "uint", "uint64", "count":
		return i18n.T("a whole number", "整数")
	case "bool":
		return i18n.T("true or false", "true 或 false")
	case "duration":
		return i18n.T("a duration such as 30s or 2m", "时长，例如 30s 或 2m")
	}
	return i18n.T("text", "文本")
}
