package cli

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
)

type emvTagOptions struct {
	out  out.Output
	aid  string
	word string
}

// emvTag is one tag of the dictionary.
type emvTag struct {
	Tag       string `json:"tag"`
	Name      string `json:"name"`
	Source    string `json:"source"` // card, terminal, issuer or any
	Format    string `json:"format"` // of EMV Book 3, 4.3: a, an, ans, b, cn, n, var; dol and t for lists and templates
	Min       int    `json:"min"`    // bytes
	Max       int    `json:"max"`
	Sensitive string `json:"sensitive,omitempty"` // pan, track, pin, name or token
	Scheme    string `json:"scheme,omitempty"`    // whose meaning this is, where it is not everybody's
}

func newEMVTag(env *Env, runF func(context.Context, *emvTagOptions) error) *cobra.Command {
	o := &emvTagOptions{}
	run := either(env, runF, emvTagRun)
	c := newLeaf(env, leaf{
		use:   "tag [TAG|WORD]",
		short: i18n.T("Look up a tag of chip card data", "查询 IC 卡数据标签"),
		long: i18n.T(
			"Look up a tag, search the names for a word, or list all tags: name, who gives the\nvalue, how it is coded, its length, whether it is sensitive. Payment schemes use some\ntags in their own ways: each such meaning has a row of its own, and --aid keeps that\nof one application.",
			"查询标签、按词搜索名称，或列出全部标签：名称、数据来源、编码格式、长度及是否敏感。\n部分标签各支付组织含义不同：每种含义单列一行，--aid 只保留某一应用的含义。"),
		examples: []example{
			{i18n.T("what is 9F6E?", "9F6E 是什么？"), "till emv tag 9F6E"},
			{i18n.T("and on a Visa card?", "在 Visa 卡上呢？"), "till emv tag 9F6E --aid A0000000031010"},
			{i18n.T("every tag that has to do with PINs", "与 PIN 有关的标签"), "till emv tag PIN"},
			{i18n.T("all sensitive tags", "全部敏感标签"), `till emv tag --jq '.[] | select(.sensitive) | .tag'`},
		},
		result: []emvTag{},
		run: func(ctx context.Context, args []string) error {
			o.word = strings.Join(args, " ")
			return run(ctx, o)
		},
	}, &o.out)
	bindAID(env, c, &o.aid)
	return c
}

// bindAID gives a command the flag that names an application.
func bindAID(env *Env, c *cobra.Command, aid *string) {
	c.Flags().StringVar(aid, "aid", "", env.Say(i18n.T(
		"read scheme-specific tags as the application `AID` means them, such as A0000000031010",
		"按应用 `AID`（如 A0000000031010）解读各组织自定义标签")))
}

// parseAID reads an application identifier, 5 to 16 bytes in hexadecimal; none is none.
func parseAID(word string) ([]byte, error) {
	if word == "" {
		return nil, nil
	}
	aid, err := hex.DecodeString(word)
	if err != nil || len(aid) < 5 || len(aid) > 16 {
		return nil, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("--aid is no application identifier", "--aid 不是应用标识符").With(),
			Hint: i18n.T("it has 10 to 32 hexadecimal digits, such as A0000000031010", "应为 10 至 32 位十六进制数字，例如 A0000000031010").With(),
		}
	}
	return aid, nil
}

func emvTagRun(_ context.Context, env *Env, o *emvTagOptions) error {
	aid, err := parseAID(o.aid)
	if err != nil {
		return err
	}
	found := []emvTag{}
	for _, e := range emvEntries(aid) {
		if emvTagMatches(e, o.word) {
			found = append(found, emvTagOf(e, string(env.lang)))
		}
	}
	if len(found) == 0 {
		return &till.Problem{
			Code: till.CodeNotFound, What: i18n.T("no tag is %[1]q, and no name has that word", "没有标签 %[1]q，名称中也没有该词").With(o.word),
			Hint: i18n.T("till emv tag lists all; tags of other uses are the issuer's own", "till emv tag 列出全部标签；其余标签由发卡行自定义").With(),
		}
	}
	return env.Write(&o.out, out.Result{Value: found, Table: emvTagTable(env.lang, found)})
}

// emvEntries are the rows of the dictionary: as an application means them, or all.
func emvEntries(aid []byte) []emv.Entry {
	var entries []emv.Entry
	for e := range emv.Entries() {
		if aid != nil {
			e, _ = emv.LookupFor(e.Tag, aid)
			entries = append(entries, e)
			continue
		}
		entries = append(append(entries, e), emv.Variants(e.Tag)...)
	}
	return entries
}

// emvTagMatches reports that a word is the tag or stands in a name.
func emvTagMatches(e emv.Entry, word string) bool {
	if tag, err := emv.ParseTag(word); err == nil && tag == e.Tag {
		return true
	}
	for _, name := range []string{e.Name("en"), e.Name("zh"), e.Scheme} {
		if strings.Contains(strings.ToLower(name), strings.ToLower(word)) {
			return true
		}
	}
	return false
}

func emvTagOf(e emv.Entry, lang string) emvTag {
	t := emvTag{Tag: e.Tag.String(), Name: e.Name(lang), Format: string(e.Format), Min: e.Min, Max: e.Max, Scheme: e.Scheme}
	switch e.Source {
	case emv.SourceCard:
		t.Source = "card"
	case emv.SourceTerminal:
		t.Source = "terminal"
	case emv.SourceIssuer:
		t.Source = "issuer"
	case emv.SourceAny:
		t.Source = "any"
	}
	if e.IsSensitive() {
		t.Sensitive = string(e.Class)
	}
	return t
}

func emvTagTable(lang i18n.Lang, tags []emvTag) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "tag", Head: i18n.T("TAG", "标签")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "source", Head: i18n.T("FROM", "来源")},
		{Name: "format", Head: i18n.T("FORMAT", "格式")},
		{Name: "length", Head: i18n.T("BYTES", "字节")},
		{Name: "sensitive", Head: i18n.T("SENSITIVE", "敏感")},
		{Name: "scheme", Head: i18n.T("SCHEME", "组织")},
	}}
	for _, e := range tags {
		length := fmt.Sprint(e.Min)
		if e.Max != e.Min {
			length = fmt.Sprintf("%d-%d", e.Min, e.Max)
		}
		t.Rows = append(t.Rows, []string{e.Tag, e.Name, emvSource(e.Source).In(lang), e.Format, length, e.Sensitive, e.Scheme})
	}
	return t
}

func emvSource(source string) i18n.Text {
	switch source {
	case "card":
		return i18n.T("card", "卡片")
	case "terminal":
		return i18n.T("terminal", "终端")
	case "issuer":
		return i18n.T("issuer", "发卡行")
	}
	return i18n.T("any", "不定")
}
