package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/pkg/iso8583/bulk"
	"github.com/tillworks/till/pkg/iso8583/detect"
)

type isoDetectOptions struct {
	out out.Output
	in  isoInput
}

// isoDetection is what is found of one message, with the readings that were weighed.
type isoDetection struct {
	N          int         `json:"n"`
	Source     string      `json:"source,omitempty"`
	Line       int         `json:"line,omitempty"`
	Offset     int64       `json:"offset"`
	Bytes      int         `json:"bytes"`
	Confidence string      `json:"confidence"` // sure, likely, guess, or "" where the evidence is too thin
	Framing    string      `json:"framing"`
	Dialect    string      `json:"dialect"`
	Alike      []string    `json:"alike"` // dialects by which the message says the same
	Error      string      `json:"error,omitempty"`
	Readings   []isoReadAs `json:"readings"`
}

// isoReadAs is one reading that was weighed.
type isoReadAs struct {
	Framing  string        `json:"framing"`
	Dialect  string        `json:"dialect"`
	Points   int           `json:"points"` // bits: n points are what random bytes show once in 2^n times
	Sound    bool          `json:"sound"`
	Same     bool          `json:"same"` // reads as the first does
	Evidence []isoEvidence `json:"evidence"`
}

// isoEvidence is one thing that speaks for a reading or against it.
type isoEvidence struct {
	Points int    `json:"points"`
	Path   string `json:"path,omitempty"`
	Text   string `json:"text"`
}

func newISODetect(env *Env, runF func(context.Context, *isoDetectOptions) error) *cobra.Command {
	o := &isoDetectOptions{}
	run := either(env, runF, isoDetectRun)
	c := newLeaf(env, leaf{
		use:   "detect [HEX|FILE...]",
		short: i18n.T("Find what framing and dialect a message is in, and say why", "识别报文的封装与方言，并说明依据"),
		long: i18n.T(
			"Find what stands in front of a message (a length, a TPDU, a header of a network) and\nwhich dialect it is in. Every reading that explains something is weighed: its points\nare bits, n points for what random bytes would show once in 2^n times. A reading is\nsure if it explains every byte, has strong evidence, and no reading that says something\nelse comes near; where the evidence is thin there is no answer, and the command ends\nwith 7. The input is that of till iso explain.",
			"识别报文前的内容（长度、TPDU、网络报文头）以及报文方言。对每种能解释部分内容的读法\n进行计分：分值以比特计，n 分表示随机字节每 2^n 次才会出现一次。只有解释了全部字节、\n证据充分且没有其他不同读法与之接近时才算确定；证据不足时不给答案，命令以 7 结束。\n输入方式与 till iso explain 相同。"),
		examples: []example{
			{i18n.T("why this is what it is", "识别依据"), "till iso detect 600000000008102220000002000000000001123456303000"},
			{i18n.T("the name alone", "仅取名称"), "till iso detect --jq .dialect dump.bin"},
		},
		result: isoDetection{},
		exits:  []exitCode{exitDifferences},
		run: func(ctx context.Context, args []string) error {
			o.in.words = args
			return run(ctx, o)
		},
	}, &o.out)
	bindISOInput(env, c, &o.in)
	return c
}

func isoDetectRun(ctx context.Context, env *Env, o *isoDetectOptions) error {
	how, inputs, closing, err := o.in.start(ctx, env)
	if err != nil {
		return err
	}
	defer closing()
	how.Spec = nil // what is named is weighed as anything else
	seq := o.out.Sequence(env.Screen())
	thin := false
	_, err = walkMessages(ctx, how, inputs, func(m *bulk.Message) error {
		d := isoDetectionOf(env, m, how.Detector.Detect(m.Data))
		thin = thin || d.Confidence == ""
		return seq.Write(isoDetectResult(d))
	})
	if err != nil {
		return err
	}
	if err := seq.End(); err != nil {
		return err
	}
	if thin {
		return exitError{exitDifferences}
	}
	return nil
}

// isoDetectionOf is what was found, in the user's language.
func isoDetectionOf(env *Env, m *bulk.Message, r detect.Result) isoDetection {
	d := isoDetection{
		N: m.Origin.N, Source: m.Origin.Source, Line: m.Origin.Line, Offset: m.Origin.Offset, Bytes: len(m.Data),
		Confidence: r.Confidence, Alike: []string{}, Readings: []isoReadAs{},
	}
	if why := m.Why(string(env.lang)); why != nil {
		d.Error = why.Text
	}
	if r.Best != nil {
		d.Framing, d.Dialect = r.Best.Framing, r.Best.Dialect
		for _, name := range r.Alike() {
			if name != d.Dialect && !slices.Contains(d.Alike, name) { // behind another framing
				d.Alike = append(d.Alike, name)
			}
		}
	}
	for _, c := range r.Ranked {
		as := isoReadAs{Framing: c.Framing, Dialect: c.Dialect, Points: c.Score, Sound: c.Sound, Same: c.Same, Evidence: []isoEvidence{}}
		for _, e := range c.Evidence {
			as.Evidence = append(as.Evidence, isoEvidence{Points: e.Points, Path: e.Path, Text: e.In(string(env.lang))})
		}
		d.Readings = append(d.Readings, as)
	}
	return d
}

// isoDetectResult is what was found as JSON, a row a reading, and as text.
func isoDetectResult(d isoDetection) out.Result {
	table := out.Table{Columns: []out.Column{
		{Name: "n", Head: i18n.T("NO.", "序号"), Align: cells.Right},
		{Name: "points", Head: i18n.T("POINTS", "分值"), Align: cells.Right},
		{Name: "dialect", Head: i18n.T("DIALECT", "方言")},
		{Name: "framing", Head: i18n.T("FRAMING", "封装")},
		{Name: "sound", Head: i18n.T("SOUND", "完好")},
		{Name: "same", Head: i18n.T("SAME", "同义")},
	}}
	for _, r := range d.Readings {
		table.Rows = append(table.Rows, []string{fmt.Sprint(d.N), fmt.Sprint(r.Points), r.Dialect, r.Framing, fmt.Sprint(r.Sound), fmt.Sprint(r.Same)})
	}
	return out.Result{Value: d, Table: table, Text: func(s out.Screen) string { return isoDetectText(s, d) }}
}

// isoDetectText says what it is, why, and what comes next.
func isoDetectText(s out.Screen, d isoDetection) string {
	var b strings.Builder
	b.WriteString(s.Bold(isoVerdict(d).In(s.Lang)) + "\n")
	if len(d.Alike) > 0 {
		b.WriteString(i18n.T("it says the same by %s", "按 %s 解析结果相同").With(strings.Join(d.Alike, ", ")).In(s.Lang) + "\n")
	}
	shown := 0
	for i, r := range d.Readings {
		if r.Same && i > 0 || shown == 3 {
			continue
		}
		shown++
		b.WriteString("\n" + isoReadAsText(s, r, i == 0))
	}
	return b.String()
}

// isoVerdict is the answer in one line.
func isoVerdict(d isoDetection) i18n.Message {
	behind := d.Framing
	if behind == noFraming {
		behind = ""
	}
	switch {
	case d.Error != "" && d.Dialect == "":
		return i18n.T("%s", "%s").With(d.Error)
	case d.Dialect == "":
		return i18n.T("the evidence is too thin for an answer", "证据不足，无法判断").With()
	case d.Confidence == detect.Sure && behind == "":
		return i18n.T("%s, sure", "%s，确定").With(d.Dialect)
	case d.Confidence == detect.Sure:
		return i18n.T("%s behind %s, sure", "%s，封装 %s，确定").With(d.Dialect, behind)
	case d.Confidence == detect.Likely:
		return i18n.T("%s behind %s, likely", "%s，封装 %s，很可能").With(d.Dialect, d.Framing)
	}
	return i18n.T("%s behind %s, a guess", "%s，封装 %s，仅为猜测").With(d.Dialect, d.Framing)
}

// isoReadAsText is one reading with its evidence.
func isoReadAsText(s out.Screen, r isoReadAs, first bool) string {
	head := i18n.T("next best: %s behind %s, %d points", "其次：%s，封装 %s，%d 分").With(r.Dialect, r.Framing, r.Points)
	if first {
		head = i18n.T("best: %s behind %s, %d points", "最佳：%s，封装 %s，%d 分").With(r.Dialect, r.Framing, r.Points)
	}
	table := out.Table{Columns: []out.Column{
		{Name: "points", Head: i18n.T("POINTS", "分值"), Align: cells.Right},
		{Name: "field", Head: i18n.T("FIELD", "域")},
		{Name: "evidence", Head: i18n.T("EVIDENCE", "依据")},
	}}
	for _, e := range r.Evidence {
		table.Rows = append(table.Rows, []string{fmt.Sprintf("%+d", e.Points), e.Path, e.Text})
	}
	return head.In(s.Lang) + "\n" + table.Text(s)
}
