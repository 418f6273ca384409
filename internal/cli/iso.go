package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/specfile"
)

func newISO(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "iso",
		short: i18n.T("Work with ISO 8583 messages", "处理 ISO 8583 报文"),
		long: i18n.T(
			"Work with ISO 8583 messages as hosts and terminals send them. Card numbers, tracks\nand PIN blocks are masked in whatever is shown.",
			"处理主机与终端之间收发的 ISO 8583 报文。显示时卡号、磁道和 PIN 块均被遮蔽。"),
		commands: []*cobra.Command{
			newISOExplain(env, nil), newISODetect(env, nil), newISOStats(env, nil),
			newISODiff(env, nil), newISOValidate(env, nil), newISOConvert(env, nil), newISOBuild(env, nil), newISOSend(env, nil),
			newISOSpecs(env), newISOSchema(env, nil),
		},
	})
}

// specsByName are the specs that a name stands for: every dialect for none, a dialect,
// or the JSON file of somebody else's.
func specsByName(name string) ([]*iso8583.Spec, error) {
	if isSpecFile(name) {
		spec, err := specOfFile(name)
		return []*iso8583.Spec{spec}, err
	}
	names := dialect.Names()
	if name != "" {
		names = []string{name}
	}
	specs := make([]*iso8583.Spec, len(names))
	for i, n := range names {
		spec, err := dialect.Load(n)
		if err != nil {
			return nil, &till.Problem{
				Code: till.CodeUsage, What: i18n.T("there is no dialect %q", "没有方言 %q").With(n),
				Hint: i18n.T("the dialects are %s; a spec of your own is a file that ends in .json, .yaml or .xml", "可用的方言：%s；自有规范请使用 .json、.yaml 或 .xml 文件").With(strings.Join(dialect.Names(), ", ")),
			}
		}
		specs[i] = spec
	}
	return specs, nil
}

func specOfFile(path string) (*iso8583.Spec, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	spec, _, err := specfile.Read(raw, specfile.Options{Name: specFileName(path)})
	if err != nil {
		return nil, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("%s is no spec", "%s 不是有效的规范").With(path), Cause: err,
			Hint: i18n.T("till iso specs lint %s lists all that is wrong with it", "till iso specs lint %s 可列出全部问题").With(path),
		}
	}
	return spec, nil
}

// isSpecFile reports a name that is a file's: a dialect has no such ending and no folder.
func isSpecFile(name string) bool {
	return slices.Contains([]string{".json", ".yaml", ".yml", ".xml"}, strings.ToLower(filepath.Ext(name))) || strings.ContainsAny(name, `/\`)
}

// specFileName is the name of a spec whose file gives it none.
func specFileName(path string) string {
	name := filepath.Base(path)
	return strings.TrimSuffix(name, filepath.Ext(name))
}
