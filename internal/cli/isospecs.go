package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

func newISOSpecs(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "specs",
		short: i18n.T("List, show, check and import specs", "列出、查看、检查和导入规范"),
		long: i18n.T(
			"A spec says how the messages of a dialect lie on the wire. Some are shipped; others are\nfiles: the JSON and YAML of moov-io/iso8583 as they are, and the XML of jPOS's\nGenericPackager. Every --spec takes the name of a dialect or a file.",
			"规范说明某个方言的报文如何编码。部分规范随程序提供，其他可由文件载入：moov-io/iso8583 的\nJSON 与 YAML（无需修改），以及 jPOS GenericPackager 的 XML。所有 --spec 均可使用方言名称或\n文件。"),
		commands: []*cobra.Command{newISOSpecsList(env, nil), newISOSpecsShow(env, nil), newISOSpecsLint(env, nil), newISOSpecsImport(env, nil)},
	})
}

type isoSpecsListOptions struct{ out out.Output }

// isoDialect is what is known of a dialect.
type isoDialect struct {
	Name      string   `json:"name"`
	Title     string   `json:"title"`
	Edition   string   `json:"edition"`
	MTICoding string   `json:"mti_coding"`
	Bitmap    string   `json:"bitmap"`
	Versions  []string `json:"versions"` // first digits of its message types
	Framings  []string `json:"framings"` // what it usually comes behind
	Sources   []string `json:"sources"`
	Missing   string   `json:"missing,omitempty"` // what no public source shows
}

func newISOSpecsList(env *Env, runF func(context.Context, *isoSpecsListOptions) error) *cobra.Command {
	o := &isoSpecsListOptions{}
	return newLeaf(env, leaf{
		use:   "list",
		short: i18n.T("List the dialects that are shipped", "列出随程序提供的方言"),
		long: i18n.T(
			"List the dialects that are shipped: edition, how the message type and the bitmap are\ncoded, and what the messages usually come behind. The JSON also has the public sources\nof each, and what no public source shows and a spec of your own must add.",
			"列出随程序提供的方言：版本、报文类型和位图的编码、常见的封装。JSON 还给出各方言的公开来源，\n以及公开资料未包含、须由自有规范补充的内容。"),
		examples: []example{
			{i18n.T("all of them", "全部方言"), "till iso specs list"},
			{i18n.T("where the facts of one are from", "某个方言的资料来源"), `till iso specs list --jq '.[] | select(.name == "iso87-bcd") | .sources[]'`},
		},
		result: []isoDialect{},
		run:    runWith(either(env, runF, isoSpecsListRun), o),
	}, &o.out)
}

func isoSpecsListRun(_ context.Context, env *Env, o *isoSpecsListOptions) error {
	lang := string(env.lang)
	table := out.Table{Columns: []out.Column{
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "edition", Head: i18n.T("EDITION", "版本")},
		{Name: "mti_coding", Head: i18n.T("TYPE", "类型编码")},
		{Name: "bitmap", Head: i18n.T("BITMAP", "位图")},
		{Name: "framings", Head: i18n.T("BEHIND", "封装")},
		{Name: "title", Head: i18n.T("WHAT", "说明")},
	}}
	var all []isoDialect
	for _, info := range dialect.Infos() {
		d := isoDialect{
			Name: info.Name, Title: info.Title.In(lang), Edition: info.Edition, MTICoding: info.MTICoding, Bitmap: info.Bitmap,
			Versions: info.Versions, Framings: info.Framings, Sources: info.Sources, Missing: info.Missing.In(lang),
		}
		all = append(all, d)
		table.Rows = append(table.Rows, []string{d.Name, d.Edition, d.MTICoding, d.Bitmap, strings.Join(d.Framings, " "), d.Title})
	}
	return env.Write(&o.out, out.Result{Value: all, Table: table})
}
