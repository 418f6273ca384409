package cli

import (
	"fmt"
	"strconv"
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
	return out.Result{Value: v, Table: table, Text: func(s out.Screen) string { return cardText(s, v) }}
}

func cardText(s out.Screen, v cardView) string {
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
	if len(v.Steps) == 0 && len(v.Data) > 0 {
		b.WriteString("\n")
		for _, e := range v.Data {
			writeData(&b, s, e)
		}
	}
	if v.Error != "" {
		b.WriteString(s.Red(i18n.T("the reading ended early:", "读取提前结束：").In(s.Lang)) + " " + cells.Plain(v.Error) + "\n")
	}
	return b.String()
}

// writeData is a data object in a line, its meaning in lines below. A value that does not
// fit, such as a certificate, is cut and its length told: whoever needs it whole asks for
// JSON or CSV.
func writeData(b *strings.Builder, s out.Screen, e elementView) {
	indent := strings.Repeat("  ", e.Depth)
	head := indent + e.Tag + " " + e.Name
	room := max(16, s.Width-cells.Width(head)-2)
	value := e.Value
	if len(value) > room {
		size := i18n.T("… %d bytes", "…共 %d 字节").With(len(value) / 2).In(s.Lang)
		value = value[:max(8, room-cells.Width(size))&^1] + size
	}
	b.WriteString(strings.TrimRight(head+"  "+value, " ") + "\n")
	for _, m := range e.Meaning {
		for _, line := range cells.Wrap(cells.Plain(m), max(40, s.Width-len(indent)-4)) {
			b.WriteString(indent + "    " + line + "\n")
		}
	}
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
	add(i18n.T("card", "卡号"), strings.TrimSpace(shownNumber(v)+" "+v.Brand))
	add(i18n.T("expires", "有效期至"), v.Expires)
	add(i18n.T("valid from", "生效日期"), v.Since)
	add(i18n.T("sequence", "序列号"), v.PSN)
	add(i18n.T("service code", "服务代码"), v.ServiceCode)
	add(i18n.T("languages", "语言"), strings.Join(v.Languages, ", "))
	add(i18n.T("issued in", "发卡国家/地区"), v.Country)
	add(i18n.T("currency", "币种"), v.Currency)
	for _, line := range v.Abilities {
		add(i18n.T("can do", "支持功能"), line)
	}
	for _, line := range v.Verification {
		add(i18n.T("holder is verified by", "持卡人验证"), line)
	}
	add(i18n.T("PIN tries left", "剩余 PIN 次数"), counterText(v.PINTries))
	add(i18n.T("transactions", "交易计数"), counterText(v.Transactions))
	add(i18n.T("last online at", "上次联机计数"), counterText(v.LastOnline))
	if v.Expired {
		add(i18n.T("expired", "已过期"), i18n.T("yes", "是").In(lang))
	}
	return aligned(entries, 1<<10)
}

// shownNumber is the number as it may be shown.
func shownNumber(v cardView) string {
	if v.Number != "" {
		return v.Number
	}
	return v.Masked
}

// counterText is a counter that the card told, nothing without it.
func counterText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
