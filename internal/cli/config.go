package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/config"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/nearest"
	"github.com/tillworks/till/internal/till"
)

func newConfig(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "config",
		short: i18n.T("Show the settings and where they come from", "查看设置及其来源"),
		long: i18n.T(
			"Settings stand in files, in the environment and in flags. From the weakest to the\nstrongest: the defaults, /etc/till/config.toml, $XDG_CONFIG_HOME/till/config.toml,\n./till.toml, the environment (TILL_HOST_ADDRESS for host.address) and the flags of\na command. A card, a PIN or a key is never a setting.",
			"设置可写在文件、环境变量和标志中。优先级从低到高：默认值、/etc/till/config.toml、\n$XDG_CONFIG_HOME/till/config.toml、./till.toml、环境变量（host.address 对应\nTILL_HOST_ADDRESS）、命令的标志。卡片、PIN 和密钥从不作为设置。"),
		commands: []*cobra.Command{newConfigList(env, nil), newConfigGet(env, nil)},
	})
}

// settingRow is one setting as the commands show it.
type settingRow struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Default string `json:"default"`
	Layer   string `json:"layer"`  // default, system, user, project, environment or flag
	Source  string `json:"source"` // path, variable or flag; empty of a default
	Line    int    `json:"line"`   // in the file; 0 where there are no lines
	Env     string `json:"env"`    // the variable that sets it
	Means   string `json:"means"`
	Wants   string `json:"wants"`
}

func rowOf(env *Env, s config.Setting) settingRow {
	return settingRow{
		Key: s.Key.Name, Value: s.Value, Default: s.Key.Default,
		Layer: string(s.Origin.Layer), Source: s.Origin.Name, Line: s.Origin.Line,
		Env: s.Key.Env(), Means: env.Say(s.Key.Means), Wants: env.Say(s.Key.Wants),
	}
}

type configListOptions struct {
	out    out.Output
	origin bool
}

func newConfigList(env *Env, runF func(context.Context, *configListOptions) error) *cobra.Command {
	o := &configListOptions{}
	c := newLeaf(env, leaf{
		use:   "list",
		short: i18n.T("List every setting", "列出全部设置"),
		long: i18n.T(
			"List every setting with the value that counts. What is wrong in any file or variable\nis a failure with its place, as it would be of a command that needs the setting.",
			"列出全部设置及其生效值。任何文件或变量中的错误都会连同位置一起报告，\n与需要该设置的命令一致。"),
		examples: []example{
			{i18n.T("which file set the host's address?", "主机地址来自哪个文件？"), "till config list --origin"},
			{i18n.T("the settings that are not the default", "列出非默认的设置"), `till config list --jq '.[] | select(.layer != "default") | .key'`},
		},
		result: []settingRow{},
		run:    runWith(either(env, runF, configListRun), o),
	}, &o.out)
	c.Flags().BoolVar(&o.origin, "origin", false, env.Say(i18n.T(
		"show where each value comes from instead of what it means", "显示每个值的来源，而不是其含义")))
	return c
}

func configListRun(_ context.Context, env *Env, o *configListOptions) error {
	layers, err := env.Layers()
	if err != nil {
		return err
	}
	if _, err := layers.Config(); err != nil {
		return err
	}
	var rows []settingRow
	for _, s := range layers.Settings() {
		rows = append(rows, rowOf(env, s))
	}
	return env.Write(&o.out, out.Result{Value: rows, Table: configTable(env, layers.Settings(), o.origin)})
}

func configTable(env *Env, settings []config.Setting, origin bool) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "key", Head: i18n.T("SETTING", "设置")},
		{Name: "value", Head: i18n.T("VALUE", "值")},
	}}
	if origin {
		t.Columns = append(t.Columns,
			out.Column{Name: "layer", Head: i18n.T("LAYER", "层次")},
			out.Column{Name: "source", Head: i18n.T("SOURCE", "来源")})
	} else {
		t.Columns = append(t.Columns, out.Column{Name: "means", Head: i18n.T("MEANING", "含义")})
	}
	for _, s := range settings {
		row := []string{s.Key.Name, s.Value, env.Say(s.Key.Means)}
		if origin {
			row = []string{s.Key.Name, s.Value, env.Say(s.Origin.Layer.Words()), sourceOf(s.Origin)}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// sourceOf is the place of a value; a default stands in none.
func sourceOf(o config.Origin) string {
	if o.Layer == config.Default {
		return ""
	}
	return o.String()
}

type configGetOptions struct {
	out out.Output
	key string
}

func newConfigGet(env *Env, runF func(context.Context, *configGetOptions) error) *cobra.Command {
	o := &configGetOptions{}
	c := newLeaf(env, leaf{
		use:   "get KEY",
		short: i18n.T("Show one setting", "显示一项设置"),
		long:  i18n.T("Show the value of one setting, alone on a line, as a script wants it.", "单独一行输出某项设置的值，便于脚本使用。"),
		examples: []example{
			{i18n.T("the currency of the shop", "店铺的货币"), "till config get shop.currency"},
			{i18n.T("the place that set the host's address", "主机地址的来源"), "till config get host.address --json=value,source,line"},
		},
		result: settingRow{},
		run:    runWith(either(env, runF, configGetRun), o, &o.key),
	}, &o.out)
	c.ValidArgsFunction = cobra.FixedCompletions(settingNames(), cobra.ShellCompDirectiveNoFileComp)
	return c
}

func configGetRun(_ context.Context, env *Env, o *configGetOptions) error {
	layers, err := env.Layers()
	if err != nil {
		return err
	}
	s, ok := layers.Setting(o.key)
	if !ok {
		return unknownSetting(o.key)
	}
	if _, err := layers.Config(); err != nil {
		return err
	}
	return env.Write(&o.out, out.Result{
		Value: rowOf(env, s),
		Table: configTable(env, []config.Setting{s}, true),
		Text:  func(out.Screen) string { return s.Value + "\n" },
	})
}

func unknownSetting(name string) error {
	hint := i18n.T("till config list shows every setting", "till config list 列出全部设置").With()
	if near := nearest.Of(name, settingNames()); near != "" {
		hint = didYouMean(near)
	}
	return &till.Problem{Code: till.CodeUsage, What: i18n.T("there is no setting %s", "没有名为 %s 的设置").With(name), Hint: hint}
}

func settingNames() []string {
	keys := config.Keys()
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Name
	}
	return names
}
