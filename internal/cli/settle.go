package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
)

func newSettle(env *Env) *cobra.Command {
	return newGroup(env, group{
		use:   "settle",
		short: i18n.T("Compare what was sold with what is paid out", "核对交易与清算文件"),
		long: i18n.T(
			"An acquirer sends a file of what it pays out. Every row of it is paired with a card\ntransaction of a closed batch, or is told with the reason why not. What finds no\npartner is carried over until one comes.",
			"收单机构发来清算文件。文件的每一行要么与已结算批次中的一笔卡交易配对，要么说明不能配对的\n原因。没有对方的记录会保留到以后的对账。"),
		commands: []*cobra.Command{
			newSettleIdentify(env, nil), newSettleRun(env, nil), newSettleExplain(env, nil), newSettleOpen(env, nil),
		},
	})
}

type settleIdentifyOptions struct {
	out   out.Output
	files []string
}

// identifyView is what a file may be, and why.
type identifyView struct {
	File       string          `json:"file"`
	Format     string          `json:"format,omitempty"` // where there is no doubt
	Sure       bool            `json:"sure"`
	Notes      []string        `json:"notes"` // what the bytes are, whatever the format
	Candidates []candidateView `json:"candidates"`
}

// candidateView is a format that a file may have, with what speaks for it and against it.
type candidateView struct {
	Format   string   `json:"format"`
	Title    string   `json:"title"`
	Score    int      `json:"score"` // 0 to 100
	Evidence []string `json:"evidence"`
}

func newSettleIdentify(env *Env, runF func(context.Context, *settleIdentifyOptions) error) *cobra.Command {
	o := &settleIdentifyOptions{}
	run := either(env, runF, settleIdentifyRun)
	return newLeaf(env, leaf{
		use:   "identify FILE...",
		short: i18n.T("Tell what a settlement file is, and why", "识别清算文件的格式并说明依据"),
		long: i18n.T(
			"Read the head of each file as every format that till knows, and rank the formats by\nwhat speaks for them. Without a doubt about any file the exit code is 0, else 7.",
			"按 till 支持的各种格式读取文件开头，并按依据排序。所有文件均无疑问时退出码为 0，否则为 7。"),
		examples: []example{
			{i18n.T("what did the acquirer send", "收单机构发来的是什么文件"), "till settle identify 20261005.csv"},
			{i18n.T("the format alone, for a script", "仅输出格式，供脚本使用"), "till settle identify 20261005.csv --jq '.[].format'"},
		},
		result: []identifyView{},
		exits:  []exitCode{exitDifferences},
		run: func(ctx context.Context, args []string) error {
			o.files = args
			return run(ctx, o)
		},
	}, &o.out)
}

func settleIdentifyRun(_ context.Context, env *Env, o *settleIdentifyOptions) error {
	views, sure := make([]identifyView, 0, len(o.files)), true
	for _, path := range o.files {
		v, err := identify(env, path)
		if err != nil {
			return err
		}
		views, sure = append(views, v), sure && v.Sure
	}
	text := func(s out.Screen) string { return identifyText(s, views) }
	if err := env.Write(&o.out, out.Result{Value: views, Table: identifyTable(views), Text: text}); err != nil {
		return err
	}
	if !sure {
		return exitError{exitDifferences}
	}
	return nil
}

func identify(env *Env, path string) (identifyView, error) {
	lang := string(env.lang)
	found, err := detectFile(path)
	if err != nil {
		return identifyView{}, err
	}
	v := identifyView{File: path, Notes: inLang(lang, found.Notes), Candidates: []candidateView{}}
	for _, c := range found.Candidates {
		v.Candidates = append(v.Candidates, candidateView{
			Format: c.Name, Title: c.Format.Title().In(lang), Score: c.Score, Evidence: inLang(lang, c.Evidence),
		})
	}
	if f, ok := found.Sure(); ok {
		v.Format, v.Sure = f.Name(), true
	}
	return v, nil
}

func identifyTable(views []identifyView) out.Table {
	t := out.Table{Columns: []out.Column{
		{Name: "file", Head: i18n.T("FILE", "文件")},
		{Name: "format", Head: i18n.T("FORMAT", "格式")},
		{Name: "score", Head: i18n.T("SCORE", "得分"), Align: cells.Right},
		{Name: "evidence", Head: i18n.T("EVIDENCE", "依据")},
	}}
	for _, v := range views {
		for _, c := range v.Candidates {
			t.Rows = append(t.Rows, []string{v.File, c.Format, fmt.Sprint(c.Score), strings.Join(c.Evidence, "; ")})
		}
		if len(v.Candidates) == 0 {
			t.Rows = append(t.Rows, []string{v.File, "", "0", strings.Join(v.Notes, "; ")})
		}
	}
	return t
}

// identifyText tells of each file its verdict, and the evidence of each candidate.
func identifyText(s out.Screen, views []identifyView) string {
	var b strings.Builder
	for _, v := range views {
		b.WriteString(s.Bold(identifyVerdict(v).In(s.Lang)) + "\n")
		for _, n := range v.Notes {
			b.WriteString("  " + n + "\n")
		}
		for _, c := range v.Candidates {
			fmt.Fprintf(&b, "  %3d  %s  %s\n", c.Score, c.Format, c.Title)
			for _, e := range c.Evidence {
				b.WriteString("       " + e + "\n")
			}
		}
	}
	return b.String()
}

func identifyVerdict(v identifyView) i18n.Message {
	switch {
	case v.Sure:
		return i18n.T("%s: %s", "%s：%s").With(v.File, v.Format)
	case len(v.Candidates) > 0:
		return i18n.T("%s: not sure, the nearest is %s", "%s：不能确定，最接近 %s").With(v.File, v.Candidates[0].Format)
	}
	return i18n.T("%s: no format that till knows", "%s：不是 till 支持的格式").With(v.File)
}
