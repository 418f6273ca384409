package cli

import (
	"fmt"
	"strings"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
)

// emvResult is explanations as JSON, as rows, and as text, there with every bit of the
// tables if they are wanted.
func emvResult(list []emvExplanation, bits bool) out.Result {
	return out.Result{Value: list, Table: emvTable(list), Text: func(s out.Screen) string {
		var b strings.Builder
		for i, x := range list {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(emvText(s, x, bits))
		}
		return b.String()
	}}
}

func emvTable(list []emvExplanation) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "source", Head: i18n.T("FILE", "文件")},
		{Name: "line", Head: i18n.T("LINE", "行"), Align: cells.Right},
		{Name: "offset", Head: i18n.T("AT", "位置"), Align: cells.Right},
		{Name: "length", Head: i18n.T("BYTES", "字节"), Align: cells.Right},
		{Name: "tag", Head: i18n.T("TAG", "标签")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "value", Head: i18n.T("VALUE", "值")},
		{Name: "meaning", Head: i18n.T("MEANING", "含义")},
		{Name: "warning", Head: i18n.T("WARNING", "警告")},
	}}
	for _, x := range list {
		for _, e := range x.Items {
			line := ""
			if x.Line > 0 {
				line = fmt.Sprint(x.Line)
			}
			t.Rows = append(t.Rows, []string{
				x.Source, line, fmt.Sprint(e.Offset), fmt.Sprint(e.Length), e.Tag, e.Name, e.Value, strings.Join(e.Meaning, "; "), e.Warning,
			})
		}
	}
	return t
}

// emvText is one explanation: an object a line, what it says below it.
func emvText(s out.Screen, x emvExplanation, bits bool) string {
	var b strings.Builder
	if place := emvPlace(s, x); place != "" {
		b.WriteString(s.Bold(place) + "\n")
	}
	for _, e := range x.Items {
		indent := strings.Repeat("  ", e.Depth)
		b.WriteString(indent + emvHead(s, x.Kind, e) + "\n")
		indent += strings.Repeat(" ", 4)
		if bits && len(e.Bits) > 0 {
			emvGrid(&b, s, indent, e.Bits)
		} else {
			for _, m := range e.Meaning {
				b.WriteString(indent + m + "\n")
			}
		}
		if e.Warning != "" {
			b.WriteString(indent + s.Yellow(i18n.T("warning:", "警告：").In(s.Lang)) + " " + e.Warning + "\n")
		}
	}
	return b.String()
}

// emvPlace says which of several inputs it is.
func emvPlace(s out.Screen, x emvExplanation) string {
	var parts []string
	if x.Source != "" {
		parts = append(parts, x.Source)
	}
	if x.Line > 0 {
		parts = append(parts, i18n.T("line %d", "第 %d 行").With(x.Line).In(s.Lang))
	}
	return strings.Join(parts, i18n.T(", ", "，").In(s.Lang))
}

// emvHead is the line of an object: tag, name, where it stands and how long it is, value.
func emvHead(s out.Screen, kind string, e emvItem) string {
	head := s.Bold(e.Tag)
	if e.Tag != "" {
		head += " "
	}
	head += e.Name
	if e.Scheme != "" {
		head += " (" + e.Scheme + ")"
	}
	switch kind {
	case emvTLV:
		head += s.Faint(emvExtent(e).In(s.Lang))
	case emvATR:
		head = fmt.Sprintf("%2d %s", e.Offset, head)
	}
	if e.Value == "" {
		return head
	}
	return head + "  " + e.Value
}

// emvGrid writes a bit table, a byte and its bits, those that are set marked.
func emvGrid(b *strings.Builder, s out.Screen, indent string, bits []emvBit) {
	last := 0
	for _, f := range bits {
		if f.Byte != last {
			b.WriteString(indent + i18n.T("byte %d", "字节 %d").With(f.Byte).In(s.Lang) + "\n")
			last = f.Byte
		}
		line := fmt.Sprintf("%-4s= %-3s %s", f.Bits, f.Is, f.Text)
		if f.Set {
			b.WriteString(indent + "  [x] " + s.Bold(line) + "\n")
		} else {
			b.WriteString(indent + "  [ ] " + s.Faint(line) + "\n")
		}
	}
}

// emvExtent is how long a value is and where its object begins.
func emvExtent(e emvItem) i18n.Message {
	if e.Length == 1 {
		return i18n.T(" [1 byte at %d]", " [位置 %d，1 字节]").With(e.Offset)
	}
	return i18n.T(" [%d bytes at %d]", " [位置 %[2]d，%[1]d 字节]").With(e.Length, e.Offset)
}
