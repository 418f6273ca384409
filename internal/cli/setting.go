package cli

import (
	"github.com/spf13/pflag"

	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
)

// bindSetting gives a command a flag that stands above a setting, such as --host above
// host.address: its value goes through the same checks, and `till config list --origin`
// would name the flag.
func bindSetting(env *Env, flags *pflag.FlagSet, name, key string, usage i18n.Text) {
	flags.Var(&settingFlag{env: env, flag: config.Flag{Name: "--" + name, Key: key}}, name, env.Say(usage))
}

// settingFlag is a pflag.Value that leaves what it is given with the Env.
type settingFlag struct {
	env  *Env
	flag config.Flag
}

// Set implements pflag.Value.
func (s *settingFlag) Set(value string) error {
	s.flag.Value = value
	s.env.flagged = append(s.env.flagged, s.flag)
	return nil
}

// String implements pflag.Value.
func (s *settingFlag) String() string { return s.flag.Value }

// Type implements pflag.Value.
func (s *settingFlag) Type() string { return "string" }

var _ pflag.Value = (*settingFlag)(nil)
