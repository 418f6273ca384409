package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tillworks/till/internal/cli/out"
	"github.com/tillworks/till/internal/i18n"
	"github.com/tillworks/till/internal/till"
	"github.com/tillworks/till/pkg/card"
	"github.com/tillworks/till/pkg/crypto/key"
	"github.com/tillworks/till/pkg/emv"
	"github.com/tillworks/till/pkg/emv/ac"
)

// chipInput is the chip data of a message and the keys that it is checked by; the
// commands arqc and arpc share it.
type chipInput struct {
	data    string // hexadecimal digits, or a file; "" is standard input
	keyFile string
	panFile string
	psn     string
	aid     string // "" is that of the data
	cvn     string // "" is detected
	option  string // of the derivation: a, b or c; "" is the version's own
}

// bindChipInput gives a command the flags of its chip data.
func bindChipInput(env *Env, c *cobra.Command, in *chipInput) {
	bindSecretFile(env, c, &in.keyFile, "key-file", i18n.T("the issuer's master key for cryptograms", "发卡行应用密文主密钥"))
	bindSecretFile(env, c, &in.panFile, "pan-file", i18n.T("the card number, where the data has no 5A or 57,", "卡号（数据中没有 5A 或 57 时）"))
	c.Flags().StringVar(&in.psn, "psn", "", env.Say(i18n.T("sequence number `NN` of the card; default: that of tag 5F34, else 00", "卡序列号 `NN`；默认取标签 5F34，否则为 00")))
	c.Flags().StringVar(&in.aid, "aid", "", env.Say(i18n.T("application identifier `HEX`; default: that of tag 84, 9F06 or 4F", "应用标识符 `HEX`；默认取标签 84、9F06 或 4F")))
	c.Flags().StringVar(&in.cvn, "cvn", "", env.Say(i18n.T("take the cryptogram for version `NAME`, such as visa-cvn18; default: by application and tag 9F10", "指定密文版本 `NAME`，例如 visa-cvn18；默认由应用和标签 9F10 判断")))
	c.Flags().StringVar(&in.option, "option", "", env.Say(i18n.T("derive the card's key by option `X` of EMV Book 2, A1.4: a, b or c; default: that of the version", "按 EMV Book 2 A1.4 的选项 `X` 派生卡片密钥：a、b 或 c；默认由版本决定")))
	_ = c.RegisterFlagCompletionFunc("option", cobra.FixedCompletions([]string{"a", "b", "c"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("cvn", cobra.FixedCompletions(cvnNames(), cobra.ShellCompDirectiveNoFileComp))
}

// cvnName is a cryptogram version as a flag names it: visa-cvn10, ccd-aes.
func cvnName(v ac.CVN) string {
	return strings.NewReplacer(" ", "-", "/", "").Replace(strings.ToLower(v.String()))
}

func cvnNames() []string {
	var names []string
	for _, v := range ac.Versions() {
		names = append(names, cvnName(v))
	}
	return names
}

// chipData is what was read: what the card signed, its cryptogram and its own key.
type chipData struct {
	cvn    ac.CVN
	input  ac.Input
	given  []byte // tag 9F26, nil where it is missing
	card   ac.Key
	issuer key.Key
	pan    card.PAN
}

type cryptoARQCOptions struct {
	out out.Output
	in  chipInput
}

// cryptoARQC is a cryptogram that was computed, and compared where the data has one.
type cryptoARQC struct {
	CVN      string `json:"cvn"`
	Masked   string `json:"masked"`
	ATC      string `json:"atc"`
	KCV      string `json:"kcv"`      // of the issuer's master key
	CardKCV  string `json:"card_kcv"` // of the card's
	Computed string `json:"computed"`
	Given    string `json:"given,omitempty"` // tag 9F26
	Verified *bool  `json:"verified,omitempty"`
}

func newCryptoARQC(env *Env, runF func(context.Context, *cryptoARQCOptions) error) *cobra.Command {
	o := &cryptoARQCOptions{}
	run := either(env, runF, cryptoARQCRun)
	c := newLeaf(env, leaf{
		use:   "arqc [HEX|FILE]",
		short: i18n.T("Check the cryptogram of a chip card", "校验芯片卡应用密文"),
		long: i18n.T(
			"Compute the application cryptogram over the chip data of a message, field 55 of ISO\n8583, and compare it with tag 9F26. The cryptogram version is read from tag 9F10; it\nsays what is signed, how it is padded and under which key. Data whose cryptogram is\nanother ends with 7.",
			"对报文芯片数据（ISO 8583 域 55）计算应用密文，并与标签 9F26 比对。密文版本取自标签\n9F10，决定签名内容、填充方式和所用密钥。不一致时以 7 结束。"),
		examples: []example{
			{i18n.T("is the card genuine, and is it its amount?", "卡片是否真实，金额是否未变？"), "till crypto arqc field55.hex --key-file imk.hex"},
			{i18n.T("the verdict alone", "仅取结论"), "till crypto arqc field55.hex --key-file imk.hex --jq .verified"},
		},
		result: cryptoARQC{},
		exits:  []exitCode{exitDifferences},
		run: func(ctx context.Context, args []string) error {
			o.in.data = strings.Join(args, "")
			return run(ctx, o)
		},
	}, &o.out)
	bindChipInput(env, c, &o.in)
	return c
}

func cryptoARQCRun(ctx context.Context, env *Env, o *cryptoARQCOptions) error {
	d, err := o.in.read(ctx, env)
	if err != nil {
		return err
	}
	computed, err := ac.ARQC(d.cvn, d.card, d.input)
	if err != nil {
		return chipProblem(err)
	}
	v := cryptoARQC{
		CVN: d.cvn.String(), Masked: d.pan.Masked(), ATC: fmt.Sprintf("%04X", d.input.ATC), KCV: d.issuer.CheckValue(),
		CardKCV: d.card.CheckValue(), Computed: upperHex(computed[:]), Given: upperHex(d.given),
	}
	matches := ""
	if d.given != nil {
		right := ac.VerifyARQC(d.cvn, d.card, d.input, d.given) == nil
		v.Verified, matches = &right, yesNo(env, right)
	}
	err = writeFacts(env, &o.out, v, []fact{
		{i18n.T("version", "密文版本"), v.CVN}, {i18n.T("card", "卡号"), v.Masked}, {i18n.T("counter", "计数器"), v.ATC},
		{i18n.T("issuer's key", "发卡行密钥"), v.KCV}, {i18n.T("card's key", "卡片密钥"), v.CardKCV},
		{i18n.T("computed", "计算值"), v.Computed}, {i18n.T("in the data", "数据中的值"), v.Given}, {i18n.T("matches", "匹配"), matches},
	})
	if err == nil && v.Verified != nil && !*v.Verified {
		return exitError{exitDifferences}
	}
	return err
}

// read reads data and keys.
func (in *chipInput) read(ctx context.Context, env *Env) (d chipData, err error) {
	raw, err := in.bytes(ctx, env)
	if err != nil {
		return d, err
	}
	tree, err := emv.Parse(raw, emv.Strict)
	if err != nil {
		return d, chipProblem(err)
	}
	if d.input, err = ac.FromICC(raw); err != nil {
		return d, chipProblem(err)
	}
	if d.cvn, err = in.version(tree, d.input.IAD); err != nil {
		return d, err
	}
	d.given = tree.Value(emv.TagAC)
	if d.pan, err = in.pan(ctx, env, tree); err != nil {
		return d, err
	}
	if in.psn == "" {
		in.psn = hex.EncodeToString(tree.Value(emv.TagPSN))
	}
	if d.issuer, err = env.key(ctx, in.keyFile, "--key-file", algorithmOfVersion(d.cvn)); err != nil {
		return d, err
	}
	d.card, err = in.cardKey(d)
	return d, err
}

// version is the cryptogram version that is named, or that application and issuer
// application data tell of.
func (in *chipInput) version(tree emv.Tree, iad []byte) (ac.CVN, error) {
	if in.cvn != "" {
		for _, v := range ac.Versions() {
			if cvnName(v) == in.cvn {
				return v, nil
			}
		}
		return 0, wrongWord("--cvn", in.cvn, strings.Join(cvnNames(), ", "))
	}
	var aid []byte
	for _, tag := range []emv.Tag{0x84, 0x9F06, 0x4F} {
		if len(aid) == 0 {
			aid = tree.Value(tag)
		}
	}
	if in.aid != "" {
		var err error
		if aid, err = hexFlag("--aid", in.aid); err != nil {
			return 0, err
		}
	}
	v, known := ac.Detect(aid, iad)
	if !known {
		return 0, chipProblem(ac.ErrCVN)
	}
	return v, nil
}

// cardKey derives the card's own key.
func (in *chipInput) cardKey(d chipData) (ac.Key, error) {
	master := d.issuer.Reveal()
	defer clear(master)
	derive, ok := map[string]func([]byte, card.PAN, string) (ac.Key, error){
		"a": ac.ICCMasterKey, "b": ac.ICCMasterKeyB, "c": ac.ICCMasterKeyC,
		"": func(master []byte, pan card.PAN, psn string) (ac.Key, error) {
			return ac.MasterKey(d.cvn, master, pan, psn)
		},
	}[in.option]
	if !ok {
		return ac.Key{}, wrongWord("--option", in.option, "a, b, c")
	}
	k, err := derive(master, d.pan, in.psn)
	if err != nil {
		return k, chipProblem(err)
	}
	return k, nil
}

// pan is the card number of the data, or of a file.
func (in *chipInput) pan(ctx context.Context, env *Env, tree emv.Tree) (card.PAN, error) {
	if in.panFile == "" {
		digits := strings.TrimRight(upperHex(tree.Value(emv.TagPAN)), "F")
		if digits == "" {
			digits, _, _ = strings.Cut(upperHex(tree.Value(emv.TagTrack2)), "D")
		}
		if pan, err := card.ParsePAN(digits); err == nil {
			return pan, nil
		}
	}
	return env.cardNumber(ctx, in.panFile, "--pan-file")
}

// bytes are the chip data: the argument, a file of digits or of bytes, or standard input.
func (in *chipInput) bytes(ctx context.Context, env *Env) ([]byte, error) {
	name := in.data
	if name == "" {
		name = "-"
	}
	if err := oneFromStdin(name, in.keyFile, in.panFile); err != nil {
		return nil, err
	}
	if info, err := os.Stat(name); name != "-" && (err != nil || info.IsDir()) {
		return parseHex([]byte(name))
	}
	raw, err := readInput(ctx, env, name, maxDump)
	if err != nil {
		return nil, err
	}
	if digits, err := parseHex(raw); err == nil {
		return digits, nil
	}
	return raw, nil
}

// chipProblem says what of the chip data cannot be used.
func chipProblem(err error) error {
	p := &till.Problem{Code: till.CodeUsage, Cause: err}
	switch {
	case errors.Is(err, ac.ErrCVN):
		p.What = i18n.T("the cryptogram version of tag 9F10 is not known", "无法识别标签 9F10 的密文版本").With()
		p.Hint = i18n.T("name it with --cvn; till emv explain shows what the issuer application data says", "请用 --cvn 指定；till emv explain 可显示发卡行应用数据的内容").With()
	case errors.Is(err, ac.ErrKey):
		p.What = i18n.T("the card's key cannot be derived: the issuer's master key has 16 bytes of TDES, for AES 16, 24 or 32, and the sequence number two digits", "无法派生卡片密钥：发卡行主密钥须为 16 字节 TDES（AES 为 16、24 或 32 字节），卡序列号须为两位数字").With()
		p.Hint = i18n.T("see --key-file and --psn", "参见 --key-file 与 --psn").With()
	default:
		p.What = i18n.T("the chip data is no field 55 with what a cryptogram covers", "芯片数据不是包含密文所需内容的域 55").With()
		p.Hint = i18n.T("it takes 9F02 9F03 9F1A 95 5F2A 9A 9C 9F37 82 9F36 9F10, and 9F26 to compare; till emv explain shows what is there", "需要 9F02 9F03 9F1A 95 5F2A 9A 9C 9F37 82 9F36 9F10，比对时还需 9F26；till emv explain 可显示其内容").With()
	}
	return p
}
