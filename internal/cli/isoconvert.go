package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/bulk"
	"github.com/tillworks/till/pkg/iso8583/dialect"
)

type isoConvertOptions struct {
	out    out.Output
	unmask unmask
	in     isoInput
	to     string // "" stays in the dialect

	seq    *out.Sequence
	count  int  // messages written
	faulty bool // one of them was broken, or lost something
}

// isoConverted is a message as data, or one that was made of such data.
type isoConverted struct {
	MTI     string          `json:"mti"`
	Dialect string          `json:"dialect"`
	Framing string          `json:"framing,omitempty"`
	Before  string          `json:"before,omitempty"` // hex of what stands in front of the message
	After   string          `json:"after,omitempty"`  // and behind it
	Fields  json.RawMessage `json:"fields,omitempty"` // values by path, in the order of the message
	Raw     json.RawMessage `json:"raw,omitempty"`    // bytes that do not follow from the values
	Rest    *string         `json:"rest,omitempty"`   // of a broken message, what could not be read
	Masked  []string        `json:"masked,omitempty"` // paths whose values are hidden
	Lost    []isoLost       `json:"lost,omitempty"`   // what the other dialect does not take
	Length  int             `json:"length,omitempty"` // bytes of the message that was made
	Hex     string          `json:"hex,omitempty"`    // and the bytes
}

// isoLost is a field that could not be carried into another dialect.
type isoLost struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

func newISOConvert(env *Env, runF func(context.Context, *isoConvertOptions) error) *cobra.Command {
	o := &isoConvertOptions{}
	run := either(env, runF, isoConvertRun)
	o.out.Also(byteForms()...)
	c := newLeaf(env, leaf{
		use:   "convert [HEX|JSON|FILE...]",
		short: i18n.T("Take a message to JSON and back, or into another dialect", "报文与 JSON 互转，或转换为其他方言"),
		long: i18n.T(
			"A message becomes JSON, and JSON becomes the same bytes again. Values can be changed in\nbetween. Fields keep their order, data objects of field 55 theirs and the second of a\ntag; where bytes do not follow from the values, such as a pad of F or a longer length\nthan needed, \"raw\" keeps them, and they count as long as the value is the one that\nthey hold.\n\nCard data is masked, and a document that is masked does not convert back until the\nvalues are put in again; --unmask writes it in clear. What comes out as bytes is in\nclear by its nature: with card data that is not published for tests it needs --unmask\ntoo.\n\n--to-spec writes the message in another dialect and lists what could not be carried\nover. A fixed field is carried only where it has the same length there.",
			"报文转为 JSON，JSON 可还原为完全相同的字节，其间可修改各值。各域保持顺序，域 55 的数据对象\n保持原有顺序和重复标签；若字节无法由值推出（如以 F 填充、长度字节多于所需），则保留在\n\"raw\" 中，只要值未改动即按其原样输出。\n\n卡数据会被遮蔽，被遮蔽的 JSON 在重新填入原值之前不能还原；--unmask 以明文输出。以字节输出\n时内容必为明文：若含非公开测试卡的卡数据，同样需要 --unmask。\n\n--to-spec 将报文转换为其他方言，并列出无法转换的内容。定长域仅在两种方言长度相同时转换。"),
		examples: []example{
			{i18n.T("a message to JSON", "报文转为 JSON"), "till iso convert 081082200000020000000400000000000000112302300000000130300301"},
			{i18n.T("and JSON to a message", "JSON 转为报文"), "till iso convert sale.json -O raw -o sale.bin"},
			{i18n.T("into another dialect", "转换为其他方言"), "till iso convert sale.bin --to-spec iso87-bcd"},
		},
		result: isoConverted{},
		exits:  []exitCode{exitDifferences},
		run: func(ctx context.Context, args []string) error {
			o.in.words = args
			return run(ctx, o)
		},
	}, &o.out)
	bindISOInput(env, c, &o.in)
	c.Flags().StringVar(&o.to, "to-spec", "", env.Say(i18n.T(
		"write it in another dialect, or by the `SPEC` in a file", "转换为其他方言或文件中的规范 `SPEC`")))
	_ = c.RegisterFlagCompletionFunc("to-spec", cobra.FixedCompletions(dialect.Names(), cobra.ShellCompDirectiveDefault))
	bindUnmask(env, c, &o.unmask)
	return c
}

const isoConvertCommand = "till iso convert"

func isoConvertRun(ctx context.Context, env *Env, o *isoConvertOptions) error {
	o.seq = o.out.Sequence(env.Screen())
	err := o.convert(ctx, env)
	if err == nil {
		err = o.seq.End()
	}
	if err = errors.Join(err, o.unmask.shown(ctx, env, o.count)); err != nil || !o.faulty {
		return err
	}
	return exitError{exitDifferences}
}

// convert reads JSON or anything that holds messages.
func (o *isoConvertOptions) convert(ctx context.Context, env *Env) error {
	if words := o.in.words; len(words) > 0 && looksLikeJSON([]byte(words[0])) {
		return o.documents(ctx, env, "JSON", strings.NewReader(strings.Join(words, " ")))
	}
	how, inputs, closing, err := o.in.start(ctx, env)
	if err != nil {
		return err
	}
	defer closing()
	if len(inputs) == 1 {
		text := bufio.NewReader(inputs[0].Reader)
		if inputs[0].Reader = text; beginsJSON(text) {
			return o.documents(ctx, env, "JSON", text)
		}
	}
	totals, err := walkMessages(ctx, how, inputs, func(m *bulk.Message) error { return o.message(ctx, env, m) })
	if err != nil && totals.Messages > 1 && o.count > 0 {
		env.Note(i18n.T("%d messages were converted before this", "此前已转换 %d 条报文").With(o.count))
	}
	return err
}

// maxDocuments is the most that is read of JSON, in bytes.
const maxDocuments = 1 << 30

// message converts one message of an input.
func (o *isoConvertOptions) message(ctx context.Context, env *Env, found *bulk.Message) error {
	m, err := messageOf(env, found)
	if err != nil {
		return err
	}
	switch {
	case o.to != "":
		return o.carry(ctx, env, m)
	case o.wantsBytes():
		return o.writeMessage(ctx, env, m, string(typeOf(m.spec, m.body())))
	}
	return o.writeDocument(ctx, env, m)
}

// wantsBytes reports that one of the forms of bytes was asked for.
func (o *isoConvertOptions) wantsBytes() bool {
	switch o.out.Format() {
	case hexForm, base64Form, rawForm, xxdForm:
		return true
	default:
		return false
	}
}

// carry takes a message into another dialect.
func (o *isoConvertOptions) carry(ctx context.Context, env *Env, m isoMessage) error {
	to, err := specByName(o.to)
	if err != nil {
		return err
	}
	from, fault := m.spec.Unpack(m.body())
	if fault != nil {
		return brokenMessage(env, fault)
	}
	carried, lost := from.Carry(to)
	raw, err := carried.Pack()
	if err != nil {
		return fieldProblem(env, to, err)
	}
	var told []isoLost
	for _, e := range lost {
		told = append(told, isoLost{e.Path, e.In(string(env.lang))})
		env.Note(i18n.T("field %s was not carried over: %s", "域 %s 未能转换：%s").With(e.Path, e.In(string(env.lang))))
	}
	made := isoMessage{whole: raw, end: len(raw), spec: to, framing: noFraming}
	o.faulty = o.faulty || len(lost) > 0
	return o.writeBytes(ctx, env, made, isoConverted{MTI: string(carried.MTI()), Dialect: to.Name(), Lost: told})
}

// brokenMessage is the problem of a message that had to be sound.
func brokenMessage(env *Env, fault error) error {
	return &till.Problem{
		Code: till.CodeDifference, What: faultPlace(env, fault),
		Hint: i18n.T("till iso explain shows all that can be read and tries repairs", "till iso explain 可显示能解析的内容并尝试修复").With(),
	}
}

// faultPlace says where a message is broken.
func faultPlace(env *Env, fault error) i18n.Message {
	var e *iso8583.Error
	if !errors.As(fault, &e) {
		return i18n.T("the message is broken", "报文损坏").With()
	}
	if e.Path == "" {
		return i18n.T("the message is broken at byte %d: %s", "报文在第 %d 字节损坏：%s").With(e.Offset, e.In(string(env.lang)))
	}
	return i18n.T("the message is broken at byte %d, field %s: %s", "报文在第 %d 字节损坏，域 %s：%s").With(e.Offset, e.Path, e.In(string(env.lang)))
}

// writeMessage writes the bytes of a message that was made.
func (o *isoConvertOptions) writeMessage(ctx context.Context, env *Env, m isoMessage, mti string) error {
	framing, _, _ := m.around()
	return o.writeBytes(ctx, env, m, isoConverted{MTI: mti, Dialect: m.spec.Name(), Framing: framing})
}

func (o *isoConvertOptions) writeBytes(ctx context.Context, env *Env, m isoMessage, made isoConverted) error {
	if err := o.unmask.confine(ctx, env, &o.out, isoConvertCommand, cardDataOf(m.spec, m.body())); err != nil {
		return err
	}
	made.Length, made.Hex = len(m.whole), upperHex(m.whole)
	o.count++
	if o.out.Format() == out.Text {
		return writeText(o.seq.Screen(), made.Hex+"\n") // one a line, as they are read again
	}
	return o.seq.Write(out.Result{Value: made, Writers: byteWriters(m.whole)})
}
