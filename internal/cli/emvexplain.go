package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/emv"
)

type emvExplainOptions struct {
	out    out.Output
	unmask unmask
	words  []string
	tag    string
	aid    string
	atr    bool
	sw     bool
	track  bool
	bits   bool

	kind string // one of the kinds below
}

// The kinds of what is explained.
const (
	emvTLV   = "tlv"
	emvValue = "value"
	emvATR   = "atr"
	emvSW    = "sw"
	emvTrack = "track"
)

// emvExplanation is one input in words.
type emvExplanation struct {
	Kind   string    `json:"kind"` // tlv, value, atr, sw or track
	Source string    `json:"source,omitempty"`
	Line   int       `json:"line,omitempty"`
	Items  []emvItem `json:"items"`
	Sound  bool      `json:"sound"` // nothing in it is broken
}

// emvItem is a data object, or a part of an answer to reset or of a track.
type emvItem struct {
	Offset  int      `json:"offset"`
	Length  int      `json:"length"` // of the value, in bytes
	Depth   int      `json:"depth"`  // templates around it
	Tag     string   `json:"tag,omitempty"`
	Name    string   `json:"name"`
	Scheme  string   `json:"scheme,omitempty"` // whose meaning of the tag this is
	Value   string   `json:"value"`            // masked unless --unmask
	Meaning []string `json:"meaning,omitempty"`
	Bits    []emvBit `json:"bits,omitempty"`
	Warning string   `json:"warning,omitempty"`
}

// emvBit is a row of a bit table.
type emvBit struct {
	Byte int    `json:"byte"` // from 1
	Bits string `json:"bits"` // "8" is the left one, "8-7" a group
	Is   string `json:"is"`   // how they stand where the row holds, "1" or "10"
	Set  bool   `json:"set"`  // they stand so
	Text string `json:"text"`
}

func newEMVExplain(env *Env, runF func(context.Context, *emvExplainOptions) error) *cobra.Command {
	o := &emvExplainOptions{}
	run := either(env, runF, emvExplainRun)
	c := newLeaf(env, leaf{
		use:   "explain [HEX|FILE...]",
		short: i18n.T("Say chip card data in words", "解释 IC 卡数据"),
		long: i18n.T(
			"Say chip card data in words: data objects (TLV) with the place, the name, the value\nand the meaning of each; with --tag the value of one tag and its table of bits; an\nanswer to reset, a status word, a track of a magnetic stripe.\n\nThe input is hexadecimal digits in the arguments, files, or standard input; a file\nholds bytes, or hexadecimal with one input a line. Of broken data all that can be read\nis shown, with the place of the fault, and the command ends with 7.",
			"解释 IC 卡数据：数据对象（TLV）的位置、名称、值及含义；使用 --tag 时解释单个标签的\n值及其位表；也可解释复位应答、状态字和磁道数据。\n\n输入可为参数中的十六进制数字、文件或标准输入；文件可为原始字节，或每行一条的十六\n进制。数据损坏时显示可读部分及错误位置，命令以 7 结束。"),
		examples: []example{
			{i18n.T("data of a card's answer", "卡片应答中的数据"), "till emv explain 9F2701809F360200429F10 0706010A03A0000095058000048000"},
			{i18n.T("the bits of a value on its own", "单个值的位表"), "till emv explain --tag 95 8000048000"},
			{i18n.T("as Visa means the tag", "按 Visa 的含义解释"), "till emv explain --tag 9F6E --aid A0000000031010 20700000"},
			{i18n.T("an answer to reset", "复位应答"), "till emv explain --atr 3B8F8001804F0CA000000306030001000000006A"},
			{i18n.T("status words", "状态字"), "till emv explain --sw 6985 63C2"},
			{i18n.T("the names of all objects of a dump", "转储中全部对象的名称"), "till emv explain dump.hex --jq '.[].items[].name'"},
		},
		result: []emvExplanation{},
		exits:  []exitCode{exitDifferences},
		run: func(ctx context.Context, args []string) error {
			o.words = args
			return run(ctx, o)
		},
	}, &o.out)
	bindEMVExplain(env, c, o)
	return c
}

func bindEMVExplain(env *Env, c *cobra.Command, o *emvExplainOptions) {
	c.Flags().StringVar(&o.tag, "tag", "", env.Say(i18n.T(
		"the input is the value of `TAG`, without tag and length", "输入为标签 `TAG` 的值，不含标签和长度")))
	bindAID(env, c, &o.aid)
	c.Flags().BoolVar(&o.atr, "atr", false, env.Say(i18n.T("the input is an answer to reset", "输入为复位应答（ATR）")))
	c.Flags().BoolVar(&o.sw, "sw", false, env.Say(i18n.T("the input is status words (SW1 SW2)", "输入为状态字（SW1 SW2）")))
	c.Flags().BoolVar(&o.track, "track", false, env.Say(i18n.T("the input is track 1 or 2 of a magnetic stripe", "输入为磁条的磁道 1 或 2")))
	c.Flags().BoolVar(&o.bits, "bits", false, env.Say(i18n.T("show every bit of a table, set or not", "显示位表的每一位，无论是否置位")))
	bindUnmask(env, c, &o.unmask)
	c.MarkFlagsMutuallyExclusive("tag", "atr", "sw", "track")
}

func emvExplainRun(ctx context.Context, env *Env, o *emvExplainOptions) error {
	how := emv.ExplainOptions{Lang: string(env.lang)}
	tag, err := o.resolve(&how)
	if err != nil {
		return err
	}
	inputs, err := o.inputs(ctx, env)
	if err != nil {
		return err
	}
	if how.Unmask, err = o.unmask.granted(ctx, env, &o.out, "till emv explain"); err != nil {
		return err
	}
	list, sound := make([]emvExplanation, len(inputs)), true
	for i, in := range inputs {
		if list[i], err = o.explain(how, tag, in); err != nil {
			return err
		}
		sound = sound && list[i].Sound
	}
	err = env.Write(&o.out, emvResult(list, o.bits || o.kind == emvValue))
	if err := errors.Join(err, o.unmask.shown(ctx, env, len(list))); err != nil {
		return err
	}
	if !sound {
		return exitError{exitDifferences}
	}
	return nil
}

// resolve says what kind the input is, and reads the tag and the application.
func (o *emvExplainOptions) resolve(how *emv.ExplainOptions) (tag emv.Tag, err error) {
	switch {
	case o.atr:
		o.kind = emvATR
	case o.sw:
		o.kind = emvSW
	case o.track:
		o.kind = emvTrack
	case o.tag != "":
		o.kind = emvValue
		if tag, err = emv.ParseTag(o.tag); err != nil {
			return 0, &till.Problem{
				Code: till.CodeUsage, What: i18n.T("--tag is no tag", "--tag 不是标签").With(), Cause: err,
				Hint: i18n.T("a tag has 2 to 8 hexadecimal digits; till emv tag lists those that are known", "标签为 2 至 8 位十六进制数字；till emv tag 列出已知标签").With(),
			}
		}
	default:
		o.kind = emvTLV
	}
	how.AID, err = parseAID(o.aid)
	return tag, err
}

// explain says one input in words.
func (o *emvExplainOptions) explain(how emv.ExplainOptions, tag emv.Tag, in emvInput) (emvExplanation, error) {
	x := emvExplanation{Kind: o.kind, Source: in.source, Line: in.line, Items: []emvItem{}, Sound: true}
	switch o.kind {
	case emvATR:
		x.explainATR(in.data, how.Lang)
	case emvSW:
		return x, x.explainSW(in.data, how.Lang)
	case emvTrack:
		return x, x.explainTrack(in.text, how)
	case emvValue:
		x.add(how.ExplainValue(tag, in.data), how.Lang)
	default:
		x.explainTLV(in.data, how)
	}
	return x, nil
}

func (x *emvExplanation) explainATR(atr []byte, lang string) {
	for _, p := range emv.ExplainATR(atr, lang) {
		x.Sound = x.Sound && p.Warning == ""
		x.Items = append(x.Items, emvItem{Offset: p.Offset, Length: p.Length, Name: p.Name, Value: p.Value, Meaning: p.Meaning, Warning: p.Warning})
	}
}

func (x *emvExplanation) explainSW(sw []byte, lang string) error {
	if len(sw) != 2 {
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("a status word of %d bytes", "状态字为 %d 字节").With(len(sw)),
			Hint: i18n.T("it has 4 hexadecimal digits, such as 9000", "应为 4 位十六进制数字，例如 9000").With(),
		}
	}
	word := uint16(sw[0])<<8 | uint16(sw[1])
	x.Items = append(x.Items, emvItem{
		Length: 2, Name: statusName(lang), Value: fmt.Sprintf("%04X", word), Meaning: []string{emv.StatusWord(word, lang)},
	})
	return nil
}

func statusName(lang string) string {
	return i18n.T("Status word", "状态字").In(i18n.Lang(lang))
}

func (x *emvExplanation) explainTrack(text string, how emv.ExplainOptions) error {
	parts, err := how.ExplainTrack(text)
	if err != nil {
		return &till.Problem{
			Code: till.CodeUsage, What: i18n.T("the input is no track", "输入不是磁道数据").With(), Cause: err,
			Hint: i18n.T("track 1 begins with %%B or B; track 2 has = or D behind the number", "磁道 1 以 %%B 或 B 开头；磁道 2 的卡号后为 = 或 D").With(),
		}
	}
	for _, p := range parts {
		x.Sound = x.Sound && p.Warning == ""
		x.Items = append(x.Items, emvItem{Length: len(p.Value), Name: p.Name, Value: p.Value, Meaning: p.Meaning, Warning: p.Warning})
	}
	return nil
}

// explainTLV says data objects, and the status word behind them where the input is the
// answer to a command.
func (x *emvExplanation) explainTLV(tlv []byte, how emv.ExplainOptions) {
	status := []byte(nil)
	if n := len(tlv) - 2; n > 0 && hex.EncodeToString(tlv[n:]) == "9000" {
		if _, err := emv.Parse(tlv[:n], emv.Strict); err == nil {
			tlv, status = tlv[:n], tlv[n:]
		}
	}
	for _, e := range how.Explain(tlv) {
		x.Sound = x.Sound && (e.Warning == "" || e.Tag != 0 && !isSyntax(e))
		x.add(e, how.Lang)
	}
	if status != nil {
		x.Items = append(x.Items, emvItem{
			Offset: len(tlv), Length: 2, Name: statusName(how.Lang), Value: "9000", Meaning: []string{emv.StatusWord(0x9000, how.Lang)},
		})
	}
}

// isSyntax reports an object whose warning is of its form, not of the length of its value:
// a template, or bytes that are no object.
func isSyntax(e emv.Element) bool { return e.Tag.IsConstructed() }

func (x *emvExplanation) add(e emv.Element, lang string) {
	item := emvItem{
		Offset: e.Offset, Length: e.Length, Depth: e.Depth, Name: e.Name, Scheme: e.Scheme,
		Value: e.Value, Meaning: e.Meaning, Warning: e.Warning,
	}
	if e.Tag != 0 {
		item.Tag = e.Tag.String()
	}
	for _, f := range e.Bits {
		item.Bits = append(item.Bits, emvBitOf(f, lang))
	}
	x.Items = append(x.Items, item)
}

// emvBitOf is a row of a bit table: the bits of its mask by number, and how they stand.
func emvBitOf(f emv.Flag, lang string) emvBit {
	b := emvBit{Byte: f.Byte, Set: f.Set, Text: f.Text(lang)}
	var numbers []string
	for bit := 8; bit >= 1; bit-- {
		if f.Mask>>(bit-1)&1 == 0 {
			continue
		}
		numbers = append(numbers, fmt.Sprint(bit))
		b.Is += fmt.Sprint(f.Value >> (bit - 1) & 1)
	}
	b.Bits = strings.Join(numbers, ",")
	if first, last := numbers[0], numbers[len(numbers)-1]; len(numbers) > 1 && int(first[0]-last[0]) == len(numbers)-1 {
		b.Bits = first + "-" + last
	}
	return b
}
