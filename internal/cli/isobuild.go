package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/iso8583"
	"github.com/tillworks/till/pkg/iso8583/dialect"
	"github.com/tillworks/till/pkg/iso8583/link"
)

type isoBuildOptions struct {
	out      out.Output
	unmask   unmask
	words    []string // [MTI] FIELD=VALUE...
	from     string   // "" starts with nothing
	spec     string   // "" is that of from, else iso87-ascii
	framing  string   // "" is that of from, else none
	currency string
}

// isoBuilt is a message that was made.
type isoBuilt struct {
	MTI     string `json:"mti"`
	Dialect string `json:"dialect"`
	Framing string `json:"framing,omitempty"`
	Length  int    `json:"length"` // bytes, with what stands around the message
	Hex     string `json:"hex"`
}

func newISOBuild(env *Env, runF func(context.Context, *isoBuildOptions) error) *cobra.Command {
	o := &isoBuildOptions{}
	run := either(env, runF, isoBuildRun)
	o.out.Also(byteForms()...)
	c := newLeaf(env, leaf{
		use:   "build [MTI] [FIELD=VALUE...]",
		short: i18n.T("Make a message of its fields", "按各域的值生成报文"),
		long: i18n.T(
			"Make a message of its type and its fields, and print its bytes. A field is named by\nits path: 4, 127.2, 55.9F26; 55.71#2 is the second of a tag. Values are the characters\nof the field, or hexadecimal digits for binary fields and for the data objects of field\n55. Digits are filled with zeros in front and free text with blanks behind. An amount\nwith a decimal point is in the currency of field 49, 50 or 51, or of --currency, and is\nnever rounded; without a point it is in minor units.\n\nFIELD=@FILE reads the value from a file, FIELD=@- from standard input; a value that\nbegins with @ is written with two. A secret is never taken from a flag: card numbers on\nthe command line must be published for tests, and PIN blocks belong to such a number.\n--from begins with the JSON that till iso convert writes.",
			"由报文类型和各域的值生成报文并输出其字节。域以路径表示：4、127.2、55.9F26；55.71#2 表示\n同一标签的第二个。值为域的字符，二进制域及域 55 的数据对象为十六进制。数字在前面补零，\n文本在后面补空格。带小数点的金额以域 49、50、51 或 --currency 的币种为准，绝不舍入；\n不带小数点则为最小货币单位。\n\nFIELD=@FILE 从文件读取值，FIELD=@- 从标准输入读取；以 @ 开头的值请写两个 @。命令行不接受\n机密数据：命令行中的卡号必须是公开的测试卡号，PIN 块须属于此类卡号。--from 以\ntill iso convert 输出的 JSON 为起点。"),
		examples: []example{
			{i18n.T("an echo test", "一条回响测试报文"), "till iso build 0800 7=1123023000 11=000001 70=301"},
			{i18n.T("a sale, behind a length and a TPDU", "一笔消费，前面加长度和 TPDU"), "till iso build 0200 2=4111111111111111 4=12.50 11=42 49=156 --framing binary2+tpdu"},
			{i18n.T("a message that was converted, with another trace number", "转换得到的报文，换一个流水号"), "till iso build --from sale.json 11=000043 -O raw -o sale.bin"},
		},
		result: isoBuilt{},
		run: func(ctx context.Context, args []string) error {
			o.words = args
			return run(ctx, o)
		},
	}, &o.out)
	f := c.Flags()
	f.StringVar(&o.from, "from", "", env.Say(i18n.T("begin with the message in a JSON `FILE`, - is standard input", "以 JSON 文件 `FILE` 中的报文为起点，- 表示标准输入")))
	bindISOMaking(env, c, &o.spec, &o.framing)
	f.StringVar(&o.currency, "currency", "", env.Say(i18n.T("currency `CODE` of amounts for which the message names none", "报文未指明币种时金额所用的币种 `CODE`")))
	bindUnmask(env, c, &o.unmask)
	return c
}

// bindISOMaking gives a command the flags of a message to be made.
func bindISOMaking(env *Env, c *cobra.Command, spec, framing *string) {
	c.Flags().StringVar(spec, "spec", "", env.Say(i18n.T(
		"write it in a dialect, or by the `SPEC` in a .json, .yaml or .xml file; default: iso87-ascii",
		"按方言或文件（.json、.yaml、.xml）中的规范 `SPEC` 生成；默认 iso87-ascii")))
	c.Flags().StringVar(framing, "framing", "", i18n.T(
		"put this `FRAMING` around it: %s, or +tpdu:6000030000 for a TPDU of your own; default: none",
		"加上封装 `FRAMING`：%s，自定 TPDU 请写 +tpdu:6000030000；默认不加").With(strings.Join(link.FramingNames(), ", ")).In(env.lang))
	_ = c.RegisterFlagCompletionFunc("spec", cobra.FixedCompletions(dialect.Names(), cobra.ShellCompDirectiveDefault))
	_ = c.RegisterFlagCompletionFunc("framing", cobra.FixedCompletions(link.FramingNames(), cobra.ShellCompDirectiveNoFileComp))
}

func isoBuildRun(ctx context.Context, env *Env, o *isoBuildOptions) error {
	framing, err := framingOf(o.framing)
	if err != nil {
		return err
	}
	m, err := buildMessage(ctx, env, isoMaking{words: o.words, from: o.from, spec: o.spec, currency: o.currency})
	if err != nil {
		return err
	}
	raw, err := m.Pack()
	if err != nil {
		return fieldProblem(env, m.Spec(), err)
	}
	const command = "till iso build"
	if err := o.unmask.confine(ctx, env, &o.out, command, cardDataOf(m.Spec(), raw)); err != nil {
		return err
	}
	whole, err := wrapped(framing, raw)
	if err != nil {
		return err
	}
	made := isoBuilt{MTI: string(m.MTI()), Dialect: m.Spec().Name(), Framing: o.framing, Length: len(whole), Hex: upperHex(whole)}
	err = env.Write(&o.out, out.Result{Value: made, Text: func(out.Screen) string { return made.Hex }, Writers: byteWriters(whole)})
	return errors.Join(err, o.unmask.shown(ctx, env, 1))
}

// framingOf is the framing of a name, nil for none.
func framingOf(name string) (link.Framing, error) {
	if name == "" || name == noFraming {
		return nil, nil
	}
	f, err := link.FramingByName(name)
	if err != nil {
		return nil, wrongWord("--framing", name, strings.Join(append([]string{noFraming}, link.FramingNames()...), ", "))
	}
	return f, nil
}

// wrapped is a message in its frame.
func wrapped(f link.Framing, raw []byte) ([]byte, error) {
	if f == nil {
		return raw, nil
	}
	var b bytes.Buffer
	if err := f.WriteFrame(&b, raw); err != nil {
		return nil, &till.Problem{
			Code: till.CodeUsage, Cause: err, What: i18n.T("a message of %d bytes has no room in this framing", "%d 字节的报文超出该封装的容量").With(len(raw)),
			Hint: i18n.T("choose another --framing: %s", "请换用其他 --framing：%s").With(strings.Join(link.FramingNames(), ", ")),
		}
	}
	return b.Bytes(), nil
}

// isoMaking is what a message is made of.
type isoMaking struct {
	words    []string // [MTI] FIELD=VALUE...
	from     string
	spec     string
	currency string
}

// buildMessage makes a message, and refuses other people's card data on the command line.
func buildMessage(ctx context.Context, env *Env, o isoMaking) (*iso8583.Message, error) {
	fallback, err := currencyOfFlag(o.currency)
	if err != nil {
		return nil, err
	}
	mti, typed, read, err := splitWords(ctx, env, o.words)
	if err != nil {
		return nil, err
	}
	m, err := o.start(ctx, env)
	if err != nil {
		return nil, err
	}
	if mti != "" {
		m.SetMTI(mti)
	}
	if m.MTI() == "" {
		return nil, &till.Problem{
			Code: till.CodeUsage, What: i18n.T("the message has no type", "报文没有类型").With(),
			Hint: i18n.T("begin with four digits: till iso build 0200 4=12.50 49=156", "请以四位数字开头：till iso build 0200 4=12.50 49=156").With(),
		}
	}
	if err := m.Assign(append(typed, read...), fallback); err != nil {
		return nil, fieldProblem(env, m.Spec(), err)
	}
	return m, refuseTyped(m, typed, fallback)
}

// start is the message that --from names, or an empty one.
func (o isoMaking) start(ctx context.Context, env *Env) (*iso8583.Message, error) {
	doc := iso8583.Document{}
	if o.from != "" {
		text, err := readInput(ctx, env, o.from, maxDump)
		if err != nil {
			return nil, err
		}
		if doc, err = iso8583.ParseDocument(text); err != nil {
			return nil, documentProblem(o.from, err)
		}
	}
	name := o.spec
	if name == "" {
		name = doc.Dialect()
	}
	if name == "" {
		name = "iso87-ascii"
	}
	spec, err := specByName(name)
	if err != nil {
		return nil, err
	}
	m, err := spec.Message(doc)
	if err != nil {
		return nil, fieldProblem(env, spec, err)
	}
	return m, nil
}
