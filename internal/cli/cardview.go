package cli

import (
	"fmt"
	"strings"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
)

// cardResult is the card as JSON, its data as rows, and both as text.
func cardResult(v cardView) out.Result {
	table := out.Table{Columns: []out.Column{
		{Name: "tag", Head: i18n.T("TAG", "标签")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "value", Head: i18n.T("VALUE", "值")},
		{Name: "meaning", Head: i18n.T("MEANING", "含义")},
	}}
	for _, e := range v.Data {
		tag := strings.Repeat("  ", e.Depth) + e.Tag
		table.Rows = append(table.Rows, []string{tag, e.Name, e.Value, strings.Join(e.Meaning, "; ")})
	}
	return out.Result{Value: v, Table: table, Text: func(s out.Screen) string { return cardText(s, v, table) }}
}

func cardText(s out.Screen, v cardView, data out.Table) string {
	var b strings.Builder
	for _, step := range v.Steps {
		writeStep(&b, s, step)
	}
	if len(v.Steps) > 0 {
		b.WriteString("\n")
	}
	for _, line := range cardLines(s.Lang, v) {
		b.WriteString(line + "\n")
	}
	if len(v.Steps) == 0 && len(data.Rows) > 0 {
		b.WriteString("\n" + data.Text(s))
	}
	if v.Error != "" {
		b.WriteString(s.Red(i18n.T("the reading ended early:", "读取提前结束：").In(s.Lang)) + " " + cells.Plain(v.Error) + "\n")
	}
	return b.String()
}

// writeStep is a step's title, what was sent and came back, and what it means.
func writeStep(b *strings.Builder, s out.Screen, step stepView) {
	b.WriteString(s.Bold(step.Title) + "\n")
	if step.Command != "" {
		b.WriteString("  > " + step.Command + "\n")
		b.WriteString("  < " + strings.TrimSpace(step.Response+" "+step.SW) + "\n")
	}
	for _, note := range step.Notes {
		for _, line := range cells.Wrap(cells.Plain(note), max(40, s.Width-4)) {
			b.WriteString("    " + line + "\n")
		}
	}
}

// cardLines are what is known of the card, a term and its value a line.
func cardLines(lang i18n.Lang, v cardView) []string {
	var entries []entry
	add := func(term i18n.Text, value string) {
		if value != "" {
			entries = append(entries, entry{term.In(lang), cells.Plain(value)})
		}
	}
	add(i18n.T("reader", "读卡器"), v.Reader)
	add(i18n.T("ATR", "ATR"), v.ATR)
	for _, a := range v.Applications {
		text := i18n.T("%s %s, priority %d", "%s %s，优先级 %d").With(a.AID, a.Label, a.Priority)
		add(i18n.T("application", "应用"), text.In(lang))
	}
	if v.AID != "" {
		add(i18n.T("read", "已读取"), fmt.Sprintf("%s %s", v.AID, v.Label))
	}
	add(i18n.T("card", "卡号"), strings.TrimSpace(v.Masked+" "+v.Brand))
	add(i18n.T("sequence", "序列号"), v.PSN)
	add(i18n.T("service code", "服务代码"), v.ServiceCode)
	add(i18n.T("languages", "语言"), strings.Join(v.Languages, ", "))
	if v.Expired {
		add(i18n.T("expired", "已过期"), i18n.T("yes", "是").In(lang))
	}
	return aligned(entries, 1<<10)
}
