package cli

import (
	"fmt"
	"strings"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/money"
	"github.com/tillworks/till/pkg/settle"
)

// settleView is the outcome of a reconciliation in the user's language.
type settleView struct {
	Matched    int                   `json:"matched"`
	Exceptions []exceptionView       `json:"exceptions"`
	Fees       []settle.FeeTotal     `json:"fees"`
	Totals     settle.Totals         `json:"totals"`
	Run        int                   `json:"run,omitempty"` // its sequence number, where it is kept
	Day        string                `json:"day"`
	Batches    []int                 `json:"batches"`
	ByRule     []settle.RuleCount    `json:"by_rule"`
	Counts     map[settle.Reason]int `json:"counts"`
	Open       []settle.OpenItem     `json:"open"`
	Closed     []settle.Closed       `json:"closed"`
	Aside      []settle.Sum          `json:"aside"`
	Repeated   int                   `json:"repeated"`
	Unread     []unreadView          `json:"unread"`
	UnreadRows int                   `json:"unread_rows"`
	Files      []settle.Proof        `json:"files"`
}

// exceptionView is an exception whose sides are null where there is none, and whose words
// are in one language.
type exceptionView struct {
	settle.Exception
	Ours    *settle.Record `json:"ours"`
	Theirs  *settle.Record `json:"theirs"`
	Explain string         `json:"explain"`
}

// unreadView is a row that could not be read.
type unreadView struct {
	settle.Problem
	Text string `json:"text"`
}

func viewSettlement(env *Env, r *settle.Result, run till.Settlement) settleView {
	v := settleView{
		Matched: r.Matched, Exceptions: []exceptionView{}, Fees: r.Fees, Totals: r.Totals, Run: run.Seq, Day: r.Day,
		Batches: append([]int{}, run.Batches...), ByRule: r.ByRule, Counts: r.Counts, Open: r.Open, Closed: r.Closed,
		Aside: r.Aside, Repeated: r.Repeated, Unread: []unreadView{}, UnreadRows: r.UnreadRows, Files: r.Files,
	}
	lang := string(env.lang)
	for _, e := range r.Exceptions {
		v.Exceptions = append(v.Exceptions, exceptionView{Exception: e, Ours: e.Ours, Theirs: e.Theirs, Explain: e.Explain.In(lang)})
	}
	for _, p := range r.Unread {
		v.Unread = append(v.Unread, unreadView{p, p.Text.In(lang)})
	}
	return v
}

func (v settleView) result(env *Env) out.Result {
	table := v.table(env)
	return out.Result{Value: v, Table: table, Text: func(s out.Screen) string { return v.text(s, table) }}
}

// table is the exceptions, a line each, and the rows that could not be read.
func (v settleView) table(env *Env) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "reason", Head: i18n.T("REASON", "原因")},
		{Name: "ours", Head: i18n.T("OURS", "我方"), Align: cells.Right},
		{Name: "theirs", Head: i18n.T("THEIRS", "对方"), Align: cells.Right},
		{Name: "days", Head: i18n.T("DAYS", "天数"), Align: cells.Right},
		{Name: "verdict", Head: i18n.T("VERDICT", "结论")},
	}}
	for _, e := range v.Exceptions {
		t.Rows = append(t.Rows, []string{
			e.Reason.In(string(env.lang)), grossOf(e.Ours), grossOf(e.Theirs), fmt.Sprint(e.Days), e.Explain,
		})
	}
	for _, p := range v.Unread {
		t.Rows = append(t.Rows, []string{env.Say(i18n.T("unreadable row", "无法读取的行")), "", "", "", p.Source.String() + ": " + p.Text})
	}
	return t
}

func grossOf(r *settle.Record) string {
	if r == nil {
		return ""
	}
	return r.GrossAmount().String()
}

// text is the verdict, the exceptions, what was closed and what it cost.
func (v settleView) text(s out.Screen, table out.Table) string {
	var b strings.Builder
	line := func(m i18n.Message) { b.WriteString(m.In(s.Lang) + "\n") }
	b.WriteString(s.Bold(v.verdict().In(s.Lang)) + "\n")
	if len(table.Rows) > 0 {
		b.WriteString("\n" + table.Text(s) + "\n")
	}
	for _, c := range v.Closed {
		line(i18n.T("closed: %s of %s, open since %s", "已了结：%s %s，自 %s 起未了结").With(c.Record.Type.In(string(s.Lang)), c.Record.GrossAmount(), c.Since))
	}
	for _, f := range v.Fees {
		cur, _ := money.CurrencyByCode(f.Currency)
		line(i18n.T("fees by rule %s: %s taken, %s expected, %d rows differ", "手续费规则 %s：实收 %s，应收 %s，%d 行不符").With(
			f.Rule, money.New(f.Got, cur), money.New(f.Want, cur), f.Wrong))
	}
	if len(v.Open) > 0 && v.Run > 0 {
		line(i18n.T("%d open items are carried over: till settle open", "%d 条未了结记录转入下次对账：till settle open").With(len(v.Open)))
	}
	return b.String()
}

func (v settleView) verdict() i18n.Message {
	if n := len(v.Exceptions) + v.UnreadRows; n > 0 {
		return i18n.T("%s: %d matched, differences: %d", "%s：%d 笔一致，%d 处差异").With(v.Day, v.Matched, n)
	}
	return i18n.T("%s: %d matched, no differences", "%s：%d 笔一致，无差异").With(v.Day, v.Matched)
}
