package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/catalogue"
	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	management "github.com/tillworks/till/internal/shop"
	"github.com/tillworks/till/internal/till"
)

type itemImportOptions struct {
	out         out.Output
	file        string
	dryRun      bool
	skipRefused bool
	encoding    string
	location    string
}

// importView is what an import did, or would do.
type importView struct {
	File     string          `json:"file"`
	Format   string          `json:"format"`
	Encoding string          `json:"encoding"`
	Imported bool            `json:"imported"`
	New      int             `json:"new"`
	Changed  int             `json:"changed"`
	Same     int             `json:"same"`
	Refused  int             `json:"refused"`
	Ignored  []string        `json:"ignored_columns"`
	Rows     []importRowView `json:"rows"`
}

type importRowView struct {
	Line    int                `json:"line"`
	Action  catalogue.Action   `json:"action"`
	Item    till.ItemID        `json:"item"`
	SKU     till.SKU           `json:"sku"`
	Name    string             `json:"name"`
	Changes []catalogue.Change `json:"changes"`
	Issues  []issueView        `json:"issues"`
}

type issueView struct {
	Code    catalogue.IssueCode `json:"code"`
	Refuses bool                `json:"refuses"`
	Column  string              `json:"column,omitempty"`
	Message string              `json:"message"`
	Hint    string              `json:"hint,omitempty"`
}

func newItemImport(env *Env, runF func(context.Context, *itemImportOptions) error) *cobra.Command {
	o := &itemImportOptions{}
	c := newLeaf(env, leaf{
		use:   "import FILE",
		short: i18n.T("Take items in from a CSV file", "从 CSV 文件导入商品"),
		long: i18n.T(
			"Compare a CSV file with the catalogue, show line by line what is new, what changes and\nwhat is refused and why, and take it in: all of it in one commit, with the stock that new\nitems begin with. A file with refused lines is not taken in unless --skip-refused says\nso. Our own columns are "+
				"id, name, category, unit, tax_class, sku, option, barcodes, price,\ncost, low_stock, quantity, open_price and untracked, any of them; exports of Square,\nLoyverse, Shopify, opensourcepos and SumUp are known by their columns. UTF-8, UTF-16 and\nGB18030 are told apart. The stock of items that are there already is not touched.",
			"将 CSV 文件与商品目录比较，逐行显示新增、修改、拒绝及原因，然后在一次提交中全部导入，包括\n新商品的期初库存。有被拒绝的行时不导入，除非指定 --skip-refused。自有列名为 id、name、\ncategory、unit、tax_class、sku、option、barcodes、price、cost、low_stock、quantity、\n"+
				"open_price、untracked（可只含部分列）；也可识别 Square、Loyverse、Shopify、\nopensourcepos、SumUp 的导出文件。自动识别 UTF-8、UTF-16 和 GB18030。已有商品的库存\n不受影响。"),
		examples: []example{
			{i18n.T("what would happen", "预览"), "till item import items.csv --dry-run"},
			{i18n.T("all lines that can be taken", "导入可接受的各行"), "till item import items.csv --skip-refused"},
			{i18n.T("lines that are refused, for a script", "被拒绝的行，供脚本使用"), `till item import items.csv --dry-run --jq '.rows[] | select(.action == "refuse")'`},
		},
		result: importView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, itemImportRun), o, &o.file),
	}, &o.out)
	f := c.Flags()
	f.BoolVar(&o.dryRun, "dry-run", false, env.Say(i18n.T("show what would happen and store nothing", "仅预览，不保存")))
	f.BoolVar(&o.skipRefused, "skip-refused", false, env.Say(i18n.T("take the lines that can be taken", "仅导入可接受的各行")))
	f.StringVar(&o.encoding, "encoding", "", env.Say(i18n.T("read the file as `NAME`: utf-8, gb18030, utf-16 or windows-1252", "按编码 `NAME` 读取：utf-8、gb18030、utf-16 或 windows-1252")))
	f.StringVar(&o.location, "location", "", env.Say(i18n.T("of a file of several shops, the columns of `NAME`", "多门店文件中门店 `NAME` 的列")))
	_ = c.RegisterFlagCompletionFunc("encoding", cobra.FixedCompletions(catalogue.Encodings(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

// importLimit is more than any catalogue takes.
const importLimit = 64 << 20

func itemImportRun(ctx context.Context, env *Env, o *itemImportOptions) error {
	raw, err := readInput(ctx, env, o.file, importLimit)
	if err != nil {
		return err
	}
	return withShop(ctx, env, func(s *shop) error {
		p, refusal := s.shop.ImportItems(ctx, strings.NewReader(string(raw)), management.ImportOptions{
			DryRun: o.dryRun, SkipRefused: o.skipRefused, Encoding: o.encoding, Location: o.location, Document: documentOf(o.file),
		})
		if refusal != nil && len(p.Rows) == 0 {
			return refusal
		}
		view := viewImport(env, o, p)
		view.Imported = refusal == nil && !o.dryRun && view.New+view.Changed > 0
		if err := showImport(env, o, view); err != nil {
			return err
		}
		return refusal
	})
}

// documentOf is the name of a file as the ledger of stock has it.
func documentOf(file string) string {
	if file == "-" {
		return "import"
	}
	return filepath.Base(file)
}

func viewImport(env *Env, o *itemImportOptions, p catalogue.Preview) importView {
	v := importView{
		File: o.file, Format: p.Format, Encoding: p.Encoding, Ignored: append([]string{}, p.Ignored...), Rows: []importRowView{},
		New: p.Count(catalogue.New), Changed: p.Count(catalogue.Edit), Same: p.Count(catalogue.Same), Refused: p.Count(catalogue.Refuse),
	}
	for _, r := range p.Rows {
		row := importRowView{
			Line: r.Line, Action: r.Action, Item: r.Item, SKU: r.SKU, Name: r.Name,
			Changes: append([]catalogue.Change{}, r.Changes...), Issues: []issueView{},
		}
		for _, i := range r.Issues {
			row.Issues = append(row.Issues, issueView{
				Code: i.Code, Refuses: i.Refuses, Column: i.Column, Message: i.Message.In(env.Lang()), Hint: i.Hint.In(env.Lang()),
			})
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// showImport shows people the lines that do something or have something to say; a file of
// a thousand lines that are all the same is one sentence.
func showImport(env *Env, o *itemImportOptions, v importView) error {
	text := func(s out.Screen) string {
		table := importTable(env, v, false)
		head := i18n.T("%s (%s, %s): %d new, %d changed, %d the same, %d refused", "%s（%s，%s）：新增 %d，修改 %d，相同 %d，拒绝 %d").With(
			v.File, v.Format, v.Encoding, v.New, v.Changed, v.Same, v.Refused).In(env.Lang()) + "\n"
		if len(v.Ignored) > 0 {
			head += i18n.T("columns that nothing is made of: %s", "未使用的列：%s").With(strings.Join(v.Ignored, ", ")).In(env.Lang()) + "\n"
		}
		if len(table.Rows) == 0 {
			return head
		}
		return head + table.Text(s)
	}
	if o.dryRun {
		env.Note(i18n.T("a dry run: nothing was stored", "仅为预览：未保存任何内容").With())
	}
	return env.Write(&o.out, out.Result{Value: v, Table: importTable(env, v, true), Text: text})
}

// importTable has a line for each row, all of them or those that are not the same.
func importTable(env *Env, v importView, all bool) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "line", Head: i18n.T("LINE", "行"), Align: cells.Right},
		{Name: "action", Head: i18n.T("ACTION", "操作")},
		{Name: "sku", Head: i18n.T("SKU", "货号")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "what", Head: i18n.T("WHAT", "说明")},
	}}
	for _, r := range v.Rows {
		what := r.what()
		if all || r.Action != catalogue.Same || what != "" {
			t.Rows = append(t.Rows, []string{fmt.Sprint(r.Line), actionWord(env, r.Action, all), string(r.SKU), r.Name, what})
		}
	}
	return t
}

// actionWord is the action for people; programs read the names of JSON.
func actionWord(env *Env, a catalogue.Action, plain bool) string {
	words := map[catalogue.Action]i18n.Text{
		catalogue.New: i18n.T("new", "新增"), catalogue.Edit: i18n.T("change", "修改"),
		catalogue.Same: i18n.T("same", "相同"), catalogue.Refuse: i18n.T("refused", "拒绝"),
	}
	if plain {
		return string(a)
	}
	return env.Say(words[a])
}

// what tells the changes and the issues of a row in one line.
func (r importRowView) what() string {
	var parts []string
	for _, c := range r.Changes {
		parts = append(parts, fmt.Sprintf("%s: %s → %s", c.Field, orDash(c.From), orDash(c.To)))
	}
	for _, i := range r.Issues {
		part := string(i.Code) + ": " + i.Message
		if i.Hint != "" && i.Refuses {
			part += " (" + i.Hint + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func newItemExport(env *Env, runF func(context.Context, *itemOptions) error) *cobra.Command {
	o := &itemOptions{}
	c := newLeaf(env, leaf{
		use:   "export",
		short: i18n.T("Write items as CSV", "将商品导出为 CSV"),
		long: i18n.T(
			"Write the catalogue with its stock in our own columns, as UTF-8 with a byte order mark,\nwhich spreadsheets want for Chinese. till item import reads it back without a change. A\ntext that a spreadsheet could run as a formula has an apostrophe in front.",
			"按自有列名导出商品目录及库存，编码为带 BOM 的 UTF-8，便于电子表格显示中文；\ntill item import 读回时无任何变化。可能被电子表格当作公式执行的文本前会加单引号。"),
		examples: []example{
			{i18n.T("into a file", "写入文件"), "till item export -o items.csv"},
			{i18n.T("one category as JSON", "某类别，JSON 格式"), "till item export --category bakery --json"},
		},
		result: []exportView{},
		exits:  []exitCode{exitNotPermitted},
		run:    runWith(either(env, runF, itemExportRun), o),
	}, &o.out)
	bindFilter(env, c, o)
	_ = c.Flags().Set("limit", "0")
	c.Flags().Lookup("limit").DefValue = "0"
	return c
}

// exportView is one line of an export.
type exportView struct {
	variantView
	Quantity *till.Quantity `json:"quantity,omitempty"`
}

func itemExportRun(ctx context.Context, env *Env, o *itemOptions) error {
	filter, err := o.filter()
	if err != nil {
		return err
	}
	return withShop(ctx, env, func(s *shop) error {
		items, onHand, err := s.shop.ExportItems(ctx, filter)
		if err != nil {
			return err
		}
		file := func(screen out.Screen) error { return catalogue.Write(screen, items, onHand) }
		return env.Write(&o.out, out.Result{
			Value: exportViews(items, onHand), Table: exportTable(items, onHand),
			Writers: map[out.Format]func(out.Screen) error{out.CSV: file, out.Text: file},
		})
	})
}

func exportViews(items []till.Item, onHand map[till.SKU]till.Quantity) []exportView {
	views := []exportView{}
	for _, item := range items {
		for _, v := range item.Variants {
			view := exportView{variantView: viewVariant(item, v)}
			if q, ok := onHand[v.SKU]; ok && !v.Untracked {
				view.Quantity = &q
			}
			views = append(views, view)
		}
	}
	return views
}

func exportTable(items []till.Item, onHand map[till.SKU]till.Quantity) out.Table {
	var t out.Table
	for _, head := range catalogue.Columns() {
		t.Columns = append(t.Columns, out.Column{Name: head})
	}
	for _, item := range items {
		t.Rows = append(t.Rows, catalogue.Cells(item, onHand)...)
	}
	return t
}
