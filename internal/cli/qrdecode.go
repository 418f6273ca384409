package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cells"
	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/qr"
	"github.com/tillworks/till/pkg/qr/symbol"
)

type qrDecodeOptions struct {
	out   out.Output
	text  string
	given bool   // text is an argument
	image string // "" is none
}

func newQRDecode(env *Env, runF func(context.Context, *qrDecodeOptions) error) *cobra.Command {
	o := &qrDecodeOptions{}
	run := either(env, runF, qrDecodeRun)
	c := newLeaf(env, leaf{
		use:   "decode [TEXT]",
		short: i18n.T("Say what a payment code asks for", "解释支付二维码的内容"),
		long: i18n.T(
			"Say what a payment code asks for: every object with its place, its name, its value and\nwhat the value means, and what is wrong with it in three grades. fatal: to be refused;\nscheme: against EMVCo's standard, as some national schemes are; warning: odd. The code\ncomes as an argument, from standard input or from an image. Of a shopper's payment code\nonly the wallets are told that give out such codes, the likeliest first.",
			"解释支付二维码：每个对象的位置、名称、值及其含义，并按三级给出问题：fatal（致命，应\n拒收）、scheme（不符合 EMVCo 标准，但某些国家方案如此）、warning（警告）。内容可由\n参数、标准输入或图片给出。对于顾客的付款码，只列出可能的钱包，最有可能的在前。"),
		examples: []example{
			{i18n.T("a code that a scanner typed", "扫码枪输入的内容"), "cat scanned.txt | till qr decode"},
			{i18n.T("a photograph", "照片"), "till qr decode --image sticker.jpg"},
			{i18n.T("the amount alone", "仅取金额"), "till qr decode --image code.png --jq .amount"},
			{i18n.T("what is wrong with it, for a script", "有何问题，供脚本使用"), "till qr decode --image code.png --jq '.findings[].text'"},
		},
		result: qr.Explanation{},
		exits:  []exitCode{exitDifferences},
		run: func(ctx context.Context, args []string) error {
			if o.given = len(args) > 0; o.given {
				o.text = args[0]
			}
			return run(ctx, o)
		},
	}, &o.out)
	c.Flags().StringVar(&o.image, "image", "", env.Say(i18n.T(
		"read the codes of a picture in `FILE` (PNG, JPEG, GIF), - is standard input", "识别图片 `FILE`（PNG、JPEG、GIF）中的二维码，- 表示标准输入")))
	return c
}

// maxCode is more than any symbol carries, by far.
const maxCode = 64 << 10

func qrDecodeRun(ctx context.Context, env *Env, o *qrDecodeOptions) error {
	texts, err := o.texts(ctx, env)
	if err != nil {
		return err
	}
	list := make([]qr.Explanation, len(texts))
	valid := true
	for i, text := range texts {
		list[i] = qr.Explain(text, string(env.lang))
		valid = valid && list[i].Valid
	}
	if err := env.Write(&o.out, qrResult(list)); err != nil {
		return err
	}
	if !valid {
		return exitError{exitDifferences}
	}
	return nil
}

// texts are the codes to explain: one, or as many as a picture holds.
func (o *qrDecodeOptions) texts(ctx context.Context, env *Env) ([]string, error) {
	switch {
	case o.given && o.image != "":
		return nil, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("TEXT and --image name two codes", "TEXT 与 --image 指定了两个二维码").With(),
			Hint: i18n.T("leave one of them out", "请去掉其中一个").With(),
		}
	case o.image != "":
		return scanImage(ctx, env, o.image)
	case o.given:
		return []string{o.text}, nil
	}
	raw, err := readInput(ctx, env, "-", maxCode)
	text, _ := strings.CutSuffix(string(raw), "\n")
	text, _ = strings.CutSuffix(text, "\r")
	return []string{text}, err
}

// scanImage reads the codes of a picture.
func scanImage(ctx context.Context, env *Env, name string) ([]string, error) {
	raw, err := readInput(ctx, env, name, symbol.MaxImageBytes)
	if err != nil {
		return nil, err
	}
	img, err := symbol.ReadImage(strings.NewReader(string(raw)))
	if err != nil {
		return nil, imageProblem(name, err)
	}
	found, err := symbol.Scan(img)
	if err != nil {
		return nil, imageProblem(name, err)
	}
	texts := make([]string, len(found))
	for i, f := range found {
		texts[i] = f.Text.Reveal()
	}
	return texts, nil
}

func imageProblem(name string, err error) error {
	what := i18n.T("%s is no image that can be read", "%s 不是可识别的图片").With(name)
	hint := i18n.T("give a PNG, a JPEG or a GIF", "请提供 PNG、JPEG 或 GIF 图片").With()
	switch {
	case errors.Is(err, symbol.ErrNoCode):
		what = i18n.T("no code found in %s", "在 %s 中未找到二维码").With(name)
		hint = i18n.T("take the picture nearer, straight and without glare, with the white border in it; or scan the code and pipe the text", "请靠近、摆正、避免反光并包含白边重新拍摄；或用扫码枪读取后通过管道输入").With()
		return &till.Problem{Code: till.CodeNotFound, What: what, Hint: hint, Cause: err}
	case errors.Is(err, symbol.ErrTooBig):
		what = i18n.T("%s is too big an image", "图片 %s 过大").With(name)
		hint = i18n.T("at most %d million pixels and %d MiB are read", "最多识别 %d 百万像素、%d MiB 的图片").With(symbol.MaxPixels/1_000_000, symbol.MaxImageBytes>>20)
	}
	return &till.Problem{Code: till.CodeUsage, What: what, Hint: hint, Cause: err}
}

// qrResult is one explanation, or a list where a picture holds several codes.
func qrResult(list []qr.Explanation) out.Result {
	var all out.Table
	tables := make([]out.Table, len(list))
	for i, x := range list {
		tables[i] = qrTable(x)
		all.Columns = tables[i].Columns
		all.Rows = append(all.Rows, tables[i].Rows...)
	}
	r := out.Result{Value: list, Table: all, Text: func(s out.Screen) string {
		var b strings.Builder
		for i, x := range list {
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(qrText(s, x, tables[i]))
		}
		return b.String()
	}}
	if len(list) == 1 {
		r.Value = list[0]
	}
	return r
}

func qrTable(x qr.Explanation) out.Table {
	table := out.Table{Columns: []out.Column{
		{Name: "path", Head: i18n.T("OBJECT", "对象")},
		{Name: "offset", Head: i18n.T("AT", "位置"), Align: cells.Right},
		{Name: "length", Head: i18n.T("LENGTH", "长度"), Align: cells.Right},
		{Name: "name", Head: i18n.T("NAME", "名称")},
		{Name: "value", Head: i18n.T("VALUE", "值")},
		{Name: "meaning", Head: i18n.T("MEANING", "含义")},
	}}
	for _, f := range x.Fields {
		table.Rows = append(table.Rows, []string{f.Path, fmt.Sprint(f.Offset), fmt.Sprint(f.Length), f.Name, f.Value, f.Meaning})
	}
	return table
}

// qrText says what the code is and asks for, lists its objects and ends with the findings.
func qrText(s out.Screen, x qr.Explanation, table out.Table) string {
	var b strings.Builder
	b.WriteString(s.Bold(qr.SchemeName(x.Scheme, string(s.Lang))) + "  " + verdict(s, x) + "\n")
	for _, line := range qrAsks(x) {
		b.WriteString(cells.Plain(line.In(s.Lang)) + "\n")
	}
	if len(table.Rows) > 0 {
		b.WriteString("\n" + table.Text(s))
	}
	if len(x.Wallets)+len(x.Findings) > 0 {
		b.WriteByte('\n')
	}
	for i, w := range x.Wallets {
		fmt.Fprintf(&b, "%d. %s: %s\n", i+1, w.Name, w.Why)
	}
	for _, f := range x.Findings {
		b.WriteString(findingLine(s, f) + "\n")
	}
	return b.String()
}

// verdict is the grade in words.
func verdict(s out.Screen, x qr.Explanation) string {
	switch x.Grade {
	case qr.Fatal:
		return s.Red(i18n.T("to be refused", "应拒收").In(s.Lang))
	case qr.Scheme:
		return s.Yellow(i18n.T("strays from the standard; a scheme may take it", "不符合标准；个别方案可能接受").In(s.Lang))
	case qr.Warning:
		return s.Yellow(i18n.T("valid, with warnings", "有效，有警告").In(s.Lang))
	case qr.OK:
	}
	return s.Green(i18n.T("valid", "有效").In(s.Lang))
}

// qrAsks is what a code asks for and for whom.
func qrAsks(x qr.Explanation) []i18n.Message {
	var lines []i18n.Message
	if x.Merchant != "" {
		lines = append(lines, i18n.T("merchant: %s", "商户：%s").With(x.Merchant))
	}
	if x.Amount != "" {
		lines = append(lines, i18n.T("amount: %s %s", "金额：%s %s").With(x.Amount, x.Currency))
	}
	return lines
}

// findingLine is one finding with its grade and place.
func findingLine(s out.Screen, f qr.ExplainedFault) string {
	grade := map[qr.Grade]i18n.Text{
		qr.Fatal: i18n.T("fatal", "致命"), qr.Scheme: i18n.T("scheme", "方案"), qr.Warning: i18n.T("warning", "警告"),
	}[f.Grade].In(s.Lang)
	place := i18n.T("at byte %d", "第 %d 字节").With(f.Offset)
	if f.Path != "" {
		place = i18n.T("at byte %d, object %s", "第 %d 字节，对象 %s").With(f.Offset, f.Path)
	}
	paint := s.Yellow
	if f.Grade == qr.Fatal {
		paint = s.Red
	}
	return paint(grade) + " " + place.In(s.Lang) + ": " + f.Text
}

// bytesOfFile reads a small file that a flag names.
func bytesOfFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer func() { _ = f.Close() }()
	return readBounded(f, path, limit)
}
