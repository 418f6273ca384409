package cli

import (
	"bytes"
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/bulk"
	"github.com/tillworks/till/pkg/iso8583/detect"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

// isoReading says how the bytes of a command are read as a message.
type isoReading struct {
	spec    string // "" finds the dialect
	framing string // "" finds what stands around
}

// bindISOReading gives a command the flags that skip detection.
func bindISOReading(env *Env, c *cobra.Command, r *isoReading) {
	c.Flags().StringVar(&r.spec, "spec", "", env.Say(i18n.T(
		"read it by one dialect, or by the `SPEC` in a .json, .yaml or .xml file; without it the dialect is found",
		"按某个方言或文件（.json、.yaml、.xml）中的规范 `SPEC` 解析；默认自动识别")))
	c.Flags().StringVar(&r.framing, "framing", "", env.Say(i18n.T(
		"take off this `FRAMING` in front, such as binary2+tpdu or none; without it the framing is found",
		"按此封装 `FRAMING` 去掉报文头，例如 binary2+tpdu 或 none；默认自动识别")))
	_ = c.RegisterFlagCompletionFunc("spec", cobra.FixedCompletions(dialect.Names(), cobra.ShellCompDirectiveDefault))
	_ = c.RegisterFlagCompletionFunc("framing", cobra.FixedCompletions(detect.Framings(), cobra.ShellCompDirectiveNoFileComp))
}

// isoMessage is one message and what stands around it.
type isoMessage struct {
	whole      []byte
	start, end int
	spec       *iso8583.Spec
	framing    string // "none" where nothing stands around
	confidence string // "" where nothing had to be found
}

// body is the message itself.
func (m isoMessage) body() []byte { return m.whole[m.start:m.end] }

// around is the framing by name, "" for none, and its bytes.
func (m isoMessage) around() (name string, before, after []byte) {
	if m.framing == noFraming {
		return "", nil, nil
	}
	return m.framing, m.whole[:m.start], m.whole[m.end:]
}

const noFraming = "none"

// each gives the messages of the input to f, one by one in their order.
func (in *isoInput) each(ctx context.Context, env *Env, f func(*bulk.Message) error) (bulk.Totals, error) {
	how, inputs, closing, err := in.start(ctx, env)
	if err != nil {
		return bulk.Totals{}, err
	}
	defer closing()
	return walkMessages(ctx, how, inputs, f)
}

// walkMessages gives every message to f; an input without any is a problem.
func walkMessages(ctx context.Context, how bulk.Options, inputs []bulk.Input, f func(*bulk.Message) error) (bulk.Totals, error) {
	totals, err := bulk.Walk(ctx, how, f, inputs...)
	switch {
	case err != nil:
		return totals, inputProblem(err)
	case totals.Messages == 0:
		return totals, emptyInput()
	}
	return totals, nil
}

// one is the only message of the input, whole or broken.
func (in *isoInput) one(ctx context.Context, env *Env) (found isoMessage, err error) {
	_, err = in.each(ctx, env, func(m *bulk.Message) error {
		if m.Origin.N > 1 {
			return &till.Problem{
				Code: till.CodeUsage, What: i18n.T("the input holds more than one message", "输入中的报文不止一条").With(),
				Hint: i18n.T("till iso convert -O hex writes them one a line; give the line that is meant", "till iso convert -O hex 可逐行输出；请给出所指的一行").With(),
			}
		}
		found, err = messageOf(env, m)
		return err
	})
	return found, err
}

// messageOf is a message of an input, kept. What was not found to be one is a problem.
func messageOf(env *Env, m *bulk.Message) (isoMessage, error) {
	switch why := m.Why(string(env.lang)); {
	case m.Match.Spec != nil:
	case m.Fault != nil && why != nil:
		return isoMessage{}, &till.Problem{
			Code: till.CodeDifference, What: i18n.T("the input cannot be read: %s", "无法读取输入：%s").With(why.Text),
			Hint: i18n.T("--format says how it is written down, where it was taken for something else", "若输入格式判断有误，请用 --format 指定").With(),
		}
	default:
		return isoMessage{}, unrecognised()
	}
	return isoMessage{
		whole: slices.Clone(m.Data), start: m.Match.Start, end: m.Match.End, spec: m.Match.Spec,
		framing: m.Match.Framing, confidence: m.Match.Confidence,
	}, nil
}

// unrecognised is the problem of bytes that no evidence makes a message.
func unrecognised() error {
	return &till.Problem{
		Code: till.CodeDifference, What: i18n.T("nothing says that this is an ISO 8583 message of a known dialect", "没有足够依据认定这是已知方言的 ISO 8583 报文").With(),
		Hint: i18n.T("till iso detect shows what was tried; name the dialect with --spec NAME|FILE if you know it", "till iso detect 可查看尝试过程；若已知方言请用 --spec NAME|FILE 指定").With(),
	}
}

// specByName is the one spec of a name or a file.
func specByName(name string) (*iso8583.Spec, error) {
	specs, err := specsByName(name)
	if err != nil {
		return nil, err
	}
	return specs[0], nil
}

// cardDataOf says what card data stands in a message. What of a broken one could not be
// read may be anybody's.
func cardDataOf(spec *iso8583.Spec, raw []byte) iso8583.CardData {
	var l iso8583.Layout
	err := spec.Decode(raw, &l)
	d := l.CardData()
	if err != nil && d.Strange == "" {
		d.Strange = "?"
	}
	return d
}

// confine refuses to give out the bytes of a message with card data that is not published
// for tests, unless that was asked for.
func (u *unmask) confine(ctx context.Context, env *Env, o *out.Output, command string, d iso8583.CardData) error {
	if d.IsTest() {
		return nil
	}
	granted, err := u.granted(ctx, env, o, command)
	if err != nil || granted {
		return err
	}
	return &till.Problem{
		Code: till.CodeUsage,
		What: i18n.T("the message holds card data that is not published for tests, and its bytes would show it", "报文含有非公开测试卡的卡数据，输出字节会泄露这些数据").With(),
		Hint: i18n.T("--unmask gives it to a terminal, --unmask=yes to a pipe or a file too; the journal keeps who did it", "--unmask 仅输出到终端，--unmask=yes 亦可输出到管道或文件；流水账将记录操作人").With(),
	}
}

// looksLikeJSON reports text that begins as a JSON object does.
func looksLikeJSON(text []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) }
