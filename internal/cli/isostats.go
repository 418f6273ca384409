package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/iso8583/bulk"
)

type isoStatsOptions struct {
	out out.Output
	in  isoInput
}

func newISOStats(env *Env, runF func(context.Context, *isoStatsOptions) error) *cobra.Command {
	o := &isoStatsOptions{}
	run := either(env, runF, isoStatsRun)
	c := newLeaf(env, leaf{
		use:   "stats [FILE...]",
		short: i18n.T("Count messages, join requests with answers", "统计报文，匹配请求与应答"),
		long: i18n.T(
			"Count the messages of files of any size by dialect and type, with the response codes\nthat they bear. Each answer is joined with its request: the same class of message, the\nsame terminal (41) and trace number (11) and, where both have it, the same time of\ntransmission (7). Requests without an answer are listed, the first hundred of them. Of\ncaptures and logs that tell the time the response times are measured.",
			"按方言和类型统计任意大小文件中的报文及其应答码。应答按报文类别、终端（41）、跟踪号\n（11）以及双方都有时的传输时间（7）与请求匹配。列出无应答的请求（前一百条）。对带有\n时间的抓包和日志统计响应时间。"),
		examples: []example{
			{i18n.T("a day's traffic with the host", "一天内与主机的通信"), "till iso stats day.pcap --port 8583"},
			{i18n.T("how many were declined, by code", "按应答码统计拒绝"), `till iso stats log.hex --jq '.responses[] | select(.code != "00")'`},
		},
		result: bulk.Stats{},
		exits:  []exitCode{exitDifferences},
		run: func(ctx context.Context, args []string) error {
			o.in.words = args
			return run(ctx, o)
		},
	}, &o.out)
	bindISOInput(env, c, &o.in)
	return c
}

func isoStatsRun(ctx context.Context, env *Env, o *isoStatsOptions) error {
	how, inputs, closing, err := o.in.start(ctx, env)
	if err != nil {
		return err
	}
	defer closing()
	stats, err := bulk.Measure(ctx, how, inputs...)
	switch {
	case err != nil:
		return inputProblem(err)
	case stats.Messages == 0:
		return emptyInput()
	}
	if err := env.Write(&o.out, isoStatsResult(stats)); err != nil {
		return err
	}
	if !stats.AllSound() {
		return exitError{exitDifferences}
	}
	return nil
}

// isoStatsResult is the figures as JSON, a row a message type, and as text.
func isoStatsResult(st bulk.Stats) out.Result {
	table := out.Table{Columns: []out.Column{
		{Name: "mti", Head: i18n.T("TYPE", "类型")},
		{Name: "count", Head: i18n.T("COUNT", "数量"), Align: cells.Right},
		{Name: "p50_ms", Head: i18n.T("P50 MS", "P50 毫秒"), Align: cells.Right},
		{Name: "p95_ms", Head: i18n.T("P95 MS", "P95 毫秒"), Align: cells.Right},
		{Name: "p99_ms", Head: i18n.T("P99 MS", "P99 毫秒"), Align: cells.Right},
		{Name: "max_ms", Head: i18n.T("MAX MS", "最大毫秒"), Align: cells.Right},
		{Name: "dialect", Head: i18n.T("DIALECT", "方言")},
		{Name: "name", Head: i18n.T("NAME", "名称")},
	}}
	for _, t := range st.Types {
		row := []string{string(t.MTI), fmt.Sprint(t.Count), "", "", "", "", t.Dialect, t.Name}
		if ms := t.Times; ms != nil {
			for i, v := range []float64{ms.Median, ms.P95, ms.P99, ms.Most} {
				row[2+i] = fmt.Sprintf("%.3f", v)
			}
		}
		table.Rows = append(table.Rows, row)
	}
	return out.Result{Value: st, Table: table, Text: func(s out.Screen) string { return isoStatsText(s, st, table) }}
}

func isoStatsText(s out.Screen, st bulk.Stats, types out.Table) string {
	var b strings.Builder
	say := func(m i18n.Message) { b.WriteString(m.In(s.Lang) + "\n") }
	say(i18n.T("%d messages: %d sound, %d broken, %d unknown, %d unreadable",
		"共 %d 条报文：完好 %d，损坏 %d，未识别 %d，无法读取 %d").With(st.Messages, st.Sound, st.Broken, st.Undetected, st.Unreadable))
	if st.From != "" {
		say(i18n.T("from %s to %s", "时间 %s 至 %s").With(st.From, st.To))
	}
	say(i18n.T("%d answers joined with their requests; %d requests without an answer, %d answers without a request, %d repeats",
		"已匹配应答 %d；无应答请求 %d，无请求应答 %d，重复请求 %d").With(st.Answered, st.Unanswered, st.Unasked, st.Repeated))
	if ms := st.Times; ms != nil {
		say(i18n.T("response times: median %.3f ms, p95 %.3f, p99 %.3f, most %.3f",
			"响应时间：中位数 %.3f 毫秒，p95 %.3f，p99 %.3f，最大 %.3f").With(ms.Median, ms.P95, ms.P99, ms.Most))
	}
	section := func(head i18n.Text, t out.Table) {
		if len(t.Rows) > 0 {
			b.WriteString("\n" + s.Bold(head.In(s.Lang)) + "\n" + t.Text(s))
		}
	}
	section(i18n.T("Message types", "报文类型"), types)
	section(i18n.T("Response codes", "应答码"), isoCodes(st))
	section(i18n.T("Framings", "封装"), isoCounts(st.Framings))
	section(i18n.T("Faults by field", "按域统计的错误"), isoCounts(st.Faults))
	section(i18n.T("Requests without an answer", "无应答的请求"), isoMissing(st))
	return b.String()
}

func isoCodes(st bulk.Stats) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "code", Head: i18n.T("CODE", "代码")}, {Name: "count", Head: i18n.T("COUNT", "数量"), Align: cells.Right},
		{Name: "dialect", Head: i18n.T("DIALECT", "方言")}, {Name: "meaning", Head: i18n.T("MEANING", "含义")},
	}}
	for _, c := range st.Responses {
		t.Rows = append(t.Rows, []string{c.Code, fmt.Sprint(c.Count), c.Dialect, c.Meaning})
	}
	return t
}

func isoCounts(list []bulk.Count) out.Table {
	t := out.Table{Columns: []out.Column{{Name: "name", Head: i18n.T("NAME", "名称")}, {Name: "count", Head: i18n.T("COUNT", "数量"), Align: cells.Right}}}
	for _, c := range list {
		name := c.Name
		if name == "" {
			name = "-"
		}
		t.Rows = append(t.Rows, []string{name, fmt.Sprint(c.Count)})
	}
	return t
}

func isoMissing(st bulk.Stats) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "n", Head: i18n.T("MESSAGE", "报文"), Align: cells.Right}, {Name: "line", Head: i18n.T("LINE", "行"), Align: cells.Right},
		{Name: "mti", Head: i18n.T("TYPE", "类型")}, {Name: "terminal", Head: i18n.T("TERMINAL", "终端")}, {Name: "stan", Head: i18n.T("TRACE", "跟踪号")},
	}}
	for _, u := range st.Missing {
		line := ""
		if u.Line > 0 {
			line = fmt.Sprint(u.Line)
		}
		t.Rows = append(t.Rows, []string{fmt.Sprint(u.N), line, string(u.MTI), u.Terminal, u.Trace})
	}
	return t
}
